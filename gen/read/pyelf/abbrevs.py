# SPDX-License-Identifier: MIT
"""Tables of abbreviations, and what a glance at a DIE takes in.

A program has a table for each unit, most of them nearly the same, and pyelftools takes 10 ms for one. So a table is cut into its
entries at once; pyelftools parses those that are used, each once for all units that spell it alike. What an entry says of the sizes of
values lets a search step over DIEs without making objects of them.
"""
from __future__ import annotations

import io
import struct
from typing import Optional

from elftools.common.utils import struct_parse
from elftools.dwarf.abbrevtable import AbbrevDecl

from .refusal import Corrupt
from .structs import Structs, uleb

VARIES = -1
# What tells two definitions of one type apart, beside the types of members.
GLANCE = frozenset("DW_AT_" + name for name in (
    "name", "byte_size", "bit_size", "data_member_location", "data_bit_offset", "bit_offset", "declaration", "signature",
    "decl_line", "type", "count", "upper_bound", "lower_bound", "alignment", "encoding", "external", "virtuality", "specification", "GNU_vector"))
LOCAL = frozenset("DW_FORM_" + name for name in ("ref1", "ref2", "ref4", "ref8", "ref_udata"))  # offsets in their unit
INTEGERS = {1: "B", 2: "H", 4: "I", 8: "Q"}


class Abbrev(AbbrevDecl):
    """pyelftools' entry, and how a glance reads such a DIE. Those of one spelling and layout are one object."""

    def __init__(self, raw: bytes, structs: Structs):
        super().__init__(0, struct_parse(structs.Dwarf_abbrev_declaration, io.BytesIO(raw + b"\0\0")))
        self.tag, self.children, self.specs = self["tag"], self.has_children(), self["attr_spec"]
        self.size: Optional[int] = 0                # of all values; None: it varies
        self.sibling: Optional[int] = None          # where a DW_AT_sibling of form ref4 stands in them
        self.name_at: Optional[int] = None          # where the name does, or VARIES
        self.name_form = ""
        self.seen: list[str] = []                   # the attributes that a glance takes in
        self.constant: list[tuple[int, int]] = []   # of these, which have no bytes in a DIE, and their values
        self.type: Optional[int] = None             # which of them is a DW_AT_type in this unit
        formats = ">" if structs.order == "big" else "<"
        for spec in self.specs:
            size = structs.sizes.get(spec.form)
            if spec.name == "DW_AT_sibling" and spec.form == "DW_FORM_ref4":
                self.sibling = self.size
            if spec.name == "DW_AT_name":
                self.name_at, self.name_form = VARIES if self.size is None else self.size, spec.form
            if spec.name in GLANCE:
                if size == 0:
                    self.constant.append((len(self.seen), 1 if spec.value is None else spec.value))
                elif spec.name == "DW_AT_type" and spec.form in LOCAL:
                    self.type = len(self.seen)
                self.seen.append(spec.name)
                formats += INTEGERS.get(size, f"{size}s") if size else ""
            elif size:
                formats += f"{size}x"
            self.size = None if size is None or self.size is None else self.size + size
        self.look = (self.tag, *self.seen)
        self.unpack = struct.Struct(formats).unpack_from if self.size is not None else None


class Abbrevs:
    """One table, with the method that pyelftools' DIE wants of it."""

    def __init__(self, table: bytes, structs: Structs):
        self.structs = structs
        self.known: dict[int, Abbrev] = {}  # those that have been asked for
        self.raw: dict[int, bytes] = {}     # what stands behind each code
        for entry in cut(table):
            code, at = (entry[0], 1) if entry[0] < 0x80 else uleb(entry, 0)
            self.raw[code] = entry[at:]

    def get_abbrev(self, code: int) -> Abbrev:
        abbrev = self.known.get(code)
        if abbrev is None:
            raw = self.raw.get(code)
            if raw is None:
                raise Corrupt(f"a DIE has the unknown abbreviation {code}")
            abbrev = self.structs.interned.get(raw)
            if abbrev is None:
                abbrev = self.structs.interned[raw] = Abbrev(raw, self.structs)
            self.known[code] = abbrev
        return abbrev


def cut(table: bytes) -> list[bytes]:
    """The entries of a table, without the pair of zeros at the end of each.

    No number of an entry is zero, but its flag or a constant may be: then three zeros follow each other, as they do at the end of a table.
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
        at = uleb(entry, uleb(entry, 0)[1])[1] + 1
        while at < len(entry):
            form, at = uleb(entry, uleb(entry, at)[1])
            at = uleb(entry, at)[1] if form == 0x21 else at  # DW_FORM_implicit_const
        return at == len(entry)
    except (IndexError, Corrupt):
        return False
