# SPDX-License-Identifier: MIT
"""Every shape of a generated header, alone: warning-free, self-contained, with a check that fails."""
import itertools
import re

import pytest

import support
from languages import C_VERSIONS, CXX_VERSIONS, FIRST_AND_LAST, compile_without_warnings
from private_types import SOURCE

SHAPES = {
    "plain": ["-t", "struct conn"],
    "offset": ["-t", "struct conn", "--offset", "fd", "--offset", "load", "--offset", "wake"],
    "expose": ["-t", "struct conn", *itertools.chain(*(("--expose", field) for field in (
        "fd", "port", "peer", "name", "state", "load", "open", "sent", "wake")))],
    "fwd": ["-t", "struct conn", "--fwd", "light.h", "--expose", "fd"],
    "typedef of an anonymous struct": ["-t", "pair_t"],
    "typedef of a struct": ["-t", "conn_alias"],
    "union": ["-t", "union word"],
    "small": ["-t", "struct small"],
    "wide": ["-t", "struct wide", "--expose", "c"],
    "several": ["-t", "struct conn", "--offset", "fd", "-t", "union word", "-t", "pair_t", "--expose", "b", "-t", "struct wide"],
}


def bases(shape):
    """[(base name, spelling of the private type)]"""
    names = [SHAPES[shape][i + 1] for i, word in enumerate(SHAPES[shape]) if word == "-t"]
    return [(name.split()[-1], name) for name in names]


@pytest.fixture(scope="module")
def headers(tmp_path_factory):
    """shape -> folder with o.h and files that use it: user.c, const_user.c, owner.c (and light.c)."""
    folders = {}
    for shape, arguments in SHAPES.items():
        folder = folders[shape] = tmp_path_factory.mktemp("header")
        (folder / "x.h").write_text(SOURCE)
        done = support.gen("emit", *arguments, "-o", "o.h", "x.h", cwd=folder)
        assert done.status == 0 and done.err == "", done
        users, owners, lights = [], [], []
        for base, name in bases(shape):
            pointee = "void" if base == "pair_t" else "struct conn" if base == "conn_alias" else name
            lights.append(f"{pointee} *thaw_{base}(struct {base}_opaque *s);\n"
                          f"{pointee} *thaw_{base}(struct {base}_opaque *s)\n{{\n\treturn to_{base}(s);\n}}\n"
                          f"const {pointee} *look_{base}(const struct {base}_opaque *s);\n"
                          f"const {pointee} *look_{base}(const struct {base}_opaque *s)\n{{\n\treturn to_{base}_const(s);\n}}\n")
            upper = base.upper()
            users.append(f"struct {base}_opaque one_{base}, two_{base}[3];\n" + lights[-1] +
                         f"int use_{base}(void);\nint use_{base}(void)\n{{\n\tstruct {base}_opaque local;\n\n"
                         f"\t{base}_opaque_zero(&local);\n\t{base}_opaque_copy(&one_{base}, &local);\n"
                         f"\tone_{base} = two_{base}[1];\n\treturn (int)sizeof(local) - {upper}_SIZE + {upper}_ALIGN * 0;\n}}\n")
            owners.append(f"{upper}_OPAQUE_CHECK();\n")
        support.write(folder, {
            "user.c": '#include "o.h"\n#include "o.h"\n' + "".join(users),
            "owner.c": '#include "x.h"\n#include "o.h"\n' + "".join(owners) + "int nothing;\n",
            "owner_first.c": '#include "o.h"\n#include "x.h"\n' + "".join(owners) + "int nothing;\n"})
        if "--fwd" in arguments:
            (folder / "light.c").write_text('#include "light.h"\n#include "light.h"\n' + "".join(lights))
            (folder / "both.c").write_text('#include "light.h"\n#include "o.h"\n' + "".join(users))
    return folders


# Versions between these differ in nothing that a header looks at; test_combinations tries them all.
SOME_VERSIONS = [(c, s) for c, s in (*C_VERSIONS, *CXX_VERSIONS) if s in FIRST_AND_LAST]


@pytest.mark.parametrize("compiler, standard", SOME_VERSIONS)
def test_without_warnings(compiler, standard, headers):
    """Each header alone, and each way to include it."""
    for folder in headers.values():
        compile_without_warnings(compiler, standard, folder, *sorted(path.name for path in folder.glob("*.c")))


