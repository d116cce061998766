"""Judges why an archived incident is not in the feed: it is out of sight, vanished, or over. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from almanac.model import Incident, Reading, Window
from almanac.text import addresses

_NAMELESS = re.compile(r"(?:[a-z]+ )?\d+")  # "entry 7": it may be anybody's

MARGIN = timedelta(days=1)  # feeds are not sorted quite as they say, and a false "vanished" is an accusation


def missing(
    archived: Iterable[Incident], present: Collection[str], reading: Reading, last_open: Mapping[str, datetime]
) -> Iterator[Incident]:
    """Yield archived incidents whose absence from the feed says something, changed so. `present`: ids in the feed.

    A provider may have two pages of one make: what stood on the other is not missing here.
    """
    archived = list(archived)
    listed = [*reading.incidents, *(incident for incident in archived if incident.id in present)]
    hosts = {addresses.host(incident.source) for incident in listed if incident.source}
    for incident in archived:
        if hosts and incident.source and addresses.host(incident.source) not in hosts:
            continue
        if incident.id in present or incident.dialect != reading.dialect or _is_skipped(incident, reading):
            continue
        if reading.window is Window.CURRENT:
            if incident.is_open:
                yield _end_unseen(incident, reading, last_open)
        elif incident.vanished is None and _belongs(incident, reading):
            yield replace(incident, vanished=reading.seen)


def _belongs(incident: Incident, reading: Reading) -> bool:
    """Say whether the feed should hold it: it holds everything, or everything since before this one began.

    Whatever a feed is sorted by (start, newest post, end), what started after its oldest entry stands in it.
    """
    if reading.since is None:
        return False
    return reading.window is Window.WHOLE or incident.started > reading.since + MARGIN


def _is_skipped(incident: Incident, reading: Reading) -> bool:
    """Say whether an entry that could not be read may have been this incident's."""
    names = (skip.entry for skip in reading.skipped)
    return any(_NAMELESS.fullmatch(name) or incident.id in name or name == incident.source for name in names)


def _end_unseen(incident: Incident, reading: Reading, last_open: Mapping[str, datetime]) -> Incident:
    """Return the incident as ended when it was last seen open: that is certain, the end came after it."""
    sight = last_open.get(incident.id, incident.started)
    ended = sight if sight > incident.started else reading.seen
    return replace(incident, ended=max(ended, incident.started), ended_basis="absence")
