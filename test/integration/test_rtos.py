# SPDX-License-Identifier: MIT
"""examples/rtos: one public header that includes five generated ones, each made from a source that includes the public one."""
import re

import pytest

import support
from installed import age, edit, environment, example, install

NAMES = ("event", "queue", "stream", "task", "timer")
NATIVE = {"event": 56, "queue": 144, "stream": 64, "task": 120, "timer": 104}
ARM = {"event": 28, "queue": 72, "stream": 32, "task": 76, "timer": 56}
ARM_FLAGS = ("CC=arm-none-eabi-gcc", "CFLAGS=-mcpu=cortex-m4 -mthumb", "LDFLAGS=--specs=nosys.specs")


@pytest.fixture(scope="module", name="prefix")
def installed(tmp_path_factory):
    return install(tmp_path_factory.mktemp("root"))


class Build:
    """The example, far from the checkout, in a build system of three."""

    def __init__(self, prefix, system, folder):
        self.environment = environment(prefix)
        self.system, self.prefix = system, prefix
        self.source = example("rtos", folder / "source")
        self.build = self.source if system == "make" else folder / "build"

    def run(self, *command):
        done = support.run(*command, cwd=self.source, env=self.environment)
        assert done.status == 0 and not re.search(r"warning|circular|cycle", done.out + done.err, re.I), done
        return done.out

    def configure(self, cross):
        if self.system == "meson":
            self.run("meson", "setup", self.build, *(["--cross-file", "arm-none-eabi.ini"] if cross else []))
        elif self.system == "cmake":
            self.run("cmake", "-G", "Ninja", "-B", self.build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
                     *(["--toolchain", "arm-none-eabi.cmake"] if cross else []))

    def __call__(self, *arguments):
        """Names of the headers that are made anew."""
        tool = ("make", "-I", self.prefix / "include") if self.system == "make" else ("ninja", "-v", "-C", self.build)
        self.said = self.run(*tool, *arguments)
        return set(re.findall(r"gen-opaque.? emit .*-o \S*?(\w+)_opaque\.h\b", self.said))

    def rests(self, *arguments):
        """Nothing is left to do."""
        return self(*arguments) == set() and re.search(r"no work to do|up to date|Nothing to be done", self.said)

    def sizes(self):
        headers = {path.name: path.read_text() for path in self.build.rglob("*_opaque.h") if path.parent.name != "shipped"}
        return {name: int(re.search(r"_SIZE (\d+)\n", headers[f"{name}_opaque.h"]).group(1)) for name in NAMES}


SYSTEMS = pytest.mark.parametrize("system", ["meson", "cmake", "make"])


@pytest.fixture(name="build")
def build_of(prefix, system, tmp_path):
    support.need({"meson": "meson", "cmake": "cmake", "make": "make"}[system])
    return Build(prefix, system, tmp_path)


@SYSTEMS
def test_from_clean(build):
    build.configure(False)
    assert build("-j2") == set(NAMES)
    assert build.sizes() == NATIVE
    build.run(build.build / "app")
    assert build.rests()


@SYSTEMS
def test_from_clean_in_any_order(build):
    """One header at a time, the last one first; but for the one that another depends on."""
    build.configure(False)
    if build.system == "cmake":
        for name in reversed(NAMES):
            build(f"rtos_{name}_opaque_h")
    else:
        for name in reversed(NAMES):
            build(f"{name}_opaque.h")
    build()
    assert build.sizes() == NATIVE
    assert build.rests()


@SYSTEMS
def test_for_a_microcontroller(build):
    support.need("arm-none-eabi-gcc")
    build.configure(True)
    arguments = ARM_FLAGS if build.system == "make" else ()
    build(*arguments)
    assert build.sizes() == ARM
    assert build.rests(*arguments)


@SYSTEMS
def test_only_what_must_is_made_anew(build):
    build.configure(False)
    build()
    for folder in {build.source, build.build}:
        age(folder)
    edit(build.source / "src/queue.c", "struct QUEUE_PRIVATE", "/* the same */\nstruct QUEUE_PRIVATE")
    assert build() == {"queue"}
    assert build.rests() and build.sizes() == NATIVE
    for folder in {build.source, build.build}:
        age(folder)
    edit(build.source / "src/event.c", "uint32_t bits;", "uint32_t bits, more[4];")
    assert build() == {"event", "timer"}
    assert build.rests()
    assert build.sizes() == {**NATIVE, "event": 72, "timer": 120}


def test_shipped_headers(prefix, tmp_path):
    """For users without gen-opaque: both targets in one header, held against both compilers."""
    support.need("arm-none-eabi-gcc")
    source = example("rtos", tmp_path / "source")
    done = support.run("./check-shipped", cwd=source, env=environment(prefix))
    assert (done.status, done.out, done.err) == (0, "", ""), done
    edit(source / "src/stream.c", "uint8_t flags;", "uint8_t flags[12];")
    done = support.run("./check-shipped", cwd=source, env=environment(prefix))
    assert done.status == 1, done
    assert "shipped/stream_opaque.h" in done.err and "x86_64" in done.err and "arm-none" in done.err, done
    assert "queue" not in done.err and "timer" not in done.err, done
    assert support.run("./check-shipped", "--update", cwd=source, env=environment(prefix)).status == 0
    assert support.run("./check-shipped", cwd=source, env=environment(prefix)).status == 0
    support.must("arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-Iinclude", "-Ishipped", "-c", "-o", "stream.o", "src/stream.c", cwd=source)
