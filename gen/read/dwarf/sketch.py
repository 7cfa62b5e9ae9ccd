# SPDX-License-Identifier: MIT
"""What a definition looks like at a glance: where two records of one file look alike, so do their shapes.

A program defines a type of a common header in each of its units. A glance takes in the names, places and sizes of the
members as they are stored, and leaves the rest of the DWARF unread.
"""
from __future__ import annotations

from typing import Any

from .abbrevs import GLANCE, Abbrev
from .bounds import bare
from .constants import AT, RECORDS, TAG
from .forms import uleb
from .units import Unit

DEEPEST = 20


def sketch(unit: Unit, at: int, depth: int = 0) -> tuple[Any, ...]:
    """Of the record that starts there, and the anonymous ones in it."""
    buf, known, rows = unit.buf, unit.abbrevs.known, []
    code, at = uleb(buf, at)
    abbrev = unit.abbrevs.get(code)
    own, at = _glance(unit, abbrev, at)
    while abbrev.has_children and buf[at]:
        child, start = buf[at], at + 1
        if child >= 0x80:
            child, start = uleb(buf, at)
        kind = known.get(child) or unit.abbrevs.get(child)
        if kind.glance:
            row: tuple[Any, ...] = kind.seen + kind.glance.unpack_from(buf, start)
            behind = start + kind.glance.size
        else:
            row, behind = _glance(unit, kind, start)
        if kind.has_children:
            behind = unit.behind(unit.die(at))
        if kind.name_at is None and kind.tag == TAG.MEMBER and depth < DEEPEST:
            row += _anonymous(unit, at, depth)
        rows.append(row)
        at = behind
    return own, tuple(rows)


def _anonymous(unit: Unit, at: int, depth: int) -> tuple[Any, ...]:
    inner = bare(unit.die(at).ref())
    return sketch(inner.unit, inner.at, depth + 1) if inner is not None and inner.tag in RECORDS else ()


def _glance(unit: Unit, abbrev: Abbrev, at: int) -> tuple[tuple[Any, ...], int]:
    """The attributes that count, and where the DIE's values end."""
    row: list[Any] = list(abbrev.seen)
    for attribute, form, constant in abbrev.specs:
        if attribute in GLANCE:
            _, value, at = unit.layout.read(unit.buf, at, unit.end, form, constant)
            row.append(value)
        else:
            at = unit.layout.skip(unit.buf, at, unit.end, form)
    return tuple(row), at
