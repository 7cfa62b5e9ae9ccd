# SPDX-License-Identifier: MIT
"""Types that are hard to lay out: emit says what a compiled program says, with gcc and with clang."""
import pytest

import support
from numbers_of import real_numbers, said_numbers

HARD = {
    "bit-fields": "struct X { int a : 3; unsigned b : 30; long c : 1; _Bool d : 1; char : 0; short e : 9; };",
    "signed chars": "struct X { signed char a : 7; char b; unsigned char c : 2; };",
    "unnamed bit-fields": "struct X { char a; int : 5; char b; long : 0; char c; };",
    "packed": "struct X { char c; long l; short s; } __attribute__((packed));",
    "packed bit-fields": "struct X { char c; int a : 17; int b : 14; long d : 40; } __attribute__((packed));",
    "packed and aligned": "struct X { char c; long l; } __attribute__((packed, aligned(4)));",
    "packed field": "struct X { char c; long l __attribute__((packed)); int i; };",
    "over-aligned": "struct X { char c; } __attribute__((aligned(256)));",
    "over-aligned field": "struct X { char c; int i __attribute__((aligned(64))); };",
    "under-aligned typedef": "typedef long long ull __attribute__((aligned(2))); struct X { char c; ull u; };",
    "bit-field of an aligned typedef": "typedef int T16 __attribute__((aligned(16))); struct X { char c; T16 a : 3; };",
    "nested": "struct in { char c; long l; }; struct X { char a; struct in i[3]; struct { short s; } t; };",
    "anonymous": "struct X { char c; union { long l; struct { int a, b; }; }; };",
    "union": "union X { char c[13]; long l; struct { short s; } t; };",
    "union of bit-fields": "union X { unsigned a : 9; char c; };",
    "vector": "typedef float v4 __attribute__((vector_size(16))); struct X { char c; v4 v; };",
    "big vector": "typedef float v16 __attribute__((vector_size(64))); struct X { char c; v16 v; };",
    "__int128": "struct X { char c; __int128 i; unsigned __int128 u[2]; };",
    "long double": "struct X { char c; long double d; char e; };",
    "_Float128": "struct X { char c; __float128 q; };",
    "_Complex": "struct X { char c; _Complex float f; _Complex double d; _Complex long double l; };",
    "_Atomic": "struct X { char c; _Atomic long l; _Atomic char b; };",
    "_Atomic struct": "struct three { char c[3]; }; struct X { char c; _Atomic struct three t; };",
    "enums": "enum e { A }; enum big { B = 1LL << 40 }; struct X { char c; enum e e; enum big b; };",
    "pointers": "struct X { char c; void (*f)(void); int (*a)[3]; struct X *next; };",
    "arrays": "struct X { char a[3][5]; short s[7]; };",
    "array of zero": "struct X { int n; long zero[0]; char c; };",
    "struct of nothing inside": "struct nothing { }; struct X { char c; struct nothing n; int i; };",
    "pragma pack": "#pragma pack(push, 2)\nstruct X { char c; long l; };\n#pragma pack(pop)",
    "alignas": "struct X { _Alignas(32) char c; };",
    "thread and locks": "#include <pthread.h>\nstruct X { char c; pthread_mutex_t m; pthread_cond_t d; };",
    "big": "struct X { char c[100000000]; int i; };",
    "types of the system": "#include <stdio.h>\n#include <sys/stat.h>\nstruct X { char c; struct stat s; fpos_t p; };",
    "typedef of an anonymous struct": "typedef struct { char c; long l; } X;",
    "typedef of an anonymous union": "typedef union { char c[9]; int l; } X;",
    "typedef of a named struct": "struct real { char c; short s; }; typedef struct real X;",
    "typedef of a number": "typedef long double X;",
    "typedef of an array": "typedef short X[7];",
    "typedef of a pointer": "typedef struct hidden *X;",
}
FLAGS = {
    "-fshort-enums": "enum e { A }; struct X { enum e a, b; int c; };",
    "-fpack-struct=2": "struct X { char c; long l; };",
    "-funsigned-char": "struct X { char c : 7; };",
    "-fshort-wchar": "#include <stddef.h>\nstruct X { wchar_t w[3]; };",
    "-malign-double": "struct X { char c; double d; };",
    "-D_FILE_OFFSET_BITS=64": "#include <sys/types.h>\nstruct X { char c; off_t o; };",
    "-std=c99": "struct X { char c; long long l; };",
    "-std=c2x": "struct X { char c; _Bool b; };",
    "-mavx512f": "typedef float v16 __attribute__((vector_size(64))); struct X { char c; v16 v; };",
    "-include stddef.h": "struct X { char c; size_t n; max_align_t m; };",
}
COMPILERS = ("gcc", "clang-14", "clang-19")


