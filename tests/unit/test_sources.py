"""Sources that moved, died, shut programs out or were closed: what doctor, pages, badges and the API say of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from almanac import views
from almanac.exports import badges, statuspage
from almanac.model import Barrier, FeedState, FormerFeed, Provider
from almanac.model.source import ailments
from almanac.snapshot import Snapshot
from almanac.stats.windows import DAY
from almanac.text import addresses
from almanac.views import current
from almanac.views.around import Surroundings
from almanac.views.base import CLEAR, CLOSED, UNKNOWN, Link, Time
from almanac.views.status import AilmentLine, SourceNote
from tests.support.almanacs import CLAUDE, GROQ, NOW, almanac, at, incident, pulls, read_feed

FEED = CLAUDE.feeds[0].url
GONE = Barrier(
    since=date(2026, 2, 20),
    why="The page was switched off.",
    instead="Ask the company.",
    evidence="acme/watch, issue 689",
)
LEFT = replace(
    GROQ,
    feeds=(),
    closed=GONE,
    former=(
        FormerFeed(url=GROQ.feeds[0].url, until=date(2026, 2, 20), why="It is gone.", evidence="acme/watch, issue 1"),
    ),
)
SHUT = replace(GROQ, feeds=(), unreadable=replace(GONE, why="It asks for a captcha.", instead="Use a browser."))
OLD = incident("old", "2026-02-10 10:00", "2026-02-10 11:00", provider="groq")


def world(provider: Provider, *, until: str = "2026-02-19 00:00", **facts: Any) -> Snapshot:
    """Return an almanac in which Claude is read now, and this provider was read until that day."""
    watched = [pulls("anthropic", feeds=(read_feed(),)), pulls("groq", until=at(until))]
    return almanac([OLD], providers=(CLAUDE, provider), watched=watched, **facts)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def state_of(known: Snapshot) -> current.DeclaredState:
    return current.state(known, known.providers[1])


def page_of(known: Snapshot) -> views.ProviderPage:
    provider = known.providers[1]
    record = views.records(known)[provider.slug]
    figures = views.figures(record, views.lately(known, provider))
    return views.provider(known, provider, figures, Surroundings(known, instead=dict))


# A closed page


def test_a_provider_whose_page_is_closed_is_closed_and_not_unknown_for_ever() -> None:
    state = state_of(world(LEFT))
    assert (state.mark, state.is_closed, state.is_known, state.in_trouble) == (CLOSED, True, False, False)
    assert plain(current.why_unknown(state)) == "Status page closed since 20 February 2026."


def test_before_it_was_closed_it_was_as_it_was_read() -> None:
    then = at("2026-02-18 12:00")
    assert state_of(world(LEFT, until="2026-02-18 12:00", now=then)).is_known
    assert state_of(world(LEFT, until="2026-02-20 00:00", now=at("2026-02-20 00:00"))).mark is CLOSED


def test_even_a_record_that_reaches_to_now_cannot_open_a_closed_page() -> None:
    assert state_of(world(LEFT, until="02 14:10")).mark is CLOSED


def test_the_page_of_a_closed_provider_says_so_with_what_to_do_and_keeps_its_history() -> None:
    page = page_of(world(LEFT))
    assert page.head.title == "Is Groq down?"
    assert plain(page.now.answer) == "Status page closed since 20 February 2026."
    assert plain(page.now.stand) == "Latest resolved incident: 10 February 2026, 10:00 UTC (major)."
    assert (page.now.limits[0].text, page.now.limits[0].links) == ("The page was switched off. Ask the company.", ())
    assert [row.mark for row in page.now.parts.rows] == [CLOSED]
    assert page.status_page == Link("", f"{addresses.host(LEFT.status_page)} (closed)")
    notes = [note._replace(date=note.date._replace(text=plain(note.date.text))) for note in page.source.notes]
    day = Time("2026-02-20", "since 20 February 2026")
    assert notes == [
        SourceNote("Closed", day, "The page was switched off. Ask the company.", "", "acme/watch, issue 689"),
        SourceNote(
            "Formerly",
            day._replace(text="until 20 February 2026"),
            "It is gone.",
            "https://groqstatus.com/feed.atom",
            "acme/watch, issue 1",
        ),
    ]


def test_home_counts_no_closed_provider_among_the_unknown() -> None:
    page = views.home(world(LEFT), Surroundings(world(LEFT), instead=dict), None)
    assert (page.stand, plain(page.caption)) == ("One provider reports no problems.", "Reported status of 1 provider")
    assert page.closed == (Link("/providers/groq/", "Groq"),)
    assert [line.name for line in page.lines] == ["Claude"]


def test_the_list_of_providers_marks_it_closed() -> None:
    marks = {line.name: line.mark for line in views.providers(world(LEFT)).lines}
    assert marks == {"Claude": CLEAR, "Groq": CLOSED}


def test_its_badge_says_closed_without_a_time_that_moves() -> None:
    known = world(LEFT)
    badge = badges.badge(statuspage.declared(known, LEFT), known)
    assert badge == badges.Badge("Groq", "status page closed", "unknown", "")


def test_the_api_names_it_apart_and_counts_it_for_nothing() -> None:
    known = world(LEFT)
    both = [statuspage.declared(known, provider) for provider in known.providers]
    assert statuspage.status(both) == {"indicator": "none", "description": "No incident reported"}
    assert (statuspage.unknown(both), statuspage.closed(both)) == ([], ["Groq"])
    alone = statuspage.status(both[1:])
    assert {key: plain(value) for key, value in alone.items()} == {
        "indicator": "unknown",
        "description": "Status page closed since 20 February 2026",
    }
    assert statuspage.components(both[1:]) == []


# A page that programs cannot read


def test_a_page_that_programs_cannot_read_is_unknown_with_the_reason() -> None:
    state = state_of(world(SHUT))
    assert (state.mark, state.is_closed) == (UNKNOWN, False)
    assert plain(current.why_unknown(state)) == (
        "Unknown: programs cannot read its status page since 20 February 2026."
    )
    page = page_of(world(SHUT))
    assert (page.now.limits[0].text, page.now.limits[0].links) == (
        "It asks for a captcha. Use a browser.",
        (Link("https://groqstatus.com/", "groqstatus.com"),),
    )


def test_where_its_feed_can_be_read_all_the_same_it_is_as_it_is_read() -> None:
    tried = replace(SHUT, feeds=GROQ.feeds)
    assert state_of(world(tried, until="02 14:10")).is_known
    assert list(ailments(tried, [read_feed(GROQ.feeds[0].url)], NOW)) == []


# What doctor and /status/ say


def ails(provider: Provider, *states: FeedState) -> list[str]:
    return [str(ailment) for ailment in ailments(provider, states, NOW)]


def test_closed_and_unreadable_pages_are_named_with_what_to_do() -> None:
    assert ails(LEFT) == ["closed since 2026-02-20: Groq: The page was switched off; Ask the company"]
    assert ails(SHUT) == ["unreadable since 2026-02-20: Groq: It asks for a captcha; Use a browser"]
    assert ails(replace(GROQ, feeds=(), file="providers/groq.md")) == [
        "no feed: Groq: nothing is read; add a feed to content/providers/groq.md, or say why there is none"
    ]


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (
            "status: answers 404 Not Found; look for the feed's new address",
            (
                "dead since 2026-02-28: {0}: status: answers 404 Not Found; look for the new address and put it into "
                "content/providers/anthropic.md; if there is none, say `closed` there"
            ),
        ),
        (
            "status: moved to https://new.example/: answers 410 Gone; look for the feed's new address",
            (
                "dead since 2026-02-28: {0}: status: moved to https://new.example/: answers 410 Gone; look for the new "
                "address and put it into content/providers/anthropic.md; if there is none, say `closed` there"
            ),
        ),
        (
            "html: a challenge page for browsers instead of the feed; look for a feed open to programs",
            (
                "unreadable since 2026-02-28: {0}: html: a challenge page for browsers instead of the feed; look for a "
                "feed open to programs; if there is none, say `unreadable` in content/providers/anthropic.md"
            ),
        ),
        (
            "status: answers 403 Forbidden: it shuts programs out; look for another feed of this provider",
            (
                "unreadable since 2026-02-28: {0}: status: answers 403 Forbidden: it shuts programs out; look for a "
                "feed open to programs; if there is none, say `unreadable` in content/providers/anthropic.md"
            ),
        ),
        ("timeout: no answer within 20 s; pull again later", ""),
        ("status: answers 503 Service Unavailable; pull again later", ""),
    ],
)
def test_a_feed_that_fails_for_more_than_a_day_is_dead_or_unreadable_by_what_it_answers(error: str, what: str) -> None:
    provider = replace(CLAUDE, file="providers/anthropic.md")
    failing = read_feed(FEED, error=error, error_since=at("2026-02-28 10:00"))
    assert ails(provider, failing) == ([what.format(FEED)] if what else [])
    lately = replace(failing, error_since=NOW - timedelta(seconds=DAY))
    assert ails(provider, lately) == []


def test_a_feed_that_answers_from_elsewhere_has_moved() -> None:
    provider = replace(CLAUDE, file="providers/anthropic.md")
    assert ails(provider, read_feed(FEED, moved="https://new.example/feed")) == [
        (
            f"moved: {FEED}: answers from https://new.example/feed; put that into content/providers/anthropic.md, and the old "
            "address under `former`"
        )
    ]


def test_a_feed_that_is_no_longer_in_the_file_ails_nobody() -> None:
    assert ails(CLAUDE, read_feed("https://old.example/feed", moved="https://new.example/feed")) == []


def test_the_status_page_names_what_ails_and_what_to_do() -> None:
    page = views.status(world(LEFT))
    [line] = page.ailing
    assert line.since is not None
    assert line._replace(since=line.since._replace(text=plain(line.since.text))) == AilmentLine(
        provider=Link("/providers/groq/", "Groq"),
        sort="closed",
        subject="",
        since=Time("2026-02-20", "since 20 February 2026"),
        problem="The page was switched off",
        fix="Ask the company",
    )
