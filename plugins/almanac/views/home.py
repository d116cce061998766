"""The front page: who reports an outage now, as of when; then what changed last, what was written, and who is reliable."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from almanac.model import OVER, Card, Impact, Phase, Provider, moment, seconds, stamped, unstamp
from almanac.snapshot import Snapshot
from almanac.stats.selection import ordering
from almanac.text import english
from almanac.views import base, charts, current, measures, rows, uses
from almanac.views.alternatives import Alternatives
from almanac.views.around import Around, Surroundings
from almanac.views.articles import Teaser, teaser
from almanac.views.base import Dateline, Head, Link, Mark, Time
from almanac.views.charts import Bars, Label
from almanac.views.current import DeclaredState
from almanac.views.headline import is_unnamed
from almanac.views.leaderboard import Board
from almanac.views.monograms import monograms
from almanac.views.outlook import Outlook, outlook
from almanac.views.parts import PartRow
from almanac.views.recent import RecentDays
from almanac.views.rows import IncidentRow
from almanac.views.uses import Filter

TURNS: dict[str, str] = {  # what an update says, by the phase it moves the incident to
    Phase.IDENTIFIED: "cause identified",
    Phase.MONITORING: "monitoring a fix",
    Phase.UNKNOWN: "no phase given",
}
REPEATS: dict[str, str] = {  # and where the incident was in that phase already
    Phase.IDENTIFIED: "still working on a fix",
    Phase.MONITORING: "still monitoring a fix",
    Phase.UNKNOWN: "no phase given",
}
LEADS, CHANGES, ARTICLES, WORKS = 6, 5, 3, 6
BARS = 3  # incidents up to which estimates are drawn
MOST_NAMES = 5  # components of what is open, in the ledger
OPEN = "open"


class LedgerLine(NamedTuple):
    """A provider in the ledger."""

    url: str
    name: str
    company: str  # "" where it is the name
    product: str  # that readers may look for instead of the name; "" where they look for that
    monogram: str
    mark: Mark
    css: str  # open and how bad, un or ""; `cut` on the first of the unknown; what it can do, for the filter
    expired: str  # what its mark says once the page is no longer valid; "" where that stays as it is
    length: str  # for how long it is in trouble, or clear; without any current data, up to when there is data
    since: Time  # of what is open
    last: str  # the components of what is open, the last trouble, or why nothing is known
    last_url: str
    note: str  # how what is open stands
    spoken: PartRow | None  # the first component of which a post says something in particular
    back: Time | None  # by when it is fixed with a chance of 50%
    bars: Bars
    official: Link | None  # instead of the bars: where to look, if we know nothing of now


class Happening(NamedTuple):
    """A change of a declared state: what the provider posted when."""

    url: str
    time: Time
    provider: str
    text: str


class UseAlternatives(NamedTuple):
    """Providers that may be used meanwhile for a purpose, of which no incident is reported now."""

    name: str
    providers: tuple[Link, ...]


class Lead(NamedTuple):
    """An open incident: what fails, how it stands, when it may be over."""

    url: str
    title: str
    mark: Mark
    stand: str
    source: str
    outlook: Outlook | None  # when it may be over
    instead: tuple[UseAlternatives, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The front page, at /."""

    head: Head
    title: str
    expired: str  # what the title says once the page is no longer valid; "" where that stays as it is
    stand: str
    expired_stand: str  # likewise
    filters: tuple[Filter, ...]  # of the ledger; the first is what is shown at first
    lines: tuple[LedgerLine, ...]
    unread: tuple[Link, ...]
    closed: tuple[Link, ...]  # whose status page is no more
    caption: str
    length_heading: str  # headings of the third and the last column
    days_heading: str
    leads: tuple[Lead, ...]
    lead_css: str  # how many stand side by side
    has_bars: bool  # with few of them, the estimates are drawn, too
    no_data: str  # why nothing is known of now; "" where something is
    maintenance: tuple[IncidentRow, ...]  # announced or under way
    changes: tuple[Happening, ...]
    articles: tuple[Teaser, ...]
    board: Board | None
    grid: tuple[Label, ...]  # the ends of its axis
    key: tuple[Mark, ...] = base.KEY


