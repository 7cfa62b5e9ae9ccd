# SPDX-License-Identifier: MIT
"""The DIEs of a name, found without reading most of the others.

A DIE names its type by an offset into .debug_str (or by an index that leads there, or inline). A search of the raw bytes, by what the
unit's abbreviations tell of such DIEs, finds where one may be. A walk from DIE to DIE, which leaps over siblings that hold no such
place, makes sure that no other bytes are taken for one; a DIE that looks like one which is sure already can do without.
"""
from __future__ import annotations

import functools
import re
from typing import Callable, Iterable, Iterator, Optional

from elftools.dwarf.enums import ENUM_DW_TAG

from .abbrevs import GLANCE, LOCAL, VARIES, Abbrev
from .elf import Part
from .structs import uleb, uleb_bytes
from .units import INDEXED, File, Unit

RECORDS = frozenset("DW_TAG_" + name for name in ("structure_type", "class_type", "union_type"))
NAMED = RECORDS | {"DW_TAG_typedef"}  # what a user can ask for
NAMED_BYTES = frozenset(ENUM_DW_TAG[tag] for tag in NAMED)
POINTERS = frozenset("DW_TAG_" + name for name in ("pointer_type", "reference_type", "rvalue_reference_type", "subroutine_type"))
TRANSPARENT = frozenset("DW_TAG_" + name for name in ("typedef", "const_type", "volatile_type", "atomic_type", "restrict_type"))
PARTS = frozenset("DW_TAG_" + name for name in ("member", "inheritance", "subrange_type", "variant_part", "enumeration_type"))
DEEPEST = 20
FEW = 3


def _places(part: Part, pattern: bytes, lo: int, hi: int) -> Iterator[int]:
    """Where some bytes stand; offsets from the section's start."""
    at = part.buf.find(pattern, part.lo + lo, part.lo + hi)
    while at >= 0:
        yield at - part.lo
        at = part.buf.find(pattern, at + 1, part.lo + hi)


