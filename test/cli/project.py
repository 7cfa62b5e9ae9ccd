# SPDX-License-Identifier: MIT
"""A project with a committed header, and what check says of it."""
import support

SOURCE = """\
#include "conn_opaque.h"

struct CONN_PRIVATE conn {
	int fd;
	long bytes;
};
CONN_OPAQUE_CHECK();
"""
HEADER = "include/conn_opaque.h"
FLAGS = ("--", "-Iinclude")
IDENTITY = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "nobody"), ("EMAIL", "nobody@example.org"))}


def git(folder, *arguments):
    return support.must("git", "-c", "init.defaultBranch=main", *arguments, cwd=folder,
                        env={**IDENTITY, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"})


def make(folder, *options, source=SOURCE, flags=FLAGS, output=("-o", HEADER)):
    """The source, a repository, and the header that emit makes of struct conn."""
    support.write(folder, {"src/conn.c": source, "include/other.h": "struct other { char c[3]; } __attribute__((may_alias));\n"})
    git(folder, "init", "-q", ".")
    emit(folder, "-t", "struct conn", *options, *output, "src/conn.c", *flags)
    return folder


def emit(folder, *arguments):
    result = support.gen("emit", *arguments, cwd=folder)
    assert (result.status, result.err) == (0, ""), result
    return result


def edit(folder, name, old, new):
    path = folder / name
    text = path.read_text()
    assert old in text, f"{name} has no {old!r}:\n{text}"
    path.write_text(text.replace(old, new, 1))


def state(folder):
    """Every file's bytes and time of change."""
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in sorted(folder.rglob("*"))
            if path.is_file() and ".git" not in path.parts}


def check(folder, status, err, *arguments, out="", cwd=None, writes=False, **options):
    """check's exit status and words; it writes nothing unless it may."""
    before = state(folder)
    result = support.gen("check", *(arguments or (HEADER,)), cwd=cwd or folder, **options)
    assert (result.status, result.err, result.out) == (status, err, out), result
    assert writes or state(folder) == before, "check wrote something"
    return result


def line_of(folder, name, start):
    """Number of the line that starts so."""
    lines = (folder / name).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(start))
