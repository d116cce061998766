"""Looks which sources are not as they were, and reads those: incidents to rows, what people write to manuscripts."""

from __future__ import annotations

import marshal
import os
import pickle
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Executor, Future
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from almanac import archive, files
from almanac.build import unchanged
from almanac.build.cache import digest, pack, unpack
from almanac.model import Card, seconds
from almanac.model import card as card_of
from almanac.model.problem import Problem
from almanac.snapshot import Snapshot, as_of, order
from almanac.stats.reporting import Reported, reported
from almanac.text.english import DAY
from almanac.views.around import window

if TYPE_CHECKING:
    from almanac.content.articles import Manuscript

CHUNK = 100  # files that a worker reads at once
SHARD = 2  # folders, of a provider and a year
FOREVER = 2**62  # epoch seconds

Reading: TypeAlias = "tuple[Manuscript | None, tuple[Problem, ...]]"  # of a file that people wrote


class FileLook(NamedTuple):
    """What a source file looked like when it was read; all zero if it might change without looking different."""

    size: int
    mtime: int
    ctime: int

    @classmethod
    def of(cls, size: int, mtime: int, ctime: int, clock: int) -> FileLook:
        """Return the look of a file at `clock` (ns)."""
        return cls(size, mtime, ctime) if ctime < clock - unchanged.SETTLED else UNSETTLED


UNSETTLED = FileLook(0, 0, 0)


class SourceRow(NamedTuple):
    """What is known of one incident file."""

    stamp: FileLook
    text: bytes  # digest of its bytes
    facts: bytes  # the same of card and reporting: another text leaves it as it is
    card: Card
    reporting: Reported


class Shard(NamedTuple):
    """What is remembered of the incident files of a provider and year beside their rows. Times are epoch seconds."""

    look: bytes  # how they look; b"" if one might change without looking different
    facts: bytes  # a digest of all but the texts of what is over
    first: int  # the earliest start
    last: int  # the latest end, FOREVER if one has none
    newest: int  # when the last that is known became known


UNREAD = Shard(b"", b"", 0, 0, 0)


class Incidents:
    """All incident files, by shard: the rows of one whose files look as they did are loaded only if somebody asks.

    `tree` is how all of them look, `changed` those whose text is another than in the last build, once they are read.
    """

    def __init__(self, content: Path, blobs: Mapping[str, bytes], clock: int) -> None:
        self._content, self._blobs, self._clock = content, blobs, clock
        self._rows: dict[
            str, dict[str, SourceRow]
        ] = {}  # <provider>/<year> → file, relative to content/incidents → row
        self._texts: dict[str, dict[str, bytes]] = {}  # of shards that were touched, before that
        self.shards: dict[str, Shard] = {}
        self.unread: dict[str, FileLook] = {}
        self.changed: frozenset[str] = frozenset()
        self.tree = unchanged.Tree()
        for folder in self.tree.passing(unchanged.walk(content.parent, f"{content.name}/{archive.INCIDENTS}")):
            path = folder[0][0].split("/")[2:-1]
            if len(path) == SHARD and (incidents := [source for source in folder if source[0].endswith(".md")]):
                self._look_at("/".join(path), incidents)

    def _look_at(self, shard: str, incidents: list[unchanged.SourceFile]) -> None:
        """Take a shard from the cache; if one of its files looks different, load it, and note which must be read."""
        stamps = {
            f"{shard}/{path.rpartition('/')[2]}": FileLook.of(size, mtime, ctime, self._clock)
            for path, size, mtime, ctime in incidents
        }
        look = b"" if UNSETTLED in stamps.values() else digest(marshal.dumps(incidents, unchanged.PLAIN))
        before = Shard(*unpack(self._blobs[shard])[0]) if shard in self._blobs else UNREAD
        self.shards[shard] = before._replace(look=look)
        if look and look == before.look:
            return
        rows = _rows(self._blobs[shard]) if shard in self._blobs else {}
        self._texts[shard] = {file: row.text for file, row in rows.items()}
        self._rows[shard] = {file: row for file, row in rows.items() if row.stamp == stamps.get(file) != UNSETTLED}
        self.unread.update((file, stamp) for file, stamp in stamps.items() if file not in self._rows[shard])

    def read(self, executor: Executor) -> list[Future[tuple[dict[str, SourceRow], list[str]]]]:
        """Begin to read what must be read."""
        left = sorted(self.unread.items())
        chunks = [left[at : at + CHUNK] for at in range(0, len(left), CHUNK)]
        return [executor.submit(read_incidents, self._content, chunk) for chunk in chunks]

    def add(self, rows: Mapping[str, SourceRow]) -> None:
        """Take over all that was read."""
        for file, row in rows.items():
            self._rows[shard_of(file)][file] = row
        for shard in self._texts:
            self.shards[shard] = _summed_up(self.shards[shard].look, self.rows([shard]))
        texts = {shard: {file: row.text for file, row in self._rows[shard].items()} for shard in self._texts}
        self.changed = frozenset(
            file for shard, before in self._texts.items() for file, _ in before.items() ^ texts[shard].items()
        )

    def facts(self, now: int) -> list[object]:
        """Return what differs when anything does but the text of what is over. Who looks at the past looks at everything."""
        return [
            (name, os.urandom(16) if shard.newest > now else shard.facts) for name, shard in sorted(self.shards.items())
        ]

    def rows(self, shards: Iterable[str]) -> dict[str, SourceRow]:
        """Return the rows of some shards, in the order of their files."""
        names = sorted(shards)
        self._rows |= {shard: _rows(self._blobs[shard]) for shard in names if shard not in self._rows}
        return {file: row for shard in names for file, row in sorted(self._rows[shard].items())}

    def around(self, files: Collection[str]) -> dict[str, SourceRow]:
        """Return the rows of all that pages of some incidents that are over may show of their days, theirs among them."""
        own = [_span(self.rows([shard_of(file)])[file].card) for file in files]
        views = [window(since, until) for since, until in own]

        def is_near(since: int, until: int) -> bool:
            return any(since < view.until + DAY and until > view.since - DAY for view in views)

        rows = self.rows(name for name, shard in self.shards.items() if is_near(shard.first, shard.last))
        return {file: row for file, row in rows.items() if is_near(*_span(row.card))}

    @property
    def packed(self) -> dict[str, bytes | None]:
        """What the next build needs to know, by shard; None where it knows it."""
        return {
            name: _packed(shard, self._rows[name]) if name in self._texts else None
            for name, shard in self.shards.items()
        }


