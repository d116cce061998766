"""The record as tables, CSV and JSON Lines, described by a data package (Frictionless, version 1).

Times are UTC as 2026-03-02T11:49:20Z, "" where they are not known. Texts of providers are not in here: they are theirs.
The same tables as Parquet are written by `exports.parquet`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from almanac.exports.syndication import dump
from almanac.model import Card, stamp, stamped
from almanac.snapshot import Snapshot
from almanac.stats.ranking import Leaderboard
from almanac.text import slug as slugs
from almanac.views import base

LICENCE = {"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/", "title": "CC0 1.0"}
TYPES = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}


class Field(NamedTuple):
    """A column: its name, its type in a Table Schema, and what it means."""

    name: str
    type: str
    description: str


class Table(NamedTuple):
    """A table without its rows."""

    name: str
    title: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]


INCIDENTS = Table(
    "incidents",
    "Incidents as reported, corrections applied",
    ("provider", "id"),
    (
        Field("provider", "string", "Slug of the provider"),
        Field("id", "string", "The provider's own id of the incident"),
        Field("title", "string", "The provider's title; of imports without one, ours: components, severity, length"),
        Field("kind", "string", "outage, degradation, maintenance, notice, test, unknown, withdrawn or merged"),
        Field("impact", "string", "none, minor, major, critical, maintenance or unknown"),
        Field("impact_stated", "string", "The source's own word"),
        Field("phase", "string", "Where the provider said it stood last"),
        Field("components", "array", "Parts named as affected, what people ask for first in front; empty: none named"),
        Field("started", "datetime", "Start"),
        Field("started_basis", "string", "Where the start comes from"),
        Field("ended", "datetime", "End; empty if none is recorded"),
        Field("ended_basis", "string", "Where the end comes from"),
        Field("precision", "string", "Of start and end: second, minute or, where the provider rounds them, hour"),
        Field("posted", "datetime", "First post of the provider"),
        Field("posted_late", "boolean", "First posted at or after its end"),
        Field("first_seen", "datetime", "When we first saw it; empty for imports"),
        Field("vanished", "datetime", "First missing from a feed that should hold it"),
        Field("imported", "string", "The data set it was imported from"),
        Field("updates", "integer", "Number of posts"),
        Field("edits", "integer", "Number of changes the provider made afterwards"),
        Field("changed", "datetime", "When anything about it last changed"),
        Field("source", "string", "The provider's page of it"),
        Field("url", "string", "This site's page of it"),
        Field("impact_basis", "string", "title: only the title names the severity; stated: the provider's JSON does"),
        Field("components_basis", "string", "title: only the title names them; stated: the provider's JSON does"),
        Field("trouble_seconds", "integer", "Of one that was several intervals: their sum; 0 for all others"),
    ),
)
UPDATES = Table(
    "updates",
    "Posts on incidents, without their texts",
    (),
    (
        Field("provider", "string", "Slug of the provider"),
        Field("incident", "string", "The provider's id of the incident"),
        Field("at", "datetime", "Time of the post"),
        Field("phase", "string", "What it says of the incident's phase"),
    ),
)
COVERAGE = Table(
    "coverage",
    "Coverage periods",
    (),
    (
        Field("provider", "string", "Slug of the provider"),
        Field("dataset", "string", "The data set that covers it; empty for our own readings"),
        Field("since", "datetime", "Begin"),
        Field("until", "datetime", "End"),
        Field("products", "array", "What of the provider it speaks of; empty: the whole"),
    ),
)
LEADERBOARD = Table(
    "leaderboard",
    "Ranks with uncertainty, default period",
    ("provider",),
    (
        Field("period", "string", "Name of the period"),
        Field("since", "datetime", "Begin of the period"),
        Field("until", "datetime", "End of the period"),
        Field("provider", "string", "Slug of the provider"),
        Field("written_by", "string", "hand or machine: who writes its status page"),
        Field("best_rank", "integer", "Best rank the evidence allows, 90% for all at once; empty if not ranked"),
        Field("worst_rank", "integer", "Worst rank the evidence allows"),
        Field("share_low", "number", "Share of covered time with no reported incident, lower bound"),
        Field("share_high", "number", "The same, upper bound: apart where the data leaves something open"),
        Field("interval_low", "number", "90% interval of the share"),
        Field("interval_high", "number", "90% interval of the share"),
        Field("incidents", "integer", "Counted incidents"),
        Field("covered_seconds", "integer", "Covered time in the period"),
        Field("why_not_ranked", "string", "Why there is no rank"),
    ),
)
TABLES = (INCIDENTS, UPDATES, COVERAGE, LEADERBOARD)

Row = Sequence[Any]


def incident_rows(cards: Iterable[Card], site_url: str) -> Iterable[Row]:
    """Yield the rows of INCIDENTS."""
    for card in cards:
        yield (
            card.provider,
            card.id,
            base.title(card),
            card.kind,
            card.impact,
            card.impact_stated,
            card.phase,
            list(card.components),
            _time(card.started),
            card.started_basis,
            _time(card.ended),
            card.ended_basis,
            card.precision,
            _time(card.posted),
            card.posted_late,
            _time(card.first_seen),
            _time(card.vanished),
            card.imported,
            len(card.updates),
            card.edits,
            _time(card.changed),
            card.source,
            site_url + base.incident_url(card),
            card.impact_basis,
            card.components_basis,
            card.trouble_seconds,
        )


def update_rows(cards: Iterable[Card]) -> Iterable[Row]:
    """Yield the rows of UPDATES."""
    return ((card.provider, card.id, _time(at), phase) for card in cards for at, phase in card.updates)


def coverage_rows(almanac: Snapshot) -> Iterable[Row]:
    """Yield the rows of COVERAGE."""
    for slug, pulls in sorted(almanac.pulls.items()):
        for span in pulls.coverage:
            yield slug, span.dataset, stamp(span.since), stamp(span.until), list(span.products)


def leaderboard_rows(boards: Mapping[str, Leaderboard]) -> Iterable[Row]:
    """Yield the rows of LEADERBOARD; `boards` are by who writes the pages ranked on them."""
    for writer, board in boards.items():
        ranked = [(s.provider, s.measure, s.rank, "") for s in board.standings]
        unranked = [(u.provider, u.measure, ("", ""), u.why) for u in board.unranked]
        period = board.period
        for slug, measure, (best, worst), why in [*ranked, *unranked]:
            shares = [*(measure.availability or ("", "")), *(measure.interval or ("", ""))]
            yield (
                period.name,
                _time(period.since),
                _time(period.until),
                slug,
                writer,
                best,
                worst,
                *(round(share, 6) if share != "" else "" for share in shares),
                measure.n,
                measure.covered,
                why,
            )


def as_csv(table: Table, rows: Iterable[Row]) -> bytes:
    """Return a table as CSV (RFC 4180) with a header; lists are joined by " | "."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([field.name for field in table.fields])
    writer.writerows(_format_rows(table, rows, _IN_CSV))
    return out.getvalue().encode()


