"""Ranks are intervals: they hold the truth, and nobody is called better without evidence."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.stats import rank_intervals
from almanac.stats.rank_intervals import Ranks, Weeks, grew, groups, step_down, tell_apart

WEEK = 168.0


def weeks(*providers: Any, best: Any = None) -> Any:
    """Fully covered weeks from each provider's hours in trouble."""
    most = np.array(providers, float).T
    return Weeks(np.full_like(most, WEEK), most if best is None else np.array(best, float).T, most)


def noisy(mean: float, seed: int, count: int = 26) -> Any:
    return np.random.default_rng(seed).gamma(2, mean / 2, count)


def test_clear_differences_give_single_ranks() -> None:
    told = tell_apart(weeks(noisy(1, 1), noisy(8, 2), noisy(40, 3)))
    assert told.together == told.marginal == (Ranks(1, 1), Ranks(2, 2), Ranks(3, 3))
    assert told.worse.tolist() == [[False, False, False], [True, False, False], [True, True, False]]


def test_the_same_trouble_in_other_weeks_tells_nothing() -> None:
    hours = noisy(5, 1)
    told = tell_apart(weeks(hours, hours[::-1], np.roll(hours, 3)))
    assert told.together == (Ranks(1, 3),) * 3
    assert not told.worse.any()


def test_one_bad_week_is_no_evidence() -> None:
    assert tell_apart(weeks([0] * 25 + [60], noisy(0.5, 2))).together == (Ranks(1, 2), Ranks(1, 2))


def test_alone_is_never_wider_than_together() -> None:
    providers = [noisy(mean, seed) for seed, mean in enumerate((1, 1.5, 2, 3, 5, 8, 13))]
    told = tell_apart(weeks(*providers))
    assert all(t.best <= a.best and a.worst <= t.worst for t, a in zip(told.together, told.marginal, strict=True))
    assert sum(a.worst - a.best for a in told.marginal) < sum(t.worst - t.best for t in told.together)


def test_a_range_is_worse_only_if_its_best_case_is() -> None:
    good, bad = noisy(1, 1), noisy(20, 2)
    assert tell_apart(weeks(good, bad)).together == (Ranks(1, 1), Ranks(2, 2))
    assert tell_apart(weeks(good, bad, best=(good, good))).together == (Ranks(1, 2), Ranks(1, 2))


def test_uncovered_weeks_weigh_nothing() -> None:
    hours = np.array([noisy(1, 1, 40), noisy(6, 2, 40)]).T
    covered = np.full_like(hours, WEEK)
    covered[30:, 1] = hours[30:, 1] = 0
    told = tell_apart(Weeks(covered, hours, hours))
    assert told.together == (Ranks(1, 1), Ranks(2, 2))
    known, diluted = (
        rank_intervals._roots(time, hours, np.ones((1, 40)))[0][0, 1] ** 2 for time in (covered, WEEK + 0 * hours)
    )
    assert known == pytest.approx(diluted * 40 / 30)


def test_nobody_and_one_provider() -> None:
    assert tell_apart(Weeks(*[np.zeros((0, 0))] * 3)).together == ()
    assert tell_apart(weeks(noisy(1, 1))).together == (Ranks(1, 1),)


def test_the_standard_error_of_a_share_is_that_of_a_mean() -> None:
    hours = noisy(5, 1, 52)[:, None]
    root, error = rank_intervals._roots(np.full_like(hours, WEEK), hours, np.ones((1, 52)))
    assert root[0, 0] ** 2 == pytest.approx(hours.mean() / WEEK)
    assert 2 * root[0, 0] * error[0, 0] == pytest.approx(hours.std(ddof=1) / np.sqrt(52) / WEEK)


def test_the_critical_value_is_that_of_the_largest_of_all() -> None:
    pairs = ~np.eye(3, dtype=bool)
    resampled = np.zeros((100, 9))
    resampled[:, 7] = np.linspace(0, 5, 100)
    found = np.array([[0.0, 4.0, 0.0], [0.0, 0.0, 4.6], [0.0, 0.0, 0.0]])
    told = step_down(found, resampled, pairs, 0.9)
    assert np.argwhere(told).tolist() == [[1, 2]]


def test_trouble_in_the_same_weeks_makes_a_difference_surer() -> None:
    shared, extra = noisy(20, 1), noisy(1.5, 2)
    together, apart = weeks(shared, shared + extra), weeks(shared, (shared + extra)[::-1])
    assert tell_apart(together).together == (Ranks(1, 1), Ranks(2, 2))
    assert tell_apart(apart).together == (Ranks(1, 2), Ranks(1, 2))


def test_stepping_down_lowers_the_bar_for_the_rest() -> None:
    found = np.array([[0.0, 9.0], [2.5, 0.0]])
    resampled = np.zeros((100, 4))
    resampled[:, 1] = np.linspace(0, 4, 100)
    resampled[:, 2] = np.linspace(0, 2, 100)
    pairs = ~np.eye(2, dtype=bool)
    assert step_down(found, resampled, pairs, 0.9).tolist() == [[False, True], [True, False]]
    assert step_down(np.array([[0.0, 3.0], [2.5, 0.0]]), resampled, pairs, 0.9).tolist() == [[False] * 2] * 2


@given(st.integers(1, 6).flatmap(lambda m: st.lists(st.booleans(), min_size=m * m, max_size=m * m)))
def test_groups_are_the_largest_sets_of_which_no_two_are_told_apart(flat: Any) -> None:
    size = int(len(flat) ** 0.5)
    worse = np.triu(np.array(flat).reshape(size, size), 1)
    apart = worse | worse.T
    sets = [
        frozenset(some)
        for count in range(1, size + 1)
        for some in itertools.combinations(range(size), count)
        if not apart[np.ix_(some, some)].any()
    ]
    largest = sorted(tuple(sorted(s)) for s in sets if not any(s < other for other in sets))
    assert list(groups(worse)) == largest


def column(hours: Any) -> Any:
    """Covered time and trouble of one provider."""
    trouble = np.array(hours, float)[:, None]
    return np.full_like(trouble, WEEK), trouble


def test_trouble_grew_only_where_the_weeks_say_so() -> None:
    little, much = column(noisy(1, 1, 13)), column(noisy(9, 2, 13))
    assert [grew(*samples).tolist() for samples in ((little, much), (much, little), (little, little))] == [
        [True],
        [False],
        [False],
    ]
    assert grew(column([0] * 13), column([0] * 12 + [30])).tolist() == [False]


def test_each_provider_is_compared_with_itself_as_if_it_were_alone() -> None:
    samples = [column(noisy(mean, seed, 13)) for mean, seed in ((1, 1), (9, 2), (1, 3), (9, 4))]
    before, after = (
        (np.hstack([one[0] for one in chosen]), np.hstack([one[1] for one in chosen]))
        for chosen in (samples, samples[::-1])
    )
    alone = [bool(grew(*pair)[0]) for pair in zip(samples, samples[::-1], strict=True)]
    assert (grew(before, after).tolist(), any(alone), all(alone)) == (alone, True, False)
