# SPDX-License-Identifier: MIT
"""gen_opaque_header() and find_package(), from what is installed and from a checkout, outside the tree."""
import re

import pytest

import support
from installed import age, edit, environment, example, install
from tree import copy_tree

GENERATORS = ("Ninja", "Unix Makefiles", "Ninja Multi-Config")
GENERATOR = pytest.mark.parametrize("generator", GENERATORS, ids=lambda name: name.replace(" ", "-"))


@pytest.fixture(scope="module", name="prefix")
def installed(tmp_path_factory):
    return install(tmp_path_factory.mktemp("root"))


class Project:
    """A project with its build folder and generator."""

    def __init__(self, prefix, source, generator="Ninja"):
        support.need("cmake")
        self.environment = environment(prefix)
        self.prefix, self.source, self.build, self.generator = prefix, source, source.parent / "build", generator

    def configure(self, *arguments):
        done = support.run("cmake", "-G", self.generator, "-S", self.source, "-B", self.build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
                           *arguments, env=self.environment)
        assert done.status == 0 and "Warning" not in done.err, done
        return self

    def make(self, *arguments, status=0):
        """Names of the sources and headers that a build makes anew."""
        done = support.run("cmake", "--build", self.build, "--verbose", *arguments, env={**self.environment, "CLICOLOR": "0"})
        assert (done.status == 0) == (status == 0), done
        self.said = done.out + done.err
        assert "Warning" not in self.said and "Circular" not in self.said, done
        return set(re.findall(r" -c \S*?([\w.]+\.(?:cc|cxx|c))\b", self.said)) | set(re.findall(r" -o \S*?(\w+_opaque\.h) --depfile", self.said))

    def test(self, *arguments):
        done = support.run("ctest", "--output-on-failure", *arguments, cwd=self.build, env=self.environment)
        assert done.status == 0 and "100% tests passed, 0 tests failed out of 1" in done.out, done
        return self

    def header(self, name="meter_opaque.h"):
        (path,) = self.build.glob(f"gen-opaque/**/{name}")
        return path

    def age(self):
        for folder in (self.source, self.build):
            age(folder)


@pytest.fixture
def generator():
    """Where a test names no other."""
    return "Ninja"


@pytest.fixture(name="project")
def make_project(prefix, tmp_path, generator):
    return Project(prefix, example("cmake", tmp_path / "source"), generator)


ALL = {"meter.c", "clock.c", "main.c", "meter_opaque.h", "clock_opaque.h"}


@GENERATOR
def test_example(project):
    assert project.configure().make() == ALL
    project.test("-C", "Debug")
    assert project.make() == set()


@GENERATOR
def test_only_what_must_is_made_anew(project):
    project.configure().make()
    project.age()
    edit(project.source / "clock.c", "unsigned long clock_now", "/* the same layout */\nunsigned long clock_now")
    assert project.make() == {"clock_opaque.h", "meter_opaque.h", "clock.c"}
    assert project.make() == set()
    project.age()
    edit(project.source / "clock.c", "char stopped;", "char stopped;\n\tlong started[3];")
    assert project.make() == ALL
    assert project.make() == set()
    project.test("-C", "Debug")


@GENERATOR
def test_changed_flag(project):
    project.configure().make()
    before = project.header().read_text()
    edit(project.source / "CMakeLists.txt", "METER_SAMPLES=24", "METER_SAMPLES=48")
    project.make()
    assert project.header().read_text() != before
    project.test("-C", "Debug")


def test_each_configuration_has_its_own(prefix, tmp_path):
    project = Project(prefix, example("cmake", tmp_path / "source"), "Ninja Multi-Config")
    edit(project.source / "CMakeLists.txt", "METER_SAMPLES=24", "METER_SAMPLES=$<IF:$<CONFIG:Debug>,48,24>")
    project.configure()
    for configuration, size in (("Debug", 48), ("Release", 24)):
        project.make("--config", configuration)
        project.test("-C", configuration)
        text = (project.build / f"gen-opaque/meter/{configuration}/meter_opaque.h").read_text()
        assert f"#define METER_SIZE {16 + 8 + size * 8}\n" in text


