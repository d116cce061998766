"""The page of a component: how it is now, what was reported of it day by day, and which incidents affected it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from almanac.model import Card, Component, Provider, Pulls, moment, seconds
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.availability import measure
from almanac.stats.selection import placing
from almanac.text import english
from almanac.views import base, calendar, current, days, measures, rows
from almanac.views.alternatives import Alternatives
from almanac.views.around import Surroundings
from almanac.views.base import Dateline, Head, Link, Mark, Time
from almanac.views.calendar import DAYS, MonthRow, Ninety
from almanac.views.current import DeclaredState
from almanac.views.incident import Fact
from almanac.views.measures import Records
from almanac.views.outlook import Outlook, outlook
from almanac.views.parts import Parts, Quote
from almanac.views.provider import edge_of, facts, figures_until, says_nothing_reported
from almanac.views.rows import IncidentRow
from almanac.views.sharing import ChartLinks, share

LATEST = 12


class OpenLine(NamedTuple):
    """An open incident that concerns the component: how bad, for how long, and its latest post."""

    url: str
    name: str
    mark: Mark
    css: str
    length: str
    phase: str
    latest: Time  # of its newest post
    quote: Quote | None  # what was said of this component last


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentNow:
    """What a component's page says of the present: while this and the record are equal, the page is."""

    dateline: Dateline
    answer: str
    so_far: str  # how long it has been going on
    stand: str
    open: tuple[OpenLine, ...]
    outlook: Outlook | None
    instead: Alternatives | None
    others: Parts
    edge: int  # the midnight after the last day of the chart
    today: str  # the worst of that day


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentPage:
    """The page /providers/<slug>/<component>/: the present on top, then the days with today, figures of whole days."""

    head: Head
    ask: str
    provider: Link
    company: str
    now: ComponentNow
    status_page: Link
    stand: str
    feed_names: str
    ninety: Ninety
    facts: tuple[Fact, ...]
    figures_until: str
    year: tuple[MonthRow, ...]
    latest: tuple[IncidentRow, ...]
    total: str
    instead_title: str
    numbers: str
    take: ChartLinks  # its chart as files
    key: tuple[Mark, ...] = base.KEY


def now(almanac: Snapshot, provider: Provider, part: Component, near: Surroundings) -> ComponentNow:
    """Return what is to be said of a component at `almanac.now`."""
    state, place = near.state(provider.slug), placing(provider)
    hits = [card for card in state.open if part.slug in place(card)]
    vague = [card for card in state.open if not card.components]
    pulls = _of_part(almanac.pulls.get(provider.slug), part)
    edge = edge_of(almanac, pulls)
    midnight = days.last_days(edge, 1)
    recent = days.lasting_into(almanac.cards.get(provider.slug, ()), midnight)
    own = [card for card in recent if card.is_trouble and part.slug in place(card)]
    lead = next(iter(hits or vague), None)
    reach = moment(state.reach) if state.reach else None
    return ComponentNow(
        dateline=base.dateline(almanac, reach),
        answer=_answer(almanac, state, hits, vague),
        so_far=f"{english.duration(seconds(almanac.now) - min(card.started for card in hits))} so far." if hits else "",
        stand=_stand(state, hits, vague),
        open=tuple(_line(almanac, near, part, card) for card in (hits or vague)),
        outlook=outlook(near.of(lead), lead) if lead else None,
        instead=near.instead_of(provider.slug, almanac.project.capability(part.capability).slug),
        others=near.other_components(provider.slug, part.slug),
        edge=windows.midnight(edge - 1) + windows.DAY,
        today=days.worst(own, pulls, midnight, 1, edge)[0],
    )


def _of_part(pulls: Pulls | None, part: Component) -> Pulls | None:
    """Return what covers a component: where spans name products, those that speak of its product."""
    return windows.of_product(pulls, part.product) if pulls else None


