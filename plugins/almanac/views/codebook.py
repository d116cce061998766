"""The codebook of the published tables: what every column means, and what refers to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from almanac.model.table import Field, Table
from almanac.stats.selection import COUNTS
from almanac.text import english
from almanac.views.base import Head


class CodedColumn(NamedTuple):
    """A column of a table: its type, with what it may hold, and what it means."""

    name: str
    type: str
    description: str
    values: str  # "" where it may hold anything of its type


class CodedTable(NamedTuple):
    """A table as the codebook shows it."""

    name: str
    title: str
    key: str
    references: tuple[str, ...]
    columns: tuple[CodedColumn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """The page at /data/codebook/."""

    head: Head
    tables: tuple[CodedTable, ...]
    counts: tuple[tuple[str, str], ...]  # what the values of `counts` mean


def codebook(tables: Iterable[Table]) -> Codebook:
    """Return the page that explains every column of every table."""
    return Codebook(
        head=Head(
            title="Codebook of the data",
            path="/data/codebook/",
            section="data",
            description="Every column of every published table: its type, what it means, and what it may hold.",
        ),
        tables=tuple(map(_table, tables)),
        counts=tuple(COUNTS.items()),
    )


def _table(table: Table) -> CodedTable:
    references = tuple(
        f"{english.listing(reference.fields)}: {reference.table} ({english.listing(reference.key)})"
        for reference in table.references
    )
    return CodedTable(table.name, table.title, ", ".join(table.key), references, tuple(map(_column, table.fields)))


def _column(field: Field) -> CodedColumn:
    return CodedColumn(field.name, field.type, field.description, ", ".join(field.values))
