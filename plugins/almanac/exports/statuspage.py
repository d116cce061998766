"""The reported status in the shape of the Statuspage v2 API, so that its stock clients read this site unchanged.

What that shape has no words for:

- What is not known is never `operational`: the indicator is `unknown`, which clients take as such, and components
  whose state is not known are left out (each of Statuspage's five words would claim something). They stand by name
  under `almanac.unknown`. A page is `none` only if every provider on it is known to have none declared. One that has no
  status page any more stands under `almanac.closed` and counts for nothing; of its own its indicator is `unknown`.
- Trouble whose severity the provider does not say is given the least it can be: `minor`, `degraded_performance`.
- A post that names no phase is `investigating` while the incident is open, then `resolved`.
- `page.valid_until` is the moment after which a statement about the present must be taken as unknown.

Everything of ours stands under `almanac`; all else is Statuspage's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from almanac.archive import name_of
from almanac.exports.items import Home
from almanac.model import OVER, Card, Component, Impact, Incident, Kind, Phase, Provider, moment, stamp
from almanac.snapshot import Snapshot
from almanac.stats import selection
from almanac.stats.selection import OTHER, Severity
from almanac.text import english
from almanac.text.slug import identifier
from almanac.views import base, current
from almanac.views.current import DeclaredState

LISTED = 50  # incidents in a list, as Statuspage has it
KINDS = frozenset({Kind.OUTAGE.value, Kind.DEGRADATION.value, Kind.NOTICE.value})
WORDS = {
    Severity.CLEAR: "operational",
    Severity.NONE: "degraded_performance",  # the lowest word for a part that an open incident names
    Severity.DEGRADED: "degraded_performance",
    Severity.PARTIAL: "partial_outage",
    Severity.FULL: "major_outage",
}
INDICATORS = {Impact.MAJOR: "major", Impact.CRITICAL: "critical"}  # all else is the lowest there is, minor
RANK = ("none", "unknown", "minor", "major", "critical")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a provider declares: its state, and what was open when its feeds were last read."""

    provider: Provider
    state: DeclaredState
    troubles: tuple[Card, ...]  # worst first
    maintenance: tuple[Card, ...]  # announced or at work

    @property
    def open(self) -> tuple[Card, ...]:
        """All that was open."""
        return self.troubles + self.maintenance


def declared(almanac: Snapshot, provider: Provider) -> Declared:
    """Return what a provider declares at the moment of the almanac."""
    state = current.state(almanac, provider)
    pulls = almanac.pulls.get(provider.slug)
    reach = state.reach or 0
    going_on = [card for card in almanac.cards.get(provider.slug, ()) if current.is_open(card, pulls, reach)]
    return Declared(
        provider=provider,
        state=state,
        troubles=tuple(sorted(current.troubles(provider, going_on), key=current.rank, reverse=True)),
        maintenance=current.maintenance(almanac, provider),
    )


def page(declarations: Sequence[Declared], name: str, site: Home, changed: datetime | None = None) -> Json:
    """Return whose page it is. With `changed` it states nothing of the present, and is dated by its content."""
    one = declarations[0].provider if len(declarations) == 1 else None
    reach = min((k.state.reach or 0 for k in declarations if k.state.is_known or one), default=0)
    document: Json = {
        "id": one.slug if one else "almanac",
        "name": one.name if one else name,
        "url": site.site_url + (base.provider_url(one.slug) if one else "/"),
        "time_zone": "Etc/UTC",
        "updated_at": stamp(changed or moment(max((k.state.reach or 0 for k in declarations), default=0))),
    }
    return document if changed else document | {"valid_until": stamp(moment(reach + base.FRESH)) if reach else None}


def status(declarations: Sequence[Declared]) -> Json:
    """Return the indicator and its words."""
    if len(declarations) == 1:
        return {"indicator": _indicator(declarations[0]), "description": _described(declarations[0])}
    published = [k for k in declarations if not k.state.is_closed]
    indicator = max(map(_indicator, published), key=RANK.index, default="unknown")
    troubled = [k.provider.name for k in published if k.state.in_trouble]
    unknown = sum(not k.state.is_known for k in published)
    text = f"Incident reported by {english.listing(troubled, 5)}" if troubled else "No incident reported"
    left = f"; no current data on {english.plural(unknown, 'provider')}" if unknown else ""
    if unknown == len(published):
        text, left = "Unknown: no current data", ""
    return {"indicator": indicator, "description": text + left}


def _indicator(declaration: Declared) -> str:
    if not declaration.state.is_known:
        return "unknown"
    if not declaration.state.in_trouble:
        return "none"
    return INDICATORS.get(Impact(declaration.state.open[0].impact), "minor")


def _described(declaration: Declared) -> str:
    state = declaration.state
    if state.is_known:
        return english.sentence(state.mark.word if state.in_trouble else base.CLEAR.word)
    if state.is_closed:
        return current.why_unknown(state).rstrip(".")
    if not state.reach:
        return "Unknown: no data yet"
    return f"Unknown: our data ends at {english.moment(moment(state.reach))}"


def components(declarations: Sequence[Declared]) -> list[Json]:
    """Return the parts of a single provider, or all providers; those whose state is not known are left out."""
    sure = [one for one in declarations if one.state.is_known]
    if len(declarations) == 1:
        return [_component(one, part, place) for one in sure for place, part in enumerate(_parts(one), 1)]
    return [
        _component(one, Component(slug=one.provider.slug, name=one.provider.name), place)
        for place, one in enumerate(sure, 1)
    ]


