"""Keeps the forecasts of a pull: one for each incident it saw open, if one is due; pages show no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from almanac import archive, files
from almanac.archive import ArchiveError
from almanac.content import corrections, providers
from almanac.content.providers import ProviderError
from almanac.model import Card, Provider, Pulls, card, seconds
from almanac.pull.report import Failure, ForecastOutcome
from almanac.stats.issued import is_due, issue
from almanac.stats.past import counts, past
from almanac.stats.selection import scope

MOST = 100  # open incidents of a provider that are forecast: more at once is no status page but somebody's joke


def keep(content: Path, read: Iterable[str], now: datetime) -> ForecastOutcome:
    """Append to content/forecasts what is due for incidents of the providers `read` that are open at `now`.

    Where nothing is open, no archive is loaded. Raises nothing: what fails is in what it returns.
    """
    try:
        pulls = {slug: archive.load_pulls(content, slug) for slug in read}
        open_now = {slug: names for slug, state in pulls.items() if (names := _open_ids(state, now))}
        return ForecastOutcome(forecasts=_issue(content, open_now, now) if open_now else 0)
    except (ArchiveError, ProviderError, OSError) as error:
        words = files.line(error) if isinstance(error, OSError) else str(error)
        message = " · ".join(words.splitlines())
        return ForecastOutcome(failures=(Failure(reason="archive", message=message, is_ours=True),))


def _issue(content: Path, open_now: Mapping[str, set[str]], now: datetime) -> int:
    everyone = {provider.slug: provider for provider in providers.sound(content)[0]}
    cards = _cards(content, everyone)
    pulls = {slug: archive.load_pulls(content, slug) for slug in everyone}
    last_open = {(slug, name): seconds(at) for slug, state in pulls.items() for name, at in state.last_open}
    durations = past(cards.values(), last_open)
    count = 0
    for slug, names in open_now.items():
        open_cards = [cards[slug, name] for name in sorted(names) if (slug, name) in cards]
        waited_for = _newest(one for one in open_cards if _is_forecast(everyone[slug], one))
        with archive.lock(content, slug):
            before = archive.load_forecasts(content, slug)
            due = [one for one in waited_for if is_due(before, one, seconds(now))]
            forecasts = [issue(durations, one, max(seconds(now), one.started)) for one in due]
            count += archive.append_forecasts(content, slug, filter(None, forecasts))
    return count


def _open_ids(pulls: Pulls, now: datetime) -> set[str]:
    return {name for name, at in pulls.last_open if at >= now}


def _newest(waited_for: Iterable[Card]) -> list[Card]:
    return sorted(waited_for, key=lambda one: one.started, reverse=True)[:MOST]


def _is_forecast(provider: Provider, one: Card) -> bool:
    """Say whether a reader waits for its end: trouble of the subject that has begun and is not over."""
    return one.is_open and one.is_trouble and counts(one) and scope(provider, one) != "out"


def _cards(content: Path, slugs: Iterable[str]) -> dict[tuple[str, str], Card]:
    """Return every card of the archive as editors corrected it, by (provider slug, raw id)."""
    fixes, _ = corrections.load(content)
    corrected, _, _ = corrections.apply(_archived_cards(content, slugs), fixes)
    return {(one.provider, one.id): one for one in corrected}


def _archived_cards(content: Path, slugs: Iterable[str]) -> Iterator[Card]:
    for slug in slugs:
        for filed in archive.load(content, slug).values():
            yield card(filed.incident, filed.file)
