# SPDX-License-Identifier: MIT
"""examples/drift, copied into a repository of its own: drift is found by hand, by Meson, by pre-commit, on GitHub."""
import shutil

import pytest

import support
from tree import ROOT, clean, configure, copy_tree, edit, ninja

try:
    import yaml
except ImportError:
    yaml = None

HEADER, LAYOUT = "include/conn_opaque.h", "src/conn.layout.json"
IDENTITY = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "nobody"), ("EMAIL", "nobody@example.org"))}
ENVIRONMENT = {**IDENTITY, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GITHUB_WORKSPACE": None}
GREW = "field 'peer' added: offset 16, 8 bytes, void *"


def git(folder, *arguments):
    return support.must("git", "-c", "init.defaultBranch=main", *arguments, cwd=folder, env=ENVIRONMENT)


@pytest.fixture
def project(tmp_path):
    """The example as its first commit."""
    if not yaml:
        support.missing("python3-yaml is not installed")
    source = shutil.copytree(ROOT / "examples/drift", tmp_path / "project",
                             ignore=shutil.ignore_patterns("build*", "gen-opaque", "__pycache__"))
    git(source, "init", "-q", ".")
    git(source, "add", ".")
    git(source, "commit", "-qm", "first")
    return source


def grow(folder):
    edit(folder / "src/conn.c", "long sent;\n", "long sent;\n\tvoid *peer;\n")


def outputs(folder):
    return [(folder / name).read_bytes() for name in (HEADER, LAYOUT)]


def drifts(folder, before):
    """check says so, names type and field, and leaves the files alone."""
    for _ in range(2):
        result = support.gen("check", HEADER, cwd=folder)
        assert result.status == 1 and "error: struct conn: size 24, header says 16\n" in result.err and GREW in result.err, result
        assert outputs(folder) == before


def test_repository_and_clone(project, tmp_path):
    git(project, "clone", "-q", ".", tmp_path / "elsewhere/clone")
    for folder in (project, tmp_path / "elsewhere/clone"):
        before = outputs(folder)
        assert support.gen("check", HEADER, cwd=folder).status == 0
        grow(folder)
        drifts(folder, before)
        result = support.gen("check", "--update", HEADER, cwd=folder)
        assert (result.status, result.out, result.err) == (0, "", "")
        assert support.gen("check", HEADER, cwd=folder).status == 0
        assert git(folder, "status", "--porcelain").out.split() == ["M", HEADER, "M", "src/conn.c", "M", LAYOUT]
    assert outputs(project) == outputs(tmp_path / "elsewhere/clone"), "paths are in the files"


def suite(build, status):
    result = support.run("meson", "test", "-C", build, "--no-rebuild", "--suite", "drift", "--print-errorlogs", env=clean())
    assert (result.status == 0) == (status == 0) and "1/1 conn:drift / shadows" in result.out, result
    return result.out


def test_meson_and_github(project, tmp_path):
    """The workflow's own commands build the tool; its check and Meson's then see the same drift."""
    copy_tree(project / "subprojects/gen-opaque")
    workflow = yaml.safe_load((project / ".github/workflows/drift.yml").read_text())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert all(set(step) <= {"name", "run", "uses"} for step in steps) and workflow["permissions"] == {"contents": "read"}
    install, build, check = [step["run"] for step in steps if "run" in step]
    support.must("bash", "-ec", build, cwd=project, env=clean())
    environment = {**clean(), "GITHUB_WORKSPACE": str(project)}
    assert support.must("bash", "-ec", check, cwd=project, env=environment).out == ""
    ninja(project / "build")
    suite(project / "build", 0)
    before = outputs(project)
    grow(project)
    found = support.run("bash", "-ec", check, cwd=project, env=environment)
    assert found.status == 1 and found.out.startswith(f"::error file={HEADER},line=") and f": {GREW}" in found.out, found
    assert GREW in suite(project / "build", 1) and outputs(project) == before
    stopped = support.run("ninja", "-C", project / "build", env=clean())
    assert stopped.status != 0 and "generate it again" in stopped.out, "the owner's check does not stop the build"
    support.must("meson", "compile", "-C", project / "build", "update-headers", env=clean())
    assert outputs(project) != before
    ninja(project / "build")
    suite(project / "build", 0)
    assert "libclang-14-dev" in install and git(project, "diff", "--stat").out.count("|") == 3


def commit_hook(project, *arguments):
    """pre-commit in the repository, with the tool under test in PATH."""
    tools = project.parent / "tools"
    tools.mkdir(exist_ok=True)
    if not (tools / "gen-opaque").exists():
        (tools / "gen-opaque").symlink_to(support.tool())
    path = f"{tools}:{support.os.environ['PATH']}"
    return support.run("pre-commit", *arguments, cwd=project,
                       env={**ENVIRONMENT, "PATH": path, "PRE_COMMIT_HOME": str(project.parent / "hooks"), "PRE_COMMIT_COLOR": "never"})


def test_pre_commit(project):
    support.need("pre-commit")
    result = commit_hook(project, "run", "--all-files")
    assert result.status == 0 and "shadow headers fit their types" in result.out and "Passed" in result.out, result
    grow(project)
    git(project, "add", ".")
    before = outputs(project)
    result = commit_hook(project, "run")
    assert result.status == 1 and GREW in result.out and outputs(project) == before, result
    assert support.gen("check", "--update", HEADER, cwd=project).status == 0
    git(project, "add", ".")
    assert commit_hook(project, "run").status == 0


def test_pre_commit_from_here(project):
    """What other repositories take: the manifest, and its entry with a user's args."""
    support.need("pre-commit")
    manifest = ROOT / ".pre-commit-hooks.yaml"
    assert commit_hook(project, "validate-manifest", manifest).status == 0
    assert commit_hook(project, "validate-config", ".pre-commit-config.yaml").status == 0
    hook, = yaml.safe_load(manifest.read_text())
    assert hook["pass_filenames"] is False, "drift comes from sources: the files that changed are not the headers"
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump(
        {"repos": [{"repo": "local", "hooks": [{**hook, "args": [HEADER]}]}]}))
    assert commit_hook(project, "run", "--all-files").status == 0
    grow(project)
    result = commit_hook(project, "run", "--all-files")
    assert result.status == 1 and GREW in result.out, result
