"""Intervals that are widened hold in worlds made of a provider's own lengths, and are refused where they cannot."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from almanac.stats import plasmode
from almanac.stats.intervals import root_errors
from almanac.stats.spells import DOMINANT

HOUR = 3600
ALIKE = tuple(range(HOUR, 3 * HOUR, 120))
TAILED = tuple(int(HOUR * math.exp(2.2 * NormalDist().inv_cdf((i + 0.5) / 120))) for i in range(120))  # up to two weeks
WILD = (*[HOUR] * 95, *[2000 * HOUR] * 2)


def test_lengths_that_are_alike_need_no_widening() -> None:
    assert plasmode.widening(ALIKE, 0.5, 13) == 1.0


def test_heavy_tails_need_more_the_shorter_the_period() -> None:
    quarter, year = (plasmode.widening(TAILED, 0.6, weeks) for weeks in (13, 104))
    assert 1.0 <= year < quarter


def test_where_one_incident_decides_or_too_few_lengths_are_known_there_is_no_interval() -> None:
    assert plasmode.widening(WILD, 0.2, 13) == math.inf
    assert plasmode.widening((HOUR,) * 4, 0.2, 13) == math.inf


@pytest.mark.parametrize("weeks", [13, 26])
def test_the_widened_interval_holds_in_other_worlds_of_the_same_lengths(weeks: int) -> None:
    factor = plasmode.widening(TAILED, 0.6, weeks)
    trouble = plasmode.worlds(np.random.default_rng(99), TAILED, 0.6, weeks, 400)
    given = trouble.largest <= DOMINANT * trouble.total
    root, half = root_errors(trouble)
    truth = math.sqrt(plasmode.true_share(TAILED, 0.6, weeks))
    plain, wide = (((root - half <= truth) & (truth <= root + half * by))[given].mean() for by in (1.0, factor))
    assert plain < wide
    assert wide >= 0.85


def test_the_true_share_is_that_of_many_worlds() -> None:
    trouble = plasmode.worlds(np.random.default_rng(5), TAILED, 0.6, 13, 4000)
    shares = trouble.total / trouble.covered.sum()
    assert plasmode.true_share(TAILED, 0.6, 13) == pytest.approx(shares.mean(), abs=3 * shares.std() / math.sqrt(4000))


def test_a_world_is_summed_from_its_own_spells() -> None:
    trouble = plasmode.worlds(np.random.default_rng(5), ALIKE, 3.0, 4, 50)
    assert trouble.weekly.shape == (4, 50)
    assert (trouble.largest**2 <= trouble.squares).all()
    assert (trouble.squares <= trouble.largest * trouble.total).all()


def test_a_period_counts_as_the_longest_rung_that_is_not_longer() -> None:
    weeks = [plasmode.rung(days * 86_400) for days in (5, 28, 90, 92, 365, 4000)]
    assert weeks == [4, 4, 9, 13, 52, 312]
