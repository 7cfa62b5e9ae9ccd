# SPDX-License-Identifier: MIT
"""Copies of the source tree, and projects of others that use it, to be built and changed."""
import os
import pathlib
import re
import shutil
import subprocess

import support

ROOT = support.SOURCE_ROOT
NOT_COPIED = ("build", ".git", "__pycache__", "subprojects")

# A cross file for aarch64, as a parent project would have one.
CROSS = """\
[binaries]
c = 'aarch64-linux-gnu-gcc'
ar = 'aarch64-linux-gnu-ar'
strip = 'aarch64-linux-gnu-strip'
exe_wrapper = ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu']

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
"""


def copy_tree(folder, *, tests=False):
    """The tracked files (of an unpacked release, all) as they stand in the working tree; without our tests' sources."""
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False)
    names = [name for name in done.stdout.decode().split("\0") if name]
    if not names:
        names = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()
                 and not path.is_relative_to(support.BUILD_ROOT) and not set(path.relative_to(ROOT).parts) & set(NOT_COPIED)]
    for name in names:
        source, target = ROOT / name, pathlib.Path(folder, name)
        if not source.is_file() or (name.startswith("test/") and not tests):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    if not tests:
        pathlib.Path(folder, "test").mkdir(exist_ok=True)
        pathlib.Path(folder, "test/meson.build").write_text("")
    return pathlib.Path(folder)


def clean():
    """Changes to the environment, for support.run(), so that nothing around the test takes part."""
    return {name: None for name in ("CC", "CFLAGS", "CPPFLAGS", "LDFLAGS", "DESTDIR", "PKG_CONFIG_PATH", "MAKEFLAGS", "NINJAFLAGS",
                                    "MESON_BUILD_ROOT", "MESON_SOURCE_ROOT", "NINJA_STATUS") if name in os.environ}


# For builds that are about what is built, and not how: half the time.
QUICK = "-Doptimization=0"
QUICK_SUBPROJECT = "-Dgen-opaque:optimization=0"


def configure(source, build, *arguments):
    """meson setup that succeeds and warns of nothing."""
    support.need("meson")
    support.need("ninja")
    done = support.run("meson", "setup", build, source, *arguments, env=clean())
    assert done.status == 0, done
    said = (done.out + done.err).replace("WARNING: Need gcovr or lcov/genhtml to generate any coverage reports", "")
    assert not re.search(r"warning|deprecat", said, re.I), done
    return pathlib.Path(build)


def ninja(build, *arguments, status=0):
    done = support.run("ninja", "-C", build, *arguments, env=clean())
    assert (done.status == 0) == (status == 0), done
    return done


def is_clean(build):
    return "ninja: no work to do." in ninja(build).out


def built(build, *arguments):
    """What a run of ninja makes anew: outputs of the commands that really ran."""
    log = pathlib.Path(build, ".ninja_log")
    before = log.read_text().splitlines() if log.exists() else []
    done = ninja(build, *arguments)
    after = log.read_text().splitlines()
    if after[:len(before)] != before:  # ninja compacted its log
        known = set(before)
        fresh = [line for line in after if line not in known]
    else:
        fresh = after[len(before):]
    assert fresh or "no work to do" in done.out, done
    return {line.split("\t")[3] for line in fresh if line.count("\t") >= 4}


def edit(path, old, new):
    """Replace one piece of text that is there."""
    text = path.read_text()
    assert old in text, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new, 1))
