# SPDX-License-Identifier: MIT
"""emit from object files: bounds of alignments, what settles them, and every way in which it refuses."""
import os
import shlex
import shutil

import pytest

import support
from numbers_of import said_numbers

OLD = "an older header, not to be touched\n"
# The alignment of conn is open: on x86_64 it is 8, but packing would look the same. That of tight is proved by its hole.
SOURCE = """\
struct conn { int fd; unsigned ready : 1; long bytes; };
struct tight { char c; long l; };
struct flexible { int n; char data[]; };
struct empty { };
typedef struct { int a; } session_t;
struct conn conn; struct tight tight; struct flexible *flexible; struct empty empty; session_t session;
int main(void) { return flexible ? flexible->n : 0; }
"""


def make(folder, *words, name="conn", text=SOURCE):
    support.write(folder, {name + ".c": text})
    support.must(*(words or ("gcc",)), "-g", "-c", "-o", name + ".o", name + ".c", cwd=folder)
    return name + ".o"


@pytest.fixture
def place(tmp_path):
    make(tmp_path)
    return tmp_path


def emit(place, *arguments, **options):
    result = support.gen("emit", *arguments, cwd=place, **options)
    assert (result.status, result.err) == (0, ""), result
    return result.out


def refused(place, expected, *arguments, **options):
    """emit says exactly this and leaves the older header alone."""
    support.write(place, {"conn_opaque.h": OLD})
    os.utime(place / "conn_opaque.h", (1_000_000_000, 1_000_000_000))
    before = sorted(path.name for path in place.iterdir())
    result = support.gen("emit", "-o", "conn_opaque.h", *arguments, cwd=place, **options)
    assert (result.status, result.out, result.err) == (2, "", expected), result
    assert (place / "conn_opaque.h").read_text() == OLD and (place / "conn_opaque.h").stat().st_mtime == 1_000_000_000
    assert sorted(path.name for path in place.iterdir()) == before


# ---- numbers ----


@pytest.mark.parametrize("words", [("gcc",), ("clang-14",), ("clang-19",), ("gcc", "-gdwarf-4")], ids=" ".join)
def test_objects_of_each_compiler(words, tmp_path):
    support.need(words[0])
    make(tmp_path, *words)
    text = emit(tmp_path, "-t", "struct conn", "-t", "struct tight", "-t", "session_t", "conn.o")
    assert said_numbers(text, "CONN") == said_numbers(text, "TIGHT") == (16, 8)
    assert said_numbers(text, "SESSION_T") == (4, 4)
    assert " * on x86_64-linux-gnu, as the DWARF of its objects has it.\n" in text


def test_another_target(tmp_path):
    support.need("aarch64-linux-gnu-gcc")
    make(tmp_path, "aarch64-linux-gnu-gcc")
    assert " * on aarch64-linux-gnu, as" in emit(tmp_path, "-t", "struct conn", "conn.o")


def test_archive_library_and_program(place):
    support.must("ar", "rcs", "libconn.a", "conn.o", cwd=place)
    support.must("ar", "rcsT", "thin.a", "conn.o", cwd=place)
    support.must("gcc", "-o", "program", "conn.o", cwd=place)
    for name in ("libconn.a", "thin.a", "program"):
        assert said_numbers(emit(place, "-t", "struct conn", name), "CONN") == (16, 8)


def test_several_objects(place):
    make(place, name="other", text="struct other { char c[3]; } other;\n")
    text = emit(place, "-t", "struct other", "-t", "struct conn", "-o", "o.h", "--depfile", "o.d", "conn.o", "other.o")
    text = (place / "o.h").read_text()
    assert said_numbers(text, "OTHER") == (3, 1) and said_numbers(text, "CONN") == (16, 8)
    assert support.depfile(place / "o.d") == (["o.h"], [f"{place}/conn.o", f"{place}/other.o"])


