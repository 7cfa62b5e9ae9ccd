# SPDX-License-Identifier: MIT
"""Broken objects, made from good ones: there is always an answer, soon, in little memory, and never a traceback.

GEN_OPAQUE_SEED chooses how they are broken, GEN_OPAQUE_DWARF_BROKEN=N makes N of each (default 60). An object that brings the reader down stays in pytest's temporary folder.
"""
import json
import os
import random
import subprocess

import pytest
from elftools.elf.elffile import ELFFile

import reader
import support

COUNT = int(os.environ.get("GEN_OPAQUE_DWARF_BROKEN", 60))
TEXT = """struct list { struct list *next, *prev; };
struct conn { int fd; struct list list; unsigned state : 3; union { long n; char text[24]; }; double d[3][2]; };
typedef struct { int x; struct conn *c; int (*f)(int, char); } anon_t;
enum colour { RED, GREEN };
struct user { enum colour c; const volatile char *p; _Atomic int i; } user;
struct conn conn; anon_t anon;
int main(void) { return 0; }
"""
# kind: compiler, flags, and what is made of the object
KINDS = {
    "gcc": ("gcc", [], None), "gcc 4": ("gcc", ["-gdwarf-4"], None), "clang": ("clang-14", [], None),
    "type units": ("gcc", ["-fdebug-types-section", "-gdwarf-4"], None), "zlib": ("gcc", ["-gz"], None),
    "zstd": ("clang-19", ["-gz=zstd"], None), "split": ("gcc", ["-gsplit-dwarf"], None),
    "archive": ("gcc", [], ("ar", "rcs", "made", "conn.o")), "program": ("gcc", [], ("gcc", "-o", "made", "conn.o")),
    "dwz": ("gcc", [], ("sh", "-c", "gcc -o made conn.o && dwz made")),
    "s390x": ("s390x", [], None), "mips": ("mips", [], None), "i686": ("i686", ["-gdwarf-4"], None),
}
NEEDED = {"dwz": "dwz", "zstd": "clang-19"}


def build(kind, folder):
    """An object of a kind, and where the reader looks in it: [(start, size)]."""
    name, flags, command = KINDS[kind]
    support.need(NEEDED.get(kind, "gcc"))
    if kind == "zstd":
        pytest.importorskip("zstandard")
    path = reader.build(folder, TEXT, *flags, words=reader.compiler(name))
    start = 0
    if command:
        support.must(*command, cwd=folder)
        inner, path = path.read_bytes(), folder / "made"
        start = path.read_bytes().find(inner) if kind == "archive" else 0
    elif kind == "split":
        path = folder / "conn.dwo"
    source = folder / "conn.o" if kind == "archive" else path
    names = [f".debug_{n}{'.dwo' if kind == 'split' else ''}" for n in ("info", "abbrev", "str")]
    spots = [(start + offset, size) for offset, size in (reader.section(source, section)[:2] for section in names)]
    return path, spots + [(start, 64), (0, 68)]


def damaged(data, generator, spots):
    """A copy with some bytes changed, most of them in spots: (start, size) of what the reader looks at."""
    data = bytearray(data)
    for _ in range(generator.choice((1, 1, 2, 3, 8))):
        start, size = generator.choice(spots) if generator.random() < 0.9 else (0, len(data))
        at = min(start + generator.randrange(max(size, 1)), len(data) - 1)
        choice = generator.randrange(6)
        if choice == 0:
            data[at] ^= 1 << generator.randrange(8)
        elif choice == 1:
            data[at] = generator.choice((0, 1, 0x7f, 0x80, 0xff))
        elif choice == 2:
            data[at:at + 4] = generator.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f"))
        elif choice == 3:
            other = generator.randrange(len(data))
            data[at:at + 16] = data[other:other + 16]
        elif choice == 4:
            data[at:at + 8] = generator.randbytes(8)
        else:
            del data[generator.randrange(len(data)):]
            break
    return bytes(data)


