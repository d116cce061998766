"""Holds an archive against what an observer knows of a page: nothing lost, doubled or made up, every fact as it was shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

from almanac.model import OVER, TROUBLE, Impact, Incident
from almanac.text import markdown
from almanac.world.sight import Memory, Observer, Sight

MINUTE = timedelta(minutes=1)

Archive = Mapping[str, Incident]


class Fault(NamedTuple):
    """Something that an archive has otherwise than it was: of which sort, of which incident, and what."""

    sort: str  # lost, doubled, made up, late, vanished, or the fact that is wrong
    name: str
    words: str

    def __str__(self) -> str:
        return f"{self.sort}: {self.name}: {self.words}"


def faults(observer: Observer, archive: Archive, before: Archive = MappingProxyType({})) -> Iterator[Fault]:
    """Yield what an archive has otherwise than the observer saw it. Each event must stand there once.

    `before` is what the archive had imported before the observer looked for the first time.
    """
    owners: dict[str, str] = {}
    names = {alias: one.id for one in archive.values() for alias in (one.id, *one.aliases)}
    for event, memory in observer.memories.items():
        records = {names[name] for name in memory.names if name in names}
        owners |= dict.fromkeys(records, event)
        if not records:
            yield Fault("lost", event, f"it was shown as {', '.join(memory.names)}")
        elif len(records) > 1:
            if _is_known_again(memory):
                yield Fault("doubled", event, f"it stands there as {' and as '.join(sorted(records))}")
        else:
            record = archive[records.pop()]
            yield from _faults(observer, event, record, before.get(record.id))
    for name in archive.keys() - owners.keys():
        yield Fault("made up", name, f"{archive[name].title} was never shown")


def _faults(observer: Observer, event: str, record: Incident, before: Incident | None) -> Iterator[Fault]:
    known, page, memory = observer.sight(event), observer.page, observer.memories[event]
    was_over = memory.first.is_over or (known.ended is not None and known.ended <= memory.first.posts[0].at)
    if record.posted_late and not was_over:
        yield Fault("late", event, "it is said to have been posted late, and was posted before its end")
    if record.vanished and event not in set(observer.taken_down()):
        yield Fault("vanished", event, f"{page.slug} is said to have taken it down, and did not")
    yield from (Fault("lost", event, f"of its posts: {text}") for text in sorted(memory.texts - _texts(record)))
    yield from (Fault("lost", event, f"of its titles: {title}") for title in sorted(memory.titles - _titles(record)))
    if record.dialect not in memory.dialects:
        yield Fault("dialect", event, f"it is {record.dialect} and was {memory.form.dialect}")
    kept = as_kept(record)
    only_here = len(memory.dialects) == 1 and before is None
    differing = differences(known, kept) if only_here else essential_differences(known, kept, before)
    for name, (one, other) in differing.items():
        yield Fault(name, event, f"it is {other} and was {one}")


def _is_known_again(memory: Memory) -> bool:
    """Say whether under any two names of an event one post was seen: else nobody can know that it is one."""
    return any(one & other for one, other in combinations(memory.names.values(), 2))


def _texts(record: Incident) -> set[str]:
    """Return all texts that an incident holds, the former ones included."""
    texts = (text for update in record.updates for text in (update.text, *(was.text for was in update.was)))
    return set(map(markdown.plain, texts))


def _titles(record: Incident) -> set[str]:
    return {record.title, *(change.was for change in record.changes if change.what == "title")}


def as_kept(record: Incident) -> Sight:
    """Return what an incident of the archive says, in the terms of an observer."""
    return Sight(
        title=record.title,
        kind=record.kind,
        started=record.started,
        ended=record.ended,
        phase=record.phase,
        impact=record.impact,
        components=record.components,
        lines=tuple((u.at, u.phase, markdown.plain(u.text)) for u in record.updates if u.gone is None),
    )


def differences(told: Sight, kept: Sight) -> dict[str, tuple[object, object]]:
    """Return what differs, by the name of the fact.

    What was never said anybody may guess: impact and components. Of trouble only some forms say of which kind it is.
    """
    both_are_trouble = told.kind in TROUBLE and kept.kind in TROUBLE
    equal = {
        "kind": both_are_trouble or told.kind is kept.kind,
        "impact": told.impact is Impact.UNKNOWN or told.impact is kept.impact,
        "components": not told.components or set(told.components) == set(kept.components),
    }
    facts = [name for name in Sight._fields if not equal.get(name, getattr(told, name) == getattr(kept, name))]
    return {name: (getattr(told, name), getattr(kept, name)) for name in facts}


def essential_differences(told: Sight, kept: Sight, before: Incident | None = None) -> dict[str, tuple[object, object]]:
    """Return what differs of an event that was known in another form before: this one may be finer or coarser in all else.

    `before` is the incident as an import knew it, whose times stand as well as those of the feed.
    """
    pairs: dict[str, tuple[object, object]] = {
        "title": (told.title, kept.title),
        "kind": (told.kind in TROUBLE, kept.kind in TROUBLE),
        "phase": (told.phase in OVER, kept.phase in OVER),
        "impact": (told.impact, kept.impact if told.impact is not Impact.UNKNOWN else told.impact),
        "components": (set(told.components), set(kept.components) if told.components else set()),
    }
    for name in ("started", "ended"):
        one, other = getattr(told, name), getattr(kept, name)
        if not _near(one, other) and (before is None or other != getattr(before, name)):
            pairs[name] = one, other
    return {name: (one, other) for name, (one, other) in pairs.items() if one != other}


def _near(one: datetime | None, other: datetime | None) -> bool:
    return one == other or (one is not None and other is not None and abs(one - other) < MINUTE)
