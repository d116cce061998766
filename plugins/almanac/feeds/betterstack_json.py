"""Reads Better Stack's index.json (JSON:API): reports with all their updates, and the state of what they concern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from almanac.model import OVER, Incident, Phase

from . import records, wording
from .dialect import Draft, EntryError, Post, ReadContext, incident
from .records import Record, RecordForm, listing, mapping, text

_WORST = ("downtime", "degraded", "maintenance")  # states of a resource that say how bad it was, the worst first
_FINE = frozenset({"resolved", "operational"})


def _records(answer: Any) -> Sequence[Any] | None:
    """Return the reports, each with its updates and the names of its resources instead of references to them."""
    data = mapping(answer).get("data")
    if not isinstance(data, dict) or data.get("type") != "status_page":
        return None
    included = [item for item in listing(answer.get("included")) if isinstance(item, dict)]
    by_id = {(text(item.get("type")), text(item.get("id"))): mapping(item.get("attributes")) for item in included}
    domain = text(mapping(data.get("attributes")).get("custom_domain"))
    page = f"https://{domain}" if domain else ""
    return [_report(item, by_id, page) for item in included if item.get("type") == "status_report"]


def _report(item: Record, by_id: Mapping[tuple[str, str], Record], page: str) -> Record:
    references = mapping(mapping(item.get("relationships")).get("status_updates")).get("data")
    updates = [text(mapping(reference).get("id")) for reference in listing(references)]
    report = mapping(item.get("attributes"))
    return {
        **report,
        "id": text(item.get("id")),
        "page_url": page,
        "resources": _resources(report, by_id),
        "updates": [
            {**by_id[key], "id": key[1], "resources": _resources(by_id[key], by_id)}
            for key in (("status_update", name) for name in updates)
            if key in by_id
        ],
    }


def _resources(attributes: Record, by_id: Mapping[tuple[str, str], Record]) -> list[dict[str, str]]:
    affected = [mapping(one) for one in listing(attributes.get("affected_resources"))]
    ids = [("status_page_resource", text(one.get("status_page_resource_id"))) for one in affected]
    return [
        {"name": text(by_id.get(key, {}).get("public_name")), "status": text(one.get("status"))}
        for key, one in zip(ids, affected, strict=True)
    ]


def _read(record: Record, context: ReadContext) -> Incident:
    name, planned = text(record.get("id")), record.get("report_type") == "maintenance"
    if not name:
        raise EntryError("it has no id")
    start = records.optional_time(record.get("starts_at"), record, context)
    end = records.optional_time(record.get("ends_at"), record, context)
    over = record.get("aggregate_state") == "resolved"
    concerned = [record, *record["updates"]]
    states = [one["status"] for part in concerned for one in part["resources"]]
    posts = _posts(record, context, start or context.read_at, planned=planned, over=over)
    draft = Draft(
        id=name,
        title=records.words(record["title"]),
        dialect=FORM.name,
        posts=posts if posts or start else [Post(at=context.read_at)],  # nothing is dropped for want of a date
        source=records.own_link(text(record.get("page_url")), "incident", name, context),
        started=start,
        started_basis="stated" if start else "first-update",
        ended=end if over and not planned else None,
        ended_basis="stated" if end and over and not planned else "",
        phase=(Phase.COMPLETED if planned else Phase.RESOLVED) if over else None,
        planned=planned,
        planned_from=start if planned else None,
        planned_until=end if planned else None,
        impact_basis="stated",
        impact_stated=records.worst(states, _WORST),
        components_basis="stated",
        components=records.each_once(records.words(one["name"]) for part in concerned for one in part["resources"]),
    )
    return incident(draft, context)


def _posts(record: Record, context: ReadContext, start: datetime, *, planned: bool, over: bool) -> list[Post]:
    """Return the posts, oldest first; the newest of a report that is over says so, whatever its words."""
    dated = [(records.time(update.get("published_at"), record, context), update) for update in record["updates"]]
    posts: list[Post] = []
    for at, update in sorted(dated, key=lambda pair: pair[0]):
        states = {one["status"] for one in update["resources"]}
        phase = _planned_phase(states, at >= start, update) if planned else _phase(states, update)
        if phase is None and posts and posts[-1].phase in OVER and states - _FINE:
            phase = Phase.INVESTIGATING  # down again, in no words
        posts.append(Post(at=at, html=records.body(text(update.get("message"))), upstream_id=update["id"], phase=phase))
    if over and posts and posts[-1].phase not in OVER:
        posts[-1] = replace(posts[-1], phase=Phase.COMPLETED if planned else Phase.RESOLVED)
    return posts


def _phase(states: set[str], update: Record) -> Phase | None:
    """Return the phase after an update: its resources' states say whether it is over, its words what is done about it."""
    by_words = wording.prose_phase(text(update.get("message")))
    if _is_over(states, by_words):
        return Phase.RESOLVED
    return None if by_words in OVER else by_words


def _planned_phase(states: set[str], has_begun: bool, update: Record) -> Phase:
    """Return the phase of a plan after an update."""
    if _is_over(states, wording.prose_phase(text(update.get("message")))):
        return Phase.COMPLETED
    return Phase.IN_PROGRESS if has_begun and "maintenance" in states else Phase.SCHEDULED


def _is_over(states: set[str], by_words: Phase | None) -> bool:
    return states <= _FINE if states else by_words in OVER


def _since(record: Record, zone: tzinfo) -> datetime | None:
    """Return the start of a report that is over: what goes on, or is announced, stands there however old it is."""
    return records.since("starts_at")(record, zone) if record.get("aggregate_state") == "resolved" else None


FORM = RecordForm(name="betterstack-json", records=_records, read=_read, since=_since)
