# SPDX-License-Identifier: MIT
"""layout: what lies where in a type, from sources, objects and layouts in JSON, as text and as JSON."""
import json
import os
import pty
import re

import pytest

import support

OLD = "an older text, not to be touched\n"
SOURCE = """\
struct list { struct list *next, *prev; };
typedef struct { int owner; char held; } lock_t;
struct conn {
	char kind;
	int fd;
	lock_t lock;
	unsigned open : 1, mode : 3, : 4, big : 12;
	union {
		struct { short port; long addr; } in;
		char path[20];
		struct { char x; int y; };
	};
	int (*poll)(struct conn *, int);
	const char *names[3];
	struct list queues[3];
	lock_t locks[2][2];
	unsigned char buffer[130];
	char tail;
	char data[];
};
typedef struct { char c; long l; } pair_t;
typedef int number;
union value { char c[5]; int i; };
struct empty {};
struct conn *conn; pair_t pair; number n; union value value; struct empty empty;
"""
CONN = """\
/* conn.c:3: x86_64-linux-gnu, READER */
struct conn {                                      /* offset   size */
    char              kind;                        /*      0      1 */
    /* hole of 3 bytes */
    int               fd;                          /*      4      4 */
    struct /* lock_t */ {
        int           owner;                       /*      8      4 */
        char          held;                        /*     12      1 */
        /* 3 bytes of padding */
    } lock;                                        /*      8      8 */
    unsigned int      open:1;                      /*     16      4  bit 0 */
    unsigned int      mode:3;                      /*     16      4  bits 1-3 */
    /* hole of 4 bits */
    unsigned int      big:12;                      /*     17      4  bits 0-11 */
    /* hole of 44 bits */
    union {
        struct {
            short     port;                        /*     24      2 */
            /* hole of 6 bytes */
            long      addr;                        /*     32      8 */
        } in;                                      /*     24     16 */
        char          path[20];                    /*     24     20 */
        struct {
            char      x;                           /*     24      1 */
            /* hole of 3 bytes */
            int       y;                           /*     28      4 */
        };                                         /*     24      8 */
        /* 4 bytes of padding */
    };                                             /*     24     24 */
    int               (*poll)(struct conn *, int); /*     48      8 */
    const char *      names[3];                    /*     56     24 */
    /* ---- cache line 1 began 16 bytes before, at 64 ---- */
    struct list {
        struct list * next;                        /*     80      8 */
        struct list * prev;                        /*     88      8 */
    } queues[3];                                   /*     80     48 */
    /* ---- cache line 2 at 128 ---- */
    struct /* lock_t */ {
        int           owner;                       /*    128      4 */
        char          held;                        /*    132      1 */
        /* 3 bytes of padding */
    } locks[2][2];                                 /*    128     32 */
    unsigned char     buffer[130];                 /*    160    130 */
    /* ---- cache line 4 began 34 bytes before, at 256 ---- */
    char              tail;                        /*    290      1 */
    char              data[];                      /*    291      0 */
    /* 5 bytes of padding */

    /* size: 296, alignment: ALIGN, cache lines: 5 of 64 bytes */
    /* members: 14, 282 bytes; holes: 1, 3 bytes; bit holes: 2, 48 bits; padding: 5 bytes */
    /* holes and padding inside members: 5, 19 bytes */
};
"""
SMALL = """\
/* conn.c:21: x86_64-linux-gnu, the compiler's numbers */
typedef struct { /* offset   size */
    char c;      /*      0      1 */
    /* hole of 7 bytes */
    long l;      /*      8      8 */

    /* size: 16, alignment: 8, cache lines: 1 of 64 bytes */
    /* members: 2, 9 bytes; holes: 1, 7 bytes */
} pair_t;

/* conn.c:22: x86_64-linux-gnu, the compiler's numbers */
typedef ... number; /* size: 4, alignment: 4, cache lines: 1 of 64 bytes */

/* conn.c:23: x86_64-linux-gnu, the compiler's numbers */
union value {  /* offset   size */
    char c[5]; /*      0      5 */
    int  i;    /*      0      4 */
    /* 3 bytes of padding */

    /* size: 8, alignment: 4, cache lines: 1 of 64 bytes */
    /* members: 2, 5 bytes; padding: 3 bytes */
};

/* conn.c:24: x86_64-linux-gnu, the compiler's numbers */
struct empty {
    /* size: 0, alignment: 1, cache lines: 0 of 64 bytes */
    /* members: 0, 0 bytes */
};
"""


