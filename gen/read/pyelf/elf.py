# SPDX-License-Identifier: MIT
"""ELF files: pyelftools reads headers and sections; here is what it lacks to hand DWARF sections out.

These are sections compressed with zstd, the old .zdebug sections, several sections of one name (COMDAT groups of type units), relocations
(relocations.py), and big sections that stay in the file's mapping.
"""
from __future__ import annotations

import functools
import io
import mmap
import os
import struct
import zlib
from typing import NamedTuple, Optional, Union

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import Section as ElfSection

from .refusal import Absent, Corrupt, Refusal, Unable
from .relocations import relocate

Buffer = Union[bytes, mmap.mmap]
SHF_COMPRESSED = 0x800
ELFCOMPRESS_ZLIB, ELFCOMPRESS_ZSTD = 1, 2  # ELF gABI; the second since its draft of 2022
# No honest section grows by more when it is decompressed, and a big one by less: zlib reaches 1032:1 on zeros, debug sections 10:1.
MOST_GROWTH, MOST_GROWTH_OF_BIG, BIG = 1100, 100, 64 << 20
NO_LTO_NOTE = "build it with -fno-lto, or give the linked file"

# What a file that is not ELF begins with, what it is, and what to do about it.
KNOWN = (
    (b"BC\xc0\xde", "is LLVM bitcode (clang -flto), which holds no DWARF", NO_LTO_NOTE),
    (b"\xde\xc0\x17\x0b", "is LLVM bitcode (clang -flto), which holds no DWARF", NO_LTO_NOTE),
    (b"\0asm", "is WebAssembly; only ELF objects are read", ""),
    (b"MZ", "is a Windows program; only ELF objects are read", ""),
    (b"\x64\x86", "is a COFF object; only ELF objects are read", ""),
    (b"\x4c\x01", "is a COFF object; only ELF objects are read", ""),
    (b"\xcf\xfa\xed\xfe", "is a Mach-O object; only ELF objects are read", ""),
    (b"\xca\xfe\xba\xbe", "is a Mach-O object; only ELF objects are read", ""),
)


class Part(NamedTuple):
    """The bytes buf[lo:hi] of a section, ready to read."""

    buf: Buffer
    lo: int
    hi: int

    def stream(self) -> io.IOBase:
        """For pyelftools: position 0 is where the section starts."""
        if isinstance(self.buf, bytes):
            return io.BytesIO(self.buf[self.lo:self.hi])
        return _Window(self.buf, self.lo, self.hi)  # type: ignore[return-value]

    def number(self, at: int, size: int, little: bool) -> int:
        """At an offset from the section's start."""
        if not 0 <= at <= self.hi - self.lo - size:
            raise Corrupt("a section of its DWARF is cut off")
        return int.from_bytes(self.buf[self.lo + at:self.lo + at + size], "little" if little else "big")

    def text(self, at: int) -> bytes:
        """The bytes up to the NUL behind an offset from the section's start."""
        stop = self.buf.find(b"\0", self.lo + at, self.hi) if 0 <= at < self.hi - self.lo else -1
        if stop < 0:
            raise Corrupt("a string has no end")
        return self.buf[self.lo + at:stop]


EMPTY = Part(b"", 0, 0)


class _Window:
    """A section in a mapping as a stream, without a copy."""

    def __init__(self, buf: mmap.mmap, lo: int, hi: int):
        self.buf, self.lo, self.hi, self.at = buf, lo, hi, lo

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self.at = offset + {os.SEEK_SET: self.lo, os.SEEK_CUR: self.at, os.SEEK_END: self.hi}[whence]
        return self.at - self.lo

    def tell(self) -> int:
        return self.at - self.lo

    def read(self, size: int = -1) -> bytes:
        start = min(max(self.at, self.lo), self.hi)
        self.at = self.hi if size < 0 else min(start + size, self.hi)
        return self.buf[start:self.at]