def as_jsonl(table: Table, rows: Iterable[Row]) -> bytes:
    """Return a table as one JSON object a line; what is not known is null."""
    names = [field.name for field in table.fields]
    objects = (dict(zip(names, row, strict=True)) for row in _format_rows(table, rows, _IN_JSON))
    return "".join(f"{_json(fields)}\n" for fields in objects).encode()


def _format_rows(table: Table, rows: Iterable[Row], forms: Mapping[str, Callable[[Any], object]]) -> Iterable[Row]:
    """Yield the rows with every cell in the form of its type: made by column, which takes a third of the time."""
    columns = zip(table.fields, zip(*rows, strict=True), strict=False)  # without rows there are no columns
    cells = (map(forms[field.type], column) if field.type in forms else column for field, column in columns)
    return zip(*cells, strict=True)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _or_null(cell: object) -> object:
    return None if cell == "" else cell


_IN_CSV: dict[str, Callable[[Any], object]] = {"array": " | ".join, "boolean": {True: "true", False: "false"}.get}
_IN_JSON: dict[str, Callable[[Any], object]] = dict.fromkeys(("datetime", "integer", "number"), _or_null)


class Size(NamedTuple):
    """What a published file weighs, and its hash."""

    size: int
    sha256: str


def size(data: bytes) -> Size:
    """Return the size of a file's bytes and their hash."""
    return Size(len(data), sha256(data).hexdigest())


def package(almanac: Snapshot, sizes: Mapping[str, Size], version: str) -> bytes:
    """Return the data package that describes the tables; `sizes` by file name, of those there are.

    `version` is that of the program, which says what the columns mean: CHANGELOG.md names every change of one.
    """
    cut_off = stamp(almanac.record_until) if almanac.record_until else None
    return dump(
        {
            "profile": "tabular-data-package",
            "name": _package_name(almanac.project.name),
            "version": version,
            "title": f"{almanac.project.name}: incidents {almanac.project.of('providers')} reported",
            "homepage": f"{almanac.site_url}/data/",
            "licenses": [LICENCE],
            "cut_off": cut_off,
            "resources": [
                _resource(table, form, sizes[name])
                for table in TABLES
                for form in TYPES
                if (name := f"{table.name}.{form}") in sizes
            ],
        }
    )


def _package_name(name: str) -> str:
    """Return what a data package of this name is called where only a to z, 0 to 9 and - may stand."""
    try:
        return slugs.slug(name)
    except ValueError:
        return "almanac"


def _resource(table: Table, form: str, size: Size) -> dict[str, Any]:
    fields = [
        {
            "name": f.name,
            "type": "string" if form == "csv" and f.type == "array" else f.type,
            "description": f.description,
        }
        for f in table.fields
    ]
    return {
        "name": f"{table.name}-{form}",
        "title": table.title,
        "path": f"{table.name}.{form}",
        "format": form,
        "mediatype": TYPES[form],
        "encoding": "utf-8",
        "bytes": size.size,
        "hash": f"sha256:{size.sha256}",
        "schema": {"fields": fields, "missingValues": [""], **({"primaryKey": list(table.key)} if table.key else {})},
    }


def _time(at: int | None) -> str:
    return "" if at is None else stamped(at)
