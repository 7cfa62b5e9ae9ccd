# SPDX-License-Identifier: MIT
"""--from cc: the real compiler alone answers: in warnings, in assembly or, where it has none, in the data of an object."""
import json
import os
import re
import stat

import pytest

import support
from numbers_of import real_numbers, said_numbers

SOURCE = """\
#define ALIASED __attribute__((may_alias))
struct ALIASED conn { int fd; unsigned ready : 1; long bytes; };
union ALIASED value { char c; double d; };
typedef struct ALIASED { short s[3]; } session_t;
typedef struct conn conn_t;
typedef int vector[4];
struct later;
struct ALIASED empty { };
struct ALIASED flexible { int n; char data[]; };
typedef struct { char c[5]; } ALIASED odd_t __attribute__((aligned(4)));
typedef float four __attribute__((vector_size(16)));
"""
NO_WARNINGS = 'for w; do [ "$w" = -fsyntax-only ] && { echo "no such flag" >&2; exit 1; }; done\n'
NO_ASSEMBLY = NO_WARNINGS + 'for w; do [ "$w" = -S ] && { echo "no assembly here" >&2; exit 1; }; done\n'
ONLY_ASSEMBLY = f'#!/bin/sh\necho "$@" >>ways\n{NO_WARNINGS}exec gcc "$@"\n'
ONLY_OBJECTS = f'#!/bin/sh\necho "$@" >>ways\n{NO_ASSEMBLY}exec gcc "$@"\n'


@pytest.fixture
def place(tmp_path):
    (tmp_path / "conn.c").write_text(SOURCE)
    return tmp_path


def script(place, text, name="mycc"):
    (place / name).write_text(text)
    (place / name).chmod(0o755)
    return f"./{name}"


def emit(place, *arguments, error="", **options):
    done = support.gen("emit", "--from", "cc", *arguments, cwd=place, **options)
    assert done.status == 0 and done.err == error, done
    return done.out


def refused(place, expected, *arguments, **options):
    """Exactly these words, status 2, and the old output is left alone; a pattern where it starts with '^'."""
    (place / "o.h").write_text("old\n")
    done = support.gen("emit", "--from", "cc", "-o", "o.h", *arguments, cwd=place, **options)
    assert (done.status, done.out) == (2, "") and (place / "o.h").read_text() == "old\n", done
    assert re.fullmatch(expected[1:], done.err) if expected.startswith("^") else done.err == expected, done


# ---- what it knows ----


def test_banner_says_who_was_asked(place):
    text = emit(place, "-t", "struct conn", "--cc", "gcc", "conn.c")
    assert " *   gen-opaque emit -t 'struct conn' --from cc conn.c\n" in text
    assert ", as its compiler alone says.\n" in text


@pytest.mark.parametrize("type_name, base, pointee", [
    ("struct conn", "CONN", "struct conn"), ("union value", "VALUE", "union value"), ("session_t", "SESSION_T", "void"),
    ("conn_t", "CONN_T", "void"), ("vector", "VECTOR", "void"), ("four", "FOUR", "void")])
@pytest.mark.parametrize("compiler", ["gcc", ONLY_OBJECTS])
def test_kinds_of_types(compiler, type_name, base, pointee, place):
    text = emit(place, "-t", type_name, "--cc", "gcc" if compiler == "gcc" else script(place, compiler), "conn.c")
    assert said_numbers(text, base) == real_numbers(["gcc"], place, "conn.c", type_name)
    assert f"static inline {pointee} *to_{base.lower()}(" in text


def test_a_header_of_its_making_compiles(place):
    emit(place, "-t", "struct conn", "--offset", "bytes", "-t", "union value", "-t", "session_t", "-o", "o.h", "conn.c")
    (place / "user.c").write_text('#include "conn.c"\n#include "o.h"\nCONN_OPAQUE_CHECK();\nVALUE_OPAQUE_CHECK();\n'
                                  "SESSION_T_OPAQUE_CHECK();\nstruct conn_opaque c;\nlong *f(void) { return &to_conn(&c)->bytes; }\n")
    support.must("gcc", "-Wall", "-Wextra", "-Werror", "-c", "-o", "user.o", "user.c", cwd=place)
    assert "#define CONN_OFFSETOF_BYTES 8\n#define CONN_SIZEOF_BYTES 8\n" in (place / "o.h").read_text()