@pytest.mark.parametrize("generator", GENERATORS[:2], ids=["Ninja", "Make"])
@pytest.mark.parametrize("compiler", ["gcc", "clang-14"])
def test_precompiled_header(prefix, tmp_path, compiler, generator):
    """From an empty build folder, with the made headers in the precompiled one and without."""
    support.need(compiler)
    project = Project(prefix, example("cmake", tmp_path / "source"), generator)
    edit(project.source / "meter.c", "#include <stdio.h>\n", "")
    edit(project.source / "CMakeLists.txt", "add_executable", "target_precompile_headers(meter PRIVATE <stdio.h>)\nadd_executable")
    project.configure(f"-DCMAKE_C_COMPILER={compiler}").make()
    project.test()
    assert project.make() == set()


def test_unity(project):
    project.configure("-DCMAKE_UNITY_BUILD=ON").make()
    project.test()
    assert project.make() == set()


CXX = """\
cmake_minimum_required(VERSION 3.20)
project(door LANGUAGES CXX)
include(CTest)
find_package(gen-opaque 0.1 REQUIRED)
add_library(plain INTERFACE)
target_compile_definitions(plain INTERFACE FROM_PLAIN=3)
add_library(door SHARED door.cc)
target_link_libraries(door PRIVATE plain)
target_compile_features(door PUBLIC cxx_std_20)
set_target_properties(door PROPERTIES CXX_EXTENSIONS OFF)
set_source_files_properties(door.cc PROPERTIES COMPILE_DEFINITIONS "FROM_SOURCE=2;TEXT=\\"a b\\\\\\\\c\\"")
gen_opaque_header(TARGET door SOURCE door.cc TYPES "struct door" OUTPUT door_opaque.h OPTIONS --guard --offset c)
add_executable(main main.cc)
target_link_libraries(main PRIVATE door)
add_test(NAME main COMMAND main)
"""
DOOR = """\
#include "door_opaque.h"
#if !defined(__PIC__) || !defined(door_EXPORTS) || __cplusplus < 202002L || !defined(__STRICT_ANSI__)
#error another target
#endif
struct DOOR_PRIVATE door {
	char a[FROM_PLAIN], b[FROM_SOURCE], text[sizeof(TEXT)];
	short c;
};
DOOR_OPAQUE_CHECK();
extern "C" int door_size(const struct door *door) { return static_cast<int>(sizeof(*door)); }
"""
USER = """\
#include "door_opaque.h"
extern "C" int door_size(const struct door *door);
static struct door_opaque door;
int main() { return door_size(to_door(&door)) == DOOR_SIZE && DOOR_OFFSETOF_C == 12 ? 0 : 1; }
"""


@GENERATOR
def test_what_a_target_is_compiled_with(prefix, tmp_path, generator):
    """Standards, definitions of the target, of a library that it uses and of the source; a shared library in C++."""
    support.write(tmp_path / "source", {"CMakeLists.txt": CXX, "door.cc": DOOR, "main.cc": USER})
    project = Project(prefix, tmp_path / "source", generator).configure()
    assert project.make() == {"door.cc", "main.cc", "door_opaque.h"}
    project.test("-C", "Debug")


def test_cross(prefix, tmp_path):
    """The tool is the build machine's; the numbers are the target's."""
    support.need("arm-linux-gnueabihf-gcc")
    project = Project(prefix, example("cmake", tmp_path / "source"))
    (tmp_path / "arm.cmake").write_text("set(CMAKE_SYSTEM_NAME Linux)\nset(CMAKE_SYSTEM_PROCESSOR arm)\n"
                                        "set(CMAKE_C_COMPILER arm-linux-gnueabihf-gcc)\n")
    project.configure(f"-DCMAKE_TOOLCHAIN_FILE={tmp_path}/arm.cmake").make()
    assert f"#define METER_SIZE {8 + 4 + 24 * 4}\n" in project.header().read_text()
    assert project.make() == set()


