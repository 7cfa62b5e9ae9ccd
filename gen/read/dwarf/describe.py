# SPDX-License-Identifier: MIT
"""One type as the JSON form of struct layout (gen/layout_json.c)."""
from __future__ import annotations

import math
from typing import Any, Optional

from .bounds import UNKNOWN, Member, Types, bare, dimensions
from .constants import AT, ATE, POINTERS, QUALIFIERS, RECORDS, TAG
from .errors import Corrupt
from .find import KINDS
from .target import triple
from .units import Die

Json = dict[str, Any]
MOST_FIELDS = 100_000

WORDS = ("char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "long",
         "unsigned long", "long long", "unsigned long long", "float", "double", "long double", "_Bool")
# gcc writes "long unsigned int" where clang writes "unsigned long"
BUILTIN = {tuple(sorted(w for w in words.split() if w != "int")): words for words in WORDS}
BUILTIN[("bool",)] = "_Bool"
KEYWORDS = {TAG.CONST_TYPE: "const", TAG.VOLATILE_TYPE: "volatile", TAG.RESTRICT_TYPE: "restrict",
            TAG.ATOMIC_TYPE: "_Atomic"}
TAG_WORDS = {TAG.STRUCTURE_TYPE: "struct", TAG.CLASS_TYPE: "class", TAG.UNION_TYPE: "union",
             TAG.ENUMERATION_TYPE: "enum"}


def spelled(die: Optional[Die], inner: str = "", depth: int = 0) -> str:
    """A type in C's words, around the declarator inner."""
    if depth > 50:
        raise Corrupt("types of its DWARF nest too deeply, or in a circle")
    depth += 1
    gap = " " if inner and inner[0] not in "[)" else ""
    if die is None:
        return "void" + gap + inner
    if die.tag in KEYWORDS:
        kinds: set[str] = set()
        target: Optional[Die] = die
        while target is not None and target.tag in KEYWORDS and depth < 50:
            kinds.add(KEYWORDS[TAG(target.tag)])
            target, depth = target.ref(), depth + 1
        qualifiers = " ".join(sorted(kinds, key=list(KEYWORDS.values()).index))
        if target is not None and target.tag in POINTERS:  # a qualified pointer takes them behind the star
            return spelled(target, qualifiers + gap + inner, depth)
        return qualifiers + " " + spelled(target, inner, depth)
    if die.tag in POINTERS:
        target, star = die.ref(), {TAG.POINTER_TYPE: "*", TAG.REFERENCE_TYPE: "&"}.get(TAG(die.tag), "&&")
        inner = star + inner
        if target is not None and target.tag in (TAG.ARRAY_TYPE, TAG.SUBROUTINE_TYPE):
            inner = f"({inner})"
        return spelled(target, inner, depth)
    if die.tag == TAG.ARRAY_TYPE:
        lengths = "".join(f"[{'' if n is None else n}]" for n in dimensions(die))
        return spelled(die.ref(), inner + lengths, depth)
    if die.tag == TAG.SUBROUTINE_TYPE:
        words = [spelled(c.ref(), "", depth) if c.tag == TAG.FORMAL_PARAMETER else "..." for c in die.children()
                 if c.tag in (TAG.FORMAL_PARAMETER, TAG.UNSPECIFIED_PARAMETERS)]
        void = "void" if die.flag(AT.PROTOTYPED) else ""
        return spelled(die.ref(), f"{inner}({', '.join(words) or void})", depth)
    if die.tag in TAG_WORDS:
        named = die.ref(AT.SIGNATURE) if die.has(AT.SIGNATURE) else die
        name = (named.name if named is not None else "") or "{...}"
        return f"{TAG_WORDS[TAG(die.tag)]} {name}{gap}{inner}"
    if die.tag == TAG.PTR_TO_MEMBER_TYPE:
        return spelled(die.ref(), "::*" + inner, depth)
    if die.has(AT.NAME) or die.tag not in QUALIFIERS:
        return (die.name or "void") + gap + inner
    return spelled(die.ref(), inner, depth)


