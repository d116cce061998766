"""What stands on each page, decided before any template sees it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac import views
from almanac.content.article import Article, ArticleCard, Correction, Source
from almanac.model import (
    Change,
    Component,
    Impact,
    Kind,
    Phase,
    Provider,
    Pulls,
    Repair,
    Revision,
    Span,
    Update,
    seconds,
    stamped,
)
from almanac.snapshot import Snapshot
from almanac.text import english
from almanac.views import around, base, current, days, pagination
from almanac.views.articles import Certainty, CorrectionLine, SourceLine
from almanac.views.base import Link, Mark, Time
from almanac.views.calendar import MonthDays
from almanac.views.daylinks import day_urls
from almanac.views.diff import Piece, word_diff
from almanac.views.edits import EditDiff
from almanac.views.home import Happening, HomePage
from almanac.views.incident import IncidentPage, IncidentPost
from tests.support.almanacs import (
    BEGINNING,
    CLAUDE,
    COPILOT,
    GROQ,
    NOW,
    PROJECT,
    TOGETHER,
    almanac,
    at,
    carded,
    incident,
    pulls,
    read_feed,
)


def plain(text: str) -> str:
    """Return the same with ordinary blanks, as tests are written."""
    return text.replace(english.GAP, " ")


def page_of(found: object, known: Snapshot | None = None) -> IncidentPage:
    """Return the page of an incident in an almanac that holds it."""
    known = known or almanac([found])  # type: ignore[list-item]
    card = carded(found)  # type: ignore[arg-type]
    return views.incident(views.Surroundings(known).of(card), found, card)  # type: ignore[arg-type]


def front_page(known: Snapshot) -> HomePage:
    """Return the home page of an almanac."""
    return views.home(known, views.Surroundings(known), views.board(known, views.records(known)))


def provider_page(known: Snapshot, provider: Provider) -> views.ProviderPage:
    """Return the page of a provider in an almanac."""
    records = views.records(known)
    figures = views.figures(records[provider.slug], views.lately(known, provider))
    return views.provider(known, provider, figures, views.Surroundings(known, lambda: views.advice(records)))


def component_page(known: Snapshot, provider: Provider, part: Component) -> views.ComponentPage:
    """Return the page of a component in an almanac."""
    now = views.component_now(known, provider, part, views.Surroundings(known))
    return views.component(known, views.closed(known), provider, part, now)


def facts_of(page: IncidentPage) -> dict[str, tuple[str, str]]:
    return {fact.name: (plain(fact.value), plain(fact.note)) for fact in page.facts}


# The state of a provider


def test_open_trouble_is_the_state_and_the_oldest_of_it_says_since_when() -> None:
    worse = incident("a", "02 13:00", "", impact=Impact.CRITICAL)
    older = incident("b", "02 11:00", "", impact=Impact.MINOR)
    state = current.state(almanac([worse, older]), CLAUDE)
    assert (state.mark, state.since, [card.id for card in state.open]) == (
        Mark("critical", "critical outage"),
        seconds(at("02 11:00")),
        ["a", "b"],
    )


def test_without_open_trouble_it_is_none_declared_since_the_last_end() -> None:
    state = current.state(almanac([incident("a", "01 10:00", "01 11:00")]), CLAUDE)
    assert (state.mark, state.since, state.clear_at_least) == (base.CLEAR, seconds(at("01 11:00")), False)


def test_what_ended_before_anybody_watched_is_clear_only_as_long_as_it_is_watched() -> None:
    watched = pulls("anthropic", since=at("02 00:00"))
    state = current.state(almanac([incident("a", "01 10:00", "01 11:00")], watched=[watched]), CLAUDE)
    assert (state.mark, state.since, state.clear_at_least) == (base.CLEAR, seconds(at("02 00:00")), True)


@pytest.mark.parametrize(("behind", "mark"), [(timedelta(minutes=59), base.CLEAR), (timedelta(hours=1), base.UNKNOWN)])
def test_an_hour_after_the_record_ends_the_state_is_unknown(behind: timedelta, mark: Mark) -> None:
    assert current.state(almanac(watched=[pulls("anthropic", until=NOW - behind)]), CLAUDE).mark == mark


def test_one_reading_of_an_empty_feed_covers_no_time_and_says_how_things_stand() -> None:
    state = current.state(almanac(watched=[pulls("anthropic", since=at("02 13:55"), until=at("02 13:55"))]), CLAUDE)
    assert (state.mark, state.reach, state.since) == (base.CLEAR, seconds(at("02 13:55")), seconds(at("02 13:55")))


def test_who_was_never_read_is_unknown() -> None:
    state = current.state(almanac(watched=[]), CLAUDE)
    assert (state.mark, state.reach) == (base.UNKNOWN, None)


def test_coverage_of_the_future_reaches_no_further_than_now() -> None:
    ahead = pulls("anthropic", until=NOW + timedelta(days=9))
    assert current.state(almanac(watched=[ahead]), CLAUDE).reach == seconds(NOW)


def test_an_import_cannot_tell_what_is_open_now_if_an_end_is_missing() -> None:
    unended = incident("a", "01 10:00", "", imported="a data set")
    by_import = current.state(almanac([unended], watched=[pulls("anthropic", dataset="a data set")]), CLAUDE)
    by_us = current.state(almanac([unended]), CLAUDE)
    assert (by_import.mark, by_import.unended, by_us.mark) == (base.UNKNOWN, 1, base.CLEAR)


def test_a_record_that_ends_earlier_is_unknown_for_that_and_nothing_else() -> None:
    unended = incident("a", "01 10:00", "", imported="x")
    state = current.state(almanac([unended], watched=[pulls("anthropic", until=at("01 12:00"), dataset="x")]), CLAUDE)
    assert (state.mark, state.unended) == (base.UNKNOWN, 0)


def test_what_left_the_feed_without_an_end_is_not_open() -> None:
    watched = pulls("anthropic", last_open=(("a", NOW - timedelta(days=2)),))
    assert current.state(almanac([incident("a", "01 10:00", "")], watched=[watched]), CLAUDE).mark == base.CLEAR


def test_what_is_no_trouble_leaves_a_provider_clear() -> None:
    maintenance = incident("a", until="", kind=Kind.MAINTENANCE, impact=Impact.MAINTENANCE)
    state = current.state(almanac([maintenance]), CLAUDE)
    assert (state.mark, state.open) == (base.CLEAR, ())


def test_what_is_rated_none_is_an_open_incident_of_the_lowest_level() -> None:
    without = incident("b", until="", impact=Impact.NONE)
    state = current.state(almanac([without]), CLAUDE)
    assert (state.mark, state.in_trouble, [card.id for card in state.open]) == (
        base.Mark("slight", "incident rated no impact"),
        True,
        ["b"],
    )


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"kind": Kind.DEGRADATION, "impact": Impact.MINOR}, "minor incident"),
        ({"kind": Kind.OUTAGE, "impact": Impact.MINOR}, "minor outage"),
        ({"kind": Kind.DEGRADATION, "impact": Impact.MAJOR}, "major outage"),
        ({"kind": Kind.DEGRADATION, "impact": Impact.UNKNOWN}, "incident"),
        ({"kind": Kind.OUTAGE, "impact": Impact.UNKNOWN}, "outage"),
    ],
)
def test_open_trouble_is_called_by_its_severity_and_an_incident_if_it_is_no_outage(
    facts: dict[str, Any], word: str
) -> None:
    known = almanac([incident("a", until="", **facts)])
    assert current.state(known, CLAUDE).mark.word == word
    assert current.state(known, CLAUDE).mark.css == base.MARKS[facts["impact"]].css


def test_what_is_not_about_ai_is_no_trouble_of_a_shared_page() -> None:
    pages = incident("a", until="", provider="github", components=("Pages",))
    copilot = incident("b", until="", provider="github", components=("Copilot",), impact=Impact.MINOR)
    known = almanac([pages, copilot], providers=(COPILOT,))
    assert [card.id for card in current.state(known, COPILOT).open] == ["b"]


# The days


def worst(*incidents: object, since: str = "2026-02-27 00:00", watched: Pulls | None = None) -> tuple[str, ...]:
    """Return the worst of five days up to 3 March, at noon of 2 March."""
    cards = [carded(found) for found in incidents]  # type: ignore[arg-type]
    noon = seconds(at("02 12:00"))
    return days.worst(cards, watched or pulls("anthropic"), seconds(at(since)), 5, noon)


def test_each_day_has_its_worst() -> None:
    minor = incident("a", "2026-02-27 10:00", "2026-02-28 01:00", impact=Impact.MINOR)
    major = incident("b", "2026-02-28 05:00", "2026-02-28 06:00")
    assert worst(minor, major) == ("minor", "major", "ok", "ok", "")


def test_what_ends_at_midnight_is_not_trouble_of_the_next_day() -> None:
    assert worst(incident("a", "2026-02-27 10:00", "2026-02-28 00:00")) == ("major", "ok", "ok", "ok", "")


def test_an_incident_without_length_marks_its_day() -> None:
    assert worst(incident("a", "2026-02-28 00:00", "2026-02-28 00:00")) == ("ok", "major", "ok", "ok", "")


def test_without_an_end_it_counts_until_it_was_last_seen_open() -> None:
    first = Update(at=at("2026-02-27 10:00"), phase=Phase.INVESTIGATING)
    found = incident("a", "2026-02-27 10:00", "", updates=(first,))
    watched = pulls("anthropic", last_open=(("a", at("2026-02-28 09:00")),))
    assert worst(found, watched=watched) == ("major", "major", "ok", "ok", "")


def test_days_that_nobody_watched_are_unknown_but_what_was_declared_on_them_is_shown() -> None:
    watched = pulls("anthropic", since=at("01 00:00"))
    found = incident("a", "2026-02-27 10:00", "2026-02-27 11:00")
    assert worst(found, watched=watched) == ("major", "unknown", "ok", "ok", "")


@pytest.mark.parametrize(("hour", "word"), [("02:00", "ok"), ("03:00", "unknown")])
def test_a_day_is_clear_only_if_nine_tenths_of_it_were_watched(hour: str, word: str) -> None:
    assert worst(watched=pulls("anthropic", since=at(f"01 {hour}")))[2] == word


def test_trouble_rated_none_is_the_lowest_level_of_a_day_and_hides_no_other() -> None:
    rated_none = incident("a", "2026-02-27 10:00", "01 11:00", impact=Impact.NONE)
    unsaid = incident("b", "2026-02-28 10:00", "2026-02-28 11:00", impact=Impact.UNKNOWN)
    assert worst(rated_none, unsaid, watched=pulls("anthropic", since=at("01 00:00"))) == (
        "slight",
        "unsaid",
        "slight",
        "ok",
        "",
    )


def test_an_unsaid_severity_never_hides_a_stated_one() -> None:
    unsaid = incident("a", "2026-02-27 10:00", "2026-02-28 11:00", impact=Impact.UNKNOWN)
    minor = incident("b", "2026-02-27 10:00", "2026-02-27 11:00", impact=Impact.MINOR)
    assert worst(unsaid, minor)[:2] == ("minor", "unsaid")


# Home


def test_home_answers_in_one_sentence_who_is_in_trouble() -> None:
    home = front_page(almanac([incident(until="")]))
    assert (plain(home.title), plain(home.stand)) == (
        "Claude has been reporting a major outage since 11:49 UTC.",
        "claude.ai and Claude API. One provider reports no problems.",
    )


def test_home_names_several_in_trouble_the_worst_first() -> None:
    known = almanac([incident(until=""), incident("b", until="", provider="groq", impact=Impact.CRITICAL)])
    home = front_page(known)
    assert (home.title, [line.name for line in home.lines]) == (
        "Groq and Claude are reporting outages.",
        ["Groq", "Claude"],
    )
    assert home.stand == ""


def test_home_calls_it_incidents_where_not_all_are_outages() -> None:
    mild = incident("b", until="", provider="groq", impact=Impact.MINOR, kind=Kind.DEGRADATION)
    assert front_page(almanac([mild])).title.startswith("Groq has been reporting a minor incident since ")
    assert front_page(almanac([mild, incident(until="")])).title == "Claude and Groq are reporting incidents."
    unrated = replace(mild, impact=Impact.UNKNOWN)
    assert front_page(almanac([unrated])).title.startswith("Groq has been reporting an incident since ")


@pytest.mark.parametrize(
    ("watched", "stand"),
    [
        (("anthropic", "groq", "github"), "Two providers report no problems."),
        (("anthropic", "groq"), "One provider reports no problems; we have no current data on one."),
        (("anthropic",), "We have no current data on the other two."),
    ],
)
def test_home_says_how_many_report_no_problems_and_on_how_many_there_is_no_data(
    watched: tuple[str, ...], stand: str
) -> None:
    known = almanac(
        [incident(until="")], providers=(CLAUDE, GROQ, COPILOT), watched=[pulls(provider) for provider in watched]
    )
    assert front_page(known).stand == f"claude.ai and Claude API. {stand}"


def test_home_says_nothing_of_others_where_there_are_none() -> None:
    assert front_page(almanac([incident(until="")], providers=(CLAUDE,))).stand == "claude.ai and Claude API."
    unnamed = front_page(almanac([incident(until="", components=())], providers=(CLAUDE,)))
    assert (unnamed.stand, unnamed.lines[0].last) == ("", "Elevated errors on claude.ai")


def test_home_says_that_none_is_declared_and_for_how_many_nobody_can_tell() -> None:
    known = almanac(watched=[pulls("anthropic")])
    home = front_page(known)
    assert (home.title, home.stand) == (
        "No provider reports an incident.",
        "One provider reports no problems; we have no current data on one.",
    )
    assert home.unread == (Link("/providers/groq/", "Groq"),)


def test_home_says_where_the_record_ends_when_nothing_newer_was_read() -> None:
    old = at("2026-02-20 06:00")
    known = almanac(watched=[pulls("anthropic", until=old), pulls("groq", until=at("2026-02-10 00:00"))])
    home = front_page(known)
    assert plain(home.title) == "We cannot say what the status is now."
    assert plain(home.stand) == (
        "Our newest data is 10 days old (20 February 2026). "
        "Below is each provider’s latest reported incident, with a link to each official status page."
    )
    assert (home.caption, home.length_heading, home.days_heading) == (
        f"Latest incidents of 2{english.GAP}providers",
        "Data up to",
        "Official status page",
    )
    assert [(line.name, plain(line.length), line.css, line.official) for line in home.lines] == [
        ("Claude", "20 Feb", "un", Link("https://status.claude.com/", "status.claude.com")),
        ("Groq", "10 Feb", "un", Link("https://groqstatus.com/", "groqstatus.com")),
    ]
    assert plain(home.no_data).startswith(
        "This copy of the site has not read the providers’ feeds since 20 February 2026."
    )


def test_an_empty_archive_has_a_home_too() -> None:
    known = almanac(watched=[])
    home = front_page(known)
    assert (home.title, home.lines, home.board, home.changes) == ("No data yet.", (), None, ())
    assert home.stand.startswith("No status page has been read yet; ")


def test_the_ledger_puts_trouble_first_then_the_quiet_then_the_unknown() -> None:
    known = almanac(
        [incident(until=""), incident("b", "01 10:00", "01 11:00", provider="github", components=("Copilot",))],
        providers=(TOGETHER, COPILOT, CLAUDE, GROQ),
        watched=[pulls("anthropic"), pulls("github"), pulls("groq"), pulls("together", until=at("01 00:00"))],
    )
    home = front_page(known)
    assert [(line.name, line.mark.word, line.css, plain(line.length), plain(line.last)) for line in home.lines] == [
        ("Claude", "major", "open major", "2 h 21 min", "claude.ai and Claude API"),
        ("GitHub Copilot", "none reported", "", "1 day", "1 Mar, major, 1 h"),
        ("Groq", "none reported", "", "at least 182 days", ""),
        ("Together AI", "unknown", "un cut", "data ends 1 Mar", ""),
    ]
    assert [(line.monogram, line.expired, plain(line.note)) for line in home.lines] == [
        ("Cl", "", "identified since 12:59 UTC"),
        ("Gi", "unknown", ""),
        ("Gr", "unknown", ""),
        ("To", "", ""),
    ]
    assert (home.length_heading, plain(home.days_heading), home.no_data) == ("Unchanged for", "30 days to 2 March", "")


def test_the_ledger_puts_critical_first_then_the_newest() -> None:
    known = almanac(
        [
            incident(until=""),
            incident("a", "02 13:00", "", provider="groq"),
            incident("b", "02 09:00", "", provider="together", impact=Impact.CRITICAL),
            incident("c", "02 14:00", "", provider="github", impact=Impact.MINOR, components=("Copilot",)),
        ],
        providers=(CLAUDE, GROQ, COPILOT, TOGETHER),
    )
    home = front_page(known)
    assert [(line.name, line.mark.word) for line in home.lines] == [
        ("Together AI", "critical"),
        ("Groq", "major"),
        ("Claude", "major"),
        ("GitHub Copilot", "minor"),
    ]
    assert home.filters == ()
    assert (home.lead_css, [lead.title for lead in home.leads]) == (
        "c3",
        ["Together AI", "Groq", "Claude", "GitHub Copilot"],
    )


def test_the_ledger_is_filtered_by_what_is_open_and_by_what_a_provider_can_do() -> None:
    everybody = (
        replace(CLAUDE, capabilities=("chat", "api", "code")),
        replace(GROQ, capabilities=("api",)),
        replace(COPILOT, capabilities=("code",)),
    )
    home = front_page(almanac([incident(until="")], providers=everybody))
    assert [tuple(choice) for choice in home.filters] == [
        ("all", "All 3", ""),
        ("open", "Open 1", ""),
        ("u1", "API", "for the API"),
        ("u2", "Chat", "for chat"),
        ("u3", "Code", "for code"),
    ]
    assert [line.css for line in home.lines] == ["open major u1 u2 u3", "u3", "u1"]
    quiet = front_page(almanac(providers=(everybody[1], replace(TOGETHER, capabilities=("api",)))))
    assert quiet.filters == ()


def test_what_is_open_stands_on_the_front_page_critical_first_then_the_newest() -> None:
    minor = incident("b", "02 12:00", "", impact=Impact.MINOR)
    known = almanac([incident(until=""), minor, incident("c", "02 13:00", "", components=())])
    home = front_page(known)
    assert [(lead.url, plain(lead.stand)) for lead in home.leads] == [
        (
            "/incidents/anthropic/c/",
            ("Opened 13:00 UTC, identified since 13:35 UTC; 2 updates so far; the provider rates it major."),
        ),
        (
            "/incidents/anthropic/0ghc53zpsfmt/",
            ("Opened 11:49 UTC, identified since 12:59 UTC; 2 updates so far; the provider rates it major."),
        ),
        (
            "/incidents/anthropic/b/",
            ("Opened 12:00 UTC, identified since 13:05 UTC; 2 updates so far; the provider rates it minor."),
        ),
    ]
    assert plain(home.lines[0].note) == "identified since 12:59 UTC; two more open"


def test_what_is_open_since_another_day_says_which() -> None:
    (lead,) = front_page(almanac([incident(since="01 23:50", until="", updates=())])).leads
    assert plain(lead.stand).startswith("Opened 1 March, 23:50 UTC, ")


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("The errors are on claude.ai. The Claude API works.", ("claude.ai", "The errors are on claude.ai.")),
        ("We are looking into errors.", None),
    ],
)
def test_the_front_page_quotes_what_a_post_says_of_the_first_component(
    text: str, spoken: tuple[str, str] | None
) -> None:
    post = Update(at=at("02 12:00"), phase=Phase.INVESTIGATING, text=text)
    found = incident(until="", updates=(post,))
    known = almanac([found])
    line = views.home(known, views.Surroundings(known, read=lambda _: found), None).lines[0]
    row = line.spoken
    assert (row and row.quote and (row.name, row.quote.words)) == spoken
    assert front_page(known).lines[0].spoken is None


def test_what_a_page_says_of_now_is_taken_back_once_it_is_no_longer_valid() -> None:
    quiet = front_page(almanac())
    assert (plain(quiet.expired), [line.expired for line in quiet.lines]) == (
        "Unknown since 15:10 UTC.",
        ["unknown"] * 2,
    )
    assert quiet.expired_stand == "Below is the latest we have."
    alone = front_page(almanac([incident(until="")], providers=(CLAUDE,)))
    assert (alone.stand, alone.expired_stand) == ("claude.ai and Claude API.", "")
    bad = front_page(almanac([incident(until="")]))
    assert bad.expired_stand == "claude.ai and Claude API. The others are unknown now."
    assert (bad.expired, [line.expired for line in bad.lines]) == ("", ["", "unknown"])
    old = front_page(almanac(watched=[pulls("groq", until=at("2026-02-10 00:00"))]))
    assert (old.expired, old.expired_stand, [line.expired for line in old.lines]) == ("", "", [""])


def test_a_lead_without_a_rating_says_that_the_provider_gave_none() -> None:
    (lead,) = front_page(almanac([incident(until="", impact=Impact.UNKNOWN)])).leads
    assert plain(lead.stand).endswith("2 updates so far; the provider has not rated its severity.")


def test_latest_changes_say_what_each_post_did() -> None:
    again = Update(at=at("02 12:00"), phase=Phase.INVESTIGATING)
    found = incident("a", "02 12:00", "02 14:00")
    found = replace(found, updates=(found.updates[0], again, *found.updates[1:]), impact=Impact.MINOR)
    known = almanac([found])
    home = front_page(known)
    assert [(change.time.text, plain(change.text)) for change in home.changes] == [
        ("14:00", "Resolved after 2 h (minor): Elevated errors on claude.ai"),
        ("13:00", "Update: cause identified: Elevated errors on claude.ai"),
        ("12:00", "Update: still investigating: Elevated errors on claude.ai"),
        ("12:00", "New incident (minor): Elevated errors on claude.ai"),
    ]
    assert home.changes[0] == Happening(
        "/incidents/anthropic/a/", Time("2026-03-02T14:00:00Z", "14:00"), "Claude", home.changes[0].text
    )


# An incident


def test_the_page_of_an_incident_that_is_over() -> None:
    page = page_of(incident())
    assert (page.title, plain(page.kicker), plain(page.stand)) == (
        "Elevated errors on claude.ai",
        "Incident, 2 March 2026",
        "Resolved at 15:47 UTC.",
    )
    assert (page.provider, page.company) == (Link("/providers/anthropic/", "Claude"), "Anthropic")
    assert (page.parts, page.outlook, page.over) == (None, None, ())
    assert plain(page.cite.when) == "record anthropic/0ghc53zpsfmt, last changed 2 March 2026, 15:47 UTC"
    assert facts_of(page) == {
        "Started": ("11:49:20 UTC", "2 Mar 2026, first update"),
        "Ended": ("15:47:09 UTC", "2 Mar 2026, marked as resolved"),
        "Length": ("3 h 58 min", "start to end, as reported"),
        "Impact": ("major", "as rated by the provider"),
        "Components": ("claude.ai and Claude API (api.anthropic.com)", "2 named"),
        "First seen by us": ("11:53 UTC", "4 min after the start"),
    }
    assert (page.head.dateline, page.warnings, page.edits, page.posts_note) == (None, (), (), "in the provider’s words")


def test_a_record_does_not_change_with_the_clock() -> None:
    found = incident()
    later = NOW + timedelta(days=200)
    early, late = almanac([found], now=at("02 16:00")), almanac([found], now=later)
    assert page_of(found, early) == page_of(found, late)


def test_an_open_incident_speaks_of_now() -> None:
    found = incident(until="")
    page = page_of(found)
    assert (plain(page.kicker), plain(page.so_far), plain(page.stand)) == (
        "Open incident, 2 March 2026",
        "Identified, 2 h 21 min so far.",
        "Open since 11:49 UTC. Claude rates it major.",
    )
    assert list(facts_of(page)) == ["Started", "Length", "Impact", "First seen by us"]
    assert facts_of(page)["Length"] == ("2 h 21 min", "so far")
    assert plain(page.cite.when) == "record anthropic/0ghc53zpsfmt, as of 2 March 2026, 14:10 UTC"
    assert [way.command + way.url for way in page.over] == [
        "/providers/anthropic/feed.xml",
        "/feed subscribe /providers/anthropic/updates.rss",
        "/providers/anthropic/updates.rss",
        "/providers/anthropic/api/v2/incidents/unresolved.json",
    ]
    assert page.head.dateline == base.Dateline(
        day=f"2{english.GAP}March{english.GAP}2026",
        as_of=Time("2026-03-02T14:10:00Z", "14:10"),
        reach=Time("2026-03-02T14:10:00Z", f"14:10{english.GAP}UTC"),
        until=Time("2026-03-02T15:10:00Z", "15:10"),
        css="far",
        expiry=base.dateline(almanac([found])).expiry,
    )
    assert page.timeline is not None
    assert page.timeline.now is not None
    assert page.timeline.now.text == "open at 14:10"


def test_an_import_without_an_end_is_neither_open_nor_over() -> None:
    found = incident(until="", imported="a data set", first_seen=None, updates=())
    page = page_of(found)
    facts = facts_of(page)
    assert (plain(page.stand), facts["Ended"], facts["Length"], facts["First seen by us"]) == (
        "No end time recorded; duration unknown.",
        ("not recorded", ""),
        ("unknown", "no end time recorded"),
        ("never (imported)", "from a data set"),
    )
    (warning,) = page.warnings
    assert warning == (
        "Imported from the data set a data set: times and phases only, without the provider’s text. "
        "Title, severity and components are the last ones it recorded."
    )


def test_over_without_a_recorded_end_is_said_so() -> None:
    assert page_of(incident(until="", phase=Phase.RESOLVED)).stand == "Resolved; the end time is not recorded."


def test_a_title_of_ours_is_composed_from_facts() -> None:
    found = incident(title="claude.ai and 1 more: major, 3 h 58 min", title_is_ours=True)
    page = page_of(found)
    assert plain(page.title) == "Claude: claude.ai and Claude API down for 3 h 58 min"
    assert plain(page.head.title) == "Claude: major outage, claude.ai + API, 2 March 2026 (3 h 58 min)"


MILD = {"kind": Kind.DEGRADATION, "impact": Impact.MINOR, "impact_stated": "minor", "components": ("a", "b")}


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        ({}, "a and b degraded for 3 h 58 min"),
        ({"components": ("a", "b", "c", "d")}, "a, b, c and 1 other degraded for 3 h 58 min"),
        ({"impact": Impact.MAJOR}, "a and b down for 3 h 58 min"),
        ({"impact": Impact.MAJOR, "impact_stated": "partial_outage"}, "a and b partly down for 3 h 58 min"),
        ({"kind": Kind.OUTAGE}, "a and b down for 3 h 58 min"),
        ({"impact": Impact.NONE}, "a and b affected for 3 h 58 min, rated no impact"),
        ({"impact": Impact.UNKNOWN}, "a and b affected for 3 h 58 min, severity not given"),
        ({"trouble_seconds": 5400}, "a and b degraded for 1 h 30 min to 3 h 58 min"),
        ({"until": "02 11:49:20"}, "a and b degraded, duration not given"),
        ({"until": "", "imported": "x"}, "a and b degraded, no end time"),
        ({"until": ""}, "a and b degraded since 2 March 2026, 11:49 UTC"),
        ({"components": ()}, "minor incident in an unnamed component, 3 h 58 min"),
        ({"components": (), "until": ""}, "minor incident in an unnamed component since 2 March 2026, 11:49 UTC"),
        ({"kind": Kind.MAINTENANCE, "impact": Impact.MAINTENANCE}, "Maintenance of a and b, 3 h 58 min"),
        ({"kind": Kind.NOTICE}, "Notice on a and b, 3 h 58 min"),
        ({"kind": Kind.TEST, "components": ()}, "Test, 3 h 58 min"),
    ],
)
def test_a_title_of_ours_says_what_was_hit_how_badly_and_for_how_long(facts: dict[str, Any], title: str) -> None:
    assert plain(base.title(carded(incident(title_is_ours=True, **{**MILD, **facts})))) == title


def test_a_name_of_ours_has_three_components_each_of_them_once() -> None:
    regions = ("API (us-east)", "API (us-west)", "Grok (Web)", "Grok in X", "Console")
    found = carded(incident(title_is_ours=True, components=regions))
    assert base.name(found) == "API, Grok, Grok in X and 1 other"
    assert base.name(found._replace(components=())) == "Outage in an unnamed component"


def test_feeds_and_tables_call_what_has_no_title_by_its_components_severity_and_length_as_they_are_now() -> None:
    frozen = "claude.ai and 1 more: major, 3 h 58 min"
    over, still = (carded(incident(until=until, title=frozen, title_is_ours=True)) for until in ("02 15:47:09", ""))
    assert plain(base.title(over)) == "claude.ai and Claude API down for 3 h 58 min"
    assert plain(base.title(still)) == "claude.ai and Claude API down since 2 March 2026, 11:49 UTC"
    assert base.title(over._replace(title_is_ours=False)) == frozen


def test_several_intervals_are_a_range_and_said_so() -> None:
    page = page_of(incident(trouble_seconds=5400))
    length = next(fact for fact in page.facts if fact.name == "Length")
    assert (plain(length.value), length.note) == (
        "1 h 30 min to 3 h 58 min",
        "several intervals, of which the sum is known",
    )
    assert [plain(warning) for warning in page.warnings] == [
        (
            "It was several intervals, 1 h 30 min in all. We do not know when they were, so it counts as at least that and at most "
            "from its start to its end."
        )
    ]


def test_what_an_import_had_wrong_is_said_with_who_knew_better() -> None:
    repairs = (
        Repair(what="started", was="2026-03-02T12:30:00Z", dataset="acme-own"),
        Repair(what="ended", was="unknown", dataset="acme-own"),
        Repair(what="impact", was="partial_outage", dataset="acme-own"),
        Repair(what="updates", was="none", dataset="acme-own"),
        Repair(what="imported", was="acme-facts", dataset="acme-own"),
    )
    (warning,) = page_of(incident(repairs=repairs)).warnings
    assert plain(warning) == (
        "Corrected from the data set acme-own. An earlier import had: start 2 March 2026, 12:30 UTC; end not recorded; "
        "impact partial outage; other updates."
    )


def test_an_end_on_another_day_is_dated() -> None:
    assert plain(page_of(incident("a", "02 22:00", "03 01:00")).stand) == "Resolved on 3 March 2026, 01:00 UTC."
    works = incident("a", "02 10:00", "02 11:00", kind=Kind.MAINTENANCE, impact=Impact.MAINTENANCE)
    assert plain(page_of(works).stand) == "Ended at 11:00 UTC."


def test_what_no_component_is_named_for_concerns_the_whole() -> None:
    found = incident(title="major", title_is_ours=True, components=())
    assert plain(page_of(found).title) == "Claude: major outage in an unnamed component, 3 h 58 min"
    assert base.name(carded(found)) == "Outage in an unnamed component"


def test_what_was_posted_late_warned_nobody() -> None:
    found = incident("a", "02 11:00", "02 11:00", updates=(Update(at=at("02 12:00"), phase=Phase.RESOLVED),))
    page = page_of(found)
    assert plain(page.stand) == "Resolved at 11:00 UTC. It was first reported when it was already over."
    assert (facts_of(page)["Length"], page.timeline) == (("not given", "start and end are the same"), None)
    assert page.warnings[0].startswith("Reported late:")


def test_what_its_provider_took_away_stays_and_is_said() -> None:
    page = page_of(incident(vanished=at("05 08:00")))
    assert [plain(said) for said in page.warnings] == [
        "No longer in the provider’s feed since 5 March 2026, 08:00 UTC. It was reported, so it stays and counts."
    ]


def test_mended_times_are_said_to_be_mended() -> None:
    page = page_of(incident(started_basis="mended"))
    assert page.warnings == (
        "The provider’s stated times contradict each other; the times shown are worked out from its updates.",
    )
    assert facts_of(page)["Started"][1] == "2 Mar 2026, earliest timestamp; the stated start is after the end"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"impact": Impact.UNKNOWN, "impact_stated": ""},
            ("Impact", "severity not given", "the provider gives no rating", "unsaid"),
        ),
        ({"impact_stated": "partial_outage"}, ("Impact", "major", "as rated by the provider: partial outage", "major")),
        (
            {"impact_stated": "Partial outage", "impact_basis": "title"},
            ("Impact", "major", "named in the title, not rated by the provider: Partial outage", "major"),
        ),
        ({"kind": Kind.NOTICE, "kind_basis": "words"}, ("Kind", "notice", "by words", "quiet")),
    ],
)
def test_severity_is_ours_and_beside_it_stands_the_providers_word(facts: dict[str, Any], said: tuple[str, ...]) -> None:
    fact = page_of(incident(**facts)).facts[3]
    assert (fact.name, fact.value, fact.note, fact.css) == said


@pytest.mark.parametrize(
    ("components", "basis", "note"),
    [
        (("API",), "", ""),
        (("API", "Web"), "stated", "2 named"),
        (("API",), "title", "named in the title"),
        (("API", "Web"), "title", "2 named in the title"),
    ],
)
def test_components_that_only_the_title_names_are_marked_so(components: tuple[str, ...], basis: str, note: str) -> None:
    fact = page_of(incident(components=components, components_basis=basis)).facts[4]
    assert (fact.name, fact.note) == ("Components", note)


def test_posts_stand_newest_first_with_what_should_be_known_of_each() -> None:
    updates = (
        Update(at=at("02 11:30"), phase=Phase.INVESTIGATING, text="Looking *into* it.", printed="Investigating"),
        Update(at=at("02 12:00"), phase=Phase.INVESTIGATING, printed="Update", gone=at("04 08:00")),
        Update(at=at("03 01:00"), phase=Phase.RESOLVED, text="Done. <script>x</script>"),
    )
    posts = page_of(incident("a", "02 12:00", "03 01:00", updates=updates)).posts
    assert [replace_blanks(post) for post in posts] == [
        IncidentPost(
            "u-2026-03-03T01:00",
            Time("2026-03-03T01:00:00Z", "01:00"),
            "3 Mar",
            "Resolved",
            posts[0].html,
            "after 13 h",
        ),
        IncidentPost(
            "u-2026-03-02T12:00",
            Time("2026-03-02T12:00:00Z", "12:00"),
            "",
            "Investigating",
            "",
            "at the start · gone from the feed since 4 March 2026, 08:00 UTC · printed as “Update”",
        ),
        IncidentPost(
            "u-2026-03-02T11:30",
            Time("2026-03-02T11:30:00Z", "11:30"),
            "",
            "Investigating",
            "<p>Looking <em>into</em> it.</p>",
            "before the start",
        ),
    ]
    assert "script" not in posts[0].html
    assert "Done." in posts[0].html


def replace_blanks(post: IncidentPost) -> IncidentPost:
    return post._replace(day=plain(post.day), notes=plain(post.notes))


def test_each_change_is_held_against_what_followed_it() -> None:
    first = Revision(text="All methods fail.", until=at("02 12:30"))
    second = Revision(text="Some methods fail.", until=at("02 13:30"))
    update = Update(at=at("02 11:49"), phase=Phase.INVESTIGATING, text="Some methods are slow.", was=(first, second))
    changes = (
        Change(what="impact", was="minor", until=at("02 12:00")),
        Change(what="title", was="Errors on claude.ai", until=at("02 14:00")),
    )
    page = page_of(incident(updates=(update,), changes=changes))
    assert list(page.edits) == [
        EditDiff(
            "Title",
            said(at("02 14:00")),
            (Piece("del", "Errors"), Piece("ins", "Elevated errors"), Piece("", " on claude.ai")),
        ),
        EditDiff(
            f"Update of {english.moment(update.at)}",
            said(at("02 13:30")),
            (Piece("", "Some methods "), Piece("del", "fail"), Piece("ins", "are slow"), Piece("", ".")),
        ),
        EditDiff(
            f"Update of {english.moment(update.at)}",
            said(at("02 12:30")),
            (Piece("del", "All"), Piece("ins", "Some"), Piece("", " methods fail.")),
        ),
        EditDiff("Impact", said(at("02 12:00")), (Piece("del", "minor"), Piece("ins", "major"))),
    ]
    assert page.posts[0].notes == "before the start · text changed later"


def said(when: object) -> Time:
    return base.time(when, english.moment(when))  # type: ignore[arg-type]


def test_a_fact_that_changed_twice_is_held_against_the_next() -> None:
    changes = (
        Change(what="impact", was="none", until=at("02 12:00")),
        Change(what="impact", was="minor", until=at("02 13:00")),
        Change(what="ended", was="2026-03-02T15:00:00Z", until=at("03 13:00")),
    )
    pieces = [edit.pieces for edit in page_of(incident(changes=changes)).edits]
    assert pieces[1:] == [
        (Piece("del", "minor"), Piece("ins", "major")),
        (Piece("del", "none"), Piece("ins", "minor")),
    ]
    assert "".join(piece.text for piece in pieces[0] if piece.tag != "del") == "2026-03-02T15:47:09Z"


# What stands around an incident


def test_neighbours_are_what_was_declared_at_the_time() -> None:
    found = incident()
    mine = incident("later", "02 17:00", "02 18:00", impact=Impact.MINOR)
    before = incident("before", "02 10:30", "02 11:00")
    yesterday = incident("yesterday", "01 10:00", "01 11:00")
    other = incident("other", "02 12:00", "", provider="groq", title="Slow", updates=())
    probes = incident("probes", "02 12:00", "02 12:05", provider="together")
    notice = incident("notice", "02 12:00", "02 13:00", kind=Kind.NOTICE)
    known = almanac([found, mine, before, yesterday, other, probes, notice], providers=(CLAUDE, GROQ, TOGETHER))
    near = views.Surroundings(known).of(carded(found))
    assert [(n.provider, n.name, n.css, n.open) for n in near.neighbours] == [
        ("Claude", "Elevated errors on claude.ai", "major", False),
        ("Groq", "Slow", "major", True),
        ("Claude", "Elevated errors on claude.ai", "minor", False),
    ]
    assert page_of(found, known).stand.endswith("Claude reported two more incidents around that time.")


def test_of_many_neighbours_the_nearest_are_taken() -> None:
    many = [incident(f"n{i}", f"02 12:{i:02}", "02 13:30") for i in range(10)]
    near = views.Surroundings(almanac([incident(), *many])).of(carded(incident()))
    assert [n.url for n in near.neighbours] == [f"/incidents/anthropic/n{i}/" for i in range(around.OWN)]


def test_an_incident_knows_the_articles_that_cite_it() -> None:
    article = ArticleCard(url="/articles/2026/a/", title="A", date=NOW, incidents=(("anthropic", "0ghc53zpsfmt"),))
    known = almanac([incident(), incident("b")], articles=(article,))
    cited = [views.Surroundings(known).of(carded(found)).cited_by for found in (incident(), incident("b"))]
    assert cited == [(Link("/articles/2026/a/", "A"),), ()]


def test_a_change_concerns_no_page_but_those_near_it() -> None:
    incidents = [incident(f"n{i}", f"0{i} 10:00", f"0{i} 11:00") for i in range(1, 8)]
    incidents.append(incident("close", "04 10:30", "04 12:00", provider="groq"))
    known = almanac(incidents, now=at("09 00:00"))
    surroundings = views.Surroundings(known)
    changed = carded(incidents[3])
    without = views.Surroundings(almanac(incidents[:3] + incidents[4:], now=at("09 00:00")))
    others = [carded(found) for found in incidents if found.id != changed.id]
    differing = {card.id for card in others if surroundings.of(card) != without.of(card)}
    marked = {card.id for card in others if surroundings.mark(card) != without.mark(card)}
    assert (differing, marked) == ({"close"}, {"close"})


BESIDE = incident("beside", "02 14:00", "02 15:00", provider="groq", title="Slow")


@pytest.mark.parametrize(
    "beside",
    [
        {"title": "Fast"},
        {"impact": Impact.MINOR},
        {"kind": Kind.NOTICE},
        {"started": at("02 13:00")},
        {"ended": at("02 16:00")},
        {"ended": None, "phase": Phase.INVESTIGATING},
        {"title_is_ours": True, "components": ("API",)},
        {"provider": "anthropic"},
        {"id": "another"},
    ],
    ids=", ".join,
)
def test_the_mark_of_what_stands_around_differs_when_that_does(beside: dict[str, Any]) -> None:
    found, other = incident(), replace(BESIDE, **beside)
    was, now = views.Surroundings(almanac([found, BESIDE])), views.Surroundings(almanac([found, other]))
    assert was.of(carded(found)) != now.of(carded(found))
    assert was.mark(carded(found)) != now.mark(carded(found))
    assert was.mark(carded(found)) == views.Surroundings(almanac([found, BESIDE])).mark(carded(found))


@pytest.mark.parametrize(("until", "moves"), [("02 15:00", False), ("", True)], ids=["over", "open"])
def test_the_mark_differs_by_names_and_articles_and_with_the_clock_while_it_is_open(until: str, moves: bool) -> None:
    found = incident("a", "02 12:00", until)
    article = ArticleCard(url="/articles/2026/a/", title="A", date=NOW, incidents=(("anthropic", "a"),))
    as_it_is, named, cited, later = (
        views.Surroundings(known).mark(carded(found))
        for known in (
            almanac([found]),
            almanac([found], providers=(replace(CLAUDE, name="Claude 2"), GROQ)),
            almanac([found], articles=(article,)),
            almanac([found], now=NOW + timedelta(minutes=5)),
        )
    )
    assert as_it_is not in (named, cited)
    assert (as_it_is != later) == moves


# The timeline


def test_phases_run_from_post_to_post_and_equal_ones_are_one() -> None:
    updates = tuple(
        Update(at=at(when), phase=phase)
        for when, phase in [
            ("02 12:00", Phase.INVESTIGATING),
            ("02 12:30", Phase.INVESTIGATING),
            ("02 13:00", Phase.MONITORING),
            ("02 15:47", Phase.RESOLVED),
            ("04 10:00", Phase.POSTMORTEM),
        ]
    )
    page = page_of(incident("a", "02 11:49", "02 15:47", updates=updates))
    assert page.timeline is not None
    assert page.timeline.inks == (
        ("unposted", "not yet posted"),
        ("investigating", "investigating"),
        ("monitoring", "monitoring"),
    )
    assert page.timeline.label == (
        "From 11:49 to 15:47 UTC: not yet posted until 12:00, investigating until 13:00, monitoring until 15:47; "
        "no other incidents around that time."
    )
    assert len(page.timeline.knobs) == 4


def test_a_chart_of_very_many_phases_draws_the_longest_without_a_gap_and_says_how_many_there_are() -> None:
    start = at("02 00:00")
    phases = [Phase.INVESTIGATING, Phase.MONITORING]
    updates = tuple(Update(at=start + timedelta(minutes=n), phase=phases[n % 2]) for n in range(600))
    chart = page_of(incident("a", "02 00:00", "02 18:00", updates=updates)).timeline
    assert chart is not None
    assert len(chart.blocks) == 60
    places = [(float(block.x[:-1]), float(block.width[:-1])) for block in chart.blocks]
    assert max(place - x - width for (x, width), (place, _) in pairwise(places)) < 0.02
    assert chart.blocks[-1].css == "ph-monitoring"
    assert "monitoring until 00:12, " in chart.label
    assert f"and 588{english.GAP}further phases;" in chart.label
    assert chart.label.count(" until ") == 12


def test_the_table_behind_the_chart_says_what_the_chart_shows() -> None:
    other = incident("b", "02 14:00", "03 01:00", impact=Impact.MINOR, provider="groq", title="Slow")
    page = page_of(incident(), almanac([incident(), other]))
    assert page.timeline is not None
    entry = page.timeline.entries[0]
    assert tuple(map(plain, entry)) == (
        "/incidents/groq/b/",
        "Groq: Slow",
        "2 Mar, 14:00",
        "3 Mar, 01:00",
        "minor",
        "11 h",
    )
    assert plain(page.timeline.others[0].label.text) == "Groq, 14:00 to 3 Mar, 01:00, minor"


# Lists


def test_the_newest_incidents_stand_under_their_days() -> None:
    mine = [incident("a", "02 10:00", "02 10:30"), incident("b", "02 12:00", ""), incident("c", "01 09:00", "01 09:00")]
    known = almanac([*mine, incident("d", "01 08:00", provider="groq", title="Slow", vanished=NOW)])
    page = views.incidents(known, views.months(known))
    shown = [(day.date, r.provider, r.name, r.length, r.notes) for day in page.days for r in day.rows]
    assert [tuple(map(plain, row)) for row in shown] == [
        ("2 March 2026", "Claude", "Elevated errors on claude.ai", "open", ""),
        ("2 March 2026", "Claude", "Elevated errors on claude.ai", "30 min", ""),
        ("1 March 2026", "Claude", "Elevated errors on claude.ai", "duration not given", "reported late"),
        ("1 March 2026", "Groq", "Slow", "1 d 8 h", "no longer in the feed"),
    ]
    assert page.head.dateline is None


def test_the_archive_counts_by_month_and_by_provider_and_year() -> None:
    known = almanac([incident("a"), incident("b"), incident("c", "2025-12-01 10:00", "2025-12-01 11:00")])
    page = views.incidents(known, views.months(known))
    filled = [(line.name, [(c.url, c.name, c.text) for c in line.cells if c.url]) for line in page.months]
    assert filled == [
        ("2026", [("/incidents/2026/03/", "Mar", "2")]),
        ("2025", [("/incidents/2025/12/", "Dec", "1")]),
    ]
    counts = [(line.name, [cell.text for cell in line.cells]) for line in page.providers]
    assert counts == [("Claude", ["2", "1"]), ("Groq", ["", ""])]


def test_what_is_not_about_ai_stands_in_the_archive_only() -> None:
    pages = incident("a", provider="github", components=("Pages",))
    known = almanac([pages], providers=(COPILOT,))
    by_month = views.months(known)
    assert views.incidents(known, by_month).days == ()
    assert len(views.month(known, by_month, 2026, 3).days[0].rows) == 1


def test_months_link_to_the_ones_beside_them() -> None:
    december = incident("b", "2025-12-01 10:00", "2025-12-01 11:00")
    known = almanac([incident("a"), december, incident("c", "2025-11-01 10:00")])
    page = views.month(known, views.months(known), 2025, 12)
    assert (page.earlier, page.later) == (
        Link("/incidents/2025/11/", "November 2025"),
        Link("/incidents/2026/03/", "March 2026"),
    )
    assert plain(page.stand) == "1 incident at 1 provider; 1 rated major or critical."


def test_a_day_is_found_on_the_page_of_its_month_that_it_begins_on() -> None:
    cards = [incident(f"n{i:03}", f"{1 + i // 60:02} 10:{i % 60:02}", "", impact=Impact.NONE) for i in range(200)]
    known = almanac(cards)
    by_month = views.months(known)
    march = "/incidents/2026/03/"
    assert views.month(known, by_month, 2026, 3).day_links == (
        Link(f"{march}3/#d-2026-03-01", "1"),
        Link(f"{march}2/#d-2026-03-02", "2"),
        Link(f"{march}#d-2026-03-03", "3"),
        Link(f"{march}#d-2026-03-04", "4"),
    )
    finder = views.search(known, by_month, indexed=True).finder
    assert finder is not None
    assert finder.day_pages == "2026-03 2 1"


def test_long_lists_go_on_on_further_sheets_and_lose_nothing() -> None:
    found = [incident(f"n{i:03}", f"02 {i // 60:02}:{i % 60:02}", f"02 {i // 60:02}:{i % 60:02}") for i in range(150)]
    known = almanac(found)
    by_month = views.months(known)
    count = pagination.page_count(len(found))
    sheets = [views.month(known, by_month, 2026, 3, n) for n in range(1, count + 1)]
    assert [sheet.head.path for sheet in sheets] == [
        "/incidents/2026/03/",
        "/incidents/2026/03/2/",
        "/incidents/2026/03/3/",
    ]
    urls = [row.url for sheet in sheets for day in sheet.days for row in day.rows]
    assert urls == [f"/incidents/anthropic/n{i:03}/" for i in reversed(range(150))]
    assert sheets[1].sheets == (
        pagination.Sheet("/incidents/2026/03/", "1", False),
        pagination.Sheet("/incidents/2026/03/2/", "2", True),
        pagination.Sheet("/incidents/2026/03/3/", "3", False),
    )
    assert sheets[1].head.title == "Incidents in March 2026, page 2"


@given(st.integers(0, 1000))
def test_a_list_has_as_many_sheets_as_it_needs(number: int) -> None:
    count = pagination.page_count(number)
    assert (count - 1) * pagination.PER_PAGE < max(number, 1) <= count * pagination.PER_PAGE
    assert len(pagination.sheets(pagination.page_urls("/", number), 1)) == (count if count > 1 else 0)
    assert [at for page in range(1, count + 1) for at in pagination.on_page(range(number), page)] == [*range(number)]


# A provider


@pytest.mark.parametrize(
    ("known", "title", "stand"),
    [
        (
            almanac([incident(until="")]),
            "Is Claude down? Major outage reported since 11:49 UTC.",
            "2 h 21 min so far. Claude lists both components.",
        ),
        (
            almanac([incident(until="", components=("Claude API (api.anthropic.com)",))]),
            "Is Claude down? Major outage reported since 11:49 UTC.",
            "2 h 21 min so far. Claude lists one of its two components.",
        ),
        (
            almanac([incident(until="", components=())]),
            "Is Claude down? Major outage reported since 11:49 UTC.",
            "2 h 21 min so far. One open incident; it does not say which component is affected.",
        ),
        (
            almanac([incident("a", "01 10:00", "01 11:00")]),
            "Is Claude down? No incident reported.",
            " Nothing is open on Claude’s own page since 1 March, 11:00 UTC (1 day).",
        ),
        (
            almanac(),
            "Is Claude down? No incident reported.",
            " Nothing is open on Claude’s own page since at least 1 September 2025, 00:00 UTC (182 days).",
        ),
        (
            almanac(watched=[]),
            "Is Claude down? Unknown: we have not checked its status page yet.",
            " No incident on record.",
        ),
        (
            almanac([incident("a", "01 10:00", "01 11:00")], watched=[pulls("anthropic", until=at("01 12:00"))]),
            "Is Claude down? Unknown: our data ends 1 March 2026.",
            " Latest resolved incident: 1 March 2026, 10:00 UTC (major).",
        ),
        (
            almanac([incident("a", "01 10:00", "", imported="x")], watched=[pulls("anthropic", dataset="x")]),
            "Is Claude down? Unknown: 1 incident without an end time.",
            " No incident on record.",
        ),
    ],
)
def test_the_page_of_a_provider_answers_the_question(known: Snapshot, title: str, stand: str) -> None:
    page = provider_page(known, CLAUDE)
    assert (plain(f"{page.head.title} {page.now.answer}"), plain(f"{page.now.so_far} {page.now.stand}")) == (
        title,
        stand,
    )


def test_ninety_days_are_bars_with_the_dates_behind_them() -> None:
    minor = incident("b", "01 10:00", impact=Impact.MINOR)
    known = almanac([incident("a", "2026-02-27 10:00", "2026-02-28 01:00"), minor])
    ninety = provider_page(known, CLAUDE).days.ninety
    assert plain(ninety.heading) == "90 days to 2 March 2026"
    assert ninety.note == "worst status each day: 86 days clear, 2 minor, 2 major"
    assert [(entry.mark.word, entry.months) for entry in ninety.lists][:2] == [
        ("major", (days_of("February", "a", "27", "28"),)),
        ("minor", (days_of("March", "b", "1", "2"),)),
    ]
    assert (ninety.lists[-1].months[-1].days[0], plain(ninety.summary)) == (
        Link("", "1"),
        "Open a day: 4 days with an incident",
    )


def days_of(month: str, incident_id: str, *numbers: str) -> MonthDays:
    """Return days of a month that lead to one incident."""
    return MonthDays(tuple(Link(f"/incidents/anthropic/{incident_id}/", number) for number in numbers), month)


def test_a_day_on_which_several_began_leads_to_it_in_the_list_of_the_year_on_the_right_page() -> None:
    newer = [incident(f"n{n}", f"01 {n // 6:02}:{n % 6}0", f"01 {n // 6:02}:{n % 6}5") for n in range(66)]
    found = [
        incident("a", "2026-02-27 10:00", "2026-02-27 11:00"),
        incident("b", "2026-02-27 12:00", "2026-02-27 13:00"),
    ]
    urls = day_urls(cards := newest_first([*newer, *found]), cards, pulls("anthropic"), seconds(at("2026-02-20 00:00")))
    assert {stamped(day * 86400)[:10]: url for day, url in urls.items()} == {
        "2026-03-01": "/providers/anthropic/2026/#d-2026-03-01",
        "2026-02-27": "/providers/anthropic/2026/2/#d-2026-02-27",
    }


def newest_first(found: list[Any]) -> list[Any]:
    return sorted(map(carded, found), key=lambda card: -card.started)


def test_the_front_page_lists_maintenance_what_is_under_way_first() -> None:
    works = incident("w", "02 13:00", "", kind=Kind.MAINTENANCE, impact=Impact.MAINTENANCE, phase=Phase.IN_PROGRESS)
    later = replace(works, id="later", provider="groq", started=at("02 09:00"), phase=Phase.SCHEDULED, updates=())
    page = front_page(almanac([later, works]))
    assert [(row.provider, plain(row.time.text), row.url, row.length) for row in page.maintenance] == [
        ("Claude", "2 Mar", "/incidents/anthropic/w/", "under way"),
        ("Groq", "2 Mar", "/incidents/groq/later/", "announced"),
    ]


def test_the_strip_of_a_provider_says_what_each_number_rests_on() -> None:
    known = almanac([incident("a", "2026-02-27 00:00", "2026-02-27 21:36"), incident("b", "01 10:00", "01 10:00")])
    page = provider_page(known, CLAUDE)
    assert [(fact.name, plain(fact.value)) for fact in page.days.facts] == [
        ("Incident-free, 90 days", "97.9% to 99.0%"),
        ("Covered, 90 days", "100%"),
        ("Incidents, 90 days", "2"),
        ("Median length, 90 days", "too few"),
        ("Reported late, 90 days", "1 of 2"),
    ]
    assert all(fact.how for fact in page.days.facts)


def test_a_share_that_may_be_anything_has_no_interval() -> None:
    unended = incident("a", "01 10:00", "", imported="x")
    known = almanac([unended], watched=[pulls("anthropic", since=at("2025-12-20 00:00"), dataset="x")])
    share = provider_page(known, CLAUDE).days.facts[0]
    assert plain(share.value) == "98.4% to 99.2%"
    assert plain(share.note) == "no 90% interval: one incident is more than half of all incident time"
    longer = incident("a", "2026-02-10 00:00", "", imported="x", updates=())
    wide = almanac([longer], watched=known.pulls.values())
    share = provider_page(wide, CLAUDE).days.facts[0]
    assert share.note == "too many times are not recorded"


def test_a_provider_s_page_has_the_newest_updates_and_of_a_long_one_the_beginning() -> None:
    long = "Errors on **Claude API** & <others> go on. " * 30
    posts = [
        Update(at=at(f"02 12:0{n}"), phase=Phase.INVESTIGATING, text=long if n == 5 else f"Post {n}.") for n in range(6)
    ]
    found = incident(until="", updates=tuple(posts))
    known = almanac([found])
    near = views.Surroundings(known, read=lambda _: found)
    figures = views.figures(views.records(known)["anthropic"], views.lately(known, CLAUDE))
    page = views.provider(known, CLAUDE, figures, near)
    assert [post.anchor for post in page.now.posts] == [f"u-2026-03-02T12:0{n}" for n in (5, 4, 3, 2)]
    assert page.now.posts[0].html.startswith("<p>Errors on Claude API &amp; ")
    assert page.now.posts[0].html.endswith("…</p>")
    assert len(page.now.posts[0].html) < 500
    assert page.now.posts[1].html == "<p>Post 4.</p>"
    assert page.now.posts_of == Link("/incidents/anthropic/0ghc53zpsfmt/", "Elevated errors on claude.ai")


def test_maintenance_is_listed_with_whether_it_has_begun() -> None:
    works = incident("w", "02 13:00", "", kind=Kind.MAINTENANCE, impact=Impact.MAINTENANCE, phase=Phase.IN_PROGRESS)
    later = replace(works, id="later", started=at("05 13:00"), phase=Phase.SCHEDULED, updates=())
    page = provider_page(almanac([works, later]), CLAUDE)
    assert [(row.url, row.mark.word, row.length) for row in page.now.maintenance] == [
        ("/incidents/anthropic/later/", "maintenance", "announced"),
        ("/incidents/anthropic/w/", "maintenance", "under way"),
    ]
    assert page.now.answer == "No incident reported."


def test_below_sixty_per_cent_of_coverage_no_figure_is_given_and_the_page_says_why() -> None:
    """A provider watched since yesterday, with an incident open, never reads 100 %."""
    since = at("01 00:00")
    known = almanac([incident(until="")], watched=[pulls("anthropic", since=since)])
    page = provider_page(known, CLAUDE)
    assert page.days.facts == ()
    assert page.days.figures_until == "Too little data for figures: 2% of the time is covered, 60% needed."
    assert page.days.lines == ()
    quiet = provider_page(almanac(watched=[pulls("anthropic", since=since)]), CLAUDE)
    assert [(limit.name, plain(limit.text)) for limit in quiet.now.limits] == [
        ("Now", "No incident was open at 14:10 UTC, by its official page"),
        ("Incident-free, 90 days", "Too little data for figures: 2% of the time is covered, 60% needed."),
        ("Rank", "not ranked, for the same reason"),
    ]
    strip = component_page(known, CLAUDE, CLAUDE.components[1]).facts
    assert (strip[0].value, strip[0].note) == ("too little data", "60% of the time must be covered")


def test_no_share_says_that_nothing_was_reported_while_an_incident_of_its_days_is() -> None:
    """One that was open already when the first reading was made is not counted, and yet reported."""
    watched = [pulls("anthropic", since=at("2025-12-10 00:00"))]
    before = incident("a", "2025-12-09 10:00", "")
    assert provider_page(almanac([before], watched=watched), CLAUDE).days.facts[0][1:3] == (
        "100%",
        "none counted; see the incidents below",
    )
    assert provider_page(almanac(watched=watched), CLAUDE).days.facts[0][1:3] == ("100%", "no incident reported")


def test_the_year_of_a_provider_has_twelve_months_and_unknown_is_said() -> None:
    watched = pulls("anthropic", since=at("2026-02-01 00:00"))
    known = almanac([incident("a", "2026-02-27 23:00", "01 02:00")], watched=[watched])
    year = provider_page(known, CLAUDE).history.year
    assert [(month.name, plain(month.hours), month.url) for month in year][-3:] == [
        ("Jan 2026", "unknown", ""),
        ("Feb 2026", "25 h", "/incidents/2026/02/"),
        ("Mar 2026", "2.0 h", ""),
    ]
    assert len(year) == 12


def test_components_are_counted_under_the_names_readers_know() -> None:
    other = incident("b", "01 10:00", "01 12:00", components=("claude.ai", "Labs"))
    known = almanac([incident("a", "01 11:00", "01 13:00"), other])
    lines = provider_page(known, CLAUDE).days.lines
    said = [
        (line.name, line.mark.word, line.incidents, plain(line.hours), line.share, plain(line.latest.text), line.url)
        for line in lines
        if line.latest
    ]
    assert said == [
        ("claude.ai", "none reported", "2", "3.0 h", "99.9%", "1 Mar, major", "/providers/anthropic/claude-ai/"),
        ("Claude API", "none reported", "1", "2.0 h", "99.9%", "1 Mar, major", "/providers/anthropic/api/"),
        ("other", "unknown", "1", "2.0 h", "99.9%", "1 Mar, major", ""),
    ]


def test_a_provider_without_incidents_has_a_page() -> None:
    known = almanac()
    page = provider_page(known, GROQ)
    assert (page.history.latest, page.history.years, page.days.lines, page.history.histogram, page.about) == (
        (),
        (),
        (),
        None,
        "",
    )
    assert [(row.name, row.mark.word) for row in page.now.parts.rows] == [("Groq", "none reported")]
    assert plain(page.history.total) == "0 incidents"


def test_the_years_of_a_provider_link_to_each_other() -> None:
    known = almanac([incident("a"), incident("b", "2025-12-01 10:00", "2025-12-01 11:00")])
    page = views.provider_year(CLAUDE, views.by_year(known.cards[CLAUDE.slug]), 2025)
    assert (page.title, page.earlier) == ("Claude in 2025", None)
    assert page.later == Link("/providers/anthropic/2026/", "2026")


def test_providers_are_listed_by_name() -> None:
    known = almanac(providers=(TOGETHER, COPILOT, CLAUDE, GROQ), watched=[pulls("anthropic")])
    page = views.providers(known)
    assert [(line.name, line.company, line.mark.word, line.expired) for line in page.lines] == [
        ("Claude", "Anthropic", "no incident reported", "unknown"),
        ("GitHub Copilot", "GitHub", "unknown", ""),
        ("Groq", "", "unknown", ""),
        ("Together AI", "Together Computer", "unknown", ""),
    ]


# Leaderboard, status, articles and the rest


def test_a_leaderboard_needs_five_providers() -> None:
    known = almanac()
    page = views.leaderboard(known, views.records(known))
    assert (page.board, page.stand) == (
        None,
        "Not enough data yet to compare five providers.",
    )


def six() -> Snapshot:
    """Six with an incident a week, each longer than the one before; one hardly watched; one written by probes."""
    providers = tuple(replace(GROQ, slug=f"p{i}", name=f"P{i}") for i in range(7))
    machine = replace(TOGETHER, slug="probes", name="Probes")
    incidents = [
        incident(
            f"{p.slug}-{week}",
            day := f"{(BEGINNING + timedelta(weeks=week)):%Y-%m-%d} 10:00",
            f"{day[:10]} {11 + number}:00",
            provider=p.slug,
        )
        for number, p in enumerate(providers[:6])
        for week in range(26)
    ]
    watched = [pulls(p.slug) for p in providers[:6]] + [pulls("p6", since=at("01 00:00")), pulls("probes")]
    return almanac(incidents, providers=(*providers, machine), watched=watched)


def test_the_leaderboard_orders_who_can_be_ranked_and_says_why_others_cannot() -> None:
    known = six()
    page = views.leaderboard(known, views.records(known))
    assert page.board is not None
    assert plain(page.board.period) == "2 December 2025 to 1 March 2026"
    assert [(line.provider, line.n) for line in page.board.lines] == [
        (Link(f"/providers/p{i}/", f"P{i}"), "12") for i in range(6)
    ]
    assert [u.provider.text for u in page.board.unranked] == ["P6"]
    assert page.machine is not None
    assert [u.provider.text for u in page.machine.unranked] == ["Probes"]


def test_the_leaderboard_says_for_each_use_who_is_ranked_and_who_is_not() -> None:
    known = six()
    some = [
        replace(one, capabilities=("code",) if n in (0, 2, 6) else ("api",)) for n, one in enumerate(known.providers)
    ]
    known = replace(known, providers=tuple(some))
    page = views.leaderboard(known, views.records(known))
    assert page.board is not None
    (code,) = [use for use in page.by_use if use.use == "For code"]
    ranks = {line.provider.text: line.rank for line in page.board.lines}
    able = [one.name for one in some if "code" in one.capabilities]
    assert code.ranked == english.listing([f"{name} {rank}" for name, rank in ranks.items() if name in able], 3)
    assert code.others == english.listing(
        [one.provider.text for one in page.board.unranked if one.provider.text in able], 3
    )


def test_home_shows_the_same_board_as_the_leaderboard() -> None:
    known = six()
    assert front_page(known).board == views.leaderboard(known, views.records(known)).board


def test_what_does_not_count_is_counted_on_the_leaderboard() -> None:
    known = six()
    notice = replace(incident("n", "01 10:00", provider="p0"), kind=Kind.NOTICE)
    known = replace(known, cards={**known.cards, "p0": (carded(notice), *known.cards["p0"])})
    page = views.leaderboard(known, views.records(known))
    assert page.left_out == (("1", "notice, service not affected"),)


def test_the_status_page_tells_of_every_feed() -> None:
    failing = read_feed(GROQ.feeds[0].url, error="403 forbidden", error_since=at("01 10:00"))
    known = almanac(watched=[pulls("anthropic", feeds=(read_feed(),)), pulls("groq", feeds=(failing,))])
    page = views.status(known)
    assert (plain(page.title), page.stand) == (
        "One of 2 feeds read within the last hour.",
        "One feed failing. A provider whose feed we cannot read is shown as unknown, never as healthy.",
    )
    lines = [(s.provider.text, line.state, line.entries, line.note) for s in page.sources for line in s.feeds]
    assert [tuple(map(plain, line)) for line in lines] == [
        ("Claude", "read", "25", ""),
        ("Groq", "failing", "25", "403 forbidden since 1 March 2026, 10:00 UTC"),
    ]


def test_a_feed_that_was_not_read_lately_or_never_is_said_so() -> None:
    old = replace(read_feed(), fetched=at("01 10:00"))
    known = almanac(watched=[pulls("anthropic", feeds=(old,))])
    page = views.status(known)
    states = [(line.state, line.note) for source in page.sources for line in source.feeds]
    assert states == [("not read lately", ""), ("not fetched by us yet", "feed format not yet verified")]
    assert page.title == "No feed has been read within the last hour."


def test_covered_time_is_told_with_its_gaps() -> None:
    spans = (
        Span(since=at("2026-02-01 00:00"), until=at("2026-02-11 00:00")),
        Span(since=at("2026-02-16 00:00"), until=at("2026-02-21 00:00")),
    )
    page = views.status(almanac(watched=[Pulls(provider="anthropic", coverage=spans)]))
    said = [(plain(source.covered), plain(source.gaps)) for source in page.sources]
    assert said == [
        ("1 February 2026 to 21 February 2026, 75% covered", "one gap of 5 days"),
        ("no data yet", ""),
    ]


def test_the_status_page_tells_how_well_each_feed_could_be_read_in_ninety_days() -> None:
    read = (
        Span(since=at("2026-02-01 00:00"), until=at("2026-02-11 00:00")),
        Span(since=at("2026-02-16 00:00"), until=at("2026-02-21 00:00")),
    )
    brought = Span(since=at("2025-10-01 00:00"), until=at("2026-02-28 00:00"), dataset="azure-pir")
    whole = Span(since=at("2025-10-01 00:00"), until=NOW - timedelta(minutes=20))
    known = almanac(
        providers=(CLAUDE, GROQ, COPILOT),
        watched=[
            Pulls(provider="anthropic", coverage=(brought, *read)),
            Pulls(provider="github", coverage=(whole,)),
            Pulls(provider="groq", coverage=(brought,)),
        ],
    )
    health = {source.provider.text: source.health for source in views.status(known).sources}
    assert {name: line and plain(line.text) for name, line in health.items()} == {
        "Claude": "51% since 1 February 2026, 2 gaps, the longest 9 days",  # 15 days of 29.6
        "GitHub Copilot": "100%, without a gap",
        "Groq": None,
    }


ARTICLE = Article(
    card=ArticleCard(
        url="/articles/2026/down/",
        title="Down?",
        date=at("02 18:20"),
        modified=at("03 09:05"),
        summary="What the record says.",
        kind="analysis",
        authors=("A", "B"),
        providers=("anthropic", "nobody"),
        incidents=(("anthropic", "0ghc53zpsfmt"), ("anthropic", "missing")),
    ),
    html="<p>Text.</p>",
    sources=(Source(url="https://a.example/", title="T", publisher="P", kind="press", primary=False),),
    confirmed=("That it was.",),
    unknown=("Why.",),
    corrections=(Correction(date=at("03 09:05"), text="There were four."),),
)


def test_an_article_shows_what_it_cites_and_what_is_known() -> None:
    found = carded(incident())
    beside = views.beside(almanac([incident()]), {("anthropic", "0ghc53zpsfmt"): found}, ARTICLE.card)
    page = views.article(beside, ARTICLE)
    assert (page.kicker, page.authors, [row.url for row in page.cites], page.providers, page.html) == (
        "Analysis",
        "A and B",
        ["/incidents/anthropic/0ghc53zpsfmt/"],
        (Link("/providers/anthropic/", "Claude"),),
        "<p>Text.</p>",
    )
    assert page.certainties == (
        Certainty("Confirmed", "full", ("That it was.",)),
        Certainty("Unknown", "dash", ("Why.",)),
    )
    assert page.sources == (SourceLine("https://a.example/", "T", "P", "Secondary"),)
    assert page.corrections == (CorrectionLine(said(at("03 09:05")), "There were four."),)


def test_articles_are_listed_with_their_kind_authors_and_date() -> None:
    page = views.articles(almanac(articles=(ARTICLE.card,)))
    assert [(t.url, t.title, plain(t.byline)) for t in page.teasers] == [
        ("/articles/2026/down/", "Down?", "Analysis · A and B · 2 March 2026")
    ]


def test_a_written_page_belongs_to_its_section() -> None:
    page = views.page("Methodology", "/methodology/", "How.", "<p>So.</p>")
    assert (page.head.section, page.head.path, page.html) == ("methodology", "/methodology/", "<p>So.</p>")


def test_who_is_lost_is_shown_the_ways_on() -> None:
    assert [way.url for way in views.not_found(almanac()).ways] == [
        "/",
        "/incidents/",
        "/providers/anthropic/",
        "/providers/groq/",
    ]


@pytest.mark.parametrize(
    ("url", "root"), [("https://a.example", ""), ("https://a.example/almanac", "/almanac"), ("", "")]
)
def test_a_site_may_live_below_the_top_of_its_host(url: str, root: str) -> None:
    assert views.site(PROJECT, url, "/theme/site.css").root == root


# What the engine relies on

PAGES: list[Callable[[Snapshot], object]] = [
    front_page,
    lambda a: views.incidents(a, views.months(a)),
    lambda a: views.month(a, views.months(a), 2026, 3),
    views.providers,
    lambda a: provider_page(a, CLAUDE),
    lambda a: views.provider_year(CLAUDE, views.by_year(a.cards[CLAUDE.slug]), 2026),
    lambda a: views.leaderboard(a, views.records(a)),
    views.articles,
    views.status,
    views.not_found,
    lambda a: page_of(incident(until=""), a),
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_a_value_equal_to_itself_made_again_and_kept(page: Callable[[Snapshot], object]) -> None:
    made = page(almanac([incident(until="")]))
    again = page(almanac([incident(until="")]))
    assert made == again == pickle.loads(pickle.dumps(made))  # noqa: S301
    assert repr(made) == repr(again)


# Differences


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("same", "same", (Piece("", "same"),)),
        ("", "new", (Piece("ins", "new"),)),
        ("all fail", "some fail", (Piece("del", "all"), Piece("ins", "some"), Piece("", " fail"))),
    ],
)
def test_a_difference_is_told_by_words(before: str, after: str, pieces: tuple[Piece, ...]) -> None:
    assert word_diff(before, after) == pieces


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.tag != "ins") == before
    assert "".join(piece.text for piece in pieces if piece.tag != "del") == after


def test_long_texts_are_shown_whole() -> None:
    before, after = "a " * 1000, "b " * 1000
    assert word_diff(before, after) == (Piece("del", before), Piece("ins", after))
