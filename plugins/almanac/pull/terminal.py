"""Runs a pull in a terminal: a progress bar on a screen, plain lines in a log, the report, the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from almanac.archive import ArchiveError
from almanac.content.providers import ProviderError
from almanac.model import moment
from almanac.model.clock import build_time
from almanac.pull.report import Outcome, Report, closing, outcome_lines
from almanac.pull.run import pull


def main(content: Path, *, via: str = "", only: tuple[str, ...] = (), now: str = "") -> int:
    """Run the command `pull`; 0 unless something of ours is wrong, which a failing feed or network is not.

    `now` is a time such as 2026-03-02T14:10:00Z, or "" for SOURCE_DATE_EPOCH or the clock.
    """
    stated = now or os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        at = moment(build_time(stated, 0)) if stated else datetime.now(UTC)
        report = run(content, now=at, via=via, only=only)
    except (ArchiveError, ProviderError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if report.ok else 1


def run(content: Path, *, now: datetime, via: str = "", only: tuple[str, ...] = ()) -> Report:
    """Pull, and print what it brought and what failed. Raises as `pull` does."""
    with _progress() as watch:
        report = pull(content, now=now, via=via, only=only, watch=watch)
    print(*closing(report), sep="\n", flush=True)
    return report


@contextmanager
def _progress() -> Iterator[Callable[[Outcome, int], None]]:
    """Yield a function to call for each finished provider: it prints its lines and, on a screen, moves a bar."""

    def tell(outcome: Outcome, of: int) -> None:
        for line in outcome_lines(outcome):
            print(line, flush=True)

    if not sys.stdout.isatty():
        yield tell
        return
    from rich.progress import Progress

    with Progress(transient=True) as bar:  # what is printed meanwhile scrolls above it
        task = bar.add_task("pulling", total=None)

        def move(outcome: Outcome, of: int) -> None:
            tell(outcome, of)
            bar.update(task, total=of, advance=1)

        yield move