@pytest.fixture
def place(tmp_path):
    support.write(tmp_path, {"conn.c": SOURCE})
    return tmp_path


def shown(place, *arguments, **options):
    result = support.gen("layout", *arguments, cwd=place, **options)
    assert (result.status, result.err) == (0, ""), result
    return result.out.replace("x86_64-unknown-linux-gnu", "x86_64-linux-gnu").replace("x86_64-pc-linux-gnu",
                                                                                      "x86_64-linux-gnu")


def plain(text):
    """With the names that compilers give to one type in common."""
    return re.sub(r" +", " ", text.replace("short int", "short").replace("long int", "long"))


# ---- text ----


def test_of_a_source(place):
    text = shown(place, "-t", "struct conn", "conn.c")
    assert text == CONN.replace("READER", "the compiler's numbers").replace("ALIGN", "8")


@pytest.mark.parametrize("arguments", [["--no-confirm"], ["--target", "x86_64-linux-gnu"]])
def test_unconfirmed(arguments, place):
    text = shown(place, "-t", "struct conn", *arguments, "conn.c")
    assert text == CONN.replace("READER", "libclang's numbers, unconfirmed").replace("ALIGN", "8")


@pytest.mark.parametrize("name", ["gcc", "clang-14"])
def test_of_an_object(name, place):
    support.need(name)
    support.must(name, "-g", "-c", "-o", "conn.o", "conn.c", cwd=place)
    text = shown(place, "-t", "struct conn", "conn.o")
    assert plain(text) == plain(CONN.replace("READER", "numbers of an object file").replace("ALIGN", "1..8"))


def test_small_and_odd_types(place):
    assert shown(place, "-t", "pair_t", "-t", "number", "-t", "union value", "-t", "struct empty", "conn.c") == SMALL


def test_another_target(place):
    assert "alignment: 4, cache lines: 4 of 64 bytes" in shown(place, "-t", "struct conn", "--target", "i386-linux-gnu",
                                                               "conn.c")


def test_lines_of_another_size(place):
    text = shown(place, "-t", "struct conn", "--cacheline", "32", "conn.c")
    assert "cache line 1 at 32" in text and "cache lines: 10 of 32 bytes" in text


@pytest.mark.parametrize("size", [8, 4096])
def test_lines_of_the_least_and_the_largest_size(size, place):
    text = shown(place, "-t", "struct conn", "--cacheline", str(size), "conn.c")
    total = int(re.search(r"size: (\d+)", text).group(1))
    assert f"cache lines: {-(-total // size)} of {size} bytes" in text and total > 8


def test_the_compiler_wins(tmp_path):
    """On this type libclang and gcc differ, inside a member too."""
    support.write(tmp_path, {"a.c": "typedef int T16 __attribute__((aligned(16)));\n"
                                    "struct s { struct in { char c; T16 a : 3; } in[3]; char d; };\n"
                                    "enum { SIZE = sizeof(struct s), D = __builtin_offsetof(struct s, d) };\n"})
    result = support.gen("layout", "-t", "struct s", "--cc", "gcc", "a.c", cwd=tmp_path)
    assert result.status == 0, result
    support.must("gcc", "-g", "-c", "-x", "c", "-", "-o", "a.o", cwd=tmp_path,
                 stdin=(tmp_path / "a.c").read_text() + "int size[SIZE], d[D];\n")
    symbols = {row.split()[-1]: int(row.split()[1], 16) // 4 for row in
               support.must("nm", "-S", "a.o", cwd=tmp_path).out.splitlines()}
    assert f"size: {symbols['size']}," in result.out and re.search(rf"char +d; +/\* +{symbols['d']} +1 \*/", result.out)
    assert "warning: struct s: libclang says size" in result.err and \
        "note: the places of bit-fields are still those of libclang, and may be wrong\n" in result.err, result


def test_cxx(tmp_path):
    support.write(tmp_path, {"a.cpp": "struct base { virtual ~base(); int a; };\nstruct derived : base { int &r; char c;"
                                      "\nprivate:\n struct inner { long z; } i; };\n"})
    assert shown(tmp_path, "-t", "struct derived", "a.cpp") == """\
/* a.cpp:2: x86_64-linux-gnu, the compiler's numbers */
struct derived {                 /* offset   size */
    struct /* base */ {
        (virtual table pointer); /*      0      8 */
        int  a;                  /*      8      4 */
        /* 4 bytes of padding */
    };                           /*      0     16 */
    int &    r;                  /*     16      8 */
    char     c;                  /*     24      1 */
    /* hole of 7 bytes */
    struct inner {
        long z;                  /*     32      8 */
    } i;                         /*     32      8 */

    /* size: 40, alignment: 8, cache lines: 1 of 64 bytes */
    /* members: 4, 33 bytes; holes: 1, 7 bytes */
    /* holes and padding inside members: 1, 4 bytes */
};
"""


