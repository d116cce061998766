"""Feeds of what is no incident, articles and feeds that fail; and the lists of feeds, for readers to import at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import islice

from almanac import exports, views
from almanac.build.context import Context
from almanac.build.routes.feeds import FORMS, Make, channel, incident_channel, record_start
from almanac.build.routes.pages import beside
from almanac.build.routes.route import Outputs, file, route
from almanac.content.article import Article
from almanac.exports import Channel
from almanac.exports.items import newest_first


@route(*(f"articles/{name}" for name in FORMS))
def article_feeds(context: Context) -> Outputs:
    """Make the feeds of the newest articles, in full; what is dated later than now waits."""
    dated = sorted(context.prose.articles, key=lambda article: article.card.date, reverse=True)
    newest = list(islice((one for one in dated if one.card.date <= context.snapshot.now), exports.NEWEST))
    texts = [(one, views.filled(context.read(one).html, dict(beside(context, one).figures))) for one in newest]
    key = [(one.card, html) for one, html in texts], record_start(context)
    for name, make in FORMS.items():
        yield file(f"articles/{name}", partial(_article_feed, context, make, name, texts), key)


def _article_feed(context: Context, make: Make, name: str, texts: Iterable[tuple[Article, str]]) -> bytes:
    items = [exports.article(one.card, html, context.settings) for one, html in texts]
    return make(channel(context, "Articles", "/articles/", name), items)


@route("operators.xml")
def operator_feed(context: Context) -> Outputs:
    """Make the feed of feeds that fail for a day, for those who run the site."""
    yield file("operators.xml", partial(_operators, context))


def _operators(context: Context) -> bytes:
    snapshot = context.snapshot
    items = [
        item
        for provider in snapshot.providers
        for item in exports.failing(provider, snapshot.pulls.get(provider.slug), snapshot.now, context.settings)
    ]
    return exports.atom(channel(context, "Feeds that fail", "/", "operators.xml"), newest_first(items))


@route("feeds.opml", "providers.opml")
def opml(context: Context) -> Outputs:
    """Make the list of the feeds of the whole site, and that of one feed a provider; neither tells anything twice."""
    yield file(
        "feeds.opml", lambda: _list(context, "all providers in one feed", [incident_channel(context, None, "atom.xml")])
    )
    by_name = sorted(context.snapshot.providers, key=lambda provider: provider.name.casefold())
    own = [incident_channel(context, provider, "atom.xml") for provider in by_name]
    yield file("providers.opml", lambda: _list(context, "a feed for each provider", own))


def _list(context: Context, title: str, of_incidents: list[Channel]) -> bytes:
    """Return feeds of incidents with those of what is written, each in the form most readers like best."""
    prose_feeds = [
        channel(context, "Articles", "/articles/", "atom.xml"),
        channel(context, "Reports", "/reports/", "atom.xml"),
        channel(context, "Press coverage at the time", "/press/", "atom.xml"),
    ]
    name = f"{context.settings.project.name}, {title}"
    return exports.opml(name, [("Incidents", of_incidents), ("Articles and reports", prose_feeds)])


ROUTES = (article_feeds, operator_feed, opml)
