# SPDX-License-Identifier: MIT
"""Rules of the house that a machine can look after: who may include whom, licence lines, listed files, leftovers."""
import pathlib
import re
import subprocess

import pytest

import support

ROOT = support.SOURCE_ROOT


def tracked():
    """The files under version control; in an unpacked release, every file there is."""
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False)
    if done.returncode == 0 and done.stdout:
        names = done.stdout.decode().split("\0")
        return [pathlib.PurePosixPath(name) for name in names if name and (ROOT / name).is_file()]
    return [pathlib.PurePosixPath(path.relative_to(ROOT).as_posix()) for path in sorted(ROOT.rglob("*"))
            if path.is_file() and not path.is_relative_to(support.BUILD_ROOT)
            and not any(part in (".git", "__pycache__") or part.startswith("build") for part in path.relative_to(ROOT).parts)]


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


FILES = tracked()
GENERATED = {found for name in FILES if name.name == "meson.build"
             for found in re.findall(r"'([\w-]+\.h)'", text_of(name))}
SOURCES = [name for name in FILES if name.suffix in (".c", ".h", ".cpp", ".hpp", ".S")]


def includes(text):
    """[(line number, "<" or '"', what)] of a C text, comments left out but lines kept."""
    text = re.sub(r"/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), text, flags=re.S)
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            found.append((number, match.group(1), match.group(2)))
    return found


# What ISO C and POSIX have, without the kernel interfaces that only os_linux.c may touch.
LIBC = set("""assert ctype errno execinfo fcntl inttypes limits link locale math pthread sched setjmp signal stdalign stdarg
stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string strings time unistd wchar threads dlfcn features alloca malloc
iso646 float poll semaphore getopt ftw glob dirent sysexits libgen spawn fnmatch search""".split())
OS_ONLY = re.compile(r"(sys/(mman|syscall|prctl|auxv|resource|random|sysinfo|eventfd|timerfd|epoll|membarrier)|"
                     r"linux/.*|asm/.*|numaif|numa|syscall|ucontext)\.h")
SYSTEM_OF_GEN = {"sys/stat", "sys/types", "sys/wait", "sys/resource", "sys/time", "sys/mman", "jansson"}


def is_libc(what):
    return what.removesuffix(".h") in LIBC or what in ("sys/types.h", "sys/cdefs.h")


def is_generated(what):
    """A header that the build makes: some build file names it."""
    return pathlib.PurePosixPath(what).name in GENERATED


# The folders of gen/, in the order that a request passes them: each includes itself and those behind it.
GEN_STAGES = ["commands", "check", "generate", "request", "write", "read", "compile", "model", "base"]


def gen_order_rule(name, what):
    """Why a file of gen/ may not include this one, or None."""
    there = what.split("/")[0]
    if there not in GEN_STAGES or not (ROOT / "gen" / what).exists():
        return "gen/ knows only itself, by paths that start at gen/"
    here = name.parts[1]
    if here in GEN_STAGES and GEN_STAGES.index(there) < GEN_STAGES.index(here):
        return f"{here}/ includes only itself and what stands below it: {', '.join(GEN_STAGES[GEN_STAGES.index(here) + 1:])}"
    return None


def folder_rule(name, sign, what):
    """Why this include is not allowed, or None."""
    top = name.parts[0]
    beside = (ROOT / name.parent / what).exists()
    if top == "include":
        if sign == "<" and is_libc(what):
            return None
        if (ROOT / "include" / what).exists() or beside or is_generated(what):
            return None
        if (ROOT / "include" / "compat" / what).exists():
            return None
        if name.parts[1] == "compat" and what in ("asm/types.h", "asm/posix_types.h", "urcu-bp.h"):
            return None
        return "include/ knows libc and itself"
    if name.parts[:2] == ("runtime", "tools"):
        if sign == "<" and (is_libc(what) or what in ("elf.h", "ncurses.h", "sys/uio.h")):
            return None
        if any((ROOT / folder / what).exists() for folder in ("include", "runtime")) or beside or is_generated(what):
            return None
        return "tools know include/, runtime/ and themselves"
    if top == "runtime":
        if OS_ONLY.fullmatch(what):
            return None if name.name == "os_linux.c" else "only os_linux.c talks to the system"
        if what.startswith("elfutils/"):
            return None if name.name == "symbol.c" else "elfutils is known to symbol.c"
        if sign == "<" and (is_libc(what) or what.startswith(("sanitizer/", "valgrind/", "urcu", "sys/"))):
            return None
        if (ROOT / "include" / what).exists() or (ROOT / "runtime" / what).exists() or is_generated(what):
            return None
        return "runtime/ knows include/ and itself"
    if top == "gen":
        if what.startswith("clang-c/"):
            return None if re.fullmatch(r"(read_)?clang(_\w+)?\.[ch]", name.name) else "libclang is known to the clang reader"
        if what == "elf.h" or what.startswith(("libelf", "gelf", "elfutils/", "dwarf")):
            return None if name.parts[1] == "read" else "object files are known to read/"
        if name.parts[1] == "read" and what == "write/writer.h":
            return "readers know no writer"
        if name.parts[1] == "write" and what.startswith("read/"):
            return "writers know no reader"
        if sign == "<" and (is_libc(what) or what.removesuffix(".h") in SYSTEM_OF_GEN):
            return None
        if sign == '"' and is_generated(what):
            return None
        return gen_order_rule(name, what)
    if top == "examples" and sign == '"' and not beside:
        inside = ROOT / pathlib.Path(*name.parts[:2])
        if not any(inside.rglob(pathlib.PurePosixPath(what).name)) and not what.endswith("_opaque.h"):
            return "examples use what is installed"
    return None


def broken_rules(files):
    wrong = []
    for name in files:
        for line, sign, what in includes(text_of(name)):
            why = folder_rule(name, sign, what)
            if why:
                wrong.append(f"{name}:{line}: {what}: {why}")
    return wrong


def test_who_includes_whom():
    assert broken_rules(SOURCES) == []


FORBIDDEN = [("include/slab/slab.h", '"cache.h"'), ("include/slab/slab.h", "<sys/mman.h>"), ("include/slab/slab.h", "<jansson.h>"),
             ("runtime/pages.c", "<sys/mman.h>"), ("runtime/pages.c", "<linux/futex.h>"), ("runtime/pages.c", '"layout.h"'),
             ("runtime/alloc.c", "<jansson.h>"), ("runtime/debug.c", "<elfutils/libdwfl.h>"), ("include/slab/slab-rcu.h", "<urcu-bp.h>"),
             ("include/compat/linux/types.h", "<asm/unistd.h>"),
             ("runtime/alloc.c", "<ncurses.h>"), ("runtime/alloc.c", '"target.h"'), ("runtime/tools/cli.c", "<jansson.h>"),
             ("runtime/tools/cli.c", "<sys/mman.h>"), ("runtime/tools/cli.c", '"layout.h"'),
             ("gen/model/layout.c", "<clang-c/Index.h>"), ("gen/read/probe.c", "<clang-c/Index.h>"), ("gen/model/layout.c", "<elf.h>"),
             ("gen/read/read_clang.c", '"write/writer.h"'), ("gen/write/write_header.c", '"read/reader.h"'),
             ("gen/model/layout.c", "<slab/slab.h>"), ("gen/model/layout.c", '"cache.h"'), ("gen/model/layout.c", '"layout.h"'),
             ("gen/generate/header_texts.c", '"check/trust.h"'), ("gen/base/text.c", '"model/layout.h"'),
             ("gen/compile/flags.c", '"request/request.h"'), ("gen/check/remake.c", '"commands/command.h"')]


@pytest.mark.parametrize("name, include", FORBIDDEN)
def test_the_include_rules_have_teeth(name, include):
    (_, sign, what), = includes(f"#include {include}\n")
    assert folder_rule(pathlib.PurePosixPath(name), sign, what), include


def test_gen_has_a_folder_for_each_stage():
    assert {name.parts[1] for name in SOURCES if name.parts[0] == "gen"} == {*GEN_STAGES, "main.c"}


def circles(edges):
    """The circles that a depth-first walk over {unit: the units it includes} meets, each as "a -> b -> a"."""
    found, done = [], set()

    def visit(unit, path):
        if unit in path:
            found.append(" -> ".join([*path[path.index(unit):], unit]))
        elif unit not in done:
            for other in sorted(edges.get(unit, ())):
                visit(other, [*path, unit])
            done.add(unit)

    for unit in sorted(edges):
        visit(unit, [])
    return found


def unit_includes(folder):
    """A .c and the .h of its name are one unit. A part of it, as probe_answer.c is of probe.c, may include its header."""
    files = {str(pathlib.PurePosixPath(*name.parts[1:]).with_suffix("")) for name in SOURCES if name.parts[0] == folder}
    edges = {}
    for name in SOURCES:
        if name.parts[0] == folder:
            unit = str(pathlib.PurePosixPath(*name.parts[1:]).with_suffix(""))
            wholes = {other for other in files if unit.startswith(other + "_")}
            edges.setdefault(unit, set()).update({what.removesuffix(".h") for _, sign, what in includes(text_of(name))
                                                  if sign == '"'} - {unit} - wholes)
    return edges


def test_no_units_of_gen_include_each_other_in_a_circle():
    assert circles(unit_includes("gen")) == []


def test_circles_are_found():
    edges = unit_includes("gen")
    assert len(edges) > 50
    edges["model/layout"].add("model/explain")
    assert any(circle.endswith("model/explain -> model/layout") or circle.endswith("model/layout -> model/explain")
               for circle in circles(edges))


def test_no_include_leaves_its_folder():
    """A private half finds its public one by a path from its own folder."""
    assert [f"{name}: {what}" for name in SOURCES if name.parts[0] in ("include", "runtime", "gen", "examples")
            if " * Made by gen-opaque: " not in text_of(name)[:200] for _, _, what in includes(text_of(name)) if ".." in what.split("/")] == []


def test_no_source_includes_a_source():
    assert [f"{name}: {what}" for name in SOURCES if name.parts[0] in ("include", "runtime", "gen", "examples")
            for _, _, what in includes(text_of(name)) if what.endswith(".c")] == []


# ---- the text of headers ----


def longest_format(text):
    """The most strings that one literal of a C text has places for."""
    literals = re.findall(r'(?:"(?:[^"\\\n]|\\.)*"(?:\s|PRI\w+)*)+', re.sub(r"/\*.*?\*/", "", text, flags=re.S))
    return max((len(re.findall(r"%[-\d.*]*s", literal)) for literal in literals), default=0)


def test_long_formats_are_templates():
    """Behind more than four %s nobody sees which is which: write/template.h has names for them."""
    files = [name for name in SOURCES if name.parts[:2] == ("gen", "write")]
    assert files and [str(name) for name in files if longest_format(text_of(name)) > 4] == []


@pytest.mark.parametrize("text, most", [('f("%s %s");', 2), ('f("%s" PRIu64\n  "%.*s%-3s");', 3), ('/* "%s" */ f("%d")', 0)])
def test_the_format_rule_has_teeth(text, most):
    assert longest_format(text) == most


# ---- options ----


def test_the_manual_has_every_option():
    rows = re.findall(r"^\s*(?:\{|#define \w+\s*\\?\n?)\s*'\\?.', \"([\w-]+)\"", text_of("gen/request/command_options.c"), flags=re.M)
    manual = text_of("doc/gen-opaque.1")
    assert {"type", "stamp", "database", "help", "update"} <= set(rows)
    assert [name for name in rows if not re.search(rf"(Fl|,) -{name}\b", manual)] == []


# ---- licence ----

NEEDS_LICENCE = (".c", ".h", ".cpp", ".py", ".sh", ".build", ".yml", ".yaml", ".toml", ".map", ".1", ".S")
ITS_NAMES = ("meson.build", "meson_options.txt", ".clang-format", ".clang-tidy", "dev")


def needs_licence(name):
    if "golden" in name.parts and name.suffix in (".c", ".h", ".json", ".txt", ".html"):
        return False  # inputs and what is made of them: their bytes are what is tested
    if name.suffix in NEEDS_LICENCE or name.name in ITS_NAMES:
        return True
    return not name.suffix and text_of(name).startswith("#!")


def test_licence_lines():
    wrong = [str(name) for name in FILES if needs_licence(name)
             and not re.search(r"SPDX-License-Identifier: (MIT|CC0-1\.0)\b", "\n".join(text_of(name).split("\n")[:5]))]
    assert wrong == []


# ---- every file is built ----


@pytest.mark.parametrize("folder", ["gen", "runtime"])
def test_every_source_is_in_its_build_file(folder):
    build = "\n".join(text_of(name) for name in FILES if name.name == "meson.build" and name.parts[0] == folder)
    files = [name for name in SOURCES if name.parts[0] == folder and name.suffix == ".c"]
    assert files, "no sources at all?"
    missing = [str(name) for name in files if f"'{name.name}'" not in build and f"'{name.relative_to(folder)}'" not in build]
    assert missing == []


@pytest.mark.parametrize("folder", ["agreement", "bench", "cli", "golden", "aliasing", "integration", "tidy", "tools"])
def test_every_pytest_file_is_registered(folder):
    build = text_of("test/meson.build")
    suite = re.search(rf"'{folder}': \{{(.*?)\}}", build, re.S)
    files = [name.stem for name in FILES if name.parts[:2] == ("test", folder) and name.name.startswith("test_")]
    assert not files or suite and [name for name in files if f"'{name}'" not in suite.group(1)] == []


# ---- leftovers ----

WORDS = "TO" "DO|FIX" "ME|X" "XX|HA" "CK"


def test_no_reminder_without_a_reason():
    """Such a word needs a colon and a reason behind it."""
    wrong = [f"{name}:{number}: {line.strip()}" for name in FILES if name.suffix != ".png"
             for number, line in enumerate(text_of(name).split("\n"), 1)
             if re.search(rf"\b({WORDS})\b", line) and not re.search(rf"\b({WORDS})\b(\([^)]+\))?: \S+ \S+ \S+", line)]
    assert wrong == []


# Written in two halves, so that this file does not name what it looks for.
PRIVATE_PATHS = re.compile(r"(?<![\w.$}])/(?:ho" r"me/[a-z]|ro" r"ot/|Us" r"ers/|wo" r"rk/|tmp/py" r"test)")


def test_no_path_of_a_developers_machine():
    wrong = [f"{name}:{number}: {line.strip()[:120]}" for name in FILES
             for number, line in enumerate(text_of(name).split("\n"), 1) if PRIVATE_PATHS.search(line)]
    assert wrong == []


@pytest.mark.parametrize("line", ["see /ho" "me/me/x", "cd /wo" "rk/main", '"/ro' 'ot/.cache"'])
def test_the_path_rule_has_teeth(line):
    assert PRIVATE_PATHS.search(line)


def test_text_files_are_clean():
    """No trailing blanks, no carriage returns, a newline at the end."""
    wrong = []
    for name in FILES:
        if name.suffix not in (".c", ".h", ".py", ".build", ".md", ".sh", ".txt", ".yml") or "golden" in name.parts:
            continue
        text = text_of(name)
        if re.search(r"[ \t]+$", text, re.M) or "\r" in text or (text and not text.endswith("\n")):
            wrong.append(str(name))
    assert wrong == []
