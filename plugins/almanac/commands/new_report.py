"""Drafts the report of a month or a year from the archive: every figure quoted by name, so that it stays correct."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from almanac import views
from almanac.claims import Evidence, Figure
from almanac.commands.new_article import NewArticle
from almanac.commands.new_beside import author, begin
from almanac.model import Card, Impact, Provider, moment, stamp
from almanac.model.problem import WordError
from almanac.queries import query
from almanac.snapshot import Snapshot
from almanac.snapshot.load import load
from almanac.stats import windows
from almanac.stats.ranking import MAX_RANGE
from almanac.stats.selection import is_machine, scope
from almanac.stats.windows import Period
from almanac.text import english

LONGEST = 5
PERIOD = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")
GRAVE = [Impact.MAJOR.value, Impact.CRITICAL.value]

_OF_YEAR = """\
One paragraph: what the year was like, and what to remember of it. Every figure below is computed from the archive.

## Who: the year in figures

| Provider | Incident-free time | Incidents | Median duration | Longest |
|---|---|---|---|---|
{table}
{left}

[All days of the year as a chart](/reports/{year}/chart.svg), [its data](/reports/{year}/chart.csv), and
[the automated report](/reports/{year}/), which has the lengths as a chart too.

## How severe

Incidents that their provider rated major or critical, and the share of time without one where an hour of degraded performance costs
nothing (the formula of Statuspage).

| Provider | Major or critical | Of all | Weighted by rating |
|---|---|---|---|
{severity}

## What changed since {before}

| Provider | Incidents, {before} | {year} | Incident-free time, {before} | {year} |
|---|---|---|---|---|
{changes}
{unchanged}
"""

_OF_MONTH = """\
One paragraph: what the month was like, and what to remember of it. Every figure below is computed from the archive.

## The month in figures

| Provider | Incident-free time | Incidents | Median duration |
|---|---|---|---|
{table}
{left}
"""

_REST = """
## The longest incidents

| Incident | Began | Lasted |
|---|---|---|
{longest}

## What stood out

Two or three things, each with a link to an incident.

## How this was made

