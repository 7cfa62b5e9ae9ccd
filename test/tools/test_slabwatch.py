# SPDX-License-Identifier: MIT
"""slabwatch in a real terminal, tmux: what stands on the screen."""
import json
import re
import time

import pytest

import support
from watched import TOOLS, running, slabinfo

SLABWATCH = TOOLS / "slabwatch"
LIMIT = 150  # seconds until something that is waited for must have come; far more than it takes anywhere
ODD = "<b>&\"odd\"?[31m"
HEADING = ["OBJS", "ACTIVE", "USE", "OBJSIZE", "SLABS", "OBJ/SLAB", "ATHAND", "SIZE", "NAME"]


@pytest.fixture(scope="module", autouse=True)
def built():
    if not SLABWATCH.exists():
        support.missing("slabwatch, which needs ncurses")


class Terminal:
    """A tmux server of its own with one window."""

    def __init__(self, folder, command, width=100, height=24):
        self.socket = folder / "tmux"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", width, "-y", height, command)

    def tmux(self, *words):
        return support.must(support.need("tmux"), "-S", self.socket, *words, env={"TMUX": None}).out

    def screen(self):
        return self.tmux("capture-pane", "-p").rstrip("\n").split("\n")

    def wait(self, what):
        """The first screen that passes."""
        end = time.monotonic() + LIMIT
        while True:
            screen = self.screen()
            if what(screen):
                return screen
            assert time.monotonic() < end, "\n".join(screen)
            time.sleep(.05)

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def resize(self, width, height):
        self.tmux("resize-window", "-x", width, "-y", height)


@pytest.fixture(name="terminal")
def terminals(tmp_path):
    opened = []

    def start(pid, *options, **size):
        # The terminal's settings before and after, and what stood on the screen, must be the same.
        command = f"stty -g >before; echo above; {SLABWATCH} {' '.join(options)} {pid}; echo status=$?; stty -g >after; cat"
        opened.append(Terminal(tmp_path, f"cd {tmp_path}; {command}", **size))
        return opened[-1]
    yield start
    for one in opened:
        one.tmux("kill-server")


@pytest.fixture(scope="module", name="still")
def still_program():
    with running() as program:
        yield program


def rows(screen):
    """{name: cells} of the table, in order."""
    at = [number for number, line in enumerate(screen) if line.split() == HEADING]
    return {line.split()[-1]: line.split()[:-1] for line in screen[at[0] + 1:] if line.strip()} if at else {}


def is_drawn(screen):
    return len(rows(screen)) == 4


def sorted_by(key, order=None):
    """A screen may be seen while only its first line is new: with an order, its rows are waited for as well."""
    return lambda screen: (is_drawn(screen) and f", by {key}, " in screen[0]
                           and (order is None or list(rows(screen)) == order))


def ended(screen):
    return any(line.startswith("status=") for line in screen)


def test_screen(still, terminal):
    screen = terminal(still.pid).wait(is_drawn)
    assert screen[0].startswith(f" watched ({still.pid}), 1 thread, by objects, ")
    assert screen[1].startswith(" Active / Total Objects (% used)     : 2700 / ")
    caches = {cache["name"]: cache for cache in json.loads(slabinfo("--json", still.pid).out)["caches"]}
    for name, cells in rows(screen).items():
        cache = caches[name]
        assert [cells[i] for i in (0, 1, 4, 5, 6)] == [str(cache[key]) for key in (
            "total_objects", "objects", "slabs", "objs_per_slab", "objects_at_hand")]
    assert list(rows(screen)) == ["request_cache", "alarm", "timer", ODD]


def test_sort_keys(still, terminal):
    term = terminal(still.pid, "-s", "n")
    term.wait(sorted_by("name", [ODD, "alarm", "request_cache", "timer"]))
    for key, name, order in (("s", "object-size", [ODD, "alarm", "timer", "request_cache"]),
                             ("a", "active", ["request_cache", "alarm", "timer", ODD]),
                             ("b", "per-slab", ["request_cache", "alarm", "timer", ODD]),
                             ("u", "use", ["request_cache", "alarm", "timer", ODD]),
                             ("c", "size", ["request_cache", ODD, "alarm", "timer"]),
                             ("l", "slabs", ["request_cache", "alarm", "timer", ODD]),
                             ("v", "active-slabs", ["request_cache", "alarm", "timer", ODD]),
                             ("p", "pages", [ODD, "alarm", "request_cache", "timer"]),
                             ("o", "objects", ["request_cache", "alarm", "timer", ODD])):
        term.keys(key)
        term.wait(sorted_by(name, order))
    term.keys("i")
    term.wait(sorted_by("objects inverted", [ODD, "alarm", "timer", "request_cache"]))
    # A key without a meaning changes nothing.
    term.keys("z", "i")
    term.wait(sorted_by("objects"))


