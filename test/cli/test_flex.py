# SPDX-License-Identifier: MIT
"""--flex: room for the elements of a flexible array member, from every reader, and every way in which it is refused."""
import itertools
import json
import re
import shlex

import pytest

import project
import support
from numbers_of import said_numbers

SOURCE = """\
#define ALIASED __attribute__((may_alias))
struct ALIASED conn { long id; char kind; short data[]; };
struct ALIASED outer { int n; struct conn last; };
struct ALIASED zero { int n; char z[0]; };
struct ALIASED rows { char c; union { int k; struct { char d; int t[][3]; }; }; };
struct ALIASED only { struct { } none; long all[]; };
union ALIASED two { struct { int n; char d[]; } x; struct { long m; int e[]; } y; long l; };
union ALIASED one { struct { int n; char d[]; } x; long long l[2]; };
struct ALIASED plain { int n; char tail[3]; };
"""
# How much of each there is with five elements, on x86_64, and what to call the array.
TYPES = {
    "struct conn": (24, 8, "data"), "struct outer": (32, 8, "last.data"), "struct zero": (12, 4, "z"), "struct rows": (68, 4, "t"),
    "struct only": (40, 8, "all"), "union two": (32, 8, "y.e"), "union one": (16, 8, "x.d"),
}
UNNAMED = [name for name in TYPES if name != "union two"]
OBJECT = "".join(f"{name} *use_{i};\n" for i, name in enumerate(TYPES)) + "struct plain *use_plain;\n"


@pytest.fixture
def place(tmp_path):
    support.write(tmp_path, {"conn.c": SOURCE, "object.c": SOURCE + OBJECT})
    return tmp_path


def emit(place, *arguments):
    done = support.gen("emit", *arguments, cwd=place)
    assert done.status == 0 and done.err == "", done
    return done.out


def refused(place, expected, *arguments):
    (place / "o.h").write_text("old\n")
    done = support.gen("emit", "-o", "o.h", *arguments, cwd=place)
    assert (done.status, done.out, done.err) == (2, "", expected), done
    assert (place / "o.h").read_text() == "old\n"


# ---- every reader ----


def ask(count, names=TYPES, named=True):
    """All of these types at once, under the base names X0, X1, ..."""
    return [word for i, name in enumerate(names)
            for word in ("-t", f"{name}=x{i}", "--flex", f"{TYPES[name][2]}={count}" if named else str(count))]


def sizes(text, names=TYPES):
    return {name: said_numbers(text, f"X{i}") for i, name in enumerate(names)}


def by_probe(place, compiler):
    asked = [word for name in TYPES for word in ("-t", name, "--flex", f"{TYPES[name][2]}=1")]
    done = support.gen("probe", *asked, "-o", "probe.c", "conn.c", cwd=place)
    assert (done.status, done.err) == (0, ""), done
    support.need(compiler)
    support.must(compiler, "-c", "-o", "probe.o", "probe.c", cwd=place)
    return emit(place, *ask(5), "probe.o")


READERS = {
    "libclang": lambda place: emit(place, *ask(5), "--no-confirm", "conn.c"),
    "confirmed": lambda place: emit(place, *ask(5), "--cc", "gcc", "conn.c"),
    "gcc alone": lambda place: emit(place, *ask(5), "--from", "cc", "--cc", "gcc", "conn.c"),
    "clang alone": lambda place: emit(place, *ask(5), "--from", "cc", "--cc", support.need("clang-14"), "conn.c"),
    "probe of gcc": lambda place: by_probe(place, "gcc"),
    "probe of clang": lambda place: by_probe(place, "clang-14"),
    "probe of tcc": lambda place: by_probe(place, "tcc"),
    "the only ones need no names": lambda place: emit(place, *ask(5, UNNAMED, named=False), "conn.c"),
}


@pytest.mark.parametrize("who", READERS)
def test_all_readers_agree(who, place):
    names = UNNAMED if "names" in who else TYPES
    text = READERS[who](place)
    assert sizes(text, names) == {name: TYPES[name][:2] for name in names}
    assert text.count("_FLEX 5\n") == len(names)


@pytest.mark.parametrize("compiler", ["gcc", "clang-14"])
def test_objects(compiler, place):
    """Which leave alignments open: what is said of them settles the sizes as well."""
    support.need(compiler)
    support.must(compiler, "-g", "-c", "object.c", cwd=place)
    for names, named in ((list(TYPES), True), (UNNAMED, False)):
        words = [[*ask(5, [name], named), "--align", str(TYPES[name][1])] for name in names]
        for i, one in enumerate(words):
            one[1] = f"{names[i]}=x{i}"
        assert sizes(emit(place, *sum(words, []), "object.o"), names) == {name: TYPES[name][:2] for name in names}