def test_warnings_are_looked_at(headers, tmp_path):
    """The flags above do complain about a header that deserves it."""
    text = (headers["plain"] / "o.h").read_text()
    assert "return (const struct conn *)object" in text
    (tmp_path / "o.h").write_text(text.replace("return (const struct conn *)object", "return (struct conn *)object"))
    (tmp_path / "plain.c").write_text('#include "o.h"\n')
    with pytest.raises(AssertionError, match="cast-qual"):
        compile_without_warnings("gcc", "c11", tmp_path, "plain.c")


def test_c_callers_pass_const_and_get_const(headers, tmp_path):
    (tmp_path / "o.h").write_text((headers["plain"] / "o.h").read_text())
    body = '#include "o.h"\nstruct conn *f(const struct conn_opaque *s);\nstruct conn *f(const struct conn_opaque *s)\n{ return %s(s); }\n'
    for call in ("to_conn", "to_conn_const"):
        (tmp_path / "bad.c").write_text(body % call)
        for compiler, language in (("gcc", ()), ("g++", ("-x", "c++"))):
            done = support.run(compiler, *language, "-Werror", "-fsyntax-only", "bad.c", cwd=tmp_path)
            assert done.status != 0, f"{compiler} lets const go through {call}"


# ---- the owner's check ----

VERSIONS = [("gcc", "c99"), ("gcc", "gnu99"), ("gcc", "c11"), ("gcc", "c2x"), ("clang-14", "c99"), ("clang-14", "gnu99"), ("clang-14", "c17"),
            ("g++", "c++11"), ("g++", "c++20"), ("clang++-14", "c++17")]


def owner(folder, compiler, standard):
    language = ["-x", "c++"] if "++" in compiler else []
    return support.run(compiler, *language, f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
                       "owner.c", cwd=folder)


def with_define(text, name, change):
    found = re.search(rf"^#define {name} (\d+)$", text, re.M)
    return text[:found.start(1)] + str(change(int(found.group(1)))) + text[found.end(1):]


