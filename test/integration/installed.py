# SPDX-License-Identifier: MIT
"""What `meson install` makes of this build, in a folder that is far from the checkout; and examples copied beside it."""
import os
import shutil

import support
from tree import ROOT, clean


def install(folder):
    """Install into the folder; its prefix."""
    support.need("meson")
    done = support.run("meson", "install", "-C", support.BUILD_ROOT, "--no-rebuild", "--destdir", folder, env=clean())
    assert done.status == 0, done
    (tool,) = folder.rglob("bin/gen-opaque")
    return tool.parents[1]


def example(name, folder):
    """A copy of an example, with nothing of the checkout around it."""
    return shutil.copytree(ROOT / "examples" / name, folder, ignore=shutil.ignore_patterns("build*", "gen-opaque", "__pycache__"))


def environment(prefix, **more):
    """As of a user who has installed into this prefix."""
    return {**clean(), "GEN_OPAQUE": None, "PATH": f"{prefix}/bin:{os.environ['PATH']}", **more}


def edit(path, old, new):
    """Replace a piece of text that is there; after all that was made before."""
    text = path.read_text()
    assert old in text, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new, 1))


def age(folder):
    """All files are a hundred seconds older: what is written from now on is newer, whatever a clock's step is."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            status = path.stat()
            os.utime(path, ns=(status.st_atime_ns - 100 * 10**9, status.st_mtime_ns - 100 * 10**9))