def shard_of(file: str) -> str:
    """Return the shard of an incident file: provider and year of the start by which it was filed."""
    return file.rpartition("/")[0]


def _summed_up(look: bytes, rows: Mapping[str, SourceRow]) -> Shard:
    cards = [row.card for row in rows.values()]
    return Shard(
        look=look,
        facts=digest(b"".join([row.facts + (row.text if row.card.ended is None else b"") for row in rows.values()])),
        first=min((card.started for card in cards), default=0),
        last=max((until for _, until in map(_span, cards)), default=0),
        newest=max((card.known for card in cards), default=0),
    )


def _span(card: Card) -> tuple[int, int]:
    """Return from when to when an incident lasted at most."""
    return card.started, FOREVER if card.ended is None else max(card.ended, card.started)


def _packed(shard: Shard, rows: Mapping[str, SourceRow]) -> bytes:
    values = [(file, *map(tuple, (row.stamp, row.card, row.reporting)), row.text, row.facts)
              for file, row in rows.items()]  # fmt: skip
    return pack((tuple(shard), marshal.dumps(values)))


def _rows(blob: bytes) -> dict[str, SourceRow]:
    return {
        file: SourceRow(FileLook(*stamp), text, facts, Card(*card), Reported(*reporting))
        for file, stamp, card, reporting, text, facts in marshal.loads(unpack(blob)[1])  # noqa: S302  (our own)
    }


def read_incidents(content: Path, stamps: Iterable[tuple[str, FileLook]]) -> tuple[dict[str, SourceRow], list[str]]:
    """Return the rows of incident files, and a line for every one that cannot be used."""
    rows: dict[str, SourceRow] = {}
    problems = []
    for file, stamp in stamps:
        try:
            data, incident = archive.read_both(content, file)
            card, reporting = card_of(incident, file), reported(incident)
            rows[file] = SourceRow(stamp, digest(data), facts_of(card, reporting), card, reporting)
        except archive.ArchiveError as error:
            problems.append(str(error))
        except (ValueError, ArithmeticError, LookupError, TypeError) as error:
            problems.append(unprintable(f"{content.name}/incidents/{file}", error))
    return rows, problems


