# SPDX-License-Identifier: MIT
"""Asks gen/read/dwarf_layout.py."""
import json
import pathlib
import subprocess
import sys

from elftools.elf.elffile import ELFFile

import support
from support.compilers import words as compiler

HELPER = support.SOURCE_ROOT / "gen" / "read" / "dwarf_layout.py"


def compile(words, source, *flags, target=None):
    """Compile a source to an object; gives its path."""
    target = target or source.with_suffix(".o")
    support.must(*words, "-w", "-g", *flags, "-c", "-o", target.name, source.name, cwd=target.parent)
    return target


def build(folder, text, *flags, words=("gcc",), name="conn"):
    """An object of a text."""
    source = pathlib.Path(folder, name + ".c")
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(text)
    return compile(words, source, *flags)


def type_name(text):
    word, _, name = text.rpartition(" ")
    return {"kind": word or "typedef", "name": name}


def raw(text, cwd=None, timeout=120):
    """What the helper prints for a request's text. It never fails, and says nothing on stderr."""
    done = subprocess.run([sys.executable, str(HELPER)], input=text, capture_output=True, text=True, cwd=cwd,
                          timeout=timeout)
    assert (done.returncode, done.stderr) == (0, ""), done
    answer = json.loads(done.stdout)
    assert set(answer) == {"layouts", "diagnostics", "files"}
    return answer


def ask(inputs, types=(), cwd=None, **more):
    inputs = [inputs] if isinstance(inputs, (str, pathlib.Path)) else inputs
    request = {"inputs": [str(path) for path in inputs], "types": [type_name(t) for t in types], **more}
    return raw(json.dumps(request), cwd)


def layouts(inputs, *types, **more):
    """Of types that are all there, without a word of complaint."""
    answer = ask(inputs, types, **more)
    assert answer["diagnostics"] == [] and len(answer["layouts"]) == len(types), answer["diagnostics"]
    return answer["layouts"]


def words_of(answer):
    """Diagnostics as lines: 'file:line: severity: text', notes below."""
    def lines(rows):
        for row in rows:
            where = "".join(f"{part}:" for part in (row.get("file"), row["line"]) if part)
            yield f"{where}{' ' if where else ''}{('note', 'warning', 'error')[row['severity']]}: {row['text']}"
            yield from lines(row["notes"])
    return list(lines(answer["diagnostics"]))


def refusal(inputs, *types, **more):
    """The words of an answer that holds no layout."""
    answer = ask(inputs, types or ("struct conn",), **more)
    assert answer["layouts"] == []
    return words_of(answer)


def section(path, name):
    """Offset and size of a section in its file, and the offset of its header."""
    with open(path, "rb") as stream:
        elf = ELFFile(stream)
        index = next(i for i in range(elf.num_sections()) if elf.get_section(i).name == name)
        found = elf.get_section(index)
        return found["sh_offset"], found["sh_size"], elf["e_shoff"] + index * elf["e_shentsize"]
