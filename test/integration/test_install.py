# SPDX-License-Identifier: MIT
"""What is installed: the headers alone, both libraries by pkg-config, manual pages, and no name that is not public."""
import re

import pytest

import support
from tree import clean

HEADERS = ("cleanup.h", "kmalloc.h", "kmem_cache_fwd.h", "kmem_cache_opaque.h", "mempool.h", "mempool_opaque.h", "slab-account.h",
           "slab-debug.h", "slab-flags.h", "slab-inline.h", "slab-map.h", "slab-rcu.h", "slab-slot.h", "slab-static.h", "slab.h")
PROGRAM = """\
#include <slab/slab-static.h>
INLINE
#include <slab/slab-account.h>
#include <stdio.h>
#include <string.h>

struct item { char text[40]; };
static DEFINE_KMEM_CACHE(item_cache, struct item, 0);

int main(void)
{
	struct slab_group *group = slab_group_create(100);
	char *piece = (char *)kmalloc(100, GFP_KERNEL);
	struct item *item = (struct item *)kmem_cache_zalloc(&item_cache, GFP_KERNEL);

	strcpy(item->text, "found");
	puts(item->text);
	kfree(piece);
	kmem_cache_free(&item_cache, item);
	return kmem_cache_destroy(&item_cache) || slab_group_destroy(group);
}
"""
KERNEL = """\
#include <linux/mempool.h>
#include <linux/slab-static.h>
#include <linux/slab.h>

static struct kmem_cache_opaque __item_cache;
#define item_cache to_kmem_cache(&__item_cache)

struct item { u64 number; };

int main(void)
{
	int err = KMEM_CACHE_SETUP(item_cache, item, SLAB_HWCACHE_ALIGN);
	mempool_t *pool = err ? NULL : mempool_create_slab_pool(4, item_cache);
	struct item *item = pool ? mempool_alloc(pool, GFP_NOIO) : NULL;

	if (!item)
		return 1;
	mempool_free(item, pool);
	mempool_destroy(pool);
	return kmem_cache_destroy(item_cache);
}
"""
LATE = """\
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

static void *(*allocate)(size_t, unsigned int);
static void (*release)(const void *);

static void *use(void *unused)
{
	release(allocate(100, 0xcc0));
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	void *library = dlopen(argv[argc - 1], RTLD_NOW);

	if (!library)
		return puts(dlerror());
	*(void **)&allocate = dlsym(library, "kmalloc");
	*(void **)&release = dlsym(library, "kfree");
	use(0);
	pthread_create(&thread, 0, use, 0);
	/* The thread still has to leave the library when it ends. */
	dlclose(library);
	pthread_join(thread, 0);
	return 0;
}
"""


