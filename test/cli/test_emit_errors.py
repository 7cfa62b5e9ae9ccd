# SPDX-License-Identifier: MIT
"""Every way in which emit refuses: exit status 2, the exact text, and the old output as it was."""
import os
import shutil

import pytest

import support

OLD = "an older header, not to be touched\n"
SOURCE = """\
#include <stddef.h>
struct conn {
	int fd;
	unsigned ready : 1;
	long bytes;
} __attribute__((may_alias));
struct connection { int x; };
union config { int x; };
struct later;
  struct empty { };
struct flexible { int n; char data[]; };
struct __attribute__((packed)) tight { char c; long l; };
struct odd { int n; } __attribute__((may_alias));
typedef struct { int a; } session_t;
typedef int work_t(void);
"""
USAGE = "gen-opaque: note: 'gen-opaque emit --help' lists them\n"


@pytest.fixture
def place(tmp_path):
    """A folder with a source and an older output."""
    support.write(tmp_path, {"conn.c": SOURCE, "conn_opaque.h": OLD, "conn.png": "\211PNG\r\n\032\n\0\0\0\rIHDR"})
    os.utime(tmp_path / "conn_opaque.h", (1_000_000_000, 1_000_000_000))
    return tmp_path


def refused(place, expected, *arguments, output="conn_opaque.h", **options):
    """emit with these arguments says exactly this, and leaves everything as it was."""
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in place.rglob("*") if path.is_file()}
    out = ["-o", output] if output else []
    result = support.gen("emit", *out, *arguments, cwd=place, **options)
    assert (result.status, result.out) == (2, ""), result
    assert result.err == expected, result
    after = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in place.rglob("*") if path.is_file()}
    assert after == before, "something was written"


NEVER_NAMED = "gen-opaque: note: give the source or header that defines it\n"
A_TYPE_IS = "gen-opaque: note: a type is named 'struct X', 'union X', or by a typedef's name\n"
TYPES = {
    "unknown struct": ("struct con", "conn.c: error: there is no 'struct con' here\n"
                       "gen-opaque: note: the nearest names there are: 'struct conn'\n"),
    "unknown union": ("union confug", "conn.c: error: there is no 'union confug' here\n"
                      "gen-opaque: note: the nearest names there are: 'union config'\n"),
    "unknown typedef": ("sesion_t", "conn.c: error: there is no 'sesion_t' here\n"
                        "gen-opaque: note: the nearest names there are: 'session_t'\n"),
    "nothing near": ("struct zebra", "conn.c: error: there is no 'struct zebra' here\n" + "gen-opaque: note: "),
    "incomplete": ("struct later", "conn.c:9:8: error: 'struct later' is declared here, but never defined\n" + NEVER_NAMED),
    "empty": ("struct empty", "conn.c:10:10: error: 'struct empty' is empty: there is nothing to hold\n"),
    "flexible": ("struct flexible",
                 "conn.c:11:8: error: 'struct flexible' ends with a flexible array member, whose size is not known\n"
                 "gen-opaque: note: a shadow has one size: --flex N makes room for N elements\n"),
    "enum": ("enum color", "gen-opaque: error: 'enum color' is not the name of a type\n" + A_TYPE_IS),
    "function": ("work_t", "conn.c:15:13: error: 'work_t' has no size known to the compiler\n"),
    "no name": ("", "gen-opaque: error: '' is not the name of a type\n" + A_TYPE_IS),
    "pointer": ("struct conn *", "gen-opaque: error: 'struct conn *' is not the name of a type\n" + A_TYPE_IS),
    "bad base": ("struct conn=1x", "gen-opaque: error: '1x' cannot be the base of names\n"),
    "no base": ("struct conn=", "gen-opaque: error: '' cannot be the base of names\n"),
}


@pytest.mark.parametrize("confirm", [[], ["--no-confirm"]], ids=["confirmed", "unconfirmed"])
@pytest.mark.parametrize("case", TYPES)
def test_types(case, confirm, place):
    name, expected = TYPES[case]
    if not expected.endswith("\n"):  # only the nearest name is promised
        result = support.gen("emit", "-t", name, "conn.c", *confirm, cwd=place)
        assert result.err.startswith(expected), result
        expected = result.err
    refused(place, expected, "-t", name, "conn.c", *confirm)


