# SPDX-License-Identifier: MIT
"""Many targets in one header: from a source with libclang or compilers, and from object files."""
import re

import pytest

import support
from support.compilers import CLANG_OF, GCC_OF, UNKNOWN_TO_14, UNKNOWN_TO_CLANG, libc_for_msvc, words_for

SOURCE = """\
struct peer;
struct __attribute__((may_alias)) conn {
	int fd;
	_Bool open;
	struct peer *peer;
	long state;
	double load;
	long double more;
};
typedef struct __attribute__((may_alias)) { char a; long b; } pair_t;
"""
WRONG_CLANG = {"m68k", "mingw64", "mingw32"}  # where it does not know what gcc does
OPTIONS = ["-t", "struct conn", "--expose", "open", "--expose", "peer", "--offset", "load", "-t", "pair_t", "--offset", "b", "--guard"]
WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wundef", "-Wc++-compat", "-Werror"]
OWNER = '#include "x.h"\n#include "o.h"\nCONN_OPAQUE_CHECK();\nPAIR_T_OPAQUE_CHECK();\nint nothing;\n'


def make(folder, *arguments, options=OPTIONS, inputs=("x.h",)):
    support.write(folder, {"x.h": SOURCE, "owner.c": OWNER})
    return support.gen("emit", *options, *arguments, "-o", "o.h", *inputs, cwd=folder)


def owner_errors(folder, name):
    """What a target's compiler says against the header, with the private definition beside it."""
    return support.run(*words_for(name), *WARNINGS, "-isystem", libc_for_msvc(folder / "libc"), "-fsyntax-only", "owner.c",
                       cwd=folder).err


def targets_of(folder):
    """{name: what the banner says of its numbers}"""
    return dict(re.findall(r"^ \*   ([\w-]+), (\w.*)$", (folder / "o.h").read_text(), re.M))


def options(word, values):
    return [part for value in values for part in (word, value)]


def test_libclang_alone(tmp_path):
    """Every target that it knows, from one source; each one's own compiler has nothing to say against it."""
    names = [name for name in [*GCC_OF, *CLANG_OF] if name not in UNKNOWN_TO_14 | WRONG_CLANG]
    done = make(tmp_path, *options("--target", names))
    assert done.status == 0 and done.err == "", done
    assert targets_of(tmp_path) == dict.fromkeys(names, "unconfirmed by a compiler")
    assert {name: err for name in names if (err := owner_errors(tmp_path, name))} == {}


def test_compilers_confirm_their_own_rungs(tmp_path):
    """A compiler for a target that --target names is its own; other ones add theirs."""
    names = [name for name in GCC_OF if name not in UNKNOWN_TO_CLANG]
    done = make(tmp_path, "--target", "wasm32", "--target", "m68k-linux-gnu", *options("--cc", [GCC_OF[name] for name in names]))
    assert done.status == 0 and "libclang is not always right" not in done.err, done
    assert targets_of(tmp_path) == {"wasm32": "unconfirmed by a compiler", **dict.fromkeys(names, "confirmed by the compiler")}
    assert {name: err for name in [*names, "wasm32"] if (err := owner_errors(tmp_path, name))} == {}


def test_flags_of_a_compiler_are_its_target(tmp_path):
    done = make(tmp_path, "--cc", "gcc", "--cc", "gcc -m32", "--cc", "gcc -mx32")
    assert done.status == 0 and done.err == "", done
    assert targets_of(tmp_path) == dict.fromkeys(("x86_64", "i386", "x32"), "confirmed by the compiler")
    for name in ("x86_64", "i386", "x32"):
        assert owner_errors(tmp_path, name) == ""


def test_objects_of_many_targets(tmp_path):
    """Objects, and an archive of them, each of the target that it is of."""
    names = [name for name in GCC_OF if "mingw" not in name]
    support.write(tmp_path, {"x.c": SOURCE + "struct conn conn;\npair_t pair;\n"})
    inputs = []
    for name in names:
        support.must(*words_for(name), "-g", "-c", "-o", f"{name}.o", "x.c", cwd=tmp_path)
        inputs.append(f"{name}.o")
    support.must("ar", "rcs", "lib.a", "x86_64.o", cwd=tmp_path)
    inputs[0] = "lib.a"
    done = make(tmp_path, inputs=inputs)
    assert done.status == 0, done
    assert targets_of(tmp_path) == dict.fromkeys(names, "as the DWARF of its objects has it")
    assert {name: err for name in names if (err := owner_errors(tmp_path, name))} == {}


def test_unknown_targets_are_told_so(tmp_path):
    assert make(tmp_path, "--target", "x86_64", "--target", "aarch64").status == 0
    assert '#error "o.h does not know this target, only x86_64, aarch64"' in owner_errors(tmp_path, "m68k")


