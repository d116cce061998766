"""Ranks are intervals: they hold the truth, and nobody is called better without evidence."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.stats import rank_intervals
from almanac.stats.rank_intervals import Ranks, Sample, changes, groups, inflation, ranks, step_down, tell_apart

DAY, WEEK = 24.0, 168.0


def sample(*providers: Any, best: Any = None, covered: Any = None) -> Sample:
    """Days from each provider's hours in trouble a week, which lie on the week's first day."""
    most = by_day(*providers)
    time = np.full_like(most, DAY) if covered is None else covered
    return Sample(
        time, most if best is None else by_day(*best), most, np.ones((2, len(providers))), np.ones(len(providers))
    )


def by_day(*providers: Any) -> Any:
    weeks = np.array(providers, float).T
    days = np.zeros((7 * len(weeks), len(providers)))
    days[::7] = weeks
    return days


def ranks_of(compared: Sample) -> tuple[Ranks, ...]:
    worse = tell_apart(compared)
    return tuple(ranks(worse, own) for own in range(len(worse)))


def noisy(mean: float, seed: int, count: int = 26) -> Any:
    return np.random.default_rng(seed).gamma(2, mean / 2, count)


def test_clear_differences_give_single_ranks() -> None:
    compared = sample(noisy(1, 1), noisy(8, 2), noisy(40, 3))
    assert ranks_of(compared) == (Ranks(1, 1), Ranks(2, 2), Ranks(3, 3))
    assert tell_apart(compared).tolist() == [[False, False, False], [True, False, False], [True, True, False]]


def test_the_same_trouble_in_other_weeks_tells_nothing() -> None:
    hours = noisy(5, 1)
    assert ranks_of(sample(hours, hours[::-1], np.roll(hours, 3))) == (Ranks(1, 3),) * 3


def test_one_bad_week_is_no_evidence() -> None:
    assert ranks_of(sample([0] * 25 + [60], noisy(0.5, 2))) == (Ranks(1, 2), Ranks(1, 2))


def test_a_range_is_worse_only_if_its_best_case_is() -> None:
    good, bad = noisy(1, 1), noisy(20, 2)
    assert ranks_of(sample(good, bad)) == (Ranks(1, 1), Ranks(2, 2))
    assert ranks_of(sample(good, bad, best=(good, good))) == (Ranks(1, 2), Ranks(1, 2))


def test_two_are_compared_on_the_days_both_were_covered_and_on_no_others() -> None:
    """One that was covered in the bad half of a year only is not worse than one that was as bad in it, and good before."""
    bad, good = noisy(20, 1, 26), noisy(1, 2, 26)
    whole, late = [*good, *bad], [*np.zeros(26), *bad[::-1]]
    covered = np.full((364, 2), DAY)
    covered[:182, 1] = 0
    assert ranks_of(sample(whole, late)) == (Ranks(1, 2), Ranks(1, 2))
    assert ranks_of(sample(whole, late, covered=covered)) == (Ranks(1, 2), Ranks(1, 2))
    worse = [*np.zeros(26), *(2.5 * bad)]
    assert ranks_of(sample(whole, worse, covered=covered)) == (Ranks(1, 1), Ranks(2, 2))


def test_two_that_were_covered_together_for_less_than_four_weeks_are_not_compared() -> None:
    for days in (27, 28):
        covered = np.full((182, 2), DAY)
        covered[:-days, 1] = 0
        columns = rank_intervals._columns(sample(noisy(1, 1), noisy(60, 2), covered=covered))
        assert columns.comparable.tolist() == [[False, days >= 28], [days >= 28, False]]


def test_a_pair_with_few_weeks_in_common_keeps_no_others_from_being_told_apart() -> None:
    covered = np.full((182, 4), DAY)
    covered[:-28, 2] = covered[28:, 3] = 0
    covered[-28:, 3] = DAY
    worse = tell_apart(sample(noisy(1, 1), noisy(8, 2), noisy(3, 3), noisy(3, 4), covered=covered))
    assert worse[1, 0]


def test_what_whole_incidents_and_missed_ones_add_to_the_error_keeps_two_from_being_told_apart() -> None:
    clear = sample(noisy(1, 1), noisy(6, 2))
    assert tell_apart(clear).tolist() == [[False, False], [True, False]]
    assert not tell_apart(clear._replace(inflation=np.full((2, 2), 40.0))).any()
    assert not tell_apart(clear._replace(widening=np.array([90.0, 1.0]))).any()
    assert tell_apart(clear._replace(widening=np.array([1.0, 90.0]))).any()  # the worse may be worse still


def test_errors_are_inflated_where_one_incident_lies_in_many_weeks() -> None:
    covered = np.full((182, 1), DAY)
    random = noisy(1, 1, 182)[:, None]
    short, one = (inflation(covered, random, [np.array(own)])[0] for own in ([0.1] * 1800, [random.sum()]))
    assert short == 1.0
    assert one == pytest.approx(random.sum() / np.sqrt(26) / random.reshape(26, 7).sum(axis=1).std(ddof=1))


def test_nobody_and_one_provider() -> None:
    nobody = np.zeros((0, 0))
    assert tell_apart(Sample(nobody, nobody, nobody, np.ones((2, 0)), np.ones(0))).tolist() == []
    assert ranks_of(sample(noisy(1, 1))) == (Ranks(1, 1),)


def test_another_number_of_resamples_changes_no_clear_answer() -> None:
    compared = sample(noisy(1, 1), noisy(8, 2), noisy(9, 3))
    assert tell_apart(compared, 2_000).tolist() == tell_apart(compared).tolist()


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
    assert ranks_of(sample(shared, shared + extra)) == (Ranks(1, 1), Ranks(2, 2))
    assert ranks_of(sample(shared, (shared + extra)[::-1])) == (Ranks(1, 2), Ranks(1, 2))


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


def test_trouble_grew_only_where_the_weeks_say_so() -> None:
    little, much = noisy(1, 1, 13), noisy(9, 2, 13)
    grown, fallen = changes(sample(little, much, little), sample(much, little, little[::-1]))
    assert (grown.tolist(), fallen.tolist()) == ([True, False, False], [False, True, False])
    grown, _ = changes(sample([0] * 13), sample([0] * 12 + [30]))
    assert grown.tolist() == [False]


def test_the_more_providers_are_looked_at_the_more_it_takes_to_call_one_worse() -> None:
    """Nothing changed for any of 24 providers: each by itself would be called worse or better in one of ten cases."""
    early, late = ([noisy(5, seed + shift, 13) for seed in range(24)] for shift in (0, 1000))
    together = sum(column.sum() for column in changes(sample(*early), sample(*late)))
    alone = sum(column.sum() for pair in zip(early, late, strict=True) for column in changes(*map(sample, pair)))
    assert (together, alone > 0) == (0, True)


def test_what_may_have_been_missed_before_keeps_growth_from_being_told() -> None:
    before, after = sample(noisy(1, 1, 13)), sample(noisy(9, 2, 13))
    assert changes(before, after)[0].tolist() == [True]
    assert changes(before._replace(widening=np.array([90.0])), after)[0].tolist() == [False]
