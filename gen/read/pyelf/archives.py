# SPDX-License-Identifier: MIT
"""Files and archives of them, thin ones too, which pyelftools does not read."""
from __future__ import annotations

import functools
import mmap
import os
from typing import Callable, Iterator

from .elf import Buffer
from .refusal import Corrupt, Refusal

read_files: set[str] = set()  # all that were opened, by their real paths

Opener = Callable[[], Buffer]


def map_file(path: str) -> Buffer:
    try:
        with open(path, "rb") as stream:
            read_files.add(os.path.realpath(path))
            if os.fstat(stream.fileno()).st_size == 0:
                return b""
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise Refusal(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def objects(path: str) -> Iterator[tuple[str, Opener, str]]:
    """Label, a function that gives the content, and path: of the file itself, or of each member of the archive."""
    data = map_file(path)
    if data[:8] in (b"!<arch>\n", b"!<thin>\n"):
        yield from _members(data, path)
    else:
        yield path, lambda: data, path


def _slice(data: Buffer, start: int, size: int) -> Buffer:
    return data[start:start + size]


def _members(data: Buffer, path: str) -> Iterator[tuple[str, Opener, str]]:
    """Of all that are not tables: ar's own (/, //, /SYM64/) and BSD's (__.SYMDEF)."""
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
            raise Refusal(f"truncated: a member of the archive would end at byte {start + size}, but it has {len(data)}")
        at = start + (size + (size & 1) if inside else 0)
        if name == b"//":
            long_names = data[start:start + size]
        if is_table:
            continue
        if name.startswith(b"#1/") and name[3:].isdigit():  # BSD: the name stands in front of the content
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
            yield f"{path}({text})", functools.partial(_slice, data, start, size), path
    if at < len(data) and data[at:].strip(b"\n\0"):
        raise Refusal(f"truncated: a member of the archive would end behind byte {len(data)}")
