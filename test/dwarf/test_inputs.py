# SPDX-License-Identifier: MIT
"""Every form in which DWARF comes: the answer is the same."""
import os
import re
import shutil
import sys

import pytest

import reader
import support

# The type is only declared in the unit that comes first, and used behind a pointer in a third.
CONN = """struct list { struct list *next, *prev; };
struct conn {
	int fd;
	struct list list;
	unsigned state : 3, flags : 7;
	union { long number; char text[24]; };
	const char *name;
	char tail;
};
typedef struct { int x; struct conn *c; } anon_t;
struct conn conn;
anon_t anon;
"""
USER = "struct conn; struct user { struct conn *c; int y; }; struct user user; int main(void) { return user.y; }\n"
FIELDS = [("fd", 0, 4), ("list", 8, 16), ("state", 24, 4), ("flags", 24, 4), ("", 32, 24), ("number", 32, 8),
          ("text", 32, 24), ("name", 56, 8), ("tail", 64, 1)]
CC = ["gcc", "clang-14", "clang-19"]


def check(path, version=5, line=2, file="conn.c", **more):
    conn, anon = reader.layouts(path, "struct conn", "anon_t", **more)
    assert [(f["name"], f["offset"], f["size"]) for f in conn["fields"]] == FIELDS
    assert (conn["size"], conn["align"], conn["align_low"], conn["line"]) == (72, 8, 1, line)
    assert conn["declared"] == "struct conn" and file in (None, os.path.basename(conn.get("file", "")))
    assert (anon["kind"], anon["size"], anon["record"], "declared" in anon) == ("typedef", 16, True, False)
    # Before DWARF 5 it might be a typedef of an _Atomic struct, and clang does not say what a typedef is aligned to.
    assert (anon["align_low"], anon["align"]) in ([(8, 8)] if version == 5 else [(8, 16), (1, 16)])


def objects(folder, name, *flags):
    words = reader.compiler(name)
    return [reader.build(folder, USER, *flags, words=words, name="user"),
            reader.build(folder, CONN, *flags, words=words)]


def program(folder, name="gcc", *flags):
    words = reader.compiler(name)
    paths = objects(folder, name, *flags)
    support.must(*words, *flags, "-o", "program", *paths, cwd=folder)
    return folder / "program"


@pytest.mark.parametrize("version", [2, 3, 4, 5])
@pytest.mark.parametrize("name", CC)
def test_object(name, version, tmp_path):
    check(objects(tmp_path, name, f"-gdwarf-{version}")[1], version)


@pytest.mark.parametrize("flags", [
    ["-gz=zlib"], ["-gz=zlib-gnu"], ["-g3"], ["-O2"], ["-fdebug-types-section", "-gdwarf-4"],
    ["-fdebug-types-section", "-gdwarf-5"], ["-flto", "-ffat-lto-objects"], ["-gdwarf64"], ["-ffunction-sections"]],
    ids=" ".join)
@pytest.mark.parametrize("name", CC)
def test_object_with_flags(name, flags, tmp_path):
    if name != "gcc" and {"-ffat-lto-objects", "-gz=zlib-gnu", "-gdwarf64"} & set(flags):
        pytest.skip("gcc only")
    check(objects(tmp_path, name, *flags)[1], 4 if "-gdwarf-4" in flags else 5)


@pytest.mark.parametrize("name", CC)
def test_source_in_a_folder(name, tmp_path):
    """clang's line table has the folder below that of the compilation."""
    support.write(tmp_path, {"sub/conn.c": CONN})
    support.must(*reader.compiler(name), "-g", "-c", "sub/conn.c", cwd=tmp_path)
    assert reader.layouts(tmp_path / "conn.o", "struct conn")[0]["file"] == str(tmp_path / "sub" / "conn.c")


