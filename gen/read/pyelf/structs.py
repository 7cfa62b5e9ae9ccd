# SPDX-License-Identifier: MIT
"""pyelftools' parsers of DWARF values, with the forms that 0.29 lacks, and numbers and blocks that end: a broken file cannot make one
number of a megabyte, which its own parsers would read byte by byte."""
from __future__ import annotations

import functools

from elftools.common.utils import parse_cstring_from_stream
from elftools.construct import Construct, FieldError
from elftools.dwarf.enums import ENUM_DW_AT
from elftools.dwarf.structs import DWARFStructs

from .elf import Buffer
from .refusal import Corrupt

SIZES = {"data1": 1, "data2": 2, "data4": 4, "data8": 8, "data16": 16, "flag": 1, "ref1": 1, "ref2": 2, "ref4": 4, "ref8": 8, "ref_sig8": 8,
         "ref_sup4": 4, "ref_sup8": 8, "strx1": 1, "strx2": 2, "strx3": 3, "strx4": 4, "addrx1": 1, "addrx2": 2, "addrx3": 3, "addrx4": 4,
         "flag_present": 0, "implicit_const": 0}
OFFSETS = ("strp", "sec_offset", "strp_sup", "line_strp", "GNU_ref_alt", "GNU_strp_alt")
LEBS = ("udata", "ref_udata", "strx", "addrx", "loclistx", "rnglistx", "GNU_addr_index", "GNU_str_index", "indirect")
COUNTS, MOST_FILES = ("directories_count", "file_names_count"), 100_000  # whose entries may take no bytes
ENUM_DW_AT.setdefault("DW_AT_GNU_dwo_name", 0x2130)  # GNU's split DWARF for DWARF 4
BLOCKS = {"block1": 1, "block2": 2, "block4": 4, "block": 0, "exprloc": 0}  # bytes of the length in front; 0: an LEB


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
    low = number & 0x7f
    return bytes([low]) if number < 0x80 else bytes([low | 0x80]) + uleb_bytes(number >> 7)


def _take(stream, size: int) -> bytes:  # type: ignore[no-untyped-def]
    data = stream.read(size)
    if len(data) < size:
        raise FieldError("cut off")
    return data


class _Leb(Construct):
    signed = False

    def _parse(self, stream, _):  # type: ignore[no-untyped-def]
        value = shift = 0
        while True:
            byte = _take(stream, 1)[0]
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                break
            if shift > 70:
                raise Corrupt("a number of its DWARF does not end")
        if self.name in COUNTS and value > MOST_FILES:
            raise Corrupt("a line table has no end")
        return value - (1 << shift) if self.signed and byte & 0x40 else value


class _SignedLeb(_Leb):
    signed = True


class _Number(Construct):
    """Of any size."""

    def __init__(self, size: int, order: str):
        super().__init__("")
        self.size, self.order = size, order

    def _parse(self, stream, _):  # type: ignore[no-untyped-def]
        return int.from_bytes(_take(stream, self.size), self.order)


class _Block(Construct):
    def __init__(self, length: Construct):
        super().__init__("")
        self.length = length

    def _parse(self, stream, context):  # type: ignore[no-untyped-def]
        return _take(stream, self.length._parse(stream, context))


class _Text(Construct):
    def _parse(self, stream, _):  # type: ignore[no-untyped-def]
        start = stream.tell()
        text = parse_cstring_from_stream(stream, start)
        if text is None:
            raise Corrupt("a string has no end")
        stream.seek(start + len(text) + 1)
        return text


class Structs(DWARFStructs):
    """Of one layout of units."""

    def __init__(self, little: bool, offset_size: int, address_size: int, version: int):
        super().__init__(little, 8 * offset_size, 8 if address_size == 8 else 4, version)
        self.offset_size, self.order = offset_size, "little" if little else "big"
        self.sizes = {"DW_FORM_" + name: size for name, size in SIZES.items()}
        self.sizes.update({"DW_FORM_" + name: offset_size for name in OFFSETS})
        self.sizes.update(DW_FORM_addr=address_size, DW_FORM_ref_addr=address_size if version == 2 else offset_size)
        self.interned: dict[bytes, object] = {}  # abbreviations by their spelling
        forms = self.Dwarf_dw_form
        forms.update({form: _Number(size, self.order) for form, size in self.sizes.items() if size})
        forms.update({"DW_FORM_" + name: _Leb("") for name in LEBS})
        forms.update({"DW_FORM_" + name: _Block(_Number(size, self.order) if size else _Leb("")) for name, size in BLOCKS.items()})
        forms["DW_FORM_string"] = _Text("")

    def _create_leb128(self) -> None:
        self.Dwarf_uleb128, self.Dwarf_sleb128 = _Leb, _SignedLeb

    def skip(self, buf: Buffer, at: int, form: str) -> int:
        """Where a value ends."""
        size, name = self.sizes.get(form), form[8:]
        if size is not None:
            return at + size
        if name in LEBS or name == "sdata":
            return uleb(buf, at)[1]
        if name == "string":
            return buf.find(b"\0", at) + 1 or len(buf)
        if name in BLOCKS:
            width = BLOCKS[name]
            length, at = (int.from_bytes(buf[at:at + width], self.order), at + width) if width else uleb(buf, at)
            return at + length
        raise Corrupt(f"an attribute of its DWARF has the form {form}")


@functools.lru_cache(maxsize=None)
def structs_of(little: bool, offset_size: int, address_size: int, version: int) -> Structs:
    """One object for all units of one layout."""
    return Structs(little, offset_size, address_size, version)
