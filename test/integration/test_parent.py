# SPDX-License-Identifier: MIT
"""A stranger's project with gen-opaque as its subproject: static caches, a private struct of its own, natively and across."""
import os
import re

import pytest

import support
from tree import CROSS, QUICK_SUBPROJECT, clean, configure, copy_tree, is_clean, ninja

WRAP = """\
[wrap-file]
directory = gen-opaque

[provide]
slab = slab_dep
program_names = gen-opaque
"""
MESON = """\
project('stranger', 'c', version: '2.5', meson_version: '>=1.0', default_options: ['warning_level=3', 'werror=true'])
slab = dependency('slab')
gen_opaque = find_program('gen-opaque', native: true)

door_h = custom_target('door_opaque.h',
  input: 'door.c',
  output: 'door_opaque.h',
  depfile: 'door_opaque.h.d',
  command: [gen_opaque, 'emit', '-t', 'struct door', '-o', '@OUTPUT@', '--depfile', '@DEPFILE@',
    '-p', meson.global_build_root(), '@INPUT@'],
)
stranger = executable('stranger', 'main.c', 'door.c', door_h, dependencies: slab, install: true)
test('stranger', stranger)
"""
DOOR_H = """\
#ifndef DOOR_H
#define DOOR_H
struct door;
void door_open(struct door *door, long double weight);
int door_is_open(const struct door *door);
#endif
"""
DOOR_C = """\
#include "door.h"

#include <pthread.h>

#include "door_opaque.h"

struct DOOR_PRIVATE door {
	char open;
	long double weight;
	pthread_mutex_t locks[2];
};
DOOR_OPAQUE_CHECK();

void door_open(struct door *door, long double weight)
{
	door->weight = weight;
	door->open = 1;
	pthread_mutex_init(&door->locks[0], NULL);
}

int door_is_open(const struct door *door)
{
	return door->open && door->weight > 0;
}
"""
MAIN_C = """\
#include <slab/slab-static.h>
#include <stdio.h>
#include <string.h>

#include "door.h"
#include "door_opaque.h"

struct guest {
	char name[40];
	int number;
};

static struct kmem_cache_opaque guest_cache;
static DEFINE_KMEM_CACHE(ticket_cache, struct guest, 0);
static struct door_opaque front;
static struct house {
	int rooms;
	struct door_opaque back;
} house;

int main(void)
{
	struct guest *guest, *ticket;

	if (KMEM_CACHE_SETUP(to_kmem_cache(&guest_cache), guest, 0) != 0)
		return 1;
	guest = kmem_cache_alloc(&guest_cache, GFP_KERNEL);
	ticket = kmem_cache_alloc(&ticket_cache, GFP_KERNEL | __GFP_ZERO);
	if (!guest || !ticket || ticket->number != 0)
		return 2;
	strcpy(guest->name, "a stranger");
	kmem_cache_free(&guest_cache, guest);
	kmem_cache_free(&ticket_cache, ticket);
	door_open(to_door(&front), 80.5L);
	house.back = front;
	if (!door_is_open(to_door(&front)) || !door_is_open(to_door(&house.back)))
		return 3;
	printf("sizes %zu %d\\n", sizeof(guest_cache), DOOR_SIZE);
	kmem_cache_destroy(to_kmem_cache(&guest_cache));
	return 0;
}
"""


def stranger(folder):
    """The sources of the parent project."""
    support.write(folder, {"meson.build": MESON, "door.h": DOOR_H, "door.c": DOOR_C, "main.c": MAIN_C, "aarch64.ini": CROSS,
                           "subprojects/gen-opaque.wrap": WRAP})
    copy_tree(folder / "subprojects/gen-opaque", tests=True)
    return folder


def meson(build, *arguments):
    done = support.run("meson", arguments[0], "-C", build, *arguments[1:], env=clean())
    assert done.status == 0, done
    return done


def works(build):
    """Builds once, has nothing more to do, forgets no generated header, and passes the parent's one test."""
    ninja(build)
    assert is_clean(build)
    missing = support.run("ninja", "-C", build, "-t", "missingdeps")
    assert missing.status == 0, missing
    listed = [line for line in meson(build, "test", "--list").out.splitlines() if "stranger" in line or "gen-opaque" in line]
    assert [line.split("/")[-1].split(":")[-1].strip() for line in listed] == ["stranger"], listed
    tested = meson(build, "test", "--print-errorlogs").out
    assert re.search(r"^Ok: +1 *$", tested, re.M) and re.search(r"^Skipped: +0 *$", tested, re.M), tested
    return tested


def door_size(build):
    return int(re.search(r"#define DOOR_SIZE (\d+)", (build / "door_opaque.h").read_text()).group(1))


def test_native_build_and_install(tmp_path):
    build = configure(stranger(tmp_path / "stranger"), tmp_path / "build")
    works(build)
    assert door_size(build) == 112
    meson(build, "install", "--destdir", tmp_path / "root")
    installed = [path for path in (tmp_path / "root").rglob("*") if not path.is_dir()]
    assert [path.name for path in installed] == ["stranger"], "a subproject that installs what nobody asked for"


def test_cross_build(tmp_path):
    for program in ("aarch64-linux-gnu-gcc", "qemu-aarch64"):
        support.need(program)
    source = stranger(tmp_path / "stranger")
    build = configure(source, tmp_path / "build", "--cross-file", source / "aarch64.ini", QUICK_SUBPROJECT)
    works(build)
    assert door_size(build) == 128, "a lock has 48 bytes there, and 40 here"
    assert "on aarch64-linux-gnu, confirmed by the compiler" in (build / "door_opaque.h").read_text()
    tool = support.must("readelf", "-h", build / "subprojects/gen-opaque/gen/gen-opaque").out
    assert "X86-64" in tool or os.uname().machine == "aarch64", "the generator runs on the build machine"


# Options that do not meddle with each other share a build.
@pytest.mark.parametrize("options", [["-Db_sanitize=address,undefined", "-Db_lundef=false", "-Db_lto=true", QUICK_SUBPROJECT],
                                     ["--buildtype=debug", "-Db_coverage=true", "-Dc_std=c11", "-Ddefault_library=shared", QUICK_SUBPROJECT]],
                         ids=["asan and lto", "debug, coverage, c11 and shared"])
def test_options_of_the_parent(options, tmp_path):
    build = configure(stranger(tmp_path / "stranger"), tmp_path / "build", *options)
    works(build)
    assert door_size(build) == 112


def test_parent_changes_its_private_struct(tmp_path):
    """Beside it: paths with blanks."""
    source = stranger(tmp_path / "a stranger #1")
    build = configure(source, tmp_path / "the build", QUICK_SUBPROJECT)
    ninja(build)
    (source / "door.c").write_text(DOOR_C.replace("char open;", "char open; char colour[64];"))
    works(build)
    assert door_size(build) == 176
