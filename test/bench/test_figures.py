# SPDX-License-Identifier: MIT
"""The arithmetic behind the benchmarks' figures: medians, ratios, CSV, what counts as worse."""
import pytest

import figures
from figures import Figures, Row

PAIR = Row("pair", 64, 1)
RESIDENT = Row("resident", 64, 1)


def of(rows, **facts):
    result = Figures(facts)
    for row, contestants in rows.items():
        for contestant, values in contestants.items():
            for value in values:
                result.add(row, contestant, value)
    return result


def test_medians_spread_and_ratio():
    result = of({PAIR: {"inlined": [2, 1, 3, 2, 9], "glibc": [8, 8, 8, 8, 8], "DPDK": [5, 4, 4, 4, 3], "mimalloc": [9, 4.5, 1, 6, 5]}})
    assert result.value(PAIR, "inlined") == 2
    assert result.spread(PAIR, "glibc") == 0
    assert result.spread(PAIR, "inlined") == pytest.approx((3 - 2) / 2 / 2)
    assert result.best(PAIR) == "DPDK"  # by its median, not by its best round
    assert result.ratio(PAIR, "inlined") == 0.5
    assert result.ratio(PAIR, "glibc") == 2
    assert result.ratio(PAIR, "inlined", figures.MALLOCS) == pytest.approx(2 / 5)
    assert result.ratios(PAIR, "inlined") == pytest.approx([2 / 5, 1 / 4, 3 / 4, 2 / 4, 9 / 3])


def test_what_nobody_measured_has_no_ratio():
    result = of({PAIR: {"inlined": [2]}, RESIDENT: {"inlined": [1], "glibc": [0]}})
    assert result.best(PAIR) is None and result.ratio(PAIR, "inlined") is None
    assert result.value(PAIR, "glibc") is None
    assert result.ratio(RESIDENT, "inlined") is None  # not a share of nothing
    assert result.ratio(RESIDENT, "called") is None


def test_csv_gives_back_what_it_was_given():
    result = of({PAIR: {"inlined": [2.125, 1, 3], "glibc": [8, 7, 9]}, RESIDENT: {"inlined": [1.0044]}},
                processor="one, with a comma: and a colon", commit="abc")
    text = figures.to_csv(result)
    assert text.splitlines()[:3] == ["# processor: one, with a comma: and a colon", "# commit: abc",
                                     "work,size,threads,contestant,round 1,round 2,round 3"]
    assert "pair,64,1,inlined,2.125,1,3" in text
    again = figures.from_csv(text)
    assert again.rows == result.rows and again.facts == result.facts


def both(before, now, row=PAIR, contestant="inlined", peer=(10.0,) * 5):
    then = of({row: {contestant: before, "glibc": peer}})
    return figures.regressions(of({row: {contestant: now, "glibc": peer}}), then)


def test_ten_percent_more_than_noise_is_worse():
    (row, contestant, why), = both([5, 5, 5.1, 5, 4.9], [6, 6, 6.1, 6, 5.9])
    assert (row, contestant, why) == (PAIR, "inlined", "0.60 of glibc, was 0.50 of glibc")


@pytest.mark.parametrize("now", [[5] * 5, [5.4] * 5, [4] * 5, [3.0, 4.0, 6.0, 9.0, 5.7]])
def test_a_little_more_better_or_noise_is_not_worse(now):
    assert both([5, 5, 5.1, 5, 4.9], now) == []


def test_a_slower_machine_is_not_worse():
    then = of({PAIR: {"inlined": [5.0] * 3, "glibc": [10.0] * 3}})
    assert figures.regressions(of({PAIR: {"inlined": [15.0] * 3, "glibc": [30.0] * 3}}), then) == []


def test_a_peer_cannot_get_worse():
    assert both([5.0] * 3, [9.0] * 3, contestant="mimalloc", peer=(1.0,) * 3) == []


def test_memory_is_held_against_itself():
    assert both([1.0], [1.05], RESIDENT, peer=(1.0,)) == []
    assert [why for _, _, why in both([1.0], [1.2], RESIDENT, peer=(2.0,))] == ["1.200, was 1.000"]
    assert both([0.001], [0.01], Row("kept", 64, 1), peer=(1.0,)) == []  # ten times nothing


def test_what_was_not_measured_before_is_not_worse():
    now = of({PAIR: {"inlined": [5.0], "glibc": [1.0]}})
    assert figures.regressions(now, of({})) == []
    assert figures.regressions(now, of({PAIR: {"called": [1.0], "glibc": [1.0]}})) == []
