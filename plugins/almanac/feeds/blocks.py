"""Reads bodies made of dated blocks, the form Statuspage invented.

A block is <p><small>time</small><br><strong>Word</strong> - text</p>.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from . import times
from .dialect import Post, ReadContext
from .entries import Entry

# Markup generations differ in blanks, `<br>` or `<br />`, and <var> around the day and the time.
_BLOCK = re.compile(
    r"<p>\s*<small>([^<]{1,40}(?:<var[^<>]{0,40}>[^<]{1,12}</var>[^<]{0,40}){0,3})</small>\s*<br\s*/?>\s*"
    r"<strong>([^<]{1,60})</strong>\s*(?:-|–)?",
    re.IGNORECASE,
)
_TIME = re.compile(r"([A-Z][a-z]{2,8})\.? +(\d{1,2}), +(?:(\d{4}), +)?(\d{1,2}):(\d\d)(?::(\d\d))? +(\S[^<>]{0,30})")
_BANNER = re.compile(
    r"<strong>\s*THIS IS A SCHEDULED EVENT\s+([^<]{1,40}(?:<var[^<>]{0,40}>[^<]{1,12}</var>[^<]{0,40}){0,5})"
)
_UNTIL = re.compile(r" - (?:([A-Z][a-z]{2,8})\.? +(\d{1,2}), +)?(\d{1,2}):([0-5]\d)(?= )")
_LATE = timedelta(days=60)  # how far a post may lie after the stamp that anchors its year


def posts(entry: Entry, anchor: datetime, context: ReadContext, *, newest_first: bool = True) -> list[Post]:
    """Return the posts of an entry, oldest first; years that are not printed follow from `anchor` and each other.

    A block with a time that no clock can have shown stands where the one above it does; a body without any block is
    one post.
    """
    texts: list[Post] = []
    body, near = entry.body, anchor
    starts = list(_BLOCK.finditer(body))
    ends = [match.start() for match in starts[1:]] + [len(body)]
    for match, end in zip(starts, ends, strict=False):
        words = _bare(match[1])
        when = _block_time(words, near, entry, context, newest_first=newest_first)
        if when is None:
            context.doubt(f"{words[:40]!r} in {entry.name} is no time")
        near = when or min(near, context.read_at)
        texts.append(Post(at=near, printed=" ".join(_bare(match[2]).split()), html=_inner(body[match.end() : end])))
    return (texts[::-1] if newest_first else texts) or [Post(at=min(anchor, context.read_at), html=body)]


def window(entry: Entry, anchor: datetime, context: ReadContext) -> tuple[datetime, datetime] | None:
    """Return start and end of a coming maintenance by its banner; `anchor` is its announced start."""
    banner = _BANNER.search(entry.body)
    words = " ".join(_bare(banner[1]).split()) if banner else ""
    until = _UNTIL.search(words)
    if not until:
        return None
    first = _TIME.fullmatch(words[: until.start()] + words[until.end() :])
    if not first:
        return None
    zone = _zone(first[7], entry, context)
    start = _nearest(first, anchor, zone)
    if start is None:
        return None
    month, day, hour, minute = until.groups()
    local = start.astimezone(zone)
    last = local.replace(hour=int(hour) % 24, minute=int(minute))
    if month and (last_month := times.month_of(month)):
        same = times.in_any_year(last_month, int(day), (int(hour) % 24, int(minute), 0), zone, start)
        last = next((at for at in same if at >= start), last)
    return start, (last if last >= start else last + timedelta(days=1)).astimezone(UTC)


def _zone(name: str, entry: Entry, context: ReadContext) -> tzinfo:
    """Return the zone a block prints; an unknown name raises a doubt and gives the zone of the entry's own stamp."""
    zone = times.zone(name.strip())
    if zone is None:
        context.doubt(f"unknown zone {name.strip()[:20]!r}, read with the offset of the entry's stamp")
    return zone or entry.zone


def _block_time(
    words: str, near: datetime, entry: Entry, context: ReadContext, *, newest_first: bool
) -> datetime | None:
    """Return the time a block prints, in the year that fits best; None for words that are no time."""
    at = _TIME.fullmatch(words)
    month = times.month_of(at[1]) if at else None
    if at is None or month is None:
        return None
    zone = _zone(at[7], entry, context)
    clock = int(at[4]), int(at[5]), int(at[6] or 0)
    if at[3]:
        exact = times.moment(int(at[3]), month, int(at[2]), *clock, zone)
        return exact.astimezone(UTC) if exact else None
    candidates = times.in_any_year(month, int(at[2]), clock, zone, near)
    candidates = [t for t in candidates if t <= context.read_at + timedelta(days=1)]
    if newest_first:
        return max((t for t in candidates if t <= near + _LATE), default=None)
    return min(candidates, key=lambda t: abs(t - near), default=None)


def _nearest(at: re.Match[str], near: datetime, zone: tzinfo) -> datetime | None:
    month = times.month_of(at[1]) or 0
    candidates = times.in_any_year(month, int(at[2]), (int(at[4]), int(at[5]), int(at[6] or 0)), zone, near)
    return min(candidates, key=lambda t: abs(t - near), default=None)


def _bare(html: str) -> str:
    return re.sub(r"</?var[^<>]*>", "", html).strip()


def _inner(html: str) -> str:
    """Return the text of a block without the tags that close it."""
    inner = html.strip()
    while inner.endswith("</p>"):
        inner = inner[:-4].rstrip()
    return inner
