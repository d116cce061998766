"""Reads two JSON forms beside the feeds: Statuspage's incidents.json and Google Cloud's incidents.json.

They state what their feeds do not, impact and components; the feeds suffice without them.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from almanac.model import FeedError, Incident, Phase, Reading, Skip
from almanac.text import limits, markdown, untrusted

from . import times
from .dialect import Draft, EntryError, Post, ReadContext, incident, tidy_link
from .document import digest

_Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    name: str
    read: Callable[[_Record, ReadContext], Incident]


def read(body: bytes, context: ReadContext) -> Reading:
    """Return what a JSON answer says. Raises FeedError (malformed, wrong, unreadable)."""
    form, records = _records(body)
    raw = [json.dumps(record, sort_keys=True).encode() for record in records]
    hashes = [digest(entry, form.name) for entry in raw]
    incidents: dict[str, Incident] = {}
    skipped: list[Skip] = []
    for number, (record, key) in enumerate(zip(records, hashes, strict=True)):
        if key in context.ids_by_hash:
            continue
        try:
            incidents[key] = form.read(record, context)
        except EntryError as error:
            skipped.append(Skip(entry=f"record {number + 1}", why=str(error)))
        except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
            skipped.append(Skip(entry=f"record {number + 1}", why=f"{type(error).__name__}: {error}"))
    if len(skipped) == len(records) > 0:
        raise FeedError("unreadable", f"none of {len(records)} records can be read as {form.name} ({skipped[0].why})")
    ids = {key: incidents[key].id if key in incidents else context.ids_by_hash.get(key, "") for key in hashes}
    return Reading(
        provider=context.provider.slug,
        dialect=form.name,
        seen=context.read_at,
        incidents=tuple(incidents.values()),
        unchanged=tuple(dict.fromkeys(context.ids_by_hash[key] for key in hashes if key in context.ids_by_hash)),
        skipped=tuple(skipped),
        doubts=tuple(context.doubts),
        first=not context.ids_by_hash,
        since=times.reach(_creation_time(record, context.zone) for record in records),
        entries=len(records),
        items=tuple((key, ids[key]) for key in hashes if ids[key]),
    )


def _records(body: bytes) -> tuple[_Form, list[_Record]]:
    try:
        data = _clean(json.loads(body, parse_int=_whole_number))
    except (ValueError, RecursionError) as error:
        raise FeedError("malformed", f"the JSON is cut off or broken ({error}); nothing of it was taken") from error
    if isinstance(data, list) and all(isinstance(record, dict) and "external_desc" in record for record in data):
        return _GOOGLE, data
    incidents = data.get("incidents") if isinstance(data, dict) and "page" in data else None
    if isinstance(incidents, list) and all(isinstance(record, dict) for record in incidents):
        return _STATUSPAGE, incidents
    raise FeedError("wrong", "this JSON lists no incidents; take the feed, or /api/v2/incidents.json")


def _whole_number(digits: str) -> int | str:
    """Return a number, or the text of one with more digits than anything here counts to: `int` refuses 4,300."""
    return int(digits) if len(digits) <= limits.DIGITS else digits


def _clean(value: Any) -> Any:
    """Return the value without what no file or page can hold in a text: control characters, half surrogate pairs."""
    if isinstance(value, str):
        return markdown.clean(value)
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value


def _creation_time(record: _Record, zone: tzinfo) -> datetime | None:
    return times.stamp(str(record.get("created_at") or record.get("begin") or ""), zone)


def _time(value: object, record: _Record, context: ReadContext) -> datetime:
    """Return the time of a stamp, else when the feed was read: nothing is dropped for want of a date."""
    return _time_or_doubt(value, record, context) or context.read_at


def _time_or_doubt(value: object, record: _Record, context: ReadContext) -> datetime | None:
    """Return the time of a stamp, or None; a missing, unreadable or incomplete stamp raises a doubt."""
    stamp, name = str(value or "").strip(), str(record.get("id"))[:80]
    date = times.parse(stamp, context.zone)
    if date is None:
        context.doubt(f"{stamp[:40]!r} in {name} is no time" if stamp else f"a time is missing in {name}")
    elif date.lacks:
        context.doubt(f"{stamp!r} in {name} has {date.lacks}; read as {times.ASSUMED[date.lacks]} {context.zone}")
    return date.at.astimezone(UTC) if date else None


def _optional_time(value: object, record: _Record, context: ReadContext) -> datetime | None:
    """Return the time of a stamp, or None; a missing one raises no doubt."""
    return _time_or_doubt(value, record, context) if value else None


def _parts(record: _Record, name: str, context: ReadContext) -> Iterator[_Record]:
    """Yield what a list of a record holds; an element of the wrong type raises a doubt, and costs nothing else."""
    value = record.get(name)
    for number, part in enumerate(value if isinstance(value, list) else [] if value is None else [value], 1):
        if isinstance(part, dict):
            yield part
        else:
            context.doubt(f"{name} {number} of {str(record.get('id'))[:80]} is {type(part).__name__}, not an object")


def _names(record: _Record, parts: str, key: str, context: ReadContext) -> tuple[str, ...]:
    """Return the names of a record's parts as words; a part without one raises a doubt."""
    names = [part.get(key) for part in _parts(record, parts, context)]
    if not all(isinstance(name, str) for name in names):
        context.doubt(f"{parts} of {str(record.get('id'))[:80]}: one has no {key}")
    return tuple(_words(name) for name in names if isinstance(name, str))


