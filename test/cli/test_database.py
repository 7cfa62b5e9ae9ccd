# SPDX-License-Identifier: MIT
"""compile_commands.json as the tools of the trade write it, and by hand what they might write on another day."""
import json
import os
import shlex

import pytest

import support
from numbers_of import real_numbers, said_numbers

SOURCE = """\
#include "conn.h"
#include <limits.h>
struct __attribute__((may_alias)) conn { char name[sizeof(NAME) + PATH_MAX]; long double d; void *words[WORDS]; long deep[DEEP]; };
"""
FILES = {
    "src/conn.c": SOURCE,
    "src/other.c": "int other;\n",
    "in clude/conn.h": "enum { DEEP = 3 };\n",
    "meson.build": "project('conn', 'c')\nstatic_library('conn', 'src/conn.c', 'src/other.c', include_directories: 'in clude',\n"
                   "  c_args: ['-DWORDS=4 * 2', '-DNAME=\"it\\'s\"', '-fpack-struct=4'])\n",
    "CMakeLists.txt": "cmake_minimum_required(VERSION 3.10)\nproject(conn C)\nset(CMAKE_EXPORT_COMPILE_COMMANDS ON)\n"
                      "add_library(conn STATIC src/conn.c src/other.c)\ntarget_include_directories(conn PRIVATE \"in clude\")\n"
                      "target_compile_definitions(conn PRIVATE \"WORDS=4 * 2\" \"NAME=\\\"it's\\\"\")\n"
                      "target_compile_options(conn PRIVATE -fpack-struct=4)\n",
    "Makefile": "conn.o: src/conn.c\n\t$(CC) '-DWORDS=4 * 2' \"-DNAME=\\\"it's\\\"\" -fpack-struct=4 -I'in clude' -MMD -c -o $@ $<\n",
}
FLAGS = ["-DWORDS=4 * 2", "-DNAME=\"it's\"", "-fpack-struct=4", "-Iin clude"]


@pytest.fixture
def place(tmp_path):
    support.write(tmp_path, FILES)
    return tmp_path


def emit(place, *arguments, status=0, err="", **options):
    result = support.gen("emit", "-t", "struct conn", *arguments, cwd=place, **options)
    assert (result.status, result.err) == (status, err), result
    return result


def numbers(place, *arguments, **options):
    return said_numbers(emit(place, *arguments, **options).out, "CONN")


def truth(place, *compiler, flags=FLAGS, source="src/conn.c"):
    return real_numbers(compiler, place, source, "struct conn", *flags)


# ---- as build systems write it ----


def by_meson(place, compiler):
    if compiler == "gcc":
        support.must("meson", "setup", "build", cwd=place, env={"CC": "gcc"})
        return
    cpu = compiler.split("-")[0]
    support.write(place, {"cross.ini": f"[binaries]\nc = '{compiler}'\nar = '{compiler[:-3]}ar'\n[host_machine]\n"
                          f"system = 'linux'\ncpu_family = '{cpu}'\ncpu = '{cpu}'\nendian = 'little'\n"})
    support.must("meson", "setup", "build", "--cross-file", "cross.ini", cwd=place)


def by_cmake(generator):
    def configure(place, compiler):
        support.need("cmake")
        system = [] if compiler == "gcc" else ["-DCMAKE_SYSTEM_NAME=Linux"]
        support.must("cmake", "-G", generator, "-B", "build", f"-DCMAKE_C_COMPILER={compiler}", *system, cwd=place)
    return configure


def by_bear(place, compiler):
    support.need("bear")
    (place / "build").mkdir()
    support.must("bear", "--output", "build/compile_commands.json", "--", "make", f"CC={compiler}", cwd=place)


TOOLS = {"meson": by_meson, "cmake-ninja": by_cmake("Ninja"), "cmake-make": by_cmake("Unix Makefiles"), "bear": by_bear}


@pytest.mark.parametrize("compiler", ["gcc", "aarch64-linux-gnu-gcc", "arm-linux-gnueabihf-gcc"])
@pytest.mark.parametrize("tool", TOOLS)
def test_as_tools_write_it(tool, compiler, place):
    support.need(compiler)
    TOOLS[tool](place, compiler)
    assert numbers(place, "-p", "build", "src/conn.c") == truth(place, compiler)


