# SPDX-License-Identifier: MIT
"""C++ sources: classes, namespaces and what has no layout. The shadow is for C callers as well."""
import json
import re

import pytest

import support
from numbers_of import said_numbers

SOURCE = """\
namespace net {
class conn {
	int fd;
	long double name;
	virtual void f();
protected:
	bool ready : 3;
public:
	class inner { char c[3]; };
	inner in;
	conn();
};
struct derived final : conn { long l; };
struct base { char b; };
struct diamond : virtual base { char d; int &r; };
namespace { struct hidden { short s[3]; }; }
union either { int i; char c[9]; };
typedef struct { int q; } anon_t;
inline namespace v1 { struct versioned { char c; }; }
template <class T> struct vec { T t; };
struct later;
struct abstract { virtual void f() = 0; };
}
class global { int x; };
extern "C" { struct plain { char c; long l; }; }
using never = net::vec<long>;
template struct net::vec<short>;
using shorts = net::vec<short>;
enum class kind : char { A };
struct kinds { kind k[3]; bool b; };
struct nothing { };
struct flexible { int n; char data[]; };
"""
NAMES = ["net::conn", "class net::conn", "struct net::conn", "::net::conn", "net::conn::inner", "net::derived", "net::diamond",
         "net::hidden", "union net::either", "net::either", "net::anon_t", "net::v1::versioned", "net::versioned", "global", "struct global",
         "class global", "plain", "struct plain", "shorts", "std::string", "kinds"]
COMPILERS = ("g++", "clang++-14", "clang++-19")


@pytest.fixture
def place(tmp_path):
    support.write(tmp_path, {"conn.cpp": SOURCE})
    return tmp_path


def emit(place, *arguments, status=0, err="", source="conn.cpp", flags=("-fno-strict-aliasing",)):
    result = support.gen("emit", *arguments, source, "--", *flags, cwd=place)
    assert (result.status, result.err) == (status, err), result
    return result.out


@pytest.mark.parametrize("compiler", COMPILERS)
def test_numbers_are_the_compilers(compiler, place):
    """All at once, each asserted in C++ by the compiler itself."""
    support.need(compiler)
    (place / "conn.cpp").write_text("#include <string>\n" + SOURCE)
    types = [word for i, name in enumerate(NAMES) for word in ("-t", f"{name}=n{i}")]
    text = emit(place, "--cc", compiler, *types)
    checks = []
    for i, name in enumerate(NAMES):
        size, align = said_numbers(text, f"N{i}")
        name = name.removeprefix("class ")
        checks.append(f'static_assert(sizeof({name}) == {size} && alignof({name}) == {align}, "{name}");\n')
    (place / "test.cpp").write_text('#include "conn.cpp"\n' + "".join(checks))
    support.must(compiler, "-fno-access-control", "-w", "-fsyntax-only", "test.cpp", cwd=place)


IN_OBJECTS = [name for name in NAMES if name not in ("net::diamond", "std::string")]
USES = "".join(f"{name.removeprefix('class ')} *use_{i}({name.removeprefix('class ')} *p) {{ return p + 1; }}\n"
               for i, name in enumerate(IN_OBJECTS) if name != "net::hidden")
USES += "net::conn::conn() {}\nvoid net::conn::f() {}\nnet::derived derived;\nnet::hidden hidden;\nvoid *keep = &hidden;\n"


@pytest.mark.parametrize("flags", [[], ["-gdwarf-4"], ["-fdebug-types-section"], ["-gsplit-dwarf"]], ids=" ".join)
@pytest.mark.parametrize("compiler", ["g++", "clang++-14"])
def test_names_are_the_same_in_objects(compiler, flags, place):
    support.need(compiler)
    (place / "conn.cpp").write_text(SOURCE + USES)
    support.must(compiler, "-g", "-w", *flags, "-c", "conn.cpp", cwd=place)
    # gcc's type units do not say that a namespace is inline.
    names = [name for name in IN_OBJECTS if name != "net::versioned" or (compiler, flags) != ("g++", ["-fdebug-types-section"])]
    types = [word for i, name in enumerate(names) for word in ("-t", f"{name}=n{i}")]
    of_source = emit(place, "--cc", compiler, *types)
    of_object = support.gen("emit", *types, "conn.o", cwd=place)
    assert (of_object.status, of_object.err) == (0, "")
    for i, name in enumerate(names):
        assert said_numbers(of_object.out, f"N{i}")[0] == said_numbers(of_source, f"N{i}")[0], name