SOURCES = {
    "missing include": ('struct a { int x; };\n#include "nowhere.h"\nstruct conn { int fd; };\n',
                        "conn.c:2:10: error: 'nowhere.h' file not found\n"),
    "unknown type of a field": ("struct conn { missing_t fd; char c; };\n",
                                "conn.c:1:8: error: 'struct conn' is not understood; its layout is unknown\n"
                                "conn.c:1:15: error: unknown type name 'missing_t'\n"),
    "unknown typedef elsewhere": ("struct conn { int fd; };\nmissing_t other;\n",
                                  "conn.c:2:1: error: unknown type name 'missing_t'\n"),
    "incomplete field": ("struct b;\nstruct conn { struct b b; };\n",
                         "conn.c:2:8: error: 'struct conn' is not understood; its layout is unknown\n"
                         "conn.c:2:24: error: field has incomplete type 'struct b'\n"
                         "conn.c:1:8: note: forward declaration of 'struct b'\n"),
    "two members of one name": ("struct conn { int fd; int fd; };\n",
                                "conn.c:1:8: error: 'struct conn' is not understood; its layout is unknown\n"
                                "conn.c:1:27: error: duplicate member 'fd'\n"
                                "conn.c:1:19: note: previous declaration is here\n"),
    "two of one name": ("struct conn { int fd; };\nstruct conn { long fd; };\n",
                        "conn.c:2:8: error: redefinition of 'conn'\nconn.c:1:8: note: previous definition is here\n"),
    "#error": ("struct conn { int fd; };\n#error no good\n", "conn.c:2:2: error: no good\n"),
    "static assertion": ('struct conn { int fd; };\n_Static_assert(sizeof(struct conn) == 1, "is one");\n',
                         ("conn.c:2:1: error: ", "conn.c:2:16: error: ")),
    "syntax": ("struct conn { int fd; }\nint x;\n", ("conn.c:1:24: error: ",)),
}


@pytest.mark.parametrize("confirm", [[], ["--no-confirm"]], ids=["confirmed", "unconfirmed"])
@pytest.mark.parametrize("case", SOURCES)
def test_sources(case, confirm, place):
    source, expected = SOURCES[case]
    (place / "conn.c").write_text(source)
    if isinstance(expected, tuple):  # the text is libclang's own, and differs from version to version
        places = expected
        expected = support.gen("emit", "-t", "struct conn", "conn.c", *confirm, cwd=place).err
        assert expected.startswith(places), expected
    refused(place, expected, "-t", "struct conn", "conn.c", *confirm)


def test_error_in_a_header_is_at_its_place(place):
    support.write(place, {"include/fd.h": "\n\ntypedef missing_t fd_t;\n",
                          "conn.c": '#include "fd.h"\nstruct conn { fd_t fd; };\n'})
    refused(place, "include/fd.h:3:9: error: unknown type name 'missing_t'\n",
            "-t", "struct conn", "conn.c", "--", "-Iinclude")


def test_error_in_a_function_is_the_compilers(place):
    (place / "conn.c").write_text("struct conn { int fd; };\nint f(void)\n{\n\treturn missing;\n}\n")
    refused(place, "conn.c:4:16: error: 'missing' undeclared (first use in this function)\n"
            "gen-opaque: error: the compiler 'cc' does not accept the source\n", "-t", "struct conn", "conn.c")


def test_two_definitions_in_two_scopes(place):
    (place / "conn.c").write_text("struct conn { int fd; };\nvoid f(void)\n{\n\tstruct conn { long a, b; } x;\n\t(void)x;\n}\n")
    result = support.gen("emit", "-t", "struct conn", "conn.c", cwd=place)
    assert result.status == 2, result
    assert "conn.c:1:8" in result.err and "conn.c:4:9" in result.err, result