def home(almanac: Snapshot, near: Surroundings, board: Board | None) -> HomePage:
    """Return the front page at `almanac.now`; `board` holds the ranks of the period shown first."""
    every = [current.state(almanac, provider) for provider in rows.by_name(almanac.providers)]
    states = [s for s in every if not s.is_closed]
    bad = sorted((s for s in states if s.in_trouble), key=_worst, reverse=True)
    is_dark = not any(s.is_known for s in states)
    recent = RecentDays(almanac)
    title, dateline = _title(almanac, states, bad), base.dateline(almanac)
    lines, leads = _ledger(almanac, near, states, bad, recent), _leads(near, bad)
    return HomePage(
        head=Head(
            title=f"Is it down? Status of {almanac.project.of('providers')}",
            path="/",
            section="now",
            description=title,
            dateline=dateline,
        ),
        title=title,
        expired=_expired(almanac, dateline) if not bad and not is_dark else "",
        stand=_stand(almanac, states, bad),
        expired_stand=_expired_stand(states, bad) if dateline.until and not is_dark else "",
        filters=uses.filters(almanac.project, [line.css for line in lines], [Filter(OPEN, f"Open {len(bad)}")]),
        lines=lines,
        unread=tuple(measures.link(s.provider) for s in states if s.reach is None),
        closed=tuple(measures.link(s.provider) for s in every if s.is_closed),
        caption=f"{'Latest incidents' if is_dark else 'Reported status'} of {english.plural(len(states), 'provider')}",
        length_heading="Data up to" if is_dark else "Unchanged for",
        days_heading="Official status page" if is_dark else recent.heading,
        leads=leads,
        lead_css="c3" if len(leads) > 1 else "",
        has_bars=len(leads) <= BARS,
        no_data=_no_data(almanac) if is_dark else "",
        maintenance=_maintenance(almanac, states),
        changes=_changes(almanac),
        articles=tuple(map(teaser, almanac.articles[:ARTICLES])),
        board=board,
        grid=tuple(label for label in board.grid if not label.css) if board else (),
    )


def _maintenance(almanac: Snapshot, states: Sequence[DeclaredState]) -> tuple[IncidentRow, ...]:
    """Return the maintenance of providers of which the state is known: what is under way first, then by its date."""
    works = [
        (card, state.provider.name)
        for state in states
        if state.is_known
        for card in current.maintenance(almanac, state.provider)
    ]
    works.sort(key=lambda one: (not current.is_at_work(one[0]), one[0].started, one[1]))
    return tuple(rows.works(card, almanac.now, name) for card, name in works[:WORKS])


def _expired(almanac: Snapshot, dateline: Dateline) -> str:
    return f"Unknown since {english.near(unstamp(dateline.until.iso), almanac.now)}." if dateline.until else ""


def _no_data(almanac: Snapshot) -> str:
    """Say why nothing is known of now, and what holds nevertheless."""
    if almanac.record_until is None:
        return (
            "This copy of the site has not read the providers’ feeds yet. Until it has, use the official pages above."
        )
    return (
        f"This copy of the site has not read the providers’ feeds since {english.date(almanac.record_until)}. The archive "
        "up to then is complete and can be cited. Until newer data comes, use the official pages above."
    )


def _title(almanac: Snapshot, states: Sequence[DeclaredState], bad: Sequence[DeclaredState]) -> str:
    """Return the sentence that answers: who has reported what, or that nobody has, or that there is no current data."""
    if len(bad) == 1:
        since = english.near(moment(bad[0].since), almanac.now)
        return f"{bad[0].provider.name} has been reporting {english.with_article(bad[0].mark.word)} since {since}."
    if bad:
        noun = "outages" if all(base.noun(s.open[0]) == "outage" for s in bad) else "incidents"
        return f"{english.listing([s.provider.name for s in bad], 3)} are reporting {noun}."
    if any(s.is_known for s in states):
        return "No provider reports an incident."
    if almanac.record_until is None:
        return "No data yet."
    return "We cannot say what the status is now."


def _worst(state: DeclaredState) -> tuple[int, int]:
    """Return a key that sorts the worst first, then the newest, in reverse."""
    return _gravity(state.open[0])


def _gravity(card: Card) -> tuple[int, int]:
    return current.rank(card)[0], card.started


def _stand(almanac: Snapshot, states: Sequence[DeclaredState], bad: Sequence[DeclaredState]) -> str:
    """Qualify the title: what fails, if it is one provider's; how many report no problems; how many are unknown."""
    quiet = sum(s.mark is base.CLEAR for s in states)
    unknown = sum(not s.is_known for s in states)
    if almanac.record_until is None:
        return "No status page has been read yet; each provider’s page links to its official status page."
    if unknown == len(states):
        age = english.age(seconds(almanac.now) - seconds(almanac.record_until))
        return (
            f"Our newest data is {age} old ({english.date(almanac.record_until)}). Below is each provider’s latest reported incident, with a link "
            "to each official status page."
        )
    return " ".join(filter(None, (_failures(bad), _others(quiet, unknown))))


def _expired_stand(states: Sequence[DeclaredState], bad: Sequence[DeclaredState]) -> str:
    """Return what is left of the sentence below the title once nobody knows who reports no problems."""
    if not any(s.mark is base.CLEAR for s in states):
        return ""
    return f"{_failures(bad)} The others are unknown now.".strip() if bad else "Below is the latest we have."


