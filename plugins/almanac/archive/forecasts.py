"""Forecasts on disk: what was issued for open incidents, a line each and never changed, the scorecard, and the hindcasts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from almanac.archive.disk import FORECASTS, write
from almanac.archive.page import ArchiveError
from almanac.model.problem import Problem
from almanac.stats import hindcast, issued, scorecard, trials
from almanac.stats.backtest import Trial
from almanac.stats.hindcast import Hindsight
from almanac.stats.issued import Issued
from almanac.stats.scorecard import Scorecard

Value = TypeVar("Value")

SCORECARD = "scorecard.json"
HINDSIGHT = "hindsight.json"
TRIALS = "trials.csv"


def load_forecasts(content: Path, provider: str) -> tuple[Issued, ...]:
    """Return what was issued for a provider's incidents, oldest first. Raises ArchiveError.

    A last line without its end, as a file cut off has one, is left out.
    """
    path = content / FORECASTS / f"{provider}.jsonl"
    if not path.exists():
        return ()
    label = f"{content.name}/{FORECASTS}/{provider}.jsonl"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 ({error.reason}); restore it from its history"
        raise ArchiveError(Problem(file=label, message=message)) from None
    forecasts = []
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        if not line.endswith("\n"):
            break
        try:
            forecasts.append(issued.parse(line, provider))
        except ValueError as error:
            message = f"{error}; restore it from its history"
            raise ArchiveError(Problem(file=label, line=number, message=message)) from None
    return tuple(forecasts)


def append_forecasts(content: Path, provider: str, lines: Iterable[Issued]) -> int:
    """Add lines to what was issued; return how many. What is there never changes, but for an unfinished line."""
    fresh = [f"{issued.render(line)}\n" for line in lines]
    if not fresh:
        return 0
    path = content / FORECASTS / f"{provider}.jsonl"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    write(path, before[: before.rfind("\n") + 1] + "".join(fresh))
    return len(fresh)


def load_scorecard(content: Path) -> Scorecard | None:
    """Return the scorecard; None where none was made. Raises ArchiveError."""
    return _made_by_score(content, SCORECARD, scorecard.parse)


def load_hindsight(content: Path) -> Hindsight | None:
    """Return the hindcasts; None where none were made. Raises ArchiveError."""
    return _made_by_score(content, HINDSIGHT, hindcast.parse)


def load_trials(content: Path) -> str:
    """Return the trials of the backtest, which `trials.rows` reads; "" where none were made. Raises ArchiveError."""
    return _made_by_score(content, TRIALS, trials.parse) or ""


def _made_by_score(content: Path, name: str, parse: Callable[[str], Value]) -> Value | None:
    try:
        return parse((content / FORECASTS / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        message = f"{error}; create it again: python3 tasks.py score"
        raise ArchiveError(Problem(file=f"{content.name}/{FORECASTS}/{name}", message=message)) from None


def save_scorecard(content: Path, card: Scorecard) -> bool:
    """Write the scorecard, atomically. True if anything changed."""
    return write(content / FORECASTS / SCORECARD, scorecard.render(card))


def save_trials(content: Path, backtest: Iterable[Trial]) -> bool:
    """Write the trials of the backtest, atomically. True if anything changed."""
    return write(content / FORECASTS / TRIALS, trials.render(backtest))


def save_hindsight(content: Path, hindsight: Hindsight) -> bool:
    """Write the hindcasts, atomically. True if anything changed."""
    return write(content / FORECASTS / HINDSIGHT, hindcast.render(hindsight))
