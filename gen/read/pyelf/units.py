# SPDX-License-Identifier: MIT
"""The units of one file's DWARF. pyelftools reads headers, DIEs, attributes and line tables; this adds type units and split halves, of which
0.29 knows nothing, and finds its way without reading all DIEs."""
from __future__ import annotations

import bisect
import os
from typing import Iterable, Iterator, Optional

from elftools.common.exceptions import DWARFError, ELFError
from elftools.common.utils import struct_parse
from elftools.dwarf.compileunit import CompileUnit
from elftools.dwarf.die import DIE, AttributeValue
from elftools.dwarf.dwarfinfo import DebugSectionDescriptor, DwarfConfig, DWARFInfo
from elftools.dwarf.enums import ENUM_DW_FORM

from .abbrevs import Abbrev, Abbrevs
from .elf import Elf, Part
from .packages import parts_of_units
from .refusal import Absent, Corrupt, Refusal
from .separate import Hunt, alternate_file, has_dwarf, looked_for, real_dir
from .structs import structs_of, uleb

COMPILE, TYPE, PARTIAL, SKELETON, SPLIT_COMPILE, SPLIT_TYPE = range(1, 7)  # DW_UT_*
INDEXED = ("DW_FORM_strx", "DW_FORM_strx1", "DW_FORM_strx2", "DW_FORM_strx3", "DW_FORM_strx4", "DW_FORM_GNU_str_index")
SCOPES = frozenset("DW_TAG_" + name for name in ("structure_type", "class_type", "union_type", "enumeration_type", "namespace", "module"))
DW_FORMS = {number: name for name, number in ENUM_DW_FORM.items() if name != "_default_"}
LINE_ERRORS = (DWARFError, ELFError, Refusal, KeyError, ValueError, TypeError, AttributeError, NotImplementedError, IndexError)
DEEPEST = 1000
BUILT_IN = "<built-in>"  # where gcc says that its own types are
INFO, TYPES = ".debug_info", ".debug_types"


