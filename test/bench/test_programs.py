# SPDX-License-Identifier: MIT
"""Every work of every contestant runs, with few operations; how long it takes is not looked at."""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import tempfile

import pytest

import figures
import support
import works

BENCH = pathlib.Path(support.BUILD_ROOT, "test", "bench")
ALONE = ("bench-pointer", "bench-one_pair")  # no contestants
PROGRAMS = sorted(path for path in BENCH.glob("bench-*") if path.is_file() and path.name not in ALONE)
NAMES = [path.name for path in PROGRAMS]
WORKS = ["loop", *works.EACH_SIZE, *works.ONE_SIZE]
SCRATCH = tempfile.TemporaryDirectory()  # where DPDK may leave a folder


def run(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], env={**os.environ, "RUNTIME_DIRECTORY": SCRATCH.name},
                          capture_output=True, text=True, check=False)


def test_the_contestants_are_here():
    assert {"bench-slab_inlined", "bench-slab_called", "bench-slab_pointer", "bench-slab_hardened", "bench-kmalloc", "bench-libc"} <= set(NAMES)


def shown(program, work, size, threads):
    done = run(program, work, size, threads, 0)
    assert done.returncode == 0, done.stderr
    name, its_size, its_threads, value = done.stdout.split()
    assert (name, int(its_size)) == (work, size)
    assert int(its_threads) == (threads or (2 if work == "handover" else 1))
    assert float(value) >= 0


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_every_work_runs(program):
    tasks = [(work, 64, 0) for work in WORKS] + [("random", size, 0) for size in (16, 256, 1024, 4096)]
    tasks += [("pair", 64, 4), ("handover", 64, 4), ("larson", 64, 3), ("many", 16, 2)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda task: shown(program, *task), tasks))


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_memory_is_shown(program):
    done = run(program, "memory", 64, 1, 0)
    assert done.returncode == 0, done.stderr
    (resident, *_, used), (kept, *_) = (line.split() for line in done.stdout.splitlines())
    assert (resident, kept) == ("resident", "kept")
    assert 0.9 < float(used) < 4


LIBC = next(path for path in PROGRAMS if path.name == "bench-libc")


@pytest.mark.parametrize("arguments, why", [
    (["pair", 65], "bench: no works on objects of this size"),
    (["pear", 64], "bench: no such work"),
    (["pair", 64, "two"], "bench: not a number, or not one in range"),
    (["pair", 64, 129], "bench: not a number, or not one in range"),
    (["handover", 64, 3], "bench: not a number of threads for this work"),
    (["after64k", 64, 2], "bench: not a number of threads for this work"),
    (["count", "replace", 64, 10], "bench: this work cannot be counted"),
    (["count", "after64k", 64, 10], "bench: this work cannot be counted"),
])
def test_what_makes_no_sense_is_refused(arguments, why):
    done = run(LIBC, *arguments)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (1, "", why)


@pytest.mark.parametrize("arguments", [[], ["pair"], ["pair", "64", "1", "1", "1", "1"]])
def test_usage(arguments):
    done = run(LIBC, *arguments)
    assert done.returncode == 2 and done.stderr.startswith("usage: PROGRAM WORK SIZE")


def test_counting_prints_nothing():
    done = run(LIBC, "count", "pair", 64, 10)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not (BENCH / "bench-pointer").exists(), reason="for x86_64")
def test_every_form_of_an_address_is_measured_in_every_state():
    done = run(BENCH / "bench-pointer", "few")
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [(state, form) for state, form, _ in lines] == [(state, form) for state in works.ADDRESS for form in works.FORMS]
    assert all(re.fullmatch(r"-?\d+\.\d\d", value) for _, _, value in lines)


def test_one_pair_runs():
    done = run(BENCH / "bench-one_pair")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# ---- the script that runs them ----

def compare(build, *arguments):
    return subprocess.run([pathlib.Path(support.SOURCE_ROOT, "test", "bench", "run"), build, *map(str, arguments)],
                          capture_output=True, text=True, check=False)


def test_a_short_run(tmp_path):
    done = compare(support.BUILD_ROOT, "--quick", "--size", 64, "pair", "--csv", tmp_path / "it.csv")
    assert done.returncode == 0, done.stderr
    assert "best peer" in done.stdout and "\npair " in done.stdout
    found = figures.from_csv((tmp_path / "it.csv").read_text(encoding="utf-8"))
    assert found.best(figures.Row("pair", 64, 1)) and found.ratio(figures.Row("pair", 64, 1), "inlined") > 0
    assert found.facts["processor"] and found.facts["glibc"].startswith("Debian's libc6 ")


@pytest.mark.parametrize("arguments, why", [
    (["pear"], "no such work: pear; there are pair, fifo,"),
    (["--commit", "pair"], "--commit is for a whole run"),
    (["--commit", "--quick"], "--commit is for a whole run"),
    (["--rounds", 0], "--rounds and --threads are at least 1"),
])
def test_a_run_that_makes_no_sense_is_refused(arguments, why):
    done = compare(support.BUILD_ROOT, *arguments)
    assert done.returncode == 2 and why in done.stderr


def test_what_is_not_built_is_said(tmp_path):
    done = compare(tmp_path, "pair")
    assert done.returncode == 1 and f"run: nothing is built in {tmp_path}" in done.stderr


def test_a_program_that_fails_ends_the_run(tmp_path):
    folder = tmp_path / "test" / "bench"
    folder.mkdir(parents=True)
    (folder / "bench-slab_called").write_text("#!/bin/sh\necho out of luck >&2\nexit 3\n", encoding="utf-8")
    (folder / "bench-slab_called").chmod(0o755)
    done = compare(tmp_path, "pair")
    assert done.returncode == 1 and "run: called:" in done.stderr and "status 3\nout of luck" in done.stderr
    assert "left out: DPDK, glibc, hardened" in done.stderr
