# SPDX-License-Identifier: MIT
"""check: says where a header has drifted from its type, in which field, and writes only when told to."""
import json
import shutil

import pytest

import support
from project import FLAGS, HEADER, check, edit, emit, git, line_of, make, state

SIZE = "#define CONN_SIZE "


@pytest.fixture
def place(tmp_path):
    return make(tmp_path / "project")


@pytest.fixture(autouse=True)
def apart(tmp_path):
    (tmp_path / "project").mkdir(exist_ok=True)


def drifted(folder, name=HEADER, **numbers):
    """What check says of a struct conn that has these sizes now and then."""
    line = line_of(folder, name, SIZE)
    return (f"{name}:{line}:1: error: struct conn: size {numbers['now']}, header says {numbers['before']}\n"
            "src/conn.c:3:21: note: this is the type now\n")


def grow(folder):
    edit(folder, "src/conn.c", "long bytes;", "long bytes;\n\tlong more;")


def test_same(place):
    check(place, 0, "")


def test_a_source_with_the_name_of_an_option(tmp_path):
    """Its banner names it so that check does not take it for an option."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "-x.h").write_text("struct box {\n\tlong words[3];\n};\n")
    done = support.gen("emit", "-t", "struct box", "-o", "box.h", "./-x.h", "--", "-fno-strict-aliasing", cwd=tmp_path)
    assert (done.status, done.err) == (0, ""), done
    assert "-o box.h ./-x.h -- " in (tmp_path / "box.h").read_text()
    check(tmp_path, 0, "", "box.h")
    (tmp_path / "-x.h").write_text("struct box {\n\tlong words[4];\n};\n")
    done = support.gen("check", "box.h", cwd=tmp_path)
    assert done.status == 1 and "struct box: size 32, header says 24" in done.err, done


def test_drift_and_update(place):
    git(place, "add", ".")
    git(place, "commit", "-qm", "first")
    grow(place)
    for _ in range(2):
        check(place, 1, drifted(place, now=24, before=16))
    git(place, "clone", "-q", ".", "../clone")
    clone = place.parent / "clone"
    check(clone, 0, "")
    grow(clone)
    check(clone, 1, drifted(clone, now=24, before=16))
    check(place, 0, "", "--update", HEADER, writes=True)
    check(place, 0, "")
    assert (place / HEADER).read_text().count("\n#define CONN_SIZE 24\n") == 1
    (clone / HEADER).write_bytes((place / HEADER).read_bytes())
    check(clone, 0, "")


def test_update_keeps_a_header_that_is_right(place):
    before = state(place)
    check(place, 0, "", "--update", HEADER)
    assert state(place) == before


def test_alignment_and_fields(place):
    make(place, "--offset", "bytes", "--offset", "fd")
    edit(place, "src/conn.c", "int fd;\n\tlong bytes;", "int fd;\n\tint bytes;")
    lines = {word: line_of(place, HEADER, f"#define CONN_{word} ") for word in ("SIZE", "ALIGN", "OFFSETOF_BYTES", "SIZEOF_BYTES")}
    check(place, 1, f"""\
{HEADER}:{lines['SIZE']}:1: error: struct conn: size 8, header says 16
src/conn.c:3:21: note: this is the type now
{HEADER}:{lines['ALIGN']}:1: error: struct conn: alignment 4, header says 8
{HEADER}:{lines['OFFSETOF_BYTES']}:1: error: struct conn: offset of 'bytes' 4, header says 8
{HEADER}:{lines['SIZEOF_BYTES']}:1: error: struct conn: size of 'bytes' 4, header says 8
""")


def test_several_types_and_names(place):
    source = "struct conn { int a; } __attribute__((may_alias));\ntypedef struct __attribute__((may_alias)) { long l; } box_t;\n"
    make(place, "-t", "box_t=crate", source=source)
    check(place, 0, "")
    edit(place, "src/conn.c", "long l", "long l[2]")
    line = line_of(place, HEADER, "#define CRATE_SIZE ")
    check(place, 1, f"{HEADER}:{line}:1: error: box_t: size 16, header says 8\nsrc/conn.c:2:58: note: this is the type now\n")


@pytest.mark.parametrize("where", ["src", "include", ".."])
def test_from_other_folders(where, place):
    grow(place)
    (place / "deep").mkdir()
    result = support.gen("check", place / HEADER, cwd=place / where)
    assert (result.status, result.out) == (1, "") and f"conn_opaque.h:{line_of(place, HEADER, SIZE)}:1: error: struct conn: size 24," in result.err
    if where == "include":
        assert result.err.startswith("conn_opaque.h:"), "the path is not relative to where we are"


def test_through_links(place, tmp_path):
    grow(place)
    (tmp_path / "link").symlink_to("project")
    assert support.gen("check", tmp_path / "link" / HEADER).status == 1


# ---- where the project is ----


def test_without_a_repository(place, tmp_path):
    shutil.rmtree(place / ".git")
    check(place, 0, "")
    check(place, 0, "", f"project/{HEADER}", cwd=tmp_path)
    check(place, 0, "", "--root", "..", "../include/conn_opaque.h", cwd=place / "src")
    check(place, 2, f"""\
