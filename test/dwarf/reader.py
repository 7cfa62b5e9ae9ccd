# SPDX-License-Identifier: MIT
"""Asks both readers of object files (ask_dwarf.c), and holds them against each other: whoever reads, the answer is one.

What libdw cannot read it says so of; users get the answer of the helper then, and so do the tests.
"""
import json
import os
import pathlib
import subprocess

from elftools.elf.elffile import ELFFile

import support
from support.compilers import words as compiler

ASK = os.environ.get("ASK_DWARF", str(support.BUILD_ROOT / "test" / "ask_dwarf"))
ENGINES = ("libdw", "pyelftools")
UNABLE = ("cannot be read by libdw", "which this libdw cannot read", "which libdw cannot join", "libdw is not built in")


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


def raw(request, cwd=None, timeout=200):
    """One engine's answer. It never fails, and says nothing on stderr."""
    done = subprocess.run([ASK], input=json.dumps(request) + "\n", capture_output=True, text=True, cwd=cwd, timeout=timeout)
    assert (done.returncode, done.stderr) == (0, ""), done
    answer = json.loads(done.stdout)
    assert set(answer) == {"layouts", "diagnostics", "files"}
    return answer


def facts(text, **environment):
    """What the helper prints for a request's text. It never fails, and says nothing on stderr."""
    done = subprocess.run(["/usr/bin/python3", "-B", str(support.SOURCE_ROOT / "gen" / "read" / "dwarf_facts.py")], input=text,
                          capture_output=True, text=True, timeout=200, env=dict(os.environ, **environment))
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def is_unable(answer):
    return any(text in row["text"] for row in answer["diagnostics"] for text in UNABLE)


def comparable(answer):
    """What both engines have to say alike: how broken a file is they may put into other words."""
    words = [line.split("corrupt: ")[0] for line in words_of(answer)]
    return {"layouts": [dict(row) for row in answer["layouts"]], "words": words}


def ask(inputs, types=(), cwd=None, **more):
    inputs = [inputs] if isinstance(inputs, (str, pathlib.Path)) else inputs
    request = {"inputs": [str(path) for path in inputs], "types": [type_name(t) for t in types], **more}
    by_libdw, by_helper = (raw(request | {"engine": engine}, cwd) for engine in ENGINES)
    if is_unable(by_libdw):
        return by_helper
    one, other = comparable(by_libdw), comparable(by_helper)
    for x, y in zip(one["layouts"], other["layouts"]):
        if "file" not in x or "file" not in y:  # which needs a line table that not everyone finds
            x.pop("file", None)
            y.pop("file", None)
    assert one == other
    return by_libdw


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
