# SPDX-License-Identifier: MIT
"""slabinfo --html, as a real browser shows it."""
import json
import re

import pytest

from support import browser
from watched import running, slabinfo

# Runs in the page; see browser.py.
PROBE = """
const place = element => element.getBoundingClientRect();
const size = path => (path.getAttribute("d").match(/M/g) || []).length;
const found = {
	title: document.title,
	head: document.querySelector("h1").textContent,
	facts: [...document.querySelectorAll(".facts dd")].map(fact => fact.textContent.trim()),
	stores: [...document.querySelectorAll("section:has(.bars)")].map(section => ({
		names: section.querySelector("h2").textContent,
		about: section.querySelector(".about").textContent,
		bars: [...section.querySelectorAll(".bars i")].map(bar => bar.title),
		fills: [...section.querySelectorAll(".bars i")].map(bar =>
			["--h", "--a", "--f"].map(name => parseFloat(getComputedStyle(bar).getPropertyValue(name)))),
		maps: [...section.querySelectorAll("figure")].map(map => ({
			cells: Object.fromEntries([...map.querySelectorAll("path")].map(path => [path.className.baseVal, size(path)])),
			caption: map.textContent,
			grid: [map.querySelector("svg").viewBox.baseVal].flatMap(box => [box.width, box.height]),
			box: [place(map.querySelector("svg")).width, place(map.querySelector("svg")).height],
		})),
	})),
	stripe: [...document.querySelectorAll(".stripe i")].map(part => [part.title, place(part).width]),
	rows: [...document.querySelectorAll("tbody tr")].map(row => [...row.children].map(cell => cell.textContent)),
	colours: ["h", "a", "f", "u"].map(name => rgba(getComputedStyle(document.querySelector(`.legend .${name}`)).backgroundColor)),
	outside: [...document.querySelectorAll("main > :not(section), section > :not(.table)")].filter(element =>
		place(element).right > innerWidth + 1).length,
};
"""
ODD = "<b>&\"odd\"?[31m"


@pytest.fixture(scope="module", name="place")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    with running() as program:
        result = slabinfo("--html", folder / "page.html", program.pid)
        assert (result.status, result.out, result.err) == (0, "", ""), result
        (folder / "page.json").write_text(slabinfo("--json", program.pid).out)
    return folder


@pytest.fixture(scope="module")
def wide(place):
    return browser.browse(place / "page.html", place, 1300, False, PROBE)


@pytest.fixture(scope="module")
def narrow(place):
    return browser.browse(place / "page.html", place, 500, True, PROBE)


@pytest.fixture(scope="module", params=["wide", "narrow"])
def shown(request):
    return request.getfixturevalue(request.param)


def caches(place):
    return {cache["name"]: cache for cache in json.loads((place / "page.json").read_text())["caches"]}


def held(title):
    return int((re.search(r"(\d+) in use", title) or [0, 0])[1])


def test_heads(shown):
    assert (shown["head"], shown["title"]) == ("watched", "watched: slabs")
    assert shown["facts"][3:] == ["2700", "16", "4", "1"]


def test_a_bar_for_each_slab(place, shown):
    for store in shown["stores"]:
        cache = caches(place)[store["names"].split(", ")[0]]
        assert len(store["bars"]) == cache["slabs"]
        total = sum(caches(place)[name]["objects"] for name in store["names"].split(", "))
        assert sum(map(held, store["bars"])) == total
        assert f"{total} of {cache['total_objects']} in use" in store["about"]


def test_bars_are_filled_as_they_say(place, shown):
    for store in shown["stores"]:
        objects = caches(place)[store["names"].split(", ")[0]]["objs_per_slab"]
        for title, (in_use, at_hand, free) in zip(store["bars"], store["fills"]):
            assert abs(in_use - 100 * held(title) / objects) < .1 and in_use <= at_hand <= free <= 100.001
            counts = [int(number) for number in re.findall(r" (\d+) ", title)]
            assert sum(counts) == objects, title


def test_largest_first(shown):
    assert shown["stores"][0]["names"] == "request_cache" and len(shown["stores"]) == 3
    assert shown["stripe"][0][0] == "request_cache"
    assert shown["stripe"][0][1] == max(width for _, width in shown["stripe"])


def test_maps_have_a_cell_for_each_object(place, shown):
    for store in shown["stores"]:
        objects = caches(place)[store["names"].split(", ")[0]]["objs_per_slab"]
        assert len(store["maps"]) == min(3, len(store["bars"]))
        for drawn in store["maps"]:
            assert sum(drawn["cells"].values()) == objects
            assert f"{drawn['cells']['h']} of {objects} in use" in drawn["caption"]
            columns, rows = drawn["grid"]
            assert columns <= 64 and 0 <= columns * rows - objects < rows, "the last row is about as long as the others"
            assert drawn["box"][0] > 100 and drawn["box"][1] > 2
        fewest = sorted(map(held, store["bars"]))[:3]
        assert [drawn["cells"]["h"] for drawn in store["maps"]] == fewest


def test_what_was_freed_is_not_in_use(place, shown):
    """Of the later half of the requests one in three is left: the rest is at hand or free."""
    request = caches(place)["request_cache"]
    states = {state: 0 for state in ("in use", "at hand", "free", "never used")}
    for title in shown["stores"][0]["bars"]:
        for number, state in re.findall(r" (\d+) (in use|at hand|free|never used)", title):
            states[state] += int(number)
    assert states["in use"] == 2667 and states["at hand"] == request["objects_at_hand"]
    assert sum(states.values()) == request["total_objects"]


def test_names_stay_names(shown):
    assert [row[0] for row in shown["rows"]] == sorted([ODD, "alarm", "request_cache", "timer"])
    assert ODD in [store["names"] for store in shown["stores"]]
    assert shown["scripts"] == 2 and shown["errors"] == [], "those of the test alone"


def test_all_can_be_seen(shown):
    assert shown["width"] <= shown["window"] and shown["outside"] == 0
    assert shown["contrast"] >= 4.5, shown["worst"]
    for i, colour in enumerate(shown["colours"]):
        for other in shown["colours"][i + 1:]:
            assert sum(abs(a - b) for a, b in zip(colour, other)) > 40, shown["colours"]


def test_dark_is_dark(wide, narrow):
    light, dark = (sum(map(int, re.findall(r"\d+", page["paper"])[:3])) for page in (wide, narrow))
    assert light > 600 and dark < 150


def test_it_needs_nothing_else(place, shown):
    assert shown["loaded"] == 0
    assert not re.search(r"https?:|url\(|@import|<link|<img|<script", (place / "page.html").read_text())


def test_some_caches_alone(tmp_path):
    with running() as program:
        assert slabinfo("--html", tmp_path / "page.html", program.pid, "timer").status == 0
    page = (tmp_path / "page.html").read_text()
    # With those in the same slabs.
    assert "timer" in page and "alarm" in page and "request_cache" not in page
