# SPDX-License-Identifier: MIT
"""Interrupted, emit dies of the signal, and leaves nothing behind: no file, no folder, no compiler that runs on."""
import os
import signal
import subprocess
import time

import pytest

import support

OLD = "an older header, not to be touched\n"
# It does what cc does until it is asked for numbers, which is a syntax check; then it starts a process of its own and never ends.
SLOW = """\
#!/bin/sh
case " $* " in
*" -fsyntax-only "*) sleep 1000 & echo $! >"$NOTE.new"; mv "$NOTE.new" "$NOTE"; wait ;;
*) exec cc "$@" ;;
esac
"""


@pytest.fixture
def place(tmp_path):
    support.write(tmp_path, {"conn.c": "struct conn { int fd; };\n", "conn_opaque.h": OLD, "slow": SLOW})
    (tmp_path / "slow").chmod(0o755)
    (tmp_path / "tmp").mkdir()
    return tmp_path


def hear_all():
    """Whatever started the tests, nohup say, may have left signals ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def start(place, *before):
    return subprocess.Popen([*before, support.tool(), "emit", "-t", "struct conn", "--cc", "./slow", "-o", "conn_opaque.h", "conn.c"],
                            cwd=place, env=dict(os.environ, TMPDIR=str(place / "tmp"), NOTE=str(place / "note")),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=hear_all)


def until(condition):
    end = time.monotonic() + support.HANGS
    while not condition():
        assert time.monotonic() < end, "nothing happens"
        time.sleep(0.01)


def runs(process):
    """Is it there, and no zombie that nobody has waited for?"""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for_compiler(place):
    """The process that it has started."""
    until((place / "note").exists)
    process = int((place / "note").read_text())
    assert runs(process)
    return process


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_interrupted(name, place):
    number = getattr(signal, name)
    with start(place) as emit:
        process = wait_for_compiler(place)
        emit.send_signal(number)
        out, err = emit.communicate(timeout=support.HANGS)
    assert (emit.returncode, out, err) == (-number, "", "")
    until(lambda: not runs(process))
    assert list((place / "tmp").iterdir()) == []
    assert sorted(path.name for path in place.iterdir()) == ["conn.c", "conn_opaque.h", "note", "slow", "tmp"]
    assert (place / "conn_opaque.h").read_text() == OLD


def test_what_is_ignored_stays_ignored(place):
    """As under nohup."""
    support.need("nohup")
    with start(place, "nohup") as emit:
        process = wait_for_compiler(place)
        emit.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        assert emit.poll() is None
        emit.send_signal(signal.SIGTERM)
        emit.communicate(timeout=support.HANGS)
    assert emit.returncode == -signal.SIGTERM
    until(lambda: not runs(process))


def test_a_compiler_that_takes_too_long_is_ended_with_all_that_it_started(place, monkeypatch):
    monkeypatch.setenv("GEN_OPAQUE_TIMEOUT", "1")
    with start(place) as emit:
        process = wait_for_compiler(place)
        out, err = emit.communicate(timeout=support.HANGS)
    assert (emit.returncode, out) == (2, "")
    assert err == "gen-opaque: error: the compiler './slow' did not come to an end\n"
    until(lambda: not runs(process))
    assert list((place / "tmp").iterdir()) == []
