# SPDX-License-Identifier: MIT
"""probe writes a source, any compiler compiles it, and emit reads its object: no libclang, no DWARF, nothing run."""
import os
import re

import pytest

import support
from numbers_of import said_numbers

SOURCE = """\
struct __attribute__((may_alias)) conn { char c; long l; long double d; unsigned ready : 1; void *p; };
typedef union { short s[9]; int i; } value_t;
struct flexible { int n; char data[]; };
"""
NUMBERS = {  # size and alignment of struct conn, offset of p
    "gcc": (48, 16, 40), "clang-14": (48, 16, 40), "tcc": (48, 16, 40), "m68k-linux-gnu-gcc": (24, 2, 20),
    "aarch64-linux-gnu-gcc": (48, 16, 40), "x86_64-w64-mingw32-gcc": (48, 16, 40), "clang-14 -target wasm32": (48, 16, 36),
    "clang-14 -target arm64-apple-macosx11": (40, 8, 32), "clang-14 -target x86_64-pc-windows-msvc": (32, 8, 24),
    "clang-14 -target avr": (12, 1, 10),
}
TARGETS = {
    "gcc": "x86_64-linux-gnu", "clang-14": "x86_64-linux-gnu", "tcc": "an unknown target", "m68k-linux-gnu-gcc": "m68k-linux-gnu",
    "aarch64-linux-gnu-gcc": "aarch64-linux-gnu", "x86_64-w64-mingw32-gcc": "x86_64-windows-gnu",
    "clang-14 -target wasm32": "wasm32-unknown", "clang-14 -target arm64-apple-macosx11": "arm64-macosx",
    "clang-14 -target x86_64-pc-windows-msvc": "x86_64-windows-msvc", "clang-14 -target avr": "an unknown target",
}
TYPES = ("-t", "struct conn", "--offset", "p", "-t", "value_t")


@pytest.fixture
def place(tmp_path):
    (tmp_path / "conn.c").write_text(SOURCE)
    return tmp_path


def probe(place, *arguments):
    done = support.gen("probe", *(arguments or TYPES), "-o", "probe.c", "conn.c", cwd=place)
    assert (done.status, done.out, done.err) == (0, "", ""), done
    return place / "probe.c"


def build(place, compiler="gcc", output="probe.o", *flags):
    words = compiler.split()
    support.need(words[0])
    support.must(*words, *flags, "-c", "probe.c", "-o", output, cwd=place)
    return place / output


def emit(place, *arguments):
    done = support.gen("emit", *arguments, cwd=place)
    assert done.status == 0 and done.err == "", done
    return done.out


def refused(place, expected, *arguments):
    (place / "o.h").write_text("old\n")
    done = support.gen("emit", "-o", "o.h", *arguments, cwd=place)
    assert (done.status, done.out) == (2, "") and (place / "o.h").read_text() == "old\n", done
    assert done.err == expected, done


# ---- writing ----


def test_help():
    done = support.gen("probe", "--help")
    assert done.status == 0 and done.err == ""
    for option in ("-t, --type", "--offset", "-o, --output", "-h, --help"):
        assert f" {option} " in done.out or f" {option}\n" in done.out, option
    assert "\n  probe " in support.gen("--help").out


def test_written_only_when_it_changes(place):
    path = probe(place)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    probe(place)
    assert path.stat().st_mtime == 1_000_000_000
    probe(place, "-t", "value_t")
    assert path.stat().st_mtime != 1_000_000_000
    assert support.gen("probe", "-t", "value_t", "conn.c", cwd=place).out == path.read_text()


@pytest.mark.parametrize("name", ["gcc", "clang-14"])
def test_what_is_wrong_is_said_once(name, place):
    """Not for each of a number's digits."""
    support.need(name)
    probe(place, "-t", "struct conn", "--offset", "gone")
    done = support.run(name, "-c", "probe.c", cwd=place)
    wrong = [line for line in done.err.splitlines() if ": error: " in line]
    assert done.status != 0 and 0 < len(wrong) <= 3, done
    assert any(line.startswith("gen-opaque: struct conn, gone:") for line in wrong), done


