"""Reads Checkly's unresolved-incidents: what goes on now, with its severity, its services and every post."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from almanac.model import Incident, Window

from . import records
from .dialect import Draft, EntryError, Post, ReadContext, incident, oldest_first
from .records import Record, RecordForm, text


def _records(answer: Any) -> Sequence[Any] | None:
    """Return the incidents of an answer that holds nothing else; without one it says that nothing goes on."""
    if not isinstance(answer, dict) or set(answer) != {"incidents"} or not isinstance(answer["incidents"], list):
        return None
    listed = answer["incidents"]
    has_updates = any(isinstance(record, dict) and "incidentUpdates" in record for record in listed)
    return listed if has_updates or not listed else None


def _read(record: Record, context: ReadContext) -> Incident:
    name = text(record.get("id"))
    if not name:
        raise EntryError("it has no id")
    posts = [_post(update, record, context) for update in records.parts(record, "incidentUpdates", context)]
    status = text(record.get("lastUpdateStatus"))
    at = records.optional_time(record.get("created_at"), record, context)
    draft = Draft(
        id=name,
        title=records.words(record["name"]),
        dialect=FORM.name,
        posts=oldest_first(posts, lambda post: post.at) or [Post(at=at or context.read_at, printed=status)],
        source=records.own_link("", "incident", name, context),
        impact_basis="stated",
        impact_stated=text(record.get("severity")),
        components_basis="stated",
        components=records.names(record, "services", "name", context),
    )
    return incident(draft, context)


def _post(update: Record, record: Record, context: ReadContext) -> Post:
    return Post(
        at=records.time(update.get("publicIncidentUpdateDate") or update.get("created_at"), record, context),
        printed=text(update.get("status")).capitalize(),
        html=records.body(update.get("description")),
        upstream_id=text(update.get("id")),
    )


FORM = RecordForm(
    name="checkly-json", records=_records, read=_read, since=records.since("created_at"), window=Window.CURRENT
)
