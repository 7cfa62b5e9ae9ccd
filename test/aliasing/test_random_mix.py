# SPDX-License-Identifier: MIT
"""Random mixtures of shadow-level and private-level operations: optimised builds answer as -O0 without aliasing rules.

GEN_OPAQUE_SEED chooses the programs.
"""
import random
import shutil

import pytest

import support
from header import KNOWN_TO_FAIL, edit, without_private_attribute, without_shadow_attribute
from random_program import Program

PROGRAMS = 2
MODES = {
    "one -O2": ("one", ["-O2"]),
    "one -O3": ("one", ["-O3"]),
    "lto -O2": ("two", ["-O2", "-flto"]),
}


@pytest.fixture(autouse=True)
def say_seed():
    print(f"GEN_OPAQUE_SEED={support.SEED}")


def sources(folder, number, pointers=False):
    """Write random program `number` and its generated header."""
    program = Program(random.Random(support.SEED * 1000 + number * 2 + pointers), pointers)
    support.write(folder, {"thing.h": program.header, "thing.c": program.owner, "holder.c": program.holder,
                           "one.c": program.owner + program.holder})
    done = support.gen("emit", "-t", "struct thing", "-o", "thing_opaque.h", "thing.c", "--", "-std=gnu11", cwd=folder)
    assert done.status == 0, done
    return folder


def variant(folder, *, shadow=True, private=True):
    """A copy of the sources with one or both attributes taken out."""
    copy = folder.with_name("variant")
    shutil.copytree(folder, copy)
    if not shadow:
        edit(copy / "thing_opaque.h", without_shadow_attribute)
    if not private:
        for name in ("thing.c", "one.c"):
            edit(copy / name, without_private_attribute)
    return copy


def lines(compiler, folder, mode, *extra):
    """The program's output, line by line."""
    shape, flags = MODES.get(mode, ("two", ["-O0", "-fno-strict-aliasing"]))
    files = ["one.c"] if shape == "one" else ["holder.c", "thing.c"]
    compiler.build("program", "-std=gnu11", *flags, *extra, *files, cwd=folder)
    return support.must("./program", cwd=folder).out.splitlines()


def wrong_functions(expected, got):
    assert len(expected) == len(got)
    return {line.split()[0] for line, other in zip(expected, got) if line != other}


@pytest.mark.parametrize("number", range(PROGRAMS))
@pytest.mark.parametrize("name", ["gcc", "clang-14", "clang-19"])
def test_with_both_attributes_all_is_right(name, number, tmp_path):
    compiler = support.compiler(name)
    folder = sources(tmp_path / "source", number)
    expected = lines(compiler, folder, "reference")
    assert len(set(line.split()[2] for line in expected)) > len(expected) // 4, "the program hardly depends on its data"
    for mode in MODES:
        assert wrong_functions(expected, lines(compiler, folder, mode)) == set(), mode


@pytest.mark.parametrize("number", range(PROGRAMS))
def test_without_strict_aliasing_all_is_right(number, tmp_path):
    compiler = support.compiler("gcc")
    folder = variant(sources(tmp_path / "source", number), shadow=False, private=False)
    expected = lines(compiler, folder, "reference")
    for mode in MODES:
        assert wrong_functions(expected, lines(compiler, folder, mode, "-fno-strict-aliasing")) == set(), mode


@pytest.mark.parametrize("number", range(PROGRAMS))
def test_shadow_attribute_alone_is_right_through_pointers(number, tmp_path):
    compiler = support.compiler("gcc")
    folder = variant(sources(tmp_path / "source", number, pointers=True), private=False)
    expected = lines(compiler, folder, "reference")
    for mode in MODES:
        assert wrong_functions(expected, lines(compiler, folder, mode)) == set(), mode


@pytest.mark.parametrize("pointers", [True, False])
def test_without_remedies_some_are_wrong(pointers, tmp_path):
    compiler = support.compiler("gcc")
    if (compiler.kind, compiler.major) not in KNOWN_TO_FAIL:
        support.missing(f"{compiler} is not known to go wrong; {KNOWN_TO_FAIL} are")
    folder = variant(sources(tmp_path / "source", 0, pointers), shadow=False, private=False)
    expected = lines(compiler, folder, "reference")
    for mode in MODES:
        assert wrong_functions(expected, lines(compiler, folder, mode)), f"{mode}: without teeth"
