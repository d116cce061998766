"""Tables as Parquet: typed columns, one row group, the same bytes for the same rows.

Its library weighs more than all others of the site together, so it is imported only where a table is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from almanac.model import unstamp
from almanac.model.table import Table


def as_parquet(table: Table, rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table as Parquet: times are UTC to the millisecond, lists are lists, what is not known is null."""
    import pyarrow as pa
    from pyarrow import parquet

    types = {
        "string": pa.string(),
        "array": pa.list_(pa.string()),
        "datetime": pa.timestamp("ms", "UTC"),
        "boolean": pa.bool_(),
        "integer": pa.int64(),
        "number": pa.float64(),
    }
    schema = pa.schema([pa.field(field.name, types[field.type]) for field in table.fields])
    columns = list(zip(*rows, strict=True)) or [()] * len(table.fields)
    arrays = [
        pa.array(map(_read(field.type), column), types[field.type])
        for field, column in zip(table.fields, columns, strict=True)
    ]
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_arrays(arrays, schema=schema), sink, compression="zstd")
    return bytes(sink.getvalue())


def _read(kind: str) -> Callable[[Any], Any]:
    """Return how a cell of a table becomes a value: texts may be empty, all else that is empty is not known."""
    if kind == "string":
        return str
    if kind == "datetime":
        return lambda cell: unstamp(cell) if cell else None
    return lambda cell: None if cell == "" else cell
