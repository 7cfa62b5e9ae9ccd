# SPDX-License-Identifier: MIT
"""What every pytest suite here shares: where things are, how to run them, which compilers there are.

Three environment variables, set by test/meson.build, say where things are:
GEN_OPAQUE (the built tool), SOURCE_ROOT and BUILD_ROOT.
GEN_OPAQUE_ALL=1 turns every skip for a missing program into a failure.
GEN_OPAQUE_SEED=N, or =random, chooses other random input; without it every run tries the same, so that a change is
judged by what it changes. Seeds are printed where a test fails.
"""
import os
import pathlib
import random
import re
import shlex
import shutil
import subprocess

import pytest

SOURCE_ROOT = pathlib.Path(os.environ.get("SOURCE_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BUILD_ROOT = pathlib.Path(os.environ.get("BUILD_ROOT", SOURCE_ROOT / "build"))

SEED = os.environ.get("GEN_OPAQUE_SEED") or "1"
SEED = random.SystemRandom().randrange(1 << 32) if SEED == "random" else int(SEED)


def tool():
    """Path of the gen-opaque under test."""
    path = os.environ.get("GEN_OPAQUE") or str(BUILD_ROOT / "gen" / "gen-opaque")
    if not os.path.exists(path):
        pytest.fail(f"no gen-opaque at {path}: set GEN_OPAQUE")
    return path


def missing(reason):
    """Skip, or fail where everything is said to be installed."""
    if os.environ.get("GEN_OPAQUE_ALL") == "1":
        pytest.fail(f"GEN_OPAQUE_ALL=1, but {reason}")
    pytest.skip(reason)


def need(program):
    """Path of a program that the test cannot do without."""
    path = shutil.which(program)
    if not path:
        missing(f"{program} is not installed")
    return path


class Result:
    """Exit status, stdout and stderr of a finished command, and the command for messages."""

    def __init__(self, command, done):
        self.command = shlex.join(map(str, command))
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    def __repr__(self):
        return f"$ {self.command}\nexit status {self.status}\n-- stdout\n{self.out}-- stderr\n{self.err}"


HANGS = 200  # seconds after which a command is taken to hang; nothing here needs a tenth of it


def run(*command, cwd=None, env=None, stdin=None):
    """Run a command to its end; never raises for its exit status. env is added to the environment."""
    environment = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="en", **(env or {}))
    for name in [name for name, value in (env or {}).items() if value is None]:
        del environment[name]
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=environment, input=stdin,
                          stdin=subprocess.DEVNULL if stdin is None else None,
                          capture_output=True, text=True, errors="surrogateescape", timeout=HANGS)
    return Result(command, done)


def must(*command, **options):
    """run() for a command that has to succeed."""
    result = run(*command, **options)
    assert result.status == 0, result
    return result


def gen(*arguments, **options):
    """Run gen-opaque. CC and colour come from nowhere but the arguments."""
    env = {"CC": None, "CXX": None, "NO_COLOR": None, **options.pop("env", {})}
    for name in [name for name, value in env.items() if value is None]:
        if name not in os.environ:
            del env[name]
    return run(tool(), *arguments, env=env, **options)


def upper(name):
    """As macros have it: letters of other scripts stay as they are."""
    return "".join(c.upper() if c.isascii() else c for c in name)


def write(folder, files):
    """Write {name: text} below folder."""
    for name, text in files.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def depfile(path):
    """Targets and prerequisites of the rule in a depfile; each prerequisite has an empty rule of its own."""
    def words(line):
        return [re.sub(r"\\(.)", r"\1", word).replace("$$", "$") for word in re.findall(r"(?:\\.|[^\s\\])+", line)]
    first, *others = path.read_text().replace("\\\n", " ").splitlines()
    before, after = re.fullmatch(r"((?:\\.|[^\\:])*):(?:\s+(.*))?", first).groups()
    targets, needed = words(before), words(after or "")
    assert all(line.endswith(":") for line in others), others
    assert [words(line[:-1]) for line in others] == [[name] for name in needed], (needed, others)
    return targets, needed


class Compiler:
    """One C compiler: its command words, its kind and its major version."""

    def __init__(self, *words):
        self.words = words
        text = must(*words, "--version").out
        self.kind = "clang" if "clang" in text else "gcc"
        found = must(*words, "-dumpversion").out.strip()
        self.major = int(re.match(r"\d+", found).group())

    def __repr__(self):
        return f"{self.kind} {self.major}"

    def build(self, target, *arguments, cwd=None):
        """Compile and link; fails the test if that fails."""
        return must(*self.words, "-o", target, *arguments, cwd=cwd)


C_COMPILERS = ("gcc", "clang-14", "clang-16", "clang-19")
CXX_OF = {"gcc": "g++", "clang-14": "clang++-14", "clang-16": "clang++-16", "clang-19": "clang++-19"}


def compiler(name):
    """The named compiler, or a skip."""
    need(name)
    return Compiler(name)
