"""What the pages of this site claim of worlds whose truth is known: those beside the repository, and fresh ones.

`bench planted [SEEDS]` builds the archives `equal`, `growth` and `gaming` of ../shared/numbers/planted with the files of
this site's providers, where they are there, then so many fresh worlds of each kind (default 2), and lists every winner,
change, dependence or backup that is not there. Intervals promise 90 %, so of ten fresh worlds one may have a false winner.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.verdict import verdict
from tests.support import planted
from tests.support.planted import Archive, Statements

ROOT = Path(__file__).resolve().parents[1]
WORLDS = ROOT.parent / "shared" / "numbers" / "planted"
AS_OF = "2026-11-29T00:00:00Z"
SLUGS = tuple(f"maker-{letter}" for letter in "abcdefgh")
MOST_CHANGES = 2
HONEST = {"gaming": {"groq", "jetbrains-ai", "windsurf", *SLUGS[:4]}}


def main(arguments: Sequence[str]) -> int:
    """Build all worlds and print what is said of each. The exit code."""
    seeds = int(arguments[0]) if arguments else 2
    faults: list[str] = []
    for name, world, is_known in _worlds(seeds):
        with tempfile.TemporaryDirectory(prefix="planted-") as folder:
            said = _built(Path(folder) / "site", world, is_known)
        wrong = list(_wrong(name.partition(" ")[0], said))
        print(
            f"{name}: {len(said.better)} better, {len(said.changed)} changed, {len(said.together)} together; {len(wrong)} false"
        )
        faults += (f"{name}: {line}" for line in wrong)
    return verdict(faults)


def _worlds(seeds: int) -> Iterator[tuple[str, Archive, bool]]:
    for folder in sorted(WORLDS.glob("*/")):
        tables = ((folder / name).read_bytes() for name in ("incidents.csv", "coverage.csv"))
        yield folder.name, Archive(*tables), True
    for seed in range(seeds):
        random = np.random.default_rng((20_261_130, seed))
        yield f"equal {seed}", planted.archive(planted.equal(random, SLUGS)), False
        yield f"growth {seed}", planted.archive(planted.growth(random, SLUGS)), False
        yield f"gaming {seed}", planted.archive(planted.gaming(random, SLUGS[:4])), False


def _built(root: Path, world: Archive, is_known: bool) -> Statements:
    """Build a site of a world alone, by the task that authors use."""
    ignore = shutil.ignore_patterns("incidents", "pulls", "forecasts", "articles", "releases", "corrections", "links")
    shutil.copytree(ROOT / "content", root / "content", ignore=ignore)
    for name in ("almanac.toml", "pelicanconf.py", "publishconf.py", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, root / name)
    for name in ("plugins", "theme"):
        (root / name).symlink_to(ROOT / name)
    if not is_known:
        shutil.rmtree(root / "content/providers")
        (root / "content/providers").mkdir()
    planted.bring(root, world, None if is_known else planted.unknown_provider)
    build = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'plugins')!r}); from pathlib import Path; "
        f"from almanac.commands import build; build.run(Path({str(root / 'pelicanconf.py')!r}), now={AS_OF!r})"
    )
    subprocess.run([sys.executable, "-c", build], cwd=root, check=True, stdout=subprocess.DEVNULL)
    return planted.statements(root / ".output-preview")


def _wrong(kind: str, said: Statements) -> Iterator[str]:
    """Yield what is false in a world of a kind."""
    yield from (f"{a} and {b} are said to fail together ({where})" for where, a, b in sorted(said.together))
    if kind == "gaming":
        honest = HONEST[kind]
        yield from (
            f"{a} better than {b} ({where})" for where, a, b in sorted(said.better) if a not in honest and b in honest
        )
        yield from (
            f"{named} is named as a backup for {whose}" for whose, named in sorted(said.backups) if named not in honest
        )
        return
    yield from (f"{a} better than {b} ({where})" for where, a, b in sorted(said.better))
    # A table of trends is right with 90 % certainty, and a site of two years has some twenty: two may be wrong.
    if kind == "equal" and len({period for period, _ in said.changed}) > MOST_CHANGES:
        yield from (f"{slug} is said to have changed ({period})" for period, slug in sorted(said.changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
