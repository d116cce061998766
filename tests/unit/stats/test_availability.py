"""Availability equals a count second by second, under every formula, in the worst and in the best case."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.model import Component, Scope
from almanac.stats.availability import (
    BRIEF,
    DOMINATED,
    HEAVY_TAILED,
    Durations,
    Rate,
    Unknowns,
    availabilities,
    durations,
    intervals,
    measure,
    started,
)
from almanac.stats.days import Days
from almanac.stats.formulas import DECLARED, FORMULAS
from almanac.stats.intervals import Bounds, poisson
from almanac.stats.record import record
from almanac.stats.windows import DAY, between
from tests.support.stats.cards import HOUR, MIDNIGHT, at, card, provider, times
from tests.support.values import approx, some

SECONDS = 4 * DAY
PERIOD = between(at(24), at(72))
API = Component(slug="api", name="API")
WEIGHTS = {
    "all-equal": (0, 1, 1, 1, 1),
    "statuspage": (0, 0, 0, 0.3, 1),
    "incident-io": (0, 0, 0, 1, 1),
    "openstatus": (0, 0, 0, 0.5, 1),
    "aiwatch": (0, 0, 0.3, 1, 1),
    "graded": (0, 0, 0.25, 0.75, 1),
    "half-degraded": (0, 0, 0.5, 1, 1),
}
CLASSES = {"none": (1, 1), "minor": (2, 2), "major": (3, 3), "critical": (4, 4), "unknown": (2, 4)}

hours = st.integers(0, 96 * 60).map(lambda minutes: minutes / 60)
incidents = st.lists(
    st.builds(
        lambda start, length, impact, names: card(
            start, None if length is None else start + length, impact, components=names, id=f"{start}-{length}-{impact}"
        ),
        hours,
        st.one_of(st.none(), st.integers(0, 30)),
        st.sampled_from(sorted(CLASSES)),
        st.sampled_from([(), ("API",), ("Billing",)]),
    ),
    max_size=6,
)
coverages = st.lists(st.tuples(hours, hours), min_size=1, max_size=3).map(lambda pairs: times(*pairs)).filter(bool)


def second_by_second(cards: Any, covered: Any, period: Any, weights: Any, *, worst: Any, component: Any) -> Any:
    """Availability by looking at each second, with a few lines that share nothing with the code under test."""
    known = np.zeros(SECONDS, np.bool_)
    for since, until in covered:
        known[since - MIDNIGHT : until - MIDNIGHT] = True
    reach = covered[-1].until
    level = np.zeros(SECONDS, np.int64)
    counted = [one for one in cards if known[min(one.started - MIDNIGHT, SECONDS - 1)]]
    carried = [one for one in cards if one not in counted and one.ended and one.ended > one.started]
    lengths = [one.ended - one.started for one in counted if one.ended and one.ended > one.started]
    long = round(np.quantile(lengths, 0.9)) if len(lengths) >= 5 else DAY
    for one in counted + carried:
        if component and "API" not in one.components and not (worst and not one.components):
            continue
        end = one.ended if one.ended is not None else (reach if worst else one.started)
        if worst and one.ended == one.started:  # of unknown length
            end = min(one.started + long, reach)
        span = slice(one.started - MIDNIGHT, max(end - MIDNIGHT, 0))
        level[span] = np.maximum(level[span], CLASSES[one.impact][1 if worst else 0])
    known[: period.since - MIDNIGHT] = known[period.until - MIDNIGHT :] = False
    return 1 - np.array(weights)[level[known]].sum() / known.sum() if known.any() else None


@given(incidents, coverages, st.booleans())
@settings(max_examples=80, deadline=None)
def test_availability_is_the_share_of_covered_seconds_without_weighed_trouble(
    cards: Any, covered: Any, component: Any
) -> None:
    made = record(provider(API), cards, covered, now=at(96))
    subject = next(s for s in made.days if s.slug == ("api" if component else ""))
    found = measure(made, PERIOD, subject).formulas
    expected = [
        [second_by_second(cards, covered, PERIOD, w, worst=worst, component=component) for worst in (True, False)]
        for w in WEIGHTS.values()
    ]
    assert [f.slug for f in FORMULAS] == list(WEIGHTS)
    if expected[0][0] is None:
        assert found == ()
    else:
        assert np.array(found) == pytest.approx(np.array(expected))


def test_an_hour_of_two_overlapping_incidents_counts_once_with_the_worse_weight() -> None:
    cards = (card(24, 28, "minor"), card(26, 30, "critical"), card(27, 29, "major"))
    made = record(provider(), cards, times((0, 96)), now=at(96))
    found = dict(zip(WEIGHTS, measure(made, PERIOD).formulas, strict=True))
    assert found["all-equal"] == pytest.approx(Bounds(42 / 48, 42 / 48))
    assert found["graded"] == pytest.approx(Bounds(1 - 4.5 / 48, 1 - 4.5 / 48))
    assert found["statuspage"] == pytest.approx(Bounds(44 / 48, 44 / 48))


def test_all_numbers_of_a_small_period() -> None:
    cards = (
        card(23, 25),  # began the day before: its hour counts, its start does not
        card(30, 31, "major"),
        card(40, 40, posted_late=True),
        card(50, None, "unknown", updates=((51, "investigating"),)),
        card(60, 61, kind="maintenance"),
        card(73, 74),
    )
    made = record(provider(), cards, times((0, 60)), now=at(96))
    found = measure(made, PERIOD)
    covered, months = 36 * HOUR, 36 / 24 / 30
    limits = poisson(3)
    assert (found.covered, found.elapsed, found.coverage, found.n) == (covered, 48 * HOUR, 0.75, 3)
    assert found.availability == pytest.approx(Bounds(1 - 22 / 36, 1 - 3 / 36))
    assert found.rate == Rate(3, 3 / months, Bounds(limits.low / months, limits.high / months))
    assert found.durations == Durations(1, None, None, 3600)
    assert found.unknowns == Unknowns(posted_late=1, zero_length=1, unended=1, severity=1, scope=0)
    assert [c.started for c in started(made, PERIOD)] == [at(30), at(40), at(50)]


def test_what_began_before_the_coverage_counts_with_its_covered_time_and_in_no_number() -> None:
    """Critical for all but the last hours of the record, and begun an hour before it: no 100 %."""
    made = record(provider(), (card(-1, 60, "critical"), card(-9), card(70, 71)), times((0, 96)), now=at(96))
    found = measure(made, PERIOD)
    assert (found.availability, found.n, found.durations.n) == (approx(Bounds(1 - 37 / 48, 1 - 37 / 48)), 1, 1)
    assert [c.started for c in started(made, PERIOD)] == [at(70)]
    assert made.selection.reasons == (("started while we had no data", 2),)


def test_an_incident_without_a_length_makes_a_range_up_to_a_long_one() -> None:
    known = [card(hour, hour + 1 + number / 10, id=f"k{number}") for number, hour in enumerate(range(0, 22, 2))]
    typed_in = card(30, 30, "critical", id="late")
    found = measure(record(provider(), (*known, typed_in), times((0, 96)), now=at(96)), PERIOD)
    assert found.availability == approx(Bounds(1 - 1.9 / 48, 1.0))
    assert (found.unknowns.zero_length, found.unknowns.intervals, found.unknowns.unended) == (1, 0, 0)


def test_an_unended_incident_from_before_is_still_said_to_have_no_end() -> None:
    made = record(provider(), (card(2),), times((0, 96)), now=at(96))
    found = measure(made, PERIOD)
    assert (found.n, found.unknowns.unended, found.availability) == (0, 1, Bounds(0.0, 1.0))


def test_what_may_not_concern_ai_makes_a_range_and_is_not_counted() -> None:
    page = provider(scope=Scope(components=("Copilot",), words=("Copilot",)))
    made = record(page, (card(24, 36), card(48, 54, components=("Copilot",))), times((0, 96)), now=at(96))
    found = measure(made, PERIOD)
    assert (found.n, found.unknowns.scope, found.availability) == (1, 1, Bounds(1 - 18 / 48, 1 - 6 / 48))


def test_without_covered_time_there_is_no_number() -> None:
    found = measure(record(provider(), (card(30, 31),), times((0, 12)), now=at(96)), PERIOD)
    assert (found.availability, found.interval, found.formulas, found.rate, found.n) == (None, None, (), None, 0)
    assert found.durations == Durations(0, None, None, None)


def test_a_quiet_period_has_no_interval_but_an_upper_bound_on_its_rate() -> None:
    found = measure(record(provider(), (), times((0, 96)), now=at(96)), PERIOD)
    assert (found.availability, found.interval) == (Bounds(1.0, 1.0), None)
    assert some(found.rate).interval == pytest.approx(Bounds(0, -np.log(0.05) * 15))


def interval(days: Any, *spells: Any, widening: float = 1.0) -> Any:
    """The interval of days with a spell on each bad one, or with these `spells` (hours)."""
    lengths = np.array([hours * HOUR for hours in spells] or days.most.sum(axis=1), np.int64)
    return intervals([days], [(lengths[lengths > 0],) * 2], widening)[0]


def weeks_of(*hours_in_trouble: Any) -> Any:
    """Days in which each week's first day holds so many hours of minor trouble."""
    table = np.zeros((7 * len(hours_in_trouble), 4), np.int64)
    table[::7, 1] = np.array(hours_in_trouble) * HOUR
    return Days(first=0, covered=np.full(len(table), DAY), least=table, most=table)


