"""What must hold of an archive whatever a provider did: nothing lost, nothing changed without a trace, all readable."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from almanac import archive
from almanac.model import TROUBLE, Change, Impact, Incident, Revision, Span, Update

MINUTE = timedelta(minutes=1)

Archive = Mapping[str, Incident]
Seen = tuple[str, datetime, str]  # id of an incident, minute and text of a post


def lost(seen: Iterable[Seen], titles: Iterable[tuple[str, str]], known: Archive) -> Iterator[str]:
    """Yield posts and titles that were once seen and that the archive holds neither as current nor as former."""
    posts = {(name, at, text) for name, one in known.items() for u in one.updates for at, text in _tellings(u)}
    yield from (f"lost: {post}" for post in seen if post not in posts)
    named = {(name, title) for name, one in known.items() for title in (one.title, *_were(one, "title"))}
    yield from (f"lost: title {title}" for title in titles if title not in named)


def _tellings(update: Update) -> Iterator[tuple[datetime, str]]:
    """Minute and text of a post as it is and as it ever was."""
    at = update.at
    yield from ((minute, update.text) for minute in _minutes(at))
    for was in reversed(update.was):
        at = was.at or at
        yield from ((minute, was.text) for minute in _minutes(at))


def _minutes(at: datetime) -> tuple[datetime, ...]:
    """Return the minutes that a feed may show for a time: it rounds down or up."""
    down = at.replace(second=0)
    return (down, down + MINUTE) if at.second else (down,)


def _were(one: Incident, what: str) -> list[str]:
    return [change.was for change in one.changes if change.what == what]


def silent(before: Archive, after: Archive, now: datetime) -> Iterator[str]:
    """Yield what differs between two archives, the second saved at `now`, without the old value being kept."""
    for name, was in before.items():
        if name not in after:
            yield f"{name}: gone from the archive"
            continue
        yield from (f"{name}: {fault}" for fault in _silent(was, after[name], now))


def _silent(was: Incident, one: Incident, now: datetime) -> Iterator[str]:
    fresh = one.changes[len(was.changes) :]
    if one.changes[: len(was.changes)] != was.changes or one.first_seen != was.first_seen:
        yield "its history was rewritten"
    if any(change.until != now for change in fresh):
        yield "a change is dated otherwise than it was seen"
    said = {change.what for change in fresh}
    yield from (f"{what} changed without a trace" for what in _differing(was, one) if what not in said)
    if not _paired(was.updates, one.updates, fresh, now):
        yield f"posts changed without a trace: {was.updates} to {one.updates}"


def _differing(was: Incident, one: Incident) -> Iterator[str]:
    """Names of facts that were stated before and are otherwise now."""
    if was.title != one.title:
        yield "title"
    learnt = was.impact is Impact.UNKNOWN and one.impact is not Impact.UNKNOWN and was.title == one.title
    if was.kind != one.kind and not (learnt and {was.kind, one.kind} <= TROUBLE):
        yield "kind"
    if was.impact not in (one.impact, Impact.UNKNOWN):
        yield "impact"
    if was.components and set(was.components) != set(one.components):
        yield "components"
    if abs(was.started - one.started) >= MINUTE:
        yield "started"
    if was.ended and (one.ended is None or abs(was.ended - one.ended) >= MINUTE):
        yield "ended"
    if was.vanished and one.vanished != was.vanished:
        yield "vanished"


def _paired(old: Sequence[Update], new: Sequence[Update], changes: Sequence[Change], now: datetime) -> bool:
    """Whether each old post can be one of the new ones, each another, with whatever changed of it kept there."""
    owner: dict[int, int] = {}

    def finds(mine: int, tried: set[int]) -> bool:
        for its, update in enumerate(new):
            if its in tried or not _carries(old[mine], update, changes, now):
                continue
            tried.add(its)
            if its not in owner or finds(owner[its], tried):
                owner[its] = mine
                return True
        return False

    return all(finds(mine, set()) for mine in range(len(old)))


def _carries(was: Update, update: Update, changes: Sequence[Change], now: datetime) -> bool:
    """Whether `update` can be what became of `was`."""
    fresh = update.was[len(was.was) :]
    if update.seen != was.seen or update.was[: len(was.was)] != was.was:
        return False
    if was.gone and update.gone is None and not any(change.what.startswith("gone update") for change in changes):
        return False
    if update.gone not in (was.gone, None, now):
        return False
    reworded = bool(was.printed) and update.printed.lower() != was.printed.lower()
    kept = Revision(text=was.text, until=now, printed=was.printed if reworded else "")
    moved = replace(kept, at=was.at)
    if abs(update.at - was.at) >= MINUTE:
        return fresh == (moved,)
    if reworded or (was.text and update.text != was.text):
        return fresh in ((kept,), (moved,))
    return fresh in ((), (moved,))  # a time may become finer without a word


def unreadable(content: Path) -> Iterator[str]:
    """Files that do not come out of the archive as they went in."""
    for path in (content / "incidents").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        if archive.render(archive.parse(text, path.name)) != text:
            yield f"{path.name} is not rendered to itself"


def unwatched(claimed: Iterable[Span], watched: Iterable[tuple[datetime, datetime]]) -> Iterator[str]:
    """Spans of the record that reach beyond the times in which an incident would have been seen."""
    joined: list[tuple[datetime, datetime]] = []
    for since, until in sorted(watched):
        if joined and since <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(until, joined[-1][1])
        else:
            joined.append((since, until))
    for span in claimed:
        if not any(since <= span.since and span.until <= until for since, until in joined):
            yield f"nobody watched all of {span.since} to {span.until}"
