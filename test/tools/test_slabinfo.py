# SPDX-License-Identifier: MIT
"""slabinfo: what it says of programs that run, and of those that it cannot look at."""
import contextlib
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

import pytest

import support
from watched import PROGRAMS, TOOLS, running, slabinfo

# What watched.c makes.
HELD = {"request_cache": 2000 + 667, "timer": 10, "alarm": 20, "<b>&\"odd\"?[31m": 3}
ODD = "<b>&\"odd\"?[31m"


def seen(pid, *arguments):
    """{name: what --json says of it}, and all of it."""
    result = slabinfo("--json", pid, *arguments)
    assert (result.status, result.err) == (0, ""), result
    whole = json.loads(result.out)
    return {cache["name"]: cache for cache in whole["caches"]}, whole


@pytest.fixture(scope="module", name="still")
def still_program():
    with running() as program:
        yield program


def lines(*arguments):
    result = slabinfo(*arguments)
    assert (result.status, result.err) == (0, ""), result
    return result.out.splitlines()


def names(*arguments):
    return [line.split()[0] for line in lines(*arguments)[1:]]


# ---- programs of every form ----


@pytest.mark.parametrize("form", ["watched", "watched-nopie", "watched-static", "watched-gc", "watched-shared"])
def test_all_forms_of_programs(form):
    with running(program=PROGRAMS / form) as program:
        caches, whole = seen(program.pid)
    assert {name: cache["objects"] for name, cache in caches.items()} == HELD
    assert (whole["pid"], whole["program"], whole["threads"]) == (program.pid, form[:15], 1)


@pytest.mark.parametrize("form", ["watched", "watched-static"])
def test_stripped_and_deleted(form, tmp_path):
    """Neither names nor the file are needed."""
    copy = tmp_path / "copy"
    shutil.copy(PROGRAMS / form, copy)
    support.must(support.need("strip"), "--strip-all", copy)
    with running(program=copy) as program:
        copy.unlink()
        assert {name: cache["objects"] for name, cache in seen(program.pid)[0].items()} == HELD


def test_odd_program_name(tmp_path):
    copy = tmp_path / "<i>\033[31m\"\\é"
    shutil.copy(PROGRAMS / "watched", copy)
    with running(program=copy) as program:
        assert seen(program.pid)[1]["program"] == "<i>?[31m\"\\??"
        assert "<h1>&lt;i&gt;?[31m&quot;\\??</h1>" in slabinfo("--html", "-", program.pid).out


def test_after_fork():
    with running("fork", processes=2) as program:
        parent, child = (seen(pid)[0] for pid in program.pids)
    assert {name: cache["objects"] for name, cache in parent.items()} == {**HELD, ODD: 6}
    assert {name: cache["objects"] for name, cache in child.items()} == {**HELD, ODD: 9}


# ---- what is said ----


def test_json(still):
    caches, whole = seen(still.pid)
    request = caches["request_cache"]
    assert (request["object_size"], request["slab_size"], request["align"]) == (200, 200, 8)
    assert request["bytes_per_slab"] // request["slab_size"] == request["objs_per_slab"]
    assert request["total_objects"] == request["slabs"] * request["objs_per_slab"]
    # All that were freed are at hand or in the slabs.
    assert request["objects"] + request["objects_at_hand"] <= request["total_objects"]
    assert caches["timer"]["aliases"] == ["alarm"] and caches["alarm"]["aliases"] == ["timer"]
    assert request["aliases"] == [] and request["settled"] and not request["lost"]
    totals = whole["totals"]
    stores = [caches[name] for name in ("request_cache", "timer", ODD)]
    assert whole["settled"] and totals["caches"] == 4 and totals["objects"] == sum(HELD.values())
    assert totals["slabs"] == sum(cache["slabs"] for cache in stores)
    assert totals["bytes"] == sum(cache["slabs"] * cache["bytes_per_slab"] for cache in stores)
    assert totals["object_bytes"] == 2667 * 200 + 30 * 2008 + 3 * 5000


def test_sheaves_of_all_sizes(still):
    """What is at hand is counted, whatever the size of the sheaf it lies on."""
    with running("grown") as program:
        caches, _ = seen(program.pid)
    assert {name: cache["objects"] for name, cache in caches.items()} == HELD
    assert caches["request_cache"]["sheaf_capacity"] > seen(still.pid)[0]["request_cache"]["sheaf_capacity"]


