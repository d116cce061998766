"""The surfaces of what was written elsewhere: the page of link posts, and its feeds."""

from __future__ import annotations

from collections.abc import Callable

from almanac import exports
from almanac.engine.edition import Edition
from almanac.engine.surface import Surface
from almanac.views import press

FORMS: dict[str, Callable[..., bytes]] = {
    "atom.xml": exports.atom, "feed.xml": exports.rss, "feed.json": exports.json_feed
}  # fmt: skip


def _feed(name: str) -> Callable[[Edition], bytes]:
    """The newest link posts as the feed `name`."""

    def feed(edition: Edition) -> bytes:
        posts = {post.slug: post for post in edition.almanac.links}
        items = [exports.link(posts[told.slug], told.grade, told.incidents, edition.plan)
                 for told in press.written(edition.almanac)[: exports.NEWEST]]  # fmt: skip
        return FORMS[name](edition.channel("What was written then", "/press/", name), items)

    return feed


SURFACES: tuple[Surface, ...] = (
    Surface("press/index.html", lambda e: press.press(e.almanac), "press"),
    *(Surface(f"press/{name}", _feed(name), key=lambda e: press.written(e.almanac)[: exports.NEWEST])
      for name in FORMS),
)  # fmt: skip
