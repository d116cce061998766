"""Breaks scenes off, at chosen system calls or at random moments, in two processes side by side."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import injection
from tests.support.injection import Point
from tests.support.scenes import Scene, dead_links

HANDS = 2
KILL = "signal=SIGKILL"
SHOWN = 10  # faults

Verdict = tuple[str, list[str]]  # a word for what happened, and every fault


@dataclass(slots=True)
class Tally:
    """What came of many strikes."""

    words: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        self.words[verdict[0]] += 1
        self.faults += verdict[1]

    def tell(self, what: str, seconds: float) -> bool:
        """Print it; True if there was no fault."""
        said = ", ".join(f"{count} {word}" for word, count in sorted(self.words.items()))
        print(
            f"  {'FAIL' if self.faults else 'ok  '} {what}: {sum(self.words.values())} ({said}), "
            f"{len(self.faults)} faults, {seconds:.0f} s",
            flush=True,
        )
        for fault in self.faults[:SHOWN]:
            print(f"       {fault}")
        return not self.faults


def prepare(scene: Scene, scratch: Path) -> list[Point]:
    """Run a scene undisturbed, which tells what it makes, and once watched, which tells its calls."""
    work, notes = places(scratch)
    scene.begin(work)
    scene.old = scene.seen(work)
    ended = injection.run(lambda: scene.run(work), notes)
    if ended.code:
        raise AssertionError(f"{scene.name} fails undisturbed: {ended.said}")
    scene.new = scene.seen(work)
    scene.begin(work)
    return injection.watched(lambda: scene.run(work), notes, work, by_path=scene.by_path)


def each(jobs: Sequence[tuple[object, ...]], judge: Callable[..., Verdict], scratch: Path) -> Iterator[Verdict]:
    """Yield the verdicts on all jobs, by HANDS processes forked from this one; each has a folder to work in."""
    with ProcessPoolExecutor(HANDS, multiprocessing.get_context("fork"), _calm) as hands:
        for job in [hands.submit(_judged, judge, scratch, job) for job in jobs]:
            yield job.result()


def _calm() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


_SCENES: dict[str, Scene] = {}  # forked with this process: scenes hold whole sites, too much to send with every job


def stage(scene: Scene) -> str:
    """Make a scene known to processes forked from now on."""
    _SCENES[scene.name] = scene
    return scene.name


def _judged(judge: Callable[..., Verdict], scratch: Path, job: tuple[object, ...]) -> Verdict:
    name, *rest = job
    return judge(_SCENES[str(name)], scratch / str(os.getpid()), *rest)


def places(scratch: Path) -> tuple[Path, Path]:
    """Where a command works, and where what it says is kept."""
    notes = scratch / "notes"
    notes.mkdir(parents=True, exist_ok=True)
    return scratch / "work", notes


def killed_at(scene: Scene, scratch: Path, point: Point) -> Verdict:
    """Kill the command as it makes a call, look what is left, run it again, look whether all is there."""
    work, notes = places(scratch)
    scene.begin(work)
    ended = injection.struck(lambda: scene.run(work), notes, work, point, KILL)
    if not ended.struck:
        return "not met again", []
    return "killed", _after(scene, work, notes, f"{scene.name}, killed at {point}")


def killed_after(scene: Scene, scratch: Path, share: float, takes: float) -> Verdict:
    """Kill the command after a share of the time it takes."""
    work, notes = places(scratch)
    scene.begin(work)
    pid = injection.fork(lambda: scene.run(work), notes / "said.txt")
    time.sleep(share * takes)
    os.kill(pid, signal.SIGKILL)
    word = "killed" if injection.code_of(pid) == -signal.SIGKILL else "had ended"
    return word, _after(scene, work, notes, f"{scene.name}, killed after {share:.3f} of its time")


def _after(scene: Scene, work: Path, notes: Path, when: str) -> list[str]:
    faults = scene.left(work)
    again = injection.run(lambda: scene.run(work), notes)
    faults += [f"the next run fails: {again.said.strip()[-500:]}"] if again.code else scene.healed(work)
    return [f"{when}: {fault}" for fault in faults]


def every_call(scene: Scene, scratch: Path, every: int = 1) -> bool:
    """Kill a scene's command at each of its state-changing calls, or at every so manieth. True if nothing is wrong."""
    started = time.monotonic()
    points = [point for point in prepare(scene, scratch) if point.makes][::every]
    tally = Tally(faults=[*dead_links(scene.old), *dead_links(scene.new)])
    for verdict in each([(stage(scene), point) for point in points], killed_at, scratch):
        tally.add(verdict)
    return tally.tell(f"{scene.name}: SIGKILL at a call that changes the disk", time.monotonic() - started)


def random_moments(scene: Scene, scratch: Path, rounds: int, chance: random.Random) -> bool:
    """Kill a scene's command at random moments of its life. True if nothing is wrong."""
    started = time.monotonic()
    prepare(scene, scratch)
    takes = _takes(scene, scratch)
    jobs = [(stage(scene), chance.uniform(0, 1.05), takes) for _ in range(rounds)]
    tally = Tally()
    for verdict in each(jobs, killed_after, scratch):
        tally.add(verdict)
    return tally.tell(f"{scene.name}: SIGKILL at a random moment of {takes:.2f} s", time.monotonic() - started)


def _takes(scene: Scene, scratch: Path) -> float:
    work, notes = places(scratch)
    scene.begin(work)
    started = time.monotonic()
    injection.run(lambda: scene.run(work), notes)
    return time.monotonic() - started
