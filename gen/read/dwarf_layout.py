#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Reads layouts out of DWARF: one JSON request on stdin, one JSON answer on stdout. Needs Python 3.9, nothing else.

    {"inputs": ["conn.o"], "types": [{"kind": "struct", "name": "conn"}]}     or "all": true
    {"layouts": [...], "diagnostics": [...], "files": ["conn.o", ...]}

The first two lists are in the forms of gen/layout_json.c; the third has all files that were read. A layout has one more number: its alignment lies between "align_low"
and "align", and "align_exact" says that they are the same. Optional: "debug_dirs", where separate debug files are;
"seconds" of processor time and "mebibytes" of memory that an answer may take. The exit status is always 0.
"""
import json
import resource
import signal
import sys

sys.dont_write_bytecode = True

from dwarf.answer import ERROR, answer, diagnostic  # noqa: E402


class TimeUp(Exception):
    """The answer took too long."""


def time_up(*_: object) -> None:
    raise TimeUp


def refused(text: str, *notes: str) -> dict:
    notes_of_it = tuple(diagnostic(0, note) for note in notes)
    return {"layouts": [], "diagnostics": [diagnostic(ERROR, text, notes=notes_of_it)], "files": []}


def respond(request: dict) -> dict:
    seconds, mebibytes = request.get("seconds", 300), request.get("mebibytes", 4096)
    signal.signal(signal.SIGVTALRM, time_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    resource.setrlimit(resource.RLIMIT_DATA, (mebibytes << 20, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    try:
        return answer(request)
    except TimeUp:
        return refused(f"the DWARF reader did not finish in {seconds} seconds")
    except MemoryError:
        return refused(f"the DWARF reader needs more than {mebibytes} MiB of memory")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main() -> None:
    try:
        reply = respond(json.load(sys.stdin))
    except Exception as error:  # whoever reads the answer can do nothing with a traceback
        reply = refused(f"the DWARF reader fails ({type(error).__name__}: {error})")
    json.dump(reply, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