@pytest.mark.parametrize("arguments, expected", [
    (("conn.c",), "no type is asked for\ngen-opaque: note: name one with -t 'struct NAME'\n"),
    (("-t", "struct conn"), "no source is given\ngen-opaque: note: compile flags go after '--'\n"),
    (("-t", "struct conn", "gone.c"), "gone.c: cannot be read\n"),
    (("-t", "struct conn", "conn.c", "-o", "conn.c"), "the source and -o are the same file\n"),
    (("-t", "struct conn", "conn.c", "conn.c"), "there can be only one source, not 2\ngen-opaque: note: compile flags go "
     "after '--'\n"),
    (("-t", "struct conn", "conn.c", "--", "-DX"), "a probe is compiled with the flags of its build: none belong here\n"),
    (("-t", "struct conn", "--expose", "p", "conn.c"), "unknown option '--expose'\ngen-opaque: note: 'gen-opaque probe --help' lists "
     "them\n")])
def test_mistakes(arguments, expected, place):
    done = support.gen("probe", *arguments, cwd=place)
    assert (done.status, done.out, done.err) == (2, "", "gen-opaque: error: " + expected), done
    assert (place / "conn.c").read_text() == SOURCE


def test_what_is_written_warns_of_nothing(place):
    support.need("g++")
    (place / "conn.c").write_text(SOURCE.replace("struct flexible { int n; char data[]; };\n", ""))
    probe(place)
    for words in ("gcc -std=c99", "gcc -std=c17 -O2", "g++ -xc++ -std=c++11", "clang-14 -std=c99"):
        support.need(words.split()[0])
        done = support.must(*words.split(), *"-Wall -Wextra -pedantic-errors -Wconversion -Wshadow -Werror -c -o x.o probe.c".split(), cwd=place)
        assert done.err == ""


# ---- any compiler, any object format ----


@pytest.mark.parametrize("compiler", NUMBERS)
def test_compilers(compiler, place):
    size, align, offset = NUMBERS[compiler]
    probe(place)
    build(place, compiler)
    text = emit(place, *TYPES, "probe.o")
    assert said_numbers(text, "CONN") == (size, align) and f"#define CONN_OFFSETOF_P {offset}\n" in text
    assert f" * on {TARGETS[compiler]}, as its compiler alone says.\n" in text
    assert " *   gen-opaque emit -t 'struct conn' --offset p -t value_t probe.o\n" in text
    assert "static inline void *to_value_t(" in text
    if TARGETS[compiler].endswith("linux-gnu"):  # by gcc's word for it
        assert " * typedef union VALUE_T_PRIVATE { ... } value_t;\n" in text


@pytest.mark.parametrize("flags", ["-g3 -O2", "-fsanitize=address,undefined", "-ffunction-sections -fdata-sections", "-flto -ffat-lto-objects",
                                   "-m32 -fpack-struct=2", "-fPIC -fvisibility=hidden -fno-toplevel-reorder", "--coverage"])
def test_flags(flags, place):
    if "-m32" in flags and support.run("gcc", "-m32", "-xc", "-fsyntax-only", "/dev/null").status != 0:
        support.missing("gcc has no -m32")
    probe(place)
    build(place, "gcc", "probe.o", *flags.split())
    expected = (24, 2) if "-m32" in flags else (48, 16)
    assert said_numbers(emit(place, *TYPES, "probe.o"), "CONN") == expected


def test_an_archive_that_holds_it(place):
    support.need("ar")
    probe(place)
    build(place)
    (place / "other.c").write_text("int other = 7;\n")
    support.must("gcc", "-c", "other.c", cwd=place)
    support.must("ar", "qc", "all.a", "other.o", "probe.o", cwd=place)
    assert said_numbers(emit(place, *TYPES, "all.a"), "CONN") == (48, 16)


