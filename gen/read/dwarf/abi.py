# SPDX-License-Identifier: MIT
"""What a machine and a compiler do about alignment that DWARF does not say.

Whatever is not known here errs towards more alignment: storage that is too well aligned works.
"""
from __future__ import annotations

import re
from typing import NamedTuple

from .constants import ATE

EM_SPARC, EM_386, EM_68K, EM_MIPS, EM_PPC, EM_PPC64, EM_S390, EM_ARM, EM_SH = 2, 3, 4, 8, 20, 21, 22, 40, 42
EM_SPARCV9, EM_X86_64, EM_AVR, EM_MSP430, EM_AARCH64, EM_RISCV, EM_LOONGARCH = 43, 62, 83, 105, 183, 243, 258

# No scalar member is aligned to more than this many bytes.
MOST = {EM_68K: 2, EM_S390: 8, EM_ARM: 8, EM_SH: 4, EM_AVR: 1, EM_MSP430: 2}
# clang pads _Atomic types up to 16 bytes from this version on; else up to 8, or what stands here.
NEVER = 1 << 30
PADS_16 = {EM_PPC64: 15, EM_S390: 18, **dict.fromkeys((EM_386, EM_ARM, EM_MIPS, EM_SPARC, EM_SPARCV9, 18, EM_LOONGARCH,
                                                       EM_68K, EM_AVR, EM_MSP430), NEVER)}
PADS = {EM_68K: 0, EM_AVR: 0, EM_MSP430: 0}
# gcc for all others clears the mark of a user's alignment where a record's size is that of an integer.
NOT_STRICT = frozenset({EM_386, EM_X86_64, EM_AARCH64, EM_PPC, EM_PPC64, EM_S390, EM_68K, EM_LOONGARCH})
STRICT_FLAGS = ("-mstrict-align", "-m68000", "-m68010", "-m5", "-mcf", "-mcpu32")
KEPT_FLAGS = STRICT_FLAGS + ("-gstrict-dwarf", "-malign-double", "-malign-int", "-mstructure-size-boundary=",
                              "-fpack-struct")
CXX = frozenset({0x04, 0x1a, 0x21, 0x2b, 0x2c, 0x3a})  # DW_LANG_C_plus_plus*

GCC = re.compile(r"GNU \S+ (\d+)\.\d")
CLANG = re.compile(r"\bclang version (\d+)")


def power_above(n: int) -> int:
    """The smallest power of two that is not below n."""
    return 1 << max(n - 1, 0).bit_length()


def power_in(n: int) -> int:
    """The largest power of two that divides n."""
    return n & -n


class Traits(NamedTuple):
    """A compiler, as far as alignments depend on it."""

    compiler: str  # "gcc", "clang", or what else there is
    version: int
    flags: frozenset[str]
    dwarf: int
    cxx: bool

    @classmethod
    def of(cls, producer: str, dwarf: int, language: int) -> Traits:
        flags = frozenset(w for w in producer.split() if w.startswith(KEPT_FLAGS))
        for name, pattern in ("gcc", GCC), ("clang", CLANG):
            match = pattern.search(producer)
            if match:
                return cls(name, int(match[1]), flags, dwarf, language in CXX)
        return cls(" ".join(producer.split()[:3]) or "an unknown compiler", 0, flags, dwarf, language in CXX)

    @property
    def doubt(self) -> str:
        """Why the alignment of types may have been left out; empty: it has not."""
        if self.compiler == "gcc":
            if self.version < 7:
                return f"gcc {self.version} leaves the alignment of types out of DWARF"
            if "-gstrict-dwarf" in self.flags and self.dwarf < 5:
                return f"gcc -gstrict-dwarf leaves the alignment of types out of DWARF {self.dwarf}"
        elif self.compiler != "clang":
            return f"'{self.compiler}' is not known to put the alignment of types into DWARF"
        elif self.version < 5:
            return f"clang {self.version} leaves the alignment of types out of DWARF"
        return ""

    @property
    def hides_typedefs(self) -> bool:
        """clang before DWARF 5 does not say what a typedef is aligned to, only what a member without its own is."""
        return self.compiler == "clang" and self.dwarf < 5

    @property
    def pack(self) -> int:
        """The most that any member is aligned to, whatever its type says: gcc -fpack-struct."""
        limits = [f.partition("=")[2] or "1" for f in self.flags if f.startswith("-fpack-struct")]
        return min([int(n) for n in limits if n.isdigit()], default=1 << 32)

    @property
    def hides_atomic(self) -> bool:
        """Before DWARF 5 there is no word for _Atomic, which aligns a type to its size."""
        return self.dwarf < 5 and not self.cxx


class Machine(NamedTuple):
    number: int
    traits: Traits
    narrow: bool = False  # a MIPS of 32 bits, as its ABI has it

    def scalar(self, size: int, encoding: int) -> tuple[int, int]:
        """What a scalar member is aligned to: at least and at most."""
        if encoding in (ATE.COMPLEX_FLOAT, ATE.IMAGINARY_FLOAT):
            size //= 2
        gcc, flags = self.traits.compiler == "gcc", self.traits.flags
        natural = min(power_above(size), 16)
        if self.number == EM_386 and encoding != ATE.DECIMAL_FLOAT and size in (8, 12):
            if gcc:
                return (8, 8) if "-malign-double" in flags else (4, 4)
            return 4, 8  # no other producer tells of -malign-double
        if self.number == EM_68K and "-malign-int" in flags:
            return min(natural, 4), min(natural, 4)
        natural = min(natural, MOST.get(self.number, 16))
        if self.number == EM_S390 and size == 16 and not gcc and encoding != ATE.FLOAT:
            return natural, 16  # __int128 of clang before 16
        return natural, natural

    @property
    def padded_atomic(self) -> int:
        """Up to this size, clang makes the size and alignment of an _Atomic type the next power of two."""
        if self.narrow or self.number == EM_PPC:
            return 4
        since = PADS_16.get(self.number, 0)
        return 16 if self.traits.version >= since else PADS.get(self.number, 8)

    @property
    def strict(self) -> bool:
        """Does gcc lose a record's alignment where it equals the size?"""
        return self.traits.compiler == "gcc" and (
            self.number not in NOT_STRICT or any(f.startswith(STRICT_FLAGS) for f in self.traits.flags))

    @property
    def least_record(self) -> int:
        """What every record is aligned to at least."""
        bits = [f.split("=")[1] for f in self.traits.flags if f.startswith("-mstructure-size-boundary=")]
        return max([int(b) // 8 for b in bits if b.isdigit() and int(b) in (8, 16, 32, 64)], default=1)


def is_narrow(machine: int, is64: bool, flags: int) -> bool:
    """A MIPS whose ABI has registers of 32 bits: neither of 64, nor n32."""
    return machine == EM_MIPS and not is64 and not flags & 0x20
