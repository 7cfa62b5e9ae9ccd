# SPDX-License-Identifier: MIT
"""What emit writes, byte for byte. After a wanted change: test/golden/update, and look at the difference."""
import cases
import pytest

import support


@pytest.mark.parametrize("name", [path.stem for path in cases.inputs()])
def test_golden(name, tmp_path):
    path = cases.FOLDER / f"{name}.c"
    wanted = cases.expected(path)
    assert any(wanted.values()), "nothing is expected of it: run test/golden/update"
    assert cases.produce(support.tool(), support.run, path, tmp_path) == wanted


def test_every_expectation_has_an_input():
    known = {path.stem + ending for path in cases.inputs() for ending in cases.ENDINGS}
    files = {path.name for path in cases.FOLDER.iterdir() if path.suffix in (".h", ".stderr")}
    assert files <= known