def test_two_ways_to_compile(place):
    rows = [{"directory": str(place), "file": "conn.c", "arguments": ["gcc", *more, "-c", "conn.c"]}
            for more in ([], ["-DX"])]
    support.write(place, {"compile_commands.json": json.dumps(rows)})
    assert shown(place, "-t", "pair_t", "-p", ".", "conn.c") == SMALL.split("\n\n/*")[0] + "\n"
    rows[1]["arguments"][1] = "-fpack-struct"
    support.write(place, {"compile_commands.json": json.dumps(rows)})
    result = support.gen("layout", "-t", "pair_t", "-p", ".", "conn.c", cwd=place)
    assert result.status == 2 and "error: the database compiles the source in more than one way, and pair_t differs: " \
        "size 16, alignment 8 and size 9, alignment 1\n" in result.err


def test_colour_on_terminals_only(place):
    def on_terminal(**env):
        leader, follower = pty.openpty()
        pid = os.fork()
        if pid == 0:
            os.dup2(follower, 1)
            os.chdir(place)
            os.environ.pop("NO_COLOR", None)
            os.environ.update(env)
            os.execv(support.tool(), ["gen-opaque", "layout", "-t", "pair_t", "conn.c"])
        os.close(follower)
        text = b""
        while True:
            try:
                more = os.read(leader, 4096)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            text += more
        os.close(leader)
        assert os.waitpid(pid, 0)[1] == 0
        return text.decode()

    assert "\033[33m/* hole of 7 bytes */\033[0m" in on_terminal()
    assert "\033" not in on_terminal(NO_COLOR="1")
    assert "\033" not in shown(place, "-t", "pair_t", "conn.c")


def test_to_a_file(place):
    assert shown(place, "-t", "pair_t", "-o", "pair.txt", "conn.c") == ""
    assert (place / "pair.txt").read_text().endswith("} pair_t;\n")
    os.utime(place / "pair.txt", (1_000_000_000, 1_000_000_000))
    shown(place, "-t", "pair_t", "-o", "pair.txt", "conn.c")
    assert (place / "pair.txt").stat().st_mtime == 1_000_000_000


# ---- JSON ----


def strict(schema):
    """The schema, but with no room for what it does not describe."""
    if isinstance(schema, dict):
        for value in schema.values():
            strict(value)
        if schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
    return schema


