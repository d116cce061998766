"""Trouble of an AI service counts; the rest is left out with its reason."""

from typing import Any

import pytest

from almanac.model import Component, Scope
from almanac.stats.selection import (
    OTHER,
    Left,
    Selection,
    Severities,
    Severity,
    is_machine,
    ordering,
    places,
    scope,
    select,
    severity,
)
from tests.support.stats.cards import card, provider, times

COVERED = times((0, 100))
COPILOT = Component(slug="copilot", name="Copilot", match=("Copilot", "Copilot AI Model Providers"))
SHARED = provider(COPILOT, scope=Scope(components=("copilot",), words=("Copilot", "AI models")))


def test_outages_and_degradations_count_even_when_the_post_was_taken_away() -> None:
    outage = card(1, 2, "critical", kind="outage")
    gone = card(3, 4, vanished=5)
    selection = select(provider(), (gone, outage), COVERED)
    assert selection == Selection(eligible=(outage, gone), doubtful=(), left_out=())


@pytest.mark.parametrize(
    ("left", "why"),
    [
        (card(1, 2, kind="maintenance"), "maintenance"),
        (card(1, 2, kind="notice"), "notice, service not affected"),
        (card(1, 2, kind="test"), "test of the status page"),
        (card(1, 2, id="wrong"), "withdrawn by an editor: a duplicate"),
        (card(101, 102), "started while we had no data"),
        (card(-1), "started while we had no data"),
        (card(-2, -1), "started while we had no data"),
    ],
)
def test_what_does_not_count_is_listed_with_its_reason(left: Any, why: str) -> None:
    selection = select(provider(), (left,), COVERED, {"wrong": "a duplicate"})
    assert selection == Selection(eligible=(), doubtful=(), left_out=(Left(left, why),))
    assert selection.reasons == ((why, 1),)


def test_what_lasts_into_the_coverage_is_carried_into_it() -> None:
    early = card(-1, 50)
    selection = select(provider(), (early,), COVERED)
    reason = Left(early, "started while we had no data")
    assert selection == Selection(eligible=(), doubtful=(), left_out=(reason,), carried=(early,))


def test_reasons_are_counted_the_most_frequent_first() -> None:
    cards = (card(1, 2, kind="test"), card(3, 4, kind="notice"), card(5, 6, kind="notice"), card(7, 8))
    assert select(provider(), cards, COVERED).reasons == (
        ("notice, service not affected", 2),
        ("test of the status page", 1),
    )


@pytest.mark.parametrize(
    ("components", "title", "expected"),
    [
        (("Copilot",), "", "in"),
        (("Actions", "copilot AI model  providers"), "", "in"),
        (("Actions",), "Actions are slow", "out"),
        (("Actions",), "Copilot and Actions are slow", "in"),
        ((), "Trouble with AI models", "in"),
        ((), "Microcopiloting", "unknown"),
        ((), "All services are slow", "unknown"),
    ],
)
def test_on_a_shared_page_components_then_words_tell_what_concerns_ai(
    components: Any, title: str, expected: str
) -> None:
    assert scope(SHARED, card(1, 2, components=components, title=title)) == expected


def test_everything_on_a_page_about_ai_concerns_ai() -> None:
    assert scope(provider(), card(1, 2, components=("Billing",))) == "in"
    assert scope(provider(scope=Scope()), card(1, 2, components=("Billing",))) == "in"


def test_what_may_not_concern_ai_is_doubtful_and_what_does_not_is_left_out() -> None:
    ours, theirs = card(1, 2, components=("Copilot",)), card(3, 4, components=("Pages",))
    unsaid = card(5, 6, title="Incident with all services")
    expected = Selection(
        eligible=(ours,), doubtful=(unsaid,), left_out=(Left(theirs, "about another service of a shared page"),)
    )
    assert select(SHARED, (theirs, unsaid, ours), COVERED) == expected


@pytest.mark.parametrize(
    ("impact", "stated", "least", "most"),
    [
        ("none", "none", Severity.NONE, Severity.NONE),
        ("minor", "degraded_performance", Severity.DEGRADED, Severity.DEGRADED),
        ("major", "partial_outage", Severity.PARTIAL, Severity.PARTIAL),
        ("major", "major_outage", Severity.FULL, Severity.FULL),
        ("critical", "SERVICE_OUTAGE/high", Severity.FULL, Severity.FULL),
        ("unknown", "", Severity.DEGRADED, Severity.FULL),
        ("unknown", "4", Severity.DEGRADED, Severity.FULL),
    ],
)
def test_severity_is_the_class_the_impact_allows(impact: Any, stated: str, least: Any, most: Any) -> None:
    assert severity(card(1, 2, impact, impact_stated=stated)) == Severities(least, most)


def test_components_are_found_by_any_name_they_had_and_strangers_are_other() -> None:
    chat = Component(slug="chat", name="Chat", match=("claude.ai", "Chat (web)"))
    acme = provider(chat, Component(slug="api", name="API"))
    assert places(acme, card(1, 2, components=("Claude.AI", "api", "Console"))) == {"chat", "api", OTHER}
    assert places(acme, card(1, 2)) == set()


def test_pages_written_by_probes_are_machines() -> None:
    assert [is_machine(provider(written_by=by)) for by in ("hand", "machine")] == [False, True]


CLAUDE = provider(
    Component(slug="ai", name="claude.ai", capability="chat", rank=20, match=("claude.ai",)),
    Component(slug="console", name="Claude Console", match=("Claude Console (platform.claude.com)",)),
    Component(slug="api", name="Claude API", capability="api", rank=10, match=("api.anthropic.com", "Anthropic API")),
    Component(slug="government", name="Government", capability="chat", rank=50),
    Component(slug="code", name="Claude Code", capability="code", rank=30),
)


def test_components_stand_by_rank_whatever_the_feed_says_first() -> None:
    named = ("Government", "claude.ai", "Claude Console (platform.claude.com)", "Claude Code", "Anthropic API")
    assert ordering(CLAUDE)(named) == (
        "Anthropic API",
        "claude.ai",
        "Claude Code",
        "Claude Console (platform.claude.com)",
        "Government",
    )


def test_a_file_may_say_another_order() -> None:
    shop = provider(
        Component(slug="api", name="API", capability="api", rank=10),
        Component(slug="gpu", name="GPU", capability="compute", rank=1),
    )
    assert ordering(shop)(("API", "GPU")) == ("GPU", "API")


def test_names_of_one_component_stand_as_in_its_match_and_what_nobody_knows_comes_last_as_the_feed_has_it() -> None:
    named = ("Sign-in", "ANTHROPIC  api", "Billing", "api.anthropic.com", "claude.ai")
    assert ordering(CLAUDE)(named) == ("api.anthropic.com", "ANTHROPIC  api", "claude.ai", "Sign-in", "Billing")
    assert ordering(provider())(("b", "a")) == ("b", "a")
