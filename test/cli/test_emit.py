# SPDX-License-Identifier: MIT
"""What emit does when all is well: options, outputs, depfile, flags from a database, compilers and targets."""
import json
import os
import re
import shlex

import pytest

import support
from numbers_of import real_numbers, said_numbers

SOURCE = """\
#include "conn.h"
struct CONN_PRIVATE conn {
	int fd;
	unsigned ready : 1;
	long bytes;
};
"""
HEADER = '#define CONN_PRIVATE __attribute__((may_alias))\n'
OLD_TIME = 1_000_000_000


@pytest.fixture
def place(tmp_path):
    support.write(tmp_path, {"conn.c": SOURCE, "conn.h": HEADER})
    return tmp_path


def emit(place, *arguments, status=0, **options):
    """emit that works and says nothing but what the test looks at."""
    result = support.gen("emit", *arguments, cwd=place, **options)
    assert result.status == status, result
    return result


def age(path):
    os.utime(path, (OLD_TIME, OLD_TIME))


def is_old(path):
    return path.stat().st_mtime == OLD_TIME


# ---- help, version, outputs ----


def test_version():
    result = support.gen("--version")
    assert result.status == 0 and re.match(r"gen-opaque \d+\.\d+\.\d+\n", result.out) and result.err == ""


def test_help_names_every_command():
    result = support.gen("--help")
    assert result.status == 0 and result.err == "" and result.out.startswith("Usage: gen-opaque ")
    assert "\n  emit " in result.out


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_emit_help_names_every_option(flag):
    result = support.gen("emit", flag)
    assert result.status == 0 and result.err == ""
    for option in ("-t, --type", "-o, --output", "--fwd", "--offset", "--expose", "-p, --database", "--cc", "--no-confirm",
                   "--target", "--depfile", "--stamp", "--root", "-h, --help"):
        assert f" {option} " in result.out or f" {option}\n" in result.out, option
    assert all(len(line) <= 100 for line in result.out.splitlines())


def test_output_to_a_file_and_to_stdout_are_the_same(place):
    named = emit(place, "-t", "struct conn", "-o", "conn_opaque.h", "conn.c")
    assert (named.out, named.err) == ("", "")
    text = (place / "conn_opaque.h").read_text()
    printed = emit(place, "-t", "struct conn", "conn.c").out
    dashed = emit(place, "-t", "struct conn", "-o", "-", "conn.c").out
    assert printed == dashed
    assert printed.split("#ifndef", 1)[1].split("\n", 3)[3:] == text.split("#ifndef", 1)[1].split("\n", 3)[3:]
    assert said_numbers(text, "CONN") == (16, 8)


def test_what_the_header_holds(place):
    emit(place, "-t", "struct conn", "-o", "conn_opaque.h", "conn.c")
    text = (place / "conn_opaque.h").read_text()
    for line in ("#ifndef CONN_OPAQUE_H\n#define CONN_OPAQUE_H\n", "struct conn;\n", "#define CONN_SIZE 16\n",
                 "#define CONN_ALIGN 8\n", "#define CONN_PRIVATE __attribute__((may_alias))\n", "struct conn_opaque {\n",
                 " *   gen-opaque emit -t 'struct conn' -o conn_opaque.h conn.c\n"):
        assert line in text, line
    for name in ("to_conn(", "to_conn_const(", "conn_opaque_copy(", "conn_opaque_zero(", "CONN_OPAQUE_CHECK()"):
        assert name in text, name
    assert str(place) not in text and "20" + "26" not in text


def test_the_banners_command_makes_it_again(place):
    support.write(place, {"sub dir/x.c": '#include "conn.c"\n', ".git": ""})
    emit(place, "-t", "struct conn=x", "--offset", "fd", "-o", "sub dir/it's.h", "sub dir/x.c", "--", "-I.",
         "-DA=1 2", "-DB='$(x)'")
    path = place / "sub dir/it's.h"
    text = path.read_text()
    command = next(line[len(" *   "):] for line in text.splitlines() if line.startswith(" *   gen-opaque "))
    path.unlink()
    support.must("sh", "-c", command.replace("gen-opaque", '"$GEN"', 1), cwd=place, env={"GEN": support.tool()})
    assert path.read_text() == text
    assert shlex.split(command)[:2] == ["gen-opaque", "emit"]


