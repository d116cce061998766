"""The site's own status: which feeds it reads, when it last could, what failed, and what periods the data covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from almanac.content.unwatched import Unwatched
from almanac.model import Feed, FeedState, Provider, Pulls, Stretch, moment, seconds
from almanac.model.source import ailments
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.text import english
from almanac.views import base, charts, rows
from almanac.views.base import Head, Link, Time
from almanac.views.charts import Bars
from almanac.views.current import closure
from almanac.views.days import last_days, worst

DAYS = 90  # of which the page tells how well feeds could be read
NOT_FETCHED = "not fetched by us yet"
SILENCE = "A provider whose feed we cannot read is shown as unknown, never as healthy."


class FeedLine(NamedTuple):
    """One feed: `state` is read, not read lately, failing or not fetched by us yet; `css` how that word is set."""

    url: str
    host: str
    dialect: str
    state: str
    css: str
    fetched: Time
    changed: Time  # when it last said anything new
    entries: str
    note: str


class SourceNote(NamedTuple):
    """What else is to be said of where a provider publishes: since when or until when, and what happened."""

    name: str  # closed, unreadable or moved
    date: Time
    text: str
    url: str = ""  # a former address
    evidence: str = ""


class AilmentLine(NamedTuple):
    """What keeps a source from being read, and what to do about it."""

    provider: Link
    sort: str
    subject: str  # the address; "" where it is the provider as a whole
    since: Time | None
    problem: str
    fix: str


class Health(NamedTuple):
    """How well a provider's feeds could be read of late: the share of that time, its gaps, and the days as bars."""

    text: str
    bars: Bars


class ProviderSource(NamedTuple):
    """A provider with its feeds, its former ones, how well they could be read, and the time its data covers."""

    provider: Link
    feeds: tuple[FeedLine, ...]
    notes: tuple[SourceNote, ...]
    health: Health | None
    covered: str
    gaps: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The page on this site's own feeds, at /status/."""

    head: Head
    title: str
    stand: str
    ailing: tuple[AilmentLine, ...]  # sources that moved, died or shut programs out
    sources: tuple[ProviderSource, ...]
    has_health: bool  # any feed was read in the last days
    unwatched: tuple[Unwatched, ...] = ()
    press: tuple[FeedLine, ...] = ()


def status(almanac: Snapshot) -> Status:
    """Return the page of every feed of every provider."""
    sources = tuple(source(almanac, provider) for provider in rows.by_name(almanac.providers))
    feeds = [feed for entry in sources for feed in entry.feeds]
    read = sum(feed.state == "read" for feed in feeds)
    return Status(
        head=Head(
            title="This site’s own status",
            path="/status/",
            section="status",
            description="Which status feeds this site reads, when it last could, and what failed.",
            dateline=base.dateline(almanac),
        ),
        title=_title(read, len(feeds)),
        stand=_stand(feeds),
        ailing=tuple(_ailing(almanac)),
        sources=sources,
        has_health=any(entry.health for entry in sources),
        unwatched=almanac.unwatched,
        press=tuple(_line(almanac, _outlet(state), state) for state in almanac.press),
    )


def _ailing(almanac: Snapshot) -> Iterator[AilmentLine]:
    """Yield what keeps sources from being read, by the name of the provider."""
    for provider in rows.by_name(almanac.providers):
        pulls = almanac.pulls.get(provider.slug)
        for ailment in ailments(provider, pulls.feeds if pulls else (), almanac.now):
            yield AilmentLine(
                provider=Link(base.provider_url(provider.slug), provider.name),
                sort=ailment.sort,
                subject="" if ailment.subject == provider.name else ailment.subject,
                since=_since("since", ailment.since) if ailment.since else None,
                problem=ailment.problem,
                fix=ailment.fix,
            )


def _title(read: int, feeds: int) -> str:
    if not read:
        return "No feed has been read within the last hour."
    return f"{english.sentence(english.spelled(read))} of {english.plural(feeds, 'feed')} read within the last hour."


def _stand(feeds: list[FeedLine]) -> str:
    """Say how many feeds are failing and how many were never read, if any, and what that means."""
    counts = [(sum(feed.state == state for feed in feeds), state) for state in ("failing", NOT_FETCHED)]
    summary = ", ".join(
        f"{english.spelled(number)} feed{'s' * (number > 1)} {state}" for number, state in counts if number
    )
    return f"{english.sentence(summary)}{'. ' if summary else ''}{SILENCE}"


