# SPDX-License-Identifier: MIT
"""Headers that a library installs: a public half of numbers and room, a private one, names of their own, and floors."""
import pytest

import project
import support
from support.compilers import COMPILERS, UNKNOWN_TO_CLANG

SOURCE = """\
#include "sum_private.h"

struct SUM_PRIVATE sum {
	char last;
	long words[3];
	_Bool done;
};
SUM_OPAQUE_CHECK();

void sum_add(struct sum_state *state, char c);
void sum_add(struct sum_state *state, char c)
{
	to_sum(state)->last = c;
}
"""
PUBLIC = """\
/* SPDX-License-Identifier: CC0-1.0 */
/* Made by gen-opaque: a public half. Do not edit. */
#ifndef SUM_H
#define SUM_H
#define SUM_STATE_SIZE 64
#define SUM_STATE_ALIGN 16
#ifdef _MSC_VER
struct __declspec(align(SUM_STATE_ALIGN)) sum_state {
#else
struct __attribute__((__aligned__(SUM_STATE_ALIGN), __may_alias__)) sum_state {
#endif
	unsigned char sum_state_opaque[SUM_STATE_SIZE];
};
typedef struct sum_state sum_state;
#endif
"""
TYPE = ("-t", "struct sum", "--shadow", "sum_state")
FLOORS = ("--align", "16", "--reserve", "64")
FILES = ("--private", "lib/sum_private.h", "-o", "include/sum.h", "--root", ".", "lib/sum.c")
CHECK = ("lib/sum_private.h", "--root", ".")


@pytest.fixture
def place(tmp_path):
    support.write(tmp_path, {"lib/sum.c": SOURCE, "include/.keep": ""})
    return tmp_path


def emit(place, *options, files=FILES):
    done = support.gen("emit", *(options or TYPE + FLOORS), *files, cwd=place)
    assert (done.status, done.out, done.err) == (0, "", ""), done
    return (place / "include/sum.h").read_text(), (place / "lib/sum_private.h").read_text()


def compiles(place, *command):
    done = support.run(*command, "-Werror", cwd=place)
    assert (done.status, done.err) == (0, ""), done


# ---- the two halves ----


def test_the_public_half_is_numbers_and_room(place):
    public, private = emit(place)
    assert public == PUBLIC and len(public.splitlines()) <= 15
    assert "gen-opaque emit -t 'struct sum' --shadow sum_state --align 16 --reserve 64 --private lib/sum_private.h -o include/sum.h" \
        " lib/sum.c\n" in private
    assert '#include "../include/sum.h"\n' in private
    for compiler in ("gcc", "clang"):
        compiles(place, support.need(compiler), "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wcast-align", "-c", "lib/sum.c",
                 "-o", "sum.o")


def test_halves_may_be_far_from_each_other(tmp_path):
    """Neither is there yet: every reader finds them by a path that leads through each of these folders."""
    support.write(tmp_path, {"a/b/c/d/e/sum.c": SOURCE, "include/.keep": ""})
    done = support.gen("emit", *TYPE, "--private", "a/b/c/d/e/sum_private.h", "-o", "include/sum.h", "a/b/c/d/e/sum.c", cwd=tmp_path)
    assert (done.status, done.err) == (0, ""), done
    assert '#include "../../../../../include/sum.h"' in (tmp_path / "a/b/c/d/e/sum_private.h").read_text()
    compiles(tmp_path, support.need("gcc"), "-c", "a/b/c/d/e/sum.c", "-o", "sum.o")


def test_flags_do_not_show_in_the_public_half(place):
    emit(place)
    emit(place, *TYPE, *FLOORS, files=(*FILES, "--", "-O2", "-DOTHER=1"))
    assert (place / "include/sum.h").read_text() == PUBLIC


