# SPDX-License-Identifier: MIT
"""Sizes out of DWARF, and alignments as bounds.

DWARF states a size, and an alignment only where a user asked for one. A record's alignment is then between
    hi    the most that its members can ask for: natural alignment, as far as it divides their offset and the size
    lo    what was stated; else what its holes prove: a hole of h bytes comes only before a member, or at the end of a
          record, that is aligned to more than h
Unnamed bit-fields leave no trace but holes. So a hole that no alignment explains voids all such proofs of a record and
raises hi (an unnamed bit-field aligns the record on some machines); so do named bit-fields, which are often neighbours
of unnamed ones, and a member below its natural alignment, which shows the record packed.
"""
from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from .abi import Machine, power_above, power_in
from .constants import AT, ATE, POINTERS, QUALIFIERS, RECORDS, TAG
from .errors import Corrupt
from .units import Die

UNKNOWN = 1 << 62  # an upper bound where nothing is known
DEEPEST = 100
MAYBE_ATOMIC = RECORDS | POINTERS | {TAG.BASE_TYPE, TAG.ENUMERATION_TYPE}
LONGEST = 1 << 60


class Bounds(NamedTuple):
    """An alignment."""

    lo: int
    hi: int


class Member(NamedTuple):
    """A member of a record, or a base class."""

    die: Die
    name: str
    type: Optional[Die]
    bits: Optional[int]   # from the start of the record; None: it depends on the object (a virtual base)
    size: int             # of its type
    width: Optional[int]  # of a bit-field, in bits


def bare(die: Optional[Die]) -> Optional[Die]:
    """The type behind typedefs and qualifiers, and behind a reference to a type unit."""
    for _ in range(DEEPEST):
        if die is None:
            return None
        if die.tag == TAG.TYPEDEF or die.tag in QUALIFIERS:
            die = die.ref()
        elif die.tag in RECORDS and die.has(AT.SIGNATURE):
            die = die.ref(AT.SIGNATURE)
        else:
            return die
    raise Corrupt("types of its DWARF nest too deeply, or in a circle")


def _has_typedef(die: Optional[Die]) -> bool:
    for _ in range(DEEPEST):
        if die is None or die.tag not in QUALIFIERS and die.tag not in (TAG.ARRAY_TYPE, TAG.TYPEDEF):
            return False
        if die.tag == TAG.TYPEDEF:
            return True
        die = die.ref()
    return False


def is_declaration(die: Die) -> bool:
    return die.flag(AT.DECLARATION) and not die.has(AT.SIGNATURE)


def dimensions(array: Die) -> list[Optional[int]]:
    """The length of each dimension; None: not known, as that of a flexible array."""
    lengths: list[Optional[int]] = []
    for child in array.children():
        if child.tag not in (TAG.SUBRANGE_TYPE, TAG.ENUMERATION_TYPE):
            continue
        count, upper = child.number(AT.COUNT), child.signed(AT.UPPER_BOUND)
        if count is None and upper is not None:
            # A bound that does not fit a signed number of its form is no bound of -1.
            unsigned = child.number(AT.UPPER_BOUND) or 0
            count = 0 if upper == -1 and unsigned in (-1, 0xffffffff, 0xffffffffffffffff) else unsigned + 1
        lengths.append(None if count is None or not 0 <= count < LONGEST else count)
    return lengths


