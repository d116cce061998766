"""Reports by machine count what counts, say who is left out, and never judge."""

from __future__ import annotations

from dataclasses import replace

from almanac.model import Impact, Kind
from almanac.stats import windows
from almanac.views import measures, summaries
from almanac.views.base import Link
from almanac.views.summaries import SummaryPage
from tests.support.almanacs import CLAUDE, COPILOT, GROQ, TOGETHER, almanac, at, incident, pulls

FEBRUARY = windows.month(2026, 2)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def report() -> SummaryPage:
    cards = [
        incident("a", "2026-02-10 10:00", "2026-02-10 12:00"),
        incident("b", "2026-02-10 11:00", "2026-02-10 14:00", provider="groq", impact=Impact.NONE),
        incident("c", "2026-02-20 10:00", "2026-02-20 18:00", trouble_seconds=3600),
        incident("d", "2026-02-21 10:00", "2026-02-21 11:00", kind=Kind.MAINTENANCE),
        incident("e", "2026-03-01 10:00", "2026-03-01 11:00"),
    ]
    world = almanac(cards, providers=(CLAUDE, GROQ, TOGETHER))
    return summaries.summary(world, measures.closed(world), FEBRUARY)


def test_a_report_counts_what_started_in_its_time() -> None:
    page = report()
    assert plain(page.stand) == (
        "The two providers monitored for most of the time reported 3 incidents. Claude reported the most, 2. "
        "Groq reported the longest, 3 h."
    )
    assert [(fact.name, plain(fact.value), plain(fact.note)) for fact in page.facts] == [
        ("Incidents", "3", "of 2 providers; 2 major or critical"),
        ("Median length", "too few", "n = 2 with a known length"),
        ("Incident at one provider or more", "at least 5.0 h", "of 672 hours"),
        ("At two or more at once", "at least 1.0 h", "as reported"),
    ]
    assert [(row.provider, plain(row.hours), row.incidents, row.median) for row in page.rows] == [
        (Link("/providers/anthropic/", "Claude"), "3.0 h to 10 h", "2", "too few (1)"),
        (Link("/providers/groq/", "Groq"), "3.0 h", "1", "too few (1)"),
    ]
    assert [row.url for row in page.longest] == ["/incidents/groq/b/", "/incidents/anthropic/a/"]
    assert page.lacking == "Too little data, or an automated status page: Together AI."


def test_nobody_is_said_to_have_reported_none_whose_incident_may_be_meant() -> None:
    doubtful = incident("g", "2026-02-10 10:00", "2026-02-10 12:00", provider="github", components=(), title="Delays")
    world = almanac([doubtful], providers=(CLAUDE, COPILOT))
    page = summaries.summary(world, measures.closed(world), FEBRUARY)
    assert (
        plain(page.stand)
        == "The two providers monitored for most of the time reported no incidents. Claude reported none."
    )


def test_months_and_quarters_have_reports_once_they_are_over_and_covered() -> None:
    world = almanac([], watched=[pulls("anthropic", since=at("2025-10-20 00:00"))])
    assert [period.slug for period in summaries.periods(world)] == [
        "2026-02",
        "2026-01",
        "2025-q4",
        "2025-12",
        "2025-11",
    ]


def test_a_year_that_is_over_has_a_report_too() -> None:
    world = almanac([], watched=[pulls("anthropic", since=at("2025-03-01 00:00"))])
    listed = summaries.summaries(world, measures.closed(world))
    assert [line.link for line in listed.years] == [Link("/reports/2025/", "2025")]
    page = summaries.summary(world, measures.closed(world), windows.year(2025))
    assert (page.title, page.others) == ("2025 in AI incidents", ())


def test_a_report_leads_to_the_ones_before_and_after_it() -> None:
    world = almanac([], watched=[pulls("anthropic", since=at("2025-11-01 00:00"))])
    records = measures.closed(world)
    page = summaries.summary(world, records, windows.month(2026, 1))
    assert page.others == (
        Link("/reports/2025-12/", "December 2025"),
        Link("/reports/2026-02/", "February 2026"),
    )
    listed = summaries.summaries(world, records)
    assert [line.link.text for line in (*listed.quarters, *listed.months)] == [
        "Q4 2025",
        "February 2026",
        "January 2026",
        "December 2025",
        "November 2025",
    ]
    assert (
        listed.months[0].stand
        == "The one provider monitored for most of the time reported no incidents. Claude reported none."
    )


def test_of_nobody_with_enough_data_a_report_says_so() -> None:
    world = replace(almanac([], watched=[pulls("anthropic", since=at("01 00:00"))]))
    page = summaries.summary(world, measures.closed(world), FEBRUARY)
    assert (page.stand, page.rows, page.histogram) == ("We do not have enough data on any provider.", (), None)
