# SPDX-License-Identifier: MIT
"""Tables of abbreviations: what the DIEs of a unit consist of.

A program has one for each unit, most of them nearly the same. So a table is cut into its entries at once, and only those
that are used are read, each once for all units that spell it alike.
"""
from __future__ import annotations

import struct
from typing import Iterator, Optional

from .constants import AT, FORM, TAG
from .elf import Section
from .errors import Corrupt
from .forms import Layout, sleb, uleb

VARIES = -1

# What tells two definitions of one type apart at a glance, beside the types of members.
GLANCE = frozenset({AT.NAME, AT.DATA_MEMBER_LOCATION, AT.DATA_BIT_OFFSET, AT.BIT_SIZE, AT.BIT_OFFSET, AT.BYTE_SIZE})
INTEGERS = {1: "B", 2: "H", 4: "I", 8: "Q"}


class Abbrev:
    """What an abbreviation code stands for. Those of one spelling and layout are one object."""

    __slots__ = ("tag", "has_children", "specs", "size", "sibling", "name_at", "seen", "glance")

    def __init__(self, raw: bytes, layout: Layout):
        self.tag, at = uleb(raw, 0)
        self.has_children = raw[at] != 0
        self.specs = _specs(raw, at + 1)      # attribute, form, constant
        self.size: Optional[int] = 0          # of all values; None: it varies
        self.sibling: Optional[int] = None    # where a DW_AT_sibling of form ref4 stands in them
        self.name_at: Optional[int] = None    # where the name does, or VARIES
        for attribute, form, _ in self.specs:
            if attribute == AT.SIBLING and form == FORM.REF4:
                self.sibling = self.size
            if attribute == AT.NAME:
                self.name_at = VARIES if self.size is None or form == FORM.INDIRECT else self.size
            size = layout.size(form)
            self.size = None if size is None or self.size is None else self.size + size
        # The attributes that a glance takes in, and what reads their values, where it is as easy as that.
        self.seen = (self.tag, *(a for a, _, _ in self.specs if a in GLANCE))
        self.glance = self._glance(layout)

    def _glance(self, layout: Layout) -> Optional[struct.Struct]:
        formats = ">" if layout.order == "big" else "<"
        for attribute, form, _ in self.specs:
            size = layout.size(form)
            if size is None or attribute in GLANCE and (form == FORM.IMPLICIT_CONST or size not in INTEGERS):
                return None
            formats += INTEGERS[size] if attribute in GLANCE else f"{size}x"
        return struct.Struct(formats)


def _specs(raw: bytes, at: int) -> list[tuple[int, int, int]]:
    if at > len(raw):
        raise Corrupt("an abbreviation is cut off")
    specs = []
    while at < len(raw):
        attribute, at = uleb(raw, at)
        form, at = uleb(raw, at)
        constant = 0
        if form == FORM.IMPLICIT_CONST:
            constant, at = sleb(raw, at)
        specs.append((attribute, form, constant))
    return specs


class Abbrevs:
    """One table of abbreviations."""

    def __init__(self, section: Section, offset: int, end: int, layout: Layout):
        self.layout = layout
        self.known: dict[int, Abbrev] = {}  # those that have been asked for
        self.table = section.buf[section.lo + offset:end]
        self._raw: Optional[dict[int, bytes]] = None

    @property
    def raw(self) -> dict[int, bytes]:
        """What stands behind each code."""
        if self._raw is None:
            self._raw = {}
            for entry in _cut(self.table):
                if entry[0] < 0x80:
                    self._raw[entry[0]] = entry[1:]
                else:
                    code, at = uleb(entry, 0)
                    self._raw[code] = entry[at:]
        return self._raw

    def get(self, code: int) -> Abbrev:
        abbrev = self.known.get(code)
        if abbrev is None:
            raw = self.raw.get(code)
            if raw is None:
                raise Corrupt(f"a DIE has the unknown abbreviation {code}")
            abbrev = self.layout.interned.get(raw)
            if abbrev is None:
                abbrev = self.layout.interned[raw] = Abbrev(raw, self.layout)
            self.known[code] = abbrev
        return abbrev

    def of_tags(self, tags: frozenset[TAG]) -> list[tuple[int, Abbrev]]:
        """Those of some tags, which are all small numbers, with their codes."""
        return [(code, self.get(code)) for code, raw in self.raw.items() if raw and raw[0] in tags]


def _cut(table: bytes) -> list[bytes]:
    """The entries of a table, without the pair of zeros at the end of each.

    No number of an entry is zero, but its flag or a constant may be: then three zeros follow each other, as they do at
    the end of a table.
    """
    if table.endswith(b"\0\0\0") and table[0] and table.find(b"\0\0\0") == len(table) - 3:
        return table[:-3].split(b"\0\0")
    entries, start = [], 0
    while start < len(table) and table[start]:
        end = table.find(b"\0\0", start)
        if end < 0:
            raise Corrupt("a table of abbreviations has no end")
        if table[end + 2:end + 3] == b"\0" and not _is_whole(table[start:end]):
            end += 1
        entries.append(table[start:end])
        start = end + 2
    return entries


def _is_whole(entry: bytes) -> bool:
    """Or does it lack a zero?"""
    try:
        _specs(entry, uleb(entry, uleb(entry, 0)[1])[1] + 1)
        return True
    except (IndexError, Corrupt):
        return False