def test_rename(place):
    emit(place, "-t", "struct conn=link", "-o", "link_opaque.h", "conn.c")
    text = (place / "link_opaque.h").read_text()
    for name in ("#define LINK_SIZE 16\n", "struct link_opaque {\n", "struct conn *to_link(struct link_opaque *",
                 "#define LINK_OPAQUE_CHECK()", "#define LINK_PRIVATE ", "link_opaque_copy", "struct conn;\n"):
        assert name in text, name
    assert "to_conn" not in text and "CONN_SIZE" not in text


def test_several_types_keep_their_order(place):
    emit(place, "-t", "struct conn=b", "-t", "struct conn=a", "-o", "o.h", "conn.c")
    text = (place / "o.h").read_text()
    assert text.index("struct b_opaque {") < text.index("struct a_opaque {")


def test_offsets(place):
    emit(place, "-t", "struct conn", "--offset", "fd", "--offset", "bytes", "-o", "o.h", "conn.c")
    text = (place / "o.h").read_text()
    for line in ("#define CONN_OFFSETOF_FD 0\n", "#define CONN_SIZEOF_FD 4\n", "#define CONN_OFFSETOF_BYTES 8\n",
                 "#define CONN_SIZEOF_BYTES 8\n"):
        assert line in text, line


def test_light_half(place):
    emit(place, "-t", "struct conn", "-o", "full.h", "--fwd", "light.h", "conn.c")
    full, light = (place / "full.h").read_text(), (place / "light.h").read_text()
    assert '#include "light.h"\n' in full
    assert "struct conn *to_conn(" in light and "CONN_SIZE" not in light and "CONN_PRIVATE" in light
    assert "to_conn(struct" not in full and "#define CONN_SIZE 16\n" in full


def test_include_of_the_light_half_is_relative_to_the_full_one(place):
    (place / "include" / "a").mkdir(parents=True)
    emit(place, "-t", "struct conn", "-o", "include/full.h", "--fwd", "include/a/light.h", "conn.c")
    (place / "user.c").write_text('#include "include/full.h"\nstruct conn_opaque c;\nstruct conn *f(void) { return to_conn(&c); }\n')
    support.must("gcc", "-c", "-o", "user.o", "user.c", cwd=place)


# ---- written only when changed ----


def test_unchanged_output_keeps_its_time(place):
    arguments = ("-t", "struct conn", "-o", "full.h", "--fwd", "light.h", "--depfile", "full.d", "conn.c")
    emit(place, *arguments)
    for name in ("full.h", "light.h"):
        age(place / name)
    (place / "conn.c").write_text(SOURCE.replace("int fd;", "int fd; /* a comment */"))
    emit(place, *arguments)
    assert is_old(place / "full.h") and is_old(place / "light.h")
    (place / "conn.c").write_text(SOURCE.replace("int fd;", "int fd; long more;"))
    emit(place, *arguments)
    assert not is_old(place / "full.h"), "a new size"
    assert is_old(place / "light.h"), "which the light half does not know"


def test_output_is_replaced_not_rewritten(place):
    """A reader that has the old file open goes on reading the old file."""
    (place / "o.h").write_text("old\n")
    with open(place / "o.h") as reader:
        emit(place, "-t", "struct conn", "-o", "o.h", "conn.c")
        assert reader.read() == "old\n"
    assert "CONN_SIZE" in (place / "o.h").read_text()
    assert sorted(path.name for path in place.iterdir()) == ["conn.c", "conn.h", "o.h"], "no temporary file stays"


def test_output_keeps_permissions_that_others_can_read(place):
    emit(place, "-t", "struct conn", "-o", "o.h", "conn.c")
    mask = os.umask(0)
    os.umask(mask)
    assert (place / "o.h").stat().st_mode & 0o777 == 0o666 & ~mask


# ---- depfile ----


