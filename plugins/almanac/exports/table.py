"""The rows of a table as CSV (RFC 4180) and JSON Lines.

Times are UTC as 2026-03-02T11:49:20Z, "" where they are not known.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from almanac.model.table import Table

TYPES = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}
BETWEEN = " | "  # the parts of a list in CSV

Row = Sequence[Any]


class Size(NamedTuple):
    """What a published file weighs, and its hash."""

    size: int
    sha256: str


def size(data: bytes) -> Size:
    """Return the size of a file's bytes and their hash."""
    return Size(len(data), sha256(data).hexdigest())


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


_IN_CSV: dict[str, Callable[[Any], object]] = {
    "array": BETWEEN.join,
    "boolean": {True: "true", False: "false", "": ""}.get,
}
_IN_JSON: dict[str, Callable[[Any], object]] = dict.fromkeys(("datetime", "integer", "number", "boolean"), _or_null)