def test_an_interval_holds_the_estimate_narrows_with_time_and_widens_with_a_bad_week() -> None:
    steady, longer, bad = weeks_of(*[1, 3] * 6), weeks_of(*[1, 3] * 24), weeks_of(*[1] * 11, 9)
    estimates = [availabilities(days)[0].low for days in (steady, longer, bad)]
    found = [interval(days) for days in (steady, longer, bad)]
    assert all(low < estimate < high for (low, high), estimate in zip(found, estimates, strict=True))
    widths = [high - low for low, high in found]
    assert widths[1] < widths[0] < widths[2]


def test_a_long_incident_makes_an_interval_wider_than_its_weeks_do() -> None:
    alike = weeks_of(*[20] * 13)
    by_week, by_spell = interval(alike), interval(alike, *[20 * 13 / 3] * 3)
    assert by_spell.low < by_week.low < 1 - 20 / 168 < by_week.high < by_spell.high


def test_only_the_side_of_more_trouble_is_widened() -> None:
    days = weeks_of(*[1, 3] * 6)
    estimate = 1 - np.sqrt(2 / 168) ** 2
    plain, wide = interval(days), interval(days, widening=2.0)
    assert wide.high == plain.high
    assert np.sqrt(1 - wide.low) - np.sqrt(1 - estimate) == approx(2 * (np.sqrt(1 - plain.low) - np.sqrt(1 - estimate)))