def _failures(bad: Sequence[DeclaredState]) -> str:
    """Return what fails as a sentence, if only one provider reports anything; "" if that names no component."""
    components = english.listing(_parts(bad[0]), MOST_NAMES) if len(bad) == 1 else ""
    return components and f"{components}."


def _others(quiet: int, unknown: int) -> str:
    """Say how many providers report no problems, and on how many there is no current data."""
    if not quiet:
        return f"We have no current data on the other {english.spelled(unknown)}." if unknown else ""
    providers = "provider reports" if quiet == 1 else "providers report"
    without = f"; we have no current data on {english.spelled(unknown)}" if unknown else ""
    return f"{english.sentence(english.spelled(quiet))} {providers} no problems{without}."


def _parts(state: DeclaredState) -> list[str]:
    """Return the components that the open incidents of a provider name, in its order."""
    names = dict.fromkeys(name for card in state.open for name in card.components)
    return base.short(ordering(state.provider)(tuple(names)))


def _ledger(
    almanac: Snapshot,
    near: Surroundings,
    states: Sequence[DeclaredState],
    bad: Sequence[DeclaredState],
    recent: RecentDays,
) -> tuple[LedgerLine, ...]:
    """List trouble first, worst on top; then the quiet; then the unknown under a rule. Leave out who was never read."""
    quiet = [s for s in states if s.mark is base.CLEAR]
    unknown = sorted((s for s in states if not s.is_known and s.reach), key=lambda s: -(s.reach or 0))
    is_dark = not bad and not quiet
    letters = monograms(almanac.providers)

    def line(state: DeclaredState, css: str) -> LedgerLine:
        provider = state.provider
        length, since = (_data_until(almanac, state), base.NO_TIME) if is_dark else _how_long(almanac, state)
        last, url = _open(state) if state.in_trouble else _last(almanac, state)
        return LedgerLine(
            url=base.provider_url(provider.slug),
            name=provider.name,
            company="" if _is_named_after(provider) else provider.company,
            product=base.best_known(provider),
            monogram=letters[provider.slug],
            mark=state.mark._replace(word=_glance(state)),
            css=_classes(almanac, state, css),
            expired=base.expired(state.mark),
            length=length,
            since=since,
            last=last,
            last_url=url,
            note=_note(state, almanac.now) if state.in_trouble else "",
            spoken=_spoken(near, state) if state.in_trouble else None,
            back=_back(near, state) if state.in_trouble else None,
            bars=recent.bars(provider),
            official=base.status_page(provider) if is_dark else None,
        )

    lines = [line(s, OPEN) for s in bad]
    lines += [line(s, "") for s in quiet]
    lines += [line(s, "un" if at or is_dark else "un cut") for at, s in enumerate(unknown)]
    return tuple(lines)


def _is_named_after(provider: Provider) -> bool:
    """Say whether the name tells the company: Modal of Modal Labs, GitHub Copilot of GitHub."""
    return provider.company.split(" ")[0].casefold() in provider.name.casefold()


def _classes(almanac: Snapshot, state: DeclaredState, css: str) -> str:
    """Return the classes of a row: what it is, how bad if it is open, and what the filter goes by."""
    able = uses.classes(almanac.project, state.provider)
    return " ".join(name for name in (css, state.mark.css if state.in_trouble else "", able) if name)


def _glance(state: DeclaredState) -> str:
    """Return the state in a word or two: the severity alone where there is one."""
    if state.in_trouble:
        return _word(state.open[0])
    return base.NONE_REPORTED.word if state.mark is base.CLEAR else state.mark.word


def _word(card: Card) -> str:
    return base.mark(card).word if card.impact in base.STATED else base.severity(card)


def _note(state: DeclaredState, now: datetime) -> str:
    """Say how the worst open incident stands, and how many others are open."""
    others = len(state.open) - 1
    return _since(state.open[0], now) + (f"; {english.spelled(others)} more open" if others else "")


def _spoken(near: Surroundings, state: DeclaredState) -> PartRow | None:
    """Return the first component of which a post says something in particular: it may be that it works."""
    return next((row for row in near.components(state.provider.slug).rows if row.quote), None)


def _back(near: Surroundings, state: DeclaredState) -> Time | None:
    """Return by when the worst open incident is fixed with a chance of 50%; None without such a moment to come."""
    around = near.of(state.open[0])
    view = outlook(around, state.open[0])
    median = view.back.median if view and view.back else None
    return median if median and median.iso > stamped(around.now) else None


