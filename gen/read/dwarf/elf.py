# SPDX-License-Identifier: MIT
"""ELF files and archives of them: sections as DWARF wants them, and where the rest of the DWARF may be.

Only the header and the section headers are parsed here. pyelftools 0.29 could do that much as well, but not compressed
sections in all their forms, nor the relocations of half the machines.
"""
from __future__ import annotations

import dataclasses
import functools
import mmap
import os
import struct
import zlib
from typing import Callable, Iterator, Literal, NamedTuple, Optional, Union

from .errors import Absent, Corrupt, Refusal
from .relocate import relocate

Buffer = Union[bytes, mmap.mmap]
Order = Literal["little", "big"]

ET_REL, ET_EXEC, ET_DYN = 1, 2, 3
SHT_SYMTAB, SHT_RELA, SHT_NOBITS, SHT_REL = 2, 4, 8, 9
SHF_COMPRESSED = 0x800
ELFCOMPRESS_ZLIB, ELFCOMPRESS_ZSTD = 1, 2
# Beyond this no section can honestly grow: the formats reach 1032:1 (zlib) and, for debug sections, about the same.
MOST_COMPRESSED = 1100
NO_LTO_NOTE = "build it with -fno-lto, or give the linked file"


class Section(NamedTuple):
    """A section's bytes: buf[lo:hi]. Big ones stay in the file's mapping."""

    buf: Buffer
    lo: int
    hi: int


class Header(NamedTuple):
    """A section header."""

    number: int
    name: str
    type: int
    flags: int
    offset: int
    size: int
    link: int
    info: int
    entsize: int


def text_at(buf: Buffer, at: int, end: int) -> bytes:
    """The bytes up to the NUL behind at."""
    stop = buf.find(b"\0", at, end) if 0 <= at < end else -1
    if stop < 0:
        raise Corrupt("a string has no end")
    return buf[at:stop]


