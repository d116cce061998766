"""Holds the archive against the tables of facts it was filled from, row by row, and fills it a second time.

    python3 tasks.py bench facts        needs ../shared/facts and ../shared/facts/second

Every row must be in the archive as it stands; where a later table replaces fields of a row, these, with what they were
before among the repairs. Coverage must be what the tables say, less what is cut. The files of the archive are read here by
a few lines of their own. A second import must change no byte. What a pull has met since is counted, not compared.
"""

from __future__ import annotations

import csv
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from almanac.archive import parse
from almanac.commands import backfill
from almanac.model import Incident, stamp
from bench.rederive import FACTS, rows

CONTENT = Path(__file__).resolve().parents[1] / "content"
SECOND = FACTS / "second"
SHOWN = 20  # differences that are printed
Spans = set[tuple[str, str, str, str]]  # since, until, data set, products


class Difference(NamedTuple):
    """A field of a row that the archive has otherwise."""

    row: str
    field: str
    facts: str
    archive: str


class Outcome(NamedTuple):
    """What a comparison came to."""

    alike: int
    pulled: int  # met by a pull since, so that the archive may know better
    differences: tuple[Difference, ...]


def main(_: list[str]) -> int:
    """Print what differs; 0 if nothing does and a second import changes no byte."""
    if not SECOND.is_dir():
        print("bench facts needs ../shared/facts/second; put the tables there")
        return 1
    outcome = compared(list(incidents(CONTENT)))
    spans = list(coverage_differences(CONTENT))
    print(f"{outcome.alike} rows alike, {outcome.pulled} met by a pull since, {len(outcome.differences)} differences")
    for difference in (*outcome.differences, *spans)[:SHOWN]:
        print(f"  {difference.row} {difference.field}: facts {difference.facts!r}, archive {difference.archive!r}")
    print(f"{len(spans)} differences of coverage")
    changed = list(again(CONTENT))
    print(f"second import: {len(changed)} files changed")
    for file in changed[:SHOWN]:
        print(f"  {file}")
    return 1 if outcome.differences or spans or changed else 0


def incidents(content: Path) -> Iterator[Incident]:
    """Yield every incident of an archive."""
    for path in sorted((content / "incidents").rglob("*.md")):
        yield parse(path.read_text(encoding="utf-8"), path.name)


def compared(archived: Iterable[Incident]) -> Outcome:
    """Compare the rows of both tables with incidents."""
    by_key = {(one.provider, one.id): one for one in archived}
    first = {_key(row): row for row in rows(FACTS / "incidents.csv")}
    second = {_key(row): row for row in rows(SECOND / "incidents.csv")}
    alike = pulled = 0
    differences: list[Difference] = []
    for key, row in {**first, **second}.items():
        one = by_key.get(key)
        if one and one.dialect:
            pulled += 1
            continue
        before = first.get(key) if row.get("replaces") else None
        unlike = list(_unlike(row, one, before))
        alike += not unlike
        differences += unlike
    hours = {
        row["incident_id"]: row["hours_of_its_intervals"] for row in table(SECOND / "openai-several-intervals.tsv")
    }
    differences += _hours_unlike(hours, by_key.values())
    return Outcome(alike, pulled, tuple(differences))


def _key(row: dict[str, str]) -> tuple[str, str]:
    return row["provider"], row["incident_id"]


def _unlike(row: dict[str, str], one: Incident | None, before: dict[str, str] | None) -> Iterator[Difference]:
    """Yield the fields of a row that the archive has otherwise; `before` is the row that it replaces fields of."""
    name = "/".join(_key(row))
    if one is None:
        yield Difference(name, "incident", "there", "missing")
        return
    spoken = spelled(one)
    for field, value in spoken.items():
        if value != _wanted(row, field):
            yield Difference(name, field, _wanted(row, field), value)
    replaced = set(filter(None, row.get("replaced_fields", "").split(";"))) if before else set()
    was = {FIELDS[repair.what]: repair.was for repair in one.repairs if repair.what in FIELDS}
    if before and before["ended_at"] and before["ended_at"] < before["started_at"]:
        was.pop("started_at", None)  # it had been moved to the end
    for field in sorted(replaced | set(was)):
        wanted = _wanted(before, field) if before and field in replaced else ""
        if _plain(was.get(field, "not kept")) != _plain(wanted):
            yield Difference(name, f"{field} before", wanted, was.get(field, "not kept"))


FIELDS = {  # what a repair names: the column of the facts
    "started": "started_at",
    "ended": "ended_at",
    "impact": "impact",
    "components": "components",
    "updates": "updates",
    "imported": "dataset",
    "source": "url",
}


