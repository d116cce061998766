"""Tries to run script in pages and feeds: hostile strings in every place where strangers or contributors put words.

    python3 tasks.py bench xss [N]

All strings of the corpora beside the project (../shared) and our own, or every so many-th so that N are left, go
through the real line: as titles and texts of feeds that are read, merged and built, as text and metadata of articles,
as names and addresses of providers. What check refuses with a line counts as refused. Chromium opens what was built,
with and without its content security policy, and a careless reader puts the contents of the feeds into its own page.
Wanted: nothing ran, no handler, no link outside http, https and mailto, no request to another host.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import hostile, looking, vectors
from bench.hostile import Made
from bench.verdict import verdict

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
Fill = Callable[[Path, Sequence[str]], Made]
LINES: dict[str, tuple[Fill, int]] = {  # what is filled, and with how many strings at a time
    "feed titles and texts": (hostile.from_feeds, 400),
    "article texts and metadata": (hostile.from_articles, 400),
    "provider names and addresses": (hostile.from_providers, 200),
}
SAMPLE = 24  # pages of a site that are gone to with the policy in force, besides its lists


@dataclass
class Tally:
    """What became of the strings of one line."""

    published: int = 0
    refused: int = 0
    opened: int = 0
    feeds: int = 0
    faults: list[str] = field(default_factory=list)


def attack(fill: Fill, strings: Sequence[str], folder: Path, tally: Tally) -> None:
    """Build one site of these strings and look at all of it."""
    site = fill(folder, strings)
    tally.published += site.published
    tally.refused += site.refused
    paths = looking.pages_of(site.output)
    badges = [f"/{path.relative_to(site.output).as_posix()}" for path in sorted(site.output.rglob("badge.svg"))]
    sampled = sample(paths) + badges[:SAMPLE]
    contents = looking.contents_of(site.output)
    with looking.looker(site.output, policy=False) as look:
        look.written(paths)
        look.pages(sampled)
        look.contents(contents)
        tally.faults += look.faults
        tally.opened += look.opened
    with looking.looker(site.output, policy=True) as look:
        look.pages(sampled)
        tally.faults += look.faults
        tally.opened += look.opened
    tally.feeds += len(contents)


def sample(paths: Sequence[str]) -> list[str]:
    """Return the lists of the site, and some pages of each other kind."""
    deep = [path for path in paths if path.count("/") > 2]
    return [path for path in paths if path.count("/") <= 2] + random.Random(1).sample(deep, min(SAMPLE, len(deep)))


def run(strings: Sequence[str], lines: Sequence[str] = tuple(LINES)) -> dict[str, Tally]:
    """Try all strings in these lines; return a tally of each."""
    tallies = {}
    for line in lines:
        fill, at_once = LINES[line]
        tally = tallies[line] = Tally()
        for start in range(0, len(strings), at_once):
            with tempfile.TemporaryDirectory() as folder:
                attack(fill, strings[start : start + at_once], Path(folder) / "site", tally)
    return tallies


def main(argv: list[str]) -> int:
    """Print what became of the strings, and every fault; 1 if there is any."""
    strings = vectors.all_of(SHARED) if SHARED.is_dir() else vectors.ours()
    if not SHARED.is_dir():
        print("the corpora are not here (../shared): only our own strings are tried")
    if argv:
        strings = strings[:: max(1, len(strings) // int(argv[0]))]
    faults: list[str] = []
    for line in LINES:
        started = time.monotonic()
        tally = run(strings, [line])[line]
        print(
            f"{line}: {len(strings)} strings, {tally.published} times published, {tally.refused} times refused; "
            f"{tally.opened} documents opened, {tally.feeds} contents of feeds put into a page: "
            f"{len(tally.faults)} faults ({time.monotonic() - started:.0f} s)",
            flush=True,
        )
        faults += tally.faults
    return verdict(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
