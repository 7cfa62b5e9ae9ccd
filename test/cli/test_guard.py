# SPDX-License-Identifier: MIT
"""--guard and --reserve at work: holders of another layout fail to link, or to start, and the symbol's name says why."""
import pytest

import support

PRIVATE = """\
struct conn;
int conn_get(const struct conn *conn);
void conn_set(struct conn *conn, int n);
"""
OWNER = """\
#include "conn.h"
struct __attribute__((may_alias)) conn {{ {fields} }};
#include "conn_opaque.h"
CONN_OPAQUE_CHECK();
int conn_get(const struct conn *conn) {{ return conn->n; }}
void conn_set(struct conn *conn, int n) {{ conn->n = n; }}
"""
HOLDER = """\
#include "conn_opaque.h"
#ifdef __cplusplus
extern "C" {
#endif
#include "conn.h"
#ifdef __cplusplus
}
#endif
struct conn_opaque %s;
"""
MAIN = HOLDER % "mine" + """\
extern struct conn_opaque other;
int main(void)
{
	conn_set(to_conn(&mine), 42);
	conn_set(to_conn(&other), 7);
	return conn_get(to_conn(&mine)) == 42 && conn_get(to_conn(&other)) == 7 ? 0 : 1;
}
"""
OLD, NEW = "int n; long m;", "int n; long m, more;"
SYMBOL = r"conn_opaque_layout_"
GC = ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections", "-O2"]
# name: (compiler of holders, compiler of the owner, flags of both)
WAYS = {
    "gcc": ("gcc", "gcc", []),
    "gcc, sections": ("gcc", "gcc", GC),
    "clang, sections": ("clang-14", "clang-14", GC),
    "clang, lld, sections": ("clang-14", "clang-14", [*GC, "-fuse-ld=lld-14"]),
    "gcc, LTO, sections": ("gcc", "gcc", [*GC, "-flto", "-fno-strict-aliasing"]),
    "clang, LTO, sections": ("clang-14", "clang-14", [*GC, "-flto", "-fuse-ld=lld-14"]),
    "gcc, hidden": ("gcc", "gcc", ["-fvisibility=hidden"]),
    "gcc, no PIE": ("gcc", "gcc", ["-no-pie", "-fno-pie", "-O2"]),
    "g++": ("g++", "gcc", []),
    "clang++": ("clang++-14", "clang-14", GC),
    "owner in C++": ("gcc", "g++", ["-fvisibility=hidden", *GC]),
}
# Where only objects are linked, what a linker throws away is all that differs.
STATIC = [way for way in WAYS if "sections" in way]
PUBLIC = '#pragma GCC visibility push(default)\n#include "conn.h"\n#pragma GCC visibility pop\n'


def make(folder, fields, *options):
    """A folder with conn.h, owner.c and the header that it includes, made of it."""
    folder.mkdir(exist_ok=True)
    owner = OWNER.format(fields=fields).replace('#include "conn.h"\n', '#ifdef __cplusplus\nextern "C" {\n#endif\n' + PUBLIC +
                                                "#ifdef __cplusplus\n}\n#endif\n")
    support.write(folder, {"conn.h": PRIVATE, "owner.c": owner, "main.c": MAIN, "holder.c": HOLDER % "other"})
    done = support.gen("emit", "-t", "struct conn", *options, "-o", "conn_opaque.h", "owner.c", "--", "-I.", cwd=folder)
    assert done.status == 0 and done.err == "", done
    return folder


def language(compiler):
    return ["-x", "c++"] if "++" in compiler else []


def library(folder, compiler, flags, name="libconn.so", *more):
    """The owner as a shared library. -fno-pie is for programs."""
    flags = [flag for flag in flags if flag not in ("-no-pie", "-fno-pie")]
    support.must(compiler, *flags, "-fPIC", "-shared", "-Wl,-soname,libconn.so", "-o", name, *language(compiler), "owner.c",
                 "-x", "none", *more, cwd=folder)
    return folder / name


def program(folder, compiler, flags, *what):
    return support.run(compiler, *flags, "-o", "program", *language(compiler), "main.c", "holder.c", "-x", "none", *what, cwd=folder)


def start(folder, library_folder):
    return support.run("./program", cwd=folder, env={"LD_LIBRARY_PATH": str(library_folder)})


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    return make(tmp_path_factory.mktemp("old"), OLD, "--guard")


@pytest.fixture(scope="module")
def new(tmp_path_factory):
    return make(tmp_path_factory.mktemp("new"), NEW, "--guard")