class Unit(CompileUnit):
    """One unit, its DIEs on demand. Offsets count from the start of its section."""

    def __init__(self, file: File, section: str, start: int):
        self.file, self.section, self.part, little = file, section, file.part(section), file.elf.little
        wide = self.part.number(start, 4, little) == 0xffffffff
        self.offset_size = size = 8 if wide else 4
        length_at = start + 4 if wide else start
        self.end = length_at + size + self.part.number(length_at, size, little)
        if self.end > self.part.hi - self.part.lo:
            raise Corrupt("a unit of its DWARF is cut off")
        stream = file.info(section).debug_info_sec.stream
        header = struct_parse(structs_of(little, size, 8, 5).Dwarf_CU_header, stream, start)
        at, self.version = stream.tell(), header["version"]
        if not 2 <= self.version <= 5:
            raise Corrupt(f"a unit says that it is DWARF {self.version}")
        self.address = header["address_size"]
        if self.address not in (1, 2, 3, 4, 8):
            raise Corrupt(f"a unit says that an address has {self.address} bytes")
        self.kind = header["unit_type"] if self.version == 5 else TYPE if section == TYPES else COMPILE
        self.signature = self.type_at = self.dwo_id = 0
        if self.kind in (TYPE, SPLIT_TYPE):
            self.signature, self.type_at = self.part.number(at, 8, little), start + self.part.number(at + 8, size, little)
            at += 8 + size
        elif self.kind in (SKELETON, SPLIT_COMPILE):
            self.dwo_id, at = self.part.number(at, 8, little), at + 8
        self.parts = file.parts.get((section, start), {})
        self.table = header["debug_abbrev_offset"] + self.parts.get(".debug_abbrev", (0, 0))[0]
        super().__init__(header, file.info(section), structs_of(little, size, self.address, self.version), start, at)
        self.buf, self.base = self.part.buf, self.part.lo
        self.looks: dict[int, tuple] = {}
        self._scopes: Optional[list[tuple[int, int, int]]] = None

    # ---- what CompileUnit does otherwise ----

    def get_abbrev_table(self) -> Abbrevs:
        if self._abbrev_table is None:
            self._abbrev_table = self.file.abbrevs(self)
        return self._abbrev_table

    def get_top_DIE(self) -> DIE:
        """A split unit has no DW_AT_str_offsets_base, which pyelftools needs. The root's own indexes are left to text(): addresses lie in sections
        that are not read here."""
        if not self._diemap:
            top = DIE(self, self.dwarfinfo.debug_info_sec.stream, self.cu_die_offset)
            self._dielist.append(top)
            self._diemap.append(top.offset)
            base = self.parts.get(".debug_str_offsets", (0, 0))[0] + (2 * self.offset_size if self.version == 5 else 0)
            top.attributes.setdefault("DW_AT_str_offsets_base", AttributeValue("DW_AT_str_offsets_base", "", base, base, 0))
        return self._dielist[0]

    def die(self, at: int) -> DIE:
        if not self.cu_die_offset <= at < self.end:
            raise Corrupt("a reference of its DWARF leads out of its unit")
        die = self.get_DIE_from_refaddr(at)
        if die.tag is None or at + die.size > self.end:
            raise Corrupt("a DIE reaches beyond its unit" if die.tag else "a reference of its DWARF leads to no DIE")
        return die

    def children(self, die: DIE) -> Iterator[DIE]:
        at = die.offset + die.size
        while die.has_children and at < self.end and self.buf[self.base + at]:
            child = self.die(at)
            yield child
            at = self.behind(at)

    def forget(self) -> None:
        """Drop what has been parsed; it comes back on demand."""
        self._abbrev_table, self._dielist, self._diemap, self.looks, self._scopes = None, [], [], {}, None

    # ---- attributes ----

    def text(self, die: DIE, attribute: str) -> str:
        found = die.attributes.get(attribute)
        if not found or found.form[8:12] in ("bloc", "expr"):
            return ""
        value = found.value
        if found.form in INDEXED:
            offset, size = self.str_offsets_base() + found.raw_value * self.offset_size, self.offset_size
            value = self.file.part(".debug_str").text(self.file.part(".debug_str_offsets").number(offset, size, self.file.elf.little))
        if value is None:
            raise Corrupt("a string has no end")
        if not isinstance(value, bytes) and found.form.endswith(("strp_alt", "strp_sup")):
            raise Corrupt("a string of its DWARF lies in a file that is not named")
        return value.decode(errors="replace") if isinstance(value, bytes) else ""

    def constant(self, die: DIE, attribute: str) -> Optional[int]:
        """None: there is none, or it is an expression."""
        found = die.attributes.get(attribute)
        if not found or not isinstance(found.value, int) or found.form[8:11] in ("ref", "loc", "str", "GNU"):
            return None
        return int(found.value)

    def language(self) -> Optional[int]:
        return self.constant(self.get_top_DIE(), "DW_AT_language")

    def refer(self, die: DIE, attribute: str) -> Optional[DIE]:
        """The DIE that an attribute refers to."""
        found = die.attributes.get(attribute)
        if not found:
            return None
        form, value = found.form[8:], found.raw_value
        if form in ("ref1", "ref2", "ref4", "ref8", "ref_udata"):
            return self.die(self.cu_offset + value)
        if form == "ref_sig8":
            return self.file.by_signature(value)
        if form in ("ref_addr", "GNU_ref_alt", "ref_sup4", "ref_sup8"):
            home = self.file if form == "ref_addr" else self.file.alt
            if home is None:
                raise Corrupt("a reference of its DWARF leads to a file that is not named")
            return home.unit_at(self.section if form == "ref_addr" else INFO, value).die(value)
        raise Corrupt(f"a reference of its DWARF has the form {form}")

    # ---- without objects: (abbreviation, where the values start) ----

    def peek(self, at: int) -> tuple[Optional[Abbrev], int]:
        """None: the end of a list of children."""
        code, start = self.buf[self.base + at], at + 1
        if code >= 0x80:
            code, start = uleb(self.buf, self.base + at)
            start -= self.base
        return (self.get_abbrev_table().get_abbrev(code) if code else None), start

    def skip(self, abbrev: Abbrev, start: int) -> int:
        """Where the values end."""
        if abbrev.size is not None:
            return start + abbrev.size
        at = self.base + start
        for spec in abbrev.specs:
            at = self.skip_value(spec.form, at)
        return at - self.base

    def skip_value(self, form: str, at: int) -> int:
        """Where a value ends; both in the buffer."""
        if form == "DW_FORM_indirect":
            number, at = uleb(self.buf, at)
            form = DW_FORMS.get(number, str(number))
        return self.structs.skip(self.buf, at, form)

    def str_offsets_base(self) -> int:
        return self.get_top_DIE().attributes["DW_AT_str_offsets_base"].value

    def sibling(self, abbrev: Abbrev, start: int) -> int:
        """Where DW_AT_sibling leads; 0: it is not stated."""
        if abbrev.sibling is None:
            return 0
        at = self.base + start + abbrev.sibling
        return self.cu_offset + int.from_bytes(self.buf[at:at + 4], self.structs.order)

    def behind(self, at: int) -> int:
        """Where the DIE that follows that one and its children starts."""
        abbrev, start = self.peek(at)
        assert abbrev
        at = self.skip(abbrev, start)
        if not abbrev.children:
            return at
        sibling, depth = self.sibling(abbrev, start), 1
        if at < sibling <= self.end:
            return sibling
        while depth and at < self.end:
            abbrev, start = self.peek(at)
            at = self.skip(abbrev, start) if abbrev else start
            depth += abbrev.children if abbrev else -1
        return at

    def around(self, at: int) -> Optional[DIE]:
        """The namespace or type that a DIE stands in."""
        if self._scopes is None:
            self._scopes = list(self._find_scopes())
            self._scopes.sort()
        index = bisect.bisect_left(self._scopes, (at,)) - 1
        while index >= 0:
            start, end, outer = self._scopes[index]
            if at < end:
                return self.die(start)
            index = bisect.bisect_left(self._scopes, (outer,)) if outer >= 0 else -1
        return None

    def _find_scopes(self) -> Iterator[tuple[int, int, int]]:
        """Start, end, and start of the one around (-1: none)."""
        at, inner = self.cu_die_offset, -1
        opened: list[tuple[bool, int]] = []  # of all that has begun and not ended: is it a scope, and what was around it?
        while at < self.end:
            start = at
            abbrev, at = self.peek(at)
            if abbrev:
                at = self.skip(abbrev, at)
                if abbrev.children:
                    if len(opened) > DEEPEST:
                        raise Corrupt("types of its DWARF nest too deeply, or in a circle")
                    opened.append((abbrev.tag in SCOPES, inner))
                    inner = start if abbrev.tag in SCOPES else inner
            elif opened:
                was_scope, outer = opened.pop()
                if was_scope:
                    yield inner, start, outer
                    inner = outer


