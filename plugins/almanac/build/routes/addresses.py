"""What the site holds, for rules about links and citations in what people write."""

from __future__ import annotations

import re

from almanac import views
from almanac.build.routes import BY_NAME
from almanac.content.crosscheck import SiteIndex
from almanac.snapshot import Snapshot


def site_index(snapshot: Snapshot) -> SiteIndex:
    """Return the providers and incidents of a Snapshot, and every address that a route makes something at."""
    return SiteIndex(
        providers=[provider.slug for provider in snapshot.providers],
        incidents={
            (card.provider, card.id): views.incident_url(card) for cards in snapshot.cards.values() for card in cards
        },
        leads=leads,
        pictures=[picture.url for picture in snapshot.pictures],
    )


def leads(path: str) -> bool:
    """Return whether a route has this address, relative to the site and without a leading slash."""
    return any(shape.fullmatch(path) or shape.fullmatch(f"{path}index.html") for shape in _SHAPES)


def _shape(path: str) -> re.Pattern[str]:
    """Return an address with names in braces as a pattern. One that goes on without a slash is the number of a page."""
    parts = re.split(r"(\{[^}]*\})", path)
    patterns = (
        re.escape(part)
        if not part.startswith("{")
        else ".+"
        if part == "{path}"
        else "[^/]+"
        if after[:1] in ("", "/", ".")
        else "(?:[^/]+/)?"
        for part, after in zip(parts, [*parts[1:], ""], strict=True)
    )
    return re.compile("".join(patterns))


_SHAPES = [_shape(address) for route in BY_NAME.values() for address in route.addresses]
