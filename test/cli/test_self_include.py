# SPDX-License-Identifier: MIT
"""The source may include the very header that is made from it, whatever stands at that path before."""
import re

import pytest

import support
from numbers_of import said_numbers

OWNER = """\
#include {include}

struct CONN_PRIVATE conn {{
	int fd;
	long bytes;
}};
CONN_OPAQUE_CHECK();

struct conn *first(struct conn_opaque *shadow)
{{
	return to_conn(shadow);
}}
"""
STALE = """\
#ifndef CONN_OPAQUE_H
#define CONN_OPAQUE_H
struct conn;
#define CONN_SIZE 99
#define CONN_ALIGN 1
#define CONN_PRIVATE
struct conn_opaque { char opaque[99]; };
static inline struct conn *to_conn(struct conn_opaque *s) { return (struct conn *)s; }
#define CONN_OPAQUE_CHECK() _Static_assert(0, "stale header")
#endif
"""
OTHER_POOL = STALE.replace("CONN_OPAQUE_H", "POOL_OPAQUE_H")
# What has no guard of the new header's name cannot be kept from the real compiler, which looks beside the includer first.
UNGUARDED = "a stale header without the new one's guard reaches the real compiler; only libclang sees the stand-in"
READER = {"confirmed": [], "unconfirmed": ["--no-confirm"], "compiler alone": ["--from", "cc"]}
CONFIRM = pytest.mark.parametrize("confirm", READER.values(), ids=READER)


def emit(place, *arguments, **options):
    done = support.gen("emit", "-t", "struct conn", *arguments, cwd=place, **options)
    assert done.status == 0 and done.err == "", done
    return done


@CONFIRM
@pytest.mark.parametrize("stale", [None, "", STALE], ids=["absent", "empty", "wrong numbers"])
@pytest.mark.parametrize("include", ['"conn_opaque.h"', "<conn_opaque.h>", '"./conn_opaque.h"'])
def test_header_beside_the_includer(include, stale, confirm, tmp_path):
    (tmp_path / "conn.c").write_text(OWNER.format(include=include))
    if stale is not None:
        (tmp_path / "conn_opaque.h").write_text(stale)
    emit(tmp_path, "-o", "conn_opaque.h", *confirm, "conn.c", "--", "-I.")
    assert said_numbers((tmp_path / "conn_opaque.h").read_text(), "CONN") == (16, 8)
    support.must("gcc", "-I.", "-Werror", "-Wall", "-c", "-o", "conn.o", "conn.c", cwd=tmp_path)
    again = (tmp_path / "conn_opaque.h").read_text()
    emit(tmp_path, "-o", "conn_opaque.h", *confirm, "conn.c", "--", "-I.")
    assert (tmp_path / "conn_opaque.h").read_text() == again


@pytest.mark.parametrize("stale", ["#error stale header\n", "}{ not C", "<<<<<<< a merge\n"])
def test_stale_header_that_is_no_header(stale, tmp_path):
    support.write(tmp_path, {"conn.c": OWNER.format(include='"conn_opaque.h"'), "conn_opaque.h": stale})
    done = support.gen("emit", "-t", "struct conn", "-o", "conn_opaque.h", "conn.c", cwd=tmp_path)
    assert done.status == 2 and (tmp_path / "conn_opaque.h").read_text() == stale, UNGUARDED
    assert re.match(r"conn_opaque\.h:1:\d: error: ", done.err), done
    emit(tmp_path, "-o", "conn_opaque.h", "--no-confirm", "conn.c")
    assert said_numbers((tmp_path / "conn_opaque.h").read_text(), "CONN") == (16, 8)


@CONFIRM
@pytest.mark.parametrize("stale", [None, STALE], ids=["absent", "wrong numbers"])
def test_header_in_a_folder_of_its_own(stale, confirm, tmp_path):
    """Included by its place under an -I, from a header that the source includes."""
    support.write(tmp_path, {"src/conn.c": OWNER.format(include='"internal.h"'),
                             "src/internal.h": "#include <lib/conn_opaque.h>\n"})
    (tmp_path / "include/lib").mkdir(parents=True)
    if stale is not None:
        (tmp_path / "include/lib/conn_opaque.h").write_text(stale)
    emit(tmp_path, "-o", "include/lib/conn_opaque.h", *confirm, "src/conn.c", "--", "-Iinclude")
    assert said_numbers((tmp_path / "include/lib/conn_opaque.h").read_text(), "CONN") == (16, 8)


