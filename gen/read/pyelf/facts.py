# SPDX-License-Identifier: MIT
"""DIEs as facts for the mind in C: what gen/read/dwarf_facts.h describes. Nothing is computed here that C can."""
from __future__ import annotations

from typing import Any, Iterator, Optional

from elftools.dwarf.die import DIE
from elftools.dwarf.enums import ENUM_DW_TAG

from .elf import Elf
from .find import POINTERS, RECORDS
from .structs import uleb
from .units import BUILT_IN, SCOPES, File, Unit

Json = dict[str, Any]
DECLARATION, EXTERNAL, VECTOR, PROTOTYPED, VIRTUAL, EXPORTS, ARTIFICIAL = (1 << n for n in range(7))
BRIEF, VARIES, PLACE_VARIES, VARIANT, SPECIFIED = (1 << n for n in range(7, 12))
FLAGS = {"declaration": DECLARATION, "external": EXTERNAL, "GNU_vector": VECTOR, "prototyped": PROTOTYPED, "virtuality": VIRTUAL,
         "export_symbols": EXPORTS, "artificial": ARTIFICIAL, "specification": SPECIFIED}
NUMBERS = {"byte_size": "size", "bit_size": "bits", "alignment": "align", "data_bit_offset": "bit_at", "bit_offset": "bit_offset",
           "encoding": "encoding"}
BOUNDS = {"count": "count", "upper_bound": "upper", "lower_bound": "lower"}
C_LANGUAGES = frozenset({0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x3e})  # DW_LANG_C89, C, C99, C11, C17, C23
ASSEMBLER = 0x8001                                             # DW_LANG_Mips_Assembler
ANONYMOUS = "(anonymous namespace)"
PLACED = RECORDS | {"DW_TAG_typedef"}                                                # whose source is told
SCOPED = SCOPES | {"DW_TAG_typedef"}
BEHIND = POINTERS - {"DW_TAG_subroutine_type"} | {"DW_TAG_ptr_to_member_type"}       # what they lead to is only spelled
CHILDREN = {**dict.fromkeys(RECORDS, ("DW_TAG_member", "DW_TAG_inheritance")),
            "DW_TAG_array_type": ("DW_TAG_subrange_type", "DW_TAG_enumeration_type"),
            "DW_TAG_subroutine_type": ("DW_TAG_formal_parameter", "DW_TAG_unspecified_parameters")}


def is_c(unit: Unit) -> bool:
    return unit.language() in C_LANGUAGES


def specified(unit: Unit, die: DIE) -> DIE:
    """A definition that stands elsewhere belongs to where it is declared."""
    return unit.refer(die, "DW_AT_specification") or die


def name_of(unit: Unit, die: DIE) -> str:
    return unit.text(die, "DW_AT_name") or specified(unit, die).cu.text(specified(unit, die), "DW_AT_name")


def scope_of(unit: Unit, die: DIE) -> Optional[DIE]:
    if is_c(unit):
        return None
    declared = specified(unit, die)
    return declared.cu.around(declared.offset)


def scope_names(unit: Unit, die: DIE) -> list[str]:
    """From the inside; a type without a name adds none."""
    names, outer = [], scope_of(unit, die)
    while outer is not None and len(names) < 100:
        name = name_of(outer.cu, outer) or (ANONYMOUS if outer.tag == "DW_TAG_namespace" else "")
        names += [name] if name else []
        outer = scope_of(outer.cu, outer)
    return names


def flags_of(unit: Unit, die: DIE) -> int:
    return sum(flag for name, flag in FLAGS.items() if (found := die.attributes.get("DW_AT_" + name)) and found.value)


def _number(value: int) -> int:
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _bound(unit: Unit, die: DIE, attribute: str) -> Optional[int]:
    value, form = unit.constant(die, attribute), die.attributes[attribute].form
    return -1 if (form, value) in (("DW_FORM_data4", 0xffffffff), ("DW_FORM_data8", (1 << 64) - 1)) else value


def place_of(unit: Unit, die: DIE) -> tuple[str, int]:
    index = unit.constant(die, "DW_AT_decl_file")
    return unit.file.source(unit, index) if index is not None else "", unit.constant(die, "DW_AT_decl_line") or 0


def is_the_compilers(unit: Unit, die: DIE) -> bool:
    """What is behind va_list: gcc says where it is, clang nothing."""
    if "DW_AT_decl_file" not in die.attributes:
        return name_of(unit, die).startswith("__va_list")
    return place_of(unit, die)[0] == BUILT_IN


