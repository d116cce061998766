"""A published table: its columns and keys, without its rows."""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """A column: its name, its type in a Table Schema, what it means, and what it may hold, if that is a fixed list."""

    name: str
    type: str
    description: str
    values: tuple[str, ...] = ()


class Reference(NamedTuple):
    """Columns whose values stand as the key of another table, where they are not empty."""

    fields: tuple[str, ...]
    table: str
    key: tuple[str, ...]


class Table(NamedTuple):
    """A table without its rows."""

    name: str
    title: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    references: tuple[Reference, ...] = ()
