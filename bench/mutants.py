"""Whether the tests bite: small faults are put into the code, one at a time, and the tests must fail.

    python3 tasks.py bench mutants [--each 60] [--seed 1] [--units fetch merge archive text check] [--coverage]

Of all faults that can be made of a unit (a comparison turned, a constant moved, a condition forced, a statement or a
`not` left out, …) a seeded sample is tried, `each` of a unit, in a copy of the project: on the quick tests of the unit
that come by the line, the quickest first. A fault is killed when a test fails twice with it and passes without; or when
the tests never end. Faults that change nothing that can be seen count as survivors, so the figure is a lower bound. The
interval is Wilson's at 95 %. The same tests must come by every line and branch of the unit; `--coverage` looks at that
alone.

Runs in a network namespace of its own, out of which no fault in `fetch` can connect: needs Linux and root.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import shutil
import sys
import tempfile
from pathlib import Path

import scipy  # its parts are imported when they are first used

from bench import runs
from bench.faults import Fault, faults, faulty
from bench.runs import ROOT, Reach
from tests.support import netns

WANTED = 0.85
TESTS = {  # which tests speak of a unit, those that speak of it most first
    "fetch": ("test_fetch", "test_pull"),
    "merge": ("test_merge", "test_clocks", "test_pull", "test_stories"),
    "archive": ("test_archive", "test_paths", "test_backfill", "test_forecasts_kept", "test_pull"),
    "text": ("test_text", "test_reader"),
    "check": ("test_check",),
}


def main(argv: list[str]) -> int:
    """Print the survivors and the shares; 1 if a unit's coverage or its share of killed faults is below the limit."""
    options = argparse.ArgumentParser(prog="bench mutants", description=__doc__.split("\n")[0])
    options.add_argument("--each", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--units", nargs="+", default=list(TESTS), choices=list(TESTS))
    options.add_argument("--coverage", action="store_true")
    chosen = options.parse_args(argv)
    if netns.missing() or not netns.enter():
        print("needs Linux, root and the tools ip and mount: a fault in fetch must have no network to connect to")
        return 1
    runs.prepare()
    with tempfile.TemporaryDirectory(prefix="almanac-mutants-") as folder:
        home = Path(folder) / "project"
        copy_project(home)
        met = [judge(home, unit, 0 if chosen.coverage else chosen.each, chosen.seed) for unit in chosen.units]
    print("all limits are met" if all(met) else "FAIL: tests miss what they should see")
    return int(not all(met))


def judge(home: Path, unit: str, each: int, seed: int) -> bool:
    """Measure the coverage of one unit and try a sample of its faults; True if both are as wanted."""
    met = runs.reach(home, tests(home, unit), sources(home, unit))
    for place in met.missed:
        print(f"  no test comes by: {place}")
    print(f"{unit}: {met.share:.1%} of lines and branches covered by {len(met.seconds)} tests, wanted 100%", flush=True)
    return (not each or bites(home, unit, each, random.Random(seed), met) >= WANTED) and not met.missed


def bites(home: Path, unit: str, each: int, rng: random.Random, met: Reach) -> float:
    """Try a sample of the faults of one unit, telling those that survive; the share that was killed."""
    possible = [fault for source in sources(home, unit) for fault in faults(home / source)]
    tried = rng.sample(possible, min(each, len(possible)))
    killed = 0
    for fault in tried:
        source = fault.path.relative_to(home)
        chosen = met.tests(source, fault.lines)
        if is_killed(home, fault, chosen):
            killed += 1
        else:
            print(f"  survived {len(chosen)} tests: {source}:{fault.line}: {fault.what}", flush=True)
    low, high = scipy.stats.binomtest(killed, len(tried)).proportion_ci(method="wilson")
    print(
        f"{unit}: {killed} of {len(tried)} killed ({killed / len(tried):.1%}, {low:.1%} to {high:.1%}; of "
        f"{len(possible)} possible ones), wanted {WANTED:.0%}",
        flush=True,
    )
    return killed / len(tried)


def is_killed(home: Path, fault: Fault, chosen: list[str]) -> bool:
    """Return True if one of the tests fails with the fault in place, fails again, and passes without it."""
    while chosen:
        failed = fails_with(home, fault, chosen)
        if failed is None:
            return False
        if failed == "" or runs.failing(home, [failed]) is None:
            return True
        chosen = [test for test in chosen if test != failed]  # it fails as it is, on a busy machine say
    return False


def fails_with(home: Path, fault: Fault, chosen: list[str]) -> str | None:
    """Return the first test that fails twice with the fault in place, "" if they never end, None if all pass."""
    whole = fault.path.read_text(encoding="utf-8")
    Path(importlib.util.cache_from_source(str(fault.path))).unlink(missing_ok=True)
    fault.path.write_text(faulty(fault), encoding="utf-8")
    try:
        failed = runs.failing(home, chosen)
        return failed if not failed or runs.failing(home, [failed]) is not None else None
    finally:
        fault.path.write_text(whole, encoding="utf-8")


def copy_project(home: Path) -> None:
    """Return the project as it is, without what builds left; the record is linked."""
    shutil.copytree(
        ROOT,
        home,
        symlinks=True,
        ignore=shutil.ignore_patterns(
            ".git", ".venv", ".*cache", "output*", ".output*", "__pycache__", ".hypothesis", "incidents"
        ),
    )
    (home / "content/incidents").symlink_to(ROOT / "content/incidents")
    (home / ".venv").symlink_to(ROOT / ".venv")


def tests(home: Path, unit: str) -> list[Path]:
    """The test files of a unit."""
    there = [path for name in TESTS[unit] for path in sorted((home / "tests").rglob(f"{name}.py"))]
    return [path.relative_to(home) for path in there]


def sources(home: Path, unit: str) -> list[Path]:
    """Return the source files of a unit."""
    place = home / "plugins/almanac" / unit
    return [path.relative_to(home) for path in sorted(place.rglob("*.py")) or [place.with_suffix(".py")]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
