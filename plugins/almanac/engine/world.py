"""What the site holds, for rules about links and citations in what people write."""

from __future__ import annotations

import re

from almanac import views
from almanac.content.crosscheck import SiteIndex
from almanac.engine.surfaces import SURFACES
from almanac.snapshot import Snapshot


def world(almanac: Snapshot) -> SiteIndex:
    """The providers and incidents of a Snapshot, and every address the engine makes something at."""
    return SiteIndex(
        providers=[provider.slug for provider in almanac.providers],
        incidents={
            (card.provider, card.id): views.incident_url(card) for cards in almanac.cards.values() for card in cards
        },
        leads=leads,
        pictures=[picture.url for picture in almanac.pictures],
    )


def leads(path: str) -> bool:
    """True if a surface has this address, relative to the site and without a leading slash."""
    return any(shape.fullmatch(path) or shape.fullmatch(f"{path}index.html") for shape in _SHAPES)


def _shape(path: str) -> re.Pattern[str]:
    """An address with arguments in braces as a pattern. One that goes on without a slash is the number of a page."""
    parts = re.split(r"(\{[^}]*\})", path)
    return re.compile("".join(
        re.escape(part) if not part.startswith("{")
        else ".+" if path.startswith("theme/")
        else "[^/]+" if after[:1] in ("", "/", ".") else "(?:[^/]+/)?"
        for part, after in zip(parts, [*parts[1:], ""], strict=True)
    ))  # fmt: skip


_SHAPES = [_shape(surface.path) for surface in SURFACES]
