# SPDX-License-Identifier: MIT
"""What the documents say of the benchmarks: made of the figures, put between marks in doc/benchmarks.md and README.md."""
import collections
import re
import subprocess

import figures as figures_of
import works
from figures import Row

# A goal: a work is to take at most this share of the best peer's time, in this form of ours.
Goal = collections.namedtuple("Goal", "title works contestant share peers")
GOALS = [
    Goal("one out, one back, inlined", ["pair"], "inlined", 0.5, figures_of.PEERS),
    Goal("the same, called", ["pair"], "called", 0.8, figures_of.PEERS),
    Goal("1,000 out, back in order", ["fifo"], "inlined", 0.65, figures_of.PEERS),
    Goal("1,000 out, back in reverse", ["lifo"], "inlined", 0.65, figures_of.PEERS),
    Goal("1,000 out, back at random", ["random"], "inlined", 0.65, figures_of.PEERS),
    Goal("in bulk, 64, against the best malloc()", ["bulk64"], "inlined", 0.25, figures_of.MALLOCS),
    Goal("in bulk, 64, against DPDK", ["bulk64"], "inlined", 1.0, ["DPDK"]),
    Goal("in bulk, 1,000, against the best malloc()", ["bulk1000"], "inlined", 0.25, figures_of.MALLOCS),
    Goal("in bulk, 1,000, against DPDK", ["bulk1000"], "inlined", 1.0, ["DPDK"]),
    Goal("from thread to thread, against the best malloc()", ["handover"], "inlined", 0.5, figures_of.MALLOCS),
    Goal("from thread to thread, against DPDK", ["handover"], "inlined", 0.5, ["DPDK"]),
    Goal("a million live, random replace", ["replace"], "inlined", 0.9, figures_of.PEERS),
]
# The same for what is no time: at most this much.
LIMITS = [("bytes resident for a live byte", "resident", 1.02), ("bytes held 2 s after a byte was freed", "kept", 0.05)]
MOST_INSTRUCTIONS = 16
NOTHING = 0.005  # a difference that is none, as a share


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def judged(words, good):
    return words if good else f"**{words}**"


# ---- sections of doc/benchmarks.md ----

def machine(figures):
    rounds = max(len(values) for row in figures.rows.values() for values in row.values())
    return "\n".join([*(f"- {what}: {text}" for what, text in figures.facts.items()), f"- rounds: {rounds}"])


def goal_row(figures, goal):
    cells = []
    for size in works.SIZES:
        row = Row(goal.works[0], size, 2 if goal.works[0] == "handover" else 1)
        ratio = figures.ratio(row, goal.contestant, goal.peers)
        cells.append("" if ratio is None else judged(f"{ratio:.2f}", ratio <= goal.share))
    return [goal.title, f"{goal.share:g}", *cells]


def limit_row(figures, title, work, most):
    values = [figures.value(Row(work, size, 1), "inlined") for size in works.SIZES]
    return [title, f"{most:g}", *("" if value is None else judged(f"{value:.3f}", value <= most) for value in values)]


def instructions_row(figures):
    value = figures.value(Row("instructions", 64, 1), "inlined")
    cell = "" if value is None else judged(f"{value:g}", value <= MOST_INSTRUCTIONS)
    return ["instructions for an inlined pair", str(MOST_INSTRUCTIONS), *(cell if size == 64 else "" for size in works.SIZES)]


def scaling_rows(figures):
    """In several threads an operation is to take no more than 1.2 times what it takes in one."""
    for row in figures.rows:
        alone = figures.value(row._replace(threads=1), "inlined")
        if row.threads > 1 and row.work in ("pair", "random", "bulk64", "replace") and alone:
            share = figures.value(row, "inlined") / alone
            cell = judged(f"{share:.2f}", share <= 1.2)
            title = f"{works.TITLES[row.work].lower()}: {row.threads} threads against one"
            yield [title, "1.2", *(cell if size == row.size else "" for size in works.SIZES)]


def goals(figures):
    rows = [goal_row(figures, goal) for goal in GOALS]
    rows += [limit_row(figures, *limit) for limit in LIMITS]
    rows += [instructions_row(figures), *scaling_rows(figures)]
    return table(["", "at most", *map(works.size_name, works.SIZES)], rows)


def row_name(row):
    threads = f", {row.threads} threads" if row.threads > 1 and row.work != "handover" else ""
    return f"{works.TITLES[row.work]}, {works.size_name(row.size)}{threads}"


def losses(figures):
    """The rows in which a peer beats our best form."""
    lines = []
    for row in figures.rows:
        peer = figures.best(row)
        own = [figures.value(row, name) for name in figures_of.OURS if figures.value(row, name) is not None]
        if peer and own and figures.value(row, peer) < min(own) * (1 - NOTHING):
            lines.append(f"- {row_name(row)}: {peer} {figures.value(row, peer):.2f}, our best form {min(own):.2f}")
    return "\n".join(lines) or "In no row."


def cell(figures, row, contestant):
    value = figures.value(row, contestant)
    if value is None:
        return ""
    words = f"{value:.3f}" if row.work in ("resident", "kept") else f"{value:.1f}" if value < 1000 else f"{value:.0f}"
    spread = figures.spread(row, contestant)
    words += f" ±{spread:.0%}" if spread >= 0.005 else ""
    lowest = min(figures.value(row, name) for name in figures.rows[row])
    return f"**{words}**" if value == lowest else words


