"""Forecasts that were shown: kept as lines, due ever more seldom, and scored when the incident is over."""

from typing import Any

import pytest

from almanac.stats.backtest import pinball
from almanac.stats.issued import ForecastScore, Issued, is_due, issue, parse, render, score
from almanac.stats.past import past
from almanac.stats.recovery import forecast
from tests.support.forecasts import issued
from tests.support.stats.cards import MIDNIGHT, at, card
from tests.support.stats.worlds import DAY, incident, world

SHOWN = issued("x1", at(0), 60, provider="acme", quantiles=(5.5, 20.0, 40.0, 80.0, 160.0))
LINE = (
    '{"at": "2026-03-01T01:00:00Z", "incident": "x1", "phase": "identified", "elapsed": 60.0, '
    '"quantiles": {"0.1": 5.5, "0.25": 20.0, "0.5": 40.0, "0.75": 80.0, "0.9": 160.0}, '
    '"chances": {"30": 0.4, "60": 0.65, "120": 0.85, "240": 0.95, "720": 0.99}, '
    '"n": 30, "others": 5, "effective": 20.5, "borrowed": 0.3}'
)


def test_a_forecast_is_one_line_of_json_and_back() -> None:
    assert render(SHOWN) == LINE
    assert parse(LINE, "acme") == SHOWN


def test_the_forecast_of_an_open_incident_is_issued_with_its_phase() -> None:
    now = MIDNIGHT + 300 * DAY
    open_one = incident("acme", "x1", now - 1200, None, (now - 1200, "identified"))._replace(phase="identified")
    known = past(world(2, n=150))
    made = forecast(known, open_one, now)
    assert made is not None
    assert issue(known, open_one, now) == Issued(provider="acme", incident="x1", phase="identified", forecast=made)


def test_what_is_refused_is_not_issued() -> None:
    assert issue(past([]), card(0), at(1)) is None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{",
        '{"at": "2026-03-01T01:00:00Z"}',
        LINE.replace("5.5", '"x"'),
        "null",
        LINE.replace("5.5", "NaN"),
        LINE.replace("5.5", "-5.5"),
        LINE.replace("40.0, ", "10.0, "),
        LINE.replace("160.0", "Infinity"),
        LINE.replace("160.0", "1" + "0" * 400),
        LINE.replace("2026-", "9999-").replace("160.0", "1e7"),
        LINE.replace('"n": 30', '"n": Infinity'),
        LINE.replace('"x1"', '["x1"]'),
        LINE.replace('"identified"', "1"),
    ],
)
def test_a_line_that_is_no_forecast_is_an_error_that_shows_it(line: str) -> None:
    with pytest.raises(ValueError, match="not a forecast"):
        parse(line, "acme")


def test_what_became_of_it() -> None:
    over = card(0, 1.5, id="x1")
    assert score(SHOWN, over) == ForecastScore(
        30.0, pinball(SHOWN.forecast.quantiles, 30), within_50=True, within_80=True
    )
    assert score(SHOWN, card(0, 70 / 60, id="x1")) == ForecastScore(
        10.0, pinball(SHOWN.forecast.quantiles, 10), within_50=False, within_80=True
    )
    assert score(SHOWN, card(0, 3, id="x1")) == ForecastScore(
        120.0, pinball(SHOWN.forecast.quantiles, 120), within_50=False, within_80=True
    )
    assert score(SHOWN, card(0, 9, id="x1")) == ForecastScore(
        480.0, pinball(SHOWN.forecast.quantiles, 480), within_50=False, within_80=False
    )


def test_while_it_is_open_nothing_has_become_of_it() -> None:
    assert score(SHOWN, card(0, id="x1")) is None


def test_an_incident_that_was_over_when_it_was_forecast_had_nothing_left() -> None:
    assert score(SHOWN, card(0, 0.5, id="x1")) == ForecastScore(0.0, pinball(SHOWN.forecast.quantiles, 0), False, False)


@pytest.mark.parametrize("other", [card(0, 2, id="x2"), card(0, 2, id="x1", provider="bolt")])
def test_another_incident_is_no_outcome(other: Any) -> None:
    with pytest.raises(ValueError, match="not what the forecast speaks of"):
        score(SHOWN, other)


def test_the_first_forecast_is_due_at_once() -> None:
    assert is_due([], card(0, id="x1"), at(0))
    assert is_due([SHOWN], card(0, id="x2", phase="identified"), at(1))


def test_another_is_due_on_a_new_phase_or_when_the_incident_has_aged_by_half() -> None:
    same, moved_on = (card(0, id="x1", phase=phase) for phase in ("identified", "monitoring"))
    assert is_due([SHOWN], moved_on, at(1.01))
    assert not is_due([SHOWN], same, at(1.49))
    assert is_due([SHOWN], same, at(1.5))
    assert not is_due([parse(LINE.replace("T01:00", "T00:00"), "acme"), SHOWN], same, at(1.49))


def test_two_forecasts_of_one_phase_stand_a_quarter_of_an_hour_apart() -> None:
    young = parse(LINE.replace('"elapsed": 60.0', '"elapsed": 0.0'), "acme")
    same = card(1, id="x1", phase="identified")
    assert not is_due([young], same, at(1.24))
    assert is_due([young], same, at(1.25))
