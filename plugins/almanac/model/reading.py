"""What a feed said when it was read, and what pulls leave behind: coverage and the state of feeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from almanac.model.incident import Incident


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
    `is_mended`: the feed was not well-formed and was mended, so it may add incidents but change none.
    `beside`: another feed of the provider is read first in each pull, and this one for what that leaves out.
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
    is_mended: bool = False
    beside: bool = False


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
    products: tuple[str, ...] = ()  # what of the provider it speaks of; empty: the whole


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
    moved: str = ""  # where permanent redirects led at the last fetch
    error: str = ""
    error_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulls:
    """content/pulls/<provider>.json: what moves at every pull."""

    provider: str
    coverage: tuple[Span, ...] = ()
    feeds: tuple[FeedState, ...] = ()
    last_open: tuple[tuple[str, datetime], ...] = ()  # (incident id, when we last saw it open)
    core: tuple[str, ...] = ()  # of its provider: products whose coverage stands for the whole; not in the file
    cuts: tuple[Span, ...] = ()  # of data sets that did not stand a test: what starts in them is shown, not counted
    extra: Mapping[str, object] = field(default_factory=dict)
