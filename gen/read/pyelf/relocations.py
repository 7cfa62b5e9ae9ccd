# SPDX-License-Identifier: MIT
"""Relocations of DWARF sections in relocatable objects.

pyelftools 0.29 knows six machines, gives up at the first relocation of a thread-local variable, and takes 30 us for each. Types need only relocations that
put a section's address plus an addend into 1 to 8 bytes: offsets of strings, abbreviations, line tables. All others (addresses of code,
of variables) are left as they are.
"""
from __future__ import annotations

import struct
from typing import Iterator

from .refusal import Corrupt, Unable

EM_MIPS, EM_SH, EM_SPARCV9, EM_XTENSA, EM_RISCV, EM_LOONGARCH = 8, 42, 43, 94, 243, 258

# machine: {relocation that stores an absolute value: how many bytes}, from the document named behind it
ABSOLUTE: dict[int, dict[int, int]] = {
    2: {3: 4, 23: 4, 2: 2, 55: 2},                     # SPARC psABI 3: R_SPARC_32, UA32, 16, UA16
    3: {1: 4, 20: 2},                                  # i386 psABI 1.1: R_386_32, 16
    4: {1: 4, 2: 2},                                   # m68k SVR4 psABI: R_68K_32, 16
    EM_MIPS: {2: 4, 18: 8},                            # MIPS psABI 3, 64-bit ELF Object File Specification: R_MIPS_32, 64
    15: {1: 4, 80: 8},                                 # PA-RISC ELF Supplement: R_PARISC_DIR32, DIR64
    18: {3: 4, 23: 4, 2: 2, 55: 2},                    # SPARC psABI 3 (v8+): as above
    20: {1: 4, 24: 4, 3: 2},                           # Power Architecture 32-bit ABI: R_PPC_ADDR32, UADDR32, ADDR16
    21: {1: 4, 24: 4, 38: 8, 43: 8, 3: 2},             # 64-bit ELF V2 ABI (Power): R_PPC64_ADDR32, UADDR32, ADDR64, UADDR64, ADDR16
    22: {4: 4, 22: 8, 3: 2},                           # z/Architecture ELF ABI: R_390_32, 64, 16
    40: {2: 4, 5: 2},                                  # ELF for the Arm Architecture: R_ARM_ABS32, ABS16
    EM_SH: {1: 4},                                     # SuperH psABI (Renesas): R_SH_DIR32
    EM_SPARCV9: {3: 4, 23: 4, 32: 8, 54: 8, 2: 2, 55: 2},  # SPARC Compliance Definition 2.4: also R_SPARC_64, UA64
    50: {0x24: 4, 0x25: 4, 0x26: 8, 0x27: 8},          # Itanium psABI: R_IA_64_DIR32MSB, DIR32LSB, DIR64MSB, DIR64LSB
    62: {1: 8, 10: 4, 11: 4, 12: 2},                   # x86-64 psABI 1.0: R_X86_64_64, 32, 32S, 16
    83: {1: 4, 4: 2},                                  # AVR (binutils include/elf/avr.h, there is no document): R_AVR_32, 16
    92: {1: 4, 2: 2},                                  # OpenRISC 1000 Architecture Manual: R_OR1K_32, 16
    EM_XTENSA: {1: 4},                                 # Xtensa ELF (binutils include/elf/xtensa.h): R_XTENSA_32
    105: {1: 4, 2: 2},                                 # MSP430 EABI (SLAA534): R_MSP430_ABS32, ABS16
    164: {6: 4, 7: 2},                                 # Hexagon ABI (80-N2040-23): R_HEX_32, 16
    183: {257: 8, 258: 4, 259: 2, 1: 4},               # ELF for the Arm 64-bit Architecture: R_AARCH64_ABS64, ABS32, ABS16; ILP32's ABS32
    189: {1: 4},                                       # MicroBlaze Processor Reference Guide: R_MICROBLAZE_32
    195: {4: 4, 2: 2},                                 # ARC ABI Manual (ARCv2): R_ARC_32, 16
    EM_RISCV: {1: 4, 2: 8, 55: 2, 54: 1, 56: 4},       # RISC-V ELF psABI: R_RISCV_32, 64, SET16, SET8, SET32
    247: {2: 8, 3: 4, 4: 4, 10: 4},                    # Linux Documentation/bpf/llvm_reloc.rst: R_BPF_64_ABS64, ABS32, NODYLD32, 32
    251: {1: 4, 2: 8},                                 # System V ABI for VE (NEC): R_VE_REFLONG, REFQUAD
    252: {1: 4},                                       # C-SKY V2 CPU ABI: R_CKCORE_ADDR32
    EM_LOONGARCH: {1: 4, 2: 8},                        # LoongArch ELF psABI: R_LARCH_32, 64
    0x9026: {1: 4, 2: 8},                              # Alpha (Tru64 Object File/Symbol Table Specification): R_ALPHA_REFLONG, REFQUAD
}
# relocation that adds (or, negative, subtracts): bytes; from the same documents
SUMS: dict[int, dict[int, int]] = {
    EM_RISCV: {33: 1, 34: 2, 35: 4, 36: 8, 37: -1, 38: -2, 39: -4, 40: -8},      # R_RISCV_ADD8 ..., SUB8 ...
    EM_LOONGARCH: {47: 1, 48: 2, 50: 4, 51: 8, 52: -1, 53: -2, 55: -4, 56: -8},  # R_LARCH_ADD8 ..., SUB8 ...
}
# RELA sections with addends that stay in the section all the same: both are added.
IN_PLACE = frozenset({EM_SH, EM_XTENSA})
WORDS = {1: "B", 2: "H", 4: "I", 8: "Q"}


