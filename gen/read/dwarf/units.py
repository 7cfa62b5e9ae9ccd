# SPDX-License-Identifier: MIT
"""DWARF units, their DIEs and attributes. Nothing is parsed before it is asked for.

Positions (Die.at, Unit.start, ...) count from the start of the buffer that a section lies in.
"""
from __future__ import annotations

import bisect
import os
from typing import Iterable, Iterator, Optional

from .abbrevs import Abbrev, Abbrevs
from .constants import AT, C_LANGUAGES, FORM, SCOPES, TAG, UT
from .elf import Elf, Hunt, Section, alternate_file, give_back, has_dwarf, looked_for, real_dir, text_at
from .errors import Absent, Corrupt, Refusal
from .forms import INDEXED, Cursor, Layout, Value, signed, uleb, uleb_bytes
from .package import parts_of_units

EMPTY = Section(b"", 0, 0)
BUILT_IN = "<built-in>"  # where gcc says that its own types are


class Die:
    """A debugging information entry."""

    __slots__ = ("unit", "at", "tag", "has_children", "attributes", "next")

    def __init__(self, unit: Unit, at: int):
        buf, end = unit.buf, unit.end
        self.unit = unit
        self.at = at
        code, at = uleb(buf, at)
        abbrev = unit.abbrevs.get(code)
        self.tag = abbrev.tag
        self.has_children = abbrev.has_children
        self.attributes: dict[int, tuple[int, Value]] = {}
        for attribute, form, constant in abbrev.specs:
            form, value, at = unit.layout.read(buf, at, end, form, constant)
            self.attributes[attribute] = (form, value)
        if at > end:
            raise Corrupt("a DIE reaches beyond its unit")
        self.next = at

    def has(self, attribute: int) -> bool:
        return attribute in self.attributes

    def flag(self, attribute: int) -> bool:
        return bool(self.attributes.get(attribute, (0, 0))[1])

    def number(self, attribute: int) -> Optional[int]:
        """A constant; None: there is none, or it is an expression."""
        form, value = self.attributes.get(attribute, (0, b""))
        if not isinstance(value, int) or form in (FORM.REF4, FORM.REF_ADDR, FORM.REF_UDATA, FORM.REF1, FORM.REF2,
                                                  FORM.REF8, FORM.REF_SIG8, FORM.GNU_REF_ALT, FORM.LOCLISTX):
            return None
        return value

    def signed(self, attribute: int) -> Optional[int]:
        """A constant that may be negative."""
        form, value = self.attributes.get(attribute, (0, b""))
        sizes: dict[int, int] = {FORM.DATA1: 1, FORM.DATA2: 2, FORM.DATA4: 4, FORM.DATA8: 8}
        return signed(value, sizes[form]) if form in sizes and isinstance(value, int) else self.number(attribute)

    def location(self) -> Optional[int]:
        """DW_AT_data_member_location in bytes; None: it depends on the object (a virtual base)."""
        _, value = self.attributes.get(AT.DATA_MEMBER_LOCATION, (0, 0))
        if isinstance(value, int):
            return value
        if len(value) > 1 and value[0] == 0x23:  # DW_OP_plus_uconst, as DWARF 2 has it
            return uleb(value + b"\0", 1)[0]
        return None

    def string(self, attribute: int) -> str:
        form, value = self.attributes.get(attribute, (0, b""))
        return self.unit.info.string(self.unit, form, value).decode(errors="replace")

    @property
    def name(self) -> str:
        return self.string(AT.NAME)

    def _named_around(self) -> list[Die]:
        """A definition that stands elsewhere belongs to where it is declared."""
        declared = self.ref(AT.SPECIFICATION) or self
        return [die for die in declared.unit.around(declared.at) if die.has(AT.NAME)]

    @property
    def full_name(self) -> str:
        """As "net::v1::conn"; what has no name around it adds nothing."""
        return "::".join([*(die.name for die in self._named_around()), self.name])

    def is_called(self, name: str) -> bool:
        """The same, or without what it has of inline namespaces."""
        rests = {name}
        for die in self._named_around():
            start = die.name + "::"
            behind = {rest[len(start):] for rest in rests if rest.startswith(start)}
            rests = rests | behind if die.flag(AT.EXPORT_SYMBOLS) else behind
        return self.name in rests

    def ref(self, attribute: int = AT.TYPE) -> Optional[Die]:
        """The DIE that an attribute refers to."""
        if attribute not in self.attributes:
            return None
        form, value = self.attributes[attribute]
        if not isinstance(value, int):
            raise Corrupt("a reference of its DWARF is none")
        return self.unit.info.referred(self.unit, form, value)

    def children(self) -> Iterator[Die]:
        if not self.has_children:
            return
        unit, at = self.unit, self.next
        while at < unit.end and unit.buf[at] != 0:
            child = unit.die(at)
            yield child
            at = unit.behind(child)


