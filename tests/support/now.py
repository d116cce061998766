"""Small sites that show the present: something is open, three things are, nothing is, nobody knows, work is under way.

What is said in them is made up; the world is that of 2 March 2026.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from almanac import archive
from almanac.commands import build as build_command
from almanac.model import Change, Impact, Incident, Kind, Phase, Update, seconds
from almanac.stats.issued import Issued, render
from almanac.stats.recovery import Forecast
from tests.support.almanacs import at, incident, pulls
from tests.support.content import provider
from tests.support.projects import project, put, write

NOW = at("02 12:30")
LONG_AFTER = at("2026-04-20 09:00")
PARTS = """components:
  - {slug: claude-ai, name: claude.ai, product: Claude, capability: chat}
  - {slug: api, name: Claude API, product: Claude API, capability: api, match: [Claude API (api.anthropic.com)]}
  - {slug: console, name: Claude Console, product: Claude API, capability: other}
  - {slug: claude-code, name: Claude Code, product: Claude Code, capability: code}
  - {slug: government, name: Claude for Government, product: Claude, capability: other}
  - {slug: cowork, name: Claude Cowork, product: Claude, capability: other}
capabilities: [chat, api, code]
"""
OTHERS = {
    "groq": ("Groq", "capabilities: [api]\n"),
    "baseten": ("Baseten", "capabilities: [api]\n"),
    "character-ai": ("Character.AI", "capabilities: [chat]\n"),
    "cursor": ("Cursor", "capabilities: [code]\nbuilt_on: [anthropic]\n"),
}
ALL = ("Claude API (api.anthropic.com)", "claude.ai", "Claude Code", "Claude Console", "Claude for Government")
WORDS = (
    (0, "Requests to claude.ai, Claude Console and Claude Code fail. We are looking into it."),
    (17, "We are still looking into it."),
    (32, "The API works as intended. The errors concern claude.ai, and signing in and out."),
)


class Scene(NamedTuple):
    """A site and what to look at in it."""

    build: Callable[[Path], Path]  # in a folder; returns the folder of the site
    paths: tuple[str, ...]


def _world(root: Path, incidents: Iterable[Incident], covered_since: str = "2025-09-01 00:00") -> None:
    project(root)
    for old in (root / "content/incidents").rglob("*.md"):
        old.unlink()
    for old in (root / "content/articles").rglob("*.md"):
        old.unlink()
    for page in ("contribute", "corrections-policy"):
        write(root, f"pages/{page}.md", f"---\ntitle: {page}\nsummary: How.\n---\n\nHow.\n")
    write(root, "providers/anthropic.md", provider("anthropic", "Claude", PARTS))
    for slug, (name, more) in OTHERS.items():
        write(root, f"providers/{slug}.md", provider(slug, name, more))
    made = (*_past(), *incidents)
    for one in made:
        put(root, one)
    for slug in ("anthropic", *OTHERS):
        until = at("2026-01-20 00:00") if slug == "character-ai" else NOW
        open_ones = tuple((one.id, NOW) for one in made if one.provider == slug and one.ended is None)
        archive.save_pulls(root / "content", pulls(slug, at(covered_since), until, last_open=open_ones))


def _past() -> Iterable[Incident]:
    """Incidents of half a year, so that there is something to compare with."""
    for number in range(40):
        start = at("2025-09-10 08:00") + timedelta(days=4 * number, hours=number % 9)
        names = ALL if number % 3 == 0 else ALL[:2] if number % 3 == 1 else ALL[1:2]
        impact = (Impact.MINOR, Impact.MAJOR, Impact.MINOR, Impact.CRITICAL, Impact.MAJOR)[number % 5]
        yield _told(f"past{number}", start, 20 + 13 * (number % 17), components=names, impact=impact)
    for slug in OTHERS:
        for number in range(8):
            start = at("2025-09-12 03:00") + timedelta(days=15 * number, hours=len(slug))
            yield _told(f"past{number}", start, 40, provider=slug, components=(), source="")
    yield _told("shared", at("2025-11-09 08:10"), 30, provider="groq", components=(), source="")


def _told(name: str, start: datetime, minutes: int, **facts: Any) -> Incident:
    until = start + timedelta(minutes=minutes)
    return incident(name, f"{start:%Y-%m-%d %H:%M}", f"{until:%Y-%m-%d %H:%M}", **facts)


def open_incident() -> Incident:
    """Return an incident of Claude's that lists the API while its words say that the API works."""
    start = at("02 11:49:20")
    posts = tuple(
        Update(
            at=start + timedelta(minutes=after),
            phase=Phase.INVESTIGATING,
            text=text,
            seen=start + timedelta(minutes=after + 3),
        )
        for after, text in WORDS
    )
    return replace(
        incident("open", "02 11:49:20", "", components=ALL, title="Elevated errors on claude.ai and Claude Code"),
        updates=posts,
        phase=Phase.INVESTIGATING,
        first_seen=start + timedelta(minutes=4),
    )


