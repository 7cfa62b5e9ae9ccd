# SPDX-License-Identifier: MIT
"""What the compiler of a project accepts, every command reads, whatever libclang makes of it."""
import json
import re

import pytest

import support
from numbers_of import real_numbers, said_numbers

# What libclang 14 does not understand: compiler, flags, lines that have to do with the type or not, its members.
SOURCES = {
    "a register": ("gcc", [], 'register long kept __asm__("r12");', "int fd; char state;"),
    "_Decimal64 elsewhere": ("gcc", [], "typedef _Decimal64 money;", "int fd; char state;"),
    "_Decimal64": ("gcc", [], "", "int fd; _Decimal64 sum;"),
    "_Float16": ("gcc", [], "", "char c; _Float16 half;"),
    "_Float32x": ("gcc", [], "", "char c; _Float32x wide;"),
    "malloc with its free": ("gcc", [], "void give(void *); void *take(void) __attribute__((malloc(give)));", "int fd; long n;"),
    "quadmath.h": ("gcc", [], "#include <quadmath.h>", "__complex128 z; char c;"),
    "C23": ("clang-19", ["-std=c23"], "constexpr int LENGTH = 5;\nvoid *none = nullptr;",
            "bool on; alignas(16) char name[LENGTH]; typeof(1L) n; _BitInt(70) wide;"),
    "__bf16, of which libclang dies": ("clang-19", [], "typedef __bf16 brain;", "brain b; char c;"),
}
NOTE = re.compile(r"(conn\.c:\d+:\d+|gen-opaque): note: libclang cannot read this \(.+\), but the compiler accepts it: (.+)\n")


@pytest.fixture(params=SOURCES)
def source(request, tmp_path):
    compiler, flags, before, members = SOURCES[request.param]
    support.need(compiler)
    text = f"{before}\nstruct __attribute__((may_alias)) conn {{ {members} }};\nstruct twice {{ struct conn a[2]; char end; }};\n"
    support.write(tmp_path, {"conn.c": text})
    insists = support.gen("layout", "-t", "struct conn", "--from", "clang", "--cc", compiler, "conn.c", "--", *flags, cwd=tmp_path)
    if insists.status == 0:
        pytest.skip("this libclang understands it")
    assert (insists.status, insists.out) == (2, "") and "error:" in insists.err and not NOTE.search(insists.err), insists
    return tmp_path, compiler, flags


def run(source, command, *arguments, status=0, whose=""):
    """Its output; and one note says what was done."""
    place, compiler, flags = source
    done = support.gen(command, *arguments, "--cc", compiler, "conn.c", "--", *flags, cwd=place)
    assert done.status == status and NOTE.fullmatch(done.err) and NOTE.fullmatch(done.err)[2] == whose, done
    return done.out


def test_emit(source):
    place, compiler, flags = source
    real = real_numbers((compiler,), place, "conn.c", "struct conn", *flags)
    text = run(source, "emit", "-t", "struct conn", whose="the numbers are its own")
    assert said_numbers(text, "CONN") == real
    support.write(place, {"o.h": text, "owner.c": '#include "conn.c"\n#include "o.h"\nCONN_OPAQUE_CHECK();\n'})
    support.must(compiler, *flags, "-c", "-o", "owner.o", "owner.c", cwd=place)


def test_layout(source):
    place, compiler, flags = source
    text = run(source, "layout", "-t", "struct conn", "-t", "struct twice", "--format", "json", whose="the layout is that of its debug information")
    conn, twice = json.loads(text)["layouts"]
    assert (conn["size"], conn["align"]) == real_numbers((compiler,), place, "conn.c", "struct conn", *flags)
    assert (twice["size"], twice["align"]) == real_numbers((compiler,), place, "conn.c", "struct twice", *flags)
    assert [field["name"] for field in twice["fields"]][0] == "a" and len(twice["fields"]) >= 2


def test_list(source):
    place, compiler, flags = source
    rows = [line.split("\t") for line in run(source, "list", whose="the list is of its debug information").splitlines()]
    size, _ = real_numbers((compiler,), place, "conn.c", "struct conn", *flags)
    assert ["struct conn", str(size)] in [row[:2] for row in rows], rows


def test_diff(source):
    """Against an older state of the same source, as a file of layouts."""
    place, _, _ = source
    old = run(source, "layout", "-t", "struct conn", "--format", "json", whose="the layout is that of its debug information")
    support.write(place, {"old.json": old})
    whose = "the layout is that of its debug information"
    assert run(source, "diff", "old.json", whose=whose) == ""
    text = (place / "conn.c").read_text()
    support.write(place, {"conn.c": text.replace("may_alias)) conn { ", "may_alias)) conn { long more[2]; ")})
    assert "field 'more' added" in run(source, "diff", "old.json", status=1, whose=whose)


