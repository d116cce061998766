"""The state of each component now, as the open incidents of its provider have it: what is affected stands on top.

A provider rates an incident, not each component of it: a row shows that rating as the incident's. Where its words
name a component in particular, they are quoted beneath; which of the two is right is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from almanac.model import Card, Component, Impact, Incident, Provider, moment
from almanac.snapshot import Snapshot
from almanac.stats.selection import OTHER, concerns_ai, placing
from almanac.text import english, markdown
from almanac.views import base, charts, current
from almanac.views.base import Link, Mark, Time
from almanac.views.current import DeclaredState

Reader = Callable[[Card], Incident]  # gives the texts of an incident

ROWS = 6  # shown; what is quiet beyond them is counted
LEAST_QUIET = 2  # rows that are quiet, however many are not
QUOTED = 180  # characters of a sentence
HARMLESS = Mark(charts.SLIGHT, "rated no impact")
UNRATED = Mark(charts.UNSAID, "named in the open incident")
AT_WORK = base.MARKS[Impact.MAINTENANCE]
API = "api"  # the capability that posts call "the API", without a name
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


class Quote(NamedTuple):
    """What a post says of a component: when, its sentence, and where it stands."""

    time: Time
    words: str
    post: Link


class PartRow(NamedTuple):
    """A component and its state."""

    url: str  # of its page, or of the incident that does not say which component it concerns
    name: str
    mark: Mark
    css: str = ""  # "hit" and the severity where an incident is open
    since: Time = base.NO_TIME
    quote: Quote | None = None


class Parts(NamedTuple):
    """The components of a provider now."""

    rows: tuple[PartRow, ...]
    folded: str  # what is quiet beyond them, in words
    basis: str  # how far the rows can be believed
    sources: tuple[Link, ...]  # the open incidents that they rest on


class _Ground(NamedTuple):
    """What the rows of one provider rest on."""

    almanac: Snapshot
    provider: Provider
    state: DeclaredState
    works: Sequence[Card]
    read: Reader | None


def parts(
    almanac: Snapshot, provider: Provider, state: DeclaredState, read: Reader | None = None, leave_out: str = ""
) -> Parts:
    """Return the components of a provider as of the almanac, without that of the slug `leave_out`.

    `read` gives the texts of what is open; without it nothing is quoted.
    """
    works = [card for card in current.maintenance(almanac, provider) if current.is_at_work(card)]
    ground = _Ground(almanac, provider, state, works, read)
    vague = [card for card in state.open if not card.components]
    rows = [_row(ground, part, bool(vague)) for part in provider.components if concerns_ai(provider, part)]
    if not rows:
        rows = [_whole(ground)]
    elif vague:
        rows = [_unnamed(ground, "Unnamed component", vague), *rows]
    rows += _elsewhere(ground)
    rows = [row for row in rows if not leave_out or row.url != base.component_url(provider.slug, leave_out)]
    hit = [row for row in rows if row.css]
    quiet = sorted((row for row in rows if not row.css), key=lambda row: not row.since.iso)
    visible = quiet[: max(ROWS - len(hit), LEAST_QUIET)]
    if len(quiet) - len(visible) == 1:
        visible = quiet
    return Parts(
        rows=(*_distinct(hit), *visible),
        folded=_folded(quiet[len(visible) :]),
        basis=_basis(ground, vague, hit),
        sources=tuple(Link(base.incident_url(card), base.name(card)) for card in state.open),
    )


def _row(ground: _Ground, part: Component, is_vague: bool) -> PartRow:
    provider = ground.provider
    url, place = base.component_url(provider.slug, part.slug), placing(provider)
    if not ground.state.is_known:
        return PartRow(url, part.name, ground.state.mark)
    hits = [card for card in ground.state.open if part.slug in place(card)]
    if hits:
        return _hit(ground, url, part.name, hits)._replace(
            quote=quote(provider, part, hits, ground.read, ground.almanac.now)
        )
    at_work = next((card for card in ground.works if part.slug in place(card) or not card.components), None)
    if at_work:
        return PartRow(url, part.name, AT_WORK, "", _since(ground, at_work.started))
    return PartRow(url, part.name, base.UNKNOWN if is_vague else base.NONE_REPORTED)


def _hit(ground: _Ground, url: str, name: str, hits: Sequence[Card]) -> PartRow:
    """Return the row of what open incidents, worst first, concern."""
    mark, since = _mark(hits[0]), _since(ground, min(card.started for card in hits))
    return PartRow(url, name, mark, f"hit {mark.css}", since)


def _mark(card: Card) -> Mark:
    if card.impact == Impact.NONE:
        return HARMLESS
    return UNRATED if card.impact == Impact.UNKNOWN else base.MARKS[card.impact]


def _since(ground: _Ground, at: int) -> Time:
    return base.recent(moment(at), ground.almanac.now)


def _whole(ground: _Ground) -> PartRow:
    """Return the row of a provider whose file names no component."""
    provider, state = ground.provider, ground.state
    if not state.is_known:
        return PartRow("", provider.name, state.mark)
    if state.open:
        return _unnamed(ground, provider.name, state.open)
    if ground.works:
        return PartRow("", provider.name, AT_WORK, "", _since(ground, ground.works[0].started))
    return PartRow("", provider.name, base.NONE_REPORTED)


def _unnamed(ground: _Ground, name: str, hits: Sequence[Card]) -> PartRow:
    """Return the row of incidents that name no component: where they are not rated, that is what is to be said."""
    row = _hit(ground, base.incident_url(hits[0]), name, hits)
    return row._replace(mark=base.MARKS[hits[0].impact]) if row.mark == UNRATED else row


def _elsewhere(ground: _Ground) -> list[PartRow]:
    """Return a row for what open incidents name and the provider's file does not, if there is any."""
    provider, place = ground.provider, placing(ground.provider)
    if not provider.components:
        return []
    hits = [card for card in ground.state.open if OTHER in place(card)]
    names = dict.fromkeys(
        name
        for card in hits
        for raw in card.components
        if OTHER in place(card._replace(components=(raw,)))
        for name in base.short((raw,))
    )
    return [_hit(ground, base.incident_url(hits[0]), english.listing(list(names), 3), hits)] if hits else []