class Types:
    """Sizes and alignments on one machine, of one compiler."""

    def __init__(self, machine: Machine, completions: Optional[dict[tuple[int, str], Die]] = None):
        self.machine = machine
        self.completions = completions or {}  # definitions of records that are only declared elsewhere
        self._bounds: dict[tuple[int, int], Bounds] = {}
        self._sizes: dict[tuple[int, int], int] = {}
        self._depth = 0

    def bare(self, die: Optional[Die]) -> Optional[Die]:
        found = bare(die)
        if found is not None and found.tag in RECORDS and is_declaration(found):
            return self.completions.get((found.tag, found.full_name), found)
        return found

    # ---- sizes ----

    def size(self, die: Optional[Die]) -> int:
        """In bytes; 0 where there is none."""
        if die is None:
            return 0
        key = id(die.unit), die.at
        if key not in self._sizes:
            self._sizes[key] = self._deeper(self._size, die)
        return self._sizes[key]

    def _deeper(self, function, die):  # type: ignore[no-untyped-def]
        self._depth += 1
        try:
            if self._depth > DEEPEST:
                raise Corrupt("types of its DWARF nest too deeply, or in a circle")
            return function(die)
        finally:
            self._depth -= 1

    def _size(self, die: Die) -> int:
        own = die.number(AT.BYTE_SIZE)
        if own is not None:
            if not 0 <= own < LONGEST:
                raise Corrupt(f"a type says that it has {own} bytes")
            return own
        bits = die.number(AT.BIT_SIZE)
        if bits is not None and 0 <= bits < LONGEST:
            return (bits + 7) // 8
        address = die.unit.layout.address_size
        if die.tag in POINTERS or die.tag == TAG.UNSPECIFIED_TYPE:
            return address
        if die.tag == TAG.PTR_TO_MEMBER_TYPE:
            target = bare(die.ref())
            return 2 * address if target is not None and target.tag == TAG.SUBROUTINE_TYPE else address
        if die.tag == TAG.ARRAY_TYPE:
            total = self.size(die.ref())
            for length in dimensions(die) or [0]:
                total *= length or 0
            if total >= LONGEST:
                raise Corrupt(f"an array says that it has {total} bytes")
            return total
        if die.tag == TAG.ATOMIC_TYPE and self.machine.traits.compiler == "clang":
            size = self.size(die.ref())
            return power_above(size) if 0 < size <= self.machine.padded_atomic else size
        if die.tag == TAG.TYPEDEF or die.tag in QUALIFIERS or die.tag == TAG.ENUMERATION_TYPE:
            return self.size(die.ref())
        found = self.bare(die)
        return self.size(found) if found is not None and found is not die else 0

    # ---- members ----

    def members(self, record: Die) -> Iterator[Member]:
        """Bases and members with a place, in the order of their declaration."""
        for child in record.children():
            if child.tag == TAG.INHERITANCE:
                base = child.ref()
                location = None if child.number(AT.VIRTUALITY) else child.location()
                yield Member(child, "", base, None if location is None else 8 * location, self.size(base), None)
            elif child.tag == TAG.MEMBER and not child.flag(AT.EXTERNAL) and not child.flag(AT.DECLARATION):
                member = self._member(child)
                # gcc for sh4 gives bit-fields of a union places before its start.
                if record.tag == TAG.UNION_TYPE:
                    member = member._replace(bits=0)
                if not 0 <= (member.bits or 0) < LONGEST or not 0 <= (member.width or 0) < LONGEST:
                    raise Corrupt("a member lies outside of its record")
                yield member

    def _member(self, die: Die) -> Member:
        kind, width = die.ref(), die.number(AT.BIT_SIZE)
        size, location = self.size(kind), die.location()
        bits = None if location is None else 8 * location
        from_start, from_top = die.number(AT.DATA_BIT_OFFSET), die.number(AT.BIT_OFFSET)
        if from_start is not None:
            bits = from_start + (bits or 0)
        elif width is not None and from_top is not None and bits is not None:
            storage = 8 * (die.number(AT.BYTE_SIZE) or size)
            bits += from_top if die.unit.info.order == "big" else storage - from_top - width
            bits %= 1 << 64  # as clang 14 reckons where it pads an _Atomic struct: from before the record's start
        scalar = self.bare(kind)
        # clang 14 makes a bit-field of an _Atomic struct that it pads.
        if width is not None and (scalar is None or scalar.tag not in (TAG.BASE_TYPE, TAG.ENUMERATION_TYPE)):
            size, width = max(size, width // 8), None
        return Member(die, die.name, kind, bits, size, width)

    # ---- alignments ----

    def bounds(self, die: Optional[Die]) -> Bounds:
        """Of a type as a member has it."""
        if die is None:
            return Bounds(1, 1)
        key = id(die.unit), die.at
        if key not in self._bounds:
            self._bounds[key] = self._deeper(self._used, die)
        return self._bounds[key]

    def stated(self, die: Die) -> int:
        """DW_AT_alignment, or 0."""
        align = die.number(AT.ALIGNMENT) or 0
        if align < 0 or align & (align - 1) or align > 1 << 32:
            raise Corrupt(f"a type says that it is aligned to {align} bytes")
        return align

    def _used(self, die: Die) -> Bounds:
        lo, hi = self._one(die)
        if self.machine.traits.hides_atomic and die.tag in MAYBE_ATOMIC and self.size(die) in (2, 4, 8, 16):
            return Bounds(lo, max(hi, self.size(die)))
        return Bounds(lo, hi)

    def _one(self, die: Die) -> Bounds:
        if die.tag in RECORDS:
            return self.record(die)
        stated = self.stated(die)
        if stated:  # on a typedef: exactly that
            return Bounds(stated, stated)
        if die.tag == TAG.ATOMIC_TYPE:
            return self._atomic(die)
        if die.tag == TAG.TYPEDEF and self.machine.traits.doubt:
            return Bounds(1, power_in(self.size(die)) or UNKNOWN)
        if die.tag == TAG.TYPEDEF or die.tag in QUALIFIERS:
            return self.bounds(die.ref())
        if die.tag == TAG.ARRAY_TYPE:
            if die.flag(AT.GNU_VECTOR):
                return Bounds(1, power_above(self.size(die)))
            return self.bounds(die.ref())
        encoding = (die.number(AT.ENCODING) or 0) if die.tag == TAG.BASE_TYPE else ATE.UNSIGNED
        size = die.unit.layout.address_size if die.tag == TAG.PTR_TO_MEMBER_TYPE else self.size(die)
        return Bounds(*self.machine.scalar(size, encoding))

    def _atomic(self, die: Die) -> Bounds:
        lo, hi = self.bounds(die.ref())
        size = self.size(die)
        return Bounds(lo, max(hi, size)) if size in (1, 2, 4, 8, 16) else Bounds(lo, hi)

    def record(self, die: Die) -> Bounds:
        """Of a struct, union or class by itself."""
        found = self.bare(die)
        if found is None or is_declaration(found):
            return Bounds(1, UNKNOWN)
        if found is not die:
            return self.bounds(found)
        size, stated, gcc = self.size(die), self.stated(die), self.machine.traits.compiler == "gcc"
        if stated and gcc:
            return Bounds(stated, stated)
        lo, hi = _Inference(self, die, size).bounds()
        if self.machine.traits.doubt:
            hi = max(hi, power_in(size) or UNKNOWN)
        elif self.machine.strict and size in (2, 4, 8, 16):
            hi = max(hi, size)
        hi = max(hi, stated, min(self.machine.least_record, power_in(size) or 1))
        return Bounds(min(max(lo, stated), hi), hi)

    def named(self, die: Die) -> Bounds:
        """Of a type that is asked for, as a member."""
        lo, hi = self.record(die) if die.tag in RECORDS else self.bounds(die)
        if die.tag not in RECORDS and self.machine.traits.hides_typedefs and not self.stated(die):
            return Bounds(1, max(hi, power_in(self.size(die))))
        return Bounds(min(lo, self.machine.traits.pack), hi)

    def member_limit(self, member: Member, record_size: int) -> int:
        """The most that a member can be aligned to where it stands."""
        stated = self.stated(member.die)
        natural = self.bounds(member.type).hi
        if stated and self.machine.traits.hides_typedefs and _has_typedef(member.type):
            natural = UNKNOWN
        elif stated:
            natural = stated if self.machine.traits.compiler == "gcc" else max(natural, stated)
        fits, bits = power_in(record_size) or UNKNOWN, member.bits or 0
        place = power_in(bits // 8) or UNKNOWN
        limit = min(natural, fits, UNKNOWN if member.width is not None else place)
        # clang never states the alignment of what it takes for a bit-field.
        hidden = self.machine.traits.compiler == "clang" and member.die.has(AT.BIT_SIZE) and bits % 8 == 0
        return max(limit, min(fits, place)) if hidden else limit


class _Inference:
    """What the members of one record tell of its alignment."""

    def __init__(self, types: Types, record: Die, size: int):
        self.size = size
        self.is_union = record.tag == TAG.UNION_TYPE
        self.lo = self.hi = 1
        self.proof = True         # do holes prove something?
        self.unexplained = False  # is there a hole that no alignment explains?
        self.has_virtual = False  # a virtual base, which stands somewhere in what looks like holes
        self.end = 0
        for member in types.members(record):
            self._add(types, member)
        self._hole(size - self.end, self.hi)

    def _add(self, types: Types, member: Member) -> None:
        limit = types.member_limit(member, self.size)
        self.hi = max(self.hi, limit)
        if member.bits is None:
            self.has_virtual = True
            return
        if member.width is not None:
            self.proof = False
            self.end = max(self.end, (member.bits + member.width + 7) // 8)
            return
        if limit < types.bounds(member.type).lo:
            self.proof = False
        if not self.is_union:
            self._hole(member.bits // 8 - self.end, limit)
        self.end = max(self.end, member.bits // 8 + member.size)

    def _hole(self, hole: int, limit: int) -> None:
        if hole <= 0:
            return
        needed = power_above(hole + 1)
        if needed > limit:
            self.unexplained = True
        else:
            self.lo = max(self.lo, needed)

    def bounds(self) -> Bounds:
        if self.has_virtual:
            return Bounds(1, self.hi)
        if self.unexplained:  # by an unnamed bit-field of some integer type
            return Bounds(1, max(self.hi, min(power_in(self.size) or 1, 16)))
        return Bounds(self.lo if self.proof else 1, self.hi)