def _statuspage(record: _Record, context: ReadContext) -> Incident:
    updates = _parts(record, "incident_updates", context)
    posts = sorted((_post(update, record, context) for update in updates), key=lambda post: post.at)
    from_, until = record.get("scheduled_for"), record.get("scheduled_until")
    draft = Draft(
        id=str(record["id"]),
        title=_words(record["name"]),
        dialect=_STATUSPAGE.name,
        posts=[_as_printed(post, posts[:n]) for n, post in enumerate(posts)],
        source=tidy_link(str(record.get("shortlink") or "")),
        planned=bool(from_),
        planned_from=_optional_time(from_, record, context),
        planned_until=_optional_time(until, record, context),
        impact_stated=str(record.get("impact") or ""),
        components=_names(record, "components", "name", context),
    )
    return incident(draft, context)


def _post(update: _Record, record: _Record, context: ReadContext) -> Post:
    body = html.escape(str(update.get("body") or ""), quote=False).replace("\n", "<br>")
    at = _time(update.get("display_at") or update.get("created_at"), record, context)
    status = update.get("status")
    if not isinstance(status, str):
        context.doubt(f"a post of {str(record.get('id'))[:80]} has no status")
        status = ""
    return Post(at=at, printed=status.replace("_", " ").capitalize(), html=body)


def _as_printed(post: Post, before: list[Post]) -> Post:
    """Return the post as the feed prints it: "Update" where the state did not change."""
    if not before or before[-1].printed != post.printed:
        return post
    return Post(at=post.at, printed="Update", html=post.html)


def _google(record: _Record, context: ReadContext) -> Incident:
    ended = _time(record["end"], record, context) if record.get("end") else None  # what has an end is over
    severity = record.get("severity")
    updates = sorted(_parts(record, "updates", context), key=lambda update: str(update.get("when")))
    draft = Draft(
        id=str(record["id"]),
        title=_words(record["external_desc"]),
        dialect=_GOOGLE.name,
        posts=[_status(update, ended, record, context) for update in updates],
        source=tidy_link("https://status.cloud.google.com/" + str(record.get("uri") or f"incidents/{record['id']}")),
        started=_time(record["begin"], record, context),
        started_basis="stated",
        ended=ended,
        ended_basis="stated" if ended else "",
        phase=Phase.RESOLVED if ended else None,
        impact_stated=str(record["status_impact"]) + (f"/{severity}" if severity else ""),
        components=_names(record, "affected_products", "title", context),
    )
    return incident(draft, context)


def _status(update: _Record, ended: datetime | None, record: _Record, context: ReadContext) -> Post:
    """Return an update as a post: its text is Markdown, its state a level of service, of which AVAILABLE is a phase."""
    over = update.get("status") == "AVAILABLE" and ended is not None
    return Post(
        at=_time(update.get("when"), record, context),
        html=markdown.article(str(update.get("text") or "")),
        phase=Phase.RESOLVED if over else None,
    )


def _words(value: object) -> str:
    return markdown.plain(untrusted.markdown(html.escape(str(value), quote=False)))


_STATUSPAGE = _Form(name="statuspage-json", read=_statuspage)
_GOOGLE = _Form(name="google-json", read=_google)
