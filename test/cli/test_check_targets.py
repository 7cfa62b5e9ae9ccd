# SPDX-License-Identifier: MIT
"""check where targets are many: each header with its own compilers, each rung's drift by its name, explained by its own layout."""
import json
import shutil

import pytest

import support
from project import HEADER, SOURCE, check, edit, line_of, make, state

I386, AARCH64 = "i686-linux-gnu-gcc", "aarch64-linux-gnu-gcc"
NOW = "src/conn.c:3:21: note: this is the type now\n"


def compilers(*names):
    for name in names:
        support.need(name.split()[0])
    return [word for name in names for word in ("--cc", name)]


def options(word, values):
    return [part for value in values for part in (word, value)]


ALL = ("gcc", I386, AARCH64)


@pytest.fixture
def place(tmp_path):
    """Headers for one target, for another, for both, for one that no compiler confirmed, from objects, and from a compiler alone."""
    folder = make(tmp_path / "project", "--cc", "gcc")
    flags = ("--", "-Iinclude")

    def emit(name, *arguments):
        done = support.gen("emit", "-t", "struct conn", *arguments, "-o", f"include/{name}", "src/other.c", *flags, cwd=folder)
        assert (done.status, done.err) == (0, ""), done

    (folder / "src/other.c").write_text(SOURCE.replace('#include "conn_opaque.h"\n', "").replace("CONN_PRIVATE", "__attribute__((may_alias))")
                                        .replace("CONN_OPAQUE_CHECK();\n", ""))
    emit("arm.h", *compilers(AARCH64))
    emit("both.h", *compilers("gcc", I386), "--target", "aarch64")
    emit("none.h", "--target", "i386")
    emit("named.h", "--target", "i386", *compilers(I386))
    emit("alone.h", "--from", "cc", *compilers(I386))
    return folder


HEADERS = [HEADER, "include/arm.h", "include/both.h", "include/none.h", "include/named.h", "include/alone.h"]


def test_each_header_has_its_own_compilers(place):
    """In any order; a rung that no compiler confirmed is left to libclang although one is at hand."""
    assert "aarch64, unconfirmed by a compiler" in (place / "include/both.h").read_text()
    for names in (ALL, ALL[::-1]):
        check(place, 0, "", *compilers(*names), *HEADERS)
    check(place, 0, "", *options("--cc", (*ALL, "no-such-gcc")), *HEADERS)  # which no header misses


def test_the_flags_of_a_header_decide_what_a_compiler_is_for(place):
    """gcc is for another target with -m32, which stands in the header."""
    done = support.gen("emit", "-t", "struct conn", "-o", "include/m32.h", "--cc", "gcc", "src/other.c", "--", "-m32", cwd=place)
    assert (done.status, done.err) == (0, ""), done
    check(place, 0, "", *compilers("gcc", AARCH64), "include/m32.h", HEADER)


def test_drift_is_found_with_the_right_one(place):
    edit(place, "src/other.c", "int fd;", "char fd;")
    edit(place, "src/other.c", "long bytes;", "double bytes;")
    err = "".join(f"include/{name}:{line_of(place, f'include/{name}', start)}:1: error: {text}\n" for name, start, text in (
        ("alone.h", "#define CONN_SIZE", "struct conn: size 12, header says 8"),
        ("both.h", "#define CONN_SIZE 8", "struct conn on i386-linux-gnu: size 12, header says 8"),
        ("named.h", "#define CONN_SIZE", "struct conn: size 12, header says 8"),
        ("none.h", "#define CONN_SIZE", "struct conn: size 12, header says 8")))
    done = support.gen("check", *compilers(*ALL), *HEADERS, cwd=place)
    assert done.status == 1, done
    assert "".join(line + "\n" for line in done.err.splitlines() if "note:" not in line) == err


def test_update_keeps_who_confirmed(place):
    edit(place, "src/other.c", "int fd;", "int fd[4];")
    check(place, 0, "", "--update", *compilers(*ALL), *HEADERS, writes=True)
    text = (place / "include/both.h").read_text()
    assert " *   x86_64, confirmed by the compiler\n" in text and " *   i386, confirmed by the compiler\n" in text
    assert " *   aarch64, unconfirmed by a compiler\n" in text and "#define CONN_SIZE 24\n" in text
    check(place, 0, "", *compilers(*ALL), *HEADERS)


