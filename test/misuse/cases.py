# SPDX-License-Identifier: MIT
"""Programs that misuse caches, and what is said of each: NAME.c, and NAME.SETTING with the report and the exit status.

What differs from run to run is replaced: addresses, ages, threads, folders. Of what other tools say, only the kind
of error and the lines of the program are kept. A sampled object lies at one end of its
page, by chance, and an overrun over the other end is found later: NAME.sampled-late.
"""
import pathlib
import re

import support

FOLDER = pathlib.Path(__file__).resolve().parent
SETTINGS = {
    "plain": {},
    "debug": {"SLAB_DEBUG": "FZPU"},
    "sampled": {"SLAB_SAMPLE": "1"},
    "asan": {},
    "valgrind": {},
}
VALGRIND = ("valgrind", "--leak-check=full", "--error-exitcode=9")
# What there is in the kernel, too, and how it is started: see test/misuse/slub.
SLUB = {"slub-plain": "", "slub": "slab_debug=FZPU"}
FOR_SLUB = ("double_free", "free_foreign", "free_inside", "leak", "overrun_kmalloc", "overrun_left", "overrun_right",
            "read_after_free", "wrong_cache", "write_after_free")
VARIABLES = ("ASAN_OPTIONS", "LSAN_OPTIONS", "VALGRIND_OPTS", "SLAB_DEBUG", "SLAB_DEBUG_POLICY", "SLAB_FAILSLAB",
             "SLAB_SAMPLE", "SLAB_SAMPLE_OBJECTS", "SLAB_SANITIZER", "SLAB_FREELIST_RANDOM", "SLAB_RANDOM_KMALLOC",
             "TSAN_OPTIONS")

ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
MAPPED = 0x7e0000000000  # from here on, the kernel puts what is asked for with mmap()
MAPPED_BY_VALGRIND = 0x4000000
OF_PROGRAM = 0x555555558000
OF_SLABS = 0x7f0000000000
OF_SAMPLES = 0x7f0000007fc0


def names():
    return sorted(path.stem for path in FOLDER.glob("*.c"))


def pairs():
    """[(name of a program, setting to run it in)]"""
    return [(name, setting) for name in names() for setting in SETTINGS]


def program(name, setting):
    path = support.BUILD_ROOT / "test" / "misuse" / (f"{name}-{setting}" if setting in ("asan", "tsan") else name)
    assert path.exists(), f"no {path}: build it"
    return path


def run(name, setting, **more):
    """Run a program in one of the SETTINGS, with more in its environment."""
    under = VALGRIND if setting == "valgrind" and support.need("valgrind") else ()
    return support.run(*under, program(name, setting), env=dict.fromkeys(VARIABLES) | SETTINGS.get(setting, {}) | more)


def steady_addresses(text, setting):
    """Offsets within a slab are the same in each run; those of a sample are so from its object."""
    sample = setting == "sampled" and re.search(r"object (0x\w+) (?:of|is)", text)

    def steady(match):
        address = int(match[0], 16)
        if address < (MAPPED_BY_VALGRIND if setting == "valgrind" else MAPPED):
            return hex(OF_PROGRAM)
        if sample:
            return hex(OF_SAMPLES + address - int(sample[1], 16))
        return hex(OF_SLABS | address & 0xffff)
    return ADDRESS.sub(steady, text)


def said_by_asan(name, text):
    """The kind of error and the calls in the program."""
    for line in text.splitlines():
        if found := re.match(r"==\d+==(ERROR: \w+: [\w-]+)|((?:READ|WRITE) of size \d+)", line):
            yield found[1] or "  " + found[2]
        elif found := re.search(rf" in (\w+) \S*/{name}\.c:(\d+)$", line):
            yield f"    {found[1]} ({name}.c:{found[2]})"
        elif line.startswith("slab: "):
            yield line


def said_by_valgrind(name, text):
    """The kind of error, the calls in the program, and what is said of the object."""
    for line in text.splitlines():
        line = re.sub(r"^==\d+== ", "", line)
        if re.match(r"slab: |Invalid |Conditional |\d+ bytes .* lost|Process terminating", line):
            yield re.sub(r" in loss record .*", "", line)
        elif found := re.search(rf": (\w+ \({name}\.c:\d+\))$", line):
            yield f"    {found[1]}"
        elif found := re.match(r" (?:Address \w+ is (\d+ bytes .*)|(Block was .*))", line):
            yield "  " + (found[1] or found[2])


def said(name, setting, text):
    """What does not depend on the tool's version and on the insides of the library."""
    if setting == "asan":
        return "".join(line + "\n" for line in said_by_asan(name, text))
    if setting == "valgrind":
        return "".join(line + "\n" for line in said_by_valgrind(name, text))
    return text


def steady(text, setting):
    """A report without what differs from run to run."""
    text = steady_addresses(text, setting)
    text = re.sub(r"age=\d+ ms thread=\d+", "age=0 ms thread=1", text)
    text = re.sub(r"/\S+/(\w+\.so)\b", r"\1", text)
    return re.sub(r"\([^ :()]*/(\w+\.c:\d+\))", r"(\1", text)


def produce(name, setting):
    """(name of the golden file, its text) of one run."""
    done = run(name, setting)
    late = setting == "sampled" and " before the free: " in done.err
    assert not done.out, done
    return f"{name}.{setting}{'-late' if late else ''}", f"{steady(said(name, setting, done.err), setting)}exit status {done.status}\n"


def produce_all(name, setting, runs):
    """The same of so many runs where chance has a say, else of one."""
    return dict(produce(name, setting) for _ in range(runs if setting == "sampled" else 1))


DOCUMENT = support.SOURCE_ROOT / "doc" / "debugging.md"
BLOCK = re.compile(r"<!-- begin (\S+) -->\n.*?<!-- end -->\n", re.S)
TITLES = {"asan": "AddressSanitizer, in short:\n", "valgrind": "Valgrind, in short:\n", "slub": "The kernel, in short:\n"}


def shown(file):
    """What the document shows of one of the files here: a program with its lines' numbers, or a report."""
    text = (FOLDER / file).read_text()
    if not file.endswith(".c"):
        title = TITLES.get(file.rpartition(".")[2], "")
        return f"```\n{title}{text.rpartition('exit status')[0]}```\n"
    lines = [f"{number:2}  {line}".rstrip() for number, line in enumerate(text.splitlines(), 1)]
    return "```c\n" + "\n".join(lines[1:]) + "\n```\n"


def documented():
    """The document, with all that it shows as it is now."""
    return BLOCK.sub(lambda found: f"<!-- begin {found[1]} -->\n{shown(found[1])}<!-- end -->\n", DOCUMENT.read_text())
