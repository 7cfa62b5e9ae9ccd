# SPDX-License-Identifier: MIT
"""Where libclang knows less than the compiler, or does not come back at all: what is mended, and what is said."""
import os

import pytest

import support
from numbers_of import real_numbers, said_numbers

OLD = "an older header, not to be touched\n"
CONN = "struct __attribute__((may_alias)) conn { char c; long double d; enum { A } e; char rest[REST]; };\n"


@pytest.fixture
def place(tmp_path):
    support.write(tmp_path, {"conn.c": CONN, "conn_opaque.h": OLD})
    return tmp_path


def emit(place, *arguments, err="", env=None):
    result = support.gen("emit", "-t", "struct conn", *arguments, cwd=place, env=env or {})
    assert (result.status, result.err) == (0, err), result
    return said_numbers(result.out, "CONN")


def refused(place, said, *arguments, env=None):
    result = support.gen("emit", "-t", "struct conn", "-o", "conn_opaque.h", *arguments, cwd=place, env=env or {})
    assert (result.status, result.out, result.err) == (2, "", said), result
    assert (place / "conn_opaque.h").read_text() == OLD
    assert not [path for path in place.iterdir() if path.name.startswith("conn_opaque.h") and path.name != "conn_opaque.h"]


# ---- flags that layouts depend on ----

LAYOUT_FLAGS = ["-fshort-enums", "-fpack-struct", "-fpack-struct=2", "-mms-bitfields", "-malign-double -m32", "-mlong-double-64",
                "-mlong-double-128", "-m96bit-long-double -m32", "-m128bit-long-double -m32", "-mno-align-double -m32", "-m32",
                "-mx32", "-funsigned-char", "-fshort-wchar", "-fsso-struct=big-endian"]
BITS = """\
typedef __WCHAR_TYPE__ wide;
struct __attribute__((may_alias)) conn { char c; double d; int a : 3; char b : 7; long double l; enum { A } e; wide w; long n; };
"""


@pytest.mark.parametrize("flags", LAYOUT_FLAGS)
def test_layout_flags(flags, place):
    """The compiler's numbers, whether libclang knows the flag or not."""
    (place / "conn.c").write_text(BITS)
    result = support.gen("emit", "-t", "struct conn", "--cc", "gcc", "conn.c", "--", *flags.split(), cwd=place)
    assert result.status == 0 and "error" not in result.err, result
    assert said_numbers(result.out, "CONN") == real_numbers(["gcc"], place, "conn.c", "struct conn", *flags.split())


@pytest.mark.parametrize("flag", ["-m128bit-long-double", "-fsso-struct=big-endian", "-mno-align-double"])
def test_layout_flag_that_libclang_lacks_and_nobody_confirms(flag, place):
    (place / "conn.c").write_text(BITS)
    refused(place, f"gen-opaque: error: libclang does not know '{flag}', which layouts depend on\n"
            "gen-opaque: note: the compiler does: leave out --no-confirm\n", "--no-confirm", "conn.c", "--", "-m32", flag)


# ---- processors ----

BY_MACROS = """\
#if !defined(__SSSE3__) || !defined(__LAHF_SAHF__)
#error "not that processor"
#endif
struct __attribute__((may_alias)) conn { char c[10]; };
"""
OTHER = "gen-opaque: warning: libclang does not know '{}', and does as for another processor with the same macros\n"


@pytest.mark.parametrize("flags", [["-march=nano"], ["-march=nano", "-mtune=eden-x2"]])
def test_processor_that_only_gcc_knows(flags, place):
    """Sources look at what it can do: libclang is told by macros."""
    (place / "conn.c").write_text(BY_MACROS)
    assert emit(place, "--cc", "gcc", "conn.c", "--", *flags) == (10, 1)
    assert emit(place, "--cc", "gcc", "--no-confirm", "conn.c", "--", *flags,
                err="".join(OTHER.format(flag) for flag in flags)) == (10, 1)


def test_unit_that_only_gcc_uses(place):
    """libclang has no way to reckon in the other unit, which makes float_t a long double."""
    (place / "conn.c").write_text("#include <math.h>\nstruct __attribute__((may_alias)) conn { float_t f; };\n")
    assert emit(place, "--cc", "gcc", "conn.c", "--", "-mfpmath=387") == (16, 16)
    assert emit(place, "--cc", "gcc", "--no-confirm", "conn.c", "--", "-mfpmath=387",
                err=OTHER.format("-mfpmath=387")) == (16, 16)


def test_processor_of_another_target(place):
    support.need("arm-linux-gnueabihf-gcc")
    flags = ["-march=armv7-a+fp", "-mtune=marvell-pj4"]
    assert emit(place, "--cc", "arm-linux-gnueabihf-gcc", "conn.c", "--", *flags, "-DREST=1") == real_numbers(
        ["arm-linux-gnueabihf-gcc"], place, "conn.c", "struct conn", *flags, "-DREST=1")


@pytest.mark.parametrize("target, flags", [("aarch64", ["-mabi=lp64"]), ("aarch64", ["-mabi=lp64", "-mtune=generic"]),
                                           ("riscv64", ["-march=rv64imac_zicsr_zifencei", "-mabi=lp64"])])