REFUSED = {
    "none is for it": ("include/arm.h", ("gcc", I386), "no compiler of --cc is for the header's target aarch64-linux-gnu\n",
                       "name one with another --cc\n"),
    "two are for it": (HEADER, ("gcc", "clang-14", I386), "two compilers are for the header's target x86_64-linux-gnu: 'gcc' and 'clang-14'\n", ""),
    "one cannot be run": ("include/arm.h", ("gcc", "no-such-gcc"), "the compiler 'no-such-gcc' cannot be run\n",
                          "name another with --cc, or do without with --no-confirm\n"
                          "include/arm.h:4:1: note: it said: no-such-gcc: No such file or directory\n"),
    "one of a ladder cannot be run": ("include/both.h", ("gcc", "no-such-gcc"), "the compiler 'no-such-gcc' cannot be run\n",
                                      "name another with --cc, or do without with --no-confirm\n"
                                      "include/both.h:4:1: note: it said: no-such-gcc: No such file or directory\n"),
    "one is no command": (HEADER, ("gcc", "'"), "''' is not a compiler's command\n", ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case, place):
    header, names, error, note = REFUSED[case]
    check(place, 2, f"{header}:4:1: error: {error}" + (f"{header}:4:1: note: {note}" if note else ""), *options("--cc", names), header)


def test_a_rung_whose_compiler_is_missing(place):
    check(place, 2, "include/both.h:4:1: error: the header says 'i386, confirmed by the compiler', which does not hold now\n"
          "gen-opaque: note: name the compilers that confirmed it, each with a --cc\n", *compilers("gcc", AARCH64), "include/both.h")


# ---- layouts of each target ----

TARGETS = ("x86_64", "i386", "armhf", "aarch64")


@pytest.fixture
def ladder(tmp_path):
    return make(tmp_path / "project", *options("--target", TARGETS), "--layout", "src/conn.json")


def test_layouts_of_all_targets_are_written(ladder):
    layouts = json.loads((ladder / "src/conn.json").read_text())["layouts"]
    assert [(layout["target"], layout["size"]) for layout in layouts] == [
        ("x86_64-linux-gnu", 16), ("i386-linux-gnu", 8), ("arm-linux-gnueabihf", 8), ("aarch64-linux-gnu", 16)]
    check(ladder, 0, "")


def test_drift_is_explained_by_each_targets_layout(ladder):
    """A double is aligned to 4 on i386 and to 8 on the others; what two targets share is said once."""
    edit(ladder, "src/conn.c", "long bytes;", "double bytes;")
    line = line_of(ladder, HEADER, "#define CONN_SIZE 8")
    grown = "grew from 4 bytes to 8 bytes, is double, was long"
    check(ladder, 1,
          f"{HEADER}:{line}:1: error: struct conn on arm-linux-gnueabihf: size 16, header says 8\n"
          f"src/conn.c:3:21: note: field 'bytes' moved from offset 4 to offset 8, {grown}, has alignment 8, had 4\n"
          f"{HEADER}:{line}:1: error: struct conn on i386-linux-gnu: size 12, header says 8\n"
          f"src/conn.c:3:21: note: field 'bytes' {grown}\n"
          f"{HEADER}:{line + 1}:1: error: struct conn on arm-linux-gnueabihf: alignment 8, header says 4\n")


def test_targets_that_shared_a_number_are_told_of_once(ladder):
    """The type has one size everywhere now, and had two: each is told of once, with all its targets, whatever their order."""
    edit(ladder, "src/conn.c", "int fd;", "char bytes[15]; char end;")
    edit(ladder, "src/conn.c", "long bytes;", "")
    done = support.gen("check", HEADER, cwd=ladder)
    size = line_of(ladder, HEADER, "#define CONN_SIZE 16")
    small = line_of(ladder, HEADER, "#define CONN_SIZE 8")
    assert done.status == 1 and [line for line in done.err.splitlines() if "error" in line] == [
        f"{HEADER}:{size + 1}:1: error: struct conn on x86_64-linux-gnu, aarch64-linux-gnu: alignment 1, header says 8",
        f"{HEADER}:{small}:1: error: struct conn on i386-linux-gnu, arm-linux-gnueabihf: size 16, header says 8",
        f"{HEADER}:{small + 1}:1: error: struct conn on i386-linux-gnu, arm-linux-gnueabihf: alignment 1, header says 4"], done


def test_a_change_that_moves_no_number_is_told_of_each_target(ladder):
    edit(ladder, "src/conn.c", "int fd;", "unsigned fd;")
    (ladder / "src/conn.json").write_text((ladder / "src/conn.json").read_text().replace('"fd"', '"df"'))
    done = support.gen("check", HEADER, cwd=ladder)
    assert done.status == 1 and [line for line in done.err.splitlines() if "error" in line] == [
        f"src/conn.json:1:1: error: struct conn on {triple}: not as this file has it" for triple in (
            "x86_64-linux-gnu", "i386-linux-gnu", "arm-linux-gnueabihf", "aarch64-linux-gnu")], done


def test_layouts_of_one_target_do_not_explain_the_others(ladder):
    """As files were that only had the first target's: that one is explained, the others are not."""
    whole = json.loads((ladder / "src/conn.json").read_text())
    whole["layouts"] = whole["layouts"][:1]
    (ladder / "src/conn.json").write_text(json.dumps(whole))
    edit(ladder, "src/conn.c", "long bytes;", "long bytes, more;")
    done = support.gen("check", HEADER, cwd=ladder)
    assert done.status == 1 and done.err.count("field 'more' added: offset 16, 8 bytes, long") == 1, done
    assert done.err.count("note: this is the type now") == 1 and "on i386-linux-gnu, arm-linux-gnueabihf: size 12, header says 8" in done.err, done
    check(ladder, 0, "", "--update", HEADER, writes=True)
    assert len(json.loads((ladder / "src/conn.json").read_text())["layouts"]) == 4


def test_objects_have_the_same_words(tmp_path):
    """Layouts from objects of several targets were written before: in the same form."""
    folder = make(tmp_path / "project")
    (folder / "src/plain.c").write_text("struct conn { int fd; long bytes; } conn;\n")
    for name, compiler in (("a.o", "gcc"), ("b.o", I386)):
        support.need(compiler)
        support.must(compiler, "-g", "-c", "-o", name, "src/plain.c", cwd=folder)
    done = support.gen("emit", "-t", "struct conn", "-o", "include/o.h", "--layout", "src/o.json", "a.o", "b.o", cwd=folder)
    assert (done.status, done.err) == (0, ""), done
    edit(folder, "src/plain.c", "long bytes", "long bytes, more")
    support.must(I386, "-g", "-c", "-o", "b.o", "src/plain.c", cwd=folder)
    line = line_of(folder, "include/o.h", "#define CONN_SIZE 8")
    done = support.gen("check", "include/o.h", cwd=folder)
    assert (done.status, done.err) == (1, f"include/o.h:{line}:1: error: struct conn on i386-linux-gnu: size 12, header says 8\n"
                                       "src/plain.c:1: note: field 'more' added: offset 8, 4 bytes, long int\n"), done


def test_layouts_of_many_targets_are_inputs(ladder):
    """layout shows each; diff holds each against its own, and those of one target against that one's."""
    shutil.copy(ladder / "src/conn.json", ladder / "old.json")
    done = support.gen("layout", "-t", "struct conn", "old.json", cwd=ladder)
    assert done.status == 0 and [done.out.count(f": {triple}, ") for triple in ("x86_64-linux-gnu", "i386-linux-gnu")] == [1, 1], done
    edit(ladder, "src/conn.c", "long bytes;", "double bytes;")
    check(ladder, 0, "", "--update", HEADER, writes=True)
    done = support.gen("diff", "old.json", "src/conn.json", cwd=ladder)
    assert done.status == 1 and [line for line in done.out.splitlines() if line.startswith("struct")] == [
        "struct conn on x86_64-linux-gnu: size 16, alignment 8", "struct conn on i386-linux-gnu: size 8 -> 12, alignment 4",
        "struct conn on arm-linux-gnueabihf: size 8 -> 16, alignment 4 -> 8", "struct conn on aarch64-linux-gnu: size 16, alignment 8"], done
    done = support.gen("diff", "--format", "json", "old.json", "src/conn.json", cwd=ladder)
    assert [row["target"] for row in json.loads(done.out)["types"]] == [
        "x86_64-linux-gnu", "i386-linux-gnu", "arm-linux-gnueabihf", "aarch64-linux-gnu"]
    for target, size in (("i386", "size 8 -> 12"), ("armhf", "size 8 -> 16")):
        done = support.gen("diff", "old.json", "src/conn.c", "--target", target, "--", "-Iinclude", cwd=ladder)
        assert done.status == 1 and done.out.startswith(f"struct conn: {size}, alignment ") and done.out.count("struct conn") == 1, done
    (ladder / "src/plain.c").write_text("struct conn { int fd; long bytes; };\n")
    before = state(ladder)
    done = support.gen("diff", "old.json", "src/plain.c", "--target", "s390x", cwd=ladder)
    assert done.status == 1 and done.out.count(" removed\n") == 4 and done.out.count(" added\n") == 1, done
    assert state(ladder) == before
