"""Small worlds for tests of pages: providers, incidents and coverage around 2 March 2026."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from almanac.content.article import ArticleCard
from almanac.model import (
    Card,
    Component,
    Feed,
    FeedState,
    Impact,
    Incident,
    Kind,
    Phase,
    Provider,
    Pulls,
    Scope,
    Span,
    Update,
    card,
    unstamp,
)
from almanac.model.project import Capability, PressWords, Project
from almanac.snapshot import Snapshot

NOW = unstamp("2026-03-02T14:10:00Z")
PROJECT = Project(
    name="Outage Almanac",
    subject="AI",
    repository="https://github.example/almanac",
    capabilities=(
        Capability("api", "API", "For the API"),
        Capability("chat", "Chat", "For chat"),
        Capability("code", "Code", "For code"),
        Capability("speech", "Speech", "For speech"),
        Capability("compute", "", ""),
    ),
    press=PressWords(
        about=("AI", "chatbot", "language model"),
        ordinary_names=("Gemini",),
        everywhere=("ai", "api", "claude", "anthropic"),
    ),
)
BEGINNING = unstamp("2025-09-01T00:00:00Z")

CLAUDE = Provider(
    slug="anthropic",
    name="Claude",
    company="Anthropic",
    home="https://claude.com/",
    status_page="https://status.claude.com/",
    feeds=(Feed(url="https://status.claude.com/history.atom", dialect="statuspage", verified=True),),
    components=(
        Component(slug="claude-ai", name="claude.ai", match=("claude.ai",)),
        Component(slug="api", name="Claude API", match=("Claude API (api.anthropic.com)",)),
    ),
    about="Anthropic makes *Claude*.",
)
GROQ = Provider(
    slug="groq",
    name="Groq",
    company="Groq",
    home="https://groq.com/",
    status_page="https://groqstatus.com/",
    feeds=(Feed(url="https://groqstatus.com/feed.atom", dialect="incidentio"),),
)
COPILOT = Provider(
    slug="github",
    name="GitHub Copilot",
    company="GitHub",
    home="https://github.com/",
    status_page="https://www.githubstatus.com/",
    scope=Scope(components=("Copilot",)),
)
TOGETHER = Provider(
    slug="together",
    name="Together AI",
    company="Together Computer",
    home="https://together.ai/",
    status_page="https://status.together.ai/",
    written_by="machine",
)


def at(text: str) -> datetime:
    """Return a moment of March 2026, "02 11:49", or of any month, "2026-02-28 11:49", with seconds if need be."""
    text = text if "-" in text else f"2026-03-{text}"
    return unstamp(text.replace(" ", "T") + (":00Z" if text.count(":") == 1 else "Z"))


def incident(
    name: str = "0ghc53zpsfmt", since: str = "02 11:49:20", until: str = "02 15:47:09", **facts: Any
) -> Incident:
    """Return a major incident of Claude's with three updates; `until` "" leaves it open."""
    start, end = at(since), at(until) if until else None
    between = start + ((end or NOW) - start) / 2
    updates = [
        Update(at=start, phase=Phase.INVESTIGATING, text="We are looking into errors."),
        Update(at=between.replace(microsecond=0), phase=Phase.IDENTIFIED, text="The cause is found."),
        *([Update(at=end, phase=Phase.RESOLVED, text="This is over.")] if end else []),
    ]
    made = Incident(
        provider="anthropic",
        id=name,
        title="Elevated errors on claude.ai",
        kind=Kind.DEGRADATION,
        impact=Impact.MAJOR,
        impact_stated="major",
        phase=updates[-1].phase,
        components=("claude.ai", "Claude API (api.anthropic.com)"),
        started=start,
        ended=end,
        ended_basis="resolved-update" if end else "",
        precision="second",
        source=f"https://status.claude.com/incidents/{name}",
        dialect="statuspage",
        first_seen=start + timedelta(minutes=4),
        updates=tuple(updates),
    )
    return replace(made, **facts)


def carded(found: Incident) -> Card:
    """Return the card of an incident at the place the archive gives it."""
    return card(found, f"{found.provider}/{found.started:%Y}/{found.started:%Y-%m-%d}-{found.id}.md")


def pulls(slug: str, since: datetime = BEGINNING, until: datetime = NOW, dataset: str = "", **facts: Any) -> Pulls:
    """Coverage by our own readings without a gap, up to `until`."""
    return Pulls(provider=slug, coverage=(Span(since=since, until=until, dataset=dataset),), **facts)


def read_feed(url: str = "https://status.claude.com/history.atom", **facts: Any) -> FeedState:
    """Return a feed that was read just now."""
    return FeedState(url=url, fetched=NOW, dialect="statuspage", entries=25, **facts)


def almanac(
    incidents: Iterable[Incident] = (),
    *,
    providers: tuple[Provider, ...] = (CLAUDE, GROQ),
    watched: Iterable[Pulls] | None = None,
    articles: tuple[ArticleCard, ...] = (),
    now: datetime = NOW,
) -> Snapshot:
    """Return an almanac of these incidents; every provider is watched up to `now` unless told otherwise.

    What has no end was seen open at the end of its provider's record.
    """
    made = tuple(incidents)
    found = list(watched) if watched is not None else [pulls(p.slug, until=now) for p in providers]
    known = {entry.provider: replace(entry, last_open=entry.last_open or _open(made, entry)) for entry in found}
    return Snapshot(
        providers=providers,
        cards={
            p.slug: tuple(sorted((carded(i) for i in made if i.provider == p.slug), key=lambda c: -c.started))
            for p in providers
        },
        pulls=known,
        articles=articles,
        now=now,
        record_until=max((span.until for entry in known.values() for span in entry.coverage), default=None),
        site_url="https://almanac.example",
        project=PROJECT,
    )


def _open(incidents: Iterable[Incident], entry: Pulls) -> tuple[tuple[str, datetime], ...]:
    mine = (i for i in incidents if i.provider == entry.provider and i.ended is None and not i.imported)
    return tuple((i.id, entry.coverage[-1].until) for i in mine)