PCH = {"meson": {"meson.build": FILES["meson.build"].replace("  c_args", "  c_pch: 'pch/all.h', c_args"),
                 "pch/all.h": '#pragma once\n#include <stddef.h>\n#define FROM_PCH 5\n'},
       "cmake-ninja": {"CMakeLists.txt": FILES["CMakeLists.txt"] + "target_precompile_headers(conn PRIVATE pch/all.h)\n",
                       "pch/all.h": '#pragma once\n#include <stddef.h>\n#define FROM_PCH 5\n'}}


@pytest.mark.parametrize("compiler", ["gcc", "clang-14"])
@pytest.mark.parametrize("tool", PCH)
def test_precompiled_headers(tool, compiler, place):
    """The one of gcc is not for libclang, nor is that of another clang: both are to read the text."""
    support.need(compiler)
    support.write(place, PCH[tool])
    (place / "src/conn.c").write_text(SOURCE.replace("WORDS]", "FROM_PCH]"))
    if tool == "meson":
        support.must("meson", "setup", "build", cwd=place, env={"CC": compiler})
    else:
        TOOLS[tool](place, "gcc" if compiler == "gcc" else compiler)
    support.must("ninja", "-C", "build", cwd=place)
    assert numbers(place, "-p", "build", "src/conn.c") == truth(place, compiler, flags=[*FLAGS, "-DFROM_PCH=5"])


# ---- by hand ----


def database(place, *entries, folder="build"):
    support.write(place, {f"{folder}/compile_commands.json": json.dumps(
        [{"directory": str(place), "file": "src/conn.c", **entry} for entry in entries])})


def command(compiler="gcc", *more, file="src/conn.c"):
    return {"arguments": [*shlex.split(compiler), *FLAGS, *more, "-c", file]}


@pytest.mark.parametrize("words", [
    "gcc", "/usr/bin/gcc", "ccache gcc", "/usr/lib/ccache/ccache /usr/bin/gcc", "distcc gcc", "sccache gcc", "icecc gcc",
    "env LC_ALL=C gcc", "env -u LANG LC_ALL=C gcc", "A=b C=d gcc", "env CCACHE_DIR=x ccache gcc", "cmake -E env A=b gcc",
    "cmake -E env A=b -- ccache gcc", "time gcc"])
def test_words_before_the_compiler(words, place):
    """None of the launchers is there: they are not run. env is."""
    database(place, command(words))
    assert numbers(place, "-p", "build", "src/conn.c") == truth(place, "gcc")
    database(place, {"command": shlex.join(command(words)["arguments"])})
    assert numbers(place, "-p", "build", "src/conn.c") == truth(place, "gcc")


def test_environment_of_the_compiler(place):
    """What it says counts: here, where headers are."""
    flags = [flag for flag in FLAGS if not flag.startswith("-I")]
    database(place, {"arguments": ["env", f"CPATH={place}/in clude", "gcc", *flags, "-c", "src/conn.c"]})
    assert numbers(place, "-p", "build", "src/conn.c") == truth(place, "gcc")


def test_compiler_by_a_relative_path(place):
    """Relative to where the database runs it."""
    support.write(place, {"tools/cc": '#!/bin/sh\nexec gcc -DWORDS=9 "$@"\n'})
    (place / "tools/cc").chmod(0o755)
    flags = [*FLAGS[1:-1], "-I../in clude"]
    database(place, {"directory": str(place / "tools"), "file": "../src/conn.c",
                     "arguments": ["./cc", *flags, "-c", "../src/conn.c"]})
    (place / "src/conn.c").write_text(SOURCE.replace("WORDS", "9"))
    assert numbers(place, "-p", "build", "src/conn.c") == truth(place, "gcc")


def test_cc_by_a_relative_path(place):
    """Relative to where the user is."""
    support.write(place, {"cc": '#!/bin/sh\nexec gcc "$@"\n'})
    (place / "cc").chmod(0o755)
    database(place, {"directory": str(place / "src"), "file": "conn.c", "arguments": [
        "no-such-cc", *FLAGS[:-1], "-I../in clude", "-c", "conn.c"]})
    assert numbers(place, "-p", "build", "--cc", "./cc", "src/conn.c") == truth(place, "gcc")