@pytest.mark.parametrize("arguments", [["conn.c"], ["--no-confirm", "conn.c"], ["conn.o"]])
def test_json_is_as_its_schema_says(arguments, place):
    try:
        import jsonschema
    except ImportError:
        support.missing("python3-jsonschema is not installed")
    support.must("gcc", "-g", "-c", "conn.c", cwd=place)
    text = shown(place, "--format", "json", "-t", "struct conn", "-t", "pair_t", "-t", "number", "-t", "union value",
                 *arguments)
    schema = json.loads((support.SOURCE_ROOT / "doc/layout.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(strict(schema)).validate(json.loads(text))


def test_json(place):
    conn, pair = json.loads(shown(place, "--format", "json", "-t", "struct conn", "-t", "pair_t", "conn.c"))["layouts"]
    assert pair == {
        "kind": "typedef", "name": "pair_t", "file": "conn.c", "line": 21, "column": 36, "size": 16, "align": 8,
        "align_low": 8, "size_exact": True, "align_exact": True, "record": True, "union": False, "may_alias": False,
        "flexible": False, "hidden": False, "target": "x86_64-linux-gnu", "reader": "cc",
        "fields": [
            {"name": "c", "path": "c", "type": "char", "depth": 0, "offset": 0, "size": 1, "align": 1},
            {"name": "l", "path": "l", "type": "long", "depth": 0, "offset": 8, "size": 8, "align": 8},
        ],
        "gaps": [{"kind": "hole", "offset": 1, "bit_offset": 0, "bits": 56}],
        "totals": {"members": 2, "member_bits": 72, "holes": 1, "hole_bits": 56, "padding_bits": 0, "inner_gaps": 0,
                   "inner_bits": 0},
    }
    rows = {row["path"]: row for row in conn["fields"] if row["path"]}
    assert rows["in.addr"]["offset"] == 32 and rows["in.addr"]["depth"] == 2
    assert (rows["queues"]["dimensions"], rows["queues"]["count"], rows["queues[0].prev"]["offset"]) == (1, 3, 88)
    assert (rows["locks"]["dimensions"], rows["locks"]["count"], rows["locks[0][0].held"]["offset"]) == (2, 4, 132)
    assert (rows["big"]["offset"], rows["big"]["bit_offset"], rows["big"]["bit_width"]) == (17, 0, 12)
    assert (rows["data"]["size"], rows["data"]["count"]) == (0, 0)
    held = next(i for i, row in enumerate(conn["fields"]) if row["path"] == "lock")
    assert {"kind": "padding", "field": held, "offset": 13, "bit_offset": 0, "bits": 24} in conn["gaps"]


def test_json_can_be_read_back(place):
    whole = shown(place, "--format", "json", "-t", "struct conn", "-t", "pair_t", "conn.c")
    (place / "all.json").write_text(whole)
    assert shown(place, "--format", "json", "all.json") == whole
    assert shown(place, "-t", "pair_t", "-t", "struct conn", "all.json") == shown(place, "-t", "pair_t", "-t",
                                                                                  "struct conn", "conn.c")
    for name in ("/dev/stdin", "-"):
        assert shown(place, "--format", "json", name, stdin=whole) == whole


def test_nothing_but_layouts_comes_through_a_pipe(place):
    """A source is read more than once, by two readers."""
    result = support.gen("layout", "-t", "struct conn", "-", cwd=place, stdin="struct conn { int fd; };\n")
    assert (result.status, result.out) == (2, "")
    assert result.err == ("/dev/stdin:1:6: error: this is no JSON: '[' or '{' expected near 'struct'\n"
                          "gen-opaque: note: a pipe can bring nothing but layouts: a source or an object has to be a file\n")
    from_file = support.run("sh", "-c", '"$1" layout -t "struct conn" - <conn.c', "sh", support.tool(), cwd=place)
    assert from_file.out == support.gen("layout", "-t", "struct conn", "conn.c", cwd=place).out


# ---- refusals ----


def refused(place, expected, *arguments, command="layout"):
    support.write(place, {"out": OLD})
    before = sorted(path.name for path in place.iterdir())
    result = support.gen(command, "-o", "out", *arguments, cwd=place)
    assert (result.status, result.out, result.err) == (2, "", expected), result
    assert (place / "out").read_text() == OLD and sorted(path.name for path in place.iterdir()) == before


HERE = "gen-opaque: error: "
REFUSALS = {
    "no type": (("conn.c",), HERE + "no type is asked for\ngen-opaque: note: name one with -t 'struct NAME'\n"),
    "no type there": (("-t", "struct con", "conn.c"), "conn.c: error: there is no 'struct con' here\n"
                      "gen-opaque: note: the nearest names there are: 'struct conn'\n"),
    "no type in JSON": (("-t", "pair", "pair.json"), "pair.json: error: there is no 'pair' here\n"
                        "gen-opaque: note: the nearest names there are: 'pair_t'\n"),
    "nothing near in JSON": (("-t", "struct connection", "pair.json"),
                             "pair.json: error: there is no 'struct connection' here\n"
                             "gen-opaque: note: without -t, all its types are taken\n"),
    "format": (("--format", "xml", "-t", "pair_t", "conn.c"), HERE + "'xml' is not a format for --format\n"
               "gen-opaque: note: choose 'text', 'json' or 'html'\n"),
    "cache line": (("--cacheline", "48", "-t", "pair_t", "conn.c"),
                   HERE + "'48' is not a cache line size: it must be a power of two from 8 to 4096\n"),
    **{f"cache line of {size}": (("--cacheline", size, "-t", "pair_t", "conn.c"),
                                 HERE + f"'{size}' is not a cache line size: it must be a power of two from 8 to 4096\n")
       for size in ("4", "8192", "64x", "-64")},
    "flags": (("pair.json", "--", "-Iinclude"), HERE + "compile flags cannot change what is compiled already\n"),
    "two": (("pair.json", "pair.json"), HERE + "there can be only one file of layouts, not 2\n"
            "gen-opaque: note: compile flags go after '--'\n"),
    "mixed": (("conn.c", "pair.json"), HERE + "conn.c is a source and pair.json is not\n"),
    "itself": (("-o", "pair.json", "pair.json"), HERE + "-o is given twice\n"),
    "no file": (("gone.json",), HERE + "gone.json: cannot be read\n"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case, place):
    (place / "pair.json").write_text(shown(place, "--format", "json", "-t", "pair_t", "conn.c"))
    arguments, expected = REFUSALS[case]
    refused(place, expected, *arguments)


@pytest.mark.parametrize("command", ["emit", "list"])
def test_layouts_are_for_layout_and_diff(command, place):
    (place / "pair.json").write_text(shown(place, "--format", "json", "-t", "pair_t", "conn.c"))
    refused(place, HERE + "pair.json: layouts in JSON are only for layout and diff\n"
            "gen-opaque: note: give the source or the object files that they are of\n",
            *(["-t", "pair_t"] if command == "emit" else []), "pair.json", command=command)


FIELD = {"name": "c", "path": "c", "type": "char", "depth": 0, "offset": 0, "size": 1, "align": 1}
SENSE = {"kind": "struct", "name": "s", "size": 8, "align": 8, "record": True, "fields": [FIELD], "reader": "cc"}
NONSENSE = "bad.json: error: its layouts make no sense\n"
HOSTILE = {
    "size": dict(SENSE, size=1 << 60),
    "negative": dict(SENSE, size=-8),
    "align": dict(SENSE, align=0),
    "no power of two": dict(SENSE, align=12),
    "low": dict(SENSE, align_low=16),
    "outside": dict(SENSE, fields=[dict(FIELD, offset=9)]),
    "too large": dict(SENSE, fields=[dict(FIELD, size=9)]),
    "overflow": dict(SENSE, fields=[dict(FIELD, offset=(1 << 63) - 1)]),
    "depth": dict(SENSE, fields=[FIELD, dict(FIELD, depth=2)]),
    "first depth": dict(SENSE, fields=[dict(FIELD, depth=1)]),
    "deepest": dict(SENSE, fields=[dict(FIELD, depth=n) for n in range(200)]),
    "bit": dict(SENSE, fields=[dict(FIELD, bit_offset=8, bit_width=1)]),
    "width": dict(SENSE, fields=[dict(FIELD, bit_offset=0, bit_width=1 << 31)]),
    "dimensions": dict(SENSE, fields=[dict(FIELD, dimensions=1 << 31, count=1)]),
    "count": dict(SENSE, fields=[dict(FIELD, dimensions=1, count=1 << 62)]),
    "no name": dict(SENSE, name=""),
    "no field": dict(SENSE, fields=[3]),
    "no layout": 3,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_json(case, place):
    (place / "bad.json").write_text(json.dumps({"version": 1, "layouts": [HOSTILE[case]]}))
    refused(place, NONSENSE, "bad.json")


TEXTS = {
    "{": "bad.json:1:1: error: this is no JSON: string or '}' expected near end of file\n",
    '{"version": 1, "version": 1, "layouts": []}':
        "bad.json:1:24: error: this is no JSON: duplicate object key near '\"version\"'\n",
    '{"version": 1, "layouts": 4}': NONSENSE,
    '{"version": 2, "layouts": []}': "bad.json: error: its layouts are in version 2 of the format; only version 1 can be "
                                     "read\n",
    '{"layouts": []}': "bad.json: error: this JSON holds no layouts\n"
                       "gen-opaque: note: 'gen-opaque layout --format json' writes such files\n",
    '{"version": "1"}': "bad.json: error: this JSON holds no layouts\n"
                        "gen-opaque: note: 'gen-opaque layout --format json' writes such files\n",
}


@pytest.mark.parametrize("text", TEXTS)
def test_other_json(text, place):
    (place / "bad.json").write_text(text)
    refused(place, TEXTS[text], "bad.json")


def test_names_of_foreign_json_stay_on_their_line(place):
    odd = dict(SENSE, name="s\033[1m\n", fields=[dict(FIELD, name="a\nb", type="int\r\033[2J*/")])
    (place / "odd.json").write_text(json.dumps({"version": 1, "layouts": [odd]}))
    text = shown(place, "odd.json")
    assert "struct s?[1m? {" in text and "int?? a?b[2J*/;" in text and "\033" not in text


def test_help(place):
    text = shown(place, "--help")
    for option in ("-t, --type", "-o, --output", "--format", "--cacheline", "-p, --database", "--cc", "--target", "--from",
                   "--no-confirm", "-h, --help"):
        assert f" {option} " in text, option
    assert "\n  layout " in support.gen("--help").out
