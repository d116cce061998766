"""A real pull: recorded feeds from a local server, pulled twice, with news, and beside every hostile server we know.

    python3 tasks.py bench pull [DEADLINE]

Serves ../shared/recordings at the addresses the provider files name and pulls them into a copy of the archive. DEADLINE
(seconds, default: that of a real pull) is for the round with hostile servers. Prints what each round did and took, and
FAIL for what is not as it must be.
"""

from __future__ import annotations

import re
import resource
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from almanac import archive, fetch, pull
from almanac.content import providers
from almanac.pull import Report
from tests.support.serving import Behaviour, Serving, hostile, page, watch

ROOT = Path(__file__).resolve().parents[1]
RECORDINGS = ROOT.parent / "shared" / "recordings"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
DATE = re.compile(r"\d{4}-\d\d(?:-\d\d)?(?:T\d{4,6})?")
SLACK = 2.0  # seconds a hostile server may cost beyond the deadline
HASTE = 3.0  # seconds within which a missing network must be noticed


def main(argv: list[str]) -> int:
    """Run all rounds; 1 if any check failed."""
    if not RECORDINGS.is_dir():
        print(f"bench pull: needs {RECORDINGS}")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder) / "content")
        bench.first_and_again()
        bench.news()
        print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        bench.hostile(float(argv[0]) if argv else fetch.SECONDS)
        bench.offline()
    print("FAIL" if bench.failed else "PASS")
    return int(bench.failed)


class Bench:
    """The rounds, one after the other on one archive."""

    def __init__(self, content: Path) -> None:
        self.content = content
        self.failed = False
        self.feeds = recorded()
        shutil.copytree(ROOT / "content", content)
        urls = {provider.slug: provider.feeds[0].url for provider in providers.load(content) if provider.feeds}
        for slug in self.feeds.keys() - urls.keys():
            watch(content, slug)
        self.hosts = {slug: urls.get(slug, f"https://{slug}.example/").split("/")[2] for slug in self.feeds}

    def first_and_again(self) -> None:
        """Pull the last recording but one of each provider, twice."""
        with Serving(self.served(-2)) as server:
            report = self.pull("first pull", server)
            self.check("no provider fails", all(outcome.feed for outcome in report.outcomes))
            before = self.incidents()
            server.visits.clear()
            report = self.pull("second pull", server, hours=1)
        hosts = sorted(visit.host for visit in server.visits if "if-none-match" in visit.headers)
        self.check("each is asked once, conditionally", hosts == sorted(self.hosts.values()))
        self.check("each answers 304", all(outcome.unchanged for outcome in report.outcomes))
        self.check("no byte of an incident changes", self.incidents() == before)

    def news(self) -> None:
        """Pull the last recordings."""
        before = self.incidents()
        with Serving(self.served(-1)) as server:
            report = self.pull("pull with news", server, hours=2)
        after = self.incidents()
        news = {
            (outcome.provider, incident.id)
            for outcome in report.outcomes
            for incident in (*outcome.new, *outcome.changed, *outcome.vanished)
        }
        files = {name for name in after if after[name] != before.get(name)}
        self.check("what is reported is what changed", len(news) == len(files) and before.keys() <= after.keys())

    def hostile(self, seconds: float) -> None:
        """Pull every hostile server beside the honest ones."""
        spoilt = hostile(self.feeds["github"][-1])
        for slug in spoilt:
            watch(self.content, slug)
        before = self.incidents()
        bad = {f"{slug}.example": behaviour for slug, (behaviour, _) in spoilt.items()}
        with Serving({**self.served(-1), **bad}) as server:
            report = self.pull("hostile servers", server, hours=3, seconds=seconds, extra=tuple(spoilt))
        reasons = {o.provider: o.failures[0].reason if o.failures else "" for o in report.outcomes}
        cost = {outcome.provider: outcome.elapsed for outcome in report.outcomes}
        for slug, (_, reason) in spoilt.items():
            print(f"    {slug:18} {cost[slug]:5.1f} s  {reasons[slug]}{f', not {reason}' * (reasons[slug] != reason)}")
        self.check("each is told for what it is", all(reasons[slug] == spoilt[slug][1] for slug in spoilt))
        self.check(f"none costs more than {seconds:g} + {SLACK:g} s", max(cost.values()) <= seconds + SLACK)
        self.check("the others are read", all(not reasons[slug] for slug in self.feeds))
        self.check("no byte of an incident changes", self.incidents() == before)
        self.check(
            "since when stands in the state",
            all(
                archive.load_pulls(self.content, slug).feeds[0].error_since == NOW + timedelta(hours=3)
                for slug in spoilt
            ),
        )

    def offline(self) -> None:
        """Pull names that do not resolve, and with a resolver that does not answer."""
        for name, seconds in (("no name resolves", 0.0), ("the resolver is silent", 30.0)):
            with resolver(seconds):
                report = pull.pull(self.content, now=NOW + timedelta(hours=4))
            print(f"offline, {name}: {report.elapsed:.2f} s: {pull.summary(report)}")
            self.check(f"noticed within {HASTE:g} s", report.offline and report.elapsed <= HASTE)

    def served(self, at: int) -> dict[str, Behaviour]:
        """Return the recordings at this place of each row, the last one where the row is shorter."""
        return {self.hosts[slug]: page(row[max(at, -len(row))]) for slug, row in self.feeds.items()}

    def pull(
        self, name: str, server: Serving, *, hours: int = 0, seconds: float = fetch.SECONDS, extra: tuple[str, ...] = ()
    ) -> Report:
        report = pull.pull(
            self.content, now=NOW + timedelta(hours=hours), via=server.url, only=(*self.feeds, *extra), seconds=seconds
        )
        entries = sum(outcome.entries for outcome in report.outcomes)
        same = sum(outcome.unchanged for outcome in report.outcomes)
        print(f"{name}: {entries} entries, {same} unchanged feeds; {pull.summary(report)}")
        return report

    def incidents(self) -> Mapping[str, bytes]:
        root = self.content / "incidents"
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.md")}

    def check(self, claim: str, holds: bool) -> None:
        self.failed |= not holds
        print(f"  {'ok  ' if holds else 'FAIL'} {claim}")


def recorded() -> dict[str, list[bytes]]:
    """Return the recorded feeds of each provider, oldest first; one that was broken when recorded is left out."""
    rows: dict[str, list[Path]] = {}
    for path in RECORDINGS.rglob("*"):
        if path.suffix in (".rss", ".atom", ".xml") and "broken" not in path.name:
            rows.setdefault(path.relative_to(RECORDINGS).parts[0], []).append(path)
    return {slug: [path.read_bytes() for path in sorted(rows[slug], key=_recorded_at)] for slug in sorted(rows)}


def _recorded_at(path: Path) -> tuple[str, str]:
    match = DATE.search(path.name)
    return match[0] if match else "", path.name


@contextmanager
def resolver(seconds: float) -> Iterator[None]:
    """Make the resolver of this machine take so long to know nothing."""

    def ignorant(*_: Any, **__: Any) -> Any:
        time.sleep(seconds)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    real, socket.getaddrinfo = socket.getaddrinfo, ignorant
    try:
        yield
    finally:
        socket.getaddrinfo = real


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