class Scopes:
    """Where the namespaces and records of a unit begin and end: DIEs do not say what they stand in."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.outer: list[int] = []  # indexes; -1: none

    def find(self, unit: Unit) -> None:
        at, inner = unit.first, -1
        opened: list[bool] = []  # of all that has begun and not ended: is it a scope?
        while at < unit.end:
            start = at
            code, at = uleb(unit.buf, at)
            if code:
                abbrev = unit.abbrevs.get(code)
                at = unit.skip_values(abbrev, at)
                if abbrev.has_children:
                    opened.append(abbrev.tag in SCOPES)
                    if opened[-1]:
                        self.starts.append(start)
                        self.ends.append(unit.end)
                        self.outer.append(inner)
                        inner = len(self.starts) - 1
            elif opened and opened.pop():
                self.ends[inner] = start
                inner = self.outer[inner]

    def around(self, at: int) -> list[int]:
        """Where those start that hold a place, from the outside."""
        index, found = bisect.bisect_left(self.starts, at) - 1, []
        while index >= 0:
            if at < self.ends[index]:
                found.append(self.starts[index])
            index = self.outer[index]
        return found[::-1]


class Unit:
    """One unit; its DIEs on demand."""

    end: int
    layout: Layout

    def __init__(self, info: Info, section: Section, at: int, in_types: bool):
        self.info, self.buf, self.start, self.section = info, section.buf, at, section
        cursor = Cursor(section, at, info.order)
        take = cursor.take
        offset_size = cursor.length()
        self.end = cursor.end
        version = take(2)
        if not 2 <= version <= 5:
            raise Corrupt(f"a unit says that it is DWARF {version}")
        if version == 5:
            self.kind, address_size, self.abbrev_offset = take(1), take(1), take(offset_size)
        else:
            self.abbrev_offset, address_size = take(offset_size), take(1)
            self.kind = UT.TYPE if in_types else UT.COMPILE
        self.signature = self.type_at = self.dwo_id = 0
        if self.kind in (UT.TYPE, UT.SPLIT_TYPE):
            self.signature, self.type_at = take(8), self.start + take(offset_size)
        elif self.kind in (UT.SKELETON, UT.SPLIT_COMPILE):
            self.dwo_id = take(8)
        if address_size not in (1, 2, 3, 4, 8):
            raise Corrupt(f"a unit says that an address has {address_size} bytes")
        self.parts = info.parts.get((".debug_types" if in_types else ".debug_info", at - section.lo), {})
        self.abbrev_offset += self._part(".debug_abbrev")
        self.layout = Layout.of(info.order, offset_size, address_size, version)
        self.first = cursor.at
        self.version = version
        self._abbrevs: Optional[Abbrevs] = None
        self._root: Optional[Die] = None
        self._dies: dict[int, Die] = {}
        self._ends: dict[int, int] = {}
        self._scopes: Optional[Scopes] = None

    @property
    def abbrevs(self) -> Abbrevs:
        if self._abbrevs is None:
            self._abbrevs = self.info.abbrevs(self.abbrev_offset, self.layout)
        return self._abbrevs

    @property
    def root(self) -> Die:
        if self._root is None:
            self._root = Die(self, self.first)
        return self._root

    def die(self, at: int) -> Die:
        found = self._dies.get(at)
        if found is None:
            if not self.first <= at < self.end:
                raise Corrupt("a reference of its DWARF leads out of its unit")
            found = self._dies[at] = Die(self, at)
        return found

    def behind(self, die: Die) -> int:
        """Where the DIE that follows it and its children starts."""
        if not die.has_children:
            return die.next
        if die.at not in self._ends:
            self._ends[die.at] = self._skip_children(die)
        return self._ends[die.at]

    def _skip_children(self, die: Die) -> int:
        form, value = die.attributes.get(AT.SIBLING, (0, 0))
        if form == FORM.REF4 and isinstance(value, int) and die.next < self.start + value <= self.end:
            return self.start + value
        depth, at = 1, die.next
        while at < self.end:
            code, inside = uleb(self.buf, at)
            if code == 0:
                depth, at = depth - 1, inside
                if depth == 0:
                    return at
            else:
                abbrev = self.abbrevs.get(code)
                at = self.skip_values(abbrev, inside)
                depth += abbrev.has_children
        return self.end

    @property
    def is_c(self) -> Optional[bool]:
        """None: not said, as in what dwz makes."""
        language = self.root.number(AT.LANGUAGE)
        return None if language is None else language in C_LANGUAGES

    def around(self, at: int) -> list[Die]:
        """The namespaces and records that a DIE stands in, from the outside; C has neither."""
        if self.is_c:
            return []
        if self._scopes is None:
            self._scopes = Scopes()
            self._scopes.find(self)
        return [self.die(start) for start in self._scopes.around(at)]

    def skip_values(self, abbrev: Abbrev, at: int) -> int:
        if abbrev.size is not None:
            return at + abbrev.size
        for _, form, _ in abbrev.specs:
            at = self.layout.skip(self.buf, at, self.end, form)
        return at

    def forget(self) -> None:
        """Drop what has been parsed; it comes back on demand."""
        self._abbrevs = self._root = None
        self._dies, self._ends = {}, {}
        self._scopes = None
        give_back(self.buf, self.start, self.end)

    def _part(self, section: str) -> int:
        """Where in a section of a package that starts which belongs to this unit."""
        return self.parts.get(section, (0, 0))[0]

    @property
    def str_offsets_base(self) -> int:
        base = self.root.number(AT.STR_OFFSETS_BASE)
        if base is not None:
            return base
        return self._part(".debug_str_offsets") + (0 if self.version < 5 else 2 * self.layout.offset_size)

    @property
    def lines(self) -> Optional[int]:
        """Where its line table is."""
        offset = self.root.number(AT.STMT_LIST)
        return None if offset is None else offset + self._part(".debug_line")

    def file(self, index: int) -> str:
        """The source file of that number."""
        return self.info.source_file(self, index)


class Info:
    """The DWARF of one file."""

    def __init__(self, elf: Elf, debug_dirs: list[str], dwo: bool = False, skeletons: Iterable[Unit] = ()):
        self.elf = elf
        self.label = elf.label
        self.order = elf.order
        self.dwo = dwo
        self.parts = parts_of_units(elf) if dwo else {}
        self.skeletons = {skeleton_id(u): u for u in skeletons}  # that this .dwo or .dwp file belongs to
        self.debug_dirs = debug_dirs
        self._alt: Optional[Info] = None
        self._signatures: Optional[dict[int, Unit]] = None
        self._units: Optional[list[Unit]] = None
        self._tables: list[int] = []  # where tables of abbreviations start
        self._table: Optional[tuple[tuple[int, Layout], Abbrevs]] = None
        self._files: dict[tuple[int, int], list[str]] = {}
        self._starts: dict[tuple[int, int], tuple[list[Unit], list[int]]] = {}

    def section(self, name: str) -> Section:
        return self.elf.section(name + (".dwo" if self.dwo else "")) or EMPTY

    @property
    def sections(self) -> list[Section]:
        """Those that hold units."""
        return [s for s in (self.section(".debug_info"), self.section(".debug_types")) if s.hi > s.lo]

    @property
    def units(self) -> list[Unit]:
        if self._units is None:
            self._units = []
            for name in (".debug_info", ".debug_types"):
                section = self.section(name)
                at = section.lo
                while at < section.hi:
                    if section.hi - at < 4 or not any(section.buf[at:at + 12]):  # padding
                        break
                    unit = Unit(self, section, at, name == ".debug_types")
                    self._units.append(unit)
                    give_back(section.buf, at, unit.end)
                    at = unit.end
        return self._units

    @property
    def alt(self) -> Optional[Info]:
        """The file that dwz -m moved things to."""
        if self._alt is None:
            elf = alternate_file(self.elf, self.debug_dirs)
            self._alt = Info(elf, self.debug_dirs) if elf else None
        return self._alt

    def abbrevs(self, offset: int, layout: Layout) -> Abbrevs:
        """The table there. It ends where another starts; units that share one stand together."""
        if not self._tables:
            self._tables = sorted({unit.abbrev_offset for unit in self.units})
        if self._table is None or self._table[0] != (offset, layout):
            section = self.section(".debug_abbrev")
            behind = bisect.bisect_right(self._tables, offset)
            end = section.lo + self._tables[behind] if behind < len(self._tables) else section.hi
            self._table = (offset, layout), Abbrevs(section, offset, min(end, section.hi), layout)
        return self._table[1]

    def unit_at(self, section: Section, at: int) -> Unit:
        key = id(section.buf), section.lo
        if key not in self._starts:
            units = [u for u in self.units if u.section is section]
            self._starts[key] = units, [u.start for u in units]
        units, starts = self._starts[key]
        index = bisect.bisect_right(starts, at) - 1
        if index < 0 or at >= units[index].end:
            raise Corrupt("a reference of its DWARF leads out of its section")
        return units[index]

    def by_signature(self, signature: int) -> Optional[Die]:
        if self._signatures is None:
            self._signatures = {u.signature: u for u in self.units if u.kind in (UT.TYPE, UT.SPLIT_TYPE)}
        unit = self._signatures.get(signature)
        return unit.die(unit.type_at) if unit else None

    def referred(self, unit: Unit, form: int, value: int) -> Optional[Die]:
        if form in (FORM.REF1, FORM.REF2, FORM.REF4, FORM.REF8, FORM.REF_UDATA):
            return unit.die(unit.start + value)
        if form == FORM.REF_SIG8:
            return self.by_signature(value)
        if form in (FORM.REF_ADDR, FORM.GNU_REF_ALT, FORM.REF_SUP4, FORM.REF_SUP8):
            home = self if form == FORM.REF_ADDR else self.alt
            if home is None:
                raise Corrupt("a reference of its DWARF leads to a file that is not named")
            section = home.section(".debug_info")
            at = section.lo + value
            return home.unit_at(section, at).die(at)
        raise Corrupt(f"a reference of its DWARF has the form {form:#x}")

    def string(self, unit: Unit, form: int, value: Value) -> bytes:
        if isinstance(value, bytes):
            return value if form == FORM.STRING else b""
        if form == FORM.STRP:
            return self._text(".debug_str", value)
        if form == FORM.LINE_STRP:
            return self._text(".debug_line_str", value)
        if form in (FORM.STRP_SUP, FORM.GNU_STRP_ALT):
            if self.alt is None:
                raise Corrupt("a string of its DWARF lies in a file that is not named")
            return self.alt._text(".debug_str", value)
        if form in INDEXED:
            size = unit.layout.offset_size
            offsets = self.section(".debug_str_offsets")
            at = offsets.lo + unit.str_offsets_base + value * size
            if at + size > offsets.hi:
                raise Corrupt("a string of its DWARF has an index out of range")
            return self._text(".debug_str", int.from_bytes(offsets.buf[at:at + size], self.order))
        return b""

    def _text(self, name: str, offset: int) -> bytes:
        section = self.section(name)
        return text_at(section.buf, section.lo + offset, section.hi)

    # ---- split DWARF ----

    def split_off(self) -> list[Unit]:
        """The units that left their types to another file."""
        table = self.section(".debug_abbrev")
        old = not self.dwo and table.buf.find(uleb_bytes(AT.GNU_DWO_NAME), table.lo, table.hi) >= 0
        return [u for u in self.units
                if u.kind == UT.SKELETON or old and u.version < 5 and u.root.has(AT.GNU_DWO_NAME)]

    def split(self, skeleton: Unit) -> Optional[Info]:
        """The .dwo file that a skeleton unit names."""
        root = skeleton.root
        name = root.string(AT.DWO_NAME) or root.string(AT.GNU_DWO_NAME)
        if not name:
            return None
        wanted, here = skeleton_id(skeleton), real_dir(self.elf.path)
        hunt = Hunt(lambda elf: wanted in Info(elf, [], True).split_units)
        elf = hunt.first([os.path.join(root.string(AT.COMP_DIR), name), os.path.join(here, name),
                          os.path.join(here, os.path.basename(name))])
        if not elf:
            raise Absent("has its types in a .dwo file that is not found (or is of another build)",
                         looked_for([*hunt.looked, self.package_path]))
        return Info(elf, self.debug_dirs, True, [skeleton])

    @property
    def package_path(self) -> str:
        """Where a package of its .dwo files would be."""
        return os.path.realpath(self.elf.path) + ".dwp"

    def package(self, skeletons: list[Unit]) -> Optional[Info]:
        """The .dwp file that holds what the units of this file left out."""
        elf = Hunt(has_dwarf).first([self.package_path]) if skeletons else None
        return Info(elf, self.debug_dirs, True, skeletons) if elf else None

    @property
    def split_units(self) -> dict[int, Unit]:
        """Those that complete a skeleton, by their numbers."""
        return {number: u for u in self.units if (number := split_id(u)) is not None}

    # ---- source files ----

    def source_file(self, unit: Unit, index: int) -> str:
        from .lines import source_files
        unit = self.skeletons.get(split_id(unit), unit) if self.skeletons else unit
        try:
            offset = unit.lines
            if offset is None:
                return ""
            directory = unit.root.string(AT.COMP_DIR)
            key = (offset, int(unit.info.dwo))
            if key not in self._files:
                self._files[key] = source_files(unit, offset)
            names = self._files[key]
            if not 0 <= index < len(names):
                return ""
            return BUILT_IN if os.path.basename(names[index]) == BUILT_IN else os.path.join(directory, names[index])
        except (Refusal, IndexError):
            return ""  # a place for messages only: a type does not hang on it


def skeleton_id(unit: Unit) -> Optional[int]:
    return unit.dwo_id or unit.root.number(AT.GNU_DWO_ID)


def split_id(unit: Unit) -> Optional[int]:
    """The number of the skeleton that a unit completes."""
    if unit.kind == UT.SPLIT_COMPILE:
        return unit.dwo_id
    if unit.version < 5 and unit.kind == UT.COMPILE and unit.root.tag == TAG.COMPILE_UNIT:
        return unit.root.number(AT.GNU_DWO_ID)
    return None