def component(
    almanac: Snapshot, records: Records, provider: Provider, part: Component, present: ComponentNow
) -> ComponentPage:
    """Return the page of one component. `records` reach to the last midnight: so do the figures and the months."""
    record = records[provider.slug]
    place = placing(provider)
    cards = almanac.cards.get(provider.slug, ())
    subject = next((s for s in record.days if (s.kind, s.slug) == ("component", part.slug)), None)
    covered = record.covers[subject] if subject else record.covered
    closed = min(measures.closed_at(almanac) + 1, covered[-1].until if covered else record.now)
    incidents = [card for card in cards if card.is_trouble and part.slug in place(card)]
    stand_in = replace(provider, name=part.name)
    pulls = _of_part(almanac.pulls.get(provider.slug), part)
    edge = edge_of(almanac, pulls)
    period = windows.last(DAYS, closed - 1)
    strip = facts(measure(record, period, subject)) if subject else ()
    return ComponentPage(
        head=_head(provider, part, present),
        ask=f"{part.name} outages",
        provider=Link(base.provider_url(provider.slug), provider.name),
        company="" if provider.company == provider.name else provider.company,
        now=present,
        status_page=base.status_page(provider),
        stand=_about(provider, part, len(incidents)),
        feed_names=english.listing(part.match),
        ninety=calendar.ninety(stand_in, incidents, cards, pulls, edge),
        facts=tuple(map(partial(says_nothing_reported, incidents, period, pulls), strip)),
        figures_until=figures_until(edge, measures.closed_at(almanac)),
        year=calendar.year(stand_in, incidents, pulls, edge),
        latest=tuple(rows.dated(card, now=almanac.now) for card in incidents[:LATEST]),
        total=rows.total(incidents),
        instead_title=_instead_title(almanac, part),
        numbers=f"{base.provider_url(provider.slug)}numbers/",
        take=share(
            base.component_url(provider.slug, part.slug), f"{part.name}, the last {DAYS} days", has_picture=False
        ),
    )


def _head(provider: Provider, part: Component, present: ComponentNow) -> Head:
    return Head(
        title=f"{part.name} outages, from {provider.name}’s status page",
        path=base.component_url(provider.slug, part.slug),
        section="providers",
        description=f"{part.name} outages. {present.answer} Every incident {provider.name} reported on it, day by day.",
        dateline=present.dateline,
        feeds=(
            *base.component_feeds(provider.slug, part.slug, part.name),
            *base.provider_feeds(provider.slug, provider.name),
        ),
    )


def _answer(almanac: Snapshot, state: DeclaredState, hits: Sequence[Card], vague: Sequence[Card]) -> str:
    if hits:
        since = english.near(moment(min(card.started for card in hits)), almanac.now)
        return f"{english.sentence(base.severity(hits[0]))} open since {since}."
    if vague:
        since = english.near(moment(vague[0].started), almanac.now)
        return f"Unknown: an incident open since {since} names no component."
    return "No incident reported." if state.is_known else current.why_unknown(state)


def _stand(state: DeclaredState, hits: Sequence[Card], vague: Sequence[Card]) -> str:
    name = state.provider.name
    if hits:
        incidents = "incident names" if len(hits) == 1 else "incidents name"
        return (
            f"{english.sentence(english.spelled(len(hits)))} open {incidents} it; the severity is that of the incident."
        )
    if vague:
        return f"{name} does not say which of its components it affects."
    if not state.is_known or not state.open:
        return ""
    return f"{name} has {english.plural(len(state.open), 'open incident')}; it is not among the components named."


def _line(almanac: Snapshot, near: Surroundings, part: Component, card: Card) -> OpenLine:
    at = max((at for at, _ in card.updates), default=card.started)
    return OpenLine(
        url=base.incident_url(card),
        name=card.title if not card.title_is_ours else f"Incident of {english.near(moment(card.started), almanac.now)}",
        mark=base.mark(card),
        css=f"hit {base.mark(card).css}",
        length=english.duration(seconds(almanac.now) - card.started),
        phase=card.phase,
        latest=base.time(moment(at), english.near(moment(at), almanac.now)),
        quote=near.quote(card, part),
    )


def _instead_title(almanac: Snapshot, part: Component) -> str:
    use = almanac.project.capability(part.capability).use
    return f"Alternatives {use[:1].lower()}{use[1:]}".rstrip()


def _about(provider: Provider, part: Component, number: int) -> str:
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