def test_depfile(place):
    (place / "inc").mkdir()
    (place / "inc/deep.h").write_text("typedef int deep;\n")
    (place / "conn.h").write_text(HEADER + '#include <stddef.h>\n#include "inc/deep.h"\n')
    for _ in range(2):  # the second time the output is unchanged
        emit(place, "-t", "struct conn", "-o", "o.h", "--depfile", "o.d", "conn.c")
        targets, needed = support.depfile(place / "o.d")
        assert targets == ["o.h"]
        names = {os.path.relpath(os.path.join(place, path), place) for path in needed}
        assert {"conn.c", "conn.h", "inc/deep.h"} <= names, needed
        assert any(name.endswith("stddef.h") for name in names)
        assert "o.h" not in names, "it would depend on itself"
        for path in needed:
            assert os.path.exists(os.path.join(place, path)) and ".." not in path.split("/"), path
        (place / "o.d").unlink()


def test_depfile_with_odd_paths(tmp_path):
    place = tmp_path / "a b#c$d"
    support.write(place, {"conn.c": SOURCE, "conn.h": HEADER})
    emit(place, "-t", "struct conn", "-o", "o p#q.h", "--depfile", "o.d", "conn.c")
    targets, needed = support.depfile(place / "o.d")
    assert targets == ["o p#q.h"]
    assert str(place.resolve() / "conn.c") in needed and str(place.resolve() / "conn.h") in needed


def test_ninja_understands_the_depfile(tmp_path):
    support.need("ninja")
    place = tmp_path / "a b#c"
    support.write(place, {"conn.c": SOURCE, "conn.h": HEADER, "build.ninja": (
        "rule gen\n  command = \"$tool\" emit -t 'struct conn' -o $out --depfile o.d conn.c\n  depfile = o.d\n  deps = gcc\n"
        "  restat = 1\nbuild o.h: gen conn.c\ndefault o.h\n").replace("$tool", support.tool())})
    support.must("ninja", cwd=place)
    assert "no work to do" in support.must("ninja", cwd=place).out
    future = (place / "o.h").stat().st_mtime + 10
    os.utime(place / "conn.h", (future, future))
    assert "no work to do" not in support.must("ninja", "-n", cwd=place).out, "conn.h is forgotten"


MAKEFILE = """\
all: user.o
user.o: user.c conn_opaque.h
	@echo compile
	@cc -c -o user.o user.c
conn_opaque.h: conn_opaque.h.stamp ;
conn_opaque.h.stamp: conn.c
	@echo generate
	@$(GEN) emit -t 'struct conn' -o conn_opaque.h --stamp $@ --depfile conn.d conn.c
-include conn.d
"""
USER = '#include "conn_opaque.h"\nstruct conn_opaque conn;\n'


def made(place):
    """What make does, in order."""
    lines = support.must("make", f"GEN={support.tool()}", cwd=place, env={"MAKEFLAGS": None}).out.splitlines()
    return [line for line in lines if line in ("generate", "compile")]


def age_all(place):
    for path in place.iterdir():
        os.utime(path, (path.stat().st_mtime - 100, path.stat().st_mtime - 100))


def test_make_goes_on_when_a_header_is_removed(place):
    support.need("make")
    support.write(place, {"Makefile": MAKEFILE, "user.c": USER, "gone.h": "", "conn.c": '#include "gone.h"\n' + SOURCE})
    assert made(place) == ["generate", "compile"]
    age_all(place)
    (place / "gone.h").unlink()
    support.write(place, {"conn.c": SOURCE})
    assert made(place) == ["generate"], "the header's bytes are the same"
    assert made(place) == []


def test_make_with_a_stamp_comes_to_rest(place):
    support.need("make")
    support.write(place, {"Makefile": MAKEFILE, "user.c": USER})
    assert made(place) == ["generate", "compile"] and made(place) == []
    age_all(place)
    (place / "conn.h").write_text(HEADER + "/* of no weight */\n")
    assert made(place) == ["generate"] and made(place) == []
    assert is_empty(place / "conn_opaque.h.stamp")
    age_all(place)
    (place / "conn.c").write_text(SOURCE.replace("int fd;", "int fd, events;"))
    assert made(place) == ["generate", "compile"] and made(place) == []