class Elf:
    """One ELF file, or archive member."""

    def __init__(self, data: Buffer, path: str, label: str):
        self.data = data
        self.path = path    # of the file that it stands in
        self.label = label  # for messages: "libconn.a(conn.o)"
        if len(data) < 52:
            raise Refusal(f"truncated: it ends at byte {len(data)}, inside its header")
        if data[4] not in (1, 2) or data[5] not in (1, 2):
            raise Corrupt("its ELF header is of no known class")
        self.is64 = data[4] == 2
        self.endian = "<" if data[5] == 1 else ">"
        self.order: Order = "little" if data[5] == 1 else "big"
        self._parse()
        self._cache: dict[str, Optional[Section]] = {}

    def _unpack(self, formats: str, at: int, what: str) -> tuple[int, ...]:
        size = struct.calcsize(self.endian + formats)
        if at + size > len(self.data):
            raise Refusal(f"truncated: its {what} would end at byte {at + size}, but it has {len(self.data)}")
        return struct.unpack_from(self.endian + formats, self.data, at)

    def _parse(self) -> None:
        self.type, self.machine = self._unpack("HH", 16, "header")
        if self.is64:
            table, self.flags, _, _, _, entry, count, names = self._unpack("QIHHHHHH", 40, "header")
        else:
            table, self.flags, _, _, _, entry, count, names = self._unpack("IIHHHHHH", 32, "header")
        self.headers: list[Header] = []
        if table == 0:
            return
        formats = "IIQQQQIIQQ" if self.is64 else "IIIIIIIIII"
        size = struct.calcsize(self.endian + formats)
        if entry != size:
            raise Corrupt(f"its section headers are of {entry} bytes")
        first = self._unpack(formats, table, "section headers")
        count = count or first[5]
        names = first[6] if names == 0xffff else names
        if table + count * size > len(self.data):
            raise Refusal(f"truncated: its section headers would end at byte {table + count * size}, "
                          f"but it has {len(self.data)}")
        raw = list(struct.iter_unpack(self.endian + formats, self.data[table:table + count * size]))
        if names >= count:
            raise Corrupt("its sections have no names")
        names_at, names_end = raw[names][4], raw[names][4] + raw[names][5]
        if names_end > len(self.data):
            raise Refusal(f"truncated: its section names would end at byte {names_end}, but it has {len(self.data)}")
        for index, (name, kind, flags, _, offset, length, link, info, _, entsize) in enumerate(raw):
            text = text_at(self.data, names_at + name, names_end).decode(errors="replace")
            self.headers.append(Header(index, text, kind, flags, offset, length, link, info, entsize))

    def has(self, name: str) -> bool:
        return any(h.name == name and h.type != SHT_NOBITS for h in self.headers)

    def raw(self, header: Header) -> Section:
        """What the file holds for a section."""
        if header.type == SHT_NOBITS:
            return Section(b"", 0, 0)
        end = header.offset + header.size
        if end > len(self.data):
            raise Refusal(f"truncated: its section {header.name} would end at byte {end}, "
                          f"but it has {len(self.data)}")
        return Section(self.data, header.offset, end)

    def _unpacked(self, header: Header) -> Section:
        raw = self.raw(header)
        if header.flags & SHF_COMPRESSED:
            formats = "IIQQ" if self.is64 else "III"
            fields = self._unpack(formats, raw.lo, f"section {header.name}")
            kind, size = fields[0], fields[2 if self.is64 else 1]
            start = raw.lo + struct.calcsize(self.endian + formats)
            return _decompress(header.name, kind, raw.buf[start:raw.hi], size)
        if header.name.startswith(".zdebug"):
            if raw.buf[raw.lo:raw.lo + 4] != b"ZLIB":
                raise Corrupt(f"its section {header.name} is not compressed")
            size = int.from_bytes(raw.buf[raw.lo + 4:raw.lo + 12], "big")
            return _decompress(header.name, ELFCOMPRESS_ZLIB, raw.buf[raw.lo + 12:raw.hi], size)
        return raw

    def section(self, name: str) -> Optional[Section]:
        """The section of that name, ready to read. Of several (COMDAT groups), all of them, one behind the other."""
        if name not in self._cache:
            names = (name, ".z" + name[1:])
            parts = [h for h in self.headers if h.name in names and h.type != SHT_NOBITS]
            self._cache[name] = self._join(parts) if parts else None
        return self._cache[name]

    def _join(self, parts: list[Header]) -> Section:
        sections = [self._unpacked(h) for h in parts]
        relocations = [h for h in self.headers if h.type in (SHT_REL, SHT_RELA)] if self.type == ET_REL else []
        if len(sections) == 1 and not any(h.info == parts[0].number for h in relocations):
            return sections[0]
        joined, bases = bytearray(), {}
        for header, section in zip(parts, sections):
            bases[header.number] = len(joined)
            joined += section.buf[section.lo:section.hi]
        for header in relocations:
            if header.info in bases:
                self._relocate(joined, bases, header, header.info)
        return Section(bytes(joined), 0, len(joined))

    def _relocate(self, joined: bytearray, bases: dict[int, int], header: Header, target: int) -> None:
        if header.link >= len(self.headers):
            raise Corrupt(f"its section {header.name} has no symbols")
        table, entries = self.raw(self.headers[header.link]), self.raw(header)
        relocate(self, joined, bases, bases[target], header.type == SHT_RELA,
                 entries.buf[entries.lo:entries.hi], table.buf[table.lo:table.hi])

    def build_id(self) -> bytes:
        """The build-id, or nothing."""
        for header in self.headers:
            if header.name == ".note.gnu.build-id" and header.type != SHT_NOBITS:
                note = self.raw(header)
                if note.hi - note.lo >= 16:
                    name_size, size, _ = struct.unpack_from(self.endian + "III", note.buf, note.lo)
                    start = note.lo + 12 + (name_size + 3) // 4 * 4
                    return note.buf[start:min(start + size, note.hi)]
        return b""


def _decompress(name: str, kind: int, data: bytes, size: int) -> Section:
    if kind not in (ELFCOMPRESS_ZLIB, ELFCOMPRESS_ZSTD):
        raise Refusal(f"its section {name} is compressed in an unknown way ({kind})")
    if size > MOST_COMPRESSED * len(data) + 4096:
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
    return Section(out, 0, size)


