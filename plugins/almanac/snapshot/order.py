"""Puts the components that incidents name in the order in which people ask for them: that of the provider's file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from almanac.model import Card, Change, Incident, Provider
from almanac.stats.selection import ordering

Order = Callable[[tuple[str, ...]], tuple[str, ...]]
SEPARATOR = "; "  # between the components of a Change


def orders(providers: Iterable[Provider]) -> Mapping[str, Order]:
    """Return what puts component names in order, by the slug of the provider."""
    return {provider.slug: ordering(provider) for provider in providers}


def card(card: Card, order: Order | None) -> Card:
    """Return a card with its components in order; itself if they are, or if no provider says what the order is."""
    components = order(card.components) if order else card.components
    return card if components == card.components else card._replace(components=components)


def incident(incident: Incident, order: Order) -> Incident:
    """Return an incident with its components in order, those that it named before included; itself if they are."""
    components = order(incident.components)
    changes = tuple([_change(change, order) for change in incident.changes])
    if components == incident.components and changes == incident.changes:
        return incident
    return replace(incident, components=components, changes=changes)


def _change(change: Change, order: Order) -> Change:
    if change.what != "components":
        return change
    return replace(change, was=SEPARATOR.join(order(tuple(change.was.split(SEPARATOR)))))
