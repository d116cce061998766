"""Planted archives: worlds whose truth is chosen, as tables to import, and what the pages of a built site claim of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from bs4 import BeautifulSoup

from almanac.commands import backfill
from almanac.model import stamp, unstamp
from tests.support.projects import write

BEGIN, END = unstamp("2024-11-01T00:00:00Z"), unstamp("2026-11-01T00:00:00Z")
DAYS = (END - BEGIN).days
HOUR, DAY = 3600, 86_400
INCIDENTS = (
    *("provider", "incident_id", "id_is_ours", "url", "started_at", "ended_at", "impact", "kind", "components"),
    *("updates", "dataset"),
)
PROVIDER = """---
slug: {slug}
name: {name}
company: {name}
home: https://{slug}.example/
status_page: https://status.{slug}.example/
capabilities: [chat, api]
---
"""

Random = np.random.Generator


class Planted(NamedTuple):
    """An incident of a planted world; times in seconds since BEGIN, `ended` None where no end is recorded."""

    provider: str
    started: int
    ended: int | None
    impact: str = "major"


class Archive(NamedTuple):
    """A planted world as two tables."""

    incidents: bytes
    coverage: bytes


class Statements(NamedTuple):
    """What the pages of a site say of providers that are compared."""

    better: frozenset[tuple[str, str, str]]  # (where, better, worse)
    changed: frozenset[tuple[str, str]]  # (period, provider)
    together: frozenset[tuple[str, str, str]]  # (where, first, second)
    backups: frozenset[tuple[str, str]]  # (for whom, who is named)


# Worlds


def heavy(random: Random, count: int) -> list[int]:
    """Return lengths in seconds, most under two hours, one in fifty of days."""
    common = 3600 * np.exp(random.normal(0, 1.1, count))
    rare = DAY * (1 + random.pareto(1.3, count))
    lengths = np.where(random.random(count) < 0.02, rare, common)
    return [int(each) for each in np.minimum(lengths, 20 * DAY)]


def equal(random: Random, slugs: Sequence[str], per_day: float = 0.3) -> Iterator[Planted]:
    """Yield incidents of providers that are all alike, each independent of the others."""
    for slug in slugs:
        starts = np.sort(random.integers(0, (DAYS - 30) * DAY, random.poisson(per_day * DAYS)))
        yield from map(Planted, [slug] * len(starts), starts.tolist(), _ends(starts, heavy(random, len(starts))))


def growth(random: Random, slugs: Sequence[str], times: float = 15.0) -> Iterator[Planted]:
    """Yield incidents of independent providers that report ever more: so many times as many in the end."""
    for slug in slugs:
        draws = random.random(random.poisson(0.35 * DAYS))
        starts = np.sort(np.log1p(draws * (times - 1)) / np.log(times) * (DAYS - 30) * DAY).astype(np.int64)
        yield from map(Planted, [slug] * len(starts), starts.tolist(), _ends(starts, heavy(random, len(starts))))


def gaming(random: Random, honest: Sequence[str]) -> Iterator[Planted]:
    """Yield incidents of honest providers, and of four that profit from a rule each."""
    yield from equal(random, honest, per_day=0.15)
    for day in range(1, DAYS):
        yield Planted("rated-none", day * DAY, day * DAY + 12 * HOUR, "none")
        yield Planted("open-end", day * DAY + HOUR, day * DAY + 17 * HOUR, "critical")
    yield Planted("open-end", 300 * DAY, None, "minor")
    yield Planted("before-data", -HOUR, (DAYS - 14) * DAY, "critical")
    for day in range(1, DAYS - 14, 4):
        long = day % 8 == 1
        yield Planted("typed-in", day * DAY, day * DAY + (0 if long else HOUR), "major")
    for day in range(DAYS - 12, DAYS - 2):  # else it has nothing that could be measured
        yield Planted("before-data", day * DAY, day * DAY + HOUR, "minor")


def _ends(starts: Iterable[int], lengths: Iterable[int]) -> list[int]:
    return [int(start) + length for start, length in zip(starts, lengths, strict=True)]


# As an archive


def archive(incidents: Iterable[Planted]) -> Archive:
    """Return a world as the tables that `backfill` imports."""
    rows = sorted(incidents)
    return Archive(
        _csv(INCIDENTS, (_row(number, one) for number, one in enumerate(rows))),
        _csv(
            ("provider", "from", "to", "dataset"),
            ((slug, stamp(BEGIN), stamp(END), "planted") for slug in sorted({one.provider for one in rows})),
        ),
    )


def _row(number: int, one: Planted) -> tuple[str, ...]:
    started = stamp(BEGIN + timedelta(seconds=one.started))
    ended = "" if one.ended is None else stamp(BEGIN + timedelta(seconds=one.ended))
    updates = f"investigating@{started}" + (f" resolved@{ended}" if ended else "")
    address = f"https://{one.provider}.example/{number}"
    return one.provider, f"{one.provider}-{number}", "", address, started, ended, one.impact, "", "", updates, "planted"


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([head, *rows])
    return out.getvalue().encode()


def bring(root: Path, planted: Archive, provider: Callable[[str], str] | None = None) -> None:
    """Import a world into the content of a project; `provider` writes the files of its providers."""
    tables = {"incidents.csv": planted.incidents, "coverage.csv": planted.coverage}
    for name, table in tables.items():
        (root / name).write_bytes(table)
    if provider:
        for row in csv.DictReader(io.StringIO(planted.coverage.decode())):
            write(root, f"providers/{row['provider']}.md", provider(row["provider"]))
    if backfill.main(root / "content", root / "incidents.csv", coverage=root / "coverage.csv"):
        raise ValueError("the planted archive was refused")


def unknown_provider(slug: str) -> str:
    """Return the file of a provider that only a planted world has."""
    return PROVIDER.format(slug=slug, name=slug.replace("-", " ").capitalize())


# What the site says


def statements(site: Path) -> Statements:
    """Read what a built site claims: in its tables, and on the pages of pairs."""
    board, tested = _rows(site / "data/leaderboard.csv"), _rows(site / "data/backups.csv")
    return Statements(
        better=frozenset((*_ranked_apart(board), *_compared_apart(site))),
        changed=frozenset((row["period"], row["provider"]) for row in board if row["trend"] in ("better", "worse")),
        together=frozenset(
            (row["family"], row["first"], row["second"]) for row in tested if row["fail_together"] == "true"
        ),
        backups=frozenset(_advised(tested)),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _ranked_apart(board: Sequence[dict[str, str]]) -> Iterator[tuple[str, str, str]]:
    for row in board:
        yield from ((row["period"], better, row["provider"]) for better in filter(None, row["worse_than"].split(" | ")))
        for other in board:
            same = (row["period"], row["written_by"]) == (other["period"], other["written_by"])
            if same and row["worst_rank"] and other["best_rank"] and int(row["worst_rank"]) < int(other["best_rank"]):
                yield row["period"], row["provider"], other["provider"]


def _compared_apart(site: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the pairs of whom a page says that one reported less, by the name that stands first in the sentence."""
    names = {row["slug"]: row["name"] for row in _rows(site / "data/providers.csv")}
    for path in site.glob("compare/*/*/index.html"):
        stand = BeautifulSoup(path.read_bytes(), "lxml").select_one(".stand")
        words = stand.get_text(" ").replace("\u00a0", " ") if stand else ""
        if "the difference is significant" in words:
            pair = (path.parent.parent.name, path.parent.name)
            better = next(slug for slug in pair if f"days {names[slug]} reported less" in words)
            yield "compare", better, next(slug for slug in pair if slug != better)


def _advised(tested: Sequence[dict[str, str]]) -> Iterator[tuple[str, str]]:
    for row in tested:
        yield from [(row["first"], row["second"])] if row["second_for_first"] == "backup" else []
        yield from [(row["second"], row["first"])] if row["first_for_second"] == "backup" else []