def test_one_run_of_the_compiler_for_everything(place):
    cc = script(place, '#!/bin/sh\necho run >>runs\nexec gcc "$@"\n')
    emit(place, "-t", "struct conn", "--offset", "fd", "-t", "union value", "-t", "session_t", "-o", "o.h", "--cc", cc, "conn.c")
    assert (place / "runs").read_text() == "run\n"


def test_libclang_is_not_asked(place):
    """What only gcc understands."""
    (place / "conn.c").write_text("struct __attribute__((may_alias)) conn { _Decimal64 d; _Float128x_t *p; };\n"
                                  .replace("_Float128x_t *p", "char c"))
    both = support.gen("emit", "-t", "struct conn", "--from", "clang", "--cc", "gcc", "conn.c", cwd=place)
    assert both.status == 2, "libclang understands _Decimal64 now: find another type"
    assert said_numbers(emit(place, "-t", "struct conn", "--cc", "gcc", "conn.c"), "CONN") == (16, 8)


def test_private_members_and_classes_of_cxx(place):
    support.need("g++")
    (place / "conn.cpp").write_text("class base { int n; };\nstruct __attribute__((may_alias)) conn : base { conn(int); virtual ~conn();"
                                    " private: long bytes; };\n")
    text = emit(place, "-t", "struct conn", "--offset", "bytes", "--cc", "g++", "conn.cpp")
    assert said_numbers(text, "CONN") == (24, 8) and "#define CONN_OFFSETOF_BYTES 16\n" in text


def test_macros_of_the_source_do_no_harm(place):
    (place / "conn.c").write_text(SOURCE + "#define conn connection\n#define bytes b.ytes\n#define session_t int\n#pragma pack(1)\n")
    text = emit(place, "-t", "struct conn", "--offset", "bytes", "-t", "session_t", "conn.c")
    assert said_numbers(text, "CONN") == (16, 8) and said_numbers(text, "SESSION_T") == (6, 2)


def test_two_bases_of_one_type(place):
    text = emit(place, "-t", "struct conn=a", "--offset", "fd", "-t", "session_t", "-t", "struct conn=b", "--offset", "bytes", "conn.c")
    assert "#define A_OFFSETOF_FD 0\n" in text and "#define B_OFFSETOF_BYTES 8\n" in text


def test_check_asks_the_same_reader(place):
    (place / ".git").write_text("")
    emit(place, "-t", "struct conn", "--offset", "bytes", "-o", "conn_opaque.h", "conn.c")
    assert support.gen("check", "conn_opaque.h", cwd=place).status == 0
    (place / "conn.c").write_text(SOURCE.replace("long bytes", "_Decimal64 d; long bytes"))
    done = support.gen("check", "conn_opaque.h", cwd=place)
    assert done.status == 1 and "struct conn: size 24, header says 16\n" in done.err, done


def test_flags_of_a_database(place):
    (place / "conn.c").write_text("struct conn { char c[N]; };\n")
    (place / "build").mkdir()
    (place / "build/compile_commands.json").write_text(json.dumps([{
        "directory": str(place), "file": "conn.c",
        "arguments": ["gcc", "-DN=7", "-w", "-fno-strict-aliasing", "-flto", "-Werror", "-c", "conn.c"]}]))
    assert said_numbers(emit(place, "-t", "struct conn", "-p", "build", "conn.c"), "CONN") == (7, 1)


def test_depfile(tmp_path):
    place = tmp_path / "a b#c$d"
    support.write(place, {"conn.c": '#include "inc/size.h"\n#include <stddef.h>\n' + SOURCE, "inc/size.h": ""})
    emit(place, "-t", "struct conn", "-o", "o.h", "--depfile", "o.d", "conn.c")
    targets, needed = support.depfile(place / "o.d")
    real = str(place.resolve())
    assert targets == ["o.h"] and {f"{real}/conn.c", f"{real}/inc/size.h"} <= set(needed)
    assert all(os.path.exists(path) and "/gen-opaque." not in path for path in needed), needed


