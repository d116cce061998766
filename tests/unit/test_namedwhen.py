"""Who was named when: the list as far as we saw it, and the posts that name a component; never a guess."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from almanac import views
from almanac.model import Change, Incident, Phase, Update
from almanac.views.charts import Block
from almanac.views.namedwhen import NamedRow, NamedWhen
from tests.support.almanacs import almanac, at, carded, incident

API, CHAT = "Claude API (api.anthropic.com)", "claude.ai"


def post(clock: str, text: str, phase: Phase = Phase.INVESTIGATING) -> Update:
    return Update(at=at(f"02 {clock}"), phase=phase, text=text, seen=at(f"02 {clock}"))


FOUND = replace(
    incident("a", "02 12:00", "02 14:00", components=(CHAT, API)),
    first_seen=at("02 12:05"),
    updates=(
        post("12:00", "Errors on claude.ai."),
        post("12:30", "Claude API works."),
        post("13:30", "Claude API fails after all."),
        post("14:00", "Over.", Phase.RESOLVED),
    ),
    changes=(Change(what="components", was=CHAT, until=at("02 13:00")),),
)


def named(found: Incident) -> NamedWhen | None:
    card = carded(found)
    return views.incident(views.Surroundings(almanac([found])).of(card), found, card).component_times


def test_a_component_is_drawn_from_when_the_list_held_it_with_the_posts_that_name_it() -> None:
    shown = named(FOUND)
    assert shown is not None
    assert shown.rows == (
        NamedRow(
            "/providers/anthropic/claude-ai/",
            "claude.ai",
            (Block("f-ink", "4.17%", "95.83%"),),
            ("0%",),
            "listed from 12:05; named at 12:00",
        ),
        NamedRow(
            "/providers/anthropic/api/",
            "Claude API",
            (Block("f-ink", "50.00%", "50.00%"),),
            ("25.00%", "75.00%"),
            "listed from 13:00; named at 12:30 and 13:30",
        ),
    )


def test_what_left_the_list_ends_there_and_what_only_posts_name_is_said_to_be_unlisted() -> None:
    left = replace(FOUND, components=(CHAT,), changes=(replace(FOUND.changes[0], was=f"{CHAT}; {API}"),))
    shown = named(left)
    assert shown is not None
    assert [row.words for row in shown.rows] == [
        "listed from 12:05; named at 12:00",
        "listed from 12:05 to 13:00; named at 12:30 and 13:30",
    ]
    never = named(replace(FOUND, components=(CHAT,), changes=()))
    assert never is not None
    assert never.rows[1].words == "never listed; named at 12:30 and 13:30"


@pytest.mark.parametrize(
    "facts",
    [
        {"first_seen": None, "imported": "a data set"},
        {"components": (CHAT,), "changes": (), "updates": FOUND.updates[:1] + FOUND.updates[-1:]},
        {"ended": FOUND.started, "updates": FOUND.updates[:1]},
    ],
    ids=["an import", "one component", "no length"],
)
def test_where_nothing_is_known_or_to_compare_nothing_is_drawn(facts: dict[str, Any]) -> None:
    assert named(replace(FOUND, **facts)) is None
