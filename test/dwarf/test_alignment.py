# SPDX-License-Identifier: MIT
"""Alignment as bounds: what is stated, what holes prove, what cannot be known. Each is held against the compiler's own.

A case: (compiler, flags, C definition of struct conn, bounds lo..hi)
"""
import pytest

import reader
import support
from support.probe import Probe

PLAIN = "struct conn { char c; %s m; };"
STRICT = "struct conn { char c[8]; } __attribute__((aligned(8)));"
ATOMIC = "struct conn { int a, b; _Atomic long long m; };"
PAIR = "struct pair { int a, b; }; struct conn { int x, y; _Atomic struct pair m; };"
CASES = [
    # a hole proves
    ("gcc", [], PLAIN % "int", (4, 4)),
    ("gcc", [], PLAIN % "long double", (16, 16)),
    ("i686", [], PLAIN % "double", (4, 4)),
    ("i686", [], PLAIN % "_Float128", (16, 16)),
    ("s390x", [], PLAIN % "long double", (8, 8)),
    ("m68k", [], PLAIN % "double", (2, 2)),
    ("gcc", [], "struct conn { long a; char c; };", (8, 8)),
    ("gcc", [], "struct conn { union { long a; char c[9]; } u; char d; };", (8, 8)),
    ("gcc", [], "struct conn { union { long a; char c[9]; } u; };", (1, 8)),
    # nothing but characters leaves one answer
    ("gcc", [], "struct conn { char a[3]; unsigned char b; };", (1, 1)),
    # no hole: it may be packed
    ("gcc", [], "struct conn { long a, b; };", (1, 8)),
    ("gcc", [], "struct conn { long a, b; } __attribute__((packed));", (1, 8)),
    ("gcc", [], "struct conn { char c; long a; } __attribute__((packed));", (1, 1)),
    ("gcc", [], "struct conn { short s; long a; } __attribute__((packed, aligned(2)));", (2, 2)),
    ("gcc", ["-fpack-struct=2"], "struct conn { char c; long a; short s; };", (1, 2)),
    ("gcc", ["-fpack-struct=2"], "struct conn { long a; char c; };", (1, 2)),
    ("gcc", ["-fpack-struct=4"], "struct conn { char c; } __attribute__((aligned(64)));", (4, 64)),
    ("gcc", ["-fpack-struct"], "struct conn { char c; } __attribute__((aligned(64)));", (1, 64)),
    # stated
    ("gcc", [], "struct conn { char c; } __attribute__((aligned(32)));", (32, 32)),
    ("clang-14", [], "struct conn { char c; } __attribute__((aligned(32)));", (32, 32)),
    ("clang-14", [], "struct conn { long c; } __attribute__((aligned(2)));", (2, 8)),
    ("clang-14", [], "struct conn { char c[32]; int m __attribute__((aligned(16))); char d[12]; };", (1, 16)),
    ("gcc", [], "struct conn { char c[32]; int m __attribute__((aligned(16))); char d[12]; };", (16, 16)),
    ("gcc", [], "typedef int wide __attribute__((aligned(16))); struct conn { wide w; };", (16, 16)),
    ("gcc", ["-std=c11"], "struct conn { _Alignas(64) char c; };", (64, 64)),
    # clang before DWARF 5 says nothing of a typedef
    *(("clang-14", ["-gdwarf-4"], "struct s { int a[4]; }; typedef struct s s16 __attribute__((aligned(16)));"
       f"struct conn {{ char c[32]; s16 m{m}; }};", bounds)
      for m, bounds in (("", (1, 16)), ("[2]", (1, 32)), (" __attribute__((aligned(2)))", (1, 16)))),
    # nor of a bit-field, or of the _Atomic struct that it pads and then takes for one
    ("clang-14", [], "struct conn { char c[32]; unsigned b : 3 __attribute__((aligned(16))); char d[15]; };", (1, 16)),
    ("clang-19", [], "struct conn { unsigned a : 4, b : 3; char c[28]; };", (1, 32)),
    ("clang-14", [], "struct in { int a, b, c; };"
     "struct conn { char c[32]; _Atomic(struct in) m __attribute__((aligned(32))); char d[16]; };", (1, 32)),
    ("clang-14", [], "struct in { int a; short b[5]; } __attribute__((packed));"
     "struct conn { _Atomic(struct in) m; char c; };", (16, 32)),
    # clang pads _Atomic structs up to what the machine can do at once
    *((name, [], "struct in { char c[%d]; }; struct conn { char c; _Atomic(struct in) m[2]; char d; };" % size, bounds)
      for name, size, bounds in (("clang-mips", 3, (4, 4)), ("clang-mips", 7, (1, 1)), ("clang-i686", 7, (8, 8)),
                                 ("clang-i686", 9, (1, 1)), ("clang-ppc64le", 9, (1, 1)), ("clang-14", 9, (16, 16)),
                                 ("clang-s390x", 12, (1, 1)), ("clang-riscv64", 12, (16, 16)))),
    # gcc for these drops what was stated, where it equals the size
    ("armhf", [], STRICT, (1, 8)),
    ("riscv64", [], STRICT, (1, 8)),
    ("mips", [], STRICT, (1, 8)),
    ("sparc64", [], STRICT, (1, 8)),
    ("gcc", [], STRICT, (8, 8)),
    ("aarch64", [], STRICT, (8, 8)),
    ("aarch64", ["-mstrict-align"], STRICT, (1, 8)),
    # _Atomic has no word before DWARF 5
    ("i686", ["-gdwarf-5"], ATOMIC, (1, 8)),
    ("i686", ["-gdwarf-4"], ATOMIC, (1, 8)),
    ("clang-i686", ["-gdwarf-4"], ATOMIC, (1, 8)),
    ("gcc", ["-gdwarf-5"], PAIR, (1, 8)),
    ("gcc", ["-gdwarf-4"], PAIR, (1, 8)),
    # flags that raise the alignment
    ("i686", ["-malign-double"], PLAIN % "double", (8, 8)),
    ("clang-i686", ["-malign-double"], "struct conn { double a, b; };", (1, 8)),
    ("m68k", ["-malign-int"], PLAIN % "int", (4, 4)),
    ("armhf", ["-mstructure-size-boundary=64"], "struct conn { char c[24]; };", (1, 8)),
    ("gcc", ["-fshort-enums"], "enum e { A }; struct conn { enum e e; };", (1, 1)),
    # ms_struct, of which no DWARF tells, aligns members as they are alone: i386's double, and what is as large
    *(("i686", [], text + " __attribute__((ms_struct));", bounds) for text, bounds in (
        ("struct conn { char c; long double d; double e; }", (4, 8)), ("struct conn { int k; int n; double d; }", (1, 8)),
        ("struct conn { long long d; int e[6]; }", (1, 8)), ("struct conn { int k; double x[2]; }", (8, 8)),
        ("struct conn { int k; double _Complex x; }", (8, 8)), ("struct conn { long double d; int e; }", (1, 4)),
        ("struct conn { long long x : 5; int y; char z[8]; }", (1, 8)), ("struct conn { int k; long double d; }", (1, 4)))),
    ("i686", ["-mms-bitfields"], "struct conn { int k; int n; double d; };", (1, 8)),
    # gcc takes a bit-field that is as wide as an integer for one, whatever its typedef says
    *((name, [], f"typedef int low __attribute__((aligned(1))); struct conn {{ low f : {width}; }};", bounds)
      for name, width, bounds in (("gcc", 32, (4, 4)), ("m68k", 32, (1, 2)), ("gcc", 16, (2, 2)), ("m68k", 16, (1, 2)))),
    # -fpack-struct and members that are aligned to more: the type itself is placed as its fields allow
    ("gcc", ["-fpack-struct=4"], "struct conn { char c; int m __attribute__((aligned(8))); };", (4, 4)),
    ("gcc", ["-fpack-struct=4"], "struct in { char x; } __attribute__((aligned(16))); struct conn { char c; struct in m; };", (4, 4)),
    ("gcc", ["-fpack-struct"], "struct conn { char c; int m __attribute__((aligned(8))); };", (1, 8)),
    ("gcc", ["-fpack-struct"], "typedef int wide __attribute__((aligned(16))); struct conn { int a; wide m; char c[12]; };", (1, 1)),
    # unnamed bit-fields: a hole that no alignment explains proves nothing, and may stand for alignment
    ("gcc", [], "struct conn { char c; int : 24; char d; };", (1, 1)),
    ("gcc", [], "struct conn { char c; long : 56; char d; int : 24; };", (1, 4)),
    ("aarch64", [], "struct conn { char c; int : 0; char d; };", (1, 8)),
    ("armhf", [], "struct conn { char c; int : 0; char d; };", (1, 8)),
    ("m68k", [], "struct conn { char c; int : 0; char d; };", (1, 4)),
    # named ones, next to which unnamed ones are likely
    ("gcc", [], "struct conn { unsigned a : 3; unsigned : 5; int b; } __attribute__((packed));", (1, 1)),
    ("gcc", [], "struct conn { unsigned a : 3; unsigned : 29; int b; } __attribute__((packed));", (1, 4)),
]


