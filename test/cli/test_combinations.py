# SPDX-License-Identifier: MIT
"""Whatever the writer can be asked for, together: each combination compiles without a warning in each language version
and with each compiler, or is refused with a reason."""
import itertools
import json
from typing import NamedTuple

import pytest

import support
from languages import C_VERSIONS, CXX_VERSIONS, FIRST_AND_LAST, compile_without_warnings
from private_types import SOURCE

FLEXIBLE = "struct __attribute__((may_alias)) rest { long id; char kind; short data[]; };\n"  # which C++ has not got
ROOM = ["--reserve", "256"]


class Private(NamedTuple):
    """A private type, what to_X() gives, the words for each choice of this type, and those that it always needs."""

    name: str
    pointee: str
    choices: dict
    always: list = []


TYPES = {  # by base name
    "conn": Private("struct conn", "struct conn", {
        "offset": ["--offset", "load", "--offset", "name", "--offset", "list.prev"], "reserve": ROOM,
        "expose": ["--expose", "fd", "--expose", "open", "--expose", "peer", "--expose", "wake", "--expose", "sent"]}),
    "word": Private("union word", "union word", {"offset": ["--offset", "l"], "reserve": ROOM, "expose": ["--expose", "c"]}),
    "pair": Private("pair_t", "void", {"offset": ["--offset", "b"], "reserve": ROOM, "expose": ["--expose", "b"]}),
    "alias": Private("conn_alias", "struct conn", {"offset": ["--offset", "fd"], "reserve": ROOM, "expose": ["--expose", "state"]}),
    "number": Private("number_t", "void", {"reserve": ROOM}),
    "small": Private("struct small", "struct small", {"offset": ["--offset", "c"], "reserve": ROOM}),
    "wide": Private("struct wide", "struct wide", {"offset": ["--offset", "c"], "reserve": ROOM, "expose": ["--expose", "c"]}),
    "rest": Private("struct rest", "struct rest", {"offset": ["--offset", "data"], "reserve": ROOM, "expose": ["--expose", "id"]},
                    ["--flex", "data=7"]),
    "open": Private("struct open", "struct open", {"offset": ["--offset", "b"], "reserve": ROOM, "expose": ["--expose", "a"],
                                                   "align": ["--align", "1"]}),
}
OF_A_HEADER = {"guard": ["--guard"], "fwd": ["--fwd", "f{}.h"]}
# input: the words for it, and what it cannot be asked for
INPUTS = {
    "source": (["--target", "x86_64", "types/x.h"], {"align"}),
    "compiler": (["--from", "cc", "--cc", "gcc", "types/x.h"], {"align", "expose"}),
    "ladder": (["--target", "x86_64", "--target", "i386", "types/x.h"], {"align"}),
    "object": (["x86_64.o"], {}),
    "objects": (["x86_64.o", "i386.o"], {}),
}
LADDERS = ("ladder", "objects")
COMPILERS = {"x86_64": "gcc", "i386": "i686-linux-gnu-gcc"}
USER = """\
struct {base}_opaque one_{base};
{pointee} *use_{base}(void);
{pointee} *use_{base}(void)
{{
	struct {base}_opaque local = one_{base};

	{base}_opaque_zero(&local);
	{base}_opaque_copy(&one_{base}, &local);
	return sizeof(local) == {upper}_SIZE ? to_{base}(&one_{base}) : NULL;
}}
"""
LIGHT = """\
const {pointee} *look_{base}(const struct {base}_opaque *shadow);
const {pointee} *look_{base}(const struct {base}_opaque *shadow)
{{
	return to_{base}_const(shadow);
}}
"""


def subsets(words):
    return itertools.chain.from_iterable(itertools.combinations(words, n) for n in range(len(words) + 1))


