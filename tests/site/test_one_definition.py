"""The same incident counts the same way in share, day bars, months, medians, claims, explain, tables and the API."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import NamedTuple

import pytest
import yaml

from almanac import queries
from almanac.claims import Evidence
from almanac.model import Impact, Incident, Kind, Scope, seconds, unstamp
from almanac.snapshot.load import load
from almanac.stats import windows
from almanac.stats.availability import measure, started
from almanac.stats.explain import leaderboard_number
from almanac.stats.record import Record
from almanac.views import days, measures
from almanac.views.current import troubles
from tests.support.almanacs import CLAUDE, GROQ, incident
from tests.support.projects import write
from tests.support.syndication import Press

NOW = unstamp("2026-03-02T14:10:00Z")
SHARED = replace(CLAUDE, scope=Scope(components=("claude.ai",), words=("Claude",)))
FEBRUARY = windows.month(2026, 2)


class Case(NamedTuple):
    """An incident on a day of its own, and how it must count."""

    day: int  # of February
    facts: dict[str, object]
    counts: str  # as the table says
    seconds: tuple[int, int]  # of trouble on that day, least and most
    has_length: bool = True


HOUR = 3600
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
    "typed-in": Case(12, {"ended": None}, "yes", (0, 3600), has_length=False),
}


def planted(name: str, case: Case) -> Incident:
    end = f"2026-02-{case.day:02} 11:00"
    made = incident(name, f"2026-02-{case.day:02} 10:00", end, components=("claude.ai",), title="Errors of Claude")
    if name == "typed-in":  # start and end are equal: of unknown length
        return incident(name, f"2026-02-{case.day:02} 10:00", f"2026-02-{case.day:02} 10:00", components=("claude.ai",))
    return replace(made, **case.facts)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    made = Press(tmp_path_factory.mktemp("one") / "site", (SHARED, GROQ))
    path = made.root / "content/providers/anthropic.md"
    head = path.read_text().removesuffix("---\n")
    write(made.root, "providers/anthropic.md", f"{head}scope: {{components: [claude-ai], words: [Claude]}}\n---\n")
    made.put(*(planted(name, case) for name, case in CASES.items()))
    made.build(NOW)
    return made


@pytest.fixture(scope="module")
def record(press: Press) -> Record:
    return measures.closed(load(press.root / "content", NOW))["anthropic"]


def surely() -> set[str]:
    return {name for name, case in CASES.items() if case.counts == "yes"}


def possibly() -> set[str]:
    return surely() | {name for name, case in CASES.items() if case.counts == "maybe"}


def test_in_the_share(record: Record) -> None:
    table = record.days[record.whole].within(FEBRUARY)
    for name, case in CASES.items():
        least, most = int(table.least[case.day - 1].sum()), int(table.most[case.day - 1].sum())
        assert (least, most >= case.seconds[1], most > 0) == (case.seconds[0], True, name in possibly()), name


def test_in_the_day_bars(press: Press) -> None:
    almanac = load(press.root / "content", NOW)
    provider = next(one for one in almanac.providers if one.slug == "anthropic")
    cards = troubles(provider, almanac.cards["anthropic"])
    bars = days.worst(cards, almanac.pulls["anthropic"], FEBRUARY.since, FEBRUARY.days, seconds(NOW))
    assert {name for name, case in CASES.items() if bars[case.day - 1] != "ok"} == possibly()


def test_in_the_count_of_a_month_and_in_the_table(press: Press, record: Record) -> None:
    assert {card.id for card in started(record, FEBRUARY)} == surely()
    assert measure(record, FEBRUARY).n == len(surely())
    tables = press.output / "data"
    with (tables / "incidents.csv").open(newline="", encoding="utf-8") as file:
        assert {row["id"]: row["counts"] for row in csv.DictReader(file)} == {n: c.counts for n, c in CASES.items()}
    with (tables / "numbers.csv").open(newline="", encoding="utf-8") as file:
        numbers = next(
            row for row in csv.DictReader(file) if (row["provider"], row["period"]) == ("anthropic", "2026-02")
        )
    known = sum(case.has_length for name, case in CASES.items() if name in surely())
    assert (numbers["incidents"], numbers["lengths"], numbers["scope_unknown"]) == (str(len(surely())), str(known), "1")
    assert numbers["median_seconds"] == "3600.0"


def test_in_claims(press: Press) -> None:
    evidence = Evidence(load(press.root / "content", NOW))
    about = "provider: anthropic, from: 2026-02-01, to: 2026-03-01"
    asked = {
        question: evidence.ask(queries.query(yaml.safe_load(f"{{{question}, {about}}}")))
        for question in ("count: incidents", "length: median", "share: of zero length", "availability: all-equal")
    }
    count, median, zero, share = asked.values()
    assert count.bounds == (len(surely()), len(possibly()))
    assert (median.bounds, median.n) == ((HOUR, HOUR), len(surely()) - 1)
    assert (zero.n, zero.k) == (len(surely()), 1)
    assert share.n == len(surely())


def test_in_what_explain_prints(press: Press) -> None:
    records = tuple(measures.closed(load(press.root / "content", NOW)).values())
    text = leaderboard_number(records, "anthropic", FEBRUARY)
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


def test_every_day_but_these_is_clear(record: Record) -> None:
    table = record.days[record.whole].within(FEBRUARY)
    touched = {day + 1 for day in range(FEBRUARY.days) if table.most[day].any()}
    assert touched - {CASES["typed-in"].day + 1} == {case.day for name, case in CASES.items() if name in possibly()}