@pytest.mark.parametrize("name, flags, text, expected", CASES, ids=range(len(CASES)))
def test_bounds(name, flags, text, expected, tmp_path):
    words = reader.compiler(name)
    path = reader.build(tmp_path, text + "\nstruct conn conn;\n", *flags, words=words)
    layout, = reader.layouts(path, "struct conn")
    (tmp_path / "probe.c").write_text(text + "\n")
    probe = Probe()
    probe.type("conn", "struct conn")
    probe.run(words, tmp_path / "probe.c", *flags)
    lo, hi = layout["align_low"], layout["align"]
    assert (lo, hi) == expected
    assert lo <= probe.truth("conn").align <= hi and layout["size"] == probe.truth("conn").size
    assert layout["align_exact"] == (lo == hi)


@pytest.mark.parametrize("version, expected", [(4, (1, 64)), (5, (64, 64))])
def test_strict_dwarf(version, expected, tmp_path):
    """gcc -gstrict-dwarf states no alignment before DWARF 5: the size alone bounds it, and the answer says so."""
    path = reader.build(tmp_path, "struct conn { char c[192]; } __attribute__((aligned(64))) conn;\n",
                        f"-gdwarf-{version}", "-gstrict-dwarf")
    answer = reader.ask(path, ["struct conn"])
    layout, = answer["layouts"]
    assert (layout["align_low"], layout["align"]) == expected
    warning = (f"{tmp_path}/conn.c:1: warning: the alignment of 'struct conn' is only bounded by its size: "
               "gcc -gstrict-dwarf leaves the alignment of types out of DWARF 4")
    assert reader.words_of(answer) == ([warning] if version == 4 else [])


