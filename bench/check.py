"""CPU time of a check over many articles and incidents: cold, with nothing changed, and after one changed article."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import corpus

CHECK = (
    "import sys; from pathlib import Path; from almanac.commands import check; sys.exit(check.main(Path('content')))"
)


def main(argv: list[str]) -> int:
    """Print the seconds of each run; 1 if one is over its limit or finds anything to mend."""
    parser = argparse.ArgumentParser(prog="bench check", description=__doc__)
    parser.add_argument("--incidents", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=1_000)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        corpus.site(root, options.incidents, options.articles)
        good = measured(root, "cold", 15.0)
        good &= measured(root, "nothing changed", 3.0)
        article = min((root / "content" / "articles").rglob("*.md"))
        article.write_text(article.read_text() + "\nOne more sentence.\n")
        good &= measured(root, "one article changed", 15.0)
    return 0 if good else 1


def measured(root: Path, name: str, limit: float) -> bool:
    """Run a check in a process of its own, as a user does. True if it is in time and finds nothing."""
    before, began = _spent(), time.perf_counter()
    process = subprocess.run(
        [sys.executable, "-c", CHECK],
        cwd=root,
        env={"PYTHONPATH": str(root / "plugins")},
        capture_output=True,
        text=True,
        check=False,
    )
    cpu, wall = _spent() - before, time.perf_counter() - began
    print(
        f"{name:20} {cpu:6.2f} s CPU, {wall:6.2f} s, at most {limit:.0f} s; {process.stdout.strip().splitlines()[-1:]}"
    )
    return cpu <= limit and process.returncode == 0


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
