"""Drafts the report of a month from the archive: every figure quoted by name, so that it stays correct."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from almanac import files, views
from almanac.archive import ArchiveError
from almanac.claims import Evidence
from almanac.commands.new_article import NewArticle
from almanac.content.providers import ProviderError
from almanac.model import Card, Provider, moment, stamp
from almanac.queries import query
from almanac.snapshot import Snapshot
from almanac.snapshot.load import load
from almanac.stats.ranking import MAX_RANGE
from almanac.stats.selection import is_machine, scope
from almanac.text import english

LONGEST = 5
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")

_BODY = """\
One paragraph: what the month was like, and what to remember of it. Every figure below is computed from the archive.

## The month in figures

| Provider | Incident-free time | Incidents | Median duration |
|---|---|---|---|
{table}
{left}

## The longest incidents

| Incident | Began | Lasted |
|---|---|---|
{longest}

## What stood out

Two or three things, each with a link to an incident.

## How this was made

From what providers reported on their status pages, as kept in the archive. [How each number is made](/methodology/).
A page that posts every hiccup has a lower share than one that says little: read the share beside the number of
incidents.
"""


class ReportRow(NamedTuple):
    """A provider in the report, with the figures of it that can be quoted, by name."""

    provider: Provider
    figures: dict[str, dict[str, Any]]
    is_recorded: bool  # False: there is too little data


def compose(almanac: Snapshot, evidence: Evidence, year: int, month: int, now: datetime) -> NewArticle:
    """Return the draft of the report of a month, dated `now`. What the author still has to write is empty."""
    since = date(year, month, 1)
    until = date(year + month // 12, month % 12 + 1, 1)
    lines = [
        _report_row(provider, evidence, since, until) for provider in almanac.providers if not is_machine(provider)
    ]
    rows = [line for line in lines if line.is_recorded]
    longest = _longest(almanac, [line.provider for line in rows], since, until)
    figures = {name: fields for line in rows for name, fields in line.figures.items()}
    for index, card in enumerate(longest, 1):
        key = f"{card.provider}/{card.id}"
        figures |= {f"long-{index}-start": {"started": key}, f"long-{index}": {"lasted": key}}
    month_name = english.month(year, month)
    fields = {
        "title": f"{english.sentence(almanac.project.of('services'))} in {month_name}: reported incidents",
        "date": now,
        "authors": [],
        "providers": [line.provider.slug for line in rows],
        "incidents": [f"{card.provider}/{card.id}" for card in longest],
        "summary": "",
        "kind": "analysis",
        "status": "draft",
        "sources": [_source(line.provider) for line in rows],
        "figures": figures,
    }
    left = [line.provider.name for line in lines if not line.is_recorded]
    body = _BODY.format(
        table="\n".join(map(_row, rows)),
        left=f"\nNot in the table, because we have too little data for the month: {english.listing(left)}."
        if left
        else "",
        longest="\n".join(_long(card, index, almanac) for index, card in enumerate(longest, 1)),
    )
    path = f"articles/{now:%Y}/{now:%Y-%m-%d}-{month_name.replace(' ', '-').lower()}.md"
    return NewArticle(path, f"---\n{_yaml(fields)}---\n\n{body}")


def _report_row(provider: Provider, evidence: Evidence, since: date, until: date) -> ReportRow:
    about = {"provider": provider.slug, "from": since, "to": until}
    figures: dict[str, dict[str, Any]] = {
        provider.slug: {"availability": "all-equal", **about},
        f"{provider.slug}-count": {"count": "incidents", **about},
        f"{provider.slug}-median": {"length": "median", **about},
    }
    answers = {name: evidence.ask(query(fields)) for name, fields in figures.items()}
    share = answers[provider.slug].bounds
    is_recorded = share is not None and share.high - share.low <= MAX_RANGE
    return ReportRow(provider, {name: fields for name, fields in figures.items() if answers[name].bounds}, is_recorded)


def _longest(almanac: Snapshot, watched: Sequence[Provider], since: date, until: date) -> list[Card]:
    """Return the longest outages that started in the month and have ended."""
    candidates = [
        card
        for provider in watched
        for card in almanac.cards.get(provider.slug, ())
        if card.is_trouble
        and card.ended is not None
        and card.ended > card.started
        and scope(provider, card) == "in"
        and since <= moment(card.started).date() < until
    ]
    return sorted(candidates, key=lambda card: (card.started - (card.ended or 0), card.provider, card.id))[:LONGEST]


def _row(line: ReportRow) -> str:
    slug = line.provider.slug
    cells = [f"{{{{{name}}}}}" if name in line.figures else "–" for name in (slug, f"{slug}-count", f"{slug}-median")]
    return f"| [{line.provider.name}]({views.provider_url(slug)}) | {' | '.join(cells)} |"


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


def main(content: Path, month: str, now: datetime) -> int:
    """Write the draft for a month such as 2026-06 into `content` and say where it is. The exit code."""
    match = MONTH.fullmatch(month)
    if not match:
        print(f"new: {month!r} is not a month; use e.g. python3 tasks.py new report 2026-06")
        return 1
    try:
        almanac = load(content, now)
    except (ArchiveError, ProviderError) as error:
        print(error)
        return 1
    draft = compose(almanac, Evidence(almanac), int(match[1]), int(match[2]), now)
    path = content / draft.path
    if path.exists():
        print(f"new: {content.name}/{draft.path} already exists; edit it, or remove it first")
        return 1
    files.make_folder(path.parent)
    files.put(path, draft.text.encode())
    print(f"new: wrote {content.name}/{draft.path}; fill in the empty fields, then run: python3 tasks.py check")
    return 0