conn_opaque.h:4:1: error: the header is made from 'src/conn.c', which is not in '{place}/include'
conn_opaque.h:4:1: note: --root says where its paths start; object files that are elsewhere are named beside the headers
""", "conn_opaque.h", cwd=place / "include")


def test_a_project_inside_a_repository(tmp_path):
    """As examples are: the header's own path says where its project starts."""
    outer = tmp_path / "project"
    git(outer, "init", "-q", ".")
    support.write(outer / "inner", {"src/conn.c": "struct conn { int a; } __attribute__((may_alias));\n"})
    emit(outer, "-t", "struct conn", "-o", "inner/conn_opaque.h", "--root", "inner", "inner/src/conn.c")
    check(outer, 0, "", "inner/conn_opaque.h")


def test_a_header_in_the_build_directory(place):
    """Of where it is built only its name is in the banner."""
    rows = [{"directory": str(place), "file": "src/conn.c", "arguments": ["cc", "-Ibuild/gen", "-c", "src/conn.c"]}]
    support.write(place, {"build/compile_commands.json": json.dumps(rows), "build/gen/.keep": ""})
    make(place, "-p", "build", flags=(), output=("-o", "build/gen/conn_opaque.h"))
    check(place, 0, "", "-p", "build", "build/gen/conn_opaque.h")


def test_moved_header(place):
    """The banner then says another name, which is a difference; --update mends it."""
    git(place, "mv", "-k", HEADER, ".")
    (place / "api").mkdir()
    (place / HEADER).rename(place / "api/conn_opaque.h")
    edit(place, "api/conn_opaque.h", "-- -Iinclude", "-- -Iapi")
    moved = "api/conn_opaque.h"
    check(place, 1, f"{moved}:4:1: error: not what gen-opaque writes: line 4\n"
          "gen-opaque: note: it has '*   gen-opaque emit -t 'struct conn' -o include/conn_opaque.h src/conn.c -- -Iapi' "
          "where gen-opaque writes '*   gen-opaque emit -t 'struct conn' -o api/conn_opaque.h src/conn.c -- -Iapi'\n", moved)
    check(place, 0, "", "--update", moved, writes=True)
    check(place, 0, "", moved)


def test_installed_header(place, tmp_path):
    support.write(tmp_path, {"usr/include/conn_opaque.h": (place / HEADER).read_text()})
    installed = tmp_path / "usr/include/conn_opaque.h"
    check(place, 0, "", "--root", ".", installed)
    grow(place)
    check(place, 0, "", "--update", HEADER, writes=True)
    result = support.gen("check", "--root", ".", installed, cwd=place)
    assert result.status == 1 and "struct conn: size 24, header says 16" in result.err


# ---- halves ----


