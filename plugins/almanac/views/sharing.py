"""Where the files of a page's chart are, for those who take it along."""

from __future__ import annotations

from typing import NamedTuple

from almanac.views import base

FRAME = 320  # pixels that a frame around the chart of one subject needs; per row of several 24 more


class ChartLinks(NamedTuple):
    """Where the files of a figure are, for the page that shows it; the picture exists only in a complete build."""

    title: str
    svg: str
    csv: str
    embed: str
    picture: str  # address of the PNG, "" where there is none
    height: int  # pixels that a frame around it needs


def share(path: str, title: str, rows: int = 0, *, has_picture: bool = True) -> ChartLinks:
    """Return where the files of the figure of the page at `path` are."""
    picture = f"{path}{base.PICTURE}" if has_picture else ""
    return ChartLinks(title, f"{path}chart.svg", f"{path}chart.csv", f"{path}embed.html", picture, FRAME + 24 * rows)
