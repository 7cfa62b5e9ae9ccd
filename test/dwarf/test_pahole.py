# SPDX-License-Identifier: MIT
"""layout of object files against pahole: offsets, sizes, holes and padding of real types."""
import json
import re

import pytest

import support

SOURCE = """\
#define _GNU_SOURCE
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <ucontext.h>
struct bits { char c; unsigned a : 3, b : 7, : 6, d : 12; long long e : 33; char f; int g : 5; char h; };
struct __attribute__((packed)) tight { char c; int i; unsigned a : 3; long l; short s : 9; };
struct wide { char c; _Alignas(128) int i; __int128 n; long double d; char tail[3]; };
struct mixed { char c; union { long l; struct { char x; double y; }; char z[11]; }; struct bits in[3]; int (*f)(int); };
struct later { char kind; long size; short n; char data[]; };
FILE file; struct stat st; struct tm tm; struct addrinfo ai; siginfo_t si; struct rusage ru; struct sockaddr_un su;
struct sigaction sa; ucontext_t uc; struct bits bits; struct tight tight; struct wide wide;
struct mixed mixed; struct later *later;
"""
TYPES = ("_IO_FILE", "stat", "tm", "addrinfo", "siginfo_t", "rusage", "sockaddr_un", "sigaction", "ucontext_t",
         "bits", "tight", "wide", "mixed", "later")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pahole")
    support.write(folder, {"types.c": SOURCE})
    support.must("gcc", "-g", "-gdwarf-4", "-c", "types.c", cwd=folder)
    return folder


def by_pahole(place, name):
    """Places in bits with sizes in bytes, bits of holes, bits of padding, size."""
    text = support.must(support.need("pahole"), "-C", name, "types.o", cwd=place).out
    own = "\n".join(re.findall(r"^(?:\t(?!\t).*|[^\t\n].*)$", text, re.M))  # without what is inside members

    def total(pattern):
        return sum(int(n) for n in re.findall(pattern, own))

    places = [(8 * int(byte) + int(bit or 0), int(size)) for byte, bit, size in
              re.findall(r"; +/\* +(\d+)(?:: *(\d+))? +(\d+) \*/$", own, re.M)]
    holes = 8 * total(r"XX (\d+) bytes? hole") + total(r"XX (\d+) bits? hole")
    padding = 8 * total(r"[/,] ?\*? padding: (\d+)") + total(r"bit_padding: (\d+) bits")
    return places, holes, padding, int(re.search(r"/\* size: (\d+)", own).group(1))


@pytest.fixture(scope="module")
def ours(place):
    """The same by this tool, for all types in one run."""
    spelled = [word for name in TYPES for word in ("-t", name if name.endswith("_t") else "struct " + name)]
    result = support.gen("layout", "--format", "json", *spelled, "types.o", cwd=place)
    assert (result.status, result.err) == (0, ""), result
    found = {}
    for name, layout in zip(TYPES, json.loads(result.out)["layouts"]):
        places = [(8 * row["offset"] + row.get("bit_offset", 0), row["size"]) for row in layout["fields"]
                  if not row["depth"]]
        found[name] = places, layout["totals"]["hole_bits"], layout["totals"]["padding_bits"], layout["size"]
    return found


@pytest.mark.parametrize("name", TYPES)
def test_as_pahole(name, place, ours):
    pahole = by_pahole(place, name)
    assert pahole[0], "pahole says nothing that is understood here"
    assert ours[name] == pahole
