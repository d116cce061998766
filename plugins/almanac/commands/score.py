"""Scores the forecasts over the archive as it is, and makes them again for incidents that are over."""

from __future__ import annotations

from pathlib import Path

from almanac import archive
from almanac.commands.explain import stated_moment
from almanac.model import moment, seconds
from almanac.snapshot.load import load
from almanac.stats.backtest import backtest
from almanac.stats.hindcast import hindsight
from almanac.stats.scorecard import digest, scorecard


def score(content: Path, *, now: str = "") -> int:
    """Write the trials and the scorecard of the forecasts, and the hindcasts, unless they were made from this very record.

    Return the exit code. `now` is a time such as 2026-07-01T00:00:00Z, or "" for SOURCE_DATE_EPOCH or the clock.
    """
    at = stated_moment(now)
    cards = [one for of_one in load(content, at).cards.values() for one in of_one]
    stored, hindcasts = archive.load_scorecard(content), archive.load_hindsight(content)
    has_trials = bool(archive.load_trials(content))
    record = digest(cards)
    stale = stored is None or stored.record != record or not has_trials
    if stored is not None and not stale and hindcasts is not None and hindcasts.record == record:
        print(f"score: the data has not changed since {moment(stored.run_at):%Y-%m-%d}; nothing to do")
        return 0
    if stale:
        trials = backtest(cards)
        archive.save_trials(content, trials)
        card = scorecard(cards, trials, seconds(at))
        archive.save_scorecard(content, card)
        print(f"score: {card.trials} forecasts of {card.incidents} incidents scored")
    if hindcasts is None or hindcasts.record != record:
        hindcasts = hindsight(cards, record, seconds(at))
        archive.save_hindsight(content, hindcasts)
        print(f"score: {len(hindcasts.texts)} incidents forecast again, as if they were still open")
    return 0