def test_depfile_that_the_compiler_does_not_write(place):
    cc = script(place, '#!/bin/sh\nfor w; do shift; case $w in -MD|-MF|*.d) ;; *) set -- "$@" "$w";; esac; done\nexec gcc "$@"\n')
    emit(place, "-t", "struct conn", "--cc", cc, "conn.c")
    refused(place, "gen-opaque: error: the compiler './mycc' does not say which files it read, which --depfile needs\n",
            "-t", "struct conn", "--cc", cc, "--depfile", "o.d", "conn.c")


# ---- strict aliasing ----

UNALIASED = "struct conn { int fd; };\ntypedef union { int n; } value_t;\ntypedef int number;\n"
WARNING = ("gen-opaque: warning: {0} lacks may_alias and the flags lack -fno-strict-aliasing: copies of a struct {1}_opaque, or of what "
           "holds one, may go wrong\ngen-opaque: note: compile the owner with -fno-strict-aliasing, or define the type as '{2} {3}_PRIVATE"
           "{4} {{ ... }};' (the header defines {3}_PRIVATE)\n")


def test_aliasing_where_gcc_tells(place):
    (place / "conn.c").write_text(UNALIASED)
    emit(place, "-t", "struct conn", "--cc", "gcc", "conn.c", error=WARNING.format("struct conn", "conn", "struct", "CONN", " conn"))
    emit(place, "-t", "value_t", "--cc", "gcc", "conn.c", error=WARNING.format("value_t", "value_t", "union", "VALUE_T", ""))
    emit(place, "-t", "number", "--cc", "gcc", "conn.c")
    emit(place, "-t", "struct conn", "--cc", "gcc", "conn.c", "--", "-fno-strict-aliasing")
    done = support.gen("emit", "--from", "cc", "-t", "struct conn", "--cc", "gcc", "conn.c", "--", "-flto", cwd=place)
    assert done.status == 2 and done.err.startswith("gen-opaque: error: struct conn lacks may_alias "), done


def test_aliasing_where_the_compiler_does_not_tell(place):
    support.need("clang-14")
    (place / "conn.c").write_text(UNALIASED)
    emit(place, "-t", "struct conn", "--cc", "clang-14", "conn.c")


# ---- what it refuses ----

SAID = "gen-opaque: note: it said: "


@pytest.mark.parametrize("type_name", ["struct nowhere", "nowhere_t", "struct later", "union conn"])
def test_types_without_a_size(type_name, place):
    refused(place, rf"^gen-opaque: error: the compiler has no size for '{type_name}'\n{SAID}.*\n", "-t", "session_t", "-t", type_name,
            "--offset", "x", "--cc", "gcc", "conn.c")


@pytest.mark.parametrize("compiler", ["gcc", "clang-14"])
def test_fields_without_an_offset(compiler, place):
    support.need(compiler)
    refused(place, rf"^gen-opaque: error: the compiler has no offset for 'nope' of struct conn\n{SAID}.*no member named 'nope'.*\n",
            "-t", "struct conn", "--offset", "nope", "--cc", compiler, "conn.c")
    refused(place, rf"^gen-opaque: error: 'ready' of struct conn is a bit-field: it has no offset in bytes\n{SAID}.*bit-field.*\n",
            "-t", "struct conn", "--offset", "ready", "--cc", compiler, "conn.c")


@pytest.mark.parametrize("compiler", ["gcc", "clang-14"])
def test_types_that_cannot_be_held(compiler, place):
    support.need(compiler)
    refused(place, "gen-opaque: error: 'struct empty' is empty: there is nothing to hold\n", "-t", "struct empty", "--cc", compiler, "conn.c")
    refused(place, "gen-opaque: error: 'struct flexible' ends with a flexible array member, whose size is not known\n"
            "gen-opaque: note: a shadow has one size: --flex FIELD=N makes room for N elements\n",
            "-t", "struct flexible", "--cc", compiler, "conn.c", "--", "-w")