def test_a_thin_archive_of_it(place):
    """Which holds only paths, from where it is."""
    support.need("ar")
    probe(place)
    build(place)
    (place / "a b").mkdir()
    (place / "a b/probe.o").write_bytes(build(place, "gcc", "probe.o", "-O2").read_bytes())
    (place / "probe.o").rename(place / "a b/a probe of a long name.o")
    (place / "other.c").write_text("int other = 7;\n")
    support.must("gcc", "-g", "-c", "other.c", cwd=place)
    support.must("ar", "qcsT", "all.a", "other.o", "a b/a probe of a long name.o", "a b/probe.o", cwd=place)
    assert (place / "all.a").read_bytes().startswith(b"!<thin>\n")
    assert said_numbers(emit(place, *TYPES, "all.a"), "CONN") == (48, 16)
    whole = (place / "all.a").read_bytes()
    for length in range(0, len(whole), 29):  # cut off anywhere: an answer, or a refusal, but no crash
        (place / "cut.a").write_bytes(whole[:length])
        assert support.gen("emit", *TYPES, "cut.a", cwd=place).status in (0, 2)


def test_two_probes_of_one_target(place):
    probe(place, "-t", "struct conn", "--offset", "p")
    build(place, "gcc", "one.o")
    probe(place, "-t", "struct conn", "--offset", "l", "-t", "value_t")
    build(place, "gcc", "two.o")
    text = emit(place, *TYPES, "--offset", "struct conn.l", "one.o", "two.o")
    assert "#define CONN_OFFSETOF_P 40\n" in text and "#define CONN_OFFSETOF_L 8\n" in text and "VALUE_T_SIZE 20\n" in text


def test_depfile_names_the_objects(place):
    probe(place)
    build(place)
    emit(place, *TYPES, "-o", "o.h", "--depfile", "o.d", "probe.o")
    assert support.depfile(place / "o.d") == (["o.h"], [f"{place.resolve()}/probe.o"])


def test_list(place):
    probe(place)
    build(place)
    done = support.gen("list", "probe.o", cwd=place)
    assert (done.status, done.out) == (0, "type\tsize\talign\tplace\nstruct conn\t48\t16\t\nvalue_t\t20\t4\t\n"), done


def test_layout_wants_more(place):
    probe(place)
    build(place)
    done = support.gen("layout", "-t", "struct conn", "probe.o", cwd=place)
    assert (done.status, done.out) == (2, "")
    assert done.err == "gen-opaque: error: probe.o: a probe is only for emit and list: it does not know every member\n"


def test_the_tool_itself_is_no_probe(place):
    done = support.gen("emit", "-t", "struct nowhere", support.tool(), cwd=place)
    assert done.status == 2 and "probe" not in done.err and "link-time" not in done.err, done


def test_what_only_dwarf_knows_is_asked_there(place):
    probe(place, "-t", "value_t")
    build(place, "gcc", "probe.o", "-g", "-fno-eliminate-unused-debug-types")
    assert "as the DWARF of its objects has it" in emit(place, "-t", "struct conn", "--from", "dwarf", "probe.o")


# ---- what is refused ----


def test_flexible_array_member_stops_the_build(place):
    probe(place, "-t", "struct flexible")
    for compiler in ("gcc", "clang-14"):
        support.need(compiler)
        done = support.run(compiler, "-c", "probe.c", cwd=place)
        assert done.status != 0 and re.search(r"^gen-opaque: struct flexible:1:\d+: error: .*flexible array member", done.err, re.M), done


def test_questions_without_an_answer_stop_the_build(place):
    probe(place, "-t", "struct conn", "--offset", "ready")
    done = support.run("gcc", "-c", "probe.c", cwd=place)
    assert done.status != 0 and re.search(r"^gen-opaque: struct conn, ready:1:\d+: error: .*bit-field", done.err, re.M), done


def test_types_and_fields_that_it_does_not_have(place):
    probe(place)
    build(place)
    refused(place, "gen-opaque: error: 'struct flexible' is not in the probe for x86_64-linux-gnu\n"
            "gen-opaque: note: ask for it where the probe is written, with -t\n", *TYPES, "-t", "struct flexible", "probe.o")
    refused(place, "gen-opaque: error: struct conn has no field 'l' for --offset\n"
            "gen-opaque: note: the nearest names there are: 'p'\n", *TYPES, "--offset", "struct conn.l", "probe.o")


@pytest.mark.parametrize("option", [("-p", "build"), ("--cc", "gcc"), ("--no-confirm",), ("--target", "x86_64-linux-gnu")])
def test_options_for_sources(option, place):
    probe(place)
    build(place)
    refused(place, f"gen-opaque: error: {option[0]} cannot change what is compiled already\n", *TYPES, *option, "probe.o")