def _tag_of(die: Die) -> str:
    """'struct node' for a record with a tag that C can declare by itself."""
    if die.tag not in RECORDS or die.unit.root.number(AT.LANGUAGE) is None and not die.name:
        return ""
    name = die.full_name
    return f"{'union' if die.tag == TAG.UNION_TYPE else 'struct'} {name}" if name.isidentifier() else ""


def _is_volatile(die: Optional[Die], word: int) -> bool:
    while die is not None and (die.tag == TAG.TYPEDEF or die.tag in QUALIFIERS):
        if die.tag == word:
            return True
        die = die.ref()
    return False


def _scalar_words(types: Types, die: Optional[Die], tags: list[str], depth: int) -> str:
    """A scalar type in words that a holder can write; empty where there are none."""
    found = types.bare(die)
    if found is None or depth > 20:
        return ""
    if found.tag == TAG.POINTER_TYPE:
        return _pointer_words(types, found.ref(), tags, depth + 1)
    if found.tag == TAG.ENUMERATION_TYPE:
        base = types.bare(found.ref())
        if base is not None:
            return _scalar_words(types, base, tags, depth + 1)
        return {1: "unsigned char", 2: "unsigned short", 4: "unsigned int"}.get(types.size(found), "")
    if found.tag == TAG.BASE_TYPE and found.number(AT.ENCODING) != ATE.COMPLEX_FLOAT:
        return BUILTIN.get(tuple(sorted(w for w in found.name.split() if w != "int")), "")
    return ""


def _pointer_words(types: Types, target: Optional[Die], tags: list[str], depth: int) -> str:
    found = types.bare(target)
    if found is None:
        words = "void"
    else:
        words = _tag_of(found)
        if words:
            tags.append(words)
        else:
            words = _scalar_words(types, found, tags, depth)
    if not words:
        return ""
    qualifiers = [w for tag, w in ((TAG.CONST_TYPE, "const"), (TAG.VOLATILE_TYPE, "volatile"))
                  if _is_volatile(target, tag)]
    if words.endswith("*"):  # a qualified pointer takes its words behind the star
        return words + (" ".join(qualifiers) + " *" if qualifiers else "*")
    return " ".join([*qualifiers, words, "*"])


def _holder(types: Types, die: Optional[Die]) -> Json:
    """holder_type, holder_suffix and holder_tags of a field (gen/layout.h); none where a typedef lowers the alignment, of
    which a holder's words say nothing."""
    suffix, volatile = "", _is_volatile(die, TAG.VOLATILE_TYPE)
    found = types.bare(die)
    while found is not None and found.tag == TAG.ARRAY_TYPE and not found.flag(AT.GNU_VECTOR) and len(suffix) < 100:
        lengths = dimensions(found)
        if None in lengths:
            return {}
        suffix += "".join(f"[{n}]" for n in lengths)
        volatile = volatile or _is_volatile(found.ref(), TAG.VOLATILE_TYPE)
        found = types.bare(found.ref())
    tags: list[str] = []
    words = _scalar_words(types, found, tags, 0)
    if not words or types.bounds(die).hi < types.bounds(found).hi:
        return {}
    if volatile and not words.endswith("*"):
        words = "volatile " + words
    return {"holder_type": words, "holder_suffix": suffix, **({"holder_tags": tags} if tags else {})}