def test_from_a_checkout(tmp_path):
    """Nothing is installed: the tool is built with the project."""
    source = example("cmake", tmp_path / "source")
    copy_tree(source / "third_party/gen-opaque")
    project = Project("/nowhere", source).configure()
    project.make()
    project.test()
    assert project.make() == set()


WRONG = {
    "no type": ("gen_opaque_header(TARGET a SOURCE a.c OUTPUT a_opaque.h)", "gen_opaque_header: TYPES is missing"),
    "no target": ('gen_opaque_header(TARGET b SOURCE a.c TYPES "struct a" OUTPUT a_opaque.h)',
                  "gen_opaque_header: b is not a target: call this after add_library() or add_executable()"),
    "unknown": ('gen_opaque_header(TARGET a SOURCE a.c TYPE "struct a" TYPES "struct a" OUTPUT a_opaque.h)',
                "gen_opaque_header: unknown argument: TYPE;struct a"),
    "order": ('gen_opaque_header(TARGET a SOURCE a.c TYPES "struct a" OUTPUT a_opaque.h DEPENDS b_opaque.h)',
              "gen_opaque_header: DEPENDS b_opaque.h: no call before this one has that OUTPUT"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_calls(prefix, tmp_path, case):
    call, message = WRONG[case]
    support.write(tmp_path, {"CMakeLists.txt": "cmake_minimum_required(VERSION 3.20)\nproject(a LANGUAGES C)\n"
                             f"find_package(gen-opaque REQUIRED)\nadd_library(a STATIC a.c)\n{call}\n", "a.c": "struct a { int a; };\n"})
    done = support.run("cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}", env=environment(prefix))
    assert done.status != 0 and message in re.sub(r"\s+", " ", done.err), done


def test_version(prefix, tmp_path):
    (tmp_path / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.20)\nproject(a LANGUAGES C)\n"
                                             "find_package(gen-opaque ${WANTED} REQUIRED)\n")
    version = re.search(r"^  version: '(\d+)\.(\d+)\.(\d+)'", (support.SOURCE_ROOT / "meson.build").read_text(), re.M).groups()
    major, minor = int(version[0]), int(version[1])
    for wanted, good in ((".".join(version), True), (f"{major}.{minor}", True), (f"{major}", True), (f"{major + 1}.0", False), (f"{major}.{minor + 1}", False)):
        done = support.run("cmake", "-S", tmp_path, "-B", tmp_path / wanted, f"-DWANTED={wanted}", f"-DCMAKE_PREFIX_PATH={prefix}",
                           env=environment(prefix))
        assert (done.status == 0) == good, done


SLAB = """\
cmake_minimum_required(VERSION 3.20)
project(cache LANGUAGES C)
include(CTest)
find_package(slab REQUIRED)
add_executable(cache cache.c)
target_link_libraries(cache PRIVATE ${SLAB})
add_test(NAME cache COMMAND cache)
"""
CACHE = """\
#include HEADER
struct item { long number; };
#ifndef DEFINE_KMEM_CACHE
static struct kmem_cache_opaque __item_cache;
#define item_cache (*to_kmem_cache(&__item_cache))
#else
static DEFINE_KMEM_CACHE(item_cache, struct item, 0);
#endif
int main(void)
{
	struct item *item;
#ifndef DEFINE_KMEM_CACHE
	if (KMEM_CACHE_SETUP(to_kmem_cache(&__item_cache), item, 0))
		return 1;
#endif
	item = kmem_cache_alloc(&item_cache, GFP_KERNEL);
	kmem_cache_free(&item_cache, item);
	return kmem_cache_destroy(&item_cache) != 0;
}
"""


@pytest.mark.parametrize("target, header", [("slab::slab", "<slab/slab-static.h>"), ("slab::static", "<slab/slab-static.h>"),
                                            ("slab::linux", "<linux/slab-static.h>")])
def test_slab(prefix, tmp_path, target, header):
    support.write(tmp_path / "source", {"CMakeLists.txt": SLAB, "cache.c": CACHE.replace("HEADER", header)})
    project = Project(prefix, tmp_path / "source").configure(f"-DSLAB={target}")
    project.make()
    project.test()
