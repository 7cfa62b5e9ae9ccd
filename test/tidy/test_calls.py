# SPDX-License-Identifier: MIT
"""Who calls whom among the files of runtime/, read from the symbols of the library's objects: no call leads up."""
import pathlib
import re
import subprocess

import pytest

import support

# From the ground up: a file calls those of the lines below its own. CONTRIBUTING.md draws it.
FLOORS = [
    "buckets fault fork inspect owner waiting",
    "os_linux",
    "rcu symbol",
    "map meta report",
    "account options sheaf stack",
    "at_hand debug_report failslab leaks random sanitizer wipe",
    "guard harden pages partition",
    "large slab",
    "barn debug share",
    "calls slots",
    "cache",
    "leaks_report stats validate",
    "alloc",
    "attr kmalloc",
    "bulk kfree_rcu kmem_buckets mempool nolock",
]
FLOOR_OF = {unit: floor for floor, units in enumerate(FLOORS) for unit in units.split()}
LIBRARIES = ["runtime/libslab.a", "test/libslab-hardened.a"]


def unit_of(member):
    return re.sub(r"(\.c)?\.o$", "", member.split("_runtime_")[-1].split("/")[-1])


def symbols(nm):
    """{file: (functions that it defines, symbols that it wants)} of what `nm -A` prints of a library's members."""
    found = {}
    for line in nm.splitlines():
        match = re.match(r"(?:.*[:/])?([^:/\[\]]+\.o)\]?: *(?:[0-9a-f]* )?([A-Za-z]) (\S+)$", line)
        if not match:
            continue
        member, kind, name = match.groups()
        defined, wanted = found.setdefault(unit_of(member), (set(), set()))
        if kind in "TW":
            defined.add(name)
        elif kind == "U":
            wanted.add(name)
    return found


def calls(found):
    """{(caller, called, function)}"""
    home = {name: unit for unit, (defined, _) in found.items() for name in defined}
    return {(unit, home[name], name) for unit, (_, wanted) in found.items() for name in wanted
            if name in home and home[name] != unit}


def calls_up(found):
    return sorted(f"{caller}.c calls {name}() of {called}.c" for caller, called, name in calls(found)
                  if FLOOR_OF[caller] <= FLOOR_OF[called])


def built(library):
    path = pathlib.Path(support.BUILD_ROOT) / library
    if not path.exists():
        pytest.skip(f"{library} is not built")
    done = subprocess.run([support.need("nm"), "-A", path], capture_output=True, text=True, check=True)
    return symbols(done.stdout)


@pytest.mark.parametrize("library", LIBRARIES)
def test_no_call_leads_up(library):
    found = built(library)
    assert set(found) <= set(FLOOR_OF), "a file has no floor: name it in FLOORS"
    assert len(calls(found)) > 100
    assert calls_up(found) == []


def test_the_floors_are_those_of_the_folder():
    sources = {path.stem for path in (support.SOURCE_ROOT / "runtime").glob("*.c")}
    assert sources == set(FLOOR_OF)


def test_a_planted_call_is_found():
    found = symbols("libslab.a:options.c.o:0000000000000010 T options_flags\n"
                    "libslab.a:options.c.o:                 U leaks_note\n"
                    "libslab.a:leaks.c.o:0000000000000000 T leaks_note\n"
                    "libslab.a:leaks.c.o:                 U options_flags\n")
    assert calls_up(found) == ["options.c calls leaks_note() of leaks.c"]
