"""Feeds over time, through the whole line: nothing is lost, nothing doubled, nothing changed without a trace.

    python3 tasks.py bench histories [N] [SEED]

Tells every story (tests/support/stories), and holds what is then on the disk against what it says, field by field.
Then lets a simulated provider do as it likes in N histories (default 10000) of ten steps and more, pulled at random
moments, and checks after each pull what must always hold (tests/support/invariants.py). Prints FAIL with the first
faults, and the shortest history that shows one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from hypothesis import seed, settings
from hypothesis.stateful import get_state_machine_test

from tests.support import provider_machine
from tests.support.provider_machine import World
from tests.support.serving import Serving
from tests.support.stories import large, told_of
from tests.support.stories.telling import faults

STEPS = 10  # of a history, at least
BATCH = 100  # histories of one process
AT_ONCE = 2
STORIES = (*told_of.STORIES, *large.STORIES)
WANTED = 30  # stories


def main(argv: list[str]) -> int:
    """Tell all stories and run all histories; 1 if anything is not as it must be."""
    if argv[:1] == ["--batch"]:
        return batch(int(argv[1]), int(argv[2]))
    histories, first = (int(argv[0]) if argv else 10_000), (int(argv[1]) if len(argv) > 1 else 1)
    good = stories() and simulated(histories, first)
    print("PASS" if good else "FAIL")
    return int(not good)


def stories() -> bool:
    """Say whether every story leaves its archive."""
    wrong = 0
    with scratch() as folder:
        for story in STORIES:
            story_faults = faults(story, folder)
            wrong += bool(story_faults)
            print(*(f"FAIL {story.title}: {fault}" for fault in story_faults), sep="\n", end="\n" * bool(story_faults))
    print(f"{len(STORIES)} stories (at least {WANTED}), each also with its entries turned around: {wrong} wrong (0)")
    return not wrong and len(STORIES) >= WANTED


def simulated(histories: int, first: int) -> bool:
    """Say whether all holds in so many histories, whose seeds begin at `first`."""
    started, tally, wrong = time.monotonic(), Counter[str](), 0
    sizes = [min(BATCH, histories - first_of_batch) for first_of_batch in range(0, histories, BATCH)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for ended in threads.map(in_a_process, sizes, range(first, first + len(sizes))):
            if ended.returncode:
                wrong += 1
                print(f"FAIL {ended.stdout}{ended.stderr[-20_000:]}", flush=True)
            else:
                tally.update(dict(zip(("histories", "pulls"), map(int, ended.stdout.split()), strict=True)))
    print(
        f"{tally['histories']} histories (at least {histories}) of {STEPS} steps and more, seeds from {first}, "
        f"{tally['pulls']} pulls, {time.monotonic() - started:.0f} s: "
        f"something did not hold in {wrong} of {len(sizes)} batches (0)"
    )
    return not wrong and tally["histories"] >= histories


def in_a_process(histories: int, number: int) -> subprocess.CompletedProcess[str]:
    """Run one batch in a process of its own."""
    command = [sys.executable, "-m", "bench.histories", "--batch", str(histories), str(number)]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)


def batch(histories: int, number: int) -> int:
    """Run so many histories with one seed, and print how many histories and pulls that were."""
    with scratch() as World.scratch, Serving({}) as World.server:
        limits = settings(max_examples=histories, stateful_step_count=STEPS + 2, deadline=None, database=None)
        run: Callable[[], None] = get_state_machine_test(World, settings=limits, _min_steps=STEPS)
        seed(number)(run)()
    print(provider_machine.counts["histories"], provider_machine.counts["pulls"])
    return 0


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder in memory where there is one: this is about what is written, not about disks."""
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
