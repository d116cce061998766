"""A record knows what surely and what possibly concerns each part, and between which instants each incident ended."""

from typing import Any

import pytest

from almanac.model import Component, Scope
from almanac.stats.record import Ends, Subject, bounds_of_end, record, subjects
from tests.support.stats.cards import HOUR, at, card, provider, times

CHAT = Component(slug="chat", name="Chat", product="Acme AI", capability="chat")
VOICE = Component(slug="voice", name="Voice", product="Acme AI", capability="speech")
API = Component(slug="api", name="API", capability="api")
ACME = provider(CHAT, VOICE, API)
REACH = at(100)


@pytest.mark.parametrize(
    ("incident", "seen_open", "ends"),
    [
        (card(1, 5), None, (5, 5)),
        (card(5, 5), None, (5, 5)),
        (card(5, 3), None, (5, 5)),
        (card(1), None, (1, 100)),
        (card(1, updates=((1, "investigating"), (4, "update"))), None, (4, 100)),
        (card(1, updates=((4, "update"),)), 30, (30, 100)),
        (card(1, updates=((4, "update"), (200, "scheduled"))), 300, (100, 100)),
        (card(1, vanished=at(20), updates=((4, "update"),)), 12, (12, 20)),
        (card(1, phase="resolved", updates=((9, "resolved"),)), None, (9, 9)),
    ],
)
def test_an_incident_ended_between_its_last_sight_and_the_end_of_coverage(
    incident: Any, seen_open: Any, ends: Any
) -> None:
    seen = None if seen_open is None else at(seen_open)
    assert bounds_of_end(incident, REACH, seen) == Ends(*map(at, ends))


def test_subjects_are_the_provider_its_products_and_its_components() -> None:
    assert subjects(ACME) == (
        Subject("provider", "", "acme"),
        Subject("product", "acme-ai", "Acme AI", "chat"),
        Subject("component", "chat", "Chat", "chat"),
        Subject("component", "voice", "Voice", "speech"),
        Subject("component", "api", "API", "api"),
    )


def test_of_a_shared_page_only_what_is_about_ai_is_a_subject() -> None:
    page = provider(CHAT, VOICE, API, scope=Scope(components=("api", "Voice")))
    assert [s.slug for s in subjects(page)] == ["", "acme-ai", "voice", "api"]
    by_words = provider(CHAT, API, scope=Scope(words=("AI",)))
    assert [s.slug for s in subjects(by_words)] == ["", "acme-ai", "chat", "api"]


def test_an_incident_concerns_what_it_names_and_perhaps_all_parts_if_it_names_none() -> None:
    cards = (
        card(1, 2, components=("Voice",)),
        card(3, 4, components=("API", "Billing")),
        card(5, 6),
    )
    made = record(ACME, cards, times((0, 100)), now=REACH)
    assert {s.slug: made.sure[s].tolist() for s in made.sure} == {
        "": [True, True, True],
        "acme-ai": [True, False, False],
        "chat": [False, False, False],
        "voice": [True, False, False],
        "api": [False, True, False],
        "other": [False, True, False],
    }
    assert {s.slug: made.maybe[s].tolist() for s in made.sure} == {
        "": [True, True, True],
        "acme-ai": [True, False, True],
        "chat": [False, False, True],
        "voice": [True, False, True],
        "api": [False, True, True],
        "other": [False, True, True],
    }


PAID = Component(slug="paid", name="Paid API", product="Acme API")
TWO = provider(CHAT, VOICE, PAID, core=("Acme AI",))


def test_what_is_covered_for_some_products_counts_for_these_only() -> None:
    cards = (
        card(1, 2, components=("Voice",)),  # the chat is covered to hour 50
        card(3, 4, components=("Paid API",)),  # the paid API from hour 40 on: not yet
        card(45, 46, components=("Paid API",)),
        card(60, 70, components=("Voice",)),
        card(60, 61, components=("Paid API",)),
    )
    by_product = {"": (), "Acme AI": times((0, 50)), "Acme API": times((40, 100))}
    made = record(TWO, cards, times((0, 50)), now=REACH, by_product=by_product)
    assert [c.started for c in made.cards] == [at(1), at(45), at(60)]
    assert made.selection.reasons == (("started while we had no data", 2),)
    assert {s.slug: (made.covers[s], made.sure[s].tolist()) for s in made.days} == {
        "": (times((0, 50)), [True, True, False]),
        "core": (times((0, 50)), [True, False, False]),
        "acme-ai": (times((0, 50)), [True, False, False]),
        "acme-api": (times((40, 100)), [False, True, True]),
        "chat": (times((0, 50)), [False, False, False]),
        "voice": (times((0, 50)), [True, False, False]),
        "paid": (times((40, 100)), [False, True, True]),
    }
    seconds = {s.slug: (int(d.covered.sum()), int(d.most.sum())) for s, d in made.days.items()}
    assert seconds["acme-api"] == (60 * HOUR, 2 * HOUR)
    assert seconds[""] == (50 * HOUR, 2 * HOUR)


def test_several_intervals_of_which_the_sum_is_known_make_a_range() -> None:
    made = record(ACME, (card(1, 11, trouble_seconds=2 * HOUR), card(20)), times((0, 100)), now=REACH)
    assert (made.starts.tolist(), made.least.tolist()) == ([at(1), at(20)], [at(3), at(20)])
    assert (made.most.tolist(), made.lengths.tolist(), made.unended.tolist()) == (
        [at(11), REACH],
        [0, 0],
        [False, True],
    )


def test_a_record_without_coverage_has_tables_without_time() -> None:
    made = record(ACME, (card(1, 2),), (), now=REACH)
    assert made.cards == ()
    assert made.selection.reasons == (("started while we had no data", 1),)
    assert [int(days.covered.sum()) for days in made.days.values()] == [0] * 5
