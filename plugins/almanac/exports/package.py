"""The data package that describes the published tables (Frictionless, version 1)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from almanac.exports.codebook import TABLES
from almanac.exports.syndication import dump
from almanac.exports.table import TYPES, Size
from almanac.model import moment, seconds, stamp
from almanac.model.table import Field, Table
from almanac.snapshot import Snapshot
from almanac.text import slug as slugs

CSV = "csv"
LICENCE = {"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/", "title": "CC0 1.0"}


def package(almanac: Snapshot, sizes: Mapping[str, Size], version: str, folder: str = "data/") -> bytes:
    """Return the data package that describes the tables; `sizes` by file name, of those there are.

    `version` is that of the program, which says what the columns mean: CHANGELOG.md names every change of one. It is of
    the newest data, not of the moment of the build: while no data comes it stays the same.
    """
    return dump(
        {
            "profile": "tabular-data-package",
            "name": _package_name(almanac.project.name),
            "version": version,
            "created": stamp(_newest(almanac)),
            "title": f"{almanac.project.name}: incidents {almanac.project.of('providers')} reported",
            "description": "What providers reported on their status pages, and all that is computed from it.",
            "homepage": f"{almanac.site_url}/{folder}",
            "licenses": [LICENCE],
            "sources": list(_sources(almanac)),
            "contributors": [{"title": almanac.project.name, "path": f"{almanac.site_url}/", "role": "publisher"}],
            "cut_off": stamp(almanac.record_until) if almanac.record_until else None,
            "resources": [_resource(table, sizes) for table in TABLES],
        }
    )


def _newest(almanac: Snapshot) -> datetime:
    """Return the newest moment in the tables, or now if there is none: a data set may say more than coverage reaches."""
    now = seconds(almanac.now)
    reach = seconds(almanac.record_until) if almanac.record_until else 0
    moments = (at for cards in almanac.cards.values() for card in cards for at in (card.started, card.ended or 0))
    newest = max((at for at in moments if at <= now), default=0)
    return moment(max(newest, reach) or now)


def citation(almanac: Snapshot, version: str, folder: str = "data/") -> bytes:
    """Return how the tables are cited, for programs that manage literature (Citation File Format 1.2.0, as YAML)."""
    name = almanac.project.name
    fields = {
        "cff-version": "1.2.0",
        "message": "If you use the data, please cite it as below.",
        "title": f"{name}: incidents {almanac.project.of('providers')} reported",
        "type": "dataset",
        "authors": [{"name": name}],
        "version": version,
        "date-released": f"{_newest(almanac):%Y-%m-%d}",
        "url": f"{almanac.site_url}/{folder}",
        "license": LICENCE["name"],
    }
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items()).encode()


def _package_name(name: str) -> str:
    """Return what a data package of this name is called where only a to z, 0 to 9 and - may stand."""
    try:
        return slugs.slug(name)
    except ValueError:
        return "almanac"


def _sources(almanac: Snapshot) -> Iterable[dict[str, str]]:
    """Yield the status pages and the data sets that the facts come from."""
    for provider in almanac.providers:
        yield {"title": f"Status page of {provider.name}", "path": provider.status_page}
    for one in almanac.datasets:
        yield {"title": f"{one.name}, by {one.made_by}", "path": one.url}


def _resource(table: Table, sizes: Mapping[str, Size]) -> dict[str, Any]:
    """Return a table as CSV, which every reader of data packages can check; its other forms stand beside it."""
    others = [_file(table, form, sizes) for form in TYPES if form != CSV and f"{table.name}.{form}" in sizes]
    references = [
        {
            "fields": list(reference.fields),
            "reference": {"resource": reference.table, "fields": list(reference.key)},
        }
        for reference in table.references
    ]
    schema = {
        "fields": [_field(field) for field in table.fields],
        "missingValues": [""],
        "primaryKey": list(table.key),
        "foreignKeys": references,
    }
    head = {"name": table.name, "profile": "tabular-data-resource", "title": table.title, "encoding": "utf-8"}
    return head | _file(table, CSV, sizes) | {"alternates": others, "schema": schema}


def _file(table: Table, form: str, sizes: Mapping[str, Size]) -> dict[str, Any]:
    path = f"{table.name}.{form}"
    size, sha256 = sizes[path]
    return {"path": path, "format": form, "mediatype": TYPES[form], "bytes": size, "hash": f"sha256:{sha256}"}


def _field(field: Field) -> dict[str, Any]:
    kind = "string" if field.type == "array" else field.type
    described = {"name": field.name, "type": kind, "description": field.description}
    return described | ({"constraints": {"enum": list(field.values)}} if field.values else {})
