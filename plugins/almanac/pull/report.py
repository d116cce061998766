"""The values that say what a pull did, provider by provider, and their lines in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from almanac.model import Incident, Skip

MOST_LISTED = 5  # items of a kind listed for a provider; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A feed that could not be used. `since`: the first pull it failed in, None where that is not kept.

    `is_ours`: it is our archive or our code that is broken, not the provider's feed.
    """

    feed: str = ""
    reason: str
    message: str
    since: datetime | None = None
    is_ours: bool = False
    beside: bool = False  # it is read in addition to another, which does without


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of one provider. `feed` is the one that was read, "" if none could be.

    `unchanged`: the feed said nothing it had not said last time, and was not parsed. The incidents are as saved.
    `recovered`: since when the feed that was read now had failed, None if it had not.
    """

    provider: str
    feed: str = ""
    unchanged: bool = False
    entries: int = 0
    new: tuple[Incident, ...] = ()
    changed: tuple[Incident, ...] = ()  # without the new and the vanished
    vanished: tuple[Incident, ...] = ()
    twins: tuple[tuple[str, str], ...] = ()  # (new id, known id)
    skipped: tuple[Skip, ...] = ()
    doubts: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    recovered: datetime | None = None
    elapsed: float = 0.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsOutcome:
    """The outcome of the press: titles of drafts that are new in the inbox, or that have more tellings."""

    outlets: int = 0
    items: int = 0
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastOutcome:
    """The number of forecasts of open incidents that were kept."""

    forecasts: int = 0
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One pull. `offline`: no network was found, nobody was asked and nothing written; `outcomes` is empty then.

    `unlogged`: why the log does not tell of it, "" if it does.
    """

    at: datetime
    offline: bool = False
    outcomes: tuple[Outcome, ...] = ()
    press: NewsOutcome = NewsOutcome()
    forecasts: ForecastOutcome = ForecastOutcome()
    unlogged: str = ""
    unread: tuple[str, ...] = ()  # a line for each fault of a provider's file; that provider was not asked
    elapsed: float = 0.0

    @property
    def ok(self) -> bool:
        """False when something of ours is broken, as opposed to a feed or the network."""
        of_providers = (failure for outcome in self.outcomes for failure in outcome.failures)
        failures = (*self.press.failures, *self.forecasts.failures, *of_providers)
        return not self.unlogged and not any(failure.is_ours for failure in failures)


def lines(report: Report) -> list[str]:
    """Return the lines of the whole report: providers with news or trouble first, the summary last."""
    return [*(line for outcome in report.outcomes for line in outcome_lines(outcome)), *closing(report)]


def closing(report: Report) -> list[str]:
    """Return the lines after those of the providers."""
    unlogged = [_printable(f"log: FAILED archive: {report.unlogged}")] if report.unlogged else []
    unread = map(_printable, report.unread)
    return [*press_lines(report.press), *forecast_lines(report.forecasts), *unread, *unlogged, summary(report)]


def summary(report: Report) -> str:
    """Return the one line that is always printed."""
    if report.offline:
        return "pull: no network, so nothing was pulled; the archive stays as it is"
    outcomes = report.outcomes
    counts = {
        "new": sum(len(outcome.new) for outcome in outcomes),
        "changed": sum(len(outcome.changed) for outcome in outcomes),
        "vanished": sum(len(outcome.vanished) for outcome in outcomes),
    }
    news = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    failed = [outcome.provider for outcome in outcomes if not outcome.feed]
    return (
        f"pull: {_many(len(outcomes), 'provider')} in {report.elapsed:.1f} s: {news or 'nothing new'}"
        + f"; {len(failed)} failed ({', '.join(failed)})" * bool(failed)
    )


def outcome_lines(outcome: Outcome) -> list[str]:
    """Return what one provider's pull brought and what needs a person; nothing when all is as it was."""
    return [_printable(f"{outcome.provider}: {line}") for line in _events(outcome)]


def press_lines(haul: NewsOutcome) -> list[str]:
    """Return what the press brought, and what needs a person; nothing when all is as it was."""
    failed = (f"FAILED {failure.reason}: {failure.feed} {failure.message}" for failure in haul.failures)
    events = (*failed, *_list("new in content/inbox", haul.new), *_list("told again", haul.changed))
    return [_printable(f"press: {line}".replace("  ", " ")) for line in events]


def forecast_lines(outcome: ForecastOutcome) -> list[str]:
    """Return how many forecasts were kept, and why others were not; nothing where none was due."""
    failed = (f"forecasts: FAILED {failure.reason}: {failure.message}" for failure in outcome.failures)
    count = [f"forecasts: {_many(outcome.forecasts, 'forecast')} kept"] if outcome.forecasts else []
    return [_printable(line) for line in (*failed, *count)]


def _events(outcome: Outcome) -> Iterator[str]:
    for failure in outcome.failures:
        since = f" (failing since {failure.since:%Y-%m-%d %H:%M} UTC)" if failure.since else ""
        yield f"FAILED {failure.reason}: {failure.feed} {failure.message}{since}".replace("  ", " ")
    if outcome.feed and not all(failure.beside for failure in outcome.failures):
        yield f"read {outcome.feed} instead"
    yield from _list("new", map(_incident, outcome.new))
    yield from _list("changed", map(_incident, outcome.changed))
    yield from _list("vanished from the feed", map(_incident, outcome.vanished))
    yield from _list("possibly one incident, decide", (f"{new} and {archived}" for new, archived in outcome.twins))
    yield from _list("skipped", (f"{skip.entry}: {skip.why}" for skip in outcome.skipped))
    yield from _list("look at", outcome.doubts)


def _list(word: str, items: Iterable[str]) -> Iterator[str]:
    all_of_them = tuple(items)
    for item in all_of_them[:MOST_LISTED]:
        yield f"{word}: {item}"
    if len(all_of_them) > MOST_LISTED:
        yield f"{word}: and {len(all_of_them) - MOST_LISTED} more"


def _incident(incident: Incident) -> str:
    until = f" to {incident.ended:%Y-%m-%d %H:%M}" if incident.ended else ""
    return f"{incident.title} [{incident.phase}, {incident.started:%Y-%m-%d %H:%M}{until} UTC, {incident.id}]"


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'s' * (count != 1)}"


def _printable(line: str) -> str:
    """Return a line that cannot steer a terminal: titles and messages come from strangers."""
    return "".join(c if c.isprintable() else " " for c in line)
