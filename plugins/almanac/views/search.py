"""The way to anything on record without a script: by month, by provider and year, by component."""

from __future__ import annotations

from dataclasses import dataclass

from almanac import words
from almanac.almanac import Almanac
from almanac.views import base, rows
from almanac.views.articles import Teaser, teaser
from almanac.views.base import Head, Link
from almanac.views.incidents import Line, Months, incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """/search/"""

    head: Head
    stand: str
    months: tuple[Line, ...]
    providers: tuple[Line, ...]
    parts: tuple[tuple[Link, tuple[Link, ...]], ...]  # components by provider
    articles: tuple[Teaser, ...]


def search(almanac: Almanac, by_month: Months) -> SearchPage:
    """Everything there is, in the orders people look for it."""
    archive = incidents(almanac, by_month)
    named = [provider for provider in rows.by_name(almanac.providers) if provider.components]
    return SearchPage(
        head=Head(
            title="Search the record",
            path="/search/",
            section="incidents",
            description="Find an incident of an AI service by month, by provider, by component, or in articles.",
        ),
        stand=f"{words.plural(sum(map(len, almanac.cards.values())), 'incident')} "
        f"of {words.plural(len(almanac.cards), 'provider')}.",
        months=archive.months,
        providers=archive.providers,
        parts=tuple(
            (
                Link(base.provider_url(provider.slug), provider.name),
                tuple(Link(base.component_url(provider.slug, part.slug), part.name) for part in provider.components),
            )
            for provider in named
        ),
        articles=tuple(map(teaser, almanac.articles)),
    )