@pytest.fixture
def halves(place):
    make(place, "--fwd", "include/conn_fwd.h")
    return place


def test_both_halves(halves):
    for names in ((HEADER,), ("include/conn_fwd.h",), (HEADER, "include/conn_fwd.h")):
        check(halves, 0, "", *names)
    grow(halves)
    for names in ((HEADER,), ("include/conn_fwd.h",), ("include/conn_fwd.h", HEADER)):
        check(halves, 1, drifted(halves, now=24, before=16), *names)


def test_edited_light_half(halves):
    edit(halves, "include/conn_fwd.h", "struct conn_opaque;", "struct conn_opaque; int mine;")
    line = line_of(halves, "include/conn_fwd.h", "struct conn_opaque; int mine;")
    check(halves, 1, f"include/conn_fwd.h:{line}:1: error: not what gen-opaque writes: line {line}\n"
          "gen-opaque: note: it has 'struct conn_opaque; int mine;' where gen-opaque writes 'struct conn_opaque;'\n")


def test_missing_half(halves):
    (halves / "include/conn_fwd.h").unlink()
    check(halves, 1, "include/conn_fwd.h: error: is missing: gen-opaque wrote it with the others\n")
    check(halves, 0, "", "--update", HEADER, writes=True)
    check(halves, 0, "", "include/conn_fwd.h")


def test_installed_halves(halves, tmp_path):
    target = tmp_path / "usr"
    shutil.copytree(halves / "include", target)
    check(halves, 0, "", "--root", ".", target / "conn_opaque.h")
    check(halves, 0, "", "--root", ".", target / "conn_fwd.h")


# ---- fields, where a file of layouts is kept ----

LAYOUT = "src/conn.layout.json"


@pytest.fixture
def kept(place):
    return make(place, "--layout", LAYOUT)


def test_what_became_of_the_fields(kept):
    text = (kept / LAYOUT).read_text()
    assert str(kept) not in text and json.loads(text)["layouts"][0]["file"] == "src/conn.c"
    check(kept, 0, "")
    edit(kept, "src/conn.c", "int fd;\n", "\n\tshort fd;\n\tchar state[9];\n")
    line = line_of(kept, HEADER, SIZE)
    expected = f"""\
{HEADER}:{line}:1: error: struct conn: size 24, header says 16
src/conn.c:3:21: note: field 'fd' shrank from 4 bytes to 2 bytes, is short, was int, has alignment 2, had 4
src/conn.c:3:21: note: field 'state' added: offset 2, 9 bytes, char[9]
src/conn.c:3:21: note: field 'bytes' moved from offset 8 to offset 16
"""
    check(kept, 1, expected)
    check(kept, 1, expected)
    check(kept, 0, "", "--update", HEADER, writes=True)
    check(kept, 0, "")
    assert json.loads((kept / LAYOUT).read_text())["layouts"][0]["size"] == 24


def test_a_line_that_moves_is_no_drift(kept):
    edit(kept, "src/conn.c", "struct CONN", "/* a comment\n * of three\n * lines */\nstruct CONN")
    check(kept, 0, "")


def test_only_fields(kept):
    edit(kept, "src/conn.c", "int fd;", "short fd;")
    check(kept, 1, f"""\
{LAYOUT}:1:1: error: struct conn: not as this file has it
src/conn.c:3:21: note: field 'fd' shrank from 4 bytes to 2 bytes, is short, was int, has alignment 2, had 4
""")
    check(kept, 0, "", "--update", HEADER, writes=True)
    edit(kept, "src/conn.c", "short fd;", "unsigned short fd;")
    result = support.gen("check", HEADER, cwd=kept)
    assert result.status == 1 and result.err.startswith(f"{LAYOUT}:") and "short fd" not in result.err


def test_only_alignment(kept):
    edit(kept, "src/conn.c", "CONN_PRIVATE conn", "CONN_PRIVATE __attribute__((aligned(16))) conn")
    line = line_of(kept, HEADER, "#define CONN_ALIGN ")
    check(kept, 1, f"{HEADER}:{line}:1: error: struct conn: alignment 16, header says 8\n"
          "src/conn.c:3:50: note: all its fields are as they were\n")