def is_empty(path):
    return path.stat().st_size == 0


def test_stamp_stays_old_on_an_error(place):
    emit(place, "-t", "struct conn", "-o", "o.h", "--stamp", "o.stamp", "conn.c")
    age(place / "o.stamp")
    emit(place, "-t", "struct none", "-o", "o.h", "--stamp", "o.stamp", "conn.c", status=2)
    assert is_old(place / "o.stamp")
    age(place / "o.h")
    emit(place, "-t", "struct conn", "-o", "o.h", "--stamp", "o.stamp", "conn.c")
    assert is_old(place / "o.h") and not is_old(place / "o.stamp")


def test_depfile_names_the_stamp_alone(place):
    emit(place, "-t", "struct conn", "-o", "o.h", "--fwd", "f.h", "--stamp", "o.stamp", "--depfile", "o.d", "conn.c")
    targets, needed = support.depfile(place / "o.d")
    assert targets == ["o.stamp"] and str(place / "conn.c") in needed


# ---- flags from a database ----


def database(place, *entries):
    """Write build/compile_commands.json; an entry is (file, flags) or a whole object."""
    (place / "build").mkdir(exist_ok=True)
    objects = [entry if isinstance(entry, dict) else
               {"directory": str(place), "file": entry[0], "arguments": ["cc", *entry[1], entry[0]]} for entry in entries]
    (place / "build/compile_commands.json").write_text(json.dumps(objects))


GCC_ONLY = ["-fconserve-stack", "-fno-allow-store-data-races", "-Wno-maybe-uninitialized", "-mpreferred-stack-boundary=4",
            "--param=ssp-buffer-size=4", "--param", "max-inline-insns-single=9", "-fno-tree-vectorize", "-fipa-pta",
            "-Wlogical-op", "-Wduplicated-cond", "-fno-delete-null-pointer-checks", "-ftrivial-auto-var-init=zero",
            "-finput-charset=latin1", "-fexec-charset=latin1"]


def test_database(place):
    (place / "conn.c").write_text(SOURCE.replace("long bytes", "char bytes[N]"))
    database(place, ("other.c", ["-DN=1"]), ("conn.c", ["-DN=100"]))
    emit(place, "-t", "struct conn", "-p", "build", "-o", "o.h", "conn.c")
    assert said_numbers((place / "o.h").read_text(), "CONN") == (108, 4)


def test_database_with_a_command_string(place):
    (place / "conn.c").write_text(SOURCE.replace("long bytes", "char bytes[N]"))
    database(place, {"directory": str(place), "file": str(place / "conn.c"),
                     "command": f"cc '-DN=50 * 2' -I\"{place}/with space\" -o x.o -c {shlex.quote(str(place / 'conn.c'))}"})
    emit(place, "-t", "struct conn", "-p", "build", "-o", "o.h", "conn.c")
    assert said_numbers((place / "o.h").read_text(), "CONN") == (108, 4)


def test_database_flags_that_say_nothing_of_layout(place):
    """Flags of output kind, of gcc alone, of -Werror, LTO and sanitizers do no harm; those of layout stay."""
    source = "#pragma nothing known\nint unused_here;\n" + SOURCE
    (place / "conn.c").write_text(source + "static int never(void) { return 1; }\n")
    flags = ["-c", "-o", "conn.o", "-MD", "-MQ", "conn.o", "-MF", "conn.o.d", "-Werror", "-Wall", "-Wextra", "-flto=auto",
             "-fsanitize=address,undefined", "-fpack-struct=2", "-fdiagnostics-color=always", "-O3", "-g3", *GCC_ONLY]
    database(place, ("conn.c", flags))
    result = emit(place, "-t", "struct conn", "-p", "build", "-o", "o.h", "conn.c")
    text = (place / "o.h").read_text()
    assert said_numbers(text, "CONN") == real_numbers(["gcc"], place, "conn.c", "struct conn", "-fpack-struct=2") == (14, 2)
    assert "error" not in result.err
    assert sorted(path.name for path in place.iterdir() if path.name[:6] in ("conn.o", "a.out")) == [], "compiled after all"


