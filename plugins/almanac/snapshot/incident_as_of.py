"""Goes back in time: an incident, and the state of the feeds, as they were known at a moment. Pure.

What we saw ourselves was known from the moment we saw it: posts by `seen`, what was changed by `until`, what was taken
away by `gone` and `vanished`. What was imported was known, as far as anyone can say, by the provider's own stamps. A
stated end without a post that says so, and a word that is no phase, are known from the time they name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from almanac.merge import in_effect
from almanac.model import OVER, Change, Impact, Incident, Kind, Phase, Pulls, Update, stamp, unstamp

MISSING_POST = "gone update "  # what a change is called that says when a post was missing before it came back


class PastFacts(NamedTuple):
    """What was known of an incident at a moment: those of its fields that may have been others then."""

    title: str
    kind: Kind
    impact: Impact
    impact_stated: str
    components: tuple[str, ...]
    started: datetime
    planned_from: datetime | None
    planned_until: datetime | None
    ended: datetime | None  # from here on: what follows from the posts of then, too
    ended_basis: str
    phase: Phase
    vanished: datetime | None
    updates: tuple[Update, ...]
    changes: tuple[Change, ...]


_STATED = PastFacts._fields.index("ended")
_NOW: Callable[[Incident], tuple[Any, ...]] = attrgetter(*PastFacts._fields)
_AT = attrgetter("at")
_SILENT = Phase.UNKNOWN  # of a post that names no phase


class History:
    """An incident, laid out to be asked what was known of it at one moment after the other."""

    def __init__(self, incident: Incident) -> None:
        self.moments = incident.observed
        self.posts = [(incident.known_from(update), update) for update in incident.updates]  # with when each was known
        self._incident = incident
        self._now = PastFacts(*_NOW(incident))
        self._is_told = any(update.phase in OVER for update in incident.updates)  # a post said that it was over
        # A post that is as it was first seen needs no look at what it was before.
        self._has_moved = bool(incident.changes or any(update.was or update.gone for update in incident.updates))
        self._is_silent = any(update.phase is _SILENT for update in incident.updates)

    def facts_at(self, at: datetime) -> PastFacts | None:
        """Return what was known at a moment; None if nothing was."""
        incident = self._incident
        if self.moments[-1] <= at:
            return self._now
        if self.moments[0] > at or (incident.first_seen is not None and incident.first_seen > at):
            return None
        posts = self._posts(at)
        if incident.updates and not posts:
            return None
        facts = self._now._replace(**_facts(incident, at)) if incident.changes else self._now
        ended = self._ended(facts.ended, posts, at)
        basis = (incident.ended_basis or "resolved-update") if ended else ""
        changes = tuple([change for change in incident.changes if change.until <= at])
        phase, vanished = _phase(incident, posts, ended), _vanished(incident, at)
        return PastFacts._make((*facts[:_STATED], ended, basis, phase, vanished, posts, changes))

    def _posts(self, at: datetime) -> tuple[Update, ...]:
        """Return the posts that were known, each as it was then, oldest first."""
        updates: Iterable[Update] = [update for since, update in self.posts if since <= at]
        if self._has_moved:
            updates = _as_they_were(self._incident, updates, at)
        updates = sorted(updates, key=_AT)
        return in_effect(updates) if self._is_silent else tuple(updates)

    def _ended(self, ended: datetime | None, posts: Iterable[Update], at: datetime) -> datetime | None:
        """Return the end as known then: from a post that said so or, where none ever does, from the stated time on."""
        if ended is None:
            return None
        if not self._is_told:
            return ended if ended <= at else None
        over = None
        for update in posts:
            if update.gone is None and update.phase is not _SILENT:
                over = (over or update.at) if update.phase in OVER else None
        return over and (ended if ended <= at else over)


def as_of(incident: Incident, at: datetime) -> Incident | None:
    """Return the incident as known at a moment; None if nothing was known of it, itself if nothing came later."""
    if incident.observed[-1] <= at:
        return incident
    facts = History(incident).facts_at(at)
    return facts and replace(incident, **facts._asdict())


def by_stamps(incident: Incident) -> bool:
    """Say whether the provider's stamps tell what was known when, because we did not see it ourselves."""
    return incident.first_seen is None


