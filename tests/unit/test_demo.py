"""What a demo says was shown and true: by hand-made quarters of an hour."""

from datetime import UTC, datetime, timedelta

from almanac.commands.demo import report
from almanac.commands.demo.quarters import Posted, Quarter
from almanac.commands.demo.report import ForecastCheck, PostLine, QuarterRun, Tally
from almanac.commands.demo.sitestate import ShownIncident, SiteState
from almanac.model import Impact, Kind, seconds
from almanac.model import card as card_of
from almanac.stats.issued import Issued
from almanac.stats.recovery import Forecast
from almanac.world import Event, Post
from tests.support.almanacs import incident

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def event(name: str, *minutes: float, kind: Kind = Kind.DEGRADATION, impact: Impact = Impact.MINOR) -> Event:
    posts = tuple(Post(at=at(minute), printed="Investigating") for minute in minutes)
    return Event(id=name, title=name, posts=posts, kind=kind, impact=impact)


def posted(one: Event, provider: str = "acme") -> Posted:
    return Posted(provider=provider, incident=one.id, at=one.posts[-1].at, event=one)


def shown(*ids: str, posts: int = 1, indicator: str = "minor") -> SiteState:
    return SiteState(
        indicator=indicator,
        open=frozenset(ids),
        incidents={
            name: ShownIncident(
                id=name,
                title=name,
                url=f"/incidents/acme/{name}/",
                impact="minor",
                components=(),
                started=NOON,
                ended=None,
                posts=(NOON,) * posts,
            )
            for name in ids
        },
    )


def quarter(minute: float, true: str, seen: SiteState, *posts: Posted) -> Quarter:
    return Quarter(
        at=at(minute),
        posted=posts,
        open={"acme": frozenset(true.split())},
        on_site={"acme": seen},
        pull_seconds=1,
        build_seconds=1,
    )


def test_equal_quarters_are_one_run_and_what_differs_is_named() -> None:
    quarters = [
        quarter(0, "", shown(indicator="none")),
        quarter(15, "a", shown("a")),
        quarter(30, "a", shown("a")),
        quarter(45, "a b", shown("a")),
        quarter(60, "a", shown("a", "c")),
        quarter(75, "a", shown(indicator="unknown")),
    ]
    none = frozenset[str]()
    found = report.quarter_runs(quarters)
    assert found == [
        QuarterRun("acme", at(0), at(0), 0, 0, none),
        QuarterRun("acme", at(15), at(30), 1, 1, none),
        QuarterRun("acme", at(45), at(45), 2, 1, frozenset({"b"})),
        QuarterRun("acme", at(60), at(60), 1, 2, frozenset({"c"})),
        QuarterRun("acme", at(75), at(75), 1, None, none),
    ]
    assert [one.is_same for one in found] == [True, True, False, False, False]
    assert report.tally(quarters) == Tally(same=3, different=2, unknown=1)


def test_where_nothing_happened_nothing_is_told() -> None:
    assert (
        report.quarter_runs([quarter(0, "", shown(indicator="none")), quarter(15, "", shown(indicator="none"))]) == []
    )
    assert report.quarter_runs([]) == []
    assert report.tally([]) == Tally(0, 0, 0)
    assert report.chosen([]) is None


def test_the_worst_incident_that_begins_meanwhile_is_followed_and_of_two_the_longest() -> None:
    short, long = event("short", 1, impact=Impact.MAJOR), event("long", 2, impact=Impact.MAJOR)
    posts = [
        posted(event("older", -90, 0, impact=Impact.CRITICAL)),
        posted(event("planned", 0, kind=Kind.MAINTENANCE, impact=Impact.CRITICAL)),
        posted(short),
        posted(long),
        posted(event("minor", 3)),
        posted(event("short", 1, 20, impact=Impact.MAJOR)),
        posted(event("long", 2, 50, impact=Impact.MAJOR)),
        posted(event("minor", 3, 300)),
    ]
    assert report.chosen(posts) == posted(long)


def test_a_post_is_shown_from_the_first_quarter_that_has_so_many() -> None:
    first, second, third = (posted(event("a", *range(1, number + 1))) for number in (1, 2, 3))
    other = posted(event("a", 2), provider="beta")
    quarters = [
        quarter(15, "a", shown("a"), first, other),
        quarter(30, "a", shown("a"), second),
        quarter(45, "a", shown("a", posts=2), third),
    ]
    assert report.post_lines(quarters, "acme", "a") == (
        PostLine(first, at(15)),
        PostLine(second, at(45)),
        PostLine(third, None),
    )


def forecast(incident_id: str, minute: float) -> Issued:
    return Issued(
        provider="anthropic",
        incident=incident_id,
        phase="investigating",
        forecast=Forecast(
            at=seconds(at(minute)),
            elapsed=minute,
            quantiles=(10, 20, 30, 40, 60),
            chances=(0.5,) * 5,
            n=9,
            others=1,
            effective=5.0,
            borrowed=0.1,
        ),
    )


def test_a_forecast_is_right_if_the_end_lies_in_its_range() -> None:
    over = incident("first", "02 12:00", "02 13:10")
    issued = [forecast("first", 5), forecast("other", 6), forecast("first", 20)]
    lines = report.forecast_checks(issued, card_of(over, "anthropic/2026/2026-03-02-first.md"))
    assert lines == (
        ForecastCheck(at(5), at(35), at(15), at(65), at(70), is_right=False),
        ForecastCheck(at(20), at(50), at(30), at(80), at(70), is_right=True),
    )


def test_a_forecast_of_what_is_still_open_has_no_outcome() -> None:
    still_open = incident("first", "02 12:00", "")
    (line,) = report.forecast_checks([forecast("first", 5)], card_of(still_open, "anthropic/2026/2026-03-02-first.md"))
    assert (line.ended, line.is_right) == (None, None)
