"""Reads incident.io's JSON for widgets (api/v1/summary): what goes on now, with its severity and its components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from almanac.model import Incident, Window
from almanac.text import markdown

from . import incidentio, records
from .dialect import Draft, EntryError, Post, ReadContext, incident
from .records import Record, RecordForm, text

_LISTS = ("ongoing_incidents", "in_progress_maintenances", "scheduled_maintenances")
_PHASES = {"maintenance_scheduled": "Scheduled", "maintenance_in_progress": "In progress"}


def _records(answer: Any) -> Sequence[Any] | None:
    if not isinstance(answer, dict) or not isinstance(answer.get("ongoing_incidents"), list):
        return None
    page = text(answer.get("page_url"))
    listed = [(record, name) for name in _LISTS for record in records.listing(answer.get(name))]
    return [
        {**record, "page_url": page, "planned": name != _LISTS[0]} if isinstance(record, dict) else record
        for record, name in listed
    ]


def _read(record: Record, context: ReadContext) -> Incident:
    name = text(record.get("id"))
    if not name:
        raise EntryError("it has no id")
    started = incidentio.ulid_time(name) if incidentio.is_ulid(name) else None
    planned, status = bool(record["planned"]), text(record.get("status"))
    post = Post(
        at=records.time(record.get("last_update_at"), record, context),
        printed=_PHASES.get(status, status.replace("_", " ").capitalize()),
        html=markdown.article(text(record.get("last_update_message"))),
    )
    draft = Draft(
        id=name,
        title=records.words(record["name"]),
        dialect=FORM.name,
        posts=[post],
        source=records.own_link(text(record.get("page_url")), "incidents", name, context),
        started=started,
        started_basis="ulid" if started else "first-update",
        planned=planned,
        planned_from=records.optional_time(record.get("starts_at") or record.get("started_at"), record, context),
        planned_until=records.optional_time(record.get("ends_at") or record.get("scheduled_end_at"), record, context),
        impact_stated=text(record.get("current_worst_impact")),
        impact_basis="stated",
        components=records.names(record, "affected_components", "name", context),
        components_basis="current",  # those concerned now; the feed lists all that ever were
    )
    return incident(draft, context)


FORM = RecordForm(
    name="incidentio-json",
    records=_records,
    read=_read,
    since=records.since("last_update_at"),
    window=Window.CURRENT,
    whole=False,
)
