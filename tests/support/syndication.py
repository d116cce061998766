"""A small site that grows: for tests that read what it publishes as other programs do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from almanac import archive
from almanac.build.settings import BuildSettings
from almanac.content.article import Article, ArticleCard
from almanac.exports import version
from almanac.model import FeedState, Impact, Incident, Kind, Phase, Provider, Revision, Update, unstamp
from tests.support import builds
from tests.support.almanacs import CLAUDE, GROQ, PROJECT, incident, pulls
from tests.support.projects import project, put, write

HOST = "https://almanac.example"
SLUGS = ("anthropic", "groq")
OPENED = unstamp("2026-03-03T09:00:00Z")


class Press:
    """A project with two providers and no incidents but those given to it, built as often as is asked for."""

    def __init__(self, root: Path, providers: Sequence[Provider] = (CLAUDE, GROQ), complete: bool = False) -> None:
        self.complete = complete
        self.root = project(root)
        for path in (self.root / "content/incidents").rglob("*.md"):
            path.unlink()
        for provider in providers:
            write(self.root, f"providers/{provider.slug}.md", _file(provider))
        self.output = self.root / "output"

    def put(self, *incidents: Incident) -> None:
        """Bring incidents into the archive, or change them there."""
        for one in incidents:
            put(self.root, one)

    def build(
        self,
        now: datetime,
        *,
        until: datetime | None = None,
        articles: Iterable[ArticleCard] = (),
        texts: Iterable[Article] = (),
        feeds: tuple[FeedState, ...] = (),
    ) -> Path:
        """Build as of `now`, every provider read until then (or `until`) and its open incidents seen open."""
        until = until or now
        for slug in SLUGS:
            kept = archive.load(self.root / "content", slug)
            seen_open = tuple(
                (key, until)
                for key, filed in sorted(kept.items())
                if filed.incident.ended is None and not filed.incident.imported
            )
            archive.save_pulls(self.root / "content", pulls(slug, until=until, last_open=seen_open, feeds=feeds))
        builds.build(self.settings(now), *articles, *texts)
        return self.output

    def settings(self, now: datetime) -> BuildSettings:
        """Return the settings of a build as of `now`."""
        return BuildSettings(
            content=self.root / "content",
            theme=self.root / "theme",
            output=self.output,
            now=now,
            site_url=HOST,
            project=PROJECT,
            site_id="tag:almanac.example,2026:",
            complete=self.complete,
            parquet=self.complete,
            version=version.current(),
            jinja={"autoescape": True, "trim_blocks": True, "lstrip_blocks": True},
        )


def _file(provider: Provider) -> str:
    parts = "".join(
        f"  - {{slug: {c.slug}, name: {c.name!r}, match: [{', '.join(map(repr, c.match))}]}}\n"
        for c in provider.components
    )
    return (
        f"---\nslug: {provider.slug}\nname: {provider.name}\ncompany: {provider.company}\nhome: {provider.home}\n"
        f"status_page: {provider.status_page}\n{'components:' if parts else ''}\n{parts}---\n"
    )


def xml(path: Path) -> ET.Element:
    """Return the root of a document, by a parser that did not write it."""
    return ET.fromstring(path.read_bytes())  # noqa: S314  (our own file)


def life() -> list[tuple[datetime, Incident]]:
    """One incident as it stands at six moments: opened, three updates, resolved, and a text changed four days later."""
    told = [
        ("09:00", Phase.INVESTIGATING, "We are looking into errors."),
        ("09:20", Phase.IDENTIFIED, "A bad deployment."),
        ("09:40", Phase.MONITORING, "Rolled back."),
        ("10:00", Phase.MONITORING, "Still watching."),
        ("10:30", Phase.RESOLVED, "This is over."),
    ]
    posts = tuple(
        Update(at=at, seen=at.replace(minute=at.minute + 3), phase=phase, text=text)
        for clock, phase, text in told
        for at in [unstamp(f"2026-03-03T{clock}:00Z")]
    )
    whole = incident(
        "life", "03 09:00", "03 10:30", provider="groq", title="Errors in chat", components=(), first_seen=posts[0].seen
    )
    steps = []
    for number in range(1, len(posts) + 1):
        over = number == len(posts)
        stands = replace(whole, updates=posts[:number], phase=posts[number - 1].phase)
        if not over:
            stands = replace(stands, ended=None, ended_basis="")
        steps.append((posts[number - 1].at.replace(minute=posts[number - 1].at.minute + 5), stands))
    edited = unstamp("2026-03-07T12:00:00Z")
    first = replace(posts[0], text="We looked into errors.", was=(Revision(text=posts[0].text, until=edited),))
    return [*steps, (edited.replace(minute=5), replace(whole, updates=(first, *posts[1:])))]


def many(number: int) -> list[Incident]:
    """Incidents of Groq, one every eight hours from 1 September 2025 on."""
    return [
        incident(
            f"n{n:03}",
            *(f"2025-{9 + day // 30:02}-{1 + day % 30:02} {clock}:{m}" for m in ("00", "30")),
            provider="groq",
            components=(),
            title=f"Trouble {n}",
        )
        for n in range(number)
        for day, clock in [(n // 3, f"{n % 3 * 8:02}")]
    ]


def maintenance(name: str = "works", phase: Phase = Phase.SCHEDULED) -> Incident:
    """Works of Groq announced for the night of 9 March."""
    announced = unstamp("2026-03-02T08:00:00Z")
    return incident(
        name,
        "02 08:00",
        "",
        provider="groq",
        title="Database works",
        components=(),
        kind=Kind.MAINTENANCE,
        impact=Impact.MAINTENANCE,
        impact_stated="maintenance",
        phase=phase,
        planned_from=unstamp("2026-03-09T22:00:00Z"),
        planned_until=unstamp("2026-03-10T01:00:00Z"),
        updates=(Update(at=announced, phase=Phase.SCHEDULED, text="Works are planned."),),
    )
