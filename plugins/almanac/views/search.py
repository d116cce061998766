"""The way to anything in the archive: by words where a script may run, else by month, provider and year, or component."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from almanac.model import Kind, Provider, moment
from almanac.snapshot import Snapshot
from almanac.stats.windows import DAY
from almanac.text import english
from almanac.views import base, rows
from almanac.views.articles import Teaser, teaser
from almanac.views.base import Head, Link
from almanac.views.daylinks import first_pages
from almanac.views.incidents import ArchiveLine, Months, incidents
from almanac.views.pairs import in_comparison


class SearchTarget(NamedTuple):
    """A provider that a search can be limited to, and that it leads to by any of its names."""

    mark: str  # of the index
    name: str
    url: str
    names: str  # in small letters, between bars
    slug: str  # "" where it is compared with no other


class Finder(NamedTuple):
    """What a search by words can be limited to; kinds as (mark of the index, word)."""

    providers: tuple[SearchTarget, ...]
    kinds: tuple[tuple[str, str], ...]
    day_pages: str  # where the further pages of months begin: "2026-03 18 6", with day 18 and day 6; …


KINDS = (
    *((f"kind-{kind.value}", english.sentence(kind.value)) for kind in Kind),
    ("kind-provider", "Provider"),
    ("kind-article", "Article"),
    ("kind-claim", "Claim"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """The search page, at /search/."""

    head: Head
    stand: str
    months: tuple[ArchiveLine, ...]
    providers: tuple[ArchiveLine, ...]
    parts: tuple[tuple[Link, tuple[Link, ...]], ...]  # components by provider
    articles: tuple[Teaser, ...]
    finder: Finder | None  # None: this build has no index


def search(almanac: Snapshot, by_month: Months, indexed: bool = False) -> SearchPage:
    """Return the page that leads to everything, in the orders people look for it; with `indexed` also by words."""
    archive = incidents(almanac, by_month)
    with_parts = [provider for provider in rows.by_name(almanac.providers) if provider.components]
    return SearchPage(
        head=Head(
            title="Search the archive",
            path="/search/",
            section="search",
            description=f"Find {english.with_article(almanac.project.of('outage'))} by month, by provider, by component, or in articles.",
        ),
        stand=f"{english.plural(sum(map(len, almanac.cards.values())), 'incident')} "
        f"of {english.plural(len(almanac.cards), 'provider')}.",
        months=archive.months,
        providers=archive.providers,
        parts=tuple(
            (
                Link(base.provider_url(provider.slug), provider.name),
                tuple(Link(base.component_url(provider.slug, part.slug), part.name) for part in provider.components),
            )
            for provider in with_parts
        ),
        articles=tuple(map(teaser, almanac.articles)),
        finder=_finder(almanac, by_month) if indexed else None,
    )


def _place(provider: Provider, is_compared: bool) -> SearchTarget:
    products = (part.product for part in provider.components)
    names = (provider.name, provider.company, provider.slug, *provider.aliases, *products)
    every = "|".join(dict.fromkeys(name.casefold() for name in names if name))
    return SearchTarget(
        f"provider-{provider.slug}", provider.name, base.provider_url(provider.slug), every, provider.slug * is_compared
    )


def _finder(almanac: Snapshot, by_month: Months) -> Finder:
    """Return what a search can be limited to: all providers, and the kinds that occur."""
    compared = in_comparison(almanac)
    marks = {f"kind-{card.kind}" for cards in almanac.cards.values() for card in cards} | {"kind-provider"}
    if almanac.articles:
        marks |= {"kind-article"}
    if any(article.claims for article in almanac.articles):
        marks |= {"kind-claim"}
    return Finder(
        providers=tuple(_place(provider, provider in compared) for provider in rows.by_name(almanac.providers)),
        kinds=tuple((mark, word) for mark, word in KINDS if mark in marks),
        day_pages=";".join(
            " ".join([f"{year}-{month:02}", *map(str, days)])
            for (year, month), cards in by_month.items()
            if (days := _first_days(first_pages(cards)))
        ),
    )


def _first_days(pages: Mapping[int, int]) -> list[int]:
    """Return the newest day of the month that is not on an earlier page, for each page of a list after its first."""
    return [
        max(moment(day * DAY).day for day, page in pages.items() if page >= number)
        for number in range(2, max(pages.values()) + 1)
    ]
