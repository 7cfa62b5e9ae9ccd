# SPDX-License-Identifier: MIT
"""A request's answer: all types that are asked for, or what stands in the way."""
from __future__ import annotations

import contextlib
import os
import struct
from typing import Any, Callable, Iterator, NamedTuple, Optional

from .abi import Machine, Traits, is_narrow
from .bounds import Types, bare, is_declaration
from .constants import AT, RECORDS, TAG
from .describe import describe, place, shape
from .elf import is_archive, map_file, members, open_with_dwarf, read_files
from .errors import Absent, Corrupt, Refusal
from .find import KINDS, Guess, guesses, has_types, named, near, spell
from .sketch import sketch
from .target import by_target
from .units import BUILT_IN, Die, Info, Unit, skeleton_id

Json = dict[str, Any]
NOTE, WARNING, ERROR = 0, 1, 2  # enum severity in gen/diag.h
ASSEMBLER = 0x8001              # DW_LANG_Mips_Assembler
DEBUG_DIRS = ["/usr/lib/debug"]


class Source(NamedTuple):
    """DWARF to search, and the file whose compile units tell who made what is in it."""

    info: Info
    owner: Info


class Wanted(NamedTuple):
    kind: str
    name: str

    def __str__(self) -> str:
        return spell(self.kind, self.name)

    @property
    def last(self) -> str:
        """What the DIE is named: "conn" of "net::conn"."""
        return self.name.rpartition("::")[2]

    def means(self, die: Die) -> bool:
        """A plain name may in C++ be that of a class; what dwz makes does not say its language."""
        kind = KINDS.get(TAG(die.tag), "")
        is_class = kind != "" and self.kind == "typedef" and (die.unit.is_c is False or "::" in self.name)
        return (kind == self.kind or is_class) and die.is_called(self.name)


class Definition(NamedTuple):
    die: Die
    owner: Info
    shape: tuple[Any, ...]


class Found:
    """What there is of one name."""

    def __init__(self) -> None:
        self.definitions: list[Definition] = []  # all different
        self.opaque: list[Definition] = []       # typedefs of records that are only declared in their unit
        self.declaration: Optional[Die] = None


class Failed(Exception):
    """A file is refused."""

    def __init__(self, label: str, refusal: Refusal):
        super().__init__(label)
        self.label = label
        self.refusal = refusal


def diagnostic(severity: int, text: str, file: str = "", line: int = 0, notes: tuple[Json, ...] = ()) -> Json:
    row: Json = {"severity": severity, "line": line, "column": 0, "text": text, "notes": list(notes)}
    return row | {"file": file} if file else row


def note(text: str, file: str = "", line: int = 0) -> Json:
    return diagnostic(NOTE, text, file, line)


NONSENSE = (IndexError, KeyError, ValueError, OverflowError, RecursionError, struct.error)


@contextlib.contextmanager
def reading(label: str) -> Iterator[None]:
    """Whatever a broken file does to the reader is that file's fault."""
    try:
        yield
    except Refusal as refusal:
        raise Failed(label, refusal) from None
    except NONSENSE as error:
        raise Failed(label, Corrupt(f"its DWARF makes no sense ({type(error).__name__})")) from None


def all_traits(info: Info) -> list[Traits]:
    """Of every compiler that a file's compile units name."""
    found: dict[Traits, None] = {}
    for unit in info.units:
        root = unit.root
        if root.has(AT.PRODUCER) and root.number(AT.LANGUAGE) != ASSEMBLER:
            found[Traits.of(root.string(AT.PRODUCER), unit.version, root.number(AT.LANGUAGE) or 0)] = None
        unit.forget()
    return list(found) or [Traits.of("", 4, 0)]


def is_the_compilers(die: Die) -> bool:
    """What is behind va_list: gcc says where it is, clang nothing."""
    return place(die)[0] == BUILT_IN or not die.has(AT.DECL_FILE) and die.name.startswith("__va_list")


