# SPDX-License-Identifier: MIT
"""The DIEs of a name, found without reading most of the others.

A DIE names its type by an offset into .debug_str (or by an index that leads there, or inline). A search of the raw bytes, by what the
unit's abbreviations tell of such DIEs, finds where one may be. A walk from DIE to DIE, which leaps over siblings that hold no such
place, makes sure that no other bytes are taken for one; a DIE that looks like one which is sure already can do without.
"""
from __future__ import annotations

import bisect
import functools
import re
from typing import Callable, Iterable, Iterator, Optional, Sequence

from elftools.dwarf.enums import ENUM_DW_TAG

from .abbrevs import GLANCE, LOCAL, VARIES, Abbrev
from .elf import Part
from .structs import uleb, uleb_bytes
from .units import INDEXED, INFO, TYPES, File, Unit

RECORDS = frozenset("DW_TAG_" + name for name in ("structure_type", "class_type", "union_type"))
NAMED = RECORDS | {"DW_TAG_typedef"}  # what a user can ask for
NAMED_BYTES = frozenset(ENUM_DW_TAG[tag] for tag in NAMED)
POINTERS = frozenset("DW_TAG_" + name for name in ("pointer_type", "reference_type", "rvalue_reference_type", "subroutine_type"))
TRANSPARENT = frozenset("DW_TAG_" + name for name in ("typedef", "const_type", "volatile_type", "atomic_type", "restrict_type"))
PARTS = frozenset("DW_TAG_" + name for name in ("member", "inheritance", "subrange_type", "variant_part", "enumeration_type"))
OFFSETS = ("DW_FORM_strp", "DW_FORM_GNU_strp_alt", "DW_FORM_strp_sup")
DEEPEST = 20
FEW = 24       # a name with more tails is not worth a search for each
CHUNK = 1 << 20


def _places(part: Part, pattern: bytes, lo: int, hi: int) -> Iterator[int]:
    """Where some bytes stand; offsets from the section's start."""
    at = part.buf.find(pattern, part.lo + lo, part.lo + hi)
    while at >= 0:
        yield at - part.lo
        at = part.buf.find(pattern, at + 1, part.lo + hi)


def _everywhere(part: Part, patterns: Iterable[bytes]) -> Iterator[int]:
    """Where one of some bytes stands, at the speed of bytes.find(), which wants no copy of all and no zero at the pattern's end."""
    cut = [(p.rstrip(b"\0") or p, p) for p in patterns]
    longest = max((len(p) for p in patterns), default=0)
    for start in range(part.lo, part.hi, CHUNK):
        chunk = part.buf[start:min(start + CHUNK + longest - 1, part.hi)]
        for short, whole in cut:
            at = chunk.find(short)
            while at >= 0:
                if at < CHUNK and chunk.startswith(whole, at):
                    yield start - part.lo + at
                at = chunk.find(short, at + 1)


class Search:
    """Where some names may stand in one file."""

    def __init__(self, file: File, names: Iterable[str]):
        self.file, self.inline = file, {name.encode() + b"\0" for name in names}
        self.offsets = self._offsets(file)
        self.alt = self._offsets(file.alt) if file.alt else set()
        self.indexed = self.offsets and file.part(".debug_str_offsets").hi
        self.hits: Optional[dict[str, list[int]]] = None  # all places of names and offsets, where these are few
        if len(self.offsets | self.alt) <= FEW:
            order = "little" if file.elf.little else "big"
            spelled = self.inline | {(n & 0xffffffff).to_bytes(4, order) for n in self.offsets | self.alt}
            self.hits = {name: sorted(_everywhere(file.part(name), spelled)) for name in (INFO, TYPES)}
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
        hits = None
        if self.hits is not None:
            places = self.hits[unit.section]
            hits = places[bisect.bisect_left(places, unit.cu_offset):bisect.bisect_left(places, unit.end)]
            if not hits and not self.indexed:
                return []
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
        for (length, gap, form), starts in openings.items():
            if hits is None or form in INDEXED:
                found.update(_behind(unit, starts, gap, *self._wanted(unit, form)))
                continue
            for at in hits:
                at -= gap + length + (4 if form in OFFSETS and unit.offset_size == 8 and not self.file.elf.little else 0)
                if at >= unit.cu_die_offset and unit.buf[unit.base + at:unit.base + at + length] in starts:
                    found.add(at)
        return sorted(found)


