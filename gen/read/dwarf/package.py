# SPDX-License-Identifier: MIT
"""DWARF package files (.dwp): which part of each section belongs to which unit."""
from __future__ import annotations

from .elf import Elf, Section
from .errors import Corrupt
from .forms import Cursor

INDEXES = (".debug_cu_index", ".debug_tu_index")
# The columns of an index, by the version that it says: 2 came with DWARF 4, 5 with DWARF 5.
COMMON = {1: ".debug_info", 3: ".debug_abbrev", 4: ".debug_line", 6: ".debug_str_offsets"}
COLUMNS = {2: COMMON | {2: ".debug_types"}, 5: COMMON}
MOST_COLUMNS = 16

Parts = dict[str, tuple[int, int]]  # section: offset and size


def parts_of_units(elf: Elf) -> dict[tuple[str, int], Parts]:
    """By the section of a unit and its offset there; empty for a file that is no package."""
    found: dict[tuple[str, int], Parts] = {}
    for name in INDEXES:
        section = elf.section(name)
        if section:
            for parts in _rows(elf, section):
                home = ".debug_types" if ".debug_types" in parts else ".debug_info"
                if home not in parts:
                    raise Corrupt("its index names a unit that is nowhere")
                found[home, parts[home][0]] = parts
    return found


def _rows(elf: Elf, section: Section) -> list[Parts]:
    cursor = Cursor(section, section.lo, elf.order)
    version = cursor.take(4)
    if elf.order == "big" and version == 5 << 16:  # a half-word, and padding
        version = 5
    if version not in COLUMNS:
        raise Corrupt(f"its index of units is of version {version}")
    columns, units, slots = cursor.take(4), cursor.take(4), cursor.take(4)
    cursor.at += 12 * slots  # a hash table of signatures, which the units have themselves
    if columns > MOST_COLUMNS or cursor.at + 4 * columns * (1 + 2 * units) > section.hi:
        raise Corrupt("its index of units is cut off")
    names = [COLUMNS[version].get(cursor.take(4), "") for _ in range(columns)]
    offsets, sizes = ([[cursor.take(4) for _ in names] for _ in range(units)] for _ in range(2))
    return [{name: (offset, size) for name, offset, size in zip(names, *row) if size} for row in zip(offsets, sizes)]
