# SPDX-License-Identifier: MIT
"""One header for every target there is, of random types: no target's own compiler finds a wrong number in it.

GEN_OPAQUE_SEED chooses the types, GEN_OPAQUE_AGREE_TYPES=N makes more of them. What fails stays in the build directory
under agreement/: the types, the header, and those of the types that the compiler named.
"""
import concurrent.futures
import os
import random
import re
import shlex
import shutil
from typing import NamedTuple

import pytest

import support
from support.compilers import CLANG_OF, GCC_OF, UNKNOWN_TO_14, libc_for_msvc, words_for
from support.random_types import Random, closure, source_of

TYPES = 60  # in one header
HEADERS = -(-int(os.environ.get("GEN_OPAQUE_AGREE_TYPES", 900)) // (TYPES * 15))
KEPT = support.BUILD_ROOT / "agreement"
ALL = [*GCC_OF, *CLANG_OF]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wundef", "-Wc++-compat", "-Wcast-qual", "-Werror"]
HOLDER = """\
struct {base}_opaque one_{base}, two_{base}[2];
void use_{base}(struct {base}_opaque *to);
void use_{base}(struct {base}_opaque *to)
{{
	two_{base}[1] = *to;
	{base}_opaque_copy(to, &one_{base});
	{base}_opaque_zero(&one_{base});
}}
"""


def members(t):
    """Fields that a shadow can have at their place: no union's, none that is packed."""
    return [] if t.word == "union" or re.search(r"packed|pack\(|union", t.text) else t.fields


class Batch:
    """Random types in a folder, and one header of them for some targets."""

    def __init__(self, folder, seed, targets):
        self.folder, self.targets = folder, targets
        self.all = Random(random.Random(seed), TYPES, False).types
        self.types = [t for t in self.all if not t.flexible]
        folder.mkdir()
        # Their own words are not what warnings are wanted of.
        support.write(folder, {"types/types.h": source_of(self.all)})
        libc_for_msvc(folder / "libc")

    def emit(self, *arguments, expose=False):
        """The text of the header."""
        wanted = []
        for t in self.types:
            wanted += ["-t", t, *(w for f in t.fields for w in ("--offset", f)),
                       *(w for f in members(t) if expose for w in ("--expose", f))]
        done = support.gen("emit", *wanted, "--guard", "-o", "o.h", *arguments, cwd=self.folder)
        assert done.status == 0, self.keep(done.err)
        support.write(self.folder, {
            "owner.c": '#include "types.h"\n#include "o.h"\n' + "".join(f"{t.name.upper()}_OPAQUE_CHECK();\n" for t in self.types),
            "holder.c": '#include "o.h"\n' + "".join(HOLDER.format(base=t.name) for t in self.types)})
        return (self.folder / "o.h").read_text()

    def _complaints(self, target, standard, source):
        words = words_for(target)
        # The last two tell of what gcc did differently once, whatever the header.
        strict = ["-Wcast-align=strict", "-Wno-psabi", "-Wno-packed-bitfield-compat"] if target in GCC_OF else ["-Wcast-align"]
        return support.run(*words, f"-std={standard}", *WARNINGS, *strict, "-isystem", "types", "-isystem", "libc",
                           "-fsyntax-only", source, cwd=self.folder).err

    def errors(self, targets=None, sources=(("gnu11", "owner.c"), ("c99", "holder.c"))):
        """{target: what its compiler says}, where it says anything."""
        work = [(target, *source) for target in targets or self.targets for source in sources]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            said = pool.map(lambda one: self._complaints(*one), work)
        found = {}
        for (target, *_), text in zip(work, said):
            if text:
                found[target] = found.get(target, "") + text
        return found

    def owner_errors(self, targets):
        return self.errors(targets, [("gnu11", "owner.c")])

    def keep(self, why):
        """What failed, in a folder that outlives the test, and its name with the reason."""
        folder = KEPT / self.folder.name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        blamed = [t for t in self.types if re.search(rf"\b{t.name}(_opaque)?\b", why)]
        (folder / "why.txt").write_text(why)
        (folder / "blamed.h").write_text(source_of(closure(blamed[0], self.all)) if blamed else "")
        return f"GEN_OPAQUE_SEED={support.SEED}, see {folder}\n{why[:3000]}"

    def check(self):
        said = self.errors()
        assert not said, self.keep("".join(f"{target}:\n{text}\n" for target, text in said.items()))


def compilers(targets):
    return [word for target in targets for word in ("--cc", shlex.join(words_for(target)))]


def by_compilers(batch):
    return batch.emit("--from", "cc", *compilers(batch.targets), "types/types.h", "--", "-fno-strict-aliasing")


def from_source(batch):
    """libclang finds, spells and explains; each compiler has the last word."""
    return batch.emit(*compilers(batch.targets), "types/types.h", "--", "-fno-strict-aliasing", expose=True)


def from_objects(batch):
    """One of each target. What leaves no trace in DWARF is not asked for."""
    batch.types = [t for t in batch.types if not t.hidden]
    objects = [f"{target}.o" for target in batch.targets]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda target: support.must(*words_for(target), "-w", "-g", "-x", "c", "-c", "-o", f"{target}.o",
                                                  "types/types.h", cwd=batch.folder), batch.targets))
    return batch.emit("--from", "dwarf", *objects)


