"""The facts of an incident after it was seen again: the feed's where it knows better, with what they were. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from almanac.merge import updates
from almanac.merge.updates import MINUTE
from almanac.model import BOUND, OVER, SIGHT, TROUBLE, Change, Impact, Incident, Phase, Reading, Update, Window, stamp

# What a basis is worth where two sources differ.
START_RANK = {"pubdate": 0, "first-update": 1, "ulid": 2, "stated": 2, "mended": 3}
END_RANK = {"absence": 0, "pubdate": 1, "resolved-update": 2, "stated": 3, "mended": 3}
OF_POSTS = frozenset({"first-update", "pubdate", "resolved-update", "mended"})  # derived from the posts at hand
OF_SIGHT = frozenset({SIGHT, BOUND})  # the latest it can have been


class _Time(NamedTuple):
    """A start or an end: when, how we know, and whether to the second."""

    at: datetime
    basis: str
    fine: bool


def merged(known: Incident, shown: Incident, reading: Reading) -> Incident:
    """`known` after the feed showed it as `shown`; equal to `known` if that was no news."""
    whole = reading.whole_entries
    complete = whole and known.dialect in ("", reading.dialect)  # another dialect may show less of an incident
    posts, changes = updates.merged(known.updates, shown.updates, seen=reading.seen, whole=whole, takes_away=complete)
    if not complete:
        shown = _as_if_whole(shown, known, posts)
    fresh = complete and not known.imported  # else a weaker basis does not replace a stronger one
    facts = {**_said(known, shown), **_kind(known, shown), **_when(known, shown, reading.seen, fresh=fresh)}
    return replace(
        known,
        **facts,
        updates=posts,
        dialect=reading.dialect,
        source=shown.source or known.source,
        aliases=known.aliases if shown.id in (known.id, *known.aliases) else (*known.aliases, shown.id),
        changes=(*known.changes, *changes, *_changes(known, facts, reading.seen)),
    )


def first(shown: Incident, reading: Reading) -> Incident:
    """An incident that was not known before."""
    posts, _ = updates.merged((), shown.updates, seen=reading.seen, whole=reading.whole_entries, takes_away=False)
    if not reading.whole_entries:  # as it will be judged when it is seen again
        shown = _as_if_whole(shown, shown, posts)
    is_bound = reading.first and shown.started_basis == SIGHT and reading.window is not Window.CURRENT
    return replace(
        shown,
        dialect=reading.dialect,
        first_seen=reading.seen,
        updates=posts,
        started_basis=BOUND if is_bound else shown.started_basis,
    )


def _as_if_whole(shown: Incident, known: Incident, posts: Sequence[Update]) -> Incident:
    """What the feed would say if it held all posts that are known, not only the latest."""
    present = [post for post in posts if post.gone is None]
    phase = shown.phase
    if phase is Phase.UNKNOWN or not shown.updates or shown.updates[-1].at < present[-1].at:
        phase = next((post.phase for post in reversed(present) if post.phase is not Phase.UNKNOWN), phase)
    started, ended, basis = shown.started, shown.ended, shown.ended_basis
    if shown.started_basis in OF_POSTS and present:
        started = min(started, present[0].at)
        if known.started_basis in OF_POSTS and started - known.started >= MINUTE:  # else one of them is rounded
            started = known.started
    if phase not in OVER:
        ended, basis = None, ""
    elif basis != "stated" and (over := _over_since(present)) not in (None, ended):
        ended, basis = over, "resolved-update"
    return replace(shown, phase=phase, started=started, ended=ended, ended_basis=basis)


def _over_since(posts: Sequence[Update]) -> datetime | None:
    """When it was over for the last time: a postmortem does not move the end, a reopening does."""
    since = None
    for post in posts:
        since = (since or post.at) if post.phase in OVER else None
    return since


def _said(known: Incident, shown: Incident) -> dict[str, Any]:
    """Title, components, impact and plan. What the feed does not say stays as it was."""
    named = bool(shown.title) and (known.title_is_ours or not shown.title_is_ours)
    same_places = not shown.components or set(shown.components) == set(known.components)
    weighed = known if shown.impact is Impact.UNKNOWN and known.impact is not Impact.UNKNOWN else shown
    stated = weighed.impact_stated or (known.impact_stated if weighed.impact is known.impact else "")
    return {
        "title": shown.title if named else known.title,
        "title_is_ours": shown.title_is_ours if named else known.title_is_ours,
        "components": known.components if same_places else shown.components,
        "impact": weighed.impact,
        "impact_stated": stated,
        "planned_from": shown.planned_from or known.planned_from,
        "planned_until": shown.planned_until or known.planned_until,
    }


def _kind(known: Incident, shown: Incident) -> dict[str, Any]:
    """The kind the feed suggests, unless an import knows better: by a title we never saw, or by the impact."""
    told = bool(known.imported) and known.kind not in TROUBLE and shown.kind_basis != "source"
    silent = shown.impact is Impact.UNKNOWN and known.impact is not Impact.UNKNOWN
    weighed = silent and known.kind_basis == "impact" and {known.kind, shown.kind} <= TROUBLE
    better = known if told or weighed else shown
    return {"kind": better.kind, "kind_basis": better.kind_basis}


def _when(known: Incident, shown: Incident, seen: datetime, *, fresh: bool) -> dict[str, Any]:
    """Start, end and phase, and how finely the times are known."""
    start = _better(_start(known), _start(shown), START_RANK, fresh=fresh, lenient=bool(known.imported))
    end, phase = _end(known), known.phase
    if known.ended is None or seen >= known.ended:  # a reading from before the end cannot know of it
        phase = known.phase if shown.phase is Phase.UNKNOWN else shown.phase
        end = _ending(known, shown, fresh=fresh)
    if end and end.at < start.at:
        if start.at - end.at < MINUTE:  # one to the second, the other to the minute
            end = end._replace(at=start.at, fine=start.fine)
        else:
            start = _Time(end.at, "mended", end.fine)
    fine = start.fine and (end is None or end.fine)
    return {
        "phase": phase,
        "started": start.at,
        "started_basis": start.basis,
        "ended": end.at if end else None,
        "ended_basis": end.basis if end else "",
        "precision": "second" if fine else "minute",
    }


def _start(incident: Incident) -> _Time:
    return _Time(incident.started, incident.started_basis, _is_fine(incident, incident.started))


def _end(incident: Incident) -> _Time | None:
    if incident.ended is None:
        return None
    return _Time(incident.ended, incident.ended_basis, _is_fine(incident, incident.ended))


def _is_fine(incident: Incident, at: datetime) -> bool:
    return incident.precision == "second" or at.second != 0


def _ending(known: Incident, shown: Incident, *, fresh: bool) -> _Time | None:
    """The end now: a new one, the known one, or none if the provider took it back."""
    was, now = _end(known), _end(shown)
    if was is None or now is None:
        is_open = shown.phase not in OVER and (shown.phase is not Phase.UNKNOWN or known.ended_basis == "absence")
        return now or (None if is_open else was)
    return _better(was, now, END_RANK, fresh=fresh, lenient=bool(known.imported))


def _better(was: _Time, now: _Time, rank: Mapping[str, int], *, fresh: bool, lenient: bool) -> _Time:
    """Of two times that agree the finer, else the one in the feed, unless it is derived and the known one stated.

    What we saw ourselves is the latest it can have been, and says nothing against what was known before.
    """
    if now.basis in OF_SIGHT or (was.basis in OF_SIGHT and now.at > was.at):
        return was
    if _agree(was, now, lenient=lenient):
        return now if now.fine and not was.fine else was
    weaker = rank.get(now.basis, 0) < rank.get(was.basis, 0)
    return was if weaker and not fresh else now


def _agree(one: _Time, other: _Time, *, lenient: bool) -> bool:
    """True for times that may be the same instant: equal, or within a minute where one is rounded (or imported)."""
    return one.at == other.at or (abs(one.at - other.at) < MINUTE and (lenient or one.fine != other.fine))


def _changes(known: Incident, facts: Mapping[str, Any], seen: datetime) -> Iterator[Change]:
    """What the incident said before and says no more. What was our stopgap, or not known, is no change."""
    after = replace(known, **facts)
    impacts = [incident.impact_stated or incident.impact.value for incident in (known, after)]
    texts = {
        "title": ("" if known.title_is_ours else known.title, after.title),
        "kind": ("" if known.title_is_ours else known.kind.value, after.kind.value),
        "impact": ("" if impacts[0] == Impact.UNKNOWN else impacts[0], impacts[1]),
        "components": ("; ".join(known.components), "; ".join(after.components)),
    }
    yield from (Change(what=what, was=was, until=seen) for what, (was, now) in texts.items() if was and was != now)
    absent = known.ended_basis == "absence" and after.ended
    times = {
        "started": (_start(known), _start(after)),
        "ended": (None if absent else _end(known), _end(after)),
        "planned_from": (_plan(known.planned_from), _plan(after.planned_from)),
        "planned_until": (_plan(known.planned_until), _plan(after.planned_until)),
    }
    for what, (was, now) in times.items():
        if was and not (now and _agree(was, now, lenient=bool(known.imported))):
            yield Change(what=what, was=stamp(was.at), until=seen)


def _plan(at: datetime | None) -> _Time | None:
    return _Time(at, "stated", at.second != 0) if at else None
