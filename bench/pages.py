"""Looks at every kind of page in Chromium: faults axe finds, requests to other hosts, width at 320 px, weight, script.

    python3 tasks.py bench pages [OUTPUT]

Without a built site it builds a small one with hard cases: an incident that is open, resolved, maintenance, posted
late, of 200 posts, or with a title from right to left; and a site for each state of the present (tests/support/now.py):
something is open and has an estimate, three things are, nothing is, nobody knows, work is under way. Where node and npm are there, Lighthouse judges the home page,
an incident and the leaderboard (100 in all four categories), and html-validate and the Nu checker every kind of page
(no error). The exit code is 1 if anything is wrong.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from almanac import archive
from almanac.commands import build as build_command
from almanac.model import Impact, Kind, Phase, Revision, Update
from bench import auditors
from tests.site import test_undeclared
from tests.support import now, shots
from tests.support.almanacs import at, incident, pulls
from tests.support.content import provider
from tests.support.projects import project, put, write

ROOT = Path(__file__).resolve().parents[1]
NOW = "2026-03-02T14:10:00Z"
RAW, ZIPPED = 50 * 1024, 15 * 1024  # bytes of HTML and CSS of a page, as they are and with gzip
PARTS = "components:\n  - {slug: api, name: Claude API, match: [Claude API (api.anthropic.com)]}\n"
KINDS = {
    "home": "/",
    "incidents": "/incidents/",
    "month": "/incidents/2026/03/",
    "open": "/incidents/groq/open/",
    "resolved": "/incidents/anthropic/first/",
    "changed later": "/incidents/anthropic/changed/",
    "maintenance": "/incidents/anthropic/works/",
    "posted late": "/incidents/anthropic/late/",
    "huge": "/incidents/anthropic/huge/",
    "huge, page 2": "/incidents/anthropic/huge/2/",
    "right to left": "/incidents/anthropic/rtl/",
    "replay": "/incidents/anthropic/changed/at/",
    "replay, huge": "/incidents/anthropic/huge/at/",
    "edits": "/edits/",
    "providers": "/providers/",
    "provider": "/providers/anthropic/",
    "component": "/providers/anthropic/api/",
    "year": "/providers/anthropic/2026/",
    "numbers": "/providers/anthropic/numbers/",
    "compare": "/compare/anthropic/groq/",
    "comparisons": "/compare/",
    "leaderboard": "/leaderboard/",
    "backups": "/backups/",
    "forecast": "/forecast/",
    "articles": "/articles/",
    "article": "/articles/2026/claude-fails/",
    "claims": "/claims/",
    "corrections": "/corrections/",
    "press": "/press/",
    "not declared, all": "/undeclared/",
    "not declared": "/undeclared/anthropic/2026-03-02-slow-answers/",
    "page": "/methodology/",
    "subscribe": "/subscribe/",
    "search": "/search/",
    "data": "/data/",
    "status": "/status/",
    "404": "/404.html",
}
JUDGED = ("home", "resolved", "leaderboard")  # by Lighthouse
RANKED = ("cohere", "openai", "xai")  # with them there are enough for a leaderboard


class Weight(NamedTuple):
    """Bytes of a page with its style sheets, as they are and with gzip."""

    raw: int
    zipped: int


def built(root: Path) -> Path:
    """Build a small site with every kind of page; yield it and the folder it was built to."""
    project(root)
    write(root, "providers/anthropic.md", provider("anthropic", "Claude", PARTS))
    start = at("01 02:00")
    posts = tuple(
        Update(
            at=start + timedelta(minutes=3 * n),
            phase=Phase.INVESTIGATING if n % 7 else Phase.MONITORING,
            text=f"Post {n}: we still look into elevated errors of the API and of the chat. " * 2,
        )
        for n in range(200)
    )
    changed = Update(
        at=at("02 10:21"),
        phase=Phase.IDENTIFIED,
        text="Some methods fail.",
        seen=at("02 10:24"),
        was=(Revision(text="All methods fail.", until=at("02 10:40")),),
    )
    update = Update(at=at("02 10:00"), phase=Phase.INVESTIGATING, text="Errors.", seen=at("02 10:03"))
    for record in (
        incident("changed", "02 10:00", "02 11:00", updates=(update, changed), first_seen=at("02 10:03")),
        incident("works", "02 09:00", "02 09:30", kind=Kind.MAINTENANCE, impact=Impact.MAINTENANCE),
        incident("late", "01 10:00", "01 10:00"),
        replace(incident("huge", "01 02:00", "01 12:00"), updates=posts, first_seen=None),
        incident("rtl", "2026-02-20 10:00", "2026-02-20 11:00", title="تعذّر الوصول إلى الخدمة (API) 500"),
    ):
        put(root, record)
    for slug in RANKED:
        write(root, f"providers/{slug}.md", provider(slug))
        archive.save_pulls(root / "content", pulls(slug))
        for day in range(10, 28, 2):
            began, over = f"2026-02-{day} 10:00", f"2026-02-{day} 11:30"
            put(root, incident(f"n{day}", began, over, provider=slug, components=()))
    write(root, test_undeclared.FILE, test_undeclared.TEXT)
    with contextlib.redirect_stdout(io.StringIO()):
        build_command.build(root / "pelicanconf.py", now=NOW, output="out")
    return root / "out"


def weight(output: Path, path: str) -> Weight:
    """Return what a reader has to load to see a page."""
    parts = shots.loads(output, path)
    return Weight(sum(map(len, parts)), sum(len(gzip.compress(part, mtime=0)) for part in parts))


def heavy(output: Path, paths: list[str]) -> list[str]:
    """Return the pages that weigh more than a page may."""
    weights = {path: weight(output, path) for path in paths}
    return [
        f"{path}: weighs {w.raw} bytes, {w.zipped} with gzip"
        for path, w in weights.items()
        if w.raw > RAW or w.zipped > ZIPPED
    ]


def audited(output: Path, kinds: Mapping[str, str]) -> list[str]:
    """Return what the programs from npm complain of; why they were not asked, if they were not, is only printed."""
    if why := auditors.missing():
        print(f"skipped: Lighthouse, html-validate and the Nu checker ({why})")
        return []
    judged = [kinds[kind] for kind in JUDGED if kind in kinds]
    scores = auditors.scores(output, judged)
    for path, grades in scores.items():
        print(f"Lighthouse {path}: {', '.join(f'{name} {score}' for name, score in grades.items())}")
    errors = auditors.invalid(output, list(kinds.values()))
    print(f"html-validate{' and the Nu checker' if auditors.has_java() else ''}: {len(errors)} errors")
    return auditors.low(scores) + errors


def _seen(name: str, output: Path, paths: list[str]) -> list[str]:
    """Print what the pages of a scene weigh; return their faults."""
    for path in paths:
        page_weight = weight(output, path)
        print(f"{name:18} {page_weight.raw / 1024:6.1f} KB {page_weight.zipped / 1024:6.1f} KB with gzip  {path}")
    faults = heavy(output, paths) + shots.inspect(output, paths) + shots.lost(output, paths)
    return [f"{name}: {fault}" for fault in faults]


def main(argv: list[str]) -> int:
    """Look at each page, print a line each and every fault."""
    with TemporaryDirectory() as folder:
        output = Path(argv[0]) if argv else built(Path(folder) / "site")
        kinds = {kind: path for kind, path in KINDS.items() if (output / path.lstrip("/")).exists()}
        for kind, path in kinds.items():
            page_weight = weight(output, path)
            print(f"{kind:18} {page_weight.raw / 1024:6.1f} KB {page_weight.zipped / 1024:6.1f} KB with gzip  {path}")
        paths = list(kinds.values())
        faults = heavy(output, paths) + shots.inspect(output, paths) + shots.lost(output, paths)
        faults += audited(output, kinds)
        if not argv:
            for name, scene in now.SCENES.items():
                faults += _seen(name, scene.build(Path(folder) / name.replace(" ", "-")), list(scene.paths))
                paths += scene.paths
    print("\n".join(faults) or f"{len(paths)} pages in {len(shots.FORMS)} forms: no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