USER = """\
#define opaque 1
#define shadow 2
#define aligned 3
#define may_alias 4
#define last 5
struct sum_state;
void forward(struct sum_state *state);
#include "sum.h"
extern sum_state one;
sum_state one;
void user(void);
void user(void) { sum_state two; forward(&two); forward(&one); }
"""
CLANG = ("-Weverything", "-Wno-padded", "-Wno-unused-macros")
USERS = [("gcc", "u.c", "-std=c89", "-pedantic", "-Wall", "-Wextra"), ("gcc", "u.c", "-O2", "-Wall", "-Wstrict-aliasing=1"),
         ("gcc", "u.c", "-std=c11", "-pedantic", "-Wc++-compat", "-Wall"), ("g++", "u.cpp", "-std=c++98", "-pedantic", "-Wall", "-Wold-style-cast"),
         ("g++", "u.cpp", "-std=c++20", "-pedantic", "-Wall", "-Wextra", "-Wold-style-cast"), ("clang", "u.c", "-std=c89", *CLANG),
         ("clang", "u.c", "-std=c11", *CLANG), ("clang++", "u.cpp", "-std=c++98", *CLANG),
         ("clang", "u.c", "--target=x86_64-pc-windows-msvc", "-std=c11", "-Wall", "-Wextra", "-pedantic"),
         ("clang", "u.c", "--target=i686-pc-windows-msvc", "-fms-extensions", "-Wall")]


@pytest.mark.parametrize("row", USERS, ids=" ".join)
def test_no_user_is_warned(place, row):
    compiler, source, *flags = row
    emit(place)
    (place / source).write_text(USER)
    compiles(place, support.need(compiler), *flags, "-Iinclude", "-c", source, "-o", "u.o")


def test_exposed_fields_are_clean_in_c89(place):
    emit(place, *TYPE, *FLOORS, "--expose", "last", "--expose", "done")
    public = (place / "include/sum.h").read_text()
    assert "\tchar last;\n\tunsigned char sum_state_opaque_0[31];\n\tSUM_STATE_OPAQUE_BOOL done;\n" in public
    (place / "u.c").write_text('#include "sum.h"\nextern char *user(sum_state *state);\nchar *user(sum_state *state) { return &state->last; }\n')
    compiles(place, support.need("gcc"), "-std=c89", "-pedantic", "-Wall", "-Iinclude", "-c", "u.c", "-o", "u.o")
    compiles(place, support.need("gcc"), "-Wall", "-c", "lib/sum.c", "-o", "sum.o")


INIT = """\
#include "sum.h"
extern sum_state one, two;
sum_state one = SUM_STATE_OPAQUE_INIT(.last = 'x');
sum_state two = SUM_STATE_OPAQUE_INIT(.last = 'y', .done = 1);
int main(void)
{
	static sum_state three = SUM_STATE_OPAQUE_INIT(.done = 1);
	sum_state four = SUM_STATE_OPAQUE_INIT(.last = 'z');

	return !(one.last == 'x' && !one.done && two.last == 'y' && two.done && !three.last && three.done && four.last == 'z' && !four.done &&
		 !four.sum_state_opaque_0[30] && !four.sum_state_opaque_1[0]);
}
"""
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wmissing-field-initializers", "-Wmissing-braces", "-Wstrict-aliasing=1", "-O2")


@pytest.mark.parametrize("words", ["gcc -std=c99", "gcc -std=c17", "clang -std=c99", "clang -std=c11", "g++ -std=c++11 -Wold-style-cast",
                                   "g++ -std=c++20 -Wold-style-cast", "clang++ -std=c++11", "clang++ -std=c++20"])
@pytest.mark.parametrize("half", [True, False])
def test_initialisers_name_exposed_fields(words, half, place):
    options = (*TYPE, *FLOORS, "--expose", "done", "--expose", "last")
    if half:
        emit(place, *options)
    else:
        project.edit(place, "lib/sum.c", "sum_private.h", "../include/sum.h")
        support.must(support.tool(), "emit", *options[:3], "sum_state.sum_state_opaque", *options[4:], "-o", "include/sum.h", "lib/sum.c", cwd=place)
    compiler, *flags = words.split()
    source = "u.cpp" if "++" in compiler else "u.c"
    (place / source).write_text(INIT if half else INIT.replace("SUM_STATE_", "SUM_"))
    compiles(place, support.need(compiler), *flags, *WARNINGS, "-Iinclude", source, "-o", "u")
    support.must("./u", cwd=place)


