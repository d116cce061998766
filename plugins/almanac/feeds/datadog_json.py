"""Reads config.json of a status page of Datadog: every incident with its posts and the state of components in each.

The page is made in the browser from this document alone. The components of an incident have their state of now, which
is "operational" once it is over, so how bad it was stands in its posts only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from almanac.model import Incident, Phase

from . import records
from .dialect import Draft, EntryError, Post, ReadContext, incident, oldest_first
from .records import Record, RecordForm, mapping, text

_WORST = ("major_outage", "partial_outage", "degraded", "maintenance")  # the worst first


def _records(answer: Any) -> Sequence[Any] | None:
    outer = mapping(answer)
    if not isinstance(outer.get("incidents"), list) or not {"pageUrl", "components", "maintenances"} <= outer.keys():
        return None
    domain = text(outer.get("customDomain")) if outer.get("customDomainEnabled") else ""
    page = f"https://{domain}" if domain else text(outer.get("pageUrl"))
    plans = [{**plan, "planned": True} for plan in records.listing(outer.get("maintenances")) if isinstance(plan, dict)]
    return [
        {**record, "page_url": page} if isinstance(record, dict) else record for record in outer["incidents"] + plans
    ]


def _read(record: Record, context: ReadContext) -> Incident:
    name = text(record.get("id"))
    if not name:
        raise EntryError("it has no id")
    if record.get("planned"):
        raise EntryError("it is a maintenance, whose form was never seen")
    updates = list(records.parts(record, "timeline", context))
    posts = [_post(update, record, context) for update in updates]
    start = records.optional_time(record.get("publishedDate"), record, context)
    is_over = record.get("resolved") is True
    end = records.optional_time(record.get("resolvedDate"), record, context) if is_over else None
    concerned = [part for holder in (*updates, record) for part in records.parts(holder, "componentsAffected", context)]
    draft = Draft(
        id=name,
        title=records.words(record["title"]),
        dialect=FORM.name,
        posts=oldest_first(posts, lambda post: post.at) or [Post(at=start or context.read_at)],
        source=records.own_link(text(record.get("page_url")), "incidents", name, context),
        started=start,
        started_basis="stated" if start else "first-update",
        ended=end,
        ended_basis="stated" if end else "",
        phase=Phase.RESOLVED if is_over else None,
        impact_basis="stated",
        impact_stated=records.worst((text(part.get("status")) for part in concerned), _WORST),
        components_basis="stated",
        components=records.each_once(records.words(part.get("name")) for part in concerned),
    )
    return incident(draft, context)


def _post(update: Record, record: Record, context: ReadContext) -> Post:
    return Post(
        at=records.time(update.get("startedAt") or update.get("createdAt"), record, context),
        printed=text(update.get("status")).replace("_", " ").capitalize(),
        html=records.body(update.get("description")),
        upstream_id=text(update.get("id")),
    )


def _since(record: Record, zone: tzinfo) -> datetime | None:
    """Return the start of what is over: what goes on stands there however old it is."""
    return records.since("publishedDate")(record, zone) if record.get("resolved") is True else None


FORM = RecordForm(name="datadog-json", records=_records, read=_read, since=_since)