@pytest.mark.parametrize("reader", [["--from", "cc"], [], ["--no-confirm"]], ids=["compiler alone", "confirmed", "unconfirmed"])
def test_size_that_is_no_multiple_of_the_alignment(reader, place):
    done = support.gen("emit", *reader, "-t", "odd_t", "--cc", "gcc", "conn.c", cwd=place)
    assert done.status == 2 and "error: the size of 'odd_t' (5) is not a multiple of its alignment (4)\n" in done.err, done


def test_errors_of_the_source_are_at_their_place(place):
    (place / "conn.c").write_text("struct conn { missing_t fd; };\n")
    refused(place, "conn.c:1:15: error: unknown type name 'missing_t'\ngen-opaque: error: the compiler 'gcc' does not accept the source\n",
            "-t", "struct conn", "--offset", "fd", "--cc", "gcc", "conn.c")


@pytest.mark.parametrize("arguments, expected", [
    (("--target", "x86_64-linux-gnu"), "--target is for libclang, which --from cc does not ask\n"),
    (("--no-confirm",), "--no-confirm is for libclang, which --from cc does not ask\n"),
    (("--expose", "fd"), "the type of 'fd' cannot be spelled for --expose: a compiler says sizes and offsets only\n"
     "gen-opaque: note: libclang can, as can object files with DWARF; --offset needs neither\n")])
def test_options_that_are_for_others(arguments, expected, place):
    refused(place, "gen-opaque: error: " + expected, "-t", "struct conn", *arguments, "conn.c")


@pytest.mark.parametrize("command", [("list",), ("layout", "-t", "struct conn")])
def test_a_compiler_cannot_list(command, place):
    done = support.gen(*command, "--from", "cc", "conn.c", cwd=place)
    assert (done.status, done.out) == (2, "")
    assert done.err == "gen-opaque: error: --from cc is for emit only: a compiler knows no more types and fields than it is asked for\n"


# ---- compilers that do not do as they are told ----

