# SPDX-License-Identifier: MIT
"""Broken objects for the helper over pyelftools, many in one process: there is always an answer, soon, in little memory, never a traceback.

GEN_OPAQUE_SEED chooses how they are broken, GEN_OPAQUE_DWARF_BROKEN=N makes N of each (default 60).
"""
import json
import os
import random
import re
import struct
import subprocess
import sys
import zlib

import pytest

import reader
import support
from test_hostile import KINDS, build, damaged

COUNT = int(os.environ.get("GEN_OPAQUE_DWARF_BROKEN", 60))
HELPER = support.SOURCE_ROOT / "gen" / "read"
ERRORS = {"absent", "refused", "corrupt", "unable"}  # never "limit"
LOOP = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
import dwarf_facts
for line in sys.stdin:
    start = time.process_time()
    reply = dwarf_facts.respond(json.loads(line))
    print(json.dumps([reply, time.process_time() - start]), flush=True)
"""


class Helper:
    """One process that is asked for a file that changes."""

    def __init__(self, path):
        self.request = {"inputs": [str(path)], "seconds": 5, "mebibytes": 512, "debug_dirs": [], "names": ["conn", "anon_t", "user"]}
        self.process = subprocess.Popen(["/usr/bin/python3", "-B", "-c", LOOP, str(HELPER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def ask(self, op="find", limits=()):
        """An answer in which all that refers to something leads somewhere."""
        self.process.stdin.write(json.dumps(self.request | {"op": op}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the helper died"
        reply, seconds = json.loads(line)
        assert seconds < 5, seconds
        for error in reply["errors"]:
            assert error["kind"] in ERRORS | set(limits) and error["text"] and "reader fails" not in error["text"], error
            assert (error["kind"] == "corrupt") == error["text"].startswith("corrupt: ")
        if op != "names":
            check(reply)
        return reply

    def is_refused(self, op="find"):
        reply = self.ask(op)
        return bool(reply["errors"]) or not reply.get("found", reply.get("names"))


def check(reply):
    dies, sizes = reply["dies"], {key: len(reply[key]) for key in ("objects", "units", "dies")}
    assert all(0 <= unit["object"] < sizes["objects"] for unit in reply["units"])
    assert all(0 <= index < sizes["dies"] for index in reply["found"])
    for die in dies:
        assert 0 <= die["unit"] < sizes["units"] and isinstance(die["tag"], int)
        for index in [die[key] for key in ("type", "scope", "definition") if key in die] + die.get("children", []):
            assert 0 <= index < sizes["dies"]


@pytest.mark.parametrize("kind", KINDS)
def test_mutations(kind, tmp_path):
    path, spots = build(kind, tmp_path)
    print(f"GEN_OPAQUE_SEED={support.SEED}")
    generator = random.Random(f"{support.SEED} helper {kind}")
    good, broken = path.read_bytes(), tmp_path / "broken.o"
    refused = 0
    with Helper(broken) as helper:
        for number in range(COUNT):
            broken.write_bytes(damaged(good, generator, spots))
            refused += helper.is_refused(("find", "list", "find", "names")[number % 4])
    assert 0 < refused < COUNT, "without teeth"


# ---- what a mutation seldom hits ----

def in_section(path, name, change):
    """Change the bytes of a section in place."""
    offset, size, _ = reader.section(path, name)
    data = bytearray(path.read_bytes())
    data[offset:offset + size] = change(bytes(data[offset:offset + size]))[:size].ljust(size, b"\0")
    path.write_bytes(data)


def object_with(folder, *directives):
    """An object whose DWARF is written in assembler: a header of DWARF 4, and what follows."""
    folder.joinpath("made.s").write_text(
        '\t.section .debug_info,"",%progbits\n\t.long end - start\nstart:\n\t.short 4\n\t.long 0\n\t.byte 8\n' + "\n".join(directives[:1]) +
        '\nend:\n\t.section .debug_abbrev,"",%progbits\n' + "\n".join(directives[1:2]) + '\n\t.section .debug_str,"MS",%progbits,1\n\t.asciz "conn"\n')
    support.must("gcc", "-c", "-o", "made.o", "made.s", cwd=folder)
    return folder / "made.o"


UNIT = "\t.uleb128 1, 0x11\n\t.byte 1, 0, 0\n"                                              # DW_TAG_compile_unit with children
NAMESPACE = "\t.uleb128 2, 0x39\n\t.byte 1, 0, 0\n"
RECORD = "\t.uleb128 3, 0x13\n\t.byte 1\n\t.uleb128 0x3, 0xe, 0xb, 0xf\n\t.byte 0, 0\n"     # name: strp, byte_size: udata
FAR = "\t.uleb128 4, 0x13\n\t.byte 1\n\t.uleb128 0x3, 0xe, 0xb, 0x4\n\t.byte 0, 0\n"        # byte_size: block4
LOOPED = "\t.uleb128 5, 0x13\n\t.byte 1\n\t.uleb128 0x1, 0x13, 0x3, 0xe\n\t.byte 0, 0\n"    # sibling: ref4, name: strp
LINK = "\t.uleb128 6, 0x16\n\t.byte 0\n\t.uleb128 0x3, 0xe, 0x49, 0x13\n\t.byte 0, 0\n"     # typedef: name, type: ref4
TABLE = UNIT + NAMESPACE + RECORD + FAR + LOOPED + LINK + "\t.byte 0\n"
MADE = {
    "a deep nest of namespaces": ("\t.byte 1\n\t.fill 200000, 1, 2\n\t.byte 3\n\t.long 0\n\t.byte 8, 0\n\t.fill 200001, 1, 0\n", TABLE),
    "a deep nest of records": ("\t.byte 1\n\t.rept 20000\n\t.byte 3\n\t.long 0\n\t.byte 8\n\t.endr\n\t.fill 20001, 1, 0\n", TABLE),
    "a number of a megabyte": ("\t.byte 1, 3\n\t.long 0\n\t.fill 1000000, 1, 0x80\n\t.byte 1, 0, 0\n", TABLE),
    "a block of a gigabyte": ("\t.byte 1, 4\n\t.long 0, 0x40000000\n\t.fill 1000000, 1, 1\n\t.byte 0, 0\n", TABLE),
    "a sibling that is itself": ("\t.byte 1\n\t.byte 5\n\t.long 12, 0\n\t.byte 0, 0\n", TABLE),
    "typedefs of each other": ("\t.byte 1\n\t.byte 6\n\t.long 0, 21\n\t.byte 6\n\t.long 0, 12\n\t.byte 0\n", TABLE),
    "a long chain of typedefs": ("\t.byte 1\n\t.rept 10000\n\t.byte 6\n\t.long 0, . - start + 4 + 4\n\t.endr\n\t.byte 6\n\t.long 0, 12\n\t.byte 0\n", TABLE),
    "an abbreviation of a megabyte": ("\t.byte 1, 0\n", UNIT + "\t.uleb128 2, 0x13\n\t.byte 1\n\t.fill 1000000, 1, 0x83\n\t.byte 1, 1, 0, 0, 0\n"),
    "half a million attributes": ("\t.byte 1, 2\n\t.fill 1000, 1, 1\n", UNIT + "\t.uleb128 2, 0x13\n\t.byte 1\n\t.rept 500000\n\t.byte 3, 0xb\n\t.endr\n\t.byte 0, 0, 0\n"),
}


@pytest.mark.parametrize("what", MADE)
def test_made(what, tmp_path):
    with Helper(object_with(tmp_path, *MADE[what])) as helper:
        for op in "find", "list", "names":
            helper.ask(op)


def test_many_records_in_each_other_take_few_words(tmp_path):
    """2^20 members, but 21 types."""
    text = "struct s0 { char c; int i; };\n" + "".join(f"struct s{i} {{ struct s{i - 1} a, b; }};\n" for i in range(1, 21))
    with Helper(reader.build(tmp_path, text + "struct s20 x; struct conn { struct s20 s; } c;\n")) as helper:
        assert len(helper.ask()["dies"]) < 100


@pytest.mark.parametrize("mebibytes", [65, 4096])
def test_bomb(mebibytes, tmp_path):
    """A section that says it grows a thousand times is not unpacked."""
    path = reader.build(tmp_path, "struct conn { int x; } c;\n" + "".join(f"struct s{i} {{ int x{i}; }} v{i};" for i in range(4000)), "-gz=zlib")
    size = mebibytes << 20
    zeros = zlib.compress(b"\0" * min(size, 65 << 20), 9)
    in_section(path, ".debug_info", lambda old: struct.pack("<IIQQ", 1, 0, size, 1) + zeros)
    with Helper(path) as helper:
        error, = helper.ask()["errors"]
        assert re.fullmatch(rf"corrupt: its section \.debug_info cannot grow from \d+ to {size} bytes", error["text"])


def test_line_table_without_columns(tmp_path):
    """It says that it has many entries, each of no bytes. It names files for messages only: the type is found."""
    path = reader.build(tmp_path, "struct conn { int x; } c;\n")

    def change(old):
        at = 4 + 2 + 2 + 4 + 6  # behind the header of DWARF 5, and opcode_base
        at += old[at - 1] - 1
        return old[:at] + b"\0" + b"\xff" * 4 + b"\x7f" + old[at + 6:]
    in_section(path, ".debug_line", change)
    with Helper(path) as helper:
        reply = helper.ask()
        assert reply["errors"] == [] and "file" not in reply["dies"][reply["found"][0]]


def test_tables_of_abbreviations():
    """No entry is taken for the end of its table, whatever zeros it ends with."""
    sys.path.insert(0, str(HELPER))
    from pyelf.abbrevs import cut
    plain, empty = b"\x01\x11\x01\x03\x08", b"\x02\x15\x00"
    zero, last = b"\x03\x0d\x00\x03\x08\x38\x21\x00", b"\x81\x01\x0d\x00\x03\x08\x38\x21\xc0\x00"
    for entries in [plain], [plain, empty], [empty, plain], [zero, plain, empty], [plain, last, zero, last], []:
        table = b"".join(entry + b"\0\0" for entry in entries) + b"\0"
        assert cut(table) == entries == cut(table + b"\x07\x11\x01\x03\x08\0\0\0")
