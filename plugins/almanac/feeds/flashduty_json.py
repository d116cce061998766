"""Reads Flashduty's list of changes (change/list): whole updates with the states of components.

Its address names a span of time, so that no fixed address shows what is new; it is read where somebody serves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from itertools import pairwise
from operator import itemgetter
from typing import Any

from almanac.model import Incident

from . import flashduty, records
from .dialect import Draft, EntryError, Post, ReadContext, incident
from .records import Record, RecordForm, mapping, text

_WORST = ("full_outage", "partial_outage", "degraded_performance", "degraded", "under_maintenance")  # the worst first


def _records(answer: Any) -> Sequence[Any] | None:
    """Return the changes of an answer, which may stand in an envelope named `data`."""
    outer = mapping(answer)
    for holder in (outer, mapping(outer.get("data"))):
        items = holder.get("items")
        if isinstance(items, list) and any(isinstance(item, dict) and "change_id" in item for item in items):
            return [{**item, "id": text(item.get("change_id"))} if isinstance(item, dict) else item for item in items]
    return None


def _read(record: Record, context: ReadContext) -> Incident:
    if not record["id"]:
        raise EntryError("it has no id")
    planned = record.get("type") == "maintenance"
    updates = list(records.parts(record, "updates", context))
    posts = sorted((_post(update, record, context) for update in updates), key=lambda post: post.at)
    stated = records.moment(record.get("start_at_seconds"))
    starts = [post.at for post in posts] + ([stated] if stated else [])
    started = min(starts, default=None)  # what is stated moves when a post is edited
    until = records.moment(record.get("close_at_seconds"))
    steps = [
        (records.moment(update.get("at_seconds")), list(records.parts(update, "component_changes", context)))
        for update in updates
    ]
    changes = [part for _, group in steps for part in group]
    affected = (*records.names(record, "affected_components", "name", context),)
    draft = Draft(
        id=record["id"],
        title=flashduty.without_state(records.words(record["title"])),
        dialect=FORM.name,
        posts=posts or [Post(at=records.time(until or stated, record, context), printed=text(record.get("status")))],
        source=records.own_link("", "incidents", record["id"], context),
        started=started,
        started_basis="first-update",
        trouble_seconds=_trouble(steps),
        planned=planned,
        planned_from=stated if planned else None,
        planned_until=until if planned else None,
        impact_basis="stated",
        impact_stated=records.worst((text(part.get("status")) for part in changes), _WORST),
        components_basis="stated",
        components=records.each_once((*affected, *(records.words(part.get("component_name")) for part in changes))),
    )
    return incident(draft, context)


def _post(update: Record, record: Record, context: ReadContext) -> Post:
    return Post(
        at=records.time(update.get("at_seconds"), record, context),
        printed=text(update.get("status")).replace("_", " "),
        html=records.body(update.get("description")),
        upstream_id=text(update.get("update_id")),
    )


def _trouble(steps: Sequence[tuple[datetime | None, Sequence[Record]]]) -> int:
    """Return the seconds in which a component was not operational.

    `steps` are times and changes of the updates. 0 where that is all the time, or the states do not tell.
    """
    states: dict[str, str] = {}
    moments = list[tuple[datetime, bool]]()
    for at, changes in sorted(((at, changes) for at, changes in steps if at), key=itemgetter(0)):
        states |= {text(change.get("component_id")): text(change.get("status")) for change in changes}
        moments.append((at, not states or any(state != "operational" for state in states.values())))
    if not moments or moments[-1][1]:
        return 0
    lengths = [((later - at).total_seconds(), is_hit) for (at, is_hit), (later, _) in pairwise(moments)]
    hit = int(sum(seconds for seconds, is_hit in lengths if is_hit))
    return hit if hit < sum(seconds for seconds, _ in lengths) else 0


def _since(record: Record, zone: tzinfo) -> datetime | None:
    return records.since("start_at_seconds")(record, zone)


FORM = RecordForm(name="flashduty-json", records=_records, read=_read, since=_since)
