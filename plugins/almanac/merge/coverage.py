"""Records since when and until when pulls would have shown an incident, had there been one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from almanac.model import Reading, Span, Window

RECENT = timedelta(hours=1)  # an event that a feed of current events shows and drops between two pulls is lost


def cover(spans: Iterable[Span], reading: Reading, previous: datetime | None = None) -> tuple[Span, ...]:
    """Return the spans with what this pull covers, joined with spans of pulls that it touches; those of data sets stay.

    A feed speaks from its oldest entry on. One of current events, or an empty one, speaks only of now: it covers the
    time since the `previous` usable answer if that was within the hour. For an answer "not modified" give a Reading
    without incidents and with the `since` of the last one.
    """
    since = reading.since
    if reading.window is Window.CURRENT or since is None:
        since = previous if previous and reading.seen - previous <= RECENT else reading.seen
    joined = Span(since=min(since, reading.seen), until=reading.seen)
    others = []
    for span in spans:
        if span.dataset or span.until < joined.since or span.since > joined.until:
            others.append(span)
        else:
            joined = replace(joined, since=min(span.since, joined.since), until=max(span.until, joined.until))
    return in_order([*others, joined])


def in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return each span once, the earliest first."""
    return tuple(sorted(set(spans), key=lambda span: (span.since, span.until, span.dataset)))