def test_the_banners_command_makes_it_again(place):
    support.write(place, {".git": ""})
    emit(place, "-t", "struct conn=c", "--align", "8", "--offset", "fd", "-t", "struct tight", "-o", "o.h", "--exact",
         place / "conn.o")
    text = (place / "o.h").read_text()
    command = next(line[len(" *   "):] for line in text.splitlines() if line.startswith(" *   gen-opaque "))
    assert shlex.split(command) == ["gen-opaque", "emit", "-t", "struct conn=c", "--offset", "fd", "--align", "8",
                                    "-t", "struct tight", "-o", "o.h", "--exact", "conn.o"]
    (place / "o.h").unlink()
    support.must("sh", "-c", command.replace("gen-opaque", '"$GEN"', 1), cwd=place, env={"GEN": support.tool()})
    assert (place / "o.h").read_text() == text
    assert str(place) not in text


def test_from_says_the_reader(place):
    assert emit(place, "-t", "struct conn", "conn.o") == emit(place, "-t", "struct conn", "--from", "dwarf", "conn.o")
    result = support.gen("emit", "-t", "struct conn", "--from", "clang", "conn.c", cwd=place)
    assert result.status == 0 and "confirmed by the compiler" in result.out
    result = support.gen("emit", "-t", "struct conn", "--from", "clang", "conn.o", cwd=place)
    assert result.status == 2 and result.out == ""


# ---- bounds ----

BOUND = ("/*\n * Size and alignment of struct conn, in bytes. The alignment is a bound: its objects\n"
         " * do not say it, but it is no more than this and no less than 1.\n */\n#define CONN_SIZE 16\n#define CONN_ALIGN 8\n")
SETTLED = "/* Size and alignment of struct conn, in bytes. */\n#define CONN_SIZE 16\n"


def test_a_bound_is_said(place):
    text = emit(place, "-t", "struct conn", "conn.o")
    assert BOUND in text and "sizeof(struct conn) <= CONN_ALIGN, \\\n" in text


def test_a_proved_alignment_is_exact(place):
    text = emit(place, "-t", "struct tight", "--exact", "conn.o")
    assert "/* Size and alignment of struct tight, in bytes. */\n" in text
    assert "sizeof(struct tight) == TIGHT_ALIGN, \\\n" in text and "<=" not in text


def test_align_settles_it(place):
    for align in (1, 4, 8):
        text = emit(place, "-t", "struct conn", "--align", align, "conn.o")
        assert SETTLED + f"#define CONN_ALIGN {align}\n" in text and "sizeof(struct conn) == CONN_ALIGN, \\\n" in text
    assert emit(place, "--align", 4, "-t", "struct conn", "conn.o") == emit(place, "-t", "struct conn", "--align", 4, "conn.o")


@pytest.mark.parametrize("words", [("gcc", "-std=c99"), ("gcc", "-std=c11"), ("g++", "-xc++", "-std=c++11"), ("clang-14",)],
                         ids=" ".join)
def test_the_check_takes_less_but_not_more(words, place):
    support.need(words[0])
    emit(place, "-t", "struct conn", "-o", "o.h", "conn.o")
    plain = "struct conn { int fd; unsigned ready : 1; long bytes; }"
    for attribute, good in (("", True), ("packed", True), ("aligned(16)", False)):
        text = f'#include "o.h"\n{plain}{f" __attribute__(({attribute}))" if attribute else ""};\nCONN_OPAQUE_CHECK();\n'
        support.write(place, {"owner.c": text.replace("long bytes", "long bytes; char more[3]") if attribute == "packed" else text})
        result = support.run(*words, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "owner.c", cwd=place)
        assert (result.status == 0) == good, result
        if not good and "-std=c99" not in words:
            assert "struct conn: its alignment is above the CONN_ALIGN of o.h; generate it again" in result.err


# ---- refusals ----