# ---- names ----


def test_a_public_name_keeps_its_mangling(place):
    emit(place)
    (place / "u.cpp").write_text('struct sum_state;\nvoid taken(sum_state *state);\n#include "sum.h"\nvoid taken(sum_state *) { }\n')
    compiles(place, support.need("g++"), "-std=c++98", "-Iinclude", "-c", "u.cpp", "-o", "u.o")
    assert " T _Z5takenP9sum_state\n" in support.must("nm", "u.o", cwd=place).out


@pytest.mark.parametrize("name, body, after", [
    ("struct room", "struct __attribute__((__aligned__(SUM_STATE_ALIGN), __may_alias__)) room {\n#endif\n\tunsigned char room_opaque[", ""),
    ("union room", " room {\n#endif\n\tunsigned char room_opaque[ROOM_SIZE];\n};\n#endif\n", ""),
    ("room.bytes", " room {\n#endif\n\tunsigned char bytes[ROOM_SIZE];\n};\ntypedef struct room room;\n", " --shadow room.bytes "),
])
def test_tag_typedef_and_member(place, name, body, after):
    support.write(place, {"lib/sum.c": SOURCE.replace("struct sum_state", name.split(".")[0])})
    public, private = emit(place, "-t", "struct sum", "--shadow", name)
    assert body.replace("SUM_STATE", "ROOM") in public and after in private
    compiles(place, support.need("gcc"), "-Wall", "-c", "lib/sum.c", "-o", "sum.o")
    project.check(place, 0, "", *CHECK)


def test_a_header_in_one_piece_has_the_name_too(place):
    support.write(place, {"lib/sum.c": SOURCE.replace("sum_private.h", "sum_all.h")})
    support.must(support.tool(), "emit", *TYPE, "-o", "lib/sum_all.h", "lib/sum.c", cwd=place)
    text = (place / "lib/sum_all.h").read_text()
    assert "struct sum_state {\n\tSUM_OPAQUE_ALIGNAS unsigned char opaque[SUM_SIZE];\n}" in text and "typedef struct sum_state sum_state;\n" in text
    compiles(place, support.need("gcc"), "-Wall", "-Wextra", "-c", "lib/sum.c", "-o", "sum.o")


def test_a_base_name_is_that_of_both_halves(place):
    support.write(place, {"lib/sum.c": SOURCE.replace("SUM_", "ADD_").replace("to_sum", "to_add")})
    public, private = emit(place, "-t", "struct sum=add", "--shadow", "sum_state")
    assert "#define ADD_SIZE 40\n" in public and "ADD_OPAQUE_CHECK" in private and "SUM_STATE" not in public + private
    compiles(place, support.need("gcc"), "-Wall", "-c", "lib/sum.c", "-o", "sum.o")


def test_a_c_library_may_use_its_names(place):
    support.write(place, {"lib/sum.c": SOURCE.replace("struct sum_state", "struct __sum")})
    public, private = emit(place, "-t", "struct sum", "--shadow", "struct __sum.__size", "--libc")
    assert " __sum {\n#endif\n\tunsigned char __size[__SUM_SIZE];\n" in public and " --libc " in private


# ---- floors ----


def test_alignment_alone_rounds_the_size(place):
    public, _ = emit(place, *TYPE, "--align", "64")
    assert "#define SUM_STATE_SIZE 64\n#define SUM_STATE_ALIGN 64\n" in public
    compiles(place, support.need("gcc"), "-c", "lib/sum.c", "-o", "sum.o")
    project.edit(place, "lib/sum.c", "words[3]", "words[9]")
    done = support.run("gcc", "-c", "lib/sum.c", "-o", "sum.o", cwd=place)
    assert "struct sum: its size is above the SUM_SIZE of sum.h; generate it again" in done.err, done
    project.check(place, 1, "include/sum.h:5:1: error: struct sum: size 128, header says 64\n"
                            "lib/sum.c:3:20: note: this is the type now\n", *CHECK)


