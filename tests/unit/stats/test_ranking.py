"""The leaderboard ranks whom the record knows and tells why the others are not ranked."""

from typing import Any

import pytest

from almanac.stats.rank_intervals import Ranks
from almanac.stats.ranking import leaderboard, shown_first, trends
from almanac.stats.record import record
from almanac.stats.windows import between, everything, last, quarter
from tests.support.stats.cards import MIDNIGHT, at, card, provider, times

DAYS = 91
PERIOD = between(MIDNIGHT, at(24 * DAYS))
NOW = at(24 * DAYS)
WHOLE = (0, 24 * DAYS)


def steady(
    slug: str, length: float, *, since: int = 0, until: int = DAYS, phase: int = 0, written_by: str = "hand"
) -> Any:
    """Return a provider with an incident of about `length` hours every third day of its covered time."""
    cards = [
        card(24 * day + 1, 24 * day + 1 + length * (0.8 + (day + phase) % 5 / 10), id=f"{slug}{day}")
        for day in range(since, until, 3)
    ]
    return record(provider(slug=slug, written_by=written_by), cards, times((24 * since, 24 * until)), now=NOW)


def plain(slug: str, *cards: Any, covered: Any = WHOLE) -> Any:
    return record(provider(slug=slug), cards, times(covered), now=NOW)


def test_providers_stand_by_availability_with_ranks_and_groups() -> None:
    board = leaderboard([steady("bad", 9), steady("good", 1), steady("fair", 1.02, phase=2)], PERIOD)
    assert [(s.provider, s.rank) for s in board.standings] == [
        ("good", Ranks(1, 2)),
        ("fair", Ranks(1, 2)),
        ("bad", Ranks(3, 3)),
    ]
    assert (board.groups, board.unranked) == ((("good", "fair"), ("bad",)), ())
    assert [s.places for s in board.standings] == [(1, 1, 1, 1, 1, 1, 1), (2, 1, 1, 1, 2, 2, 2), (3, 1, 1, 1, 3, 3, 3)]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (plain("x", covered=(-48, -24)), "no data for the period"),
        (steady("x", 1, until=50), "data for only 54.9% of the period (60% needed)"),
        (plain("x", card(1, 2), card(5, 6)), "too few incidents: 2 (3 needed)"),
        (plain("x", card(24 * 20)), "no end times: anywhere from 22% to 100%"),
        (
            plain("x", *(card(h, h, id=str(h)) for h in (1, 30, 60)), card(90, 91), card(100, 101)),
            "no durations: 3 of 5 incidents end when they start",
        ),
    ],
)
def test_who_is_not_known_well_enough_is_not_ranked(entry: Any, why: str) -> None:
    board = leaderboard([steady("good", 1), entry], PERIOD)
    assert [s.provider for s in board.standings] == ["good"]
    assert [(u.provider, u.why) for u in board.unranked] == [("x", why)]


def test_who_has_one_incident_of_more_than_half_of_its_trouble_is_not_ranked() -> None:
    hours = [(24 * day, 24 * day + 1) for day in range(1, 80, 4)]
    board = leaderboard([steady("good", 1), plain("x", *(card(*each) for each in hours), card(1930, 1960))], PERIOD)
    assert [(u.provider, u.why) for u in board.unranked] == [
        ("x", "one incident is more than half of all incident time")
    ]


def test_a_missing_end_saves_nobody_from_standing_below_those_it_cannot_reach() -> None:
    bad = [card(24 * day, 24 * day + 16, "critical", id=f"b{day}") for day in range(DAYS)]
    board = leaderboard([steady("good", 1), steady("fair", 2), plain("x", *bad, card(24 * 5 + 20, id="open"))], PERIOD)
    (unranked,) = board.unranked
    assert unranked.why.startswith("no end times: anywhere from")
    assert (unranked.below, [s.rank.worst for s in board.standings]) == (("good", "fair"), [1, 2])
    assert {("good", "x"), ("fair", "x")} <= board.apart


def test_nobody_is_ranked_over_all_covered_time() -> None:
    records = [steady("good", 1), steady("bad", 9)]
    board = leaderboard(records, everything(records[0].covered))
    assert board.standings == ()
    assert {u.why for u in board.unranked} == {
        "no ranks over all covered time: providers were covered at different times"
    }


def test_a_short_period_ranks_nobody() -> None:
    board = leaderboard([steady("a", 1), steady("b", 2)], between(MIDNIGHT, at(24 * 27)))
    assert board.standings == ()
    assert {u.why for u in board.unranked} == {"data for only 27 days (28 needed)"}


def test_pages_of_probes_are_ranked_apart() -> None:
    records = [steady("hand", 1), steady("probe", 1, written_by="machine")]
    assert [s.provider for s in leaderboard(records, PERIOD).standings] == ["hand"]
    assert [s.provider for s in leaderboard(records, PERIOD, machine=True).standings] == ["probe"]


def test_shown_first_are_the_last_90_days_if_five_are_covered_else_the_newest_quarter_that_has_five() -> None:
    five = [steady(f"p{i}", 1) for i in range(5)]
    assert shown_first(five, NOW) == last(90, NOW)
    assert shown_first(five[:4], NOW) is None
    early = [steady(f"p{i}", 1, since=-59, until=31) for i in range(5)]
    assert shown_first(early, NOW) == quarter(2026, 1)
    assert shown_first([*five[:4], steady("p9", 1, written_by="machine")], NOW) is None


def test_the_trend_compares_with_the_period_before() -> Any:
    def shape(early: Any, late: Any) -> Any:
        cards = [card(24 * d + 1, 24 * d + 1 + (early if d < 42 else late) * (0.8 + d % 5 / 10)) for d in range(84)]
        return record(provider(), cards, times(WHOLE), now=NOW)

    second_half = between(at(24 * 42), at(24 * 84))
    unknown = [steady("new", 1, since=42), plain("quiet")]
    known = [shape(*hours) for hours in ((1, 4), (4, 1), (2, 2))]
    found = trends([unknown[0], *known, unknown[1]], second_half)
    assert [t.verdict for t in found] == ["unknown", "worse", "better", "same", "unknown"]
    assert found[1].earlier.n == 42
    assert [t.verdict for t in trends(unknown, second_half)] == ["unknown", "unknown"]