def test_flags_that_change_the_layout_by_a_macro(place):
    """Sources look at what a sanitizer defines: the real compiler has the last word."""
    (place / "conn.c").write_text(SOURCE.replace("long bytes;", "#ifdef __SANITIZE_ADDRESS__\nlong bytes[9];\n#endif"))
    database(place, ("conn.c", ["-fsanitize=address"]))
    emit(place, "-t", "struct conn", "-p", "build", "-o", "o.h", "conn.c")
    expected = real_numbers(["gcc"], place, "conn.c", "struct conn", "-fsanitize=address")
    assert said_numbers((place / "o.h").read_text(), "CONN") == expected


def test_relative_includes_of_the_database_are_relative_to_its_directory(place):
    support.write(place, {"deep/inc/size.h": "enum { N = 20 };\n",
                          "conn.c": '#include <size.h>\n' + SOURCE.replace("long bytes", "char bytes[N]")})
    database(place, {"directory": str(place / "deep"), "file": "../conn.c", "arguments": ["cc", "-Iinc", "-c", "../conn.c"]})
    emit(place, "-t", "struct conn", "-p", "build", "-o", "o.h", "conn.c")
    assert said_numbers((place / "o.h").read_text(), "CONN") == (28, 4)


def test_file_that_the_database_does_not_know(place):
    """Never another file's flags."""
    database(place, ("other.c", ["-DN=1"]))
    (place / "other.c").write_text("")
    result = emit(place, "-t", "struct conn", "-p", "build", "-o", "o.h", "conn.c", status=2)
    assert result.err == (f"gen-opaque: error: build/compile_commands.json: has no flags for '{place}/conn.c'\n"
                          "gen-opaque: note: name a source that is compiled there, or give the flags behind '--'\n")
    assert not (place / "o.h").exists()


@pytest.mark.parametrize("text", ["", "{}", "[", "[1]", '[{"file": 1}]', "[{}]", "null"])
def test_broken_database(text, place):
    (place / "build").mkdir()
    (place / "build/compile_commands.json").write_text(text)
    result = emit(place, "-t", "struct conn", "-p", "build", "-o", "o.h", "conn.c", status=2)
    assert re.match(r"(gen-opaque: error: )?build/compile_commands\.json:(\d+:)*( error:)? ", result.err), result
    assert not (place / "o.h").exists()


@pytest.mark.parametrize("flags, refused", [(["-fplugin=x.so"], "-fplugin=x.so"), (["-Xclang", "-load", "-Xclang", "x.so"], "-load")])
def test_plugins_of_a_database_are_refused(flags, refused, place):
    database(place, ("conn.c", flags))
    result = emit(place, "-t", "struct conn", "-p", "build", "-o", "o.h", "conn.c", status=2)
    assert result.err == f"gen-opaque: error: compile flag '{refused}' is refused: it loads code into the compiler\n"


def test_source_compiled_in_two_ways(place):
    (place / "conn.c").write_text(SOURCE.replace("long bytes", "char bytes[N]"))
    database(place, ("conn.c", ["-DN=1"]), ("conn.c", ["-DN=100"]))
    result = emit(place, "-t", "struct conn", "-p", "build", "-o", "o.h", "conn.c", status=2)
    assert result.err == ("conn.c:2:21: error: the database compiles the source in more than one way, and struct conn "
                          "differs: size 8, alignment 4 and size 108, alignment 4\n"
                          "gen-opaque: note: give the flags of one of them behind '--' in place of -p\n")
    assert not (place / "o.h").exists()
    database(place, ("conn.c", ["-DN=4", "-O1"]), ("conn.c", ["-DN=4", "-O2"]))
    emit(place, "-t", "struct conn", "-p", "build", "-o", "o.h", "conn.c")


# ---- compilers and targets ----

AARCH64 = """\
#include <pthread.h>
struct CONN_PRIVATE conn { char c; long double d; pthread_mutex_t lock; unsigned short bits : 9; };
struct CONN_PRIVATE plain { char c; wchar_t w; long l; };
"""


