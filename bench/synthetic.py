"""Providers and cards in the numbers the speed of the statistics is measured with, seeded."""

from __future__ import annotations

import numpy as np

from almanac.model import Card, Component, Provider, Stretch
from almanac.stats.windows import DAY, Times
from tests.support.stats.facts import card

NOW = 1_782_864_000  # 2026-07-01
YEARS = 5
PARTS = 8


def provider(number: int, count: int) -> tuple[Provider, tuple[Card, ...], Times]:
    """Return a provider with eight components of three products, `count` incidents in five years, and covered time."""
    random = np.random.default_rng((7, number))
    names = [f"Part {i}" for i in range(PARTS)]
    parts = tuple(
        Component(slug=f"part-{i}", name=n, product=f"Product {i % 3}", capability=("chat", "api", "code")[i % 3])
        for i, n in enumerate(names)
    )
    slug = f"p{number:02d}"
    first = NOW - YEARS * 365 * DAY
    starts = np.sort(random.integers(first, NOW, count))
    ends = starts + random.lognormal(8.2, 1.28, count).astype(np.int64)
    impacts = random.choice(["minor", "major", "critical", "none"], count, p=[0.6, 0.25, 0.08, 0.07])
    plain = card(_ROW)
    cards = tuple(
        plain._replace(
            provider=slug,
            id=f"{slug}-{i}",
            impact=str(impacts[i]),
            kind="outage" if impacts[i] == "critical" else "degradation",
            components=tuple(names[k] for k in random.choice(PARTS, i % 4, replace=False)),
            started=int(starts[i]),
            ended=int(ends[i]),
            posted=int(starts[i]),
        )
        for i in range(count)
    )
    page = Provider(slug=slug, name=slug, company=slug, home="", status_page="", components=parts)
    return page, cards, (Stretch(first, NOW),)


_ROW = {
    "provider": "",
    "incident_id": "",
    "url": "",
    "started_at": "2026-01-01T00:00:00Z",
    "ended_at": "2026-01-01T01:00:00Z",
    "impact": "minor",
    "kind": "",
    "components": "",
    "updates": "investigating@2026-01-01T00:00:00Z resolved@2026-01-01T01:00:00Z",
    "dataset": "",
}
