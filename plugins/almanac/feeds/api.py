"""Reads what status pages publish for programs beside their feeds: JSON, in one of several forms.

It states what feeds leave out, impact and components; the feeds suffice without it.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Sequence
from typing import Any

from almanac.model import FeedError, Incident, Reading, Skip

from . import (
    aws_json,
    betterstack_json,
    checkly_json,
    datadog_json,
    document,
    duplicates,
    flashduty_json,
    google_json,
    incidentio_json,
    instatus_json,
    records,
    statuspage_json,
    times,
)
from .dialect import EntryError, ReadContext
from .document import digest
from .records import RecordForm

FORMS: tuple[RecordForm, ...] = (
    statuspage_json.CURRENT,  # before the history, which has fewer fields
    statuspage_json.HISTORY,
    incidentio_json.FORM,
    instatus_json.FORM,
    checkly_json.FORM,
    datadog_json.FORM,
    betterstack_json.FORM,
    flashduty_json.FORM,
    google_json.CLOUD,  # for an empty list and without a hint the first of these is taken
    google_json.WORKSPACE,
    aws_json.CURRENT,
    aws_json.EVENTS,
)
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def is_json(body: bytes) -> bool:
    """Say whether a body begins as JSON does, in whatever encoding JSON may be."""
    start = body[:100]
    for mark in _MARKS:
        start = start.removeprefix(mark)
    return start.replace(b"\x00", b"").lstrip()[:1] in (b"{", b"[")


def read(body: bytes, context: ReadContext, hint: str = "") -> Reading:
    """Return what a JSON answer says. Raises FeedError (malformed, wrong, too large, unreadable).

    `hint` is the dialect the provider's file declares; it decides only where the answer is in several forms.
    """
    form, entries = _records(body, hint)
    if len(entries) > document.MOST_ENTRIES:
        raise FeedError("too large", f"{len(entries):,} records are more than a status page has; is it the right one?")
    raw = [json.dumps(record, sort_keys=True).encode() for record in entries]
    hashes = [digest(entry, form.name) for entry in raw]
    incidents: dict[str, Incident] = {}
    skipped: list[Skip] = []
    for number, (record, key) in enumerate(zip(entries, hashes, strict=True), 1):
        if key in context.ids_by_hash:
            continue
        try:
            incidents[key] = _incident(form, record, context)
        except EntryError as error:
            skipped.append(Skip(entry=f"record {number}", why=str(error)))
        except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
            skipped.append(Skip(entry=f"record {number}", why=f"{type(error).__name__}: {error}"))
    if len(skipped) == len(entries) > 0:
        raise FeedError("unreadable", f"none of {len(entries)} records can be read as {form.name} ({skipped[0].why})")
    merged = _one_per_id(incidents.values(), context)
    ids = {key: incidents[key].id if key in incidents else context.ids_by_hash.get(key, "") for key in hashes}
    return Reading(
        provider=context.provider.slug,
        dialect=form.name,
        seen=context.read_at,
        incidents=tuple(merged),
        unchanged=tuple(dict.fromkeys(context.ids_by_hash[key] for key in hashes if key in context.ids_by_hash)),
        skipped=tuple(skipped),
        doubts=tuple(context.doubts),
        whole_entries=form.whole,
        first=not context.ids_by_hash,
        window=form.window,
        since=times.reach(form.since(record, context.zone) for record in entries if isinstance(record, dict)),
        entries=len(entries),
        items=tuple((key, ids[key]) for key in hashes if ids[key]),
    )


def _one_per_id(incidents: Iterable[Incident], context: ReadContext) -> list[Incident]:
    """Return one incident for each id: several records of one id are merged."""
    by_id: dict[str, list[Incident]] = {}
    for incident in incidents:
        by_id.setdefault(incident.id, []).append(incident)
    return [duplicates.merge(same, context) if len(same) > 1 else same[0] for same in by_id.values()]


def _incident(form: RecordForm, record: Any, context: ReadContext) -> Incident:
    if not isinstance(record, dict):
        raise EntryError(f"it is {type(record).__name__}, not an object")
    return form.read(record, context)


def _records(body: bytes, hint: str) -> tuple[RecordForm, Sequence[Any]]:
    """Return the form of an answer and its records; where it is in several, the hinted one or else the first."""
    try:
        data = records.parse(_text(body))
    except (ValueError, RecursionError) as error:
        raise FeedError("malformed", f"the JSON is cut off or broken ({error}); nothing of it was taken") from error
    fitting = [(form, listed) for form in FORMS if (listed := form.records(data)) is not None]
    if not fitting:
        raise FeedError("wrong", "this JSON lists no incidents; take the feed, or /api/v2/incidents.json")
    return next((pair for pair in fitting if pair[0].name == hint), fitting[0])


def _text(body: bytes) -> str | bytes:
    """Return the text by its byte order mark; without one the parser tells UTF-8, 16 and 32 apart."""
    return next((body.decode(codec) for mark, codec in _MARKS.items() if body.startswith(mark)), body)