BROKEN = {
    "missing": (None, "gen-opaque: error: the compiler './mycc' cannot be run\ngen-opaque: note: name another with --cc\n"
                "gen-opaque: note: it said: ./mycc: No such file or directory\n"),
    "dies": ("kill -SEGV $$", "gen-opaque: error: the compiler './mycc' was killed by signal 11 (Segmentation fault)\n"),
    "fails silently": ("exit 3", "gen-opaque: error: the compiler './mycc' does not accept the source\n"),
    "fails loudly": ("echo internal trouble >&2; exit 4", "gen-opaque: error: the compiler './mycc' does not accept the source\n"
                     "gen-opaque: note: it said: internal trouble\n"),
    "writes nothing": ("exit 0", "gen-opaque: error: the compiler './mycc' wrote no assembly\n"),
    "writes garbage": ("while [ $1 != -o ]; do shift; done; echo garbage >$2",
                       "gen-opaque: error: the compiler's assembly has not the numbers that it was asked for\n"),
    "loses a number": ('gcc "$@" && while [ $1 != -o ]; do shift; done; sed -i /align/d $2',
                       "gen-opaque: error: the compiler's assembly has not the numbers that it was asked for\n"),
    "changes a number": ('gcc "$@" && while [ $1 != -o ]; do shift; done; sed -i -E "s/=([#$]?)16 /=\\117 /; s/0016 16/0017 16/" $2',
                         "gen-opaque: error: the compiler's assembly has not the numbers that it was asked for\n"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_compilers(case, place):
    text, expected = BROKEN[case]
    if text:
        script(place, f"#!/bin/sh\n{text}\n")
    refused(place, expected, "-t", "struct conn", "--cc", "./mycc", "conn.c")


# ---- the second way ----


def ways(place):
    """How the compiler was asked each time."""
    known = ("-fsyntax-only", "-S", "-c")
    return [next(flag for flag in known if f" {flag} " in line) for line in (place / "ways").read_text().splitlines() if not line.startswith("-v ")]


@pytest.mark.parametrize("text, expected", [(ONLY_ASSEMBLY, ["-fsyntax-only", "-S"]), (ONLY_OBJECTS, ["-fsyntax-only", "-S", "-c"])])
def test_without_one_way_the_next_will_do(text, expected, place):
    cc = script(place, text)
    arguments = ("-t", "struct conn", "--offset", "bytes", "-t", "session_t", "conn.c")
    assert emit(place, "--cc", cc, *arguments) == emit(place, "--cc", "gcc", *arguments)
    assert ways(place) == expected


def test_gcc_that_warns_without_numbers(place):
    """As gcc did up to 7: it has to write assembly."""
    cc = script(place, '#!/bin/sh\necho "$@" >>ways\ngcc "$@" 2>said\nstatus=$?\n'
                "sed 's/conversion from.*/large integer implicitly truncated to unsigned type [-Woverflow]/' said >&2\nexit $status\n")
    text = emit(place, "-t", "struct conn", "--offset", "bytes", "--cc", cc, "conn.c")
    assert said_numbers(text, "CONN") == (16, 8) and "#define CONN_OFFSETOF_BYTES 8\n" in text
    assert ways(place) == ["-fsyntax-only", "-S"]


def test_no_code_is_made_at_the_level_of_the_flags(place):
    """But macros tell of the level as before."""
    (place / "conn.c").write_text("struct __attribute__((may_alias)) conn { char c[1\n#ifdef __OPTIMIZE__\n+ 1\n#endif\n"
                                  "#ifdef __OPTIMIZE_SIZE__\n+ 2\n#endif\n#ifdef __NO_INLINE__\n+ 4\n#endif\n]; };\n")
    cc = script(place, ONLY_ASSEMBLY)
    for level, size in (("-O2", 2), ("-Os", 4), ("-O0", 5), ("-O", 2)):
        text = emit(place, "-t", "struct conn", "--cc", cc, "conn.c", "--", level)
        assert said_numbers(text, "CONN") == (size, 1) == said_numbers(
            emit(place, "-t", "struct conn", "--cc", "gcc", "conn.c", "--", level), "CONN"), level
    slow = [line for line in (place / "ways").read_text().splitlines() if " -S " in line]
    assert len(slow) == 4 and all(line.rindex(" -O0") >= max(line.rfind(" -O2"), line.rfind(" -Os")) for line in slow), slow


@pytest.mark.parametrize("flags", [["-w"], ["-Wno-overflow", "-Wno-attributes"], ["-Wno-constant-conversion", "-Wno-everything"], ["-Wfatal-errors"]])
@pytest.mark.parametrize("compiler", ["gcc", "clang", "g++", "clang++"])
def test_flags_that_turn_warnings_off(compiler, flags, place):
    """One run is enough all the same."""
    support.need(compiler)
    cc = script(place, f'#!/bin/sh\necho "$@" >>ways\nexec {compiler} "$@"\n', "my" + compiler)
    text = emit(place, "-t", "struct conn", "--offset", "bytes", "--cc", cc, "conn.c", "--", *flags)
    assert said_numbers(text, "CONN") == (16, 8) and "#define CONN_OFFSETOF_BYTES 8\n" in text
    assert ways(place) == ["-fsyntax-only"]


def test_many_numbers_of_clang(place):
    """It gives up after 20 errors; warnings have no such limit."""
    support.need("clang")
    members = [f"m{i}" for i in range(100)]
    (place / "conn.c").write_text("struct __attribute__((may_alias)) conn { " + "".join(f"int {m}; " for m in members) + "};\n")
    cc = script(place, '#!/bin/sh\necho "$@" >>ways\nexec clang "$@"\n')
    text = emit(place, "-t", "struct conn", *(word for m in members for word in ("--offset", m)), "--cc", cc, "conn.c")
    assert [int(n) for n in re.findall(r"_OFFSETOF_M\d+ (\d+)", text)][:100] == [4 * i for i in range(100)]
    assert ways(place) == ["-fsyntax-only"]


def test_the_first_failure_is_told_when_all_fail(place):
    cc = script(place, f'#!/bin/sh\n{NO_ASSEMBLY}echo "nor this" >&2; exit 1\n')
    refused(place, "gen-opaque: error: the compiler './mycc' does not accept the source\ngen-opaque: note: it said: no assembly here\n",
            "-t", "struct conn", "--cc", cc, "conn.c")


def test_a_broken_source_is_compiled_once(place):
    (place / "conn.c").write_text("struct conn { missing_t fd; };\n")
    cc = script(place, '#!/bin/sh\necho run >>runs\nexec gcc "$@"\n')
    done = support.gen("emit", "--from", "cc", "-t", "struct conn", "--cc", cc, "conn.c", cwd=place)
    assert done.status == 2 and (place / "runs").read_text() == "run\n", done


def test_self_including_source_without_assembly(place):
    cc = script(place, ONLY_OBJECTS)
    support.write(place, {"conn.c": '#include <made/conn_opaque.h>\nstruct CONN_PRIVATE conn { long a, b; };\nCONN_OPAQUE_CHECK();\n',
                          "made/keep": ""})
    emit(place, "-t", "struct conn", "-o", "made/conn_opaque.h", "--cc", cc, "conn.c")
    assert said_numbers((place / "made/conn_opaque.h").read_text(), "CONN") == (16, 8)


def test_tcc(place):
    """No gcc asm, no -S, no -idirafter, no columns in its errors."""
    support.need("tcc")
    (place / "conn.c").write_text("#include <stdio.h>\nstruct conn { char c; FILE *f; short s[3]; };\nstruct later;\n")
    text = emit(place, "-t", "struct conn", "--offset", "s", "--cc", "tcc", "conn.c")
    assert said_numbers(text, "CONN") == (24, 8) and "#define CONN_OFFSETOF_S 16\n#define CONN_SIZEOF_S 6\n" in text
    emit(place, "-t", "struct conn", "-o", "o.h", "--depfile", "o.d", "--cc", "tcc", "conn.c")
    assert "/conn.c\n" in (place / "o.d").read_text()
    refused(place, rf"^gen-opaque: error: the compiler has no size for 'struct later'\n{SAID}.*incomplete type.*\n",
            "-t", "struct later", "--cc", "tcc", "conn.c")
    done = support.gen("emit", "-t", "struct conn", "--cc", "tcc", "conn.c", cwd=place)
    assert done.status == 2 and done.err.startswith("gen-opaque: error: the compiler 'tcc' does not say what its target is\n"
                                                    "gen-opaque: note: libclang cannot be like it; --from cc asks it alone\n"), done


def test_leaves_nothing_behind(place):
    (place / "tmp").mkdir()
    emit(place, "-t", "struct conn", "conn.c", env={"TMPDIR": str(place / "tmp")})
    assert list((place / "tmp").iterdir()) == []
    assert stat.S_ISDIR((place / "tmp").stat().st_mode)


# ---- where libclang is known to be wrong ----

DIFFER = {  # compiler, definitions before, members, attributes behind
    "alignment of m68k": ("m68k-linux-gnu-gcc", "", "char c; int i;", ""),
    "packed bit-fields of MinGW": ("x86_64-w64-mingw32-gcc", "", "char a : 3; int b : 5;", "__attribute__((packed))"),
    "bit-fields in a union of MinGW": ("x86_64-w64-mingw32-gcc", "", "union { char a : 3; int b : 17; } u; char c;", ""),
    "_Atomic of odd size": ("gcc", "struct three { char c[3]; };", "char c; _Atomic struct three t;", ""),
    "bit-field of an aligned typedef": ("gcc", "typedef int T16 __attribute__((aligned(16)));", "char c; T16 a : 3;", ""),
}


@pytest.mark.parametrize("case", DIFFER)
def test_the_compiler_wins(case, place):
    """Its header passes the check when it compiles the owner; libclang's does not."""
    compiler, before, members, behind = DIFFER[case]
    support.need(compiler)
    (place / "conn.c").write_text(f"{before}\nstruct __attribute__((may_alias)) conn {{ {members} }} {behind};\n")
    (place / "owner.c").write_text('#include "conn.c"\n#include "o.h"\nCONN_OPAQUE_CHECK();\n')
    confirmed = support.gen("emit", "-t", "struct conn", "--cc", compiler, "-o", "o.h", "conn.c", cwd=place)
    right = said_numbers((place / "o.h").read_text(), "CONN")
    assert confirmed.status == 0 and re.match(rf"conn\.c:2(:\d+)?: warning: struct conn: libclang says size \d+, alignment \d+; the compiler "
                                              rf"says {right[0]}, {right[1]}, and is right\n", confirmed.err), confirmed
    support.must(compiler, "-c", "-o", "owner.o", "owner.c", cwd=place)
    assert said_numbers(emit(place, "-t", "struct conn", "--cc", compiler, "conn.c"), "CONN") == right
    support.gen("emit", "-t", "struct conn", "--cc", compiler, "--no-confirm", "-o", "o.h", "conn.c", cwd=place)
    assert support.run(compiler, "-c", "-o", "owner.o", "owner.c", cwd=place).status != 0, "libclang is right here now"


@pytest.mark.parametrize("case", [case for case in BROKEN if case != "missing"])
def test_broken_compilers_cannot_confirm(case, place):
    """It says what it is, and then fails as above; without assembly, an object confirms as well."""
    text, expected = BROKEN[case]
    asks = 'case " $* " in *" -v "*) exec gcc "$@";; esac\n'
    script(place, f"#!/bin/sh\n{asks}{text}\n")
    (place / "o.h").write_text("old\n")
    done = support.gen("emit", "-t", "struct conn", "-o", "o.h", "--cc", "./mycc", "conn.c", cwd=place)
    assert (done.status, done.err) == (2, expected) and (place / "o.h").read_text() == "old\n", done


def test_a_compiler_that_says_nothing_confirms_nothing(place):
    """Its silence is no proof: it is asked for numbers, which it then has to write."""
    cc = script(place, '#!/bin/sh\ncase " $* " in *" -v "*) exec gcc "$@";; *" -fsyntax-only "*) echo "$@" >>ways; exit 0;; esac\n'
                'echo "$@" >>ways\nexec gcc "$@"\n')
    done = support.gen("emit", "-t", "struct conn", "--cc", cc, "conn.c", cwd=place)
    assert done.status == 0 and ways(place) == ["-fsyntax-only", "-fsyntax-only", "-S"], done


def test_confirming_is_one_run(place):
    cc = script(place, '#!/bin/sh\necho "$@" >>ways\nexec gcc "$@"\n')
    done = support.gen("emit", "-t", "struct conn", "-t", "session_t", "--cc", cc, "conn.c", "--", "-O2", cwd=place)
    assert done.status == 0 and ways(place) == ["-fsyntax-only"], done


def test_may_alias_is_confirmed(place):
    """A shadow that only the compiler sees as such: its attribute hides behind a macro of libclang's."""
    (place / "conn.c").write_text("#ifdef __clang__\n#define ALIASED\n#else\n#define ALIASED __attribute__((may_alias))\n#endif\n"
                                  "struct ALIASED conn { int fd; };\n")
    done = support.gen("emit", "-t", "struct conn", "--cc", "gcc", "conn.c", cwd=place)
    assert (done.status, done.err) == (0, ""), done
    (place / "conn.c").write_text((place / "conn.c").read_text().replace("ifdef", "ifndef"))
    done = support.gen("emit", "-t", "struct conn", "--cc", "gcc", "conn.c", cwd=place)
    assert done.status == 0 and "lacks may_alias" in done.err, done


def test_an_object_confirms_as_well(place):
    cc = script(place, ONLY_OBJECTS)
    text = support.gen("emit", "-t", "struct conn", "--cc", cc, "conn.c", cwd=place).out
    assert text == support.gen("emit", "-t", "struct conn", "--cc", "gcc", "conn.c", cwd=place).out and "confirmed by the compiler" in text
