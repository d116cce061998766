"""How long the tests take, and whether they say the same every time, also on a busy machine.

    python3 tasks.py bench suite [N]

Runs `tasks.py test` N times (default 10) on a machine that does nothing else, N times beside four processes that never
rest, and `tasks.py test --all` once. Prints seconds, processor seconds and pytest's last line of each run. The limits:
every run is green; a quick one takes at most 75 s on two quiet cores, everything at most 8 minutes.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.verdict import verdict

ROOT = Path(__file__).resolve().parents[1]
TIMES, BUSY = 10, 4
QUICK, ALL = 75.0, 480.0  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the tests."""

    name: str
    seconds: float
    processor: float  # s, of all its processes
    green: bool
    said: str  # pytest's last line, and before it what was skipped and why

    def __str__(self) -> str:
        return f"{self.name}: {self.seconds:.0f} s, {self.processor:.0f} s of processor: {self.said}"


@contextmanager
def beside(count: int) -> Iterator[None]:
    """So many processes that never rest."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def run(name: str, *arguments: str) -> Run:
    """Run the tests once, as people do, and tell of it at once."""
    began, before = time.monotonic(), _processor()
    command = [sys.executable, "tasks.py", "test", *arguments]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    outcome = Run(
        name=name,
        seconds=time.monotonic() - began,
        processor=_processor() - before,
        green=not process.returncode,
        said="; ".join(_end(process.stdout)),
    )
    print(outcome, flush=True)
    if not outcome.green:
        print(process.stdout, process.stderr, sep="\n", flush=True)
    return outcome


def _end(out: str) -> list[str]:
    lines = [line for line in out.splitlines() if line.strip()]
    return [line for line in lines if line.startswith("skipped: ")][-1:] + lines[-1:]


def _processor() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def faults(runs: list[Run], limit: float) -> list[str]:
    """Return what is red, and what took longer than `limit` seconds."""
    red = [f"{one.name} is red" for one in runs if not one.green]
    return red + [f"{one.name} took {one.seconds:.0f} s, at most {limit:.0f}" for one in runs if one.seconds > limit]


def main(argv: list[str]) -> int:
    """Run all; 1 if one is red or too slow."""
    times = int(argv[0]) if argv else TIMES
    quiet = [run(f"quiet {number}") for number in range(1, times + 1)]
    with beside(BUSY):
        busy = [run(f"beside {BUSY} busy processes {number}") for number in range(1, times + 1)]
    everything = run("everything", "--all")
    return verdict([*faults(quiet, QUICK), *faults(busy, float("inf")), *faults([everything], ALL)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
