"""What a build knows, in one frozen value: providers, cards, coverage, articles, and the moment it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from almanac.content.corrections import Corrected
from almanac.content.images import Picture
from almanac.content.link_posts import LinkPost
from almanac.content.undeclared import Undeclared
from almanac.model import Card, FeedState, Provider, Pulls
from almanac.queries import Expect, Query
from almanac.stats.issued import Issued
from almanac.stats.scorecard import Scorecard


class Claim(NamedTuple):
    """What somebody said about an incident or a provider, and what became of it when held against the record."""

    said: str
    by: str
    where: str  # web address, "" if it is not known
    grade: str  # official, stated-cause, press, user-report or unverified
    since: str  # day it was first heard, 2026-03-02, or ""
    verdict: str  # supported, contradicted or undecidable
    why: str = ""  # the editor's reason, in words
    check: Query | None = None  # None: no figure of the archive decides it
    expect: Expect | None = None  # of the check's answer


class Correction(NamedTuple):
    """What was wrong in an article, and since when it is right."""

    date: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCard:
    """The facts of an article that other pages list it by."""

    url: str  # relative to the site, with a leading slash: /articles/2026/claude-outage/
    title: str
    date: datetime
    modified: datetime | None = None
    summary: str = ""  # plain text
    kind: str = ""  # kind of work: news, analysis, correction …
    authors: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()  # slugs
    incidents: tuple[tuple[str, str], ...] = ()  # keys (provider slug, raw id) of the incidents it cites
    claims: tuple[Claim, ...] = ()
    figures: tuple[tuple[str, Query], ...] = ()  # what {{name}} in its text stands for
    corrections: tuple[Correction, ...] = ()  # as on the article itself
    first_url: str = ""  # where it was published first, if that is not `url`: feeds know it by that for life


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What an article rests on."""

    url: str
    title: str
    publisher: str
    kind: str  # provider, press, tracker, data, analysis or person
    primary: bool  # True: who was there or measured it says it


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article with its text."""

    card: ArticleCard
    html: str  # safe
    sources: tuple[Source, ...] = ()
    confirmed: tuple[str, ...] = ()  # plain text, a sentence or two each
    claimed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    file: str = ""  # relative to content/, for edit links


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that a page may draw on, except the texts of incidents, which come one at a time.

    `record_until` is the newest moment any provider's coverage reaches, None while there is no record at all.
    """

    providers: tuple[Provider, ...]
    cards: Mapping[str, tuple[Card, ...]]  # by provider slug, newest start first
    pulls: Mapping[str, Pulls]  # by provider slug
    articles: tuple[ArticleCard, ...]  # newest first
    now: datetime
    record_until: datetime | None
    site_url: str  # absolute, without a trailing slash; "" where the site does not know its address
    site_name: str
    corrections: tuple[Corrected, ...] = ()  # what editors say of incidents, in the order of their files
    links: tuple[LinkPost, ...] = ()  # what was written then, chosen by people, newest first
    pictures: tuple[Picture, ...] = ()  # that articles may show, by file
    undeclared: tuple[Undeclared, ...] = ()  # trouble that others saw, newest first; it counts in nothing
    press: tuple[FeedState, ...] = ()  # feeds of the press, as the last pull left them
    issued: Mapping[str, tuple[Issued, ...]] = field(default_factory=dict)  # forecasts by provider slug, oldest first
    scorecard: Scorecard | None = None  # of the forecasts; None while none was made
