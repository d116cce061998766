"""How honest the status page is, in the provider's own words: late posts, stated windows, changed and vanished texts.

- Publication lag: first post minus the start the provider states itself (in a field, or in words such as "between 17:50
  UTC and 18:12 UTC"); a start we only took from the first post says nothing and is not counted. Nor are those of a source
  whose starts lie within a minute of the first post in half of the incidents or more: it mostly took them from there.
- Stated and posted length: the window the provider states, against the time from the first post to the closing one.
- Posted late: the first post is at or after the end, so nobody could be warned by it.
- Changed after the fact: texts of which an earlier wording was seen, with the lag from the post to the moment we saw
  the change (an upper bound of the true lag, by one pull), and whether the incident was over by then.
- Vanished: incidents missing from a feed that should hold them, and updates taken out of their incident.

Changes can be seen only in what was watched: incidents that were imported and never pulled are counted apart. n is
always given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from almanac.model import OVER, TROUBLE, Incident, Revision, Update
from almanac.stats.percentiles import percentile

_CLOCK = r"(\d{1,2}):(\d{2})"
_WINDOW = re.compile(
    rf"\b(?:between|from)\b[^.\n]{{0,60}}?{_CLOCK}(?:\s*\(?UTC\)?)?[^.\n]{{0,40}}?"
    rf"(?:\band\b|\bto\b|\buntil\b|\btill\b|[-–—])[^.\n]{{0,40}}?{_CLOCK}\s*\(?UTC\b",
    re.IGNORECASE,
)


WORDS = "words"  # a start stated in the text of a post
AT_ONCE = 60  # seconds: a start so near the first post says nothing of when trouble began
MOSTLY = 0.5  # of the incidents of a source: with so many, the median of their lags would be that of no lag


class Spread(NamedTuple):
    """How a quantity in seconds spreads; None where n is too small."""

    n: int
    median: float | None
    p90: float | None
    longest: float | None


class StatedWindow(NamedTuple):
    """From when to when the provider says trouble lasted."""

    since: datetime
    until: datetime


class Rewording(NamedTuple):
    """A text that its provider replaced."""

    incident: Incident
    update: Update
    revision: Revision
    new: str  # the wording that replaced it

    @property
    def lag(self) -> float:
        """Seconds from the post to the moment the change was seen."""
        return (self.revision.until - self.update.at).total_seconds()

    @property
    def after_the_fact(self) -> bool:
        """Whether the incident was over when the text was changed."""
        return self.incident.ended is not None and self.revision.until > self.incident.ended


class Honesty(NamedTuple):
    """What a provider's own words show of its reporting. Only outages and degradations are looked at."""

    incidents: int
    watched: int  # pulled by this archive; of the others, imports, changes could not be seen
    lag: Spread  # first post minus stated start, where that is another fact than the first post
    unstated: int  # starts that are stated, but by sources that mostly give the first post for the start
    longer: Spread  # stated minus posted length; negative where more was posted than stated
    posted_late: int
    edits: Spread  # lag of replaced texts
    edited_incidents: int
    after_the_fact: int  # of the edits
    vanished: int  # incidents
    removed_updates: int


class Reported(NamedTuple):
    """How one incident was reported, without its texts. Times in seconds, None where the provider does not say."""

    watched: bool
    source: str  # of a stated start: WORDS, the data set it was imported from, or "" for a field of a feed
    lag: float | None
    longer: float | None
    posted_late: bool
    edits: tuple[tuple[float, bool], ...]  # lag of each replaced text, and whether the incident was over by then
    vanished: bool
    removed_updates: int


def honesty(incidents: Iterable[Incident]) -> Honesty:
    """Sum up how a provider reported these incidents."""
    return summary(reported(i) for i in incidents if i.kind in TROUBLE)


def reported(incident: Incident) -> Reported:
    """Measure how one incident was reported."""
    return Reported(
        watched=incident.first_seen is not None or any(u.seen for u in incident.updates),
        source=WORDS if stated_window(incident) else incident.imported,
        lag=publication_lag(incident),
        longer=understated(incident),
        posted_late=incident.posted_late,
        edits=tuple((edit.lag, edit.after_the_fact) for edit in edits(incident)),
        vanished=incident.vanished is not None,
        removed_updates=sum(u.gone is not None for u in incident.updates),
    )


