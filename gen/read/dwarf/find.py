# SPDX-License-Identifier: MIT
"""The DIEs that define a name, found without reading most of the others.

A DIE names its type by an offset into .debug_str (or by an index that leads there, or inline). So the places where that
offset stands in .debug_info, found by searching the raw bytes, are the only ones where the name can be. A unit without
such a place is not looked at. In the others, the abbreviations tell which places may belong to a DIE of the right kind.
A walk from DIE to DIE, which leaps over all siblings that hold no place, makes sure that no other bytes are taken for
one; a definition that looks like one which is sure already can do without.
"""
from __future__ import annotations

import bisect
import functools
import re
from typing import Callable, Iterable, Iterator, NamedTuple, Optional

from .abbrevs import VARIES
from .constants import AT, NAMED, TAG, TYPES
from .elf import Section
from .errors import Corrupt
from .forms import INDEXED, Cursor, index_bytes, uleb, uleb_bytes
from .search import number_bytes, numbers, places
from .units import Die, Info, Unit

# A name with more tails than this is not worth a search for each.
FEW = 24
KINDS = {TAG.STRUCTURE_TYPE: "struct", TAG.CLASS_TYPE: "struct", TAG.UNION_TYPE: "union", TAG.TYPEDEF: "typedef"}


def _string_offsets(info: Info, names: Iterable[bytes]) -> set[int]:
    """Where in .debug_str a name may start: also as the tail of a longer one, as linkers store it."""
    section = info.section(".debug_str")
    return {at - section.lo for name in names for at in places(section, name + b"\0")}


