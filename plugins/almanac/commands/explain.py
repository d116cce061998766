"""Two commands on the archive as it is: `score` the forecasts over it, and `explain` a number of the leaderboard."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from almanac import archive
from almanac.archive import ArchiveError
from almanac.content import corrections, providers
from almanac.content.providers import ProviderError
from almanac.model import Card, card, moment, seconds
from almanac.model.clock import build_time
from almanac.snapshot import Snapshot
from almanac.stats import explain as derivation
from almanac.stats import windows
from almanac.stats.scorecard import digest, scorecard
from almanac.views import measures


def score(content: Path, *, now: str = "") -> int:
    """Write the scorecard of the forecasts, unless it was made from this very record. The exit code. `now` as below."""
    try:
        at = _moment(now)
        cards = [one for of_one in load(content, at).cards.values() for one in of_one]
        known = archive.load_scorecard(content)
    except (ArchiveError, ProviderError, ValueError) as error:
        return _failed(error)
    if known is not None and known.record == digest(cards):
        print(f"score: the record is that of {moment(known.made):%Y-%m-%d}; nothing to do")
        return 0
    made = scorecard(cards, seconds(at))
    archive.save_scorecard(content, made)
    print(f"score: {made.trials} forecasts of {made.incidents} incidents scored")
    return 0


def explain(content: Path, provider: str, period: str, *, now: str = "") -> int:
    """Print the derivation of a provider's line on the leaderboard of a period. The exit code.

    `now` is a time such as 2026-07-01T00:00:00Z, or "" for SOURCE_DATE_EPOCH or the clock.
    """
    try:
        print(*_derivation(load(content, _moment(now)), provider, period), sep="\n")
    except (ArchiveError, ProviderError, ValueError) as error:
        return _failed(error)
    return 0


def _moment(now: str) -> datetime:
    """What was stated, else the clock. Raises ValueError for what is no moment."""
    stated = now or os.environ.get("SOURCE_DATE_EPOCH", "")
    return moment(build_time(stated, datetime.now(UTC).timestamp()))


def _derivation(almanac: Snapshot, provider: str, period: str) -> tuple[str, ...]:
    records = measures.closed(almanac)
    if provider not in records:
        raise ValueError(f"no provider {provider!r}; write one of: {', '.join(sorted(records))}")
    chosen = windows.named(period, records[provider].covered, measures.closed_at(almanac))
    return derivation.leaderboard_number(tuple(records.values()), provider, chosen)


def load(content: Path, now: datetime) -> Snapshot:
    """The Almanac of an archive without its articles, corrections applied. Raises ArchiveError and ProviderError."""
    watched = providers.load(content)
    fixes, _ = corrections.load(content)
    filed = [card(f.incident, f.file) for p in watched for f in archive.load(content, p.slug).values()]
    cards, log, _ = corrections.apply(filed, fixes)
    pulls = {provider.slug: archive.load_pulls(content, provider.slug) for provider in watched}
    return Snapshot(
        providers=watched,
        cards={provider.slug: _of(cards, provider.slug) for provider in watched},
        pulls=pulls,
        articles=(),
        now=now,
        record_until=max((span.until for found in pulls.values() for span in found.coverage), default=None),
        site_url="",
        site_name="",
        corrections=log,
    )


def _of(cards: list[Card], slug: str) -> tuple[Card, ...]:
    mine = (one for one in cards if one.provider == slug)
    return tuple(sorted(mine, key=lambda one: (-one.started, one.id)))


def _failed(error: Exception) -> int:
    print(error, file=sys.stderr)
    return 1
