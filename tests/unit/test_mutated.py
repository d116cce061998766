"""Damaged feeds, and feeds of strangers: read or refused, never half believed."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.merge import merge
from almanac.model import Incident, Kind, Phase, Reading, Update, unstamp
from bench import foreign, mutated
from tests.support.feeds import pairs

RECORDED = unstamp("2026-03-02T12:00:00Z")


@pytest.mark.slow
@given(st.integers(0, 2**40))
@settings(max_examples=300, deadline=None)
def test_a_damaged_feed_loses_nothing_and_changes_nothing_unless_it_is_well_formed(number: int) -> None:
    base, body = mutated.mutated(2, number)
    what, faults = mutated.tried(base, body)
    assert faults == [], what


@given(st.integers(0, 10**6), st.sampled_from(mutated.MUTATIONS))
def test_a_mutation_is_the_same_each_time_it_is_made(seed: int, mutation: mutated.Mutation) -> None:
    body = (pairs.FOLDER / "statuspage/reopened.xml").read_bytes()
    assert mutation(body, random.Random(seed)) == mutation(body, random.Random(seed))


@pytest.mark.parametrize("body", [b"<rss><channel></rss>", b"<rss", b"\xff", b"{", b'<?xml version="1.0" x?><rss/>'])
def test_the_judge_of_form_is_no_friend_of_ours(body: bytes) -> None:
    assert not mutated.is_well_formed(body)
    assert mutated.is_well_formed(b'\n<?xml version="1.0"?><rss/>')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_the_judge_of_form_takes_json_in_every_encoding_it_may_be_in(encoding: str) -> None:
    assert mutated.is_well_formed('\n{"é": []}'.encode(encoding))
    assert not mutated.is_well_formed('\n{"é": [}'.encode(encoding))


def test_a_feed_is_read_and_counted_where_a_pull_reads_it() -> None:
    plain, refused = ("rss", "prefix-of-the-items-only"), ("broken-inside", "another-xml")
    names = [*(f"plain/{name}.xml" for name in plain), *(f"refused/{name}.xml" for name in refused)]
    fates = foreign.fates(foreign.Feed(name, (pairs.FOLDER / name).read_bytes()) for name in names)
    told = [(fate.entries, fate.kept, fate.lost, fate.refused) for fate in fates]
    assert told == [(5, 5, 0, ""), (1, 1, 0, ""), (1, 0, 0, "malformed"), (0, 0, 0, "wrong")]
    assert all(fate.megabytes < foreign.MEGABYTES for fate in fates)


@pytest.mark.shared
@pytest.mark.slow
def test_every_feed_of_the_corpora_is_accounted_for() -> None:
    assert foreign.main([]) == 0


def test_a_post_without_a_word_of_its_own_is_known_again_though_it_was_given_the_phase_before_it() -> None:
    posts = (
        Update(at=RECORDED, phase=Phase.RESOLVED, text="It is over.", seen=RECORDED),
        Update(at=RECORDED + timedelta(hours=1), phase=Phase.UNKNOWN, text="What happened.", seen=RECORDED),
    )
    incident = Incident(
        provider="acme",
        id="1",
        title="Slow",
        kind=Kind.DEGRADATION,
        phase=Phase.RESOLVED,
        started=RECORDED,
        ended=RECORDED,
        dialect="betterstack",
        updates=posts,
    )
    reading = Reading(
        provider="acme",
        dialect="betterstack",
        seen=RECORDED + timedelta(hours=2),
        incidents=(incident,),
        whole_entries=False,
        entries=2,
    )
    known = {"1": merge({}, reading).incidents[0]}
    assert [update.phase for update in known["1"].updates] == [Phase.RESOLVED, Phase.RESOLVED]
    assert merge(known, replace(reading, seen=RECORDED + timedelta(hours=3))).incidents == ()
