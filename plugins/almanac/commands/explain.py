"""Print how a number of the leaderboard came about, step by step."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from almanac.archive import ArchiveError
from almanac.content.providers import ProviderError
from almanac.model import moment
from almanac.model.clock import build_time
from almanac.snapshot import Snapshot
from almanac.snapshot.load import load
from almanac.stats import explain as derivation
from almanac.stats import windows
from almanac.views import measures


def explain(content: Path, provider: str, period: str, *, now: str = "") -> int:
    """Print the derivation of a provider's line on the leaderboard of a period. The exit code.

    `now` is a time such as 2026-07-01T00:00:00Z, or "" for SOURCE_DATE_EPOCH or the clock.
    """
    try:
        print(*_derivation(load(content, stated_moment(now)), provider, period), sep="\n")
    except (ArchiveError, ProviderError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def stated_moment(now: str) -> datetime:
    """Return the stated moment, else that of the clock. Raises ValueError for what is no moment."""
    stated = now or os.environ.get("SOURCE_DATE_EPOCH", "")
    return moment(build_time(stated, datetime.now(UTC).timestamp()))


def _derivation(almanac: Snapshot, provider: str, period: str) -> tuple[str, ...]:
    records = measures.closed(almanac)
    if provider not in records:
        raise ValueError(f"no provider {provider!r}; write one of: {', '.join(sorted(records))}")
    chosen = windows.period_by_slug(period, records[provider].covered, measures.closed_at(almanac))
    return derivation.leaderboard_number(tuple(records.values()), provider, chosen)
