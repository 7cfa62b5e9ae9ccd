# SPDX-License-Identifier: MIT
"""The public headers of slab: each name has a doc comment, and doc/slab-api.md says which test proves it."""
import functools
import re
import sys

import pytest

import support

sys.path.insert(0, str(support.SOURCE_ROOT / "doc"))
import reference  # noqa: E402

HEADERS = {path.name: path.read_text() for path in sorted((support.SOURCE_ROOT / "include" / "slab").glob("*.h"))}
# Published for the inlined fast path alone, as they say themselves.
PRIVATE = {name for name, text in HEADERS.items() if re.search(r"Private to[\s*]+the[\s*]+library", text)}
# Inlines what others declare, and has no names of its own for anybody.
INLINE = "slab-inline.h"
# Parts of macros and inline functions, for nobody else.
INNER = set("""SLAB_ANY_FLEX SLAB_ANY_OBJ SLAB_ANY_OBJS SLAB_CACHE_ARGS SLAB_CALL SLAB_DEFINE SLAB_FIFTH SLAB_FLEX SLAB_FLEX_3
SLAB_FOURTH SLAB_INIT SLAB_IS_ERROR SLAB_OBJ SLAB_OBJS SLAB_OBJS_2 SLAB_OBJ_1 SLAB_SETUP SLAB_STATIC_ASSERT SLAB_TEXT
SLAB_TEXT_ SLAB_THIRD SLAB_UNSET slab_cache_of slab_holder_unload slab_holder_unloaded slab_kfree_rcu
slab_kmalloc_caches slab_same_cache slab_size_add slab_size_mul""".split())
# From the headers that gen-opaque makes.
GENERATED = {"struct kmem_cache_opaque", "to_kmem_cache", "KMEM_CACHE_SIZE", "KMEM_CACHE_ALIGN"}
DECLARED = {name: (header, how) for header, text in HEADERS.items() if header not in PRIVATE | {INLINE}
            for name, how in reference.declared(text).items() if name not in INNER}
DOCS = [(header, doc) for header, text in HEADERS.items() for doc in reference.documented(text)]
DOCUMENTED = [name for _, doc in DOCS for name in doc.names]
# What <linux/...> adds to them; types and attributes that every source of the kernel uses are left out.
LINUX = {name for path in (support.SOURCE_ROOT / "include" / "compat" / "linux").glob("*.h") if path.name != "types.h"
         for name in reference.declared(path.read_text()) if not name.startswith("struct ")} - {"SLAB_NO_INT"}
TABLE = (support.SOURCE_ROOT / "doc" / "slab-api.md").read_text()


def members():
    """struct.member of every public struct that shows what it holds."""
    return {f"{name.removeprefix('struct ')}.{member}" for name, (_, how) in DECLARED.items() if name.startswith("struct ")
            for member in reference.members(how)}


# ---- doc comments ----


def test_every_name_is_documented():
    assert [f"{header}: {name}" for name, (header, _) in DECLARED.items() if name not in DOCUMENTED] == []


def test_no_comment_is_about_nothing_or_twice():
    assert [name for name in DOCUMENTED if name not in DECLARED] == []
    assert [name for name in set(DOCUMENTED) if DOCUMENTED.count(name) > 1] == []
    assert INNER <= {name for text in HEADERS.values() for name in reference.declared(text)}


def test_every_member_is_documented_and_every_argument_exists():
    wrong = []
    for header, doc in DOCS:
        said = " ".join(DECLARED[name][1] for name in doc.names)
        wrong += [f"{header}: {doc.names[0]}: no @{name}" for name in reference.members(said) if name not in doc.fields]
        about = re.findall(r"@(\w+)", " ".join([doc.brief, doc.body, *doc.fields.values()])) + list(doc.fields)
        wrong += [f"{header}: {doc.names[0]}: @{name} is none of it" for name in about if not re.search(rf"\b{name}\b", said)]
    assert wrong == []


BAD = """/* About. */
typedef struct made made_t, *made_p;
int one(int a), (two)(void);
#define THREE(a) ((a) + \\
	FOUR)
static inline __attribute__((always_inline, aligned(8))) void *five(void (*fn)(int), int b) { if (b) { fn(b); } return 0; }
struct six { int x, *y; void (*z)(int); };
extern __thread char *seven __attribute__((tls_model("initial-exec")));
#ifdef __cplusplus
class no { int no(); };
#else
struct eight;
#endif
#if defined(OTHER)
int nine(void);
#else
int ten[2 * 3];
#endif
"""


