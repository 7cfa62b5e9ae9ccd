# SPDX-License-Identifier: MIT
"""The names of source files, out of the header of a line table."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .errors import Corrupt
from .forms import Cursor, Layout, Value

if TYPE_CHECKING:
    from .units import Unit

PATH, DIRECTORY = 1, 2  # DW_LNCT


def source_files(unit: Unit, offset: int) -> list[str]:
    """All of a unit, by number, below its compilation directory unless absolute."""
    section = unit.info.section(".debug_line")
    cursor = Cursor(section, section.lo + offset, unit.info.order)
    offset_size = cursor.length()
    version = cursor.take(2)
    if version >= 5:
        cursor.take(2)
    cursor.take(offset_size)
    cursor.take(5 if version >= 4 else 4)
    opcodes = cursor.take(1)
    cursor.take(max(opcodes - 1, 0))
    if version < 5:
        return _old_files(cursor)
    layout = Layout.of(unit.info.order, offset_size, unit.layout.address_size, version)
    directories = [_path(unit, row) for row in _table(cursor, layout)]
    files = []
    for row in _table(cursor, layout):
        number = row.get(DIRECTORY, (0, 0))[1]
        place = directories[number] if isinstance(number, int) and number < len(directories) else ""
        files.append(os.path.join(place, _path(unit, row)))
    return files


def _path(unit: Unit, row: dict[int, tuple[int, Value]]) -> str:
    form, value = row.get(PATH, (0, b""))
    return unit.info.string(unit, form, value).decode(errors="replace")


def _table(cursor: Cursor, layout: Layout) -> list[dict[int, tuple[int, Value]]]:
    """A table of DWARF 5, which says itself of what its rows consist: {content: (form, value)}."""
    columns = [(cursor.uleb(), cursor.uleb()) for _ in range(cursor.take(1))]
    rows: list[dict[int, tuple[int, Value]]] = []
    for _ in range(cursor.uleb() if columns else 0):
        row, start = {}, cursor.at
        for content, form in columns:
            form, value, cursor.at = layout.read(cursor.buf, cursor.at, cursor.end, form, 0)
            row[content] = form, value
        if not start < cursor.at <= cursor.end:
            raise Corrupt("a line table has no end")
        rows.append(row)
    return rows


def _old_files(cursor: Cursor) -> list[str]:
    """DWARF 2 to 4: numbers start at 1, directory 0 is the compilation directory."""
    directories, files = [""], [""]
    while name := cursor.text():
        directories.append(name)
    while name := cursor.text():
        number, _, _ = cursor.uleb(), cursor.uleb(), cursor.uleb()
        files.append(os.path.join(directories[number] if number < len(directories) else "", name))
    return files