def test_another_compilers_target(place):
    """That target's numbers, from that target's headers: not this machine's."""
    support.need("aarch64-linux-gnu-gcc")
    (place / "conn.c").write_text("#include <stddef.h>\n" + HEADER + AARCH64)
    emit(place, "-t", "struct conn", "-t", "struct plain", "--cc", "aarch64-linux-gnu-gcc", "-o", "o.h", "conn.c")
    text = (place / "o.h").read_text()
    there = real_numbers(["aarch64-linux-gnu-gcc"], place, "conn.c", "struct conn")
    here = real_numbers(["gcc"], place, "conn.c", "struct conn")
    assert said_numbers(text, "CONN") == there != here
    assert " * on aarch64-linux-gnu, confirmed by the compiler.\n" in text
    alone = emit(place, "-t", "struct conn", "--cc", "aarch64-linux-gnu-gcc", "--no-confirm", "-o", "n.h", "conn.c")
    assert said_numbers((place / "n.h").read_text(), "CONN") == there and alone.err == "", "libclang, with its headers"


def test_m32(place):
    if support.run("gcc", "-m32", "-x", "c", "-fsyntax-only", "/dev/null").status != 0:
        support.missing("gcc has no -m32")
    (place / "conn.c").write_text(HEADER + "struct CONN_PRIVATE conn { char c; long long l; double d; void *p; };\n")
    emit(place, "-t", "struct conn", "--cc", "gcc -m32", "-o", "o.h", "conn.c")
    expected = (24, 4)
    assert said_numbers((place / "o.h").read_text(), "CONN") == expected
    emit(place, "-t", "struct conn", "-o", "p.h", "conn.c", "--", "-m32")
    assert said_numbers((place / "p.h").read_text(), "CONN") == expected


def test_target_alone_is_unconfirmed(place):
    (place / "conn.c").write_text(HEADER + "struct CONN_PRIVATE conn { char c; long double d; void *p; };\n")
    for triple, expected in (("aarch64-linux-gnu", (48, 16)), ("i686-linux-gnu", (20, 4)), ("x86_64-linux-gnu", (48, 16))):
        emit(place, "-t", "struct conn", "--target", triple, "-o", "o.h", "conn.c")
        text = (place / "o.h").read_text()
        assert said_numbers(text, "CONN") == expected, triple
        assert f" * on {triple}, unconfirmed by a compiler.\n" in text


def test_cc_from_the_environment(place):
    (place / "conn.c").write_text(HEADER + "struct CONN_PRIVATE conn { char c; __typeof__(sizeof(0)) l; };\n")
    emit(place, "-t", "struct conn", "-o", "o.h", "conn.c", env={"CC": "gcc -DX -fpack-struct=1"})
    assert said_numbers((place / "o.h").read_text(), "CONN") == (9, 1)
    emit(place, "-t", "struct conn", "--cc", "gcc -fpack-struct=4", "-o", "o.h", "conn.c", env={"CC": "gcc -fpack-struct=1"})
    assert said_numbers((place / "o.h").read_text(), "CONN") == (12, 4), "--cc comes before $CC"


DISAGREEMENT = """\
typedef int T16 __attribute__((aligned(16)));
struct __attribute__((may_alias)) s { char c; T16 a : 3; };
"""


def test_where_libclang_is_wrong_the_compiler_wins(place):
    (place / "s.c").write_text(DISAGREEMENT)
    result = emit(place, "-t", "struct s", "--cc", "gcc", "-o", "o.h", "s.c")
    gcc = real_numbers(["gcc"], place, "s.c", "struct s")
    assert said_numbers((place / "o.h").read_text(), "S") == gcc
    clang = said_numbers(emit(place, "-t", "struct s", "--no-confirm", "s.c").out, "S")
    assert clang != gcc, "this type has ceased to tell them apart"
    assert re.match(rf"s\.c:2(:\d+)?: warning: struct s: libclang says size {clang[0]}, alignment {clang[1]}; the compiler "
                    rf"says {gcc[0]}, {gcc[1]}, and is right\n", result.err), result