def test_debug_flags():
    """Such caches have nothing at hand and share nothing; their flags have letters."""
    with running(env={"SLAB_DEBUG": "FZPU"}) as program:
        caches, _ = seen(program.pid)
        flags = {row.split()[0]: row.split()[-1] for row in lines(program.pid)[1:]}
    assert {name: cache["objects"] for name, cache in caches.items()} == HELD
    assert all(cache["objects_at_hand"] == 0 and cache["aliases"] == [] for cache in caches.values())
    assert flags == {name: "AaFZPU" if name == ODD else "FZPU" for name in HELD}


def test_sampled_objects():
    """Those on pages of their own count, though no slab has them."""
    with running(env={"SLAB_SAMPLE": "2"}) as program:
        caches, whole = seen(program.pid)
    assert {name: cache["objects"] for name, cache in caches.items()} == HELD
    assert whole["totals"]["objects"] < sum(HELD.values())


def test_json_of_some(still):
    caches, whole = seen(still.pid, "tim*")
    assert list(caches) == ["timer"] and caches["timer"]["aliases"] == ["alarm"]
    assert whole["totals"]["caches"] == 4, "of the whole program"


def test_table(still):
    heading, *rows = lines(still.pid)
    assert heading.split() == ["NAME", "ACTIVE", "OBJSIZE", "SIZE", "SLABS", "PART", "OBJ/SLAB", "ATHAND", "%FR", "%EF", "FLAGS"]
    cells = {row.split()[0]: row.split()[1:] for row in rows}
    caches = seen(still.pid)[0]
    assert list(cells) == sorted(HELD)
    for name, cache in caches.items():
        assert cells[name][0] == str(cache["objects"]) and cells[name][6] == str(cache["objects_at_hand"])
        assert cells[name][3:6] == [str(cache[key]) for key in ("slabs", "partial", "objs_per_slab")]
    assert cells["request_cache"][1] == "200" and cells["timer"][1] == "2.0K"
    assert [cells[name][9:] for name in ("alarm", "request_cache", ODD)] == [["*"], [], ["Aa"]]
    # Each cell ends below its heading.
    assert all(len(row) <= len(heading) and row[heading.index("ACTIVE") + 5].isdigit() for row in rows)


SORTS = {("-S",): "request_cache", ("-L",): "request_cache", ("--sort", "object-size"): ODD, ("-s", "s"): ODD,
         ("-s", "active", "-i"): ODD, ("-P",): ODD, ("-s", "name"): ODD, ("-s", "n", "-i"): "timer", ("-s", "b"): "request_cache",
         ("-s", "h"): "request_cache", ("-s", "fragmented"): ODD}


@pytest.mark.parametrize("options", SORTS, ids=" ".join)
def test_sorting(still, options):
    found = names(*options, still.pid)
    assert found[0] == SORTS[options] and sorted(found) == sorted(HELD)
    assert names(*options, "-N", "1", still.pid) == found[:1]


def test_patterns(still):
    assert names(still.pid, "*m*r*") == ["timer"]
    assert names(still.pid, "timer", "alarm") == ["alarm", "timer"]
    assert names(still.pid, "nothing") == []


def test_caches_without_slabs():
    with running("empty") as program:
        assert names(program.pid) == [] and names("-z", program.pid) == ["unused"]
        assert names(program.pid, "un*") == ["unused"]


def test_aliases_and_totals(still):
    assert lines("-a", still.pid) == ["timer <- alarm"] or lines("-a", still.pid) == ["alarm <- timer"]
    assert lines("-a", still.pid, "request*") == []
    totals = lines("-T", still.pid)
    assert [line.split(":")[0].split()[0] for line in totals] == ["Active"] * 4 + ["Minimum"]
    assert totals[0].split(": ")[1].startswith("2700 / ") and totals[4].endswith(": 200 / 225 / 5000")


def test_options_are_told():
    result = slabinfo("--help")
    assert result.status == 0 and "  -s, --sort KEY " in result.out and "  L  loss " in result.out
    assert slabinfo("--version").out == "slabinfo 0.1.0\n"


# ---- programs that do not hold still ----


def test_busy_program():
    with running("busy") as program:
        for _ in range(40):
            caches, _ = seen(program.pid)
            assert set(caches) <= {*HELD, "brief"}
            assert caches[ODD]["objects"] == 3
            assert caches["request_cache"]["total_objects"] >= 2667
            assert all(cache["objects"] <= cache["total_objects"] for cache in caches.values())
            assert slabinfo("--html", "-", program.pid).status == 0
        assert program.process.poll() is None


