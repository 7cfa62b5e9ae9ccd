# SPDX-License-Identifier: MIT
"""diff: what became of types between two inputs, of any kind each."""
import json

import pytest

import support

OLD = """\
struct in { short s; };
struct conn { int fd; char kind; struct in in; long pos; char buf[8]; unsigned a:3, b:4; union { int x; float y; };
	unsigned long gone; };
union value { int i; };
"""
NEW = """\
struct in { int s; };
struct conn { int fd; long extra; char kind; struct in in; long pos; char buf[16]; unsigned a:4, b:4;
	union { int x; float y; }; };
union value { int i; };
"""
CHANGED = """\
struct conn: size 40 -> 56, alignment 8
     old   size        new   size
       0      4          0      4  fd
       -      - |        8      8  extra
       4      1 |       16      1  kind
       6      2 |       20      4  in
       6      2 |       20      4  in.s
       8      8 |       24      8  pos
      16      8 |       32     16  buf
      32      8 |        -      -  gone
    24:0     3b |     48:0     4b  a
    24:3     4b |     48:4     4b  b
      28      4 |       52      4  x
      28      4 |       52      4  y
field 'extra' added: offset 8, 8 bytes, long
field 'kind' moved from offset 4 to offset 16
field 'in' moved from offset 6 to offset 20, grew from 2 bytes to 4 bytes, has alignment 4, had 2
field 'in.s' moved from offset 6 to offset 20, grew from 2 bytes to 4 bytes, is int, was short, has alignment 4, had 2
field 'pos' moved from offset 8 to offset 24
field 'gone' removed: offset 32, 8 bytes, unsigned long
field 'buf' moved from offset 16 to offset 32, grew from 8 bytes to 16 bytes, is char[16], was char[8]
field 'a' moved from offset 24, bit 0 to offset 48, bit 0, grew from 3 bits to 4 bits
field 'b' moved from offset 24, bit 3 to offset 48, bit 4
the anonymous member with 'x' moved from offset 28 to offset 52
field 'x' moved from offset 28 to offset 52
field 'y' moved from offset 28 to offset 52
"""
TYPES = ("-t", "struct conn", "-t", "union value")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("diff")
    for name, text in (("old", OLD), ("new", NEW)):
        support.write(folder, {f"{name}.c": text + "struct conn conn; union value value;\n"})
        support.must("gcc", "-g", "-c", f"{name}.c", cwd=folder)
        result = support.gen("layout", *TYPES, "--format", "json", "-o", f"{name}.json", f"{name}.c", cwd=folder)
        assert result.status == 0, result
    return folder


def diff(place, *arguments, **options):
    return support.gen("diff", *arguments, cwd=place, **options)


@pytest.mark.parametrize("old", ["old.c", "old.o", "old.json"])
@pytest.mark.parametrize("new", ["old.c", "old.o", "old.json"])
def test_the_same_by_any_reader(old, new, place):
    result = diff(place, *TYPES, old, new)
    assert (result.status, result.out, result.err) == (0, "", ""), result


@pytest.mark.parametrize("old, new", [("old.c", "new.c"), ("old.o", "new.o"), ("old.json", "new.json")])
def test_what_changed(old, new, place):
    result = diff(place, *TYPES, old, new)
    text = result.out.replace("alignment 1..8", "alignment 8").replace("long int", "long").replace("short int", "short")
    assert (result.status, text, result.err) == (1, CHANGED, ""), result


def test_an_alignment_that_is_only_bounded_is_no_change(place):
    """Nor is that of a field."""
    result = diff(place, "-t", "struct conn", "old.o", "new.c")
    assert result.status == 1 and result.out.startswith("struct conn: size 40 -> 56, alignment 1..8\n"), result
    assert "has alignment" not in result.out


@pytest.mark.parametrize("other", ["old.c", "old.o"])
def test_the_types_of_layouts(other, place):
    for pair in (("old.json", other), (other, "old.json")):
        assert diff(place, *pair).status == 0
    assert diff(place, "new.json", other).status == 1


