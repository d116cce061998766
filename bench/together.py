"""Several at once: pulls of one archive, a build while they pull. Nothing is lost, nothing doubled, nobody waits long.

    python3 tasks.py bench together [ROUNDS] [SEED]

In each of ROUNDS rounds (default 50) eight processes pull three status pages into one archive at the same moment. In
between something happens on every page, and in every second round also while they pull. After a quiet round the archive
must be, byte for byte, what one pull alone would have made of it; after any it must hold each post of the pages once. A
site is built over and over meanwhile: each build must succeed and be whole. That two pushes of the publishing workflow
lose nothing is shown by tests/system/test_workflows.py, which runs its steps.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from almanac import archive, feeds, pull
from almanac.commands import build as build_command
from almanac.model import Incident
from bench.kills import SLUGS, fork, forked, served
from tests.support import invariants
from tests.support.projects import project, tree
from tests.support.scenes import dead_links
from tests.support.serving import watch
from tests.support.statuspages import BEGIN, WORDS, Page, Step, atom

AT_ONCE = 8
LONGEST = 60.0  # seconds that anybody may wait
MOST = 25  # incidents a page shows

Files = dict[str, bytes]


def main(argv: list[str]) -> int:
    """Run the rounds; 1 if anything is not as it must be."""
    rounds, seed = (int(argv[0]) if argv else 50), (int(argv[1]) if len(argv) > 1 else 1)
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        bench = Bench(Path(name), random.Random(seed))
        with served(bench.pages, SLUGS) as url:
            for number in range(rounds):
                bench.round(url, quiet=number % 2 == 0)
            bench.end()
    faults, longest = bench.faults, max(bench.waits)
    print(
        f"{rounds} rounds of {AT_ONCE} pulls at once, seed {seed}, {bench.builds} builds meanwhile: "
        f"{bench.incidents} incidents with {bench.posts} posts, {len(faults)} faults (0)"
    )
    print(f"longest wait of a pull, from its start to its end: {longest:.1f} s ({LONGEST:.0f})")
    print(*(f"FAIL {fault}" for fault in faults[:20]), sep="\n", end="\n" * bool(faults))
    good = not faults and longest <= LONGEST and bench.builds > 0
    print("PASS" if good else "FAIL")
    return int(not good)


class Bench:
    """A project that many pull into, and an archive that one pulls into alone."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.pages, self.project, self.alone = root / "pages", project(root / "project"), root / "alone"
        self.shared = self.project / "content"
        self.chance, self.now = chance, BEGIN
        self.histories = {slug: Page() for slug in SLUGS}
        self.faults: list[str] = []
        self.waits: list[float] = []
        self.builds = self.incidents = self.posts = 0
        self.seen: dict[str, set[invariants.Seen]] = {slug: set() for slug in SLUGS}
        self.building = 0
        for slug in SLUGS:
            watch(self.shared, slug)
            watch(self.alone, slug)
        self._happens(30)
        forked(lambda: _build(self.project, self.now))
        self.missing = {link.partition(" links to ")[2] for link in self._dead_links()}  # pages this project has not

    def round(self, url: str, *, quiet: bool) -> None:
        """Pull eight times at once, while a site is built."""
        self._happens(4)
        self.now = max(page.now for page in self.histories.values()) + timedelta(minutes=5)
        self._build()
        before = self._known()
        for part in ("incidents", "pulls"):
            shutil.copytree(self.shared / part, self.alone / part, dirs_exist_ok=True)
        pulls = {fork(lambda: self._pull(self.shared, url)): time.monotonic() for _ in range(AT_ONCE)}
        if not quiet:
            self._happens(1)
            self.now = max(self.now, *(page.now for page in self.histories.values()))
        while pulls:
            pid, status = os.waitpid(-1, 0)
            if pid == self.building:
                self._built(status)
                continue
            self.waits.append(time.monotonic() - pulls.pop(pid))
            self._must(status == 0, "a pull fails")
        if not quiet:
            self._must(self._pull(self.shared, url), "the pull after them fails")
        self._check(before, url, quiet=quiet)

    def end(self) -> None:
        """Let the build that is under way come to its end."""
        if self.building:
            self._built(os.waitpid(self.building, 0)[1])

    def _check(self, before: dict[str, dict[str, Incident]], url: str, *, quiet: bool) -> None:
        after = self._known()
        for slug, page in self.histories.items():
            texts = page.shown()[-MOST:]
            self.seen[slug] |= {(t.id, post.at.replace(second=0), post.text) for t in texts for post in t.posts}
            self.faults += [f"{slug}: {fault}" for fault in invariants.lost(self.seen[slug], (), after[slug])]
            self.faults += [f"{slug}: {name} is gone" for name in before[slug].keys() - after[slug].keys()]
            for trouble in texts:
                expected = Counter((post.at.replace(second=0), post.text) for post in trouble.posts)
                archived = Counter((u.at, u.text) for u in after[slug][trouble.id].updates if u.gone is None)
                self._must(archived == expected, f"{slug}: {trouble.id} holds {archived}, the page {expected}")
        self.posts = sum(len(one.updates) for incidents in after.values() for one in incidents.values())
        self.faults += invariants.unreadable(self.shared)
        self.incidents = sum(map(len, after.values()))
        if quiet:
            self._must(self._pull(self.alone, url), "a pull alone fails")
            self._must(files(self.shared) == files(self.alone), "eight pulls leave another archive than one")

    def _happens(self, steps: int) -> None:
        """Let something happen on each page, and its feed say so."""
        choose = self.chance.choice
        for slug, page in self.histories.items():
            for _ in range(steps):
                page.do(
                    Step(
                        what=choose(["open", "post", "post", "post", "edit", "retitle"]),
                        after=choose([70, 600]),
                        which=self.chance.randrange(99),
                        post=self.chance.randrange(9),
                        word=choose([*WORDS]),
                        text=f"Text {self.chance.randrange(10**6)}.",
                    )
                )
            self._serve(slug, page)

    def _serve(self, slug: str, page: Page) -> None:
        """Put the feed in place at once: it is read meanwhile."""
        folder = self.pages / slug
        folder.mkdir(parents=True, exist_ok=True)
        short = Page(now=page.now, events=page.shown()[-MOST:])
        (folder / "next").write_bytes(atom(short, f"{slug}.example"))
        (folder / "next").replace(folder / "history.atom")

    def _pull(self, content: Path, url: str) -> bool:
        report = pull.pull(content, now=self.now, via=url, seconds=LONGEST, read=feeds.read)
        return report.ok and all(outcome.feed for outcome in report.outcomes)

    def _known(self) -> dict[str, dict[str, Incident]]:
        return {slug: {one.id: one for one in _of(self.shared, slug)} for slug in SLUGS}

    def _build(self) -> None:
        """Begin a build, unless one is under way."""
        if not self.building:
            self.building = fork(lambda: _build(self.project, self.now))

    def _built(self, status: int) -> None:
        """Check that a build that has ended left a whole site."""
        self.building, self.builds = 0, self.builds + 1
        log = (self.project / "build.log").read_text().strip()
        self._must(status == 0, f"a build fails: {log[-500:]}")
        self.faults += [link for link in self._dead_links() if link.partition(" links to ")[2] not in self.missing]

    def _dead_links(self) -> list[str]:
        return dead_links(dict(tree(self.project / "output")))

    def _must(self, good: bool, fault: str) -> None:
        if not good:
            self.faults.append(fault)


def _build(root: Path, now: datetime) -> bool:
    os.chdir(root)
    with (root / "build.log").open("w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    try:
        build_command.build(root / "pelicanconf.py", now=f"{now:%Y-%m-%dT%H:%M:%SZ}", output="output")
    except BaseException:
        traceback.print_exc()
        raise
    return True


def _of(content: Path, slug: str) -> list[Incident]:
    return [filed.incident for filed in archive.load(content, slug).values()]


def files(content: Path) -> Files:
    """Return every byte of incidents and of what pulls leave, by path."""
    paths = [*(content / "incidents").rglob("*.md"), *(content / "pulls").glob("*.json")]
    return {
        str(path.relative_to(content)): path.read_bytes()
        for path in paths
        if path.parts[-3] in SLUGS or path.stem in SLUGS
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
