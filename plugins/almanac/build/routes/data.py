"""The tables under /data/, what describes them, and the pages that offer data and feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from almanac import views
from almanac.build.context import Context
from almanac.build.routes.route import Outputs, file, page, route
from almanac.exports import parquet, tables
from almanac.exports.tables import TABLES, TYPES, Size
from almanac.model import Card
from almanac.stats.ranking import Leaderboard

PACKAGE = "datapackage.json"
FILES = {f"{table.name}.{form}": (table, form) for table in TABLES for form in TYPES}
FORMS = {"csv": tables.as_csv, "jsonl": tables.as_jsonl}
BY_PROVIDER = ("incidents", "updates")  # tables that have a part for each provider


@route("data/{table}/{slug}.{form}", *(f"data/{name}" for name in FILES), f"data/{PACKAGE}", "data/index.html")
def data_files(context: Context) -> Outputs:
    """Make the tables: parts before the whole, which is made of them, and that before what tells hashes."""
    for name in BY_PROVIDER:
        for slug in sorted(context.snapshot.cards):
            rows = partial(_part_rows, context, name, slug)
            for form, make in FORMS.items():
                table = FILES[f"{name}.{form}"][0]
                yield file(f"data/{name}/{slug}.{form}", partial(_table, make, table, rows), context.facts_of(slug))
    for name in _wholes(context):
        yield file(f"data/{name}", partial(_whole, context, name), _whole_key(context, name))
    sizes = {name: tables.size((context.settings.output / "data" / name).read_bytes()) for name in _wholes(context)}
    package = partial(tables.package, context.snapshot, sizes, context.settings.version)
    yield file(f"data/{PACKAGE}", package)
    yield page(context, "data/index.html", "data", partial(_offers, context, sizes))


def _table(make: Callable[..., bytes], table: tables.Table, rows: Callable[[], Iterable[tables.Row]]) -> bytes:
    return make(table, rows())


def _part_rows(context: Context, table: str, slug: str) -> tuple[tables.Row, ...]:
    """Return the rows of one provider, the newest start first; one form after the other is made of the same."""
    last = context.shared("rows of a part", dict[tuple[str, str], tuple[tables.Row, ...]])
    if (table, slug) not in last:
        last.clear()
        last[table, slug] = tuple(_card_rows(context, table, context.snapshot.cards[slug]))
    return last[table, slug]


def _card_rows(context: Context, table: str, cards: Iterable[Card]) -> Iterable[tables.Row]:
    if table == "incidents":
        return tables.incident_rows(cards, context.settings.site_url)
    return tables.update_rows(cards)


def _wholes(context: Context) -> list[str]:
    """Return the tables of all providers, as Parquet too where the settings ask for it."""
    return [name for name, (_, form) in FILES.items() if form in FORMS or context.settings.parquet]


def _whole(context: Context, name: str) -> bytes:
    table, form = FILES[name]
    if form not in FORMS:
        return parquet.as_parquet(table, _rows(context, table.name))
    return _joined(context, name) if table.name in BY_PROVIDER else FORMS[form](table, _rows(context, table.name))


def _whole_key(context: Context, name: str) -> object:
    table = FILES[name][0].name
    if table in BY_PROVIDER:
        return [context.facts_of(slug) for slug in sorted(context.snapshot.cards)]
    return context.all_closed_facts if table == "leaderboard" else [*_rows(context, table)]


def _rows(context: Context, table: str) -> Iterable[tables.Row]:
    """Return all rows of a whole table."""
    if table == "coverage":
        return tables.coverage_rows(context.snapshot)
    if table == "leaderboard":
        return tables.leaderboard_rows(_boards(context))
    cards = (card for _, cards in sorted(context.snapshot.cards.items()) for card in cards)
    return _card_rows(context, table, cards)


def _boards(context: Context) -> dict[str, Leaderboard]:
    return views.boards(context.snapshot, context.closed_records)


def _joined(context: Context, name: str) -> bytes:
    """Return the tables of all providers in one: what one change costs is the table of its provider."""
    table, form = FILES[name]
    head = FORMS[form](table, ())
    folder = context.settings.output / "data" / table.name
    parts = ((folder / f"{slug}.{form}").read_bytes() for slug in sorted(context.snapshot.cards))
    return b"".join([head, *(part[len(head) :] for part in parts)])


def _offers(context: Context, sizes: dict[str, Size]) -> views.Data:
    offers = [
        views.Offer(
            table.name,
            table.title,
            tuple((field.name, field.type, field.description) for field in table.fields),
            tuple((form, *sizes[name]) for form in TYPES if (name := f"{table.name}.{form}") in sizes),
        )
        for table in TABLES
    ]
    return views.data(context.snapshot, offers, tables.LICENCE["title"], tables.LICENCE["path"])


@route("subscribe/index.html")
def subscribe(context: Context) -> Outputs:
    """Make the page of all feeds."""
    yield page(context, "subscribe/index.html", "subscribe", partial(views.subscribe, context.snapshot))


ROUTES = (data_files, subscribe)