class Search:
    """Where some names may stand in one file."""

    def __init__(self, file: File, names: Iterable[str]):
        self.file, self.inline = file, {name.encode() + b"\0" for name in names}
        self.offsets = self._offsets(file)
        self.alt = self._offsets(file.alt) if file.alt else set()
        self._spelled: dict[tuple[str, int], set[bytes]] = {}

    def _offsets(self, file: File) -> set[int]:
        """Where in .debug_str a name may start: also as the tail of a longer one, as linkers store it."""
        part = file.part(".debug_str")
        return {at for word in self.inline for at in _places(part, word, 0, part.hi - part.lo)}

    def _indexes(self, unit: Unit) -> set[int]:
        """The numbers by which a unit names them: it has a part of .debug_str_offsets."""
        part, size, order, found = self.file.part(".debug_str_offsets"), unit.offset_size, unit.structs.order, set()
        base, end = unit.str_offsets_base(), part.hi - part.lo
        if ".debug_str_offsets" in unit.parts:
            end = min(end, sum(unit.parts[".debug_str_offsets"]))
        elif unit.version == 5 and base >= 4 + size:  # in front of it: the length of the part, a version, and padding
            end = min(end, base - 4 + part.number(base - 4 - size, size, order == "little"))
        for offset in self.offsets if base < end else ():
            found.update((at - base) // size for at in _places(part, offset.to_bytes(size, order), base, end) if (at - base) % size == 0)
        return found

    def _wanted(self, unit: Unit, form: str) -> tuple[int, set[bytes]]:
        """How one of the names is stored in a form: its size (0: it varies) and bytes."""
        size, order = unit.structs.sizes.get(form, 0), unit.structs.order
        if form in INDEXED:
            return size, {n.to_bytes(size, order) if size else uleb_bytes(n) for n in self._indexes(unit) if not size or n >> 8 * size == 0}
        if form == "DW_FORM_string":
            return 0, self.inline
        if (form, size) not in self._spelled:
            offsets = {"DW_FORM_strp": self.offsets, "DW_FORM_GNU_strp_alt": self.alt, "DW_FORM_strp_sup": self.alt}.get(form, set())
            self._spelled[form, size] = {n.to_bytes(size, order) for n in offsets if n >> 8 * size == 0}
        return size, self._spelled[form, size]

    def guesses(self, unit: Unit) -> Optional[list[int]]:
        """Where a DIE of one of the names may start; None: some names have no fixed place, and all of the unit has to be read."""
        openings: dict[tuple[int, int, str], set[bytes]] = {}
        table = unit.get_abbrev_table()
        for code, raw in table.raw.items():
            abbrev = table.get_abbrev(code) if raw and raw[0] in NAMED_BYTES else None
            if abbrev and abbrev.name_at == VARIES:
                return None
            if abbrev and abbrev.name_at is not None:
                start = uleb_bytes(code)
                openings.setdefault((len(start), abbrev.name_at, abbrev.name_form), set()).add(start)
        found: set[int] = set()
        for (_, gap, form), starts in openings.items():
            found.update(_behind(unit, starts, gap, *self._wanted(unit, form)))
        return sorted(found)


def _behind(unit: Unit, starts: set[bytes], gap: int, size: int, wanted: set[bytes]) -> Iterator[int]:
    """Where one of the codes stands with one of the wanted names behind it."""
    length, lo = len(min(starts)), unit.cu_die_offset
    if len(wanted) <= FEW:  # a search for bytes is much faster than one for a pattern
        for name in wanted:
            for at in _places(unit.part, name, lo, unit.end):
                start = unit.base + at - gap - length
                if at - gap - length >= lo and unit.buf[start:start + length] in starts:
                    yield at - gap - length
        return
    code = b"".join(b"[%b]" % b"".join(b"\\x%02x" % c for c in sorted(set(column))) for column in zip(*starts))
    name = b"|".join(map(re.escape, wanted))
    if size:
        name = b"".join(b"[\\x%02x-\\x%02x]" % (min(column), max(column)) for column in zip(*wanted))
    for match in re.finditer(b"(%b)(?=.{%d}(%b))" % (code, gap, name), unit.buf[unit.base + lo:unit.base + unit.end], re.DOTALL):
        if match[1] in starts and match[2] in wanted:
            yield lo + match.start()


def walk(unit: Unit, places: Optional[list[int]]) -> Iterator[int]:
    """Those of the places where a DIE starts; without places, those where one starts that a user can ask for."""
    at, end, index, count, peek = unit.cu_die_offset, unit.end, 0, len(places or ()), unit.peek
    while at < end:
        abbrev, start = peek(at)
        if abbrev is None:
            at = start
            continue
        behind = unit.skip(abbrev, start)
        if places is None:
            if abbrev.tag in NAMED and abbrev.name_at is not None:
                yield at
        else:
            while index < count and places[index] < at:
                index += 1
            if index == count:
                return
            if places[index] == at:
                yield at
            elif abbrev.sibling is not None:
                sibling = unit.sibling(abbrev, start)
                behind = sibling if behind < sibling <= places[index] else behind
        at = behind


def glance(unit: Unit, abbrev: Abbrev, start: int) -> tuple[tuple, int]:
    """The values that count, as they are stored, and where the DIE's values end."""
    if abbrev.unpack:
        return abbrev.unpack(unit.buf, unit.base + start), start + abbrev.size  # type: ignore[operator]
    values, at, buf = [], unit.base + start, unit.buf
    for spec in abbrev.specs:
        before, at = at, unit.skip_value(spec.form, at)
        if spec.name in GLANCE and unit.structs.sizes.get(spec.form) != 0:
            values.append(uleb(buf, before)[0] if spec.form == "DW_FORM_ref_udata" else
                          int.from_bytes(buf[before:at], unit.structs.order) if spec.form in LOCAL else buf[before:at])
    return tuple(values), at - unit.base


def look(unit: Unit, at: int, depth: int = 0, whole: bool = True) -> tuple:
    """What a definition looks like at a glance: its attributes as they are stored, and those of its members. whole: behind a name, too."""
    if not whole and at in unit.looks:
        return unit.looks[at]
    abbrev, start = unit.peek(at)
    if abbrev is None or depth > DEEPEST:
        return ()
    values, behind = glance(unit, abbrev, start)
    row, inside, follows = [*abbrev.seen], whole or abbrev.name_at is None, abbrev.tag in TRANSPARENT
    for number, value in enumerate(values):
        if number != abbrev.type:
            row.append(value)
        elif abbrev.tag not in POINTERS and (inside or follows):
            row.append(look(unit, unit.cu_offset + value, depth + 1, whole and follows))
    while abbrev.children and inside and unit.buf[unit.base + behind]:
        child, start = unit.peek(behind)
        if child and child.tag in PARTS:
            row.append(look(unit, behind, depth + 1))
        behind = unit.behind(behind)
    if not whole:
        unit.looks[at] = tuple(row)
    return tuple(row)


def candidates(file: File, names: Optional[set[str]]) -> Iterator[tuple[Unit, int, Callable[[], bool]]]:
    """Unit, place, and whether a DIE does stand there, which is worth asking only where it makes a difference."""
    search = Search(file, names) if names is not None else None
    for unit in file.units:
        places = search.guesses(unit) if search else None
        if places is None:
            yield from ((unit, at, lambda: True) for at in walk(unit, None))
        elif places:
            sure = functools.lru_cache(maxsize=1)(lambda unit=unit, places=places: frozenset(walk(unit, places)))
            yield from ((unit, at, lambda at=at, sure=sure: at in sure()) for at in places)
        unit.forget()
