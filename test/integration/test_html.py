# SPDX-License-Identifier: MIT
"""layout --format html, as a real browser shows it."""
import json
import re

import pytest

import support
from support import browser

SOURCE = """\
struct list { struct list *next, *prev; };
struct point { float x, y; char tag; };
struct conn {
	char kind;
	int fd;
	unsigned open : 1, mode : 3, : 4, big : 12;
	union { struct { short port; long addr; } in; char path[20]; };
	int (*poll)(struct conn *, int);
	struct list queues[3];
	struct { int owner; char held; } locks[2][2];
	unsigned char buffer[130];
	char tail;
};
struct big { int id; char log[9000]; struct point points[90]; union { long l; char c[3]; }; double last; char flags; };
struct tiny { char a; short b; };
typedef int number;
"""
TYPES = ("struct conn", "struct big", "struct tiny", "number")

# Runs in the page; see browser.py.
PROBE = """
const articles = [...document.querySelectorAll("article")].map(article => {
	const cells = [...article.querySelectorAll(".words .cells i:not(.no)")];
	const place = element => element.getBoundingClientRect();
	const left = [...article.querySelectorAll(".left-out")].map(p => Number(p.dataset.bytes));
	return {
		name: article.querySelector("h1").textContent,
		cells: cells.length,
		leftOut: left.reduce((a, b) => a + b, 0),
		rows: [...article.querySelectorAll("tbody tr[data-f]")].map(row =>
			[...row.children].map(cell => cell.textContent.trim())),
		gaps: article.querySelectorAll("tbody tr.gap").length,
		bits: [...article.querySelectorAll(".bits .leaf")].map(leaf =>
			[leaf.textContent, Math.round(place(leaf).width / place(leaf.closest(".word")).width * 8 *
			 leaf.closest(".word").querySelectorAll(".cells i").length / 8)]),
		// how far each member's left edge is from that of its first byte, up to the first lines left out
		drift: [...article.querySelectorAll("tbody tr[data-f]")].map(row => {
			const offset = parseInt(row.children[0].textContent), link = row.querySelector("a");
			const piece = document.querySelector(link.getAttribute("href")), cell = cells[offset];
			if (!piece || !cell || row.children[0].textContent.includes(":"))
				return 0;
			return Math.max(Math.abs(place(piece).left - place(cell).left),
				place(cell).top < place(piece).bottom - 1 ? 99 : 0);
		}),
	};
});
const leaf = document.querySelector(".leaf");
leaf.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
const found = {
	articles,
	outside: [...document.querySelectorAll(".words *")].filter(element =>
		element.getBoundingClientRect().right > innerWidth + 1).length,
	lit: [...document.querySelectorAll(".on")].map(element => element.dataset.f),
	own: leaf.dataset.f,
};
"""


def browse(page, folder, width, dark):
    return browser.browse(page, folder, width, dark, PROBE)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("html")
    support.write(folder, {"types.c": SOURCE})
    types = [word for name in TYPES for word in ("-t", name)]
    for form in ("html", "json"):
        result = support.gen("layout", *types, "--format", form, "-o", f"types.{form}", "types.c", cwd=folder)
        assert (result.status, result.err) == (0, ""), result
    return folder


@pytest.fixture(scope="module")
def wide(place):
    return browse(place / "types.html", place, 1360, dark=False)


@pytest.fixture(scope="module")
def narrow(place):
    return browse(place / "types.html", place, 500, dark=True)


@pytest.fixture(scope="module", params=["wide", "narrow"])
def shown(request):
    return request.getfixturevalue(request.param)


def layouts(place):
    return json.loads((place / "types.json").read_text())["layouts"]


def test_a_cell_for_each_byte(place, shown):
    for article, layout in zip(shown["articles"], layouts(place)):
        assert article["cells"] + article["leftOut"] == (layout["size"] if layout["record"] else 0), article["name"]
    assert [article["leftOut"] > 0 for article in shown["articles"]] == [False, True, False, False]


def test_members_stand_over_their_bytes(shown):
    """But for the width of the edges of what they are in."""
    for article in shown["articles"]:
        assert max(article["drift"], default=0) < 3, article


def test_all_members_are_in_the_table(place, shown):
    for article, layout in zip(shown["articles"], layouts(place)):
        rows = [[row["name"] or "(anonymous)", row["type"], str(row["offset"])] for row in layout["fields"]]
        assert [[name, kind, offset.split(":")[0]] for offset, _, name, kind in article["rows"]] == rows
        assert article["gaps"] == len(layout["gaps"])


def test_bits_are_as_wide_as_they_are(shown):
    assert shown["articles"][0]["bits"] == [["openunsigned int", 1], ["modeunsigned int", 3], ["bigunsigned int", 12]]


def test_nothing_sticks_out(shown):
    assert shown["width"] <= shown["window"] and shown["outside"] == 0


def test_all_text_can_be_read(shown):
    assert shown["contrast"] >= 4.5, shown["worst"]


def test_dark_is_dark(wide, narrow):
    light, dark = (sum(map(int, re.findall(r"\d+", page["paper"])[:3])) for page in (wide, narrow))
    assert light > 600 and dark < 150


def test_what_is_pointed_at_lights_up(shown):
    assert shown["lit"] == [shown["own"]] * 2, "the piece and its row"


def test_it_needs_nothing_else(place, shown):
    assert shown["loaded"] == 0 and shown["errors"] == []
    assert not re.search(r"https?:|url\(|@import|<link|<img", (place / "types.html").read_text())


def test_names_stay_names(tmp_path):
    name = "</title><script>alert(1)</script>\"'&lt;"
    row = {"name": name, "path": name, "type": name, "depth": 0, "offset": 0, "size": 8, "align": 1}
    layout = {"kind": "struct", "name": name, "file": name, "size": 8, "align": 8, "record": True, "fields": [row],
              "target": name, "reader": "cc"}
    support.write(tmp_path, {"odd.json": json.dumps({"version": 1, "layouts": [layout]})})
    result = support.gen("layout", "--format", "html", "-o", "odd.html", "odd.json", cwd=tmp_path)
    assert (result.status, result.err) == (0, ""), result
    shown = browse(tmp_path / "odd.html", tmp_path, 900, dark=False)
    article, = shown["articles"]
    assert article["name"] == "struct " + name and article["rows"] == [["0", "8", name, name]]
    assert shown["scripts"] == 3 and shown["errors"] == []


def test_huge_types_make_no_huge_page(tmp_path):
    rows = [{"name": name, "path": name, "type": "t", "depth": depth, "offset": 0, "size": size, "align": 1, **more}
            for name, depth, size, more in (("all", 0, 1 << 40, {"dimensions": 1, "count": 1 << 20}),
                                            ("in", 1, 1 << 20, {}), ("a", 2, 1, {}), ("b", 2, 1 << 19, {}))]
    layout = {"kind": "union", "union": True, "name": "u", "size": 1 << 40, "align": 1, "record": True, "fields": rows,
              "reader": "cc"}
    support.write(tmp_path, {"huge.json": json.dumps({"version": 1, "layouts": [layout]})})
    result = support.gen("layout", "--format", "html", "huge.json", cwd=tmp_path)
    assert (result.status, result.err) == (0, ""), result
    assert len(result.out) < 50_000_000
    left = sum(map(int, re.findall(r'data-bytes="(\d+)"', result.out)))
    assert left + result.out.count("<i></i>") == 1 << 40