@pytest.mark.parametrize("way", WAYS)
def test_a_program_starts_with_its_own_layout_only(way, old, new):
    holder, owner, flags = WAYS[way]
    support.need(holder)
    support.need(owner)
    library(old, owner, flags)
    library(new, owner, flags)
    done = program(old, holder, flags, "-L.", "-lconn")
    assert done.status == 0, done
    assert start(old, old).status == 0
    done = start(old, new)
    assert done.status != 0 and f"undefined symbol: {SYMBOL}16_8_" in done.err, done


@pytest.mark.parametrize("way", STATIC)
def test_a_program_links_with_its_own_layout_only(way, old, new):
    holder, owner, flags = WAYS[way]
    support.need(holder)
    support.need(owner)
    for folder in (old, new):
        support.must(owner, *flags, "-c", *language(owner), "owner.c", cwd=folder)
        (folder / "libconn.a").unlink(missing_ok=True)
        support.must("gcc-ar", "rcs", "libconn.a", "owner.o", cwd=folder)
    done = program(old, holder, flags, old / "libconn.a")
    assert done.status == 0 and start(old, old).status == 0, done
    done = program(old, holder, flags, new / "libconn.a")
    assert done.status != 0 and f"{SYMBOL}16_8_" in done.err, done


def test_one_old_holder_is_enough(old, new, tmp_path):
    """The program is new, but one of its parts is not."""
    support.must("gcc", "-c", "-o", tmp_path / "holder.o", "holder.c", cwd=old)
    library(new, "gcc", [])
    done = support.run("gcc", "-o", "program", "main.c", tmp_path / "holder.o", "-L.", "-lconn", cwd=new)
    assert done.status != 0 and f"undefined reference to `{SYMBOL}16_8_" in done.err, done


def test_nothing_runs_for_it(old, tmp_path):
    """The same instructions with a guard and without."""
    make(tmp_path, OLD)
    texts = []
    for folder in (old, tmp_path):
        support.must("gcc", "-O2", "-c", "-o", "main.o", "main.c", cwd=folder)
        texts.append(support.must("objdump", "-d", "--no-show-raw-insn", "main.o", cwd=folder).out)
    assert texts[0] == texts[1]


def test_version_map_has_to_export_it(old):
    """As the manual says: a map that hides all other names needs a line for the guard."""
    (old / "without.map").write_text("CONN_1 { global: conn_get; conn_set; local: *; };\n")
    (old / "with.map").write_text("CONN_1 { global: conn_get; conn_set; *_opaque_layout_*; local: *; };\n")
    library(old, "gcc", [], "libconn.so", "-Wl,--version-script=without.map")
    done = program(old, "gcc", [], "-L.", "-lconn")
    assert done.status != 0 and f"undefined reference to `{SYMBOL}16_8_" in done.err, done
    library(old, "gcc", [], "libconn.so", "-Wl,--version-script=with.map")
    done = program(old, "gcc", [], "-L.", "-lconn")
    assert done.status == 0 and start(old, old).status == 0, done


def guard_of(folder):
    return next(line.split()[2] for line in (folder / "conn_opaque.h").read_text().split("\n")
                if line.startswith("#define CONN_OPAQUE_GUARD"))