@pytest.fixture(scope="module", name="root")
def installed(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    support.need("meson")
    done = support.run("meson", "install", "-C", support.BUILD_ROOT, "--no-rebuild", "--destdir", root, env=clean())
    assert done.status == 0, done
    return root


def found(root, name):
    """The one installed file of this name."""
    (path,) = root.rglob(name)
    return path


def flags(root, *arguments, package="slab"):
    support.need("pkg-config")
    done = support.run("pkg-config", *arguments, package, env={
        "PKG_CONFIG_PATH": str(found(root, "slab.pc").parent), "PKG_CONFIG_SYSROOT_DIR": str(root)})
    assert done.status == 0, done
    # Of the system's own libraries the sysroot is none.
    return done.out.split()


def build(root, folder, text, *libraries, compiler="gcc", suffix=".c", package="slab"):
    source = folder / ("main" + suffix)
    source.write_text(text)
    done = support.run(support.need(compiler), "-Wall", "-Wextra", "-Wpedantic", "-Werror", source, "-o", folder / "main",
                       *flags(root, "--cflags", package=package), *libraries)
    assert done.status == 0 and not done.err, done
    return folder / "main"


def test_headers(root):
    folder = found(root, "slab-inline.h").parent
    assert sorted(path.name for path in folder.iterdir()) == sorted(HEADERS)


@pytest.mark.parametrize("compiler, suffix", [("gcc", ".c"), ("g++", ".cc")])
@pytest.mark.parametrize("header", HEADERS)
def test_each_header_stands_alone(root, tmp_path, header, compiler, suffix):
    if header == "slab-rcu.h" and "-lurcu-bp" not in flags(root, "--static", "--libs"):
        pytest.skip("built without liburcu")
    source = tmp_path / ("one" + suffix)
    source.write_text(f"#include <slab/{header}>\n#include <slab/{header}>\n")
    done = support.run(support.need(compiler), "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", source,
                       *flags(root, "--cflags"))
    assert done.status == 0, done


@pytest.mark.parametrize("inline", ["", "#include <slab/slab-inline.h>"])
@pytest.mark.parametrize("compiler, suffix", [("gcc", ".c"), ("g++", ".cc")])
def test_shared(root, tmp_path, inline, compiler, suffix):
    program = build(root, tmp_path, PROGRAM.replace("INLINE", inline), *flags(root, "--libs"), compiler=compiler, suffix=suffix)
    done = support.run(program, env={"LD_LIBRARY_PATH": str(found(root, "libslab.so").parent)})
    assert (done.status, done.out, done.err) == (0, "found\n", "")
    assert "libslab.so.0" in support.run("readelf", "-d", program).out


@pytest.mark.parametrize("inline", ["", "#include <slab/slab-inline.h>"])
def test_static(root, tmp_path, inline):
    libraries = [f"-l:{found(root, 'libslab.a').name}" if word == "-lslab" else word for word in flags(root, "--static", "--libs")]
    done = support.run(build(root, tmp_path, PROGRAM.replace("INLINE", inline), *libraries))
    assert (done.status, done.out, done.err) == (0, "found\n", "")
    assert "libslab" not in support.run("readelf", "-d", tmp_path / "main").out


def test_code_of_the_kernel(root, tmp_path):
    """The kernel's include lines, by pkg-config's other package."""
    program = build(root, tmp_path, KERNEL, *flags(root, "--libs", package="slab-linux"), package="slab-linux")
    done = support.run(program, env={"LD_LIBRARY_PATH": str(found(root, "libslab.so").parent)})
    assert (done.status, done.out, done.err) == (0, "", "")


def test_manual_pages(root):
    """Those of the tools, and one for each header that is for users."""
    pages = {path.name for path in root.rglob("*") if path.parent.name in ("man1", "man3")}
    if (found(root, "slabinfo").parent / "slabwatch").exists():
        pages.remove("slabwatch.1")
    assert pages == {"gen-opaque.1", "slabinfo.1", "kmalloc.3", "mempool.3", "slab.3", "slab-account.3", "slab-cleanup.3", "slab-debug.3",
                     "slab-flags.3", "slab-inline.3", "slab-rcu.3", "slab-static.3"}
    assert "void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp);" in found(root, "slab.3").read_text()


def test_loaded_late_and_never_unloaded(root, tmp_path):
    program = build(root, tmp_path, LATE, "-pthread")
    done = support.run(program, found(root, "libslab.so"))
    assert (done.status, done.out, done.err) == (0, "", "")


def defined(*command):
    done = support.run(support.need("nm"), *command)
    assert done.status == 0, done
    return {line.split()[2].split("@")[0] for line in done.out.splitlines() if len(line.split()) == 3 and line.split()[1] in "TDBRV"}


def declared(folder, name):
    text = "\n".join(path.read_text() for path in sorted(folder.iterdir()))
    text = re.sub(r"/\*.*?\*/|\\\n", "", text, flags=re.S)
    return re.search(rf"^[^#\n]*\b{name}\b\)?\s*(\(|\[|__attribute__|;)", text, re.M)


def guard(root, name="kmem_cache"):
    """The symbol that holders of a shadow refer to."""
    return re.search(r"#define \w+_OPAQUE_GUARD (\w+)", found(root, f"{name}_opaque.h").read_text()).group(1)


def guards(root):
    return {guard(root), guard(root, "mempool")}


def test_only_public_names_leave_the_library(root):
    """What the headers declare and the library has is exported, and nothing else is."""
    folder = found(root, "slab-inline.h").parent
    everything = defined("-g", "--defined-only", found(root, "libslab.a"))
    assert len(everything) > 60
    exported = defined("-D", "--defined-only", found(root, "libslab.so")) - {"SLAB_0"}
    assert exported == {name for name in everything if declared(folder, name)} | guards(root)
    assert {"kmalloc", "kmem_cache_alloc", "slab_slots", "__kmem_cache_setup"} <= exported


def test_map_names_what_there_is(root):
    text = (support.SOURCE_ROOT / "runtime" / "slab.map").read_text()
    named = re.findall(r"^\t(\w+);$", text, re.M)
    assert named == sorted(named)
    if "-lurcu-bp" in flags(root, "--static", "--libs"):
        assert set(named) == defined("-D", "--defined-only", found(root, "libslab.so")) - {"SLAB_0"} - guards(root)


@pytest.mark.parametrize("library", ["libslab.so", "libslab.a"])
def test_holders_of_another_layout_do_not_link(root, tmp_path, library):
    """A program whose static caches are of another layout is told so, and by which type's name."""
    header = found(root, "kmem_cache_opaque.h")
    other = tmp_path / "slab" / header.name
    other.parent.mkdir()
    for path in header.parent.iterdir():
        (other.parent / path.name).write_text(path.read_text().replace(guard(root), "kmem_cache_opaque_layout_1_1_0"))
    (tmp_path / "main.c").write_text(PROGRAM.replace("INLINE", ""))
    done = support.run("gcc", f"-I{tmp_path}", "-o", tmp_path / "main", tmp_path / "main.c", found(root, library), "-pthread")
    assert done.status != 0 and "undefined reference to `kmem_cache_opaque_layout_1_1_0'" in done.err, done


def test_nothing_points_back(root):
    """No installed text names the tree that it came from."""
    for path in root.rglob("*"):
        if path.suffix in (".h", ".pc", ".3"):
            assert str(support.SOURCE_ROOT) not in path.read_text(), path
            assert str(support.BUILD_ROOT) not in path.read_text(), path
