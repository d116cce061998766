"""An incident with its updates, and what was said of it before: what feeds and the archive hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


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
    UNKNOWN = "unknown"  # neither in words nor in form does its source say how it stands: no trouble, and never open
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

TITLE = "title"  # the basis of an impact or of components that nothing states but the words of the title

# Dialects whose entries do not hold every post of an incident, so that the first one may never have been seen.
LATEST_POSTS = frozenset({"incidentio", "google", "aws", "azure", "flashduty", "betterstack", "plain"})
LATEST_RECORDS = frozenset({"incidentio-json"})  # the same of the forms of JSON
OVER = frozenset({Phase.RESOLVED, Phase.POSTMORTEM, Phase.COMPLETED})


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
class Repair:
    """A fact that an import had wrong: it was `was`, until `dataset` knew better. No edit of the provider's."""

    what: str
    was: str
    dataset: str  # slug of the source of the better knowledge; it may be a second reading of the first one


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One trouble under one upstream id. Updates stand oldest first; `ended` None means no end is known.

    The key for life is (provider, id). `*_basis` says where a value comes from, so that a guess is never taken
    for a statement: started first-update|stated|ulid|pubdate|mended|seen|bound, ended resolved-update|stated|pubdate|
    absence|mended|seen, kind impact|words|source|editor. impact and components: "" where the source states them,
    `entry` where they are read off an id or a line of text of a feed, `title` where only the title names them. `seen`: no date we could believe, so it is when we first saw
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
    impact_basis: str = ""
    phase: Phase
    components: tuple[str, ...] = ()
    components_basis: str = ""
    started: datetime
    started_basis: str = "first-update"
    ended: datetime | None = None
    ended_basis: str = ""
    trouble_seconds: int = 0  # in trouble, where several intervals make less than start to end; else 0
    planned_from: datetime | None = None  # announced window of a maintenance
    planned_until: datetime | None = None
    precision: str = "minute"  # of started and ended: second, minute or, where the provider rounds to it, hour
    source: str = ""
    dialect: str = ""
    id_is_ours: bool = False
    aliases: tuple[str, ...] = ()  # other ids it goes by upstream, where `id` is ours
    imported: str = ""  # the data set it came from, if by backfill
    first_seen: datetime | None = None
    vanished: datetime | None = None  # first missing from a feed that should hold it; still counts
    updates: tuple[Update, ...] = ()
    changes: tuple[Change, ...] = ()
    repairs: tuple[Repair, ...] = ()
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
        """Return when a post of it became known."""
        if self.first_seen is None:
            return update.at
        return update.seen or max(update.at, self.first_seen)

    @property
    def post_names(self) -> tuple[str, ...]:
        """A name for life of each post: the minute it was first dated to, and its number among those of that minute.

        They are numbered as they became known: one that is dated before others, and seen after them, takes no name of theirs.
        """
        dated = [next((was.at for was in update.was if was.at), update.at) for update in self.updates]
        as_known = sorted(range(len(dated)), key=lambda at: (self.known_from(self.updates[at]), dated[at]))
        names = [""] * len(dated)
        per_minute: dict[str, int] = {}
        for at in as_known:
            minute = f"{dated[at]:%Y-%m-%dT%H:%M}Z"
            per_minute[minute] = per_minute.get(minute, 0) + 1
            names[at] = minute if per_minute[minute] == 1 else f"{minute}-{per_minute[minute]}"
        return tuple(names)

    @property
    def is_first_post_known(self) -> bool:
        """True where the source holds every post; else nobody knows when it was first posted."""
        return bool(self.imported) or self.has_every_post

    @property
    def has_every_post(self) -> bool:
        """True where the form it was last read in holds every post."""
        return self.dialect not in LATEST_POSTS | LATEST_RECORDS

    @property
    def posted_late(self) -> bool:
        """First posted at or after its end: nobody could have been warned by it. Said only of what was seen.

        An end that is printed to the minute may lie anywhere in it, so a post of the same minute was perhaps no later.
        """
        undated = {self.started_basis, self.ended_basis} & {SIGHT, BOUND}
        if self.ended is None or undated or not self.is_first_post_known:
            return False
        after = self.posted - self.ended
        is_same_minute = self.ended.second == 0 and timedelta() < after < timedelta(minutes=1)
        return after >= timedelta() and not is_same_minute

    @property
    def is_open(self) -> bool:
        """True while the provider has named no end; what stood undated in a new feed only once it is posted on."""
        is_new = self.started_basis != BOUND or any(update.at > self.started for update in self.updates)
        return self.ended is None and self.phase not in OVER and self.kind is not Kind.UNKNOWN and is_new
