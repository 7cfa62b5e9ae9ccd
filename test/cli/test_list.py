# SPDX-License-Identifier: MIT
"""list: every type there is, from sources and from objects, as TSV and as JSON."""
import json
import os

import pytest

import support

OLD = "an older list, not to be touched\n"
HEAD = "type\tsize\talign\tplace\n"
SOURCE = """\
#include "conn.h"
struct conn { int fd; unsigned ready : 1; long bytes; };
struct tight { char c; long l; struct inner { short s; } inner; };
union value { char c[5]; int i; };
typedef struct { int a; } session_t;
typedef struct conn conn_t;
typedef int number;
struct later;
typedef struct later later_t;
enum colour { RED };
struct __attribute__((aligned(32))) wide { char c; };
struct conn conn; struct tight tight; union value value; session_t session; conn_t conn2; number n; later_t *later;
enum colour colour; struct wide wide;
int f(void) { struct local { int x; } l = { 1 }; return l.x; }
"""
HEADER = "struct node { struct node *next; };\nstatic struct node node __attribute__((used));\n"
OF_SOURCE = HEAD + """\
session_t\t4\t4\tconn.c:5
struct conn\t16\t8\tconn.c:2
struct inner\t2\t2\tconn.c:3
struct node\t8\t8\tinclude/conn.h:1
struct tight\t24\t8\tconn.c:3
struct wide\t32\t32\tconn.c:11
union value\t8\t4\tconn.c:4
"""
OF_OBJECT = HEAD + """\
session_t\t4\t1..4\tconn.c:5
struct conn\t16\t1..8\tconn.c:2
struct inner\t2\t1..2\tconn.c:3
struct local\t4\t1..4\tconn.c:14
struct node\t8\t1..8\tinclude/conn.h:1
struct tight\t24\t8\tconn.c:3
struct wide\t32\t32\tconn.c:11
union value\t8\t4\tconn.c:4
"""


@pytest.fixture
def place(tmp_path):
    support.write(tmp_path, {"conn.c": SOURCE, "include/conn.h": HEADER})
    support.must("gcc", "-g", "-Iinclude", "-c", "-o", "conn.o", "conn.c", cwd=tmp_path)
    return tmp_path


def listed(place, *arguments, **options):
    result = support.gen("list", *arguments, cwd=place, **options)
    assert (result.status, result.err) == (0, ""), result
    return result.out


def refused(place, expected, *arguments):
    support.write(place, {"types.tsv": OLD})
    before = sorted(path.name for path in place.iterdir())
    result = support.gen("list", "-o", "types.tsv", *arguments, cwd=place)
    assert (result.status, result.out, result.err) == (2, "", expected), result
    assert (place / "types.tsv").read_text() == OLD and sorted(path.name for path in place.iterdir()) == before


def test_of_a_source(place):
    assert listed(place, "conn.c", "--", "-Iinclude") == OF_SOURCE


def test_of_a_source_without_a_compiler(place):
    assert listed(place, "conn.c", "--", "-Iinclude", env={"PATH": "/nowhere"}) == OF_SOURCE


@pytest.mark.parametrize("name", ["gcc", "clang-14"])
def test_of_an_object(name, place):
    support.need(name)
    support.must(name, "-g", "-Iinclude", "-c", "-o", "conn.o", "conn.c", cwd=place)
    text = listed(place, "conn.o")
    # clang says more of some alignments, and leaves out none.
    assert [row.split("\t")[:2] for row in text.splitlines()] == [row.split("\t")[:2] for row in OF_OBJECT.splitlines()]
    assert [row.split("\t")[3] for row in text.splitlines()] == [row.split("\t")[3] for row in OF_OBJECT.splitlines()]
    if name == "gcc":
        assert text == OF_OBJECT


def test_of_an_archive_and_of_several_objects(place):
    support.write(place, {"other.c": "struct other { char c[3]; } other;\n"})
    support.must("gcc", "-g", "-c", "other.c", cwd=place)
    support.must("ar", "rcs", "lib.a", "conn.o", "other.o", cwd=place)
    both = OF_OBJECT.replace("struct tight", "struct other\t3\t1\tother.c:1\nstruct tight")
    assert listed(place, "lib.a") == listed(place, "other.o", "conn.o") == both