def test_with_clang_as_the_compiler_they_agree(place):
    support.need("clang-14")
    (place / "s.c").write_text(DISAGREEMENT)
    result = emit(place, "-t", "struct s", "--cc", "clang-14", "-o", "o.h", "s.c")
    assert result.err == "", result
    assert said_numbers((place / "o.h").read_text(), "S") == real_numbers(["clang-14"], place, "s.c", "struct s")


def test_no_confirm_runs_no_compiler_for_the_numbers(place):
    emit(place, "-t", "struct conn", "--no-confirm", "-o", "o.h", "conn.c")
    assert "unconfirmed by a compiler" in (place / "o.h").read_text()
    emit(place, "-t", "struct conn", "-o", "o.h", "conn.c")
    assert ", confirmed by the compiler" in (place / "o.h").read_text()


# ---- the owner's remedy against strict aliasing ----

LACKS = ("conn.c:1:8: warning: struct conn lacks may_alias and the flags lack -fno-strict-aliasing: copies of a struct "
         "conn_opaque, or of what holds one, may go wrong\n"
         "gen-opaque: note: compile the owner with -fno-strict-aliasing, or define the type as 'struct CONN_PRIVATE conn "
         "{ ... };' (the header defines CONN_PRIVATE)\n")
LACKS_WITH_LTO = LACKS.replace("warning", "error").replace("may go wrong", "may go wrong, and do so with -flto")


@pytest.mark.parametrize("confirm", [[], ["--no-confirm"]], ids=["confirmed", "unconfirmed"])
def test_owner_without_a_remedy(confirm, place):
    (place / "conn.c").write_text("struct conn { int fd; };\n")
    assert emit(place, "-t", "struct conn", "-o", "o.h", "conn.c", *confirm).err == LACKS
    assert emit(place, "-t", "struct conn", "-o", "o.h", "conn.c", *confirm, "--", "-fno-strict-aliasing").err == ""
    assert emit(place, "-t", "struct conn", "-o", "o.h", "conn.c", *confirm, "--", "-fno-strict-aliasing",
                "-fstrict-aliasing").err == LACKS


def test_owner_without_a_remedy_under_lto(place):
    (place / "conn.c").write_text("struct conn { int fd; };\n")
    assert emit(place, "-t", "struct conn", "-o", "o.h", "conn.c", "--", "-flto", status=2).err == LACKS_WITH_LTO
    assert not (place / "o.h").exists()
    assert emit(place, "-t", "struct conn", "-o", "o.h", "conn.c", "--", "-flto=auto", "-fno-lto").err == LACKS
    assert emit(place, "-t", "struct conn", "-o", "o.h", "conn.c", "--", "-flto", "-fno-strict-aliasing").err == ""


ATTRIBUTES = {
    "before the tag": "struct __attribute__((may_alias)) conn { int fd; };\n",
    "after the braces": "struct conn { int fd; } __attribute__((may_alias));\n",
    "spelt with underscores": "struct conn { int fd; } __attribute__((__may_alias__));\n",
    "among others": "struct conn { int fd; } __attribute__((aligned(16), may_alias));\n",
    "by a macro": "#define MINE __attribute__((may_alias))\nstruct MINE conn { int fd; };\n",
    "by the header's macro": '#include "o.h"\nstruct CONN_PRIVATE conn { int fd; };\nCONN_OPAQUE_CHECK();\n',
    "after a forward declaration": "struct conn;\nextern struct conn *c;\nstruct __attribute__((may_alias)) conn { int fd; };\n",
}


@pytest.mark.parametrize("case", ATTRIBUTES)
def test_owner_with_the_attribute(case, place):
    (place / "conn.c").write_text(ATTRIBUTES[case])
    assert emit(place, "-t", "struct conn", "-o", "o.h", "conn.c", "--", "-flto").err == ""