def wanted(number, kind):
    """[(base, what to_X() gives, arguments)]: every type with every choice that it has."""
    made = []
    _, without = INPUTS[kind]
    for base, (name, pointee, choices, always) in TYPES.items():
        if kind == "compiler" and " " not in name:  # which knows no more of a typedef
            pointee = "void"
        for i, chosen in enumerate(subsets([choice for choice in choices if choice not in without])):
            unique = f"{base}_{number}_{i}"
            made.append((unique, pointee, ["-t", f"{name}={unique}", *always,
                                          *itertools.chain(*(choices[word] for word in chosen))]))
    return made


def make_objects(folder):
    support.write(folder, {"types/x.h": SOURCE + FLEXIBLE, "x.c": '#include "types/x.h"\n' + "".join(
        f"{private.name} one_{base};\n" for base, private in TYPES.items())})
    for target, compiler in COMPILERS.items():
        support.must(support.need(compiler), "-g", "-c", "-o", f"{target}.o", "x.c", cwd=folder)


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """A folder with a header for each input and each choice of a header's own, and sources that use them all:
    all.c, both.c (of two targets), light.c (the light halves alone)."""
    folder = tmp_path_factory.mktemp("combinations")
    make_objects(folder)
    texts = {name: ["#include <stddef.h>\n"] for name in ("all.c", "both.c", "light.c")}
    owners = {name: ['#include "x.h"\n'] for name in texts}
    for number, (kind, chosen) in enumerate(itertools.product(INPUTS, subsets(OF_A_HEADER))):
        words, _ = INPUTS[kind]
        types = wanted(number, kind)
        options = [word.format(number) for choice in chosen for word in OF_A_HEADER[choice]]
        done = support.gen("emit", *itertools.chain(*(words for _, _, words in types)), *options, "-o", f"o{number}.h", *words,
                           *(["--", "-std=gnu11"] if kind == "compiler" else []), cwd=folder)
        assert done.status == 0 and "warning" not in done.err, done
        for name in ("all.c", *(["both.c"] if kind in LADDERS else [])):
            texts[name] += [f'#include "o{number}.h"\n'] * 2
            texts[name] += [USER.format(base=base, upper=base.upper(), pointee=pointee) for base, pointee, _ in types]
            owners[name] += [f"{base.upper()}_OPAQUE_CHECK();\n" for base, _, _ in types]
        if "fwd" in chosen:
            texts["light.c"] += [f'#include "f{number}.h"\n'] * 2
            texts["light.c"] += [LIGHT.format(base=base, pointee=pointee) for base, pointee, _ in types]
    support.write(folder, {name: "".join(texts[name] + owners[name]) + "int nothing;\n" for name in texts})
    return folder


@pytest.mark.parametrize("compiler, standard", [(c, s) for c, s in (*C_VERSIONS, *CXX_VERSIONS)
                                                if c in ("gcc", "g++", "clang-14", "clang++-14") or s in FIRST_AND_LAST])
def test_without_warnings(compiler, standard, everything):
    compile_without_warnings(compiler, standard, everything, "all.c", "light.c")


@pytest.mark.parametrize("compiler, standard", [("gcc", "c99"), ("clang-14", "c17"), ("g++", "c++11"), ("clang++-14", "c++20")])
def test_without_warnings_on_the_other_target(compiler, standard, everything):
    compile_without_warnings(compiler, standard, everything, "both.c", flags=["-m32", "-ffreestanding", "-nostdinc++"])


def test_nothing_is_left_out(everything):
    """Every choice of every type, with every input that can be asked for it."""
    text = (everything / "all.c").read_text()
    count = sum(2 ** len([choice for choice in private.choices if choice not in without]) * 4
                for _, without in INPUTS.values() for private in TYPES.values())
    assert text.count("_OPAQUE_CHECK();") == count


# ---- what is refused ----

