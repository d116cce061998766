"""A title says what failed and how it stands, from what was known at its moment, and never from the clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from almanac.exports.posts import UpdateItem, newest, posts
from almanac.model import Change, Impact, Incident, Kind, Phase, Update
from almanac.model.project import ANYBODYS, Project
from almanac.views.headline import headline
from tests.support.almanacs import CLAUDE, at, carded, incident


class Site(NamedTuple):
    """Where items lead to."""

    site_url: str = "https://almanac.example"
    site_id: str = "tag:almanac.example,2026:"
    project: Project = ANYBODYS


API_FIRST = ("Claude API (api.anthropic.com)", "claude.ai")
OPEN = incident(until="", components=API_FIRST)
OPENED = replace(OPEN, updates=OPEN.updates[:1], phase=Phase.INVESTIGATING)
IMPORT: dict[str, Any] = {"imported": "somebody", "first_seen": None}
WORKS: dict[str, Any] = {"kind": Kind.MAINTENANCE, "impact": Impact.MAINTENANCE, "title": "Database works"}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (OPENED, "Claude: major outage, API + claude.ai (investigating since 11:49 UTC)"),
        (OPEN, "Claude: major outage, API + claude.ai (identified at 12:59, open since 11:49 UTC)"),
        (
            replace(OPEN, started=at("01 23:10")),
            "Claude: major outage, API + claude.ai (identified at 12:59, open since 1 March, 23:10 UTC)",
        ),
        (replace(OPENED, phase=Phase.UNKNOWN), "Claude: major outage, API + claude.ai (open since 11:49 UTC)"),
        (
            replace(OPENED, phase=Phase.IDENTIFIED),
            "Claude: major outage, API + claude.ai (identified, open since 11:49 UTC)",
        ),
        (
            incident(until="02 12:15:30", components=API_FIRST),
            "Resolved after 26 min: Claude: major outage, API + claude.ai",
        ),
        (incident(until="02 11:49:20"), "Resolved: Claude: major outage, claude.ai + API"),
        (incident(components=()), "Resolved after 3 h 58 min: Claude: major outage, “Elevated errors on claude.ai”"),
        (
            incident(components=(), title_is_ours=True, impact=Impact.UNKNOWN),
            "Resolved after 3 h 58 min: Claude: incident in an unnamed component",
        ),
        (
            incident(components=("a", "b", "c", "d", "e"), impact=Impact.NONE),
            "Resolved after 3 h 58 min: Claude: incident rated no impact, a + b + c + 2 more",
        ),
        (incident(components=("Claude",)), "Resolved after 3 h 58 min: Claude: major outage"),
        (incident(components=("Claude", "claude.ai")), "Resolved after 3 h 58 min: Claude: major outage, claude.ai"),
        (incident(ended_basis="absence"), "Over after 3 h 58 min: Claude: major outage, claude.ai + API"),
        (replace(OPENED, **IMPORT), "Claude: major outage, API + claude.ai (end not recorded)"),
        (replace(OPENED, phase=Phase.RESOLVED), "Resolved: Claude: major outage, API + claude.ai"),
        (replace(OPENED, kind=Kind.UNKNOWN), "Claude: post, “Elevated errors on claude.ai” (posted 11:49 UTC)"),
        (
            replace(OPENED, kind=Kind.NOTICE),
            "Claude: notice, “Elevated errors on claude.ai” (investigating since 11:49 UTC)",
        ),
        (replace(OPENED, phase=Phase.SCHEDULED, **WORKS), "Claude: maintenance, “Database works” (scheduled)"),
        (incident(**WORKS), "Completed after 3 h 58 min: Claude: maintenance, “Database works”"),
        (incident(kind=Kind.MERGED), "Ended after 3 h 58 min: Claude: merged incident, “Elevated errors on claude.ai”"),
    ],
)
def test_a_title_says_who_what_how_bad_and_how_it_stands(one: Incident, line: str) -> None:
    assert plain(headline(carded(one), "Claude")) == line


def test_works_that_are_announced_say_for_when() -> None:
    card = carded(replace(OPENED, phase=Phase.SCHEDULED, **WORKS))
    assert plain(headline(card, "Claude", at("09 22:00"))) == (
        "Claude: maintenance, “Database works” (scheduled for 9 March 2026, 22:00 UTC)"
    )


def thread(one: Incident) -> list[UpdateItem]:
    return posts(one, carded(one), CLAUDE, Site())


def titles(one: Incident) -> list[str]:
    return [plain(post.item.title) for post in thread(one)]


def test_every_post_is_titled_by_what_was_known_then() -> None:
    """It was minor and named one component until it was seen as major at 13:00; an item of before says nothing of that."""
    seen = [at("02 11:53:20"), at("02 13:00"), at("02 15:50")]
    changes = (
        Change(what="impact", was="minor", until=seen[1]),
        Change(what="components", was="claude.ai", until=seen[1]),
    )
    one = incident(components=API_FIRST, changes=changes)
    one = replace(
        one, updates=tuple(replace(update, seen=when) for update, when in zip(one.updates, seen, strict=True))
    )
    assert titles(one) == [
        "Claude: minor incident, claude.ai (investigating since 11:49 UTC)",
        "Claude: major outage, API + claude.ai (identified at 13:48, open since 11:49 UTC)",
        "Resolved after 3 h 58 min: Claude: major outage, API + claude.ai",
    ]
    assert [post.item.url.partition("#")[2] for post in thread(one)] == [
        "u-2026-03-02T11:49",
        "u-2026-03-02T13:48",
        "u-2026-03-02T15:47",
    ]


def test_posts_that_are_seen_at_once_are_each_titled_by_themselves() -> None:
    one = incident(components=API_FIRST, **IMPORT)
    seen = replace(one, imported="", first_seen=at("02 16:00"))
    seen = replace(seen, updates=tuple(replace(update, seen=at("02 16:00")) for update in one.updates))
    assert titles(seen) == titles(one)
    assert titles(one)[0] == "Claude: major outage, API + claude.ai (investigating since 11:49 UTC)"


def test_what_is_added_after_the_end_is_no_second_end_and_what_reopens_ends_again() -> None:
    one = incident(components=API_FIRST)
    more = [("02 16:00", Phase.RESOLVED), ("04 09:00", Phase.POSTMORTEM)]
    after = replace(one, updates=(*one.updates, *(Update(at=at(when), phase=phase) for when, phase in more)))
    assert titles(after)[2:] == [
        "Resolved after 3 h 58 min: Claude: major outage, API + claude.ai",
        "Further update: Claude: major outage, API + claude.ai",
        "Postmortem: Claude: major outage, API + claude.ai",
    ]
    again = [Update(at=at("02 16:10"), phase=Phase.MONITORING), Update(at=at("02 16:19:20"), phase=Phase.RESOLVED)]
    reopened = replace(one, updates=(*one.updates, *again), ended=at("02 16:19:20"), first_seen=None)
    assert [title.partition(":")[0] for title in titles(reopened)] == [
        "Claude",
        "Claude",
        "Resolved after 3 h 58 min",
        "Claude",
        "Resolved after 4 h 30 min",
    ]


def test_an_opening_and_an_end_that_nobody_posted_are_items_too() -> None:
    silent = incident(components=API_FIRST, updates=(), ended_basis="stated")
    assert [(post.item.id.rpartition("/")[2], plain(post.item.title)) for post in thread(silent)] == [
        ("start", "Claude: major outage, API + claude.ai (open since 11:49 UTC)"),
        ("end", "Resolved after 3 h 58 min: Claude: major outage, API + claude.ai"),
    ]
    unlisted = replace(OPEN, ended=at("02 13:30"), ended_basis="absence")
    assert [(post.item.id.rpartition("/")[2], plain(post.item.title)) for post in thread(unlisted)][-1] == (
        "2026-03-02T13:30Z",
        "Over after 1 h 41 min: Claude: major outage, API + claude.ai",
    )


def test_a_post_that_is_dated_back_takes_no_id_and_is_among_the_newest_when_it_is_seen() -> None:
    before = replace(OPENED, updates=(replace(OPENED.updates[0], seen=at("02 11:53")),))
    dated_back = Update(at=at("02 11:49:10"), phase=Phase.IDENTIFIED, seen=at("02 14:00"))
    after = replace(before, updates=(dated_back, *before.updates))
    met = {post.item.id for post in thread(before)}
    assert [post.item.id.rpartition("/")[2] for post in thread(after) if post.item.id not in met] == [
        "2026-03-02T11:49Z-2"
    ]
    others = [post for day in range(3, 9) for post in thread(incident(f"n{day}", f"0{day} 10:00", f"0{day} 10:30"))]
    late = Update(at=at("02 12:30"), phase=Phase.IDENTIFIED, seen=at("08 11:00"))
    found = newest([*others, *thread(replace(before, updates=(*before.updates, late)))], 3)
    assert "2026-03-02T12:30Z" in [item.id.rpartition("/")[2] for item in found]
    stale = replace(late, seen=at("2026-04-08 11:00"))  # its page was read for the first time
    found = newest([*others, *thread(replace(before, updates=(*before.updates, stale)))], 3)
    assert {item.id.split("/")[-2] for item in found} == {"n8"}