@pytest.mark.parametrize("source", [
    "struct other { int x; } __attribute__((may_alias));\nstruct conn { int fd; };\n",
    "struct conn { int fd; struct { int x; } __attribute__((may_alias)) inner; };\n",
    "struct conn { int may_alias; };\n",
    "struct __attribute__((may_alias)) conn;\nstruct conn { int fd; };\n",
])
def test_attribute_of_something_else_is_none(source, place):
    (place / "conn.c").write_text(source)
    result = emit(place, "-t", "struct conn", "-o", "o.h", "conn.c")
    assert "struct conn lacks may_alias" in result.err, result


# ---- odd names ----

ODD_NAMES = ["with space", "it's", 'a "quoted" one', "back\\slash", "\u00fcn\u00efcode", "a $HOME `x`; #&%()!", "star*"]


@pytest.mark.parametrize("reader", ["clang", "cc"])
@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_of_files_are_only_names(name, reader, place):
    folder = place / name
    support.write(folder, {f"{name}.c": '#include "conn_opaque.h"\n'
                                        "struct CONN_PRIVATE conn { char c; long l; };\nCONN_OPAQUE_CHECK();\n"})
    emitted = emit(folder, "--from", reader, "-t", "struct conn", "-o", "conn_opaque.h", "--depfile", "d", f"{name}.c")
    assert (emitted.status, emitted.err) == (0, ""), emitted
    assert "#define CONN_SIZE 16\n" in (folder / "conn_opaque.h").read_text()
    checked = support.gen("check", "conn_opaque.h", cwd=folder)
    assert (checked.status, checked.err) == (0, ""), checked


@pytest.mark.parametrize("name", ["conn.inc", "conn.def", "conn", "conn.c.in"])
def test_what_is_not_named_as_a_source_is_c(name, place):
    (place / name).write_text("struct __attribute__((may_alias)) conn { char c; long l; };\n")
    for reader in ("clang", "cc"):
        assert said_numbers(emit(place, "--from", reader, "-t", "struct conn", name).out, "CONN") == (16, 8)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_probes_of_files_of_any_name(name, place):
    support.write(place / name, {f"{name}.c": "struct conn { char c; long l; };\n"})
    support.must(support.tool(), "probe", "-t", "struct conn", "-o", "probe.c", f"{name}.c", cwd=place / name)
    support.must("cc", "-c", "probe.c", cwd=place / name)
    assert "#define CONN_SIZE 16\n" in emit(place / name, "-t", "struct conn", "probe.o").out


# ---- determinism ----


def test_same_bytes_from_two_places(tmp_path):
    texts = []
    for name in ("one", "a much longer name/of another checkout"):
        place = tmp_path / name
        support.write(place, {"src/conn.c": SOURCE, "src/conn.h": HEADER, ".git": "", "inc/x.h": ""})
        database(place, ("src/conn.c", [f"-I{place}/inc", "-Isrc"]))
        arguments = ("-t", "struct conn", "-o", "o.h", "--fwd", "f.h", "src/conn.c")
        emit(place, *arguments, "--", f"-I{place}/inc")
        from_database = support.gen("emit", *arguments[:2], "-p", "build", "-o", "src/d.h", "src/conn.c", cwd=place)
        assert from_database.status == 0, from_database
        texts.append([(place / file).read_bytes() for file in ("o.h", "f.h", "src/d.h")])
        assert str(tmp_path).encode() not in b"".join(texts[-1])
    assert texts[0] == texts[1]


def test_paths_are_relative_to_the_root(place):
    (place / "src").mkdir()
    (place / "conn.c").rename(place / "src/conn.c")
    (place / "conn.h").rename(place / "src/conn.h")
    texts = {}
    for cwd, output, source in ((place, "src/o.h", "src/conn.c"), (place / "src", "o.h", "conn.c"),
                                (place, str(place / "src/o.h"), str(place / "src/conn.c"))):
        emit(cwd, "--root", place, "-t", "struct conn", "-o", output, source)
        texts[(place / "src/o.h").read_text()] = 1
    assert len(texts) == 1, "the same header from wherever it is made"
    assert " *   gen-opaque emit -t 'struct conn' -o src/o.h src/conn.c\n" in next(iter(texts))
