# SPDX-License-Identifier: MIT
"""check with headers that nobody should trust: it runs, loads, reads and writes nothing that they name."""
import re

import pytest

import support
from project import HEADER, check, edit, make, state

TELLTALE = """\
#!/bin/sh
touch "$(dirname "$0")/ran"
exit 1
"""


@pytest.fixture
def place(tmp_path):
    place = make(tmp_path / "project")
    support.write(place, {"evil": TELLTALE, "cc": TELLTALE, "cc1": TELLTALE, "as": TELLTALE, "specs": "*cc1:\n./evil\n"})
    for name in ("evil", "cc", "cc1", "as"):
        (place / name).chmod(0o755)
    return place


@pytest.fixture(autouse=True)
def apart(tmp_path):
    (tmp_path / "project").mkdir()


def claim(place, command, name=HEADER):
    """Let the header's banner have this command."""
    text = (place / name).read_text()
    (place / name).write_text(re.sub(r"(?m)^ \*   gen-opaque emit .*$", lambda _: f" *   gen-opaque emit {command}", text))


def refused(place, said, *arguments):
    """check and check --update both refuse, and nothing ran or was written."""
    before = state(place.parent)
    for update in ((), ("--update",)):
        result = support.gen("check", *update, *(arguments or (HEADER,)), cwd=place)
        assert (result.status, result.out) == (2, "") and f"\n{said}" in "\n" + result.err, result
    assert state(place.parent) == before


