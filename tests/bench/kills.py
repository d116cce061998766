"""Pulls killed at random moments: every archive left behind loads, and the next pull completes it.

    python3 tasks.py bench kills [N] [SEED]

Each of N rounds (default 1000) starts a pull of three status pages that have news, sends it SIGKILL after a random part
of the time such a pull takes, loads what is left, pulls again, and compares every byte with a pull nobody disturbed.
Everything is read in the pulling process, which is forked ready to go, so that a round costs little and the kills hit
the work and not the start of Python. Prints how far the killed pulls had come, and FAIL for what is not as it must be.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from almanac import archive, feeds, pull
from tests.serving import Serving, folder, watch
from tests.statuspages import BEGIN, TEXTS, WORDS, Page, Step, atom

SLUGS = ("acme", "beta", "corp")
LATER = timedelta(days=2)
CALM = 5  # undisturbed pulls that tell how long one takes
CHANGED = re.compile(rb'\n *"changed": "[^"]*",')

Files = dict[str, bytes]


def main(argv: list[str]) -> int:
    """Run the rounds; 1 if any check failed."""
    rounds, seed = (int(argv[0]) if argv else 1000), (int(argv[1]) if len(argv) > 1 else 1)
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), random.Random(seed))
        with served(bench.pages) as url:
            bench.prepare(url)
            started = time.monotonic()
            came = Counter(bench.round(url) for _ in range(rounds))
    print(f"{rounds} kills, seed {seed}, {time.monotonic() - started:.0f} s; an undisturbed pull takes "
          f"{bench.takes * 1000:.0f} ms and changes {bench.news} incidents of {len(SLUGS)} providers")
    for how_far, count in sorted(came.items()):
        print(f"  {count:5} {how_far}")
    print(f"  {bench.leftovers:5} unfinished files left and swept up")
    for fault in bench.faults[:20]:
        print(f"FAIL {fault}")
    print("FAIL" if bench.faults else "PASS")
    return int(bool(bench.faults))


class Bench:
    """A small archive, the pages it is pulled from, and what became of the pulls."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.pages, self.base, self.work = root / "pages", root / "base" / "content", root / "work" / "content"
        self.chance = chance
        self.takes = 0.0
        self.news = self.leftovers = 0
        self.before: Files = {}
        self.wanted: Files = {}
        self.faults: list[str] = []

    def prepare(self, url: str) -> None:
        """An archive of what the pages said at first, news on the pages, and what an undisturbed pull makes of them."""
        histories = {slug: Page() for slug in SLUGS}
        for slug, page in histories.items():
            watch(self.base, slug)
            self._goes_on(slug, page, 60)
        self._must(self._pull(self.base, url, first=True), "the first pull fails")  # here, for all that it imports
        for slug, page in histories.items():
            self._goes_on(slug, page, 60)
        times = []
        for _ in range(CALM):
            self._begin()
            started = time.monotonic()
            self._must(forked(lambda: self._pull(self.work, url)), "an undisturbed pull fails")
            times.append(time.monotonic() - started)
        self.takes = statistics.median(times)
        self.before, self.wanted = files(self.base), files(self.work)
        self.news = sum(self.before.get(name) != data for name, data in self.wanted.items() if name.endswith(".md"))

    def round(self, url: str) -> str:
        """One kill and what follows; how far the pull had come."""
        self._begin()
        pid = fork(lambda: self._pull(self.work, url))
        time.sleep(self.chance.uniform(0, 1.05 * self.takes))
        os.kill(pid, signal.SIGKILL)
        killed = os.WIFSIGNALED(os.waitpid(pid, 0)[1])
        left = files(self.work)
        how_far = self._how_far(left) if killed else "4 had ended"
        self.leftovers += sum(name.endswith(".tmp") for name in left)
        try:
            for slug in SLUGS:
                archive.load(self.work, slug)
                archive.load_pulls(self.work, slug)
        except archive.ArchiveError as error:
            self.faults.append(f"does not load, killed when {how_far}: {error}")
        started = time.monotonic()
        self._must(forked(lambda: self._pull(self.work, url)), f"the next pull fails, killed when {how_far}")
        self.takes += (time.monotonic() - started - self.takes) / 8  # other work makes the machine slower and faster
        found = files(self.work)
        wrong = sorted(name for name in found.keys() | self.wanted.keys() if found.get(name) != self.wanted.get(name))
        self._must(not wrong, f"not completed, killed when {how_far}: {', '.join(wrong)}")
        return how_far

    def _begin(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.base, self.work)

    def _goes_on(self, slug: str, page: Page, steps: int) -> None:
        """Something happens on a page, and its feed says so."""
        choose = self.chance.choice
        for _ in range(steps):
            what = choose(["open", "post", "post", "post", "edit", "remove", "retitle"])
            which, post = self.chance.randrange(99), self.chance.randrange(9)
            page.do(Step(what=what, after=choose([70, 600, 7000]), which=which, post=post, word=choose([*WORDS]),
                         text=choose(TEXTS)))  # fmt: skip
        (self.pages / slug).mkdir(parents=True, exist_ok=True)
        (self.pages / slug / "history.atom").write_bytes(atom(page, f"{slug}.example"))

    def _pull(self, content: Path, url: str, *, first: bool = False) -> bool:
        now = BEGIN + LATER * (4 if first else 8)
        return all(outcome.feed for outcome in pull.pull(content, now=now, via=url, read=feeds.read).outcomes)

    def _how_far(self, left: Files) -> str:
        saved = sum(left.get(name) == data != self.before.get(name) for name, data in self.wanted.items())
        new = sum(data != self.before.get(name) for name, data in self.wanted.items())
        if saved == 0:
            return "1 nothing was saved"
        return "2 something was saved" if saved < new else "3 all was saved"

    def _must(self, good: bool, fault: str) -> None:
        if not good:
            self.faults.append(fault)


def files(content: Path) -> Files:
    """Every byte a pull may write, by path; but for when a pull brought news, which the one that was killed knew.

    Nor is the log compared: what a killed pull would have told at its end, the next one does not know.
    """
    found = (path for part in ("incidents", "pulls") for path in (content / part).rglob("*"))
    return {str(path.relative_to(content)): CHANGED.sub(b"", path.read_bytes()) for path in found
            if path.is_file() and path.suffix != ".lock" and path.parent.name != "log"}  # fmt: skip


def fork(work: Callable[[], bool]) -> int:
    """Do `work` in a process forked from this one; its id."""
    if pid := os.fork():
        return pid
    good = False
    try:
        good = work()
    finally:
        os._exit(0 if good else 1)


def forked(work: Callable[[], bool]) -> bool:
    """What `work` returns, done in a forked process; False if it raises."""
    return os.waitstatus_to_exitcode(os.waitpid(fork(work), 0)[1]) == 0


@contextmanager
def served(pages: Path) -> Iterator[str]:
    """The URL of a server of each slug's folder. It has a process of its own, for one with threads should not fork."""
    here, there = os.pipe()

    def serve() -> bool:
        with Serving({f"{slug}.example": folder(pages / slug) for slug in SLUGS}) as server:
            os.write(there, server.url.encode())
            signal.pause()
        return True

    pid = fork(serve)
    try:
        yield os.read(here, 100).decode()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(here)
        os.close(there)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
