"""The surfaces that are data: the Statuspage API, badges, calendars, tables, sitemaps, and pages that offer them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from almanac import views
from almanac.engine.edition import Edition
from almanac.engine.figures import everybody
from almanac.engine.surface import Surface, providers
from almanac.exports import badges, calendars, maps, parquet, statuspage, tables
from almanac.exports.badges import Badge
from almanac.exports.maps import SitemapEntry
from almanac.exports.statuspage import Declared, Json
from almanac.exports.syndication import dump
from almanac.exports.tables import TABLES, TYPES, Size
from almanac.model import OVER, Card, Kind, Provider, moment
from almanac.stats.ranking import Leaderboard

API = "api/v2/"
PACKAGE = "datapackage.json"
OF_PROVIDER = "providers/{0.slug}/"

Of = Provider | None  # None: the whole site


def _known(edition: Edition, of: Of) -> list[Declared]:
    return [edition.declared[of.slug]] if of else list(edition.declared.values())


def _page(edition: Edition, of: Of, listed: Sequence[Card] | None = None) -> Json:
    """The head of an answer; that of a list is dated by what is listed."""
    changed = None if listed is None else moment(max((max(c.posted, c.changed) for c in listed), default=0))
    return statuspage.page(_known(edition, of), edition.almanac.site_name, edition.plan, changed)


def _told(edition: Edition, of: Of, card: Card) -> Json:
    provider = edition.providers[card.provider]
    return statuspage.incident(edition.text(card), card, provider, edition.plan, whole_site=of is None)


def _summary(edition: Edition, of: Of = None) -> bytes:
    known = _known(edition, of)
    going_on = [(_told(edition, of, card), card.kind == Kind.MAINTENANCE) for k in known for card in k.open]
    return dump(statuspage.summary(known, _page(edition, of), going_on))


def _status(edition: Edition, of: Of = None) -> bytes:
    return dump({"page": _page(edition, of), "status": statuspage.status(_known(edition, of))})


def _components(edition: Edition, of: Of = None) -> bytes:
    known = _known(edition, of)
    left_out = {"unknown": statuspage.unknown(known)}
    return dump({"page": _page(edition, of), "components": statuspage.components(known), "almanac": left_out})


def _unresolved(edition: Edition, of: Of = None) -> bytes:
    """What was open when it was last read, also where that is too long ago to call it so now."""
    told = [_told(edition, of, card) for known in _known(edition, of) for card in known.troubles]
    return dump({"page": _page(edition, of), "incidents": told})


def _listed(edition: Edition, of: Of, maintenance: bool) -> list[Card]:
    cards = edition.posted[of.slug if of else ""]
    return list(islice((card for card in cards if statuspage.is_listed(card, maintenance)), statuspage.LISTED))


def _list(name: str, maintenance: bool) -> tuple[Callable[..., object], Callable[..., object]]:
    """How to make a list of incidents, and what it depends on."""

    def make(edition: Edition, of: Of = None) -> bytes:
        cards = _listed(edition, of, maintenance)
        return dump({"page": _page(edition, of, cards), name: [_told(edition, of, card) for card in cards]})

    def key(edition: Edition, of: Of = None) -> object:
        return edition.mark(_listed(edition, of, maintenance)), edition.people

    return make, key


def _api() -> Iterable[Surface]:
    for make, name in ((_summary, "summary"), (_status, "status"), (_components, "components"),
                       (_unresolved, "incidents/unresolved")):  # fmt: skip
        yield Surface(f"{API}{name}.json", make)
        yield Surface(f"{OF_PROVIDER}{API}{name}.json", make, "", providers)
    for name, maintenance in (("incidents", False), ("scheduled_maintenances", True)):
        listing, key = _list(name, maintenance)
        path = f"{API}{name.replace('_', '-')}.json"
        yield Surface(path, listing, key=key)
        yield Surface(OF_PROVIDER + path, listing, "", providers, key)


def _badge(edition: Edition, of: Of) -> Badge:
    known = edition.declared
    return badges.badge(known[of.slug], edition.almanac) if of else badges.whole([*known.values()], edition.almanac)


def _shields(edition: Edition, of: Of = None) -> bytes:
    return badges.shields(_badge(edition, of))


def _svg(edition: Edition, of: Of = None) -> bytes:
    return badges.svg(_badge(edition, of))


def _calendar(edition: Edition, of: Of = None) -> bytes:
    cards = edition.newest(calendars.NEWEST, of.slug if of else "")
    title = f"{edition.plan.site_name}: {of.name if of else 'AI providers'}"
    return calendars.calendar(title, [_event(edition, card) for card in cards], edition.plan)


def _event(edition: Edition, card: Card) -> calendars.CalendarEvent:
    provider = edition.providers[card.provider]
    if card.kind != Kind.MAINTENANCE or card.phase in OVER:
        return calendars.event(card, provider)
    text = edition.text(card)
    return calendars.event(card, provider, (text.planned_from, text.planned_until))


def _calendar_key(edition: Edition, of: Of = None) -> object:
    return edition.mark(edition.newest(calendars.NEWEST, of.slug if of else "")), edition.people


def _boards(edition: Edition) -> dict[str, Leaderboard]:
    return views.boards(edition.almanac, edition.closed)


FILES = {f"{table.name}.{form}": (table, form) for table in TABLES for form in TYPES}
ROWS: dict[str, Callable[[Edition], Iterable[tables.Row]]] = {
    "coverage": lambda edition: tables.coverage_rows(edition.almanac),
    "leaderboard": lambda edition: tables.leaderboard_rows(_boards(edition)),
}
OF_CARDS: dict[str, Callable[[Edition, Iterable[Card]], Iterable[tables.Row]]] = {
    "incidents": lambda edition, cards: tables.incident_rows(cards, edition.plan.site_url),
    "updates": lambda _, cards: tables.update_rows(cards),
}
FORMS = {"csv": tables.as_csv, "jsonl": tables.as_jsonl}


def _files(edition: Edition) -> Iterable[tuple[str]]:
    """What stands under /data/, parts before the whole, and that before what tells hashes."""
    parts = [f"{name}/{slug}.{form}" for name in OF_CARDS for slug in sorted(edition.almanac.cards) for form in FORMS]
    return ((name,) for name in (*parts, *_wholes(edition), PACKAGE, "index.html"))


def _wholes(edition: Edition) -> list[str]:
    """The tables of all providers, as Parquet too where the settings ask for it."""
    return [name for name, (_, form) in FILES.items() if form in FORMS or edition.plan.parquet]


def _file(edition: Edition, name: str) -> object:
    """A table of one provider, a whole table, the data package, or the page that offers them."""
    if "/" in name:
        return _part(edition, name)
    if name in FILES:
        table, form = FILES[name]
        if form not in FORMS:
            return parquet.as_parquet(table, _rows(edition, table.name))
        return _joined(edition, name) if table.name in OF_CARDS else FORMS[form](table, ROWS[table.name](edition))
    sizes = _sizes(edition)
    return tables.package(edition.almanac, sizes, edition.plan.version) if name == PACKAGE else _offered(edition, sizes)


def _file_key(edition: Edition, name: str) -> object:
    if "/" in name:
        return _mark(edition, name.partition("/")[2].rpartition(".")[0])
    if name not in FILES:
        return _file(edition, name)
    table = FILES[name][0].name
    if table in OF_CARDS:
        return [_mark(edition, slug) for slug in sorted(edition.almanac.cards)]
    return everybody(edition) if table == "leaderboard" else [*_rows(edition, table)]


def _mark(edition: Edition, slug: str) -> bytes:
    return edition.kept(("mark", slug), lambda: edition.facts(edition.almanac.cards[slug]))


def _rows(edition: Edition, table: str) -> Iterable[tables.Row]:
    """All rows of a whole table."""
    if table in ROWS:
        return ROWS[table](edition)
    return (row for _, cards in sorted(edition.almanac.cards.items()) for row in OF_CARDS[table](edition, cards))


def _part(edition: Edition, name: str) -> bytes:
    """The rows of one provider, the newest start first."""
    table, _, file = name.partition("/")
    slug, _, form = file.rpartition(".")
    return FORMS[form](FILES[f"{table}.{form}"][0], _rows_of(edition, table, slug))


@lru_cache(maxsize=1)  # one form after the other is made of the same rows
def _rows_of(edition: Edition, table: str, slug: str) -> tuple[tables.Row, ...]:
    return tuple(OF_CARDS[table](edition, edition.almanac.cards[slug]))


def _joined(edition: Edition, name: str) -> bytes:
    """The tables of all providers in one: what one change costs is the table of its provider."""
    table, form = FILES[name]
    head = FORMS[form](table, ())
    folder = edition.plan.output / "data" / table.name
    parts = ((folder / f"{slug}.{form}").read_bytes() for slug in sorted(edition.almanac.cards))
    return b"".join([head, *(part[len(head) :] for part in parts)])


def _sizes(edition: Edition) -> dict[str, Size]:
    """What the tables weigh, as they stand in the output by now."""
    folder = edition.plan.output / "data"
    return edition.kept("sizes", lambda: {name: tables.size((folder / name).read_bytes()) for name in _wholes(edition)})


def _offered(edition: Edition, sizes: dict[str, Size]) -> views.Data:
    offers = [
        views.Offer(
            table.name,
            table.title,
            tuple((field.name, field.type, field.description) for field in table.fields),
            tuple((form, *sizes[name]) for form in TYPES if (name := f"{table.name}.{form}") in sizes),
        )
        for table in TABLES
    ]
    return views.data(edition.almanac, offers, tables.LICENCE["title"], tables.LICENCE["path"])


def _years(edition: Edition) -> Iterable[tuple[Any, ...]]:
    return ((one, year) for one in edition.almanac.providers for year in reversed(edition.years[one.slug]))


def _changed(cards: Iterable[Card]) -> int:
    return max((max(card.posted, card.changed) for card in cards), default=0)


def _map(edition: Edition, provider: Provider, year: int) -> bytes:
    places = [SitemapEntry(views.incident_url(c), _changed([c])) for c in edition.years[provider.slug][year]]
    return maps.sitemap(places, edition.plan.site_url)


def pages(edition: Edition, addresses: Iterable[str]) -> bytes:
    """The sitemap of every page that is not of a single incident: `addresses` of the engine's, and what people wrote.

    Where nobody knows when a page changed, it does not say.
    """
    changed = _changes(edition)
    written = {f"/{path.stem}/" for path in (edition.plan.content / "pages").glob("*.md")}
    urls = sorted({*addresses, *written, *(card.url for card in edition.almanac.articles)})
    return maps.sitemap([SitemapEntry(url, changed.get(url, 0)) for url in urls], edition.plan.site_url)


def _changes(edition: Edition) -> dict[str, int]:
    """When the content of pages changed that show incidents or articles."""
    known = edition.almanac
    of_each = {slug: _changed(cards) for slug, cards in known.cards.items()}
    newest = max(of_each.values(), default=0)
    articles = {card.url: int((card.modified or card.date).timestamp()) for card in known.articles}
    return {
        **dict.fromkeys(("/", "/incidents/", "/providers/", "/leaderboard/", "/data/"), newest),
        **{views.provider_url(slug): changed for slug, changed in of_each.items()},
        **{views.year_url(p.slug, y): _changed(edition.years[p.slug][y]) for p, y in _years(edition)},
        **{views.month_url(*month): _changed(cards) for month, cards in edition.months.items()},
        "/articles/": max(articles.values(), default=0),
        **articles,
    }


def _index(edition: Edition) -> bytes:
    newest = max(map(_changed, edition.almanac.cards.values()), default=0)
    years = ((f"/sitemap-{p.slug}-{year}.xml", _changed(edition.years[p.slug][year])) for p, year in _years(edition))
    entries = [SitemapEntry("/sitemap-pages.xml", newest), *(SitemapEntry(*year) for year in years)]
    return maps.index(entries, edition.plan.site_url)


SURFACES: tuple[Surface, ...] = (
    *_api(),
    Surface("badge.json", _shields),
    Surface("badge.svg", _svg),
    Surface(f"{OF_PROVIDER}badge.json", _shields, "", providers),
    Surface(f"{OF_PROVIDER}badge.svg", _svg, "", providers),
    Surface("calendar.ics", _calendar, key=_calendar_key),
    Surface(f"{OF_PROVIDER}calendar.ics", _calendar, "", providers, _calendar_key),
    Surface("data/{0}", _file, "data", _files, _file_key),
    Surface("subscribe/index.html", lambda e: views.subscribe(e.almanac), "subscribe"),
    Surface("sitemap.xml", _index),
    Surface("sitemap-{0.slug}-{1}.xml", _map, "", _years, lambda e, p, y: e.facts(e.years[p.slug][y])),
    Surface("robots.txt", lambda e: maps.robots(e.plan.site_url)),
    Surface("llms.txt", lambda e: maps.llms(e.plan.site_name, e.plan.site_url, e.almanac.providers)),
)
