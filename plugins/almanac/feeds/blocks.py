"""Reads bodies made of blocks, each a post with its state: the form Statuspage invented and many wear.

A block is <p><small>time</small><br><strong>Word</strong> - text</p>; some pages write <b>, or no paragraphs, or no times.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from almanac.model import OVER, Phase
from almanac.text import markdown

from . import times, wording
from .dialect import Post, ReadContext
from .entries import Entry

# Markup generations differ in blanks, `<br>` or `<br />`, and <var> around the day and the time.
_STATE = r"<(?:strong|b)>([^<]{1,60})</(?:strong|b)>\s*(?:-|–|—)?"
_BLOCK = re.compile(
    r"(?:<p>\s*)?<small>([^<]{1,40}(?:<var[^<>]{0,40}>[^<]{1,12}</var>[^<]{0,40}){0,3})</small>\s*<br\s*/?>\s*"
    + _STATE,
    re.IGNORECASE,
)
_UNDATED = re.compile(rf"(?:^|<p>|<br\s*/?>)\s*{_STATE}", re.IGNORECASE)
_TIME = re.compile(
    r"(?P<month>[A-Z][a-z]{2,8})\.? *(?P<day>\d{1,2}) *,? +(?:(?P<year>\d{4}) *,? +)?(?P<hour>\d{1,2}):(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d))? *(?P<half>[AP](?=M))?M? +(?P<zone>\S[^<>]{0,30})"
)
_CLOCK = re.compile(r"<small>\s*(\d{1,2}):([0-5]\d)\s?([ap])m\s+([A-Z]{2,5})\s*</small>", re.IGNORECASE)
_BANNER = re.compile(
    r"<strong>\s*THIS IS A SCHEDULED EVENT\s+([^<]{1,40}(?:<var[^<>]{0,40}>[^<]{1,12}</var>[^<]{0,40}){0,5})"
)
_UNTIL = re.compile(r"(?: [A-Z]{2,5})? - (?:([A-Z][a-z]{2,8})\.? +(\d{1,2}), +)?(\d{1,2}):([0-5]\d)(?= )")
_EDGES = ("</p>", "<p>", "<br>", "<br/>", "<br />", " ", "\n")
_LATE = timedelta(days=60)  # how far a post may lie after the stamp that anchors its year


def posts(entry: Entry, anchor: datetime, context: ReadContext, *, newest_first: bool = True) -> list[Post]:
    """Return the posts of an entry, oldest first; years that are not printed follow from `anchor` and each other.

    A block with a time that no clock can have shown stands where the one above it does; a body without any dated block
    is one post, in the state that its blocks tell.
    """
    texts: list[Post] = []
    body, near = entry.body, anchor
    starts = list(_BLOCK.finditer(body))
    ends = [match.start() for match in starts[1:]] + [len(body)]
    own_zone = _own_zone([_TIME.fullmatch(_bare(match[1])) for match in starts], entry)
    for match, end in zip(starts, ends, strict=False):
        words = _bare(match[1])
        when = _block_time(words, near, entry, context, zone=own_zone, newest_first=newest_first)
        if when is None:
            context.doubt(f"{words[:40]!r} in {entry.name} is no time")
        near = when or min(near, context.read_at)
        texts.append(Post(at=near, printed=_bare(match[2]), html=_inner(body[match.end() : end])))
    undated = Post(at=min(entry.updated or anchor, context.read_at), printed=state(body), html=body)
    return (texts[::-1] if newest_first else texts) or [undated]


def preface(entry: Entry, at: datetime) -> list[Post]:
    """Return what stands above the first block of a body as a post of its own, none where no words do."""
    first = _BLOCK.search(entry.body) or _CLOCK.search(entry.body)
    html = _inner(entry.body[: first.start()]) if first else ""
    return [Post(at=at, printed="Update", html=html)] if text_of(html) else []


def are_dated(body: str) -> bool:
    """Return whether a body is made of blocks with times."""
    match = _BLOCK.search(body)
    return bool(match and _TIME.fullmatch(_bare(match[1])))


def state(body: str) -> str:
    """Return the state of a body made of blocks without times, "" for another body.

    The newest block stands at the top, unless the one at the bottom closes what the one at the top begins.
    """
    if not re.match(rf"\s*(?:<p>)?\s*{_STATE}", body, re.IGNORECASE):
        return ""
    words = [_bare(match[1]) for match in _UNDATED.finditer(body)]
    states = [word for word in words if wording.phase(word) not in (None, Phase.UNKNOWN)]
    if not states or states[0] != words[0]:
        return ""
    is_over = [wording.phase(word) in OVER for word in (states[0], states[-1])]
    return states[-1] if is_over == [False, True] else states[0]


def clock_posts(entry: Entry) -> list[Post]:
    """Return the posts of a body that prints clocks without days and no states, oldest first; none for another body.

    The first shows when the entry was published; each other is at the next moment that its clock shows.
    """
    starts = list(_CLOCK.finditer(entry.body))
    ends = [match.start() for match in starts[1:]] + [len(entry.body)]
    texts: list[Post] = []
    near = (entry.published or entry.read_at) - timedelta(minutes=1)
    for match, end in zip(starts, ends, strict=False):
        zone, hour = times.zone(match[4].upper()), times.hour_of_day(int(match[1]), match[3].lower())
        if zone is None or hour is None:
            return []
        at = near.astimezone(zone).replace(hour=hour, minute=int(match[2]), second=0)
        near = (at if at >= near.astimezone(zone).replace(second=0) else at + timedelta(days=1)).astimezone(UTC)
        inner = _inner(entry.body[match.end() : end])
        texts.append(Post(at=near, html=inner, phase=wording.prose_phase(text_of(inner))))
    is_anchored = texts and entry.published and abs(texts[0].at - entry.published) <= timedelta(minutes=2)
    return texts if is_anchored else []


def text_of(html: str) -> str:
    """Return the words of HTML, to look for what they say; nothing that is printed."""
    return " ".join(markdown.unescape(re.sub(r"<[^<>]*>", " ", html)).split())


def window(entry: Entry, anchor: datetime, context: ReadContext) -> tuple[datetime, datetime] | None:
    """Return start and end of a coming maintenance by its banner; `anchor` is its announced start."""
    banner = _BANNER.search(entry.body)
    words = _bare(banner[1]) if banner else ""
    until = _UNTIL.search(words)
    if not until:
        return None
    first = _TIME.fullmatch(words[: until.start()] + words[until.end() :])
    if not first:
        return None
    zone = _zone(first["zone"], entry, context)
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


def _own_zone(printed: list[re.Match[str] | None], entry: Entry) -> tzinfo | None:
    """Return the zone of the entry's stamp if it shows the same clock as the top block beside another offset.

    Some pages print PST all year; where blocks name several zones, each is believed.
    """
    top = printed[0] if printed else None
    zones = {match["zone"] for match in printed if match}
    if top is None or len(zones) != 1 or entry.dated is None or times.zone(top["zone"]) is None:
        return None
    local, clock = entry.dated.astimezone(entry.zone), _clock(top)
    top_clock = (times.month_of(top["month"]), int(top["day"]), *(clock or ())[:2])
    return entry.zone if top_clock == (local.month, local.day, local.hour, local.minute) else None


def _clock(at: re.Match[str]) -> tuple[int, int, int] | None:
    """Return hour, minute and second of a block's time; None for the 13th hour of twelve."""
    hour = times.hour_of_day(int(at["hour"]), (at["half"] or "").lower())
    return None if hour is None else (hour, int(at["minute"]), int(at["second"] or 0))