def facts_of(card: Card, reporting: Reported) -> bytes:
    """Return a digest of all that is known of an incident without its texts."""
    return blake2b(marshal.dumps((tuple(card), tuple(reporting)), unchanged.PLAIN), digest_size=16).digest()


def current_rows(content: Path, snapshot: Snapshot, rows: Mapping[str, SourceRow]) -> dict[str, SourceRow]:
    """Return rows by file as the snapshot has them: anew where one was corrected, or is not yet as it was to be."""
    current, orders = dict(rows), order.orders(snapshot.providers)
    parts = {provider.slug: digest(provider.components) for provider in snapshot.providers}
    for card in (card for cards in snapshot.cards.values() for card in cards):
        row = rows[card.file]
        text = digest(row.text, parts[card.provider]) if card.edits else row.text  # what it named before
        if card is not row.card:
            reporting = row.reporting
            if card.known != row.card.known:  # less was known of it
                incident = as_of.incident(content, card, seconds(snapshot.now), orders[card.provider])
                reporting = reported(incident)
            current[card.file] = SourceRow(row.stamp, digest(text, card), facts_of(card, reporting), card, reporting)
        elif card.edits:
            current[card.file] = row._replace(text=text)
    return current


class Manuscripts:
    """What people wrote, file by file: taken from the cache if it looks as it did, else read."""

    def __init__(self, content: Path, blobs: Mapping[str, bytes], clock: int) -> None:
        self._content, self._blobs, self._clock = content, blobs, clock
        self._futures: dict[str, Future[dict[str, Reading]]] = {}
        self.packed: dict[str, bytes | None] = {}  # what the next build needs to know, by file; None where it knows it

    def unread(self) -> list[str]:
        """Return the files (relative to content/) that must be read."""
        below = (path for name in ("articles", "pages") for path in (self._content / name).rglob("*.md"))
        names = sorted(path.relative_to(self._content).as_posix() for path in below if not path.is_symlink())
        return [name for name in names if self._remembered(name, self._stamp(name)) is None]

    def read_ahead(self, executor: Executor, names: list[str]) -> None:
        """Begin to read files."""
        for at in range(0, len(names), CHUNK):
            chunk = names[at : at + CHUNK]
            self._futures |= dict.fromkeys(chunk, executor.submit(read_manuscripts, self._content, chunk))

    def get(self, file: str) -> Reading:
        """Return what stands in a file (relative to content/), or every fault of it."""
        stamp = self._stamp(file)
        if (frozen := self._remembered(file, stamp)) is not None:
            self.packed[file] = None
            return pickle.loads(frozen), ()  # noqa: S301  (from our own cache, under its checksum)
        future = self._futures.get(file)
        manuscript, faults = future.result()[file] if future else read_manuscript(self._content, file)
        if manuscript and not faults and stamp != UNSETTLED:
            self.packed[file] = pack((tuple(stamp), pickle.dumps(manuscript, pickle.HIGHEST_PROTOCOL)))
        return manuscript, faults

    def _stamp(self, file: str) -> FileLook:
        try:
            status = os.stat(self._content / file)
        except OSError:
            return UNSETTLED
        return FileLook.of(status.st_size, status.st_mtime_ns, status.st_ctime_ns, self._clock)

    def _remembered(self, file: str, stamp: FileLook) -> bytes | None:
        """Return the frozen manuscript of a file that looks as it did."""
        if file not in self._blobs or stamp == UNSETTLED:
            return None
        before, frozen = unpack(self._blobs[file])
        return frozen if before == tuple(stamp) else None


def read_manuscripts(content: Path, names: Iterable[str]) -> dict[str, Reading]:
    """Return what stands in files that people wrote, by name."""
    return {name: read_manuscript(content, name) for name in names}


def read_manuscript(content: Path, file: str) -> Reading:
    """Return what stands in a file that people wrote (relative to content/), or every fault of it."""
    from almanac.content import articles  # pydantic takes 0.2 s to import

    try:
        data = (content / file).read_bytes()
    except OSError as error:
        return None, (Problem(file=f"{content.name}/{file}", message=files.why(error)),)
    return articles.read(data, file)


def unprintable(place: str, error: Exception) -> str:
    """Return the line about a page that cannot be made of what stands at `place`."""
    why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return f"{place}:1: cannot be shown ({why}); fix it, or restore it from its history"
