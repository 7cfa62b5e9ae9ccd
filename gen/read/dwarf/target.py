# SPDX-License-Identifier: MIT
"""The target of an ELF file, as far as it tells."""
from __future__ import annotations

import struct
from typing import Optional

from .abi import (EM_386, EM_68K, EM_AARCH64, EM_ARM, EM_AVR, EM_LOONGARCH, EM_MIPS, EM_MSP430, EM_PPC, EM_PPC64,
                  EM_RISCV, EM_S390, EM_SH, EM_SPARC, EM_SPARCV9, EM_X86_64)
from .elf import Elf, is_archive, map_file, members, open_elf
from .errors import Refusal

# machine: (name in 32 bits, in 64 bits) for big and little endian, as Debian writes them
NAMES = {
    EM_386: ("i386-linux-gnu", "i386-linux-gnu"), EM_X86_64: ("x86_64-linux-gnux32", "x86_64-linux-gnu"),
    EM_68K: ("m68k-linux-gnu", ""), EM_S390: ("s390-linux-gnu", "s390x-linux-gnu"),
    EM_SPARC: ("sparc-linux-gnu", ""), 18: ("sparc-linux-gnu", ""), EM_SPARCV9: ("", "sparc64-linux-gnu"),
    EM_SH: ("sh4-linux-gnu", ""), EM_RISCV: ("riscv32-linux-gnu", "riscv64-linux-gnu"),
    EM_LOONGARCH: ("loongarch32-linux-gnu", "loongarch64-linux-gnu"), 15: ("hppa-linux-gnu", "hppa64-linux-gnu"),
    0x9026: ("", "alpha-linux-gnu"), 50: ("", "ia64-linux-gnu"), EM_AVR: ("avr", ""), EM_MSP430: ("msp430-elf", ""),
    94: ("xtensa-linux-gnu", ""), 92: ("or1k-linux-gnu", ""), 189: ("microblaze-linux-gnu", ""),
}
EF_ARM_SOFT, EF_ARM_HARD = 0x200, 0x400  # only in what is linked
TAG_CPU_NAMES, TAG_ENUM_SIZE, TAG_VFP_ARGS, TAG_COMPATIBILITY = (4, 5), 26, 28, 32


def _arm_attributes(elf: Elf) -> dict[int, int]:
    """The numbers among ARM's build attributes of the whole file; none of a damaged list."""
    section = elf.section(".ARM.attributes")
    data = bytes(section.buf[section.lo:section.hi]) if section else b""
    found: dict[int, int] = {}
    at = data.find(b"aeabi\0")
    if data[:1] != b"A" or at < 0 or len(data) < at + 11:
        return {}
    end = at + 6 + struct.unpack_from(elf.endian + "I", data, at + 7)[0]
    at += 11  # behind the tag and the length of the part about the file

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            value |= (data[at] & 0x7f) << shift
            at, shift = at + 1, shift + 7
            if data[at - 1] < 0x80:
                return value

    try:
        while at < min(end, len(data)):
            tag = number()
            if tag != TAG_COMPATIBILITY and tag not in TAG_CPU_NAMES and (tag < TAG_COMPATIBILITY or tag % 2 == 0):
                found[tag] = number()
                continue
            if tag == TAG_COMPATIBILITY:
                number()
            at = data.index(b"\0", at) + 1
    except (IndexError, ValueError):
        return {}
    return found


def _arm(elf: Elf) -> str:
    attributes = _arm_attributes(elf)
    if attributes.get(TAG_ENUM_SIZE) == 1:
        return "arm-none-eabi"  # short enums, as on no Linux
    hard = elf.flags & EF_ARM_HARD or not elf.flags & EF_ARM_SOFT and attributes.get(TAG_VFP_ARGS) == 1
    return ("arm" if elf.endian == "<" else "armeb") + ("-linux-gnueabihf" if hard else "-linux-gnueabi")


def triple(elf: Elf) -> str:
    """As Debian writes it."""
    little = elf.endian == "<"
    if elf.machine == EM_AARCH64:
        return ("aarch64" if little else "aarch64_be") + ("-linux-gnu" if elf.is64 else "-linux-gnu_ilp32")
    if elf.machine == EM_ARM:
        return _arm(elf)
    if elf.machine == EM_MIPS:
        abi = "mips64" if elf.is64 else "mipsn32" if elf.flags & 0x20 else "mips"
        name = {"mipsn32": "mips64"}.get(abi, abi) + ("el" if little else "") + "-linux-gnu"
        return name + {"mips": "", "mips64": "abi64", "mipsn32": "abin32"}[abi]
    if elf.machine in (EM_PPC, EM_PPC64):
        return "powerpc" + ("64" if elf.is64 else "") + ("le" if little else "") + "-linux-gnu"
    return NAMES.get(elf.machine, ("", ""))[elf.is64] or f"unknown-{elf.machine}"


def _first_triple(path: str) -> Optional[str]:
    """Of the file, or of an archive's first object; None where there is none to see."""
    try:
        data = map_file(path)
        if not is_archive(data):
            return triple(open_elf(data, path, path))
        for label, read, member_path in members(data, path):
            try:
                return triple(open_elf(read(), member_path, label))
            except Refusal:
                continue
    except Refusal:  # whoever reads it in earnest will say so
        pass
    return None


def by_target(paths: list[str]) -> dict[str, list[str]]:
    """The files of one target together, in the order in which targets come first."""
    if len(paths) == 1:
        return {"": paths}
    groups: dict[Optional[str], list[str]] = {}
    for path in paths:
        groups.setdefault(_first_triple(path), []).append(path)
    unseen = groups.pop(None, [])
    if not groups:
        return {"": unseen}
    next(iter(groups.values())).extend(unseen)
    return {target or "": group for target, group in groups.items()}
