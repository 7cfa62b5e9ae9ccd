# SPDX-License-Identifier: MIT
"""The recipe of the manual: a stranger's Meson project compiles the probe itself, and the header comes from its object."""
import re

import pytest

import support
from tree import CROSS, clean, configure, edit, is_clean, ninja

MESON = """\
project('stranger', 'c', meson_version: '>=1.0', default_options: ['warning_level=3', 'werror=true'])
gen_opaque = find_program('gen-opaque', native: true)

probe_c = custom_target(input: 'door.c', output: 'probe.c',
  command: [gen_opaque, 'probe', '-t', 'struct door', '--offset', 'weight', '-o', '@OUTPUT@', '@INPUT@'])
probe = static_library('probe', probe_c, build_by_default: false,
  override_options: ['b_lto=false', 'b_coverage=false'])
door_h = custom_target(input: INPUT, output: 'door_opaque.h',
  command: [gen_opaque, 'emit', '-t', 'struct door', '--offset', 'weight', '-o', '@OUTPUT@', '@INPUT@'])

stranger = executable('stranger', 'main.c', 'door.c', door_h, c_args: '-fno-strict-aliasing')
test('stranger', stranger)
"""
DOOR_C = """\
#include "door.h"

#include <pthread.h>

struct door {
	char open;
	long double weight;
	pthread_mutex_t locks[2];
};

#ifndef GEN_OPAQUE /* the probe comes before the header */
#include "door_opaque.h"
DOOR_OPAQUE_CHECK();
#endif

void door_open(struct door *door)
{
	door->open = 1;
}
"""
MAIN_C = """\
#include "door.h"
#include "door_opaque.h"

static struct door_opaque front;

int main(void)
{
	door_open(to_door(&front));
	return DOOR_OFFSETOF_WEIGHT != 16 || DOOR_SIZEOF_WEIGHT != sizeof(long double);
}
"""
OBJECTS, ARCHIVE = "probe.extract_all_objects(recursive: false)", "probe"


def stranger(folder, given=OBJECTS):
    support.write(folder, {"meson.build": MESON.replace("INPUT,", given + ",", 1), "door.h": "struct door;\nvoid door_open(struct door *door);\n",
                           "door.c": DOOR_C, "main.c": MAIN_C, "aarch64.ini": CROSS,
                           "native.ini": f"[binaries]\ngen-opaque = '{support.tool()}'\n"})
    return folder


def build(source, *arguments):
    """Builds, passes its test, and has nothing more to do. Returns the build directory."""
    folder = configure(source, source.parent / "build", "--native-file", source / "native.ini", *arguments)
    ninja(folder)
    assert is_clean(folder)
    missing = support.run("ninja", "-C", folder, "-t", "missingdeps")
    assert missing.status == 0, missing
    support.must("meson", "test", "-C", folder, "--print-errorlogs", env=clean())
    return folder


def header(folder):
    text = (folder / "door_opaque.h").read_text()
    return int(re.search(r"#define DOOR_SIZE (\d+)", text).group(1)), re.search(r"^ \* on (.*)\.$", text, re.M).group(1)


@pytest.mark.parametrize("given", [OBJECTS, ARCHIVE], ids=["objects", "archive"])
def test_native(given, tmp_path):
    source = stranger(tmp_path / "a stranger", given)
    folder = build(source, "-Db_lto=true", "-Db_sanitize=address", "-Db_lundef=false")
    assert header(folder) == (112, "x86_64-linux-gnu, as its compiler alone says")
    edit(source / "door.c", "char open;", "char open; char colour[64];")
    edit(source / "main.c", "DOOR_OFFSETOF_WEIGHT != 16", "DOOR_OFFSETOF_WEIGHT != 80")
    ninja(folder)
    assert header(folder)[0] == 176 and is_clean(folder)


def test_across(tmp_path):
    for program in ("aarch64-linux-gnu-gcc", "qemu-aarch64"):
        support.need(program)
    source = stranger(tmp_path / "stranger")
    folder = build(source, "--cross-file", source / "aarch64.ini")
    assert header(folder) == (128, "aarch64-linux-gnu, as its compiler alone says")


def test_the_recipe_is_the_manuals():
    manual = re.sub(r"\s+", " ", (support.SOURCE_ROOT / "doc/gen-opaque.1").read_text())
    for line in ("probe = static_library('probe', probe_c, build_by_default: false, override_options: ['b_lto=false', 'b_coverage=false'])",
                 "command: [gen_opaque, 'probe', '-t', 'struct conn',", OBJECTS):
        assert line in manual, line
        assert line.replace("conn", "door") in re.sub(r"\s+", " ", MESON.replace("INPUT,", OBJECTS + ",", 1)), line
