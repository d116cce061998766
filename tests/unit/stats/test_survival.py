"""Curves from censored durations, held against scipy and against the definition."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from almanac.stats.survival import Curve, curve, effective_number, kaplan_meier

# few distinct times, so that ends and censorings fall together
OBSERVED = st.lists(st.tuples(st.integers(1, 8), st.booleans(), st.integers(1, 4)), min_size=1, max_size=30)


def arrays(observed: list[tuple[int, bool, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    times, ended, weights = zip(*observed, strict=True)
    return np.array(times, float), np.array(ended, bool), np.array(weights, float)


@pytest.mark.slow
@given(OBSERVED)
def test_kaplan_meier_agrees_with_scipy_when_weights_are_repetitions(observed: list[tuple[int, bool, int]]) -> None:
    from scipy import stats  # it takes a second and a half to import

    repeated = [(time, ended) for time, ended, weight in observed for _ in range(weight)]
    data: Any = stats.CensoredData(
        uncensored=[time for time, ended in repeated if ended],
        right=[time for time, ended in repeated if not ended],
    )
    ends, over = kaplan_meier(*arrays(observed))
    assert ends.tolist() == sorted({time for time, ended in repeated if ended})
    assert over == pytest.approx(stats.ecdf(data).cdf.evaluate(ends), abs=1e-12)


@given(OBSERVED, st.integers(0, 2**32 - 1))
def test_kaplan_meier_is_the_product_over_ends_of_what_stays(observed: list[tuple[int, bool, int]], seed: int) -> None:
    times, ended, _ = arrays(observed)
    weights = np.random.default_rng(seed).uniform(0.01, 3, len(times))
    stays, expected = 1.0, []
    for end in sorted(set(times[ended])):
        at_risk = sum(w for t, w in zip(times, weights, strict=True) if t >= end)
        leaving = sum(w for t, e, w in zip(times, ended, weights, strict=True) if e and t == end)
        stays *= 1 - leaving / at_risk
        expected.append(1 - stays)
    assert kaplan_meier(times, ended, weights)[1] == pytest.approx(expected, abs=1e-12)


def test_what_never_ended_gives_no_curve() -> None:
    ends, over = kaplan_meier(np.array([3.0, 5.0]), np.array([False, False]), np.ones(2))
    assert (ends.tolist(), over.tolist()) == ([], [])


def test_weights_of_nothing_move_nothing() -> None:
    ends, over = kaplan_meier(np.array([1.0, 2.0, 3.0]), np.ones(3, bool), np.array([1.0, 1.0, 0.0]))
    assert (ends.tolist(), over.tolist()) == ([1, 2, 3], [0.5, 1, 1])


def test_the_kth_of_n_ends_stands_at_k_over_n_plus_one() -> None:
    minutes = np.array([9.0, 1.0, 4.0])
    over = curve(minutes, np.ones(3, bool), np.ones(3), 3)
    assert [over.quantile(level) for level in (0.25, 0.5, 0.75)] == pytest.approx([1, 4, 9])
    assert over.quantile(0.76) == math.inf


def test_between_ends_the_curve_is_linear_in_the_logarithm() -> None:
    over = Curve(np.log1p([0.0, 3.0, 15.0]), np.array([0.0, 0.4, 0.8]))
    assert over.quantile(0.6) == pytest.approx(7)
    assert over.chance(7) == pytest.approx(0.6)
    assert over.chance(10_000) == 0.8


@given(st.lists(st.integers(1, 10**5), min_size=2, max_size=40), st.floats(0.01, 0.6))
def test_chance_and_quantile_are_inverse(minutes: list[int], level: float) -> None:
    over = curve(np.array(minutes, float), np.ones(len(minutes), bool), np.ones(len(minutes)), len(minutes))
    assert over.chance(over.quantile(level)) == pytest.approx(level, abs=1e-6)


def test_intervals_from_ten_cover_four_in_five() -> None:
    random = np.random.default_rng(3)
    hits = 0
    for _ in range(2000):
        *known, actual = random.lognormal(4, 1.2, 11)
        over = curve(np.array(known), np.ones(10, bool), np.ones(10), 10)
        hits += over.quantile(0.1) <= actual <= over.quantile(0.9)
    assert 0.005 < special.bdtr(hits, 2000, 0.8) < 0.995


def test_equal_weights_say_as_much_as_their_number_and_an_incident_seen_twice_as_one() -> None:
    assert effective_number(np.array([0, 1, 2]), np.array([0.2, 0.2, 0.2])) == pytest.approx(3)
    assert effective_number(np.array([0, 1, 1, 2]), np.array([2.0, 1.0, 1.0, 2.0])) == pytest.approx(3)
    assert effective_number(np.array([0, 1]), np.array([3.0, 1.0])) == pytest.approx(1.6)
    assert effective_number(np.array([], np.int64), np.array([])) == 0
