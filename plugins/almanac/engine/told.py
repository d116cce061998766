"""The surfaces of what was told elsewhere: link posts and their feeds, and trouble that no provider declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from almanac import exports
from almanac.engine.edition import Edition
from almanac.engine.surface import Surface
from almanac.views import press, undeclared

FORMS: dict[str, Callable[..., bytes]] = {
    "atom.xml": exports.atom, "feed.xml": exports.rss, "feed.json": exports.json_feed
}  # fmt: skip


def _feed(name: str) -> Callable[[Edition], bytes]:
    """The newest link posts as the feed `name`."""

    def feed(edition: Edition) -> bytes:
        posts = {post.slug: post for post in edition.almanac.links}
        items = [exports.link(posts[told.slug], told.grade, told.incidents, edition.plan)
                 for told in press.press_posts(edition.almanac)[: exports.NEWEST]]  # fmt: skip
        return FORMS[name](edition.channel("Press coverage at the time", "/press/", name), items)

    return feed


def _undeclared(edition: Edition) -> Iterable[tuple[Any, ...]]:
    return ((one, edition.providers[one.provider]) for one in undeclared.up_to_now(edition.almanac))


def _undeclared_feed(edition: Edition) -> bytes:
    """What no provider declared, in a feed of its own: readers of the others must not take it for official."""
    items = [exports.undeclared(one, edition.providers[one.provider], edition.plan)
             for one in undeclared.up_to_now(edition.almanac)[: exports.NEWEST]]  # fmt: skip
    return exports.atom(edition.channel("Unacknowledged outages", "/undeclared/", "atom.xml"), items)


SURFACES: tuple[Surface, ...] = (
    Surface("press/index.html", lambda e: press.press(e.almanac), "press"),
    *(Surface(f"press/{name}", _feed(name), key=lambda e: (press.press_posts(e.almanac)[: exports.NEWEST], e.begun))
      for name in FORMS),
    Surface("undeclared/index.html", lambda e: undeclared.undeclared(e.almanac), "undeclared"),
    Surface("undeclared/{0.provider}/{0.slug}/index.html", lambda e, one, p: undeclared.page(e.almanac, one, p),
            "undeclared_page", _undeclared),
    Surface("undeclared/atom.xml", _undeclared_feed, key=lambda e: (undeclared.up_to_now(e.almanac), e.begun)),
)  # fmt: skip