def test_addends_in_the_section(tmp_path):
    """As SH's relocations have them, which libdw overlooks: it would find other names."""
    path = reader.build(tmp_path, CONN, words=reader.compiler("sh4"))
    layout, = reader.layouts(path, "struct conn")
    assert (layout["size"], [f["name"] for f in layout["fields"]]) == (48, [name for name, _, _ in FIELDS])
    answer = reader.raw({"engine": "libdw", "inputs": [str(path)], "types": [reader.type_name("struct conn")]})
    assert answer["layouts"] == [] and reader.is_unable(answer)


def test_zstd(tmp_path):
    pytest.importorskip("zstandard")
    path = objects(tmp_path, "clang-19", "-gz=zstd")[1]
    assert "ZSTD" in support.must("readelf", "-tW", path).out
    check(path)


def test_both_objects_as_two_inputs(tmp_path):
    check(objects(tmp_path, "gcc"))


@pytest.mark.parametrize("kind", ["rcs", "rcsT"])
def test_archive(kind, tmp_path):
    long_name = reader.build(tmp_path, "struct odd { char c[3]; } odd;\n", name="a_file_with_a_long_name")
    support.must("ar", kind, "libconn.a", "user.o", "conn.o", long_name.name, cwd=objects(tmp_path, "gcc")[0].parent)
    check(tmp_path / "libconn.a")
    assert reader.layouts(tmp_path / "libconn.a", "struct odd")[0]["size"] == 3


def test_archive_with_a_member_without_dwarf(tmp_path):
    objects(tmp_path, "gcc")
    reader.build(tmp_path, "int x;\n", "-g0", name="plain")
    (tmp_path / "note.txt").write_text("not an object\n")
    support.must("ar", "rcs", "libconn.a", "plain.o", "note.txt", "conn.o", cwd=tmp_path)
    check(tmp_path / "libconn.a")


def test_thin_archive_without_a_member(tmp_path):
    objects(tmp_path, "gcc")
    support.must("ar", "rcsT", "libconn.a", "user.o", "conn.o", cwd=tmp_path)
    (tmp_path / "conn.o").unlink()
    assert reader.refusal(tmp_path / "libconn.a") == [
        f"{tmp_path}/libconn.a(conn.o): error: cannot be read: No such file or directory"]


def test_units_of_other_languages(tmp_path):
    """The types are those of C, whatever else is linked in; those of C++ can be asked for as well."""
    objects(tmp_path, "gcc")
    (tmp_path / "more.cpp").write_text("namespace n { struct conn_list { int a[3]; }; }\n"
                                       "class session { virtual ~session(); long id; }; session::~session() {}\n"
                                       "n::conn_list conn_list;\n")
    (tmp_path / "code.s").write_text("\t.globl code\ncode:\n\tnop\n\t.section .note.GNU-stack,\"\"\n")
    support.must("g++", "-g", "-c", "more.cpp", cwd=tmp_path)
    support.must("gcc", "-g", "-c", "code.s", cwd=tmp_path)
    support.must("g++", "-o", "program", "code.o", "more.o", "user.o", "conn.o", cwd=tmp_path)
    check(tmp_path / "program")
    found = reader.layouts(tmp_path / "program", "struct session", "struct n::conn_list")
    assert [(row["size"], row["align"]) for row in found] == [(16, 8), (12, 4)]


@pytest.mark.parametrize("name, flags", [
    ("gcc", []), ("gcc", ["-gdwarf-4"]), ("gcc", ["-fdebug-types-section"]), ("gcc", ["-O2", "-flto"]),
    ("gcc", ["-shared", "-fPIC"]), ("gcc", ["-static"]), ("clang-14", []), ("clang-14", ["-fdebug-types-section"]),
    ("clang-19", []), ("gcc", ["-r", "-nostdlib"])], ids=str)
def test_linked(name, flags, tmp_path):
    check(program(tmp_path, name, *flags), 4 if "-gdwarf-4" in flags else 5)


@pytest.mark.parametrize("place", [".", ".debug", "usr/lib/debug"])
def test_debug_file_by_link(place, tmp_path):
    folder = tmp_path / "bin"
    path = program(folder, "gcc", "-Wl,--build-id=none")
    debug_dir = tmp_path / "debug"
    place = folder / place if place.startswith(".") else str(debug_dir) + str(folder.resolve())
    os.makedirs(place, exist_ok=True)
    support.must("objcopy", "--only-keep-debug", path, "program.debug", cwd=place)
    support.must("objcopy", "--strip-all", f"--add-gnu-debuglink={place}/program.debug", path)
    check(path, debug_dirs=[str(debug_dir)])


