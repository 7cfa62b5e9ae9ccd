# SPDX-License-Identifier: MIT
"""Attribute forms: how long a value is, and what it says."""
from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Optional, Union

from .constants import FORM
from .elf import Buffer, Order, Section, text_at
from .errors import Corrupt

if TYPE_CHECKING:
    from .abbrevs import Abbrev

Value = Union[int, bytes]

FIXED: dict[int, int] = {
    FORM.DATA1: 1, FORM.DATA2: 2, FORM.DATA4: 4, FORM.DATA8: 8, FORM.DATA16: 16, FORM.FLAG: 1, FORM.REF1: 1,
    FORM.REF2: 2, FORM.REF4: 4, FORM.REF8: 8, FORM.REF_SIG8: 8, FORM.REF_SUP4: 4, FORM.REF_SUP8: 8, FORM.STRX1: 1,
    FORM.STRX2: 2, FORM.STRX3: 3, FORM.STRX4: 4, FORM.ADDRX1: 1, FORM.ADDRX2: 2, FORM.ADDRX3: 3, FORM.ADDRX4: 4,
    FORM.FLAG_PRESENT: 0, FORM.IMPLICIT_CONST: 0,
}
OFFSETS = frozenset({FORM.STRP, FORM.SEC_OFFSET, FORM.STRP_SUP, FORM.LINE_STRP, FORM.GNU_REF_ALT, FORM.GNU_STRP_ALT})
LEBS = frozenset({FORM.UDATA, FORM.SDATA, FORM.REF_UDATA, FORM.STRX, FORM.ADDRX, FORM.LOCLISTX, FORM.RNGLISTX,
                  FORM.GNU_ADDR_INDEX, FORM.GNU_STR_INDEX})
INDEXED = frozenset({FORM.STRX, FORM.STRX1, FORM.STRX2, FORM.STRX3, FORM.STRX4, FORM.GNU_STR_INDEX})
# size of the length before a block; 0: it is an LEB
BLOCKS: dict[int, int] = {FORM.BLOCK1: 1, FORM.BLOCK2: 2, FORM.BLOCK4: 4, FORM.BLOCK: 0, FORM.EXPRLOC: 0}


def uleb(buf: Buffer, at: int) -> tuple[int, int]:
    """A number and where it ends."""
    result = shift = 0
    while True:
        byte = buf[at]
        at += 1
        result |= (byte & 0x7f) << shift
        if byte < 0x80:
            return result, at
        shift += 7
        if shift > 70:
            raise Corrupt("a number of its DWARF does not end")


def uleb_bytes(number: int) -> bytes:
    """How a number is stored."""
    low = bytes([number & 0x7f])
    return low if number < 0x80 else bytes([low[0] | 0x80]) + uleb_bytes(number >> 7)


def index_bytes(form: int, index: int, order: Order) -> bytes:
    """How the number of a string is stored in one of the forms; nothing: it does not fit."""
    size = FIXED.get(form)
    if size is None:
        return uleb_bytes(index)
    return index.to_bytes(size, order) if index < 1 << 8 * size else b""


def sleb(buf: Buffer, at: int) -> tuple[int, int]:
    result, end = uleb(buf, at)
    bits = 7 * (end - at)
    return (result - (1 << bits) if buf[end - 1] & 0x40 else result), end


def signed(value: int, size: int) -> int:
    return value - (1 << 8 * size) if value >> (8 * size - 1) & 1 else value


class Cursor:
    """Reads one number behind the other."""

    def __init__(self, section: Section, at: int, order: Order):
        self.buf, self.at, self.end, self.order = section.buf, at, section.hi, order

    def take(self, size: int) -> int:
        if self.at + size > self.end:
            raise Corrupt("a unit of its DWARF is cut off")
        self.at += size
        return int.from_bytes(self.buf[self.at - size:self.at], self.order)

    def uleb(self) -> int:
        value, self.at = uleb(self.buf, self.at)
        return value

    def text(self) -> str:
        text = text_at(self.buf, self.at, self.end)
        self.at += len(text) + 1
        return text.decode(errors="replace")

    def length(self) -> int:
        """Of a unit, which then ends where the cursor does; gives the size of an offset in it."""
        length, offset_size = self.take(4), 4
        if length == 0xffffffff:
            length, offset_size = self.take(8), 8
        if self.at + length > self.end:
            raise Corrupt("a unit of its DWARF is cut off")
        self.end = self.at + length
        return offset_size


class Layout:
    """What the size of a form depends on."""

    __slots__ = ("order", "offset_size", "address_size", "version", "interned")

    def __init__(self, order: Order, offset_size: int, address_size: int, version: int):
        self.order = order
        self.offset_size = offset_size
        self.address_size = address_size
        self.version = version
        self.interned: dict[bytes, Abbrev] = {}  # by what stands behind the code

    @staticmethod
    @functools.lru_cache(maxsize=None)
    def of(order: Order, offset_size: int, address_size: int, version: int) -> Layout:
        """One object for all units of one layout."""
        return Layout(order, offset_size, address_size, version)

    def size(self, form: int) -> Optional[int]:
        """In bytes; None: it depends on the value."""
        if form in FIXED:
            return FIXED[form]
        if form in OFFSETS:
            return self.offset_size
        if form == FORM.ADDR:
            return self.address_size
        if form == FORM.REF_ADDR:
            return self.address_size if self.version == 2 else self.offset_size
        return None

    def skip(self, buf: Buffer, at: int, end: int, form: int) -> int:
        """Where a value ends."""
        size = self.size(form)
        if size is not None:
            return at + size
        if form in LEBS:
            while buf[at] >= 0x80:
                at += 1
            return at + 1
        return self.read(buf, at, end, form, 0)[2]

    def read(self, buf: Buffer, at: int, end: int, form: int, constant: int) -> tuple[int, Value, int]:
        """The form (another one behind an indirect one), the value, and where it ends."""
        size = self.size(form)
        if form == FORM.IMPLICIT_CONST:
            return form, constant, at
        if form == FORM.FLAG_PRESENT:
            return form, 1, at
        if size is not None:
            return form, int.from_bytes(buf[at:at + size], self.order), at + size
        if form == FORM.SDATA:
            return form, *sleb(buf, at)
        if form in LEBS:
            return form, *uleb(buf, at)
        if form == FORM.STRING:
            text = text_at(buf, at, end)
            return form, text, at + len(text) + 1
        if form in BLOCKS:
            width = BLOCKS[form]
            if width:
                length, at = int.from_bytes(buf[at:at + width], self.order), at + width
            else:
                length, at = uleb(buf, at)
            if at + length > end:
                raise Corrupt("a block of its DWARF has no end")
            return form, buf[at:at + length], at + length
        if form == FORM.INDIRECT:
            form, at = uleb(buf, at)
            if form in (FORM.INDIRECT, FORM.IMPLICIT_CONST):
                raise Corrupt("an indirect form leads to another")
            return self.read(buf, at, end, form, 0)
        raise Corrupt(f"an attribute of its DWARF has the unknown form {form:#x}")