class Reader:
    """One process that asks for a file that changes. Every request goes to libdw, every tenth to the helper as well."""

    def __init__(self, path):
        self.request = {"inputs": [str(path)], "seconds": 5, "mebibytes": 512, "debug_dirs": [],
                        "types": [reader.type_name(t) for t in ("struct conn", "anon_t", "struct user")]}
        self.process = subprocess.Popen([reader.ASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.asked = self.unable = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def ask(self, engine, more):
        """Whatever the file holds, the answer is sane."""
        self.process.stdin.write(json.dumps(self.request | more | {"engine": engine}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the asking program died"
        reply = json.loads(line)
        text = " ".join(row["text"] for row in reply["diagnostics"])
        for bad in ("did not finish", "MiB", "reader fails", "died of", "cannot be read:"):
            assert bad not in text, text
        errors = [row for row in reply["diagnostics"] if row["severity"] == 2]
        assert bool(errors) != bool(reply["layouts"]) or more.get("all") and not errors  # all there is may be nothing
        for row in reply["layouts"]:
            assert 0 < row["align_low"] <= row["align"] and 0 <= row["size"] < 1 << 61 and row["line"] >= 0
        return reply

    def refuses(self, **more):
        """Asks once; is the answer a refusal?"""
        reply = self.ask("libdw", more)
        self.unable += reader.is_unable(reply)
        if self.asked % 10 == 0 or reader.is_unable(reply) and self.asked % 3 == 0:
            reply = self.ask("pyelftools", more)
        self.asked += 1
        return not reply["layouts"]


@pytest.mark.parametrize("kind", KINDS)
def test_mutations(kind, tmp_path):
    path, spots = build(kind, tmp_path)
    print(f"GEN_OPAQUE_SEED={support.SEED}")
    generator = random.Random(f"{support.SEED} {kind}")
    good, broken = path.read_bytes(), tmp_path / "broken.o"
    refused = 0
    with Reader(broken) as asker:
        for number in range(COUNT):
            broken.write_bytes(damaged(good, generator, spots))
            refused += asker.refuses(all=number % 3 == 0)
    print(f"{kind}: {COUNT - refused} answered, {refused} refused; libdw was unable {asker.unable} times")
    assert 0 < refused < COUNT, "without teeth"


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_at_every_border(kind, tmp_path):
    """Around the start and the end of each section, and of the tables."""
    path, _ = build(kind, tmp_path)
    good, cut = path.read_bytes(), tmp_path / "cut.o"
    borders = {0, 16, 60, 64, 68, len(good)}
    with open(tmp_path / "conn.o" if kind == "archive" else path, "rb") as stream:
        for section in ELFFile(stream).iter_sections():
            borders |= {section["sh_offset"], section["sh_offset"] + section["sh_size"]}
    sizes = {min(max(border + step, 0), len(good) - 1) for border in borders for step in (-1, 0, 1)}
    with Reader(cut) as asker:
        for size in sorted(sizes):
            cut.write_bytes(good[:size])
            assert asker.refuses() or kind == "archive" or size >= len(good) - 2, size


def test_truncated_at_every_length(tmp_path):
    path = reader.build(tmp_path, "struct conn { int x; } conn;\n")
    good, cut = path.read_bytes(), tmp_path / "cut.o"
    assert len(good) > 1000
    with Reader(cut) as asker:
        for size in range(0, len(good), 7):
            cut.write_bytes(good[:size])
            text = asker.ask("libdw", {})["diagnostics"][0]["text"]
            assert "truncated: " in text or size == 0 and text == "is empty", (size, text)


@pytest.mark.parametrize("target, text", [
    # A typedef of itself, a struct within itself: the reference leads back.
    ("typedef", "types of its DWARF nest too deeply, or in a circle"),
    ("member", "types of its DWARF nest too deeply, or in a circle")])
def test_circles(target, text, tmp_path):
    path = reader.build(tmp_path, "typedef int number;\nstruct conn { number x; } conn;\n", "-gdwarf-4",
                        words=reader.compiler("clang-14"))
    dump = support.must("readelf", "--debug-dump=info", path).out
    tag = "DW_TAG_typedef" if target == "typedef" else "DW_TAG_member"
    block = dump.split(f"({tag})")[1].split("(DW_TAG_")[0]
    place = int(next(line for line in block.splitlines() if "DW_AT_type" in line).split("<")[1].split(">")[0], 16)
    what = "DW_TAG_typedef" if target == "typedef" else "DW_TAG_structure_type"
    back = int(dump.split(f"({what})")[0].rsplit("><", 1)[1].split(">")[0], 16)
    data = bytearray(path.read_bytes())
    offset, _, _ = reader.section(path, ".debug_info")
    data[offset + place:offset + place + 4] = back.to_bytes(4, "little")
    path.write_bytes(data)
    assert reader.refusal(path) == [f"{path}: error: corrupt: {text}"]
