# SPDX-License-Identifier: MIT
"""Inputs and what emit makes of them, side by side: NAME.c, and NAME_opaque.h, NAME_fwd.h and NAME.stderr.

The first line of an input is a comment with emit's options; -o NAME_opaque.h is always given.
"""
import pathlib
import shlex
import shutil

FOLDER = pathlib.Path(__file__).resolve().parent
ENDINGS = ("_opaque.h", "_fwd.h", ".stderr")


def inputs():
    return sorted(path for path in FOLDER.glob("*.c"))


def arguments(path):
    line = path.read_text().split("\n", 1)[0]
    assert line.startswith("/* emit ") and line.endswith(" */"), f"{path.name}: the first line has emit's options"
    return shlex.split(line.removeprefix("/* emit ").removesuffix(" */"))


def produce(tool, run, path, folder):
    """{file name: text} of what the tool at `tool` makes of an input in an empty folder; no text where it makes none."""
    shutil.copy(path, folder)
    before, flags = arguments(path), []
    if "--" in before:
        at = before.index("--")
        before, flags = before[:at], before[at:]
    done = run(tool, "emit", *before, "-o", f"{path.stem}_opaque.h", "--root", ".", path.name, *flags, cwd=folder)
    assert done.status == (2 if "error:" in done.err else 0), done
    made = {}
    for ending in ENDINGS:
        name = path.stem + ending
        text = done.err if ending == ".stderr" else (folder / name).read_text() if (folder / name).exists() else ""
        made[name] = text
    return made


def expected(path):
    """The same from the files beside the input."""
    names = (path.stem + ending for ending in ENDINGS)
    return {name: (FOLDER / name).read_text() if (FOLDER / name).exists() else "" for name in names}