def test_what_kernels_are_built_with(target, flags, place):
    """Names that gcc has for what libclang has, too."""
    compiler = f"{target}-linux-gnu-gcc"
    support.need(compiler)
    (place / "conn.c").write_text("struct __attribute__((may_alias)) conn { char c; long l; };\n")
    assert emit(place, "--cc", compiler, "conn.c", "--", *flags) == (16, 8)


UNKNOWN = "gen-opaque: error: libclang does not know the flag '{}'\n"


@pytest.mark.parametrize("flag", ["-march=nonsense", "-mtune=nonsense", "-march=nano", "-std=c77"])
def test_flag_that_nobody_knows(flag, place):
    """There is no compiler to ask what -march=nano is."""
    refused(place, UNKNOWN.format(flag), "--target", "x86_64-linux-gnu", "conn.c", "--", flag)
    refused(place, UNKNOWN.format(flag), "--no-confirm", "conn.c", "--", flag, env={"PATH": "/nowhere"})


@pytest.mark.parametrize("how, name", [(["--target", "nope-foo"], "nope-foo"), (["--cc", "sh4-linux-gnu-gcc"], "sh4-linux-gnu")])
def test_target_that_libclang_does_not_know(how, name, place):
    result = support.gen("emit", "-t", "struct conn", "-o", "conn_opaque.h", *how, "conn.c", cwd=place)
    assert result.status == 2 and (place / "conn_opaque.h").read_text() == OLD, result
    lines = result.err.splitlines()
    assert lines[0] == f"gen-opaque: error: libclang does not know the target '{name}'", result
    assert lines[-1] == "gen-opaque: note: object files of any target can be read: name one of those", result


def test_target_that_is_nearly_right(place):
    result = support.gen("emit", "-t", "struct conn", "--target", "armhff", "conn.c", cwd=place)
    assert result.status == 2 and "gen-opaque: note: the nearest names there are: 'armhf'" in result.err, result


# ---- headers ----


def test_without_headers_of_its_own(place):
    """As where libclang is installed without them."""
    (place / "conn.c").write_text("#include <stddef.h>\nstruct __attribute__((may_alias)) conn { size_t n; };\n")
    refused(place, "conn.c:1:10: error: 'stddef.h' file not found\n"
            "gen-opaque: note: libclang's own headers are not there: install them (libclang-common-N-dev), or name a compiler "
            "with --cc\n"
            "conn.c:2:35: error: 'struct conn' is not understood; its layout is unknown\n",
            "--target", "x86_64-linux-gnu", "conn.c", "--", "-nobuiltininc")
    assert emit(place, "--no-confirm", "--cc", "gcc", "conn.c", "--", "-nobuiltininc") == (8, 8), "the compiler's will do"


@pytest.mark.parametrize("flag", ["-isysroot{}", "--sysroot={}", "-isystem{}/usr/include", "-include{}/usr/include/size.h"])
def test_flags_that_say_where_headers_are(flag, place):
    support.write(place, {"root/usr/include/size.h": "enum { SIZE = 7 };\n",
                          "conn.c": "struct __attribute__((may_alias)) conn { char c[SIZE]; };\n"})
    if not flag.startswith("-include"):
        (place / "conn.c").write_text("#include <size.h>\n" + (place / "conn.c").read_text())
    for confirm in ([], ["--no-confirm"]):
        assert emit(place, "--cc", "gcc", *confirm, "conn.c", "--", flag.format(place / "root")) == (7, 1)


# ---- a libclang that does not come back ----


def test_death(place):
    """Of recursion without end: our own process goes on."""
    (place / "conn.c").write_text("struct conn { int x; };\nint y = " + "(" * 200000 + "1" + ")" * 200000 + ";\n")
    result = support.gen("emit", "-t", "struct conn", "-o", "conn_opaque.h", "--no-confirm", "conn.c", "--",
                         "-fbracket-depth=1000000", cwd=place, env={"LIBCLANG_DISABLE_CRASH_RECOVERY": "1", "ASAN_OPTIONS": "handle_segv=0"})
    assert result.status == 2 and result.out == "", result
    assert result.err.startswith("gen-opaque: error: libclang died of signal 11 (Segmentation fault)\n"
                                 "gen-opaque: note: some versions die on some types; build gen-opaque with another libclang\n")
    assert (place / "conn_opaque.h").read_text() == OLD


def test_type_that_kills_some_versions(place):
    """libclang 14 has no size for __bf16 on x86_64 and may divide by what it finds there; the others know it."""
    (place / "conn.c").write_text("struct __attribute__((may_alias)) conn { int x; __bf16 b; };\n")
    result = support.gen("emit", "-t", "struct conn", "--no-confirm", "conn.c", cwd=place)
    if result.status == 0:
        assert said_numbers(result.out, "CONN") == (8, 4), result
    else:
        assert result.status == 2 and result.out == "", result
        assert result.err.startswith(("gen-opaque: error: libclang died of signal 8 ",
                                      "conn.c:1:49: error: __bf16 is not supported on this target\n")), result


def test_hang(place):
    os.mkfifo(place / "pipe.h")
    (place / "conn.c").write_text('#include "pipe.h"\nstruct conn { int fd; };\n')
    refused(place, "gen-opaque: error: libclang did not finish, and was stopped\n"
            "gen-opaque: note: GEN_OPAQUE_TIMEOUT=SECONDS gives it more time\n", "conn.c", env={"GEN_OPAQUE_TIMEOUT": "1"})
