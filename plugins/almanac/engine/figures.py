"""What pages about the present take from statistics, and what all statistics rest on: whole days, and facts alone."""

from __future__ import annotations

from collections.abc import Mapping

from almanac import views
from almanac.engine.edition import Edition
from almanac.model import Provider, Pulls, seconds
from almanac.stats import windows


def watched(pulls: Pulls | None, since: int, until: int) -> object:
    """What was covered in a stretch of time, how far the record reached, and what was last seen open in it."""
    if pulls is None:
        return None
    covered = windows.clip(windows.coverage(pulls, until), since, until)
    reach = max((min(seconds(span.until), until) for span in pulls.coverage), default=0)
    return covered, windows.coverage_by_product(pulls, until), reach, [(name, min(seconds(at), until)) for name, at in pulls.last_open]


def whole(edition: Edition, provider: Provider) -> object:
    """All that a provider's record up to the last midnight depends on."""
    return edition.kept(("whole", provider.slug), lambda: _whole(edition, provider))


def _whole(edition: Edition, provider: Provider) -> object:
    until = views.closed_at(edition.almanac) + 1
    cards = edition.almanac.cards.get(provider.slug, ())
    return provider, until, edition.facts(cards), watched(edition.almanac.pulls.get(provider.slug), 0, until)


def everybody(edition: Edition) -> object:
    """All that the records of all providers up to the last midnight depend on."""
    return [whole(edition, provider) for provider in edition.almanac.providers]


def of_provider(edition: Edition, provider: Provider) -> views.Figures:
    """What is measured of a provider lately."""
    period = views.lately(edition.almanac, provider)
    rests_on = period, whole(edition, provider)
    return edition.lasting.get(
        f"figures of {provider.slug}", rests_on, lambda: views.figures(edition.closed[provider.slug], period)
    )


def board(edition: Edition) -> views.Board | None:
    """The ranks of the period shown first."""
    return edition.lasting.get(
        "board", everybody(edition), lambda: views.board(edition.almanac, edition.closed)
    )


def advice(edition: Edition) -> Mapping[str, views.Advice]:
    """What to use instead of each provider, by slug."""
    return edition.kept("advice", lambda: edition.lasting.get(
        "advice", everybody(edition), lambda: views.advice(edition.closed)
    ))  # fmt: skip


def surroundings(edition: Edition) -> views.Surroundings:
    """What stands around incidents, and how it is now."""
    return edition.kept(
        "surroundings", lambda: views.Surroundings(edition.almanac, lambda: advice(edition), edition.text)
    )