def word_at(memory, address):
    memory.seek(address)
    return struct.unpack("<Q", memory.read(8))[0]


def write_word(memory, address, word):
    memory.seek(address)
    memory.write(struct.pack("<Q", word))


def list_of_caches(pid, memory):
    """Where the beacon's first list stands: what its `prev` points to points back by `next`."""
    for line in pathlib.Path("/proc", str(pid), "maps").read_text().splitlines():
        start, end = (int(part, 16) for part in line.split()[0].split("-"))
        if "rw-p" not in line or not line.endswith("/watched"):
            continue
        memory.seek(start)
        beacon = memory.read(end - start).find(b"slab beacon\0")
        for at in range(start + beacon, start + beacon + 1024, 8) if beacon >= 0 else ():
            with contextlib.suppress(OSError, OverflowError, ValueError):
                if word_at(memory, word_at(memory, at) + 8) == at:
                    return at
    raise AssertionError("no beacon")


def test_what_never_holds_still():
    """A list that leads nowhere: what was met before counts, and this is said."""
    with running() as program, open(f"/proc/{program.pid}/mem", "r+b", 0) as memory:
        head = list_of_caches(program.pid, memory)
        write_word(memory, word_at(memory, head) + 8, 0)  # the last one's `next`
        caches, whole = seen(program.pid)
        assert {name: cache["objects"] for name, cache in caches.items()} == HELD and not whole["settled"]
        assert lines(program.pid)[-1] == "(some of it changed while it was read)"
        assert "; some of it changed while it was read</p>" in slabinfo("--html", "-", program.pid).out
        write_word(memory, head + 8, 0)
        assert refused(program.pid) == "its caches cannot be read"


def words_of(pid):
    """[(address, content)] of the words in the small anonymous mappings: those that hold the library's structs."""
    found = []
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, mode, _, _, inode, *name = line.split()
            start, end = (int(part, 16) for part in span.split("-"))
            if mode.startswith("rw") and inode == "0" and not name and end - start <= 4 << 20:
                memory.seek(start)
                data = memory.read(end - start)
                found += [(start + at, word) for at, (word,) in zip(range(0, len(data), 8), struct.iter_unpack("<Q", data)) if word]
    return found


def test_hostile_program(tmp_path):
    """Whatever stands in the other's memory, the tools end, and with a message if not well."""
    rng = random.Random(support.SEED)
    with running() as program, open(f"/proc/{program.pid}/mem", "r+b", 0) as memory:
        words = words_of(program.pid)
        # Objects are many and of no interest: what points to something is.
        pointers = [word for word in words if word[1] > 1 << 20]
        assert len(pointers) > 100
        for _ in range(60):
            broken = [rng.choice(pointers if rng.random() < .7 else words) for _ in range(rng.choice((1, 3, 30)))]
            for address, _ in broken:
                write_word(memory, address, rng.choice((0, 1, rng.choice(words)[0], rng.choice(pointers)[1], rng.getrandbits(32),
                                                        (1 << 64) - 1)))
            for form in (["--json"], ["--html", tmp_path / "page.html"], []):
                result = slabinfo(*form, program.pid)
                assert result.status == 0 or result.status == 1 and result.err.startswith("slabinfo: process"), \
                    f"seed {support.SEED}: {result}"
            for address, word in reversed(broken):
                write_word(memory, address, word)
        assert {name: cache["objects"] for name, cache in seen(program.pid)[0].items()} == HELD


# ---- what cannot be looked at ----


def refused(pid, *arguments, status=1, **options):
    result = slabinfo(*arguments, pid, **options)
    assert (result.status, result.out) == (status, ""), result
    assert result.err.startswith("slabinfo: ") and result.err.count("\n") == 1
    return result.err.removeprefix(f"slabinfo: process {pid}: ").removeprefix("slabinfo: ").strip()


def test_usage():
    assert refused("12x", status=2) == "'12x' is no process id"
    assert refused("-1", "--", status=2) == "'-1' is no process id"
    assert refused("0", status=2) == "'0' is no process id"
    assert refused("99999999999", status=2) == "'99999999999' is no process id"
    assert refused("1", "--sort", "colour", status=2) == "there is no column 'colour' to sort by; see --help"
    assert refused("1", "-N", "-3", status=2) == "'-3' is no number of lines"
    assert slabinfo().status == 2 and "Name a process id" in slabinfo().err
    assert slabinfo("--colour", "1").status == 2