@pytest.mark.parametrize("folder", ["build", ".", "build/deep"])
def test_relative_directory(folder, place):
    """The format does not say what it is relative to: to the database is what stays true when the tree is moved."""
    up = os.path.relpath(place, place / folder)
    database(place, {"directory": up, **command()}, folder=folder)
    assert numbers(place, "-p", folder, "src/conn.c") == truth(place, "gcc")
    sub = os.path.join(up, "src")
    database(place, {"directory": sub, "file": "./../src//conn.c", "arguments": [
        "gcc", *FLAGS[:-1], "-I", "../in clude", "-c", "../src/conn.c"]}, folder=folder)
    assert numbers(place, "-p", folder, "src/conn.c") == truth(place, "gcc")


def test_by_way_of_links(place):
    """Of the source, and of the database, as people make them in the source folder."""
    (place / "link").symlink_to(place / "src")
    database(place, {"file": "link/conn.c", **command(file="link/conn.c")})
    (place / "compile_commands.json").symlink_to("build/compile_commands.json")
    assert numbers(place, "-p", ".", "src/conn.c") == truth(place, "gcc")


def test_response_files(place):
    """libclang would ignore them without a word."""
    support.write(place, {"flags.rsp": "-DWORDS='4 * 2'\n@more.rsp -c\n", "more.rsp": '"-DNAME=\\"it\'s\\"" -fpack-struct=4 -I"in clude"'})
    database(place, {"arguments": ["gcc", "@flags.rsp", "src/conn.c"]})
    assert numbers(place, "-p", "build", "src/conn.c") == truth(place, "gcc")
    assert numbers(place, "src/conn.c", "--", "@flags.rsp") == truth(place, "gcc")
    emit(place, "-p", "build", "-o", "o.h", "--depfile", "o.d", "src/conn.c")
    assert f" {place}/flags.rsp \\\n" in (place / "o.d").read_text() and f" {place}/more.rsp \\\n" in (place / "o.d").read_text()
    (place / "flags.rsp").write_text("@flags.rsp")
    emit(place, "-p", "build", "src/conn.c", status=2,
         err=f"gen-opaque: error: the file '{place}/flags.rsp' of compile flags names itself\n")
    (place / "flags.rsp").unlink()
    emit(place, "-p", "build", "src/conn.c", status=2,
         err=f"gen-opaque: error: the file '{place}/flags.rsp' of compile flags cannot be read\n")


def test_response_files_without_end(place):
    """None may keep the tool busy for ever."""
    emit(place, "src/conn.c", "--", "@/dev/zero", status=2,
         err="gen-opaque: error: the file '/dev/zero' of compile flags cannot be read\n")
    support.write(place, {f"{n}.rsp": f"@{n + 1}.rsp @{n + 1}.rsp" for n in range(30)} | {"30.rsp": "-O1"})
    emit(place, "src/conn.c", "--", "@0.rsp", status=2, err="gen-opaque: error: there are more than 1000 files of compile flags\n")


def test_one_entry_again_and_again_is_one(place):
    """Such as of a library built twice: it is not worth the time of a second look."""
    support.write(place, {"cc": '#!/bin/sh\necho run >>"$0.log"\nexec gcc "$@"\n'})
    (place / "cc").chmod(0o755)
    database(place, command(f"{place}/cc", "-o", "a.o"), command(f"{place}/cc", "-o", "b.o"))
    assert numbers(place, "-p", "build", "src/conn.c") == truth(place, "gcc")
    assert (place / "cc.log").read_text() == "run\nrun\n", "asked once, and once to confirm"


def test_unity_build(place):
    """A made-up file is compiled that includes the source: its flags are the source's."""
    support.write(place, {"build/unity_0.c": f'#include "{place}/src/other.c"\n#include "{place}/src/conn.c"\n'})
    database(place, {"file": "build/unity_0.c", **command(file="build/unity_0.c")})
    assert numbers(place, "-p", "build", "src/conn.c") == truth(place, "gcc")


def no_flags(place, source, note):
    return f"gen-opaque: error: build/compile_commands.json: has no flags for '{place}/{source}'\ngen-opaque: note: {note}\n"


def test_header_without_an_entry(place):
    """Whose flags it is to have is not ours to guess, but a source that may include it can be named."""
    support.write(place, {"in clude/conn.h": "enum { DEEP = 3 };\nstruct conn;\n", "in clude/lone.h": "struct conn { int x; };\n"})
    database(place, command(), {"file": "src/other.c", **command(file="src/other.c")})
    emit(place, "-p", "build", "in clude/conn.h", status=2, err=no_flags(
        place, "in clude/conn.h", f"it has some for '{place}/src/conn.c': name that if it includes 'conn.h'"))
    emit(place, "-p", "build", "in clude/lone.h", status=2, err=no_flags(
        place, "in clude/lone.h", "name a source that includes it and is compiled there, or give the flags behind '--'"))


