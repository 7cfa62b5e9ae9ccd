# SPDX-License-Identifier: MIT
"""DWARF package files (.dwp), which pyelftools does not read: which part of each section belongs to which unit."""
from __future__ import annotations

from .elf import Elf
from .refusal import Corrupt

# The columns of an index (DWARF 5, 7.3.5.3), by the version that it says: 2 came with the draft for DWARF 4, whose DW_SECT_TYPES is 2.
COMMON = {1: ".debug_info", 3: ".debug_abbrev", 4: ".debug_line", 6: ".debug_str_offsets"}
COLUMNS = {2: {**COMMON, 2: ".debug_types"}, 5: COMMON}
MOST_COLUMNS = 16

Parts = dict[str, tuple[int, int]]  # section: offset and size


def parts_of_units(elf: Elf) -> dict[tuple[str, int], Parts]:
    """By the section of a unit and its offset there; empty for a file that is no package."""
    found: dict[tuple[str, int], Parts] = {}
    for name in (".debug_cu_index", ".debug_tu_index"):
        for parts in _rows(elf, name) if elf.has(name) else ():
            home = ".debug_types" if ".debug_types" in parts else ".debug_info"
            if home not in parts:
                raise Corrupt("its index names a unit that is nowhere")
            found[home, parts[home][0]] = parts
    return found


def _rows(elf: Elf, name: str) -> list[Parts]:
    part = elf.part(name)
    version, columns, units, slots = (part.number(at, 4, elf.little) for at in (0, 4, 8, 12))
    if not elf.little and version == 5 << 16:  # a half-word, and padding
        version = 5
    if version not in COLUMNS:
        raise Corrupt(f"its index of units is of version {version}")
    start = 16 + 12 * slots  # behind a hash table of signatures, which the units have themselves
    if columns > MOST_COLUMNS or part.lo + start + 4 * columns * (1 + 2 * units) > part.hi:
        raise Corrupt("its index of units is cut off")
    numbers = [part.number(start + 4 * i, 4, elf.little) for i in range(columns * (1 + 2 * units))]
    names = [COLUMNS[version].get(number, "") for number in numbers[:columns]]
    rows = [numbers[at:at + columns] for at in range(columns, len(numbers), columns)] if columns else []
    return [{n: (offset, size) for n, offset, size in zip(names, *row) if size} for row in zip(rows[:units], rows[units:])]
