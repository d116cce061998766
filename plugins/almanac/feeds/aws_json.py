"""Reads AWS' public health events: /public/currentevents, which names every service concerned, and /public/events.

Both name an event by service, region and the second in which it began, as its feed does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from almanac.model import Impact, Incident, Phase, Window

from . import records
from .dialect import Draft, EntryError, Post, ReadContext, incident
from .records import Record, RecordForm, listing, mapping, text

_PAGE = "https://health.aws.amazon.com/health/status"
_OVER = "0"
# The words of the feed for the levels; what AWS calls a disruption is not graded, as there.
_LEVELS: Mapping[str, tuple[str, Impact]] = {
    "3": ("Service disruption", Impact.UNKNOWN),
    "2": ("Service degradation", Impact.MINOR),
    "1": ("Informational message", Impact.NONE),
}
_RESOLVED = re.compile(r"\s*\[resolved\]\s*", re.IGNORECASE)


def _currentevents(answer: Any) -> Sequence[Any] | None:
    return answer if _is_list_of(answer, "event_log") else None


def _events(answer: Any) -> Sequence[Any] | None:
    """Return the records of /public/events in the form of the current ones; their logs are JSON within JSON."""
    if not _is_list_of(answer, "startTime"):
        return None
    return [_as_current(record) if isinstance(record, dict) else record for record in answer]


def _is_list_of(answer: Any, field: str) -> bool:
    """Say whether an answer is a list of records with this field; an empty one is in every form."""
    if not isinstance(answer, list):
        return False
    return not answer or any(isinstance(record, dict) and field in record for record in answer)


def _as_current(record: Record) -> Record:
    service, region = text(record.get("service")), text(record.get("region"))
    name = service.replace("_", "").lower()
    started, ended = records.moment(record.get("startTime")), records.moment(record.get("endTime"))
    return {
        "service": f"{name}-{region}" if region not in ("", "global") else name,
        "date": int(started.timestamp()) if started else None,
        "end": int(ended.timestamp()) if ended else None,
        "event_log": _log(mapping(record.get("metadata")).get("EVENT_LOG")),
    }


def _log(value: object) -> object:
    """Return the log within a record; what cannot be read is left as it is, and raises a doubt there."""
    try:
        return records.parse(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


def _reader(dialect: str) -> Callable[[Record, ReadContext], Incident]:
    """Return what reads the records of one of the two answers."""

    def read(record: Record, context: ReadContext) -> Incident:
        service, started = text(record.get("service")), records.moment(record.get("date"))
        if not service or started is None:
            raise EntryError("it does not name service and time")
        name = f"{service}_{int(started.timestamp())}"
        record = {**record, "id": name}
        log = [*records.parts(record, "event_log", context)]
        log.sort(key=lambda post: records.moment(post.get("timestamp")) or started)
        ended = records.moment(record.get("end"))
        over = ended is not None or (bool(log) and _is_over(log[-1])) or text(record.get("status")) == _OVER
        levels = [text(post.get("status")) for post in log] or [text(record.get("status"))]
        stated, impact = _LEVELS.get(records.worst(levels, tuple(_LEVELS)), ("", None))
        summaries = [words for post in log if (words := _RESOLVED.sub(" ", records.words(post.get("summary"))).strip())]
        concerned = _concerned(record)
        draft = Draft(
            id=name,
            title=(summaries or [_RESOLVED.sub(" ", records.words(record.get("summary"))).strip()])[-1],
            dialect=dialect,
            posts=[_post(post, record, context, is_end=over and post is log[-1]) for post in log],
            source=_PAGE,
            started=started,
            started_basis="stated",
            ended=ended,
            ended_basis="stated" if ended else "",
            phase=Phase.RESOLVED if over else None,
            impact_stated=stated,
            impact_basis="stated",
            impact=impact,
            components=concerned or (service,),
            components_basis="stated" if concerned else "",
        )
        return incident(draft, context)

    return read


def _concerned(record: Record) -> tuple[str, ...]:
    """Return the names of the services that an event concerns, in the order of the alphabet."""
    services = record.get("impacted_services")
    values = services.values() if isinstance(services, dict) else listing(services)
    return tuple(sorted(records.each_once(records.words(mapping(one).get("service_name")) for one in values)))


def _is_over(post: Record) -> bool:
    return text(post.get("status")) == _OVER or bool(_RESOLVED.match(text(post.get("summary"))))


def _post(post: Record, record: Record, context: ReadContext, *, is_end: bool) -> Post:
    """Return an entry of the log as a post; only the newest is the end of an event, as in the feed."""
    return Post(
        at=records.time(post.get("timestamp"), record, context),
        html=text(post.get("message")),  # HTML, as in the feed
        phase=Phase.RESOLVED if is_end else None,
    )


def _never(record: Record, zone: tzinfo) -> datetime | None:
    """Return None: nobody says how long an event that is over stays in the list."""
    return None


CURRENT = RecordForm(
    name="aws-current-json",
    records=_currentevents,
    read=_reader("aws-current-json"),
    since=records.since("date"),
    window=Window.CURRENT,
)
EVENTS = RecordForm(name="aws-json", records=_events, read=_reader("aws-json"), since=_never)
