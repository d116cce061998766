"""Day tables agree with counting seconds one by one."""

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.model import Stretch
from almanac.stats.days import Days, arrays, by_day, covered_by_day, disjoint, seconds_before, within
from almanac.stats.windows import DAY, Period, union

END = 60
few = st.lists(st.builds(Stretch, st.integers(0, END), st.integers(0, END)), max_size=7)
edges = st.lists(st.integers(-5, END + 5), min_size=2, max_size=6).map(sorted)


def held(stretches: Any) -> Any:
    """One truth value a second."""
    seconds = np.zeros(END + 20, np.bool_)
    for since, until in stretches:
        seconds[since:until] = True
    return seconds


def columns(stretches: Any) -> tuple[np.ndarray, np.ndarray]:
    return np.array([s for s, _ in stretches], np.int64), np.array([e for _, e in stretches], np.int64)


@given(few)
def test_disjoint_is_the_union(some: Any) -> None:
    starts, ends = disjoint(*columns(some))
    assert tuple(Stretch(int(s), int(e)) for s, e in zip(starts, ends, strict=True)) == union(some)
    assert [list(part) for part in arrays(union(some))] == [list(starts), list(ends)]


@given(few, st.integers(-5, END + 5))
def test_seconds_before_counts_members(some: Any, at: int) -> None:
    (count,) = seconds_before(*disjoint(*columns(some)), np.array([at]))
    assert count == held(some)[: max(at, 0)].sum()


@given(few, few, edges)
@settings(max_examples=200)
def test_seconds_of_each_day_that_are_covered_and_in_trouble(trouble: Any, covered: Any, cuts: Any) -> None:
    table = covered_by_day(*columns(trouble), arrays(union(covered)), np.array(cuts, np.int64))
    both = held(trouble) & held(covered)
    assert list(table) == [both[max(a, 0) : max(b, 0)].sum() for a, b in pairwise(cuts)]
    alone = by_day(*columns(trouble), np.array(cuts, np.int64))
    assert alone.sum() == held(trouble)[max(cuts[0], 0) : max(cuts[-1], 0)].sum()


@given(few, few)
def test_parts_within_a_set_know_what_they_are_parts_of(some: Any, covered: Any) -> None:
    parts = list(zip(*within(*columns(some), arrays(union(covered))), strict=True))
    for place, stretch in enumerate(some):
        own = [(since, until) for since, until, whole in parts if whole == place]
        assert list(held(own)) == list(held([stretch]) & held(covered))


def test_a_period_takes_its_rows_and_no_others() -> None:
    classes = np.arange(15).reshape(5, 3)
    days = Days(first=100, covered=np.arange(5), least=classes, most=classes + 1)
    rows = days.within(Period("", "", 102 * DAY, 104 * DAY))
    assert (rows.first, list(rows.covered)) == (102, [2, 3])
    assert rows.least.tolist() == [[6, 7, 8], [9, 10, 11]]
    assert rows.most.tolist() == [[7, 8, 9], [10, 11, 12]]
    early = days.within(Period("", "", 90 * DAY, 101 * DAY))
    assert (early.first, list(early.covered)) == (100, [0])
    assert len(days.within(Period("", "", 80 * DAY, 90 * DAY)).covered) == 0
    assert len(days.within(Period("", "", 105 * DAY, 120 * DAY)).covered) == 0
