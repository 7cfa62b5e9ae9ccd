# SPDX-License-Identifier: MIT
"""Types and objects for which there is no shadow, from a source and from its object: what is said, to the letter."""
import os

import pytest

import support

OLD = "an older header, not to be touched\n"
SOURCE = """\
struct flexible { int n; char data[]; };
struct later;
struct empty { };
struct conn { int fd; unsigned ready : 1; };
struct ends { int n; struct flexible last; };
struct zeroes { int n; long zero[0]; };
typedef int word __attribute__((aligned(16)));
typedef struct later later_t;
struct flexible *flexible; struct later *later; struct empty empty; struct conn conn; struct ends *ends; struct zeroes *none;
word one; later_t *other;
"""
FLEXIBLE = "'{}' ends with a flexible array member, whose size is not known\n"
ONE_SIZE = "gen-opaque: note: a shadow has one size: --flex N makes room for N elements\n"
SOURCES = "gen-opaque: note: give the source or header that defines it\n"
OBJECTS = "gen-opaque: note: give the object whose source defines it\n"
# name: the type, more options, the place in a source, the text, and the note where it differs: of a source, of an object
CASES = {
    "flexible": ("struct flexible", [], "1:8", FLEXIBLE.format("struct flexible") + ONE_SIZE, None),
    "flexible in the last member": ("struct ends", [], "5:8", FLEXIBLE.format("struct ends") + ONE_SIZE, None),
    "array of zero at the end": ("struct zeroes", [], "6:8", FLEXIBLE.format("struct zeroes") + ONE_SIZE, None),
    "incomplete": ("struct later", [], "2:8", "'struct later' is declared here, but never defined\n", (SOURCES, OBJECTS)),
    "unknown": ("struct con", [], "", "there is no 'struct con' here\n"
                "gen-opaque: note: the nearest names there are: 'struct conn'\n", None),
    "unknown and nothing near": ("struct zebra", [], "", "there is no 'struct zebra' here\n", (SOURCES, OBJECTS)),
    "wrong word": ("union conn", [], "", "there is no 'union conn' here\n"
                   "gen-opaque: note: the nearest names there are: 'struct conn'\n", None),
    "empty": ("struct empty", [], "3:8", "'struct empty' is empty: there is nothing to hold\n", None),
    "offset of a bit-field": ("struct conn", ["--offset", "ready"], "4:8",
                              "'ready' of struct conn is a bit-field: it has no offset in bytes for --offset\n", None),
    "expose a bit-field": ("struct conn", ["--expose", "ready"], "4:8",
                           "'ready' of struct conn is a bit-field: it has no offset in bytes for --expose\n", None),
    "offset of no field": ("struct conn", ["--offset", "fad"], "4:8", "struct conn has no field 'fad' for --offset\n"
                        "gen-opaque: note: the nearest names there are: 'fd'\n", None),
}


@pytest.fixture
def place(tmp_path):
    support.write(tmp_path, {"conn.c": SOURCE, "conn_opaque.h": OLD})
    os.utime(tmp_path / "conn_opaque.h", (1_000_000_000, 1_000_000_000))
    return tmp_path


def refused(place, said, *arguments):
    """Exit status 2, exactly this, and the older header and its folder as they were."""
    before = sorted(path.name for path in place.iterdir())
    result = support.gen("emit", "-o", "conn_opaque.h", *arguments, cwd=place)
    assert (result.status, result.out, result.err) == (2, "", said), result
    assert (place / "conn_opaque.h").read_text() == OLD and (place / "conn_opaque.h").stat().st_mtime == 1_000_000_000
    assert sorted(path.name for path in place.iterdir()) == before


@pytest.mark.parametrize("case", CASES)
def test_of_a_source(case, place):
    name, options, at, text, notes = CASES[case]
    said = f"conn.c:{at}: error: {text}" if at else f"conn.c: error: {text}"
    refused(place, said + (notes[0] if notes else ""), "-t", name, *options, "conn.c", "--", "-fno-strict-aliasing")


@pytest.mark.parametrize("compiler", ["gcc", "clang-14"])
@pytest.mark.parametrize("case", CASES)
def test_of_its_object(case, compiler, place):
    support.need(compiler)
    support.must(compiler, "-g", "-c", "conn.c", cwd=place)
    name, options, at, text, notes = CASES[case]
    if case == "incomplete":
        at = ""  # neither compiler keeps the place of a mere declaration
    said = f"conn.c:{at.split(':')[0]}: error: {text}" if at else f"conn.o: error: {text}"
    refused(place, said + (notes[1] if notes else ""), "-t", name, *options, "conn.o")