def type_name(source):
    last = source.rsplit("}", 1)[-1]
    if "union X {" in source:
        return "union X"
    return "X" if "typedef" in source and ("X;" in last or "X[" in last) else "struct X"


def compare(place, source, compiler, *flags):
    support.need(compiler)
    (place / "x.c").write_text(source + "\n")
    if support.run(compiler, *flags, "-fsyntax-only", "x.c", cwd=place).status != 0:
        pytest.skip(f"{compiler} does not have this type or flag")
    name = type_name(source)
    done = support.gen("emit", "-t", name, "-o", "x.h", "--cc", compiler, "x.c", "--", *flags, cwd=place)
    assert done.status == 0, done
    assert said_numbers((place / "x.h").read_text(), "X") == real_numbers([compiler], place, "x.c", name, *flags), done
    owner = f'#include "x.c"\n#include "x.h"\nX_OPAQUE_CHECK();\n'
    (place / "owner.c").write_text(owner)
    support.must(compiler, *flags, "-c", "-o", "owner.o", "owner.c", cwd=place)


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("case", HARD)
def test_hard_type(case, compiler, tmp_path):
    compare(tmp_path, HARD[case], compiler)


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("flag", FLAGS)
def test_flag_that_changes_layouts(flag, compiler, tmp_path):
    compare(tmp_path, FLAGS[flag], compiler, *flag.split())


@pytest.mark.parametrize("case", sorted(set(HARD) - {"_Float128", "big vector"}))
def test_hard_type_of_another_target(case, tmp_path):
    compare(tmp_path, HARD[case], "aarch64-linux-gnu-gcc")


OFFSETS = """\
struct in { char x; long y; };
struct X {
	char c;
	union { short u; struct { char lo, hi; }; };
	struct in in[2];
	int bits : 5;
	double d;
};
"""


@pytest.mark.parametrize("field", ["c", "u", "lo", "hi", "in", "d"])
def test_offsets_are_those_of_the_compiler(field, tmp_path):
    (tmp_path / "x.c").write_text(OFFSETS)
    done = support.gen("emit", "-t", "struct X", "--offset", field, "-o", "x.h", "x.c", cwd=tmp_path)
    assert done.status == 0, done
    (tmp_path / "test.c").write_text(
        f'#include "x.c"\n#include "x.h"\nX_OPAQUE_CHECK();\n'
        f"_Static_assert(X_OFFSETOF_{field.upper()} == __builtin_offsetof(struct X, {field}), \"offset\");\n"
        f"_Static_assert(X_SIZEOF_{field.upper()} == sizeof(((struct X *)0)->{field}), \"size\");\n")
    support.must("gcc", "-fsyntax-only", "test.c", cwd=tmp_path)


@pytest.mark.parametrize("target", ["s390x", "riscv64", "mips", "aarch64", "arm"])
def test_large_numbers_of_another_target(target, tmp_path):
    """Each target has its own idea of how a constant looks in assembly, and of how large one may be."""
    compiler = f"{target}-linux-gnu{'eabihf' if target == 'arm' else ''}-gcc"
    support.need(compiler)
    (tmp_path / "x.c").write_text("struct X { char c[140], d[5000], e[70000]; char end[3000000]; };\n")
    done = support.gen("emit", "--cc", compiler, "-t", "struct X", "--offset", "end", "x.c", cwd=tmp_path)
    assert done.status == 0 and "libclang says" not in done.err, done
    assert said_numbers(done.out, "X") == (3075140, 1)
    assert "#define X_OFFSETOF_END 75140\n#define X_SIZEOF_END 3000000\n" in done.out


def test_type_private_to_a_source_file(tmp_path):
    """With everything around it that such a file has: functions, statics, what comes after it."""
    (tmp_path / "conn.c").write_text("""\
#include <stdio.h>
#include <stdlib.h>
static int before(void) { return 1; }
struct conn { int fd; FILE *log; struct conn *next; };
static struct conn *all;
int after(void) { static struct conn here; struct conn local = { 0 }; (void)local; all = &here; return before() + all->fd; }
int main(void) { return after(); }
""")
    done = support.gen("emit", "-t", "struct conn", "-o", "o.h", "conn.c", cwd=tmp_path)
    assert done.status == 0, done
    assert said_numbers((tmp_path / "o.h").read_text(), "CONN") == (24, 8)
    assert "struct conn of conn.c" in (tmp_path / "o.h").read_text()


def test_header_as_the_source(tmp_path):
    support.write(tmp_path, {"conn.h": "#pragma once\nstruct conn { int fd; };\nstatic inline int f(void) { return 1; }\n"})
    done = support.gen("emit", "-t", "struct conn", "-o", "o.h", "conn.h", cwd=tmp_path)
    assert done.status == 0 and "warning: #pragma once" not in done.err, done
    assert said_numbers((tmp_path / "o.h").read_text(), "CONN") == (4, 4)
