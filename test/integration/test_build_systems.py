# SPDX-License-Identifier: MIT
"""The recipes for make, Autotools and Bazel: each example from an installed tree, outside the checkout."""
import os
import pathlib
import re

import pytest

import support
from installed import age, edit, environment, example, install


@pytest.fixture(scope="module", name="prefix")
def installed(tmp_path_factory):
    return install(tmp_path_factory.mktemp("root"))


def run(prefix, folder, *command, **more):
    done = support.run(*command, cwd=folder, env=environment(prefix, **more))
    assert done.status == 0, done
    return done


# ---- make ----


class Make:
    """The example of make in a folder of its own."""

    def __init__(self, prefix, folder):
        support.need("make")
        self.prefix, self.folder = prefix, example("make", folder)

    def __call__(self, *arguments):
        """What is generated, compiled and linked, in order."""
        done = run(self.prefix, self.folder, "make", "-I", self.prefix / "include", *arguments)
        return re.findall(r"-o (\S+)", done.out)

    def edit(self, *change):
        age(self.folder)
        edit(self.folder / "stack.c", *change)


@pytest.fixture(name="make")
def make_of(prefix, tmp_path):
    return Make(prefix, tmp_path / "source")


def test_make(make):
    assert make("check") == ["stack_opaque.h", "main.o", "stack.o", "main"]
    assert make() == []
    make("clean")
    assert sorted(path.name for path in make.folder.iterdir()) == ["Makefile", "include", "main.c", "stack.c"]


def test_make_with_processes(make):
    assert sorted(make("-j4", "check")) == ["main", "main.o", "stack.o", "stack_opaque.h"]


def test_make_makes_only_what_must_be(make):
    make()
    make.edit("enum { DEPTH", "/* the same */\nenum { DEPTH")
    assert make() == ["stack_opaque.h", "stack.o", "main"] and make() == []
    make.edit("DEPTH = 10", "DEPTH = 12")
    assert make() == ["stack_opaque.h", "main.o", "stack.o", "main"] and make() == []


def test_make_makes_a_removed_header_anew(make):
    make()
    age(make.folder)
    (make.folder / "stack_opaque.h").unlink()
    assert make() == ["stack_opaque.h", "main.o", "stack.o", "main"] and make() == []


def test_make_goes_on_without_a_removed_header(make):
    (make.folder / "depth.h").write_text("enum { DEPTH = 10 };\n")
    edit(make.folder / "stack.c", "enum { DEPTH = 10 };", '#include "depth.h"')
    make()
    make.edit('#include "depth.h"', "enum { DEPTH = 10 };")
    (make.folder / "depth.h").unlink()
    assert make() == ["stack_opaque.h", "stack.o", "main"] and make() == []


def test_make_with_another_compiler_and_flags(make):
    """A cross compiler's header, of what it says."""
    support.need("arm-linux-gnueabihf-gcc")
    edit(make.folder / "stack.c", "int values[DEPTH];", "TYPE values[DEPTH];")
    make("CC=arm-linux-gnueabihf-gcc", "CFLAGS=-DTYPE=int -DSPACE=' '", "stack_opaque.h")
    assert "#define STACK_SIZE 44\n" in (make.folder / "stack_opaque.h").read_text()


# ---- Autotools ----


def test_autotools(prefix, tmp_path):
    """From autoreconf to a tarball that builds, installs and is as clean after as before."""
    for program in ("autoreconf", "automake", "make"):
        support.need(program)
    source, build = example("autotools", tmp_path / "source"), tmp_path / "build"
    build.mkdir()
    run(prefix, source, "autoreconf", "--install", ACLOCAL_PATH=str(prefix / "share/aclocal"))
    run(prefix, build, source / "configure")
    done = run(prefix, build, "make", "check")
    assert "# PASS:  1\n" in done.out and "# FAIL:  0\n" in done.out
    done = run(prefix, build, "make")
    assert " -c " not in done.out and "gen-opaque" not in done.out, done
    age(build)
    edit(source / "stack.c", "values[DEPTH]", "values[DEPTH + 1]")
    done = run(prefix, build, "make")
    assert "main.c" in done.out and "#define STACK_SIZE 48\n" in (build / "stack_opaque.h").read_text(), done
    (build / "stack_opaque.h").unlink()
    run(prefix, build, "make", "distcheck")
    assert (build / "stack-1.0.tar.gz").exists()


def test_autotools_without_the_tool(prefix, tmp_path):
    support.need("autoreconf")
    source = example("autotools", tmp_path / "source")
    run(prefix, source, "autoreconf", "--install", ACLOCAL_PATH=str(prefix / "share/aclocal"))
    done = support.run(source / "configure", cwd=source, env={**environment(prefix), "PATH": "/usr/bin:/bin"})
    assert done.status != 0 and "gen-opaque is missing: install it, or give its path as GEN_OPAQUE=..." in done.err, done


# ---- Bazel ----

# Bazel fetches its own rules from the network. These are as much of them as a C project needs.
RULES = {"rules_cc/cc": [f"cc_{kind}" for kind in ("binary", "import", "library", "test", "toolchain", "toolchain_suite")],
         "rules_java/java": [f"java_{kind}" for kind in ("binary", "import", "library", "plugin", "runtime", "toolchain",
                                                         "package_configuration", "test")]}


class Bazel:
    """The example of Bazel; its server ends with the test."""

    def __init__(self, prefix, folder):
        support.need("bazel")
        self.prefix, self.folder = prefix, example("bazel", folder / "source")
        edit(self.folder / "WORKSPACE", "/usr/share/gen-opaque/bazel", str(prefix / "share/gen-opaque/bazel"))
        self.start = ("bazel", f"--output_user_root={folder}/cache", "--max_idle_secs=60")
        self.options = ["--jobs=2", "--color=no", "--curses=no", "--verbose_failures"]
        for name, rules in RULES.items():
            package = folder / name
            support.write(package, {"BUILD": "", "defs.bzl": "".join(f"{rule} = native.{rule}\n" for rule in rules)})
            support.write(package.parent, {"WORKSPACE": ""})
            self.options.append(f"--override_repository={package.parent.name}={package.parent}")

    def __call__(self, verb, *arguments, status=0):
        done = support.run(*self.start, verb, *self.options, *arguments, cwd=self.folder, env=environment(self.prefix))
        assert (done.status == 0) == (status == 0), done
        return done

    def stop(self):
        support.run(*self.start, "shutdown", cwd=self.folder, env=environment(self.prefix))


@pytest.fixture(name="bazel")
def bazel_of(prefix, tmp_path):
    bazel = Bazel(prefix, tmp_path)
    yield bazel
    bazel.stop()
    for path in [tmp_path / "cache", *(tmp_path / "cache").rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            os.chmod(path, 0o755)  # so that pytest can remove what Bazel has made read-only


def test_bazel(bazel):
    done = bazel("run", "//:main")
    assert done.out == "a stack of 44 bytes, with room for 10 numbers\n"
    assert "4 linux-sandbox" in done.err or "4 processwrapper-sandbox" in done.err, done
    text = pathlib.Path(bazel.folder, "bazel-bin/stack_opaque.h").read_text()
    assert str(bazel.folder) not in text and "sandbox" not in text
    edit(bazel.folder / "stack.c", "enum { DEPTH", "/* the same */\nenum { DEPTH")
    assert re.search(r": [^\n]*2 \S+-sandbox", bazel("build", "//:main").err), "the header and stack.o alone are made anew"
