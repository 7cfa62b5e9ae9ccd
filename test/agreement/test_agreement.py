# SPDX-License-Identifier: MIT
"""Random types for every compiler: no reader of gen-opaque says a wrong number.

GEN_OPAQUE_SEED chooses the types, GEN_OPAQUE_AGREE_TYPES=N makes N of them, shared out among the compilers. The source
of a failure, and what is left of it when it is shrunk, stay in the build directory under agreement/.
"""
import concurrent.futures
import os
import random
import shutil

import pytest

import support
from agreement import READERS, Batch, Refused, shrink, wrong
from support import compilers
from support.random_types import Random

COUNT = -(-int(os.environ.get("GEN_OPAQUE_AGREE_TYPES", 900)) // len(compilers.COMPILERS))  # for each compiler
MOST = 250  # types in one source
KEPT = support.BUILD_ROOT / "agreement"
FLAGS = ([], [], ["-fshort-enums"], ["-O2"])
PACKED = ["-fpack-struct=4"]  # of which clang's DWARF does not tell
FLAGS_OF = {"i686": ["-malign-double"], "gcc": ["-mms-bitfields"], "clang-14": ["-mms-bitfields"]}


class Row:
    """What is known of one compiler when all its types are done."""

    def __init__(self, name):
        self.name = name
        self.types = self.exact = self.without_trace = 0
        self.wrong = {reader: 0 for reader, r in READERS.items() if r.applies(name)}
        self.failures = []


def keep(batch, reader, types, why):
    """The source and its smallest part that fails, in a folder whose name is given."""
    folder = KEPT / f"{batch.folder.name}-{reader}".replace(" ", "-")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(batch.source, folder)
    (folder / "why.txt").write_text(f"{' '.join(batch.words)} {' '.join(batch.flags)}\n{why}\n")
    if types:
        (folder / "shrunk.c").write_text(shrink(batch, reader, types[0], folder / "shrinking"))
    return f"{reader} of {', '.join(map(str, types[:5]))}: {why} See {folder}"


def try_reader(row, batch, reader):
    try:
        answers = READERS[reader].ask(batch)
    except Refused as refused:
        row.failures.append(keep(batch, reader, [], f"refused: {refused}"))
        row.wrong[reader] += 1
        return
    bad = wrong(batch, reader, answers)
    row.wrong[reader] += len(bad)
    if bad and READERS[reader].holds:
        row.failures.append(keep(batch, reader, bad, "".join(
            f"{t}: {answers[t.name]}, in truth {batch.truth[t.name]}. " for t in bad[:3])))
    if reader == "dwarf":
        row.exact += sum(a.low == a.high for a in answers.values())
        row.without_trace += sum(t.hidden and not answers[t.name].holds(batch.truth[t.name]) for t in batch.asked)


def try_batch(row, folder, count, flags):
    generator = random.Random(f"{support.SEED} {folder.name}")
    made = Random(generator, count, row.name in compilers.HAS_INT128)
    batch = Batch(folder, compilers.words(row.name), flags, made.types)
    row.types += len(batch.asked)
    for reader in row.wrong:
        try_reader(row, batch, reader)
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", compilers.COMPILERS)
def test_agreement(name, tmp_path, rows):
    compilers.words(name)
    print(f"GEN_OPAQUE_SEED={support.SEED}")
    row = Row(name)
    parts = max(2, -(-COUNT // MOST))
    generator = random.Random(f"{support.SEED} {name}")
    choices = (*FLAGS, FLAGS_OF.get(name, []), [] if "clang" in name else PACKED)
    flags = [[]] + [generator.choice(choices) for _ in range(parts - 1)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work = [pool.submit(try_batch, row, tmp_path / f"{name}-{support.SEED}-{i}", -(-COUNT // parts), flags[i])
                for i in range(parts)]
    for done in work:
        done.result()
    rows.append(row)
    assert row.types > COUNT * 0.8
    assert not row.failures, "\n".join(row.failures[:5])
    assert row.without_trace <= max(3, row.types // 200)
