# SPDX-License-Identifier: MIT
"""The truth about layouts: numbers and bit patterns that a compiler puts into an object, found there behind a mark.

Nothing here knows a format of object files: a mark is searched for in their bytes.
"""
from typing import NamedTuple

import support

MARK = (0x9e3779b9, 0x7f4a7c15, 0xf39cc060, 0x5cedc834)
BITS_MARK = b"gen-opaque bits"  # and the zero that ends it


class Truth(NamedTuple):
    size: int
    align: int


class Probe:
    """Asks one compiler about the types of a source."""

    def __init__(self):
        self.declarations = []
        self.numbers = []  # (key, constant expression)
        self.patterns = []  # (key, type, field)

    def type(self, key, name):
        self.declarations.append(f"struct place_{key} {{ char c; {name} t; }};")
        self.numbers.append((f"size_{key}", f"sizeof({name})"))
        self.offset(key, f"struct place_{key}", "t", "align")

    def offset(self, key, name, field, prefix="offset"):
        self.numbers.append((f"{prefix}_{key}", f"__builtin_offsetof({name}, {field})"))

    def size_of_field(self, key, name, field):
        self.numbers.append((f"sizeof_{key}", f"sizeof((({name} *)0)->{field})"))

    def bits(self, key, name, field):
        """A value of ones in a bit-field. All of them stand in one struct, at places that are asked for as well."""
        self.offset(f"bits_{key}", "struct probe_bits", f"bits_{key}")
        self.numbers.append((f"size_bits_{key}", f"sizeof({name})"))
        self.patterns.append((key, name, field))

    def text(self):
        lines = list(self.declarations)
        if self.patterns:
            lines += ["struct probe_bits {", "\tchar mark[16];"]
            lines += [f"\t{name} bits_{key};" for key, name, _ in self.patterns]
            lines += [f'}} probe_bits = {{ "{BITS_MARK.decode()}",']
            lines += [f"\t{{ .{field} = -1 }}," for _, _, field in self.patterns]
            lines += ["};"]
        lines += ["unsigned probe_numbers[] = {", *(f"\t{n:#x}," for n in MARK), *(f"\t{n}," for _, n in self.numbers), "};"]
        return "\n".join(lines) + "\n"

    def run(self, words, source, *flags):
        """Compile the source with the questions behind it, and find the answers."""
        source.write_text(source.read_text() + self.text())
        target = source.with_suffix(".o")
        support.must(*words, "-w", *flags, "-g0", "-c", "-o", target.name, source.name, cwd=source.parent)
        data = target.read_bytes()
        order, at = next((o, at) for o in ("little", "big")
                         if (at := data.find(b"".join(n.to_bytes(4, o) for n in MARK))) >= 0)
        self.big = order == "big"
        at += 4 * len(MARK)
        self.values = {key: int.from_bytes(data[at + 4 * i:at + 4 * i + 4], order)
                       for i, (key, _) in enumerate(self.numbers)}
        self.patterns_at = data.find(BITS_MARK + b"\0")
        self.data = data

    def truth(self, key):
        return Truth(self.values[f"size_{key}"], self.values[f"align_{key}"])

    def bit_range(self, key):
        """First bit and count of a bit-field of ones, counted as the machine does."""
        start = self.patterns_at + self.values[f"offset_bits_{key}"]
        data = self.data[start:start + self.values[f"size_bits_{key}"]]
        ones = [8 * i + bit for i, byte in enumerate(data) for bit in range(8)
                if byte >> (7 - bit if self.big else bit) & 1]
        return ones[0], len(ones)