def test_names_in_what_dwz_makes(place):
    support.need("dwz")
    (place / "conn.cpp").write_text(SOURCE + USES)
    (place / "main.cpp").write_text("int main() { return 0; }\n")
    support.must("g++", "-g", "-w", "-o", "one", "conn.cpp", "main.cpp", cwd=place)
    (place / "two").write_bytes((place / "one").read_bytes())
    support.must("dwz", "-m", "common", "one", "two", cwd=place)
    for name, size in (("net::conn", 48), ("class net::conn", 48), ("net::conn::inner", 3), ("union net::either", 12)):
        out = support.must(support.tool(), "emit", "-t", f"{name}=x", "one", cwd=place).out
        assert said_numbers(out, "X")[0] == size, name


def test_one_name_in_two_scopes_of_an_object(place):
    support.write(place, {"conn.c": "struct conn { char c[5]; } conn;\n",
                          "conn.cpp": "struct a { struct conn { int i; } b; } x;\nnamespace n { struct conn { long l; } y; }\n"})
    support.must("gcc", "-g", "-c", "-o", "c.o", "conn.c", cwd=place)
    support.must("g++", "-g", "-c", "-o", "cxx.o", "conn.cpp", cwd=place)
    for name, size in (("struct conn", 5), ("struct a::conn", 4), ("n::conn", 8), ("class n::conn", 8)):
        out = support.must(support.tool(), "emit", "-t", name, "c.o", "cxx.o", cwd=place).out
        assert said_numbers(out, "CONN")[0] == size, name
    lost = support.gen("emit", "-t", "conn", "cxx.o", cwd=place)
    assert lost.err == ("cxx.o: error: there is no 'conn' here\n"
                        "gen-opaque: note: the nearest names there are: 'struct a::conn', 'struct n::conn'\n"), lost
    listed = support.must(support.tool(), "list", "c.o", "cxx.o", cwd=place).out
    assert [row.split("\t")[:2] for row in listed.splitlines()[1:]] == [
        ["struct a", "4"], ["struct a::conn", "4"], ["struct conn", "5"], ["struct n::conn", "8"]]


def test_the_name_is_the_base(place):
    text = emit(place, "-t", "net::conn", "-t", "net::conn::inner", "-t", "struct plain")
    for line in ("#define CONN_SIZE ", "struct inner_opaque {", "static inline void *to_conn(", "struct plain *to_plain("):
        assert line in text, line


@pytest.mark.parametrize("name", ["net::conn", "global", "struct plain"])
def test_a_shadow_serves_cxx_owners_and_c_callers(name, place):
    base = name.split(" ")[-1].split(":")[-1]
    emit(place, "-t", name, "-o", f"{base}_opaque.h")
    pointer = f"{name} *" if name == "struct plain" else "void *"
    support.write(place, {
        "owner.cpp": f'#include "{base}_opaque.h"\n#include "conn.cpp"\n{base.upper()}_OPAQUE_CHECK();\n'
                     f"{name} *get({base}_opaque *s) {{ return static_cast<{name} *>(static_cast<void *>(to_{base}(s))); }}\n",
        "user.c": f'#include "{base}_opaque.h"\nstruct {base}_opaque room;\n'
                  f"{pointer}get(void) {{ return to_{base}(&room); }}\n"})
    flags = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    support.must("g++", "-c", "owner.cpp", cwd=place)
    support.must("gcc", *flags, "-c", "user.c", cwd=place)


@pytest.mark.parametrize("field", ["fd", "in"])
def test_offsets_of_private_members(field, place):
    text = emit(place, "-t", "net::conn", "--offset", field)
    assert f"#define CONN_OFFSETOF_{field.upper()} {dict(fd=8, **{'in': 33})[field]}\n" in text


NESTED = """\
#include "widget_impl_opaque.h"
namespace ui {
class widget {
public:
	int count() const;
private:
	class impl;
	widget_impl_opaque room_;
};
class widget::impl { public: long a; int n; };
int widget::count() const
{
	WIDGET_IMPL_OPAQUE_CHECK();
	return static_cast<const impl *>(to_widget_impl(&room_))->n;
}
}
"""