def test_a_type_may_grow_to_its_floors(place):
    emit(place)
    project.edit(place, "lib/sum.c", "words[3]", "words[6]")
    compiles(place, support.need("gcc"), "-c", "lib/sum.c", "-o", "sum.o")
    project.check(place, 0, "", *CHECK)
    project.edit(place, "lib/sum.c", "words[6]", "words[7]")
    project.check(place, 2, "lib/sum.c:3:20: error: struct sum has outgrown its reserve: it takes 72 bytes, and --reserve keeps 64\n"
                            "gen-opaque: note: a larger reserve is a new layout: all holders must be built again\n"
                            "lib/sum_private.h:4:1: note: this header cannot be made again\n", *CHECK)


@pytest.mark.parametrize("name", COMPILERS)
def test_one_header_serves_every_compiler(place, name):
    cc = COMPILERS[name]
    support.need(cc[0])
    emit(place)
    compiles(place, *cc, "-fsyntax-only", "lib/sum.c")
    doubtful = name in UNKNOWN_TO_CLANG or name == "m68k"  # of libclang, which would say so
    asks_cc = ("--from", "cc") if doubtful else ()
    private = (place / "lib/sum_private.h").read_text()
    if not asks_cc:
        project.check(place, 0, "", *CHECK, "--cc", " ".join(cc))
    emit(place, *TYPE, *FLOORS, *asks_cc, "--cc", " ".join(cc))
    assert (place / "include/sum.h").read_text() == PUBLIC
    assert (place / "lib/sum_private.h").read_text().replace(" --from cc", "") == private


def test_several_targets_share_the_floors(place):
    emit(place)
    private = (place / "lib/sum_private.h").read_text()
    emit(place, *TYPE, *FLOORS, "--target", "x86_64", "--target", "i386")
    assert ((place / "include/sum.h").read_text(), (place / "lib/sum_private.h").read_text()) == (PUBLIC, private)


def test_check_says_what_is_nearest_to_its_limit(place):
    ccs = [word for cc in ("arm-linux-gnueabihf-gcc", "gcc", "i686-linux-gnu-gcc", "gcc -O2") for word in ("--cc", cc)]
    support.need("arm-linux-gnueabihf-gcc"), support.need("i686-linux-gnu-gcc")
    emit(place)
    project.check(place, 0, "lib/sum_private.h:4:1: note: nearest to a limit is struct sum on x86_64-linux-gnu: size 40 of 64, alignment 8 of 16\n",
                  *CHECK, *ccs)
    project.edit(place, "lib/sum.c", "long words[3]", "int words[14]")
    project.check(place, 0, "lib/sum_private.h:4:1: note: nearest to a limit is struct sum on arm-linux-gnueabihf: size 64 of 64, alignment 4 of 16\n",
                  *CHECK, *ccs)
    project.edit(place, "lib/sum.c", "int words[14]", "long words[7]")
    project.check(place, 2, "lib/sum.c:3:20: error: struct sum has outgrown its reserve: it takes 72 bytes, and --reserve keeps 64\n"
                            "gen-opaque: note: a larger reserve is a new layout: all holders must be built again\n"
                            "gen-opaque: note: this happens with 'gcc'\n", *CHECK, *ccs[:4])


# ---- check ----


def test_the_private_half_checks_both(place):
    emit(place)
    project.check(place, 0, "", "include/sum.h", *CHECK)
    project.check(place, 2, "include/sum.h: error: is a public half: the command that makes it stands in its private half\n"
                            "gen-opaque: note: check that one, which checks both\n", "include/sum.h", "--root", ".")
    project.edit(place, "include/sum.h", "SIZE 64", "SIZE 65")
    project.check(place, 1, "include/sum.h:5:1: error: struct sum: size 64, header says 65\n"
                            "lib/sum.c:3:20: note: this is the type now\n", *CHECK)
    project.check(place, 0, "", *CHECK, "--update", writes=True)
    assert (place / "include/sum.h").read_text() == PUBLIC
    (place / "include/sum.h").unlink()
    project.check(place, 1, "include/sum.h: error: is missing: gen-opaque wrote it with the others\n", *CHECK)


