"""Lengths, dates, counts and shares as the site prints them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.text import english

NOON = datetime(2026, 3, 2, 11, 49, 20, tzinfo=UTC)


def plain(text: str) -> str:
    """Return the same with ordinary blanks, as tests are written."""
    return text.replace(english.GAP, " ")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 min"),
        (1, "under 1 min"),
        (59, "under 1 min"),
        (60, "1 min"),
        (89, "1 min"),
        (90, "2 min"),
        (3599, "1 h"),
        (3600, "1 h"),
        (3660, "1 h 01 min"),
        (14269, "3 h 58 min"),  # 3 h 57 min 49 s
        (86399, "1 d"),
        (86400, "1 d"),
        (97200, "1 d 3 h"),
        (10 * 86400 - 1800, "10 days"),
        (10 * 86400, "10 days"),
        (18 * 86400 + 43200, "19 days"),
        (109 * 86400, "109 days"),
    ],
)
def test_a_length_is_said_to_the_minute_then_to_the_hour_then_to_the_day(seconds: int, said: str) -> None:
    assert plain(english.duration(seconds)) == said


@given(st.integers(min_value=30, max_value=10**8))
def test_a_length_never_differs_from_what_is_said_by_more_than_half_its_last_unit(seconds: int) -> None:
    units = {"min": 60, "h": 3600, "d": 86400, "days": 86400}
    parts = plain(english.duration(seconds)).removeprefix("under ").split()
    said = sum(int(number) * units[unit] for number, unit in zip(parts[::2], parts[1::2], strict=True))
    last = 60 if seconds < 86370 else 3600 if seconds < 10 * 86400 - 1800 else 86400
    assert abs(said - seconds) <= last / 2


@given(st.integers(min_value=0, max_value=10**8))
def test_no_length_can_be_broken_at_the_end_of_a_line(seconds: int) -> None:
    assert " " not in english.duration(seconds).removeprefix("under ")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 min"),
        (59, "0 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86399, "23 h"),
        (86400, "1 day"),
        (23 * 86400 + 5, "23 days"),
        (1489 * 86400, "1,489 days"),
    ],
)
def test_an_age_has_one_unit_and_is_not_rounded_up(seconds: int, said: str) -> None:
    assert plain(english.age(seconds)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 h"), (100, "< 0.1 h"), (1440, "0.4 h"), (35820, "10 h"), (374400, "104 h"), (36_000_000, "10,000 h")],
)
def test_sums_of_time_are_in_hours(seconds: int, said: str) -> None:
    assert plain(english.hours(seconds)) == said


def test_moments_in_their_forms() -> None:
    assert [
        plain(form(NOON))
        for form in (
            english.clock,
            english.clock_seconds,
            english.date,
            english.day_month,
            english.short_date,
            english.moment,
        )
    ] == [
        "11:49",
        "11:49:20",
        "2 March 2026",
        "2 March",
        "2 Mar",
        "2 March 2026, 11:49 UTC",
    ]


def test_every_month_has_its_name() -> None:
    assert [english.month(2026, number) for number in (1, 12)] == ["January 2026", "December 2026"]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (NOON + timedelta(hours=2), "11:49 UTC"),
        (NOON + timedelta(days=1), "2 March, 11:49 UTC"),
        (NOON + timedelta(days=365), "2 March 2026, 11:49 UTC"),
    ],
)
def test_a_moment_is_said_as_its_reader_needs_it(now: datetime, said: str) -> None:
    assert plain(english.near(NOON, now)) == said


def test_a_period_names_its_year_once_if_it_is_one() -> None:
    later = NOON + timedelta(days=29)
    assert plain(english.period(NOON, later)) == "2 March to 31 March 2026"
    assert plain(english.period(NOON - timedelta(days=90), NOON)) == "2 December 2025 to 2 March 2026"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "100%"),
        (0.0, "0%"),
        (0.99951, ">99.9%"),
        (0.9994, "99.9%"),
        (0.835, "83.5%"),
        (0.0004, "<0.1%"),
        (0.0006, "0.1%"),
    ],
)
def test_only_what_is_whole_looks_whole(share: float, said: str) -> None:
    assert plain(english.percent(share)) == said


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_no_share_between_nothing_and_all_is_printed_as_either(share: float) -> None:
    assert plain(english.percent(share)) not in ("0.0%", "100.0%", "0%", "100%") or share * 100 in (0, 100)


def test_a_share_without_decimals() -> None:
    assert [plain(english.percent(share, 0)) for share in (0.61, 0.999, 1.0)] == ["61%", ">99%", "100%"]


def test_a_range_of_shares_is_one_number_where_both_print_the_same() -> None:
    assert plain(english.percents(0.956, 0.9861)) == "95.6% to 98.6%"
    assert plain(english.percents(0.8351, 0.8352)) == "83.5%"
    assert plain(english.percents(0.999, 1.0)) == "99.9% to 100%"
    assert plain(english.percents(0.0, 0.9999)) == "0% to >99.9%"
    assert plain(english.percents(0.0001, 0.5)) == "<0.1% to 50.0%"


def test_an_interval_of_a_share_never_looks_like_a_range_of_the_data() -> None:
    assert plain(english.percent_interval(0.956, 0.9861)) == "95.6–98.6%"
    assert plain(english.percent_interval(0.8351, 0.8352)) == "83.5%"
    assert plain(english.percent_interval(0.0001, 0.5)) == "<0.1% to 50.0%"
    assert english.interval("3.1", "4.5", " h") == "3.1–4.5 h"
    assert english.span("3.1", "4.5", " h") == "3.1 to 4.5 h"


def test_counts_and_plurals() -> None:
    assert [english.count(3278), english.count(7)] == ["3,278", "7"]
    said = [english.plural(1, "incident"), english.plural(0, "incident"), english.plural(2, "end is", "ends are")]
    assert [plain(text) for text in said] == ["1 incident", "0 incidents", "2 ends are"]


def test_small_numbers_are_words_in_a_sentence() -> None:
    assert [english.spelled(number) for number in (0, 1, 12, 13, 1300)] == ["no", "one", "twelve", "13", "1,300"]
    assert [english.sentence(text) for text in ("no end", "claude.ai", "")] == ["No end", "Claude.ai", ""]


def test_lists_end_with_and() -> None:
    said = [english.listing(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])]
    assert said == ["", "a", "a and b", "a, b and c"]


def test_long_lists_count_what_they_leave_out() -> None:
    assert english.listing(["a", "b", "c", "d"], 2) == "a, b and 2 others"
    assert english.listing(["a", "b", "c"], 2) == "a, b and 1 other"
    assert english.listing(["a", "b"], 2) == "a and b"
