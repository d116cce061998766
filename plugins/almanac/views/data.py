"""The page that offers the data as tables: what they hold and weigh, up to when, and who may use them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from almanac.content.releases import Release
from almanac.model import seconds
from almanac.model.table import Table
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.windows import Period
from almanac.text import english
from almanac.views import base
from almanac.views.base import Head, Link, Time


class Offer(NamedTuple):
    """A table to offer: its files as (form, bytes, sha256)."""

    table: Table
    files: tuple[tuple[str, int, str], ...]


class Download(NamedTuple):
    """A file to take: its address and form, its size in words, its hash."""

    link: Link
    size: str
    sha256: str


class DataTable(NamedTuple):
    """A table as the page shows it."""

    name: str
    title: str
    columns: str  # how many
    files: tuple[Download, ...]


class Example(NamedTuple):
    """A line that reads the data in a language."""

    name: str
    code: str


class DataRelease(NamedTuple):
    """A dated snapshot of the data."""

    name: str
    files: tuple[Link, ...]
    size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The page with the data to download, at /data/."""

    head: Head
    stand: str
    cut_off: Time | None
    licence: Link
    part: Link | None  # an example of a table of one provider
    tables: tuple[DataTable, ...]
    examples: tuple[Example, ...]
    releases: tuple[DataRelease, ...]


def data(almanac: Snapshot, offers: Iterable[Offer], licence: str, licence_url: str) -> Data:
    """Return the page that offers the tables."""
    cards = sum(map(len, almanac.cards.values()))
    reach = almanac.record_until
    part = f"/data/incidents/{min(almanac.cards)}.csv" if almanac.cards else ""
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
        part=Link(part, part) if part else None,
        tables=tuple(map(_table, offers)),
        examples=examples(f"{almanac.site_url}/data"),
        releases=tuple(map(_release, released(almanac))),
    )


def released(almanac: Snapshot) -> tuple[Release, ...]:
    """Return the releases of quarters that are over, the newest first."""
    return tuple(one for one in almanac.releases if _quarter(one).until <= seconds(almanac.now))


def _quarter(release: Release) -> Period:
    year, _, number = release.quarter.partition("-q")
    return windows.quarter(int(year), int(number))


def _release(release: Release) -> DataRelease:
    files = tuple(Link(f"/data/releases/{release.quarter}/{name}", name) for name, _ in release.files)
    return DataRelease(_quarter(release).name, files, _weight(sum(size for _, size in release.files)))


def examples(address: str) -> tuple[Example, ...]:
    """Return lines that read the tables at an address: how many incidents of each provider count, and their medians."""
    incidents, numbers = f"{address}/incidents.csv", f"{address}/numbers.csv"
    return (
        Example(
            "Python, pandas",
            "import pandas as pd\n"
            f'incidents = pd.read_csv("{incidents}", parse_dates=["started", "ended"])\n'
            'counted = incidents[incidents.counts == "yes"].groupby("provider").size()',
        ),
        Example(
            "DuckDB",
            f"SELECT provider, period, share_low, median_seconds FROM '{numbers}'\n"  # noqa: S608  (printed, not run)
            "WHERE period = '365-days' AND part_kind = 'provider' ORDER BY share_low DESC;",
        ),
        Example(
            "R",
            f'incidents <- read.csv("{incidents}")\ntable(incidents$provider[incidents$counts == "yes"])',
        ),
    )


def _table(offer: Offer) -> DataTable:
    table = offer.table
    files = tuple(
        Download(Link(f"/data/{table.name}.{form}", form.upper()), _weight(size), digest)
        for form, size, digest in offer.files
    )
    return DataTable(table.name, table.title, english.plural(len(table.fields), "column"), files)


def _weight(size: int) -> str:
    """Return a size in words: 1.3 MB, 24 KB, 120 bytes."""
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f}{english.GAP}MB"
    return f"{size // 1000:,}{english.GAP}KB" if size >= 1000 else english.plural(size, "byte")