def test_there_is_no_interval_where_one_incident_decides_or_lengths_differ_too_much() -> None:
    days = weeks_of(*[20] * 13)
    assert interval(days, 131, 60, 69) == DOMINATED
    assert isinstance(interval(days, 130, 60, 70), Bounds)
    assert interval(days, widening=math.inf) == HEAVY_TAILED


def test_under_four_weeks_with_data_there_is_no_interval() -> None:
    assert interval(weeks_of(1, 2, 3)) == BRIEF
    assert isinstance(interval(weeks_of(1, 2, 3, 4)), Bounds)
    longer = weeks_of(100, 2, 3, 0, 0)
    longer.covered[21:] = 0
    assert interval(longer, 100, 2, 3) == BRIEF  # though one incident is most of it: too little is known for that, too


def test_what_has_no_end_is_of_no_period_without_data() -> None:
    made = record(provider(), (card(24, None, "minor"),), times((0, 48), (90, 96)), now=at(96))
    days = [between(at(since), at(since + 24)) for since in (24, 48, 72)]
    assert [measure(made, day).unknowns.unended for day in days] == [1, 0, 1]


def test_the_interval_agrees_with_the_normal_one_where_there_are_many_alike_weeks() -> None:
    random = np.random.default_rng(7)
    hours_in_trouble = random.integers(5, 20, 400)
    share = hours_in_trouble.mean() / 168
    error = hours_in_trouble.std(ddof=1) / 168 / np.sqrt(400)
    spells = [0.25] * int(4 * hours_in_trouble.sum())  # so short that weeks vary more than they do
    assert interval(weeks_of(*hours_in_trouble), *spells) == pytest.approx(
        Bounds(1 - share - 1.645 * error, 1 - share + 1.645 * error), abs=error / 5
    )


@given(st.lists(st.integers(-1, 10_000), max_size=30))
def test_durations_leave_out_unknown_lengths(lengths: Any) -> None:
    known = [x for x in lengths if x > 0]
    expected = Durations(0, None, None, None)
    if known:
        median, p90 = (
            approx(np.quantile(known, share)) if len(known) >= least else None for share, least in ((0.5, 5), (0.9, 20))
        )
        expected = Durations(len(known), median, p90, max(known))
    assert durations(np.array(lengths, np.int64)) == expected


def test_the_sites_own_number_weighs_all_declared_trouble_alike() -> None:
    assert FORMULAS[0] is DECLARED
    assert {f.slug: (0, *f.weights) for f in FORMULAS} == WEIGHTS
