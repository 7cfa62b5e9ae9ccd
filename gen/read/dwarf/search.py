# SPDX-License-Identifier: MIT
"""Where texts and numbers stand in a section, at the speed of C and without holding the section in memory."""
from __future__ import annotations

from typing import Iterable, Iterator

from .elf import Order, Section, give_back

CHUNK = 1 << 20


def places(section: Section, pattern: bytes) -> Iterator[int]:
    """Where some bytes stand."""
    for start in range(section.lo, section.hi, CHUNK):
        end = min(start + CHUNK, section.hi)
        chunk = section.buf[start:min(end + len(pattern) - 1, section.hi)]
        at = chunk.find(pattern)
        while at >= 0:
            yield start + at
            at = chunk.find(pattern, at + 1)
        give_back(section.buf, start, end)


def numbers(section: Section, wanted: Iterable[int], order: Order) -> Iterator[int]:
    """Where one of some numbers of four bytes stands, not in order."""
    for number in wanted:
        pattern = number_bytes(number, order)
        if order == "big":
            yield from places(section, pattern)
        else:  # the last byte of a small number is zero, as so many are: the search is faster without it
            yield from (at for at in places(section, pattern[:3]) if section.buf[at + 3:at + 4] == pattern[3:])


def number_bytes(number: int, order: Order) -> bytes:
    """The low half of a wide one."""
    return (number & 0xffffffff).to_bytes(4, order)
