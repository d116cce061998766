"""Spells are whole incidents in covered time: merged where they overlap, not parted where the coverage is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from almanac.model import Stretch
from almanac.stats.days import arrays
from almanac.stats.spells import is_dominated, spells
from almanac.stats.windows import union
from tests.support.stats.cards import times

stretches = st.lists(
    st.tuples(st.integers(0, 90), st.integers(0, 20)).map(lambda pair: (pair[0], sum(pair))), max_size=9
)


@given(stretches, stretches, st.integers(0, 100), st.integers(0, 100))
def test_lengths_equal_a_count_second_by_second(
    incidents: list[tuple[int, int]], covered: list[tuple[int, int]], since: int, until: int
) -> None:
    merged = union(Stretch(*one) for one in incidents)
    watched = union(Stretch(*one) for one in covered)
    seconds = [at for one in watched for at in range(*one)]
    starts, ends = (np.array([one[side] for one in incidents], np.int64) for side in (0, 1))
    before = [sum(at < edge for at in seconds) for edge in (since, until)]
    within = spells(starts, ends, arrays(watched)).within(*before)
    counted = [sum(since <= at < until and one.since <= at < one.until for at in seconds) for one in merged]
    assert within.tolist() == [count for count in counted if count]


def test_a_gap_in_the_coverage_does_not_part_a_spell() -> None:
    covered = arrays(times((0, 10), (20, 30)))
    hour = 3600
    start = covered[0][0]
    own = spells(np.array([start + 5 * hour]), np.array([start + 25 * hour]), covered)
    assert own.within(0, 20 * hour).tolist() == [10 * hour]


def test_one_spell_of_more_than_half_of_all_trouble_dominates() -> None:
    assert [is_dominated(np.array(lengths, np.int64)) for lengths in ([], [5], [5, 5], [6, 5], [6, 4, 3])] == [
        False,
        True,
        False,
        True,
        False,
    ]
