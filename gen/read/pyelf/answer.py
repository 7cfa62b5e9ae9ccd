# SPDX-License-Identifier: MIT
"""A request's answer: which files are read, and what is delivered of them."""
from __future__ import annotations

import contextlib
import os
from typing import Any, Iterator, Optional

from elftools.dwarf.enums import ENUM_DW_TAG

from .archives import objects, read_files
from .facts import DECLARATION, Facts, flags_of, is_c, is_the_compilers, name_of, object_facts, producers, scope_names
from .find import NAMED, RECORDS, candidates, glance, look
from .refusal import Absent, Corrupt, Refusal, Unable
from .separate import open_with_dwarf
from .units import File, Unit, skeleton_id

Json = dict[str, Any]
DEBUG_DIRS = ["/usr/lib/debug"]
TYPE_TAGS = frozenset(ENUM_DW_TAG["DW_TAG_" + name] for name in (
    "structure_type", "class_type", "union_type", "typedef", "base_type", "enumeration_type", "pointer_type", "array_type"))


class Failed(Exception):
    """A file is refused."""

    def __init__(self, label: str, refusal: Refusal):
        super().__init__(label)
        self.label, self.refusal = label, refusal

    def fact(self) -> Json:
        kinds = (Absent, "absent"), (Unable, "unable"), (Corrupt, "corrupt"), (Refusal, "refused")
        kind = next(kind for of, kind in kinds if isinstance(self.refusal, of))
        return {"kind": kind, "file": self.label, "text": self.refusal.text, "notes": list(self.refusal.notes)}


def failure(kind: str, text: str) -> Json:
    return {"objects": [], "units": [], "dies": [], "found": [], "errors": [{"kind": kind, "text": text, "notes": []}],
            "files": sorted(read_files)}


@contextlib.contextmanager
def reading(label: str) -> Iterator[None]:
    """Whatever a broken file does to pyelftools is that file's fault."""
    try:
        yield
    except Refusal as refusal:
        raise Failed(label, refusal) from None
    except (Failed, MemoryError):
        raise
    except Exception as error:
        raise Failed(label, Corrupt(f"its DWARF makes no sense ({type(error).__name__})")) from None


