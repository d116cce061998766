"""The facts of an incident after it was seen again: the feed's where it knows better, with what they were. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from almanac.merge import updates
from almanac.merge.updates import MINUTE
from almanac.model import (
    BOUND,
    OVER,
    SIGHT,
    TITLE,
    TROUBLE,
    Change,
    Impact,
    Incident,
    Kind,
    Phase,
    Reading,
    Update,
    Window,
    stamp,
)

# What a basis is worth where two sources differ.
START_RANK = {"pubdate": 0, "first-update": 1, "ulid": 2, "stated": 2, "mended": 3}
WORD_RANK = {TITLE: 0, "current": 1, "": 2, "stated": 3}  # what the basis of an impact or of components is worth
END_RANK = {"absence": 0, "pubdate": 1, "resolved-update": 2, "stated": 3, "mended": 3}
OF_POSTS = frozenset({"first-update", "pubdate", "resolved-update", "mended"})  # derived from the posts at hand
OF_SIGHT = frozenset({SIGHT, BOUND})  # the latest it can have been


class _Time(NamedTuple):
    """A start or an end: when, how we know, and whether to the second."""

    at: datetime
    basis: str
    fine: bool


def merge_incident(archived: Incident, incoming: Incident, reading: Reading) -> Incident:
    """Return the archived incident updated by the incoming one; equal to the archived one if that was no news."""
    whole = reading.whole_entries
    complete = whole and archived.dialect in ("", reading.dialect)  # another dialect may show less of an incident
    posts, changes = updates.merge_updates(
        archived.updates,
        incoming.updates,
        read_at=reading.seen,
        whole=whole,
        takes_away=complete,
        other_form=archived.dialect not in ("", reading.dialect),
    )
    if not complete:
        incoming = _as_whole_entry(incoming, archived, posts)
    fresh = complete and not archived.imported  # else a weaker basis does not replace a stronger one
    facts = {
        **_description(archived, incoming),
        **_kind(archived, incoming),
        **_times(archived, incoming, reading.seen, fresh=fresh),
    }
    return replace(
        archived,
        **facts,
        updates=posts,
        dialect=reading.dialect,
        trouble_seconds=incoming.trouble_seconds or (0 if complete else archived.trouble_seconds),
        source=incoming.source or archived.source,
        aliases=_aliases(archived, incoming),
        changes=(*archived.changes, *changes, *_changes(archived, facts, reading.seen)),
    )


def _aliases(archived: Incident, incoming: Incident) -> tuple[str, ...]:
    """Return the other ids that an incident goes by, with that of the incoming one."""
    is_known = incoming.id in (archived.id, *archived.aliases)
    return archived.aliases if is_known else (*archived.aliases, incoming.id)


def fill_in(archived: Incident, incoming: Incident, reading: Reading) -> Incident:
    """Return the archived incident with what another form of the page adds to the one that is read in the same pull.

    That is impact, components and a plan; posts, where the first form shows only some; an end, where it names no phase.
    Where both speak, the first one counts: they are not fetched at the same instant, and write the same words otherwise.
    """
    described = _description(archived, incoming)
    facts = {name: described[name] for name in described if name.startswith(("impact", "components"))}
    facts |= {name: getattr(archived, name) or described[name] for name in ("planned_from", "planned_until")}
    if {archived.kind, incoming.kind} <= TROUBLE and _weighs(archived, incoming):
        facts |= {"kind": incoming.kind, "kind_basis": incoming.kind_basis}
    if archived.phase is Phase.UNKNOWN and archived.ended is None and incoming.ended:
        facts |= {name: getattr(incoming, name) for name in ("phase", "ended", "ended_basis")}
    posts = archived.updates
    if not archived.has_every_post:
        posts = updates.add_posts(archived.updates, incoming.updates, read_at=reading.seen)
    changes = (*archived.changes, *_changes(archived, facts, reading.seen))
    if archived.started_basis == "mended" and posts:  # the latest it can have begun, by the posts there were
        facts["started"] = min(archived.started, posts[0].at)
    return replace(archived, **facts, updates=posts, aliases=_aliases(archived, incoming), changes=changes)


def new_incident(incoming: Incident, reading: Reading) -> Incident:
    """Return an incident that the archive does not have yet, as it goes in."""
    posts, _ = updates.merge_updates(
        (), incoming.updates, read_at=reading.seen, whole=reading.whole_entries, takes_away=False
    )
    if not reading.whole_entries:  # as it will be judged when it is seen again
        incoming = _as_whole_entry(incoming, incoming, posts)
    is_bound = reading.first and incoming.started_basis == SIGHT and reading.window is not Window.CURRENT
    return replace(
        incoming,
        dialect=reading.dialect,
        first_seen=reading.seen,
        updates=posts,
        started_basis=BOUND if is_bound else incoming.started_basis,
    )


def _as_whole_entry(incoming: Incident, archived: Incident, posts: Sequence[Update]) -> Incident:
    """Return what the feed would say if it held all posts, not only the latest."""
    present = [post for post in posts if post.gone is None]
    phase = incoming.phase
    if phase is Phase.UNKNOWN or not incoming.updates or incoming.updates[-1].at < present[-1].at:
        phase = next((post.phase for post in reversed(present) if post.phase is not Phase.UNKNOWN), phase)
    started, ended, basis = incoming.started, incoming.ended, incoming.ended_basis
    if incoming.started_basis in OF_POSTS and present:
        started = min(started, present[0].at)
        if archived.started_basis in OF_POSTS and started - archived.started >= MINUTE:  # else one of them is rounded
            started = archived.started
    if phase not in OVER:
        ended, basis = None, ""
    elif basis != "stated" and (over := _over_since(present)) not in (None, ended):
        ended, basis = over, "resolved-update"
    return replace(incoming, phase=phase, started=started, ended=ended, ended_basis=basis)


def _over_since(posts: Sequence[Update]) -> datetime | None:
    """Return when it was over for the last time: a postmortem does not move the end, a reopening does."""
    since = None
    for post in posts:
        since = (since or post.at) if post.phase in OVER else None
    return since


def _description(archived: Incident, incoming: Incident) -> dict[str, Any]:
    """Return title, components, impact and plan. What the feed does not say, or says less well, stays as it was."""
    has_title = bool(incoming.title) and (archived.title_is_ours or not incoming.title_is_ours)
    same_places = set(incoming.components) == set(archived.components)
    rating = incoming if _weighs(archived, incoming) else archived
    naming = incoming if _names_parts(archived, incoming) else archived
    return {
        "title": incoming.title if has_title else archived.title,
        "title_is_ours": incoming.title_is_ours if has_title else archived.title_is_ours,
        "components": archived.components if same_places else naming.components,
        "components_basis": naming.components_basis,
        "impact": rating.impact,
        "impact_stated": rating.impact_stated,
        "impact_basis": rating.impact_basis,
        "planned_from": incoming.planned_from or archived.planned_from,
        "planned_until": incoming.planned_until or archived.planned_until,
    }


def _weighs(archived: Incident, incoming: Incident) -> bool:
    """Say whether the incoming incident has an impact that counts: any at all, and on no weaker ground."""
    has_none = incoming.impact is Impact.UNKNOWN and not incoming.impact_stated
    if has_none or (not incoming.impact_stated and incoming.impact is archived.impact):
        return False
    has_no_other = archived.impact is Impact.UNKNOWN and not archived.impact_stated
    return has_no_other or WORD_RANK.get(incoming.impact_basis, 0) >= WORD_RANK.get(archived.impact_basis, 0)


def _names_parts(archived: Incident, incoming: Incident) -> bool:
    """Say whether the incoming incident has components that count: any at all, and on no weaker ground."""
    if not incoming.components or not archived.components:
        return bool(incoming.components)
    return WORD_RANK.get(incoming.components_basis, 0) >= WORD_RANK.get(archived.components_basis, 0)


def _kind(archived: Incident, incoming: Incident) -> dict[str, Any]:
    """Return the kind the feed suggests, unless an import knows better: by a title we never saw, or by the impact."""
    import_knows_kind = bool(archived.imported) and archived.kind not in TROUBLE and incoming.kind_basis != "source"
    silent = archived.impact is not Impact.UNKNOWN and not _weighs(archived, incoming)
    rating = (
        silent
        and incoming.impact is not archived.impact
        and archived.kind_basis == "impact"
        and {archived.kind, incoming.kind} <= TROUBLE
    )
    better = archived if incoming.kind is Kind.UNKNOWN or import_knows_kind or rating else incoming
    return {"kind": better.kind, "kind_basis": better.kind_basis}


def _times(archived: Incident, incoming: Incident, read_at: datetime, *, fresh: bool) -> dict[str, Any]:
    """Return start, end and phase, and the precision of the times."""
    start = _better(_start(archived), _start(incoming), START_RANK, fresh=fresh, lenient=bool(archived.imported))
    if archived.started_basis == "mended" and start.at - incoming.started >= MINUTE:
        start = _start(incoming)  # a start that had to be mended is only the latest there can have been
    elif incoming.started_basis == "mended" and incoming.id != archived.id and archived.started <= start.at:
        start = _start(archived)  # so what a page posts again after a move says nothing against an earlier one
    end, phase = _end(archived), archived.phase
    if archived.ended is None or read_at >= archived.ended:  # a reading from before the end cannot know of it
        phase = archived.phase if incoming.phase is Phase.UNKNOWN else incoming.phase
        end = _ending(archived, incoming, fresh=fresh)
    if end and end.at < start.at:
        if start.at - end.at < MINUTE:  # one to the second, the other to the minute
            end = end._replace(at=start.at, fine=start.fine)
        elif end == _end(archived) and archived.started <= end.at:  # a better end speaks against a start after it
            start = _start(archived)
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


def _ending(archived: Incident, incoming: Incident, *, fresh: bool) -> _Time | None:
    """Return the end: the incoming one, the archived one, or none if the provider took it back."""
    was, now = _end(archived), _end(incoming)
    if was is None or now is None:
        is_open = incoming.phase not in OVER and (
            incoming.phase is not Phase.UNKNOWN or archived.ended_basis == "absence"
        )
        return now or (None if is_open else was)
    return _better(was, now, END_RANK, fresh=fresh, lenient=bool(archived.imported))


def _better(was: _Time, now: _Time, rank: Mapping[str, int], *, fresh: bool, lenient: bool) -> _Time:
    """Return the finer of two times that agree, else the one in the feed, unless it is derived and the other stated.

    What we saw ourselves is the latest it can have been, and says nothing against what was known before.
    """
    if now.basis in OF_SIGHT or (was.basis in OF_SIGHT and now.at > was.at):
        return was
    if _agree(was, now, lenient=lenient):
        return now if now.fine and not was.fine else was
    weaker = rank.get(now.basis, 0) < rank.get(was.basis, 0)
    return was if weaker and not fresh else now


def _agree(one: _Time, other: _Time, *, lenient: bool) -> bool:
    """Say whether two times may be the same instant: equal, or within a minute where one is rounded (or imported)."""
    return one.at == other.at or (abs(one.at - other.at) < MINUTE and (lenient or one.fine != other.fine))


def _changes(archived: Incident, facts: Mapping[str, Any], until: datetime) -> Iterator[Change]:
    """Yield what the incident said before and says no more. What was our stopgap, or not known, is no change."""
    after = replace(archived, **facts)
    impacts = [incident.impact_stated or incident.impact.value for incident in (archived, after)]
    texts = {
        "title": ("" if archived.title_is_ours else archived.title, after.title),
        "kind": ("" if archived.title_is_ours or _follows(archived, after) else archived.kind.value, after.kind.value),
        "impact": (
            "" if impacts[0] == Impact.UNKNOWN or _is_better(archived, after, "impact") else impacts[0],
            impacts[1],
        ),
        "components": (
            "" if _is_better(archived, after, "components") else "; ".join(archived.components),
            "; ".join(after.components),
        ),
    }
    yield from (Change(what=field, was=was, until=until) for field, (was, now) in texts.items() if was and was != now)
    absent = archived.ended_basis == "absence" and after.ended
    times = {
        "started": (_start(archived), _start(after)),
        "ended": (None if absent else _end(archived), _end(after)),
        "planned_from": (_plan(archived.planned_from), _plan(after.planned_from)),
        "planned_until": (_plan(archived.planned_until), _plan(after.planned_until)),
    }
    for field, (was, now) in times.items():
        if was and not (now and _agree(was, now, lenient=bool(archived.imported))):
            yield Change(what=field, was=stamp(was.at), until=until)


def _is_better(archived: Incident, after: Incident, field: str) -> bool:
    """Say whether an impact or components were ours, or read off something, and stand on better ground now: no change."""
    was, now = (getattr(incident, f"{field}_basis") for incident in (archived, after))
    return bool(was == TITLE or WORD_RANK.get(was, 0) < WORD_RANK.get(now, 0))


def _follows(archived: Incident, after: Incident) -> bool:
    """Say whether only the kind of trouble differs, because the impact is known now and was not, or off the title only."""
    if archived.title != after.title or archived.impact is after.impact or not {archived.kind, after.kind} <= TROUBLE:
        return False
    unknown = archived.impact is Impact.UNKNOWN and not archived.impact_stated
    return unknown or _is_better(archived, after, "impact")


def _plan(at: datetime | None) -> _Time | None:
    return _Time(at, "stated", at.second != 0) if at else None