def test_missing_file_of_layouts(kept):
    (kept / LAYOUT).unlink()
    check(kept, 1, f"{LAYOUT}: error: is missing: gen-opaque wrote it with the others\n")
    grow(kept)
    assert "note: this is the type now\n" in support.gen("check", HEADER, cwd=kept).err
    check(kept, 0, "", "--update", HEADER, writes=True)
    check(kept, 0, "")


def test_other_file_for_the_layouts(kept):
    """What is no file of layouts is not overwritten."""
    (kept / LAYOUT).write_text("precious\n")
    for update in ((), ("--update",)):
        result = support.gen("check", *update, HEADER, cwd=kept)
        assert result.status == 2 and result.err.startswith(f"{LAYOUT}:1:8: error: this is no JSON: "), result
    assert (kept / LAYOUT).read_text() == "precious\n"


# ---- texts that are not as they were written ----


def test_edited_by_hand(place):
    edit(place, HEADER, "struct conn_opaque {", "struct  conn_opaque {")
    line = line_of(place, HEADER, "struct  conn_opaque {")
    check(place, 1, f"{HEADER}:{line}:1: error: not what gen-opaque writes: line {line}\n"
          "gen-opaque: note: it has 'struct  conn_opaque {' where gen-opaque writes 'struct conn_opaque {'\n")


def test_cut_short(place):
    text = (place / HEADER).read_text()
    (place / HEADER).write_text(text[:text.rindex(" /*")])
    line = text.count("\n")
    check(place, 1, f"{HEADER}:{line}:1: error: not what gen-opaque writes: line {line}\n"
          "gen-opaque: note: it has '#endif' where gen-opaque writes '#endif /* CONN_OPAQUE_H */'\n")


def test_more_types_in_the_banner(place):
    """The banner is what says how the header is made: a line edited there and --update make it anew."""
    edit(place, HEADER, "-t 'struct conn'", "-t 'struct conn' --offset fd")
    assert support.gen("check", HEADER, cwd=place).status == 1
    check(place, 0, "", "--update", HEADER, writes=True)
    assert "#define CONN_OFFSETOF_FD 0\n" in (place / HEADER).read_text()


def test_line_ends_of_git(place):
    path = place / HEADER
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    check(place, 0, "")
    grow(place)
    check(place, 1, drifted(place, now=24, before=16))
    check(place, 0, "", "--update", HEADER, writes=True)
    assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n") > 100
    check(place, 0, "")


# ---- many headers, and trouble with some ----

NO_BANNER = "other.h: error: has no banner of gen-opaque\ngen-opaque: note: only what 'gen-opaque emit' wrote can be checked\n"


def test_trouble_wins_over_drift(place):
    grow(place)
    both = drifted(place, now=24, before=16) + "include/" + NO_BANNER
    check(place, 2, both, HEADER, "include/other.h")
    check(place, 2, both, "include/other.h", HEADER)
    check(place, 2, "include/" + NO_BANNER, "--update", HEADER, "include/other.h")


def test_update_is_all_or_nothing(place):
    emit(place, "-t", "struct other", "-o", "include/other_opaque.h", "--no-confirm", "include/other.h")
    grow(place)
    (place / "include/other.h").write_text("struct other { int broken }")
    before = state(place)
    result = support.gen("check", "--update", HEADER, "include/other_opaque.h", cwd=place)
    assert result.status == 2 and "include/other_opaque.h:4:1: note: this header cannot be made again\n" in result.err
    assert "struct conn" not in result.err and state(place) == before
    (place / "include/other.h").write_text("struct other { int a[5]; } __attribute__((may_alias));\n")
    check(place, 0, "", "--update", HEADER, "include/other_opaque.h", writes=True)
    check(place, 0, "", HEADER, "include/other_opaque.h")
    assert "#define OTHER_SIZE 20\n" in (place / "include/other_opaque.h").read_text()


