"""The scorecard of the forecasts: what the backtest over the whole record came to, small enough to keep in a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

from almanac.model import Card, moment, seconds, stamp, unstamp
from almanac.stats.backtest import Bin, Score, Trial, calibration, reliability, score
from almanac.stats.past import counts
from almanac.stats.recovery import WITHIN

CUT = seconds(unstamp("2025-07-01T00:00:00Z"))  # settings were chosen on what had ended before
PARTS: tuple[tuple[str, Callable[[Trial], bool]], ...] = (
    ("all", lambda _: True),
    ("before", lambda trial: trial.ended < CUT),
    ("after", lambda trial: trial.ended >= CUT),
)
ALL = ""  # the provider of a row over all providers


class ScoreRow(NamedTuple):
    """The score of one provider, or of all, at one elapsed time, over one of PARTS."""

    part: str
    provider: str
    elapsed: int  # minutes
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """What the backtest came to, and from which record."""

    run_at: int  # epoch seconds
    until: int  # newest end it knew of
    incidents: int  # that were forecast
    record: str  # digest of those that could be learnt from
    trials: int  # forecasts that were given, and so could be scored
    rows: tuple[ScoreRow, ...]
    reliability: tuple[tuple[int, tuple[Bin, ...]], ...]  # by the minutes of WITHIN
    calibration: tuple[Bin, ...]

    def row(self, part: str, provider: str, elapsed: int) -> ScoreRow | None:
        """Return the row of a part, a provider and an elapsed time; None where nothing was forecast."""
        return next((r for r in self.rows if r[:3] == (part, provider, elapsed)), None)


def scorecard(cards: Sequence[Card], trials: Sequence[Trial], now: int) -> Scorecard:
    """Sum up the trials of `backtest` over these cards. `now` in epoch seconds."""
    learnt, scorable = _training_cards(cards), [trial for trial in trials if trial.forecast]
    return Scorecard(
        run_at=now,
        until=max((c.ended or 0 for c in learnt), default=0),
        incidents=len({(trial.provider, trial.id) for trial in scorable}),
        record=digest(cards),
        trials=len(scorable),
        rows=tuple(_rows(trials)),
        reliability=tuple((minutes, reliability(trials, minutes)) for minutes in WITHIN),
        calibration=calibration(trials),
    )


def digest(cards: Iterable[Card]) -> str:
    """Return a digest of everything the backtest depends on."""
    facts = [(c.provider, c.id, c.kind, c.impact, c.started, c.ended, c.updates) for c in _training_cards(cards)]
    return blake2b(repr(facts).encode(), digest_size=8).hexdigest()


def since(cards: Iterable[Card], card: Scorecard) -> int:
    """Count the incidents to score that ended after the newest one the scorecard knows of."""
    return sum(c.ended is not None and c.ended > card.until and counts(c) for c in cards)


def _training_cards(cards: Iterable[Card]) -> list[Card]:
    return sorted((c for c in cards if c.ended is not None and counts(c)), key=lambda c: (c.started, c.provider, c.id))


def _rows(trials: Sequence[Trial]) -> Iterable[ScoreRow]:
    for part, belongs in PARTS:
        groups: dict[tuple[str, int], list[Trial]] = {}
        for trial in filter(belongs, trials):
            groups.setdefault((ALL, trial.elapsed), []).append(trial)
            groups.setdefault((trial.provider, trial.elapsed), []).append(trial)
        for (provider, elapsed), group in sorted(groups.items()):
            yield ScoreRow(part, provider, elapsed, score(group))


def render(card: Scorecard) -> str:
    """Return JSON with a row a line; losses to four digits, so that the same record gives the same bytes."""
    head = {
        "made": stamp(moment(card.run_at)),
        "until": stamp(moment(card.until)),
        "incidents": card.incidents,
        "record": card.record,
        "trials": card.trials,
        "calibration": [_bin(b) for b in card.calibration],
        "reliability": {str(minutes): [_bin(b) for b in bins] for minutes, bins in card.reliability},
    }
    lines = [f" {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    columns = json.dumps(["part", "provider", "elapsed", *Score._fields])
    rows = ",\n".join("  " + json.dumps([*row[:3], *map(_round, row.score)]) for row in card.rows)
    return "\n".join(["{", *lines, f' "columns": {columns},', ' "rows": [', rows, " ]", "}", ""])


def parse(text: str) -> Scorecard:
    """Return the scorecard of a text of `render`. Raises ValueError for anything else."""
    try:
        fields: dict[str, Any] = json.loads(text)
        return Scorecard(
            run_at=seconds(unstamp(fields["made"])),
            until=seconds(unstamp(fields["until"])),
            incidents=int(fields["incidents"]),
            record=str(fields["record"]),
            trials=int(fields["trials"]),
            rows=tuple(ScoreRow(row[0], row[1], row[2], Score(*row[3:])) for row in fields["rows"]),
            reliability=tuple((int(m), tuple(Bin(*b) for b in bins)) for m, bins in fields["reliability"].items()),
            calibration=tuple(Bin(*b) for b in fields["calibration"]),
        )
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"no scorecard ({error!r})") from error


def _bin(dot: Bin) -> list[float]:
    return [round(dot.expected, 4), round(dot.observed, 4), dot.n]


def _round(value: float | None) -> float | None:
    return round(value, 4) if isinstance(value, float) else value