@pytest.mark.parametrize("name", ["gcc", "g++", "clang-14", "aarch64-linux-gnu-gcc"])
@pytest.mark.parametrize("flags", [[], ["-gdwarf-4"]], ids=" ".join)
def test_without_the_types_of_compilers(flags, name, place):
    """As of a source: the struct behind va_list is nobody's."""
    support.need(name)
    (place / "va.c").write_text("struct other { __builtin_va_list list; } other;\n")
    support.must(name, "-g", *flags, "-c", "va.c", cwd=place)
    assert [row.split("\t")[0] for row in listed(place, "va.o").splitlines()] == ["type", "struct other"]


def test_json(place):
    rows = json.loads(listed(place, "--format", "json", "conn.c", "--", "-Iinclude"))
    assert [f"{r['type']}\t{r['size']}\t{r['align']}\t{r['file']}:{r['line']}" for r in rows] == OF_SOURCE.splitlines()[1:]
    assert all(row["align_low"] == row["align"] and row["reader"] == "clang" for row in rows)
    rows = json.loads(listed(place, "--format", "json", "conn.o"))
    assert rows[1] == {"type": "struct conn", "size": 16, "align": 8, "align_low": 1, "file": "conn.c", "line": 2,
                       "target": "x86_64-linux-gnu", "reader": "dwarf"}
    assert len(rows) == len(OF_OBJECT.splitlines()) - 1


def test_to_a_file(place):
    assert listed(place, "-o", "types.tsv", "conn.o") == ""
    assert (place / "types.tsv").read_text() == OF_OBJECT
    os.utime(place / "types.tsv", (1_000_000_000, 1_000_000_000))
    listed(place, "-o", "types.tsv", "conn.o")
    assert (place / "types.tsv").stat().st_mtime == 1_000_000_000


def test_depfile(place):
    support.write(place, {"build/compile_commands.json": json.dumps(
        [{"directory": str(place), "file": "conn.c", "arguments": ["gcc", "@flags.rsp", "conn.c"]}]), "flags.rsp": "-Iinclude"})
    listed(place, "-o", "types.tsv", "--depfile", "types.d", "-p", "build", "conn.c")
    assert support.depfile(place / "types.d") == (
        ["types.tsv"], [f"{place}/{name}" for name in ("build/compile_commands.json", "conn.c", "flags.rsp", "include/conn.h")])
    support.must("gcc", "-g", "-gsplit-dwarf", "-Iinclude", "-c", "-o", "conn.o", "conn.c", cwd=place)
    listed(place, "-o", "types.tsv", "--depfile", "types.d", "conn.o")
    assert support.depfile(place / "types.d") == (["types.tsv"], [f"{place}/conn.dwo", f"{place}/conn.o"])


def test_same_list_from_anywhere(place):
    """The order does not hang on that of declarations, nor of the inputs."""
    lines = SOURCE.splitlines(keepends=True)
    support.write(place, {"a/conn.c": SOURCE, "b/conn.c": lines[0] + "".join(reversed(lines[1:11])) + "".join(lines[11:])})
    names = [[row.split("\t")[:3] for row in listed(place, f"{folder}/conn.c", "--", "-Iinclude").splitlines()] for folder in "ab"]
    assert names[0] == names[1]
    assert listed(place / "a", "conn.c", "--", "-I../include").replace("../", "") == OF_SOURCE.replace("include/conn.h", f"{place}/include/conn.h")


def test_no_types(tmp_path):
    support.write(tmp_path, {"none.c": "int x;\n"})
    assert listed(tmp_path, "none.c") == HEAD
    assert listed(tmp_path, "--format", "json", "none.c") == "[]\n"


def test_flags_of_a_database(place):
    rows = [{"directory": str(place), "file": "conn.c", "arguments": ["gcc", "-Iinclude", *more, "-c", "conn.c"]}
            for more in ([], ["-DX"], ["-m32"])]
    support.write(place, {"compile_commands.json": json.dumps(rows[:2])})
    assert listed(place, "-p", ".", "conn.c") == OF_SOURCE
    support.write(place, {"compile_commands.json": json.dumps(rows)})
    text = listed(place, "-p", ".", "conn.c")
    assert "struct conn\t12\t4\tconn.c:2\nstruct conn\t16\t8\tconn.c:2\n" in text