class Indexes:
    """The numbers by which units name strings: each unit, or all of a .dwo file, has a part of .debug_str_offsets."""

    def __init__(self, info: Info, offsets: set[int]):
        section = info.section(".debug_str_offsets")
        self.hits = sorted(at - section.lo for at in numbers(section, offsets, info.order))
        self.parts = sorted(part for part in self._parts(info, section) if self._within(*part)) if self.hits else []

    @staticmethod
    def _parts(info: Info, section: Section) -> Iterator[tuple[int, int]]:
        """Start and end of each."""
        size = section.hi - section.lo
        if info.parts:
            rows = {row.get(".debug_str_offsets", (0, 0)) for row in info.parts.values()}
            yield from ((start, start + length) for start, length in rows)
        elif info.dwo:
            yield 0, size
        else:
            start = 0
            while start + 16 <= size:
                cursor = Cursor(section, section.lo + start, info.order)
                cursor.length()
                yield start, cursor.end - section.lo
                start = cursor.end - section.lo

    def _within(self, start: int, end: int) -> list[int]:
        return self.hits[bisect.bisect_left(self.hits, start):bisect.bisect_left(self.hits, end)]

    def of(self, unit: Unit) -> list[int]:
        """In one unit."""
        if not self.parts:
            return []
        base, size = unit.str_offsets_base, unit.layout.offset_size
        part = self.parts[max(bisect.bisect_right(self.parts, (base, 1 << 64)) - 1, 0)]
        hits = [hit - base - _late(unit) for hit in self._within(base, part[1])]
        return [hit // size for hit in hits if hit % size == 0]


class Search:
    """Where some names may stand in one file."""

    def __init__(self, info: Info, names: Iterable[str]):
        words = [name.encode() for name in names]
        offsets = _string_offsets(info, words)
        self.indexes = Indexes(info, offsets)
        # A partial unit's names may lie in the file that dwz -m made.
        if info.alt:
            offsets |= _string_offsets(info.alt, words)
        self.many = {number_bytes(n, info.order) for n in offsets} if len(offsets) > FEW else set()
        self.hits: dict[int, list[int]] = {}
        for section in info.sections:
            found = {at for word in words for at in places(section, word + b"\0")}
            if not self.many:
                found.update(numbers(section, offsets, info.order))
            self.hits[id(section)] = sorted(found)

    def in_unit(self, unit: Unit) -> Optional[list[int]]:
        """The places in a unit, in order; None: all of it has to be read."""
        hits = self.hits[id(unit.section)]
        found = hits[bisect.bisect_left(hits, unit.start):bisect.bisect_left(hits, unit.end)]
        indexes = self.indexes.of(unit)
        if not indexes and not self.many:
            return found
        openings = _openings(unit)
        if openings is None:
            return None
        for opening, starts in openings.items():
            if opening.form in INDEXED:
                spelled = [index_bytes(opening.form, index, unit.layout.order) for index in indexes]
                for size in {len(s) for s in spelled} - {0}:
                    found += _behind(unit, opening, starts, {s for s in spelled if len(s) == size}, 0)
            elif self.many:
                found += _behind(unit, opening, starts, self.many, _late(unit))
        return sorted(set(found))


def _behind(unit: Unit, opening: Opening, starts: set[bytes], wanted: set[bytes], late: int) -> Iterator[int]:
    """Where one of some numbers of one size stands behind one of the codes."""
    first, *more = (_one_of(start[i] for start in starts) for i in range(opening.length))
    alike = b"".join(b"[\\x%02x-\\x%02x]" % (min(values), max(values)) for values in zip(*wanted))
    gap = opening.distance - opening.length + late
    pattern = b"%b(?=%b.{%d}(%b))" % (first, b"".join(more), gap, alike)
    for match in re.finditer(pattern, unit.buf[unit.first:unit.end], re.DOTALL):
        if match[1] in wanted:
            yield unit.first + match.start(1)


def _one_of(values: Iterable[int]) -> bytes:
    """A pattern of one byte."""
    return b"[%b]" % b"".join(b"\\x%02x" % value for value in sorted(set(values)))


def walk(unit: Unit, hits: Optional[list[int]]) -> Iterator[int]:
    """Where those DIEs start that hold a hit in their own attributes; without hits, those that a user can ask for."""
    buf, at, end, abbrevs = unit.buf, unit.first, unit.end, unit.abbrevs
    index, count = 0, len(hits or ())
    while at < end:
        code, start = buf[at], at + 1
        if code == 0:
            at = start
            continue
        if code >= 0x80:
            code, start = uleb(buf, at)
        abbrev = abbrevs.known.get(code) or abbrevs.get(code)
        behind = start + abbrev.size if abbrev.size is not None else unit.skip_values(abbrev, start)
        if hits is None:
            if abbrev.tag in NAMED:
                yield at
        else:
            while index < count and hits[index] < at:
                index += 1
            if index == count:
                return
            if hits[index] < behind:
                yield at
            elif abbrev.sibling is not None:
                place = start + abbrev.sibling
                sibling = unit.start + int.from_bytes(buf[place:place + 4], unit.layout.order)
                if behind < sibling <= hits[index]:
                    behind = sibling
        at = behind
    if at != end:
        raise Corrupt("a DIE reaches beyond its unit")


class Opening(NamedTuple):
    """Bytes of a code, from its start to the name, and the name's form."""

    length: int
    distance: int
    form: int


class Guess(NamedTuple):
    """Where a DIE that can be asked for may start. Nearly all do; to be sure takes a walk through the unit."""

    unit: Unit
    at: int
    sure: Optional[Callable[[], frozenset[int]]]  # walks, once; None: it has been walked

    def stands(self) -> bool:
        return self.sure is None or self.at in self.sure()


def _openings(unit: Unit) -> Optional[dict[Opening, set[bytes]]]:
    """How DIEs that can be asked for begin: their codes. None: there are some whose name has no fixed place."""
    found: dict[Opening, set[bytes]] = {}
    for code, abbrev in unit.abbrevs.of_tags(NAMED):
        if abbrev.name_at == VARIES:
            return None
        if abbrev.name_at is not None:
            start = uleb_bytes(code)
            form = next(form for attribute, form, _ in abbrev.specs if attribute == AT.NAME)
            found.setdefault(Opening(len(start), len(start) + abbrev.name_at, form), set()).add(start)
    return found


def _late(unit: Unit) -> int:
    """Where in a stored offset its low half starts."""
    return 4 if unit.layout.offset_size == 8 and unit.layout.order == "big" else 0


def _guesses_in(unit: Unit, hits: Optional[list[int]]) -> Iterator[Guess]:
    openings = _openings(unit) if hits is not None else None
    if hits is None or openings is None:
        yield from (Guess(unit, at, None) for at in walk(unit, hits))
        return

    @functools.lru_cache(maxsize=None)
    def sure() -> frozenset[int]:
        return frozenset(walk(unit, hits))

    for hit in hits:
        for (length, distance, _), starts in openings.items():
            for at in {hit - distance, hit - distance - _late(unit)}:
                if unit.buf[at:at + length] in starts:
                    yield Guess(unit, at, sure)


def guesses(info: Info, names: Optional[set[str]]) -> Iterator[Guess]:
    """Of every struct, union, class and typedef of these names; None: of any."""
    search = Search(info, names) if names is not None else None
    for unit in info.units:
        hits = search.in_unit(unit) if search else None
        if hits is None or hits:
            yield from _guesses_in(unit, hits)
        unit.forget()


def named(info: Info, names: Optional[set[str]]) -> Iterator[Die]:
    """The same for sure."""
    for guess in guesses(info, names):
        if guess.stands():
            die = Die(guess.unit, guess.at)
            if die.tag in NAMED and die.has(AT.NAME) and (names is None or die.name in names):
                yield die


def has_types(info: Info) -> bool:
    """Is there any type at all? Not under -g1."""
    for unit in info.units:
        if unit.abbrevs.of_tags(TYPES):
            return True
        unit.forget()
    return False


# ---- names that are nearly right ----

WORD = re.compile(rb"[A-Za-z_][A-Za-z_0-9]{0,127}(?=\0)")
MOST_WORDS = 300_000


def distance(a: str, b: str) -> int:
    """How many letters to change, add or drop to make b of a."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


def near(infos: list[Info], kind: str, full_name: str) -> list[str]:
    """The names of types that are nearest to one: at most three."""
    name = full_name.rpartition("::")[2]
    limit, letters, seen = len(name) // 3 + 1, set(name), set()
    for info in infos:
        for section in [info.section(".debug_str"), *info.sections]:
            for match in WORD.finditer(section.buf, section.lo, section.hi):
                word = match[0].decode()
                # The word itself, and those tails of it that a linker may have stored there.
                for length in range(len(name) - limit, min(len(word), len(name) + limit) + 1):
                    if length == len(word) or word[-length] == name[0]:
                        tail = word[-length:]
                        if len(letters.symmetric_difference(tail)) <= 2 * limit:
                            seen.add(tail)
                if len(seen) > MOST_WORDS:
                    break
    ranked = sorted((distance(name, word), word) for word in seen)
    candidates = {word for rank, word in ranked[:12] if rank <= limit}
    spelled = set()
    for info in infos if candidates else []:
        for die in named(info, candidates):
            if not die.flag(AT.DECLARATION):
                other = KINDS[TAG(die.tag)]
                found = die.full_name
                spelled.add((distance(full_name, found) + (other != kind), found, spell(other, found)))
    return [text for _, _, text in sorted(spelled)[:3]]


def spell(kind: str, name: str) -> str:
    """As a user asks for it: "struct conn", "conn_t"."""
    return name if kind == "typedef" else f"{kind} {name}"