class Way(NamedTuple):
    """How the numbers are got, and for which targets."""

    emit: callable
    targets: list


WAYS = {
    "by compilers": Way(by_compilers, ALL),
    "from source": Way(from_source, [target for target in ALL if target not in UNKNOWN_TO_14]),
    "from objects": Way(from_objects, [target for target in GCC_OF if "mingw" not in target]),
}


def batch_of(folder, way, number):
    name = f"targets-{way}-{support.SEED}-{number}".replace(" ", "-")
    return Batch(folder / name, f"{support.SEED} {way} {number}", WAYS[way].targets)


@pytest.mark.parametrize("way", WAYS)
def test_every_target_agrees(way, tmp_path):
    for number in range(HEADERS):
        batch = batch_of(tmp_path, way, number)
        assert len(batch.types) > TYPES * 0.8
        text = WAYS[way].emit(batch)
        assert text.count("\n#if ") and all(re.search(rf"^/\*.*\b{target}\b.*\*/$", text, re.M) for target in batch.targets)
        batch.check()
        shutil.rmtree(batch.folder)


def test_the_tables_are_the_tools(tmp_path):
    """Every target that a header can be for is tried here."""
    support.write(tmp_path, {"s.h": "struct s { int n; };\n"})
    done = support.gen("emit", "-t", "struct s", "--target", "x86_64", "--target", "no-such-target", "-o", "o.h", "s.h",
                       cwd=tmp_path)
    known = re.search(r"note: known are (.*)", done.err).group(1).split(", ")
    assert sorted(known) == sorted(ALL)


# ---- the test has teeth ----

WRONG = {  # a number's name, what makes it wrong, what the owner's check then says
    "{}_SIZE": (lambda n: n + 1, "its size"),
    "{}_ALIGN": (lambda n: n * 2, "its alignment"),
    "{}_OFFSETOF_{}": (lambda n: n + 1, "the offset of {}"),
    "{}_SIZEOF_{}": (lambda n: n + 1, "the size of {}"),
}
SAID = re.compile(r"error: .*\b(t\d+): (its size|its alignment|the (?:offset|size) of m\w+) is not")


def rungs(text):
    """[(targets, start, end)] of the ladder in a header's text."""
    starts = list(re.finditer(r"^/\* ([\w, -]+) \*/\n#(?:el)?if ", text, re.M))
    ends = [found.start() for found in starts[1:]] + [text.index('\n#error "o.h does not know')]
    return [(found.group(1).split(", "), found.start(), end) for found, end in zip(starts, ends)]


def spoil(batch, rung, generator):
    """The rung's text with one number of each kind wrong, each of another type, and what is to be said about them."""
    types = generator.sample([t for t in batch.types if t.fields], len(WRONG))
    expected = set()
    for t, (name, (change, said)) in zip(types, WRONG.items()):
        field = generator.choice(t.fields)
        define = name.format(t.name.upper(), field.upper())
        rung, count = re.subn(rf"^(#define {define}) (\d+)$", lambda found: f"{found[1]} {change(int(found[2]))}", rung, flags=re.M)
        assert count == 1, define
        expected.add((t.name, said.format(field)))
    return rung, expected


def test_a_wrong_number_in_one_rung_is_seen_there(tmp_path):
    """Each rung in turn, by its own targets; and by them alone."""
    batch = batch_of(tmp_path, "by compilers", 0)
    text = by_compilers(batch)
    found = rungs(text)
    generator = random.Random(support.SEED)
    assert sorted(target for targets, _, _ in found for target in targets) == sorted(ALL)
    for targets, start, end in found:
        rung, expected = spoil(batch, text[start:end], generator)
        (batch.folder / "o.h").write_text(text[:start] + rung + text[end:])
        said = batch.owner_errors(targets)
        assert {target: set(SAID.findall(said.get(target, ""))) for target in targets} == dict.fromkeys(targets, expected)
    others = [target for target in ALL if target not in targets]
    assert batch.owner_errors(others) == {}
