# SPDX-License-Identifier: MIT
"""Names that C allows beside plain ones: other scripts, universal character names, '$', and the word that no macro may have."""
import json

import pytest

import support

# name as asked for: its definition, with a member called so, too
NAMES = {
    "größe": "struct größe { char c; long größe; };",
    "変数": "struct 変数 { char c; long 変数; };",
    "gr\\u00f6\\u00dfe": "struct gr\\u00f6\\u00dfe { char c; long gr\\u00f6\\u00dfe; };",
    "\\U00004e2d": "struct \\U00004e2d { char c; long \\u4e2d; };",
    "$money": "struct $money { char c; long $money; };",
    "a$b": "struct a$b { char c; long a$b; };",
    "defined": "struct defined { char c; long defined; };",
    "_Pragma_": "struct _Pragma_ { char c; long _Pragma_; };",
}
PLAIN = {"gr\\u00f6\\u00dfe": "größe", "\\U00004e2d": "中"}
READERS = [("--cc", "gcc"), ("--cc", "clang-14"), ("--no-confirm",), ("--from", "cc", "--cc", "gcc"), ("--from", "cc", "--cc", "clang-14")]


def plain(name):
    return PLAIN.get(name, name)


def says(tmp_path, name, *options):
    return support.gen("emit", "-t", f"struct {name}=box", "--offset", name, "-o", "box_opaque.h", *options, "box.c", "--", "-fno-strict-aliasing", cwd=tmp_path)


@pytest.mark.parametrize("reader", READERS, ids=" ".join)
@pytest.mark.parametrize("name", NAMES)
def test_emit(tmp_path, name, reader):
    support.write(tmp_path, {"box.c": NAMES[name] + "\n"})
    result = says(tmp_path, name, *reader)
    assert (result.status, result.err) == (0, ""), result
    text = (tmp_path / "box_opaque.h").read_text()
    assert "#define BOX_SIZE 16\n" in text and "#define BOX_ALIGN 8\n" in text
    assert f"#define BOX_OFFSETOF_{support.upper(plain(name))} 8\n" in text


@pytest.mark.parametrize("name", [name for name in NAMES if plain(name) == name])
@pytest.mark.parametrize("compiler", ["gcc", "clang-14"])
def test_owner_and_holder(tmp_path, name, compiler):
    """With the name's own names, all the header's helpers and a guard at link time."""
    header = f"{name}_opaque.h"
    macro = support.upper(name)
    support.write(tmp_path, {
        "owner.c": f'#include "{header}"\n' + NAMES[name].replace(f"struct {name}", f"struct {macro}_PRIVATE {name}")
                   + f"\n{macro}_OPAQUE_CHECK();\nlong get(struct {name} *p);\nlong get(struct {name} *p) {{ return p->{name}; }}\n",
        "holder.c": f'#include "{header}"\nstruct {name};\nlong get(struct {name} *p);\nstatic struct {name}_opaque box;\n'
                    f"int main(void) {{ {name}_opaque_zero(&box); return (int)get(to_{name}(&box)); }}\n"})
    result = support.gen("emit", "-t", f"struct {name}", "--guard", "--offset", name, "--expose", name, "-o", header, "--cc", compiler,
                         "owner.c", cwd=tmp_path)
    assert (result.status, result.err) == (0, ""), result
    support.must(compiler, "-Wall", "-Wextra", "-Werror", "-o", "program", "owner.c", "holder.c", cwd=tmp_path)
    support.must(tmp_path / "program")
    checked = support.gen("check", "--cc", compiler, header, cwd=tmp_path)
    assert (checked.status, checked.err, checked.out) == (0, "", ""), checked


@pytest.mark.parametrize("name", NAMES)
def test_layout(tmp_path, name):
    support.write(tmp_path, {"box.c": NAMES[name] + "\n"})
    said = json.loads(support.gen("layout", "--format", "json", "-t", f"struct {name}", "box.c", cwd=tmp_path).out)
    layout, = said["layouts"]
    assert layout["name"] == plain(name)
    assert [(field["name"], field["offset"]) for field in layout["fields"]] == [("c", 0), (plain(name), 8)]
    text = support.gen("layout", "-t", f"struct {name}", "box.c", cwd=tmp_path).out
    line, = [line for line in text.splitlines() if plain(name) + ";" in line]
    assert line.index("/*") == text.splitlines()[1].index("/*"), text


@pytest.mark.parametrize("reader", [("box.c",), ("box.o",)], ids=["source", "object"])
@pytest.mark.parametrize("name", NAMES)
def test_list(tmp_path, name, reader):
    support.write(tmp_path, {"box.c": NAMES[name] + f"\nstruct {name} box;\n"})
    support.must("gcc", "-g", "-c", "box.c", cwd=tmp_path)
    assert f"struct {plain(name)}\t16\t8\t" in support.gen("list", *reader, cwd=tmp_path).out


def test_members_of_two_scripts_differ(tmp_path):
    support.write(tmp_path, {"old.c": "struct box { int länge; int tail; };\n", "new.c": "struct box { int höhe; int tail; };\n"})
    done = support.gen("diff", "-t", "struct box", "old.c", "new.c", cwd=tmp_path)
    assert done.status == 1 and "field 'länge' is now 'höhe'\n" in done.out, done
    guards = [line for name in ("old", "new")
              for line in support.gen("emit", "--guard", "-t", "struct box", f"{name}.c", "--", "-fno-strict-aliasing", cwd=tmp_path).out.splitlines()
              if "box_opaque_layout_" in line]
    assert len(guards) >= 2 and guards[0] != guards[len(guards) // 2]


BAD = ["a b", "1a", "a-b", "\\u00zz", "a\u202eb", "a\u0085", "a\udcffb"]


@pytest.mark.parametrize("name", BAD, ids=ascii)
def test_what_is_no_name(tmp_path, name):
    """Nor are characters that turn the text around them, and bytes that are no text."""
    support.write(tmp_path, {"box.c": "struct box { int a; };\n"})
    done = support.gen("emit", "-t", f"struct {name}", "box.c", cwd=tmp_path)
    assert (done.status, done.out) == (2, "")
    assert done.err == (f"gen-opaque: error: 'struct {name}' is not the name of a type\n"
                        "gen-opaque: note: a type is named 'struct X', 'union X', or by a typedef's name\n")