def _folded(quiet: Sequence[PartRow]) -> str:
    if not quiet:
        return ""
    words = " or ".join(dict.fromkeys(row.mark.word for row in quiet))
    return f"{english.sentence(english.spelled(len(quiet)))} others: {words}."


def _basis(ground: _Ground, vague: Sequence[Card], hit: Sequence[PartRow]) -> str:
    if vague and ground.provider.components:
        return "Its open incident names no component, so we cannot say which are affected."
    if any(card.imported and card.first_seen is None for card in ground.state.open):
        return "Imported: severity and components are the last ones in the data set, and may no longer be current."
    if sum(row.mark.css in (charts.MINOR, charts.MAJOR, charts.CRITICAL) for row in hit) > 1:
        return f"{ground.provider.name} rates the incident, not each component: the severity is that of the incident."
    return ""


def quote(
    provider: Provider, part: Component, hits: Iterable[Card], read: Reader | None, now: datetime
) -> Quote | None:
    """Return the newest sentence about a component in particular; None where posts name it only with the others."""
    if read is None:
        return None
    spoken = [
        (update.at, words, f"{base.incident_url(card)}#{anchor(name)}")
        for card in hits
        for incident in (read(card),)
        for name, update in zip(incident.post_names, incident.updates, strict=True)
        if update.gone is None and (words := about(provider, part, update.text))
    ]
    if not spoken:
        return None
    at, words, url = max(spoken)
    return Quote(base.time(at, english.near(at, now)), words, Link(url, "See the update"))


def anchor(post: str) -> str:
    """Return the id that a post (by its name for life) has on the page of its incident: u-2026-03-02T13:37."""
    return f"u-{post.replace('Z', '')}"


def about(provider: Provider, part: Component, text: str) -> str:
    """Return the last sentence of a post that names a component and no more than one other; "" if there is none."""
    if not text:
        return ""
    own = naming(provider, part)
    others = [naming(provider, other) for other in provider.components if other.slug != part.slug]
    for sentence in reversed(_SENTENCE.split(markdown.plain(markdown.html(text)))):
        if own.search(sentence) and sum(bool(other.search(sentence)) for other in others) < 2:
            return sentence if len(sentence) <= QUOTED else f"{sentence[: QUOTED - 1].rsplit(' ', 1)[0]}…"
    return ""


@lru_cache(maxsize=1024)
def naming(provider: Provider, part: Component) -> re.Pattern[str]:
    """Return what finds the names of a component in prose; "the API" is that of a provider that has only one."""
    names = {name for raw in (part.name, *part.match) for name in (raw, raw.partition(" (")[0])}
    if part.capability == API and sum(other.capability == API for other in provider.components) == 1:
        names |= {"the API", "our API"}
    ordered = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)", re.IGNORECASE)


def _distinct(rows: Iterable[PartRow]) -> list[PartRow]:
    """Return rows of which none quotes what the one before it does."""
    distinct: list[PartRow] = []
    for row in rows:
        is_repeat = any(row.quote and before.quote and row.quote.words == before.quote.words for before in distinct)
        distinct.append(row._replace(quote=None) if is_repeat else row)
    return distinct
