"""Every surface of the site but incidents and what people write: its address, what it shows, its template.

To add one, add a line. A surface whose `make` returns bytes has no template.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from almanac import exports, views
from almanac.almanac import ArticleCard
from almanac.engine.edition import Edition
from almanac.engine.press import Press, digest
from almanac.engine.printer import Printer
from almanac.model import Provider, moment


class Surface(NamedTuple):
    """A kind of page or file. `each` gives the arguments of every one of its kind, which `path` is made with too.

    `key` gives all that `make` depends on, where that is cheaper to get than the result; None: the result itself.
    """

    path: str
    make: Callable[..., object]
    template: str = ""
    each: Callable[[Edition], Iterable[tuple[Any, ...]]] = lambda _: [()]
    key: Callable[..., object] | None = None


def _providers(edition: Edition) -> Iterable[tuple[Any, ...]]:
    return ((provider,) for provider in edition.almanac.providers)


def _years(edition: Edition) -> Iterable[tuple[Any, ...]]:
    for provider in edition.almanac.providers:
        found = Counter(moment(card.started).year for card in edition.almanac.cards.get(provider.slug, ()))
        for year in sorted(found):
            for sheet, folder in _sheets(found[year]):
                yield provider, year, folder, sheet


def _months(edition: Edition) -> Iterable[tuple[Any, ...]]:
    for (year, number), cards in edition.months.items():
        for sheet, folder in _sheets(len(cards)):
            yield year, number, folder, sheet


def _sheets(number: int) -> Iterable[tuple[int, str]]:
    """The pages a list of so many incidents is spread over, with the folder of each below that of the first."""
    return ((sheet, "" if sheet == 1 else f"{sheet}/") for sheet in range(1, views.count_sheets(number) + 1))


def _year_key(edition: Edition, provider: Provider, year: int, _folder: str, sheet: int) -> object:
    cards = edition.almanac.cards[provider.slug]
    years = sorted({moment(card.started).year for card in cards})
    here = years.index(year)
    mine = [card for card in cards if moment(card.started).year == year]
    return provider.name, years[max(here - 1, 0) : here + 2], edition.mark(mine), sheet


def _month_key(edition: Edition, year: int, number: int, _folder: str, sheet: int) -> object:
    known = list(edition.months)
    here = known.index((year, number))
    names = {slug: provider.name for slug, provider in edition.providers.items()}
    return known[max(here - 1, 0) : here + 2], edition.mark(edition.months[year, number]), names, sheet


def _static(edition: Edition) -> Iterable[tuple[Any, ...]]:
    root = edition.plan.theme / "static"
    return ((p.relative_to(root).as_posix(),) for p in sorted(root.rglob("*")) if p.is_file() and p.name[0] != ".")


Make = Callable[[exports.Channel, list[exports.Item]], bytes]


def _feed(make: Make, name: str) -> Callable[..., object]:
    """The newest incidents, of one provider or of all, as the feed `name`."""

    def feed(edition: Edition, provider: Provider | None = None) -> bytes:
        slug, called = (provider.slug, provider.name) if provider else ("", "AI provider")
        items = [edition.item(card) for card in edition.newest(exports.NEWEST, slug)]
        home = views.provider_url(slug) if slug else "/"
        return make(edition.channel(f"{called} incidents", home, name), items)

    return feed


def _feed_key(edition: Edition, provider: Provider | None = None) -> object:
    cards = edition.newest(exports.NEWEST, provider.slug if provider else "")
    people = provider or {slug: (p.name, p.company) for slug, p in edition.providers.items()}
    return edition.mark(cards), people


def _articles(make: Make, name: str) -> Callable[..., object]:
    """The newest articles as the feed `name`; what is dated later than now waits."""

    def feed(edition: Edition) -> bytes:
        items = [exports.article(card, edition.plan) for card in _told(edition)]
        return make(edition.channel("Articles", "/articles/", name), items)

    return feed


def _told(edition: Edition) -> list[ArticleCard]:
    almanac = edition.almanac
    return [card for card in almanac.articles if card.date <= almanac.now][: exports.NEWEST]


SURFACES: tuple[Surface, ...] = (
    Surface("index.html", lambda e: views.home(e.almanac, e.records), "home"),
    Surface("incidents/index.html", lambda e: views.incidents(e.almanac, e.months), "incidents"),
    Surface("incidents/{0}/{1:02}/{2}index.html", lambda e, y, m, _, n: views.month(e.almanac, e.months, y, m, n),
            "month", _months, _month_key),
    Surface("providers/index.html", lambda e: views.providers(e.almanac), "providers"),
    Surface("providers/{0.slug}/index.html", lambda e, p: views.provider(e.almanac, e.records, p), "provider",
            _providers),
    Surface("providers/{0.slug}/{1}/{2}index.html", lambda e, p, y, _, n: views.provider_year(e.almanac, p, y, n),
            "provider_year", _years, _year_key),
    Surface("leaderboard/index.html", lambda e: views.leaderboard(e.almanac, e.records), "leaderboard"),
    Surface("corrections/index.html", lambda e: views.corrections(e.almanac), "corrections"),
    Surface("claims/index.html", lambda e: views.claims(e.almanac, e.evidence), "claims"),
    Surface("articles/index.html", lambda e: views.articles(e.almanac), "articles"),
    Surface("status/index.html", lambda e: views.status(e.almanac), "status"),
    Surface("404.html", lambda e: views.not_found(e.almanac), "not_found"),
    Surface("atom.xml", _feed(exports.atom, "atom.xml"), key=_feed_key),
    Surface("feed.xml", _feed(exports.rss, "feed.xml"), key=_feed_key),
    Surface("providers/{0.slug}/atom.xml", _feed(exports.atom, "atom.xml"), "", _providers, _feed_key),
    Surface("providers/{0.slug}/feed.xml", _feed(exports.rss, "feed.xml"), "", _providers, _feed_key),
    Surface("providers/{0.slug}/history.atom", _feed(exports.atom, "history.atom"), "", _providers, _feed_key),
    Surface("providers/{0.slug}/history.rss", _feed(exports.rss, "history.rss"), "", _providers, _feed_key),
    Surface("articles/atom.xml", _articles(exports.atom, "atom.xml"), key=_told),
    Surface("articles/feed.xml", _articles(exports.rss, "feed.xml"), key=_told),
    Surface("theme/{0}", lambda e, file: (e.plan.theme / "static" / file).read_bytes(), "", _static),
)


def render(edition: Edition, press: Press, printer: Printer) -> None:
    """Put every surface in place; what shows the same as before is not printed again."""
    for surface in SURFACES:
        for item in surface.each(edition):
            path = surface.path.format(*item)
            value = None if surface.key else surface.make(edition, *item)
            key = digest(surface.template, surface.key(edition, *item) if surface.key else value)
            if not press.stands(path, key):
                value = surface.make(edition, *item) if value is None else value
                press.put(path, key, value if isinstance(value, bytes) else printer.page(surface.template, value))
