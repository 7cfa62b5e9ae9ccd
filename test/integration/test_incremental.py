# SPDX-License-Identifier: MIT
"""What a change of the private struct rebuilds in our own tree, and what stops the build."""
import json
import re

import pytest

import support
from tree import QUICK, built, configure, copy_tree, edit, is_clean, ninja

HOLDER = """\
/* knows the shadow */
#include <slab/slab-static.h>

struct kmem_cache_opaque holder_cache;
int holder_size = sizeof(holder_cache);
"""
USER = """\
/* passes pointers */
#include <slab/slab.h>

size_t user_size(struct kmem_cache *s);
size_t user_size(struct kmem_cache *s)
{
	return kmem_cache_size(s);
}
"""
MESON = """\
static_library('holder', 'holder.c', dependencies: slab_dep)
static_library('user', 'user.c', dependencies: slab_dep)
"""
SHADOW = "include/slab/kmem_cache_opaque.h"


@pytest.fixture(scope="module")
def built_tree(tmp_path_factory):
    source = copy_tree(tmp_path_factory.mktemp("tree") / "gen-opaque")
    support.write(source / "test", {"holder.c": HOLDER, "user.c": USER, "meson.build": MESON})
    build = configure(source, source / "build", QUICK)
    ninja(build)
    return source, build


@pytest.fixture
def tree(built_tree):
    """The tree, built; what a test changes is put back and built again."""
    source, build = built_tree
    private = source / "runtime/cache.h"
    text = private.read_text()
    yield source, build
    private.write_text(text)
    (build / SHADOW).unlink(missing_ok=True)
    ninja(build)


def names(outputs, word):
    return {name for name in outputs if word in name}


def test_second_build_has_nothing_to_do(tree):
    assert is_clean(tree[1]) and is_clean(tree[1])


def test_a_comment_in_the_private_struct_rebuilds_no_holder(tree):
    source, build = tree
    before = (build / SHADOW).stat().st_mtime_ns, (build / SHADOW).read_bytes()
    edit(source / "runtime/cache.h", "struct KMEM_CACHE_PRIVATE kmem_cache {", "struct KMEM_CACHE_PRIVATE kmem_cache { /* private */")
    outputs = built(build)
    assert names(outputs, "cache.c.o"), "the change is not seen at all"
    assert not names(outputs, "holder.c.o") and not names(outputs, "user.c.o"), outputs
    assert ((build / SHADOW).stat().st_mtime_ns, (build / SHADOW).read_bytes()) == before
    assert is_clean(build)


def test_a_field_more_rebuilds_holders_only(tree):
    source, build = tree
    before = (build / SHADOW).read_text()
    edit(source / "runtime/cache.h", "struct KMEM_CACHE_PRIVATE kmem_cache {",
         "struct KMEM_CACHE_PRIVATE kmem_cache {\n\tlong one_field_more[8];")
    outputs = built(build)
    after = (build / SHADOW).read_text()
    size = [int(re.search(r"#define KMEM_CACHE_SIZE (\d+)", text).group(1)) for text in (before, after)]
    assert size[1] == size[0] + 64
    assert names(outputs, "holder.c.o") and names(outputs, "libholder.a"), outputs
    assert not names(outputs, "user.c.o"), "users know no size"
    assert is_clean(build)


def test_a_change_of_same_size_rebuilds_no_holder(tree):
    source, build = tree
    edit(source / "runtime/cache.h", "char last_name[16];", "char last_name[8 + 8];")
    outputs = built(build)
    assert names(outputs, "cache.c.o") and not names(outputs, "holder.c.o"), outputs


def break_header(build, pattern, change):
    """Edit the generated header by hand."""
    path = build / SHADOW
    text = path.read_text()
    found = re.search(pattern, text)
    path.write_text(text[:found.start(1)] + str(change(int(found.group(1)))) + text[found.end(1):])


def compile_owner(build):
    """The compile command of the owner's file, by itself: through Ninja the header would be made anew first."""
    entry, = [entry for entry in json.loads((build / "compile_commands.json").read_text()) if entry["file"].endswith("/cache.c")]
    command = entry["command"].replace("-fdiagnostics-color=always", "")
    return support.run("sh", "-c", command, cwd=entry["directory"])


def test_a_header_edited_by_hand_is_made_anew(tree):
    _, build = tree
    before = (build / SHADOW).read_text()
    break_header(build, r"#define KMEM_CACHE_SIZE (\d+)", lambda n: n + 8)
    ninja(build)
    assert (build / SHADOW).read_text() == before


@pytest.mark.parametrize("pattern, change, message", [
    (r"#define KMEM_CACHE_SIZE (\d+)", lambda n: n + 8, "its size is not the KMEM_CACHE_SIZE of"),
    (r"#define KMEM_CACHE_SIZE (\d+)", lambda n: n - 8, "its size is not the KMEM_CACHE_SIZE of"),
    (r"#define KMEM_CACHE_ALIGN (\d+)", lambda n: n * 2, "its alignment is not the KMEM_CACHE_ALIGN of"),
    (r"#define KMEM_CACHE_ALIGN (\d+)", lambda n: n // 2, "its alignment is not the KMEM_CACHE_ALIGN of"),
], ids=["larger", "smaller", "aligned more", "aligned less"])
def test_a_wrong_header_stops_the_build_at_the_owner(pattern, change, message, tree):
    _, build = tree
    assert compile_owner(build).status == 0
    break_header(build, pattern, change)
    done = compile_owner(build)
    assert done.status != 0, done
    assert re.search(r"runtime/cache\.c:\d+:\d+: ", done.err), done
    assert f"struct kmem_cache: {message}" in done.err, done


def test_no_generated_header_is_forgotten(tree):
    done = support.run("ninja", "-C", tree[1], "-t", "missingdeps")
    assert done.status == 0 and "No missing dependencies on generated files found" in done.out, done


def test_missingdeps_has_teeth(tree, tmp_path):
    """A user of the generated header that does not say so is found."""
    source = copy_tree(tmp_path / "gen-opaque")
    support.write(source / "test", {"holder.c": HOLDER, "meson.build": (
        "static_library('holder', 'holder.c',\n  include_directories: [include_directories('../include'), "
        "include_directories('../include/slab')])\n")})
    build = configure(source, tmp_path / "build", QUICK)
    ninja(build, "include/slab/kmem_cache_opaque.h")
    ninja(build)
    assert support.run("ninja", "-C", build, "-t", "missingdeps").status == 3
