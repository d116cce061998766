"""Draws the pictures that links to the site show, one a section: theme/static/og-<section>.png (needs Chromium).

python -m tests.support.pictures
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support import shots

STATIC = Path(__file__).resolve().parents[2] / "theme/static"
SAID = {
    "now": "Which AI services are down now, and since when",
    "incidents": "Every reported incident, and every later edit",
    "providers": "Is it down? Official status, with its history",
    "leaderboard": "Who reports the fewest problems, with uncertainty",
    "articles": "News on AI outages, checked against the archive",
}
BARS = (3, 3, 8, 3, 3, 3, 20, 3, 3, 40, 3, 3, 3, 12, 3, 3, 64, 3, 3, 20, 3, 3, 3, 3, 8, 3, 40, 3, 3, 3)
PAGE = """<!doctype html><meta charset="utf-8"><style>
* {{ margin: 0 }} body {{ width: 1200px; height: 630px; background: #fbfaf6; color: #1d1c19; box-sizing: border-box;
  padding: 84px 90px; font-family: Georgia, "Liberation Serif", serif; position: relative }}
.name {{ font-size: 46px; font-weight: 600; border-bottom: 6px double #1d1c19; padding-bottom: 26px }}
h1 {{ font-size: 78px; line-height: 1.12; margin-top: 54px; font-weight: 600; letter-spacing: -1px }}
svg {{ position: absolute; left: 90px; bottom: 70px }}
</style><p class="name">Outage Almanac</p><h1>{said}</h1>
<svg width="1020" height="72">{bars}<rect y="70" width="1020" height="2" fill="#1d1c19"/></svg>"""
INKS = {3: "#1f6a80", 8: "#8d8462", 12: "#8d8462", 20: "#8d8462", 40: "#df6a1a", 64: "#52072a"}


def page(said: str) -> str:
    """Return the picture as a page of 1200 by 630 pixels: what the site says, above days as the site draws them."""
    bars = "".join(
        f'<rect x="{34 * day}" y="{70 - height}" width="26" height="{height}" fill="{INKS[height]}"/>'
        for day, height in enumerate(BARS)
    )
    return PAGE.format(said=said, bars=bars)


def main() -> int:
    """Draw them all."""
    with shots.browser() as chromium:
        shown = chromium.new_page(viewport={"width": 1200, "height": 630})
        for section, said in SAID.items():
            shown.set_content(page(said))
            shown.screenshot(path=STATIC / f"og-{section}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