class Answer:
    def __init__(self, inputs: list[str], debug_dirs: list[str], nested: bool):
        self.inputs = inputs
        self.nested = nested
        self.debug_dirs = debug_dirs
        self.diagnostics: list[Json] = []
        self.absent: dict[str, Absent] = {}
        self._traits: dict[int, list[Traits]] = {}

    # ---- the DWARF there is ----

    def sources(self) -> Iterator[Source]:
        """All DWARF of the inputs, file by file; nothing of one is kept when the next comes."""
        for path in self.inputs:
            with reading(path):
                data = map_file(path)
                content: list[tuple[str, Callable[[], Any], str]] = [(path, lambda d=data: d, path)]  # type: ignore
                if is_archive(data):
                    content = list(members(data, path))
            for label, read, member_path in content:
                yield from self._sources_of(label, read, member_path)

    def _sources_of(self, label: str, read: Callable[[], Any], path: str) -> Iterator[Source]:
        try:
            with reading(label):
                info = Info(open_with_dwarf(read(), path, label, self.debug_dirs), self.debug_dirs)
                info.label = label
                if info.elf.has(".debug_info.dwo") and not info.elf.has(".debug_info"):
                    info = Info(info.elf, self.debug_dirs, dwo=True)
                skeletons = info.split_off()
            yield Source(info, info)
            with reading(label):
                alt = info.alt
            if alt:
                yield Source(alt, info)
            yield from self._halves_of(info, skeletons)
        except Failed as failed:
            self._note_absent(failed)

    def _halves_of(self, info: Info, skeletons: list[Unit]) -> Iterator[Source]:
        """Of a file whose types were split off: in one package, or each unit's in a file of its own."""
        with reading(info.package_path):
            package = info.package(skeletons)
            packed = package.split_units if package else {}
        if package:
            package.label = info.label
            yield Source(package, package)
        for skeleton in skeletons:
            if skeleton_id(skeleton) not in packed:
                yield from self._half_of(info, skeleton)

    def _half_of(self, info: Info, skeleton: Unit) -> Iterator[Source]:
        try:
            with reading(info.label):
                split = info.split(skeleton)
                skeleton.forget()
        except Failed as failed:
            self._note_absent(failed)
            return
        if split:
            split.label = info.label
            yield Source(split, split)

    def _note_absent(self, failed: Failed) -> None:
        if not isinstance(failed.refusal, Absent):
            raise failed
        self.absent[failed.label] = failed.refusal

    def dies(self, names: Optional[set[str]]) -> Iterator[tuple[Source, Die]]:
        for source in self.sources():
            with reading(source.info.label):
                for die in named(source.info, names):
                    yield source, die

    def traits(self, die: Die, owner: Info) -> list[Traits]:
        root = die.unit.root
        if root.has(AT.PRODUCER):
            return [Traits.of(root.string(AT.PRODUCER), die.unit.version, root.number(AT.LANGUAGE) or 0)]
        if id(owner) not in self._traits:
            self._traits = {id(owner): all_traits(owner)}
        return self._traits[id(owner)]

    def types(self, die: Die, owner: Info) -> list[Types]:
        """One for each compiler that may have made the type: a unit that others share does not say which."""
        elf = die.unit.info.elf
        return [Types(Machine(elf.machine, traits, is_narrow(elf.machine, elf.is64, elf.flags)))
                for traits in self.traits(die, owner)]

    # ---- finding ----

    def find(self, wanted: list[Wanted]) -> dict[Wanted, Found]:
        found = {w: Found() for w in wanted}
        for source in self.sources():
            known: dict[Wanted, set[tuple[Any, ...]]] = {w: set() for w in wanted}
            with reading(source.info.label):
                for guess in guesses(source.info, {w.last for w in wanted}):
                    self._weigh(found, known, source, guess)
        return found

    def _weigh(self, found: dict[Wanted, Found], known: dict[Wanted, set[tuple[Any, ...]]], source: Source,
               guess: Guess) -> None:
        try:
            die = Die(guess.unit, guess.at)
            for wanted in found if not die.has(AT.SIGNATURE) else ():
                if wanted.last == die.name and wanted.means(die):
                    self._sort_in(found[wanted], known[wanted], source, die, guess)
        except (Refusal, *NONSENSE):
            if guess.stands():
                raise

    def _sort_in(self, found: Found, known: set[tuple[Any, ...]], source: Source, die: Die, guess: Guess) -> None:
        """Known: how those definitions of the file look that have been sorted in."""
        if is_declaration(die):
            if not found.declaration and guess.stands():
                found.declaration = die
            return
        target = bare(die)
        record = target if target is not None and target.tag in RECORDS else None
        opaque = record is not None and is_declaration(record)
        look = (opaque, *(sketch(record.unit, record.at) if record else self._shape(die, source)))
        if look in known or not guess.stands():
            return
        known.add(look)
        new = Definition(die, source.owner, self._shape(die, source))
        if opaque:
            found.opaque = found.opaque or [new]
        elif all(d.shape != new.shape for d in found.definitions):
            found.definitions.append(new)

    def _shape(self, die: Die, source: Source) -> tuple[Any, ...]:
        return shape(self.types(die, source.owner)[0], die)

    def complete(self, found: dict[Wanted, Found]) -> dict[tuple[int, str], Die]:
        """For typedefs of records that their own units only declare: the definitions elsewhere."""
        targets = [bare(f.opaque[0].die) for f in found.values() if f.opaque and not f.definitions]
        missing = {Wanted(KINDS[TAG(t.tag)], t.full_name): t.tag for t in targets if t is not None and t.name}
        if not missing:
            return {}
        results = self.find(list(missing))
        for key, result in results.items():
            if len(result.definitions) > 1:
                self.report_two(key, result.definitions)
        return {(missing[key], key.name): r.definitions[0].die for key, r in results.items() if r.definitions}

    # ---- answering ----

    def one(self, definition: Definition, completions: dict[tuple[int, str], Die]) -> Json:
        """The layout of a type; where several compilers come into question, with bounds that hold for all."""
        candidates = self.types(definition.die, definition.owner)
        for types in candidates:
            types.completions = completions
        layout, *others = [describe(types, definition.die, self.nested) for types in candidates]
        for other in others:
            layout["align"] = max(layout["align"], other["align"])
            layout["align_low"] = min(layout["align_low"], other["align_low"])
            for field, alike in zip(layout["fields"], other["fields"]):
                field["align"] = max(field["align"], alike["align"])
        layout["align_exact"] = layout["align"] == layout["align_low"]
        doubts = {types.machine.traits.doubt for types in candidates} - {""}
        if doubts and not layout["align_exact"]:
            file, line = place(definition.die)
            name = spell(layout["kind"], layout["name"])
            self.diagnostics.append(diagnostic(
                WARNING, f"the alignment of '{name}' is only bounded by its size: {sorted(doubts)[0]}",
                file or definition.owner.label, line))
        return layout

    def report_two(self, wanted: Wanted, definitions: list[Definition]) -> None:
        notes = []
        for definition, word in zip(definitions, ("one", "another")):
            file, line = place(definition.die)
            size = definition.shape[0]
            notes.append(note(f"{word} of {size} bytes is defined here, in {definition.die.unit.info.label}", file,
                              line))
        file, line = place(definitions[0].die)
        self.diagnostics.append(diagnostic(ERROR, f"'{wanted}' means two different types",
                                           file or definitions[0].owner.label, line, tuple(notes)))

    def report_missing(self, wanted: Wanted, found: Found) -> None:
        opaque = found.opaque[0].die if found.opaque else None
        target = bare(opaque) if opaque is not None else found.declaration
        if target is not None:
            file, line = place(target)
            name = spell(KINDS[TAG(target.tag)], target.full_name)
            self.diagnostics.append(diagnostic(
                ERROR, f"'{name}' is declared here, but never defined", file or target.unit.info.label, line,
                (note("give the object whose source defines it"),)))
            return
        label = self.inputs[0] if len(self.inputs) == 1 else ""
        infos = [source.info for source in self.sources()]
        nearest = near(infos, wanted.kind, wanted.name)
        text = ("the nearest names there are: " + ", ".join(f"'{name}'" for name in nearest) if nearest
                else "give the object whose source defines it")
        notes = [note(text)] + [note(f"{name} {absent.text}") for name, absent in list(self.absent.items())[:3]]
        self.diagnostics.append(diagnostic(ERROR, f"there is no '{wanted}' here", label, 0, tuple(notes)))

    def report_no_types(self) -> bool:
        """Are there no types at all?"""
        if any(has_types(source.info) for source in self.sources()):
            return False
        for label, absent in self.absent.items():
            self.diagnostics.append(diagnostic(ERROR, absent.text, label, 0, tuple(note(n) for n in absent.notes)))
        if not self.absent:
            self.diagnostics.append(diagnostic(
                ERROR, "holds only line tables, no types: it was built with -g1 or -gline-tables-only", self.inputs[0],
                0, (note("build it with -g"),)))
        return True

    def layouts_of(self, wanted: list[Wanted]) -> list[Json]:
        found = self.find(wanted)
        if not any(f.definitions or f.opaque or f.declaration for f in found.values()) and self.report_no_types():
            return []
        completions = self.complete(found)
        layouts = []
        for key in wanted:
            result = found[key]
            if len(result.definitions) > 1:
                self.report_two(key, result.definitions)
            elif result.definitions:
                with reading(result.definitions[0].owner.label):
                    layouts.append(self.one(result.definitions[0], {}) | key._asdict())
            elif result.opaque and self._is_completed(result.opaque[0], completions):
                layouts.append(self.one(result.opaque[0], completions) | key._asdict())
            else:
                self.report_missing(key, result)
        return layouts

    @staticmethod
    def _is_completed(definition: Definition, completions: dict[tuple[int, str], Die]) -> bool:
        target = bare(definition.die)
        return target is not None and (target.tag, target.full_name) in completions

    def every_layout(self) -> list[Json]:
        """Of each complete type once; of one name twice where there are two different ones. None of the compiler's own."""
        layouts: dict[tuple[Any, ...], Json] = {}
        seen: set[tuple[Any, ...]] = set()
        for source, die in self.dies(None):
            cheap = (die.tag, die.full_name, die.number(AT.BYTE_SIZE), die.number(AT.DECL_LINE))
            if is_declaration(die) or die.has(AT.SIGNATURE) or cheap in seen:
                continue
            seen.add(cheap)
            with reading(source.info.label):
                target = bare(die)
                if target is None or target.tag == TAG.SUBROUTINE_TYPE or is_the_compilers(die) or \
                        target.tag in RECORDS and is_declaration(target):
                    continue
                key = (KINDS[TAG(die.tag)], die.full_name, shape(self.types(die, source.owner)[0], die))
                if key not in layouts:
                    layouts[key] = self.one(Definition(die, source.owner, key[2]), {})
        if not layouts:
            self.report_no_types()
        return sorted(layouts.values(), key=lambda row: (row["kind"], row["name"], row["size"]))


