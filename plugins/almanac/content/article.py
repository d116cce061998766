"""An article as pages and feeds draw on it: its card, its text, what it rests on, what it claims and corrects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from almanac.queries import Expect, Query


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


PLACEHOLDER = "One or two sentences that say what happened."  # the summary of a new draft; nothing to be published


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
    problems: tuple[str, ...] = ()  # of a draft: what is left to do, a line each