def test_two_types_of_one_name_in_two_scopes(place):
    (place / "conn.c").write_text("struct conn { int fd; };\nvoid f(void)\n{\n\tstruct conn { long a, b; } x;\n\t(void)x;\n}\n")
    said = ("conn.c:1{0}: error: 'struct conn' means two different types\n"
            "conn.c:1{0}: note: one of 4 bytes is defined here{2}\nconn.c:4{1}: note: another of 16 bytes is defined here{2}\n")
    refused(place, said.format(":8", ":9", ""), "-t", "struct conn", "conn.c")


def test_two_types_of_one_name_in_two_objects(place):
    support.write(place, {"one.c": "struct conn { int fd; } a;\n", "two.c": "\nstruct conn { long fd[2]; } b;\n"})
    support.must("gcc", "-g", "-c", "one.c", "two.c", cwd=place)
    refused(place, "one.c:1: error: 'struct conn' means two different types\n"
            "one.c:1: note: one of 4 bytes is defined here, in one.o\ntwo.c:2: note: another of 16 bytes is defined here, in two.o\n",
            "-t", "struct conn", "one.o", "two.o")


def test_over_aligned_typedef(place):
    """No struct can stand in for it: an array of it would not be one of the struct."""
    refused(place, "conn.c:7:13: error: the size of 'word' (4) is not a multiple of its alignment (16)\n"
            "gen-opaque: note: no struct can stand in for an over-aligned typedef; put the alignment on the struct itself\n",
            "-t", "word", "conn.c")


def test_typedef_of_a_struct_without_a_tag(place):
    """The one thing of the table that is not refused: its pointer is a void *, and the header says why."""
    (place / "conn.c").write_text("typedef struct __attribute__((may_alias)) { int a; } conn_t;\nconn_t c;\n")
    support.must("gcc", "-g", "-c", "conn.c", cwd=place)
    for name in ("conn.c", "conn.o"):
        done = support.gen("emit", "-t", "conn_t", name, cwd=place)
        assert (done.status, done.err) == (0, ""), done
        assert "static inline void *to_conn_t(struct conn_t_opaque *shadow)\n" in done.out
        assert (" * The conn_t that a shadow stands in for. It has no tag that could be declared here,\n"
                " * so this returns void *, which converts to conn_t * where that is known.\n") in done.out


def cut(place, size):
    data = (place / "conn.o").read_bytes()
    (place / "bad.o").write_bytes(data[:size if size > 0 else len(data) + size])


def garble(place):
    """Its debug information, section by section, becomes the same byte."""
    support.must("objcopy", "--dump-section", ".debug_info=info", "conn.o", "bad.o", cwd=place)
    (place / "info").write_bytes(b"\xff" * len((place / "info").read_bytes()))
    support.must("objcopy", "--update-section", ".debug_info=info", "bad.o", cwd=place)


OBJECTS_THAT_ARE_BAD = {
    "no debug information": lambda place: support.must("gcc", "-c", "-o", "bad.o", "conn.c", cwd=place),
    "stripped": lambda place: support.must("strip", "-g", "-o", "bad.o", "conn.o", cwd=place),
    "slim link-time optimisation": lambda place: support.must("gcc", "-g", "-flto", "-fno-fat-lto-objects", "-c", "-o", "bad.o",
                                                              "conn.c", cwd=place),
    "cut short": lambda place: cut(place, 200),
    "cut in the header": lambda place: cut(place, 20),
    "cut at the end": lambda place: cut(place, -300),
    "garbled": garble,
    "bitcode": lambda place: support.must("clang-14", "-g", "-flto", "-c", "-o", "bad.o", "conn.c", cwd=place),
}
WORDS = {"no debug information": "holds no DWARF: it was built without -g, or stripped of it",
         "stripped": "holds no DWARF: it was built without -g, or stripped of it"}


@pytest.mark.parametrize("case", OBJECTS_THAT_ARE_BAD)
def test_bad_objects(case, place):
    support.must("gcc", "-g", "-c", "conn.c", cwd=place)
    OBJECTS_THAT_ARE_BAD[case](place)
    said = support.gen("emit", "-t", "struct conn", "bad.o", cwd=place).err
    assert said.startswith("bad.o: error: ") and "Traceback" not in said and "rror:" in said, said
    assert WORDS.get(case, "") in said
    refused(place, said, "-t", "struct conn", "bad.o")