class Facts:
    """What one answer delivers."""

    def __init__(self) -> None:
        self.objects: list[Json] = []
        self.units: list[Json] = []
        self.dies: list[Json] = []
        self.found: list[int] = []
        self._units: dict[Unit, int] = {}
        self._dies: dict[tuple[Unit, int], int] = {}
        self._full: set[int] = set()
        self._work: list[tuple[Unit, DIE, int, bool]] = []

    def deliver(self, unit: Unit, die: DIE) -> None:
        self.found.append(self._index(unit, die, True))
        while self._work:
            self._lead_on(*self._work.pop())

    def end_object(self) -> None:
        """The next one is another: nothing of the last is kept but what was delivered."""
        self._units.clear()
        self._dies.clear()

    def units_of_last(self) -> list[Json]:
        """Of the object that is not ended."""
        return [self.units[index] for index in self._units.values()]

    def _unit(self, unit: Unit) -> int:
        if unit not in self._units:
            root = unit.get_top_DIE()
            row: Json = {"object": len(self.objects) - 1, "version": unit.version, "address": unit.address}
            if unit.language() is not None:
                row["language"] = unit.language()
            if "DW_AT_producer" in root.attributes:
                row["producer"] = unit.text(root, "DW_AT_producer")
            self._units[unit] = len(self.units)
            self.units.append(row)
        return self._units[unit]

    def _index(self, unit: Unit, die: DIE, full: bool) -> int:
        """Of a DIE among those delivered; full: not only to be spelled."""
        key = unit, die.offset
        index = self._dies.get(key)
        if index is None:
            index = self._dies[key] = len(self.dies)
            self.dies.append(self._own(unit, die))
            if not full:
                self._work.append((unit, die, index, False))
        if full and index not in self._full:
            self._full.add(index)
            self._work.append((unit, die, index, True))
        return index

    def _own(self, unit: Unit, die: DIE) -> Json:
        """What stands in the DIE itself."""
        tag, flags = die.tag, flags_of(unit, die)
        row: Json = {"tag": ENUM_DW_TAG.get(tag, tag), "unit": self._unit(unit)}
        name = name_of(unit, die)
        if name:
            row["name"] = name
        if tag in PLACED:
            file, line = place_of(unit, die)
            row.update({key: value for key, value in (("file", file), ("line", line)) if value})
        for attribute, key in NUMBERS.items():
            value = unit.constant(die, "DW_AT_" + attribute)
            if value is not None:
                row[key] = _number(value)
            elif attribute in ("byte_size", "bit_size") and "DW_AT_" + attribute in die.attributes:
                flags |= VARIES
        for attribute, key in BOUNDS.items():
            if "DW_AT_" + attribute in die.attributes:
                value = _bound(unit, die, "DW_AT_" + attribute)
                if value is not None:
                    row[key] = _number(value)
                elif attribute != "lower_bound":
                    flags |= VARIES
        location = die.attributes.get("DW_AT_data_member_location")
        if location:
            at = self._location(unit, die, location.value)
            flags |= PLACE_VARIES if at is None else 0
            row.update({} if at is None else {"at": _number(at)})
        if flags:
            row["flags"] = flags
        return row

    @staticmethod
    def _location(unit: Unit, die: DIE, value: Any) -> Optional[int]:
        if isinstance(value, bytes):
            if value[:1] != b"\x23":  # DW_OP_plus_uconst
                return None
            number, end = uleb(value + b"\0", 1)
            return number if end == len(value) else None
        return unit.constant(die, "DW_AT_data_member_location")

    def _lead_on(self, unit: Unit, die: DIE, index: int, full: bool) -> None:
        """To what the DIE refers to."""
        row, tag = self.dies[index], die.tag
        brief = not full and tag in SCOPES
        if tag in SCOPED:
            outer = scope_of(unit, die)
            if outer is not None:
                row["scope"] = self._index(outer.cu, outer, False)
        if brief or tag == "DW_TAG_namespace":
            row["flags"] = row.get("flags", 0) | BRIEF
            return
        if row.get("flags", 0) & BRIEF:
            row["flags"] -= BRIEF
            if not row["flags"]:
                del row["flags"]
        self._lead(row, "type", unit.refer(die, "DW_AT_type"), full and tag not in BEHIND)
        self._lead(row, "definition", unit.refer(die, "DW_AT_signature"), full)
        wanted = CHILDREN.get(tag)
        if wanted:
            children = []
            for child in unit.children(die):
                if child.tag in wanted:
                    children.append(self._index(unit, child, full))
                elif child.tag == "DW_TAG_variant_part":
                    row["flags"] = row.get("flags", 0) | VARIANT
            if children:
                row["children"] = children

    def _lead(self, row: Json, key: str, target: Optional[DIE], full: bool) -> None:
        if target is not None:
            row[key] = self._index(target.cu, target, full)


def object_facts(elf: Elf, label: str) -> Json:
    row: Json = {"label": label, "machine": elf.machine, "bits": 64 if elf.is64 else 32, "flags": elf.header["e_flags"]}
    if not elf.little:
        row["big"] = True
    for section in elf.sections:
        if section["sh_type"] == "SHT_ARM_ATTRIBUTES" and elf.machine == 40:
            row.update(_arm_attributes(section))
    return row


def _arm_attributes(section: Any) -> Json:
    """Tags of the Addenda to the ABI for the Arm Architecture (AADDENDA32), of the whole file; none of a damaged list."""
    names, found = {"TAG_ABI_ENUM_SIZE": "enum_size", "TAG_ABI_VFP_ARGS": "vfp_args"}, {}
    try:
        for part in section.iter_subsections("aeabi"):
            for inner in part.iter_subsubsections("TAG_FILE"):
                found.update({names[a.tag]: a.value for a in inner.iter_attributes() if a.tag in names})
    except Exception:
        return {}
    return found


def producers(files: list[File]) -> Iterator[tuple[str, int, int]]:
    """Of all compilers that the compile units name."""
    for file in files:
        for unit in file.units:
            root = unit.get_top_DIE()
            if "DW_AT_producer" in root.attributes and unit.language() != ASSEMBLER:
                yield unit.text(root, "DW_AT_producer"), unit.version, unit.language() or 0
            unit.forget()