# ---- when it is no way out ----


def test_what_the_compiler_refuses_too(tmp_path):
    """libclang's word, which explains more."""
    support.write(tmp_path, {"conn.c": "struct conn { missing_t m; };\n"})
    for command in (["emit", "-t", "struct conn"], ["layout", "-t", "struct conn"], ["list"]):
        done = support.gen(*command, "--cc", "gcc", "conn.c", cwd=tmp_path)
        assert (done.status, done.out) == (2, "") and "conn.c:1:15: error: unknown type name 'missing_t'\n" in done.err, done


@pytest.mark.parametrize("flags", [["--from", "clang"], ["--no-confirm"], ["--target", "x86_64-linux-gnu"]])
def test_who_asks_for_libclang_gets_libclang(flags, tmp_path):
    support.write(tmp_path, {"conn.c": "struct conn { _Decimal64 sum; };\n"})
    done = support.gen("layout", "-t", "struct conn", *flags, "conn.c", cwd=tmp_path)
    assert (done.status, done.err) == (2, "conn.c:1:8: error: 'struct conn' is not understood; its layout is unknown\n"
                                       "conn.c:1:15: error: GNU decimal type extension not supported\n"), done


def test_what_numbers_cannot_tell(tmp_path):
    """A compiler spells no types, as --expose wants."""
    support.write(tmp_path, {"conn.c": "struct __attribute__((may_alias)) conn { _Decimal64 sum; int fd; };\n"})
    done = support.gen("emit", "-t", "struct conn", "--expose", "fd", "--cc", "gcc", "conn.c", cwd=tmp_path)
    assert (done.status, done.err) == (2, "conn.c:1:35: error: 'struct conn' is not understood; its layout is unknown\n"
                                       "conn.c:1:42: error: GNU decimal type extension not supported\n"), done


def test_source_that_includes_its_header(tmp_path):
    support.write(tmp_path, {"conn.c": '#include "conn_opaque.h"\nstruct CONN_PRIVATE conn { _Decimal64 sum; };\nCONN_OPAQUE_CHECK();\n'})
    done = support.gen("emit", "-t", "struct conn", "-o", "conn_opaque.h", "--cc", "gcc", "conn.c", cwd=tmp_path)
    assert done.status == 0 and NOTE.fullmatch(done.err), done
    assert said_numbers((tmp_path / "conn_opaque.h").read_text(), "CONN") == (8, 8)
    support.must("gcc", "-c", "conn.c", cwd=tmp_path)
    check = support.gen("check", "--cc", "gcc", "conn_opaque.h", cwd=tmp_path)
    assert check.status == 0, check


def test_preprocessed_source(tmp_path):
    support.write(tmp_path, {"conn.c": "#include <stdio.h>\n#include <stdatomic.h>\nstruct __attribute__((may_alias)) conn { FILE *f; atomic_int n; };\n"})
    support.must("gcc", "-E", "-o", "conn.i", "conn.c", cwd=tmp_path)
    for command in (["emit", "-t", "struct conn"], ["layout", "-t", "struct conn"], ["list"]):
        done = support.gen(*command, "--cc", "gcc", "conn.i", cwd=tmp_path)
        assert done.status == 0 and "struct conn" in done.out, done


def test_struct_of_variable_length_elsewhere(tmp_path):
    support.write(tmp_path, {"conn.c": "long f(int n) { struct row { int v[n]; char c; } r; r.c = 1; return sizeof(r) + r.c; }\n"
                                       "struct __attribute__((may_alias)) conn { int fd; };\nregister long kept __asm__(\"r12\");\n"})
    for command in (["emit", "-t", "struct conn"], ["layout", "-t", "struct conn"], ["list"]):
        done = support.gen(*command, "--cc", "gcc", "conn.c", cwd=tmp_path)
        assert done.status == 0 and NOTE.fullmatch(done.err), done


def test_templates_and_their_aliases(tmp_path):
    support.need("g++")
    support.write(tmp_path, {"conn.cpp": "template <class T> struct box { T t; char c; };\ntemplate <class T> using held = box<T>;\n"
                                         "struct conn { held<long> h; int fd; };\n"})
    for more in ("", 'register long kept __asm__("r12");\n'):
        support.write(tmp_path, {"conn.cpp": (tmp_path / "conn.cpp").read_text() + more})
        done = support.gen("layout", "-t", "struct conn", "--format", "json", "--cc", "g++", "conn.cpp", "--", "-std=c++14", cwd=tmp_path)
        layout = json.loads(done.out)["layouts"][0]
        assert (done.status, layout["size"], layout["align"]) == (0, 24, 8), done
        assert {field["name"]: field["offset"] for field in layout["fields"] if field["name"] in ("h", "fd")} == {"h": 0, "fd": 16}


