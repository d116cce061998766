"""Our intervals and quantiles are scipy's and numpy's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special  # scipy.stats takes a second and a half to import

from almanac.stats.intervals import Bounds, draws, gamma_share, poisson, quantile, student_quantile


@pytest.mark.parametrize("n", [1, 2, 3, 7, 30, 199, 1000, 20_000])
@pytest.mark.parametrize("level", [0.8, 0.9, 0.99])
def test_poisson_limits_are_exact(n: int, level: float) -> None:
    tail = (1 - level) / 2
    expected = Bounds(float(special.gammaincinv(n, tail)), float(special.gammaincinv(n + 1, 1 - tail)))
    assert poisson(n, level) == pytest.approx(expected, rel=1e-9)


def test_poisson_limits_after_nothing_happened_bound_the_rate_from_above() -> None:
    assert poisson(0) == pytest.approx(Bounds(0, -math.log(0.05)))
    assert special.pdtr(0, poisson(0).high) == pytest.approx(0.05)


def test_poisson_limits_hold_the_true_mean_at_least_as_often_as_said() -> None:
    for mean in (0.5, 2.3, 3.0, 17.0):
        counts = np.arange(200)
        holds = np.array([poisson(int(n)).low <= mean <= poisson(int(n)).high for n in counts])
        shares = np.diff(special.pdtr(counts, mean), prepend=0.0)
        assert shares[holds].sum() >= 0.9


def test_fewer_than_no_events_cannot_be() -> None:
    with pytest.raises(ValueError, match="-1 events"):
        poisson(-1)


@given(st.floats(0.5, 300), st.floats(0, 600))
def test_the_incomplete_gamma_function(shape: float, x: float) -> None:
    assert gamma_share(shape, x) == pytest.approx(special.gammainc(shape, x), rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("freedom", [1, 1.2, 2, 3.7, 10, 55, 300])
@pytest.mark.parametrize("share", [0.6, 0.9, 0.95, 0.995])
def test_student_quantiles(freedom: float, share: float) -> None:
    assert student_quantile(share, freedom) == pytest.approx(special.stdtrit(freedom, share), rel=2e-4)


@given(st.lists(st.integers(0, 1000), min_size=1), st.floats(0, 1))
def test_quantiles_interpolate(values: list[float], share: float) -> None:
    assert quantile(sorted(values), share) == pytest.approx(np.quantile(values, share))


def test_draws_are_seeded_and_draw_each_block_once_on_average() -> None:
    drawn = draws(52)
    assert drawn is draws(52)
    assert (drawn.sum(axis=1) == 52).all()
    assert drawn.mean(axis=0) == pytest.approx(np.ones(52), abs=0.2)
    assert drawn.std() == pytest.approx(math.sqrt(51 / 52), rel=0.02)
