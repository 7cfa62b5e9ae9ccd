# SPDX-License-Identifier: MIT
"""Precompiled headers, from an empty build folder: none is made yet, and some of them need the header that is being made."""
import pytest

import support
from numbers_of import said_numbers

OWNER = ('#include "conn_opaque.h"\nstruct CONN_PRIVATE conn { size_t room[WORDS]; void *held; };\nCONN_OPAQUE_CHECK();\n'
         "int main(void) { return sizeof(struct conn_opaque) != (WORDS + 1) * sizeof(void *); }\n")
TEXT = "#pragma once\n#include <stddef.h>\nenum { WORDS = 5 };\n"
LANGUAGES = {"c": ("conn.c", "", {"gcc": "gcc", "clang": "clang-14"}), "cpp": ("conn.cpp", "CXX", {"gcc": "g++", "clang": "clang++-14"})}


def by_meson(language, source, compiler, tool):
    return {"meson.build": f"project('p', '{language}')\ngen_opaque = find_program('{tool}')\n"
            f"h = custom_target(input: '{source}', output: 'conn_opaque.h', command: [gen_opaque, 'emit', '-t', 'struct conn', '-o',\n"
            "  '@OUTPUT@', '-p', meson.global_build_root(), '@INPUT@'])\n"
            f"executable('p', '{source}', h, {language}_pch: 'pch/all.h')\n"}, ["meson", "setup", "b"]


def by_cmake(language, source, compiler, tool):
    name = "C" if language == "c" else "CXX"
    return {"CMakeLists.txt": f"cmake_minimum_required(VERSION 3.16)\nproject(p {name})\nset(CMAKE_EXPORT_COMPILE_COMMANDS ON)\n"
            f"add_custom_command(OUTPUT conn_opaque.h DEPENDS {source} VERBATIM COMMAND {tool} emit -t \"struct conn\"\n"
            f"  -o conn_opaque.h -p ${{CMAKE_BINARY_DIR}} ${{CMAKE_SOURCE_DIR}}/{source})\n"
            f"add_executable(p {source} ${{CMAKE_CURRENT_BINARY_DIR}}/conn_opaque.h)\n"
            "target_include_directories(p PRIVATE ${CMAKE_CURRENT_BINARY_DIR})\n"
            "target_precompile_headers(p PRIVATE pch/all.h)\n"}, ["cmake", "-G", "Ninja", "-B", "b", f"-DCMAKE_{name}_COMPILER={compiler}"]


@pytest.mark.parametrize("included", ["", '#include "conn_opaque.h"\n'], ids=["plain", "generated"])
@pytest.mark.parametrize("family", ["gcc", "clang"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("build", [by_meson, by_cmake])
def test_builds_from_clean(build, language, family, included, tmp_path):
    """The text may include the generated header; afterwards all is made again after a change, with the precompiled header there."""
    source, _, compilers = LANGUAGES[language]
    compiler = support.need(compilers[family])
    files, configure = build(language, source, compiler, support.tool())
    support.need(configure[0])
    support.write(tmp_path, {source: OWNER, "pch/all.h": TEXT + included, **files})
    support.must(*configure, cwd=tmp_path, env={"CC": compiler, "CXX": compiler, "CFLAGS": "", "CXXFLAGS": ""})
    support.must("ninja", "-C", "b", cwd=tmp_path)
    support.must(tmp_path / "b/p")
    header = tmp_path / "b/conn_opaque.h"
    assert said_numbers(header.read_text(), "CONN") == (48, 8)
    support.write(tmp_path, {source: OWNER.replace("void *held;", "void *held, *more;").replace("WORDS + 1", "WORDS + 2")})
    support.must("ninja", "-C", "b", cwd=tmp_path)
    support.must(tmp_path / "b/p")
    assert said_numbers(header.read_text(), "CONN") == (56, 8)


@pytest.mark.parametrize("how", [[], ["--from", "cc"]], ids=["both", "cc"])
@pytest.mark.parametrize("compiler", ["gcc", "clang-14"])
def test_an_old_one_beside_its_text(compiler, how, tmp_path):
    """As make and Autotools build it, with `-include all.h`: its text counts, not what was precompiled before that changed."""
    support.need(compiler)
    ending = "gch" if compiler == "gcc" else "pch"
    support.write(tmp_path, {"all.h": "enum { WORDS = 2 };\n", "conn.c": "struct __attribute__((may_alias)) conn { long words[WORDS]; };\n"})
    support.must(compiler, "-xc-header", "-o", f"all.h.{ending}", "all.h", cwd=tmp_path)
    support.write(tmp_path, {"all.h": "enum { WORDS = 3 };\n"})
    done = support.gen("emit", *how, "-t", "struct conn", "--cc", compiler, "conn.c", "--", "-include", "all.h", cwd=tmp_path)
    assert (done.status, done.err) == (0, "") and said_numbers(done.out, "CONN") == (24, 8), done


def test_clang_names_one_that_is_not_made_yet(tmp_path):
    support.need("clang-14")
    support.write(tmp_path, {"all.h": "enum { WORDS = 3 };\n", "conn.c": "struct __attribute__((may_alias)) conn { long words[WORDS]; };\n"})
    done = support.gen("emit", "-t", "struct conn", "--cc", "clang-14", "conn.c", "--", "-include-pch", "all.h.pch", cwd=tmp_path)
    assert (done.status, done.err) == (0, "") and said_numbers(done.out, "CONN") == (24, 8), done