def test_debug_file_by_build_id(tmp_path):
    path = program(tmp_path / "bin", "gcc", "-Wl,--build-id=0xabcdef0123456789")
    place = tmp_path / "debug" / ".build-id" / "ab"
    place.mkdir(parents=True)
    support.must("objcopy", "--only-keep-debug", path, place / "cdef0123456789.debug")
    support.must("strip", path)
    check(path, debug_dirs=[str(tmp_path / "debug")])


@pytest.mark.parametrize("version", [4, 5])
@pytest.mark.parametrize("name", CC)
@pytest.mark.parametrize("types", [[], ["-fdebug-types-section"]], ids=["", "type units"])
def test_split(name, version, types, tmp_path):
    paths = objects(tmp_path, name, f"-gdwarf-{version}", "-gsplit-dwarf", *types)
    check(paths[1], version)
    check(tmp_path / "conn.dwo", version, file=None)  # whose names of sources are mostly in the object
    support.must(*reader.compiler(name), "-o", "program", *paths, cwd=tmp_path)
    check(tmp_path / "program", version)
    shutil.copytree(tmp_path, tmp_path / "moved")
    for path in tmp_path.glob("*.dwo"):
        path.unlink()
    check(tmp_path / "moved" / "conn.o", version)


PACKAGES = [("gcc", 4, "dwp", []), ("gcc", 4, "dwp", ["-fdebug-types-section"]), ("clang-14", 5, "llvm-dwp-14", []),
            ("clang-14", 5, "llvm-dwp-14", ["-fdebug-types-section"]), ("clang-14", 4, "llvm-dwp-14", [])]


@pytest.mark.parametrize("name, version, tool, flags", PACKAGES, ids=str)
def test_package(name, version, tool, flags, tmp_path):
    support.need(tool)
    path = program(tmp_path, name, f"-gdwarf-{version}", "-gsplit-dwarf", *flags)
    support.must(tool, "-e", "program", "-o", "program.dwp", cwd=tmp_path)
    for half in tmp_path.glob("*.dwo"):
        half.unlink()
    # A type unit in a package has no line table that names its source.
    check(path, version, file=None)
    check(tmp_path / "program.dwp", version, file=None)
    assert reader.layouts(path, "struct user")[0]["size"] == 16
    program(tmp_path, name, f"-gdwarf-{version}", "-gsplit-dwarf", "-DANOTHER=1", *flags)
    check(path, version)  # whose halves are those of another build than the package


@pytest.mark.parametrize("version", [4, 5])
def test_dwz_alone(version, tmp_path):
    support.need("dwz")
    path = program(tmp_path, "gcc", f"-gdwarf-{version}")
    support.must("dwz", path)
    check(path, version)


@pytest.mark.parametrize("version, extra", [(4, []), (5, []), (5, ["--dwarf-5"])], ids=str)
def test_dwz_shared(version, extra, tmp_path):
    support.need("dwz")
    body = CONN + "".join(f"struct s{i} {{ int a{i}; struct conn *c{i}; long b{i}[{i + 1}]; }} v{i};\n" for i in range(50))
    for name in "one", "two":
        reader.build(tmp_path, body, f"-gdwarf-{version}")
        reader.build(tmp_path, USER, f"-gdwarf-{version}", name="user")
        support.must("gcc", "-o", name, "conn.o", "user.o", cwd=tmp_path)
    support.must("dwz", *extra, "-m", "shared.debug", "-M", tmp_path / "shared.debug", "one", "two",
                 cwd=tmp_path)
    sections = support.must("readelf", "-SW", tmp_path / "one").out
    assert ".gnu_debugaltlink" in sections or ".debug_sup" in sections
    check(tmp_path / "one", version)
    (tmp_path / "shared.debug").unlink()
    assert reader.refusal(tmp_path / "one", debug_dirs=[]) == [
        f"{tmp_path}/one: error: shares its debug information (dwz) with a file that is not found",
        f"note: looked for {tmp_path}/shared.debug"]


