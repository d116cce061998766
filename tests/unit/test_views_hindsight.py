"""What was, or would have been, forecast beside what happened: on an incident's page and in the steps of its replay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from almanac import views
from almanac.model import Incident, Kind, seconds
from almanac.snapshot import Snapshot
from almanac.stats.hindcast import Hindcast, pack
from almanac.stats.issued import Issued
from almanac.views.hindsight import Fan
from tests.support.almanacs import almanac, at, carded, incident
from tests.support.forecasts import issued

FOUND = incident("a", "02 11:00", "02 13:00")  # with a post at 12:00
WIDE = (10.0, 20.0, 60.0, 130.0, 800.0)
NARROW = (5.0, 10.0, 20.0, 40.0, 90.0)
SHOWN = "Shown at the time"
AGAIN = "Computed afterwards, from incidents that had ended by then"


def computed(clock: str, quantiles: tuple[float, ...] = WIDE, borrowed: float = 0.0) -> Hindcast:
    return Hindcast(seconds(at(f"02 {clock}")), quantiles, 243, 12, borrowed)


def shown(clock: str, quantiles: tuple[float, ...] = NARROW) -> Issued:
    return issued("a", seconds(at(f"02 {clock}")), 0, quantiles=quantiles)


def known(found: Incident, again: Iterable[Hindcast] = (), lines: Iterable[Issued] = ()) -> Snapshot:
    hindcasts = tuple(again)
    return replace(
        almanac([found]),
        hindcasts={("anthropic", "a"): pack(carded(found), hindcasts)} if hindcasts else {},
        issued={"anthropic": tuple(lines)},
    )


def fan_of(found: Incident, again: Iterable[Hindcast] = (), lines: Iterable[Issued] = ()) -> Fan | None:
    card = carded(found)
    return views.incident(views.Surroundings(known(found, again, lines)).of(card), found, card).fan


def drawn(found: Incident, again: Iterable[Hindcast] = (), lines: Iterable[Issued] = ()) -> Fan:
    fan = fan_of(found, again, lines)
    assert fan is not None
    return fan


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def rows(fan: Fan) -> list[tuple[str, list[tuple[str, ...]]]]:
    return [(g.name, [tuple(map(plain, (r.time.text, r.median, r.range, r.n))) for r in g.rows]) for g in fan.groups]


# The fan


def test_a_row_says_when_an_estimate_was_made_and_what_it_said() -> None:
    fan = drawn(FOUND, [computed("11:00"), computed("12:00", NARROW)])
    assert rows(fan) == [
        (
            AGAIN,
            [
                ("11:00", "12:00", "11:10 to 3 Mar, 00:20", "243"),
                ("12:00", "12:20", "12:05 to 13:30", "243"),
            ],
        )
    ]
    assert plain(fan.caption) == (
        "Solid line: the end, 13:00. Short stroke: the moment of the estimate. Thin line: 80% range; thick: 50% range; "
        "dot: 50% chance by then."
    )
    assert plain(fan.notes) == (
        "Computed: the 80% range was right in 2 of 2, the 50% range in 1 of 2. No estimate was shown at the "
        "time. Computed estimates use what had happened by then, but neither severity nor components: we may know only "
        "their final values. n: earlier Claude incidents that lasted as long."
    )


def test_all_rows_stand_on_the_scale_of_the_phases_which_shows_the_incident_large() -> None:
    fan = drawn(FOUND, [computed("11:00"), computed("12:00", NARROW)])
    # 11:00 to 15:30: two and a quarter times its length, though the widest range reaches the next day
    assert [tick.text for tick in fan.ticks] == [f"{hour}:{minute:02}" for hour in range(11, 16) for minute in (0, 30)]
    assert [tick.text for tick in fan.ticks if not tick.css] == ["11:30", "13:00", "14:30"]  # on a phone
    assert [(b.css, b.x, b.width) for b in fan.phases] == [
        ("ph-investigating", "0%", "22.22%"),
        ("ph-identified", "22.22%", "22.22%"),
    ]
    assert (fan.knobs, fan.end, fan.line) == (
        ("0%", "22.22%", "44.44%"),
        ("44.44%", "ended 13:00", "start", "", "0"),
        "over",
    )
    wide, narrow = fan.groups[0].rows
    assert (wide.stroke, wide.whole, wide.half, wide.dot) == ("0%", ("3.70%", "100%"), ("7.41%", "48.15%"), "22.22%")
    assert wide.label == "50% range 11:20 to 13:10"
    assert (narrow.stroke, narrow.whole, narrow.dot) == ("22.22%", ("24.07%", "55.56%"), "29.63%")


def test_a_scale_reaches_every_median_however_short_the_incident_was() -> None:
    brief = incident("a", "02 11:00", "02 11:20")
    fan = drawn(brief, [computed("11:00")])
    assert (fan.ticks[0].text, fan.ticks[-1].text) == ("11:00", "12:00")


def test_what_was_shown_comes_first_and_what_would_repeat_it_is_left_out() -> None:
    fan = drawn(FOUND, [computed("11:00"), computed("11:57"), computed("12:30")], [shown("12:05")])
    assert [(name, [row[0] for row in of_one]) for name, of_one in rows(fan)] == [
        (SHOWN, ["12:05"]),
        (AGAIN, ["11:00", "12:30"]),
    ]
    assert plain(fan.notes).startswith(
        "Shown: the 80% range was right in 1 of 1, the 50% range in 0 of 1. Computed: the 80% range was right in 2 of 2, "
    )
    assert "No estimate was shown" not in fan.notes


def test_there_are_seven_rows_at_most() -> None:
    clocks = [f"11:{minute:02}" for minute in range(0, 60, 5)]
    fan = drawn(FOUND, [computed("12:30"), computed("12:45")], [shown(clock) for clock in clocks])
    assert [(name, [row[0] for row in of_one]) for name, of_one in rows(fan)] == [
        (SHOWN, ["11:00", "11:10", "11:20", "11:30", "11:35", "11:45", "11:55"])
    ]


def test_borrowed_weight_is_said() -> None:
    fan = drawn(FOUND, [computed("11:00", borrowed=0.31), computed("12:00", borrowed=0.2)])
    assert [row[3] for row in rows(fan)[0][1]] == ["243 + 12", "243"]
    assert plain(fan.notes).endswith(
        "n: earlier Claude incidents that lasted as long + those of other providers (up to 31% of the weight)."
    )


def test_while_it_is_open_the_newest_of_several_stands_out_and_nothing_is_judged() -> None:
    still_open = incident("a", "02 13:00", "")
    assert fan_of(still_open, (), [shown("13:05")]) is None  # which stands above already
    fan = drawn(still_open, (), [shown("13:05"), shown("13:50")])
    assert [(row.time.text, row.css) for row in fan.groups[0].rows] == [("13:05", ""), ("13:50", "hit")]
    assert (fan.title, fan.line, fan.end.text) == ("Estimates so far", "now", "open at 14:10")
    assert plain(fan.notes) == (
        "n: earlier Claude incidents that lasted as long + those of other providers (up to 30% of the weight)."
    )


@pytest.mark.parametrize(
    "found",
    [
        replace(FOUND, kind=Kind.MAINTENANCE),
        replace(FOUND, ended=None, ended_basis="", imported="facts", first_seen=None),
        replace(FOUND, ended=at("02 13:01")),
    ],
    ids=["no outage", "no end", "corrected since"],
)
def test_nothing_is_drawn_of(found: Incident) -> None:
    card = carded(found)
    snapshot = replace(almanac([found]), hindcasts={("anthropic", "a"): pack(carded(FOUND), [computed("11:00")])})
    assert views.incident(views.Surroundings(snapshot).of(card), found, card).fan is None


# The replay


def steps(found: Incident, again: Iterable[Hindcast] = (), lines: Iterable[Issued] = ()) -> list[tuple[str, str]]:
    card = carded(found)
    page = views.replay(views.Surroundings(known(found, again, lines)).of(card), found, card)
    return [(state.time.text, plain(state.estimate)) for state in page.states]


def test_a_step_says_the_estimate_of_its_moment() -> None:
    imported = replace(FOUND, first_seen=None, imported="facts")
    assert steps(imported, [computed("11:00"), computed("11:50", NARROW)]) == [
        (
            "11:00",
            (
                "Estimate for this moment, computed afterwards: 50% chance it is fixed by 12:00 UTC; 80% chance between "
                "11:10 UTC and 3 March, 00:20 UTC (n = 243)."
            ),
        ),
        (
            "12:00",
            (
                "Estimate for 11:50 UTC, computed afterwards: 50% chance it is fixed by 12:10 UTC; 80% chance between "
                "11:55 UTC and 13:20 UTC (n = 243)."
            ),
        ),
        ("13:00", ""),
    ]


def test_what_was_shown_by_then_comes_before_what_was_computed() -> None:
    imported = replace(FOUND, first_seen=None, imported="facts")
    said = steps(imported, [computed("11:00"), computed("12:00")], [shown("11:05", (1.0, 2.0, 3.0, 4.0, 5.0))])
    assert said[1:] == [
        (
            "12:00",
            (
                "Estimate shown at 11:05 UTC: 50% chance it is fixed by 11:08 UTC; 80% chance between 11:06 UTC and 11:10 UTC "
                "(n = 30, and 5 of other providers). By then it had lasted longer than 90% of similar incidents."
            ),
        ),
        ("13:00", ""),
    ]


def test_without_estimates_a_replay_is_as_it_was() -> None:
    assert {said for _, said in steps(FOUND)} == {""}
