"""Reads Atlassian Statuspage (history.rss, history.atom): every update in one entry, to the minute, without years."""

from __future__ import annotations

import re

from almanac.model import Incident, Phase

from . import blocks, wording
from .dialect import Dialect, Draft, EntryError, ReadContext, incident, tidy_link
from .entries import Entry

# The twelve characters are the only name common to RSS, Atom, API and to the old host after a provider has moved.
_SLUG = re.compile(r"/incidents/+([a-z0-9]{12})(?![a-z0-9])")
_HEAD = re.compile(r",2005:/+history<|<description>Statuspage</description>")
_BODY = re.compile(r"<small>[A-Z][a-z]{2} .{1,200}</small>\s*<br|THIS IS A SCHEDULED EVENT|,2005:Incident/\d+<")


def _speaks(head: str, sample: str) -> bool:
    if not sample:
        return bool(_HEAD.search(head))
    return bool(_SLUG.search(sample) and (_BODY.search(sample) or _HEAD.search(head)))


def _key(entry: Entry) -> str:
    slug = _SLUG.search(entry.link) or _SLUG.search(entry.id)
    if not slug:
        raise EntryError("its link has no incident id of twelve characters")
    return slug[1]


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    entry = entries[0]
    anchor = entry.at  # pubDate is the newest post, or a maintenance's start
    window = blocks.window(entry, anchor, context)
    posts = blocks.posts(entry, anchor, context)
    newest = posts[-1]  # as the body has them: times are typed by hand, and what is headed by Resolved is not open
    is_over = wording.phase(newest.printed) in (Phase.RESOLVED, Phase.COMPLETED)
    draft = Draft(
        id=_key(entry),
        title=entry.title,
        dialect=DIALECT.name,
        posts=posts,
        source=tidy_link(entry.link or entry.id),
        precision="minute",
        started=None if blocks.are_dated(entry.body) else min(anchor, newest.at),
        ended=newest.at if is_over and newest.at < max(post.at for post in posts) else None,
        ended_basis="resolved-update",
        phase=wording.phase(newest.printed) if is_over else None,
        planned=window is not None or entry.planned_until is not None,
        planned_from=window[0] if window else None,
        planned_until=window[1] if window else entry.planned_until,
    )
    return incident(draft, context)


DIALECT = Dialect(name="statuspage", speaks=_speaks, key=_key, read=_read)
