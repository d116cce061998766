"""What leads search engines and other machines: sitemaps, robots.txt and llms.txt."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from almanac import views
from almanac.build.cache import digest
from almanac.build.context import Context
from almanac.build.routes.route import Outputs, file, provider_route, route
from almanac.exports import maps
from almanac.exports.maps import SitemapEntry
from almanac.model import Card, Provider


@route("sitemap.xml", "robots.txt", "llms.txt")
def site_maps(context: Context) -> Outputs:
    """Make the list of all sitemaps, and what else machines look for."""
    settings = context.settings
    yield file("sitemap.xml", partial(_index, context))
    yield file("robots.txt", lambda: maps.robots(settings.site_url))
    yield file("llms.txt", partial(_llms, context))


def _llms(context: Context) -> bytes:
    settings = context.settings
    return maps.llms(settings.project, settings.site_url, context.snapshot.providers, settings.details_since)


@provider_route("sitemap-{slug}-{year}.xml")
def incident_sitemaps(context: Context, provider: Provider) -> Outputs:
    """Make the sitemaps of a provider's incidents, one a year."""
    for year, cards in context.years.get(provider.slug, {}).items():
        make = partial(_sitemap, context, tuple(cards))
        yield file(f"sitemap-{provider.slug}-{year}.xml", make, context.facts(cards))


def _sitemap(context: Context, cards: Iterable[Card]) -> bytes:
    places = [SitemapEntry(views.incident_url(card), _changed([card])) for card in cards]
    return maps.sitemap(places, context.settings.site_url)


def _index(context: Context) -> bytes:
    last_change = max(map(_changed, context.snapshot.cards.values()), default=0)
    years = ((f"/sitemap-{slug}-{year}.xml", changed) for slug, year, changed in _years(context))
    entries = [SitemapEntry("/sitemap-pages.xml", last_change), *(SitemapEntry(*year) for year in years)]
    return maps.index(entries, context.settings.site_url)


def _years(context: Context) -> Iterable[tuple[str, int, int]]:
    """Yield each provider and year, oldest first, with when an incident of it changed last."""
    for provider in context.snapshot.providers:
        for year in [*context.years[provider.slug]][::-1]:
            yield provider.slug, year, _changed(context.years[provider.slug][year])


def _key(context: Context, _: str) -> bytes:
    return digest(context.changes.whole, context.addresses)


@route("sitemap-pages.xml", key=_key)
def page_sitemap(context: Context) -> Outputs:
    """Make the sitemap of every page that is not of a single incident: `context.addresses`, and what people wrote."""
    yield file("sitemap-pages.xml", partial(_pages, context))


def _pages(context: Context) -> bytes:
    """Return the sitemap. Where nobody knows when a page changed, it does not say."""
    changes = _changes(context)
    written_pages = {f"/{path.stem}/" for path in (context.settings.content / "pages").glob("*.md")}
    urls = sorted({*context.addresses, *written_pages, *(card.url for card in context.snapshot.articles)})
    return maps.sitemap([SitemapEntry(url, changes.get(url, 0)) for url in urls], context.settings.site_url)


def _changes(context: Context) -> dict[str, int]:
    """Return when the content of pages changed that show incidents or articles."""
    snapshot = context.snapshot
    of_each = {slug: _changed(cards) for slug, cards in snapshot.cards.items()}
    articles = {card.url: int((card.modified or card.date).timestamp()) for card in snapshot.articles}
    lists = ("/", "/incidents/", "/providers/", "/leaderboard/", "/data/")
    return {
        **dict.fromkeys(lists, max(of_each.values(), default=0)),
        **{views.provider_url(slug): changed for slug, changed in of_each.items()},
        **{views.year_url(slug, year): changed for slug, year, changed in _years(context)},
        **{views.month_url(*month): _changed(cards) for month, cards in context.months.items()},
        "/articles/": max(articles.values(), default=0),
        **articles,
    }


def _changed(cards: Iterable[Card]) -> int:
    return max((max(card.posted, card.changed) for card in cards), default=0)


ROUTES = (site_maps, incident_sitemaps)