@pytest.mark.parametrize("producer, doubt", [
    ("GNU C11 6.3.0", "gcc 6 leaves the alignment of types out of DWARF"),
    ("Acme C 1.0 42", "'Acme C 1.0' is not known to put the alignment of types into DWARF"),
    ("clang version 3.9.1", "clang 3 leaves the alignment of types out of DWARF")])
def test_compilers_in_doubt(producer, doubt, tmp_path):
    path = reader.build(tmp_path, "struct conn { char c[96]; } conn;\n")
    data = path.read_bytes()
    at = data.index(b"GNU C1")
    end = data.index(b"\0", at)
    assert end - at > len(producer)
    path.write_bytes(data[:at] + producer.encode().ljust(end - at, b" ") + data[end:])
    answer = reader.ask(path, ["struct conn"])
    assert (answer["layouts"][0]["align_low"], answer["layouts"][0]["align"]) == (1, 32)
    assert reader.words_of(answer) == [
        f"{tmp_path}/conn.c:1: warning: the alignment of 'struct conn' is only bounded by its size: {doubt}"]


@pytest.mark.parametrize("version", [4, 5])
def test_shared_units_hold_for_all_their_compilers(version, tmp_path):
    """A type unit does not say who compiled it: the bounds are those of all compilers of the file."""
    text = "struct conn { int a[6]; };\nstruct conn conn_%s;\n"
    for name, flags in ("one", ["-mstructure-size-boundary=64"]), ("two", []):
        reader.build(tmp_path, text % name, "-fdebug-types-section", f"-gdwarf-{version}", *flags,
                     words=reader.compiler("armhf"), name=name)
    support.must(*reader.compiler("armhf"), "-nostdlib", "-shared", "-o", "both", "one.o", "two.o", cwd=tmp_path)
    assert reader.layouts(tmp_path / "two.o", "struct conn")[0]["align"] == 4
    assert reader.layouts(tmp_path / "both", "struct conn")[0]["align"] == 8


def test_typedefs_of_clang(tmp_path):
    text = "typedef struct conn { char c[96]; } conn_t __attribute__((aligned(32)));\nconn_t c;\n"
    for version, bounds in (4, (1, 32)), (5, (32, 32)):
        path = reader.build(tmp_path, text, f"-gdwarf-{version}", words=reader.compiler("clang-14"))
        row, = reader.layouts(path, "conn_t")
        assert (row["align_low"], row["align"]) == bounds


def test_typedefs(tmp_path):
    path = reader.build(tmp_path, "typedef long long number; number n;\n"
                        "typedef int low __attribute__((aligned(2))); low l;\n"
                        "typedef struct conn { char c; } conn_t; conn_t c;\n"
                        "typedef float vec __attribute__((vector_size(32))); vec v;\n")
    found = [(row["size"], row["align_low"], row["align"], row["record"])
             for row in reader.layouts(path, "number", "low", "conn_t", "vec")]
    assert found == [(8, 8, 8, False), (4, 2, 2, False), (1, 1, 1, True), (32, 1, 32, False)]