OPTIONS = {
    "--offset": ["--offset", "b"], "--expose": ["--expose", "a"], "--reserve": ["--reserve", "64"], "--guard": ["--guard"],
    "--fwd": ["--fwd", "f.h"], "--align": ["--align", "1"], "--exact": ["--exact"], "--layout": ["--layout", "l.json"],
    "--depfile": ["--depfile", "o.d"], "--stamp": ["--stamp", "o.s"],
    "--private": ["--private", "p.h"], "--shadow": ["--shadow", "room"], "--libc": ["--libc"], "--target": ["--target", "aarch64"], "--cc": ["--cc", "gcc"], "--no-confirm": ["--no-confirm"],
    "-p": ["-p", "build"], "compile flags": ["--", "-DX"],
}
OPEN = "types/x.h:30: error: the alignment of struct open is from 1 to 2: the object files do not say it exactly\n"
COMPILED = {option: f"gen-opaque: error: {option} cannot change what is compiled already\n"
            for option in ("--target", "--cc", "--no-confirm", "-p", "compile flags")}
REFUSED = {
    "source": {},
    "compiler": {
        "--expose": "gen-opaque: error: the type of 'a' cannot be spelled for --expose: a compiler says sizes and offsets only\n",
        "--layout": "gen-opaque: error: a compiler does not know the fields, which --layout needs\n",
        "--target": "gen-opaque: error: --target is for libclang, which --from cc does not ask\n",
        "--no-confirm": "gen-opaque: error: --no-confirm is for libclang, which --from cc does not ask\n"},
    "ladder": {},
    "object": {"--exact": OPEN, **COMPILED},
    "objects": {"--exact": OPEN, **COMPILED},
}
PLAIN_INPUTS = {"source": ["types/x.h"], "compiler": ["--from", "cc", "types/x.h"], "ladder": INPUTS["ladder"][0],
                "object": INPUTS["object"][0], "objects": INPUTS["objects"][0]}


@pytest.mark.parametrize("kind", INPUTS)
def test_every_option_with_every_input(kind, tmp_path):
    """It works, without a word, or it is refused with a reason, and nothing is written."""
    make_objects(tmp_path)
    entry = {"directory": str(tmp_path), "file": "types/x.h", "arguments": ["gcc", "-c", "types/x.h"]}
    support.write(tmp_path, {"build/compile_commands.json": json.dumps([entry])})
    for option, words in OPTIONS.items():
        before, after = ([], words) if words[0] == "--" else (words, [])
        done = support.gen("emit", "-t", "struct open", *before, "-o", "o.h", *PLAIN_INPUTS[kind], *after, cwd=tmp_path)
        refusal = REFUSED[kind].get(option, "")
        assert (done.status, done.err.startswith(refusal), bool(done.err)) == (2 if refusal else 0, True, bool(refusal)), done
        assert (tmp_path / "o.h").exists() == (not refusal), option
        (tmp_path / "o.h").unlink(missing_ok=True)


FIELDS = {
    "overlap": ("union u { int a; char b[4]; };", ["-t", "union u", "--expose", "a", "--expose", "b"],
                "x.h:1:7: error: 'a' and 'b' overlap: only one of them can be exposed\n"),
    "the shadow's names": ("struct s { int opaque_0; };", ["-t", "struct s", "--expose", "opaque_0"],
                           "x.h:1:8: error: 'opaque_0' cannot be exposed: names that start with 'opaque' are the shadow's own\n"),
    "no size": ("struct s { long none[0]; int n; };", ["-t", "struct s", "--expose", "none"],
                "x.h:1:8: error: 'none' has no size and cannot be exposed\n"),
    "one base": ("struct s { int n; };", ["-t", "struct s=one", "-t", "struct s=ONE"],
                 "gen-opaque: error: two types have the base name 'ONE'\n"),
}


@pytest.mark.parametrize("targets", [["--target", "x86_64"], ["--target", "x86_64", "--target", "i386"]])
@pytest.mark.parametrize("case", FIELDS)
def test_refused(case, targets, tmp_path):
    source, words, said = FIELDS[case]
    support.write(tmp_path, {"x.h": source + "\n"})
    done = support.gen("emit", *words, *targets, "-o", "o.h", "x.h", cwd=tmp_path)
    assert done.status == 2 and done.err.startswith(said) and not (tmp_path / "o.h").exists(), done