def summary(reports: Iterable[Reported]) -> Honesty:
    """Sum up the reports on a provider's outages and degradations."""
    all_reports = tuple(reports)
    replaced = [edit for r in all_reports for edit in r.edits]
    lags = _by_source(all_reports)
    informative = {source: own for source, own in lags.items() if source == WORDS or not _is_first_post(own)}
    return Honesty(
        incidents=len(all_reports),
        watched=sum(r.watched for r in all_reports),
        lag=spread(lag for own in informative.values() for lag in own),
        unstated=sum(len(own) for source, own in lags.items() if source not in informative),
        longer=spread(r.longer for r in all_reports if r.longer is not None),
        posted_late=sum(r.posted_late for r in all_reports),
        edits=spread(lag for lag, _ in replaced),
        edited_incidents=sum(bool(r.edits) for r in all_reports),
        after_the_fact=sum(after for _, after in replaced),
        vanished=sum(r.vanished for r in all_reports),
        removed_updates=sum(r.removed_updates for r in all_reports),
    )


def _by_source(reports: Iterable[Reported]) -> dict[str, list[float]]:
    """Return the lags by the source of the stated start."""
    lags: dict[str, list[float]] = {}
    for report in reports:
        if report.lag is not None:
            lags.setdefault(report.source, []).append(report.lag)
    return lags


def _is_first_post(lags: Sequence[float]) -> bool:
    """Say whether a source mostly gives the time of the first post for the start."""
    return sum(abs(lag) <= AT_ONCE for lag in lags) >= MOSTLY * len(lags)


def publication_lag(incident: Incident) -> float | None:
    """Return the seconds from the stated start to the first post; None where no start is stated."""
    window = stated_window(incident)
    if window is not None:
        return (incident.posted - window.since).total_seconds()
    if incident.started_basis != "stated":
        return None
    return (incident.posted - incident.started).total_seconds()


def understated(incident: Incident) -> float | None:
    """Return stated length minus posted length in seconds; None where no window is stated or no post closes it."""
    window = stated_window(incident)
    closing = min((u.at for u in incident.updates if u.phase in OVER), default=None)
    if window is None or closing is None:
        return None
    return ((window.until - window.since) - (closing - incident.posted)).total_seconds()


def stated_window(incident: Incident) -> StatedWindow | None:
    """Return the window the newest update that names one states in UTC, on the days nearest to the incident."""
    for update in reversed(incident.updates):
        # Most posts name no clock time; to ask for its colon first takes a hundredth of the search.
        match = _WINDOW.search(update.text) if ":" in update.text else None
        if match and all(int(match[i]) < 24 and int(match[i + 1]) < 60 for i in (1, 3)):
            hours = [timedelta(hours=int(match[i]), minutes=int(match[i + 1])) for i in (1, 3)]
            return _nearest_window(incident.started, *hours)
    return None


def _nearest_window(near: datetime, since: timedelta, until: timedelta) -> StatedWindow:
    """Place clock times on the day that brings the start nearest to `near`; an end before it is on the next day."""
    midnight = near.replace(hour=0, minute=0, second=0, microsecond=0)
    days = (midnight + timedelta(days=d) + since for d in (-1, 0, 1))
    start = min(days, key=lambda at: abs(at - near))
    length = (until - since) % timedelta(days=1)
    return StatedWindow(start, start + length)


def edits(incident: Incident) -> Iterator[Rewording]:
    """Yield the texts of an incident that were replaced, oldest first; changes of blanks alone are none."""
    for update in incident.updates:
        wordings = [*update.was, None]
        for revision, later in zip(update.was, wordings[1:], strict=True):
            new = later.text if later else update.text
            if revision.text.split() != new.split():
                yield Rewording(incident, update, revision, new)


def spread(values: Iterable[float]) -> Spread:
    """Return number, median, 90th percentile and largest of some seconds."""
    ordered = sorted(values)
    if not ordered:
        return Spread(0, None, None, None)
    return Spread(len(ordered), percentile(ordered, 0.5), percentile(ordered, 0.9), ordered[-1])
