# SPDX-License-Identifier: MIT
"""Code ported from the kernel that takes the result of a setup call for a pointer does not compile, and is told why."""
import pytest

import support

INCLUDES = ["-I", support.SOURCE_ROOT / "include", "-I", support.SOURCE_ROOT / "include" / "compat", "-I", support.BUILD_ROOT / "include"]
PROGRAM = """\
#include <linux/slab-static.h>
#include <stddef.h>

struct foo { long x; };
static struct kmem_cache_opaque foo_cache;
#define SETUP KMEM_CACHE_SETUP(&foo_cache, foo, 0)

int start(void);
int start(void)
{
	BODY
	return 0;
}
"""
HINT = {"gcc": "an int is no error pointer: KMEM_CACHE_SETUP() and the other setup calls return 0 or a negative errno",
        "clang-14": "an int is no error pointer: KMEM_CACHE_SETUP() and the other setup calls return 0 or a negative errno"}
AS_POINTER = {"is_err": "if (IS_ERR(SETUP))\n\t\treturn -1;", "is_err_or_null": "if (IS_ERR_OR_NULL(SETUP))\n\t\treturn -1;",
              "ptr_err": "return (int)PTR_ERR(SETUP);", "ptr_err_or_zero": "return PTR_ERR_OR_ZERO(SETUP);",
              "err_cast": "struct foo *f = (struct foo *)ERR_CAST(SETUP);\n\t(void)f;",
              "variable": "int err = SETUP;\n\tif (IS_ERR(err))\n\t\treturn -1;"}


def compiled(tmp_path, compiler, body, language="c"):
    name = f"ported.{language}"
    support.write(tmp_path, {name: PROGRAM.replace("BODY", body)})
    return support.run(support.need(compiler), "-Wall", "-Wextra", "-Werror=pedantic", "-fsyntax-only", *INCLUDES, name, cwd=tmp_path)


@pytest.mark.parametrize("compiler", HINT)
@pytest.mark.parametrize("body", AS_POINTER.values(), ids=AS_POINTER)
def test_as_an_error_pointer(tmp_path, compiler, body):
    done = compiled(tmp_path, compiler, body)
    assert done.status == 1 and HINT[compiler] in done.err, done


@pytest.mark.parametrize("compiler", HINT)
def test_as_the_cache(tmp_path, compiler):
    done = compiled(tmp_path, compiler, "struct kmem_cache *s = SETUP;\n\t(void)s;")
    assert done.status == 1 and "int-conversion" in done.err, done


@pytest.mark.parametrize("compiler", ["g++", "clang++-14"])
@pytest.mark.parametrize("body", AS_POINTER.values(), ids=AS_POINTER)
def test_in_cxx(tmp_path, compiler, body):
    done = compiled(tmp_path, compiler, body, "cc")
    assert done.status == 1 and "deleted" in done.err, done


RIGHT = "int err = SETUP;\n\n\tif (err)\n\t\treturn err;\n\tvoid *p = ERR_PTR(-1);\n\tif (IS_ERR(p) || IS_ERR_OR_NULL((struct foo *)p))\n" \
        "\t\treturn (int)PTR_ERR(p) + PTR_ERR_OR_ZERO(p);\n\tstruct foo *f = (struct foo *)ERR_CAST(p);\n\t(void)f;"


@pytest.mark.parametrize("compiler, language", [("gcc", "c"), ("clang-14", "c"), ("g++", "cc"), ("clang++-14", "cc")])
def test_what_is_right(tmp_path, compiler, language):
    assert compiled(tmp_path, compiler, RIGHT, language).status == 0
