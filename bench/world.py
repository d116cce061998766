"""The site against a world that knows the truth: whatever the feeds say and however they fail, what does the site say?

    python3 tasks.py bench world [--days 60] [--seeds 20] [--real-days 7] [--real-seeds 2] [--first 1]

In memory, with many seeds: the page of each provider lives through DAYS of random incidents (posts, edits, retitles,
late posts, deletions, reopenings, plans, postmortems) in its own dialect, with outages of the feed itself and moves to
another platform (bench/quarters.py).

Really, with a few: all pages at once, pulled and built at every quarter of an hour at which anything changes, by
processes that are now and then killed; from an empty archive and random incidents, and from the committed one, cut at a
moment, with what the facts say came after it. The state of each provider is read off the home page and the API.

Prints how many provider-moments agree with what the feeds had shown, and FAIL for each difference.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pelican  # noqa: F401  (the processes that build are forked from this one, and need not load it)

import almanac.build.pelican  # noqa: F401  (likewise)
from almanac import archive, feeds, pull
from almanac.commands import build as build_command
from almanac.content import providers
from almanac.model import Incident, Provider, stamp
from almanac.snapshot import incident_as_of
from almanac.world import Clock, World, WorldServer, by_chance, of_facts
from almanac.world.faults import outages
from almanac.world.sight import Observer
from bench.quarters import (
    BEGIN,
    CONTENT,
    MEMORY,
    QUARTER,
    ROOT,
    Score,
    changes,
    expected,
    month,
    watched_providers,
)
from bench.verdict import verdict
from tests.support import testimony

NEEDED = 0.999
CUTS = (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 5, 12, tzinfo=UTC))  # busy weeks of many providers
EMPTIED = ("incidents", "pulls", "forecasts", "articles")  # of content, where the archive begins empty
FAULTS = 20.0  # days from one outage of a feed to the next, on average
KILLED = 0.06  # of pulls and builds
STARTS = {"really, from the committed archive, cut": "cut", "really, from an empty archive": "empty"}
PATIENCE = 3.0  # seconds for one answer
GOES = 5  # how often a pull is made again if this machine is too slow for that
STATES = ("none", "open", "unknown")
_ROW = re.compile(r'<a href="[^"]*/providers/([a-z0-9-]+)/">.*?<span class="st (\w+) gl"')


class Site:
    """A project of its own with the theme and the program of this one, pulled and built by processes that may be killed."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.root, self.content = root, root / "content"
        self._chance = chance
        self._took = {"pull": 0.3, "build": 2.0}  # seconds, last time
        self.kills = 0
        (root / "plugins").mkdir(parents=True)
        (root / "plugins/almanac").symlink_to(ROOT / "plugins/almanac")
        (root / "theme").symlink_to(ROOT / "theme")
        for name in ("almanac.toml", "pelicanconf.py", "publishconf.py", "requirements.lock", "pyproject.toml"):
            shutil.copy(ROOT / name, root / name)

    def pull(self, now: datetime, via: str) -> None:
        """Pull all providers."""
        self._run("pull", lambda: pull.pull(self.content, now=now, via=via, seconds=PATIENCE, read=feeds.read))

    def build(self, now: datetime) -> None:
        """Build as of `now`."""
        self._run("build", partial(build_command.build, self.root / "pelicanconf.py", now=stamp(now)))

    def _run(self, name: str, job: Callable[[], object]) -> None:
        """Run a job to its end, which may take several goes; raises RuntimeError if it fails by itself."""
        while self._chance.random() < KILLED:
            self.kills += self._fork(job, self._chance.uniform(0, self._took[name])) == -signal.SIGKILL
        begun = time.monotonic()
        if self._fork(job, None):
            raise RuntimeError(f"{name} failed:\n{self._output.read_text()[-2000:]}")
        self._took[name] = time.monotonic() - begun

    @property
    def _output(self) -> Path:
        return self.root / "output.txt"

    def _fork(self, job: Callable[[], object], seconds: float | None) -> int:
        """Run a job in a process of its own, killed after so many seconds; return its exit code, or minus the signal."""
        process = multiprocessing.get_context("fork").Process(target=_work, args=(job, self._output))
        process.start()
        process.join(seconds)
        if process.is_alive():
            process.kill()
            process.join()
        return process.exitcode or 0

    def states(self) -> Iterator[tuple[str, str, str]]:
        """Yield slug, place and state for each provider, as the pages say it: none, open or unknown."""
        output = self.root / ".output-preview"
        listed = dict(_ROW.findall((output / "index.html").read_text()))
        for file in sorted(output.glob("providers/*/api/v2/status.json")):
            slug = file.parts[-4]
            indicator = json.loads(file.read_text())["status"]["indicator"]
            yield slug, "API", indicator if indicator in ("none", "unknown") else "open"
            css = listed.get(slug, "unknown")
            yield slug, "home page", {"ok": "none", "unknown": "unknown"}.get(css, "open")