def _block_time(
    words: str, near: datetime, entry: Entry, context: ReadContext, *, zone: tzinfo | None, newest_first: bool
) -> datetime | None:
    """Return the time a block prints, in the year that fits best; None for words that are no time."""
    at = _TIME.fullmatch(words)
    month, clock = (times.month_of(at["month"]), _clock(at)) if at else (None, None)
    if at is None or month is None or clock is None:
        return None
    zone = zone or _zone(at["zone"], entry, context)
    if at["year"]:
        exact = times.moment(int(at["year"]), month, int(at["day"]), *clock, zone)
        return exact.astimezone(UTC) if exact else None
    candidates = times.in_any_year(month, int(at["day"]), clock, zone, near)
    candidates = [t for t in candidates if t <= context.read_at + timedelta(days=1)]
    if newest_first:
        return max((t for t in candidates if t <= near + _LATE), default=None)
    return min(candidates, key=lambda t: abs(t - near), default=None)


def _nearest(at: re.Match[str], near: datetime, zone: tzinfo) -> datetime | None:
    candidates = times.in_any_year(
        times.month_of(at["month"]) or 0, int(at["day"]), _clock(at) or (0, 0, 0), zone, near
    )
    return min(candidates, key=lambda t: abs(t - near), default=None)


def _bare(html: str) -> str:
    """Return the words of a time or state without the tags inside, which stand for a blank where nothing else does."""
    return " ".join(markdown.unescape(re.sub(r"</?var[^<>]*>", " ", html)).replace(" ,", ",").split())


def _inner(html: str) -> str:
    """Return the text of a block without the tags that close it and open the next."""
    html = html.strip()
    end = len(html)
    while tag := next((tag for tag in _EDGES if html.endswith(tag, 0, end)), ""):
        end -= len(tag)
    return html[:end]
