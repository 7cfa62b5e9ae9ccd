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


@pytest.mark.parametrize("machine, cc, cxx, ar, emulator", [
    ("native", "gcc", "g++", "ar", ()),
    ("aarch64", "aarch64-linux-gnu-gcc", None, "aarch64-linux-gnu-ar", ("qemu-aarch64", "-L", "/usr/aarch64-linux-gnu")),
])
def test_an_installed_library(machine, cc, cxx, ar, emulator, tmp_path):
    """Its users know nothing of gen-opaque: C89 and C++98, with warnings as errors, and another target with the same header."""
    for program in ("make", "pkg-config", cc, *emulator[:1], *((cxx,) if cxx else ())):
        support.need(program)
    source, prefix = shutil.copytree(ROOT / "examples/installed", tmp_path / "source"), tmp_path / machine
    header = (source / "include/sum_state.h").read_text()
    tools = (f"CC={cc}", f"AR={ar}", f"GEN_OPAQUE={support.tool()}", f"PREFIX={prefix}")
    assert len(header.splitlines()) <= 15
    support.must("make", *tools, "headers", "check", f"CCS={cc}", "install", cwd=source, env=clean())
    assert (source / "include/sum_state.h").read_text() == header == (prefix / "include/sum_state.h").read_text()
    users = ["c89"] + (["cxx"] if cxx else [])
    support.must("make", f"CC={cc}", f"CXX={cxx}", *users, cwd=source / "users", env={**clean(), "PKG_CONFIG_PATH": f"{prefix}/lib/pkgconfig"})
    for user in users:
        support.must(*emulator, source / "users" / user)


def test_an_installed_library_that_grew(tmp_path):
    source = shutil.copytree(ROOT / "examples/installed", tmp_path / "source")
    support.need("make")
    text = (source / "lib/sum.c").read_text()
    for array, status, said in (("[4]", 0, ""), ("[6]", 2, "struct sum has outgrown its reserve: it takes 72 bytes, and --reserve keeps 64\n")):
        (source / "lib/sum.c").write_text(text.replace("unsigned long low,", f"unsigned long more{array}, low,"))
        done = support.run("make", f"GEN_OPAQUE={support.tool()}", "check", cwd=source, env=clean())
        assert (done.status, said in done.err, "outgrown" in done.err) == (status, True, bool(said)), done
