"""Reads the bytes of a feed, whatever its dialect, into incidents: the one entrance to this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from almanac.model import FeedError, Incident, Kind, Provider, Reading, Skip

from . import (
    api,
    aws,
    azure,
    betterstack,
    document,
    duplicates,
    entries,
    flashduty,
    google,
    incidentio,
    instatus,
    lambstatus,
    plain,
    statuspage,
    times,
    xai,
)
from .dialect import Dialect, EntryError, ReadContext
from .document import Document
from .entries import Entry

_FromEntries = tuple[Incident, tuple[Entry, ...]]  # an incident and the entries it was made from

DIALECTS: tuple[Dialect, ...] = (
    incidentio.DIALECT,
    instatus.DIALECT,  # before statuspage, whose markup it wears
    lambstatus.DIALECT,
    statuspage.DIALECT,
    xai.DIALECT,
    google.DIALECT,
    aws.DIALECT,
    azure.DIALECT,
    flashduty.DIALECT,
    betterstack.DIALECT,
    plain.DIALECT,  # takes everything
)
NAMES = (*(dialect.name for dialect in DIALECTS), *dict.fromkeys(form.name for form in api.FORMS))
_SAMPLES, _SAMPLE_BYTES = 3, 3_000  # how much of a feed is looked at to tell its dialect
_REFERENCES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&"))


def read(
    provider: Provider, body: bytes, *, seen: datetime, hint: str = "", items: Mapping[str, str] | None = None
) -> Reading:
    """Return what a feed says that was fetched at `seen`.

    `items` are those of the last reading: entries known by their hash are not parsed again but named in `unchanged`.
    `hint` is the dialect the provider's file declares; it decides only where the content leaves it open. Raises
    FeedError, and nothing else, if the body is no feed, is not well-formed or has no entry that can be read.
    """
    try:
        document.check_size(body)
        context = ReadContext(provider=provider, read_at=seen, ids_by_hash=items or {})
        return api.read(body, context, hint) if api.is_json(body) else _read(document.split(body), context, hint)
    except FeedError:
        raise
    except Exception as error:  # whatever a hostile feed may find costs this feed only
        raise FeedError("unreadable", f"reading failed: {type(error).__name__}: {str(error)[:200]}") from error


def detect(feed: Document, hint: str = "") -> Dialect:
    """Return a feed's dialect; `hint` breaks ties, and decides for a feed without entries or traits."""
    head = feed.head.decode("utf-8", "replace")[:_SAMPLE_BYTES]
    sample = "\n".join(entry[:_SAMPLE_BYTES].decode("utf-8", "replace") for entry in feed.entries[:_SAMPLES])
    for reference, character in _REFERENCES:
        sample = sample.replace(reference, character)
    speaking = [dialect for dialect in DIALECTS if dialect.speaks(head, sample)]
    hinted = next((dialect for dialect in DIALECTS if dialect.name == hint), plain.DIALECT)
    if hinted in speaking[:-1] or (not feed.entries and speaking[0] is plain.DIALECT):
        return hinted
    return speaking[0]


def _read(feed: Document, context: ReadContext, hint: str) -> Reading:
    dialect = detect(feed, hint)
    hashes = [document.digest(entry, dialect.name) for entry in feed.entries]
    old = _unchanged(dialect, hashes, context.ids_by_hash)
    new_entries = [(at, digest) for at, digest in enumerate(hashes) if digest not in old]
    fresh = entries.parse(feed, new_entries, context.read_at, context.zone)
    _doubt_dates(fresh, context)
    incidents, skipped = _incidents(dialect, fresh, context)
    old_ids = set(old.values())
    if any(incident.id in old_ids for incident, _ in incidents):  # told of by an entry we skipped as well: read both
        return _read(feed, replace(context, ids_by_hash={}), hint)
    if feed.entries and not incidents and not old:
        why = f"{skipped[0].entry}: {skipped[0].why}"
        raise FeedError("unreadable", f"none of {len(hashes)} entries can be read as {dialect.name} ({why})")
    stateless = sum(incident.kind is Kind.UNKNOWN for incident, _ in incidents)
    if stateless * 2 > len(incidents):
        context.doubt(f"{stateless} of {len(incidents)} entries say neither in words nor in form how they stand")
    if feed.mended:
        context.doubt(f"the XML is not well-formed: {feed.mended} references mended; it may add, but changes nothing")
    items = {**old, **{entry.hash: incident.id for incident, group in incidents for entry in group}}
    oldest = entries.oldest(feed, context.zone)
    return Reading(
        provider=context.provider.slug,
        dialect=dialect.name,
        seen=context.read_at,
        incidents=tuple(incident for incident, _ in incidents),
        unchanged=tuple(dict.fromkeys(old.values())),
        skipped=tuple(skipped),
        doubts=tuple(context.doubts),
        whole_entries=dialect.whole_entries,
        first=not context.ids_by_hash,
        window=dialect.window,
        since=min(oldest, context.read_at) if oldest else None,
        entries=len(feed.entries),
        items=tuple(
            context.ids_by_hash.items()  # what changed in it is still to be read once it is well-formed
            if feed.mended
            else ((digest, items[digest]) for digest in hashes if digest in items)
        ),
        is_mended=bool(feed.mended),
    )