def test_dwarf_of_a_type_that_only_a_typedef_elsewhere_names(tmp_path):
    first = reader.build(tmp_path, "typedef struct conn conn_t; conn_t *c;\n", name="first")
    second = reader.build(tmp_path, "struct conn { double d; char c; } conn;\n")
    layout, = reader.layouts([first, second], "conn_t")
    assert (layout["kind"], layout["name"], layout["declared"], layout["size"]) == ("typedef", "conn_t", "struct conn",
                                                                                    16)


def test_thread_local_variable(tmp_path):
    check(reader.build(tmp_path, CONN + "_Thread_local int counter;\n"))


def test_inside_a_function(tmp_path):
    path = reader.build(tmp_path, "int f(void) { struct conn { long a[3]; } c = {{1}}; return c.a[0]; }\n"
                        "int conn(int a) { return a; }\n")
    assert reader.layouts(path, "struct conn")[0]["size"] == 24


@pytest.mark.parametrize("name, flags", [("gcc", []), ("gcc", ["-gdwarf64"]), ("clang-14", []), ("ppc64", []),
                                         ("ppc64", ["-gdwarf64"])], ids=str)
def test_name_with_many_tails(name, flags, tmp_path):
    text = "".join(f"struct x{i}_conn {{ int i; }} v{i};\n" for i in range(60))
    check(reader.build(tmp_path, text + CONN, *flags, words=reader.compiler(name)), line=62)


def test_bytes_that_look_like_a_definition(tmp_path):
    """A constant that holds a copy of a DIE, only with another size, is none."""
    text = "struct big { char c[64]; };\nint main(void) { const struct big b = { \"%s\" }; return b.c[3]; }\n"
    reader.build(tmp_path, CONN + text % ("#" * 64), "-O2")
    path = tmp_path / "program"
    support.must("gcc", "-o", path, "conn.o", cwd=tmp_path)
    data = bytearray(path.read_bytes())
    name = re.search(rb"\0conn\0", data).start() + 1 - reader.section(path, ".debug_str")[0]
    start, size, _ = reader.section(path, ".debug_info")
    die = re.compile(b".%b\x48" % re.escape(name.to_bytes(4, "little")), re.DOTALL).search(data, start, start + size)
    constant = data.index(b"#" * 64, start, start + size)
    data[constant:constant + 64] = (die[0][:-1] + b"\x50" + data[die.end():die.end() + 5]).ljust(64, b"\0")
    path.write_bytes(data)
    check(path)


def test_another_member_of_the_same_name(tmp_path):
    check(reader.build(tmp_path, "struct other { int conn; struct { int x; } c; } o; void f(int conn) {}\n"
                       + CONN.replace("struct conn conn;", "struct conn *p;")), line=3)


def test_all(tmp_path):
    answer = reader.ask(objects(tmp_path, "gcc"), all=True)
    assert [(r["kind"], r["name"], r["size"]) for r in answer["layouts"]] == [
        ("struct", "conn", 72), ("struct", "list", 16), ("struct", "user", 16), ("typedef", "anon_t", 16)]


def test_same_as_pyelftools(tmp_path):
    """An independent search finds the same DIEs."""
    from elftools.elf.elffile import ELFFile
    path = program(tmp_path)
    with open(path, "rb") as stream:
        theirs = [die for unit in ELFFile(stream).get_dwarf_info().iter_CUs() for die in unit.iter_DIEs()
                  if die.tag in ("DW_TAG_structure_type", "DW_TAG_union_type")
                  and "DW_AT_name" in die.attributes and "DW_AT_declaration" not in die.attributes]
        names = {die.attributes["DW_AT_name"].value.decode() for die in theirs}
    assert len(names) > 2
    assert {row["name"] for row in reader.ask(path, all=True)["layouts"] if row["kind"] != "typedef"} == names