def contestants_of(figures, rows):
    measured = {name for row in rows for name in figures.rows[row]}
    return [name for name in [*figures_of.OURS, *figures_of.PEERS] if name in measured]


def work_table(figures, rows, head):
    lines = [[("slab, " if name in figures_of.OURS else "") + name, *(cell(figures, row, name) for row in rows)]
             for name in contestants_of(figures, rows)]
    return table(head, lines)


def tables(figures):
    parts = []
    for work in [*works.EACH_SIZE, "resident", "kept"]:
        rows = [row for row in figures.rows if row.work == work and row.threads == (2 if work == "handover" else 1)]
        if rows:
            parts.append(work_table(figures, rows, [works.TITLES[work], *(works.size_name(row.size) for row in rows)]))
    for title, rows in (
            ("64 bytes", [row for row in figures.rows if row.work in works.ONE_SIZE and row.threads == 1]),
            ("64 bytes", [row for row in figures.rows if row.threads > 1 and (row.work != "handover" or row.threads > 2)]),
            ("64 bytes", [row for row in figures.rows if row.work == "instructions"])):
        if rows:
            names = [works.TITLES[row.work] + (f", {row.threads} threads" if row.threads > 1 else "") for row in rows]
            parts.append(work_table(figures, rows, [title, *names]))
    return "\n\n".join(parts)


def address(figures, states):
    rows = [[works.STATES[state], *(f"{figures.value(works.address(state), form):.1f}" for form in works.FORMS)]
            for state in states if works.address(state) in figures.rows]
    return table(["ns for a pair", "`&static`", "loaded pointer", "patched constant"], rows)


def hardened(figures):
    """What the checks of every free cost, beside the same calls without."""
    rows = [row for row in figures.rows if row.size == 64 and row.work in (*works.EACH_SIZE, *works.ONE_SIZE) and
            figures.value(row, "hardened") is not None and (row.threads == 1 or row.work == "handover")]
    return table(["64 bytes, ns", "called", "hardened", "more"],
                 [[works.TITLES[row.work], *(f"{figures.value(row, name):.1f}" for name in ("called", "hardened")),
                   f"{figures.value(row, 'hardened') - figures.value(row, 'called'):+.1f}"] for row in rows])


def sampled(figures):
    """What sampling costs, beside the same calls without; the least is that of having no fast path."""
    works_there = [work for work in works.SAMPLED if works.sampled(work) in figures.rows]
    rows = [[works.TITLES[work], *(f"{figures.value(works.sampled(work), sample):.1f}" for sample in works.SAMPLES)]
            for work in works_there]
    heads = ["without", *(f"`SLAB_SAMPLE={sample}`" for sample in works.SAMPLES[1:])]
    return table(["64 bytes, ns", *heads], rows) if rows else "Not measured yet."


# ---- the code of one pair ----

def readable(lines):
    """[(address, instruction)] of a function as text: labels for addresses, symbols for distances from %rip."""
    lines = [(at, code) for at, code in lines if not re.match(r"(nop|xchg\s+%ax,%ax|cs nop|data16)", code)]
    targets = sorted({int(found.group(1), 16) for _, code in lines
                      if (found := re.match(r"j\w+\s+([0-9a-f]+) <\w+\+0x", code))})
    labels = {target: f"{number}:" for number, target in enumerate(targets, 1)}
    text = []
    for at, code in lines:
        jump = re.match(r"(j\w+)\s+([0-9a-f]+) <(\w+)(\+0x\w+)?>", code)
        if jump:
            where = int(jump.group(2), 16)
            code = f"{jump.group(1):6} {labels[where][:-1] + ('f' if where > at else 'b') if where in labels else jump.group(3)}"
        code = re.sub(r"0x[0-9a-f]+\(%rip\)(.*?)\s+# [0-9a-f]+ <(.*?)>", r"\2(%rip)\1", code)
        text.append(f"{labels.get(at, ''):8}{code}".rstrip())
    return text


def assembly(program):
    """The code of alloc_one() and free_one() in the program, as objdump shows it."""
    parts = []
    for function in ("alloc_one", "free_one"):
        done = subprocess.run(["objdump", "-d", "--no-show-raw-insn", f"--disassemble={function}", program],
                              capture_output=True, text=True, check=True)
        lines = re.findall(r"^\s*([0-9a-f]+):\t(.+?)\s*$", done.stdout, re.M)
        parts += [f"{function}:", *readable([(int(at, 16), code) for at, code in lines]), ""]
    return "\n".join(["```asm", *parts[:-1], "```"])


# ---- putting it in ----

def replace(text, name, section):
    """The text with what stands between the marks of that name replaced."""
    begin, end = f"<!-- begin {name}: made by ./dev bench -->\n", f"<!-- end {name} -->\n"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"no marks for {name}")
    head, rest = text.split(begin)
    return head + begin + section + "\n" + end + rest.split(end)[1]


def benchmarks(text, figures):
    """doc/benchmarks.md with these figures; the code in it stays."""
    sections = {"machine": machine(figures), "goals": goals(figures), "losses": losses(figures), "tables": tables(figures),
                "address": address(figures, works.ADDRESS), "hardened": hardened(figures),
                "sampled": sampled(figures)}
    for name, section in sections.items():
        text = replace(text, name, section)
    return text


def readme(text, figures):
    table_there = address(figures, ["hot", "no-pointer", "no-cache", "after2m", "hungry"])
    return replace(text, "address", f"{table_there}\n\n{figures.facts.get('processor', '')}")
