# SPDX-License-Identifier: MIT
"""Random types, what a compiler says of them, and what each reader of gen-opaque says."""
import re
import shlex
from typing import NamedTuple

import support
from support.compilers import ELF
from support.probe import Probe
from support.random_types import Type, closure, source_of

NO_LIBCLANG = {"sh4", "alpha", "hppa"}  # targets that libclang does not have


class Answer(NamedTuple):
    """Of one type. The alignment is from low to high; a field is (offset, size)."""

    size: int
    low: int
    high: int
    fields: dict

    def agrees(self, truth):
        return self.holds(truth) and self.low == self.high

    def holds(self, truth):
        """Is the truth within what is said?"""
        return (self.size, self.fields) == (truth.size, truth.fields) and self.low <= truth.low <= self.high


class Refused(Exception):
    """A reader gives no answer."""


class Batch:
    """A source with types, in a folder, for one compiler with flags."""

    def __init__(self, folder, words, flags, types):
        self.folder, self.words, self.flags, self.types = folder, words, flags, types
        folder.mkdir(parents=True, exist_ok=True)
        self.source = folder / "types.c"
        self.source.write_text(source_of(types))
        self.truth = self._ask_compiler()
        # What gen-opaque refuses to make a shadow of: these are not asked for.
        self.asked = [t for t in types if not t.flexible and self.truth[t.name].size % self.truth[t.name].low == 0
                      and self.truth[t.name].size > 0]

    def _ask_compiler(self):
        path, probe = self.folder / "probe.c", Probe()
        path.write_text(source_of(self.types))
        for t in self.types:
            probe.type(t.name, str(t))
            for field in t.fields:
                probe.offset(f"{t.name}_{field}", str(t), field)
                probe.size_of_field(f"{t.name}_{field}", str(t), field)
        probe.run(self.words, path, *self.flags)
        return {t.name: Answer(*probe.truth(t.name), probe.truth(t.name).align, {
            field: tuple(probe.values[f"{what}_{t.name}_{field}"] for what in ("offset", "sizeof"))
            for field in t.fields}) for t in self.types}

    # ---- readers: {name of a type: Answer} ----

    def header(self, *options):
        """By the header that emit makes of the source."""
        return self._emit("--cc", shlex.join(self.words), *options, self.source, "--", "-fno-strict-aliasing", *self.flags)

    def objects(self):
        """By the header that emit makes of the object, and the list for the lower bounds."""
        target = self.source.with_suffix(".o")
        support.must(*self.words, "-w", "-g", *self.flags, "-c", "-o", target, self.source)
        said = self._emit("--from", "dwarf", target)
        listed = {}
        for line in support.must(support.tool(), "list", target).out.splitlines()[1:]:
            name, size, align = line.split("\t")[:3]
            listed[name.split()[-1]] = [int(n) for n in align.split("..")]
        for name, answer in said.items():
            low, high = listed[name][0], listed[name][-1]
            assert high == answer.high, f"emit and list differ about {name}"
            said[name] = answer._replace(low=low)
        return said

    def _emit(self, *arguments):
        wanted = [word for t in self.asked for word in ("-t", t, *(w for f in t.fields for w in ("--offset", f)))]
        done = support.gen("emit", *wanted, *arguments)
        if done.status != 0:
            raise Refused(done.err)
        numbers = {name: int(number) for name, number in re.findall(r"^#define (\w+) (\d+)$", done.out, re.M)}

        def answer(t):
            upper = t.name.upper()
            align = numbers[f"{upper}_ALIGN"]
            return Answer(numbers[f"{upper}_SIZE"], align, align, {
                f: (numbers[f"{upper}_OFFSETOF_{f.upper()}"], numbers[f"{upper}_SIZEOF_{f.upper()}"]) for f in t.fields})
        return {t.name: answer(t) for t in self.asked}


class Reader(NamedTuple):
    """One way to ask, and how it is judged."""

    ask: callable
    applies: callable       # to the compiler of this name?
    holds: callable = None  # is this answer right? None: the wrong ones are only counted


READERS = {
    "emit": Reader(Batch.header, lambda name: name not in NO_LIBCLANG, Answer.agrees),
    "cc": Reader(lambda batch: batch.header("--from", "cc"), lambda name: True, Answer.agrees),
    "dwarf": Reader(Batch.objects, lambda name: name in ELF, Answer.holds),
    "clang alone": Reader(lambda batch: batch.header("--no-confirm"), lambda name: name not in NO_LIBCLANG),
}


def wrong(batch, reader, answers):
    """The types about which the reader errs. What DWARF cannot tell is not its reader's error."""
    holds = READERS[reader].holds or Answer.agrees
    return [t for t in batch.asked if not holds(answers[t.name], batch.truth[t.name])
            and not (reader == "dwarf" and t.hidden)]


def fails(batch, reader, name):
    """Is the type of this name still one that the reader errs about?"""
    try:
        return name in [t.name for t in wrong(batch, reader, READERS[reader].ask(batch))]
    except Refused:
        return True


def _types_of(lines):
    types = {}
    for t, line in lines:
        if t.name not in types:
            types[t.name] = Type(t.spelling, t.name, t.word)
            types[t.name].hidden, types[t.name].flexible = t.hidden, t.flexible
        types[t.name].text += line
    for t, _ in lines:
        types[t.name].fields = [f for f in t.fields if re.search(rf"\b{f}\b", types[t.name].text)]
    return list(types.values())


def shrink(batch, reader, made, folder):
    """A source with as few lines as can be about which the reader still errs."""
    lines = [(t, line) for t in closure(made, batch.types) for line in t.text.splitlines(True)]

    def still_fails(lines):
        try:
            return fails(Batch(folder, batch.words, batch.flags, _types_of(lines)), reader, made.name)
        except (AssertionError, KeyError):  # the compiler does not accept it, or the type is gone
            return False
    step = len(lines)
    while step := step // 2:
        at = 0
        while at < len(lines):
            fewer = lines[:at] + lines[at + step:]
            if still_fails(fewer):
                lines = fewer
            else:
                at += step
    return source_of(_types_of(lines))
