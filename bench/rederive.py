"""Published numbers once more, from the CSV alone, with code that shares nothing with the statistics.

It walks from one change to the next, in plain Python. What counts is read from the columns by the written rules.
"""

from __future__ import annotations

import csv
import statistics
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

FACTS = Path(__file__).resolve().parents[1].parent / "shared" / "facts"
WEIGHTS = (  # of what is rated none, degraded, partial, full
    (1, 1, 1, 1),
    (0, 0, 0.3, 1),
    (0, 0, 1, 1),
    (0, 0, 0.5, 1),
    (0, 0.3, 1, 1),
    (0, 0.25, 0.75, 1),
    (0, 0.5, 1, 1),
)
LEVELS = {
    "none": 0,
    "operational": 0,
    "SERVICE_INFORMATION/low": 0,
    "minor": 1,
    "degraded_performance": 1,
    "SERVICE_DISRUPTION/medium": 1,
    "SERVICE_DISRUPTION/low": 1,
    "major": 2,
    "partial_outage": 2,
    "SERVICE_DISRUPTION/high": 2,
    "critical": 3,
    "major_outage": 3,
    "full_outage": 3,
    "SERVICE_OUTAGE/high": 3,
}
OVER = {"resolved", "completed", "postmortem"}
CLASSES = ("none", "degraded", "partial", "full")
FEW = 5
AI = {"github": {"Copilot", "Copilot AI Model Providers"}, "google-cloud": {"Cloud Machine Learning", "Vertex AI"}}

# Start, least and most end, least and most level, surely about AI, end recorded.
Row = tuple[int, int, int, int, int, bool, bool]


class Tables(NamedTuple):
    """Rows of incidents and coverage as the facts have them: started_at, ended_at, components with `;`, phase@time."""

    incidents: list[dict[str, str]]
    coverage: list[dict[str, str]]


def facts(folder: Path = FACTS) -> Tables:
    """Return the facts that the archive was filled with."""
    return Tables(rows(folder / "incidents.csv"), rows(folder / "coverage.csv"))


def published(folder: Path) -> Tables:
    """Return the tables that a built site offers under /data/, nothing else."""
    posts: dict[tuple[str, str], list[str]] = {}
    for row in rows(folder / "updates.csv"):
        posts.setdefault((row["provider"], row["incident"]), []).append(f"{row['phase']}@{row['at']}")
    incidents = [
        {
            **row,
            "started_at": row["started"],
            "ended_at": row["ended"],
            "impact": row["impact_stated"],
            "components": row["components"].replace(" | ", ";"),
            "updates": " ".join(post.replace(" ", "_") for post in posts.get((row["provider"], row["id"]), [])),
        }
        for row in rows(folder / "incidents.csv")
    ]
    core = {row["slug"]: row["core"] for row in rows(folder / "providers.csv")}
    coverage = [
        {**row, "from": row["since"], "to": row["until"], "core": core[row["provider"]]}
        for row in rows(folder / "coverage.csv")
    ]
    return Tables(incidents, coverage)


def numbers(tables: Tables, provider: str, since: int, until: int, now: int) -> list[float]:
    """Return worst and best availability under each formula, number of incidents, and median length (0: none)."""
    covered = _covered(tables, provider)
    every_row = _rows(tables, provider)
    rows = [r for r in every_row if any(a <= r[0] < b for a, b in covered)]
    carried = [r for r in every_row if r not in rows and r[1] == r[2] and r[5]]  # began before, and its end is known
    stretches = [(max(a, since), min(b, until)) for a, b in covered if max(a, since) < min(b, until)]
    longest = _long_length(rows, now)
    timed = [_of_unknown_length(r, longest, covered[-1][1]) if r[0] == r[2] else r for r in [*rows, *carried]]
    result: list[float] = []
    for weights in WEIGHTS:
        for worst in (True, False):
            down = _weighed(timed, stretches, weights, worst)
            result.append(1 - down / max(sum(b - a for a, b in stretches), 1))
    started = [r for r in rows if since <= r[0] < until and r[5]]
    lengths = [r[1] - r[0] for r in started if r[6] and r[1] == r[2] > r[0]]
    return [*result, float(len(started)), float(statistics.median(lengths)) if len(lengths) >= FEW else 0.0]


