"""Sets of time obey the laws of sets, second by second, and periods are the calendar's."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.model import Pulls, Span, Stretch, moment, seconds
from almanac.stats import windows
from almanac.stats.windows import DAY, Period

INSTANTS = range(40)
stretches = st.lists(st.builds(Stretch, st.integers(0, 39), st.integers(0, 39)), max_size=8)


def instants(times: Any) -> Any:
    """Return the set as its members, one by one."""
    return {t for since, until in times for t in range(since, until)}


def utc(*date: int) -> Any:
    year, month, day, *clock = date
    hour, minute = (*clock, 0, 0)[:2]
    return seconds(datetime(year, month, day, hour, minute, tzinfo=UTC))


@given(stretches)
def test_a_union_holds_the_instants_of_its_stretches_and_is_sorted_and_disjoint(some: Any) -> None:
    merged = windows.union(some)
    assert instants(merged) == instants(some)
    assert all(before.until < after.since for before, after in pairwise(merged))
    assert windows.total(merged) == len(instants(some))
    assert [windows.holds(merged, t) for t in INSTANTS] == [t in instants(some) for t in INSTANTS]


@given(stretches, stretches)
def test_an_intersection_holds_what_both_hold(first: Any, second: Any) -> None:
    common = windows.intersection(windows.union(first), windows.union(second))
    assert instants(common) == instants(first) & instants(second)
    assert windows.union(common) == common


@given(stretches, st.integers(0, 39), st.integers(0, 39))
def test_a_clip_holds_what_lies_in_its_window(some: Any, since: Any, until: Any) -> None:
    assert instants(windows.clip(windows.union(some), since, until)) == instants(some) & set(range(since, until))


def test_coverage_merges_the_spans_of_all_data_sets_and_stops_now() -> Any:
    def span(first: Any, final: Any, dataset: Any = "") -> Any:
        since, until = datetime(2026, 3, first, tzinfo=UTC), datetime(2026, 3, final, tzinfo=UTC)
        return Span(since=since, until=until, dataset=dataset)

    pulls = Pulls(provider="acme", coverage=(span(1, 4, "import"), span(3, 6), span(8, 20), span(25, 26)))
    expected = (Stretch(utc(2026, 3, 1), utc(2026, 3, 6)), Stretch(utc(2026, 3, 8), utc(2026, 3, 10)))
    assert windows.coverage(pulls, utc(2026, 3, 10)) == expected


def test_a_span_of_some_products_covers_the_whole_only_if_its_core_is_among_them() -> None:
    def span(first: int, final: int, *products: str) -> Span:
        since, until = datetime(2026, 3, first, tzinfo=UTC), datetime(2026, 3, final, tzinfo=UTC)
        return Span(since=since, until=until, dataset="import", products=products)

    spans = (span(1, 2), span(3, 5, "Chat", "Code"), span(4, 6, "API"))
    pulls, now = Pulls(provider="acme", coverage=spans, core=("Chat",)), utc(2026, 3, 10)
    days = {n: Stretch(utc(2026, 3, n), utc(2026, 3, n + 1)) for n in range(1, 6)}
    chat, api = Stretch(days[3].since, days[4].until), Stretch(days[4].since, days[5].until)
    assert windows.coverage(pulls, now) == (days[1], chat)
    assert windows.coverage(replace(pulls, core=()), now) == (days[1],)
    assert windows.coverage_by_product(pulls, now) == {
        "": (days[1],),
        "API": (days[1], api),
        "Chat": (days[1], chat),
        "Code": (days[1], chat),
    }
    assert windows.coverage(windows.of_product(pulls, "API"), now) == (days[1], api)
    assert windows.coverage_by_product(Pulls(provider="acme", coverage=spans[:1]), now) == {}


def test_the_last_days_end_with_today() -> None:
    now = utc(2026, 3, 10, 15)
    assert windows.last(30, now) == Period("30-days", "last 30 days", utc(2026, 2, 9), utc(2026, 3, 11))


@pytest.mark.parametrize(
    ("period", "since", "until", "days"),
    [
        (windows.quarter(2026, 1), utc(2026, 1, 1), utc(2026, 4, 1), 90),
        (windows.quarter(2025, 4), utc(2025, 10, 1), utc(2026, 1, 1), 92),
        (windows.year(2024), utc(2024, 1, 1), utc(2025, 1, 1), 366),
        (windows.between(utc(2026, 5, 8, 7), utc(2026, 6, 25)), utc(2026, 5, 8), utc(2026, 6, 25), 48),
    ],
)
def test_calendar_periods(period: Any, since: Any, until: Any, days: Any) -> None:
    assert (period.since, period.until, period.days) == (since, until, days)


@pytest.mark.parametrize(
    ("period", "earlier"),
    [
        (windows.quarter(2026, 1), windows.quarter(2025, 4)),
        (windows.quarter(2026, 3), windows.quarter(2026, 2)),
        (windows.year(2026), windows.year(2025)),
        (windows.last(30, utc(2026, 3, 10)), windows.between(utc(2026, 1, 10), utc(2026, 2, 9))),
    ],
)
def test_the_period_before(period: Any, earlier: Any) -> None:
    assert windows.before(period) == earlier


def test_every_period_that_touches_covered_time_is_published_newest_first() -> None:
    covered = (Stretch(utc(2024, 11, 20), utc(2025, 2, 1)), Stretch(utc(2026, 1, 5), utc(2026, 3, 10)))
    slugs = [p.slug for p in windows.periods(covered, utc(2026, 3, 10))]
    assert slugs == ["30-days", "90-days", "365-days", "2026-q1", "2025-q1", "2024-q4", "2026", "2025", "2024", "all"]
    assert windows.periods((), utc(2026, 3, 10)) == ()


def test_all_covered_time_is_a_period_of_whole_days() -> None:
    covered = (Stretch(utc(2026, 1, 5, 3), utc(2026, 1, 6, 9)), Stretch(utc(2026, 2, 1), utc(2026, 2, 2)))
    assert windows.everything(covered) == Period("all", "all covered time", utc(2026, 1, 5), utc(2026, 2, 2))
    with pytest.raises(ValueError, match="nothing is covered"):
        windows.everything(())


def test_people_name_periods_as_they_like() -> None:
    covered, now = (Stretch(utc(2025, 1, 1), utc(2026, 8, 1)),), utc(2026, 8, 1)
    assert windows.period_by_slug("2026-Q2", covered, now) == windows.quarter(2026, 2)
    assert windows.period_by_slug("90-days", covered, now) == windows.last(90, now)
    assert windows.period_by_slug("2026-05-08..2026-06-24", covered, now).days == 48
    assert moment(windows.period_by_slug("2026-05-08..2026-06-24", covered, now).until) == datetime(
        2026, 6, 25, tzinfo=UTC
    )
    with pytest.raises(ValueError, match="write 90-days"):
        windows.period_by_slug("lately", covered, now)


def test_a_day_is_a_day() -> None:
    assert (windows.midnight(utc(2026, 3, 10, 15)), DAY) == (utc(2026, 3, 10), 86_400)