def test_the_reader_of_headers_has_eyes():
    assert set(reference.declared(BAD)) == {"made_t", "made_p", "one", "THREE", "five", "struct six", "seven", "struct eight", "nine", "ten"}
    assert reference.members(reference.declared(BAD)["struct six"]) == ["x", "y", "z"]
    assert reference.declared(BAD)["five"] == "void *five(void (*fn)(int), int b);"


# ---- manual pages ----


def pages():
    return re.findall(r"'([\w-]+\.h)': '([\w-]+)'", (support.SOURCE_ROOT / "doc" / "meson.build").read_text())


def test_every_header_has_a_page():
    assert sorted(header for header, _ in pages()) == sorted(set(HEADERS) - PRIVATE)


@pytest.mark.parametrize("header, title", pages())
def test_page_renders(header, title):
    """Without a complaint of roff, and with all that the comments name."""
    page = support.BUILD_ROOT / "doc" / (title + ".3")
    done = support.must(support.need("groff"), "-man", "-Tutf8", "-P-c", "-ww", "-rLL=200n", page)
    assert done.err == ""
    text = re.sub(r".\x08", "", done.out)
    for doc in reference.documented(HEADERS[header]):
        for name in [*doc.names, *doc.fields]:
            assert re.search(rf"\b{name.removeprefix('struct ')}\b", text), name


# ---- the page of differences ----


def test_what_is_said_to_be_missing_is():
    """A name that comes must leave the list of what is not there."""
    _, _, missing = (support.SOURCE_ROOT / "doc" / "from-the-kernel.md").read_text().partition("\n## What is not there\n")
    names = [name for row in rows(missing) for name in re.findall(r"`(\w+)", row[0])]
    assert len(names) > 20
    assert [name for name in names for path in (support.SOURCE_ROOT / "include").rglob("*.h")
            if name in reference.declared(path.read_text())] == []


# ---- the table ----


def rows(section):
    """[(cells of a row)] of the tables of a section."""
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in section.split("\n")
            if re.match(r"\| .*`", line)]


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


NAMES, _, REST = TABLE.partition("\n## The environment\n")
ENVIRONMENT, _, ERRORS = REST.partition("\n## Errors\n")
NAME_ROWS = [(quoted(row[0]), quoted(row[-1])) for row in rows(NAMES)]


def defined(line):
    """The names that a line at the left edge of a C text defines."""
    line, _, _ = line.replace(" = ", " =\0").partition("\0")
    found = re.match(r"#define (\w+)", line) or re.search(r"\b[A-Z_]+\((\w+),", line) or re.search(r"\b(?!__attribute__)(\w+)\)?\(", line)
    if found:
        return [found[1]]
    return re.findall(r"^(?:struct|enum) (\w+) {", line) or re.findall(r"(\w+)(?:\[[^]]*\])*(?= =|,|;)", line)


def parts_of(text):
    """{name: the top-level parts of a C text that define it}."""
    parts = {}
    text = reference.COMMENT.sub("", text)
    for part in re.split(r"\n(?=\n+[^\s}])", text):
        for line in re.findall(r"^[^\s{}].*", part, re.M):
            for name in defined(line):
                parts.setdefault(name, []).append(part)
    return parts


TESTS = {path.name: path.read_text() for folder in ("runtime", "integration")
         for path in sorted((support.SOURCE_ROOT / "test" / folder).glob("*.*"))}
PARTS = {file: parts_of(text) for file, text in TESTS.items() if file.endswith((".c", ".cc"))}
SHARED = {name: parts for file, found in PARTS.items() if not file.startswith("test_") for name, parts in found.items()}


@functools.lru_cache(maxsize=None)
def reached(file, test):
    """What a test says, with all that it calls or uses of its file and of those that the tests share."""
    if file not in PARTS:
        return TESTS[file]
    parts = {**SHARED, **PARTS[file]}
    seen, wanted = {}, [test]
    if f"BOTH_FORMS({test})" in TESTS[file]:
        wanted += ["called", "inlined"]
    while wanted:
        for part in parts.get(wanted.pop(), []):
            if part not in seen:
                seen[part] = True
                wanted += re.findall(r"\w+", part)
    return "\n".join(seen)


def is_run(file, test):
    """Is it one of the tests of the file, and not only a function there?"""
    text = TESTS[file]
    if re.search(rf"^def {test}\(", text, re.M):
        return True
    return bool(re.search(rf"(unit_test\w*|BOTH_FORMS)\({test}[,)]|\{{ \"{test}\", {test},|for \(int \(\*part\)\(\) : {{[^}}]*\b{test}\b", text))