NOT_A_FLAG = "gen-opaque: note: give one source, and its flags behind '--'\n"
SOURCE_COUNT = "gen-opaque: note: compile flags go after '--'\n"
OPTIONS = {
    "nothing": ((), "gen-opaque: error: no type is asked for\ngen-opaque: note: name one with -t 'struct NAME'\n"),
    "no source": (("-t", "struct conn"), "gen-opaque: error: no source is given\n" + SOURCE_COUNT),
    "two sources": (("-t", "struct conn", "conn.c", "conn.c"), "gen-opaque: error: there can be only one source, not 2\n"
                    + SOURCE_COUNT),
    "missing source": (("-t", "struct conn", "none.c"), "gen-opaque: error: none.c: cannot be read\n"),
    "no source at all": (("-t", "struct conn", "conn.png"), "gen-opaque: error: conn.png: is neither a source nor an object file\n"),
    "folder as source": (("-t", "struct conn", "."), "gen-opaque: error: .: cannot be read: it is a directory\n"),
    "unknown option": (("--frob",), "gen-opaque: error: unknown option '--frob'\n" + USAGE),
    "unknown letter": (("-z",), "gen-opaque: error: unknown option '-z'\n" + USAGE),
    "compile flag in two words": (("conn.c", "-I", "include"), "gen-opaque: error: unknown option '-I'\n" + SOURCE_COUNT + USAGE),
    "compile flag too early": (("-t", "struct conn", "conn.c", "-Iinclude", "-DX=1"),
                               "gen-opaque: error: unknown option '-Iinclude'\n" + SOURCE_COUNT + USAGE),
    "argument left out": (("-t",), "gen-opaque: error: option '-t' needs an argument\n" + USAGE),
    "argument too many": (("--no-confirm=x",), "gen-opaque: error: option '--no-confirm=x' takes no argument\n" + USAGE),
    "output twice": (("-o", "b.h", "-t", "struct conn", "conn.c"), "gen-opaque: error: -o is given twice\n"),
    "no field": (("-t", "struct conn", "--offset", "fid", "conn.c"),
                 "conn.c:2:8: error: struct conn has no field 'fid' for --offset\n"
                           "gen-opaque: note: the nearest names there are: 'fd'\n"),
    "no field to expose": (("-t", "struct conn", "--expose", "fid", "conn.c"),
                           "conn.c:2:8: error: struct conn has no field 'fid' for --expose\n"
                           "gen-opaque: note: the nearest names there are: 'fd'\n"),
    "offset of a bit-field": (("-t", "struct conn", "--offset", "ready", "conn.c"),
                              "conn.c:2:8: error: 'ready' of struct conn is a bit-field: it has no offset in bytes for "
                              "--offset\n"),
    "expose a bit-field": (("-t", "struct conn", "--expose", "ready", "conn.c"),
                           "conn.c:2:8: error: 'ready' of struct conn is a bit-field: it has no offset in bytes for "
                           "--expose\n"),
    "expose a packed field": (("-t", "struct tight", "--expose", "l", "conn.c"),
                              "conn.c:12:32: error: 'l' is packed: no member of a shadow can stand at its offset\n"),
    "not a field's name": (("-t", "struct conn", "--offset", "1x", "conn.c"),
                           "gen-opaque: error: '1x' is not the name of a field\n"),
    "field of another type": (("-t", "struct conn", "--offset", "struct other.fd", "conn.c"),
                              "gen-opaque: error: 'struct other.fd' names a field of a type that no -t before it asks for\n"),
    "field before two types": (("--offset", "fd", "-t", "struct conn", "-t", "struct odd", "conn.c"),
                               "gen-opaque: error: --offset must come after the -t that it is for\n"),
    "one base for two": (("-t", "struct conn", "-t", "union config=CONN", "conn.c"),
                         "gen-opaque: error: two types have the base name 'CONN'\n"
                         "gen-opaque: note: rename one: -t 'TYPE=other_name'\n"),
    "layouts on stdout": (("-t", "struct conn", "--layout", "-", "conn.c"),
                          "gen-opaque: error: --layout needs a file of its own\n"),
    "layouts of a compiler": (("-t", "struct conn", "--layout", "l.json", "--from", "cc", "conn.c"),
                              "gen-opaque: error: a compiler does not know the fields, which --layout needs\n"),
    "light half on stdout": (("-t", "struct conn", "--fwd", "-", "conn.c"),
                             "gen-opaque: error: --fwd needs a file of its own\n"),
    "plugin": (("-t", "struct conn", "conn.c", "--", "-fplugin=x.so"),
               "gen-opaque: error: compile flag '-fplugin=x.so' is refused: it loads code into the compiler\n"),
    "pass plugin": (("-t", "struct conn", "conn.c", "--", "-fpass-plugin=x.so"),
                    "gen-opaque: error: compile flag '-fpass-plugin=x.so' is refused: it loads code into the compiler\n"),
    "-Xclang -load": (("-t", "struct conn", "conn.c", "--", "-Xclang", "-load", "-Xclang", "x.so"),
                      "gen-opaque: error: compile flag '-load' is refused: it loads code into the compiler\n"),
    "flag without argument": (("-t", "struct conn", "conn.c", "--", "-I"),
                              "gen-opaque: error: compile flag '-I' needs an argument\n"),
    "not a flag": (("-t", "struct conn", "conn.c", "--", "other.c"),
                   "gen-opaque: error: 'other.c' is not a compile flag\n" + NOT_A_FLAG),
    "broken compiler command": (("-t", "struct conn", "conn.c", "--cc", "'"),
                                "gen-opaque: error: ''' is not a compiler's command\n"),
    "no database": (("-t", "struct conn", "conn.c", "-p", "build"),
                    "gen-opaque: error: build/compile_commands.json: cannot be read\n"
                    "gen-opaque: note: -p wants the build directory, as Meson or CMake made it\n"),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_options(case, place):
    arguments, expected = OPTIONS[case]
    refused(place, expected, *arguments)


def test_light_half_of_the_same_name(place):
    result = support.gen("emit", "-t", "struct conn", "-o", "conn_opaque.h", "--fwd", "./conn_opaque.h", "conn.c", cwd=place)
    assert result.status == 2 and (place / "conn_opaque.h").read_text() == OLD, result


@pytest.mark.parametrize("option", ["-o", "--fwd", "--layout", "--depfile", "--stamp"])
def test_the_source_is_never_overwritten(option, place):
    others = [] if option == "-o" else ["-o", "conn_opaque.h"]
    result = support.gen("emit", "-t", "struct conn", *others, option, "./conn.c", "conn.c", cwd=place)
    assert (place / "conn.c").read_text() == SOURCE, result
    assert result.status == 2, result


def test_depfile_over_the_output(place):
    result = support.gen("emit", "-t", "struct conn", "-o", "conn_opaque.h", "--depfile", "conn_opaque.h", "conn.c", cwd=place)
    assert result.status == 2 and (place / "conn_opaque.h").read_text() == OLD, result


def test_stamp_without_an_output(place):
    result = support.gen("emit", "-t", "struct conn", "--stamp", "o.stamp", "conn.c", cwd=place)
    assert (result.status, result.out, result.err) == (
        2, "", "gen-opaque: error: --stamp needs a file for -o, which it says the age of\n")
    assert not (place / "o.stamp").exists()


COMPILERS = {
    "missing": ("no-such-cc", "gen-opaque: error: the compiler 'no-such-cc' cannot be run\n"
                "gen-opaque: note: name another with --cc, or do without with --no-confirm\n"
                "gen-opaque: note: it said: no-such-cc: No such file or directory\n"),
    "failing": ("false", "gen-opaque: error: the compiler 'false' does not say what its target is\n"),
    "silent": ("true", "gen-opaque: error: the compiler 'true' does not say what its target is\n"
               "gen-opaque: note: libclang cannot be like it; --from cc asks it alone\n"),
}


@pytest.mark.parametrize("where", ["--cc", "$CC"])
@pytest.mark.parametrize("case", COMPILERS)
def test_compilers(case, where, place):
    command, expected = COMPILERS[case]
    if where == "--cc":
        refused(place, expected, "-t", "struct conn", "--cc", command, "conn.c")
    else:
        refused(place, expected, "-t", "struct conn", "conn.c", env={"CC": command})


def test_compiler_that_fails_later(place):
    """One that answers what it is, and then does not compile."""
    support.write(place, {"cc": '#!/bin/sh\ncase " $* " in *" /dev/null "*|*" - "*) exec gcc "$@";; esac\n'
                          "echo internal trouble >&2\nexit 1\n"})
    (place / "cc").chmod(0o755)
    refused(place, "gen-opaque: error: the compiler './cc' does not accept the source\n"
            "gen-opaque: note: it said: internal trouble\n", "-t", "struct conn", "--cc", "./cc", "conn.c")


@pytest.mark.parametrize("flag", ["-march=nonsense", "-std=c++77", "-no-such-flag"])
def test_flag_that_the_compiler_does_not_know(flag, place):
    """The compiler's own words about it are in the message."""
    result = support.gen("emit", "-t", "struct conn", "-o", "conn_opaque.h", "conn.c", "--", flag, cwd=place)
    assert result.status == 2 and result.out == "", result
    assert flag.split("=")[-1] in result.err, result
    assert (place / "conn_opaque.h").read_text() == OLD


def test_missing_output_folder(place):
    refused(place, "gen-opaque: error: no/where.h: cannot be written: there is no directory 'no'\n",
            "-t", "struct conn", "conn.c", output="no/where.h")
    assert not (place / "no").exists()
    refused(place, "gen-opaque: error: no/where.d: cannot be written: there is no directory 'no'\n",
            "-t", "struct conn", "--depfile", "no/where.d", "conn.c")
    refused(place, "gen-opaque: error: no/fwd.h: cannot be written: there is no directory 'no'\n",
            "-t", "struct conn", "--fwd", "no/fwd.h", "conn.c")


def test_output_is_a_folder(place):
    (place / "out").mkdir()
    refused(place, "gen-opaque: error: out: cannot be written: Is a directory\n", "-t", "struct conn", "conn.c",
            output="out")


def test_unwritable_folder(place):
    if os.geteuid() == 0:  # root may write anywhere: ask for a folder where nobody may
        folder = "/proc/self"
        if not os.path.isdir(folder):
            support.missing("root may write everywhere, and there is no /proc")
        result = support.gen("emit", "-t", "struct conn", "-o", f"{folder}/o.h", "conn.c", cwd=place)
        assert result.status == 2, result
        assert result.err.startswith(f"gen-opaque: error: {folder}/o.h: cannot be written: "), result
        return
    (place / "shut").mkdir(mode=0o555)
    refused(place, "gen-opaque: error: shut/o.h: cannot be written: Permission denied\n", "-t", "struct conn", "conn.c",
            output="shut/o.h")


@pytest.mark.parametrize("arguments", [("emit", "-t", "struct conn", "conn.c"), ("emit", "--help"), ("--help",), ("--version",)],
                         ids=" ".join)
def test_standard_output_that_is_full(arguments, place):
    full = support.run("sh", "-c", 'exec "$@" >/dev/full', "sh", support.tool(), *arguments, cwd=place)
    assert (full.status, full.err) == (2, "gen-opaque: error: standard output cannot be written: No space left on device\n")
    shut = support.run("sh", "-c", 'exec "$@" >&-', "sh", support.tool(), *arguments, cwd=place)
    assert (shut.status, shut.err) == (2, "gen-opaque: error: standard output cannot be written: Bad file descriptor\n")


def test_colour_only_on_terminals(place):
    script = shutil.which("script")
    assert "\x1b" not in support.gen("emit", "-t", "struct con", "conn.c", cwd=place).err
    if not script:
        support.missing("script(1) is not installed")
    command = f"{support.tool()} emit -t 'struct con' conn.c"
    on_terminal = support.run(script, "-qec", command, "/dev/null", cwd=place, env={"TERM": "xterm"})
    assert "\x1b[" in on_terminal.out, on_terminal
    plain = support.run(script, "-qec", command, "/dev/null", cwd=place, env={"TERM": "xterm", "NO_COLOR": "1"})
    assert "\x1b" not in plain.out, plain


STRANGE_NAMES = {"newline": "\n", "latin": "struct \xff", "long struct": "struct " + "x" * 3000, "long typedef": "a" * 3000,
                 "long base": "struct conn=" + "b" * 3000, "format": "struct %s%n", "keyword": "struct"}
STRANGE_SOURCES = {"empty": b"", "nul": b"\0", "utf-16": b"\xff\xfe" * 99, "deep": b"struct conn {" * 5000, "comment": b"/*",
                   "endless include": b'#include "conn.c"\n'}


@pytest.mark.parametrize("name", STRANGE_NAMES.values(), ids=STRANGE_NAMES)
def test_strange_names_do_not_crash(name, place):
    result = support.gen("emit", "-t", name, "-o", "conn_opaque.h", "conn.c", cwd=place)
    assert result.status in (0, 2), result
    assert (result.status == 0) == (result.err.count("error:") == 0)


@pytest.mark.parametrize("source", STRANGE_SOURCES.values(), ids=STRANGE_SOURCES)
def test_strange_sources_do_not_crash(source, place):
    (place / "conn.c").write_bytes(source)
    result = support.gen("emit", "-t", "struct conn", "-o", "conn_opaque.h", "conn.c", cwd=place)
    assert result.status == 2 and "error:" in result.err, result
    assert (place / "conn_opaque.h").read_text() == OLD