class _Fields:
    """The fields of a record, those of its anonymous members below them."""

    def __init__(self, types: Types, nested: bool):
        self.types = types
        self.nested = nested  # also those of its other members
        self.rows: list[Json] = []
        self.hidden = False

    def add(self, record: Die, base_bits: int = 0, depth: int = 0) -> None:
        if depth > 50 or len(self.rows) > MOST_FIELDS:
            raise Corrupt("a record has too many members, or holds itself")
        size = self.types.size(record)
        for member in self.types.members(record):
            self._add(member, size, base_bits, depth)

    def _add(self, member: Member, record_size: int, base_bits: int, depth: int) -> None:
        if member.die.tag == TAG.INHERITANCE and not (member.size and member.bits is not None):
            self.hidden = True  # a base class that is elsewhere
        if member.bits is None:
            return
        bits = base_bits + member.bits
        align = self.types.bounds(member.type).hi
        if align >= UNKNOWN:
            align = self.types.member_limit(member, record_size)
        row: Json = {"name": member.name, "type": spelled(member.type), "depth": depth, "offset": bits // 8,
                     "size": member.size, "align": 1 if align >= UNKNOWN else align}
        if member.width is not None:
            row |= {"bit_offset": bits % 8, "bit_width": member.width}
        self.rows.append(row)
        inside = self._element(member.type, row)
        if member.name:
            row |= _holder(self.types, member.type)
        if inside is not None and inside.tag in RECORDS and (not member.name or self.nested):
            row |= {"union": True} if inside.tag == TAG.UNION_TYPE else {}
            self.add(inside, bits, depth + 1)

    def _element(self, die: Optional[Die], row: Json) -> Optional[Die]:
        """What an array is of, whatever its dimensions; else the type itself."""
        found, lengths = self.types.bare(die), []
        while found is not None and found.tag == TAG.ARRAY_TYPE and not found.flag(AT.GNU_VECTOR):
            lengths += dimensions(found) or [None]
            if len(lengths) > 100:
                raise Corrupt("an array of its DWARF has too many dimensions, or holds itself")
            found = self.types.bare(found.ref())
        if lengths:
            row |= {"dimensions": len(lengths), "count": math.prod(n or 0 for n in lengths)}
        return found


def flexible_arrays(types: Types, record: Optional[Die], scope: str = "", base: int = 0, depth: int = 0) -> list[Json]:
    """The arrays of no length that a record ends with, or the last member of it; of a union any member counts."""
    if record is None or record.tag not in RECORDS or depth > 50:
        return []
    found: list[Json] = []
    for member in types.members(record):
        last = types.bare(member.type)
        lengths = dimensions(last) if last is not None and last.tag == TAG.ARRAY_TYPE else []
        offset, path = base + (member.bits or 0) // 8, scope + member.name
        if record.tag != TAG.UNION_TYPE:
            found = []
        if last is not None and last.tag == TAG.ARRAY_TYPE and (not lengths or lengths[0] in (None, 0)):
            element = types.size(last.ref()) * math.prod(n or 0 for n in lengths[1:])
            found.append({"path": path, "offset": offset, "element": element})
        else:
            found += flexible_arrays(types, last, path + ("." if member.name else ""), offset, depth + 1)
    return found


def describe(types: Types, die: Die, nested: bool = False) -> Json:
    """The layout of a named type; nested: with the members of its members."""
    elf = die.unit.info.elf
    record = types.bare(die)
    is_record = record is not None and record.tag in RECORDS
    lo, hi = types.named(die)
    fields = _Fields(types, nested)
    layout: Json = {"kind": KINDS[TAG(die.tag)], "name": die.full_name}
    if is_record and record is not None:
        fields.add(record)
        declared = _tag_of(record)
        if declared:
            layout["declared"] = declared
    file, line = place(die)
    if file:
        layout["file"] = file
    flexible = flexible_arrays(types, record) if is_record else []
    size = types.size(die)
    hi = min(hi, 1 << 32)
    layout |= {
        "line": line, "size": size, "align": hi, "align_low": min(lo, hi), "size_exact": True, "align_exact": lo == hi,
        "record": is_record, "union": is_record and record is not None and record.tag == TAG.UNION_TYPE,
        "may_alias": False, "flexible": bool(flexible), "flexible_arrays": flexible,
        "hidden": fields.hidden, "fields": fields.rows, "target": triple(elf),
        "reader": "dwarf",
    }
    return layout


def place(die: Die) -> tuple[str, int]:
    """Where the source has it; an empty name where that is not known."""
    index = die.number(AT.DECL_FILE)
    return (die.unit.file(index) if index is not None else ""), die.number(AT.DECL_LINE) or 0


def shape(types: Types, die: Die, depth: int = 0) -> tuple[Any, ...]:
    """What two definitions of one type have in common, whoever compiled them."""
    found = types.bare(die)
    if found is None or found.tag not in RECORDS or depth > 20:
        return (types.size(die),) + ((found.tag,) if found is not None else ())
    members = []
    for member in types.members(found):
        inner = bare(member.type) if not member.name else None
        members.append((member.name, member.bits, member.width,
                        shape(types, inner, depth + 1) if inner is not None else member.size))
    return (types.size(found), tuple(members))