TROUBLE = {
    "no header": ((), "gen-opaque: error: no header is given\n"),
    "no file": (("gone.h",), "gen-opaque: error: gone.h: cannot be read\n"),
    "folder": (("include",), "gen-opaque: error: include: cannot be read: it is a directory\n"),
    "no banner": (("include/other.h",), "include/" + NO_BANNER),
    "zero byte": (("zero.h",), "zero.h: error: is not text: it has a zero byte\n"),
    "option": (("-t", "struct conn", HEADER),
               "gen-opaque: error: unknown option '-t'\ngen-opaque: note: 'gen-opaque check --help' lists them\n"),
    "format": (("--error-format", "xml", HEADER),
               "gen-opaque: error: 'xml' is not a format for --error-format\ngen-opaque: note: choose 'text', 'json' or 'github'\n"),
    "compiler": (("--cc", "no-such-cc", HEADER),
                 "gen-opaque: error: the compiler 'no-such-cc' cannot be run\n"
                 "gen-opaque: note: name another with --cc, or do without with --no-confirm\n"
                 "gen-opaque: note: it said: no-such-cc: No such file or directory\n"
                 f"{HEADER}:4:1: note: this header cannot be made again\n"),
}


@pytest.mark.parametrize("case", TROUBLE)
def test_trouble(case, place):
    (place / "zero.h").write_bytes(b"/*\n * Made by gen-opaque: \0\n")
    arguments, expected = TROUBLE[case]
    before = state(place)
    result = support.gen("check", *arguments, cwd=place)
    assert (result.status, result.err, result.out) == (2, expected, ""), result
    assert state(place) == before


def test_source_is_gone(place):
    (place / "src/conn.c").unlink()
    check(place, 2, f"""\
{HEADER}:4:1: error: the header is made from 'src/conn.c', which is not in '{place}'
{HEADER}:4:1: note: --root says where its paths start; object files that are elsewhere are named beside the headers
""")


def test_type_is_gone(place):
    edit(place, "src/conn.c", "conn {", "link {")
    edit(place, "src/conn.c", "CONN_OPAQUE_CHECK();", "")
    result = support.gen("check", HEADER, cwd=place)
    assert result.status == 2 and f"{HEADER}:4:1: note: this header cannot be made again\n" in result.err


# ---- compilers, flags, targets ----


def test_flags_of_a_database(place):
    def database(number):
        rows = [{"directory": str(place), "file": "src/conn.c",
                 "arguments": ["cc", "-Iinclude", f"-DN={number}", "-c", "src/conn.c"]}]
        support.write(place, {"build/compile_commands.json": json.dumps(rows)})
    database(3)
    edit(place, "src/conn.c", "long bytes;", "long bytes[N];")
    make(place, "-p", "build", source=(place / "src/conn.c").read_text(), flags=())
    assert " -p BUILDDIR src/conn.c\n" in (place / HEADER).read_text()
    check(place, 2, f"{HEADER}:4:1: error: the header was made with the flags of a build directory\n"
          f"{HEADER}:4:1: note: name yours with -p\n")
    check(place, 0, "", "-p", "build", HEADER)
    check(place, 0, "", "-p", "../build", "../" + HEADER, cwd=place / "src")
    database(4)
    check(place, 1, drifted(place, now=40, before=32), "-p", "build", HEADER)
    # A header that was made without a database does not look at one.
    emit(place, "-t", "struct other", "-o", "include/other_opaque.h", "--no-confirm", "include/other.h")
    check(place, 0, "", "-p", "build", "include/other_opaque.h")


def test_headers_outside_the_project(place, tmp_path):
    """Their folder is not in the banner, so the user names it again."""
    support.write(tmp_path, {"far/far.h": "typedef char far[5];\n"})
    source = '#include "conn_opaque.h"\n#include <far.h>\n' + "struct CONN_PRIVATE conn { far f; };\n"
    make(place, source=source, flags=("--", "-Iinclude", f"-I{tmp_path}/far"))
    result = support.gen("check", HEADER, cwd=place)
    assert result.status == 2 and "src/conn.c:2:10: error: 'far.h' file not found\n" in result.err
    check(place, 0, "", HEADER, "--", f"-I{tmp_path}/far")


