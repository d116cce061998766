"""The files of a table: in every form, whole or in the parts that a whole is joined from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from almanac.build.routes.route import Outputs, file
from almanac.exports.table import Row, as_csv, as_jsonl
from almanac.model.table import Table

FORMS = {"csv": as_csv, "jsonl": as_jsonl}


def table_files(table: Table, rows: Callable[[], Iterable[Row]], key: object, part: str = "") -> Outputs:
    """Make a table, or a part of one, in every form; `rows` are made once, and only if something is another."""
    rows_once = lru_cache(maxsize=1)(lambda: tuple(rows()))
    for form, render in FORMS.items():
        path = f"data/{table.name}/{part}.{form}" if part else f"data/{table.name}.{form}"
        yield file(path, partial(_rendered, render, table, rows_once), (table, key))


def _rendered(render: Callable[..., bytes], table: Table, rows: Callable[[], Iterable[Row]]) -> bytes:
    return render(table, rows())
