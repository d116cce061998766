"""The components of a provider now: what is affected, by whose word, and what nobody can say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from almanac.model import Card, Component, Impact, Incident, Kind, Phase, Provider, Update
from almanac.snapshot import Snapshot
from almanac.text import english
from almanac.views import current
from almanac.views.base import Link, Mark, Time
from almanac.views.parts import PartRow, Parts, Quote, about, parts
from tests.support.almanacs import CLAUDE, GROQ, almanac, at, incident, pulls

SIX = replace(
    CLAUDE,
    components=(
        Component(slug="api", name="Claude API", capability="api", match=("Claude API (api.anthropic.com)",)),
        Component(slug="claude-ai", name="claude.ai", capability="chat"),
        Component(slug="code", name="Claude Code", capability="code"),
        *(Component(slug=f"part-{n}", name=f"Part {n}") for n in range(4)),
    ),
)
SINCE = Time("2026-03-02T11:49:20Z", "11:49")
NEVER = Time("", "")
QUIET = Mark("ok", "none reported")


def now(*incidents: Incident, provider: Provider = CLAUDE, **facts: Any) -> Parts:
    known = almanac(incidents, providers=(provider, GROQ), **facts)
    return parts(known, provider, current.state(known, provider), reader(*incidents))


def reader(*incidents: Incident) -> Callable[[Card], Incident]:
    by_id = {found.id: found for found in incidents}
    return lambda card: by_id[card.id]


def said(text: str, minute: int = 0, phase: Phase = Phase.INVESTIGATING) -> Update:
    return Update(at=at(f"02 12:{minute:02}"), phase=phase, text=text)


def test_what_an_open_incident_names_has_its_severity_and_what_it_does_not_name_is_quiet() -> None:
    found = incident(until="", components=("Claude API (api.anthropic.com)",))
    assert now(found) == Parts(
        rows=(
            PartRow("/providers/anthropic/api/", "Claude API", Mark("major", "major"), "hit major", SINCE),
            PartRow("/providers/anthropic/claude-ai/", "claude.ai", QUIET, "", NEVER),
        ),
        folded="",
        basis="",
        sources=(Link("/incidents/anthropic/0ghc53zpsfmt/", "Elevated errors on claude.ai"),),
    )


def test_the_severity_of_an_incident_is_said_to_be_no_rating_of_each_component() -> None:
    assert now(incident(until="")).basis == (
        "Claude rates the incident, not each component: the severity is that of the incident."
    )


@pytest.mark.parametrize(
    ("impact", "mark", "css"),
    [
        (Impact.UNKNOWN, Mark("unsaid", "named in the open incident"), "hit unsaid"),
        (Impact.NONE, Mark("slight", "rated no impact"), "hit slight"),
        (Impact.CRITICAL, Mark("critical", "critical"), "hit critical"),
    ],
)
def test_a_severity_stands_only_where_one_is_stated(impact: Impact, mark: Mark, css: str) -> None:
    row = now(incident(until="", impact=impact, components=("claude.ai",))).rows[0]
    assert (row.name, row.mark, row.css, row.since) == ("claude.ai", mark, css, SINCE)


def test_the_worst_of_several_counts_from_the_first_on() -> None:
    early = incident("a", "02 10:00", "", impact=Impact.MINOR, components=("claude.ai",))
    late = incident("b", "02 12:00", "", impact=Impact.CRITICAL, components=("claude.ai",))
    row = now(early, late).rows[0]
    assert (row.mark.word, row.since.text) == ("critical", "10:00")


def test_an_incident_that_names_no_component_leaves_it_open_which_are_affected() -> None:
    found = now(incident(until="", components=()))
    assert [(row.url, row.name, row.mark.word) for row in found.rows] == [
        ("/incidents/anthropic/0ghc53zpsfmt/", "Unnamed component", "major"),
        ("/providers/anthropic/claude-ai/", "claude.ai", "unknown"),
        ("/providers/anthropic/api/", "Claude API", "unknown"),
    ]
    assert found.basis == "Its open incident names no component, so we cannot say which are affected."


def test_what_the_provider_s_file_does_not_name_has_a_row_of_its_own() -> None:
    rows = now(incident(until="", components=("claude.ai", "Labs (beta)", "Voice"))).rows
    assert [(row.name, row.mark.word) for row in rows] == [
        ("claude.ai", "major"),
        ("Labs and Voice", "major"),
        ("Claude API", "none reported"),
    ]


def test_without_current_data_every_component_is_unknown() -> None:
    found = now(incident(until=""), watched=[pulls("anthropic", until=at("02 12:00"))])
    assert [(row.mark.word, row.css) for row in found.rows] == [("unknown", "")] * 2
    assert (found.sources, found.basis) == ((), "")


def test_work_under_way_is_no_incident() -> None:
    works = incident("w", "02 13:00", "", kind=Kind.MAINTENANCE, impact=Impact.MAINTENANCE, components=("claude.ai",))
    begun = replace(works, phase=Phase.IN_PROGRESS, updates=(said("Begun.", phase=Phase.IN_PROGRESS),))
    planned = replace(works, phase=Phase.SCHEDULED, updates=(said("Planned.", phase=Phase.SCHEDULED),))
    assert [row.mark.word for row in now(begun).rows] == ["maintenance", "none reported"]
    assert [row.mark.word for row in now(planned).rows] == ["none reported", "none reported"]


def test_of_many_components_the_quiet_ones_are_counted_and_none_that_is_hit() -> None:
    names = [part.name for part in SIX.components]
    one = now(incident(until="", components=(names[2],)), provider=SIX)
    assert [row.name for row in one.rows] == [
        "Claude Code",
        "Claude API",
        "claude.ai",
        "Part 0",
        "Part 1",
        "Part 2",
        "Part 3",
    ]
    more = replace(SIX, components=(*SIX.components, *(Component(slug=f"x{n}", name=f"X{n}") for n in range(3))))
    few = now(incident(until="", components=tuple(names[:6])), provider=more)
    assert [row.name for row in few.rows] == [*names[:6], "Part 3", "X0"]
    assert few.folded == "Two others: none reported."


def test_a_provider_without_components_is_a_row_itself() -> None:
    bare = replace(CLAUDE, components=())
    row = PartRow("/incidents/anthropic/0ghc53zpsfmt/", "Claude", Mark("major", "major"), "hit major", SINCE)
    assert now(incident(until=""), provider=bare).rows == (row,)
    assert now(provider=bare).rows == (PartRow("", "Claude", QUIET, "", NEVER),)


# What posts say of a component


def test_the_newest_sentence_about_a_component_is_quoted_and_the_list_is_kept() -> None:
    posts = (
        said("Requests to claude.ai fail."),
        said("The API works as intended. Errors concern signing in.", 21),
        said("Still looking.", 40),
    )
    found = incident(until="", updates=posts, components=("Claude API (api.anthropic.com)", "claude.ai"))
    rows = {row.name: row for row in now(found, provider=SIX).rows}
    url = "/incidents/anthropic/0ghc53zpsfmt/#u-2026-03-02T12:21"
    when = Time("2026-03-02T12:21:00Z", f"12:21{english.GAP}UTC")
    assert rows["Claude API"].quote == Quote(when, "The API works as intended.", Link(url, "See the update"))
    assert (rows["Claude API"].mark.word, rows["claude.ai"].mark.word) == ("major", "major")
    assert rows["claude.ai"].quote is not None
    assert rows["claude.ai"].quote.words == "Requests to claude.ai fail."


def test_what_was_taken_away_or_names_all_at_once_is_not_quoted() -> None:
    gone = replace(said("The API works again.", 30), gone=at("02 12:40"))
    everything = said("Errors on claude.ai, Claude API and Claude Code.")
    found = incident(until="", updates=(everything, gone), components=("Claude API",))
    assert [row.quote for row in now(found, provider=SIX).rows] == [None] * len(SIX.components)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("We see errors. Some methods of our API fail. More soon.", "Some methods of our API fail."),
        ("Capital letters: CLAUDE API.", "Capital letters: CLAUDE API."),
        ("The *Claude API* is slow", "The Claude API is slow"),
        ("Answers take < 5 s again on the API, not > 5 s.", "Answers take < 5 s again on the API, not > 5 s."),
        ("Rapid fixes, apiary and the APIs of others.", ""),
        ("", ""),
        ("The API " + "fails and " * 40 + "fails.", f"The API {'fails and ' * 17}…".replace(" …", "…")),
    ],
)
def test_a_sentence_is_about_a_component_by_its_name(text: str, sentence: str) -> None:
    assert about(SIX, SIX.components[0], text) == sentence


def test_the_api_is_nobody_s_where_there_are_two() -> None:
    two = replace(SIX, components=(*SIX.components, Component(slug="batch", name="Batch API", capability="api")))
    assert about(two, two.components[0], "The API fails.") == ""


def unread(known: Snapshot) -> Parts:
    return parts(known, CLAUDE, current.state(known, CLAUDE))


def test_without_texts_nothing_is_quoted() -> None:
    assert [row.quote for row in unread(almanac([incident(until="")])).rows] == [None, None]