def test_header_with_an_entry(place):
    support.write(place, {"in clude/own.h": SOURCE})
    database(place, {"file": "in clude/own.h", "arguments": ["gcc", *FLAGS, "-x", "c", "in clude/own.h"]})
    assert numbers(place, "-p", "build", "in clude/own.h") == truth(place, "gcc")


@pytest.mark.parametrize("entry, said", [
    ({"command": "gcc 'open"}, "the command for '{place}/src/conn.c' cannot be read"),
    ({"command": "  "}, "the command for '{place}/src/conn.c' cannot be read"),
    ({"arguments": []}, "is not a compilation database"),
    ({"arguments": ["gcc", 1]}, "is not a compilation database"),
    ({"arguments": "gcc"}, "is not a compilation database"),
])
def test_broken_commands(entry, said, place):
    database(place, entry)
    emit(place, "-p", "build", "src/conn.c", status=2,
         err=f"gen-opaque: error: build/compile_commands.json: {said.format(place=place)}\n")


def test_directory_that_is_gone(place):
    database(place, {"directory": str(place / "gone"), "file": str(place / "src/conn.c"), "arguments": [
        "gcc", "-c", str(place / "src/conn.c")]})
    emit(place, "-p", "build", "src/conn.c", status=2, err=(
        "gen-opaque: error: the compiler 'gcc' cannot be run\n"
        "gen-opaque: note: name another with --cc, or do without with --no-confirm\n"
        f"gen-opaque: note: it said: {place}/gone: No such file or directory\n"))


# ---- code that nobody asked for ----

LOADS = "gen-opaque: error: compile flag '{}' is refused: it loads code into the compiler\n"
TOOLS_OF = ("gen-opaque: error: compile flag '{}' is refused: '{}' of the project would decide which programs the compiler "
            "runs\n")
FOREIGN = {
    "-fplugin=./x.so": (["-fplugin=./x.so"], LOADS.format("-fplugin=./x.so")),
    "-fpass-plugin": (["-fpass-plugin=x.so"], LOADS.format("-fpass-plugin=x.so")),
    "-Xclang -load": (["-Xclang", "-load", "-Xclang", "x.so"], LOADS.format("-load")),
    "-Xclang -add-plugin": (["-Xclang", "-add-plugin", "-Xclang", "x"], LOADS.format("-add-plugin")),
    "-mllvm -load": (["-mllvm", "-load=x.so"], LOADS.format("-load=x.so")),
    "-Xpreprocessor": (["-Xpreprocessor", "-fplugin=x.so"], LOADS.format("-fplugin=x.so")),
    "-Wp,-fplugin": (["-Wp,-fplugin=x.so"], LOADS.format("-Wp,-fplugin=x.so")),
    "-wrapper": (["-wrapper", "sh,-c,id"], LOADS.format("-wrapper")),
    "in a response file": (["@plugin.rsp"], LOADS.format("-fplugin=x.so")),
    "-B": (["-Btools"], TOOLS_OF.format("-Btools", "tools")),
    "-B apart": (["-B", "{place}/tools/x-"], TOOLS_OF.format("-B {place}/tools/x-", "{place}/tools/x-")),
    "-specs": (["-specs=tools/x.specs"], TOOLS_OF.format("-specs=tools/x.specs", "tools/x.specs")),
    "--config": (["--config", "./x.cfg"], TOOLS_OF.format("--config ./x.cfg", "./x.cfg")),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_nothing_foreign_is_run(case, place):
    flags, said = FOREIGN[case]
    support.write(place, {"tools/cc1": "#!/bin/sh\ntouch ran\n", "plugin.rsp": "-fplugin=x.so"})
    (place / "tools/cc1").chmod(0o755)
    database(place, command("gcc", *(flag.format(place=place) for flag in flags)))
    emit(place, "-p", "build", "src/conn.c", status=2, err=said.format(place=place))
    assert not (place / "ran").exists()


def test_specs_of_the_system_are_fine(place):
    """Distributions harden their builds with some."""
    specs = "/usr/share/dpkg/no-pie-compile.specs"
    if not os.path.exists(specs):
        support.missing("dpkg has no specs")
    database(place, command("gcc", f"-specs={specs}", "-B/usr/lib"))
    assert numbers(place, "-p", "build", "src/conn.c") == truth(place, "gcc")