@CONFIRM
def test_output_in_a_build_folder_and_a_stale_one_beside_the_source(confirm, tmp_path):
    """A committed header beside the includer, that "..." finds first, is not the one that is made."""
    support.write(tmp_path, {"src/conn.c": OWNER.format(include="<conn_opaque.h>"), "build/keep": ""})
    emit(tmp_path, "-o", "build/conn_opaque.h", *confirm, "src/conn.c", "--", "-Ibuild", "-Isrc")
    assert said_numbers((tmp_path / "build/conn_opaque.h").read_text(), "CONN") == (16, 8)


@CONFIRM
def test_output_folder_that_does_not_exist(confirm, tmp_path):
    """Nothing can be written there, but the source is understood as far as that: the error is about the folder."""
    support.write(tmp_path, {"conn.c": OWNER.format(include="<conn_opaque.h>")})
    done = support.gen("emit", "-t", "struct conn", "-o", "gone/conn_opaque.h", *confirm, "conn.c", "--", "-Igone", cwd=tmp_path)
    assert done.status == 2, done
    assert done.err == "gen-opaque: error: gone/conn_opaque.h: cannot be written: there is no directory 'gone'\n"
    assert not (tmp_path / "gone").exists()


@CONFIRM
def test_light_and_full_halves_are_both_included(confirm, tmp_path):
    support.write(tmp_path, {"conn.c": OWNER.format(include='"conn.h"').replace("struct CONN", '#include "full.h"\nstruct CONN'),
                             "conn.h": '#include "light.h"\nstruct conn *conn_get(void);\n', "light.h": "#ifndef LIGHT_H\n#define LIGHT_H\n#error stale\n#endif\n"})
    emit(tmp_path, "-o", "full.h", "--fwd", "light.h", *confirm, "conn.c")
    assert said_numbers((tmp_path / "full.h").read_text(), "CONN") == (16, 8)
    support.must("gcc", "-Werror", "-Wall", "-c", "-o", "conn.o", "conn.c", cwd=tmp_path)


@CONFIRM
@pytest.mark.parametrize("stale", [None, OTHER_POOL], ids=["absent", "wrong numbers"])
def test_private_struct_that_embeds_another_shadow_of_the_header(stale, confirm, tmp_path):
    """The size of the outer one depends on the size of the inner one, which the same header gives."""
    support.write(tmp_path, {"pool.c": """\
#include "pool_opaque.h"
struct CONN_PRIVATE conn { long a, b, c; char d; };
struct POOL_PRIVATE pool { char n; struct conn_opaque conns[3]; };
CONN_OPAQUE_CHECK();
POOL_OPAQUE_CHECK();
"""})
    if stale:
        (tmp_path / "pool_opaque.h").write_text(stale)
    emit(tmp_path, "-t", "struct pool", "-o", "pool_opaque.h", *confirm, "pool.c")
    text = (tmp_path / "pool_opaque.h").read_text()
    assert said_numbers(text, "CONN") == (32, 8) and said_numbers(text, "POOL") == (104, 8)


@CONFIRM
def test_private_struct_that_looks_at_its_own_size(confirm, tmp_path):
    """One whose size is whatever the header says and more can never be right: an error, and soon."""
    support.write(tmp_path, {"conn.c": '#include "o.h"\nstruct CONN_PRIVATE conn { char c[CONN_SIZE + 1]; };\n'})
    done = support.gen("emit", "-t", "struct conn", "-o", "o.h", *confirm, "conn.c", cwd=tmp_path)
    assert done.status == 2 and "layout of 'conn' depends on the header that is made from it" in done.err, done
    assert not (tmp_path / "o.h").exists()


@CONFIRM
def test_owner_guards_the_include_by_hand(confirm, tmp_path):
    support.write(tmp_path, {"conn.c": "#ifndef GEN_OPAQUE\n#error not for the generator\n#endif\n"
                             "struct __attribute__((may_alias)) conn { int fd; };\n"})
    emit(tmp_path, "-o", "o.h", *confirm, "conn.c")


@pytest.mark.parametrize("confirm", [[], ["--no-confirm"]], ids=["confirmed", "unconfirmed"])
def test_offsets_and_exposed_fields_are_used_by_the_owner(confirm, tmp_path):
    support.write(tmp_path, {"conn.c": """\
#include "o.h"
struct CONN_PRIVATE conn { long a; int fd; char tail[CONN_SIZEOF_FD]; };
CONN_OPAQUE_CHECK();
_Static_assert(CONN_OFFSETOF_FD == 8, "offset");
struct conn_opaque start = { .fd = 7 };
int get(struct conn_opaque *shadow) { return shadow->fd; }
"""})
    emit(tmp_path, "--offset", "fd", "--expose", "fd", "-o", "o.h", *confirm, "conn.c")
    assert said_numbers((tmp_path / "o.h").read_text(), "CONN") == (16, 8)
