"""The Statuspage API, badges and calendars: of each provider and of the whole site."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice

from almanac.build.context import Context
from almanac.build.routes.feeds import newest
from almanac.build.routes.route import Outputs, file, provider_route, route
from almanac.exports import badges, calendars, statuspage
from almanac.exports.statuspage import Declared, Json
from almanac.exports.syndication import dump
from almanac.model import OVER, Card, Kind, Provider, moment

API = "api/v2"
LISTS = {"incidents": False, "scheduled_maintenances": True}
FILES = (
    *(f"{API}/{name}.json" for name in ("summary", "status", "components", "incidents/unresolved")),
    *(f"{API}/{name.replace('_', '-')}.json" for name in LISTS),
    "badge.json",
    "badge.svg",
    "calendar.ics",
)


@route(*FILES)
def site_api(context: Context) -> Outputs:
    """Make what other programs ask about the whole site."""
    yield from _files(context, None)


@provider_route(*(f"providers/{{slug}}/{path}" for path in FILES))
def provider_api(context: Context, provider: Provider) -> Outputs:
    """Make what other programs ask about a provider."""
    yield from _files(context, provider)


def _files(context: Context, provider: Provider | None) -> Outputs:
    root = f"providers/{provider.slug}/" if provider else ""
    answers = (
        ("summary", _summary),
        ("status", _status),
        ("components", _components),
        ("incidents/unresolved", _unresolved),
    )
    for name, answer in answers:
        yield file(f"{root}{API}/{name}.json", partial(answer, context, provider))
    for name, maintenance in LISTS.items():
        cards = _listed_cards(context, provider, maintenance)
        path = f"{root}{API}/{name.replace('_', '-')}.json"
        yield file(path, partial(_list, context, provider, name, cards), (context.texts(cards), context.names))
    yield file(f"{root}badge.json", lambda: badges.shields(_badge(context, provider)))
    yield file(f"{root}badge.svg", lambda: badges.svg(_badge(context, provider)))
    cards = newest(context, calendars.NEWEST, provider.slug if provider else "")
    key = context.texts(cards), context.names
    yield file(f"{root}calendar.ics", partial(_calendar, context, provider, cards), key)


def _declarations(context: Context, provider: Provider | None) -> list[Declared]:
    """Return what one provider declares now, or each of them."""
    providers = [provider] if provider else context.snapshot.providers
    return [_declaration(context, one) for one in providers]


def _declaration(context: Context, provider: Provider) -> Declared:
    return context.shared(("declared", provider.slug), lambda: statuspage.declared(context.snapshot, provider))


def _head(context: Context, provider: Provider | None, cards: Sequence[Card] | None = None) -> Json:
    """Return the head of an answer; that of a list is dated by what is listed."""
    changed = None if cards is None else moment(max((max(c.posted, c.changed) for c in cards), default=0))
    declarations = _declarations(context, provider)
    return statuspage.page(declarations, context.settings.project.name, context.settings, changed)


def _incident(context: Context, provider: Provider | None, card: Card) -> Json:
    owner = context.providers[card.provider]
    return statuspage.incident(context.incident(card), card, owner, context.settings, whole_site=provider is None)


def _summary(context: Context, provider: Provider | None) -> bytes:
    declarations = _declarations(context, provider)
    going_on = [
        (_incident(context, provider, card), card.kind == Kind.MAINTENANCE)
        for declaration in declarations
        for card in declaration.open
    ]
    return dump(statuspage.summary(declarations, _head(context, provider), going_on))


def _status(context: Context, provider: Provider | None) -> bytes:
    status = statuspage.status(_declarations(context, provider))
    return dump({"page": _head(context, provider), "status": status})


def _components(context: Context, provider: Provider | None) -> bytes:
    declarations = _declarations(context, provider)
    left_out = {"unknown": statuspage.unknown(declarations)}
    components = statuspage.components(declarations)
    return dump({"page": _head(context, provider), "components": components, "almanac": left_out})


def _unresolved(context: Context, provider: Provider | None) -> bytes:
    """Return what was open when it was last read, also where that is too long ago to call it so now."""
    incidents = [
        _incident(context, provider, card)
        for declaration in _declarations(context, provider)
        for card in declaration.troubles
    ]
    return dump({"page": _head(context, provider), "incidents": incidents})


def _listed_cards(context: Context, provider: Provider | None, maintenance: bool) -> list[Card]:
    cards = context.newest_posts[provider.slug if provider else ""]
    return list(islice((card for card in cards if statuspage.is_listed(card, maintenance)), statuspage.LISTED))


def _list(context: Context, provider: Provider | None, name: str, cards: list[Card]) -> bytes:
    incidents = [_incident(context, provider, card) for card in cards]
    return dump({"page": _head(context, provider, cards), name: incidents})


def _badge(context: Context, provider: Provider | None) -> badges.Badge:
    declarations = _declarations(context, provider)
    if provider:
        return badges.badge(declarations[0], context.snapshot)
    return badges.whole(declarations, context.snapshot)


def _calendar(context: Context, provider: Provider | None, cards: list[Card]) -> bytes:
    project = context.settings.project
    title = f"{project.name}: {provider.name if provider else project.of('providers')}"
    return calendars.calendar(title, [_event(context, card) for card in cards], context.settings)


def _event(context: Context, card: Card) -> calendars.CalendarEvent:
    provider = context.providers[card.provider]
    if card.kind != Kind.MAINTENANCE or card.phase in OVER:
        return calendars.event(card, provider)
    incident = context.incident(card)
    return calendars.event(card, provider, (incident.planned_from, incident.planned_until))


ROUTES = (site_api, provider_api)
