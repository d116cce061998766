"""Reads Google's incidents.json: Google Cloud's, and that of the Workspace dashboard, which carries the Gemini app.

It states what the feed does not: the severity, and products as a list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from almanac.model import Incident, Phase
from almanac.text import markdown

from . import records
from .dialect import Draft, EntryError, Post, ReadContext, incident, tidy_link
from .records import Record, RecordForm, text


def _records(answer: Any) -> Sequence[Any] | None:
    """Return the records; an empty list may be anybody's, and is taken for Google's if nothing else is said of it."""
    if not isinstance(answer, list):
        return None
    is_googles = not answer or any(isinstance(record, dict) and "external_desc" in record for record in answer)
    return answer if is_googles else None


def _reader(dialect: str, page: str) -> Callable[[Record, ReadContext], Incident]:
    """Return what reads the records of one of Google's pages."""

    def read(record: Record, context: ReadContext) -> Incident:
        name = text(record.get("id"))
        if not name:
            raise EntryError("it has no id")
        ended = records.time(record["end"], record, context) if record.get("end") else None  # what has an end is over
        severity = text(record.get("severity"))
        updates = list(records.parts(record, "updates", context))[::-1]  # the newest comes first, also of one second
        updates.sort(key=lambda update: str(update.get("when")))
        draft = Draft(
            id=name,
            title=records.words(record["external_desc"]),
            dialect=dialect,
            posts=[
                _post(update, phase, record, context)
                for update, phase in zip(updates, _phases(updates, is_over=ended is not None), strict=True)
            ],
            source=tidy_link(page + (text(record.get("uri")) or f"incidents/{name}").lstrip("/")),
            started=records.time(record["begin"], record, context),
            started_basis="stated",
            ended=ended,
            ended_basis="stated" if ended else "",
            phase=Phase.RESOLVED if ended else None,
            impact_basis="stated",
            impact_stated=text(record["status_impact"]) + (f"/{severity}" if severity else ""),
            components_basis="stated",
            components=records.names(record, "affected_products", "title", context),
        )
        return incident(draft, context)

    return read


def _phases(updates: Sequence[Record], *, is_over: bool) -> list[Phase | None]:
    """Return the phase of each update: its state is a level of service, of which AVAILABLE says that it is over.

    It is not where no end is stated, unless another level comes after it: then it had been over, and has begun again.
    """
    fine = [update.get("status") == "AVAILABLE" for update in updates]
    last = max((number for number, is_fine in enumerate(fine) if not is_fine), default=-1)
    first = fine.index(True) if True in fine else len(fine)
    return [
        (Phase.RESOLVED if is_over or number < last else None)
        if is_fine
        else (Phase.INVESTIGATING if number > first else None)
        for number, is_fine in enumerate(fine)
    ]


def _post(update: Record, phase: Phase | None, record: Record, context: ReadContext) -> Post:
    """Return an update as a post; its text is Markdown."""
    at = records.time(update.get("when"), record, context)
    return Post(at=at, html=markdown.article(text(update.get("text"))), phase=phase)


def _form(name: str, page: str) -> RecordForm:
    return RecordForm(name=name, records=_records, read=_reader(name, page), since=records.since("begin"))


CLOUD = _form("google-json", "https://status.cloud.google.com/")
WORKSPACE = _form("google-workspace-json", "https://www.google.com/appsstatus/dashboard/")