REFUSALS = {
    "exact": (("-t", "struct conn", "--exact", "conn.o"),
              "conn.c:1: error: the alignment of struct conn is from 1 to 8: the object files do not say it exactly\n"
              "gen-opaque: note: say it with --align, or do without --exact\n"),
    "above": (("-t", "struct conn", "--align", "16", "conn.o"),
              "conn.c:1: error: the alignment of struct conn cannot be 16: it is from 1 to 8\n"),
    "below": (("-t", "struct tight", "--align", "4", "conn.o"),
              "conn.c:2: error: the alignment of struct tight cannot be 4: it is from 8 to 8\n"),
    "no power": (("-t", "struct conn", "--align", "6", "conn.o"),
                 "gen-opaque: error: '6' is not an alignment: it must be a power of two\n"),
    "negative": (("-t", "struct conn", "--align", "-8", "conn.o"),
                 "gen-opaque: error: '-8' is not an alignment: it must be a power of two\n"),
    "align twice": (("-t", "struct conn", "--align", "4", "--align", "8", "conn.o"),
                    "gen-opaque: error: --align is given twice for one type\n"),
    "align of whom": (("--align", "4", "-t", "struct conn", "-t", "struct tight", "conn.o"),
                      "gen-opaque: error: --align must come after the -t that it is for\n"),
    "align of a source": (("-t", "struct conn", "--align", "4", "conn.c"),
                          "conn.c:1:8: error: struct conn has outgrown its alignment: it wants 8 bytes, and --align keeps 4\n"
                          "gen-opaque: note: a larger alignment is a new layout: all holders must be built again\n"),
    "flags": (("-t", "struct conn", "conn.o", "--", "-I."),
              "gen-opaque: error: compile flags cannot change what is compiled already\n"),
    "target": (("-t", "struct conn", "--target", "x86_64-linux-gnu", "conn.o"),
               "gen-opaque: error: --target cannot change what is compiled already\n"),
    "reader": (("-t", "struct conn", "--from", "pdb", "conn.o"),
               "gen-opaque: error: 'pdb' is not a reader for --from\n"
               "gen-opaque: note: 'clang' and 'cc' read sources, 'dwarf' reads object files\n"),
    "a mixture": (("-t", "struct conn", "conn.o", "conn.c"),
                  "gen-opaque: error: conn.o is an object file and conn.c is not\n"),
    "two sources": (("-t", "struct conn", "conn.c", "conn.c"),
                    "gen-opaque: error: there can be only one source, not 2\n"
                    "gen-opaque: note: compile flags go after '--'\n"),
    "no object": (("-t", "struct conn", "--from", "dwarf", "conn.c"),
                  "conn.c: error: is neither an ELF object nor an archive of them\n"),
    "unknown": (("-t", "struct con", "conn.o"),
                "conn.o: error: there is no 'struct con' here\ngen-opaque: note: the nearest names there are: 'struct conn'\n"),
    "flexible": (("-t", "struct flexible", "conn.o"),
                 "conn.c:3: error: 'struct flexible' ends with a flexible array member, whose size is not known\n"
                 "gen-opaque: note: a shadow has one size: --flex N makes room for N elements\n"),
    "empty": (("-t", "struct empty", "conn.o"),
              "conn.c:4: error: 'struct empty' is empty: there is nothing to hold\n"),
    "output is an object": (("-t", "struct conn", "--depfile", "conn.o", "conn.o"),
                            "gen-opaque: error: the object and --depfile are the same file\n"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case, place):
    arguments, expected = REFUSALS[case]
    refused(place, expected, *arguments)


def test_stripped(place):
    support.must("strip", "-g", "conn.o", cwd=place)
    refused(place, "conn.o: error: holds no DWARF: it was built without -g, or stripped of it\n", "-t", "struct conn", "conn.o")


def test_truncated(place):
    (place / "conn.o").write_bytes((place / "conn.o").read_bytes()[:100])
    result = support.gen("emit", "-t", "struct conn", "conn.o", cwd=place)
    assert result.status == 2 and result.out == "" and result.err.startswith("conn.o: error: "), result
    assert "Traceback" not in result.err


def test_two_types_of_one_name(place):
    make(place, name="other", text="struct conn { char c; } conn;\n")
    refused(place, "conn.c:1: error: 'struct conn' means two different types\n"
            "conn.c:1: note: one of 16 bytes is defined here, in conn.o\n"
            "other.c:1: note: another of 1 bytes is defined here, in other.o\n", "-t", "struct conn", "conn.o", "other.o")


def test_two_targets(place):
    support.need("aarch64-linux-gnu-gcc")
    make(place, "aarch64-linux-gnu-gcc", name="other", text="struct other { char c; } other;\n")
    refused(place, "conn.o: error: there is no 'struct other' here\n"
            "gen-opaque: note: give the object whose source defines it\n"
            "gen-opaque: note: so it is among what is for x86_64-linux-gnu\n"
            "other.o: error: there is no 'struct conn' here\n"
            "gen-opaque: note: give the object whose source defines it\n"
            "gen-opaque: note: so it is among what is for aarch64-linux-gnu\n",
            "-t", "struct conn", "-t", "struct other", "conn.o", "other.o")


def test_armhf_is_told_from_armel(place):
    """The header of an object does not say it, only ARM's own list of attributes does."""
    for compiler, flags, target in (("arm-linux-gnueabihf-gcc", [], "arm-linux-gnueabihf"), ("arm-linux-gnueabi-gcc", [], "arm-linux-gnueabi"),
                                    ("clang-14", ["--target=arm-none-eabi", "-fshort-enums"], "arm-eabi")):
        support.need(compiler)
        support.must(compiler, *flags, "-g", "-c", "-o", "arm.o", "conn.c", cwd=place)
        done = support.gen("emit", "-t", "struct conn", "arm.o", cwd=place)
        assert done.status == 0 and f"\n * on {target}, as the DWARF" in done.out, done


# ---- the helper ----


def fake_python(folder, script):
    (folder / "bin").mkdir()
    path = folder / "bin" / "python3"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return {"PATH": f"{folder}/bin:{os.environ['PATH']}"}


# Type units in groups of their own are beyond libdw, so the helper has to come in.
ONLY_HELPER = "-fdebug-types-section"


def test_a_python_that_cannot_is_passed_over(place):
    make(place, "gcc", ONLY_HELPER)
    if not os.path.exists("/usr/bin/python3"):
        support.missing("there is no /usr/bin/python3")
    env = fake_python(place, "echo 'Traceback (most recent call last):' >&2\necho 'SyntaxError: old' >&2\nexit 1")
    assert emit(place, "-t", "struct conn", "conn.o", env=env) == emit(place, "-t", "struct conn", "conn.o")


UNABLE = "conn.o: error: has its type units in sections of their own, which libdw cannot join\n"


def test_no_python_that_can(place):
    make(place, "gcc", ONLY_HELPER)
    env = fake_python(place, "echo 'Traceback (most recent call last):' >&2\necho 'SyntaxError: old' >&2\nexit 1")
    support.write(place, {"helper.py": "raise ImportError('gone')\n"})
    refused(place, f"{UNABLE}gen-opaque: note: no Python is found that can run the reader of object files\n"
            "gen-opaque: note: it needs Python 3.9 or newer with pyelftools: apt install python3-pyelftools\n"
            "gen-opaque: note: python3 said: SyntaxError: old\n"
            "gen-opaque: note: /usr/bin/python3 said: ImportError: gone\n", "-t", "struct conn", "conn.o",
            env={**env, "GEN_OPAQUE_DWARF": str(place / "helper.py")})


def test_a_helper_that_dies(place):
    make(place, "gcc", ONLY_HELPER)
    support.write(place, {"helper.py": "import os\nos.kill(os.getpid(), 9)\n"})
    refused(place, f"{UNABLE}gen-opaque: note: the DWARF reader died of signal 9 (Killed)\n", "-t", "struct conn", "conn.o",
            env={"GEN_OPAQUE_DWARF": str(place / "helper.py")})


def test_no_helper(place):
    make(place, "gcc", ONLY_HELPER)
    refused(place, f"{UNABLE}gen-opaque: note: the reader of object files is not installed: there is no /nowhere.py\n"
            "gen-opaque: note: GEN_OPAQUE_DWARF may say where dwarf_facts.py is\n", "-t", "struct conn", "conn.o",
            env={"GEN_OPAQUE_DWARF": "/nowhere.py"})


def test_an_installed_one_finds_its_helper(place):
    """As Meson installs them: bin/gen-opaque and libexec/gen-opaque/dwarf_facts.py."""
    make(place, "gcc", ONLY_HELPER)
    (place / "usr/bin").mkdir(parents=True)
    helper = place / "usr/libexec/gen-opaque"
    shutil.copy(support.tool(), place / "usr/bin/gen-opaque")
    support.write(helper, {"dwarf_facts.py": "import os\nos.kill(os.getpid(), 9)\n"})
    result = support.run(place / "usr/bin/gen-opaque", "emit", "-t", "struct conn", "conn.o", cwd=place,
                         env={"GEN_OPAQUE_DWARF": None})
    assert result.status == 2 and "died of signal 9" in result.err, result


# ---- two opinions ----


def test_second_opinion(place):
    assert emit(place, "-t", "struct conn", "--second-opinion", "conn.o") == emit(place, "-t", "struct conn", "conn.o")


def test_second_opinion_that_differs(place):
    """A helper that reads another size."""
    helper = support.SOURCE_ROOT / "gen" / "read" / "dwarf_facts.py"
    support.write(place, {"helper.py": f"""import json, subprocess, sys
answer = json.loads(subprocess.run([sys.executable, "-B", {str(helper)!r}], input=sys.stdin.read(), capture_output=True, text=True).stdout)
for die in answer["dies"]:
    if die.get("name") == "conn":
        die["size"] += 8
print(json.dumps(answer))
"""})
    refused(place, "conn.c:1: error: the two readers of object files differ about 'struct conn'\n"
            "gen-opaque: note: libdw says 16 bytes aligned to 1..8, pyelftools 24 bytes aligned to 1..8\n"
            "gen-opaque: note: one of them is wrong: ask a compiler, with --from clang or --from cc\n",
            "-t", "struct conn", "--second-opinion", "conn.o", env={"GEN_OPAQUE_DWARF": str(place / "helper.py")})


def test_second_opinion_where_there_is_only_one(place):
    make(place, "gcc", ONLY_HELPER)
    refused(place, f"{UNABLE}gen-opaque: note: so there is only one opinion: leave out --second-opinion\n",
            "-t", "struct conn", "--second-opinion", "conn.o")


def test_second_opinion_of_a_source(place):
    refused(place, "gen-opaque: error: --second-opinion is for object files\n", "-t", "struct conn", "--second-opinion", "conn.c")


# ---- where the debug information is in other files ----


def depends_on(place, name, *arguments):
    emit(place, "-t", "struct tight", "-o", "o.h", "--depfile", "o.d", *arguments, name)
    targets, files = support.depfile(place / "o.d")
    assert targets == ["o.h"]
    return [os.path.relpath(path, place) for path in files]


def test_depfile_of_split_dwarf(tmp_path):
    make(tmp_path, "gcc", "-gsplit-dwarf")
    assert depends_on(tmp_path, "conn.o") == ["conn.dwo", "conn.o"]


def test_depfile_of_a_separate_debug_file(place):
    support.must("gcc", "-o", "program", "conn.o", cwd=place)
    support.must("objcopy", "--only-keep-debug", "program", "program.debug", cwd=place)
    support.must("objcopy", "--strip-debug", "--add-gnu-debuglink=program.debug", "program", cwd=place)
    assert depends_on(place, "program") == ["program", "program.debug"]


def test_depfile_of_a_supplementary_file(place):
    support.need("dwz")
    for name in ("one", "two"):
        support.must("gcc", "-o", name, "conn.o", cwd=place)
    done = support.run("dwz", "-m", "common.debug", "-r", "one", "two", cwd=place)
    assert done.status == 0 and (place / "common.debug").exists(), done
    assert depends_on(place, "one") == ["common.debug", "one"]


def test_depfile_of_a_thin_archive(place):
    support.must("ar", "rcsT", "thin.a", "conn.o", cwd=place)
    assert depends_on(place, "thin.a") == ["conn.o", "thin.a"]
