"""A percentile is given from so many values on that two are to be expected beyond it, the same everywhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.stats.percentiles import needed, percentile


@pytest.mark.parametrize(
    ("share", "values"),
    [(0.5, 5), (0.25, 8), (0.75, 8), (0.9, 20), (0.1, 20), (0.95, 40), (0.99, 200), (0.0, 1), (1.0, 1)],
)
def test_so_many_values_are_needed(share: float, values: int) -> None:
    assert needed(share) == values
    ordered = list(range(values))
    assert percentile(ordered, share) is not None
    assert percentile(ordered[1:], share) is None or values == 1


@given(st.lists(st.integers(0, 10**6), min_size=20, max_size=60))
def test_it_is_the_seventh_type_of_hyndman_and_fan(values: list[int]) -> None:
    for share in (0.5, 0.9):
        assert percentile(sorted(values), share) == pytest.approx(float(np.quantile(values, share)))