def _behind(unit: Unit, starts: set[bytes], gap: int, size: int, wanted: set[bytes]) -> Iterator[int]:
    """Where one of the codes stands with one of the wanted names behind it."""
    length, lo, data = len(min(starts)), unit.cu_die_offset, unit.buf[unit.base + unit.cu_die_offset:unit.base + unit.end]
    if len(wanted) <= FEW:  # a search for bytes is much faster than one for a pattern
        for at in _everywhere(Part(data, 0, len(data)), wanted):
            start = at - gap - length
            if start >= 0 and data[start:start + length] in starts:
                yield lo + start
        return
    code = b"".join(b"[%b]" % b"".join(b"\\x%02x" % c for c in sorted(set(column))) for column in zip(*starts))
    if size:
        name = b"".join(b"[\\x%02x-\\x%02x]" % (min(column), max(column)) for column in zip(*wanted))
    else:
        name = b"|".join(map(re.escape, wanted))
    for match in re.finditer(b"(%b)(?=.{%d}(%b))" % (code, gap, name), data, re.DOTALL):
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


def glance(unit: Unit, abbrev: Abbrev, start: int) -> tuple[Sequence[object], int]:
    """The values that count, as they are stored, and where the DIE's values end."""
    if abbrev.unpack:
        values: Sequence[object] = abbrev.unpack(unit.buf, unit.base + start)
        end = start + abbrev.size  # type: ignore[operator]
    else:
        values, at, buf = [], unit.base + start, unit.buf
        for spec in abbrev.specs:
            before, at = at, unit.skip_value(spec.form, at)
            if spec.name in GLANCE and unit.structs.sizes.get(spec.form) != 0:
                values.append(uleb(buf, before)[0] if spec.form in ("DW_FORM_udata", "DW_FORM_ref_udata") else
                              int.from_bytes(buf[before:at], unit.structs.order) if spec.form in unit.structs.sizes else buf[before:at])
        end = at - unit.base
    if abbrev.constant:
        values = list(values)
        for number, value in abbrev.constant:
            values.insert(number, value)
    return values, end


def look(unit: Unit, at: int, depth: int = 0, whole: bool = True) -> tuple:
    """What a definition looks like at a glance: its attributes as they are stored, and those of its members. whole: behind a name, too."""
    if not whole and at in unit.looks:
        return unit.looks[at]
    abbrev, start = unit.peek(at)
    if abbrev is None or depth > DEEPEST:
        return ()
    values, behind = glance(unit, abbrev, start)
    inside, follows = whole or abbrev.name_at is None, abbrev.tag in TRANSPARENT
    row: list[object] = [abbrev.look, *values]
    if abbrev.type is not None:
        row[abbrev.type + 1] = look(unit, unit.cu_offset + values[abbrev.type], depth + 1, whole and follows) \
            if abbrev.tag not in POINTERS and (inside or follows) else None
    if abbrev.children and inside:
        row += _inside(unit, behind, depth + 1)
    if not whole:
        unit.looks[at] = tuple(row)
    return tuple(row)


def _inside(unit: Unit, at: int, depth: int) -> Iterator[object]:
    """How the members look. One without children is what most are, and read in place."""
    buf, base, looks, known = unit.buf, unit.base, unit.looks, unit.get_abbrev_table().known
    while code := buf[base + at]:
        child, start = known.get(code), at + 1
        if child is None or code >= 0x80:
            child, start = unit.peek(at)
        if child.children or child.type is None or child.tag not in PARTS:
            if child.tag in PARTS:
                yield look(unit, at, depth)
            at = unit.behind(at)
            continue
        values, at = glance(unit, child, start)
        target = unit.cu_offset + values[child.type]
        kind = looks.get(target)
        yield child.look, *values[:child.type], *values[child.type + 1:], look(unit, target, depth, False) if kind is None else kind


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
