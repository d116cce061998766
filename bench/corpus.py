"""A seeded archive of N incidents and M articles in our format, in a project of its own."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from almanac import archive
from almanac.model import Impact, Incident, Kind, Phase, Pulls, Span, Update

ROOT = Path(__file__).resolve().parents[1]
PROVIDERS = (
    "anthropic",
    "cursor",
    "deepseek",
    "github",
    "google-cloud",
    "groq",
    "mistral",
    "modal",
    "openai",
    "perplexity",
    "together",
    "xai",
)
PAGES = ("about", "methodology", "contribute", "corrections-policy")
SINCE, UNTIL = datetime(2021, 7, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
IMPACTS = (Impact.MINOR, Impact.MINOR, Impact.MINOR, Impact.MAJOR, Impact.MAJOR, Impact.CRITICAL, Impact.NONE)
COMPONENTS = ("API", "Chat", "Console", "Sign-in", "Files (beta)", "Code assistant", "Search", "Batch jobs")
WORDS = [
    "we",
    "are",
    "investigating",
    "elevated",
    "errors",
    "on",
    "requests",
    "to",
    "the",
    "service",
    "and",
    "some",
    "customers",
    "may",
    "see",
    "slow",
    "or",
    "failed",
    "responses",
    "while",
    "our",
    "team",
    "has",
    "identified",
    "a",
    "problem",
    "in",
    "one",
    "region",
    "fix",
    "is",
    "being",
    "rolled",
    "out",
    "traffic",
    "moves",
    "back",
    "normal",
    "monitoring",
    "continues",
    "until",
    "all",
    "queues",
    "empty",
    "incident",
    "was",
    "caused",
    "by",
    "capacity",
    "limits",
    "data",
    "center",
    "no",
    "were",
    "lost",
]


def site(root: Path, incidents: int, articles: int, seed: int = 1) -> None:
    """Write a whole project under `root`: this checkout's code, theme and settings, with made-up content."""
    for name in ("plugins/almanac", "theme", ".ci"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tasks.py", "almanac.toml", "pelicanconf.py", "publishconf.py", "requirements.lock"):
        shutil.copy(ROOT / name, root / name)
    (root / ".venv").symlink_to(ROOT / ".venv")
    rng = random.Random(seed)
    content = root / "content"
    (content / "providers").mkdir(parents=True)
    (content / "pages").mkdir()
    for slug in PAGES:
        text = "\n\n".join(sentences(rng, 4) for _ in range(20))
        (content / f"pages/{slug}.md").write_text(f"---\ntitle: {slug}\nsummary: {slug}\n---\n\n{text}\n")
    for slug in PROVIDERS:
        shutil.copy(ROOT / f"content/providers/{slug}.md", content / "providers")
        archive.save_pulls(content, pulls(slug, UNTIL))
    history = [incident(rng, number) for number in range(incidents)]
    for one in history:
        path = content / "incidents" / archive.file_of(one)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(archive.render(one), encoding="utf-8")
    for number in range(articles):
        name, text = article(rng, number, history)
        path = content / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def pulls(slug: str, until: datetime) -> Pulls:
    """Return a record without a gap."""
    return Pulls(provider=slug, coverage=(Span(since=SINCE, until=until, dataset="bench"),))


def incident(rng: random.Random, number: int) -> Incident:
    """Return an incident as a status page tells it: one to twelve posts, lengths from minutes to a day."""
    provider = rng.choice(PROVIDERS)
    start = SINCE + timedelta(seconds=rng.randrange(int((UNTIL - SINCE).total_seconds()) - 90_000))
    posts = rng.randint(1, 12)
    length = timedelta(minutes=min(rng.lognormvariate(4.2, 1.1), 1400))
    impact = rng.choice(IMPACTS)
    updates = tuple(
        Update(
            at=(start + length * step / max(posts - 1, 1)).replace(microsecond=0),
            phase=phase(step, posts),
            text="\n\n".join(sentences(rng, 2) for _ in range(rng.randint(1, 2))),
        )
        for step in range(posts)
    )
    return Incident(
        provider=provider,
        id=f"{number:05d}{rng.getrandbits(36):09x}",
        title=sentences(rng, 1)[:60].rsplit(" ", 1)[0],
        kind=Kind.OUTAGE if impact is Impact.CRITICAL else Kind.DEGRADATION,
        impact=impact,
        impact_stated=impact.value,
        phase=Phase.RESOLVED,
        components=tuple(sorted(rng.sample(COMPONENTS, rng.randint(0, 4)))),
        started=start,
        ended=updates[-1].at,
        ended_basis="resolved-update",
        precision="second",
        source=f"https://status.example.com/incidents/{number}",
        dialect="statuspage",
        first_seen=start + timedelta(minutes=4),
        updates=updates,
    )


def phase(step: int, posts: int) -> Phase:
    """Return where an incident stands at its post number `step` of `posts`."""
    if step == posts - 1:
        return Phase.RESOLVED
    return (Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING)[min(3 * step // posts, 2)]


def sentences(rng: random.Random, most: int) -> str:
    """Return one to `most` sentences of status page prose."""
    prose = (" ".join(rng.choices(WORDS, k=rng.randint(8, 24))) for _ in range(rng.randint(1, most)))
    return " ".join(f"{words.capitalize()}." for words in prose)


def article(rng: random.Random, number: int, incidents: list[Incident]) -> tuple[str, str]:
    """Return file name and text of an article that cites three incidents."""
    day = UNTIL - timedelta(hours=9 * number + 9)
    cited = rng.sample(incidents, min(3, len(incidents)))
    body = "\n\n".join(" ".join(sentences(rng, 3) for _ in range(3)) for _ in range(8))
    table = "| When | What |\n|---|---|\n" + "".join(f"| {i.started:%H:%M} | {sentences(rng, 1)} |\n" for i in cited)
    keys = ", ".join(f"{i.provider}/{i.id}" for i in cited)
    return (
        f"{day:%Y/%Y-%m-%d}-what-happened-{number}.md",
        f"""---
title: "What happened: {sentences(rng, 1)[:50]} ({number})"
date: {day:%Y-%m-%dT%H:%M:%SZ}
authors: [The Editors]
providers: [{cited[0].provider}]
incidents: [{keys}]
summary: {sentences(rng, 2)}
kind: analysis
status: published
sources:
  - url: https://status.example.com/incidents/{number}
    title: The status page
    publisher: The provider
    kind: provider
    primary: true
confirmed:
  - {sentences(rng, 1)}
unknown:
  - The cause.
---

{body}

## In order

{table}
""",
    )
