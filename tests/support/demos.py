"""A small project for demos: two of this repository's providers, with what happened at them from January to March 2026.

Beside them stands one whose status page is closed: there is nothing to play of it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.projects import OWN, ROOT

SLUGS = ("anthropic", "together")
MONTHS = ("2026-01", "2026-02", "2026-03")


def project(root: Path) -> Path:
    """Make it below `root`, with an article that no demo may show; the code and the theme are this checkout's."""
    (root / "plugins").mkdir(parents=True)
    (root / "plugins/almanac").symlink_to(ROOT / "plugins/almanac")
    (root / "theme").symlink_to(ROOT / "theme")
    shutil.copy(ROOT / "pelicanconf.py", root)
    (root / "almanac.toml").write_text(OWN)
    here, there = ROOT / "content", root / "content"
    shutil.copytree(here / "pages", there / "pages")
    files = [Path("articles/2026/2026-03-02-claude-outage.md"), Path("providers/character-ai.md")]
    for slug in SLUGS:
        files += [Path(f"providers/{slug}.md"), Path(f"pulls/{slug}.json")]
        for month in MONTHS:
            files += [path.relative_to(here) for path in (here / "incidents" / slug).glob(f"*/{month}-*.md")]
    for file in files:
        (there / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(here / file, there / file)
    return root
