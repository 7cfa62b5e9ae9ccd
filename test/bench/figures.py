# SPDX-License-Identifier: MIT
"""What a run of the benchmarks found: kept as CSV, condensed to medians, held against an older run.

A row is one work on objects of one size in so many threads. It has a list of values for each contestant, one of each
round; nothing else is kept, all else is worked out from it.
"""
import collections
import csv
import io
import statistics

OURS = ["inlined", "called", "pointer", "kmalloc", "hardened"]
PEERS = ["glibc", "mimalloc", "jemalloc", "tcmalloc", "DPDK"]
MALLOCS = PEERS[:-1]

# Bytes for a live byte, and instructions: no time, and the same on every machine.
COUNTED = ("resident", "kept", "instructions")
# A row is worse when its ratio to the best peer has grown by more than this share.
TOLERANCE = 0.10
# What is counted in bytes is worse when it has also grown by more than this.
LEAST_GROWTH = 0.02

Row = collections.namedtuple("Row", "work size threads")


class Figures:
    def __init__(self, facts=None):
        self.facts = dict(facts or {})  # of the machine and the versions: {what: text}
        self.rows = {}  # {Row: {contestant: [value of each round]}}

    def add(self, row, contestant, value):
        self.rows.setdefault(row, {}).setdefault(contestant, []).append(value)

    def value(self, row, contestant):
        """The median of the rounds, or None."""
        values = self.rows.get(row, {}).get(contestant)
        return statistics.median(values) if values else None

    def spread(self, row, contestant):
        """Half the distance between the quartiles, as a share of the median."""
        low, middle, high = quartiles(self.rows[row][contestant])
        return abs((high - low) / 2 / middle) if middle else 0.0

    def best(self, row, among=None):
        """The peer with the lowest median, or None."""
        peers = [peer for peer in among or PEERS if self.value(row, peer) is not None]
        return min(peers, key=lambda peer: self.value(row, peer), default=None)

    def ratio(self, row, contestant, among=None):
        """The contestant's median to that of the best peer, or None."""
        best = self.best(row, among)
        if best is None or self.value(row, contestant) is None or not self.value(row, best):
            return None
        return self.value(row, contestant) / self.value(row, best)

    def ratios(self, row, contestant):
        """The ratio to the best peer in each round: both ran side by side, so that noise meets both."""
        best = self.rows[row][self.best(row)]
        return [own / other for own, other in zip(self.rows[row][contestant], best) if other]


def quartiles(values):
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


# ---- CSV ----

def to_csv(figures):
    out = io.StringIO()
    for what, text in figures.facts.items():
        out.write(f"# {what}: {text}\n")
    rounds = max((len(values) for row in figures.rows.values() for values in row.values()), default=1)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["work", "size", "threads", "contestant", *(f"round {n + 1}" for n in range(rounds))])
    for row, contestants in figures.rows.items():
        for contestant, values in contestants.items():
            writer.writerow([*row, contestant, *values])
    return out.getvalue()


def from_csv(text):
    lines = text.splitlines()
    facts = [line[2:].split(": ", 1) for line in lines if line.startswith("# ")]
    figures = Figures(facts)
    reader = csv.reader(line for line in lines if not line.startswith("#"))
    next(reader, None)
    for work, size, threads, contestant, *values in reader:
        for value in values:
            if value:
                figures.add(Row(work, int(size), int(threads)), contestant, float(value))
    return figures


# ---- one run against another ----

def worse(row, contestant, now, before):
    """Why this is worse than it was, in words, or None."""
    if row.work in COUNTED:
        was, is_now = before.value(row, contestant), now.value(row, contestant)
        if is_now > was * (1 + TOLERANCE) and is_now > was + LEAST_GROWTH:
            return f"{is_now:.3f}, was {was:.3f}"
        return None
    was, is_now = before.ratio(row, contestant), now.ratio(row, contestant)
    if was is None or is_now is None or is_now <= was * (1 + TOLERANCE):
        return None
    # Half the rounds now above half the rounds then: more than noise.
    if quartiles(now.ratios(row, contestant))[0] <= quartiles(before.ratios(row, contestant))[2]:
        return None
    return f"{is_now:.2f} of {now.best(row)}, was {was:.2f} of {before.best(row)}"


def regressions(now, before):
    """[(row, contestant, why)] of our own that got worse; what only one of both has is not held against anything."""
    found = []
    for row, contestants in now.rows.items():
        for contestant in contestants:
            if contestant in PEERS or before.value(row, contestant) is None:
                continue
            why = worse(row, contestant, now, before)
            if why:
                found.append((row, contestant, why))
    return found
