"""Reads Instatus (history.atom): Statuspage's markup, but with types, seconds, and `published` as the start."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from almanac.model import Incident, Phase

from . import blocks, wording
from .dialect import Dialect, Draft, EntryError, Post, ReadContext, incident, tidy_link
from .entries import Entry

_TYPE = re.compile(r"<strong>Type:</strong>\s*([A-Za-z ]{1,30})", re.IGNORECASE)
_ID = re.compile(r"(?:Incident|Maintenance|incident|maintenance)/([a-z0-9]{8,40})$")
_AFFECTED = re.compile(r"<strong>Affected Components:</strong>\s*([^<]{1,4000})", re.IGNORECASE)


def _speaks(head: str, sample: str) -> bool:
    return bool(_TYPE.search(sample))


def _key(entry: Entry) -> str:
    match = _ID.search(entry.id) or _ID.search(entry.link)
    if not match:
        raise EntryError("its id names no incident or maintenance")
    return match[1]


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    entry = entries[0]
    kind, affected = _TYPE.search(entry.body), _AFFECTED.search(entry.body)
    if not kind:
        raise EntryError("it has no type")
    planned = kind[1].strip().lower() == "maintenance"
    start = entry.published
    posts = sorted(blocks.posts(entry, start or context.read_at, context, newest_first=False), key=lambda post: post.at)
    draft = Draft(
        id=_key(entry),
        title=entry.title,
        dialect=DIALECT.name,
        posts=[_post(post, start or context.read_at, planned=planned) for post in posts],
        source=tidy_link(entry.link),
        started=start,  # for a maintenance the planned one, which may be in the future
        started_basis="stated" if start else "first-update",
        planned=planned,
        planned_from=start if planned else None,
        components=tuple(name.strip() for name in affected[1].split(",") if name.strip()) if affected else (),
    )
    return incident(draft, context)


def _post(post: Post, start: datetime, *, planned: bool) -> Post:
    """Mend a post: texts end in one full stop too many, and a maintenance is "Identified" before and while it runs."""
    post = replace(post, html=post.html[:-1] if post.html.endswith("..") else post.html)
    if planned and wording.phase(post.printed) is Phase.IDENTIFIED:
        return replace(post, phase=Phase.SCHEDULED if post.at < start else Phase.IN_PROGRESS)
    return post


DIALECT = Dialect(name="instatus", speaks=_speaks, key=_key, read=_read)
