"""Pulls and builds killed anywhere: no file is torn, what is published is whole, and the next run completes everything.

    python3 tasks.py bench kills [N] [SEED] [EVERY]

First N (default 1000) pulls of three status pages that have news are killed after a random part of the time such a pull
takes; what is left is loaded, pulled again, and compared byte for byte with a pull that nobody disturbed. Everything is
read in the pulling process, forked ready to go, so that a round costs little and the kills hit the work and not
the start of Python. Then a pull, curating, a build of the preview and one to publish are killed at each of their system
calls that change the disk (or at every EVERYth of them; needs strace, and says so where it is skipped), and builds at
N / 5 random moments. The limits: no file is torn, a published folder is wholly the old or the new site, and after the
next run every byte is that of an undisturbed one. Prints what was met, and FAIL for what is not so.
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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from almanac import archive, feeds, pull
from tests.support.injection import STRACE
from tests.support.scenes import Crowd, Curate, Preview, Publish, Pull, scratch
from tests.support.serving import Serving, folder, watch
from tests.support.statuspages import BEGIN, TEXTS, WORDS, Page, Step, atom
from tests.support.strikes import every_call, random_moments

SLUGS = ("acme", "beta", "corp")
LATER = timedelta(days=2)
CALM = 5  # undisturbed pulls that tell how long one takes
CHANGED = re.compile(rb'\n *"changed": "[^"]*",')

Files = dict[str, bytes]


def main(argv: list[str]) -> int:
    """Run the rounds; 1 if any check failed."""
    rounds, seed, step = (int(argv[at]) if len(argv) > at else default for at, default in enumerate((1000, 1, 1)))
    good = [random_pulls(rounds, seed)] if rounds else []
    with scratch() as folder:
        good += strikes(folder, step)
        good += moments(folder, rounds // 5, random.Random(seed))
    print("PASS" if all(good) else "FAIL")
    return int(not all(good))


def strikes(folder: Path, step: int = 1) -> Iterator[bool]:
    """Kill each scene at every call that changes the disk, or at some of them."""
    if not STRACE:
        print("  --   no strace here: the kills at each system call are skipped")
        return
    with served(folder / "pages", Pull.slugs) as url:
        yield every_call(Pull(folder / "pull", folder / "pages", url), folder / "pull-w", step)
    for scene in (Curate, Preview, Publish):
        yield every_call(scene(folder / scene.name), folder / f"{scene.name}-w", step)


def moments(folder: Path, rounds: int, chance: random.Random) -> Iterator[bool]:
    """Kill builds at random moments; the last one has workers, which outlive it for a moment."""
    for scene, share in ((Preview, 0.4), (Publish, 0.4), (Crowd, 0.2)):
        if times := int(rounds * share):
            yield random_moments(scene(folder / f"{scene.name}-m"), folder / f"{scene.name}-n", times, chance)


def random_pulls(rounds: int, seed: int) -> bool:
    """Kill pulls at random moments. True if nothing is wrong."""
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), random.Random(seed))
        with served(bench.pages) as url:
            bench.prepare(url)
            started = time.monotonic()
            came = Counter(bench.round(url) for _ in range(rounds))
    print(
        f"{rounds} kills, seed {seed}, {time.monotonic() - started:.0f} s; an undisturbed pull takes "
        f"{bench.takes * 1000:.0f} ms and changes {bench.news} incidents of {len(SLUGS)} providers"
    )
    for how_far, count in sorted(came.items()):
        print(f"  {count:5} {how_far}")
    print(f"  {bench.leftovers:5} unfinished files left and swept up")
    for fault in bench.faults[:20]:
        print(f"FAIL {fault}")
    return not bench.faults


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
        """Make an archive of what the pages said at first, news on them, and what an undisturbed pull makes of it."""
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
        """Kill a pull, and look at what follows; return how far it had come."""
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
        after = files(self.work)
        wrong = sorted(name for name in after.keys() | self.wanted.keys() if after.get(name) != self.wanted.get(name))
        self._must(not wrong, f"not completed, killed when {how_far}: {', '.join(wrong)}")
        return how_far

    def _begin(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.base, self.work)

    def _goes_on(self, slug: str, page: Page, steps: int) -> None:
        """Let something happen on a page, and its feed say so."""
        choose = self.chance.choice
        for _ in range(steps):
            event = choose(["open", "post", "post", "post", "edit", "remove", "retitle"])
            number, post = self.chance.randrange(99), self.chance.randrange(9)
            page.do(
                Step(
                    what=event,
                    after=choose([70, 600, 7000]),
                    which=number,
                    post=post,
                    word=choose([*WORDS]),
                    text=choose(TEXTS),
                )
            )
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
    """Return every byte a pull may write, by path; but for when a pull brought news, which the killed one knew.

    Nor is the log compared: what a killed pull would have told at its end, the next one does not know.
    """
    paths = (path for part in ("incidents", "pulls") for path in (content / part).rglob("*"))
    return {
        str(path.relative_to(content)): CHANGED.sub(b"", path.read_bytes())
        for path in paths
        if path.is_file() and path.suffix != ".lock" and path.parent.name != "log"
    }


def fork(work: Callable[[], bool]) -> int:
    """Do `work` in a process forked from this one; return its id."""
    if pid := os.fork():
        return pid
    good = False
    try:
        good = work()
    finally:
        os._exit(0 if good else 1)


def forked(work: Callable[[], bool]) -> bool:
    """Return what `work` returns, done in a forked process; False if it raises."""
    return os.waitstatus_to_exitcode(os.waitpid(fork(work), 0)[1]) == 0


@contextmanager
def served(pages: Path, slugs: Sequence[str] = SLUGS) -> Iterator[str]:
    """Yield the URL of a server of each slug's folder, a process of its own, for one with threads should not fork."""
    reader, writer = os.pipe()

    def serve() -> bool:
        with Serving({f"{slug}.example": folder(pages / slug) for slug in slugs}) as server:
            os.write(writer, server.url.encode())
            signal.pause()
        return True

    pid = fork(serve)
    try:
        yield os.read(reader, 100).decode()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reader)
        os.close(writer)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