@pytest.mark.parametrize("compiler", COMPILERS)
def test_check_of_a_class_private_to_another(compiler, place):
    """In a member function of the other, which may name it."""
    support.need(compiler)
    (place / "widget.cpp").write_text(NESTED)
    emit(place, "--cc", compiler, "-t", "ui::widget::impl=widget_impl", "-o", "widget_impl_opaque.h", source="widget.cpp")
    for standard in ("c++11", "c++20"):
        support.must(compiler, f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "widget.cpp", cwd=place)
    (place / "widget.cpp").write_text(NESTED.replace("long a;", "long a, b;"))
    drifted = support.run(compiler, "-fsyntax-only", "widget.cpp", cwd=place)
    assert drifted.status != 0 and "its size is not the WIDGET_IMPL_SIZE of widget_impl_opaque.h" in drifted.err, drifted


REFUSALS = {
    "in a namespace": ("conn", "conn.cpp: error: there is no 'conn' here\n"
                       "gen-opaque: note: the nearest names there are: 'struct net::conn'\n"),
    "nearly": ("net::cnn", "conn.cpp: error: there is no 'net::cnn' here\n"
               "gen-opaque: note: the nearest names there are: 'struct net::conn'\n"),
    "template": ("net::vec", "conn.cpp:20:27: error: 'net::vec' is a template: it has no one size\n"
                 "gen-opaque: note: name one of its instances: 'using NAME = TEMPLATE<...>;'\n"),
    "template's instance": ("net::vec<int>", "gen-opaque: error: 'net::vec<int>' is not the name of a type\n"
                            "gen-opaque: note: give it one in the source: 'using NAME = net::vec<int>;'\n"),
    "never instantiated": ("never", "conn.cpp:26:7: error: 'never' is of a template that is not instantiated here\n"
                           "gen-opaque: note: instantiate it: 'template struct NAME<...>;'\n"),
    "abstract": ("net::abstract", "conn.cpp:22:8: error: 'net::abstract' is abstract: there can be nothing of it to hold\n"
                 "gen-opaque: note: name a class that is derived from it\n"),
    "incomplete": ("net::later", "conn.cpp:21:8: error: 'net::later' is declared here, but never defined\n"
                   "gen-opaque: note: give the source or header that defines it\n"),
    "flexible": ("flexible", "conn.cpp:32:8: error: 'flexible' ends with a flexible array member, whose size is not known\n"
                 "gen-opaque: note: a shadow has one size: --flex N makes room for N elements\n"),
    "broken name": ("net::", "gen-opaque: error: 'net::' is not the name of a type\n"
                    "gen-opaque: note: a type is named 'struct X', 'union X', or by a typedef's name\n"),
    "one colon": ("net:conn", "gen-opaque: error: 'net:conn' is not the name of a type\n"
                  "gen-opaque: note: a type is named 'struct X', 'union X', or by a typedef's name\n"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case, place):
    name, said = REFUSALS[case]
    emit(place, "-t", name, status=2, err=said)


BASES = """\
struct empty { };
struct pad { char c[4]; int a; };
struct table { virtual ~table(); int t; };
class hidden : empty { char h; };
template <class T> struct box { T boxed; };
struct plain : pad { int v; };
struct second : pad, table { int a; };
struct both : pad, box<int>, box<long> { int v; };
struct deep : private second, public hidden { virtual void f(); long d; };
struct member { int m; deep inner; };
struct diamond : virtual pad { int w; };
"""
# What each has behind its first base's members, in order of the places: (name, offset).
BASED = {"plain": [("c", 0), ("a", 4), ("v", 8)],
         "second": [("", 0), ("t", 8), ("c", 12), ("a", 16), ("a", 20)],
         "both": [("c", 0), ("a", 4), ("boxed", 8), ("boxed", 16), ("v", 24)],
         "deep": [("", 0), ("t", 8), ("c", 12), ("a", 16), ("a", 20), ("h", 24), ("d", 32)],
         "member": [("m", 0), ("inner", 8), ("", 8), ("t", 16), ("c", 20), ("a", 24), ("a", 28), ("h", 32), ("d", 40)]}


def fields(place, name, *source):
    """(name, offset, size) of all that is no record itself, and of members of the class."""
    out = support.must(support.tool(), "layout", "--format", "json", "-t", name, *source, cwd=place).out
    found = json.loads(out)["layouts"][0]["fields"]
    ends = [field for i, field in enumerate(found)
            if field["name"] or i + 1 == len(found) or found[i + 1].get("depth", 0) <= field.get("depth", 0)]
    return sorted(((field["name"], field["offset"], field["size"]) for field in ends), key=lambda field: field[1])


@pytest.mark.parametrize("compiler", COMPILERS)
def test_base_classes_are_part_of_a_layout(compiler, place):
    """As its objects have it, too."""
    support.need(compiler)
    (place / "base.cpp").write_text(BASES + "".join(f"{name} one_{name};\n" for name in BASED) +
                                    "table::~table() {}\nvoid deep::f() {}\n")
    support.must(compiler, "-g", "-c", "base.cpp", cwd=place)
    for name, expected in BASED.items():
        found = fields(place, name, "base.cpp", "--cc", compiler)
        assert [field[:2] for field in found] == expected, name
        in_object = fields(place, name, "base.o")
        assert [field for field in in_object if field[0] and not field[0].startswith("_vptr")] == [
            field for field in found if field[0]], name


def test_base_class_in_the_text(place):
    (place / "base.cpp").write_text(BASES)
    assert support.must(support.tool(), "layout", "-t", "second", "base.cpp", cwd=place).out == """\
/* base.cpp:7: x86_64-unknown-linux-gnu, the compiler's numbers */
typedef struct {                 /* offset   size */
    struct /* table */ {
        (virtual table pointer); /*      0      8 */
        int  t;                  /*      8      4 */
        /* 4 bytes of padding */
    };                           /*      0     16 */
    struct /* pad */ {
        char c[4];               /*     12      4 */
        int  a;                  /*     16      4 */
    };                           /*     12      8 */
    int      a;                  /*     20      4 */

    /* size: 24, alignment: 8, cache lines: 1 of 64 bytes */
    /* members: 3, 24 bytes */
    /* holes and padding inside members: 1, 4 bytes */
} second;
"""


def test_inherited_members_can_be_named(place):
    """A class's own member hides that of its base; what two bases have has no name."""
    (place / "base.cpp").write_text(BASES)
    for name, field, offset in (("plain", "a", 4), ("second", "a", 20), ("second", "t", 8), ("both", "a", 4), ("deep", "h", 24)):
        text = emit(place, "-t", name, "--offset", field, "-o", f"{name}_opaque.h", source="base.cpp")
        text = (place / f"{name}_opaque.h").read_text()
        assert f"#define {name.upper()}_OFFSETOF_{field.upper()} {offset}\n" in text, (name, field)
    # A compiler may not say it of a class that has no standard layout: gcc does.
    (place / "owner.cpp").write_text(BASES + '#include "plain_opaque.h"\nPLAIN_OPAQUE_CHECK();\n')
    support.must("g++", "-fsyntax-only", "-Wno-invalid-offsetof", "owner.cpp", cwd=place)


CHANGED = {
    "members of a base": ("char c[4]; int a;", "int a; char c[4];", ["plain", "second", "both", "deep", "member", "diamond"]),
    "a base's virtual functions": ("virtual ~table(); int t;", "int t, u, v, w;", ["second", "deep", "member"]),
    "the order of bases": ("pad, box<int>, box<long>", "box<int>, pad, box<long>", ["both"]),
}


@pytest.mark.parametrize("case", CHANGED)
def test_a_changed_base_is_a_changed_class(case, place):
    """For diff, and for the guard that keeps old holders from new owners."""
    old, new, names = CHANGED[case]
    (place / "old.cpp").write_text(BASES)
    assert old in BASES
    (place / "new.cpp").write_text(BASES.replace(old, new))
    for name in ["plain", "second", "both", "deep", "member", "diamond"]:
        result = support.gen("diff", "-t", name, "old.cpp", "new.cpp", cwd=place)
        assert (result.status, result.err) == (1 if name in names else 0, ""), (name, result)
        if name == "member":  # what a member has in it is its own header's business, as in C
            continue
        guards = {re.search(r"_opaque_layout_\w+", emit(place, "-t", name, "--guard", source=f"{side}.cpp")).group()
                  for side in ("old", "new")}
        assert len(guards) == (2 if name in names else 1), (name, guards)
    if "diamond" in names:
        assert support.gen("diff", "-t", "diamond", "old.cpp", "new.cpp", cwd=place).out == (
            "diamond: size 24, alignment 8\n"
            "     old   size        new   size\n"
            "       8      4          8      4  w\n"
            "what its virtual base classes hold changed\n")


OWNED = """\
#include <memory>
#include <string>
namespace app {
class user { public: std::string name; };
struct handle { std::unique_ptr<int> p; };
struct plain { int x; protected: int y; };
struct counted { int n; counted(const counted &); };
}
"""
USE = """\
#include "room_opaque.h"
struct holder { room_opaque room; };
static room_opaque one, two;
static_assert(__is_trivially_constructible(room_opaque), "no code at start");
void use() { %s; (void)one; (void)two; }
"""
COPIES = {"a copy": "room_opaque three(one)", "assignment": "one = two", "in a struct": "holder h = holder(); holder i(h); (void)i",
          "the helper": "room_opaque_copy(&one, &two)"}


@pytest.mark.parametrize("compiler", ["g++", "clang++-14"])
@pytest.mark.parametrize("name", ["user", "handle", "counted", "plain"])
def test_copies_of_what_is_more_than_its_bytes(name, compiler, place):
    """A class with a std::string, copied by its bytes, has two owners of one piece of memory."""
    support.need(compiler)
    (place / "owned.cpp").write_text(OWNED)
    emit(place, "-t", f"app::{name}=room", "-o", "room_opaque.h", source="owned.cpp")
    support.write(place, {"use.cpp": USE % ("room_opaque_zero(&one)" if name == "plain" else "static_cast<void>(to_room(&one))"), "use.c": '#include "room_opaque.h"\nstruct room_opaque one;\n',
                          "owner.cpp": OWNED + '#include "room_opaque.h"\nROOM_OPAQUE_CHECK();\n'})
    for standard in ("c++11", "c++20"):
        support.must(compiler, f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-c", "use.cpp", cwd=place)
        support.must(compiler, f"-std={standard}", "-fsyntax-only", "owner.cpp", cwd=place)
        for how in COPIES.values():
            (place / "copy.cpp").write_text(USE % how)
            result = support.run(compiler, f"-std={standard}", "-fsyntax-only", "copy.cpp", cwd=place)
            assert (result.status == 0) == (name == "plain"), (how, result)
    support.must("gcc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-c", "use.c", cwd=place)


def test_an_empty_class_has_a_byte_in_cxx(place):
    assert said_numbers(emit(place, "-t", "nothing"), "NOTHING") == (1, 1)


@pytest.mark.parametrize("name, flags", [("x.hpp", ()), ("x.h", ("-x", "c++")), ("x.c", ("-xc++",)), ("x.h", ("-std=c++17",)),
                                         ("x.cc", ()), ("x.hh", ())])
def test_what_is_cxx(name, flags, place):
    (place / name).write_text("namespace n { class conn { int fd; }; }\n")
    assert said_numbers(emit(place, "-t", "n::conn", source=name, flags=("-fno-strict-aliasing", *flags)), "CONN") == (4, 4)


def test_c_in_a_cxx_name(place):
    (place / "x.cpp").write_text("struct conn { int class; };\n")
    assert said_numbers(emit(place, "-t", "struct conn", source="x.cpp", flags=("-fno-strict-aliasing", "-x", "c")), "CONN") == (4, 4)


def test_list(place):
    (place / "a.cpp").write_text(SOURCE)
    result = support.gen("list", "a.cpp", cwd=place)
    assert result.status == 0 and result.err == "", result
    names = [line.split("\t")[0] for line in result.out.splitlines()[1:]]
    assert names == sorted(names) == [
        "net::anon_t", "struct flexible", "struct global", "struct kinds", "struct net::abstract", "struct net::base",
        "struct net::conn", "struct net::conn::inner", "struct net::derived", "struct net::diamond", "struct net::hidden",
        "struct net::v1::versioned", "struct nothing", "struct plain", "union net::either"]
    for name in names[:1] + names[5:9]:
        emit(place, "-t", name, source="a.cpp")
