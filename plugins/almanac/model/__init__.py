"""The values everything else speaks in: providers, incidents, updates, readings and coverage. Frozen, stdlib only.

Every datetime is aware UTC with whole seconds. `Card` and `Stretch` carry the same instants as integer seconds since
the epoch, because listings and statistics handle tens of thousands of them (docs/design.md, "Why are there cards?").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
# Numbers in two digits: a large build writes a million dates and clock times; to look up takes a fifth of formatting.
TWO = tuple(f"{number:02}" for number in range(100))


class Impact(StrEnum):
    """How bad the provider says it is, in our words; `unknown` where it says nothing we know."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What sort of event it is. Only outage and degradation are trouble of the service."""

    OUTAGE = "outage"
    DEGRADATION = "degradation"
    MAINTENANCE = "maintenance"
    NOTICE = "notice"
    TEST = "test"
    WITHDRAWN = "withdrawn"  # by an editor's correction only, like the next
    MERGED = "merged"  # counted with another incident


TROUBLE = frozenset({Kind.OUTAGE, Kind.DEGRADATION})
DECLARED = tuple(kind for kind in Kind if kind not in (Kind.WITHDRAWN, Kind.MERGED))  # what the archive may hold


class Phase(StrEnum):
    """Where the provider says it stands. `unknown` for a post that names no phase."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    UNKNOWN = "unknown"


YEARS = range(1990, 2200)  # in which incidents can have happened
SIGHT = "seen"  # the basis of a start or end that nothing dates but that we saw it; it may have been before
BOUND = "bound"  # the basis of a start that nothing dates, of what stood in a feed when we first read it: not later

OVER = frozenset({Phase.RESOLVED, Phase.POSTMORTEM, Phase.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A thing a provider says can be affected. `match` holds the names or ids it has had in feeds."""

    slug: str
    name: str
    product: str = ""
    capability: str = ""  # chat, api, code, search, speech, images, compute or other
    match: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Where a provider publishes. `dialect` is a hint: the dialect is detected at each fetch."""

    url: str
    dialect: str = ""
    verified: bool = False  # True: this form was seen in a recording of this provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which incidents of a shared page concern AI. Empty `components` and `words`: all of them do."""

    components: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One watched provider, as its file in content/providers says."""

    slug: str
    name: str  # what readers call it: Claude, ChatGPT, GitHub Copilot
    company: str
    home: str
    status_page: str
    feeds: tuple[Feed, ...] = ()
    components: tuple[Component, ...] = ()
    capabilities: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    scope: Scope | None = None  # None: the whole page is about AI
    written_by: str = "hand"  # hand or machine (probes)
    zone: str = "UTC"  # IANA name of the zone the page prints, where its feed does not say
    built_on: tuple[str, ...] = ()
    about: str = ""  # Markdown
    file: str = ""  # relative to content/, for messages and edit links


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What an update said before its provider changed it; superseded at `until`, when we saw the change."""

    text: str
    until: datetime
    at: datetime | None = None  # its old time, if the time was changed too
    printed: str = ""  # its old phase as printed, if that was changed too


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One post on an incident. `text` is safe Markdown without surrounding blanks, "" where we do not have it.

    `printed` is the phase word as the feed printed it ("Update" hides the state), `phase` what it means.
    `seen` is when this archive first saw the post; None for imports. `gone`: when it was first found missing.
    """

    at: datetime
    phase: Phase
    text: str = ""
    printed: str = ""
    seen: datetime | None = None
    upstream_id: str = ""
    gone: datetime | None = None
    was: tuple[Revision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A fact of an incident (title, impact, started, ended …) that was `was` until we saw another at `until`."""

    what: str
    was: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One trouble under one upstream id. Updates stand oldest first; `ended` None means no end is known.

    The key for life is (provider, id). `*_basis` says where a value comes from, so that a guess is never taken
    for a statement: started first-update|stated|ulid|pubdate|mended|seen|bound, ended resolved-update|stated|pubdate|
    absence|mended|seen, kind impact|words|source|editor. `seen`: no date we could believe, so it is when we first saw
    it so. `bound`: the same where it stood there when the feed was read for the first time; it may be years old.
    """

    provider: str
    id: str
    title: str
    title_is_ours: bool = False
    kind: Kind
    kind_basis: str = "impact"
    impact: Impact = Impact.UNKNOWN
    impact_stated: str = ""
    phase: Phase
    components: tuple[str, ...] = ()
    started: datetime
    started_basis: str = "first-update"
    ended: datetime | None = None
    ended_basis: str = ""
    planned_from: datetime | None = None  # announced window of a maintenance
    planned_until: datetime | None = None
    precision: str = "minute"  # of started and ended: second or minute
    source: str = ""
    dialect: str = ""
    id_is_ours: bool = False
    aliases: tuple[str, ...] = ()  # other ids it goes by upstream, where `id` is ours
    imported: str = ""  # the data set it came from, if by backfill
    first_seen: datetime | None = None
    vanished: datetime | None = None  # first missing from a feed that should hold it; still counts
    updates: tuple[Update, ...] = ()
    changes: tuple[Change, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()  # unknown front matter, kept as it is

    @property
    def key(self) -> tuple[str, str]:
        """(provider slug, raw upstream id)."""
        return self.provider, self.id

    @property
    def posted(self) -> datetime:
        """When the provider first posted on it."""
        return min((u.at for u in self.updates), default=self.started)

    @property
    def changed(self) -> datetime:
        """When anything about it last changed, as far as anyone could see then: posts, texts, facts."""
        moves = [min(u.at, u.seen) if u.seen else u.at for u in self.updates]
        moves += [u.gone for u in self.updates if u.gone]
        moves += [was.until for u in self.updates for was in u.was]
        moves += [change.until for change in self.changes]
        moves += [self.vanished] if self.vanished else []
        return max(moves, default=self.posted)

    @property
    def observed(self) -> tuple[datetime, ...]:
        """The moments at which something about it became known, in order: what we saw, when we saw it.

        Of an import, which we did not see, it is when the provider says it posted, or that it began or ended.
        """
        moments = {self.known_from(u) for u in self.updates}
        moments |= {u.gone for u in self.updates if u.gone} | {was.until for u in self.updates for was in u.was}
        moments |= {change.until for change in self.changes} | {at for at in (self.first_seen, self.vanished) if at}
        if not self.updates:
            moments |= {self.first_seen or self.started}
        if self.ended and not any(u.phase in OVER for u in self.updates):
            moments.add(self.ended)
        return tuple(sorted(moments))

    def known_from(self, update: Update) -> datetime:
        """When a post of it became known."""
        if self.first_seen is None:
            return update.at
        return update.seen or max(update.at, self.first_seen)

    @property
    def posted_late(self) -> bool:
        """First posted at or after its end: nobody could have been warned by it. Unknown where a date is ours."""
        undated = {self.started_basis, self.ended_basis} & {SIGHT, BOUND}
        return self.ended is not None and self.posted >= self.ended and not undated

    @property
    def is_open(self) -> bool:
        """True while the provider has named no end; what stood undated in a new feed only once it is posted on."""
        is_new = self.started_basis != BOUND or any(update.at > self.started for update in self.updates)
        return self.ended is None and self.phase not in OVER and is_new


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """An entry of a feed that became nothing, and why."""

    entry: str  # id, link or position
    why: str


class Window(StrEnum):
    """What absence from a feed means."""

    ROLLING = "rolling"  # the newest N: only what is newer than the oldest entry should be there
    WHOLE = "whole"  # all there ever was
    CURRENT = "current"  # what is going on now: absence means ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one fetched feed said.

    `whole_entries`: an entry holds every update of its incident (so a missing update was taken away);
    False where the feed holds only the latest update or one update an entry. `unchanged` are ids of incidents whose
    entries are byte-identical to the last reading and were not parsed again; they are present in the feed all the same.
    `since` is the time of the oldest entry shown, from which on the feed speaks; None for an empty feed.
    """

    provider: str
    dialect: str
    seen: datetime
    incidents: tuple[Incident, ...] = ()
    unchanged: tuple[str, ...] = ()
    skipped: tuple[Skip, ...] = ()
    doubts: tuple[str, ...] = ()  # unknown words, guesses worth a look
    whole_entries: bool = True
    first: bool = False  # the feed was not read before, so that nobody knows since when its undated entries stand there
    window: Window = Window.ROLLING
    since: datetime | None = None
    entries: int = 0
    items: tuple[tuple[str, str], ...] = ()  # (hash of the entry's bytes, incident id), for the next reading