OUTSIDE = f"{HEADER}:4:1: error: the header names '{{}}', which is outside the project\n"
FLAG = f"{HEADER}:4:1: error: the header asks for compile flag '{{}}', which no header may ask for\n"
OPTION = f"{HEADER}:4:1: error: the header asks for {{}}, which no header may ask for\n"
BASE = "-t 'struct conn' -o include/conn_opaque.h "
COMMANDS = {
    "compiler": (BASE + "--cc ./evil src/conn.c", OPTION.format("--cc")),
    "compiler by a short word": (BASE + "--c ./evil src/conn.c", OPTION.format("--cc")),
    "database": (BASE + "-p evil-build src/conn.c", f"{HEADER}:4:1: error: the header names 'evil-build' as a build directory,"),
    "depfile": (BASE + "--depfile evil src/conn.c", OPTION.format("--depfile")),
    "root": (BASE + "--root / src/conn.c", OPTION.format("--root")),
    "help": (BASE + "--help src/conn.c", OPTION.format("--help")),
    "unknown option": (BASE + "--evil src/conn.c", f"{HEADER}:4:1: error: unknown option '--evil'\n"),
    "plugin": (BASE + "src/conn.c -- -fplugin=./evil.so", FLAG.format("-fplugin=./evil.so")),
    "clang's plugin": (BASE + "src/conn.c -- -Xclang -load -Xclang ./evil.so", FLAG.format("-Xclang")),
    "wrapper": (BASE + "src/conn.c -- -wrapper ./evil", FLAG.format("-wrapper")),
    "program folder": (BASE + "src/conn.c -- -B.", FLAG.format("-B.")),
    "program folder in two words": (BASE + "src/conn.c -- -B .", FLAG.format("-B")),
    "specs": (BASE + "src/conn.c -- -specs=specs", FLAG.format("-specs=specs")),
    "mapper": (BASE + "src/conn.c -- '-fmodule-mapper=|./evil'", FLAG.format("-fmodule-mapper=|./evil")),
    "response file": (BASE + "src/conn.c -- @evil", FLAG.format("@evil")),
    "hidden behind a harmless one": (BASE + "src/conn.c -- -DX -fplugin=./evil.so", FLAG.format("-fplugin=./evil.so")),
    "second source": (BASE + "src/conn.c -- evil", FLAG.format("evil")),
    "include of the system": (BASE + "src/conn.c -- -include /etc/passwd", OUTSIDE.format("/etc/passwd")),
    "include above": (BASE + "src/conn.c -- -I../..", OUTSIDE.format("../..")),
    "source of the system": (BASE + "/etc/passwd", OUTSIDE.format("/etc/passwd")),
    "source above": (BASE + "../secret.c", OUTSIDE.format("../secret.c")),
    "source through a link": (BASE + "link/secret.c", OUTSIDE.format("link/secret.c")),
    "output above": ("-t 'struct conn' -o ../x.h src/conn.c", OUTSIDE.format("../x.h")),
    "light half of the system": (BASE + "--fwd /tmp/x.h src/conn.c", OUTSIDE.format("/tmp/x.h")),
    "light half above": (BASE + "--fwd ../x.h src/conn.c", OUTSIDE.format("../x.h")),
    "light half above, by a way": ("-t 'struct conn' -o a/b/c/conn_opaque.h --fwd conn_fwd.h src/conn.c",
                                   OUTSIDE.format("../../../conn_fwd.h")),
    "light half in git": (BASE + "--fwd .git/hooks/pre-commit src/conn.c",
                          f"{HEADER}:4:1: error: the header names '.git/hooks/pre-commit' as a file of its own, which is hidden\n"),
    "layouts above": (BASE + "--layout ../x.json src/conn.c", OUTSIDE.format("../x.json")),
    "layouts in git": (BASE + "--layout .git/config src/conn.c",
                       f"{HEADER}:4:1: error: the header names '.git/config' as a file of its own, which is hidden\n"),
    "layouts over the source": (BASE + "--layout src/conn.c src/conn.c",
                                f"{HEADER}:4:1: error: the source and --layout are the same file\n"),
    "layouts over a file": (BASE + "--layout include/other.h src/conn.c -- -Iinclude",
                            "include/other.h:1:6: error: this is no JSON: "),
    "light half over a source": (BASE + "--fwd src/conn.c src/conn.c",
                                 f"{HEADER}:4:1: error: the source and --fwd are the same file\n"),
    "light half over a file": (BASE + "--fwd include/other.h src/conn.c -- -Iinclude",
                               "include/other.h: error: has no banner of gen-opaque\n"),
    "triple": (BASE + "--target ../x src/conn.c", f"{HEADER}:4:1: error: the header names '../x' as its target, which is not the name of one\n"),
    "name of a type": (BASE.replace("conn'", "conn=a;b'") + "src/conn.c", f"{HEADER}:4:1: error: 'a;b' cannot be the base of names\n"),
    "name of a field": (BASE + "--offset 'a b' src/conn.c", f"{HEADER}:4:1: error: 'a b' is not the name of a field\n"),
    "no type": ("-o include/conn_opaque.h src/conn.c", f"{HEADER}:4:1: error: no type is asked for\n"),
    "no source": (BASE, f"{HEADER}:4:1: error: no source is given\n"),
    "two sources": (BASE + "src/conn.c include/other.h", f"{HEADER}:4:1: error: there can be only one source, not 2\n"),
    "folder": (BASE + "src", f"{HEADER}:4:1: error: "),
    "open quote": (BASE + "'src/conn.c", f"{HEADER}:4:1: error: this is not the command that the banner should have here\n"),
    "shell": (BASE + "src/conn.c -- $(./evil) `./evil`; ./evil", FLAG.format("$(./evil)")),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_refused(case, place, tmp_path):
    support.write(tmp_path, {"secret.c": "struct conn { int secret; };\n"})
    (place / "link").symlink_to("..")
    command, said = COMMANDS[case]
    claim(place, command)
    refused(place, said)


def test_another_programs_command(place):
    edit(place, HEADER, "gen-opaque emit", "./evil emit")
    refused(place, f"{HEADER}:4:1: error: this is not the command that the banner should have here\n")


def test_programs_beside_the_source_do_not_run(place):
    """A project full of programs named as a compiler's parts: those of PATH run."""
    check(place, 0, "")
    assert not (place / "ran").exists()


def test_one_header_does_not_take_another(place):
    """--update writes a light half only where that says itself whose half it is."""
    text = (place / HEADER).read_text()
    (place / "include/victim_opaque.h").write_text(text.replace(HEADER, "include/victim_opaque.h"))
    claim(place, BASE + "--fwd include/victim_opaque.h src/conn.c -- -Iinclude")
    refused(place, "include/victim_opaque.h:1:1: error: another header's banner takes this for a part of that header\n")


def test_nothing_of_a_header_reaches_a_terminal(place):
    """Escape sequences, or commands for GitHub at the start of a line, stay what they are."""
    edit(place, HEADER, "#ifndef CONN_OPAQUE_H", "\x1b[2J::error::boo\r\x07")
    result = support.gen("check", HEADER, cwd=place)
    assert result.status in (1, 2) and not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", result.err) and "\n::" not in result.err, result


def test_a_broken_header_is_no_crash(place):
    text = (place / HEADER).read_bytes()
    for index, damaged in enumerate((text[:150], text.replace(b"emit -t", b"emit " + b"x" * 100000), b"\xff" * 5000, b"\n" * 70000 + text,
                                     text.replace(b"16", b"9" * 400))):
        (place / HEADER).write_bytes(damaged)
        result = support.gen("check", HEADER, cwd=place)
        assert result.status in (1, 2) and result.err.startswith("include/conn_opaque.h:"), (index, result)