def test_flags_that_a_header_may_not_ask_for_alone(place):
    make(place, flags=("--", "-Iinclude", "-fno-common", "-fstrict-volatile-bitfields"))
    check(place, 2, f"""\
{HEADER}:4:1: error: the header asks for compile flag '-fstrict-volatile-bitfields', which no header may ask for
{HEADER}:4:1: note: if it is right, give it on the command line too, behind '--'
""")
    check(place, 0, "", HEADER, "--", "-fstrict-volatile-bitfields")


def test_another_targets_header(place):
    support.need("aarch64-linux-gnu-gcc")
    cross = ("--cc", "aarch64-linux-gnu-gcc")
    make(place, *cross)
    check(place, 2, f"{HEADER}:4:1: error: the header is for aarch64-linux-gnu, the compiler for x86_64-linux-gnu\n"
          "gen-opaque: note: name a compiler for aarch64-linux-gnu with --cc\n")
    check(place, 0, "", *cross, HEADER)


def test_target_by_its_triple(place):
    make(place, "--target", "i386-linux-gnu")
    check(place, 0, "")
    check(place, 0, "", "--cc", "gcc", HEADER)  # no compiler confirmed it, so none is asked
    edit(place, HEADER, "unconfirmed by a compiler", "confirmed by the compiler")
    check(place, 2, f"{HEADER}:4:1: error: a compiler for i386-linux-gnu confirmed the header\n"
          f"{HEADER}:4:1: note: name it with --cc\n")


def test_many_targets(place):
    """Every rung is looked at; those that a compiler confirmed want it again."""
    targets = ("--target", "x86_64", "--target", "i386", "--target", "aarch64")
    support.must("rm", HEADER, cwd=place)
    make(place, *targets)
    check(place, 0, "")
    check(place, 0, "", "--cc", "gcc", HEADER)  # no compiler confirmed any of it
    edit(place, "src/conn.c", "long bytes;", "long long bytes;")  # the same on two of the three
    line = line_of(place, HEADER, "#define CONN_SIZE 8")
    check(place, 1, f"{HEADER}:{line}:1: error: struct conn on i386-linux-gnu: size 12, header says 8\nsrc/conn.c:3:21: note: this is the type now\n")
    check(place, 0, "", "--update", HEADER, writes=True)
    cross = ("--cc", "gcc", "--cc", support.need("i686-linux-gnu-gcc"))
    make(place, *targets, *cross, source=(place / "src/conn.c").read_text())
    check(place, 2, f"{HEADER}:4:1: error: the header says 'x86_64, confirmed by the compiler', which does not hold now\n"
          "gen-opaque: note: name the compilers that confirmed it, each with a --cc\n")
    check(place, 0, "", *cross, HEADER)


def test_reserve_and_guard(tmp_path):
    folder = make(tmp_path / "project", "--reserve", "32", "--guard")
    check(folder, 0, "")
    grow(folder)
    check(folder, 0, "")
    edit(folder, "src/conn.c", "long bytes;", "long bytes[4];")
    check(folder, 2, "src/conn.c:3:21: error: struct conn has outgrown its reserve: it takes 48 bytes, and --reserve keeps 32\n"
          "gen-opaque: note: a larger reserve is a new layout: all holders must be built again\n"
          f"{HEADER}:4:1: note: this header cannot be made again\n")


def test_compiler_beside_us(place):
    """A compiler that is a path is where we are, not where the project starts."""
    (place / "tools").mkdir()
    (place / "tools/mycc").symlink_to(support.need("gcc"))
    check(place, 0, "", "--cc", "./mycc", "../" + HEADER, cwd=place / "tools")
    check(place, 0, "", "../" + HEADER, cwd=place / "tools", env={"CC": "./mycc"})