def test_drift_on_one_target_is_found_there(tmp_path):
    """A long takes 4 bytes on one of two: only that one sees that it is another type now."""
    assert make(tmp_path, "--target", "x86_64", "--target", "i386").status == 0
    support.write(tmp_path, {"x.h": SOURCE.replace("long state", "int state")})
    assert "struct conn: its size is not the CONN_SIZE of o.h" not in owner_errors(tmp_path, "i386")
    support.write(tmp_path, {"x.h": SOURCE.replace("int fd", "long long fd")})
    assert "struct conn: its size is not the CONN_SIZE of o.h" in owner_errors(tmp_path, "i386")


def test_same_bytes_from_its_own_banner(tmp_path):
    """The banner's command makes the same header, where libclang was all that was asked."""
    assert make(tmp_path, "--target", "x86_64-pc-linux-gnu", "--target", "i386").status == 0
    text = (tmp_path / "o.h").read_text()
    assert " --target x86_64 --target i386 x.h\n" in text
    assert make(tmp_path, "--target", "x86_64", "--target", "i386").status == 0
    assert (tmp_path / "o.h").read_text() == text


def test_a_source_that_includes_its_header(tmp_path):
    """The owner checks in its own source, on every target."""
    support.write(tmp_path, {"conn.c": '#include "o.h"\n' + SOURCE + "CONN_OPAQUE_CHECK();\nPAIR_T_OPAQUE_CHECK();\n"})
    done = make(tmp_path, *options("--cc", [GCC_OF["x86_64"], GCC_OF["m68k"]]), "--target", "i386", inputs=["conn.c"])
    assert done.status == 0, done
    for name in ("x86_64", "m68k", "i386"):
        assert owner_errors(tmp_path, name) == ""


def test_a_type_may_differ_in_words(tmp_path):
    """Exposed fields are of each target's own types."""
    support.write(tmp_path, {"y.h": "struct __attribute__((may_alias)) s { char c; __SIZE_TYPE__ n; struct { int i; } a; };\n"
                                    "struct one;\nstruct two;\n"})
    done = support.gen("emit", "-t", "struct s", "--expose", "n", "--expose", "a", "--target", "x86_64", "--target", "i386",
                       "-o", "o.h", "y.h", cwd=tmp_path)
    assert done.status == 0, done
    text = (tmp_path / "o.h").read_text()
    assert "\tunsigned long n; \\\n" in text and "\tunsigned int n; \\\n" in text
    support.write(tmp_path, {"owner.c": '#include "o.h"\n#include "y.h"\nS_OPAQUE_CHECK();\nint nothing;\n'})
    for name in ("x86_64", "i386"):
        assert owner_errors(tmp_path, name) == ""


def test_bounds_hold_beside_exact_numbers(tmp_path):
    """An alignment that one target's objects leave open is still checked exactly on the other."""
    source = "struct __attribute__((may_alias)) s { char a[8]; short b __attribute__((packed)); char c[6]; };\n"
    support.write(tmp_path, {"y.c": source + "struct s s;\n", "y.h": source})
    for name in ("x86_64", "m68k"):
        support.must(*words_for(name), "-g", "-c", "-o", f"{name}.o", "y.c", cwd=tmp_path)
    done = support.gen("emit", "-t", "struct s", "-o", "o.h", "x86_64.o", "m68k.o", cwd=tmp_path)
    assert done.status == 0, done
    text = (tmp_path / "o.h").read_text()
    support.write(tmp_path, {"owner.c": '#include "o.h"\n#include "y.h"\nS_OPAQUE_CHECK();\nint nothing;\n'})
    assert "S_OPAQUE_ALIGN_LEAST" in text
    for name in ("x86_64", "m68k"):
        assert owner_errors(tmp_path, name) == ""


# ---- what is refused ----

