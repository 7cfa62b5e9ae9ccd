# SPDX-License-Identifier: MIT
"""Fields: how their types are spelled, what a holder can write for them, what C++ adds."""
import pytest

import reader
import support
from support.probe import Probe

TEXT = """struct node; enum e { A }; typedef struct { int x; } anon_t; typedef unsigned long word_t;
union u { int i; float f; };
struct conn {
	unsigned long a; word_t b; const char *c; struct node *d; char e[4][2]; int (*f)(int, char); enum e g;
	volatile int h; anon_t i; struct node *const *j; void *k; union u l; struct { short m; union { char n, o; }; };
	int *p[3]; anon_t *q; _Bool r; long double s; int (*t)[5]; double _Complex v; const volatile short *w; int x[];
};
struct conn *conn;
"""
SPELLED = {
    "gcc": ["long unsigned int", "word_t", "const char *", "struct node *", "char[4][2]", "int (*)(int, char)",
            "enum e", "volatile int", "anon_t", "struct node *const *", "void *", "union u", "struct {...}", "short int",
            "union {...}", "char", "char", "int *[3]", "anon_t *", "_Bool", "long double", "int (*)[5]",
            "complex double", "const volatile short int *", "int[]"],
    "clang-14": ["unsigned long", "word_t", "const char *", "struct node *", "char[4][2]", "int (*)(int, char)",
                 "enum e", "volatile int", "anon_t", "struct node *const *", "void *", "union u", "struct {...}",
                 "short", "union {...}", "char", "char", "int *[3]", "anon_t *", "_Bool", "long double", "int (*)[5]",
                 "complex", "const volatile short *", "int[]"],
}
HOLDER = {"a": "unsigned long", "b": "unsigned long", "c": "const char *", "d": "struct node *", "e": "char [4][2]",
          "g": "unsigned int", "h": "volatile int", "j": "struct node *const *", "k": "void *", "m": "short",
          "n": "char", "o": "char", "p": "int * [3]", "r": "_Bool", "s": "long double",
          "w": "const volatile short *"}


@pytest.mark.parametrize("name", SPELLED)
def test_words(name, tmp_path):
    path = reader.build(tmp_path, TEXT, words=reader.compiler(name))
    layout, = reader.layouts(path, "struct conn")
    fields = layout["fields"]
    assert [f["type"].replace("volatile const", "const volatile") for f in fields] == SPELLED[name]
    assert {f["name"]: f"{f['holder_type']} {f['holder_suffix']}".strip() for f in fields if "holder_type" in f} == HOLDER
    assert next(f for f in fields if f["name"] == "d")["holder_tags"] == ["struct node"]
    assert [f["depth"] for f in fields if f["name"] in ("l", "", "m", "n", "p")] == [0, 0, 1, 1, 2, 0]
    assert layout["flexible"] and layout["declared"] == "struct conn"


CXX = """namespace deep { struct base { virtual ~base() {} int a; }; }
struct empty { };
struct virtual_one : virtual deep::base { char v; };
class conn : public deep::base, empty {
public:
	static int counter;
	int &b; char c; int deep::base::*d; void (conn::*e)();
	class inner { double x; } f;
	alignas(32) char g;
	conn();
};
conn::conn() : b(a) {}
virtual_one one;
"""


@pytest.mark.parametrize("name", ["g++", "clang++-14"])
def test_classes(name, tmp_path):
    support.need(name)
    (tmp_path / "conn.cc").write_text(CXX)
    path = reader.compile((name, "-std=c++17"), tmp_path / "conn.cc")
    (tmp_path / "probe.cc").write_text(CXX)
    probe = Probe()
    probe.type("conn", "conn")
    probe.type("one", "virtual_one")
    probe.type("base", "deep::base")
    probe.run((name, "-std=c++17"), tmp_path / "probe.cc")
    for key, found in zip(("conn", "one", "base"), reader.layouts(path, "struct conn", "struct virtual_one",
                                                                 "struct deep::base")):
        truth = probe.truth(key)
        assert found["size"] == truth.size and found["align_low"] <= truth.align == found["align"]
        if key == "conn":
            assert [(f["name"], f["depth"], f["size"]) for f in found["fields"] if f["size"] != 1] == [
                ("", 0, 16), ("_vptr.base" if name == "g++" else "_vptr$base", 1, 8), ("a", 1, 4), ("b", 0, 8),
                ("d", 0, 8), ("e", 0, 16), ("f", 0, 8)]
            assert "counter" not in str(found)
