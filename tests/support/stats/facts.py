"""Cards, covered times and providers straight from the facts beside the project, for tests of statistics."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

from almanac.model import Card, Component, Provider, Scope, Stretch, seconds, unstamp
from almanac.stats.windows import Times, union

FACTS = Path(__file__).resolve().parents[3].parent / "shared" / "facts"

MACHINE = {"together", "fireworks"}
SHARED_PAGES = {
    "github": Scope(components=("Copilot", "Copilot AI Model Providers"), words=("Copilot",)),
    "google-cloud": Scope(components=("Cloud Machine Learning", "Vertex AI"), words=("Gemini", "Vertex")),
}
IMPACTS = {
    "critical": "critical",
    "full_outage": "critical",
    "SERVICE_OUTAGE/high": "critical",
    "major": "major",
    "major_outage": "major",
    "partial_outage": "major",
    "SERVICE_DISRUPTION/high": "major",
    "minor": "minor",
    "degraded_performance": "minor",
    "SERVICE_DISRUPTION/medium": "minor",
    "SERVICE_DISRUPTION/low": "minor",
    "none": "none",
    "SERVICE_INFORMATION/low": "none",
    "maintenance": "maintenance",
}


class Facts(NamedTuple):
    """What the data sets say of one provider."""

    provider: Provider
    cards: tuple[Card, ...]
    covered: Times


@cache
def load() -> dict[str, Facts]:
    """Every provider of the facts, by slug."""
    cards: dict[str, list[Card]] = defaultdict(list)
    for row in _rows("incidents.csv"):
        cards[row["provider"]].append(card(row))
    spans: dict[str, list[Stretch]] = defaultdict(list)
    for row in _rows("coverage.csv"):
        spans[row["provider"]].append(Stretch(seconds(unstamp(row["from"])), seconds(unstamp(row["to"]))))
    return {slug: Facts(provider(slug, cards[slug]), tuple(cards[slug]), union(spans[slug])) for slug in sorted(spans)}


def provider(slug: str, cards: list[Card]) -> Provider:
    """Return a provider whose components are the names its incidents carry."""
    names = sorted({name for card in cards for name in card.components})
    return Provider(
        slug=slug,
        name=slug,
        company=slug,
        home="",
        status_page="",
        components=tuple(Component(slug="-".join(n.casefold().split()), name=n) for n in names),
        scope=SHARED_PAGES.get(slug),
        written_by="machine" if slug in MACHINE else "hand",
    )


def card(row: dict[str, str]) -> Card:
    """Return the card of a row of incidents.csv."""
    impact = IMPACTS.get(row["impact"], "unknown")
    started, ended = seconds(unstamp(row["started_at"])), row["ended_at"]
    updates = tuple((seconds(unstamp(at)), phase) for at, phase in map(_split, row["updates"].split()))
    over = bool(ended) or any(phase in {"resolved", "completed"} for _, phase in updates)
    posted = min((at for at, _ in updates), default=started)
    return Card(
        provider=row["provider"],
        id=row["incident_id"],
        file="",
        slug=row["incident_id"].lower(),
        title=row["components"],
        kind=row["kind"] or ("outage" if impact == "critical" else "degradation"),
        impact=impact,
        impact_stated=row["impact"],
        phase="resolved" if over else "investigating",
        components=tuple(c for c in row["components"].split(";") if c),
        started=started,
        ended=seconds(unstamp(ended)) if ended else None,
        posted=posted,
        posted_late=bool(ended) and posted >= seconds(unstamp(ended)),
        started_basis="first-update",
        ended_basis="stated" if ended else "",
        precision="second",
        first_seen=None,
        imported=row["dataset"],
        vanished=None,
        updates=updates,
        edits=0,
        source=row["url"],
    )


def _split(update: str) -> tuple[str, str]:
    phase, _, at = update.rpartition("@")
    return at, phase.replace("_", " ")


def _rows(name: str) -> list[dict[str, str]]:
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