def test_another_file_is_not_taken_for_the_public_half(place):
    emit(place)
    (place / "include/sum.h").write_text("int mine;\n")
    project.check(place, 2, "include/sum.h: error: has no banner of gen-opaque\n"
                            "gen-opaque: note: only what 'gen-opaque emit' wrote can be checked\n", *CHECK, "--update")


# ---- the ABI of the whole ----

BY_HAND = "typedef struct __attribute__((aligned(16))) sum_state { char last; unsigned char opaque[63]; } sum_state;\n"
ABI = ("--abi", "old.h", *CHECK)
EXPOSED = (*TYPE, *FLOORS, "--expose", "last")
BROKEN = {
    ("aligned(16)", "aligned(8)"): "struct sum_state on {}: alignment 16, but holders of 'old.h' have 8\n",
    ("[63]", "[47]"): "struct sum_state on {}: size 64, but holders of 'old.h' have 48\n",
    ("char last;", "int *head; char last;"): "struct sum_state: field 'head' removed, which users of 'old.h' know\n"
                                            "include/sum.h: error: struct sum_state on {}: offset of 'last' 0, but holders of 'old.h' have {}\n",
    ("char last; unsigned char opaque[63]", "short last; unsigned char opaque[62]"): "struct sum_state on {}: size of 'last' 1, but holders of 'old.h' have 2\n",
    (") sum_state {", ") sum_s {"): "its tag is 'struct sum_state', but users of 'old.h' say 'struct sum_s'\n",
}


def test_a_header_made_by_hand_is_replaced(place):
    emit(place, *EXPOSED)
    for old in (BY_HAND, BY_HAND.replace(") sum_state {", ") {")):
        (place / "old.h").write_text(old)
        project.check(place, 0, "", *ABI)


@pytest.mark.parametrize("machine, cc, pointer", [("x86_64-linux-gnu", "gcc", 8), ("i386-linux-gnu", "i686-linux-gnu-gcc", 4)])
@pytest.mark.parametrize("change", BROKEN, ids=" ".join)
def test_what_breaks_holders(machine, cc, pointer, change, place):
    support.need(cc)
    support.must(support.tool(), "emit", *EXPOSED, "--cc", cc, *FILES, cwd=place)
    old = BY_HAND.replace("[63]", f"[{63 - pointer}]") if "*head" in change[1] else BY_HAND
    assert change[0] in old
    (place / "old.h").write_text(old.replace(*change))
    expected = "include/sum.h: error: " + BROKEN[change].format(*([machine, pointer] if "head" in change[1] else [machine]))
    project.check(place, 1, expected, *ABI, "--cc", cc)


def test_an_older_header_of_another_name(place):
    emit(place)
    (place / "old.h").write_text(BY_HAND.replace("sum_state", "sum_context"))
    project.check(place, 1, "old.h: error: has no struct sum_state: users of one header do not know the other's\n", *ABI)
    (place / "old.h").write_text("broken\n")
    done = support.gen("check", *ABI, cwd=place)
    assert done.status == 2 and "old.h:1:1: error: " in done.err, done
    (place / "old.h").unlink()
    done = support.gen("check", *ABI, cwd=place)
    assert done.status == 2 and "old.h" in done.err, done


# ---- bad input ----

