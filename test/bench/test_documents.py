# SPDX-License-Identifier: MIT
"""Pictures and documents that are made of the figures: well-formed, with every figure in them, and up to date."""
import pathlib
import xml.etree.ElementTree as ElementTree

import pytest

import chart
import figures
import page
import support
import works
from figures import Figures, Row

DOC = pathlib.Path(support.SOURCE_ROOT) / "doc"
SVG = "{http://www.w3.org/2000/svg}"


def made_up(rounds=3):
    """Figures of every row: ours take 2 ns, glibc 3, the other peers more, but for DPDK at 4 KiB."""
    result = Figures({"processor": "a & b <c>"})
    for _ in range(rounds):
        for row in [*works.plan(2), *(Row(work, size, 1) for work in ("resident", "kept") for size in works.SIZES)]:
            for name in figures.OURS:
                result.add(row, name, 2.0)
            for distance, name in enumerate(figures.PEERS, 3):
                result.add(row, name, 1.0 if (name, row.size) == ("DPDK", 4096) else float(distance))
        for state in works.ADDRESS:
            for distance, form in enumerate(works.FORMS):
                result.add(works.address(state), form, 10.0 + distance)
    result.add(Row("instructions", 64, 1), "inlined", 17.0)
    return result


def texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter(SVG + "text")]


def test_the_overview_holds_every_row():
    shown = texts(chart.overview(made_up()))
    assert set(works.TITLES[work] for work in works.EACH_SIZE) < set(shown)
    assert shown.count("1.5×") + shown.count("0.5×") == len(works.plan(2))
    assert shown.count("0.5×") == len(works.EACH_SIZE)  # where DPDK wins


def test_what_was_not_measured_is_not_drawn():
    few = Figures()
    few.add(Row("pair", 64, 1), "inlined", 1.0)
    few.add(Row("pair", 64, 1), "glibc", 500.0)
    shown = texts(chart.overview(few))
    assert "500.0×" in shown and "64 B" in shown and "16 B" not in shown and works.TITLES["fifo"] not in shown


def test_nothing_is_drawn_outside():
    result = made_up()
    result.add(Row("pair", 64, 1), "glibc", 1e6)
    for name in ("inlined", "DPDK"):
        result.rows[Row("kept", 64, 1)][name] = [13.0]
    root = ElementTree.fromstring(chart.overview(result))
    width, height = float(root.get("width")), float(root.get("height"))
    circles = list(root.iter(SVG + "circle"))
    assert circles and all(0 < float(circle.get("cx")) < width and 0 < float(circle.get("cy")) < height for circle in circles)


def test_the_address_chart():
    shown = texts(chart.address_chart(made_up()))
    assert shown.count("+1.0 ns") == len(works.ADDRESS)
    assert set(works.STATES.values()) < set(shown)


def test_goals_and_losses():
    result = made_up()
    assert "| one out, one back, inlined | 0.5 | **0.67** | **0.67** | **0.67** | **0.67** | **2.00** |" in page.goals(result)
    assert "| the same, called | 0.8 | 0.67 | 0.67 | 0.67 | 0.67 | **2.00** |" in page.goals(result)
    assert "| in bulk, 64, against DPDK | 1 | 0.29 | 0.29 | 0.29 | 0.29 | **2.00** |" in page.goals(result)
    assert "| instructions for an inlined pair | 16 |  | **17** |  |  |  |" in page.goals(result)
    assert "in bulk, 64 at a time: 2 threads against one | 1.2 |  | 1.00 |" in page.goals(result)
    lost = page.losses(result).splitlines()
    assert "- From thread to thread, 4 KiB: DPDK 1.00, our best form 2.00" in lost
    assert len(lost) == len(works.EACH_SIZE) + 2
    result.rows = {row: cells for row, cells in result.rows.items() if row.size != 4096}
    assert page.losses(result) == "In no row."


def test_the_machine():
    assert page.machine(made_up(rounds=4)) == "- processor: a & b <c>\n- rounds: 4"


def test_tables_show_spread_and_the_lowest():
    result = Figures()
    for values in ((2.0, 8.0), (4.0, 8.0), (3.0, 1234.5)):
        for name, value in zip(("inlined", "glibc"), values):
            result.add(Row("pair", 64, 1), name, value)
    assert page.tables(result) == ("| One out, one back | 64 B |\n|---|---:|\n| slab, inlined | **3.0 ±17%** |\n"
                                   "| glibc | 8.0 ±3833% |")


def test_the_price_of_hardening():
    result = Figures()
    for name, value in (("called", 3.0), ("hardened", 9.25), ("glibc", 20.0)):
        result.add(Row("pair", 64, 1), name, value)
    result.add(Row("fifo", 64, 1), "called", 1.0)
    assert page.hardened(result) == ("| 64 bytes, ns | called | hardened | more |\n|---|---:|---:|---:|\n"
                                     "| One out, one back | 3.0 | 9.2 | +6.2 |")


def test_the_price_of_sampling():
    result = Figures()
    assert page.sampled(result) == "Not measured yet."
    for sample, value in (("none", 3.0), ("1000000", 21.0), ("1000", 34.96)):
        result.add(works.sampled("pair"), sample, value)
    assert page.sampled(result) == (
        "| 64 bytes, ns | without | `SLAB_SAMPLE=1000000` | `SLAB_SAMPLE=1000` |\n|---|---:|---:|---:|\n"
        "| One out, one back | 3.0 | 21.0 | 35.0 |")


def test_code_is_readable():
    lines = [(0x10, "mov    0x2f1a(%rip),%eax        # 4144 <cache+0x8>"), (0x16, "jbe    20 <f+0x10>"),
             (0x18, "nopl   0x0(%rax)"), (0x1c, "ret"), (0x20, "jmp    3510 <slow>"), (0x25, "jne    20 <f+0x10>")]
    assert page.readable(lines) == ["        mov    cache+0x8(%rip),%eax", "        jbe    1f", "        ret",
                                    "1:      jmp    slow", "        jne    1b"]


def test_the_code_of_the_program():
    code = page.assembly(pathlib.Path(support.BUILD_ROOT, "test", "bench", "bench-one_pair"))
    assert code.startswith("```asm\nalloc_one:\n") and "\nfree_one:\n" in code and code.endswith("\n```")
    assert "slab_alloc_slow" in code and "slab_free_slow" in code


def test_only_what_is_between_the_marks_changes():
    text = "a\n<!-- begin x: made by ./dev bench -->\nold\n<!-- end x -->\nb\n"
    assert page.replace(text, "x", "new") == text.replace("old", "new")
    assert page.replace(page.replace(text, "x", "new"), "x", "old") == text
    with pytest.raises(ValueError, match="no marks for y"):
        page.replace(text, "y", "new")


COMMITTED = figures.from_csv((DOC / "benchmarks.csv").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name, made", [
    ("doc/benchmarks.svg", lambda text: chart.overview(COMMITTED)),
    ("doc/benchmarks-address.svg", lambda text: chart.address_chart(COMMITTED)),
    ("doc/benchmarks.md", lambda text: page.benchmarks(text, COMMITTED)),
    ("README.md", lambda text: page.readme(text, COMMITTED))])
def test_documents_show_the_committed_figures(name, made):
    """If not: ./dev bench --render"""
    text = (pathlib.Path(support.SOURCE_ROOT) / name).read_text(encoding="utf-8")
    assert text == made(text)
