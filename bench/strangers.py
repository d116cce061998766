"""Hostile feeds, articles, pages, providers, corrections, posts and pictures of a random kind, through the whole line.

    python3 tasks.py bench strangers [N] [SEED] [--only NUMBER] [--publish] [--without WORD] [--keep FOLDER]

Each of N inputs (default 20,000) is always the same for a seed. Hundreds go into one small site: their feeds are pulled
three times, their files are checked, and what the check lets in is built or published. Wanted: no traceback; no time
that grows faster than the input; the pages of others the same, byte for byte; an archive that loads after each pull and
that a pull of the same feed does not change; a check that is clean after a pull, and that refuses with file, line,
reason and cure; no words lost, no date, title or incident mistaken without a doubt. A set that fails is halved until
the one is found. --keep saves what it sent. Two processes work at it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.verdict import verdict
from tests.support.strangers import alone, feeds, files, trial
from tests.support.strangers.case import SIZE, Stranger
from tests.support.strangers.trial import Ground, Harm, Trial

PROCESSES, AT_ONCE, COMPLETE = 2, 100, 4  # strangers in a site; each so many-th is published, with larger ones in it
LARGE = 4 * SIZE
SHOWN = 3  # harms of a kind that are told
FEEDS = 0.4  # share of the strangers that are feeds

Set = tuple[Sequence[int], bool]  # numbers of strangers in one site, and whether it is published

_grounds: dict[bool, Ground] = {}


@dataclass
class Tally:
    """What became of all."""

    count: int = 0
    read: int = 0
    refused: int = 0
    let_in: int = 0
    grown: int = 0  # tried in several sizes
    harms: list[tuple[Stranger | None, str]] = field(default_factory=list)


def stranger(seed: int, number: int, size: int = SIZE) -> Stranger:
    """Return the stranger of this number."""
    return (feeds.feed if number * 7 % 10 < FEEDS * 10 else files.file)(seed, number, size)


def batch(seed: int, numbers: Sequence[int], complete: bool, without: str = "") -> Tally:
    """Try these, each alone and then all that survive it in one site."""
    size = LARGE if complete else SIZE
    them = [
        one
        for one in (stranger(seed, number, size) for number in numbers)
        if not without or not re.search(without, str(one))
    ]
    by_number, tally, harms = {one.number: one for one in them}, Tally(len(them)), list[Harm]()
    for one in them:
        harms += [Harm(one.number, harm) for harm in alone.harm_of(partial(stranger, seed, one.number))]
        tally.grown += one.grows
    faulty = {harm.number for harm in harms if harm.number is not None}
    together = trial.examined([one for one in them if one.number not in faulty], _ground(complete), complete=complete)
    _count(tally, together)
    tally.harms = [
        (by_number.get(harm.number) if harm.number is not None else None, harm.what)
        for harm in (*harms, *together.harms)
    ]
    return tally


def _count(tally: Tally, outcome: Trial) -> None:
    tally.read, tally.refused, tally.let_in = outcome.read, outcome.refused, outcome.let_in


def _ground(complete: bool) -> Ground:
    """Return the site without strangers, made once in a process."""
    if complete not in _grounds:
        _grounds[complete] = trial.ground(complete=complete)
    return _grounds[complete]


def batches(numbers: Sequence[int], at_once: int = AT_ONCE) -> Iterator[tuple[Sequence[int], bool]]:
    """Yield the numbers that go into one site, and whether it is published."""
    for place, start in enumerate(range(0, len(numbers), at_once)):
        yield numbers[start : start + at_once], place % COMPLETE == COMPLETE - 1


def run(seed: int, numbers: Sequence[int], without: str = "", publish: bool = False) -> Tally:
    """Try all of these; return what became of them."""
    whole = Tally()
    sets = [(chunk, complete or publish) for chunk, complete in batches(numbers)]
    while sets:
        unfinished = _round(whole, seed, sets, without, PROCESSES)
        suspects, sets = unfinished[: 2 * PROCESSES], unfinished[2 * PROCESSES :]  # those that a process had taken
        for suspect in suspects:
            _halved(whole, seed, suspect, without)
    wrong = _ground(False).wrong | _ground(True).wrong
    whole.harms += [(None, f"without any stranger: {fault}") for fault in sorted(wrong)]
    return whole


def _round(whole: Tally, seed: int, sets: Sequence[Set], without: str, processes: int) -> list[Set]:
    """Add what became of the sets to the tally; return those that were unfinished when a process died."""
    unfinished = []
    with ProcessPoolExecutor(processes, initializer=os.nice, initargs=(10,)) as pool:
        jobs = [pool.submit(batch, seed, *one, without) for one in sets]
        for one, job in zip(sets, jobs, strict=True):
            try:
                _add(whole, job.result())
            except BrokenProcessPool:
                unfinished.append(one)
    return unfinished


def _halved(whole: Tally, seed: int, suspect: Set, without: str) -> None:
    """Try a set by itself; halve it until the one is known that takes its process down."""
    numbers, complete = suspect
    if not _round(whole, seed, [suspect], without, 1):
        return
    if len(numbers) == 1:
        size = LARGE if complete else SIZE
        _add(whole, Tally(1, harms=[(stranger(seed, numbers[0], size), "traceback: it takes the process down")]))
        return
    middle = len(numbers) // 2
    for half in (numbers[:middle], numbers[middle:]):
        _halved(whole, seed, (half, complete), without)


def _add(whole: Tally, one: Tally) -> None:
    for name in ("count", "read", "refused", "let_in", "grown"):
        setattr(whole, name, getattr(whole, name) + getattr(one, name))
    whole.harms += one.harms
    for number, harm in one.harms:
        print(f"  {number}: {harm[:400]}", flush=True)


def kind_of(harm: str) -> str:
    """Return what harms that are alike have in common."""
    words = re.sub(r"mark\d+x?\d*|content/\S+|'[^']*'|\"[^\"]*\"|\b\S*\d\S*", "…", harm.replace("\\'", ""))
    return words[:110]


def keep(folder: Path, seed: int, one: Stranger, harm: str) -> None:
    """Save what a stranger sent, and how to try it again."""
    place = folder / f"{seed}-{one.number}"
    place.mkdir(parents=True, exist_ok=True)
    text = f"{one}\n{harm}\npython3 tasks.py bench strangers 0 {seed} --only {one.number}  (or with --publish)\n"
    (place / "README.txt").write_text(text, encoding="utf-8", errors="backslashreplace")
    for number, body in enumerate(one.bodies):
        (place / f"feed-{number}").write_bytes(body)
    listed = []
    for number, (file, data) in enumerate(one.files.items()):
        (place / f"file-{number}").write_bytes(data)
        listed.append(f"file-{number}: {file!r}\n")
    (place / "README.txt").open("a", encoding="utf-8").writelines(listed)


def main(argv: list[str]) -> int:
    """Try all; 1 if anybody did harm."""
    parser = argparse.ArgumentParser(prog="bench strangers")
    parser.add_argument("count", nargs="?", type=int, default=20_000)
    parser.add_argument("seed", nargs="?", type=int, default=1)
    parser.add_argument("--only", type=int, action="append", help="try this number only; may be repeated")
    parser.add_argument(
        "--publish", action="store_true", help="publish every site, as each fourth is, with larger inputs"
    )
    parser.add_argument(
        "--without", default="", help="leave out those of whom this expression is found in what is told"
    )
    parser.add_argument("--keep", type=Path, help="save what did harm in this folder")
    parser.add_argument("--from", dest="first", type=int, default=0, help="begin with this number")
    options = parser.parse_args(argv)
    numbers = options.only or range(options.first, options.first + options.count)
    began = time.monotonic()
    whole = run(options.seed, numbers, options.without, options.publish)
    for number, harm in whole.harms:
        if options.keep and number:
            keep(options.keep, options.seed, number, harm)
    return _told(whole, options.seed, time.monotonic() - began)


def _told(whole: Tally, seed: int, took: float) -> int:
    print(
        f"{whole.count} strangers of seed {seed}, {took:.0f} s: {whole.read} feeds read, {whole.let_in} files let "
        f"in, {whole.refused} refused; {whole.grown} tried in growing sizes"
    )
    kinds = Counter(kind_of(harm) for _, harm in whole.harms)
    for name, words in (
        ("tracebacks", "traceback"),
        ("superlinear", "superlinear| takes "),
        ("differences elsewhere", "pages of others"),
    ):
        print(f"{name}: {sum(number for kind, number in kinds.items() if re.search(words, kind))} (0)")
    lines = []
    for kind, number in kinds.most_common():
        examples = [(sender, harm) for sender, harm in whole.harms if kind_of(harm) == kind]
        lines += [f"{number}×, as {sender}: {harm}" for sender, harm in examples[:1]]
    print(f"{len(whole.harms)} harms of {len(kinds)} kinds (0)")
    return verdict(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
