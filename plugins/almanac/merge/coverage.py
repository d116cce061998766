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


def settle(spans: Iterable[Span], cuts: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans without what is cut of their data sets, each once, the earliest first.

    A data set that came a second time and speaks of a longer time speaks for the first one, too.
    """
    by_dataset: dict[str, list[Span]] = {}
    for cut in cuts:
        by_dataset.setdefault(cut.dataset, []).append(cut)
    parts = [part for span in set(spans) for part in _without(span, by_dataset.get(span.dataset, []))]
    return in_order(span for span in parts if not any(_speaks_for(other, span) for other in parts))


def _without(span: Span, cuts: Iterable[Span]) -> list[Span]:
    """Return what is left of a span: nothing, one part or several."""
    parts = [span]
    for cut in cuts:
        around = [(part, part.since, min(part.until, cut.since)) for part in parts]
        around += [(part, max(part.since, cut.until), part.until) for part in parts]
        parts = [replace(part, since=since, until=until) for part, since, until in around if since < until]
    return parts


def _speaks_for(span: Span, other: Span) -> bool:
    longer = span.until - span.since > other.until - other.since
    return (
        bool(span.dataset)
        and longer
        and (span.dataset == other.dataset and span.since <= other.since and other.until <= span.until)
    )


def in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return each span once, the earliest first."""
    return tuple(sorted(set(spans), key=lambda span: (span.since, span.until, span.dataset, span.products)))
