"""Everything that draws at random, with seeds that nobody tried before: the tests themselves draw the same every time.

    python3 tasks.py bench fresh [SEED]

Runs the property tests, and histories, damaged feeds, wrong clocks, kills and pulls at once, all with SEED (default: a
new one). Prints the seed, with which the same can be run again, and FAIL with the names of those that found something.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from bench.verdict import verdict

ROOT = Path(__file__).resolve().parents[1]


def runs(seed: int) -> dict[str, list[str]]:
    """Return what to run by name, as arguments of Python."""
    drawn = ["-m", "hypothesis", "--hypothesis-profile=fresh", f"--hypothesis-seed={seed}"]
    benches = {"histories": ["2000"], "mutated": ["50000"], "clocks": [], "kills": ["200"], "together": ["10"]}
    return {"property tests": ["-m", "pytest", "-n", "auto", *drawn]} | {
        name: ["-m", f"bench.{name}", *size, str(seed)] for name, size in benches.items()
    }


def main(argv: list[str]) -> int:
    """Run all with one seed; 1 if one of them found something."""
    seed = int(argv[0]) if argv else random.SystemRandom().randrange(1, 2**31)
    faults = []
    for name, arguments in runs(seed).items():
        print(f"{name}, seed {seed}", flush=True)
        if subprocess.run([sys.executable, *arguments], cwd=ROOT, env=os.environ, check=False).returncode:
            faults.append(f"{name}: python3 tasks.py bench fresh {seed}")
    return verdict(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