def _entries(machine: int, is64: bool, endian: str, with_addend: bool, raw: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Offset, symbol, type and addend of each entry."""
    word = "Q" if is64 else "I"
    formats = endian + word * 2 + (word.lower() if with_addend else "")
    size = struct.calcsize(formats)
    for offset, info, *addend in struct.iter_unpack(formats, raw[:len(raw) // size * size]):
        value = addend[0] if addend else 0
        if not is64:
            yield offset, info >> 8, info & 0xff, value
        elif machine == EM_MIPS and endian == "<":
            yield offset, info & 0xffffffff, info >> 56, value
        else:
            yield offset, info >> 32, info & (0xff if machine in (EM_MIPS, EM_SPARCV9) else 0xffffffff), value


def _symbol_values(is64: bool, endian: str, raw: bytes, bases: dict[int, int]) -> list[int]:
    formats = endian + ("IBBHQQ" if is64 else "IIIBBH")
    size = struct.calcsize(formats)
    rows = struct.iter_unpack(formats, raw[:len(raw) // size * size])
    if is64:
        return [value + bases.get(section, 0) for _, _, _, section, value, _ in rows]
    return [value + bases.get(section, 0) for _, value, _, _, _, section in rows]


def relocate(machine: int, is64: bool, little: bool, content: bytearray, bases: dict[int, int], target: int, with_addend: bool,
             entries: bytes, symbols: bytes) -> None:
    """Apply entries to the section numbered target; bases: where each section starts in content."""
    absolute, sums, endian = ABSOLUTE.get(machine), SUMS.get(machine, {}), "<" if little else ">"
    if absolute is None:
        raise Unable(f"is an object of a machine (ELF number {machine}) whose relocations are not known", "give the linked file")
    values, base = _symbol_values(is64, endian, symbols, bases), bases[target]
    in_place = not with_addend or machine in IN_PLACE
    stores = {kind: (size, (1 << 8 * size) - 1, struct.Struct(endian + WORDS[size]).pack_into) for kind, size in absolute.items()}
    for offset, symbol, kind, addend in _entries(machine, is64, endian, with_addend, entries):
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
        order = "little" if little else "big"
        old = int.from_bytes(content[at:at + size], order)
        value = old - value if sums.get(kind, 1) < 0 else old + value
        content[at:at + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, order)
