"""Months of the site as its workflows run it: pull, score, commit, publish, check and pull again, four times a day.

    python3 tasks.py bench months [DAYS] [PULLS A DAY] [--real]

Clones this repository at HEAD (what is not committed is not in it) and lets status pages of watched providers live on a
local server: incidents begin, are told of, end, are rewritten, begin again, are taken down; feeds fail now and then.
Each round runs the shell steps of publish.yml and of check.yml as they stand there, under the clock of the
round, in checkouts as a runner gets them: without what builds leave behind. In the first round of a day somebody also
scores the forecasts before the commit, and a run follows a quarter of an hour later while nothing has changed.

Without --real the archive begins empty, and the whole site is published in every round. With it the archive is the
committed one, and the site is scored, published and checked once a week. Prints figures, and FAIL for what is not as
it must be.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from almanac import archive
from almanac.content import providers
from almanac.model import Incident, card, stamp
from almanac.world import Fault, by_chance
from almanac.world.server import Serving, broken, page
from almanac.world.sight import Observer
from almanac.world.writers import plain
from bench.verdict import verdict
from tests.support import invariants, testimony, workflows
from tests.support.workflows import ROOT, Step, git

BEGIN = datetime(2026, 12, 1, 0, 7, tzinfo=UTC)  # after all that is committed
PLAYED = ("anthropic", "github", "cursor", "openai", "cohere", "google-cloud", "modal", "deepseek", "azure")
UNSERVED = ("xai", "mistral")  # others are built on these, or sell their models; xai answers 404 for months
OUTLETS = ("the-verge", "wired")
EMPTIED = ("incidents", "articles", "pulls", "forecasts")  # of content, without --real
FAILING = 0.04  # of a feed's answers
DOWN = "cursor", timedelta(days=1), timedelta(days=2)  # whose feed fails all the time, from when, for how long
INCIDENTS, PULLS = "content/incidents/", "content/pulls/"
HEARTBEAT = "the time of the pull alone"
KINDS = {"news": (INCIDENTS, "content/inbox/"), "forecasts": ("content/forecasts/",), HEARTBEAT: (PULLS,)}
MACHINES = tuple(folder for folders in KINDS.values() for folder in folders)
SOON = timedelta(minutes=16)  # the next run of the workflow, long before an hour is over
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
MOST = 20  # faults after which it is enough


class StepError(Exception):
    """A step failed without which a round cannot go on."""


class Round(NamedTuple):
    """The time of a round, and its number."""

    now: datetime
    number: int
    first_of_day: bool
    first_of_week: bool


def main(argv: list[str]) -> int:
    """Print the figures; 1 if anything is not as it must be."""
    options = argparse.ArgumentParser(prog="bench months", description=__doc__.split("\n")[0])
    options.add_argument("days", type=int, nargs="?", default=61)
    options.add_argument("a_day", type=int, nargs="?", default=4, metavar="pulls a day")
    options.add_argument("--real", action="store_true", help="begin with the committed archive")
    chosen = options.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="almanac-months-") as work, Serving({}) as server:
        months = Months(Path(work), server, chosen.days, real=chosen.real)
        try:
            for each in rounds(chosen.days, chosen.a_day):
                months.play(each)
        except StepError as error:
            months.faults.append(str(error))
        months.close()
    return verdict(months.faults)


def rounds(days: int, a_day: int) -> Iterator[Round]:
    """Yield the moments at which the workflow is run."""
    for number in range(days * a_day):
        day, turn = divmod(number, a_day)
        now = BEGIN + timedelta(days=day) + turn * timedelta(days=1) / a_day
        yield Round(now.replace(microsecond=0), number, turn == 0, turn == 0 and day % 7 == 0)


class Checkout:
    """A checkout of the remote's newest commit, and nothing else: as a runner makes it, but kept from round to round.

    What git tracks and has not changed stays, and Python's bytecode: a new folder would only cost time.
    """

    def __init__(self, remote: Path, folder: Path) -> None:
        self.remote, self.folder = remote, folder
        git(remote.parent, "clone", "-q", "--depth=1", remote.as_uri(), str(folder))
        (folder / ".venv").symlink_to(ROOT / ".venv")
        with (folder / ".git/info/exclude").open("a") as exclude:
            exclude.write(".venv\n")

    def renew(self) -> None:
        """Make it what a fresh one would be."""
        git(self.folder, "fetch", "-q", "--depth=1", "origin", "main")
        git(self.folder, "reset", "-q", "--hard", "FETCH_HEAD")
        git(self.folder, "clean", "-ffdqx", "-e", ".venv", "-e", "__pycache__")

    def unclean(self) -> str:
        """Return what is neither committed nor ignored."""
        return git(self.folder, "status", "--porcelain")


class Months:
    """The remote, its checkouts, the pages that are played, and what was found wrong."""

    def __init__(self, work: Path, server: Serving, days: int, *, real: bool) -> None:
        self.work, self.server, self.real = work, server, real
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self.chance = random.Random(days)
        self.remote = self._remote()
        self.publishing, self.checking, self.again = (
            Checkout(self.remote, work / name) for name in ("publishing", "checking", "again")
        )
        until = BEGIN + timedelta(days=days)
        played = [one for one in providers.load(self.publishing.folder / "content") if one.slug in PLAYED]
        self.world = by_chance(played, days, BEGIN - WEEK, until, faults=0)
        self.observers = {slug: Observer(page) for slug, page in self.world.pages.items()}
        self.said: dict[str, bytes] = {}  # what each feed said when it was answered last
        self.still: set[str] = set()  # whose feeds say the same as when they were answered last
        self.files: dict[tuple[str, str], str] = {}  # what the pages of incidents are called
        self.now = BEGIN
        self.record: dict[tuple[str, str], Incident] = {}  # as the last round left it
        self.old = frozenset((slug, name) for slug in PLAYED for name in self._load(slug))
        self.begun, self.size = time.monotonic(), self._size()
        print(
            f"{days} days from {BEGIN:%Y-%m-%d}, {len(PLAYED)} pages in "
            f"{len({one.feeds[0].dialect for one in played})} dialects",
            flush=True,
        )

    def _remote(self) -> Path:
        """Make a bare repository with HEAD as its last commit but one; the last is of the day before round one."""
        remote, seed = self.work / "remote.git", self.work / "seed"
        git(self.work, "clone", "-q", "--depth=1", ROOT.as_uri(), str(seed))
        if not self.real:
            for name in EMPTIED:
                shutil.rmtree(seed / "content" / name, ignore_errors=True)
            for folder, slugs in (("providers", (*PLAYED, *UNSERVED)), ("press", OUTLETS)):
                for file in (seed / "content" / folder).glob("*.md"):
                    if file.stem not in slugs:
                        file.unlink()
        git(seed, "add", "-A")
        env = workflows.clock(self.work / "bin", BEGIN - timedelta(days=1))
        git(
            seed,
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.org",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "People",
            **env,
        )
        git(self.work, "init", "-q", "--bare", "-b", "main", str(remote))
        git(remote, "config", "receive.shallowUpdate", "true")
        git(seed, "push", "-q", remote.as_uri(), "HEAD:refs/heads/main")
        return remote

    # A round

    def play(self, each: Round) -> None:
        """Run both workflows once, one more pull, and now and then a run soon after."""
        self.now, before = each.now, self._head()
        failing = self._serve(each.now)
        self._run(each, self.publishing, score=each.first_of_week or (each.first_of_day and not self.real))
        self._hold(each, before, failing)
        committed = self._head() != before
        jobs: list[Callable[[], None]] = [partial(self._pull_again, each, committed=committed)]
        if each.first_of_week or not self.real:
            jobs += [partial(self._publish, each, committed=committed), partial(self._check, each)]
        with ThreadPoolExecutor() as threads:
            for job in [threads.submit(job) for job in jobs]:
                job.result()
        if each.first_of_day:
            self._soon(each, failing)
        if each.first_of_week:
            print(f"  {stamp(each.now)}: {len(self.faults)} faults, {time.monotonic() - self.begun:.0f} s", flush=True)
        self.counts["rounds"] += 1
        if len(self.faults) >= MOST:
            raise StepError("and so on; the rest was not played")

    def _serve(self, now: datetime) -> set[str]:
        """Let the pages say what they say now; return the providers whose feeds fail."""
        failing = {slug for slug in PLAYED if self.chance.random() < FAILING or self._is_down(slug, now)}
        for slug, observer in self.observers.items():
            url = observer.page.urls[0]
            feed = observer.page.feed(url, now)
            (self.still.add if self.said.get(slug) == feed else self.still.discard)(slug)
            fault = self.chance.choice(list(Fault)) if slug in failing else None
            self.server.hosts[url.split("/")[2]] = broken(feed, fault) if fault else page(feed)
            if slug not in failing:
                observer.look(url, now)
                self.said[slug] = feed
        self.counts["answers"] += len(PLAYED) - len(failing)
        self.counts["failures"] += len(failing)
        self.server.hosts["www.theverge.com"] = page(self._press(now))
        self.server.hosts["www.wired.com"] = page(self._press(now, hours=3))
        return failing

    def _is_down(self, slug: str, now: datetime) -> bool:
        down, since, long = DOWN
        return slug == down and since <= now - BEGIN < since + long

    def _press(self, now: datetime, hours: int = 1) -> bytes:
        """Return what an outlet wrote of the troubles of one provider so many hours after they began."""
        firsts = (life.states[0] for life in self.world.pages["anthropic"].lives)
        stories = [(event, at + timedelta(hours=hours)) for at, event in firsts if event]
        items = [
            f"<item><title>Claude is down: {event.title.lower()} for thousands of users</title>"
            f"<link>https://press.example/{hours}/{event.id}</link><pubDate>{format_datetime(at)}</pubDate>"
            "<description>Anthropic's Claude is down, its users say.</description></item>"
            for event, at in reversed(stories)
            if at <= now
        ]
        return plain.channel("".join(items[:10]), "Press")

    def _run(self, each: Round, checkout: Checkout, *, score: bool = False) -> None:
        """Run all steps of publish.yml up to the push."""
        checkout.renew()
        for name, step in workflows.steps(workflows.PUBLISH, "build").items():
            self._step(each, checkout, step)
            if name == "Pull" and score:
                self._step(each, checkout, {"name": "Score", "run": "python3 tasks.py score --now $ALMANAC_NOW"})
            if name == "Push":
                break

    def _step(self, each: Round, checkout: Checkout, step: Step, **env: str) -> str:
        """Run a step; return what it prints. Raises StepError."""
        env = {
            **workflows.ENV,
            "PUSH_TO": str(self.remote),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            **workflows.clock(self.work / "bin", each.now),
            **env,
        }
        process = workflows.run(step, checkout.folder, env, self.server.url)
        if process.returncode:
            output = (process.stdout + process.stderr)[-1500:]
            raise StepError(f"{stamp(each.now)} {step['name']}: exit code {process.returncode}: {output}")
        return process.stdout

    def _publish(self, each: Round, *, committed: bool) -> None:
        """Run the steps of publish.yml after the push: each incident must have its page, and nothing stay unignored."""
        steps = list(workflows.steps(workflows.PUBLISH, "build").values())
        names = [step["name"] for step in steps]
        for step in steps[names.index("Push") + 1 :]:
            self._step(each, self.publishing, step)
        self.counts["published"] += 1
        site = self.publishing.folder / "output"
        for (slug, _), name in self.files.items():
            if not (site / "incidents" / slug / name / "index.html").is_file():
                self._fault(each, f"there is no page of {slug}/{name}")
        if left := self._left(self.publishing, committed=committed):
            self._fault(each, f"after the publishing git status says {left}")

    def _check(self, each: Round) -> None:
        """Run the steps of check.yml, once a week with the build that it keeps."""
        self.checking.renew()
        for name, step in workflows.steps(workflows.CHECK, "content").items():
            if name == "Build" and not each.first_of_week:
                continue
            output = self._step(each, self.checking, step)
            if name == "Check" and output != "check: no problems found\n":
                self._fault(each, f"check says {output}")
        self.counts["checked"] += 1

    def _pull_again(self, each: Round, *, committed: bool) -> None:
        """Pull once more at the same moment, in a fresh checkout of what was committed: no byte of it may change."""
        self.again.renew()
        self._step(each, self.again, workflows.steps(workflows.PUBLISH, "build")["Pull"])
        if left := self._left(self.again, committed=committed):
            self._fault(each, f"a second pull changes {left}")

    def _soon(self, each: Round, failing: set[str]) -> None:
        """Run a quarter of an hour later, while all pages stand still: no news, no commit for the time alone."""
        soon = each._replace(now=each.now + SOON)
        before = self._head()
        self._run(soon, self.again)
        commits = self._commits(soon, before)
        for kind, names in commits:
            if kind != "forecasts":
                self._fault(soon, f"nothing happened, and {kind} is committed: {names}")
        if commits:  # else what this run has seen is forgotten: of an incident without an end, when it was seen last
            for observer in (self.observers[slug] for slug in PLAYED if slug not in failing):
                observer.look(observer.page.urls[0], soon.now, as_of=each.now)

    # What must hold

    def _hold(self, each: Round, before: str, failing: set[str]) -> None:
        """Check that the commits of a round are as they may be, and that the archive keeps what was there before."""
        commits = self._commits(each, before)
        for kind, names in commits:
            self.counts[kind] += 1
            self.counts["committed incidents"] += sum(name.startswith(INCIDENTS) for name in names)
            slugs = {name.split("/")[2] for name in names if name.startswith(INCIDENTS)}
            if silent := slugs & (failing | self.still):
                self._fault(each, f"there is no news of {sorted(silent)}, and it is committed: {names}")
        if left := self._left(self.publishing, committed=bool(commits)):
            self._fault(each, f"after the commit git status says {left}")
        if self.real and not each.first_of_week:
            return
        record = {(slug, name): one for slug in PLAYED for name, one in self._load(slug).items()}
        for slug in () if self.real else PLAYED:
            for fault in invariants.silent(of(slug, self.record), of(slug, record), each.now):
                self._fault(each, fault)
        self.record = record

    def _commits(self, each: Round, before: str) -> list[tuple[str, list[str]]]:
        """Return what was pushed since `before`, oldest first: its kind, and the files it changes.

        Where only the time of the last pull moved, the commit before must be an hour old.
        """
        log = git(self.remote, "log", "--reverse", "--format=%x00%ct %P", "--name-only", f"{before}..main")
        return [self._commit(each, *entry.strip().split("\n")) for entry in log.split("\0")[1:]]

    def _commit(self, each: Round, head: str, *lines: str) -> tuple[str, list[str]]:
        names = list(filter(None, lines))
        at, parent = head.split()
        kind = next((kind for kind, folders in KINDS.items() if any(n.startswith(folders) for n in names)), "nothing")
        age = int(at) - int(git(self.remote, "log", "-1", "--format=%ct", parent))
        if kind == "nothing" or (kind == HEARTBEAT and age < HOUR.total_seconds()):
            self._fault(each, f"a commit of {kind}, {age} s after the one before: {names}")
        if strays := [name for name in names if not name.startswith(MACHINES)]:
            self._fault(each, f"a commit of {strays}")
        return kind, names

    def _left(self, checkout: Checkout, *, committed: bool) -> str:
        """Return what git calls changed or unknown, without the state of the pulls if that was to stay uncommitted."""
        left = checkout.unclean().splitlines()
        return "\n".join(line for line in left if committed or not line[3:].startswith(PULLS))

    def _fault(self, each: Round, message: str) -> None:
        self.faults.append(f"{stamp(each.now)} {message}")

    def _head(self) -> str:
        return git(self.remote, "rev-parse", "main")

    def _load(self, slug: str) -> dict[str, Incident]:
        filed = archive.load(self.publishing.folder / "content", slug)
        self.files |= {(slug, name): card(one.incident, one.file).slug for name, one in filed.items()}
        return {name: one.incident for name, one in filed.items()}

    # The end

    def close(self) -> None:
        """Hold the archive against what the pages showed, and print the figures."""
        self.publishing.renew()
        record = {slug: self._load(slug) for slug in PLAYED}
        wrong = [fault for slug in PLAYED for fault in self._untrue(slug, record[slug])]
        self.faults += wrong
        sightings = sum(len(observer.memories) for observer in self.observers.values())
        lives = (life for page in self.world.pages.values() for life in page.lives)
        begun = sum(life.states[0].since < self.now for life in lives)
        count, seconds = self.counts, time.monotonic() - self.begun
        print(
            f"rounds: {count['rounds']} in {seconds:.0f} s, {seconds / max(count['rounds'], 1):.1f} s each; "
            f"published {count['published']} times, checked {count['checked']} times"
        )
        print(f"feeds: {count['answers']} answers, {count['failures']} failures")
        print(f"incidents: {begun} begun, {sightings} seen in a feed, {len(wrong)} faults in what is kept of them (0)")
        commits = ", ".join(f"{count[kind]} of {kind}" for kind in KINDS)
        print(f"commits: {commits}; {count['committed incidents']} files of incidents changed in them")
        drafts = len(list((self.publishing.folder / "content/inbox").glob("*.md")))
        print(f"drafts of the press: {drafts} (at least 1 once a week is over)")
        if not drafts and count["rounds"] and self.now - BEGIN > WEEK:
            self.faults.append("the press brought no draft")
        size, pulls = self._size(), weight(self.publishing.folder / PULLS)
        git(self.remote, "gc", "-q", "--prune=now")
        print(
            f"repository: .git from {self.size / 1e6:.2f} to {size / 1e6:.2f} MB, packed "
            f"{self._size() / 1e6:.2f} MB; content/pulls {pulls / 1e3:.0f} kB"
        )

    def _untrue(self, slug: str, record: Mapping[str, Incident]) -> Iterator[str]:
        new = {name: one for name, one in record.items() if (slug, name) not in self.old}
        yield from (f"{slug}: {fault}" for fault in testimony.faults(self.observers[slug], new))

    def _size(self) -> int:
        return weight(self.remote)


def of(slug: str, record: Mapping[tuple[str, str], Incident]) -> dict[str, Incident]:
    """Return a provider's part of a record."""
    return {name: one for (whose, name), one in record.items() if whose == slug}


def weight(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
