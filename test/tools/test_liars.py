# SPDX-License-Identifier: MIT
"""Processes whose memory was forged: whoever looks at them ends soon, takes little memory, and is told why."""
import resource
import subprocess

import pytest

import support
from watched import PROGRAMS, TOOLS

MOST_MEMORY = 256 << 20

GAVE_UP = ["{tool}: process {pid}: gave up after 4 seconds: its lists do not end, or its memory does not answer\n",
           "{tool}: gave up: the process claims more caches, slabs or objects than fit into 128 MiB\n"]
FINE = [""]
# lie: what the forms of slabinfo may say of it; which of the two limits is reached first is the machine's.
LIES = {"caches": GAVE_UP + FINE, "slabs": GAVE_UP, "threads": GAVE_UP, "numbers": FINE, "sheaf": FINE, "page": GAVE_UP[:1]}


def with_little_memory():
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))


@pytest.fixture(scope="module", params=LIES)
def liar(request):
    with subprocess.Popen([PROGRAMS / "liar", request.param], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        if line == "not here\n":
            pytest.skip("this system lets nobody keep a page back")
        assert line == f"ready {process.pid}\n"
        yield request.param, process.pid
        process.stdin.close()
        assert process.wait(support.HANGS) == 0


def look(tool, *arguments):
    done = subprocess.run([TOOLS / tool, *map(str, arguments)], capture_output=True, text=True, check=False,
                          timeout=support.HANGS, preexec_fn=with_little_memory)
    assert done.stdout.isascii() and "\033" not in done.stdout and "\007" not in done.stdout
    return done


def check(done, tool, pid, expected):
    assert done.stderr in [text.format(tool=tool, pid=pid) for text in expected]
    assert done.returncode == (1 if done.stderr else 0)


def test_slabinfo(liar):
    lie, pid = liar
    check(look("slabinfo", pid), "slabinfo", pid, LIES[lie])


def test_page(liar):
    """It reads each object, so that a barn of one sheaf over and over costs it, too."""
    lie, pid = liar
    check(look("slabinfo", "--html", "-", pid), "slabinfo", pid, LIES[lie] + (GAVE_UP if lie == "sheaf" else []))


def test_slabwatch(liar):
    """It looks at no slab, so that it is through with some lies."""
    lie, pid = liar
    check(look("slabwatch", "--once", pid), "slabwatch", pid, LIES[lie] + (FINE if lie == "slabs" else []))


def test_what_is_left_of_numbers(liar):
    lie, pid = liar
    if lie != "numbers":
        pytest.skip("of one lie alone")
    done = look("slabinfo", pid)
    assert done.stdout.splitlines()[1].split()[0] == "liar?[2J?]0;owned?"
    assert done.stdout.splitlines()[-1] == "(some of it changed while it was read)"