def _leads(near: Surroundings, bad: Sequence[DeclaredState]) -> tuple[Lead, ...]:
    """Return the open incidents, the worst first, then the newest; as many as there is room for."""
    going_on = sorted((card for s in bad for card in s.open), key=_gravity, reverse=True)
    singles = {s.provider.slug for s in bad if len(s.open) == 1} if len(going_on) > 1 else set()
    return tuple(_lead(card, near.of(card), card.provider in singles) for card in going_on[:LEADS])


def _lead(card: Card, around: Around, is_alone: bool) -> Lead:
    """Return an open incident; where it is the only one of its provider among others, that is its title."""
    view, now = outlook(around, card), moment(around.now)
    components = english.listing(base.short(card.components), MOST_NAMES) or base.name(card)
    updates = f"; {english.plural(len(card.updates), 'update')} so far" if card.updates else ""
    return Lead(
        url=base.incident_url(card),
        title=around.provider if is_alone else f"{around.provider}: {base.name(card)}",
        mark=Mark(base.mark(card).css, _word(card)),
        stand=f"{f'{components}. ' if is_alone else ''}Opened {english.near(moment(card.started), now)}, {_since(card, now)}{updates}; {_rating(card)}.",
        source=card.source,
        outlook=view,
        instead=_instead(view.instead) if view and view.instead else (),
    )


def _instead(alternatives: Alternatives) -> tuple[UseAlternatives, ...]:
    """Return what to use meanwhile: only those of which no incident is reported now, as nobody is sent to the others."""
    clear = [
        (group.name, tuple(option.provider for option in group.options if option.mark.css == charts.CLEAR))
        for group in alternatives.groups
    ]
    return tuple(UseAlternatives(name.replace("For ", "for ", 1), providers) for name, providers in clear if providers)


def _rating(card: Card) -> str:
    """Say how bad the provider says it is, or that it does not say so."""
    if card.impact == Impact.UNKNOWN:
        return "the provider has not rated its severity"
    return f"the provider rates it {base.mark(card).word}"


def _since(card: Card, now: datetime) -> str:
    """Return "identified since 13:22 UTC", or the phase alone where it began so."""
    turns = [at for at, phase in card.updates if phase == card.phase]
    if not turns or card.updates[0][1] == card.phase:
        return TURNS[card.phase] if card.phase == Phase.UNKNOWN else card.phase
    return f"{card.phase} since {english.near(moment(turns[0]), now)}"


def _how_long(almanac: Snapshot, state: DeclaredState) -> tuple[str, Time]:
    """Say for how long the state lasts, and since when if something is open; for the unknown, why."""
    now = seconds(almanac.now)
    at = moment(state.since)
    if not state.is_known:
        return _why_unknown(almanac, state), base.NO_TIME
    if state.in_trouble:
        return english.duration(now - state.since), base.time(at, english.near(at, almanac.now))
    least = "at least " if state.clear_at_least else ""
    return least + english.age(now - state.since), base.NO_TIME


def _data_until(almanac: Snapshot, state: DeclaredState) -> str:
    return _day(almanac, moment(state.reach or 0))


def _day(almanac: Snapshot, at: datetime) -> str:
    """Return a day, with its year unless that is this one."""
    year = "" if at.year == almanac.now.year else f"{english.GAP}{at.year}"
    return english.short_date(at) + year


def _why_unknown(almanac: Snapshot, state: DeclaredState) -> str:
    if state.provider.unreadable:
        return "page not readable"
    if state.unended:
        return f"{english.count(state.unended)} without end time"
    return f"data ends {_data_until(almanac, state)}"


def _open(state: DeclaredState) -> tuple[str, str]:
    """Return what fails in a few words, and the address of the worst open incident."""
    card = state.open[0]
    return english.listing(_parts(state), MOST_NAMES) or base.name(card), base.incident_url(card)


def _last(almanac: Snapshot, state: DeclaredState) -> tuple[str, str]:
    """Return the last trouble that is over in a few words, and its address; "" where there is none."""
    card = state.last
    if card is None:
        return "", ""
    length = "reported late" if card.posted_late else base.length(card)
    text = f"{_day(almanac, moment(card.started))}, {base.mark(card).word}, {length}"
    return text, base.incident_url(card)


def _changes(almanac: Snapshot) -> tuple[Happening, ...]:
    """Return the newest posts of all providers on trouble that concerns the subject, or may."""
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
    return Happening(
        url=base.incident_url(card),
        time=base.recent(when, almanac.now),
        provider=names[card.provider],
        text=f"{_did(place, card)}{'; component not named' if is_unnamed(card) else f': {base.name(card)}'}",
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
    is_repeat = card.updates[place - 1][1] == phase
    return f"Update: {REPEATS.get(phase, f'still {phase}') if is_repeat else TURNS.get(phase, phase)}"
