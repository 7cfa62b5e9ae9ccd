# SPDX-License-Identifier: MIT
"""The generated header that the programs here are compiled with, whole or with its remedies taken out."""
import pathlib
import re
import shutil

import support

PROGRAM = pathlib.Path(__file__).parent / "program"
# These are known to need the remedies; where another compiler is right without one, that proves nothing. No copy goes
# wrong with clang, but it tells an exposed field from the private type's own.
KNOWN_TO_FAIL = {("gcc", 12)}
KNOWN_TO_FAIL_WITH_FIELDS = {*KNOWN_TO_FAIL, ("clang", 14), ("clang", 16), ("clang", 19)}


def copy_program(folder, *options):
    """A copy of the program's sources with the header that gen-opaque makes for struct conn."""
    shutil.copytree(PROGRAM, folder)
    done = support.gen("emit", "-t", "struct conn", *options, "-o", "conn_opaque.h", "conn.c", "--", "-std=gnu11", cwd=folder)
    assert done.status == 0, done
    return folder


def edit(path, change):
    """Rewrite a file by a function from text to text, which must change something."""
    before = path.read_text()
    after = change(before)
    assert after != before, f"{path.name} has nothing to take out"
    path.write_text(after)


def without_shadow_attribute(text):
    """A header without may_alias on its shadows; the macros X_PRIVATE keep theirs."""
    kept = []
    for line in text.split("\n"):
        if "_PRIVATE" not in line:
            line = re.sub(r",\s*may_alias|may_alias\s*,\s*", "", line)
            line = re.sub(r"__attribute__\(\((__)?may_alias(__)?\)\)\s*", "", line)
        kept.append(line)
    return "\n".join(kept)


def without_private_attribute(text):
    """An owner's source with plain private structs."""
    return re.sub(r"struct (CONN|THING)_PRIVATE ", "struct ", text)