def test_objects(place, tmp_path):
    support.write(place, {"src/conn.c": "struct conn { int a; long b; } conn;\n"})
    support.must("gcc", "-g", "-c", "-o", "conn.o", "src/conn.c", cwd=place)
    emit(place, "-t", "struct conn", "-o", HEADER, "conn.o")
    check(place, 0, "")
    check(place, 0, "", "--cc", "no-such-cc", HEADER)
    (tmp_path / "out").mkdir()
    (place / "conn.o").rename(tmp_path / "out/conn.o")
    check(place, 2, f"""\
{HEADER}:4:1: error: the header is made from 'conn.o', which is not in '{place}'
{HEADER}:4:1: note: --root says where its paths start; object files that are elsewhere are named beside the headers
""")
    check(place, 0, "", HEADER, tmp_path / "out/conn.o")
    support.write(place, {"src/conn.c": "struct conn { int a; long b, c; } conn;\n"})
    support.must("gcc", "-g", "-c", "-o", tmp_path / "out/conn.o", "src/conn.c", cwd=place)
    result = support.gen("check", HEADER, tmp_path / "out/conn.o", cwd=place)
    assert result.status == 1 and ": error: struct conn: size 24, header says 16\n" in result.err


def test_made_to_standard_output(place):
    text = emit(place, "-t", "struct conn", "src/conn.c", *FLAGS).out
    (place / HEADER).write_text(text)
    check(place, 0, "")


# ---- for programs ----


def test_json(place):
    grow(place)
    line = line_of(place, HEADER, SIZE)
    expected = {"format": 1, "diagnostics": [
        {"severity": "error", "file": HEADER, "line": line, "column": 1, "text": "struct conn: size 24, header says 16",
         "notes": [{"severity": "note", "file": "src/conn.c", "line": 3, "column": 21, "text": "this is the type now"}]}]}
    result = support.gen("check", "--error-format", "json", HEADER, cwd=place)
    assert (result.status, result.err, json.loads(result.out)) == (1, "", expected)
    result = support.gen("check", "--error-format", "json", "gone.h", cwd=place)
    assert (result.status, result.err, json.loads(result.out)) == (
        2, "", {"format": 1, "diagnostics": [{"severity": "error", "text": "gone.h: cannot be read"}]})


def test_github(place):
    grow(place)
    line = line_of(place, HEADER, SIZE)
    says = "title=gen-opaque::struct conn: size 24, header says 16%0A{}src/conn.c:3: this is the type now\n"
    check(place, 1, "", "--error-format", "github", HEADER,
          out=f"::error file={HEADER},line={line},col=1," + says.format(""), env={"GITHUB_WORKSPACE": None})
    workspace = place.parent
    check(place, 1, "", "--error-format", "github", "conn_opaque.h", cwd=place / "include",
          out=f"::error file=project/{HEADER},line={line},col=1," + says.format("project/"), env={"GITHUB_WORKSPACE": str(workspace)})
    check(place, 2, "", "--error-format", "github", "50%.h", out="::error title=gen-opaque::50%25.h: cannot be read\n")


def test_github_escapes(place):
    name = "include/a,b:c%_opaque.h"
    emit(place, "-t", "struct other", "-o", name, "--no-confirm", "include/other.h")
    edit(place, name, "#ifndef", "#ifndef\x1b")
    result = support.gen("check", "--error-format", "github", name, cwd=place, env={"GITHUB_WORKSPACE": None})
    assert result.status == 1 and result.out.startswith("::error file=include/a%2Cb%3Ac%25_opaque.h,line=12,col=1,"), result
    assert "\x1b" not in result.out


def test_help():
    text = support.gen("check", "--help").out
    for option in ("-p, --database", "--cc", "--root", "--error-format", "--update", "-h, --help"):
        assert f" {option} " in text or f" {option}\n" in text, option
    assert "\n  check " in support.gen("--help").out
