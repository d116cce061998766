"""Incidents in arrays tell the same as each card for itself."""

from typing import Any

import numpy as np
import pytest

from almanac.stats.past import IMPACTS, NO_PHASE, PHASES, IncidentState, counts, past, state
from tests.support.stats.cards import at, card
from tests.support.stats.worlds import world

POSTED_TWICE = ((0, "investigating"), (2, "resolved"))


def test_the_arrays_know_of_every_incident_at_any_moment_what_its_card_says() -> None:
    cards = world(seed=1)
    known = past(cards)
    random = np.random.default_rng(2)
    for one in cards:
        if (one.provider, one.id) not in known.rows:
            continue
        row = np.array([known.rows[one.provider, one.id]] * 20)
        moments = one.started + random.integers(0, 20_000, 20)
        phases, since = known.phase(row, moments)
        posts = known.posts.until(row, moments)
        for place, moment in enumerate(moments.tolist()):
            assert state(one, moment) == IncidentState(
                provider=one.provider,
                impact=IMPACTS[one.impact],
                started=one.started,
                elapsed=moment - one.started,
                phase=int(phases[place]),
                in_phase=moment - int(since[place]),
                posts=int(posts[place]),
            )


def test_a_state_is_what_had_been_posted_by_then() -> None:
    posts = (0, "investigating"), (1, "identified"), (2, "identified"), (4, "monitoring"), (5, "resolved")
    one = card(0, 5, updates=posts)
    assert state(one, at(3)) == IncidentState(
        "acme", IMPACTS["minor"], at(0), 3 * 3600, PHASES["identified"], 2 * 3600, 3
    )


def test_a_post_that_names_no_phase_or_resolves_too_early_leaves_the_phase_as_it_was() -> None:
    one = card(0, 5, updates=((0, "monitoring"), (1, "unknown"), (2, "resolved"), (5, "resolved")))
    assert state(one, at(3)) == IncidentState(
        "acme", IMPACTS["minor"], at(0), 3 * 3600, PHASES["monitoring"], 3 * 3600, 3
    )


def test_without_posts_there_is_no_phase_and_it_has_been_so_since_the_start() -> None:
    assert state(card(0, 5), at(2)) == IncidentState("acme", IMPACTS["minor"], at(0), 2 * 3600, NO_PHASE, 2 * 3600, 0)


def test_nothing_is_known_before_the_start() -> None:
    with pytest.raises(ValueError, match="had not started"):
        state(card(1, 2), at(0.5))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (card(0, 2, updates=POSTED_TWICE), True),
        (card(0, 2), True),  # a data set without posts
        (card(0, 2, updates=((2, "resolved"),)), False),  # posted when it was over
        (card(0, updates=((0, "investigating"),)), True),  # open: more may come
        (card(0, 59 / 3600, updates=POSTED_TWICE), False),
        (card(0, 60 / 3600, updates=POSTED_TWICE), True),
        (card(0, 2, updates=POSTED_TWICE, kind="maintenance"), False),
        (card(0, 2, "maintenance", updates=POSTED_TWICE), False),
        (card(0, 2, updates=POSTED_TWICE, kind="notice"), True),
    ],
)
def test_what_forecasts_learn_from(one: Any, expected: bool) -> None:
    assert counts(one) is expected


def test_what_has_no_end_is_known_open_until_its_newest_stamp_or_the_last_time_it_was_seen() -> None:
    stamped = card(0, id="stamped", updates=((0, "investigating"), (3, "identified")))
    seen = card(1, id="seen", updates=((1, "investigating"),))
    bare = card(2, id="bare")
    over = card(3, 9, id="over")
    known = past([over, bare, seen, stamped], {("acme", "seen"): at(30), ("acme", "over"): at(40)})
    assert known.until.tolist() == [at(3), at(30), at(2), at(9)]
    assert known.over.tolist() == [False, False, False, True]


def test_no_incidents_make_an_empty_past() -> None:
    known = past([])
    assert (known.rows, known.until.size, known.posts.keys.size, known.phases.size) == ({}, 0, 0, 0)
