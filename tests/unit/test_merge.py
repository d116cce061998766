"""Merging loses nothing, does nothing twice, and says what changed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac import archive
from almanac.merge import Merged, counterpart, cover, merge, settle
from almanac.model import (
    SIGHT,
    Change,
    Impact,
    Incident,
    Kind,
    Phase,
    Reading,
    Revision,
    Skip,
    Span,
    Update,
    Window,
    stamp,
)
from tests.support import statuspages
from tests.support.statuspages import HISTORIES, Step

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(minute: int, second: int = 0) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minute, seconds=second)


def post(minute: int, printed: str, text: str = "", phase: Phase | None = None, **more: Any) -> Update:
    """Return an update as a feed of minutes has it."""
    return Update(at=at(minute), printed=printed, phase=phase or Phase(printed.lower()), text=text, **more)


def incident(*updates: Update, **facts: Any) -> Incident:
    """Return an incident as a feed shows it."""
    facts = {
        "started": updates[0].at if updates else NOON,
        "phase": updates[-1].phase if updates else Phase.UNKNOWN,
        **facts,
    }
    over = facts["phase"] is Phase.RESOLVED and "ended" not in facts
    facts |= {"ended": updates[-1].at, "ended_basis": "resolved-update"} if over else {}
    return Incident(
        **{"provider": "acme", "id": "a", "title": "Errors", "kind": Kind.DEGRADATION, **facts}, updates=updates
    )


def reading(minute: int, *incidents: Incident, **more: Any) -> Reading:
    """Return a feed of all incidents, pulled so many minutes after noon."""
    facts = {"provider": "acme", "dialect": "statuspage", "window": Window.WHOLE, "since": at(-600), **more}
    return Reading(seen=at(minute), incidents=incidents, entries=len(incidents), **facts)


def pulled(*readings: Reading) -> dict[str, Incident]:
    """Return the archive after these pulls."""
    known: dict[str, Incident] = {}
    for one in readings:
        known |= {i.id: i for i in merge(known, one).incidents}
    return known


def after(*readings: Reading) -> Incident:
    """Return the only incident after these pulls."""
    (only,) = pulled(*readings).values()
    return only


# --- whatever happens on a page ---

FEEDS = st.sampled_from([statuspages.whole, statuspages.latest])


@given(HISTORIES, FEEDS)
def test_the_same_reading_twice_changes_nothing(history: list[Step], feed: Any) -> None:
    known: dict[str, Incident] = {}
    sights: tuple[tuple[str, datetime], ...] = ()
    for one in statuspages.readings(history, feed):
        merged = merge(known, one, sights)
        known |= {i.id: i for i in merged.incidents}
        sights = merged.last_open
        assert merge(known, one, sights) == Merged(last_open=sights)


def said(incidents: Iterable[Incident]) -> set[tuple[str, str]]:
    """Every title and text the archive holds, as current or as former."""
    found = set()
    for i in incidents:
        found |= {(i.id, i.title), *((i.id, c.was) for c in i.changes if c.what == "title")}
        found |= {(i.id, text) for u in i.updates for text in (u.text, *(r.text for r in u.was))}
    return found


@given(HISTORIES, FEEDS)
def test_nothing_that_was_ever_shown_is_lost(history: list[Step], feed: Any) -> None:
    known: dict[str, Incident] = {}
    for one in statuspages.readings(history, feed):
        before = {i.id: i for i in known.values()}
        known |= {i.id: i for i in merge(known, one).incidents}
        assert said(before.values()) | said(one.incidents) <= said(known.values()) | {(i, "") for i in known}
        for was in before.values():
            now = known[was.id]
            assert len(now.updates) >= len(was.updates)
            assert sum(len(u.was) for u in now.updates) >= sum(len(u.was) for u in was.updates)
            assert now.changes[: len(was.changes)] == was.changes
            assert now.first_seen == was.first_seen


def facts(one: Incident) -> tuple[object, ...]:
    """Return what an incident says, without what it said before and without when we saw it."""
    posts = [(u.at, u.phase, u.printed, u.text) for u in one.updates if u.gone is None]
    return (one.title, one.kind, one.impact, one.components, one.phase, one.started, one.ended, one.vanished, posts)


@given(HISTORIES)
def test_final_facts_are_those_of_the_last_reading_whatever_was_missed(history: list[Step]) -> None:
    some = statuspages.readings(history, statuspages.whole)
    every = statuspages.readings(history, statuspages.whole, all_of_them=True)
    shown = {i.id for i in every[-1].incidents}
    last = {i.id: facts(i) for i in every[-1].incidents if Phase.UNKNOWN not in {u.phase for u in i.updates}}
    for pulls in (some, every):
        known = pulled(*pulls)
        assert {name: facts(known[name]) for name in last} == last
        assert not shown or {name for name, i in known.items() if i.vanished} == known.keys() - shown


@given(HISTORIES)
def test_of_a_feed_of_latest_posts_a_missed_snapshot_costs_only_its_own_posts(history: list[Step]) -> None:
    history = [step for step in history if step.what != "remove"]  # such a feed cannot show that a post is gone
    pulls = statuspages.readings(history, statuspages.latest, all_of_them=True)
    some, every = pulled(*statuspages.readings(history, statuspages.latest)), pulled(*pulls)
    assert some.keys() <= every.keys()
    for name in {i.id for i in pulls[-1].incidents}:
        one, other = some[name], every[name]
        assert facts(replace(one, updates=(), ended=None)) == facts(replace(other, updates=(), ended=None))
        assert {(u.at, u.printed) for u in one.updates} <= {(u.at, u.printed) for u in other.updates}


@given(HISTORIES, FEEDS, st.randoms())
def test_the_order_of_entries_does_not_matter(history: list[Step], feed: Any, chance: Any) -> None:
    pulls = statuspages.readings(history, feed)
    shuffled = [replace(one, incidents=tuple(chance.sample(one.incidents, len(one.incidents)))) for one in pulls]
    assert pulled(*pulls) == pulled(*shuffled)


@given(HISTORIES, FEEDS)
def test_entries_that_were_not_parsed_again_count_as_seen(history: list[Step], feed: Any) -> None:
    pulls = statuspages.readings(history, feed)
    known = pulled(*pulls)
    later = replace(pulls[-1], seen=pulls[-1].seen + timedelta(hours=1))
    in_full, in_short = merge(known, later), merge(known, statuspages.without_posts(later))
    assert in_full == in_short


@given(HISTORIES, FEEDS)
def test_what_was_merged_survives_the_archive(history: list[Step], feed: Any) -> None:
    for one in pulled(*statuspages.readings(history, feed)).values():
        assert archive.parse(archive.render(one)) == one


# --- one update ---

FIRST = post(0, "Investigating", "We look.")
SEEN = at(2)


def test_a_new_incident_says_when_it_was_first_seen() -> None:
    shown = incident(FIRST)
    assert merge({}, reading(2, shown)) == Merged(
        incidents=(replace(shown, dialect="statuspage", first_seen=SEEN, updates=(replace(FIRST, seen=SEEN),)),),
        last_open=(("a", SEEN),),
    )


def test_a_changed_text_is_kept_with_the_time_it_was_superseded() -> None:
    found = after(reading(2, incident(FIRST)), reading(9, incident(post(0, "Investigating", "We looked."))))
    assert found.updates == (
        post(0, "Investigating", "We looked.", seen=SEEN, was=(Revision(text="We look.", until=at(9)),)),
    )


def test_a_changed_time_and_word_are_kept_too() -> None:
    found = after(reading(2, incident(FIRST)), reading(9, incident(post(5, "Identified", "We look."))))
    old = Revision(text="We look.", until=at(9), at=at(0), printed="Investigating")
    assert found.updates == (post(5, "Identified", "We look.", seen=SEEN, was=(old,)),)
    assert found.changes == (Change(what="started", was=stamp(NOON), until=at(9)),)


def test_a_text_that_arrives_later_is_no_revision() -> None:
    found = after(reading(2, incident(post(0, "Investigating"))), reading(9, incident(FIRST)))
    assert found.updates == (replace(FIRST, seen=SEEN),)


def test_a_text_that_is_taken_away_is_one() -> None:
    found = after(reading(2, incident(FIRST)), reading(9, incident(post(0, "Investigating"))))
    assert found.updates == (post(0, "Investigating", seen=SEEN, was=(Revision(text="We look.", until=at(9)),)),)


def test_the_time_in_trouble_is_that_of_the_newest_reading_and_outlives_forms_that_cannot_say_it() -> None:
    first, again = incident(post(0, "Investigating"), trouble_seconds=600), incident(post(0, "Investigating"))
    assert after(reading(1, first)).trouble_seconds == 600
    assert after(reading(1, first), reading(2, again)).trouble_seconds == 0
    assert after(reading(1, first), reading(2, again, dialect="plain")).trouble_seconds == 600


def test_a_post_that_is_taken_away_is_marked_gone_and_cleared_when_it_is_back() -> None:
    fixed = post(5, "Identified", "We know.")
    gone = pulled(reading(6, incident(FIRST, fixed)), reading(9, incident(FIRST)))
    assert gone["a"].updates == (replace(FIRST, seen=at(6)), replace(fixed, seen=at(6), gone=at(9)))
    back = after(reading(6, incident(FIRST, fixed)), reading(9, incident(FIRST)), reading(12, incident(FIRST, fixed)))
    assert back.updates == (replace(FIRST, seen=at(6)), replace(fixed, seen=at(6)))
    assert back.changes == (Change(what="gone update 2026-03-02T12:05:00Z", was=stamp(at(9)), until=at(12)),)


def test_posts_of_one_minute_are_told_apart_by_their_order() -> None:
    one, two = post(0, "Update", "One.", Phase.UNKNOWN), post(0, "Update", "Two.", Phase.UNKNOWN)
    edited = post(0, "Update", "Two!", Phase.UNKNOWN)
    found = after(reading(1, incident(one, two)), reading(9, incident(one, edited)))
    assert [(u.text, [r.text for r in u.was]) for u in found.updates] == [("One.", []), ("Two!", ["Two."])]


def test_when_the_first_of_two_equal_minutes_goes_the_other_keeps_its_text() -> None:
    one, two = post(0, "Update", "One.", Phase.UNKNOWN), post(0, "Update", "Two.", Phase.UNKNOWN)
    found = after(reading(1, incident(one, two)), reading(9, incident(two)))
    assert [(u.text, u.gone) for u in found.updates] == [("Two.", None), ("One.", at(9))]


def test_upstream_ids_decide_before_anything_else() -> None:
    one, two = post(0, "Identified", "Same.", upstream_id="1"), post(1, "Identified", "Other.", upstream_id="2")
    swapped = replace(one, upstream_id="2"), replace(two, upstream_id="1")
    found = after(reading(2, incident(one, two)), reading(9, incident(*swapped)))
    assert [(u.upstream_id, u.text, [(r.text, r.at) for r in u.was]) for u in found.updates] == [
        ("2", "Same.", [("Other.", at(1))]),
        ("1", "Other.", [("Same.", at(0))]),
    ]


def test_a_post_with_another_upstream_id_is_another_post() -> None:
    one, two = post(0, "Identified", "Same.", upstream_id="1"), post(1, "Identified", "x", upstream_id="2")
    third = replace(one, upstream_id="3")
    found = after(reading(2, incident(one, two)), reading(9, incident(third, two)))
    assert [(u.upstream_id, u.gone) for u in found.updates] == [("3", None), ("1", at(9)), ("2", None)]


def test_ids_of_another_making_do_not_keep_posts_apart() -> None:
    by_feed = incident(replace(FIRST, upstream_id="1"), post(5, "Monitoring", "Fixed.", upstream_id="2"))
    by_api = incident(replace(FIRST, upstream_id="x"), post(5, "Monitoring", "Fixed!"))
    found = after(reading(6, by_feed), reading(9, by_api))
    assert [(u.upstream_id, u.text, len(u.was)) for u in found.updates] == [("x", "We look.", 0), ("2", "Fixed!", 1)]


@pytest.mark.parametrize("whole", [True, False])
def test_an_edited_post_is_known_by_its_time_and_its_word_however_that_is_spelled(whole: bool) -> None:
    shown = [post(0, word, text, Phase.IDENTIFIED) for word, text in (("in_progress", "One."), ("In progress", "Two."))]
    first, second = (reading(n, incident(one), whole_entries=whole) for n, one in zip((2, 9), shown, strict=True))
    was = Revision(text="One.", until=at(9), printed="in_progress")
    assert after(first, second).updates == (replace(shown[1], seen=SEEN, was=(was,)),)


@pytest.mark.parametrize("word", ["Update", "Updated", ""])
def test_a_word_that_names_no_phase_carries_the_one_before_it_on(word: str) -> None:
    posts = FIRST, post(5, word, "More.", Phase.UNKNOWN), post(9, "Weird", "Most.", Phase.UNKNOWN)
    assert [u.phase for u in after(reading(10, incident(*posts))).updates] == [
        Phase.INVESTIGATING,
        Phase.INVESTIGATING,
        Phase.UNKNOWN,
    ]


def test_posts_of_one_minute_are_told_apart_by_their_words_too() -> None:
    known = post(0, "Update", "a", Phase.INVESTIGATING)
    found = after(reading(2, incident(known)), reading(9, incident(FIRST, replace(known, text="b"))))
    assert [(u.printed, u.text, [r.text for r in u.was]) for u in found.updates] == [
        ("Investigating", "We look.", []),
        ("Update", "b", ["a"]),
    ]


@pytest.mark.parametrize(
    ("why", "known", "shown", "kept", "was"),
    [
        ("a feed of minutes agrees with seconds", at(0, 20), at(0), at(0, 20), ()),
        ("seconds are finer than minutes", at(0), at(0, 20), at(0, 20), ()),
        ("seconds that differ were changed", at(0, 20), at(0, 40), at(0, 40), (at(0, 20),)),
        ("minutes too", at(0), at(1), at(1), (at(0),)),
        ("five minutes are no rounding", at(0, 20), at(5), at(5), (at(0, 20),)),
        ("nor is exactly one", at(0, 20), at(1, 20), at(1, 20), (at(0, 20),)),
    ],
)
def test_times_of_one_post(why: str, known: datetime, shown: datetime, kept: datetime, was: tuple[Any, ...]) -> None:
    first, second = (incident(replace(FIRST, at=when)) for when in (known, shown))
    (found,) = after(reading(2, first), reading(9, second)).updates
    assert (found.at, tuple(r.at for r in found.was)) == (kept, was), why


def test_update_keeps_the_phase_before_it_across_pulls_of_latest_posts() -> None:
    second = post(10, "Update", "Still.", Phase.UNKNOWN)
    pulls = [
        reading(n, incident(p, started=NOON, started_basis="ulid"), whole_entries=False)
        for n, p in ((2, FIRST), (12, second))
    ]
    found = after(*pulls)
    assert found.updates == (replace(FIRST, seen=SEEN), replace(second, seen=at(12), phase=Phase.INVESTIGATING))
    assert found.phase is Phase.INVESTIGATING


def test_a_post_without_words_or_phase_is_known_again() -> None:
    shown = reading(2, incident(FIRST, Update(at=FIRST.at, phase=Phase.UNKNOWN)))
    assert merge(pulled(shown), shown).incidents == ()


def test_posts_without_words_are_told_apart_by_their_phase_even_where_their_times_can_no_longer_be_read() -> None:
    def wordless(at: datetime, *phases: Phase) -> Incident:
        return incident(*(Update(at=at, phase=phase, seen=at) for phase in phases), started=NOON, started_basis="ulid")

    down, up = Phase.INVESTIGATING, Phase.RESOLVED
    first = reading(2, incident(Update(at=at(0), phase=down), Update(at=at(1), phase=up)), whole_entries=False)
    for phases in ((down, down, up), (down, up, up)):
        undated = reading(62, wordless(at(62), *phases), whole_entries=False)
        found = after(first, undated)
        assert [(post.at, post.phase) for post in found.updates] == [(at(0), down), (at(1), up), (at(62), phases[1])]
        assert merge({"a": found}, undated).incidents == ()


# --- imports ---

IMPORT = incident(
    Update(at=at(0, 20), phase=Phase.INVESTIGATING, printed="investigating"),
    Update(at=at(17, 6), phase=Phase.IDENTIFIED, printed="identified"),
    Update(at=at(17, 31), phase=Phase.IDENTIFIED, printed="identified"),
    Update(at=at(60, 9), phase=Phase.RESOLVED, printed="resolved"),
    title="claude.ai: major, 59 min",
    title_is_ours=True,
    impact=Impact.MAJOR,
    impact_stated="major",
    components=("claude.ai",),
    precision="second",
    imported="facts",
)
AS_SHOWN = incident(
    post(0, "Investigating", "We look."),
    post(17, "Identified", "We know."),
    post(17, "Update", "We know more.", Phase.IDENTIFIED),
    post(60, "Resolved", "Over."),
    title="Errors on claude.ai",
    source="https://status.example/a",
)


def test_a_pull_that_meets_an_import_enriches_it_and_keeps_what_it_knows_better() -> None:
    found = merge({"a": IMPORT}, reading(90, AS_SHOWN, since=at(0))).incidents
    posts = [
        replace(mine, text=its.text, printed=its.printed, seen=at(90))
        for mine, its in zip(IMPORT.updates, AS_SHOWN.updates, strict=True)
    ]
    assert found == (
        replace(
            IMPORT,
            title="Errors on claude.ai",
            title_is_ours=False,
            updates=tuple(posts),
            source="https://status.example/a",
            dialect="statuspage",
        ),
    )
    assert merge({"a": found[0]}, reading(120, AS_SHOWN)).incidents == ()


def test_a_feed_that_knows_when_it_was_opened_says_nothing_against_an_import_that_had_ended_by_then() -> None:
    """It was posted once it was over: 23:05 to 23:40 as stated, and a ULID of 00:07 that a feed shows for a week."""
    stated = {
        "started": at(5),
        "started_basis": "stated",
        "ended": at(40),
        "ended_basis": "stated",
        "imported": "facts",
    }
    shown = incident(post(68, "Resolved", "Over."), started=at(67), started_basis="ulid", source="https://s.example/a")
    (one,) = merge({"a": incident(**stated)}, replace(reading(9000, shown), dialect="incidentio")).incidents
    assert (one.started, one.ended, one.changes) == (at(5), at(40), ())


def test_an_import_that_names_no_phase_is_met_by_time() -> None:
    words = (("update", ""), ("update", "Not working"), ("service_disruption", "Update"), ("available", "Resolved"))
    import_ = incident(*(post(n, mine, "", Phase.UNKNOWN) for n, (mine, _) in enumerate(words)), imported="facts")
    shown = incident(*(post(n, its, f"Text {n}.", Phase.UNKNOWN) for n, (_, its) in enumerate(words)))
    found = merge({"a": import_}, reading(90, shown)).incidents[0]
    assert found.updates == tuple(replace(update, seen=at(90)) for update in shown.updates)
    assert merge({"a": found}, reading(120, shown)).incidents == ()


def test_one_post_meets_one_import_of_two_in_its_minute() -> None:
    imported = [Update(at=at(0, second), phase=Phase.IDENTIFIED, printed="identified") for second in (10, 40)]
    shown = post(0, "Identified", "We know.")
    found = merge({"a": incident(*imported, imported="facts")}, reading(90, incident(shown))).incidents[0]
    assert found.updates == (replace(shown, at=at(0, 10), seen=at(90)), imported[1])


def test_an_import_a_minute_away_is_another_post() -> None:
    known = incident(post(0, "investigating"), imported="facts")
    found = merge({"a": known}, reading(90, incident(post(1, "Investigating", "We look.")))).incidents[0]
    assert [(u.at, u.text) for u in found.updates] == [(at(0), ""), (at(1), "We look.")]


def test_an_import_that_names_another_phase_is_another_post() -> None:
    known = incident(post(0, "investigating"), post(0, "resolved"), imported="facts")
    found = merge({"a": known}, reading(90, incident(post(0, "Identified", "We know.")))).incidents[0]
    assert [u.printed for u in found.updates] == ["Identified", "investigating", "resolved"]


def test_a_word_that_is_no_longer_printed_is_kept_as_it_was() -> None:
    found = after(reading(2, incident(FIRST)), reading(9, incident(replace(FIRST, printed="", phase=Phase.UNKNOWN))))
    assert found.updates == (
        replace(FIRST, seen=SEEN, printed="", was=(Revision(text="We look.", until=at(9), printed="Investigating"),)),
    )


def test_an_edit_after_the_enrichment_is_a_revision() -> None:
    enriched = merge({"a": IMPORT}, reading(90, AS_SHOWN)).incidents[0]
    edited = replace(AS_SHOWN, updates=(*AS_SHOWN.updates[:-1], post(60, "Resolved", "The cause was a queue.")))
    found = merge({"a": enriched}, reading(900, edited)).incidents[0]
    assert found.updates[-1] == replace(
        IMPORT.updates[-1],
        text="The cause was a queue.",
        printed="Resolved",
        seen=at(90),
        was=(Revision(text="Over.", until=at(900)),),
    )


def test_posts_that_only_the_import_knows_are_not_gone() -> None:
    shown = replace(AS_SHOWN, updates=AS_SHOWN.updates[:2] + AS_SHOWN.updates[3:])
    found = merge({"a": IMPORT}, reading(90, shown)).incidents[0]
    assert [u.gone for u in found.updates] == [None] * 4


def test_a_reading_from_before_the_end_does_not_reopen_an_import() -> None:
    early = incident(post(0, "Investigating", "We look."))
    found = merge({"a": IMPORT}, reading(5, early)).incidents[0]
    assert (found.ended, found.phase, len(found.updates)) == (IMPORT.ended, Phase.RESOLVED, 4)


@pytest.mark.parametrize(
    ("known", "shown", "kept"),
    [
        (("stated", at(-30)), ("first-update", at(0)), ("stated", at(-30))),
        (("first-update", at(0)), ("stated", at(-30)), ("stated", at(-30))),
        (("first-update", at(0, 20)), ("stated", at(0)), ("first-update", at(0, 20))),
        (("first-update", at(0)), ("first-update", at(0, 20)), ("first-update", at(0, 20))),
        (("first-update", at(0, 20)), ("first-update", at(0, 40)), ("first-update", at(0, 20))),
        (("stated", at(-30)), ("stated", at(-20)), ("stated", at(-20))),
    ],
)
def test_what_an_import_was_told_outweighs_what_a_feed_lets_us_derive(known: Any, shown: Any, kept: Any) -> None:
    import_ = replace(IMPORT, precision="minute", started_basis=known[0], started=known[1])
    feed = replace(AS_SHOWN, started_basis=shown[0], started=shown[1])
    found = merge({"a": import_}, reading(90, feed)).incidents[0]
    assert (found.started_basis, found.started) == kept


STARTS = (("", "pubdate"), ("first-update",), ("ulid", "stated"), ("mended",))  # from the weakest
ENDS = (("absence",), ("pubdate",), ("resolved-update",), ("stated", "mended"))


def pairs(ranks: tuple[tuple[str, ...], ...]) -> list[tuple[str, str, bool]]:
    """Each two bases, and whether the second may replace the first."""
    worth = {basis: rank for rank, bases in enumerate(ranks) for basis in bases}
    return [(one, other, worth[other] >= worth[one]) for one in worth for other in worth]


@pytest.mark.parametrize(("known", "shown", "replaced"), pairs(STARTS))
def test_a_start_is_replaced_by_one_that_is_as_well_founded(known: str, shown: str, replaced: bool) -> None:
    import_ = replace(IMPORT, started=at(-30), started_basis=known)
    feed = replace(AS_SHOWN, started=at(-20), started_basis=shown)
    found = merge({"a": import_}, reading(90, feed)).incidents[0]
    assert (found.started, found.started_basis) == ((at(-20), shown) if replaced else (at(-30), known))


@pytest.mark.parametrize(("known", "shown", "replaced"), pairs(ENDS))
def test_an_end_is_replaced_by_one_that_is_as_well_founded(known: str, shown: str, replaced: bool) -> None:
    import_ = replace(IMPORT, ended=at(70), ended_basis=known)
    feed = replace(AS_SHOWN, ended=at(80), ended_basis=shown)
    found = merge({"a": import_}, reading(90, feed)).incidents[0]
    assert (found.ended, found.ended_basis) == ((at(80), shown) if replaced else (at(70), known))


def test_kinds_that_a_data_set_took_from_titles_stay() -> None:
    notice = replace(IMPORT, kind=Kind.NOTICE, kind_basis="words")
    found = merge({"a": notice}, reading(90, AS_SHOWN)).incidents[0]
    assert (found.kind, found.kind_basis) == (Kind.NOTICE, "words")
    by_impact = replace(IMPORT, kind=Kind.OUTAGE, impact=Impact.CRITICAL)
    found = merge({"a": by_impact}, reading(90, replace(AS_SHOWN, kind_basis="words"))).incidents[0]
    assert (found.kind, found.kind_basis, found.changes) == (Kind.OUTAGE, "impact", ())
    quota = replace(AS_SHOWN, kind=Kind.NOTICE, kind_basis="words")
    found = merge({"a": by_impact}, reading(90, quota)).incidents[0]
    assert (found.kind, found.kind_basis, found.changes) == (Kind.NOTICE, "words", ())


# --- facts ---


def test_facts_that_change_are_recorded_with_what_they_were() -> None:
    before = incident(
        FIRST,
        impact=Impact.MINOR,
        impact_stated="minor",
        components=("API", "Web"),
        planned_from=at(30),
        planned_until=at(60),
    )
    now = incident(
        FIRST,
        impact=Impact.CRITICAL,
        impact_stated="critical",
        components=("Web",),
        title="Outage",
        kind=Kind.OUTAGE,
        planned_from=at(40),
        planned_until=at(60),
    )
    found = after(reading(2, before), reading(9, now))
    assert found == replace(
        now,
        dialect="statuspage",
        first_seen=SEEN,
        updates=(replace(FIRST, seen=SEEN),),
        changes=(
            Change(what="title", was="Errors", until=at(9)),
            Change(what="kind", was="degradation", until=at(9)),
            Change(what="impact", was="minor", until=at(9)),
            Change(what="components", was="API; Web", until=at(9)),
            Change(what="planned_from", was=stamp(at(30)), until=at(9)),
        ),
    )


def test_what_a_feed_does_not_say_stays() -> None:
    told = incident(
        FIRST,
        impact=Impact.MINOR,
        impact_stated="minor",
        components=("API",),
        planned_from=at(30),
        planned_until=at(60),
        source="https://x.example/a",
    )
    silent = incident(FIRST, title="Incident without a title", title_is_ours=True)
    assert after(reading(2, told), reading(9, silent)) == after(reading(2, told))


def test_a_stated_word_stays_as_long_as_it_means_what_the_feed_says() -> None:
    told = reading(2, incident(FIRST, impact=Impact.MAJOR, impact_stated="partial_outage"))
    same, worse = (reading(9, incident(FIRST, impact=impact)) for impact in (Impact.MAJOR, Impact.CRITICAL))
    assert after(told, same) == after(told)
    assert (after(told, worse).impact, after(told, worse).impact_stated) == (Impact.CRITICAL, "")
    assert after(told, worse).changes == (Change(what="impact", was="partial_outage", until=at(9)),)
    assert after(same, replace(worse, seen=at(12))).changes == (Change(what="impact", was="major", until=at(12)),)


def test_the_same_components_in_another_order_are_no_change() -> None:
    one, other = incident(FIRST, components=("A", "B")), incident(FIRST, components=("B", "A"))
    assert after(reading(2, one), reading(9, other)).components == ("A", "B")


def test_a_reopened_incident_has_no_end_and_says_which_it_had() -> None:
    closed, again = post(10, "Resolved", "Over."), post(20, "Investigating", "Not over.")
    found = after(reading(12, incident(FIRST, closed)), reading(22, incident(FIRST, closed, again)))
    assert (found.ended, found.ended_basis, found.phase) == (None, "", Phase.INVESTIGATING)
    assert found.changes == (Change(what="ended", was=stamp(at(10)), until=at(22)),)


def test_a_moved_end_is_recorded() -> None:
    one, other = incident(FIRST, post(10, "Resolved", "x")), incident(FIRST, post(30, "Resolved", "x"))
    found = after(reading(12, one), reading(32, other))
    assert (found.ended, found.changes) == (at(30), (Change(what="ended", was=stamp(at(10)), until=at(32)),))


def test_a_feed_without_phases_does_not_take_an_end_back() -> None:
    closed = incident(FIRST, post(10, "Resolved", "Over."))
    plain = incident(FIRST, post(10, "Resolved", "Over."), phase=Phase.UNKNOWN, ended=None)
    assert after(reading(12, closed), reading(22, plain)) == after(reading(12, closed))


def test_latest_posts_add_up_and_a_postmortem_does_not_move_the_end() -> None:
    posts = [FIRST, post(10, "Monitoring", "Fixed."), post(20, "Resolved", "Over."), post(900, "Postmortem", "Why.")]
    shown = [incident(p, started=NOON, started_basis="ulid") for p in posts]
    shown[3] = replace(shown[3], ended=at(900), ended_basis="resolved-update")
    found = after(*(reading(n, i, whole_entries=False) for n, i in zip((2, 12, 22, 902), shown, strict=True)))
    assert [u.at for u in found.updates] == [at(0), at(10), at(20), at(900)]
    assert (found.phase, found.ended, found.changes) == (Phase.POSTMORTEM, at(20), ())


@pytest.mark.parametrize(
    ("why", "shown", "phase", "ended"),
    [
        ("an old post says nothing of now", incident(post(10, "Monitoring", "x")), Phase.RESOLVED, at(20)),
        (
            "what the entry says beside its post counts",
            incident(
                post(30, "Update", "x", Phase.MONITORING), phase=Phase.RESOLVED, ended=at(15), ended_basis="stated"
            ),
            Phase.RESOLVED,
            at(15),
        ),
        (
            "a word without meaning leaves the phase before it",
            incident(post(30, "Weird", "x", Phase.UNKNOWN)),
            Phase.RESOLVED,
            at(20),
        ),
        ("a post may reopen", incident(post(30, "Identified", "x")), Phase.IDENTIFIED, None),
        ("an entry may have no post", incident(phase=Phase.MONITORING, started=NOON), Phase.RESOLVED, at(20)),
    ],
)
def test_what_stands_after_the_latest_post(why: str, shown: Incident, phase: Phase, ended: datetime | None) -> None:
    posts = ((2, FIRST), (22, post(20, "Resolved", "y")))
    one_by_one = [reading(minute, incident(update), whole_entries=False) for minute, update in posts]
    found = after(*one_by_one, reading(40, replace(shown, id="a"), whole_entries=False))
    assert (found.phase, found.ended, found.started) == (phase, ended, NOON), why


def test_posts_seen_together_for_the_first_time_are_judged_as_they_are_when_seen_again() -> None:
    both = reading(2, incident(FIRST, post(1, "Watching", "Looking.", Phase.UNKNOWN)), whole_entries=False)
    found = after(both)
    assert found.phase is Phase.INVESTIGATING
    assert merge({"a": found}, both).incidents == ()


def test_the_start_of_latest_posts_is_that_of_the_oldest_we_saw() -> None:
    second = post(10, "Monitoring", "Fixed.")
    pulls = [reading(2, incident(FIRST), whole_entries=False), reading(12, incident(second), whole_entries=False)]
    assert after(*pulls).started == NOON


def test_a_start_that_the_feed_knows_is_not_derived_from_posts() -> None:
    backdated = {"started": at(30), "started_basis": "ulid"}
    posts = (FIRST, post(10, "Monitoring", "Fixed."))
    pulls = [reading(31 + n, incident(p, **backdated), whole_entries=False) for n, p in enumerate(posts)]
    assert (after(*pulls).started, after(*pulls).changes) == (at(30), ())


def test_a_start_derived_from_a_stamp_is_not_moved_by_later_stamps() -> None:
    stamped = [
        incident(p, started=at(start), started_basis="pubdate")
        for p, start in ((post(5, "Investigating", "x"), 0), (post(10, "Monitoring", "y"), 10))
    ]
    found = after(*(reading(11 + n, i, whole_entries=False) for n, i in enumerate(stamped)))
    assert (found.started, found.started_basis, found.changes) == (NOON, "pubdate", ())


def test_an_end_before_the_start_moves_the_start_and_says_so() -> None:
    early = incident(FIRST, post(-90, "Resolved", "It was over."), started=NOON, ended=at(-90))
    found = after(reading(2, incident(FIRST)), reading(9, early))
    assert (found.started, found.started_basis, found.ended) == (at(-90), "mended", at(-90))
    assert found.changes == (Change(what="started", was=stamp(NOON), until=at(9)),)


def test_an_end_rounded_to_before_the_start_is_the_start() -> None:
    start = replace(FIRST, at=at(0, 40))
    known = incident(start, precision="second", dialect="statuspage")
    found = merge({"a": known}, reading(9, incident(FIRST, post(0, "Resolved", "Over.")))).incidents[0]
    assert (found.started, found.ended, found.started_basis) == (at(0, 40), at(0, 40), "first-update")


def test_another_dialect_may_show_less_without_taking_anything_away() -> None:
    plain = reading(9, incident(post(5, "Monitoring", "Fixed.")), dialect="plain")
    found = after(reading(2, incident(FIRST)), plain)
    assert [(u.at, u.gone) for u in found.updates] == [(at(0), None), (at(5), None)]
    assert (found.started, found.dialect) == (NOON, "plain")


# --- absence ---

OPEN, OTHER = incident(FIRST), incident(FIRST, id="b")


def test_an_incident_missing_from_a_whole_feed_has_vanished_and_may_come_back() -> None:
    pulls = [reading(2, OPEN, OTHER), reading(9, OTHER)]
    assert pulled(*pulls)["a"].vanished == at(9)
    assert pulled(*pulls, reading(20, OTHER))["a"].vanished == at(9)
    back = pulled(*pulls, reading(30, OPEN, OTHER))["a"]
    assert (back.vanished, back.changes) == (None, (Change(what="vanished", was=stamp(at(9)), until=at(30)),))
    assert back == pulled(*pulls, reading(30, OTHER, unchanged=("a",)))["a"]


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("the feed is empty", {"since": None}),
        ("it began before the oldest entry", {"window": Window.ROLLING, "since": at(1)}),
        ("it began hardly after the oldest entry", {"window": Window.ROLLING, "since": at(-60)}),
        ("nobody knows which entry could not be read", {"skipped": (Skip(entry="entry 7", why="broken"),)}),
        ("another dialect speaks now", {"dialect": "incidentio"}),
        ("it is there, unchanged", {"unchanged": ("a",)}),
    ],
)
def test_an_incident_is_not_called_vanished_when(why: str, changes: dict[str, Any]) -> None:
    assert pulled(reading(2, OPEN, OTHER), reading(9, OTHER, **changes))["a"].vanished is None, why


def test_an_entry_that_could_not_be_read_excuses_only_its_own_incident() -> None:
    page = "https://status.acme.example/x"
    first = reading(2, replace(OPEN, id="q7", source=page), OTHER)
    for name, vanished in ((page, None), ("tag:acme.example:q7", None), ("https://status.acme.example/y", at(9))):
        found = pulled(first, reading(9, OTHER, skipped=(Skip(entry=name, why="broken"),)))
        assert found["q7"].vanished == vanished


def test_an_incident_newer_than_the_oldest_entry_of_a_rolling_feed_has_vanished() -> None:
    later = reading(9, OTHER, window=Window.ROLLING, since=NOON - timedelta(days=1, minutes=1))
    assert pulled(reading(2, OPEN, OTHER), later)["a"].vanished == at(9)


def test_an_import_we_never_saw_in_the_feed_cannot_vanish_from_it() -> None:
    assert merge({"a": IMPORT}, reading(90, OTHER)).incidents == merge({}, reading(90, OTHER)).incidents


def test_what_is_missing_from_a_feed_of_current_events_ended_when_it_was_last_seen() -> None:
    current = {"window": Window.CURRENT, "dialect": "azure", "whole_entries": False}
    first = merge({}, reading(2, OPEN, **current))
    second = merge({"a": first.incidents[0]}, reading(12, OPEN, **current), first.last_open)
    assert second == Merged(last_open=(("a", at(12)),))
    gone = merge({"a": first.incidents[0]}, reading(22, since=None, **current), second.last_open)
    assert gone == Merged(incidents=(replace(first.incidents[0], ended=at(12), ended_basis="absence"),))
    back = merge({"a": gone.incidents[0]}, reading(32, OPEN, **current), gone.last_open)
    reopened = Change(what="ended", was=stamp(at(12)), until=at(32))
    assert back == Merged(incidents=(replace(first.incidents[0], changes=(reopened,)),), last_open=(("a", at(32)),))


def test_an_end_that_was_only_seen_stays_when_it_was_first_seen_though_no_post_tells_it() -> None:
    over = [
        reading(
            minute,
            incident(post(0, "", "Over.", Phase.UNKNOWN), phase=Phase.RESOLVED, ended=at(minute), ended_basis=SIGHT),
            whole_entries=False,
        )
        for minute in (60, 120)
    ]
    assert (after(*over).ended, after(*over).ended_basis) == (at(60), SIGHT)
    assert after(*over) == after(over[0])


def test_an_event_seen_only_once_as_it_began_ended_by_the_next_pull() -> None:
    current = {"window": Window.CURRENT, "dialect": "azure", "whole_entries": False}
    first = merge({}, reading(0, OPEN, **current))
    gone = merge({"a": first.incidents[0]}, reading(10, since=None, **current), first.last_open)
    assert gone.incidents[0].ended == at(10)


def test_an_event_that_was_over_before_it_left_a_feed_of_current_events_keeps_its_end() -> None:
    current = {"window": Window.CURRENT, "dialect": "azure", "whole_entries": False}
    over = merge({}, reading(12, incident(FIRST, post(10, "Resolved", "Over.")), **current))
    assert merge({"a": over.incidents[0]}, reading(22, since=None, **current), over.last_open) == Merged()


def test_open_incidents_out_of_sight_keep_the_time_they_were_last_seen_open() -> None:
    rolling = {"window": Window.ROLLING, "since": at(0)}
    sights = merge({}, reading(2, OPEN, OTHER, **rolling)).last_open
    known = pulled(reading(2, OPEN, OTHER, **rolling))
    assert merge(known, reading(9, OTHER, **rolling), sights).last_open == (("a", at(2)), ("b", at(9)))
    assert merge(known, reading(9, unchanged=("b",), **rolling), sights).last_open == (("a", at(2)), ("b", at(9)))
    closed = incident(FIRST, post(5, "Resolved", "Over."), id="b")
    assert merge(known, reading(9, closed, **rolling), sights).last_open == (("a", at(2)),)


# --- ids that an archiver made up ---

PROBE = incident(
    Update(at=at(0, 5), phase=Phase.INVESTIGATING, printed="investigating"),
    id="acme_7",
    id_is_ours=True,
    components=("Llama",),
    imported="facts",
    title="Llama: minor",
    title_is_ours=True,
    phase=Phase.INVESTIGATING,
)
DOWN = incident(post(1, "Investigating", "Down."), id="x1", components=("Llama",), title="Llama went down")
NO_SINCE = {"since": None, "whole_entries": False}


def test_an_incident_under_a_made_up_id_is_found_by_start_and_components() -> None:
    found = merge({"acme_7": PROBE}, reading(2, DOWN, **NO_SINCE))
    (one,) = found.incidents
    assert (one.id, one.aliases, one.title, found.twins) == ("acme_7", ("x1",), "Llama went down", ())
    assert one.updates == (replace(PROBE.updates[0], printed="Investigating", text="Down.", seen=at(2)),)
    assert found.last_open == (("acme_7", at(2)),)


def test_it_is_found_again_by_the_id_it_was_met_under() -> None:
    known = {i.id: i for i in merge({"acme_7": PROBE}, reading(2, DOWN, **NO_SINCE)).incidents}
    over = incident(
        post(50, "Resolved", "Up."), id="x1", components=("Llama",), title="Llama went down", started=at(20)
    )
    (one,) = merge(known, reading(51, over, **NO_SINCE)).incidents
    assert (one.id, one.aliases, one.ended) == ("acme_7", ("x1",), at(50))
    assert merge(known, reading(51, unchanged=("x1",), **NO_SINCE)) == Merged(last_open=(("acme_7", at(51)),))


@pytest.mark.parametrize(
    ("why", "known"),
    [
        ("two fit", [PROBE, replace(PROBE, id="acme_8")]),
        ("it names no component", [replace(PROBE, components=())]),
        ("one fits and one may", [PROBE, replace(PROBE, id="acme_8", components=())]),
        ("its id is its own", [replace(PROBE, id_is_ours=False)]),
    ],
)
def test_what_may_be_a_twin_is_listed_and_not_merged(why: str, known: list[Incident]) -> None:
    found = merge({i.id: i for i in known}, reading(2, DOWN, **NO_SINCE))
    assert [i.id for i in found.incidents] == ["x1"], why
    assert found.twins == tuple(("x1", i.id) for i in known)


def test_two_minutes_apart_is_near_enough() -> None:
    (one,) = merge({"acme_7": replace(PROBE, started=at(3))}, reading(4, DOWN, **NO_SINCE)).incidents
    assert one.id == "acme_7"


def test_another_component_or_another_time_makes_another_incident() -> None:
    for other in (replace(PROBE, components=("Mistral",)), replace(PROBE, started=at(4, 1))):
        found = merge({"acme_7": other}, reading(2, DOWN, **NO_SINCE))
        assert ([i.id for i in found.incidents], found.twins) == (["x1"], ())


def test_two_new_incidents_do_not_share_one_known() -> None:
    found = merge({"acme_7": PROBE}, reading(2, DOWN, replace(DOWN, id="x2"), **NO_SINCE))
    assert [i.id for i in found.incidents] == ["x1", "x2"]
    assert found.twins == (("x1", "acme_7"), ("x2", "acme_7"))


def test_a_page_of_its_own_decides_who_is_who() -> None:
    page = "https://status.acme.example/incident/7"
    mine = replace(PROBE, source=page, components=(), started=at(-30))
    assert counterpart(replace(DOWN, source=page), [mine, PROBE]) == mine
    assert counterpart(replace(DOWN, source=page), [mine, replace(mine, id="acme_9")]) is None


@pytest.mark.parametrize(
    ("why", "page", "imported"),
    [
        ("both were named by us, after a feed that has no names", "https://status.acme.example/en-us/status/", ""),
        ("the archiver knew only the home of the status page", "https://status.acme.example/", "facts"),
        ("the archiver knew no page", "", "facts"),
    ],
)
def test_a_page_that_all_link_to_decides_nothing(why: str, page: str, imported: str) -> None:
    before = replace(PROBE, source=page, components=(), started=at(-90), imported=imported)
    fresh = replace(DOWN, source=page, components=(), id_is_ours=not imported)
    assert counterpart(fresh, [before]) is None, why


def test_a_start_that_had_to_be_mended_gives_way_to_an_earlier_one() -> None:
    mended = replace(BEFORE, started=at(40), started_basis="mended", ended=at(40), ended_basis="resolved-update")
    stated = replace(MOVED, started=at(5), started_basis="stated", ended=at(40), ended_basis="resolved-update")
    (one,) = merge({mended.id: mended}, replace(reading(60, stated), dialect="incidentio")).incidents
    assert (one.id, one.started, one.started_basis) == (mended.id, at(5), "stated")


def test_a_start_that_had_to_be_mended_follows_a_post_that_another_form_shows() -> None:
    over = post(40, "Resolved", "Up.")
    late = incident(over, id="x1", title="Llama went down", started=at(40), started_basis="mended")
    late = replace(late, dialect="incidentio", ended=at(40), ended_basis="resolved-update")
    whole = replace(late, dialect="statuspage-json", updates=(post(5, "Investigating", "Down."), over))
    beside = replace(reading(60, whole), dialect="statuspage-json", beside=True)
    (one,) = merge({"x1": late}, beside, shown_ids={"x1"}).incidents
    assert (one.started, len(one.updates), one.changes) == (at(5), 2, ())


MOVED = replace(DOWN, id="01KJQ6PSG0", dialect="incidentio", source="https://status.acme.example/incidents/01KJQ6PSG0")
BEFORE = replace(MOVED, id="aaaaaaaaaaaa", dialect="statuspage", source="https://status.acme.example/incidents/aaaa")


@pytest.mark.parametrize(
    ("why", "archived", "fresh"),
    [
        ("one title, one start", replace(BEFORE, components=()), MOVED),
        ("one title, starts that two platforms round", BEFORE, replace(MOVED, started=at(-1))),
        (
            "one title, and one platform dates the start back",
            replace(BEFORE, ended=at(40)),
            replace(MOVED, started=at(-30), ended=at(40)),
        ),
        (
            "known only at its end, to the second, and the other platform prints minutes",
            replace(BEFORE, started=at(40, 24), ended=at(40, 24)),
            replace(MOVED, started=at(0), ended=at(40)),
        ),
        ("one title, one start, and the words of none", replace(BEFORE, updates=()), MOVED),
        (
            "the JSON in which both platforms answer was all that could be read before and after",
            replace(BEFORE, dialect="statuspage-json"),
            replace(MOVED, id="01KJQ6PSG034BWZVBPSJWRXSTH", dialect="statuspage-json"),
        ),
        (
            "a title that we composed says nothing, the components do",
            replace(BEFORE, title="x", title_is_ours=True),
            MOVED,
        ),
    ],
)
def test_what_a_page_shows_again_after_it_moved_is_known(why: str, archived: Incident, fresh: Incident) -> None:
    assert counterpart(fresh, [archived]) == archived, why


@pytest.mark.parametrize(
    ("why", "archived", "fresh"),
    [
        ("another title", [replace(BEFORE, title="Slow answers")], MOVED),
        (
            "it was over before the other began",
            [replace(BEFORE, started=at(-90), ended=at(-60), updates=(post(-90, "Investigating", "Down."),))],
            MOVED,
        ),
        (
            "it is still open under one title, but nobody posted the same words then",
            [replace(BEFORE, started=at(-9000), updates=(post(-9000, "Investigating", "Down."),))],
            MOVED,
        ),
        ("a minute earlier in other words", [replace(BEFORE, updates=(post(0, "Investigating", "Slow."),))], MOVED),
        ("without words, and at another time", [replace(BEFORE, started=at(-3), updates=())], MOVED),
        ("two of that title went on then", [BEFORE, replace(BEFORE, id="bbbbbbbbbbbb")], MOVED),
        ("the page has not moved", [replace(BEFORE, dialect="incidentio")], MOVED),
        (
            "neither title nor components",
            [replace(BEFORE, title="x", title_is_ours=True, components=())],
            replace(MOVED, components=()),
        ),
    ],
)
def test_after_a_move_what_is_not_certain_is_another_incident(
    why: str, archived: list[Incident], fresh: Incident
) -> None:
    assert counterpart(fresh, archived) is None, why


# --- coverage ---


def span(since: int, until: int, dataset: str = "") -> Span:
    """Return a span in minutes from noon."""
    return Span(since=at(since), until=at(until), dataset=dataset)


@pytest.mark.parametrize(
    ("why", "spans", "pull", "previous", "covered"),
    [
        ("a first pull reaches back to the oldest entry", [], reading(0, since=at(-90)), None, [span(-90, 0)]),
        ("touching spans are joined", [span(-200, -90)], reading(0, since=at(-90)), at(-90), [span(-200, 0)]),
        ("a gap stays", [span(-200, -91)], reading(0, since=at(-90)), at(-91), [span(-200, -91), span(-90, 0)]),
        ("two are bridged", [span(-9, -8), span(-5, -4)], reading(0, since=at(-9)), None, [span(-9, 0)]),
        ("data sets stay apart", [span(-99, 0, "d")], reading(0, since=at(-9)), None, [span(-99, 0, "d"), span(-9, 0)]),
        ("another machine was a little ahead", [span(0, 5)], reading(0, since=at(-9)), None, [span(-9, 5)]),
        ("a plan lies in the future", [], reading(0, since=at(9)), None, [span(0, 0)]),
        ("current events reach to the pull before", [], reading(0, window=Window.CURRENT), at(-10), [span(-10, 0)]),
        ("of an hour before", [], reading(0, window=Window.CURRENT), at(-60), [span(-60, 0)]),
        ("but not over an hour", [], reading(0, window=Window.CURRENT), at(-61), [span(0, 0)]),
        ("nor without one", [], reading(0, window=Window.CURRENT), None, [span(0, 0)]),
        ("an empty feed neither", [span(-20, -9)], reading(0, since=None), at(-9), [span(-20, 0)]),
    ],
)
def test_a_pull_covers(
    why: str, spans: list[Span], pull: Reading, previous: datetime | None, covered: list[Span]
) -> None:
    assert cover(spans, pull, previous) == tuple(covered), why
    assert cover(covered, pull, previous) == tuple(covered)


@pytest.mark.parametrize(
    ("why", "spans", "cuts", "settled"),
    [
        ("a cut takes the middle out", [span(0, 90, "d")], [span(30, 60, "d")], [span(0, 30, "d"), span(60, 90, "d")]),
        ("or an end", [span(0, 90, "d")], [span(60, 99, "d")], [span(0, 60, "d")]),
        ("or all of it", [span(0, 90, "d")], [span(0, 90, "d")], []),
        ("or two parts", [span(0, 90, "d")], [span(0, 10, "d"), span(80, 90, "d")], [span(10, 80, "d")]),
        ("no other data set", [span(0, 90, "d")], [span(0, 90, "e")], [span(0, 90, "d")]),
        ("nor our own pulls", [span(0, 90)], [span(0, 90, "d")], [span(0, 90)]),
        (
            "a longer span of a data set speaks for the shorter",
            [span(9, 20, "d"), span(0, 90, "d")],
            [],
            [span(0, 90, "d")],
        ),
        (
            "of a data set that reaches on, both stay",
            [span(0, 9, "d"), span(5, 20, "d")],
            [],
            [span(0, 9, "d"), span(5, 20, "d")],
        ),
        ("and of two data sets", [span(9, 20, "d"), span(0, 90, "e")], [], [span(0, 90, "e"), span(9, 20, "d")]),
    ],
)
def test_what_is_covered_narrows_as_well_as_widens(
    why: str, spans: list[Span], cuts: list[Span], settled: list[Span]
) -> None:
    assert settle(spans, cuts) == tuple(settled), why
    assert settle(settled, cuts) == tuple(settled)


# --- an id that changed ---

ITEM = incident(FIRST, id="urn:1", source="https://acme.example/news/1", dialect="plain", title="Login errors")


def plain(minute: int, *shown: Incident) -> Reading:
    return reading(minute, *shown, dialect="plain", whole_entries=False)


def test_what_is_told_under_another_id_with_the_same_link_title_and_start_is_the_same() -> None:
    found = pulled(plain(2, ITEM), plain(9, replace(ITEM, id="urn:2")), plain(12, replace(ITEM, id="urn:3")))
    assert found == {"urn:1": replace(pulled(plain(2, ITEM))["urn:1"], aliases=("urn:2", "urn:3"))}


@pytest.mark.parametrize("other", [{"source": ""}, {"title": "Other errors"}, {"started": at(1)}])
def test_what_differs_in_more_than_its_id_is_another_one_for_a_person_to_look_at(other: dict[str, Any]) -> None:
    known = pulled(plain(2, ITEM))
    merged = merge(known, plain(9, replace(ITEM, id="urn:2", **other)))
    assert "urn:2" in {one.id for one in merged.incidents}
    assert merged.twins == (("urn:2", "urn:1"),)


def test_two_that_are_told_alike_are_not_taken_for_one() -> None:
    known = pulled(plain(2, ITEM, replace(ITEM, id="urn:9")))
    assert set(pulled(plain(2, ITEM, replace(ITEM, id="urn:9")), plain(9, replace(ITEM, id="urn:2")))) == {
        *known,
        "urn:2",
    }


def test_a_mended_feed_adds_what_is_new_and_changes_nothing() -> None:
    slow, over = incident(post(0, "Investigating")), incident(post(0, "Investigating"), post(60, "Resolved"))
    other = incident(post(50, "Identified"), id="b")
    known = pulled(reading(10, slow))
    mended = merge(known, reading(70, over, other, is_mended=True))
    assert [(one.id, one.phase) for one in mended.incidents] == [("b", Phase.IDENTIFIED)]
    assert merge(known, reading(70, is_mended=True)).incidents == ()  # nothing has vanished
    assert after(reading(10, slow), reading(80, over)).phase is Phase.RESOLVED