def test_no_such_process(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("before")
    with running() as program:
        pass
    assert refused(program.pid, "--html", page) == "there is no such process"
    assert page.read_text() == "before"


def test_zombie():
    with subprocess.Popen(["true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert refused(process.pid) == "there is no such process"


def test_program_without_the_library():
    assert refused(os.getpid()) == "it does not use the slab library"


def test_not_allowed(still):
    if os.geteuid() != 0:
        assert refused(1).startswith("it may not be looked at: ")
        return
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copy(TOOLS / "slabinfo", folder)
        done = subprocess.run([pathlib.Path(folder, "slabinfo"), str(still.pid)], user=65534, group=65534, extra_groups=[],
                              capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"slabinfo: process {still.pid}: it may not be looked at: it is another user's, or ")


def test_lost_output(still, tmp_path):
    assert refused(still.pid, "--html", tmp_path / "no" / "page.html") == f"{tmp_path}/no/page.html: No such file or directory"
    assert refused(still.pid, "--html", "/dev/full") == "/dev/full: No space left on device"
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([TOOLS / "slabinfo", str(still.pid)], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "slabinfo: standard output: No space left on device\n")


# ---- images that are not as they should be ----

MAPPER = """
import mmap, os, sys
with open(sys.argv[1], "rb") as file:
    image = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
print("ready", os.getpid(), flush=True)
sys.stdin.read()
"""


def beacon_of(program):
    """The beacon as the file has it, its layout numbers with it."""
    data = program.read_bytes()
    at = data.index(b"slab beacon\0")
    return data[at:at + 1024]


def image(beacon, *, note=None, headers=2, name=b"slab\0", kind=1, distance=None):
    """A mapped file: one segment, a note and a beacon."""
    note_at, beacon_at = 64 + 56 * 2, 64 + 56 * 2 + 64
    if note is None:
        before = struct.pack("<III", len(name), 4, kind) + name.ljust(8, b"\0")
        note = before + struct.pack("<i", beacon_at - note_at - len(before) if distance is None else distance)
    load = struct.pack("<IIQQQQQQ", 1, 4, 0, 0, 0, 8192, 8192, 4096)
    notes = struct.pack("<IIQQQQQQ", 4, 4, note_at, note_at, 0, len(note), len(note), 4)
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, headers, 0, 0, 0)
    return (header + load + notes + note.ljust(64, b"\0") + beacon).ljust(8192, b"\0")


def said_of(tmp_path, data):
    file = tmp_path / "image"
    file.write_bytes(data)
    with subprocess.Popen([sys.executable, "-c", MAPPER, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("ready")
        return refused(process.pid)


NOTHING = "it does not use the slab library"
OTHER = "its slab library is of another version than this tool"


@pytest.fixture(scope="module", name="beacon")
def real_beacon():
    return beacon_of(PROGRAMS / "watched")


def test_images_are_found(beacon, tmp_path):
    assert said_of(tmp_path, image(beacon)) == "its caches cannot be read"


def test_other_version(beacon, tmp_path):
    assert said_of(tmp_path, image(beacon[:13] + bytes([beacon[13] + 1]) + beacon[14:])) == OTHER
    assert said_of(tmp_path, image(beacon[:20] + bytes([beacon[20] ^ 8]) + beacon[21:])) == OTHER


def test_other_word_size(beacon, tmp_path):
    sizes = "it is a 32-bit program, and this tool is for 64 bits"
    assert said_of(tmp_path, image(beacon[:12] + b"\4" + beacon[13:])) == sizes
    assert said_of(tmp_path, b"\x7fELF\x01\x01\x01".ljust(4096, b"\0")) == sizes


@pytest.mark.parametrize("change", [
    {"name": b"SLAB\0"}, {"name": b"slab"}, {"kind": 2}, {"distance": 1 << 30}, {"distance": -(1 << 31)}, {"distance": 3},
    {"note": b""}, {"note": b"\xff" * 40}, {"note": struct.pack("<III", 5, 1 << 31, 1) + b"slab"}, {"headers": 0}, {"headers": 65535},
], ids=str)
def test_images_of_others(beacon, tmp_path, change):
    """A note that is not ours, or leads nowhere, is none."""
    assert said_of(tmp_path, image(beacon, **change)) in (NOTHING, "its caches cannot be read" if change == {"headers": 65535} else NOTHING)


@pytest.mark.parametrize("cut", [0, 3, 63, 100, 180, 239, 250])
def test_short_images(beacon, tmp_path, cut):
    assert said_of(tmp_path, image(beacon)[:cut] or b"\0") == NOTHING
