#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Finds types in DWARF by pyelftools: one JSON request on stdin, one JSON answer on stdout, as gen/read/dwarf_facts.h describes them.

Needs Python 3.9 and pyelftools 0.29 or newer (Debian: python3-pyelftools). The exit status is 0, but where pyelftools is missing.
"""
import json
import resource
import signal
import sys
import types

sys.dont_write_bytecode = True

# pyelftools imports these without using them here; they take a third of the time that a small object takes.
for _name, _word in ("logging.config", "valid_ident"), ("pdb", "Pdb"):
    sys.modules.setdefault(_name, types.ModuleType(_name)).__dict__.setdefault(_word, None)
try:
    from pyelf.answer import answer, failure
except ImportError as missing:
    sys.exit(f"{missing} (pyelftools is Debian's python3-pyelftools, or 'pip install pyelftools')")


class TimeUp(BaseException):
    """The answer takes too long. Nothing on the way catches it."""


def time_up(*_: object) -> None:
    raise TimeUp


def respond(request: dict) -> dict:
    seconds, mebibytes = request.get("seconds", 300), request.get("mebibytes", 4096)
    signal.signal(signal.SIGVTALRM, time_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    resource.setrlimit(resource.RLIMIT_DATA, (mebibytes << 20, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    try:
        return answer(request)
    except TimeUp:
        return failure("limit", f"the DWARF reader did not finish in {seconds} seconds")
    except MemoryError:
        return failure("limit", f"the DWARF reader needs more than {mebibytes} MiB of memory")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main() -> None:
    try:
        reply = respond(json.load(sys.stdin))
    except Exception as error:  # whoever reads the answer can do nothing with a traceback
        reply = failure("refused", f"the DWARF reader fails ({type(error).__name__}: {error})")
    json.dump(reply, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
