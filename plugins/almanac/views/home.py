"""The front page: who reports an outage now, as of when; then what changed last, what was written, and who is reliable."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from almanac.model import OVER, Card, Impact, Phase, moment, seconds
from almanac.snapshot import Snapshot
from almanac.stats.windows import DAY
from almanac.text import english
from almanac.views import base, charts, current, days, measures, rows
from almanac.views.around import Around, Surroundings
from almanac.views.articles import Teaser, teaser
from almanac.views.base import Head, Link, Mark, Time
from almanac.views.charts import Bars
from almanac.views.current import DeclaredState
from almanac.views.leaderboard import Board
from almanac.views.outlook import Outlook, outlook
from almanac.views.timeline import Timeline, timeline

DAYS = 30
TURNS: dict[str, str] = {  # what an update says, by the phase it moves the incident to
    Phase.IDENTIFIED: "cause identified",
    Phase.MONITORING: "monitoring a fix",
    Phase.UNKNOWN: "no phase given",
}
STILL: dict[str, str] = {  # and where the incident was in that phase already
    Phase.IDENTIFIED: "still working on a fix",
    Phase.MONITORING: "still monitoring a fix",
    Phase.UNKNOWN: "no phase given",
}
LEADS, CHANGES, ARTICLES = 2, 8, 3


class LedgerLine(NamedTuple):
    """A provider in the ledger."""

    url: str
    name: str
    company: str  # "" where it is the name
    mark: Mark
    css: str  # open, un or ""; `cut` on the first of the unknown
    length: str  # for how long it is in trouble, or clear
    since: Time
    last: str  # the last trouble, or why nothing is known
    last_url: str
    bars: Bars


class Happening(NamedTuple):
    """A change of a declared state: what the provider posted when."""

    url: str
    time: Time
    provider: str
    text: str


class Lead(NamedTuple):
    """An open incident, drawn to scale."""

    url: str
    title: str
    stand: str
    timeline: Timeline
    source: str
    outlook: Outlook | None  # when it may be over, and what to use meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The front page, at /."""

    head: Head
    title: str
    stand: str
    lines: tuple[LedgerLine, ...]
    unread: tuple[Link, ...]
    caption: str
    span: str  # the days the bars show
    leads: tuple[Lead, ...]
    changes: tuple[Happening, ...]
    articles: tuple[Teaser, ...]
    board: Board | None
    key: tuple[Mark, ...] = base.KEY


def home(almanac: Snapshot, near: Surroundings, board: Board | None) -> HomePage:
    """Return the front page at `almanac.now`; `board` holds the ranks of the period shown first."""
    states = [current.state(almanac, provider) for provider in rows.by_name(almanac.providers)]
    first = days.last_days(_edge(almanac), DAYS)
    title = _title(almanac, states)
    return HomePage(
        head=Head(
            title="Is it down? Status of AI providers",
            path="/",
            section="now",
            description=title,
            dateline=base.dateline(almanac),
        ),
        title=title,
        stand=_stand(almanac, states),
        lines=_ledger(almanac, states, first),
        unread=tuple(measures.link(s.provider) for s in states if s.reach is None),
        caption=f"Reported status of {english.plural(len(states), 'provider')}",
        span=english.period(moment(first), moment(first + (DAYS - 1) * DAY)),
        leads=_leads(near, states),
        changes=_changes(almanac),
        articles=tuple(map(teaser, almanac.articles[:ARTICLES])),
        board=board,
    )


def _edge(almanac: Snapshot) -> int:
    """Return the last moment the bars speak of: now, or the end of the record where it ends earlier."""
    now = seconds(almanac.now)
    return min(now, seconds(almanac.record_until)) if almanac.record_until else now


def _title(almanac: Snapshot, states: Sequence[DeclaredState]) -> str:
    """Return the sentence that answers: who has reported what, or that nobody has, or that there is no current data."""
    bad = sorted((s for s in states if s.in_trouble), key=_worst, reverse=True)
    if len(bad) == 1:
        since = english.near(moment(bad[0].since), almanac.now)
        return f"{bad[0].provider.name} has reported {english.with_article(bad[0].mark.word)} since {since}."
    if bad:
        noun = "outages" if all(base.noun(s.open[0]) == "outage" for s in bad) else "incidents"
        return f"{english.listing([s.provider.name for s in bad], 3)} have reported {noun}."
    if any(s.is_known for s in states):
        return "No provider reports an incident."
    if almanac.record_until is None:
        return "No data yet."
    return f"Unknown: our data ends on {english.date(almanac.record_until)}."


def _worst(state: DeclaredState) -> tuple[int, int]:
    return current.rank(state.open[0])


def _stand(almanac: Snapshot, states: Sequence[DeclaredState]) -> str:
    """Qualify the title: say how many report no problems, and on how many there is no current data."""
    quiet = sum(s.mark is base.CLEAR for s in states)
    unknown = sum(not s.is_known for s in states)
    if almanac.record_until is None:
        return "No status page has been read yet; each provider’s page links to its official status page."
    if unknown == len(states):
        return (
            "We have no newer data, so we cannot say what the status is now. "
            "Below is the last known status; each provider’s page links to its official status page."
        )
    if not quiet:
        return f"We have no current data on the other {english.spelled(unknown)}." if unknown else ""
    providers = "provider reports" if quiet == 1 else "providers report"
    without = f"; we have no current data on {english.spelled(unknown)}" if unknown else ""
    return f"{english.sentence(english.spelled(quiet))} {providers} no problems{without}."


