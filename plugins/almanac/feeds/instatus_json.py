"""Reads Instatus's summary.json: what goes on now, with its severity and its newest state; texts are in the feed."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from almanac.model import Incident, Window

from . import records
from .dialect import Draft, EntryError, Post, ReadContext, incident, tidy_link
from .records import Record, RecordForm, mapping, text

_LISTS = ("activeIncidents", "activeMaintenances")
_PHASES = MappingProxyType({"NOTSTARTEDYET": "Scheduled", "INPROGRESS": "In progress"})


def _records(answer: Any) -> Sequence[Any] | None:
    """Return what goes on; a page on which nothing does has neither list, and a word for its own state."""
    page = mapping(mapping(answer).get("page"))
    if not (any(name in mapping(answer) for name in _LISTS) or (set(mapping(answer)) == {"page"} and "status" in page)):
        return None
    return [
        {**record, "page_url": text(page.get("url")), "planned": name != _LISTS[0]}
        if isinstance(record, dict)
        else record
        for name in _LISTS
        for record in records.listing(answer.get(name))
    ]


def _read(record: Record, context: ReadContext) -> Incident:
    name, planned = text(record.get("id")), bool(record["planned"])
    if not name:
        raise EntryError("it has no id")
    status = text(record.get("status"))
    started = records.optional_time(record.get("started") or record.get("start"), record, context)
    post = Post(
        at=records.optional_time(record.get("updatedAt"), record, context) or started or context.read_at,
        printed=_PHASES.get(status, status.capitalize()),
    )
    link = tidy_link(text(record.get("url")))
    draft = Draft(
        id=name,
        title=records.words(record["name"]),
        dialect=FORM.name,
        posts=[post],
        source=link or records.own_link(text(record.get("page_url")), "", name, context),
        started=started,
        started_basis="stated" if started else "first-update",
        planned=planned,
        planned_from=started if planned else None,
        impact_basis="stated",
        impact_stated=text(record.get("impact")),
    )
    return incident(draft, context)


FORM = RecordForm(
    name="instatus-json",
    records=_records,
    read=_read,
    since=records.since("started", "start"),
    window=Window.CURRENT,
    whole=False,
)
