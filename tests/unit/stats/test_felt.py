"""Hours by severity, working hours and budgets are what counting second by second gives."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from almanac.model import moment, seconds
from almanac.stats.availability import measure
from almanac.stats.felt import budgets, hours_by_severity, nines, working_hours, working_time
from almanac.stats.intervals import Bounds
from almanac.stats.record import Record, record
from almanac.stats.selection import Severity
from almanac.stats.windows import DAY, between, total
from tests.support.stats.cards import HOUR, MIDNIGHT, at, card, provider, times

PERIOD = between(MIDNIGHT, MIDNIGHT + 28 * DAY)
BERLIN = "Europe/Berlin"


def made(*cards: object, until: float = 28 * 24) -> Record:
    return record(provider(), cards, times((0, until)), now=at(28 * 24))  # type: ignore[arg-type]


def test_an_hour_counts_for_its_class_and_every_milder_one() -> None:
    found = hours_by_severity(made(card(10, 12, "none"), card(30, 34, "minor"), card(31, 32, "critical")), PERIOD)
    scale = 30 / 28
    assert [(line.severity, line.n, round(line.hours.low / scale, 6)) for line in found] == [
        (Severity.FULL, 1, 1.0),
        (Severity.PARTIAL, 1, 1.0),
        (Severity.DEGRADED, 2, 4.0),
        (Severity.NONE, 3, 6.0),
    ]
    assert all(line.hours.low == line.hours.high for line in found)


def test_an_unknown_severity_is_a_range_of_hours() -> None:
    found = {line.severity: line.hours for line in hours_by_severity(made(card(10, 12, "unknown")), PERIOD)}
    assert found[Severity.FULL] == pytest.approx(Bounds(0, 2 * 30 / 28))
    assert found[Severity.DEGRADED] == pytest.approx(Bounds(2 * 30 / 28, 2 * 30 / 28))


@pytest.mark.parametrize("zone", ["America/Los_Angeles", BERLIN, "Asia/Kolkata"])
def test_working_hours_are_nine_to_five_on_weekdays_where_people_live(zone: str) -> None:
    open_seconds = 0
    for at_ in range(PERIOD.since, PERIOD.until, 900):
        local = moment(at_).astimezone(ZoneInfo(zone))
        open_seconds += 900 * (local.weekday() < 5 and 9 <= local.hour < 17)
    assert total(working_time(PERIOD, zone)) == open_seconds


def test_weeks_of_working_hours_begin_with_the_first_covered_day() -> None:
    cards = [card(24 * day + 10, 24 * day + 11 + day % 5) for day in range(4, 60, 3)]
    late = record(provider(), cards, times((24 * 3, 24 * 60)), now=at(24 * 60))
    longer, own = (working_hours(late, between(at(24 * first), at(24 * 60)), (BERLIN,)) for first in (-11, 3))
    assert longer == own
    assert own[0].interval is not None


def test_the_change_to_summer_time_moves_the_working_day() -> None:
    starts = {
        moment(since).hour
        for since, _ in working_time(
            between(seconds(datetime(2026, 3, 25, tzinfo=UTC)), seconds(datetime(2026, 4, 2, tzinfo=UTC))), BERLIN
        )
    }
    assert starts == {8, 7}


def test_the_share_of_working_hours_is_counted_within_them() -> None:
    # 2 March 2026 is a Monday; in Berlin work lasts from 8 to 16 UTC. Two hours of the first lie within, none of the second.
    (found,) = working_hours(made(card(24 + 6, 24 + 10), card(24 + 20, 24 + 22)), PERIOD, (BERLIN,))
    hours = total(working_time(PERIOD, BERLIN)) / HOUR
    assert (found.covered / HOUR, found.n) == (hours, 0)
    assert found.share == pytest.approx(Bounds(1 - 2 / hours, 1 - 2 / hours))


def test_what_is_not_covered_is_in_no_working_hour() -> None:
    (nothing,) = working_hours(made(card(3, 4), until=24), PERIOD, (BERLIN,))  # 1 March is a Sunday
    assert (nothing.covered, nothing.share, nothing.interval) == (0, None, None)


def test_a_budget_is_spent_by_the_share_in_trouble() -> None:
    figures = measure(made(card(10, 10 + 28 * 24 * 0.02)), PERIOD)
    spent = {line.target: line for line in budgets(figures)}
    assert spent[0.99].allowed == pytest.approx(7.2)
    assert spent[0.99].spent == pytest.approx(Bounds(2, 2))
    assert spent[0.999].spent == pytest.approx(Bounds(20, 20))
    assert spent[0.99].interval is None  # one incident is all of it


def test_nines_count_what_is_missing_to_all() -> None:
    assert nines(Bounds(0.9, 0.999)) == pytest.approx(Bounds(1, 3))
    assert nines(Bounds(0.99, 1.0)) == pytest.approx(Bounds(2, float("inf")))


def test_intervals_turn_round_where_time_with_incidents_is_shown() -> None:
    random = np.random.default_rng(5)
    starts = np.sort(random.integers(0, 27 * 24, 60))
    whole = made(*(card(float(start), float(start) + 0.5, id=f"i{n}") for n, start in enumerate(starts)))
    figures = measure(whole, PERIOD)
    anything = hours_by_severity(whole, PERIOD)[-1]
    assert figures.interval is not None
    assert anything.interval == pytest.approx(
        Bounds((1 - figures.interval.high) * 720, (1 - figures.interval.low) * 720)
    )
    assert budgets(figures)[0].interval == pytest.approx(
        Bounds((1 - figures.interval.high) / 0.01, (1 - figures.interval.low) / 0.01)
    )