def uses(text, name):
    """Is the name there? A member's is written behind a dot or an arrow."""
    struct, _, member = name.rpartition(".")
    before = r"(\.|->)" if struct else r"(?<!\w)"
    return re.search(rf"{before}{re.escape(member.removeprefix('struct '))}(?!\w)", text)


def why_not(claim, name):
    """Why what the table says, `file: test`, does not prove the name; None if it may."""
    file, _, test = claim.partition(": ")
    if not is_run(file, test):
        return f"{claim} is no test"
    if not uses(reached(file, test), name):
        return f"{claim} does not use {name}"
    return None


def candidates(name):
    """Tests that use a name, for whom has to write its row."""
    found = []
    for file, text in TESTS.items():
        for test in re.findall(r"^static void (test_\w+)\(|^def (test_\w+)\(", text, re.M):
            test = test[0] or test[1]
            if uses(reached(file, test), name):
                found.append(f"`{file}: {test}`")
    return found[:4]


def test_every_name_is_in_the_table():
    listed = [name for names, _ in NAME_ROWS for name in names]
    wanted = set(DECLARED) | members() | GENERATED | LINUX
    missing = [f"| `{name}` | {', '.join(candidates(name)) or 'write a test'} |" for name in sorted(wanted - set(listed))]
    assert missing == [], "rows to add to doc/slab-api.md:\n" + "\n".join(missing)
    assert sorted(set(listed) - wanted) == []
    assert [name for name in set(listed) if listed.count(name) > 1] == []


@pytest.mark.parametrize("names, claims", NAME_ROWS, ids=lambda value: value[0] if value else "none")
def test_the_tests_of_a_row_use_its_names(names, claims):
    assert claims
    for name in names:
        why = [why_not(claim, name) for claim in claims]
        assert None in why, why
    for claim in claims:
        assert None in [why_not(claim, name) for name in names]


def strings(text):
    """A C text whose strings are not broken."""
    return re.sub(r'"\s*"', "", text)


RUNTIME = "\n".join(strings(path.read_text()) for path in (support.SOURCE_ROOT / "runtime").glob("*.[ch]"))


@pytest.mark.parametrize("row", rows(ERRORS), ids=lambda row: row[0])
def test_errors_are_tested_by_their_words(row):
    """Each test of the row expects what it says, and the runtime says so."""
    for claim in quoted(row[2]):
        file, _, test = claim.partition(": ")
        assert is_run(file, test)
        for words in quoted(row[1]):
            assert words in strings(reached(file, test))
            assert words in RUNTIME


# How the library spells what it asks the environment for.
VARIABLES = set(re.findall(r'"(SLAB_[A-Z_]+|slab_no[a-z]+|init_on_[a-z]+)"', RUNTIME))


def test_every_variable_is_in_the_table():
    assert {"SLAB_DEBUG", "slab_nomerge"} <= VARIABLES
    assert sorted(name for row in rows(ENVIRONMENT) for name in quoted(row[0])) == sorted(VARIABLES)


@pytest.mark.parametrize("row", rows(ENVIRONMENT), ids=lambda row: row[0])
def test_variables_are_tested(row):
    """By name, or as the build sets them for all of a file."""
    for claim in quoted(row[2]):
        file, _, test = claim.partition(": ")
        assert is_run(file, test)
        for name in quoted(row[0]):
            assert uses(reached(file, test) + TESTS["meson.build"], name)
    assert any(uses(reached(*claim.split(": ")), name) for claim in quoted(row[2]) for name in quoted(row[0]))


def test_every_variable_is_explained():
    text = (support.SOURCE_ROOT / "doc" / "debugging.md").read_text()
    assert [name for name in sorted(VARIABLES) if not uses(text, name)] == []


def test_the_table_has_teeth():
    assert why_not("test_api.c: test_bulk", "kmem_cache_alloc_bulk") is None
    assert why_not("test_unload.c: test_owner_of_created", "kmem_cache_args.owner") is None
    assert why_not("test_life.c: test_panic", "SLAB_PANIC") is None
    assert why_not("test_api.c: test_bulk", "kvmalloc")
    assert why_not("test_api.c: test_bulk", "kmem_cache_args.owner")
    assert why_not("test_api.c: try_out", "kmem_cache_alloc")
    assert "`test_api.c: test_prefilled`" in candidates("kmem_cache_refill_sheaf")