def _ledger(almanac: Snapshot, states: Sequence[DeclaredState], first: int) -> tuple[LedgerLine, ...]:
    """List trouble first, worst on top; then the quiet; then the unknown under a rule. Leave out who was never read."""
    bad = sorted((s for s in states if s.in_trouble), key=_worst, reverse=True)
    quiet = [s for s in states if s.mark is base.CLEAR]
    unknown = sorted((s for s in states if not s.is_known and s.reach), key=lambda s: -(s.reach or 0))
    lines = [_line(almanac, s, first, "open") for s in bad]
    lines += [_line(almanac, s, first, "") for s in quiet]
    lines += [_line(almanac, s, first, "un" if at else "un cut") for at, s in enumerate(unknown)]
    return tuple(lines)


def _line(almanac: Snapshot, state: DeclaredState, first: int, css: str) -> LedgerLine:
    provider = state.provider
    cards = current.troubles(provider, almanac.cards.get(provider.slug, ()))
    severities = days.worst(cards, almanac.pulls.get(provider.slug), first, DAYS, _edge(almanac))
    length, since = _how_long(almanac, state)
    last, url = _open(state) if state.in_trouble else _last(state)
    return LedgerLine(
        url=base.provider_url(provider.slug),
        name=provider.name,
        company="" if provider.company == provider.name else provider.company,
        mark=state.mark,
        css=css,
        length=length,
        since=since,
        last=last,
        last_url=url,
        bars=charts.bars(severities, f"{provider.name}, {DAYS} days"),
    )


def _leads(near: Surroundings, states: Sequence[DeclaredState]) -> tuple[Lead, ...]:
    """Return the worst incidents that are open now, drawn to scale."""
    going_on = sorted((card for s in states if s.in_trouble for card in s.open), key=current.rank, reverse=True)[:LEADS]
    return tuple(lead for card in going_on if (lead := _lead(card, near.of(card))))


def _lead(card: Card, around: Around) -> Lead | None:
    drawn = timeline(card, around)
    if drawn is None:
        return None
    return Lead(
        url=base.incident_url(card),
        title=f"{around.provider}: {base.name(card)}",
        stand=f"Opened {_at(card.started)}, {_since(card)}. "
        f"{english.plural(len(card.updates), 'update')} so far; {_rating(card)}.",
        timeline=drawn,
        source=card.source,
        outlook=outlook(around),
    )


def _rating(card: Card) -> str:
    """Say how bad the provider says it is, or that it does not say so."""
    if card.impact == Impact.UNKNOWN:
        return "the provider has not rated its severity"
    return f"the provider rates it {base.mark(card).word}"


def _since(card: Card) -> str:
    """Return "identified since 13:22 UTC", or the phase alone where it began so."""
    turns = [at for at, phase in card.updates if phase == card.phase]
    if not turns or card.updates[0][1] == card.phase:
        return TURNS[card.phase] if card.phase == Phase.UNKNOWN else card.phase
    return f"{card.phase} since {_at(turns[0])}"


def _at(instant: int) -> str:
    return f"{english.clock(moment(instant))}{english.GAP}UTC"


def _how_long(almanac: Snapshot, state: DeclaredState) -> tuple[str, Time]:
    """Say for how long the state lasts and since when; for the unknown, why."""
    now = seconds(almanac.now)
    at = moment(state.since)
    if not state.is_known:
        return _why_unknown(state), Time("", "")
    if state.in_trouble:
        return english.duration(now - state.since), base.time(at, english.near(at, almanac.now))
    least = "at least " if state.clear_at_least else ""
    return least + english.age(now - state.since), base.time(at, english.near(at, almanac.now))


def _why_unknown(state: DeclaredState) -> str:
    if state.unended:
        return f"{english.plural(state.unended, 'incident')} without an end time"
    at = moment(state.reach or 0)
    return f"data ends {english.short_date(at)}{english.GAP}{at.year}"


def _open(state: DeclaredState) -> tuple[str, str]:
    """Return the worst open incident in a few words, and its address."""
    card = state.open[0]
    return _since(card), base.incident_url(card)


def _last(state: DeclaredState) -> tuple[str, str]:
    """Return the last trouble that is over in a few words, and its address; "" where there is none."""
    card = state.last
    if card is None:
        return "", ""
    at = moment(card.started)
    length = "reported late" if card.posted_late else base.length(card)
    return f"last {english.short_date(at)} {at.year}, {base.mark(card).word}, {length}", base.incident_url(card)


def _changes(almanac: Snapshot) -> tuple[Happening, ...]:
    """Return the newest posts of all providers on trouble that concerns AI, or may."""
    names = rows.names(almanac.providers)
    posts = (
        (at, card.provider, card.id, place, card)
        for provider in almanac.providers
        for card in current.troubles(provider, almanac.cards.get(provider.slug, ()))[:CHANGES]
        for place, (at, _) in enumerate(card.updates)
    )
    return tuple(_happening(almanac, names, place, card) for *_, place, card in heapq.nlargest(CHANGES, posts))


def _happening(almanac: Snapshot, names: dict[str, str], place: int, card: Card) -> Happening:
    when = moment(card.updates[place][0])
    today = when.date() == almanac.now.date()
    return Happening(
        url=base.incident_url(card),
        time=base.time(when, english.clock(when) if today else english.short_date(when)),
        provider=names[card.provider],
        text=f"{_did(place, card)}: {base.name(card)}",
    )


def _did(place: int, card: Card) -> str:
    """Say what a post did: it opened the incident, moved it to a phase, or closed it after so long."""
    phase = card.updates[place][1]
    rated = f" ({base.mark(card).word})"
    if phase in OVER:
        has_length = card.ended is not None and card.ended > card.started
        return english.sentence(f"{phase}{f' after {base.length(card)}' if has_length else ''}{rated}")
    if not place:
        return f"New incident{rated}"
    again = card.updates[place - 1][1] == phase
    return f"Update: {STILL.get(phase, f'still {phase}') if again else TURNS.get(phase, phase)}"
