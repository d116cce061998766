"""Small cards, providers and times for tests of statistics, in hours after a fixed midnight."""

from __future__ import annotations

from typing import Any

from almanac.model import Card, Component, Provider, Stretch
from almanac.stats.windows import Times, union

MIDNIGHT = 1_772_323_200  # 2026-03-01T00:00:00Z
HOUR = 3600


def at(hours: float) -> int:
    """Epoch seconds so many hours after the fixed midnight."""
    return MIDNIGHT + round(hours * HOUR)


def times(*pairs: tuple[float, float]) -> Times:
    """Return a set of time from pairs of hours."""
    return union(Stretch(at(since), at(until)) for since, until in pairs)


def provider(*components: Component, slug: str = "acme", **fields: Any) -> Provider:
    """Return a provider with these components."""
    return Provider(slug=slug, name=slug, company=slug, home="", status_page="", components=components, **fields)


def card(
    started: float,
    ended: float | None = None,
    impact: str = "minor",
    *,
    updates: tuple[tuple[float, str], ...] = (),
    **fields: object,
) -> Card:
    """Return a degradation from hour `started` to hour `ended`, minor unless told; any field of Card may be given by name."""
    id_ = str(fields.pop("id", f"{started}-{ended}-{impact}"))
    plain = Card(
        provider="acme",
        id=id_,
        file="",
        slug=id_,
        title="Trouble",
        kind="degradation",
        impact=impact,
        impact_stated=impact,
        phase="resolved" if ended is not None else "investigating",
        components=(),
        started=at(started),
        ended=None if ended is None else at(ended),
        posted=at(started),
        posted_late=False,
        started_basis="first-update",
        ended_basis="resolved-update" if ended is not None else "",
        precision="second",
        first_seen=None,
        imported="",
        vanished=None,
        updates=tuple((at(hour), phase) for hour, phase in updates),
        edits=0,
        source="",
    )
    return plain._replace(**fields)  # type: ignore[arg-type]