class Elf:
    """One ELF file, or archive member."""

    def __init__(self, data: Buffer, path: str, label: str):
        self.data = data
        self.path = path    # of the file that it stands in
        self.label = label  # for messages: "libconn.a(conn.o)"
        self.origin = self  # the file that led to this one
        if len(data) < 52 or data[4:5] == b"\2" and len(data) < 64:
            raise Refusal(f"truncated: it ends at byte {len(data)}, inside its header")
        if data[4] not in (1, 2) or data[5] not in (1, 2):
            raise Corrupt("its ELF header is of no known class")
        self.little = data[5] == 1
        self.is64 = data[4] == 2
        self.file = ELFFile(io.BytesIO(data) if isinstance(data, bytes) else data)
        self.header = self.file.header
        # Machines without a name in pyelftools, too: the file's own numbers.
        self.type, self.machine = struct.unpack_from("<HH" if self.little else ">HH", data, 16)
        self.sections = self._sections()
        self._parts: dict[str, Part] = {}

    def _sections(self) -> list[ElfSection]:
        table, entry = self.header["e_shoff"], self.header["e_shentsize"]
        if table == 0:
            return []
        if entry != self.file.structs.Elf_Shdr.sizeof():
            raise Corrupt(f"its section headers are of {entry} bytes")
        self._check_end(table + entry, "section headers")
        count = self.file.num_sections()
        self._check_end(table + count * entry, "section headers")
        if self.file.get_shstrndx() >= count:
            raise Corrupt("its sections have no names")
        names = self.file._section_header_stringtable
        self._check_end(names["sh_offset"] + names["sh_size"], "section names")
        return list(self.file.iter_sections())

    def _check_end(self, end: int, what: str) -> None:
        if end > len(self.data):
            raise Refusal(f"truncated: its {what} would end at byte {end}, but it has {len(self.data)}")

    def has(self, name: str) -> bool:
        return any(s.name == name and s["sh_type"] != "SHT_NOBITS" for s in self.sections)

    def raw(self, section: ElfSection) -> Part:
        """What the file holds for a section."""
        if section["sh_type"] == "SHT_NOBITS":
            return EMPTY
        start, end = section["sh_offset"], section["sh_offset"] + section["sh_size"]
        self._check_end(end, f"section {section.name}")
        return Part(self.data, start, end)

    def _unpacked(self, section: ElfSection) -> Part:
        raw, name = self.raw(section), section.name
        if section["sh_flags"] & SHF_COMPRESSED:
            head = self.file.structs.Elf_Chdr.sizeof()
            self._check_end(raw.lo + head, f"section {name}")
            kind = raw.number(0, 4, self.little)
            return _decompress(name, kind, raw.buf[raw.lo + head:raw.hi], section.data_size)
        if name.startswith(".zdebug"):
            if raw.buf[raw.lo:raw.lo + 4] != b"ZLIB":
                raise Corrupt(f"its section {name} is not compressed")
            return _decompress(name, ELFCOMPRESS_ZLIB, raw.buf[raw.lo + 12:raw.hi], raw.number(4, 8, False))
        return raw

    def part(self, name: str) -> Part:
        """The section of that name, ready to read. Of several (COMDAT groups), all of them, one behind the other."""
        if name not in self._parts:
            names = (name, ".z" + name[1:])
            same = [s for s in self.sections if s.name in names and s["sh_type"] != "SHT_NOBITS"]
            self._parts[name] = self._join(same) if same else EMPTY
        return self._parts[name]

    @functools.cached_property
    def _numbers(self) -> dict[int, int]:
        """Of each section, by where its header was parsed: sections do not know their numbers."""
        return {id(section): number for number, section in enumerate(self.sections)}

    def _join(self, same: list[ElfSection]) -> Part:
        parts = [self._unpacked(s) for s in same]
        numbers = [self._numbers[id(s)] for s in same]
        relocations = [s for s in self.sections if s["sh_type"] in ("SHT_REL", "SHT_RELA") and s["sh_info"] in numbers
                       ] if self.header["e_type"] == "ET_REL" else []
        if len(parts) == 1 and not relocations:
            return parts[0]
        joined, bases = bytearray(), {}
        for number, part in zip(numbers, parts):
            bases[number] = len(joined)
            joined += part.buf[part.lo:part.hi]
        for section in relocations:
            if section["sh_link"] >= len(self.sections):
                raise Corrupt(f"its section {section.name} has no symbols")
            table, entries = self.raw(self.sections[section["sh_link"]]), self.raw(section)
            relocate(self.machine, self.is64, self.little, joined, bases, section["sh_info"], section["sh_type"] == "SHT_RELA",
                     entries.buf[entries.lo:entries.hi], table.buf[table.lo:table.hi])
        return Part(bytes(joined), 0, len(joined))

    def build_id(self) -> bytes:
        """The build-id, or nothing."""
        for section in self.sections:
            if section.name == ".note.gnu.build-id" and section["sh_type"] == "SHT_NOTE":
                for note in section.iter_notes():
                    if note["n_type"] == "NT_GNU_BUILD_ID":
                        return bytes.fromhex(note["n_desc"])
        return b""


def _decompress(name: str, kind: int, data: bytes, size: int) -> Part:
    if kind not in (ELFCOMPRESS_ZLIB, ELFCOMPRESS_ZSTD):
        raise Refusal(f"its section {name} is compressed in an unknown way ({kind})")
    if size > (MOST_GROWTH_OF_BIG if size > BIG else MOST_GROWTH) * len(data) + 4096:
        raise Corrupt(f"its section {name} cannot grow from {len(data)} to {size} bytes")
    if kind == ELFCOMPRESS_ZLIB:
        try:
            out = zlib.decompressobj().decompress(data, size + 1)
        except zlib.error as error:
            raise Corrupt(f"its section {name} cannot be decompressed ({error})") from None
    else:
        out = _unzstd(name, data, size)
    if len(out) != size:
        raise Corrupt(f"its section {name} has {len(out)} bytes decompressed, not {size}")
    return Part(out, 0, size)


def _unzstd(name: str, data: bytes, size: int) -> bytes:
    try:
        import zstandard
    except ImportError:
        raise Unable(f"its section {name} is compressed with zstd, which this Python cannot read",
                      "install Python's zstandard (Debian: python3-zstandard), or decompress it with "
                      "'objcopy --decompress-debug-sections'") from None
    try:
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=size) if size else b""
    except zstandard.ZstdError as error:
        raise Corrupt(f"its section {name} cannot be decompressed ({error})") from None


def open_elf(data: Buffer, path: str, label: str) -> Elf:
    """The ELF file in data, or a refusal that says what it is."""
    if data[:4] == b"\x7fELF":
        return Elf(data, path, label)
    for magic, text, note in KNOWN:
        if data[:len(magic)] == magic:
            raise Absent(text, *([note] if note else []))
    if len(data) < 4 and b"\x7fELF".startswith(data[:4]):
        raise Refusal("is empty" if not data else f"truncated: it ends at byte {len(data)}, inside its header")
    raise Absent("is neither an ELF object nor an archive of them")