def test_quits_and_leaves_the_terminal_as_it_was(still, terminal, tmp_path):
    term = terminal(still.pid)
    term.wait(is_drawn)
    term.keys("q")
    assert term.wait(ended)[:2] == ["above", "status=0"]
    term.wait(lambda screen: (tmp_path / "after").exists() and (tmp_path / "after").read_text())
    assert (tmp_path / "before").read_text() == (tmp_path / "after").read_text()
    assert term.tmux("display-message", "-p", "#{cursor_flag} #{alternate_on}").split() == ["1", "0"]


def test_looks_again(terminal):
    with running() as program:
        term = terminal(program.pid, "-d", "0.2")
        assert rows(term.wait(is_drawn))["timer"][1] == "10"
        program.process.stdin.write("x")
        program.process.stdin.flush()
        term.wait(lambda screen: is_drawn(screen) and rows(screen)["timer"][1] == "20")
        term.keys("q")
        assert "status=0" in term.wait(ended)


def test_space_looks_at_once(terminal):
    with running() as program:
        term = terminal(program.pid, "-d", "1000000")
        term.wait(is_drawn)
        program.process.stdin.write("x")
        program.process.stdin.flush()
        assert program.process.stdout.readline().startswith("ready")
        term.keys("Space")
        term.wait(lambda screen: is_drawn(screen) and rows(screen)["timer"][1] == "20")


def test_busy_program(terminal):
    with running("busy") as program:
        term = terminal(program.pid, "-d", "0.01")
        clock = re.search(r"\d+:\d+:\d+$", term.wait(lambda screen: len(rows(screen)) >= 4)[0]).group()
        term.wait(lambda screen: len(rows(screen)) >= 4 and not screen[0].endswith(clock))
        term.keys("q")
        assert "status=0" in term.wait(ended)


def test_resizing(still, terminal):
    term = terminal(still.pid)
    term.wait(is_drawn)
    term.resize(50, 9)
    small = term.wait(lambda screen: len(screen) == 9 and screen[8].split()[:1] == ["4251"])
    assert all(len(line) <= 50 for line in small) and small[7].split()[:3] == HEADING[:3]
    term.resize(3, 2)
    term.wait(lambda screen: screen[0] == " wa")
    term.resize(120, 30)
    assert term.wait(is_drawn)[0].startswith(" watched (")


def test_end_of_what_is_watched(terminal):
    with running() as program:
        term = terminal(program.pid, "-d", "0.2")
        term.wait(is_drawn)
    screen = term.wait(ended)
    assert screen[:3] == ["above", f"slabwatch: process {program.pid} has ended", "status=0"]


def test_end_of_the_terminal(still, tmp_path):
    """It ends with its terminal, even if hang-ups are ignored."""
    term = Terminal(tmp_path, f"trap '' HUP; {SLABWATCH} -d 0.2 {still.pid}; echo status=$? >{tmp_path}/ended")
    try:
        term.wait(is_drawn)
    finally:
        term.tmux("kill-server")
    end = time.monotonic() + LIMIT
    while not (tmp_path / "ended").exists() or not (tmp_path / "ended").read_text():
        assert time.monotonic() < end
        time.sleep(.05)


def run(*arguments, **options):
    return support.run(SLABWATCH, *arguments, **options)


def test_once(still):
    result = run("--once", "-s", "n", still.pid)
    assert (result.status, result.err) == (0, "")
    assert list(rows(result.out.splitlines())) == [ODD, "alarm", "request_cache", "timer"]
    assert "2700 / " in result.out and "\033" not in result.out


@pytest.mark.parametrize("arguments, error", [
    ([], "whose caches? Name one process id; see slabwatch --help"),
    (["1", "2"], "whose caches? Name one process id; see slabwatch --help"),
    (["one"], "'one' is no process id"),
    (["-d", "0", "1"], "'0' is no delay in seconds"),
    (["-d", "1x", "1"], "'1x' is no delay in seconds"),
    (["-d", "nan", "1"], "'nan' is no delay in seconds"),
    (["-s", "colour", "1"], "there is no column 'colour' to sort by; see --help"),
], ids=str)
def test_usage(arguments, error):
    result = run(*arguments)
    assert (result.status, result.out, result.err) == (2, "", f"slabwatch: {error}\n")


def test_what_it_needs(still):
    result = run(still.pid)
    assert (result.status, result.err) == (2, "slabwatch: this is no terminal; --once prints one screen\n")
    assert run("--help").status == 0 and run("--version").out == "slabwatch 0.1.0\n"
    with running() as program:
        pass
    assert run("-o", program.pid).err == f"slabwatch: process {program.pid}: there is no such process\n"


def test_unknown_terminals(still, terminal, tmp_path):
    del terminal
    term = Terminal(tmp_path, f"TERM=nonesuch {SLABWATCH} {still.pid}; echo status=$?; cat")
    try:
        assert term.wait(ended)[:2] == ["slabwatch: terminals called 'nonesuch' are unknown", "status=1"]
    finally:
        term.tmux("kill-server")
