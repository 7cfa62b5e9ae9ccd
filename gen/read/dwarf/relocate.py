# SPDX-License-Identifier: MIT
"""Relocations of DWARF sections in relocatable objects.

Types need only those that put a section's address plus an addend into 1 to 8 bytes: offsets of strings, abbreviations
and line tables. All others (addresses of code, of thread-local variables) are left alone.
"""
from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Iterator

from .errors import Corrupt, Refusal

if TYPE_CHECKING:
    from .elf import Elf

EM_MIPS, EM_SH, EM_SPARCV9, EM_RISCV, EM_LOONGARCH = 8, 42, 43, 243, 258

# machine: {relocation that stores an absolute value: how many bytes}
ABSOLUTE: dict[int, dict[int, int]] = {
    2: {3: 4, 23: 4, 2: 2, 55: 2},                     # sparc
    3: {1: 4, 20: 2},                                  # i386
    4: {1: 4, 2: 2},                                   # m68k
    EM_MIPS: {2: 4, 18: 8},
    15: {1: 4, 80: 8},                                 # hppa
    18: {3: 4, 23: 4, 2: 2, 55: 2},                    # sparc32plus
    20: {1: 4, 24: 4, 3: 2},                           # powerpc
    21: {1: 4, 24: 4, 38: 8, 43: 8, 3: 2},             # powerpc64
    22: {4: 4, 22: 8, 3: 2},                           # s390x
    40: {2: 4, 5: 2},                                  # arm
    EM_SH: {1: 4},
    EM_SPARCV9: {3: 4, 23: 4, 32: 8, 54: 8, 2: 2, 55: 2},
    50: {0x24: 4, 0x25: 4, 0x26: 8, 0x27: 8, 0x64: 4, 0x65: 4, 0x66: 8, 0x67: 8},  # ia64
    62: {1: 8, 10: 4, 11: 4, 12: 2},                   # x86_64
    83: {1: 4, 4: 2},                                  # avr
    92: {1: 4, 2: 2},                                  # or1k
    94: {1: 4},                                        # xtensa
    183: {257: 8, 258: 4, 259: 2, 1: 4},               # aarch64, and ILP32
    189: {1: 4},                                       # microblaze
    EM_RISCV: {1: 4, 2: 8, 55: 2, 54: 1, 56: 4},
    EM_LOONGARCH: {1: 4, 2: 8},
    0x9026: {1: 4, 2: 8},                              # alpha
}
# relocation that adds (or, negative, subtracts): bytes
SUMS: dict[int, dict[int, int]] = {
    EM_RISCV: {33: 1, 34: 2, 35: 4, 36: 8, 37: -1, 38: -2, 39: -4, 40: -8},
    EM_LOONGARCH: {47: 1, 48: 2, 50: 4, 51: 8, 52: -1, 53: -2, 55: -4, 56: -8},
}


WORDS = {1: "B", 2: "H", 4: "I", 8: "Q"}


def _entries(elf: Elf, with_addend: bool, raw: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Offset, symbol, type and addend of each entry."""
    word = "Q" if elf.is64 else "I"
    formats = elf.endian + word * 2 + (word.lower() if with_addend else "")
    size = struct.calcsize(formats)
    for entry in struct.iter_unpack(formats, raw[:len(raw) // size * size]):
        offset, info = entry[0], entry[1]
        addend = entry[2] if with_addend else 0
        if not elf.is64:
            yield offset, info >> 8, info & 0xff, addend
        elif elf.machine == EM_MIPS and elf.endian == "<":
            yield offset, info & 0xffffffff, info >> 56, addend
        else:
            narrow = elf.machine in (EM_MIPS, EM_SPARCV9)
            yield offset, info >> 32, info & (0xff if narrow else 0xffffffff), addend


def _symbol_values(elf: Elf, raw: bytes, bases: dict[int, int]) -> list[int]:
    formats = elf.endian + ("IBBHQQ" if elf.is64 else "IIIBBH")
    size = struct.calcsize(formats)
    rows = struct.iter_unpack(formats, raw[:len(raw) // size * size])
    if elf.is64:
        return [value + bases.get(section, 0) for _, _, _, section, value, _ in rows]
    return [value + bases.get(section, 0) for _, value, _, _, _, section in rows]


def relocate(elf: Elf, content: bytearray, bases: dict[int, int], base: int, with_addend: bool, entries: bytes,
             symbols: bytes) -> None:
    """Apply entries to the section that starts at base in content; bases: where each section starts in it."""
    absolute, sums = ABSOLUTE.get(elf.machine), SUMS.get(elf.machine, {})
    if absolute is None:
        raise Refusal(f"is an object of a machine (ELF number {elf.machine}) whose relocations are not known",
                      "give the linked file")
    values = _symbol_values(elf, symbols, bases)
    in_place = not with_addend or elf.machine == EM_SH  # whose addends stand in the section all the same
    stores = {kind: (size, (1 << 8 * size) - 1, struct.Struct(elf.endian + WORDS[size]).pack_into)
              for kind, size in absolute.items()}
    for offset, symbol, kind, addend in _entries(elf, with_addend, entries):
        size, mask, store = stores.get(kind) or (abs(sums.get(kind, 0)), 0, None)
        if not size:
            continue
        at = base + offset
        if at + size > len(content) or symbol >= len(values):
            raise Corrupt("a relocation of its DWARF points nowhere")
        value = values[symbol] + addend
        if store and not in_place:  # nearly all, and there may be millions
            store(content, at, value & mask)
            continue
        old = int.from_bytes(content[at:at + size], elf.order)
        value = old - value if sums.get(kind, 1) < 0 else old + value
        content[at:at + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, elf.order)
