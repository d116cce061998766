"""Pages that lead further into the record: components, comparisons, what was edited, and the way to everything.

Comparisons rest on whole days and state nothing about the present, so they are made once a day at most. So do the
figures of components; the present stands above them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from almanac import views
from almanac.engine.edition import Edition
from almanac.engine.figures import everybody, surroundings, whole
from almanac.engine.surface import Surface
from almanac.model import Component, Provider


def _edited_months(edition: Edition) -> Iterable[tuple[Any, ...]]:
    for (year, number), cards in views.edited_months(edition.almanac).items():
        for sheet, folder in views.edit_pages(len(cards)):
            yield year, number, folder, sheet


def _edits_key(edition: Edition) -> object:
    cards = views.newest_edited(edition.almanac)
    return edition.mark(cards), {slug: provider.name for slug, provider in edition.providers.items()}


def _edits_month_key(edition: Edition, year: int, number: int, _folder: str, sheet: int) -> object:
    cards = views.edited_months(edition.almanac)[year, number]
    return edition.mark(cards), {slug: provider.name for slug, provider in edition.providers.items()}, sheet


def _component(edition: Edition, provider: Provider, part: Component) -> object:
    return views.component(edition.almanac, edition.closed, provider, part, _present(edition, provider, part))


def _component_key(edition: Edition, provider: Provider, part: Component) -> object:
    return part.slug, whole(edition, provider), _present(edition, provider, part)


def _present(edition: Edition, provider: Provider, part: Component) -> views.ComponentNow:
    """What the page says of now; it is asked for by the key, and again where that is another."""
    return edition.kept(
        ("now", provider.slug, part.slug),
        lambda: views.component_now(edition.almanac, provider, part, surroundings(edition)),
    )


def _compare(edition: Edition, first: Provider, second: Provider) -> object:
    sides = edition.kept("sides", lambda: views.Sides(edition.almanac))
    return views.compare(sides, edition.closed, _verdict(edition, first, second), first, second)


def _verdict(edition: Edition, first: Provider, second: Provider) -> str:
    """What the comparison of all providers says of two."""
    differences = edition.kept("verdicts", lambda: edition.lasting.get(
        "verdicts", everybody(edition), lambda: views.verdicts(edition.almanac, edition.closed)
    ))  # fmt: skip
    return views.verdict_of(differences, first, second)


def _pair_key(edition: Edition, first: Provider, second: Provider) -> object:
    return whole(edition, first), whole(edition, second), _verdict(edition, first, second)


SURFACES: tuple[Surface, ...] = (
    Surface("providers/{0.slug}/{1.slug}/index.html", _component, "component",
            lambda e: views.all_parts(e.almanac), _component_key),
    Surface("compare/index.html", lambda e: views.comparisons(e.almanac), "comparisons"),
    Surface("compare/{0.slug}/{1.slug}/index.html", _compare, "compare",
            lambda e: views.compared(e.almanac), _pair_key),
    Surface("search/index.html", lambda e: views.search(e.almanac, e.months, e.plan.complete), "search"),
    Surface("edits/index.html", lambda e: views.edits(e.almanac, e.text), "edits", key=_edits_key),
    Surface("edits/{0}/{1:02}/{2}index.html", lambda e, y, m, _, n: views.edits_of_month(e.almanac, e.text, y, m, n),
            "edits", _edited_months, _edits_month_key),
)
