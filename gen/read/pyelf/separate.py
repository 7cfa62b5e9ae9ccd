# SPDX-License-Identifier: MIT
"""The files that hold the rest of a file's DWARF: separate debug files, what dwz -m moved out, and the halves of split DWARF."""
from __future__ import annotations

import dataclasses
import os
import struct
import zlib
from typing import Callable, Optional

from .archives import map_file
from .elf import NO_LTO_NOTE, Buffer, Elf, open_elf
from .refusal import Absent, Refusal


def real_dir(path: str) -> str:
    return os.path.dirname(os.path.realpath(path))


def has_dwarf(elf: Elf) -> bool:
    return any(elf.has(f".{z}debug_{what}{dwo}") for z in ("", "z") for what in ("info", "types") for dwo in ("", ".dwo"))


@dataclasses.dataclass
class Hunt:
    """Candidates for another file, in order; remembers those that were not there, for the message."""

    good: Callable[[Elf], bool]
    looked: list[str] = dataclasses.field(default_factory=list)

    def first(self, paths: list[str]) -> Optional[Elf]:
        for path in map(os.path.normpath, paths):
            if path in self.looked:
                continue
            self.looked.append(path)
            if not os.path.isfile(path):
                continue
            try:
                elf = open_elf(map_file(path), path, path)
                if self.good(elf):
                    return elf
            except Absent:
                pass
        return None


def looked_for(paths: list[str]) -> str:
    return "looked for " + ", ".join(paths)


def _by_build_id(build_id: bytes, debug_dirs: list[str]) -> list[str]:
    text = build_id.hex()
    return [os.path.join(d, ".build-id", text[:2], text[2:] + ".debug") for d in debug_dirs] if len(build_id) > 1 else []


def _link(elf: Elf, name: str, start: int = 0) -> tuple[str, bytes]:
    """The file name in .gnu_debuglink or the like, and the bytes behind it."""
    part = elf.part(name)
    if part.hi == part.lo:
        return "", b""
    text = part.text(start)
    return os.fsdecode(text), part.buf[part.lo + start + len(text) + 1:part.hi]


def _debug_file(elf: Elf, debug_dirs: list[str]) -> tuple[Optional[Elf], list[str]]:
    """The separate debug file of a stripped one, and the places where it was looked for."""
    build_id = elf.build_id()
    hunt = Hunt(lambda e: e.build_id() == build_id and has_dwarf(e))
    found = hunt.first(_by_build_id(build_id, debug_dirs))
    name, rest = _link(elf, ".gnu_debuglink")
    if found or not name or len(rest) < 4:
        return found, hunt.looked
    crc = struct.unpack("<I" if elf.little else ">I", rest[-4:])[0]
    hunt.good = lambda e: zlib.crc32(e.data) == crc and has_dwarf(e)
    here = real_dir(elf.path)
    return hunt.first([os.path.join(here, name), os.path.join(here, ".debug", name),
                       *(os.path.join(d + here, name) for d in debug_dirs)]), hunt.looked


def alternate_file(elf: Elf, debug_dirs: list[str]) -> Optional[Elf]:
    """What dwz -m moved out: the file that .gnu_debugaltlink names, or DWARF 5's .debug_sup."""
    name, build_id = _link(elf, ".gnu_debugaltlink")
    if not name:
        # Behind a version and a flag, which says that this file is the supplementary one itself.
        name, rest = _link(elf, ".debug_sup", 3)
        build_id = rest[1:]
        if not name or elf.part(".debug_sup").number(2, 1, True):
            return None
    hunt = Hunt(lambda e: build_id in (e.build_id(), _link(e, ".debug_sup", 3)[1][1:]))
    found = hunt.first([os.path.join(real_dir(elf.path), name), *_by_build_id(build_id, debug_dirs),
                        *(os.path.join(d, ".dwz", os.path.basename(name)) for d in debug_dirs)])
    if not found:
        raise Refusal("shares its debug information (dwz) with a file that is not found", looked_for(hunt.looked))
    return found


def open_with_dwarf(data: Buffer, path: str, label: str, debug_dirs: list[str]) -> Elf:
    """The ELF file with the DWARF of this one: itself or its separate debug file."""
    elf = open_elf(data, path, label)
    if has_dwarf(elf):
        return elf
    if any(s.name.startswith((".gnu.lto_", ".gnu.debuglto_")) for s in elf.sections):
        raise Absent("is a slim LTO object (gcc -flto), which holds no finished DWARF", NO_LTO_NOTE)
    if elf.has(".llvmbc"):
        raise Absent("is LLVM bitcode (clang -flto), which holds no DWARF", NO_LTO_NOTE)
    found, looked = _debug_file(elf, debug_dirs)
    if found:
        found.origin = elf
        return found
    if elf.has(".stab"):
        raise Absent("holds stabs, an old form of debug information, no DWARF", "build it with -gdwarf-5")
    if elf.has(".gnu_debuglink") or elf.header["e_type"] != "ET_REL" and \
            not any(s["sh_type"] == "SHT_SYMTAB" for s in elf.sections):
        raise Absent("is stripped of its debug information, and no debug file of it is found",
                     looked_for(looked) if looked else "it names no debug file: it has neither build-id nor debuglink")
    if elf.has(".BTF"):
        raise Absent("holds BTF, no DWARF", "build it with -g")
    raise Absent("holds no DWARF: it was built without -g, or stripped of it", *([looked_for(looked)] if looked else []))