CHANGES = {
    "one more field": "int n; long m; char c;",
    "another name": "int n; long l;",
    "other places": "long m; int n;",
    "another size of a field": "int n; short m; short pad[5];",
    "a bit-field": "int n; long m : 5; long : 0;",
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_the_layout_is_seen(change, old, tmp_path):
    assert guard_of(make(tmp_path, CHANGES[change], "--guard")) != guard_of(old)


def test_what_is_no_change_of_the_layout_is_none(old, tmp_path):
    make(tmp_path, "int n; /* a comment */ unsigned long m;", "--guard")
    assert guard_of(tmp_path) == guard_of(old)


def test_all_readers_see_the_same(old, tmp_path):
    support.must("gcc", "-g", "-c", "-o", tmp_path / "owner.o", "owner.c", cwd=old)
    done = support.gen("emit", "-t", "struct conn", "--guard", "-o", "conn_opaque.h", "owner.o", cwd=tmp_path)
    assert done.status == 0, done
    assert guard_of(tmp_path) == guard_of(old)


# ---- --reserve ----


def reserve(folder, fields, *options):
    return make(folder, fields, "--reserve", "32", *options)


def test_grows_within_its_reserve(tmp_path):
    """A program that is older than the library starts, and the library's new field has its room."""
    before, after = reserve(tmp_path / "before", OLD, "--guard"), reserve(tmp_path / "after", NEW, "--guard")
    owner = (after / "owner.c").read_text()
    assert "conn->n = n" in owner
    (after / "owner.c").write_text(owner.replace("conn->n = n", "conn->n = n; conn->more = 2 * n").replace(
        "return conn->n", "return conn->more == 2 * conn->n ? conn->n : -1"))
    library(before, "gcc", [])
    library(after, "gcc", [])
    done = program(before, "gcc", [], "-L.", "-lconn")
    assert done.status == 0 and start(before, before).status == 0 and start(before, after).status == 0, done


@pytest.mark.parametrize("options", [["--expose", "m"], ["--offset", "m"]])
def test_what_holders_know_of_stays_where_it_is(options, tmp_path):
    """A field that the header tells of has moved, if within the reserve."""
    before = reserve(tmp_path / "before", OLD, "--guard", *options)
    after = reserve(tmp_path / "after", "int n; long more, m;", "--guard", *options)
    grown = reserve(tmp_path / "grown", NEW, "--guard", *options)
    for folder in (before, after, grown):
        library(folder, "gcc", [])
    done = program(before, "gcc", [], "-L.", "-lconn")
    assert done.status == 0 and start(before, before).status == 0 and start(before, grown).status == 0, done
    done = start(before, after)
    assert done.status != 0 and f"undefined symbol: {SYMBOL}32_8_" in done.err, done


def test_another_reserve_is_another_layout(tmp_path):
    before, after = reserve(tmp_path / "before", OLD, "--guard"), make(tmp_path / "after", OLD, "--guard", "--reserve", "40")
    library(before, "gcc", [])
    library(after, "gcc", [])
    assert program(before, "gcc", [], "-L.", "-lconn").status == 0
    done = start(before, after)
    assert done.status != 0 and f"undefined symbol: {SYMBOL}32_8_" in done.err, done


def test_the_check_lets_the_type_grow_up_to_the_reserve(tmp_path):
    reserve(tmp_path, OLD)
    text = (tmp_path / "owner.c").read_text()
    for fields, fits in (("int n; char c[28];", True), ("int n; char c[29];", False), ("int n __attribute__((aligned(16)));", False)):
        (tmp_path / "owner.c").write_text(text.replace(OLD, fields))
        done = support.run("gcc", "-fsyntax-only", "owner.c", cwd=tmp_path)
        assert (done.status == 0) == fits, done
        if not fits:
            what = "alignment" if "aligned" in fields else "size"
            assert f"struct conn: its {what} is above the CONN_{'ALIGN' if 'aligned' in fields else 'SIZE'} of" in done.err, done


def refused(folder, *options, fields=OLD):
    support.write(folder, {"x.h": f"struct conn {{ {fields} }};\n"})
    done = support.gen("emit", "-t", "struct conn", *options, "-o", "o.h", "x.h", cwd=folder)
    assert done.status == 2 and not (folder / "o.h").exists(), done
    return done.err


def test_over_the_reserve_is_an_error(tmp_path):
    err = refused(tmp_path, "--reserve", "16", fields=NEW)
    assert err.startswith("x.h:1:8: error: struct conn has outgrown its reserve: it takes 24 bytes, and --reserve keeps 16\n"), err
    assert "note: a larger reserve is a new layout: all holders must be built again\n" in err, err


def test_a_reserve_keeps_the_alignment(tmp_path):
    err = refused(tmp_path, "--reserve", "20")
    assert err.startswith("x.h:1:8: error: --reserve 20 is not a multiple of the alignment of struct conn, 8\n"), err
    assert "note: 24 is one\n" in err, err


@pytest.mark.parametrize("number", ["0", "-8", "x", "8x", "", "99999999999999999999"])
def test_a_reserve_is_a_number(number, tmp_path):
    assert refused(tmp_path, f"--reserve={number}") == f"gen-opaque: error: '{number}' is not a number for --reserve\n"


def test_a_reserve_is_for_one_type(tmp_path):
    assert refused(tmp_path, "--reserve", "32", "--reserve", "40") == \
        "gen-opaque: error: --reserve is given twice for one type\n"
    assert "error: --reserve must come after the -t that it is for" in \
        support.gen("emit", "--reserve", "32", "-t", "struct conn", "-t", "struct peer", "x.h", cwd=tmp_path).err
