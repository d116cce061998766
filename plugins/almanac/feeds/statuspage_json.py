"""Reads Statuspage's JSON: api/v2/incidents.json, and api/v2/summary.json, which holds only what goes on.

It states what the feeds do not: impact, components, and times to the second. incident.io answers in the same form,
without components, under ids and in words of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from almanac.model import OVER, Incident, Window
from almanac.text import markdown

from . import incidentio, records, wording
from .dialect import Draft, EntryError, Post, ReadContext, incident, oldest_first, tidy_link
from .records import Record, RecordForm, mapping, text


def _history(answer: Any) -> Sequence[Any] | None:
    """Return the records of incidents.json. The page's own fields move with everything; only its address is kept."""
    if not isinstance(answer, dict) or "page" not in answer or not isinstance(answer.get("incidents"), list):
        return None
    page = text(mapping(answer["page"]).get("url"))
    plans = records.listing(answer.get("scheduled_maintenances"))
    return [
        {**record, "page_url": page} if isinstance(record, dict) else record for record in answer["incidents"] + plans
    ]


def _current(answer: Any) -> Sequence[Any] | None:
    """Return the records of summary.json, which has the state of all components beside them."""
    return _history(answer) if isinstance(answer, dict) and "status" in answer and "components" in answer else None


def _read(record: Record, context: ReadContext) -> Incident:
    name = text(record.get("id"))
    if not name:
        raise EntryError("it has no id")
    is_incidentio = incidentio.is_ulid(name)
    updates = records.parts(record, "incident_updates", context)
    posts = _in_order([_post(update, record, context) for update in updates])
    from_, until = record.get("scheduled_for"), record.get("scheduled_until")
    started = incidentio.ulid_time(name) if is_incidentio else None
    draft = Draft(
        id=name,
        title=records.words(record["name"]),
        dialect=HISTORY.name,
        posts=posts if is_incidentio else [_as_printed(post, posts[:n]) for n, post in enumerate(posts)],
        source=_source(record, name, context),
        started=started,
        started_basis="ulid" if started else "first-update",
        planned=bool(from_),
        planned_from=records.optional_time(from_, record, context),
        planned_until=records.optional_time(until, record, context),
        impact_basis="stated",
        impact_stated=text(record.get("impact")),
        components_basis="stated",
        components=records.names(record, "components", "name", context),
    )
    return incident(draft, context)


def _in_order(posts: Sequence[Post]) -> list[Post]:
    """Return the posts oldest first. The newest is listed first, also of several of one time, unless a list ascends."""
    ascends = bool(posts) and posts[0].at < posts[-1].at
    return oldest_first(posts[::-1] if ascends else posts, lambda post: post.at)


def _source(record: Record, name: str, context: ReadContext) -> str:
    """Return the address of an incident on its page; where the answer does not name that, a link to the incident."""
    page, link = text(record.get("page_url")), tidy_link(text(record.get("shortlink")))
    if not page and link.endswith(f"/incidents/{name}"):
        return link
    return records.own_link(page, "incidents", name, context)


def _post(update: Record, record: Record, context: ReadContext) -> Post:
    is_incidentio = incidentio.is_ulid(text(record.get("id")))
    body = update.get("body")
    status = update.get("status")
    if not isinstance(status, str):
        context.doubt(f"a post of {records.name_of(record)} has no status")
        status = ""
    return Post(
        at=records.time(update.get("display_at") or update.get("created_at"), record, context),
        printed=status.replace("_", " ").capitalize(),
        html=markdown.article(text(body)) if is_incidentio else records.body(body),
    )


def _as_printed(post: Post, before: list[Post]) -> Post:
    """Return the post as the feed prints it: "Update" where the state did not change."""
    return replace(post, printed="Update") if before and before[-1].printed == post.printed else post


def _since(record: Record, zone: tzinfo) -> datetime | None:
    """Return the time of a record that is over; what goes on may be listed however old it is, as in unresolved.json."""
    updates = [update for update in records.listing(record.get("incident_updates")) if isinstance(update, dict)]
    newest = max(updates, key=lambda update: text(update.get("display_at")), default={})
    status = text(record.get("status") or newest.get("status"))
    return records.since("created_at")(record, zone) if wording.phase(status) in OVER else None


HISTORY = RecordForm(name="statuspage-json", records=_history, read=_read, since=_since)
CURRENT = replace(HISTORY, records=_current, window=Window.CURRENT)