def needed(size, align, offset, element, count):
    return max(size, (offset + count * element + align - 1) // align * align)


def test_the_size_is_what_the_elements_take(place):
    """Against the compiler's own sizeof and offsetof; the first elements may fit in the type's padding."""
    names = [name for name in TYPES if name != "struct only"]  # which is nothing without elements
    lines = "".join(f'\tprintf("%zu %zu %zu %zu\\n", sizeof({name}), _Alignof({name}), __builtin_offsetof({name}, {TYPES[name][2]}), '
                    f"sizeof((({name} *)0)->{TYPES[name][2]}[0]));\n" for name in names)
    (place / "ask.c").write_text(f'#include <stdio.h>\n#include "conn.c"\nint main(void)\n{{\n{lines}}}\n')
    support.must("gcc", "-o", "ask", "ask.c", cwd=place)
    facts = [[int(word) for word in line.split()] for line in support.must("./ask", cwd=place).out.splitlines()]
    for count in (0, 1, 2, 3, 7, 4294967295):
        assert sizes(emit(place, *ask(count, names), "conn.c"), names) == {
            name: (needed(*facts[i], count), facts[i][1]) for i, name in enumerate(names)}, count


# ---- the header ----

OWNER = '#include "conn.c"\n#include "o.h"\nX_OPAQUE_CHECK();\nint nothing;\n'
CHECKS = "".join(f"X{i}_OPAQUE_CHECK();\n" for i in range(len(TYPES)))
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


@pytest.mark.parametrize("options", [[], ["--guard", "--fwd", "light.h"], ["--reserve", "4096"]], ids=["plain", "guard", "reserve"])
def test_the_owner_hears_nothing(options, place):
    """Whatever the source itself is told of: that is none of the header's business."""
    (place / "conn.c").write_text("#pragma GCC system_header\n" + SOURCE)
    (place / "owner.c").write_text(OWNER.replace("X_OPAQUE_CHECK();\n", CHECKS))
    emit(place, *ask(5), *options, "-o", "o.h", "conn.c")
    for compiler, standard in itertools.product(("gcc", "clang-14", "clang-19"), ("c99", "c11")):
        support.need(compiler)
        support.must(compiler, f"-std={standard}", *STRICT, "-Wconversion", "-fsyntax-only", "owner.c", cwd=place)


@pytest.mark.parametrize("compiler", ["g++", "clang++-14", "clang++-19"])
def test_the_owner_hears_nothing_in_cxx(compiler, place):
    support.need(compiler)
    (place / "conn.c").write_text("#pragma GCC system_header\n" + SOURCE)
    names = ("struct conn", "struct zero", "struct rows")
    (place / "owner.cpp").write_text(OWNER.replace("X_OPAQUE_CHECK();\n", "".join(CHECKS.splitlines(True)[:len(names)])))
    emit(place, *ask(5, names), "-o", "o.h", "conn.c")
    support.must(compiler, "-std=c++11", *STRICT, "-fsyntax-only", "owner.cpp", cwd=place)


BASE = "struct ALIASED conn { long id; char kind; short data[]; };"
CHANGES = {
    "larger elements": ("struct ALIASED conn { long id; char kind; long data[]; };",
                        "struct conn: CONN_FLEX elements of data do not fit in the CONN_SIZE of o.h; generate it again"),
    "one more field": ("struct ALIASED conn { long id; char kind; long more; short data[]; };",
                       "struct conn: CONN_FLEX elements of data do not fit in the CONN_SIZE of o.h; generate it again"),
    "many more fields": ("struct ALIASED conn { long id[9]; char kind; short data[]; };",
                         "struct conn: its size is above the CONN_SIZE of o.h; generate it again"),
    "smaller elements": ("struct ALIASED conn { long id; char kind; char data[]; };",
                         "struct conn: it takes less than the CONN_SIZE of o.h; generate it again"),
    "less alignment": ("struct ALIASED conn { int id[2]; char kind; short data[]; };",
                       "struct conn: its alignment is not the CONN_ALIGN of o.h; generate it again"),
}


@pytest.mark.parametrize("standard", ["c99", "c11"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_check_fails(change, standard, place):
    changed, said = CHANGES[change]
    emit(place, "-t", "struct conn", "--flex", "5", "-o", "o.h", "conn.c")
    (place / "owner.c").write_text(OWNER.replace("X_", "CONN_"))
    support.must("gcc", f"-std={standard}", "-fsyntax-only", "owner.c", cwd=place)
    project.edit(place, "conn.c", BASE, changed)
    done = support.run("gcc", f"-std={standard}", "-fsyntax-only", "owner.c", cwd=place)
    assert done.status != 0 and said in done.err, done


def test_elements_are_where_the_owner_has_them(place):
    """A holder's room is as large as the owner fills it, to the last byte: bytes behind it stay as they are."""
    emit(place, "-t", "struct conn", "--flex", "5", "-o", "o.h", "conn.c")
    support.write(place, {
        "owner.c": '#include "o.h"\n#include "conn.c"\nCONN_OPAQUE_CHECK();\nvoid fill(struct conn *);\nvoid fill(struct conn *c)\n{\n'
                   "\tfor (int i = 0; i < CONN_FLEX; i++)\n\t\tc->data[i] = -1;\n}\n",
        "holder.c": '#include "o.h"\n#include <stdio.h>\nvoid fill(struct conn *);\nstatic struct { struct conn_opaque conn; unsigned char behind[8]; } room;\n'
                    "int main(void)\n{\n\tunsigned char *bytes = (unsigned char *)&room;\n\n\tfill(to_conn(&room.conn));\n"
                    '\tfor (size_t i = 0; i < sizeof(room); i++)\n\t\tprintf("%02x", bytes[i]);\n\tputchar(\'\\n\');\n}\n'})
    support.must("gcc", "-O2", "-o", "program", "holder.c", "owner.c", cwd=place)
    assert support.must("./program", cwd=place).out == "00" * 10 + "ff" * 10 + "00" * 4 + "00" * 8 + "\n"


def test_the_array_has_an_offset_but_no_size(place):
    for reader in (["--no-confirm"], [], ["--from", "cc"]):
        text = emit(place, "-t", "struct conn", "--flex", "data=5", "--offset", "data", "--offset", "kind", *reader, "-o", "-", "conn.c")
        assert "#define CONN_OFFSETOF_DATA 10\n#define CONN_OFFSETOF_KIND 8\n" in text and "CONN_SIZEOF_DATA" not in text
    (place / "o.h").write_text(text)
    (place / "owner.c").write_text(OWNER.replace("X_", "CONN_"))
    support.must("gcc", "-fsyntax-only", "owner.c", cwd=place)


def test_one_of_several_types(place):
    text = emit(place, "-t", "struct plain", "--reserve", "16", "-t", "struct conn", "--flex", "3", "--expose", "id", "-t", "union one=u",
                "--flex", "x.d=40", "conn.c")
    assert [said_numbers(text, name) for name in ("PLAIN", "CONN", "U")] == [(16, 4), (16, 8), (48, 8)]
    assert "PLAIN_FLEX" not in text and "#define CONN_FLEX 3\n" in text and "#define U_FLEX 40\n" in text
    assert "\tCONN_OPAQUE_ALIGNAS long id;\n\tunsigned char opaque_0[8];\n" in text


@pytest.mark.parametrize("reader", [["--no-confirm"], [], ["--from", "cc"]])
def test_one_type_twice(reader, place):
    text = emit(place, "-t", "struct conn=few", "--flex", "data=5", "-t", "struct conn=many", "--flex", "data=50", *reader, "conn.c")
    assert "#define FEW_FLEX 5\n" in text and "#define MANY_FLEX 50\n" in text
    assert [said_numbers(text, name)[0] for name in ("FEW", "MANY")] == [24, 112]


def test_each_target_has_its_own_size(place):
    text = emit(place, "-t", "struct conn", "--flex", "9", "--target", "x86_64", "--target", "i386", "conn.c")
    assert re.findall(r"#define CONN_(?:SIZE|ALIGN|FLEX) (\d+)", text) == ["32", "8", "9", "24", "4", "9"]
    (place / "o.h").write_text(text)
    (place / "owner.c").write_text(OWNER.replace("X_", "CONN_"))
    for flag in ("-m64", "-m32"):
        support.must("gcc", flag, "-fsyntax-only", "owner.c", cwd=place)


def guard(text):
    return re.search(r"#define CONN_OPAQUE_GUARD (\w+)", text).group(1)


def test_the_guard_knows_the_elements(place):
    """Larger elements in the same place and the same room are another layout; libclang and objects agree on it."""
    before = guard(emit(place, "-t", "struct conn", "--flex", "1", "--guard", "conn.c"))
    support.must("gcc", "-g", "-c", "object.c", cwd=place)
    assert guard(emit(place, "-t", "struct conn", "--flex", "1", "--guard", "object.o")) == before
    project.edit(place, "conn.c", "short data[]", "struct { short s[3]; } data[]")
    after = guard(emit(place, "-t", "struct conn", "--flex", "1", "--guard", "conn.c"))
    assert after != before and after.startswith("conn_opaque_layout_16_8_") and before.startswith("conn_opaque_layout_16_8_")


def test_a_source_that_includes_its_header(place):
    """Which sees numbers that are made up at first, also where the compiler alone reads it."""
    (place / "own.c").write_text('#include "own.h"\n' + SOURCE + "CONN_OPAQUE_CHECK();\nint five[CONN_FLEX];\n")
    for reader in ([], ["--from", "cc"], ["--no-confirm"]):
        emit(place, "-t", "struct conn", "--flex", "data=5", *reader, "-o", "own.h", "own.c")
        assert said_numbers((place / "own.h").read_text(), "CONN") == (24, 8)
        (place / "own.h").unlink()


# ---- later ----


def test_check_counts_again(tmp_path):
    source = project.SOURCE.replace("long bytes;", "short kind;\n\tshort data[];")
    project.make(tmp_path, "--flex", "5", "--layout", "src/conn.json", source=source)
    header = (tmp_path / project.HEADER).read_text()
    assert " *   gen-opaque emit -t 'struct conn' --flex 5 --layout" in header
    project.check(tmp_path, 0, "")
    project.edit(tmp_path, "src/conn.c", "short data", "long data")
    at = project.line_of(tmp_path, project.HEADER, "#define CONN_SIZE")
    project.check(tmp_path, 1, f"{project.HEADER}:{at}:1: error: struct conn: size 48, header says 16\n"
                  "src/conn.c:3:21: note: field 'data' moved from offset 6 to offset 8, is long[], was short[], has alignment 8, had 2\n"
                  f"{project.HEADER}:{at + 1}:1: error: struct conn: alignment 8, header says 4\n")


def test_layouts_have_it(place):
    done = support.gen("layout", "-t", "union two", "-t", "struct outer", "-t", "struct plain", "--format", "json", "conn.c", cwd=place)
    assert done.status == 0, done
    two, outer, plain = json.loads(done.out)["layouts"]
    assert two["flexible_arrays"] == [{"path": "x.d", "offset": 4, "element": 1}, {"path": "y.e", "offset": 8, "element": 4}]
    assert outer["flexible_arrays"] == [{"path": "last.data", "offset": 18, "element": 2}]
    assert "flexible_arrays" not in plain and not plain["flexible"]


# ---- what is refused ----

PLAIN = "conn.c:9:16: error: 'struct plain' does not end with a flexible array member, as --flex wants\n"
NEEDS_A_NAME = ("gen-opaque: error: --flex has to name the array: a compiler does not know how a type ends\n"
                "gen-opaque: note: write it as --flex FIELD=4\n")
TWICE = "gen-opaque: error: --flex is given twice for one type\n"
REFUSALS = {
    "none": ("-t 'struct conn' conn.c", "conn.c:2:16: error: 'struct conn' ends with a flexible array member, whose size is not known\n"
             "gen-opaque: note: a shadow has one size: --flex N makes room for N elements\n"),
    "several and none": ("-t 'union two' conn.c", "conn.c:7:15: error: 'union two' ends with a flexible array member, whose size is not known\n"
                         "gen-opaque: note: a shadow has one size: --flex FIELD=N makes room for N elements\n"),
    "several": ("-t 'union two' --flex 4 conn.c", "conn.c:7:15: error: 'union two' ends with more than one flexible array member\n"
                "gen-opaque: note: --flex x.d=4 counts the elements of one\ngen-opaque: note: --flex y.e=4 counts the elements of one\n"),
    "no such type": ("-t 'struct plain' --flex 4 conn.c", PLAIN),
    "no such type, named": ("-t 'struct plain' --flex tail=4 conn.c", PLAIN),
    "another field": ("-t 'struct conn' --flex id=4 conn.c",
                      "conn.c:2:16: error: 'id' of struct conn is not the flexible array member that it ends with\n"
                      "gen-opaque: note: --flex data=4 counts the elements of one\n"),
    "the type before": ("-t 'struct conn' --flex 4 -t 'struct plain' --flex 4 conn.c", PLAIN),
    "an array with a length": ("-t 'struct plain' --flex tail=4 --from cc --cc gcc conn.c",
                               "gen-opaque: error: 'struct plain' does not end with a flexible array member, as --flex wants\n"),
    "an object's": ("-t 'struct plain' --flex 4 object.o", PLAIN.replace("conn.c:9:16:", "object.c:9:")),
    "a compiler alone": ("-t 'struct conn' --flex 4 --from cc conn.c", NEEDS_A_NAME),
    "a probe": ("-t 'struct conn' --flex 4 probe.o", NEEDS_A_NAME),
    "a probe that was not asked": ("-t 'struct plain' --flex tail=4 probe.o",
                                   "gen-opaque: error: 'struct plain' does not end with a flexible array member, as --flex wants\n"),
    "a probe that was asked for another": ("-t 'struct conn' --flex kind=4 probe.o",
                                           "gen-opaque: error: 'kind' of struct conn is not the flexible array member that it ends with\n"
                                           "gen-opaque: note: --flex data=4 counts the elements of one\n"),
    "too many": ("-t 'struct conn' --flex 4294967296 conn.c", "gen-opaque: error: '4294967296' is not a number of elements for --flex\n"),
    "too large": ("-t 'struct large' --flex 4294967295 large.c",
                  "large.c:1:35: error: no object is as large as 'struct large' with 4294967295 elements\n"),
    "no number": ("-t 'struct conn' --flex x conn.c", "gen-opaque: error: 'x' is not a number of elements for --flex\n"),
    "less than none": ("-t 'struct conn' --flex -1 conn.c", "gen-opaque: error: '-1' is not a number of elements for --flex\n"),
    "no number behind a name": ("-t 'struct conn' --flex data= conn.c", "gen-opaque: error: '' is not a number of elements for --flex\n"),
    "no name": ("-t 'struct conn' --flex =4 conn.c", "gen-opaque: error: '' is not the name of a field\n"),
    "an element": ("-t 'struct conn' --flex 'data[0].x=4' conn.c", "gen-opaque: error: 'data[0].x' is not the name of a field\n"
                   "gen-opaque: note: --flex names whole arrays, not what is in their elements\n"),
    "twice": ("-t 'struct conn' --flex 4 --flex 5 conn.c", TWICE),
    "twice, before and behind": ("--flex 4 -t 'struct conn' --flex 4 conn.c", TWICE),
    "before two types": ("--flex 4 -t 'struct conn' -t 'struct plain' conn.c",
                         "gen-opaque: error: --flex must come after the -t that it is for\n"),
    "exposed": ("-t 'struct conn' --flex 4 --expose data conn.c", "conn.c:2:16: error: 'data' has no size and cannot be exposed\n"),
    "over the reserve": ("-t 'struct conn' --flex 4 --reserve 16 conn.c",
                         "conn.c:2:16: error: struct conn has outgrown its reserve: it takes 24 bytes, and --reserve keeps 16\n"
                         "gen-opaque: note: a larger reserve is a new layout: all holders must be built again\n"),
    "another array on another target": ("-t 'struct odd' --flex 1 --target x86_64 --target i386 odd.c",
                                        "odd.c:1:35: error: 'odd' is not the same type on x86_64 and on i386\n"),
    "nothing in it": ("-t 'struct only' --flex 0 conn.c", "conn.c:6:16: error: 'struct only' is empty: there is nothing to hold\n"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case, place):
    arguments, expected = REFUSALS[case]
    if "object.o" in arguments:
        support.must("gcc", "-g", "-c", "object.c", cwd=place)
    if "probe.o" in arguments:
        done = support.gen("probe", "-t", "struct conn", "--flex", "data=1", "-t", "struct plain", "-o", "probe.c", "conn.c", cwd=place)
        assert done.status == 0, done
        support.must("gcc", "-c", "probe.c", cwd=place)
    (place / "large.c").write_text("struct __attribute__((may_alias)) large { int n; char a[][1ul << 40]; };\n")
    (place / "odd.c").write_text("struct __attribute__((may_alias)) odd { int n;\n#ifdef __LP64__\n\tchar a[];\n#else\n\tchar b[];\n#endif\n};\n")
    refused(place, expected, *shlex.split(arguments))


def test_before_the_only_type(place):
    assert said_numbers(emit(place, "--flex", "5", "-t", "struct conn", "conn.c"), "CONN") == (24, 8)
