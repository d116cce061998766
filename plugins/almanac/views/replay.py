"""An incident as it was known, step by step: what its page said then, and what could be known by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from almanac.model import OVER, Card, Impact, Incident, Update, seconds, stamp
from almanac.snapshot import incident_as_of as past
from almanac.text import english, markdown
from almanac.views import base, hindsight, pagination
from almanac.views.around import Around
from almanac.views.base import Head, Link, Mark, Time
from almanac.views.edits import EditDiff, all_edits
from almanac.views.pagination import Sheet

PER_PAGE = 30  # states on one page
ENOUGH = 3  # stamps of an import make a replay; of two, its page tells all
OWN = "As we saw it: each step shows what we had read from the provider’s feed by then."
STAMPS = "From the provider’s timestamps; we did not see it live."


class ReplayPost(NamedTuple):
    """A post that became known: its own time, if it differs, and its words as safe HTML."""

    phase: str
    when: str
    html: str


class ReplayState(NamedTuple):
    """What was known from one moment on."""

    anchor: str
    time: Time
    day: str
    mark: Mark | None  # None where nobody can say how severe it was rated by then
    phase: str
    stand: str
    title: str  # "" where it is that of the state before, or nobody can say what it was by then
    parts: str  # likewise
    posts: tuple[ReplayPost, ...]
    edits: tuple[EditDiff, ...]
    earlier: str  # anchors of the states beside it, "" at the ends
    later: str
    open_at: int = 0  # the moment in epoch seconds, if it was open then
    estimate: str = ""  # when it would be over, as was or would have been said then


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPage:
    """The replay of an incident, at /incidents/<provider>/<id>/at/ and the pages on which it goes on."""

    head: Head
    title: str
    incident: Link
    stand: str
    at_the_end: str  # what an import says only as of its end, and no step may show
    states: tuple[ReplayState, ...]
    steps: tuple[Link, ...]
    sheets: tuple[Sheet, ...]


def is_replayed(card: Card) -> bool:
    """Say whether there is more than one state to step through; of an import, more than its page tells at a glance."""
    return card.states >= (ENOUGH if card.first_seen is None else 2)


def replay_urls(card: Card) -> tuple[str, ...]:
    """Return the addresses of an incident's replay; () if it has none."""
    if not is_replayed(card):
        return ()
    return pagination.page_urls(f"{base.incident_url(card)}at/", card.states, PER_PAGE)


def states(incident: Incident, sheet: int = 1) -> tuple[ReplayState, ...]:
    """Return one page of the states of an incident, oldest first. They draw on nothing but the incident."""
    return tuple(_states(incident, (sheet - 1) * PER_PAGE, sheet * PER_PAGE))


def replay(
    around: Around, incident: Incident, card: Card, sheet: int = 1, first: tuple[ReplayState, ...] | None = None
) -> ReplayPage:
    """Return one page of the replay of an incident. `first` are the states of its first page, if these are at hand."""
    urls, subject = replay_urls(card), f"{around.provider} incident of {english.moment(incident.started)}"
    page_states = first if first is not None and sheet == 1 else states(incident, sheet)
    estimates = hindsight.estimates_of(around, card)
    if any(estimates):
        page_states = tuple([state._replace(estimate=_estimate(estimates, state)) for state in page_states])
    return ReplayPage(
        head=Head(
            title=pagination.numbered(f"{subject}, as it unfolded ({incident.id})", sheet),
            path=urls[sheet - 1],
            section="incidents",
            description=f"What was known about this {around.provider} incident, in {english.plural(card.states, 'step')}.",
            kind="article",
        ),
        title=f"{subject}, as it unfolded",
        incident=Link(base.incident_url(card), f"{around.provider}, {english.date(incident.started)}"),
        stand=STAMPS if past.by_stamps(incident) else OWN,
        at_the_end=_at_the_end(incident, card) if past.by_stamps(incident) else "",
        states=page_states,
        steps=tuple([Link(f"#{state.anchor}", state.time.text) for state in page_states]),
        sheets=pagination.sheets(urls, sheet),
    )


