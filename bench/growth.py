"""Measures how the cost of a build grows with the archive: cold, unchanged, changes of texts, an incident more, one article.

    python3 tasks.py bench growth [SIZE …] [--articles 100] [--keep FOLDER]

SIZE is a number of incidents (default: 10000 50000; 200000 takes 10 GB of disk and a quarter of an hour). Each build is that of
`python3 tasks.py build`, in a process of its own: wall time, processor time and the largest process. Files looked at are those
that the build asks the system for by name, counted by strace in a run of its own; without strace they are left out.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from almanac import archive
from bench import corpus
from bench.build import OUTPUT, Cost, run
from bench.verdict import verdict

LARGE, SMALL = 200_000, 10_000
SECONDS = {"cold": 180.0, "unchanged": 3.0, "one change": 4.0}  # at LARGE
MEMORY, RATIO = 400, 3  # MB for one change at LARGE; its time there as a multiple of that at SMALL
STRACE = shutil.which("strace")
BY_NAME = "trace=stat,lstat,newfstatat,statx,open,openat,access,readlink"


def main(argv: list[str]) -> int:
    """Print a line a build; 1 if a limit is missed."""
    options = argparse.ArgumentParser(prog="bench growth", description=__doc__.split("\n")[0])
    options.add_argument("sizes", type=int, nargs="*", default=[10_000, 50_000])
    options.add_argument("--articles", type=int, default=100)
    options.add_argument("--keep", type=Path, help="work in this folder and leave it there")
    chosen = options.parse_args(argv)
    costs: dict[tuple[int, str], Cost] = {}
    print(f"{'incidents':>9}  {'build':<12} {'wall s':>8} {'cpu s':>8} {'MB':>6} {'files':>9}", flush=True)
    for size in chosen.sizes:
        with ExitStack() as stack:
            work = chosen.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="almanac-growth-")))
            for name, cost in Growth(work / f"{size}", size, chosen.articles).measure().items():
                costs[size, name] = cost
    return verdict(_missed(costs))


class Growth:
    """An archive of one size, and what is done to it."""

    def __init__(self, root: Path, size: int, articles: int) -> None:
        self._root, self._size, self._chance = root, size, random.Random(7)
        self._number = size
        self._now = str(int(corpus.UNTIL.timestamp()))
        if not root.exists():
            corpus.site(root, size, articles)
        self._files = {slug: sorted((root / "content/incidents" / slug).glob("*/*.md")) for slug in corpus.PROVIDERS}
        self._article = next((root / "content/articles").rglob("*.md"), None)

    def measure(self) -> dict[str, Cost]:
        """Build after each kind of change, and print what it took."""
        return {
            "cold": self._build("cold", self._remove),
            "unchanged": self._build("unchanged", lambda: None),
            "one change": self._build("one change", lambda: self._change(1)),
            "ten changes": self._build("ten changes", lambda: self._change(10)),
            "one more": self._build("one more", self._add),
            "one article": self._build("one article", self._edit),
        }

    def _build(self, name: str, prepare: Callable[[], None]) -> Cost:
        prepare()
        cost = run(self._command(), self._root, SOURCE_DATE_EPOCH=self._now)
        looks = ""
        if STRACE and name != "cold":
            prepare()
            looks = f"{self._looks():,}"
        print(
            f"{self._size:>9,}  {name:<12} {cost.wall:>8.2f} {cost.cpu:>8.2f} {cost.memory:>6.0f} {looks:>9}",
            flush=True,
        )
        return cost

    def _command(self) -> list[str]:
        return [sys.executable, "tasks.py", "build"]

    def _looks(self) -> int:
        """Return how often a build asks for a file by name."""
        counts = self._root.with_suffix(".strace")
        traced = [str(STRACE), "-f", "-qq", "-c", "-o", str(counts), "-e", BY_NAME]
        run([*traced, *self._command()], self._root, SOURCE_DATE_EPOCH=self._now)
        rows = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+).*\s(\w+)$", counts.read_text(), re.MULTILINE)
        return sum(int(calls) for calls, name in rows if name != "total")

    def _remove(self) -> None:
        for name in (OUTPUT, f"{OUTPUT}-state"):
            shutil.rmtree(self._root / name, ignore_errors=True)

    def _change(self, providers: int) -> None:
        """Have an incident of so many providers say one line more."""
        for slug in self._chance.sample(corpus.PROVIDERS, providers):
            path = self._chance.choice(self._files[slug])
            words = corpus.sentences(self._chance, 2)
            path.write_text(f"{path.read_text(encoding='utf-8')}\n{words}\n", encoding="utf-8")

    def _add(self) -> None:
        """File another incident: numbers rest on it, where another text leaves them as they are."""
        self._number += 1
        one = corpus.incident(self._chance, self._number)
        path = self._root / "content" / archive.INCIDENTS / archive.file_of(one)
        path.write_text(archive.render(one), encoding="utf-8")

    def _edit(self) -> None:
        if self._article:
            text = self._article.read_text(encoding="utf-8")
            self._article.write_text(f"{text}\n{corpus.sentences(self._chance, 2)}\n", encoding="utf-8")


def _missed(costs: dict[tuple[int, str], Cost]) -> list[str]:
    """Return a line for each limit that is missed; there are none but at LARGE."""
    faults = [
        f"{name} at {LARGE:,}: {costs[LARGE, name].wall:.1f} s, at most {limit:.0f}"
        for name, limit in SECONDS.items()
        if (LARGE, name) in costs and costs[LARGE, name].wall > limit
    ]
    if large := costs.get((LARGE, "one change")):
        if large.memory > MEMORY:
            faults.append(f"one change at {LARGE:,}: {large.memory:.0f} MB, at most {MEMORY}")
        small = costs.get((SMALL, "one change"))
        if small and large.wall > RATIO * small.wall:
            faults.append(f"one change takes {large.wall / small.wall:.1f} times as long at {LARGE:,} as at {SMALL:,}")
    return faults


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
