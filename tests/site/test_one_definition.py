"""The same incident counts the same way in share, day bars, months, medians, claims, explain, tables and the API."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest
import yaml

from almanac import queries
from almanac.claims import Evidence
from almanac.claims.figure import Figure
from almanac.model import BOUND, Impact, Incident, Kind, Scope, Stretch, seconds, unstamp
from almanac.snapshot import Snapshot
from almanac.snapshot.load import load
from almanac.stats import windows
from almanac.stats.availability import measure, started
from almanac.stats.backups import Party, starts_within
from almanac.stats.explain import leaderboard_number
from almanac.stats.felt import hours_by_severity
from almanac.stats.patterns import hours_of_week
from almanac.stats.record import Record
from almanac.views import charts, days, measures
from almanac.views.current import troubles
from tests.support.almanacs import CLAUDE, GROQ, incident
from tests.support.projects import write
from tests.support.syndication import Press

NOW = unstamp("2026-03-02T14:10:00Z")
SHARED = replace(CLAUDE, scope=Scope(components=("claude.ai",), words=("Claude",)))
FEBRUARY = windows.month(2026, 2)


class Case(NamedTuple):
    """An incident of February, and how it must count."""

    day: int
    facts: dict[str, object]
    counts: str  # as the table says
    seconds: tuple[int, int]  # of trouble on that day, least and most
    has_length: bool = True
    correction: str = ""  # what an editor says of it
    clock: str = "10:00 11:00"  # start and end, or the start alone


HOUR = 3600
TO_MIDNIGHT = 14 * HOUR
CASES = {
    "plain": Case(1, {}, "yes", (HOUR, HOUR)),
    "rated-none": Case(2, {"impact": Impact.NONE}, "yes", (HOUR, HOUR)),
    "unrated": Case(3, {"impact": Impact.UNKNOWN, "impact_stated": ""}, "yes", (HOUR, HOUR)),
    "outage": Case(4, {"kind": Kind.OUTAGE, "impact": Impact.CRITICAL}, "yes", (HOUR, HOUR)),
    "vanished": Case(5, {"vanished": unstamp("2026-02-20T00:00:00Z")}, "yes", (HOUR, HOUR)),
    "maintenance": Case(6, {"kind": Kind.MAINTENANCE}, "no", (0, 0)),
    "notice": Case(7, {"kind": Kind.NOTICE}, "no", (0, 0)),
    "test": Case(8, {"kind": Kind.TEST}, "no", (0, 0)),
    "no-state": Case(9, {"kind": Kind.UNKNOWN}, "no", (0, 0)),
    "elsewhere": Case(10, {"components": ("Support",), "title": "Errors in support"}, "no", (0, 0)),
    "doubtful": Case(11, {"components": (), "title": "Errors"}, "maybe", (0, HOUR)),
    "typed-in": Case(12, {}, "yes", (0, HOUR), has_length=False, clock="10:00 10:00"),
    "undated": Case(13, {"started_basis": BOUND}, "no", (0, 0)),
    "several-intervals": Case(14, {"trouble_seconds": HOUR // 2}, "yes", (HOUR // 2, HOUR), has_length=False),
    "withdrawn": Case(15, {}, "no", (0, 0), correction="withdrawn: true\n"),
    "whole": Case(16, {}, "yes", (HOUR, HOUR)),
    "part": Case(16, {}, "no", (HOUR, HOUR), correction="merge_with: anthropic/whole\n", clock="10:15 10:45"),
    "overlapping": Case(16, {}, "yes", (HOUR, HOUR), clock="10:00 11:00"),
    "endless-import": Case(
        26, {"imported": "others"}, "yes", (HOUR // 2, TO_MIDNIGHT), has_length=False, clock="10:00"
    ),
    "open": Case(28, {}, "yes", (TO_MIDNIGHT, TO_MIDNIGHT), has_length=False, clock="10:00"),
}
SPILLS_INTO = 27  # a day on which nothing began, and the import without an end may have gone on
REASON = "reason: A test.\nsource: https://a.example/\nauthor: Ada\ndate: 2026-03-01T09:00:00Z\n"
EDGES = (  # the coverage begins with September 2025
    incident("unseen", "2025-08-30 10:00", "2025-08-30 11:00", components=("claude.ai",)),
    incident("carried", "2025-08-31 23:00", "2025-09-01 01:00", components=("claude.ai",)),
)


def planted(name: str, case: Case) -> Incident:
    start, *end = (f"2026-02-{case.day:02} {clock}" for clock in case.clock.split())
    made = incident(name, start, *end or [""], components=("claude.ai",), title="Errors of Claude")
    if not end:
        posts = (made.updates[0], replace(made.updates[1], at=made.started + timedelta(minutes=30)))
        made = replace(made, updates=posts)
    return replace(made, **case.facts)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    made = Press(tmp_path_factory.mktemp("one") / "site", (SHARED, GROQ))
    path = made.root / "content/providers/anthropic.md"
    head = path.read_text().removesuffix("---\n")
    write(made.root, "providers/anthropic.md", f"{head}scope: {{components: [claude-ai], words: [Claude]}}\n---\n")
    made.put(*(planted(name, case) for name, case in CASES.items()), *EDGES)
    for name, case in CASES.items():
        if case.correction:
            write(made.root, f"corrections/anthropic/{name}.yml", case.correction + REASON)
    made.build(NOW)
    return made


@pytest.fixture(scope="module")
def almanac(press: Press) -> Snapshot:
    return load(press.root / "content", NOW)


@pytest.fixture(scope="module")
def record(almanac: Snapshot) -> Record:
    return measures.closed(almanac)["anthropic"]


def surely() -> set[str]:
    return {name for name, case in CASES.items() if case.counts == "yes"}


def possibly() -> set[str]:
    return surely() | {name for name, case in CASES.items() if case.counts == "maybe"}


def with_length() -> int:
    return sum(CASES[name].has_length for name in surely())


def days_of(names: set[str]) -> set[int]:
    return {CASES[name].day for name in names}


def bars(almanac: Snapshot, period: windows.Period) -> list[int]:
    """Return the days of a period, from 1 on, on which the bars of the provider show something."""
    provider = next(one for one in almanac.providers if one.slug == "anthropic")
    cards = troubles(provider, almanac.cards["anthropic"])
    worst = days.worst(cards, almanac.pulls["anthropic"], period.since, period.days, seconds(NOW))
    return [day for day, severity in enumerate(worst, 1) if severity not in (charts.CLEAR, charts.UNKNOWN)]


def table(press: Press, name: str) -> list[dict[str, str]]:
    with (press.output / "data" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def numbers_of(press: Press, month: str) -> dict[str, str]:
    rows = table(press, "numbers")
    return next(
        row for row in rows if (row["provider"], row["part_kind"], row["period"]) == ("anthropic", "provider", month)
    )


def test_in_the_share(record: Record) -> None:
    by_day = record.days[record.whole].within(FEBRUARY)
    seconds_of = {case.day: (0, 0) for case in CASES.values()} | {CASES[n].day: CASES[n].seconds for n in possibly()}
    assert {day: (int(by_day.least[day - 1].sum()), int(by_day.most[day - 1].sum())) for day in seconds_of} == {
        day: (least, most if day < CASES["endless-import"].day else max(most, TO_MIDNIGHT if day == 26 else 24 * HOUR))
        for day, (least, most) in seconds_of.items()
    }


def test_every_day_but_these_is_clear(record: Record) -> None:
    by_day = record.days[record.whole].within(FEBRUARY)
    touched = {day + 1 for day in range(FEBRUARY.days) if by_day.most[day].any()}
    assert touched == days_of(possibly()) | {SPILLS_INTO}


def test_in_the_day_bars(almanac: Snapshot) -> None:
    assert set(bars(almanac, FEBRUARY)) == days_of(possibly())


def test_in_the_count_of_a_month_and_in_the_table(press: Press, record: Record) -> None:
    assert {card.id for card in started(record, FEBRUARY)} == surely()
    assert measure(record, FEBRUARY).n == len(surely())
    edges = {"unseen": "no", "carried": "time"}
    assert {row["id"]: row["counts"] for row in table(press, "incidents")} == {
        n: c.counts for n, c in CASES.items()
    } | edges
    numbers = numbers_of(press, "2026-02")
    counts = numbers["incidents"], numbers["lengths"], numbers["scope_unknown"], numbers["median_seconds"]
    assert counts == (str(len(surely())), str(with_length()), "1", "3600.0")


def test_in_hours_by_severity_in_starts_and_in_backups(record: Record) -> None:
    least_of_all = hours_by_severity(record, FEBRUARY)[-1]
    by_day = record.days[record.whole].within(FEBRUARY)
    scale = 720 / int(by_day.covered.sum())
    assert least_of_all.n == len(surely())
    hours = [int(side.sum()) * scale for side in (by_day.least, by_day.most)]
    assert list(least_of_all.hours) == pytest.approx(hours)
    assert hours_of_week(record, FEBRUARY).n == len(surely())
    covered = (Stretch(FEBRUARY.since, FEBRUARY.until),)
    assert len(starts_within(Party(record, record.whole), covered)) == len(surely())


def ask(almanac: Snapshot, question: str, since: str, until: str) -> Figure:
    text = f"{{{question}, provider: anthropic, from: {since}, to: {until}}}"
    return Evidence(almanac).ask(queries.query(yaml.safe_load(text)))


def test_in_claims(almanac: Snapshot) -> None:
    count, median, zero, share, in_days = (
        ask(almanac, question, "2026-02-01", "2026-03-01")
        for question in (
            "count: incidents",
            "length: median",
            "share: of zero length",
            "availability: all-equal",
            "count: days with trouble",
        )
    )
    assert count.bounds == (len(surely()), len(possibly()))
    assert (median.bounds, median.n) == ((HOUR, HOUR), with_length())
    assert (zero.n, zero.k) == (len(surely()), 1)
    assert share.n == len(surely())
    assert in_days.bounds == (len(days_of(surely())), len(days_of(possibly()) | {SPILLS_INTO}))


def test_what_began_before_the_coverage_counts_with_its_covered_time_alone(
    press: Press, almanac: Snapshot, record: Record
) -> None:
    august, september = windows.month(2025, 8), windows.month(2025, 9)
    numbers = measure(record, september)
    assert (numbers.n, numbers.durations.n, numbers.at_least[0]) == (0, 0, (HOUR, HOUR))
    row = numbers_of(press, "2025-09")
    assert (row["incidents"], row["lengths"], row["share_low"]) == ("0", "0", f"{1 - HOUR / (30 * 24 * HOUR):.6f}")
    assert ask(almanac, "count: incidents", "2025-09-01", "2025-10-01").bounds == (0, 0)
    assert ask(almanac, "count: incidents", "2025-08-01", "2025-10-01").bounds == (0, math.inf)
    assert ask(almanac, "length: longest", "2025-08-01", "2025-10-01").bounds is None
    assert hours_of_week(record, september).n == 0
    assert ask(almanac, "count: days with trouble", "2025-09-01", "2025-10-01").bounds == (1, 1)
    assert ask(almanac, "count: days with trouble", "2025-08-30", "2025-09-01").bounds == (2, 2)
    assert (bars(almanac, august), bars(almanac, september)) == ([30, 31], [1])
    lines = leaderboard_number((record,), "anthropic", september)
    assert [line.split()[1] for line in lines if line.startswith("   carried")] == ["carried"]


def test_in_what_explain_prints(record: Record) -> None:
    text = leaderboard_number((record,), "anthropic", FEBRUARY)
    counted = {line.split()[1] for line in text if line.startswith("   counted   ")}
    left_out = {line.split()[2] for line in text if line.startswith("   left out  ")}
    assert counted == surely()
    assert left_out == {name for name, case in CASES.items() if case.counts == "no"}


def test_in_the_api(press: Press) -> None:
    """The API lists what happened, maintenance apart; what concerns another service of a shared page is not in it."""
    answers = press.output / "providers/anthropic/api/v2"
    incidents = {
        one["shortlink"].rstrip("/").rpartition("/")[2]
        for one in json.loads((answers / "incidents.json").read_text())["incidents"]
    }
    assert possibly() <= incidents
    assert "elsewhere" not in incidents
    assert "maintenance" not in incidents
    assert not incidents & {"withdrawn", "part"}