class File:
    """The DWARF of one file."""

    def __init__(self, elf: Elf, debug_dirs: list[str], label: str, dwo: bool = False, skeletons: Iterable[Unit] = ()):
        self.elf, self.debug_dirs, self.label, self.dwo = elf, debug_dirs, label, dwo
        self.parts = parts_of_units(elf) if dwo else {}
        self.skeletons = {skeleton_id(u): u for u in skeletons}  # that this .dwo or .dwp file belongs to
        self.alt: Optional[File] = None                          # what dwz -m moved things to
        self._infos: dict[str, DWARFInfo] = {}
        self._signatures: Optional[dict[int, Unit]] = None
        self._units: Optional[list[Unit]] = None
        self._tables: list[int] = []  # where tables of abbreviations start
        self._table: tuple[object, Optional[Abbrevs]] = (None, None)
        self._sources: dict[int, list[str]] = {}
        self._starts: dict[str, tuple[list[Unit], list[int]]] = {}

    def part(self, name: str) -> Part:
        return self.elf.part(name + ".dwo" if self.dwo else name)

    def info(self, section: str) -> DWARFInfo:
        """pyelftools' view, with the units of that section."""
        if section not in self._infos:
            wanted = {"debug_info_sec": section, **{f"debug_{n}_sec": f".debug_{n}" for n in ("abbrev", "str", "str_offsets", "line_str")}}
            arguments = DWARFInfo.__init__.__code__.co_varnames[2:DWARFInfo.__init__.__code__.co_argcount]
            config = DwarfConfig(self.elf.little, "", 8 if self.elf.is64 else 4)
            self._infos[section] = DWARFInfo(config, **{a: self._described(wanted[a]) if a in wanted else None for a in arguments})
        return self._infos[section]

    def _described(self, name: str) -> DebugSectionDescriptor:
        part = self.part(name)
        return DebugSectionDescriptor(part.stream(), name, 0, part.hi - part.lo, 0)

    def find_alt(self) -> None:
        elf = alternate_file(self.elf, self.debug_dirs)
        if elf:
            self.alt = File(elf, self.debug_dirs, self.label)
            for section in (INFO, TYPES):
                self.info(section).supplementary_dwarfinfo = self.alt.info(INFO)

    @property
    def units(self) -> list[Unit]:
        if self._units is None:
            self._units = []
            for name in (INFO, TYPES):
                part, at = self.part(name), 0
                while at < part.hi - part.lo:
                    head = part.buf[part.lo + at:min(part.lo + at + 12, part.hi)]
                    if len(head) < 4 or not any(head):  # padding
                        break
                    self._units.append(Unit(self, name, at))
                    at = self._units[-1].end
        return self._units

    def abbrevs(self, unit: Unit) -> Abbrevs:
        """A table ends where another starts; units that share one stand together."""
        if not self._tables:
            self._tables = sorted({unit.table for unit in self.units})
        if self._table[0] != (unit.table, unit.structs):
            part = self.part(".debug_abbrev")
            behind = bisect.bisect_right(self._tables, unit.table)
            end = part.lo + self._tables[behind] if behind < len(self._tables) else part.hi
            self._table = (unit.table, unit.structs), Abbrevs(part.buf[part.lo + unit.table:min(end, part.hi)], unit.structs)
        return self._table[1]  # type: ignore[return-value]

    def unit_at(self, section: str, at: int) -> Unit:
        if section not in self._starts:
            units = [u for u in self.units if u.section == section]
            self._starts[section] = units, [u.cu_offset for u in units]
        units, starts = self._starts[section]
        index = bisect.bisect_right(starts, at) - 1
        if index < 0 or at >= units[index].end:
            raise Corrupt("a reference of its DWARF leads out of its section")
        return units[index]

    def by_signature(self, signature: int) -> Optional[DIE]:
        if self._signatures is None:
            self._signatures = {u.signature: u for u in self.units if u.kind in (TYPE, SPLIT_TYPE)}
        unit = self._signatures.get(signature)
        return unit.die(unit.type_at) if unit else None

    # ---- split DWARF ----

    def split_off(self) -> list[Unit]:
        """The units that left their types to another file."""
        table = self.part(".debug_abbrev")
        old = not self.dwo and table.buf.find(b"\xb0\x42", table.lo, table.hi) >= 0  # DW_AT_GNU_dwo_name
        return [u for u in self.units if u.kind == SKELETON or
                old and u.version < 5 and "DW_AT_GNU_dwo_name" in u.get_top_DIE().attributes]

    def half_of(self, skeleton: Unit) -> Optional[File]:
        """The .dwo file that a skeleton unit names."""
        root = skeleton.get_top_DIE()
        name = skeleton.text(root, "DW_AT_dwo_name") or skeleton.text(root, "DW_AT_GNU_dwo_name")
        if not name:
            return None
        wanted, here = skeleton_id(skeleton), real_dir(self.elf.path)
        hunt = Hunt(lambda elf: wanted in File(elf, [], "", True).halves)
        elf = hunt.first([os.path.join(skeleton.text(root, "DW_AT_comp_dir"), name), os.path.join(here, name),
                          os.path.join(here, os.path.basename(name))])
        if not elf:
            raise Absent("has its types in a .dwo file that is not found (or is of another build)",
                         looked_for([*hunt.looked, self.package_path]))
        return File(elf, self.debug_dirs, self.label, True, [skeleton])

    @property
    def package_path(self) -> str:
        """Where a package of its .dwo files would be."""
        return os.path.realpath(self.elf.path) + ".dwp"

    def package(self, skeletons: list[Unit]) -> Optional[File]:
        """The .dwp file that holds what the units of this file left out."""
        elf = Hunt(has_dwarf).first([self.package_path]) if skeletons else None
        return File(elf, self.debug_dirs, self.label, True, skeletons) if elf else None

    @property
    def halves(self) -> dict[int, Unit]:
        """The units that complete a skeleton, by their numbers."""
        return {number: u for u in self.units if (number := half_id(u)) is not None}

    # ---- source files ----

    def source(self, unit: Unit, index: int) -> str:
        """The file of that number; empty where it is not known: it is a place for messages only."""
        unit = self.skeletons.get(half_id(unit), unit) if self.skeletons else unit
        root = unit.get_top_DIE()
        offset = unit.constant(root, "DW_AT_stmt_list")
        if offset is None:
            return ""
        offset += unit.parts.get(".debug_line", (0, 0))[0]
        if offset not in unit.file._sources:
            unit.file._sources[offset] = unit.file._read_sources(unit, offset)
        names = unit.file._sources[offset]
        name = names[index] if 0 <= index < len(names) else ""
        if os.path.basename(name) == BUILT_IN:
            return BUILT_IN
        return os.path.join(unit.text(root, "DW_AT_comp_dir"), name) if name else ""

    def _read_sources(self, unit: Unit, offset: int) -> list[str]:
        """Below the compilation directory unless absolute."""
        info = self.info(unit.section)
        info.debug_line_sec = info.debug_line_sec or self._described(".debug_line")
        try:
            size = 8 if self.part(".debug_line").number(offset, 4, self.elf.little) == 0xffffffff else 4  # gas takes 4 in DWARF of 64 bits
            structs = structs_of(self.elf.little, size, unit.address, unit.version)
            header = info._parse_line_program_at_offset(offset, structs).header
        except LINE_ERRORS:
            return []
        directories = [os.fsdecode(d) for d in header.include_directory]
        files = [(os.fsdecode(f.name), f.dir_index or 0) for f in header.file_entry]
        if header.version < 5:  # numbers start at 1, and directory 0 is that of the compilation
            directories, files = ["", *directories], [("", 0), *files]
        return [os.path.join(directories[d] if d < len(directories) else "", name) for name, d in files]


def skeleton_id(unit: Unit) -> Optional[int]:
    return unit.dwo_id or unit.constant(unit.get_top_DIE(), "DW_AT_GNU_dwo_id")


def half_id(unit: Unit) -> Optional[int]:
    """The number of the skeleton that a unit completes."""
    if unit.kind == SPLIT_COMPILE:
        return unit.dwo_id
    if unit.version < 5 and unit.kind == COMPILE and unit.get_top_DIE().tag == "DW_TAG_compile_unit":
        return unit.constant(unit.get_top_DIE(), "DW_AT_GNU_dwo_id")
    return None