def unknown(declarations: Sequence[Declared]) -> list[str]:
    """Return the names of the providers that `components` leaves out because nobody knows their state now."""
    return [one.provider.name for one in declarations if not one.state.is_known and not one.state.is_closed]


def closed(declarations: Sequence[Declared]) -> list[str]:
    """Return the names of the providers that it leaves out because they have no status page any more."""
    return [one.provider.name for one in declarations if one.state.is_closed]


def _parts(declaration: Declared) -> tuple[Component, ...]:
    provider = declaration.provider
    own = tuple(part for part in provider.components if selection.concerns_ai(provider, part))
    if not own:
        return (Component(slug=provider.slug, name=provider.name),)
    elsewhere = any(OTHER in selection.places(provider, card) for card in declaration.open)
    return own + ((Component(slug=OTHER, name="Other"),) if elsewhere else ())


def _component(declaration: Declared, part: Component, place: int) -> Json:
    provider = declaration.provider
    since = stamp(moment(declaration.state.since))
    return {
        "id": part.slug,
        "name": part.name,
        "status": _word(declaration, part),
        "created_at": since,
        "updated_at": since,
        "position": place,
        "description": None,
        "showcase": True,
        "start_date": None,
        "group_id": None,
        "page_id": provider.slug,
        "group": False,
        "only_show_if_degraded": False,
    }


def _word(declaration: Declared, part: Component) -> str:
    worst = max(
        (selection.severity(c).least for c in declaration.troubles if _hits(declaration, c, part)),
        default=Severity.CLEAR,
    )
    at_work = any(current.is_at_work(card) and _hits(declaration, card, part) for card in declaration.maintenance)
    return "under_maintenance" if at_work and worst is Severity.CLEAR else WORDS[worst]


def _hits(declaration: Declared, card: Card, part: Component) -> bool:
    """Say whether an incident concerns a part: it names it, or names none, or the part is the provider as a whole."""
    places = selection.places(declaration.provider, card)
    return not places or part.slug == declaration.provider.slug or part.slug in places


def incident(incident: Incident, card: Card, provider: Provider, site: Home, whole_site: bool = False) -> Json:
    """Return an incident or maintenance, its posts newest first; with `whole_site` ids are unique among providers."""
    document: Json = {
        "id": f"{card.provider}-{name_of(card)}" if whole_site else card.id,
        "name": base.title(card),
        "status": _phase(incident.phase, incident.ended is not None or incident.phase in OVER),
        "created_at": stamp(incident.posted),
        "updated_at": stamp(moment(max(card.posted, card.changed))),
        "monitoring_at": _first(incident, Phase.MONITORING),
        "resolved_at": stamp(incident.ended) if incident.ended else None,
        "impact": _impact(incident.impact),
        "shortlink": site.site_url + base.incident_url(card),
        "started_at": stamp(incident.started),
        "page_id": "almanac" if whole_site else provider.slug,
        "components": [{"id": identifier(name), "name": name} for name in incident.components],
        "almanac": {"kind": card.kind, "impact": card.impact, "provider": card.provider, "source": card.source},
    }
    document["incident_updates"] = _posts(incident, document["id"])
    if incident.kind is Kind.MAINTENANCE:
        document["scheduled_for"] = stamp(incident.planned_from or incident.started)
        until = incident.planned_until or incident.ended
        document["scheduled_until"] = stamp(until) if until else None
    return document


def _posts(incident: Incident, identity: str) -> list[Json]:
    entries = []
    for number, update in enumerate(incident.updates, 1):
        at = stamp(update.at)
        moved = stamp(max([update.at, *(was.until for was in update.was)]))
        entries.append(
            {
                "id": update.upstream_id or f"{identity}-{number}",
                "status": _phase(update.phase, False),
                "body": update.text,
                "incident_id": identity,
                "created_at": at,
                "updated_at": moved,
                "display_at": at,
                "affected_components": None,
                "deliver_notifications": False,
                "custom_tweet": None,
                "tweet_id": None,
            }
        )
    return entries[::-1]


def _phase(phase: Phase, over: bool) -> str:
    if phase is Phase.UNKNOWN:
        return "resolved" if over else "investigating"
    return phase.value.replace(" ", "_")


def _impact(impact: Impact) -> str:
    return "minor" if impact is Impact.UNKNOWN else impact.value


def _first(incident: Incident, phase: Phase) -> str | None:
    return next((stamp(update.at) for update in incident.updates if update.phase is phase), None)


def is_listed(card: Card, maintenance: bool) -> bool:
    """Say whether a card stands in the list of maintenances or, without `maintenance`, in that of incidents."""
    return card.kind == Kind.MAINTENANCE if maintenance else card.kind in KINDS


def summary(declarations: Sequence[Declared], head: Json, open_ones: Iterable[tuple[Json, bool]]) -> Json:
    """Return everything at once; `open_ones` are what is open, each with whether it is maintenance."""
    documents = list(open_ones)
    return {
        "page": head,
        "components": components(declarations),
        "incidents": [document for document, maintenance in documents if not maintenance],
        "scheduled_maintenances": [document for document, maintenance in documents if maintenance],
        "status": status(declarations),
        "almanac": {"unknown": unknown(declarations), "closed": closed(declarations)},
    }