DRIFT = {
    "size too small": (lambda text: with_define(text, "CONN_SIZE", lambda n: n - 8), "struct conn: its size is not"),
    "size too large": (lambda text: with_define(text, "CONN_SIZE", lambda n: n + 8), "struct conn: its size is not"),
    "alignment too small": (lambda text: with_define(text, "CONN_ALIGN", lambda n: n // 2), "struct conn: its alignment is not"),
    "alignment too large": (lambda text: with_define(text, "CONN_ALIGN", lambda n: n * 2), "struct conn: its alignment is not"),
    "shadow of another size": (lambda text: text.replace("opaque[CONN_SIZE]", "opaque[CONN_SIZE * 2]"),
                               "struct conn: the size of struct conn_opaque is not"),
    "shadow without its alignment": (lambda text: text.replace("aligned(CONN_ALIGN), ", ""),
                                     "struct conn: the alignment of struct conn_opaque is not"),
}


@pytest.mark.parametrize("compiler, standard", VERSIONS)
@pytest.mark.parametrize("case", DRIFT)
def test_check_stops_drift(case, compiler, standard, headers, tmp_path):
    support.need(compiler)
    change, message = DRIFT[case]
    for name in ("x.h", "o.h", "owner.c"):
        (tmp_path / name).write_text((headers["plain"] / name).read_text())
    assert owner(tmp_path, compiler, standard).status == 0
    text = (tmp_path / "o.h").read_text()
    changed = change(text)
    assert changed != text
    (tmp_path / "o.h").write_text(changed)
    done = owner(tmp_path, compiler, standard)
    assert done.status != 0, done
    if standard == "c99":  # glibc has a _Static_assert of its own there, which says nothing: a name has to
        assert re.search(r"conn_opaque_check_(shadow_)?(size|align)", done.err), done
    else:
        assert message in done.err and "generate it again" in done.err, done


@pytest.mark.parametrize("compiler", ["gcc", "clang-14"])
def test_check_says_it_all_in_c99(compiler, headers, tmp_path):
    """Where no C library is in the way; nor does it warn then."""
    (tmp_path / "o.h").write_text((headers["small"] / "o.h").read_text())
    for size, fits in ((3, True), (4, False)):
        (tmp_path / "owner.c").write_text(f'struct small {{ char c[{size}]; }};\n#include "o.h"\nSMALL_OPAQUE_CHECK();\nint nothing;\n')
        done = owner(tmp_path, compiler, "c99")
        assert (done.status == 0) == fits, done
        assert fits or "struct small: its size is not the SMALL_SIZE of o.h; generate it again" in done.err, done


@pytest.mark.parametrize("case", DRIFT)
def test_check_stops_drift_where_nothing_asserts(case, headers, tmp_path):
    """A compiler without static assertions: a name has to say it."""
    change, _ = DRIFT[case]
    for name in ("x.h", "owner.c"):
        (tmp_path / name).write_text((headers["plain"] / name).read_text())
    text = (headers["plain"] / "o.h").read_text()
    condition = "#elif defined(__GNUC__) && !defined(_Static_assert)"
    assert text.count(condition) == 1
    text = text.replace(condition, "#elif 0")
    (tmp_path / "o.h").write_text(text)
    assert owner(tmp_path, "gcc", "c99").status == 0
    (tmp_path / "o.h").write_text(change(text))
    done = owner(tmp_path, "gcc", "c99")
    assert done.status != 0 and re.search(r"conn_opaque_check_(shadow_)?(size|align)", done.err), done


FIELD_DRIFT = {
    "offset": ("CONN_OFFSETOF_LOAD", "the offset of load is not the CONN_OFFSETOF_LOAD of"),
    "size of a field": ("CONN_SIZEOF_LOAD", "the size of load is not the CONN_SIZEOF_LOAD of"),
}


@pytest.mark.parametrize("case", FIELD_DRIFT)
def test_check_stops_drift_of_fields(case, headers, tmp_path):
    define, message = FIELD_DRIFT[case]
    for name in ("x.h", "o.h", "owner.c"):
        (tmp_path / name).write_text((headers["offset"] / name).read_text())
    assert owner(tmp_path, "gcc", "c11").status == 0
    (tmp_path / "o.h").write_text(with_define((tmp_path / "o.h").read_text(), define, lambda n: n + 1))
    done = owner(tmp_path, "gcc", "c11")
    assert done.status != 0 and message in done.err, done



@pytest.mark.parametrize("case", ["a field before", "swapped", "wider"])
def test_check_stops_moved_exposed_fields(case, headers, tmp_path):
    change = {"a field before": ("unsigned ready : 1;", "unsigned ready : 1; uint16_t more;"),
              "swapped": ("int fd;\n\tuint16_t port;", "uint16_t port;\n\tint fd;"),
              "wider": ("truth open;", "truth open[2];")}[case]
    for name in ("x.h", "o.h", "owner.c"):
        (tmp_path / name).write_text((headers["expose"] / name).read_text())
    assert owner(tmp_path, "gcc", "c11").status == 0
    text = (tmp_path / "x.h").read_text()
    assert change[0] in text
    (tmp_path / "x.h").write_text(text.replace(*change))
    done = owner(tmp_path, "gcc", "c11")
    assert done.status != 0 and "struct conn: " in done.err, done


def test_check_may_stand_with_others_in_one_file(headers):
    support.must("gcc", "-std=c99", "-Wpedantic", "-Wall", "-Wextra", "-Werror", "-Wredundant-decls", "-fsyntax-only", "owner.c",
                 cwd=headers["several"])


# ---- exposed fields ----


def test_exposed_fields_hold_what_the_owner_sees(headers, tmp_path):
    (tmp_path / "o.h").write_text((headers["expose"] / "o.h").read_text())
    (tmp_path / "x.h").write_text((headers["expose"] / "x.h").read_text())
    support.write(tmp_path, {"holder.c": """\
#include "o.h"
static char there;
struct conn_opaque conn = { .fd = 7, .port = 80, .peer = (struct peer *)&there, .name = "name", .load = { 1.5, 2.5 },
			    .open = 1 };
""", "owner.c": """\
#include "x.h"
#include "o.h"
CONN_OPAQUE_CHECK();
extern struct conn_opaque conn;
int main(void)
{
	struct conn *c = to_conn(&conn);

	return !(c->fd == 7 && c->port == 80 && c->peer && c->name[1] == 'a' && c->load[1] == 2.5 && c->open && !c->wake &&
		 c->state == IDLE && !c->ready);
}
"""})
    support.must("gcc", "-std=c11", "-Wall", "-Werror", "-o", "program", "holder.c", "owner.c", cwd=tmp_path)
    support.must("./program", cwd=tmp_path)


def test_shadow_is_a_struct_of_its_own(headers, tmp_path):
    """Passing a shadow where the private type is wanted, or the reverse, does not compile."""
    (tmp_path / "o.h").write_text((headers["plain"] / "o.h").read_text())
    (tmp_path / "bad.c").write_text('#include "o.h"\nint take(struct conn *c);\nstruct conn_opaque s;\nint f(void) { return take(&s); }\n')
    done = support.run("gcc", "-Werror", "-fsyntax-only", "bad.c", cwd=tmp_path)
    assert done.status != 0 and "incompatible-pointer-types" in done.err