def test_flags_of_layouts(tmp_path):
    """One that libclang does not know sends the list to the compiler, too."""
    support.write(tmp_path, {"conn.c": "struct conn { short s; int n; };\n"})
    done = support.gen("list", "--cc", "gcc", "conn.c", "--", "-fsso-struct=big-endian", cwd=tmp_path)
    assert (done.status, done.out.splitlines()[1].split("\t")[:2]) == (0, ["struct conn", "8"]), done
    assert done.err == ("gen-opaque: note: libclang cannot read this (libclang does not know '-fsso-struct=big-endian', which layouts depend on), "
                        "but the compiler accepts it: the list is of its debug information\n")


@pytest.mark.parametrize("flag", ["-malign-data=abi", "-malign-data=cacheline", "-malign-functions=4", "-malign-loops=2", "-malign-jumps=2",
                                  "-malign-stringops", "-mno-align-stringops"])
def test_flags_that_place_variables_and_code(flag, tmp_path):
    support.write(tmp_path, {"conn.c": "struct __attribute__((may_alias)) conn { int fd; double d; };\n"})
    done = support.gen("list", "--cc", "gcc", "conn.c", "--", flag, cwd=tmp_path)
    assert (done.status, done.err, done.out.splitlines()[1]) == (0, "", "struct conn\t16\t8\tconn.c:1"), done
    done = support.gen("emit", "-t", "struct conn", "--no-confirm", "--cc", "gcc", "conn.c", "--", flag, cwd=tmp_path)
    assert (done.status, done.err) == (0, "") and said_numbers(done.out, "CONN") == (16, 8), done


def test_a_flag_that_aligns_types_stays(tmp_path):
    support.need("i686-linux-gnu-gcc")
    support.write(tmp_path, {"conn.c": "struct conn { int fd; double d; };\n"})
    for flag, size in (("-malign-double", "16"), ("-mno-align-double", "12")):
        done = support.gen("list", "--cc", "i686-linux-gnu-gcc", "conn.c", "--", flag, cwd=tmp_path)
        assert (done.status, done.out.splitlines()[1].split("\t")[1]) == (0, size), done


def test_the_only_abi_of_aarch64(tmp_path):
    support.need("aarch64-linux-gnu-gcc")
    support.write(tmp_path, {"conn.c": "struct conn { long n; char c; };\n"})
    done = support.gen("list", "--cc", "aarch64-linux-gnu-gcc", "conn.c", "--", "-mabi=lp64", cwd=tmp_path)
    assert (done.status, done.err, done.out.splitlines()[1]) == (0, "", "struct conn\t16\t8\tconn.c:1"), done


# ---- types of the compiler's own headers ----

OWN = ("#include <stdarg.h>\n#include <stdatomic.h>\n#include <stddef.h>\n"
       "struct lock { atomic_flag busy; int owner; };\nstruct arena { union { max_align_t any; char room[64]; } u; };\n"
       "struct log { va_list where; struct { atomic_flag once[3]; short n; } in; };\n")
OWN_FIELDS = {"struct lock": ["busy", "owner"], "struct arena": ["u", "any", "room"], "struct log": ["where", "in", "once", "n"]}


@pytest.mark.parametrize("compiler", ["gcc", "clang-14", "arm-linux-gnueabihf-gcc", "aarch64-linux-gnu-gcc"])
def test_private_members_of_the_compilers_headers(compiler, tmp_path):
    """Exact, and unexpanded: what is inside has other names in each compiler."""
    support.need(compiler)
    support.write(tmp_path, {"own.c": OWN})
    types = [word for name in OWN_FIELDS for word in ("-t", name)]
    done = support.gen("layout", *types, "--format", "json", "--cc", compiler, "own.c", cwd=tmp_path)
    assert (done.status, done.err) == (0, ""), done
    for layout, (name, fields) in zip(json.loads(done.out)["layouts"], OWN_FIELDS.items()):
        assert (layout["size"], layout["align"]) == real_numbers((compiler,), tmp_path, "own.c", name)
        assert [field["name"] for field in layout["fields"]] == fields, layout
    support.must(compiler, "-g", "-fno-eliminate-unused-debug-types", "-c", "own.c", cwd=tmp_path)
    done = support.gen("diff", *types, "--cc", compiler, "own.c", "own.o", cwd=tmp_path)
    assert (done.status, done.out, done.err) == (0, "", ""), done


def test_the_types_themselves(tmp_path):
    support.write(tmp_path, {"own.c": OWN})
    for name in ("max_align_t", "atomic_flag"):
        done = support.gen("layout", "-t", name, "--cc", "gcc", "--format", "json", "own.c", cwd=tmp_path)
        layout = json.loads(done.out)["layouts"][0]
        assert (done.status, done.err) == (0, "") and (layout["size"], layout["align"]) == real_numbers(("gcc",), tmp_path, "own.c", name)
