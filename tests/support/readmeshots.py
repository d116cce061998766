"""Takes the pictures of README.md from the demo: the home page and an open incident, at 14:15 on 2 March 2026.

python -m tests.support.readmeshots FOLDER
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from almanac.commands import demo
from tests.support import shots
from tests.support.projects import ROOT

SINCE, UNTIL = datetime(2026, 3, 2, 11, 30, tzinfo=UTC), datetime(2026, 3, 2, 16, tzinfo=UTC)
MOMENT = datetime(2026, 3, 2, 14, 15, tzinfo=UTC)
PICTURES = {"home.png": "/", "incident.png": "/incidents/anthropic/0ghc53zpsfmt/"}


def main(folder: Path, root: Path = ROOT) -> None:
    """Play the demo up to the moment, and photograph what a reader then sees."""
    folder.mkdir(parents=True, exist_ok=True)
    with demo.playing(root, SINCE, UNTIL, score=False) as play, shots.browser() as chromium:
        while play.quarters[-1].at < MOMENT:
            play.step()
        page = chromium.new_page(viewport={"width": 1280, "height": 1100}, color_scheme="light")
        for name, path in PICTURES.items():
            page.goto(play.stage.site_url + path)
            page.screenshot(path=folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
