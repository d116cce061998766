"""The page of a component: what was reported of it, day by day, and which incidents affected it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from almanac.model import Component, Provider
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.availability import measure
from almanac.stats.selection import placing
from almanac.text import english
from almanac.views import base, calendar, measures, rows
from almanac.views.base import Head, Link, Mark
from almanac.views.calendar import DAYS, MonthRow, Ninety
from almanac.views.incident import Fact
from almanac.views.measures import Records
from almanac.views.provider import facts
from almanac.views.rows import IncidentRow

LATEST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentPage:
    """The page /providers/<slug>/<component>/, of whole days: the present is left to the provider's page."""

    head: Head
    title: str
    provider: Link
    stand: str
    feed_names: str
    ninety: Ninety
    facts: tuple[Fact, ...]
    year: tuple[MonthRow, ...]
    latest: tuple[IncidentRow, ...]
    others: tuple[Link, ...]
    key: tuple[Mark, ...] = base.KEY


def component(almanac: Snapshot, records: Records, provider: Provider, part: Component) -> ComponentPage:
    """Return the page of one component, up to the last midnight; `records` reach as far."""
    record = records[provider.slug]
    place = placing(provider)
    cards = almanac.cards.get(provider.slug, ())
    edge = min(measures.closed_at(almanac) + 1, record.covered[-1].until if record.covered else record.now)
    incidents = [card for card in cards if card.is_trouble and part.slug in place(card) and card.started < edge]
    stand_in = replace(provider, name=part.name)
    pulls = almanac.pulls.get(provider.slug)
    subject = next((s for s in record.days if (s.kind, s.slug) == ("component", part.slug)), None)
    return ComponentPage(
        head=Head(
            title=f"{part.name} outages, from {provider.name}’s status page",
            path=base.component_url(provider.slug, part.slug),
            section="providers",
            description=f"Every incident {provider.name} reported on {part.name}, day by day.",
            feeds=base.provider_feeds(provider.slug, provider.name),
        ),
        title=f"{part.name}: incident history",
        provider=Link(base.provider_url(provider.slug), provider.name),
        stand=_stand(provider, part, len(incidents)),
        feed_names=english.listing(part.match),
        ninety=calendar.ninety(stand_in, incidents, pulls, edge),
        facts=facts(measure(record, windows.last(DAYS, edge - 1), subject)) if subject else (),
        year=calendar.year(stand_in, incidents, pulls, edge),
        latest=tuple(rows.dated(card) for card in incidents[:LATEST]),
        others=tuple(
            Link(base.component_url(provider.slug, other.slug), other.name)
            for other in provider.components
            if other.slug != part.slug
        ),
    )


def _stand(provider: Provider, part: Component, number: int) -> str:
    whole = f"{part.name} is part of {part.product or provider.name}" if part.product != part.name else part.name
    if part.product == part.name:
        whole = f"{part.name} is a product of {provider.company}"
    mentions = f"{english.sentence(english.plural(number, 'incident') if number else 'no incident')} on record"
    return (
        f"{whole}. {mentions}. Incidents that name no component count for {provider.name} as a whole "
        "and are not listed here."
    )


def all_parts(almanac: Snapshot) -> tuple[tuple[Provider, Component], ...]:
    """Return every component, each of which has a page, with its provider."""
    return tuple((provider, part) for provider in almanac.providers for part in provider.components)
