"""Prints the pages of the demo itself: its controls, what was shown and what was true, and the bar above each page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from almanac.commands.demo import report
from almanac.commands.demo.play import BUILD, PULL, Play
from almanac.commands.demo.quarters import Posted
from almanac.commands.demo.report import Followed, ForecastCheck, PostLine, QuarterRun
from almanac.commands.demo.truth import card_of
from almanac.model import Impact, seconds
from almanac.stats import selection
from almanac.text import english
from almanac.views import base
from almanac.views.base import Link

NOT_GIVEN = "not given by the feed"
NEWEST = 20  # posts that the controls list
SPEEDS = {15.0: "a quarter of a minute a second", 60.0: "a minute a second", 300.0: "five minutes a second"}


class TruthRow(NamedTuple):
    """A fact of the incident that is followed: what was true, and what is shown."""

    name: str
    true: str
    on_site: str

    @property
    def differs(self) -> bool:
        """Whether the site says something else, as opposed to nothing because the feed does not say it."""
        return self.on_site not in (self.true, NOT_GIVEN)


class PostRow(NamedTuple):
    """A post in the list of what just happened. `url` is "" while the site has no page for it."""

    time: datetime
    clock: str
    provider: str
    url: str
    title: str
    word: str
    text: str


def control(play: Play, nonce: str) -> bytes:
    """Return the page from which the demo is paused, stepped and left for the site."""
    posts = [one for quarter in reversed(play.quarters) for one in reversed(quarter.posted)]
    return _print(
        "control.html",
        play,
        nonce=nonce,
        state=_state(play),
        speeds=SPEEDS if play.speed in SPEEDS else {play.speed: f"{play.speed:g} seconds a second", **SPEEDS},
        posts=[_row(play, one) for one in posts[:NEWEST]],
        links=list(_links(play)),
        last=play.quarters[-1] if play.quarters else None,
    )


def truth(play: Play, nonce: str) -> bytes:
    """Return the page that says what was shown and what was true, so far or in the end."""
    quarters = play.quarters
    followed = play.followed
    return _print(
        "truth.html",
        play,
        nonce=nonce,
        tally=report.tally(quarters),
        summary=_summary(report.tally(quarters)),
        quarter_runs=[_quarter_run(play, one) for one in report.quarter_runs(quarters)],
        followed=followed,
        facts=_facts(followed) if followed else [],
        posts=[_post(one) for one in followed.posts] if followed else [],
        forecasts=[_forecast(one) for one in followed.forecasts] if followed else [],
        forecast_summary=_forecast_summary(followed) if followed else "",
    )


def bar(play: Play) -> bytes:
    """Return what stands above each page of the site while the demo plays."""
    return _print("bar.html", play, state=_state(play))


def _print(template: str, play: Play, **values: Any) -> bytes:
    now = play.clock.now()
    day = english.date(now)
    values |= {"play": play, "now": now, "day": day, "clock": english.clock, "moment": english.moment}
    values["ms"] = lambda at: seconds(at) * 1000
    return _environment().get_template(template).render(values).encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _state(play: Play) -> str:
    """Say in words what it does now."""
    if play.is_over and not play.work:
        return "over"
    if play.work == PULL:
        return "reading the feeds"
    if play.work == BUILD:
        return "building the site"
    return SPEEDS.get(play.speed, f"{play.speed:g} seconds a second") if play.running else "paused"


def _row(play: Play, one: Posted) -> PostRow:
    page = play.quarters[-1].on_site[one.provider].incidents.get(one.incident)
    return PostRow(
        time=one.at,
        clock=english.clock(one.at),
        provider=play.stage.providers[one.provider].name,
        url=page.url if page else "",
        title=one.event.title,
        word=one.post.printed,
        text=one.post.text,
    )


def _links(play: Play) -> Iterator[Link]:
    """Yield where to look: the site, and the incident that is followed, everywhere it shows."""
    yield Link("/", "Home")
    followed = play.followed
    if followed and followed.on_site:
        provider = play.stage.providers[followed.provider]
        yield Link(followed.on_site.url, followed.on_site.title)
        if (play.stage.output / f"{followed.on_site.url.strip('/')}/at/index.html").exists():
            yield Link(f"{followed.on_site.url}at/", "As it unfolded")
        yield Link(base.provider_url(provider.slug), provider.name)
        touched = selection.places(provider, card_of(provider.slug, followed.event))
        for part in provider.components:
            if part.slug in touched:
                yield Link(base.component_url(provider.slug, part.slug), f"{provider.name}: {part.name}")
        yield Link(f"{base.provider_url(provider.slug)}atom.xml", f"Feed of {provider.name}")
    yield Link("/updates.xml", "Feed of every post")
    yield Link("/incidents/", "Incidents")
    yield Link("/forecast/", "Forecast accuracy")
    yield Link("/status/", "The site’s own status")


def _summary(tally: report.Tally) -> str:
    states = tally.same + tally.different
    if not states:
        return "Nothing has been shown yet."
    right = "all" if not tally.different else english.count(tally.same)
    unknown = (
        f" It called {english.count(tally.unknown)} more unknown, where no feed says anything." if tally.unknown else ""
    )
    return (
        f"Each time it was built, the site stated how the providers were at that moment: {english.count(states)} states, "
        f"{right} of them true.{unknown}"
    )


def _quarter_run(play: Play, one: QuarterRun) -> dict[str, str | bool]:
    first, last = english.clock(one.first), english.clock(one.last)
    return {
        "provider": play.stage.providers[one.provider].name,
        "time": first if first == last else f"{first} to {last}",
        "was": _incidents(one.true),
        "shown": "unknown" if one.on_site is None else _incidents(one.on_site),
        "differs": bool(one.differing),
        "verdict": "same" if one.is_same else "unknown" if one.on_site is None else f"differs: {_ids(one.differing)}",
    }


def _incidents(number: int) -> str:
    return f"{number} open" if number else "none open"


def _ids(ids: Iterable[str]) -> str:
    return english.listing(sorted(ids))


def _facts(one: Followed) -> list[TruthRow]:
    """Return what was true of the incident, and what the site shows of it."""
    event, on_site = one.event, one.on_site
    ended = english.moment(event.over_since) if event.over_since else "open"
    began = event.began or event.created
    true = {
        "Start": english.moment(began),
        "End": ended,
        "Severity": "" if event.impact is Impact.UNKNOWN else event.impact.value,
        "Posts": str(len(event.posts)),
        "Posts in the feed": str(len(event.posts)),
        "Components": english.listing(sorted(event.components)),
    }
    if on_site is None:
        return [TruthRow(name, value or "not given", "nothing yet") for name, value in true.items()]
    site = {
        "Start": english.moment(on_site.started),
        "End": english.moment(on_site.ended) if on_site.ended else "open",
        "Severity": "" if on_site.impact == Impact.UNKNOWN else on_site.impact,
        "Posts": str(len(on_site.posts)),
        "Posts in the feed": str(one.posts_in_feed),
        "Components": english.listing(sorted(on_site.components)),
    }
    return [TruthRow(name, value or "not given", site[name] or NOT_GIVEN) for name, value in true.items()]


def _post(line: PostLine) -> dict[str, str]:
    one = line.posted
    delay = int((line.shown_at - one.at).total_seconds()) if line.shown_at else 0
    return {
        "at": english.clock_seconds(one.at),
        "word": one.post.printed,
        "text": one.post.text,
        "shown": english.clock(line.shown_at) if line.shown_at else "not yet",
        "delay": english.duration(delay) if line.shown_at else "",
    }


def _forecast(line: ForecastCheck) -> dict[str, str]:
    verdict = {None: "still open", True: "right, within the range", False: "outside the range"}[line.is_right]
    return {
        "at": english.clock(line.at),
        "estimate": english.near(line.estimate, line.at),
        "range": f"{english.near(line.earliest, line.at)} to {english.near(line.latest, line.at)}",
        "ended": english.near(line.ended, line.at) if line.ended else "open",
        "verdict": verdict,
    }


def _forecast_summary(one: Followed) -> str:
    if not one.forecasts:
        return "No forecast was made."
    over = [line for line in one.forecasts if line.is_right is not None]
    forecasts = english.plural(len(one.forecasts), "forecast")
    if not over:
        return f"{forecasts} so far; they are scored when it is over."
    right = sum(bool(line.is_right) for line in over)
    return f"{forecasts}; the end lay within the 80% range of {english.spelled(right)} of them."