KNOWN = "gen-opaque: note: known are x86_64, i386, x32, aarch64, "
REFUSED = {
    "unknown target": (["--target", "x86_64", "--target", "vax"],
                       "gen-opaque: error: 'vax' is not a target that a header can tell from others\n" + KNOWN),
    "target twice": (["--target", "x86_64", "--target", "x86_64-linux-gnu"], "gen-opaque: error: --target x86_64 is given twice\n"),
    "word twice": (["--target", "x86_64", "--target", "x86_64"], "gen-opaque: error: --target x86_64 is given twice\n"),
    "two compilers for one": (["--cc", "gcc", "--cc", "clang-14"],
                              "gen-opaque: error: two compilers are for the target x86_64: 'gcc' and 'clang-14'\n"),
    "compiler for no known target": (["--cc", "gcc", "--cc", "aarch64-linux-gnu-gcc -mabi=ilp32"],
                                     "gen-opaque: error: what the compiler 'aarch64-linux-gnu-gcc -mabi=ilp32' compiles for is "
                                     "not a target that a header can tell from others\n" + KNOWN),
    "no compiler": (["--cc", "gcc", "--cc", "no-such-gcc"], "gen-opaque: error: the compiler 'no-such-gcc' cannot be run\n"),
    "field of one target": (["--target", "x86_64", "--target", "i386", "--offset", "wide"],
                            "x.h:2:35: error: struct conn has no field 'wide' for --offset\ngen-opaque: note: this happens on i386\n"),
    "another kind of type": (["--target", "x86_64", "--target", "i386", "-t", "odd_t"],
                             "x.h:17:58: error: 'odd_t' is not the same type on x86_64 and on i386\n"),
    "header not found": (["--target", "x86_64", "--target", "i386", "--", "-DMISSING"],
                         "x.h:20:10: error: 'no-such-header.h' file not found\ngen-opaque: note: this happens on x86_64\n"
                         "gen-opaque: note: a compiler for it, named with --cc, knows where its headers are\n"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, tmp_path):
    arguments, said = REFUSED[case]
    support.write(tmp_path, {"x.h": SOURCE.replace("\tint fd;\n", "#ifdef __LP64__\n\tint wide;\n#endif\n\tint fd;\n") +
                             "#ifdef __LP64__\ntypedef struct conn odd_t;\n#else\ntypedef struct __attribute__((may_alias)) odd { int n; } odd_t;\n#endif\n"
                             "#ifdef MISSING\n#include <no-such-header.h>\n#endif\n"})
    done = support.gen("emit", "-t", "struct conn", "-o", "o.h", "x.h", *arguments, cwd=tmp_path)
    assert done.status == 2 and done.err.startswith(said) and not (tmp_path / "o.h").exists(), done


def test_bare_arm_has_short_enums(tmp_path):
    """From libclang alone, from the compiler, and with its flag for long ones, which make it as Linux is."""
    support.need("arm-none-eabi-gcc")
    (tmp_path / "x.h").write_text("enum e { ONE, TWO };\nstruct __attribute__((may_alias)) s { enum e e; char c; };\n")
    for arguments, name, size in ((["--target", "x86_64", "--target", "arm-none"], "arm-none", 2), (["--cc", "gcc", "--cc", "arm-none-eabi-gcc"], "arm-none", 2),
                                  (["--cc", "gcc", "--cc", "arm-none-eabi-gcc -fno-short-enums"], "armel", 8)):
        done = support.gen("emit", "-t", "struct s", "-o", "o.h", *arguments, "x.h", cwd=tmp_path)
        assert (done.status, done.err) == (0, ""), done
        assert set(targets_of(tmp_path)) == {"x86_64", name}
        assert set(re.findall(r"#define S_SIZE (\d+)", (tmp_path / "o.h").read_text())) == {"8", str(size)}
        support.write(tmp_path, {"owner.c": '#include "x.h"\n#include "o.h"\nS_OPAQUE_CHECK();\nint nothing;\n'})
        flags = ["-fno-short-enums"] if name == "armel" else []
        support.must("arm-none-eabi-gcc", *flags, *WARNINGS, "-c", "-o", "owner.o", "owner.c", cwd=tmp_path)


def test_only_one_target_can_be_listed(tmp_path):
    support.write(tmp_path, {"x.h": SOURCE})
    done = support.gen("list", "--target", "x86_64", "--target", "i386", "x.h", cwd=tmp_path)
    assert done.status == 2 and done.err == "gen-opaque: error: there can be only one --target here\n", done
    done = support.gen("list", "--cc", "gcc", "--cc", "clang-14", "x.h", cwd=tmp_path)
    assert done.status == 2 and done.err == "gen-opaque: error: there can be only one --cc here\n", done


@pytest.mark.parametrize("name", sorted(WRONG_CLANG))
def test_doubt_is_said(name, tmp_path):
    """Where libclang is known to be wrong and no compiler is asked."""
    for arguments in (["--target", name], ["--target", name, "--target", "x86_64"]):
        done = make(tmp_path, *arguments)
        assert done.status == 0 and f"warning: on {name} libclang is not always right: " in done.err, done
        assert "note: name a compiler for it with --cc: its numbers count\n" in done.err, done


def test_a_name_will_do_for_one_target(tmp_path):
    assert make(tmp_path, "--target", "armhf").status == 0
    assert "\n * on armv7-linux-gnueabihf, unconfirmed by a compiler.\n" in (tmp_path / "o.h").read_text()