def test_another_target(place):
    assert "struct conn\t12\t4\tconn.c:2\n" in listed(place, "--target", "i386-linux-gnu", "conn.c", "--", "-Iinclude")


def test_cxx(tmp_path):
    support.write(tmp_path, {"a.cpp": "namespace n {\nstruct A { int x;\nstruct B { char c; } b; };\n}\n"
                             "template <class T> struct C { T t;\nstruct D { T u; } d; };\nclass E;\n"
                             "using F = struct { long l; };\nn::A a; C<int> c;\n"})
    assert listed(tmp_path, "a.cpp") == HEAD + "F\t8\t8\ta.cpp:8\nstruct n::A\t8\t4\ta.cpp:2\nstruct n::A::B\t1\t1\ta.cpp:3\n"


def test_two_types_of_one_name(tmp_path):
    support.write(tmp_path, {"a.c": "struct conn { int fd; } a;\n", "b.c": "struct conn { char fd; } b;\n"})
    support.must("gcc", "-g", "-c", "a.c", "b.c", cwd=tmp_path)
    assert listed(tmp_path, "a.o", "b.o") == HEAD + "struct conn\t4\t1..4\ta.c:1\nstruct conn\t1\t1\tb.c:1\n"


def test_help(place):
    text = listed(place, "--help")
    for option in ("-o, --output", "--format", "-p, --database", "--cc", "--target", "--from", "--depfile", "-h, --help"):
        assert f" {option} " in text, option
    assert "\n  list " in support.gen("--help").out


NO_CPU = "gen-opaque: error: libclang does not know the flag '-march=nonsense'\n"
REFUSALS = {
    "unknown processor": (("--target", "x86_64-linux-gnu", "conn.c", "--", "-Iinclude", "-march=nonsense"), NO_CPU),
    "layout flag": (("--from", "clang", "conn.c", "--", "-Iinclude", "-fsso-struct=big-endian"),
                    "gen-opaque: error: libclang does not know '-fsso-struct=big-endian', which layouts depend on\n"
                    "gen-opaque: note: the compiler does: leave out --from clang\n"),
    "layout flag of a target": (("--target", "x86_64-linux-gnu", "conn.c", "--", "-Iinclude", "-fsso-struct=big-endian"),
                                "gen-opaque: error: libclang does not know '-fsso-struct=big-endian', which layouts depend on\n"
                                "gen-opaque: note: the compiler does: name it with --cc\n"),
    "depfile over the list": (("--depfile", "types.tsv", "conn.o"), "gen-opaque: error: -o and --depfile are the same file\n"),
    "list over the object": (("--depfile", "conn.o", "conn.o"), "gen-opaque: error: the object and --depfile are the same file\n"),
    "nothing": ((), "gen-opaque: error: no source is given\ngen-opaque: note: compile flags go after '--'\n"),
    "no file": (("gone.o",), "gen-opaque: error: gone.o: cannot be read\n"),
    "broken source": (("conn.c",), "conn.c:1:10: error: 'conn.h' file not found\n"),
    "format": (("--format", "xml", "conn.o"),
               "gen-opaque: error: 'xml' is not a format for --format\ngen-opaque: note: choose 'tsv' or 'json'\n"),
    "types": (("-t", "struct conn", "conn.o"),
              "gen-opaque: error: unknown option '-t'\ngen-opaque: note: 'gen-opaque list --help' lists them\n"),
    "flags": (("conn.o", "--", "-Iinclude"), "gen-opaque: error: compile flags cannot change what is compiled already\n"),
    "no types": (("stripped.o",), "stripped.o: error: holds no DWARF: it was built without -g, or stripped of it\n"),
}


def test_depfile_without_a_file(place):
    result = support.gen("list", "--depfile", "types.d", "conn.o", cwd=place)
    assert (result.status, result.out, result.err) == (
        2, "", "gen-opaque: error: --depfile needs a file for -o, whose dependencies it lists\n")
    assert not (place / "types.d").exists()


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case, place):
    support.must("strip", "-g", "-o", "stripped.o", "conn.o", cwd=place)
    arguments, expected = REFUSALS[case]
    refused(place, expected, *arguments)