From what providers reported on their status pages, as kept in the archive. [How each number is made](/methodology/).
A page that posts every hiccup has a lower share than one that says little: read the share beside the number of
incidents. Each figure is listed below with how it was made: two numbers differ surely only where their intervals lie apart.
"""


class ReportRow(NamedTuple):
    """A provider in the report, with the figures of it that can be quoted, by name."""

    provider: Provider
    figures: dict[str, dict[str, Any]]
    is_recorded: bool  # False: there is too little data


def compose(almanac: Snapshot, evidence: Evidence, period: Period, now: datetime, by: str = "") -> NewArticle:
    """Return the draft of the report of a month or a year, dated `now`, `by` an author. What the author still has to write is empty."""
    is_year = period.slug.isdigit()
    questions = _of_year if is_year else _of_month
    lines = [
        _report_row(provider, evidence, period, questions(provider.slug, period))
        for provider in almanac.providers
        if not is_machine(provider)
    ]
    rows = [line for line in lines if line.is_recorded]
    longest = _longest(almanac, [line.provider for line in rows], period)
    figures = {name: fields for line in rows for name, fields in line.figures.items()}
    for index, card in enumerate(longest, 1):
        key = f"{card.provider}/{card.id}"
        figures |= {f"long-{index}-start": {"started": key}, f"long-{index}": {"lasted": key}}
    fields = {
        "title": f"{almanac.project.of('services')} in {period.name}: reported incidents",
        "date": now,
        "authors": [by] if by else [],
        "providers": [line.provider.slug for line in rows],
        "incidents": [f"{card.provider}/{card.id}" for card in longest],
        "summary": "",
        "kind": "analysis",
        "status": "draft",
        "sources": [_source(line.provider) for line in rows],
        "figures": figures,
    }
    left = [line.provider.name for line in lines if not line.is_recorded]
    table = _YEAR_CELLS if is_year else _CELLS
    parts = {
        "table": "\n".join(_row(line, table) for line in rows),
        "left": f"\nNot in the table, because we have too little data for the {'year' if is_year else 'month'}: "
        f"{english.listing(left)}."
        if left
        else "",
        "longest": "\n".join(_long(card, index, almanac) for index, card in enumerate(longest, 1)),
    }
    form = (_OF_YEAR if is_year else _OF_MONTH) + _REST
    body = form.format(**parts, **(_year_parts(rows, period) if is_year else {}))
    path = f"articles/{now:%Y}/{now:%Y-%m-%d}-{_file_name(period)}.md"
    return NewArticle(path, f"---\n{_yaml(fields)}---\n\n{body}")


def _file_name(period: Period) -> str:
    return f"year-{period.slug}" if period.slug.isdigit() else period.name.replace(" ", "-").lower()


_CELLS = ("", "-count", "-median")  # of a provider in the table: what follows its slug in the names of its figures
_YEAR_CELLS = (*_CELLS, "-longest")
_SEVERITY_CELLS = ("-grave", "-count", "-weighed")
_CHANGE_CELLS = ("-count-before", "-count", "-before", "")


def _year_parts(rows: Sequence[ReportRow], period: Period) -> dict[str, str]:
    """Return what only the report of a year has: how severe, and what changed since the year before."""
    year, before = period.slug, str(int(period.slug) - 1)
    compared = [line for line in rows if f"{line.provider.slug}-before" in line.figures]
    new = [line.provider.name for line in rows if line not in compared]
    return {
        "year": year,
        "before": before,
        "severity": "\n".join(_row(line, _SEVERITY_CELLS) for line in rows),
        "changes": "\n".join(_row(line, _CHANGE_CELLS) for line in compared),
        "unchanged": f"\nNot compared, because we have too little data for {before}: {english.listing(new)}."
        if new
        else "",
    }


def _of_month(slug: str, period: Period) -> dict[str, dict[str, Any]]:
    """Return what is asked of a provider, by the name of the figure; that of its slug decides whether it is in."""
    about = {"provider": slug, **_days(period)}
    return {
        slug: {"availability": "all-equal", **about},
        f"{slug}-count": {"count": "incidents", **about},
        f"{slug}-median": {"length": "median", **about},
    }


def _of_year(slug: str, period: Period) -> dict[str, dict[str, Any]]:
    """Return the same of a year: also by severity, and of the year before."""
    about = {"provider": slug, **_days(period)}
    past = {"provider": slug, **_days(windows.year(int(period.slug) - 1))}
    return _of_month(slug, period) | {
        f"{slug}-longest": {"length": "longest", **about},
        f"{slug}-grave": {"count": "incidents", "provider": slug, "impact": GRAVE, **_days(period)},
        f"{slug}-weighed": {"availability": "statuspage", **about},
        f"{slug}-before": {"availability": "all-equal", **past},
        f"{slug}-count-before": {"count": "incidents", **past},
    }


def _days(period: Period) -> dict[str, date]:
    return {"from": moment(period.since).date(), "to": moment(period.until).date()}


def _report_row(
    provider: Provider, evidence: Evidence, period: Period, questions: dict[str, dict[str, Any]]
) -> ReportRow:
    """Return the figures of a provider that have an answer; shares that say too little, and their years, are left out."""
    answers = {name: evidence.ask(query(fields)) for name, fields in questions.items()}
    figures = {name: fields for name, fields in questions.items() if answers[name].bounds}
    before = f"{provider.slug}-before"
    if before in figures and not _is_narrow(answers[before]):
        figures = {name: fields for name, fields in figures.items() if not name.endswith("-before")}
    return ReportRow(provider, figures, _is_narrow(answers[provider.slug]))


def _is_narrow(share: Figure) -> bool:
    return share.bounds is not None and share.bounds.high - share.bounds.low <= MAX_RANGE


def _longest(almanac: Snapshot, watched: Sequence[Provider], period: Period) -> list[Card]:
    """Return the longest outages that started in the period and have ended."""
    candidates = [
        card
        for provider in watched
        for card in almanac.cards.get(provider.slug, ())
        if card.is_trouble
        and card.ended is not None
        and card.ended > card.started
        and scope(provider, card) == "in"
        and period.since <= card.started < period.until
    ]
    return sorted(candidates, key=lambda card: (card.started - (card.ended or 0), card.provider, card.id))[:LONGEST]


def _row(line: ReportRow, cells: Sequence[str]) -> str:
    """Return a row of a table: the provider, and its figures by what follows its slug in their names."""
    slug = line.provider.slug
    names = [f"{slug}{cell}" for cell in cells]
    values = [f"{{{{{name}}}}}" if name in line.figures else "–" for name in names]
    return f"| [{line.provider.name}]({views.provider_url(slug)}) | {' | '.join(values)} |"


def _long(card: Card, index: int, almanac: Snapshot) -> str:
    name = next(provider.name for provider in almanac.providers if provider.slug == card.provider)
    return f"| [{name}, {card.id}]({views.incident_url(card)}) | {{{{long-{index}-start}}}} | {{{{long-{index}}}}} |"


def _source(provider: Provider) -> dict[str, Any]:
    return {
        "url": provider.status_page,
        "title": f"Status page of {provider.name}",
        "publisher": provider.company,
        "kind": "provider",
        "primary": True,
    }


def _yaml(fields: dict[str, Any]) -> str:
    """Return YAML as a person would write it: a figure a line, dates without quotes."""
    figures = fields.pop("figures")
    text = yaml.safe_dump({**fields, "date": "DATE"}, allow_unicode=True, sort_keys=False, width=110)
    lines = [
        f"  {name}: " + yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=True)
        for name, value in figures.items()
    ]
    return text.replace("date: DATE", f"date: {stamp(fields['date'])}") + "figures:\n" + "".join(lines)


def main(content: Path, name: str, now: datetime) -> int:
    """Write the draft for a month such as 2026-06 or a year such as 2025 into `content` and say where it is. The exit code."""
    match = PERIOD.fullmatch(name)
    if not match:
        raise WordError(f"{name!r} is neither a month nor a year; write e.g. 2026-06 or 2025")
    period = windows.month(int(match[1]), int(match[2])) if match[2] else windows.year(int(match[1]))
    almanac = load(content, now)
    draft = compose(almanac, Evidence(almanac), period, now, author(content.parent))
    return begin(content, draft.path, draft.text)
