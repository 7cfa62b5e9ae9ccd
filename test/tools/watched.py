# SPDX-License-Identifier: MIT
"""Programs that use the library, to be looked at while they run."""
import contextlib
import os
import subprocess

import support

TOOLS = support.BUILD_ROOT / "runtime" / "tools"
PROGRAMS = support.BUILD_ROOT / "test" / "tools"


class Watched:
    """A running program: the process ids of its "ready" lines."""

    def __init__(self, process, pids):
        self.process, self.pids, self.pid = process, pids, pids[0]


@contextlib.contextmanager
def running(what="still", program=PROGRAMS / "watched", processes=1, env=()):
    """The program, ready; it ends with its standard input."""
    with subprocess.Popen([program, what], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, **dict(env)}) as process:
        try:
            lines = [process.stdout.readline() for _ in range(processes)]
            assert all(line.startswith("ready ") for line in lines), lines
            pids = sorted((int(line.split()[1]) for line in lines), key=lambda pid: pid != process.pid)
            yield Watched(process, pids)
        finally:
            process.stdin.close()
            assert process.wait(support.HANGS) == 0


def slabinfo(*arguments, **options):
    return support.run(TOOLS / "slabinfo", *arguments, **options)