def source(almanac: Snapshot, provider: Provider) -> ProviderSource:
    """Return the feeds of one provider and what its data covers."""
    pulls = almanac.pulls.get(provider.slug)
    states = {state.url: state for state in pulls.feeds} if pulls else {}
    covered, gaps = _coverage(almanac, pulls)
    return ProviderSource(
        provider=Link(base.provider_url(provider.slug), provider.name),
        feeds=tuple(_line(almanac, feed, states.get(feed.url)) for feed in provider.feeds),
        notes=tuple(_notes(provider, almanac.now)),
        health=_health(pulls, seconds(almanac.now)) if pulls else None,
        covered=covered,
        gaps=gaps,
    )


def _notes(provider: Provider, now: datetime) -> Iterator[SourceNote]:
    """Yield why a provider cannot be read, and where it published before."""
    closed = closure(provider, now)
    for name, barrier in (("Closed", closed), ("Not readable", None if closed else provider.unreadable)):
        if barrier:
            words = f"{barrier.why} {barrier.instead}"
            yield SourceNote(name, _since("since", barrier.since), words, evidence=barrier.evidence)
    for feed in provider.former:
        yield SourceNote("Formerly", _since("until", feed.until), feed.why, feed.url, feed.evidence)


def _since(word: str, day: date) -> Time:
    return Time(day.isoformat(), f"{word} {english.date(day)}")


def _outlet(state: FeedState) -> Feed:
    """Return a feed of the press, which has no form to verify: any RSS or Atom will do."""
    return Feed(url=state.url, dialect="press", verified=True)


def _line(almanac: Snapshot, feed: Feed, state: FeedState | None) -> FeedLine:
    word, css = _state(almanac, state)
    fetched, changed = (state.fetched, state.changed) if state else (None, None)
    return FeedLine(
        url=feed.url,
        host=feed.url.partition("//")[2],
        dialect=(state.dialect if state and state.dialect else feed.dialect) or "unknown format",
        state=word,
        css=css,
        fetched=base.time(fetched, english.near(fetched, almanac.now)) if fetched else base.NO_TIME,
        changed=base.time(changed, english.near(changed, almanac.now)) if changed else base.NO_TIME,
        entries=english.count(state.entries) if state and fetched else "",
        note=_note(feed, state),
    )


def _state(almanac: Snapshot, state: FeedState | None) -> tuple[str, str]:
    if state is None or (state.fetched is None and not state.error):
        return NOT_FETCHED, "never"
    if state.error:
        return "failing", "failing"
    fetched = state.fetched
    fresh = fetched is not None and seconds(almanac.now) - seconds(fetched) < base.FRESH
    return ("read", "fresh") if fresh else ("not read lately", "never")


def _note(feed: Feed, state: FeedState | None) -> str:
    if state and state.error:
        since = f" since {english.moment(state.error_since)}" if state.error_since else ""
        return f"{state.error}{since}"
    if state and state.moved:
        return f"answers from {state.moved}"
    return "" if feed.verified else "feed format not yet verified"


def _health(pulls: Pulls, now: int) -> Health | None:
    """Return how much of the last days our own pulls cover, or of the time since the first of them; None before that."""
    own = replace(pulls, coverage=tuple(span for span in pulls.coverage if not span.dataset))
    midnight = last_days(now, DAYS)
    covered = windows.clip(windows.coverage(own, now), midnight, now)
    if not covered:
        return None
    first, last = covered[0].since, covered[-1].until
    if now - last >= base.FRESH:  # nobody has read it since
        covered, last = (*covered, Stretch(now, now)), now
    since = f" since {english.date(moment(first))}" if first > midnight else ""
    text = f"{english.percent(windows.total(covered) / (last - first), 0)}{since}, {_gaps(covered)}"
    days = charts.bars(worst((), own, midnight, DAYS, now), "")
    return Health(text, days._replace(label=f"Read in the last {DAYS} days: {text}"))


def _coverage(almanac: Snapshot, pulls: Pulls | None) -> tuple[str, str]:
    """Say from when to when the data reaches, how much of that it covers, and its longest gap."""
    covered = windows.coverage(pulls, seconds(almanac.now)) if pulls else ()
    if not covered:
        return "no data yet", ""
    first, last = covered[0].since, covered[-1].until
    share = windows.total(covered) / (last - first)
    span = f"{english.date(moment(first))} to {english.date(moment(last))}, {english.percent(share, 0)} covered"
    return span, _gaps(covered)


def _gaps(covered: windows.Times) -> str:
    gaps = [later.since - earlier.until for earlier, later in pairwise(covered)]
    if not gaps:
        return "without a gap"
    longest = english.age(max(gaps))
    return f"one gap of {longest}" if len(gaps) == 1 else f"{english.plural(len(gaps), 'gap')}, the longest {longest}"