def _doubt_dates(fresh: Sequence[Entry], context: ReadContext) -> None:
    """Note which stamps cannot be read, and which say too little; of these the first, and how many there are."""
    assumed: dict[str, list[str]] = {}
    for entry in fresh:
        for stamp in entry.unreadable:
            context.doubt(f"{stamp[:40]!r} in {entry.name[:80]} is no time; it counts as undated")
        for lack, stamp in entry.assumed:
            assumed.setdefault(lack, []).append(f"{stamp[:40]!r} in {entry.name[:80]}")
    for lack, stamps in assumed.items():
        more = f" (so have {len(stamps) - 1:,} more)" if len(stamps) > 1 else ""
        context.doubt(f"{stamps[0]} has {lack}{more}; read as {times.ASSUMED[lack]} {context.zone}")


def _unchanged(dialect: Dialect, hashes: Sequence[str], previous: Mapping[str, str]) -> dict[str, str]:
    """Return incident ids by the hash of entries that need no parsing; of grouped entries all of the feed or none."""
    if not dialect.one_entry_an_incident and not all(digest in previous for digest in hashes):
        return {}
    present = set(hashes)
    changed = {name for digest, name in previous.items() if digest not in present}  # of duplicates, one may have gone
    return {digest: previous[digest] for digest in hashes if digest in previous and previous[digest] not in changed}


def _incidents(dialect: Dialect, fresh: Sequence[Entry], context: ReadContext) -> tuple[list[_FromEntries], list[Skip]]:
    """Return each incident with the entries it was made from, and the entries that cannot be read."""
    groups, skipped = _groups(dialect, fresh)
    readings: list[_FromEntries] = []
    for group in groups:
        try:
            readings.append((dialect.read(group, context), group))
        except EntryError as error:
            skipped += [Skip(entry=entry.name, why=str(error)) for entry in group]
        except (ValueError, ArithmeticError, LookupError, TypeError) as error:
            skipped += [Skip(entry=entry.name, why=f"{type(error).__name__}: {error}") for entry in group]
    return (_one_per_id(readings, context) if dialect.one_entry_an_incident else readings), skipped


def _one_per_id(readings: Sequence[_FromEntries], context: ReadContext) -> list[_FromEntries]:
    """Return one reading for each id: several of one id are merged."""
    by_id: dict[str, list[_FromEntries]] = {}
    for incident, group in readings:
        by_id.setdefault(incident.id, []).append((incident, group))
    return [
        (duplicates.merge([incident for incident, _ in same], context), tuple(entry for _, g in same for entry in g))
        for same in by_id.values()
    ]


def _groups(dialect: Dialect, fresh: Sequence[Entry]) -> tuple[list[tuple[Entry, ...]], list[Skip]]:
    groups: dict[str, list[Entry]] = {}
    skipped: list[Skip] = []
    for entry in fresh:
        try:
            groups.setdefault(dialect.key(entry), []).append(entry)
        except EntryError as error:
            skipped.append(Skip(entry=entry.name, why=str(error)))
    if dialect.one_entry_an_incident:
        return [(entry,) for group in groups.values() for entry in group], skipped
    return [part for group in groups.values() for part in dialect.split(group)], skipped