def _work(job: Callable[[], object], output: Path) -> None:
    """Run a job, with what it prints in a file."""
    with output.open("w") as sink:
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)
        try:
            job()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)


def begin_empty(target: Path) -> None:
    """Copy what people write, without an archive."""
    shutil.copytree(CONTENT, target, ignore=lambda folder, names: EMPTIED if Path(folder) == CONTENT else ())


def begin_cut(target: Path, at: datetime) -> None:
    """Copy what people write, and the archive as it was known at a moment."""
    begin_empty(target)
    for provider in providers.load(CONTENT):
        incidents = (filed.incident for filed in archive.load(CONTENT, provider.slug).values())
        past = [(was, one) for one in incidents if (was := incident_as_of.as_of(one, at))]
        going_on = [was.id for was, one in past if was.is_open and not one.is_open]
        archive.save(target, [was for was, _ in past], {})
        pulls = archive.load_pulls(CONTENT, provider.slug)
        archive.save_pulls(target, incident_as_of.pulls_as_of(pulls, at, going_on))


def live(begun: str, seed: int, days: float) -> Score:
    """Return how the site does in a world of this seed, from an `empty` archive or from a `cut` one."""
    with tempfile.TemporaryDirectory(prefix="almanac-world-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        dice = random.Random(f"{begun} {seed}")
        place = Site(Path(folder) / "site", dice)
        watched = watched_providers()
        if begun == "empty":
            since, until = BEGIN, BEGIN + timedelta(days=days)
            begin_empty(place.content)
            world = by_chance(watched, seed, since, until, faults=FAULTS)
        else:
            since = CUTS[seed % len(CUTS)] + timedelta(days=seed // len(CUTS))
            until = since + timedelta(days=days)
            begin_cut(place.content, since)
            facts = {
                one.slug: [filed.incident for filed in archive.load(CONTENT, one.slug).values()] for one in watched
            }
            failing = outages(
                dice,
                [url for one in watched for url in (feed.url for feed in one.feeds)],
                since,
                until,
                days_between=FAULTS,
            )
            world = World(pages=of_facts(watched, facts, until).pages, outages=failing)
        score = Play(place, world, watched).run(since, until)
    score.faults = [f"real, {begun}, seed {seed}: {fault}" for fault in score.faults]
    return score


class Play:
    """A world, a site that watches it, and observers of its pages."""

    def __init__(self, place: Site, world: World, watched: tuple[Provider, ...]) -> None:
        self.site, self.world, self.watched = place, world, watched
        self.observers = {slug: Observer(page) for slug, page in world.pages.items()}
        self.score = Score()
        self.old = {one.slug: self._record(one.slug) for one in watched}

    def run(self, since: datetime, until: datetime) -> Score:
        """Pull and build at every quarter at which anything changes, and look at the site."""
        clock = Clock(since)
        moments = sorted({at for one in self.watched for at in changes(self.world, one, since)} | {since})
        moments = [at for at in moments if since <= at < until]
        with WorldServer(self.world, clock) as server:
            for now, after in zip(moments, [*moments[1:], until], strict=True):
                self._turn(clock, server, now)
                self._look(now, (after - now) // QUARTER)
                if after - now > QUARTER:
                    self._pull(clock, server, after - QUARTER)
        for one in self.watched:
            self._judge(one)
        self.score.counts["kills"] += self.site.kills
        return self.score

    def _turn(self, clock: Clock, server: WorldServer, now: datetime) -> None:
        self._pull(clock, server, now)
        self.site.build(now)
        self.score.counts["builds"] += 1

    def _pull(self, clock: Clock, server: WorldServer, now: datetime) -> None:
        """Pull at `now`, and let the observers look; again, while this machine was too slow for an answer."""
        clock.set(now)
        readable = {slug: self._readable(slug, now) for slug in self.observers}
        for _ in range(GOES):
            self.site.pull(now, server.url)
            self.score.counts["pulls"] += 1
            unread = {slug: why for slug, url in readable.items() if (why := self._unread(slug, url, now))}
            if not any("timeout" in why for why in unread.values()):
                break
        self.score.faults += [f"{stamp(now)} {slug}: {why}" for slug, why in unread.items()]
        for slug, observer in self.observers.items():
            page, url = observer.page, readable[slug]
            beside = [one for one in page.addresses if one in page.beside and self.world.fault(one, now) is None]
            for one in (*([url] if url else []), *beside):
                observer.look(one, now)

    def _readable(self, slug: str, now: datetime) -> str | None:
        """Return the feed of a provider that is to be read: the first that does not fail."""
        return next((url for url in self.world.pages[slug].urls if self.world.fault(url, now) is None), None)

    def _unread(self, slug: str, url: str | None, now: datetime) -> str:
        """Return why the feed that can be read was not, "" if it was, or if none can be."""
        states = {state.url: state for state in archive.load_pulls(self.site.content, slug).feeds}
        if url is None or (url in states and states[url].fetched == now):
            return ""
        return f"{url} could be read, and was not: {states[url].error if url in states else 'never tried'}"

    def _look(self, now: datetime, quarters: int) -> None:
        """Hold what the pages say of each provider against what its feed had shown."""
        by_slug = {one.slug: one for one in self.watched}
        agreeing = dict.fromkeys(by_slug, "")
        for slug, place, state in self.site.states():
            if slug not in by_slug:  # it has no feed
                continue
            told = expected(by_slug[slug], self.observers[slug], now)
            agreeing[slug] = agreeing[slug] or ("" if state in told else f"{told[0]} shown as {state}")
            if state not in told:
                self.score.faults.append(f"{stamp(now)} {slug}: {told[0]} shown as {state} by the {place}")
            else:
                agreeing[slug] = agreeing[slug] or state
        for outcome in agreeing.values():
            self.score.moments[outcome or "not shown"] += quarters

    def _record(self, slug: str) -> dict[str, Incident]:
        return {name: filed.incident for name, filed in archive.load(self.site.content, slug).items()}

    def _judge(self, provider: Provider) -> None:
        """Hold the archive of a provider against all that its feed showed."""
        record, observer = self._record(provider.slug), self.observers[provider.slug]
        shown = {name for memory in observer.memories.values() for name in memory.names}
        mine = {name: one for name, one in record.items() if name not in self.old[provider.slug] or _names(one) & shown}
        found = list(testimony.faults(observer, mine, self.old[provider.slug]))
        self.score.faults += [f"{provider.slug}: {fault}" for fault in found]
        self.score.counts.update(fault.sort for fault in found)
        self.score.counts["incidents"] += len(observer.memories)


def _names(incident: Incident) -> set[str]:
    return {incident.id, *incident.aliases}


def tell(what: str, score: Score, seconds: float) -> list[str]:
    """Print the figures; return the faults, with one for too few moments that agree."""
    total, agreeing = score.moments.total(), sum(score.moments[state] for state in STATES)
    print(f"{what}: {total:,} provider-moments, {agreeing / total:.4%} agree (at least {NEEDED:.1%}), {seconds:.0f} s")
    for state, number in score.moments.most_common():
        print(f"  {number:>9,} {state}")
    print("  " + ", ".join(f"{number:,} {sort}" for sort, number in sorted(score.counts.items())), flush=True)
    return [*score.faults, *([f"{what}: too few agree"] if agreeing < NEEDED * total else [])]


def total(scores: Iterable[Score]) -> Score:
    """Return the sum of scores."""
    whole = Score()
    for score in scores:
        whole.add(score)
    return whole


def main(argv: list[str]) -> int:
    """Print the figures; 1 if anything is not as it must be."""
    options = argparse.ArgumentParser(prog="bench world", description=__doc__.split("\n")[0])
    options.add_argument("--days", type=int, default=60)
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--real-days", type=float, default=7)
    options.add_argument("--real-seeds", type=int, default=2)
    options.add_argument("--first", type=int, default=1, help="the first seed")
    chosen = options.parse_args(argv)
    begun, faults = time.monotonic(), list[str]()
    with ProcessPoolExecutor(os.cpu_count() or 1, multiprocessing.get_context("fork")) as workers:
        seeds = range(chosen.first, chosen.first + max(chosen.seeds, chosen.real_seeds))
        real = {
            what: [workers.submit(live, start, seed, chosen.real_days) for seed in seeds[: chosen.real_seeds]]
            for what, start in STARTS.items()
        }
        months = {"in memory": [workers.submit(month, seed, chosen.days) for seed in seeds[: chosen.seeds]]}
        for what, jobs in (real | months).items():
            if jobs:
                faults += tell(what, total(job.result() for job in jobs), time.monotonic() - begun)
    return verdict(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
