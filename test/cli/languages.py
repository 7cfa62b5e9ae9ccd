# SPDX-License-Identifier: MIT
"""Every language version and compiler that a header is for, and the warnings that none may give."""
import support

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wcast-align", "-Wcast-qual", "-Wshadow", "-Wundef", "-Werror"]
GCC_ONLY = ["-Wcast-align=strict"]
C_ONLY = ["-Wc++-compat", "-Wstrict-prototypes", "-Wmissing-prototypes"]
C_STANDARDS = ("c99", "c11", "c17", "c2x")
CXX_STANDARDS = ("c++11", "c++14", "c++17", "c++20")
FIRST_AND_LAST = ("c99", "c2x", "c++11", "c++20")
C_VERSIONS = [(compiler, standard) for compiler in support.C_COMPILERS for standard in C_STANDARDS]
CXX_VERSIONS = [(compiler, standard) for compiler in support.CXX_OF.values() for standard in CXX_STANDARDS]


def compile_without_warnings(compiler, standard, folder, *sources, flags=()):
    """C sources, as C or as C++; what is below types/ may have warnings of its own."""
    cxx = standard in CXX_STANDARDS
    language = ["-x", "c++"] if cxx else C_ONLY
    gcc = GCC_ONLY if compiler.startswith(("gcc", "g++")) else []
    support.must(support.need(compiler), f"-std={standard}", *WARNINGS, *gcc, *language, *flags, "-isystem", "types", "-fsyntax-only",
                 *sources, cwd=folder)
