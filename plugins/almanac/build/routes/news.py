"""Pages and feeds of what others told: link posts, and trouble that no provider declared."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from almanac import exports
from almanac.build.context import Context
from almanac.build.routes.feeds import channel, record_start
from almanac.build.routes.route import Outputs, file, page, route
from almanac.exports import FeedItem
from almanac.views import press, undeclared

FORMS: dict[str, Callable[..., bytes]] = {
    "atom.xml": exports.atom,
    "feed.xml": exports.rss,
    "feed.json": exports.json_feed,
}


@route("press/index.html", *(f"press/{name}" for name in FORMS))
def link_posts(context: Context) -> Outputs:
    """Make the list of link posts, and the newest as feeds."""
    yield page(context, "press/index.html", "press", partial(press.press, context.snapshot))
    newest = press.press_posts(context.snapshot)[: exports.NEWEST]
    key = newest, record_start(context)
    for name in FORMS:
        yield file(f"press/{name}", partial(_link_feed, context, name), key)


def _link_feed(context: Context, name: str) -> bytes:
    posts = {post.slug: post for post in context.snapshot.links}
    newest = press.press_posts(context.snapshot)[: exports.NEWEST]
    items = [exports.link(posts[post.slug], post.grade, post.incidents, context.settings) for post in newest]
    return FORMS[name](channel(context, "Press coverage at the time", "/press/", name), items)


@route("undeclared/index.html", "undeclared/{provider}/{slug}/index.html", "undeclared/atom.xml")
def unacknowledged(context: Context) -> Outputs:
    """Make what no provider declared: its list, its pages, and a feed of its own, which nobody takes for official."""
    snapshot = context.snapshot
    yield page(context, "undeclared/index.html", "undeclared", partial(undeclared.undeclared, snapshot))
    reports = undeclared.up_to_now(snapshot)
    for report in reports:
        path = f"undeclared/{report.provider}/{report.slug}/index.html"
        view = partial(undeclared.page, snapshot, report, context.providers[report.provider])
        yield page(context, path, "undeclared_page", view)
    yield file("undeclared/atom.xml", partial(_undeclared_feed, context), (reports, record_start(context)))


def _undeclared_feed(context: Context) -> bytes:
    reports = undeclared.up_to_now(context.snapshot)[: exports.NEWEST]
    items: list[FeedItem] = [
        exports.undeclared(report, context.providers[report.provider], context.settings) for report in reports
    ]
    return exports.atom(channel(context, "Unacknowledged outages", "/undeclared/", "atom.xml"), items)


ROUTES = (link_posts, unacknowledged)
