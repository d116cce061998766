"""Reads every feed of public test suites and every recording as a pull would, and says what became of each entry.

    python3 tasks.py bench foreign [--reasons]

Each goes through the process a pull reads in, which measures itself. What counts as an entry is what feedparser finds
in the same bytes; each must be kept, skipped with a reason, or refused with the whole feed for a reason. With --reasons
one line a refused or short feed. Needs the corpora and recordings beside the project (../shared).
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import feedparser

from almanac import feeds
from almanac.model import FeedError, Provider, Reading
from almanac.pull.sandbox import Worker

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SECONDS, MEGABYTES, KEPT = 5.0, 512, 0.995
SEEN = datetime(2026, 12, 1, tzinfo=UTC)
PROVIDER = Provider(slug="example", name="Example", company="", home="", status_page="")
SUITES = ("feedparser", "reader", "defusedxml")
MODULE = "bench.foreign"  # as the workers import it


class Feed(NamedTuple):
    """Bytes somebody published, or made to test a reader with."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one feed. `entries` is what feedparser finds, `kept` and `skipped` what we say of ours."""

    name: str
    entries: int
    kept: int = 0
    skipped: tuple[str, ...] = ()  # why
    refused: str = ""  # FeedError's reason
    message: str = ""
    uncaught: bool = False
    seconds: float = 0.0
    megabytes: float = 0.0

    @property
    def lost(self) -> int:
        """Entries that feedparser finds and we neither keep nor list."""
        return 0 if self.refused else max(0, self.entries - self.kept - len(self.skipped))


def everything() -> Iterator[Feed]:
    """Yield all feeds of the corpora, then the recordings."""
    for suite in SUITES:
        for path in sorted((SHARED / "corpora" / suite / "files").rglob("*.*")):
            if path.is_file():
                yield Feed(str(path.relative_to(SHARED / "corpora")), path.read_bytes())
    for line in (SHARED / "corpora/miniflux-feeds/vectors.jsonl").read_text(encoding="utf-8").splitlines():
        vector = json.loads(line)
        yield Feed(vector["id"], vector["in"].encode("utf-8", "surrogatepass"))
    for path in sorted((SHARED / "recordings").rglob("*.*")):
        if path.suffix != ".tsv":
            yield Feed(str(path.relative_to(SHARED)), path.read_bytes())


def measured(body: bytes, *, hint: str = "") -> tuple[Reading, float, float]:
    """Run in the worker: what `feeds.read` makes of it, the seconds of processor time, and the process' peak in MB."""
    began = time.process_time()
    reading = feeds.read(PROVIDER, body, seen=SEEN, hint=hint)
    return reading, time.process_time() - began, _peak()


def _peak() -> float:
    """Return the peak memory of this program in MB; getrusage would count what its parent held when it was begun."""
    status = Path("/proc/self/status")
    if match := re.search(r"VmHWM:\s+(\d+) kB", status.read_text() if status.exists() else ""):
        return int(match[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def found(body: bytes) -> int:
    """Run in a worker: how many entries feedparser finds."""
    return len(feedparser.parse(BytesIO(body)).entries)


class Crew:
    """The process that reads and, so as not to spoil its figures, another that counts."""

    def __init__(self) -> None:
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        self._reader, self._counter = Worker(f"{MODULE}:measured"), Worker(f"{MODULE}:found")

    def fate(self, feed: Feed) -> Fate:
        """Read one feed, and count its entries."""
        entries, began = self._count(feed.body), time.monotonic()
        try:
            reading, seconds, megabytes = self._reader.call(feed.body)
        except FeedError as error:
            seconds = time.monotonic() - began
            return Fate(
                name=feed.name,
                entries=entries,
                refused=error.reason,
                message=str(error),
                seconds=seconds,
                uncaught=error.reason == "parser" or "reading failed" in str(error),
            )
        skipped = tuple(skip.why for skip in reading.skipped)
        return Fate(
            name=feed.name,
            entries=entries,
            kept=len(reading.items),
            skipped=skipped,
            seconds=seconds,
            megabytes=megabytes,
        )

    def _count(self, body: bytes) -> int:
        try:
            return int(self._counter.call(body))
        except FeedError:
            return 0

    def stop(self) -> None:
        """End both processes."""
        self._reader.stop()
        self._counter.stop()


def fates(them: Iterable[Feed]) -> list[Fate]:
    """Return what becomes of each feed."""
    crew = Crew()
    try:
        return [crew.fate(feed) for feed in them]
    finally:
        crew.stop()


def told(all_of_them: list[Fate]) -> bool:
    """Print the figures beside their limits; True if all are met."""
    entries = sum(fate.entries for fate in all_of_them)
    lost = sum(fate.lost for fate in all_of_them)
    uncaught = [fate.name for fate in all_of_them if fate.uncaught]
    slowest = max(all_of_them, key=lambda fate: fate.seconds)
    largest = max(fate.megabytes for fate in all_of_them)
    share = 1 - lost / entries if entries else 1.0
    print(f"{len(all_of_them)} feeds, {sum(not fate.refused for fate in all_of_them)} read; {entries} entries")
    _distribution(all_of_them)
    rows = {
        f"uncaught exceptions: {len(uncaught)} (0) {' '.join(uncaught[:5])}": not uncaught,
        f"slowest: {slowest.seconds:.2f} s, {slowest.name} ({SECONDS:g} s)": slowest.seconds <= SECONDS,
        f"peak memory of the reading process: {largest:.0f} MB ({MEGABYTES} MB)": largest <= MEGABYTES,
        f"entries kept or listed with a reason: {share:.2%} ({KEPT:.1%}), {lost} lost": share >= KEPT,
    }
    for row, met in rows.items():
        print("PASS" if met else "FAIL", row)
    return all(rows.values())


def _distribution(all_of_them: list[Fate]) -> None:
    """Print how many entries were kept, skipped and refused, and why."""
    entries = sum(min(fate.kept, fate.entries) for fate in all_of_them)
    skips = Counter(re.sub(r"of .+", "of …", why) for fate in all_of_them for why in fate.skipped)
    print(f"  {entries:6} entries kept")
    for why, count in skips.most_common():
        print(f"  {count:6} skipped: {why}")
    refused = Counter[str]()
    of_feeds = Counter(fate.refused for fate in all_of_them if fate.refused)
    for fate in all_of_them:
        refused[fate.refused] += fate.entries
    for reason, count in of_feeds.most_common():
        print(f"  {refused[reason]:6} in {count} feeds refused: {reason}")


def main(argv: list[str]) -> int:
    """Print what became of everything; 1 if a limit is missed."""
    if not SHARED.is_dir():
        print("bench foreign: the corpora are not here (../shared); nothing was measured")
        return 0
    all_of_them = fates(everything())
    if "--reasons" in argv:
        for fate in all_of_them:
            if fate.refused or fate.skipped or fate.lost:
                print(
                    f"  {fate.name}: {fate.entries} entries, {fate.kept} kept, {fate.lost} lost; "
                    f"{fate.refused} {fate.message} {'; '.join(fate.skipped)}"
                )
    return 0 if told(all_of_them) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