def _unzstd(name: str, data: bytes, size: int) -> bytes:
    try:
        import zstandard  # Debian's python3-zstandard; nothing else here needs more than Python itself
    except ImportError:
        raise Refusal(f"its section {name} is compressed with zstd, which this Python cannot read",
                      "install Python's zstandard (Debian: python3-zstandard), or decompress it with "
                      "'objcopy --decompress-debug-sections'") from None
    try:
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=size) if size else b""
    except zstandard.ZstdError as error:
        raise Corrupt(f"its section {name} cannot be decompressed ({error})") from None


# ---- files and archives ----

read_files: set[str] = set()  # all that were opened, by their real paths


def map_file(path: str) -> Buffer:
    try:
        with open(path, "rb") as stream:
            read_files.add(os.path.realpath(path))
            if os.fstat(stream.fileno()).st_size == 0:
                return b""
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise Refusal(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def give_back(data: Buffer, start: int, end: int) -> None:
    """Of a mapped file, what need not stay in memory: it comes back when it is read again."""
    if isinstance(data, mmap.mmap):
        first = start // mmap.PAGESIZE * mmap.PAGESIZE
        data.madvise(mmap.MADV_DONTNEED, first, end - first)


def is_archive(data: Buffer) -> bool:
    return data[:8] in (b"!<arch>\n", b"!<thin>\n")


def _part(data: Buffer, start: int, size: int) -> Buffer:
    return data[start:start + size]


def members(data: Buffer, path: str) -> Iterator[tuple[str, Callable[[], Buffer], str]]:
    """Label, a function that gives the content, and path of each member of an archive that is not one of its tables."""
    thin = data[:8] == b"!<thin>\n"
    at, long_names = 8, b""
    while at + 60 <= len(data):
        head = data[at:at + 60]
        try:
            size = int(head[48:58])
        except ValueError:
            size = -1
        if head[58:60] != b"`\n" or size < 0:
            raise Corrupt(f"the archive has no member at byte {at}")
        name, start = head[:16].rstrip(b" "), at + 60
        is_table = name in (b"/", b"//", b"/SYM64/")
        inside = is_table or not thin
        if inside and start + size > len(data):
            raise Refusal(f"truncated: a member of the archive would end at byte {start + size}, "
                          f"but it has {len(data)}")
        at = start + (size + (size & 1) if inside else 0)
        if name == b"//":
            long_names = data[start:start + size]
        if is_table:
            continue
        if name.startswith(b"#1/") and name[3:].isdigit():  # BSD
            length = min(int(name[3:]), size)
            name = data[start:start + length].rstrip(b"\0")
            start, size = start + length, size - length
        elif name.startswith(b"/") and name[1:].isdigit():
            name = long_names[int(name[1:]):].split(b"\n", 1)[0].rstrip(b"/")
        else:
            name = name.rstrip(b"/")
        text = os.fsdecode(name)
        if name.startswith(b"__.SYMDEF"):
            continue
        if thin:
            member_path = os.path.join(os.path.dirname(path), text)
            yield f"{path}({text})", functools.partial(map_file, member_path), member_path
        else:
            yield f"{path}({text})", functools.partial(_part, data, start, size), path
    if at < len(data) and data[at:].strip(b"\n\0"):
        raise Refusal(f"truncated: a member of the archive would end behind byte {len(data)}")


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


# ---- the files that hold the rest ----

def real_dir(path: str) -> str:
    return os.path.dirname(os.path.realpath(path))


def _try(path: str, good: Callable[[Elf], bool]) -> Optional[Elf]:
    if not os.path.isfile(path):
        return None
    try:
        elf = open_elf(map_file(path), path, path)
        return elf if good(elf) else None
    except Absent:
        return None


@dataclasses.dataclass
class Hunt:
    """Candidates for another file, in order; remembers those that were not there for the message."""

    good: Callable[[Elf], bool]
    looked: list[str] = dataclasses.field(default_factory=list)

    def first(self, paths: list[str]) -> Optional[Elf]:
        for path in paths:
            path = os.path.normpath(path)
            if path in self.looked:
                continue
            self.looked.append(path)
            elf = _try(path, self.good)
            if elf:
                return elf
        return None


def by_build_id(build_id: bytes, debug_dirs: list[str]) -> list[str]:
    text = build_id.hex()
    if len(build_id) < 2:
        return []
    return [os.path.join(d, ".build-id", text[:2], text[2:] + ".debug") for d in debug_dirs]


def link_of(elf: Elf, name: str, start: int = 0) -> tuple[str, bytes]:
    """The file name in .gnu_debuglink or the like, and the bytes behind it."""
    section = elf.section(name)
    if not section:
        return "", b""
    text = text_at(section.buf, section.lo + start, section.hi)
    return os.fsdecode(text), section.buf[section.lo + start + len(text) + 1:section.hi]


def debug_file(elf: Elf, debug_dirs: list[str]) -> tuple[Optional[Elf], list[str]]:
    """The separate debug file of a stripped one, and the places where it was looked for."""
    build_id = elf.build_id()
    hunt = Hunt(lambda e: e.build_id() == build_id and has_dwarf(e))
    found = hunt.first(by_build_id(build_id, debug_dirs))
    name, rest = link_of(elf, ".gnu_debuglink")
    if found or not name or len(rest) < 4:
        return found, hunt.looked
    crc = struct.unpack(elf.endian + "I", rest[-4:])[0]
    hunt.good = lambda e: zlib.crc32(e.data) == crc and has_dwarf(e)
    here = real_dir(elf.path)
    places = [os.path.join(here, name), os.path.join(here, ".debug", name)]
    return hunt.first(places + [os.path.join(d + here, name) for d in debug_dirs]), hunt.looked


def alternate_file(elf: Elf, debug_dirs: list[str]) -> Optional[Elf]:
    """What dwz -m moved out: the file that .gnu_debugaltlink names, or DWARF 5's .debug_sup."""
    name, build_id = link_of(elf, ".gnu_debugaltlink")
    if not name:
        name, rest = link_of(elf, ".debug_sup", 3)  # behind a version and a flag: is this the supplementary file?
        build_id = rest[1:]
        supplementary = elf.section(".debug_sup")
        if not name or not supplementary or supplementary.buf[supplementary.lo + 2]:
            return None
    hunt = Hunt(lambda e: build_id in (e.build_id(), link_of(e, ".debug_sup", 3)[1][1:]))
    places = [os.path.join(real_dir(elf.path), name)] + by_build_id(build_id, debug_dirs)
    found = hunt.first(places + [os.path.join(d, ".dwz", os.path.basename(name)) for d in debug_dirs])
    if not found:
        raise Refusal("shares its debug information (dwz) with a file that is not found", looked_for(hunt.looked))
    return found


def looked_for(paths: list[str]) -> str:
    return "looked for " + ", ".join(paths)


def has_dwarf(elf: Elf) -> bool:
    return any(h.name.removesuffix(".dwo") in (".debug_info", ".zdebug_info", ".debug_types", ".zdebug_types")
               and h.type != SHT_NOBITS for h in elf.headers)


def open_with_dwarf(data: Buffer, path: str, label: str, debug_dirs: list[str]) -> Elf:
    """The ELF file with the DWARF of this one: itself or its separate debug file."""
    elf = open_elf(data, path, label)
    if has_dwarf(elf):
        return elf
    if any(h.name.startswith((".gnu.lto_", ".gnu.debuglto_")) for h in elf.headers):
        raise Absent("is a slim LTO object (gcc -flto), which holds no finished DWARF", NO_LTO_NOTE)
    if any(h.name == ".llvmbc" for h in elf.headers):
        raise Absent("is LLVM bitcode (clang -flto), which holds no DWARF", NO_LTO_NOTE)
    found, looked = debug_file(elf, debug_dirs)
    if found:
        return found
    stripped = elf.has(".gnu_debuglink") or elf.type != ET_REL and not any(h.type == SHT_SYMTAB for h in elf.headers)
    if stripped:
        raise Absent("is stripped of its debug information, and no debug file of it is found",
                     looked_for(looked) if looked else "it names no debug file: it has neither build-id nor debuglink")
    raise Absent("holds no DWARF: it was built without -g, or stripped of it",
                 *([looked_for(looked)] if looked else []))
