"""The page that offers the data as tables: what they hold and weigh, up to when, and who may use them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from almanac.snapshot import Snapshot
from almanac.text import english
from almanac.views import base
from almanac.views.base import Head, Link, Time


class Offer(NamedTuple):
    """A table to offer: fields as (name, type, description), files as (form, bytes, sha256)."""

    name: str
    title: str
    fields: tuple[tuple[str, str, str], ...]
    files: tuple[tuple[str, int, str], ...]


class Download(NamedTuple):
    """A file to take: its address and form, its size in words, its hash."""

    link: Link
    size: str
    sha256: str


class TableColumn(NamedTuple):
    """A field of a table."""

    name: str
    type: str
    description: str


class DataTable(NamedTuple):
    """A table as the page shows it."""

    name: str
    title: str
    files: tuple[Download, ...]
    columns: tuple[TableColumn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The page with the data to download, at /data/."""

    head: Head
    stand: str
    cut_off: Time | None
    licence: Link
    part: Link  # an example of a table of one provider
    tables: tuple[DataTable, ...]


def data(almanac: Snapshot, offers: Iterable[Offer], licence: str, licence_url: str) -> Data:
    """Return the page that offers the tables."""
    cards = sum(map(len, almanac.cards.values()))
    reach = almanac.record_until
    part = f"/data/incidents/{min(almanac.cards, default='')}.csv"
    return Data(
        head=Head(
            title="Download the data",
            path="/data/",
            section="data",
            description=f"Every reported incident of {almanac.project.of('providers')} as CSV and JSON, with schema, licence and "
            "hashes.",
        ),
        stand=f"{english.plural(cards, 'incident')} of "
        f"{english.plural(len(almanac.providers), 'provider')}, free to use.",
        cut_off=base.time(reach, english.moment(reach)) if reach else None,
        licence=Link(licence_url, licence),
        part=Link(part, part),
        tables=tuple(map(_table, offers)),
    )


def _table(offer: Offer) -> DataTable:
    files = tuple(
        Download(Link(f"/data/{offer.name}.{form}", form.upper()), _weight(size), digest)
        for form, size, digest in offer.files
    )
    return DataTable(offer.name, offer.title, files, tuple(TableColumn(*field) for field in offer.fields))


def _weight(size: int) -> str:
    """Return a size in words: 1.3 MB, 24 KB, 120 bytes."""
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f}{english.GAP}MB"
    return f"{size // 1000:,}{english.GAP}KB" if size >= 1000 else english.plural(size, "byte")
