"""Merges a reading into the archive: known and seen incidents in, changes out. Pure; nothing is ever lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from almanac.merge import absence, facts
from almanac.merge.coverage import cover, in_order, settle
from almanac.merge.identity import candidates, counterpart
from almanac.merge.updates import in_effect
from almanac.model import Change, Incident, Reading, Window, stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What to save after a reading."""

    incidents: tuple[Incident, ...] = ()  # new or changed, by id
    last_open: tuple[tuple[str, datetime], ...] = ()  # of all that are open: when each was last seen so, by id
    twins: tuple[tuple[str, str], ...] = ()  # (new id, known id) of what may be one incident; for a person to look at


def merge(
    known: Mapping[str, Incident],
    reading: Reading,
    last_open: Iterable[tuple[str, datetime]] = (),
    shown_ids: Collection[str] = (),
) -> Merged:
    """Bring what a feed says together with what is known of its provider (by id).

    `last_open` is that of the pull before. Merging the same reading again gives no incidents. A reading of a feed that had
    to be mended adds what is new, and says nothing of what is known. `shown_ids` are the ids of what another feed of the
    provider shows in this pull: of those the reading only fills in what that one leaves out.
    """
    if reading.is_mended:
        reading = replace(reading, unchanged=(), window=Window.ROLLING, since=None)
    names = {alias: incident.id for incident in known.values() for alias in incident.aliases}
    by_id = {incident.id: incident for incident in reading.incidents}
    archive_id = {name: names.get(name, name) for name in (*by_id, *reading.unchanged)}
    archive_id |= _match_renamed(
        [i for i in by_id.values() if archive_id[i.id] not in known], known, set(archive_id.values())
    )
    present = set(archive_id.values())
    after = dict(known)
    for name, incident in sorted(by_id.items()):
        was = after.get(archive_id[name])
        if was and reading.is_mended:
            continue
        if was is None:
            after[archive_id[name]] = facts.new_incident(incident, reading)
        else:
            bring_together = facts.fill_in if was.id in shown_ids else facts.merge_incident
            after[archive_id[name]] = bring_together(was, incident, reading)
    for name in sorted((present & known.keys()) - set(shown_ids)) if not reading.is_mended else ():
        if reading.beside and after[name].dialect != reading.dialect:
            continue  # it is missing where it was seen, and that feed says so again each time
        after[name] = _mark_reappeared(after[name], reading)
    sights = dict(last_open)
    after |= {i.id: i for i in absence.missing(known.values(), present | set(shown_ids), reading, sights)}
    return Merged(
        incidents=tuple(after[name] for name in sorted(after) if after[name] != known.get(name)),
        last_open=_last_open(after, present, sights, reading.seen),
        twins=tuple(sorted(_twins([after[n] for n in sorted(present - known.keys())], known, present))),
    )


def _match_renamed(new: Iterable[Incident], archived: Mapping[str, Incident], present: set[str]) -> dict[str, str]:
    """Map ids in the feed to those under which the archive has the same incidents, where there is no doubt."""
    free = [incident for name, incident in archived.items() if name not in present]
    matches = {incident.id: other.id for incident in new if (other := counterpart(incident, free))}
    claims = list(matches.values())
    return {name: other for name, other in matches.items() if claims.count(other) == 1}


def _mark_reappeared(incident: Incident, reading: Reading) -> Incident:
    """Return an incident that is in the feed; if it had vanished, with that gap among its changes."""
    if incident.vanished is None:
        return incident
    gap = Change(what="vanished", was=stamp(incident.vanished), until=reading.seen)
    return replace(incident, vanished=None, changes=(*incident.changes, gap))


def _last_open(
    after: Mapping[str, Incident], present: set[str], sights: Mapping[str, datetime], read_at: datetime
) -> tuple[tuple[str, datetime], ...]:
    """Return when each open incident was last seen open, by id."""
    current = dict.fromkeys(present, read_at)
    return tuple(
        (name, at) for name, at in sorted({**sights, **current}.items()) if name in after and after[name].is_open
    )


def _twins(new: Iterable[Incident], archived: Mapping[str, Incident], present: set[str]) -> Iterable[tuple[str, str]]:
    """Yield pairs of ids, new and archived, of what may be one incident: the same start, no other component."""
    others = [incident for name, incident in archived.items() if name not in present]
    for incident in new:
        same, maybe = candidates(incident, others)
        yield from ((incident.id, other.id) for other in (*same, *maybe))
