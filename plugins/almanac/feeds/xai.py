"""Reads xAI's own feed (status.x.ai/feed.xml): the whole history, full dates, severity lost once resolved."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from almanac.model import Incident, Phase, Window

from . import times, wording
from .dialect import Dialect, Draft, EntryError, Post, ReadContext, incident, oldest_first, tidy_link
from .entries import Entry

_STATUS = re.compile(r"<h3>\s*Status:\s*([^<]{1,40}?)\s*</h3>", re.IGNORECASE)
_SEVERITY = re.compile(r"<p>\s*Severity:\s*([^<]{1,40}?)\s*</p>", re.IGNORECASE)
_RESOLVED = re.compile(r"<p>\s*Resolved:\s*([^<]{1,60}?)\s*</p>", re.IGNORECASE)
_UPDATE = re.compile(r"<div>\s*<p>\s*<strong>([^<]{1,60})</strong>\s*</p>\s*<h3>([^<]{0,300})</h3>", re.IGNORECASE)
_COMPONENT = re.compile(r"\[([^\[\]]{1,100})\]\s*")
_NO_SEVERITY = "available"  # what stands where the severity stood, once it is over


def _speaks(head: str, sample: str) -> bool:
    return bool(_STATUS.search(sample) and _SEVERITY.search(sample))


def _key(entry: Entry) -> str:
    name = entry.id.rsplit("/", 1)[-1] or entry.link.rsplit("/", 1)[-1]
    if not name:
        raise EntryError("it has no id")
    return name


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    entry = entries[0]
    status, severity = _STATUS.search(entry.body), _SEVERITY.search(entry.body)
    if not status:
        raise EntryError("it has no status")
    component = _COMPONENT.match(entry.title)
    phase = wording.phase(status[1])
    if phase is Phase.UNKNOWN:
        context.doubt(f"unknown word for a phase: {status[1]!r} in {_key(entry)}")
    resolved = _RESOLVED.search(entry.body)
    ended = _stated_time(resolved[1], entry, context) if resolved else None
    posts = _posts(entry, context)
    if not posts and not entry.published:
        posts = [Post(at=entry.at, html=entry.body)]
    draft = Draft(
        id=_key(entry),
        title=entry.title,
        dialect=DIALECT.name,
        posts=_resolve_newest(posts, ended) if phase is Phase.RESOLVED else posts,
        source=tidy_link(entry.link),
        started=entry.published,  # the stated start, unlike Statuspage's pubDate
        started_basis="stated" if entry.published else "first-update",
        ended=ended,
        ended_basis="stated" if ended else "",
        phase=None if phase is Phase.UNKNOWN else phase,
        impact_stated="" if not severity or severity[1].lower() == _NO_SEVERITY else severity[1],
        components=(component[1],) if component else (),
    )
    return incident(draft, context)


def _posts(entry: Entry, context: ReadContext) -> list[Post]:
    """Return the posts, oldest first. A heading is free text: a phase if it is the word of one, else part of the text.

    A post without a time that can be read stands where the one above it does, the first where the entry does.
    """
    body, near, posts = entry.body, min(entry.at, context.read_at), []
    starts = list(_UPDATE.finditer(body))
    ends = [match.start() for match in starts[1:]] + [len(body)]
    for match, end in zip(starts, ends, strict=False):
        near = _stated_time(match[1], entry, context) or near
        posts.append(_post(match, near, body[match.end() : end]))
    return oldest_first(posts, lambda post: post.at)


def _stated_time(stamp: str, entry: Entry, context: ReadContext) -> datetime | None:
    """Return a time in the text; None, with a doubt, if it is no time."""
    at = times.stamp(stamp, context.zone)
    if at is None:
        context.doubt(f"{stamp[:40]!r} in {entry.name[:80]} is no time")
    return at


def _resolve_newest(posts: list[Post], ended: datetime | None) -> list[Post]:
    """Return the posts with the newest resolved, unless it is from before the end or names a phase itself."""
    if posts and wording.phase(posts[-1].printed) is None and (ended is None or posts[-1].at >= ended):
        return [*posts[:-1], replace(posts[-1], phase=Phase.RESOLVED)]
    return posts


def _post(match: re.Match[str], at: datetime, rest: str) -> Post:
    heading = " ".join(match[2].split())
    words = rest.split("</div>", maxsplit=1)[0]
    if wording.phase(heading) is Phase.UNKNOWN:
        return Post(at=at, html=f"<p><b>{heading}</b></p>{words}")
    return Post(at=at, printed=heading, html=words)


DIALECT = Dialect(name="xai", speaks=_speaks, key=_key, read=_read, window=Window.WHOLE)