class Answer:
    def __init__(self, request: Json):
        self.inputs = [os.fspath(path) for path in request["inputs"]]
        self.debug_dirs = request.get("debug_dirs", DEBUG_DIRS)
        self.op = request["op"]
        self.wanted = set(request["names"]) if self.op == "find" else None
        self.facts = Facts()
        self.errors: list[Json] = []
        self.names: dict[tuple[str, str], None] = {}
        self.types = False
        self._listed: set[tuple] = set()  # definitions of all inputs
        self._seen: set[tuple] = set()    # those of one object, as they look
        self._opened = False              # has the object been delivered?
        self._input, self._first = 0, True  # of the inputs; has no object of it been delivered?

    def run(self) -> Json:
        try:
            for number, path in enumerate(self.inputs):
                with reading(path):
                    members = list(objects(path))
                self._input, self._first = number, True
                for label, content, member_path in members:
                    self._object(label, content, member_path)
        except Failed as failed:
            self.errors.append(failed.fact())
        facts = self.facts
        reply: Json = {"objects": facts.objects, "units": facts.units, "dies": facts.dies, "found": facts.found}
        if self.op == "names":
            reply = {"objects": facts.objects, "names": list(self.names), "types": self.types}
        return {**reply, "errors": self.errors, "files": sorted(read_files)}

    def _object(self, label: str, content: Any, path: str) -> None:
        """Everything that one object leads to. Nothing of it is kept when the next comes."""
        files: list[File] = []
        self._seen = set()
        try:
            with reading(label):
                for file in self._files(label, content, path, files):
                    if self._first or self.op == "names":
                        self._open(files[0])
                    self._file(file, files[0])
        except Failed as failed:
            if not isinstance(failed.refusal, Absent):
                raise
            self.errors.append(failed.fact())
        with reading(label):
            self._finish(files)

    def _files(self, label: str, content: Any, path: str, files: list[File]) -> Iterator[File]:
        """The file with an object's DWARF, and all that hold more of it; added to files, but for dwz's."""
        elf = open_with_dwarf(content(), path, label, self.debug_dirs)
        dwo = elf.has(".debug_info.dwo") and not elf.has(".debug_info")
        file = File(elf, self.debug_dirs, label, dwo)
        skeletons = file.split_off()
        file.find_alt()
        files.append(file)
        yield file
        if file.alt:
            yield file.alt
        with reading(file.package_path):
            package = file.package(skeletons)
            packed = package.halves if package else {}
        if package:
            files.append(package)
            yield package
        for skeleton in skeletons:
            if skeleton_id(skeleton) not in packed:
                try:
                    with reading(label):
                        half = file.half_of(skeleton)
                        skeleton.forget()
                except Failed as failed:
                    if not isinstance(failed.refusal, Absent):
                        raise
                    self.errors.append(failed.fact())
                    continue
                if half:
                    files.append(half)
                    yield half

    def _file(self, file: File, owner: File) -> None:
        if self.op == "names":
            self.types = self.types or any(raw and raw[0] in TYPE_TAGS for u in file.units for raw in u.get_abbrev_table().raw.values())
        for unit, at, stands in candidates(file, self.wanted):
            try:
                self._candidate(file, owner, unit, at, stands)
            except MemoryError:
                raise
            except Exception:
                if stands():
                    raise

    def _candidate(self, file: File, owner: File, unit: Unit, at: int, stands: Any) -> None:
        key: tuple = file.dwo, id(file), look(unit, at) if self.wanted is not None else self._row(unit, at)
        c = is_c(unit)
        if c and key in self._seen:
            return
        die = unit.die(at)
        if die.tag not in NAMED:
            return
        name, flags = name_of(unit, die), flags_of(unit, die)
        if not name or self.wanted is not None and name not in self.wanted:
            return
        scopes = tuple(scope_names(unit, die))
        if flags & DECLARATION and "DW_AT_signature" not in die.attributes:
            key = "declared", die.tag, name, scopes
        if (key, scopes) in self._seen or not stands():
            return
        self._seen.update({(key, scopes), *([key] if c else [])})
        if self.op == "find":
            self._deliver(owner, unit, die)
        elif not flags & DECLARATION:
            self._list(owner, unit, die, name, scopes)

    @staticmethod
    def _row(unit: Unit, at: int) -> tuple:
        """What stands in the DIE itself, but for references within its unit."""
        abbrev, start = unit.peek(at)
        values, _ = glance(unit, abbrev, start)
        return abbrev.look, *(value for number, value in enumerate(values) if number != abbrev.type)

    def _list(self, owner: File, unit: Unit, die: Any, name: str, scopes: tuple) -> None:
        if self.op == "names":
            kind = {"DW_TAG_typedef": "typedef", "DW_TAG_union_type": "union"}.get(die.tag, "struct")
            self.names[kind, "::".join([*reversed(scopes), name])] = None
            return
        key = die.tag, name, scopes, *(unit.constant(die, f"DW_AT_{a}") for a in ("byte_size", "decl_line"))
        if key in self._listed or "DW_AT_signature" in die.attributes or is_the_compilers(unit, die):
            return
        self._listed.add(key)
        self._deliver(owner, unit, die)

    def _deliver(self, owner: File, unit: Unit, die: Any) -> None:
        self._open(owner)
        self.facts.deliver(unit, die)

    def _open(self, owner: File) -> None:
        if not self._opened:
            self.facts.objects.append({**object_facts(owner.elf.origin, owner.label), "input": self._input})
            self._opened, self._first = True, False

    def _finish(self, files: list[File]) -> None:
        """The compilers, where a unit does not say who made it."""
        facts = self.facts
        if self._opened and (self.op == "names" or any("producer" not in u for u in facts.units_of_last())):
            facts.objects[-1]["producers"] = [list(row) for row in dict.fromkeys(producers(files))]
        self._opened = False
        facts.end_object()


def answer(request: Json) -> Json:
    read_files.clear()
    return Answer(request).run()
