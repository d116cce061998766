"""Wrong clocks, theirs and ours: nothing is dropped, and what is decided rests on when we saw it.

    python3 tasks.py bench clocks [SEED]

Every fixture feed is given each kind of wrong time (ten years off, impossible, none, in zones as they change to summer
time …) and is read on a right clock and on one ten years before and behind. Then pages are pulled from a local server
while their clock goes wrong and right again, and while ours goes back. Prints the figures, and the first faults.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from almanac import archive, feeds, pull
from almanac.merge import merge
from almanac.model import FeedError, Incident, Kind, Provider, Reading
from almanac.pull import Report
from almanac.world import Event, Post
from almanac.world.writers import incidentio, plain, statuspage
from almanac.world.writers.forms import Write
from bench.verdict import verdict
from tests.support.feeds import pairs
from tests.support.serving import Serving, page, watch
from tests.support.statuspages import BEGIN

Clock = Callable[[bytes], bytes]

PROVIDER = Provider(slug="example", name="Example", company="", home="", status_page="")
SKEW = timedelta(hours=1)  # what may lie ahead of our clock, as clocks differ
YEARS = 10
OWN = {"right": 0, "ten years behind": -YEARS, "ten years ahead": YEARS}
ISO = re.compile(rb"\b(\d{4})-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
MAIL = re.compile(rb"(?:\b[A-Z][a-z]{2},\s+)?\b\d{1,2} [A-Z][a-z]{2,8} (\d{4}) \d{1,2}:\d\d(?::\d\d)?(?: [\w+/-]+)?")
BLOCK = re.compile(rb"([A-Z][a-z]{2}) +((?:<var[^>]*>|&lt;var.*?&gt;)?) ?\d{1,2}\b")
TIME = re.compile(rb"\b\d\d:\d\d(?= (?:UTC|[A-Z]{3}))|(?<='time'>)\d\d:\d\d|(?<='time'&gt;)\d\d:\d\d")
DATED = re.compile(rb"<(\w+:)?(pubDate|published|updated|date)\b[^>]*>[^<]*</(\w+:)?\2>")


def shifted(years: int) -> Clock:
    """Return a clock that shifts every full date by so many years."""

    def year(match: re.Match[bytes]) -> bytes:
        return match[0].replace(match[1], b"%04d" % (int(match[1]) + years), 1)

    return lambda feed: MAIL.sub(year, ISO.sub(year, feed))


def all_of_them(stamp: str) -> Clock:
    """Return a clock that replaces every full date by these words."""
    words = stamp.encode().replace(b"\\", rb"\\")
    return lambda feed: MAIL.sub(words, ISO.sub(words, feed))


def no_time_in_blocks(feed: bytes) -> bytes:
    """Write the 45th of the month at 25:61 wherever a body prints a time."""
    return TIME.sub(b"25:61", BLOCK.sub(rb"\1 \g<2>45", feed))


CLOCKS: dict[str, Clock] = {
    "ten years behind": shifted(-YEARS),
    "ten years ahead": shifted(YEARS),
    "a hundred years ahead": shifted(100),
    "year 1": all_of_them("0001-01-01T00:00:00Z"),
    "year 1, far east": all_of_them("0001-01-01T00:00:00+14:00"),
    "year 9999": all_of_them("9999-12-31T23:59:59Z"),
    "year 9999, far west": all_of_them("9999-12-31T23:59:59-14:00"),
    "year 0": all_of_them("0000-00-00T00:00:00Z"),
    "month 13": all_of_them("2026-13-02T11:00:00Z"),
    "25:61": all_of_them("Mon, 02 Mar 2026 25:61:00 GMT"),
    "30 February": all_of_them("Mon, 30 Feb 2026 10:00:00 GMT"),
    "negative": all_of_them("-62135596800"),
    "ten to the twentieth": all_of_them("100000000000000000000"),
    "no zone": all_of_them("2026-03-02T11:00:00"),
    "a zone nobody knows": all_of_them("Mon, 02 Mar 2026 11:00:00 XYZ"),
    "an hour there is not": all_of_them("Sun, 08 Mar 2026 02:30:00 America/New_York"),
    "an hour there is twice": all_of_them("Sun, 26 Oct 2025 02:30:00 Europe/Berlin"),
    "half an hour of summer": all_of_them("Sun, 05 Apr 2026 01:45:00 Australia/Lord_Howe"),
    "words": all_of_them("the day before yesterday"),
    "empty": all_of_them(""),
    "no dates": lambda feed: DATED.sub(b"", feed),
    "no time in blocks": no_time_in_blocks,
    "no time anywhere": lambda feed: no_time_in_blocks(DATED.sub(b"", all_of_them("")(feed))),
}


def fixtures() -> Iterator[tuple[Path, pairs.Pair]]:
    """Yield every feed of ours that can be read."""
    yield from ((path, pair) for path in pairs.inputs() if (pair := pairs.load(path)).reading)


def read(feed: bytes, seen: datetime, hint: str = "") -> Reading | None:
    """Return what a feed says; None if it is refused."""
    try:
        return feeds.read(PROVIDER, feed, seen=seen, hint=hint)
    except FeedError:
        return None


def off(pair: pairs.Pair, clock: Clock, years: int) -> list[str]:
    """Return what is wrong with reading a feed on wrong clocks."""
    now = pair.seen.replace(year=pair.seen.year + years)
    honest, reading = read(pair.body, pair.seen, pair.hint), read(clock(pair.body), now, pair.hint)
    if honest is None or reading is None:
        return ["the feed is refused"]
    lost = len(honest.items) - len(reading.items)
    faults = [f"{lost} entries are dropped: {reading.skipped}"] if lost > 0 else []
    faults += [fault for incident in reading.incidents for fault in beyond(incident, now)]
    return faults + changed_by_itself(reading, clock(pair.body), pair.hint)


def beyond(incident: Incident, seen: datetime) -> Iterator[str]:
    """Yield decisions about an incident that rest on what had not come yet."""
    latest = seen + SKEW
    if incident.started > latest and incident.kind is not Kind.MAINTENANCE:
        yield f"{incident.id} starts at {incident.started}, seen {seen}"
    if incident.ended and not incident.started <= incident.ended <= latest:
        yield f"{incident.id} ends at {incident.ended}, seen {seen}"
    yield from (f"{incident.id} has a post of {post.at}, seen {seen}" for post in incident.updates if post.at > latest)


def changed_by_itself(reading: Reading, feed: bytes, hint: str) -> list[str]:
    """Return what the same feed changes when it is read again, even if nobody remembers its entries."""
    merged = merge({}, reading)
    archived = {incident.id: incident for incident in merged.incidents}
    faults = []
    for later in (timedelta(minutes=5), timedelta(hours=3), timedelta(days=1)):
        reading_again = read(feed, reading.seen + later, hint)
        news = merge(archived, reading_again, merged.last_open).incidents if reading_again else ()
        faults += [
            f"{incident.id} changes {later} later: {_differences(archived.get(incident.id), incident)}"
            for incident in news
        ]
    return faults


def _differences(was: Incident | None, now: Incident) -> str:
    if was is None:
        return "it is new"
    before, after = archive.render(was).splitlines(), archive.render(now).splitlines()
    return " / ".join(line for line in after if line not in before)[:300]


def trouble(name: str, hours: int, *, over: bool) -> Event:
    """Return an incident that began so many hours after the beginning."""
    at = BEGIN + timedelta(hours=hours)
    posts = [Post(at=at, printed="Investigating", text=f"Looking into {name}.")]
    posts += [Post(at=at + timedelta(minutes=40), printed="Resolved", text="It is over.")] if over else []
    return Event(id=name, title=f"Errors in {name}", posts=tuple(posts))


FORMS = {
    "atom": statuspage.atom,
    "rss": statuspage.rss,
    "json": statuspage.api,
    "incident.io": incidentio.atom,
    "plain": plain.rss,
}
PULLED = ("ten years behind", "ten years ahead", "year 9999", "month 13", "words", "no dates", "no time in blocks")


class Archive:
    """An archive in a folder, and the page it is pulled from."""

    def __init__(self, folder: Path) -> None:
        self.content = folder
        watch(folder, "acme", "https://acme.example/feed")

    def pull(self, feed: bytes, now: datetime) -> Report:
        """Pull what the page shows at this moment of our clock."""
        with Serving({"acme.example": page(feed)}) as server:
            return pull.pull(self.content, now=now, via=server.url, only=["acme"], read=feeds.read)

    def files(self) -> dict[str, bytes]:
        """Return the incident files as they stand on the disk."""
        return {str(path): path.read_bytes() for path in sorted((self.content / "incidents").rglob("*.md"))}

    def known(self) -> dict[str, Incident]:
        """Return the incidents by id."""
        return {name: filed.incident for name, filed in archive.load(self.content, "acme").items()}


def gone_wrong(form: Write, clock: Clock, folder: Path) -> list[str]:
    """Return what is wrong after the clock of a page pulled hourly goes wrong, and right again, while things happen."""
    acme = Archive(folder)
    troubles = [
        trouble("incident0003", 30, over=False),
        trouble("incident0002", 9, over=True),
        trouble("incident0001", 1, over=True),
    ]
    now = BEGIN + timedelta(hours=31)
    acme.pull(form(troubles, "acme.example"), now)
    before, since = acme.known(), archive.load_pulls(acme.content, "acme").coverage[0].since
    troubles.insert(0, trouble("incident0004", 31, over=False))
    acme.pull(clock(form(troubles, "acme.example")), now + timedelta(hours=1))
    files = acme.files()
    acme.pull(clock(form(troubles, "acme.example")), now + timedelta(hours=2))
    faults = [] if acme.files() == files else ["a repeated pull changes something"]
    acme.pull(form(troubles, "acme.example"), now + timedelta(hours=3))
    return [*faults, *_kept(acme, before, since, now)]


def _kept(acme: Archive, before: dict[str, Incident], since: datetime, now: datetime) -> Iterator[str]:
    incidents, pulls = acme.known(), archive.load_pulls(acme.content, "acme")
    if not before.keys() < incidents.keys() or len(incidents) != len(before) + 1:
        yield f"{sorted(incidents)} are known, {sorted(before)} were"
    yield from (f"{incident.id} is said to have vanished" for incident in incidents.values() if incident.vanished)
    if len(pulls.coverage) != 1 or pulls.coverage[0].since != since:
        yield f"coverage is {pulls.coverage}, began {since}"
    seen_open = dict(pulls.last_open)
    if (
        set(seen_open) != {name for name, incident in incidents.items() if incident.ended is None}
        or len(seen_open) != 2
    ):
        yield f"open are {seen_open}"
    for incident in incidents.values():
        yield from beyond(incident, now + timedelta(hours=3))


def gone_back(folder: Path) -> list[str]:
    """Return what is wrong after our own clock goes back by minutes, a day, and ten years, and on again."""
    acme, old, new = Archive(folder), trouble("incident0001", 1, over=False), trouble("incident0002", 9, over=True)
    feed, more = (statuspage.atom(troubles, "acme.example") for troubles in ([old], [new, old]))
    now = BEGIN + timedelta(hours=10)
    acme.pull(feed, now)
    files, faults = acme.files(), []
    for back in (timedelta(days=1), timedelta(days=3653)):
        report = acme.pull(more, now - back)
        if report.ok or acme.files() != files:
            faults.append(f"a pull {back} before the last one is not refused")
    acme.pull(more, now - timedelta(minutes=5))
    if len(acme.files()) != 2:
        faults.append("a pull five minutes before the last one does not read")
    return faults


def readings(clocks: Sequence[str]) -> tuple[int, list[str]]:
    """Read every fixture on these clocks of theirs and each of ours; return how many readings, and the faults."""
    count, faults = 0, []
    for path, pair in fixtures():
        for name in clocks:
            for own, years in OWN.items():
                count += 1
                faults += [
                    f"{path.parent.name}/{path.name}, their clock: {name}, ours {own}: {fault}"
                    for fault in off(pair, CLOCKS[name], years)
                ]
    return count, faults


def pulls(clocks: Sequence[str]) -> tuple[int, list[str]]:
    """Pull pages of each form while their clock goes wrong; return how many, and the faults."""
    faults, count = [], 0
    for name, form in FORMS.items():
        for clock in clocks:
            count += 1
            with tempfile.TemporaryDirectory() as folder:
                faults += [f"{name}, {clock}: {fault}" for fault in gone_wrong(form, CLOCKS[clock], Path(folder))]
    with tempfile.TemporaryDirectory() as folder:
        faults += [f"our clock goes back: {fault}" for fault in gone_back(Path(folder))]
    return count + 1, faults


def main(argv: list[str]) -> int:
    """Run all; 1 if there is a fault."""
    names = list(CLOCKS)
    random.Random(int(argv[0]) if argv else 1).shuffle(names)
    read_on, wrong = readings(names)
    pulled, faults = pulls(PULLED)
    dropped = sum("dropped" in fault or "refused" in fault for fault in wrong)
    print(f"{read_on} readings of our fixtures, on {len(CLOCKS)} clocks of theirs and {len(OWN)} of ours")
    print(f"  {dropped} that drop an entry (0), {len(wrong) - dropped} decisions that rest on claims or move (0)")
    print(f"{pulled} stories of pulls: {len(faults)} faults (0)")
    return verdict([*wrong, *faults])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
