"""Going back in time gives what was known then: the same as if nothing later had ever been observed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.merge import merge
from almanac.model import (
    OVER,
    Change,
    Impact,
    Incident,
    Kind,
    Phase,
    Pulls,
    Reading,
    Revision,
    Span,
    Update,
    card,
    moment,
)
from almanac.snapshot import incident_as_of
from tests.support.almanacs import at, incident

START = at("02 10:00")
PHASES = (Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING, Phase.RESOLVED)
SEEN = incident(
    updates=(
        Update(at=at("02 11:49"), phase=Phase.INVESTIGATING, text="Errors.", seen=at("02 11:53")),
        Update(
            at=at("02 12:21"),
            phase=Phase.IDENTIFIED,
            text="Some methods fail.",
            seen=at("02 12:23"),
            was=(Revision(text="All methods fail.", until=at("02 13:00")),),
        ),
        Update(at=at("02 12:40"), phase=Phase.IDENTIFIED, text="Hm.", seen=at("02 12:43"), gone=at("02 13:10")),
        Update(at=at("02 15:47"), phase=Phase.RESOLVED, text="Over.", seen=at("02 15:53")),
    ),
    started=at("02 11:49"),
    ended=at("02 15:47"),
    first_seen=at("02 11:53"),
    title="Errors on claude.ai",
    changes=(
        Change(what="title", was="Errors", until=at("02 13:20")),
        Change(what="impact", was="critical", until=at("02 13:30")),
    ),
)
IMPORT = replace(
    SEEN,
    first_seen=None,
    imported="facts",
    changes=(),
    updates=tuple(Update(at=update.at, phase=update.phase) for update in SEEN.updates),
)


def then(found: Incident, when: str) -> Incident:
    known = incident_as_of.as_of(found, at(when))
    assert known is not None
    return known


def test_nothing_is_known_before_it_was_seen_however_early_the_provider_dates_it() -> None:
    assert incident_as_of.as_of(SEEN, at("02 11:52")) is None
    assert then(SEEN, "02 11:53").updates == SEEN.updates[:1]


def test_an_import_is_known_by_the_stamps_of_its_provider() -> None:
    assert incident_as_of.as_of(IMPORT, at("02 11:48")) is None
    assert [update.at for update in then(IMPORT, "02 12:39").updates] == [at("02 11:49"), at("02 12:21")]
    assert (incident_as_of.by_stamps(IMPORT), incident_as_of.by_stamps(SEEN)) == (True, False)


def test_it_is_open_until_the_post_that_ends_it_was_seen() -> None:
    before, after = then(SEEN, "02 15:52"), then(SEEN, "02 15:53")
    assert (before.ended, before.ended_basis, before.phase) == (None, "", Phase.IDENTIFIED)
    assert (after.ended, after.ended_basis, after.phase) == (SEEN.ended, "resolved-update", Phase.RESOLVED)


def test_a_text_is_the_old_one_until_the_change_was_seen() -> None:
    assert then(SEEN, "02 12:59").updates[1].text == "All methods fail."
    assert then(SEEN, "02 12:59").updates[1].was == ()
    assert then(SEEN, "02 13:00").updates[1] == SEEN.updates[1]


def test_a_post_is_there_until_it_was_missed() -> None:
    assert then(SEEN, "02 13:09").updates[2].gone is None
    assert then(SEEN, "02 13:10").updates[2].gone == at("02 13:10")


def test_title_and_impact_are_those_of_the_time() -> None:
    early = then(SEEN, "02 13:19")
    assert (early.title, early.impact, early.impact_stated) == ("Errors", Impact.CRITICAL, "critical")
    assert early.changes == ()
    late = then(SEEN, "02 13:30")
    assert (late.title, late.impact, late.changes) == ("Errors on claude.ai", Impact.MAJOR, SEEN.changes)


def test_every_kind_of_fact_goes_back() -> None:
    until = at("02 16:00")
    changes = {
        "kind": "outage",
        "components": "Console; API",
        "started": "2026-03-02T11:40:00Z",
        "planned_from": "2026-03-02T11:00:00Z",
    }
    was = tuple(Change(what=what, was=value, until=until) for what, value in changes.items())
    found = then(replace(SEEN, changes=was), "02 15:59")
    assert (found.kind, found.components) == (Kind.OUTAGE, ("Console", "API"))
    assert (found.started, found.planned_from) == (at("02 11:40"), at("02 11:00"))


def test_the_oldest_of_several_changes_of_a_fact_is_what_it_was_first() -> None:
    titles = {"First": "02 12:00", "Second": "02 13:00"}
    found = replace(SEEN, changes=tuple(Change(what="title", was=was, until=at(when)) for was, when in titles.items()))
    assert [then(found, when).title for when in ("02 11:59", "02 12:00", "02 13:00")] == ["First", "Second", SEEN.title]


def test_a_post_goes_back_to_its_old_time_and_word() -> None:
    moved = Update(
        at=at("02 12:30"),
        phase=Phase.MONITORING,
        printed="Monitoring",
        text="b",
        seen=at("02 12:23"),
        was=(Revision(text="a", until=at("02 13:00"), at=at("02 12:21"), printed="Identified"),),
    )
    found = then(replace(SEEN, updates=(SEEN.updates[0], moved), ended=None), "02 12:59")
    assert found.updates[1] == Update(
        at=at("02 12:21"), phase=Phase.IDENTIFIED, printed="Identified", text="a", seen=at("02 12:23")
    )


def test_what_came_back_was_missing_meanwhile() -> None:
    back = Change(what="vanished", was="2026-03-02T16:00:00Z", until=at("02 17:00"))
    again = Change(what="gone update 2026-03-02T12:21:00Z", was="2026-03-02T16:10:00Z", until=at("02 17:00"))
    found = replace(SEEN, changes=(back, again))
    assert [then(found, f"02 {hour}").vanished for hour in ("15:59", "16:30", "17:00")] == [None, at("02 16:00"), None]
    assert [then(found, f"02 {hour}").updates[1].gone for hour in ("16:09", "16:30", "17:00")] == [
        None,
        at("02 16:10"),
        None,
    ]


def test_what_was_reopened_was_over_before() -> None:
    posts = [("02 11:49", 0), ("02 12:00", 3), ("02 12:30", 0), ("02 13:00", 3)]
    found = replace(IMPORT, updates=tuple(Update(at=at(a), phase=PHASES[p]) for a, p in posts), ended=at("02 13:00"))
    assert [then(found, when).ended for when in ("02 12:10", "02 12:40", "02 13:00")] == [
        at("02 12:00"),
        None,
        at("02 13:00"),
    ]


def test_an_import_without_posts_begins_and_ends_as_stated() -> None:
    bare = replace(IMPORT, updates=(), phase=Phase.RESOLVED)
    assert incident_as_of.as_of(bare, at("02 11:48")) is None
    assert (then(bare, "02 15:46").ended, then(bare, "02 15:46").phase) == (None, Phase.UNKNOWN)
    assert then(bare, "02 15:47") is bare


def test_after_everything_it_is_itself() -> None:
    assert then(SEEN, "02 15:53") is SEEN


def test_a_card_says_when_the_last_of_it_became_known() -> None:
    made = card(SEEN, "anthropic/2026/2026-03-02-x.md")
    assert (moment(made.known), made.states) == (at("02 15:53"), 8)


def test_feeds_go_back_with_what_was_open_then() -> None:
    later = Pulls(
        provider="anthropic",
        coverage=(Span(since=START, until=at("05 00:00")), Span(since=at("06 00:00"), until=at("07 00:00"))),
        last_open=(("b", at("05 00:00")),),
    )
    assert incident_as_of.pulls_as_of(later, at("02 12:00"), {"a"}) == Pulls(
        provider="anthropic",
        coverage=(Span(since=START, until=at("02 12:00")),),
        last_open=(("a", at("02 12:00")), ("b", at("02 12:00"))),
    )


# An incident as its provider showed it at each of our readings, a minute to hours apart.
@st.composite
def readings(draw: st.DrawFn) -> list[Reading]:
    shown: list[Update] = []
    title, now, found = "Errors", START, []
    for _ in range(draw(st.integers(2, 7))):
        now += timedelta(minutes=draw(st.integers(5, 90)))
        for _ in range(draw(st.integers(0 if shown else 1, 2))):
            made = now - timedelta(minutes=draw(st.integers(1, 4)), seconds=len(shown))
            if not shown or made > shown[-1].at:
                phase = draw(st.sampled_from(PHASES))
                shown.append(
                    Update(
                        at=made,
                        phase=phase,
                        printed=phase.value,
                        text=draw(st.sampled_from("abc")),
                        upstream_id=f"u{len(shown)}",
                    )
                )
        if draw(st.booleans()):
            which = draw(st.integers(0, len(shown) - 1))
            shown[which] = replace(shown[which], text=draw(st.sampled_from("defg")))
        title = draw(st.sampled_from(("Errors", "Errors", "Elevated errors", title)))
        found.append(_reading(tuple(shown), title, now))
    return found


def _reading(posts: tuple[Update, ...], title: str, seen: datetime) -> Reading:
    over = None
    for post in posts:
        over = (over or post.at) if post.phase in OVER else None
    shown = Incident(
        provider="anthropic",
        id="x",
        title=title,
        kind=Kind.DEGRADATION,
        impact=Impact.MAJOR,
        impact_stated="major",
        phase=posts[-1].phase,
        started=posts[0].at,
        ended=over,
        ended_basis="resolved-update" if over else "",
        precision="second",
        dialect="statuspage",
        updates=posts,
    )
    return Reading(provider="anthropic", dialect="statuspage", seen=seen, incidents=(shown,), since=START)


def known_after(read: list[Reading]) -> Incident | None:
    known: dict[str, Incident] = {}
    for reading in read:
        known |= {found.id: found for found in merge(known, reading).incidents}
    return known.get("x")


@settings(deadline=None)
@given(readings(), st.data())
def test_as_of_a_moment_equals_deleting_every_later_reading(read: list[Reading], data: st.DataObject) -> None:
    when = data.draw(st.sampled_from(read)).seen + timedelta(minutes=data.draw(st.integers(-3, 3)))
    whole = known_after(read)
    assert whole is not None
    assert incident_as_of.as_of(whole, when) == known_after([reading for reading in read if reading.seen <= when])


@settings(deadline=None)
@given(readings(), st.integers(0, 600), st.integers(0, 600))
def test_going_back_twice_is_going_back_to_the_earlier(read: list[Reading], one: int, other: int) -> None:
    whole = known_after(read)
    assert whole is not None
    early, late = sorted(START + timedelta(minutes=minutes) for minutes in (one, other))
    between = incident_as_of.as_of(whole, late)
    assert (between and incident_as_of.as_of(between, early)) == incident_as_of.as_of(whole, early)
