"""Looks which sources are not as they were, and reads those: incidents to rows, what people write to manuscripts."""

from __future__ import annotations

import marshal
import os
import pickle
from collections.abc import Iterable, Mapping
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

if TYPE_CHECKING:
    from almanac.content.articles import Manuscript

CHUNK = 100  # files that a worker reads at once
SHARD = 2  # folders, of a provider and a year
PLAIN = 2  # the last version of marshal that writes equal values alike, however often they occur

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


Shards: TypeAlias = dict[str, dict[str, SourceRow]]  # <provider>/<year> → file, relative to content/incidents → row


class Incidents:
    """The rows of all incident files, by shard: those that look as they did are taken from the cache, others are read."""

    def __init__(self, content: Path, blobs: Mapping[str, bytes], clock: int) -> None:
        self._content, self._blobs = content, blobs
        self.shards: Shards = {}
        self.unread: dict[str, FileLook] = {}
        self._changed: set[str] = set()
        self.files = [*unchanged.walk(content.parent, f"{content.name}/{archive.INCIDENTS}")]
        looks = _looks(self.files, clock)
        for shard, stamps in looks.items():
            before = _rows(blobs[shard]) if shard in blobs else {}
            rows = {file: row for file, row in before.items() if row.stamp == stamps.get(file) != UNSETTLED}
            self.shards[shard] = rows
            self.unread.update((file, stamp) for file, stamp in stamps.items() if file not in rows)
            if len(rows) != len(stamps) or len(rows) != len(before):
                self._changed.add(shard)

    def read(self, executor: Executor) -> list[Future[tuple[dict[str, SourceRow], list[str]]]]:
        """Begin to read what must be read."""
        left = sorted(self.unread.items())
        chunks = [left[at : at + CHUNK] for at in range(0, len(left), CHUNK)]
        return [executor.submit(read_incidents, self._content, chunk) for chunk in chunks]

    def add(self, rows: Mapping[str, SourceRow]) -> None:
        """Take over what was read."""
        for file, row in rows.items():
            self.shards[shard_of(file)][file] = row

    @property
    def rows(self) -> dict[str, SourceRow]:
        """All rows, in the order of their files."""
        return {file: row for _, rows in sorted(self.shards.items()) for file, row in sorted(rows.items())}

    @property
    def packed(self) -> dict[str, bytes]:
        """What the next build needs to know, by shard."""
        return {
            shard: _packed(rows) if shard in self._changed else self._blobs[shard]
            for shard, rows in self.shards.items()
        }


def shard_of(file: str) -> str:
    """Return the shard of an incident file: provider and year of the start by which it was filed."""
    return file.rpartition("/")[0]


def _looks(files: Iterable[unchanged.SourceFile], clock: int) -> dict[str, dict[str, FileLook]]:
    """Return what each incident file looks like, by shard."""
    looks: dict[str, dict[str, FileLook]] = {}
    for path, size, mtime, ctime in files:
        _, _, *folders, name = path.split("/")
        if len(folders) == SHARD and name.endswith(".md"):
            shard = "/".join(folders)
            looks.setdefault(shard, {})[f"{shard}/{name}"] = FileLook.of(size, mtime, ctime, clock)
    return looks


def _packed(rows: Mapping[str, SourceRow]) -> bytes:
    return pack([(file, *map(tuple, (row.stamp, row.card, row.reporting)), row.text, row.facts)
                 for file, row in rows.items()])  # fmt: skip


def _rows(blob: bytes) -> dict[str, SourceRow]:
    return {
        file: SourceRow(FileLook(*stamp), text, facts, Card(*card), Reported(*reporting))
        for file, stamp, card, reporting, text, facts in unpack(blob)
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
    return blake2b(marshal.dumps((tuple(card), tuple(reporting)), PLAIN), digest_size=16).digest()


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
        self.packed: dict[str, bytes] = {}  # what the next build needs to know, by file

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
            self.packed[file] = self._blobs[file]
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