HOW = "gen-opaque: note: a shadow is named as --shadow NAME, 'struct NAME' or 'union NAME', with .MEMBER behind it for the name of its bytes\n"
REFUSED = {
    ("--shadow", "9a"): "'9a' cannot be the name of a shadow\n" + HOW,
    ("--shadow", "class"): "'class' cannot be the name of a shadow\n" + HOW,
    ("--shadow", "struct "): "'' cannot be the name of a shadow\n" + HOW,
    ("--shadow", "a.b.c"): "'b.c' cannot be the name of a shadow's member\n" + HOW,
    ("--shadow", "__sum"): "'__sum' is reserved: only a C library may use names like that\n"
                           "gen-opaque: note: choose another name; for a header of a C library give --libc\n",
    ("--shadow", "a._B"): "'_B' is reserved: only a C library may use names like that\n"
                          "gen-opaque: note: choose another name; for a header of a C library give --libc\n",
    ("--shadow", "sum"): "the shadow cannot be called 'sum': that is the private type's own name\n"
                         "gen-opaque: note: rename the private type, which nobody else sees\n",
    ("--shadow", "a", "--shadow", "b"): "--shadow is given twice for one type\n",
    ("--fwd", "fwd.h"): "--fwd cannot be had with --private: its text would be in the public half\n",
    ("--guard",): "--guard cannot be had with --private: its text would be in the public half\n",
    ("--align", "24"): "'24' is not an alignment: it must be a power of two\n",
    ("--align", "536870912"): "'536870912' is too large an alignment: object files allow no more than 268435456\n",
    ("--shadow", "union u", "--expose", "last"): "lib/sum.c:3:20: error: 'last' cannot be exposed in a union: its members would share their bytes\n",
    ("--align", "4"): "lib/sum.c:3:20: error: struct sum has outgrown its alignment: it wants 8 bytes, and --align keeps 4\n"
                      "gen-opaque: note: a larger alignment is a new layout: all holders must be built again\n",
    ("--reserve", "32"): "lib/sum.c:3:20: error: struct sum has outgrown its reserve: it takes 40 bytes, and --reserve keeps 32\n"
                         "gen-opaque: note: a larger reserve is a new layout: all holders must be built again\n",
    ("--align", "32", "--reserve", "80"): "lib/sum.c:3:20: error: --reserve 80 is not a multiple of the alignment of the shadow, 32\n"
                                          "gen-opaque: note: 96 is one\n",
}


@pytest.mark.parametrize("options", REFUSED, ids=" ".join)
def test_what_is_refused(place, options):
    support.write(place, {"lib/sum.c": SOURCE.replace("struct sum_state", "union u" if "union u" in options else "struct sum_opaque")})
    before = project.state(place)
    done = support.gen("emit", "-t", "struct sum", *options, *FILES, cwd=place)
    expected = REFUSED[options]
    assert (done.status, done.out, done.err) == (2, "", expected if expected.startswith("lib") else "gen-opaque: error: " + expected), done
    assert project.state(place) == before


def test_alignment_above_what_the_object_format_allows(place):
    """COFF has 8192, in ELF the same header is good."""
    (place / "lib/sum.c").write_text("struct sum {\n\tlong words[3];\n};\n")
    before = project.state(place)
    lines = ("emit", "-t", "struct sum", "--target", "mingw64", "-o", "sum.h", "lib/sum.c", "--align")
    done = support.gen(*lines, "16384", cwd=place)
    assert (done.status, done.out, done.err) == (2, "", (
        "lib/sum.c:1:8: error: --align 16384 is too large for struct sum: "
        "object files of x86_64-w64-windows-gnu allow no more than 8192\n"
        "gen-opaque: note: give a smaller alignment, or leave this target out\n")), done
    assert project.state(place) == before
    assert support.gen(*lines, "8192", cwd=place).status == 0
    elf = support.gen(*lines[:3], "--target", "x86_64", *lines[5:], "16384", cwd=place)
    assert elf.status == 0, elf


@pytest.mark.parametrize("options, expected", [
    (("--private", "-"), "--private needs a file of its own"),
    (("--private", "p.h"), "--private needs a file for -o, the public half, which it includes"),
    (("--private", "p.h", "-o", "p.h"), "-o and --private are the same file"),
])
def test_halves_are_two_files(place, options, expected):
    done = support.gen("emit", "-t", "struct sum", *options, "lib/sum.c", cwd=place)
    assert (done.status, done.err) == (2, f"gen-opaque: error: {expected}\n"), done


def test_two_shadows_have_two_names(place):
    done = support.gen("emit", "-t", "struct sum", "--shadow", "room", "-t", "struct other", "--shadow", "struct room", *FILES, cwd=place)
    assert (done.status, done.err) == (2, "gen-opaque: error: two shadows are called 'room'\n"), done