def over() -> Incident:
    """Return the same when it is over: the API came onto its list late, after posts that first called it fine."""
    found, end = open_incident(), at("02 12:20")
    start = at("02 07:00")
    posts = tuple(
        replace(post, at=start + timedelta(minutes=30 * n), seen=start + timedelta(minutes=30 * n + 3))
        for n, post in enumerate(found.updates)
    )
    late = Update(at=at("02 09:10"), phase=Phase.IDENTIFIED, text="The API fails after all.", seen=at("02 09:12"))
    done = Update(at=end, phase=Phase.RESOLVED, text="This is over.", seen=end)
    return replace(
        found,
        id="over",
        started=start,
        ended=end,
        ended_basis="resolved-update",
        phase=Phase.RESOLVED,
        first_seen=start + timedelta(minutes=3),
        updates=(*posts, late, done),
        changes=(Change(what="components", was="; ".join(ALL[1:4]), until=at("02 09:12")),),
    )


def forecast(name: str = "open", since: int = 37) -> Issued:
    """Return the forecast that was published for an open incident some minutes after its start."""
    return Issued(
        provider="anthropic",
        incident=name,
        phase="investigating",
        forecast=Forecast(
            at=seconds(at("02 11:49:20")) + 60 * since,
            elapsed=float(since),
            quantiles=(7.2, 29.0, 71.4, 157.0, 350.0),
            chances=(0.27, 0.47, 0.65, 0.89, 0.95),
            n=119,
            others=410,
            effective=61.0,
            borrowed=0.12,
        ),
    )


def keep(root: Path, *issued: Issued) -> None:
    """Put forecasts of Claude's incidents into the archive, as pulls do."""
    write(root, "forecasts/anthropic.jsonl", "".join(f"{render(line)}\n" for line in issued))


def built(root: Path, now: datetime = NOW) -> Path:
    """Build the site of a folder as of a moment; return where it is."""
    with contextlib.redirect_stdout(io.StringIO()):
        build_command.build(root / "pelicanconf.py", now=f"{now:%Y-%m-%dT%H:%M:%SZ}", output="out")
    return root / "out"


def one_open(root: Path) -> Path:
    """Build a site with one incident open, and a forecast of it."""
    _world(root, [open_incident()])
    keep(root, forecast())
    return built(root)


def quiet(root: Path) -> Path:
    """Build a site on which nothing is open, and one incident has just ended."""
    _world(root, [over()])
    return built(root)


def unknown(root: Path) -> Path:
    """Build a site whose data ended weeks ago."""
    _world(root, [])
    return built(root, LONG_AFTER)


def three_open(root: Path) -> Path:
    """Build a site with three providers in trouble: one outlasted its forecast, one has none, one names no component."""
    groq = incident("groqs", "02 10:05", "", provider="groq", components=(), impact=Impact.UNKNOWN, impact_stated="")
    cursor = incident("cursors", "02 12:02", "", provider="cursor", components=("Tab",), impact=Impact.CRITICAL)
    second = incident("second", "02 12:10", "", components=("Claude Cowork",), impact=Impact.UNKNOWN, impact_stated="")
    _world(root, [open_incident(), groq, cursor, second])
    early = forecast(since=5)
    keep(root, replace(early, forecast=replace(early.forecast, quantiles=(2.0, 5.0, 9.0, 15.0, 25.0))))
    return built(root)


def at_work(root: Path) -> Path:
    """Build a site on which maintenance is under way, and more is announced."""
    works: dict[str, Any] = {"kind": Kind.MAINTENANCE, "impact": Impact.MAINTENANCE, "impact_stated": "maintenance"}
    now = incident(
        "works", "02 11:00", "", components=ALL[:1], phase=Phase.IN_PROGRESS, title="Work on the API", **works
    )
    later = incident(
        "later", "02 12:00", "", components=ALL[1:2], phase=Phase.SCHEDULED, title="Work on the chat", **works
    )
    begun = Update(at=at("02 11:00"), phase=Phase.IN_PROGRESS, text="Work has begun.")
    announced = Update(at=at("02 09:00"), phase=Phase.SCHEDULED, text="Work is planned for 5 March.")
    _world(root, [replace(now, updates=(begun,)), replace(later, updates=(announced,))])
    return built(root)


def one_of_one(root: Path) -> Path:
    """Build a site with one provider without components, of which little is known and one incident is open."""
    _world(root, [])
    for slug in ("anthropic", "groq", "baseten", "character-ai"):
        (root / f"content/providers/{slug}.md").unlink()
    for old in (root / "content/incidents").rglob("*.md"):
        old.unlink()
    write(root, "providers/cursor.md", provider("cursor"))
    for old in (root / "content/pulls").rglob("*"):
        if old.is_file():
            old.unlink()
    found = incident("only", "02 12:02", "", provider="cursor", components=())
    put(root, found)
    archive.save_pulls(root / "content", pulls("cursor", at("02 06:00"), NOW, last_open=(("only", NOW),)))
    return built(root)


PAGES = ("/", "/providers/anthropic/", "/providers/anthropic/api/")
SCENES = {
    "one open, with a forecast": Scene(
        one_open, (*PAGES, "/providers/anthropic/cowork/", "/incidents/anthropic/open/", "/providers/groq/")
    ),
    "all quiet": Scene(
        quiet,
        (*PAGES, "/providers/cursor/", "/incidents/anthropic/over/", "/incidents/anthropic/over/at/"),
    ),
    "all unknown": Scene(unknown, PAGES),
    "three open": Scene(
        three_open,
        (*PAGES, "/incidents/anthropic/open/", "/incidents/groq/groqs/", "/providers/groq/", "/providers/cursor/"),
    ),
    "maintenance": Scene(at_work, (*PAGES, "/incidents/anthropic/works/")),
    "one of one": Scene(one_of_one, ("/", "/providers/cursor/", "/incidents/cursor/only/")),
}
