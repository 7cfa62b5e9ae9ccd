# SPDX-License-Identifier: MIT
"""What is said of each misuse, word by word. After a wanted change: test/misuse/update, and look at the difference."""
import cases
import pytest


@pytest.mark.parametrize("name, setting", cases.pairs())
def test_report(name, setting):
    for file, text in cases.produce_all(name, setting, 8).items():
        golden = cases.FOLDER / file
        assert golden.exists(), f"nothing is expected of it: run test/misuse/update\n{text}"
        assert text == golden.read_text()


def before_the_repair(text):
    """The first bug of a report."""
    return text.partition("slab: FIX")[0]


@pytest.mark.parametrize("name", [name for name in cases.names()
                                  if "slab: FIX" in (cases.FOLDER / f"{name}.debug").read_text()])
def test_abort(name):
    """With the other policy the report is the same, without the repair."""
    done = cases.run(name, "debug", SLAB_DEBUG_POLICY="abort")
    assert done.status == -6, done
    assert cases.steady(done.err, "debug") == before_the_repair((cases.FOLDER / f"{name}.debug").read_text())


@pytest.mark.parametrize("name", cases.names())
def test_sanitizer_off(name):
    """AddressSanitizer hears nothing of objects then, so that all is as in a plain program."""
    done = cases.run(name, "asan", SLAB_SANITIZER="0")
    text = f"{cases.steady(done.err, 'plain')}exit status {done.status}\n"
    assert text == (cases.FOLDER / f"{name}.plain").read_text()


@pytest.mark.parametrize("name", cases.names())
def test_thread_sanitizer(name):
    """It knows nothing of objects, so that all is as in a plain program."""
    done = cases.run(name, "tsan")
    text = f"{cases.steady(done.err, 'plain')}exit status {done.status}\n"
    assert text == (cases.FOLDER / f"{name}.plain").read_text()


def test_every_report_has_a_program():
    known = {f"{name}.{ending}" for name in cases.names() for ending in [*cases.SETTINGS, *cases.SLUB, "sampled-late"]}
    others = {"cases.py", "test_misuse.py", "update", "compare", "slub", "meson.build"} | {f"{name}.c" for name in cases.names()}
    files = {path.name for path in cases.FOLDER.iterdir() if path.is_file()}
    assert files - others <= known


def test_document():
    """doc/debugging.md shows each program, and reports as they are."""
    text = cases.DOCUMENT.read_text()
    assert cases.documented() == text, "run test/misuse/update"
    shown = {found[1] for found in cases.BLOCK.finditer(text)}
    assert {f"{name}.c" for name in cases.names()} <= shown
    for variable in cases.VARIABLES:
        assert variable in text or not variable.startswith("SLAB_")
