"""The list of providers, and the incidents of one provider by year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from almanac.model import Card, Provider, moment
from almanac.snapshot import Snapshot
from almanac.text import english
from almanac.views import base, current, pagination, rows, uses
from almanac.views.base import Head, Link, Mark
from almanac.views.charts import Bars
from almanac.views.monograms import monograms
from almanac.views.recent import RecentDays
from almanac.views.rows import DayList
from almanac.views.status import source
from almanac.views.uses import Filter

Years = Mapping[int, tuple[Card, ...]]


class ProviderLine(NamedTuple):
    """A provider in the list of all."""

    url: str
    name: str
    company: str
    monogram: str
    css: str  # what it can do, for the filter
    mark: Mark
    expired: str  # what the mark says once the page is no longer valid
    bars: Bars  # of the days that the front page shows
    total: str
    covered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """The list of all providers, at /providers/."""

    head: Head
    stand: str
    lines: tuple[ProviderLine, ...]
    filters: tuple[Filter, ...]
    days_heading: str
    key: tuple[Mark, ...] = base.KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderYear(DayList):
    """A year of a provider, at /providers/<slug>/<year>/ and the pages on which it goes on."""

    provider: Link


def providers(almanac: Snapshot) -> Providers:
    """Return the page of every watched provider with its state and the time its record covers."""
    number = english.plural(len(almanac.providers), "provider")
    letters, recent = monograms(almanac.providers), RecentDays(almanac)
    lines = tuple(
        _line(almanac, recent, provider, letters[provider.slug]) for provider in rows.by_name(almanac.providers)
    )
    return Providers(
        head=Head(
            title="Providers",
            path="/providers/",
            section="providers",
            description=f"The {almanac.project.of('providers')} whose status pages this site archives.",
            dateline=base.dateline(almanac),
        ),
        stand=f"{number} whose status pages we archive.",
        lines=lines,
        filters=uses.filters(almanac.project, [line.css for line in lines]),
        days_heading=recent.heading,
    )


def _line(almanac: Snapshot, recent: RecentDays, provider: Provider, monogram: str) -> ProviderLine:
    mark = current.state(almanac, provider).mark
    return ProviderLine(
        url=base.provider_url(provider.slug),
        name=provider.name,
        company="" if provider.company == provider.name else provider.company,
        monogram=monogram,
        css=uses.classes(almanac.project, provider),
        mark=mark,
        expired=base.expired(mark),
        bars=recent.bars(provider),
        total=english.count(len(almanac.cards.get(provider.slug, ()))),
        covered=source(almanac, provider).covered,
    )


def by_year(cards: Iterable[Card]) -> Years:
    """Return the incidents of a provider by the year they started in, the first year first: each has a page."""
    years: dict[int, list[Card]] = {}
    for card in cards:
        years.setdefault(moment(card.started).year, []).append(card)
    return {year: tuple(years[year]) for year in sorted(years)}


def provider_year(provider: Provider, cards_by_year: Years, year: int, sheet: int = 1) -> ProviderYear:
    """Return a page of what one provider reported in one year, newest first; long years fill several."""
    cards, years = cards_by_year[year], list(cards_by_year)
    place = years.index(year)
    url = base.year_url(provider.slug, year)
    title = f"{provider.name} in {year}"
    number = english.plural(len(cards), "incident")
    return ProviderYear(
        head=Head(
            title=pagination.numbered(f"{title}: {number}", sheet),
            path=pagination.page_url(url, sheet),
            section="providers",
            description=f"Every incident {provider.name} reported in {year}.",
            feeds=base.provider_feeds(provider.slug, provider.name),
        ),
        provider=Link(base.provider_url(provider.slug), provider.name),
        title=title,
        stand=f"{number}, newest first.",
        days=rows.by_day(pagination.on_page(cards, sheet), {}),
        sheets=pagination.sheets(pagination.page_urls(url, len(cards)), sheet),
        earlier=_year_link(provider.slug, years[place - 1]) if place else None,
        later=_year_link(provider.slug, years[place + 1]) if place + 1 < len(years) else None,
    )


def _year_link(slug: str, year: int) -> Link:
    return Link(base.year_url(slug, year), str(year))
