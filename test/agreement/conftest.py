# SPDX-License-Identifier: MIT
"""Prints a table of all compilers at the end."""
import pytest

import support

ROWS = []


@pytest.fixture
def rows():
    """Where a test leaves what it counted."""
    return ROWS


def share(part, whole):
    return f"{part / whole:.1%}" if whole else "-"


def pytest_terminal_summary(terminalreporter):
    if not ROWS:
        return
    from agreement import READERS
    columns = ["types", *(f"{reader}: {'wrong' if r.holds else 'differs'}" for reader, r in READERS.items()),
               "dwarf: exact", "dwarf: no trace"]
    terminalreporter.write_line(f"GEN_OPAQUE_SEED={support.SEED}")
    terminalreporter.write_line("  ".join(["compiler".ljust(14), *(c.rjust(max(8, len(c))) for c in columns)]))
    for row in ROWS:
        counts = [str(row.types)]
        for reader, r in READERS.items():
            count = row.wrong.get(reader)
            counts.append("-" if count is None else str(count) if r.holds else f"{count} {share(count, row.types)}")
        dwarf = "dwarf" in row.wrong
        counts += [share(row.exact, row.types), str(row.without_trace)] if dwarf else ["-", "-"]
        terminalreporter.write_line("  ".join([row.name.ljust(14), *(n.rjust(max(8, len(c)))
                                                                     for n, c in zip(counts, columns))]))
