"""Hindcasts: when they are made, that they know what was known then and no more, and how they are kept."""

from __future__ import annotations

import numpy as np
import pytest

from almanac.model import Card
from almanac.stats.backtest import backtest
from almanac.stats.hindcast import Hindcast, Hindsight, evenly, hindsight, moments, pack, parse, render, unpack
from almanac.stats.recovery import CHOSEN
from tests.support.stats.book import by_the_book
from tests.support.stats.worlds import another_future, incident, world

START = 1_772_452_160  # 2026-03-02T11:49:20Z
MADE = Hindcast(at=START + 90, quantiles=(5.04, 10.0, 71.96, 140.0, 326.0), n=243, others=812, borrowed=0.12345)
TEXT = "ee5ff4f8; 90 5.0 10.0 72.0 140.0 326.0 243 812 0.123"


def lasting(minutes: float, *posts: tuple[float, str]) -> Card:
    """Return an incident with posts so many minutes after its start."""
    ended = START + round(60 * minutes)
    return incident("acme", "a", START, ended, *((START + round(60 * after), word) for after, word in posts))


def asked(card: Card) -> list[float]:
    """Return the minutes after the start at which hindcasts are made."""
    return [(at - START) / 60 for at in moments(card)]


# When they are made


def test_one_is_made_at_each_post_before_the_end() -> None:
    posts = (0, 17, 32, 93, 108, 136, 216, 238)
    assert asked(lasting(238, *((after, "identified") for after in posts))) == [0, 17, 32, 93, 108, 136, 216]


def test_where_posts_are_few_the_times_of_the_backtest_are_added_that_are_ten_minutes_from_any_other() -> None:
    assert asked(lasting(200, (0, "investigating"), (21, "identified"))) == [0, 21, 60, 120]
    assert asked(lasting(200, (0, "investigating"), (45, "identified"))) == [0, 15, 30, 45, 60, 120]
    assert asked(lasting(61)) == [0, 15, 30, 60]


def test_posts_within_ten_minutes_of_the_one_before_get_none() -> None:
    posts = (0, 1, 9, 10, 15, 19, 25, 41)
    assert asked(lasting(45, *((after, "investigating") for after in posts))) == [0, 10, 25, 41]


def test_of_too_many_some_are_picked_evenly() -> None:
    every_half_hour = [30 * number for number in range(13)]
    posts = lasting(400, *((after, "investigating") for after in every_half_hour))
    assert asked(posts) == [0, 60, 120, 180, 240, 300, 360]
    assert [evenly(list("abcdefghi"), most) for most in (9, 3, 2, 1, 0)] == [
        list("abcdefghi"),
        ["a", "e", "i"],
        ["a", "i"],
        ["a"],
        [],
    ]


def test_nobody_waits_before_the_first_post_nor_while_a_post_says_that_it_is_over() -> None:
    assert asked(lasting(90, (20, "investigating"), (40, "resolved"), (70, "identified"))) == [20, 30, 70]
    assert asked(lasting(90, (-10, "investigating"))) == [0, 15, 30, 60]
    assert asked(lasting(90, (90, "investigating"), (95, "resolved"))) == []


def test_what_is_open_gets_none() -> None:
    assert moments(incident("acme", "a", START, None, (START, "investigating"))) == ()


# What they say


def known_at(cards: list[Card], now: int) -> list[Card]:
    """Return the archive as it could be known at a moment, with every severity the same: what it ends in is not in it."""
    then = []
    for one in (one._replace(impact="unknown") for one in cards if one.started <= now):
        if one.ended is None or one.ended <= now:
            then.append(one)
        else:  # seen open at that very moment
            said = tuple(post for post in one.updates if post[0] < now)
            then.append(one._replace(ended=None, updates=(*said, (now, "unknown"))))
    return then


def test_they_are_what_the_methodology_says_of_the_archive_as_it_was_known() -> None:
    cards = world(3, n=120)
    made = hindsight(cards, "", 0, skip=0)
    compared = 0
    for card in [one for one in cards if (one.provider, one.id) in made.texts][::9]:
        for said in unpack(made.texts[card.provider, card.id], card):
            expected = by_the_book(known_at(cards, said.at), card._replace(impact="unknown"), said.at, CHOSEN)
            assert said.quantiles == pytest.approx(expected, abs=0.051)
            compared += 1
    assert compared > 20


def test_no_severity_moves_them() -> None:
    cards = world(7, n=120)
    other = [one._replace(impact=("critical", "none", "major")[number % 3]) for number, one in enumerate(cards)]
    assert hindsight(other, "", 0) == hindsight(cards, "", 0)


def test_whatever_comes_later_moves_none_of_what_ended_before() -> None:
    cards = sorted(world(11, n=200), key=lambda one: one.started)
    now = cards[150].started
    other = another_future(cards, now, np.random.default_rng(2))
    over = {(one.provider, one.id) for one in cards if one.ended and one.ended <= now}
    before, after = (hindsight(whole, "", 0, skip=0).texts for whole in (cards, other))
    assert {key: text for key, text in after.items() if key in over} == {
        key: text for key, text in before.items() if key in over
    }
    assert len(over & before.keys()) > 50


def test_they_cover_the_incidents_of_the_backtest() -> None:
    cards = world(5, n=150)
    answered = {(trial.provider, trial.id) for trial in backtest(cards, elapsed=(0,)) if trial.forecast}
    assert hindsight(cards, "", 0).texts.keys() == answered


# How they are kept


def test_an_incident_is_one_line_of_numbers_and_back() -> None:
    card = lasting(60, (0, "investigating"), (60, "resolved"))
    assert pack(card, [MADE]) == TEXT
    assert unpack(TEXT, card) == (MADE._replace(quantiles=(5.0, 10.0, 72.0, 140.0, 326.0), borrowed=0.123),)


def test_those_of_an_incident_that_is_not_as_it_was_are_not_shown() -> None:
    card = lasting(60, (0, "investigating"), (60, "resolved"))
    assert unpack(TEXT, card._replace(ended=START + 3000)) == ()
    assert unpack(TEXT, card._replace(updates=((START, "identified"),))) == ()
    assert len(unpack(TEXT, card._replace(updates=(*card.updates, (START + 9000, "postmortem")), title="x"))) == 1


def test_the_file_has_an_incident_a_line() -> None:
    made = Hindsight(START, "44e70c9e8370dcc5", {("acme", "a/\u00fc"): TEXT, ("acme", "A"): TEXT})
    lines = render(made).splitlines()
    assert lines == [
        "{",
        ' "made": "2026-03-02T11:49:20Z",',
        ' "record": "44e70c9e8370dcc5",',
        ' "incidents": {',
        f'  "acme/A": "{TEXT}",',
        f'  "acme/a/\\u00fc": "{TEXT}"',
        " }",
        "}",
    ]
    assert parse(render(made)) == made
    assert parse(render(made._replace(texts={}))) == made._replace(texts={})


@pytest.mark.parametrize(
    "packed",
    [
        "",
        "ee5ff4f8",
        TEXT.replace("243", "243.5"),
        TEXT.replace("5.0", "nan"),
        TEXT.replace("; 90", "; <b>"),
        TEXT + " 1",
        TEXT + TEXT[8:] * 7,
        TEXT + "\n",
    ],
)
def test_a_line_that_holds_anything_else_is_refused(packed: str) -> None:
    text = render(Hindsight(START, "r", {("acme", "a"): packed}))
    with pytest.raises(ValueError, match="no hindcasts"):
        parse(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"incidents": []}', '{"incidents": {"a/b": 1}}', "[" * 100_000])
def test_a_file_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no hindcasts"):
        parse(text)
