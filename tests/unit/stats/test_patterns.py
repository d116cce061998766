"""Patterns are found where they are, not where clusters feign them, and a forecast without skill is hidden."""

from typing import Any

import numpy as np
import pytest

from almanac.model import Stretch
from almanac.stats import patterns
from almanac.stats.patterns import NextDay, hours_of_week, next_day
from almanac.stats.record import record
from almanac.stats.windows import DAY, WEEK, between
from bench import simulation
from tests.support.stats.cards import HOUR, card, provider
from tests.support.values import approx, some

MONDAY = 1_772_409_600  # 2026-03-02T00:00:00Z
YEAR = between(MONDAY, MONDAY + 52 * WEEK)
COVERED = (Stretch(YEAR.since, YEAR.until),)


def made(starts: Any, covered: Any = COVERED, now: Any = YEAR.until) -> Any:
    cards = [card(0, 1, id=str(i))._replace(started=int(s), ended=int(s) + HOUR) for i, s in enumerate(starts)]
    return record(provider(), cards, covered, now=now)


def starts_at(seed: int, count: int, hours: Any = range(24), days: Any = range(7)) -> Any:
    random = np.random.default_rng(seed)
    week, day, hour = (random.choice(list(some), count) for some in (range(52), days, hours))
    return np.sort(MONDAY + week * WEEK + day * DAY + hour * HOUR + random.integers(0, HOUR, count))


def test_starts_and_covered_hours_are_counted_by_hour_of_the_week() -> None:
    covered = (Stretch(MONDAY, MONDAY + 2 * WEEK + 30 * HOUR),)
    found = hours_of_week(made([MONDAY, MONDAY + HOUR + 59, MONDAY + WEEK + HOUR, MONDAY + 25 * HOUR], covered), YEAR)
    assert (found.n, sum(found.starts), found.starts[:2], found.starts[25]) == (4, 4, (1, 2), 1)
    assert (found.covered[:30], found.covered[30:]) == ((3.0,) * 30, (2.0,) * 138)
    assert (found.hours, found.days) == (None, None)


def test_office_hours_and_weekdays_are_found() -> None:
    found = hours_of_week(made(starts_at(1, 200, hours=range(8, 20), days=range(5))), YEAR)
    assert (some(found.hours).p, some(found.days).p) == (0.001, 0.001)
    expected = 200 / 24
    counts = np.array(found.starts).reshape(7, 24).sum(axis=0)
    assert some(found.hours).statistic == pytest.approx(((counts - expected) ** 2 / expected).sum())


def test_uniform_starts_are_rarely_called_patterned_even_in_clusters() -> None:
    random = np.random.default_rng(11)
    found = [hours_of_week(made(MONDAY + np.sort(simulation.incidents(random, 0.03)[0])), YEAR) for _ in range(60)]
    assert np.mean([some(f.hours).p <= 0.05 for f in found]) <= 0.13
    assert np.mean([some(f.days).p <= 0.05 for f in found]) <= 0.13


def test_too_few_starts_or_weeks_are_not_tested() -> None:
    assert hours_of_week(made(starts_at(1, 29)), YEAR).hours is None
    assert hours_of_week(made(starts_at(1, 30)), YEAR).hours is not None
    short = (Stretch(MONDAY, MONDAY + 11 * WEEK),)
    assert hours_of_week(made(starts_at(1, 300), short), YEAR).hours is None


def waves() -> Any:
    """Months full of trouble and quiet months in turn."""
    random = np.random.default_rng(5)
    days = [d for d in range(364) if random.random() < (0.9 if d // 28 % 2 else 0.05)]
    return made([MONDAY + d * DAY + HOUR for d in days])


def test_the_chance_of_the_next_day_is_shown_where_its_score_is_surely_better() -> None:
    found = next_day(waves())
    assert (found.skilled, found.n) == (True, 364 - patterns.WARM_UP)
    assert some(found.brier) < some(found.base_brier) - 0.05
    assert found.base == pytest.approx(0.45, abs=0.08)


def test_without_skill_it_is_hidden() -> None:
    random = np.random.default_rng(6)
    found = next_day(made([MONDAY + d * DAY for d in range(364) if random.random() < 0.3]))
    assert found.chance == pytest.approx(0.3, abs=0.15)
    assert not found.skilled


def test_without_a_past_there_is_no_chance() -> None:
    assert next_day(made([], (Stretch(MONDAY, MONDAY + 20 * DAY),), MONDAY + 20 * DAY)) == NextDay(
        None, 0.0, 0, None, None, False
    )


def test_a_forecast_uses_nothing_later_than_its_moment() -> None:
    starts = [int(c.started) for c in waves().cards]
    cut = MONDAY + 250 * DAY
    until = (Stretch(MONDAY, cut),)
    known = made([s for s in starts if s < cut], until, cut)
    longer = made(starts, COVERED, cut)
    assert next_day(known).chance == pytest.approx(next_day(longer).chance)
    features = patterns._features(longer, np.array([cut // DAY - 10]))
    assert features == pytest.approx(patterns._features(known, np.array([cut // DAY - 10])))


def test_past_chances_do_not_change_with_what_came_later() -> None:
    random = np.random.default_rng(2)
    features = patterns._padded(random.normal(size=(200, 2)))
    happened = (random.random(200) < 0.4).astype(float)
    later = np.concatenate((happened[:150], 1 - happened[150:]))
    (chances, rates, _), (same, equal, _) = (some(patterns._rolling(features, x)) for x in (happened, later))
    assert chances[:60] == pytest.approx(same[:60])
    day = patterns.WARM_UP + 5
    for baseline, days in ((rates, happened), (equal, later)):
        assert baseline[5] in (approx(days[day - 56 : day].mean()), approx(days[:day].mean()))
    assert chances[80:] != pytest.approx(same[80:])


def test_the_fitted_curve_is_the_maximum_of_the_penalised_likelihood() -> Any:
    optimize = pytest.importorskip("scipy.optimize")
    random = np.random.default_rng(9)
    features = random.normal(size=(300, 2))
    happened = (random.random(300) < 1 / (1 + np.exp(-(0.5 + features @ [1.0, -2.0])))).astype(float)

    def loss(x: Any) -> Any:
        score = x[0] + features @ x[1:]
        return np.sum(np.logaddexp(0, score) - happened * score) + patterns.RIDGE / 2 * (x[1:] ** 2).sum()

    table = patterns._padded(features)
    found = patterns._fit(table, patterns._products(table), happened, np.zeros(3))
    assert found == pytest.approx(optimize.minimize(loss, np.zeros(3)).x, abs=1e-3)
