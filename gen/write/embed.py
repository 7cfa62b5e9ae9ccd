#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Text files as a C header: embed.py OUTPUT INPUT... makes html_page_css[] of html_page.css."""
import pathlib
import sys


def main() -> None:
    output, *inputs = map(pathlib.Path, sys.argv[1:])
    lines = []
    for path in inputs:
        data = path.read_bytes() + b"\0"
        lines.append(f"static const char {path.name.replace('.', '_')}[] = {{")
        lines += [", ".join(str(b) for b in data[at:at + 24]) + "," for at in range(0, len(data), 24)]
        lines.append("};")
    output.write_text("\n".join(lines) + "\n")


main()
