"""The trials of the backtest as a table in a file, so that whoever reads it can score the forecasts again."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import NamedTuple

from almanac.stats.backtest import Trial, pinball
from almanac.stats.recovery import LEVELS

QUANTILES = tuple(f"q{level * 100:.0f}" for level in LEVELS)
COLUMNS = (
    *("provider", "incident", "elapsed_minutes", "remaining_minutes", *QUANTILES),
    *("loss", "loss_plain", "loss_press"),
)
_NUMBER = r"\d{1,9}(?:\.\d{1,4})?"
_LINE = re.compile(
    rf"[a-z0-9-]{{1,64}},(?:[^\",\n\r]+|\"(?:[^\"\n\r]|\"\")+\"),\d{{1,6}},{_NUMBER}(?:,(?:{_NUMBER})?){{{len(LEVELS) + 3}}}",
    re.ASCII,
)


class TrialRow(NamedTuple):
    """A forecast made again and what became of it. Numbers as text, "" where there is none."""

    provider: str
    incident: str
    elapsed: str
    remaining: str
    numbers: tuple[str, ...]  # quantiles by LEVELS, then the losses of the forecast, of plain quantiles, of the press


def render(trials: Iterable[Trial]) -> str:
    """Return the trials as CSV, a line each, by provider and incident: minutes to 0.01, losses to 0.0001."""
    lines = sorted(((t.provider, t.id, t.elapsed), _line(t)) for t in trials)
    return "".join(f"{line}\n" for line in (",".join(COLUMNS), *(line for _, line in lines)))


def _line(trial: Trial) -> str:
    quantiles = trial.forecast.quantiles if trial.forecast else None
    name = (
        trial.id
        if trial.id.isascii() and not set(trial.id) & set('",')
        else f'"{trial.id.replace(chr(34), 2 * chr(34))}"'
    )
    numbers = [f"{q:.2f}" for q in quantiles] if quantiles else [""] * len(LEVELS)
    losses = [_loss(each, trial.remaining) for each in (quantiles, trial.plain, trial.press)]
    return ",".join((trial.provider, name, str(trial.elapsed), f"{trial.remaining:.2f}", *numbers, *losses))


def _loss(quantiles: tuple[float, ...] | None, remaining: float) -> str:
    return f"{pinball(quantiles, remaining):.4f}" if quantiles else ""


def parse(text: str) -> str:
    """Return a text that `rows` can read. Raises ValueError for anything else, and names the line."""
    head, *lines = text.splitlines() or [""]
    if head != ",".join(COLUMNS):
        raise ValueError(f"no trials ({head[:80]!r} is not their head)")
    for number, line in enumerate(lines, start=2):
        if not _LINE.fullmatch(line):
            raise ValueError(f"no trials (line {number}, {line[:80]!r})")
    return text


def rows(text: str) -> Iterable[TrialRow]:
    """Yield the rows of a text that `parse` has seen."""
    for provider, incident, elapsed, remaining, *numbers in csv.reader(text.splitlines()[1:]):
        yield TrialRow(provider, incident, elapsed, remaining, tuple(numbers))
