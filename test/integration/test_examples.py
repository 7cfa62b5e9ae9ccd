# SPDX-License-Identifier: MIT
"""The examples, copied out of the tree and built as projects of their own."""
import shutil

import pytest

import support
from tree import ROOT, clean, configure, copy_tree, is_clean, ninja

# test_drift builds and tests the one that has its own test.
EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/meson.build") if path.parent.name != "drift")


def test_there_are_examples():
    assert "minimal" in EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name, tmp_path):
    ignored = shutil.ignore_patterns("build*", "gen-opaque", "__pycache__")
    source = shutil.copytree(ROOT / "examples" / name, tmp_path / "source", ignore=ignored)
    copy_tree(source / "subprojects/gen-opaque", tests=True)
    build = configure(source, tmp_path / "build")
    ninja(build)
    assert is_clean(build)
    tested = support.run("meson", "test", "-C", build, "--print-errorlogs", env=clean())
    assert tested.status == 0 and "Ok:                 1" in tested.out, tested
