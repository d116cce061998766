"""The lines that a block ```almanac holds: what of the archive an article shows. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

LANGUAGE = "almanac"  # of the fenced block
EXAMPLES = "incident provider/id, leaderboard 2026-Q2 or badge provider"
_KINDS = re.compile(r"(incident) ([a-z0-9-]+)/(\S+)|(leaderboard) (\S+)|(badge) ([a-z0-9-]+)")


class AlmanacBlock(NamedTuple):
    """What to show: an incident, a leaderboard or a badge; of which provider; and which incident or period."""

    kind: str
    provider: str = ""
    name: str = ""


def read(line: str) -> AlmanacBlock:
    """Return what a line asks for. Raises ValueError for what is none of these."""
    match = _KINDS.fullmatch(line.strip())
    if not match:
        raise ValueError(f"a block {LANGUAGE} cannot show this; write one line: {EXAMPLES}")
    incident, provider, raw, board, period, badge, owner = match.groups()
    return AlmanacBlock(incident or board or badge, provider or owner or "", raw or period or "")