def test_types_that_came_and_went(place):
    for name in ("struct conn", "union value"):
        text = support.must(support.tool(), "layout", "-t", name, "--format", "json", "old.json", cwd=place).out
        (place / (name.split()[1] + ".json")).write_text(text)
    result = diff(place, "conn.json", "value.json")
    assert (result.status, result.out, result.err) == (1, "struct conn removed\n\nunion value added\n", ""), result


def test_flags_are_for_the_source(tmp_path):
    support.write(tmp_path, {"a.c": "struct s { char c; T t; } s;\n"})
    support.must("gcc", "-g", "-DT=int", "-c", "a.c", cwd=tmp_path)
    assert diff(tmp_path, "-t", "struct s", "a.o", "a.c", "--", "-DT=int").status == 0
    result = diff(tmp_path, "-t", "struct s", "--no-confirm", "a.o", "a.c", "--", "-DT=long")
    assert result.status == 1 and result.out.startswith("struct s: size 8 -> 16, alignment 4 -> 8\n"), result


def test_json(place):
    result = diff(place, "--format", "json", *TYPES, "old.c", "new.c")
    assert result.status == 1, result
    answer = json.loads(result.out)
    conn, value = answer["types"]
    assert answer["version"] == 1 and value == {
        "type": "union value", "same": True, "changes": [], "before": {"size": 4, "align": 4, "align_low": 4},
        "now": {"size": 4, "align": 4, "align_low": 4}}
    assert not conn["same"] and (conn["before"]["size"], conn["now"]["size"]) == (40, 56)
    changes = {change["field"]: change for change in conn["changes"] if change["what"] != ["moved"]}
    assert changes["extra"] == {"field": "extra", "what": ["added"], "now": {"type": "long", "offset": 8, "size": 8}}
    assert changes["gone"]["what"] == ["removed"] and "now" not in changes["gone"]
    assert changes["a"] == {"field": "a", "what": ["moved", "grew"],
                            "before": {"type": "unsigned int", "offset": 24, "size": 4, "bit_offset": 0, "bit_width": 3},
                            "now": {"type": "unsigned int", "offset": 48, "size": 4, "bit_offset": 0, "bit_width": 4}}
    same = json.loads(diff(place, "--format", "json", "old.json", "old.json").out)
    assert [row["same"] for row in same["types"]] == [True, True]


def test_to_a_file(place, tmp_path):
    result = diff(place, "-o", tmp_path / "diff.txt", "old.json", "new.json")
    assert (result.status, result.out, result.err) == (1, "", "") and (tmp_path / "diff.txt").read_text() == CHANGED


HERE = "gen-opaque: error: "
REFUSALS = {
    "one": (("old.json",), HERE + "diff needs two inputs, not 1\n"
            "gen-opaque: note: compile flags go after '--'\n"),
    "no type": (("old.c", "new.c"), HERE + "no type is asked for\ngen-opaque: note: name one with -t 'struct NAME'\n"),
    "no type there": (("-t", "struct con", "old.json", "new.c"), "old.json: error: there is no 'struct con' here\n"
                      "gen-opaque: note: the nearest names there are: 'struct conn'\n"),
    "no file": (("old.json", "gone.json"), HERE + "gone.json: cannot be read\n"),
    "flags without a source": (("old.json", "old.o", "--", "-DX"),
                               HERE + "compile flags cannot change what is compiled already\n"),
    "format": (("--format", "html", "old.json", "new.json"),
               HERE + "'html' is not a format for --format\ngen-opaque: note: choose 'text' or 'json'\n"),
    "version": (("old.json", "later.json"), "later.json: error: its layouts are in version 9 of the format; only version 1 "
                "can be read\n"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case, place):
    support.write(place, {"later.json": '{"version": 9, "layouts": []}', "out": "as it was\n"})
    arguments, expected = REFUSALS[case]
    result = diff(place, "-o", "out", *arguments)
    assert (result.status, result.out, result.err) == (2, "", expected), result
    assert (place / "out").read_text() == "as it was\n"


def test_help(place):
    text = diff(place, "--help").out
    for option in ("-t, --type", "-o, --output", "--format", "-p, --database", "--cc", "--target", "--no-confirm"):
        assert f" {option} " in text, option
    assert "\n  diff " in support.gen("--help").out