def _long_length(rows: list[Row], now: int) -> float:
    """Return the 90th percentile (type 7) of the lengths known before this month; of all where under five are."""
    month = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0)
    known = [(r[0], r[1] - r[0]) for r in rows if r[5] and r[6] and r[1] == r[2] > r[0]]
    early = sorted(length for start, length in known if start < month.timestamp())
    lengths = early if len(early) >= FEW else sorted(length for _, length in known)
    if len(lengths) < FEW:
        return 86_400
    place = 0.9 * (len(lengths) - 1)
    below = int(place)
    return round(lengths[below] + (place - below) * (lengths[min(below + 1, len(lengths) - 1)] - lengths[below]))


def _of_unknown_length(row: Row, longest: float, end_of_record: int) -> Row:
    start, least, _, mildest, worst, sure, is_over = row
    return start, least, max(start, int(min(start + longest, end_of_record))), mildest, worst, sure, is_over


def _weighed(rows: list[Row], stretches: list[tuple[int, int]], weights: tuple[float, ...], worst: bool) -> float:
    """Return the seconds of trouble in known time, each with the largest weight among the incidents then open."""
    spans = [(r[0], r[2], r[4]) if worst else (r[0], r[1], r[3]) for r in rows if worst or r[5]]
    total = 0.0
    for a, b in stretches:
        inside = [(max(s, a), min(e, b), weights[level]) for s, e, level in spans if s < b and e > a]
        cuts = sorted({a, b, *(x for s, e, _ in inside for x in (s, e))})
        active: list[tuple[int, float]] = []
        opening = sorted(inside, reverse=True)
        for left, right in pairwise(cuts):
            while opening and opening[-1][0] <= left:
                _, end, weight = opening.pop()
                active.append((end, weight))
            active = [x for x in active if x[0] > left]
            total += max((w for _, w in active), default=0.0) * (right - left)
    return total


def _rows(tables: Tables, provider: str) -> list[Row]:
    end_of_record = max(b for _, b in _covered(tables, provider))
    return [_row(r, end_of_record) for r in tables.incidents if r["provider"] == provider and _counts(r)]


def _counts(row: dict[str, str]) -> bool:
    if "counts" in row:  # what is published says so itself
        return row["counts"] in {"yes", "maybe", "time"}
    components = set(filter(None, row["components"].split(";")))
    is_about_ai = row["provider"] not in AI or not components or bool(components & AI[row["provider"]])
    is_about_ai = is_about_ai or any(word in row["components"] for word in ("Copilot", "Gemini", "Vertex"))
    return row["kind"] not in {"maintenance", "notice", "test"} and is_about_ai


def _row(row: dict[str, str], end_of_record: int) -> Row:
    start, level = seconds(row["started_at"]), LEVELS.get(row["impact"])
    if "severity_low" in row:
        level = CLASSES.index(row["severity_low"]) if row["severity_low"] == row["severity_high"] else None
    least = most = max(start, seconds(row["ended_at"])) if row["ended_at"] else 0
    if (parts := int(row.get("trouble_seconds", 0))) and row["ended_at"]:
        least = min(start + parts, most)  # several intervals, of which only the sum is known
    if not row["ended_at"]:
        stamps = [seconds(u.rpartition("@")[2]) for u in row["updates"].split()]
        stamps += [min(seconds(row["last_open"]), end_of_record)] if row.get("last_open") else []
        least = max([start, *(s for s in stamps if s <= end_of_record)])
        over = (
            row["phase"] in OVER if "phase" in row else any(u.partition("@")[0] in OVER for u in row["updates"].split())
        )
        latest = min(seconds(row["vanished"]), end_of_record) if row.get("vanished") else end_of_record
        most = least if over else max(least, latest)
    sure = row["counts"] != "maybe" if "counts" in row else row["provider"] not in AI or bool(row["components"])
    return start, least, most, 1 if level is None else level, 3 if level is None else level, sure, bool(row["ended_at"])


def _covered(tables: Tables, provider: str) -> list[tuple[int, int]]:
    own = (row for row in tables.coverage if row["provider"] == provider and _is_of_the_whole(row))
    merged: list[tuple[int, int]] = []
    for since, until in sorted((seconds(row["from"]), seconds(row["to"])) for row in own):
        if merged and since <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], until)
        else:
            merged.append((since, until))
    return merged


def _is_of_the_whole(row: dict[str, str]) -> bool:
    """Say whether a span speaks of a provider as a whole: of all of it, or of the products meant by its name."""
    products, core = (set(filter(None, row.get(name, "").split(" | "))) for name in ("products", "core"))
    return not products or (bool(core) and core <= products)


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seconds(stamp: str) -> int:
    """Return the epoch seconds of 2026-03-02T11:49:20Z."""
    return int(datetime.fromisoformat(stamp).timestamp())