def answer(request: Json) -> Json:
    """{"inputs": [path], "types": [{"kind", "name"}], "all": bool} -> {"layouts": [...], "diagnostics": [...], "files": [...]}

    "nested": true asks for the members of members too.
    Layouts come in the order of the types, all or, beside errors, none; of inputs for several targets, target by target.
    The files are all that were read.
    """
    read_files.clear()
    inputs = [os.fspath(path) for path in request["inputs"]]
    wanted = None if request.get("all") else [Wanted(t["kind"], t["name"]) for t in request["types"]]
    layouts: list[Json] = []
    diagnostics: list[Json] = []
    groups = by_target(inputs) if wanted else {"": inputs}
    for target, group in groups.items():
        work = Answer(group, request.get("debug_dirs", DEBUG_DIRS), request.get("nested", False))
        try:
            with reading(group[0]):
                layouts += work.every_layout() if wanted is None else work.layouts_of(wanted)
        except Failed as failed:
            refusal = failed.refusal
            work.diagnostics.append(diagnostic(ERROR, refusal.text, failed.label, 0, tuple(map(note, refusal.notes))))
        if len(groups) > 1:
            for error in work.diagnostics:
                error["notes"].append(note(f"so it is among what is for {target}"))
        diagnostics += work.diagnostics
    if any(d["severity"] == ERROR for d in diagnostics):
        layouts = []
    return {"layouts": layouts, "diagnostics": diagnostics, "files": sorted(read_files)}