def spelled(one: Incident) -> dict[str, str]:
    """Return the facts of an incident as the tables spell them."""
    stated = re.fullmatch(r"\S+", dict(one.extra).get("started_stated", ""))
    return {
        "url": one.source,
        "started_at": stated[0] if stated else stamp(one.started),
        "ended_at": stamp(one.ended) if one.ended else "",
        "impact": one.impact_stated,
        "kind": one.kind.value if one.kind_basis == "words" else "",
        "components": ";".join(one.components),
        "updates": " ".join(
            sorted(f"{stamp(u.at)}@{(u.printed or u.phase.value).replace(' ', '_')}" for u in one.updates)
        ),
        "dataset": one.imported,
    }


def _wanted(row: dict[str, str], field: str) -> str:
    if field == "updates":
        posts = (post.rpartition("@") for post in row["updates"].split())
        return " ".join(sorted(f"{at}@{phase.replace(' ', '_')}" for phase, _, at in posts))
    if field == "components":
        return ";".join(dict.fromkeys(filter(None, (name.strip() for name in row["components"].split(";")))))
    return row[field]


def _plain(text: str) -> str:
    """Return a value that was replaced, in one spelling: repairs put posts as phase@time, and name what was empty."""
    if text in ("none", "unknown"):
        return ""
    words = re.findall(r"[^\s@]+(?: \w+)?@\S+", text)
    if words:
        return " ".join(sorted("@".join(sorted(word.replace(" ", "_").split("@"))) for word in words))
    return text.replace("; ", ";")


def _hours_unlike(hours: dict[str, str], archived: Iterable[Incident]) -> Iterator[Difference]:
    known = {one.id: one.trouble_seconds for one in archived if one.trouble_seconds}
    for name in sorted(hours.keys() | known.keys()):
        wanted = round(float(hours[name]) * 3600) if name in hours else None
        if wanted != known.get(name):
            yield Difference(name, "hours of its intervals", str(wanted), str(known.get(name)))


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table with tabs between its fields."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def coverage_differences(content: Path) -> Iterator[Difference]:
    """Yield the spans of data sets that the archive has otherwise than the tables, which cut some."""
    wanted: dict[str, Spans] = {}
    for row in (*rows(FACTS / "coverage.csv"), *rows(SECOND / "coverage.csv")):
        span = (row["from"], row["to"], row["dataset"], row.get("products", ""))
        wanted.setdefault(row["provider"], set()).add(span)
    for cut in rows(SECOND / "cuts.csv"):
        spans = wanted[cut["provider"]]
        spans -= {span for span in spans if span[:3] == (cut["from"], cut["to"], cut["dataset"])}
    for provider, spans in wanted.items():
        inner = {span for span in spans for other in spans if other != span and _holds(other, span)}
        archived = set(archived_spans(content / "pulls" / f"{provider}.json"))
        for span in sorted((spans - inner) ^ archived):
            there = "there" if span in archived else "missing"
            yield Difference(provider, "coverage", " ".join(span), there)


def _holds(span: tuple[str, str, str, str], other: tuple[str, str, str, str]) -> bool:
    return span[2] == other[2] and span[0] <= other[0] and other[1] <= span[1]


def archived_spans(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield the spans of data sets in a file of pulls."""
    import json

    for span in json.loads(path.read_text(encoding="utf-8"))["coverage"] if path.is_file() else ():
        if "dataset" in span:
            yield span["since"], span["until"], span["dataset"], ";".join(span.get("products", ()))


def again(content: Path) -> Iterator[str]:
    """Import all tables into a copy of the archive; yield the files that are not as they were."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "content"
        for name in ("incidents", "pulls"):
            shutil.copytree(content / name, copy / name)
        before = {path: path.read_bytes() for path in copy.rglob("*.*") if path.suffix in (".md", ".json")}
        fill(copy)
        after = {path: path.read_bytes() for path in copy.rglob("*.*") if path.suffix in (".md", ".json")}
        for path in sorted(before.keys() | after.keys()):
            if before.get(path) != after.get(path):
                yield str(path.relative_to(copy))


def fill(content: Path) -> None:
    """Import the tables of facts into an archive, the first ones first."""
    backfill.backfill(content, FACTS / "incidents.csv", FACTS / "coverage.csv")
    backfill.backfill(
        content,
        SECOND / "incidents.csv",
        coverage=SECOND / "coverage.csv",
        cuts=SECOND / "cuts.csv",
        intervals=SECOND / "openai-several-intervals.tsv",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