def _as_they_were(incident: Incident, posts: Iterable[Update], at: datetime) -> Iterator[Update]:
    """Yield posts with the text they had, and taken away only if they were by then."""
    missing = {c.what: unstamp(c.was) for c in incident.changes if c.what.startswith(MISSING_POST) and c.until > at}
    for update in posts:
        past_post = post(update, at) if update.was else update
        removed_at = (missing and missing.get(f"{MISSING_POST}{stamp(past_post.at)}")) or update.gone
        yield (
            past_post
            if removed_at == past_post.gone and (removed_at is None or removed_at <= at)
            else _with_removal(past_post, removed_at, at)
        )


def _with_removal(post: Update, removed_at: datetime | None, at: datetime) -> Update:
    return replace(post, gone=removed_at if removed_at and removed_at <= at else None)


def post(update: Update, at: datetime) -> Update:
    """Return a post with the text, time and word it had: those of the oldest revision that was not superseded yet."""
    later = [was for was in update.was if was.until > at]
    if not later:
        return update
    printed = next((was.printed for was in later if was.printed), "")
    return replace(
        update,
        text=later[0].text,
        at=next((was.at for was in later if was.at), update.at),
        printed=printed or update.printed,
        phase=_meant(printed, update.phase) if printed else update.phase,
        was=tuple(was for was in update.was if was.until <= at),
    )


def _meant(printed: str, phase: Phase) -> Phase:
    from almanac.feeds import wording  # heavy, and rarely needed: a provider rarely changes the phase of a post

    return wording.phase(printed) or Phase.UNKNOWN if printed else phase


def _facts(incident: Incident, at: datetime) -> dict[str, Any]:
    """Return the facts that were others then, by the name of their field."""
    facts: dict[str, Any] = {}
    for change in sorted(incident.changes, key=lambda change: change.until, reverse=True):
        if change.until > at:
            facts |= _fact(change)
    return facts


def _fact(change: Change) -> dict[str, Any]:
    if change.what in ("started", "ended", "planned_from", "planned_until"):
        return {change.what: unstamp(change.was)}
    if change.what == "impact":
        from almanac.feeds import wording  # as above

        return {"impact": wording.impact(change.was) or Impact.UNKNOWN, "impact_stated": change.was}
    if change.what == "kind":
        return {"kind": Kind(change.was)}
    if change.what == "components":
        return {"components": tuple(change.was.split("; "))}
    return {"title": change.was} if change.what == "title" else {}


def _phase(incident: Incident, posts: Sequence[Update], ended: datetime | None) -> Phase:
    for update in reversed(posts):
        if update.gone is None and update.phase is not _SILENT:
            return update.phase
    return incident.phase if ended else _SILENT


def _vanished(incident: Incident, at: datetime) -> datetime | None:
    """Return since when an incident was missing from its feed; it may have come back since."""
    if not incident.changes:
        return incident.vanished if incident.vanished and incident.vanished <= at else None
    times = [unstamp(c.was) for c in incident.changes if c.what == "vanished" and c.until > at]
    times += [incident.vanished] if incident.vanished else []
    return next((time for time in times if time <= at), None)


def pulls_as_of(pulls: Pulls, at: datetime, going_on: Collection[str]) -> Pulls:
    """Return the state of a provider's feeds at a moment.

    `going_on` are the ids of incidents that are over now and were open then: they were seen open as far as the record
    went. What a feed said at its last fetch is kept only if that was before.
    """
    coverage = tuple(replace(span, until=min(span.until, at)) for span in pulls.coverage if span.since < at)
    reach = max((span.until for span in coverage), default=at)
    last_open = {name: min(time, reach) for name, time in pulls.last_open}
    feeds = tuple(
        replace(feed, fetched=None, changed=None, error="", error_since=None)
        if feed.fetched and feed.fetched > at
        else feed
        for feed in pulls.feeds
    )
    return replace(
        pulls,
        coverage=coverage,
        feeds=feeds,
        last_open=tuple(sorted((last_open | dict.fromkeys(going_on, reach)).items())),
    )
