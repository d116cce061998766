"""The tables under /data/, what describes them, and the pages that offer data and feeds.

What takes long is made in parts, beside other routes: of a provider here, of leaderboards and backups by their pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from almanac import views
from almanac.build.cache import digest
from almanac.build.context import Context
from almanac.build.routes.parts import FORMS, table_files
from almanac.build.routes.route import Outputs, file, page, provider_route, route
from almanac.content.releases import FOLDER
from almanac.exports import codebook, package, parquet, tables
from almanac.exports.codebook import TABLES
from almanac.exports.table import TYPES, Row, Size, size
from almanac.model import Provider, Pulls, seconds, stamp
from almanac.model.table import Table
from almanac.stats import windows
from almanac.stats.selection import Membership, memberships, select

PACKAGE, CITATION = "datapackage.json", "CITATION.cff"
FILES = {f"{table.name}.{form}": (table, form) for table in TABLES for form in TYPES}


@provider_route("data/incidents/{slug}.{form}", "data/updates/{slug}.{form}")
def provider_tables(context: Context, provider: Provider) -> Outputs:
    """Make the incidents and the updates of a provider, the newest start first."""
    slug, cards = provider.slug, context.snapshot.cards.get(provider.slug, ())
    counts = _memberships(context, provider)
    last_open = _last_open(context, provider)
    incidents = partial(tables.incident_rows, cards, counts, last_open, context.settings.site_url)
    facts = context.facts_of(slug)
    yield from table_files(codebook.INCIDENTS, incidents, (facts, [*counts.values()], last_open), slug)
    yield from table_files(codebook.UPDATES, partial(tables.update_rows, cards), facts, slug)


def _last_open(context: Context, provider: Provider) -> dict[str, str]:
    """Return when each incident without an end was last seen open, by its id."""
    pulls = context.snapshot.pulls.get(provider.slug)
    open_ids = {card.id for card in context.snapshot.cards.get(provider.slug, ()) if card.ended is None}
    return {name: stamp(at) for name, at in (pulls.last_open if pulls else ()) if name in open_ids}


def _memberships(context: Context, provider: Provider) -> dict[str, Membership]:
    """Return for each incident of a provider whether it counts, in the order of its cards."""
    snapshot = context.snapshot
    cards, now = snapshot.cards.get(provider.slug, ()), seconds(snapshot.now)
    pulls = snapshot.pulls.get(provider.slug) or Pulls(provider=provider.slug)
    covered, by_product = windows.coverage(pulls, now), windows.coverage_by_product(pulls, now)
    selection = select(provider, cards, covered, by_product=by_product)
    of_each = memberships(selection, covered, by_product)
    return {card.id: of_each[card.id] for card in cards}


@route("data/{table}.{form}")
def small_tables(context: Context) -> Outputs:
    """Make the tables that are made in one go."""
    snapshot = context.snapshot
    facts = [context.facts_of(slug) for slug in sorted(snapshot.cards)]
    for table, rows in (
        (codebook.COVERAGE, tables.coverage_rows(snapshot)),
        (codebook.PROVIDERS, tables.provider_rows(snapshot.providers)),
        (codebook.COMPONENTS, tables.component_rows(snapshot.providers)),
        (codebook.DATASETS, tables.dataset_rows(snapshot)),
    ):
        content = tuple(rows)
        yield from table_files(table, partial(tuple, content), content)
    yield from table_files(codebook.TRIALS, partial(tables.trial_rows, snapshot), (snapshot.trials, facts))


def _key(context: Context, _: str) -> bytes:
    """Return the key of what is joined: all there is, and the files that other routes have made by then."""
    folder = context.settings.output / "data"
    paths = [path for table in TABLES for path in sorted((folder / table.name).glob("*.*")) or _whole(folder, table)]
    return digest(context.changes.whole, [_look(path) if path.exists() else path.name for path in paths])


def _whole(folder: Path, table: Table) -> list[Path]:
    """Return the files of a table that is not made in parts."""
    return [folder / f"{table.name}.{form}" for form in FORMS]


@route(
    *(f"data/{name}" for name in FILES),
    f"data/{PACKAGE}",
    f"data/{CITATION}",
    "data/index.html",
    "data/codebook/index.html",
    key=_key,
)
def data_files(context: Context) -> Outputs:
    """Join the parts of the tables, and describe what there is then: the last holds hashes of all before."""
    for table in TABLES:
        parts = _parts(context, table)
        for form in FORMS if parts is not None else ():
            paths = [context.settings.output / f"data/{table.name}/{part}.{form}" for part in parts or ()]
            yield file(f"data/{table.name}.{form}", partial(_joined, table, form, paths), [*map(_look, paths)])
        if context.settings.parquet:
            lines = context.settings.output / f"data/{table.name}.jsonl"
            yield file(f"data/{table.name}.parquet", partial(_as_parquet, table, lines), _look(lines))
    names = [name for name, (_, form) in FILES.items() if form in FORMS or context.settings.parquet]
    sizes = {name: size((context.settings.output / "data" / name).read_bytes()) for name in names}
    yield file(f"data/{PACKAGE}", partial(package.package, context.snapshot, sizes, context.settings.version))
    yield file(f"data/{CITATION}", partial(package.citation, context.snapshot, context.settings.version))
    yield page(context, "data/index.html", "data", partial(_offers, context, sizes))
    yield page(context, "data/codebook/index.html", "codebook", partial(views.codebook, TABLES))


def _parts(context: Context, table: Table) -> tuple[str, ...] | None:
    """Return the names of the parts of a table, in their order; None of what is made in one go."""
    if table.name in ("incidents", "updates", "numbers", "working_hours"):
        return tuple(sorted(context.providers))
    if table is codebook.LEADERBOARD:
        return tuple(period.slug for period in views.periods(context.snapshot))
    return views.backup_slugs(context.settings.project) if table is codebook.BACKUPS else None


def _look(path: Path) -> tuple[str, int, int]:
    """Return what tells a file that was made anew from the one before."""
    look = path.stat()
    return path.name, look.st_size, look.st_mtime_ns


def _joined(table: Table, form: str, paths: Iterable[Path]) -> bytes:
    """Return the parts of a table in one."""
    head = FORMS[form](table, ())
    return b"".join([head, *(path.read_bytes()[len(head) :] for path in paths)])


def _as_parquet(table: Table, lines: Path) -> bytes:
    return parquet.as_parquet(table, _read(lines))


def _read(lines: Path) -> Iterable[Row]:
    """Yield the rows of a table of JSON Lines; what is not known is ""."""
    for line in lines.read_text(encoding="utf-8").splitlines():
        yield ["" if cell is None else cell for cell in json.loads(line).values()]


def _offers(context: Context, sizes: dict[str, Size]) -> views.Data:
    offers = [
        views.Offer(table, tuple((form, *sizes[name]) for form in TYPES if (name := f"{table.name}.{form}") in sizes))
        for table in TABLES
    ]
    return views.data(context.snapshot, offers, package.LICENCE["title"], package.LICENCE["path"])


@route("data/releases/{quarter}/{name}")
def snapshots(context: Context) -> Outputs:
    """Copy the dated snapshots of the data, which never change."""
    for release in views.released(context.snapshot):
        for name, weight in release.files:
            source = context.settings.content / FOLDER / release.quarter / name
            yield file(f"data/{FOLDER}/{release.quarter}/{name}", source.read_bytes, (release.quarter, name, weight))


@route("subscribe/index.html")
def subscribe(context: Context) -> Outputs:
    """Make the page of all feeds."""
    yield page(context, "subscribe/index.html", "subscribe", partial(views.subscribe, context.snapshot))


ROUTES = (provider_tables, small_tables, snapshots, subscribe)