class FeedError(Exception):
    """A feed that cannot be used. `reason` is a short word for counting, the message says what to do."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time in which the archive would have seen an incident, had there been one."""

    since: datetime
    until: datetime
    dataset: str = ""  # "" for our own pulls


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What the last fetches of one feed URL left behind."""

    url: str
    etag: str = ""
    last_modified: str = ""
    fetched: datetime | None = None  # last answer that could be used (200 or 304)
    changed: datetime | None = None  # last answer with news
    body: str = ""  # hash of the last body
    items: tuple[tuple[str, str], ...] = ()  # as in Reading.items
    dialect: str = ""
    window: str = ""  # as in Reading.window
    entries: int = 0
    since: datetime | None = None
    error: str = ""
    error_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulls:
    """content/pulls/<provider>.json: what moves at every pull."""

    provider: str
    coverage: tuple[Span, ...] = ()
    feeds: tuple[FeedState, ...] = ()
    last_open: tuple[tuple[str, datetime], ...] = ()  # (incident id, when we last saw it open)
    extra: Mapping[str, object] = field(default_factory=dict)


class Stretch(NamedTuple):
    """[since, until) in epoch seconds."""

    since: int
    until: int


class Card(NamedTuple):
    """The facts of an incident without its texts, in epoch seconds: what listings and statistics need."""

    provider: str
    id: str
    file: str  # relative to content/incidents, posix
    slug: str  # last part of its URL
    title: str
    kind: str
    impact: str
    impact_stated: str
    phase: str
    components: tuple[str, ...]
    started: int
    ended: int | None
    posted: int
    posted_late: bool
    started_basis: str
    ended_basis: str
    precision: str
    first_seen: int | None
    imported: str
    vanished: int | None
    updates: tuple[tuple[int, str], ...]  # (at, phase), oldest first, without those that are gone
    edits: int  # revisions and changes recorded
    source: str
    title_is_ours: bool = False
    changed: int = 0  # when anything about it last changed
    known: int = 0  # when the last of what is known of it became known: before that, less was
    states: int = 0  # at how many moments something became known

    @property
    def is_trouble(self) -> bool:
        """True for outages and degradations: what availability and forecasts count."""
        return self.kind in TROUBLE

    @property
    def is_open(self) -> bool:
        """True while the provider has named no end; what stood undated in a new feed only once it is posted on."""
        is_new = self.started_basis != BOUND or any(at > self.started for at, _ in self.updates)
        return self.ended is None and self.phase not in OVER and is_new


def seconds(at: datetime) -> int:
    """Epoch seconds of an aware datetime."""
    return int(at.timestamp())


def moment(at: int) -> datetime:
    """The aware UTC datetime of epoch seconds."""
    return datetime.fromtimestamp(at, UTC)


def card(incident: Incident, file: str) -> Card:
    """The card of an incident saved at `file` (relative to content/incidents)."""
    slug = file.rsplit("/", 1)[-1].removesuffix(".md")[11:]  # file names are <YYYY-MM-DD>-<slug>.md
    observed = incident.observed
    return Card(
        provider=incident.provider,
        id=incident.id,
        file=file,
        slug=slug,
        title=incident.title,
        kind=incident.kind.value,
        impact=incident.impact.value,
        impact_stated=incident.impact_stated,
        phase=incident.phase.value,
        components=incident.components,
        started=seconds(incident.started),
        ended=None if incident.ended is None else seconds(incident.ended),
        posted=seconds(incident.posted),
        posted_late=incident.posted_late,
        started_basis=incident.started_basis,
        ended_basis=incident.ended_basis,
        precision=incident.precision,
        first_seen=None if incident.first_seen is None else seconds(incident.first_seen),
        imported=incident.imported,
        vanished=None if incident.vanished is None else seconds(incident.vanished),
        updates=tuple((seconds(u.at), u.phase.value) for u in incident.updates if u.gone is None),
        edits=len(incident.changes) + sum(len(u.was) + (u.gone is not None) for u in incident.updates),
        source=incident.source,
        title_is_ours=incident.title_is_ours,
        changed=seconds(incident.changed),
        known=seconds(observed[-1]),
        states=len(observed),
    )


def stamp(at: datetime) -> str:
    """2026-03-02T11:49:20Z, the one way times are written in files."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    year, day = at.year, f"{TWO[at.month]}-{TWO[at.day]}"
    return f"{TWO[year // 100]}{TWO[year % 100]}-{day}T{TWO[at.hour]}:{TWO[at.minute]}:{TWO[at.second]}Z"


def stamped(at: int) -> str:
    """The same of epoch seconds, in a third of the time: tables write a hundred thousand of them."""
    minutes, second = divmod(at, 60)
    day, minute = divmod(minutes, 24 * 60)
    return f"{_day(day)}T{TWO[minute // 60]}:{TWO[minute % 60]}:{TWO[second]}Z"


@lru_cache(maxsize=8192)
def _day(number: int) -> str:
    """The date of a day counted from the epoch."""
    return stamp(moment(number * 24 * 3600))[:10]


def unstamp(text: str) -> datetime:
    """The reverse of `stamp`. Raises ValueError for anything else."""
    if not _STAMP.fullmatch(text):
        raise ValueError(f"{text!r} is no time like 2026-03-02T11:49:20Z")
    return datetime.fromisoformat(text)  # a twentieth of the time of strptime