def test_expose(place):
    probe(place)
    build(place)
    refused(place, "gen-opaque: error: the type of 'p' cannot be spelled for --expose: a compiler says sizes and offsets only\n"
            "gen-opaque: note: libclang can, as can object files with DWARF; --offset needs neither\n",
            "-t", "struct conn", "--expose", "p", "probe.o")


DAMAGE = {
    "a digit": (b"0000048 48;", b"0000049 48;"), "no digit": (b"0000048 48;", b"00000x8 48;"), "a check": (b"48 48;", b"48 47;"),
    "a mark": (b"->gen_opaque align(", b"->gen_opaqu_ align("), "a name": (b"size(struct conn)", b"size(struct c?nn)"),
    "too long a number": (b"00000000000000000048", b"99999999999999999999"), "a word": (b"size(struct conn)", b"sise(struct conn)"),
    "the count": (b"10 10;", b"11 10;"), "another count": (b"10 10;", b"02 02;"),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_damage(case, place):
    old, new = DAMAGE[case]
    probe(place)
    path = build(place)
    assert old in path.read_bytes() and len(old) == len(new)
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    refused(place, "gen-opaque: error: probe.o: the numbers of its probe are damaged or cut off\n", *TYPES, "probe.o")


def test_truncated(place):
    """Wherever it ends: an error that names the file, and never a header."""
    probe(place)
    whole = build(place).read_bytes()
    start = whole.index(b"->gen_opaque probe")
    end = whole.rindex(b"->gen_opaque width")
    for length in (*range(start + 30, end, 97), end + 30):
        (place / "probe.o").write_bytes(whole[:length])
        refused(place, "gen-opaque: error: probe.o: the numbers of its probe are damaged or cut off\n", *TYPES, "probe.o")


@pytest.mark.parametrize("compiler", ["gcc -flto", "clang-14 -flto"])
def test_link_time_optimisation_leaves_nothing(compiler, place):
    probe(place)
    build(place, compiler)
    support.must("ar", "qc", "all.a", "probe.o", cwd=place)
    for name in ("probe.o", "all.a"):
        refused(place, f"gen-opaque: error: {name}: link-time optimisation left no data in it\n"
                "gen-opaque: note: compile the probe with -fno-lto; in Meson, override_options: ['b_lto=false']\n", *TYPES, name)


def test_probes_that_do_not_fit_together(place):
    probe(place)
    build(place, "gcc", "one.o")
    build(place, "gcc", "two.o", "-fpack-struct=1")
    refused(place, "gen-opaque: error: two.o: struct conn has size 34, alignment 1 there, and size 48, alignment 16 in another probe for "
            "x86_64-linux-gnu\n", *TYPES, "one.o", "two.o")
    build(place, "m68k-linux-gnu-gcc", "two.o")
    refused(place, "gen-opaque: error: two.o is a probe and other.o is not\n", *TYPES, support_object(place), "two.o")
    refused(place, "gen-opaque: error: conn.c is a source and two.o is not\n", *TYPES, "conn.c", "two.o")


def test_probes_of_two_targets_make_one_header(place):
    """Each owner's compiler, with the private definition beside it, finds its own numbers there."""
    probe(place)
    build(place, "gcc", "one.o")
    build(place, "m68k-linux-gnu-gcc", "two.o")
    done = support.gen("emit", *TYPES, "-o", "o.h", "one.o", "two.o", cwd=place)
    assert done.status == 0 and done.err == "", done
    text = (place / "o.h").read_text()
    assert "/* x86_64 */\n#if " in text and "/* m68k */\n#elif " in text
    (place / "owner.c").write_text('#include "conn.c"\n#include "o.h"\nCONN_OPAQUE_CHECK();\n')
    for compiler in ("gcc", "m68k-linux-gnu-gcc"):
        support.must(compiler, "-fsyntax-only", "owner.c", cwd=place)


def support_object(place):
    support.must("gcc", "-g", "-c", "-o", "other.o", "conn.c", cwd=place)
    return "other.o"
