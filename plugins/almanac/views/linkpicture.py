"""What the picture says that a link to a page shows."""

from __future__ import annotations

from typing import NamedTuple


class LinkPicture(NamedTuple):
    """What a picture says. `css` is a severity ("" for none), `days` the worst of each day in a row of bars."""

    name: str
    title: str
    facts: tuple[str, ...]
    css: str = ""
    days: tuple[str, ...] = ()
