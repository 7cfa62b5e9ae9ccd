# SPDX-License-Identifier: MIT
"""Every compiler that layouts are tried on. Those that are not installed are skipped."""
import support

# name: command words. Those of clang need no headers of the target.
COMPILERS = {
    "gcc": ("gcc",),
    "clang-14": ("clang-14",),
    "clang-19": ("clang-19",),
    "i686": ("i686-linux-gnu-gcc",),
    "x32": ("gcc", "-mx32"),
    "aarch64": ("aarch64-linux-gnu-gcc",),
    "armhf": ("arm-linux-gnueabihf-gcc",),
    "riscv64": ("riscv64-linux-gnu-gcc",),
    "s390x": ("s390x-linux-gnu-gcc",),
    "ppc64le": ("powerpc64le-linux-gnu-gcc",),
    "ppc64": ("powerpc64-linux-gnu-gcc",),
    "ppc": ("powerpc-linux-gnu-gcc",),
    "mips": ("mips-linux-gnu-gcc",),
    "m68k": ("m68k-linux-gnu-gcc",),
    "sparc64": ("sparc64-linux-gnu-gcc",),
    "sh4": ("sh4-linux-gnu-gcc",),
    "alpha": ("alpha-linux-gnu-gcc",),
    "hppa": ("hppa-linux-gnu-gcc",),
    "mingw": ("x86_64-w64-mingw32-gcc",),
    "clang-i686": ("clang-14", "--target=i686-linux-gnu", "-ffreestanding"),
    "clang-x32": ("clang-14", "--target=x86_64-linux-gnux32", "-ffreestanding"),
    "clang-aarch64": ("clang-14", "--target=aarch64-linux-gnu", "-ffreestanding"),
    "clang-armhf": ("clang-14", "--target=armv7-linux-gnueabihf", "-ffreestanding"),
    "clang-riscv64": ("clang-14", "--target=riscv64-linux-gnu", "-ffreestanding"),
    "clang-s390x": ("clang-14", "--target=s390x-linux-gnu", "-ffreestanding"),
    "clang-ppc64le": ("clang-14", "--target=powerpc64le-linux-gnu", "-ffreestanding"),
    "clang-mips": ("clang-14", "--target=mips-linux-gnu", "-ffreestanding"),
    "clang-mingw": ("clang-14", "--target=x86_64-w64-mingw32", "-ffreestanding"),
    "clang-wasm32": ("clang-14", "--target=wasm32-unknown-unknown", "-ffreestanding"),
}
HAS_INT128 = {"gcc", "clang-14", "clang-19", "x32", "aarch64", "riscv64", "s390x", "ppc64le", "ppc64", "sparc64",
              "alpha", "mingw", "clang-x32", "clang-aarch64", "clang-riscv64", "clang-s390x", "clang-ppc64le",
              "clang-mingw", "clang-wasm32"}
ELF = COMPILERS.keys() - {"mingw", "clang-mingw", "clang-wasm32"}

# Targets that one header can tell apart, as gen/targets.c names them: the compiler that Debian has for each.
GCC_OF = {
    "x86_64": "gcc", "i386": "i686-linux-gnu-gcc", "x32": "x86_64-linux-gnux32-gcc", "aarch64": "aarch64-linux-gnu-gcc",
    "armhf": "arm-linux-gnueabihf-gcc", "armel": "arm-linux-gnueabi-gcc", "arm-none": "arm-none-eabi-gcc", "riscv64": "riscv64-linux-gnu-gcc",
    "s390x": "s390x-linux-gnu-gcc", "ppc64le": "powerpc64le-linux-gnu-gcc", "ppc64": "powerpc64-linux-gnu-gcc",
    "ppc": "powerpc-linux-gnu-gcc", "mips": "mips-linux-gnu-gcc", "mipsel": "mipsel-linux-gnu-gcc",
    "mips64": "mips64-linux-gnuabi64-gcc", "mips64el": "mips64el-linux-gnuabi64-gcc", "m68k": "m68k-linux-gnu-gcc",
    "sparc64": "sparc64-linux-gnu-gcc", "alpha": "alpha-linux-gnu-gcc", "hppa": "hppa-linux-gnu-gcc",
    "sh4": "sh4-linux-gnu-gcc", "mingw64": "x86_64-w64-mingw32-gcc", "mingw32": "i686-w64-mingw32-gcc",
}
# Those for which there is only clang.
CLANG_OF = {
    "wasm32": "wasm32", "win64": "x86_64-pc-windows-msvc", "win32": "i686-pc-windows-msvc", "winarm64": "aarch64-pc-windows-msvc",
    "riscv32": "riscv32-linux-gnu", "loongarch64": "loongarch64-linux-gnu", "macos-arm64": "arm64-apple-macosx",
    "macos-x86_64": "x86_64-apple-macosx",
}
UNKNOWN_TO_CLANG = {"alpha", "hppa", "sh4"}  # of any version
UNKNOWN_TO_14 = UNKNOWN_TO_CLANG | {"loongarch64"}


def words(name):
    """The command of a compiler."""
    support.need(COMPILERS[name][0])
    return COMPILERS[name]


def words_for(target):
    """The command of a compiler for a target of GCC_OF or CLANG_OF."""
    found = [GCC_OF[target]] if target in GCC_OF else ["clang-16", f"--target={CLANG_OF[target]}", "-ffreestanding"]
    support.need(found[0])
    return found


def libc_for_msvc(folder):
    """What a header that is not for GNU C includes, in a folder to be named with -isystem."""
    support.write(folder, {"string.h": "void *memcpy(void *, const void *, __SIZE_TYPE__);\n"
                                       "void *memset(void *, int, __SIZE_TYPE__);\n"})
    return folder