def _at_the_end(incident: Incident, card: Card) -> str:
    """Say what an import holds without the time from which on it was so; it would be hindsight in a step."""
    facts = [f"title “{incident.title}”"] if not incident.title_is_ours else []
    facts.append(f"severity {base.mark(card).word}" if card.impact != Impact.UNKNOWN else "no severity")
    names = english.listing(base.short(incident.components), 6)
    facts.append(f"components {names}" if names else "no component")
    return (
        "Title, severity and components are the last values in the imported data set. We do not know when they were set, "
        f"so the steps leave them out. At {'the end' if incident.ended else 'last'}: {'; '.join(facts)}."
    )


def _states(incident: Incident, first: int, last: int) -> Iterator[ReplayState]:
    history = past.History(incident)
    moments, stamps = history.moments, [stamp(at) for at in history.moments]
    posts, edits = _newly_said(history), _newly_edited(incident)
    before = history.facts_at(moments[first - 1]) if first else None
    imported = past.by_stamps(incident)
    last = min(last, len(moments))
    for number, at in enumerate(moments[first:last], first):
        facts = history.facts_at(at)
        if facts is None:  # its first posts are dated before it was seen, or it has no post that counts
            continue
        iso, clock = stamps[number], english.clock(at)
        yield ReplayState(
            anchor=f"at-{iso}",
            time=Time(iso, clock),
            day="" if before and number > first and moments[number - 1].date() == at.date() else english.short_date(at),
            mark=None if imported else base.MARKS[facts.impact],
            phase=english.sentence(facts.phase),
            stand=_stand(facts, at),
            title="" if imported or incident.title_is_ours or (before and before.title == facts.title) else facts.title,
            parts=""
            if imported or (before and before.components == facts.components)
            else english.listing(facts.components, 6),
            posts=tuple([_post(past.post(update, at) if update.was else update, at) for update in posts.get(at, ())]),
            edits=tuple(edits.get(iso, ())),
            earlier=f"at-{stamps[number - 1]}" if number > first else "",
            later=f"at-{stamps[number + 1]}" if number + 1 < last else "",
            open_at=seconds(at) if _is_open(facts, at) else 0,
        )
        before = facts


def _estimate(estimates: hindsight.Estimates, state: ReplayState) -> str:
    return hindsight.sentence(estimates, state.open_at) if state.open_at else ""


def _newly_said(history: past.History) -> dict[datetime, list[Update]]:
    """Return the posts that became known at each moment, newest first."""
    by_moment: dict[datetime, list[Update]] = {}
    for since, update in reversed(history.posts):
        by_moment.setdefault(since, []).append(update)
    return by_moment


def _newly_edited(incident: Incident) -> dict[str, list[EditDiff]]:
    """Return the changes that were seen at each moment, by its ISO form."""
    by_moment: dict[str, list[EditDiff]] = {}
    for edit in all_edits(incident):
        by_moment.setdefault(edit.when.iso, []).append(edit)
    return by_moment


def _stand(facts: past.PastFacts, at: datetime) -> str:
    """Say how long an incident had lasted, as far as was known."""
    began = seconds(facts.started)
    if facts.ended is not None:
        spent = seconds(facts.ended) - began
        text = f"Ended {english.near(facts.ended, at)}"
        text += f", after {english.duration(spent)}" if spent > 0 else ""
    elif facts.phase in OVER:
        text = "Over; end time not given"
    elif began > seconds(at):
        text = f"Announced for {english.near(facts.started, at)}"
    else:
        spent = seconds(at) - began
        text = f"Open for {english.duration(spent)}" if spent else "Just started"
    missing = " Missing from the feed." if facts.vanished else ""
    return f"{text}.{missing}"


def _is_open(facts: past.PastFacts, at: datetime) -> bool:
    return facts.ended is None and facts.phase not in OVER and facts.started <= at


def _post(post: Update, at: datetime) -> ReplayPost:
    when = "" if post.at == at else f"dated {english.near(post.at, at)}"
    return ReplayPost(english.sentence(post.printed or post.phase), when, markdown.html(post.text) if post.text else "")
