"""The archive gives the answers that other code computed from the same evidence, to the digits they are printed with."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from almanac import queries
from almanac.claims import Evidence, Figure
from almanac.model import Stretch, seconds
from almanac.snapshot.load import load
from almanac.stats.availability import measure
from almanac.stats.record import Record, Subject
from almanac.stats.selection import Severity
from almanac.stats.windows import Times, between, clip, intersection, total, union
from almanac.views import measures

CONTENT = Path(__file__).resolve().parents[2] / "content"


def at(text: str) -> int:
    return seconds(datetime.fromisoformat(text).replace(tzinfo=UTC))


YEAR = between(at("2025-10-01"), at("2026-09-25"))
GEMINI = (Stretch(at("2025-10-01"), at("2026-04-17")),)


@cache
def records() -> measures.Records:
    return measures.records(load(CONTENT, datetime(2026, 10, 2, tzinfo=UTC)))


@cache
def evidence() -> Evidence:
    return Evidence(load(CONTENT, datetime(2026, 10, 2, tzinfo=UTC)))


def ask(question: str) -> Figure:
    return evidence().ask(queries.query(yaml.safe_load(question)))


def subject(record: Record, kind: str) -> Subject:
    return next(one for one in record.days if one.kind == kind)


WHOLE_YEAR = (Stretch(YEAR.since, YEAR.until),)
THREE_DAYS = 3 * 86_400


def trouble(record: Record, about: Subject, longest: int = 10**9) -> Times:
    """Return when a subject had an incident, as posted; those over `longest` seconds are left out.

    The other code took what has no length for no time, where this site makes it a range.
    """
    rows = zip(record.cards, record.most.tolist(), record.maybe[about].tolist(), strict=True)
    spans = [Stretch(card.started, card.ended or most) for card, most, member in rows if member]
    return clip(union(span for span in spans if span.until - span.since <= longest), YEAR.since, YEAR.until)


@pytest.mark.parametrize(
    ("slug", "kind", "share"),
    [("openai", "provider", 0.7535), ("openai", "core", 0.822), ("anthropic", "provider", 0.8470)],
)
def test_availability_over_359_days(slug: str, kind: str, share: float) -> None:
    record = records()[slug]
    known = measure(record, YEAR, subject(record, kind)).availability
    assert 1 - total(trouble(record, subject(record, kind))) / total(WHOLE_YEAR) == pytest.approx(share, abs=0.0006)
    assert known
    assert known.low - 0.004 <= share <= known.high + 0.0006


def test_several_intervals_make_the_core_of_openai_a_range() -> None:
    core = subject(records()["openai"], "core")
    known = measure(records()["openai"], YEAR, core).availability
    assert known
    assert known.high == pytest.approx(0.837, abs=0.0006)


@pytest.mark.parametrize(("slug", "hours"), [("openai", 12.9), ("anthropic", 27.8)])
def test_hours_of_full_outage_over_359_days(slug: str, hours: float) -> None:
    days = records()[slug].days[records()[slug].whole].within(YEAR)
    assert days.least[:, Severity.FULL - 1].sum() / 3600 == pytest.approx(hours, abs=0.06)


def shares(other: Times, claude: Times, window: Times) -> tuple[float, float]:
    """Return the share of Claude's hours in which the other had an incident too, and that of all hours."""
    base, both = intersection(claude, window), intersection(other, window)
    return total(intersection(base, both)) / total(base), total(both) / total(window)


@pytest.mark.parametrize(
    ("slug", "kind", "window", "expected"),
    [
        ("openai", "provider", WHOLE_YEAR, (0.345, 0.247)),
        ("openai", "core", WHOLE_YEAR, (0.296, 0.178)),
        ("google-cloud", "provider", GEMINI, (0.167, 0.139)),
    ],
)
def test_hours_in_common_with_claude(slug: str, kind: str, window: Any, expected: tuple[float, float]) -> None:
    claude, other = records()["anthropic"], records()[slug]
    both = shares(trouble(other, subject(other, kind)), trouble(claude, claude.whole), window)
    assert both == pytest.approx(expected, abs=0.0012)


def test_without_incidents_of_over_three_days_much_less_is_in_common() -> None:
    claude, openai = records()["anthropic"], records()["openai"]
    times = [trouble(record, record.whole, THREE_DAYS) for record in (openai, claude)]
    assert shares(times[0], times[1], WHOLE_YEAR)[0] == pytest.approx(0.157, abs=0.001)
    free = [1 - total(each) / total(WHOLE_YEAR) for each in times]
    assert free == pytest.approx([0.859, 0.894], abs=0.0006)


def test_on_the_second_of_march_chatgpt_declared_a_degradation_and_no_outage() -> None:
    during = "during: anthropic/0ghc53zpsfmt"
    outage = ask(f"{{trouble: openai, {during}, impact: [major, critical]}}")
    anything = ask(f"{{trouble: openai, {during}}}")
    assert (outage.words, outage.n, anything.words, anything.n) == ("no", 0, "yes", 2)
    assert "01KJQJRF7J0CKT82SHDZ85YG4Y (minor, 2 March 2026, 15:30 UTC to 2 March 2026, 17:14 UTC)" in " ".join(
        anything.how
    ).replace("\u00a0", " ")


def test_on_the_second_of_march_google_declared_nothing_of_gemini() -> None:
    figure = ask("{trouble: google-cloud, during: anthropic/0ghc53zpsfmt}")
    assert (figure.words, figure.n) == ("no", 0)
    for part in ("gemini-api", "google-ai-studio", "vertex-ai"):
        own = ask(f"{{trouble: google-cloud, during: anthropic/0ghc53zpsfmt, component: {part}}}")
        assert (own.words, own.how[-1]) == ("no", "Our data on it covers 100% of that time.")
