"""`explain` prints the steps behind a pair of backups and a forecast, with the numbers the site shows."""

from __future__ import annotations

import numpy as np
import pytest

from almanac.stats.backups import pairs, parties
from almanac.stats.explain_forecast import forecast_steps
from almanac.stats.explain_pairs import pair_figures
from almanac.stats.past import past
from almanac.stats.record import Record, record
from almanac.stats.recovery import forecast
from almanac.stats.windows import DAY, between
from tests.support.stats.cards import MIDNIGHT, at, card, provider, times

PERIOD = between(MIDNIGHT, MIDNIGHT + 200 * DAY)


def made(slug: str, starts: list[float], length: float = 1.0, **facts: object) -> Record:
    cards = (card(start, start + length, id=f"{slug}-{n}", provider=slug) for n, start in enumerate(starts))
    own = provider(slug=slug, capabilities=("chat",), **facts)
    return record(own, cards, times((0, 200 * 24)), now=at(200 * 24))


def test_a_pair_is_explained_with_the_numbers_of_its_test() -> None:
    random = np.random.default_rng(3)
    starts = sorted(random.uniform(0, 195 * 24, 60).tolist())
    family = pairs(
        parties([made("a", starts), made("b", [s + 0.25 for s in starts]), made("c", [s + 61 for s in starts])]), PERIOD
    )
    together, apart = family[0], family[1]
    text = "\n".join(pair_figures(together, family, PERIOD))
    assert together.together is not None
    assert together.second_given_first is not None
    assert f"b while a is: {together.both} / {together.first_trouble} = {together.second_given_first.value:.4f}" in text
    assert f"by Holm's correction over 3 pairs {together.together.adjusted:.4f}" in text
    assert "b for a: not named: they fail together" in text
    assert "c for a: named" in "\n".join(pair_figures(apart, family, PERIOD))


def test_a_pair_that_needs_the_same_maker_says_so() -> None:
    starts = [float(n) for n in range(3, 190 * 24, 97)]
    one, other = (
        made("a", starts, built_on=("x",), shares=("x",)),
        made("b", [s + 40 for s in starts], built_on=("x",), shares=("x",)),
    )
    family = pairs(parties([one, other]), PERIOD)
    assert "b for a: not named: both need x, by their provider files" in "\n".join(
        pair_figures(family[0], family, PERIOD)
    )


def test_a_pair_with_too_little_data_says_what_lacks() -> None:
    family = pairs(parties([made("a", [5.0]), made("b", [50.0])]), PERIOD)
    text = "\n".join(pair_figures(family[0], family, PERIOD))
    assert "not tested: a reported 1 incident in that time (5 needed)" in text
    assert "b for a: not enough data: a reported 1 incident in that time (5 needed)" in text


def test_a_forecast_is_explained_with_its_own_numbers() -> None:
    minutes = [20.0 + 7 * n for n in range(60)]
    cards = [
        card(
            24.0 * n,
            24.0 * n + length / 60,
            id=f"past-{n}",
            updates=((24.0 * n, "investigating"), (24.0 * n + length / 60, "resolved")),
        )
        for n, length in enumerate(minutes)
    ]
    now_open = card(24.0 * 61, None, id="open", updates=((24.0 * 61, "investigating"),))
    now = at(24.0 * 61 + 0.5)
    made_forecast = forecast(past([*cards, now_open]), now_open, now)
    assert made_forecast is not None
    text = "\n".join(forecast_steps([*cards, now_open], now_open, now))
    assert "acme/open as of 2026-05-01T00:30:00Z, 30 min after its start" in text
    assert f"= {made_forecast.effective:.1f} (10 needed)" in text
    assert f"over with probability 50%: {made_forecast.quantiles[2]:.1f} min" in text
    assert f"over within 60 min: {made_forecast.chances[1]:.1%}" in text
    assert f"{made_forecast.n} incidents of the provider, 0 of others" in text


def test_where_no_forecast_can_be_given_the_steps_say_so() -> None:
    cards = [card(1.0, 2.0, id="one", updates=((1.0, "investigating"), (2.0, "resolved")))]
    now_open = card(50.0, None, id="open", updates=((50.0, "investigating"),))
    assert "4. No forecast: " in "\n".join(forecast_steps([*cards, now_open], now_open, at(50.2)))


def test_a_moment_before_the_start_is_refused() -> None:
    now_open = card(50.0, None, id="open", updates=((50.0, "investigating"),))
    with pytest.raises(ValueError, match=r"."):
        forecast_steps([now_open], now_open, at(49.0))
