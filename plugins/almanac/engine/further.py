"""Pages that lead further into the record: what was edited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from almanac import views
from almanac.engine.edition import Edition
from almanac.engine.surface import Surface


def _edited_months(edition: Edition) -> Iterable[tuple[Any, ...]]:
    for (year, number), cards in views.edited_months(edition.almanac).items():
        for sheet in range(1, views.count_edit_sheets(len(cards)) + 1):
            yield year, number, "" if sheet == 1 else f"{sheet}/", sheet


def _edits_key(edition: Edition) -> object:
    cards = views.newest_edited(edition.almanac)
    return edition.mark(cards), {slug: provider.name for slug, provider in edition.providers.items()}


def _edits_month_key(edition: Edition, year: int, number: int, _folder: str, sheet: int) -> object:
    cards = views.edited_months(edition.almanac)[year, number]
    return edition.mark(cards), {slug: provider.name for slug, provider in edition.providers.items()}, sheet


SURFACES: tuple[Surface, ...] = (
    Surface("edits/index.html", lambda e: views.edits(e.almanac, e.text), "edits", key=_edits_key),
    Surface("edits/{0}/{1:02}/{2}index.html", lambda e, y, m, _, n: views.edits_of_month(e.almanac, e.text, y, m, n),
            "edits", _edited_months, _edits_month_key),
)
