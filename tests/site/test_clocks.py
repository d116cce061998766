"""Wrong clocks, theirs and ours: nothing is dropped, and what is decided rests on when we saw it."""

import itertools
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from almanac import archive, views
from almanac.feeds import times
from almanac.merge import merge
from almanac.model import Incident, Kind, Phase, Reading, Stretch, Update, seconds, unstamp
from almanac.stats.selection import select
from almanac.views import base, charts, current, days
from almanac.world.writers import plain
from bench import clocks
from bench.clocks import CLOCKS, FORMS, OWN, Archive, trouble
from tests.support.almanacs import CLAUDE, almanac, pulls
from tests.support.statuspages import BEGIN

FIXTURES = dict(clocks.fixtures())
STEP = 61  # from one reading to the next: below the clocks of a fixture, and with no common factor


@pytest.mark.slow
def test_no_entry_is_dropped_and_nothing_is_of_the_future_or_moves_by_itself() -> None:
    """Read every fixture on some clocks, and on every clock some fixtures: all of them on all are `bench clocks`."""
    some = list(itertools.product(sorted(FIXTURES), CLOCKS, OWN))[::STEP]
    assert {len({each[part] for each in some}) for part in (1, 2)} == {len(CLOCKS), len(OWN)}
    assert {path for path, _, _ in some} == set(FIXTURES)
    assert [
        (path.name, clock, own, faults)
        for path, clock, own in some
        if (faults := clocks.off(FIXTURES[path], CLOCKS[clock], OWN[own]))
    ] == []


@pytest.mark.parametrize("clock", ["ten years behind", "ten years ahead", "no dates"])
@pytest.mark.parametrize("form", ["atom", "incident.io", "plain"])
def test_a_page_whose_clock_goes_wrong_and_right_again_costs_nothing(form: str, clock: str, tmp_path: Path) -> None:
    assert clocks.gone_wrong(FORMS[form], CLOCKS[clock], tmp_path) == []


def test_our_own_clock_may_go_back_by_minutes_and_not_by_days(tmp_path: Path) -> None:
    assert clocks.gone_back(tmp_path) == []


def test_one_entry_with_an_old_date_makes_nothing_vanish_and_no_coverage(tmp_path: Path) -> None:
    there = Archive(tmp_path)
    shown = [trouble(f"incident000{n}", 24 * n, over=True) for n in (5, 4, 3)]
    there.pull(plain.rss(shown, "acme.example"), BEGIN + timedelta(days=6))
    slip = trouble("incident0009", -24 * 3000, over=True)
    there.pull(plain.rss([*shown[:2], slip], "acme.example"), BEGIN + timedelta(days=6, hours=1))
    assert [incident.vanished for incident in there.known().values()] == [None] * 4
    spans = archive.load_pulls(there.content, "acme").coverage
    assert [(span.since, span.until) for span in spans] == [
        (BEGIN + timedelta(days=3, minutes=40), BEGIN + timedelta(days=6, hours=1))
    ]


SEEN = unstamp("2026-03-02T12:00:00Z")
POST = Update(at=SEEN, phase=Phase.UNKNOWN, text="It is slow.", seen=SEEN)
INCIDENT = Incident(
    provider="acme",
    id="1",
    title="Slow",
    kind=Kind.DEGRADATION,
    phase=Phase.UNKNOWN,
    started=SEEN,
    started_basis="seen",
    precision="second",
    dialect="plain",
    first_seen=SEEN,
    updates=(POST,),
)


def shown(incident: Incident, hours: int) -> Reading:
    """Return a feed of one post an incident, seen so many hours after the first."""
    return Reading(
        provider="acme",
        dialect="plain",
        seen=SEEN + timedelta(hours=hours),
        incidents=(incident,),
        whole_entries=False,
        entries=1,
    )


def at(when: timedelta, basis: str) -> Incident:
    """Return the incident as a feed tells it that dates it so."""
    later = SEEN + when
    return replace(INCIDENT, started=later, started_basis=basis, updates=(replace(POST, at=later, seen=later),))


def test_what_has_no_date_stays_where_it_was_first_seen() -> None:
    assert merge({"1": INCIDENT}, shown(at(timedelta(hours=3), "seen"), 3)).incidents == ()


def test_a_date_after_it_was_seen_is_no_news() -> None:
    dated = replace(at(timedelta(hours=2), "pubdate"), updates=(replace(POST, at=SEEN + timedelta(hours=2)),))
    assert merge({"1": INCIDENT}, shown(dated, 5)).incidents == ()


def test_a_date_before_it_was_seen_is_believed_and_the_change_kept() -> None:
    before = SEEN - timedelta(hours=2)
    dated = replace(at(timedelta(hours=-2), "pubdate"), updates=(replace(POST, at=before),))
    (found,) = merge({"1": INCIDENT}, shown(dated, 5)).incidents
    assert (found.started, found.started_basis) == (before, "pubdate")
    assert [update.at for update in found.updates] == [before]
    assert [change.what for change in found.changes] == ["started"]


def test_a_feed_reaches_back_to_the_older_of_its_ends() -> None:
    first, slip, last = (unstamp(f"{day}T00:00:00Z") for day in ("2026-03-02", "1999-01-01", "2026-02-01"))
    assert times.reach([None, first, slip, last, None]) == times.reach([last, slip, first]) == last
    assert times.reach([None]) is None


def test_no_clock_shows_an_hour_that_is_none() -> None:
    there = times.zone("US/Pacific")
    assert there is not None
    assert times.local("2026-07-01 05:00", there) == unstamp("2026-07-01T12:00:00Z")
    for words in ("2026-13-01 05:00", "9999-12-31 23:59", "0001-01-01 00:00"):
        assert times.local(words, there) is None
    assert (times.epoch(0), times.epoch(1e20), times.epoch(1772452800)) == (None, None, SEEN)


def undated(*titles: str) -> bytes:
    """Return a feed of entries with dates that nobody can read, or without any."""
    dates = itertools.cycle(["", "<pubDate>soon</pubDate>", "<pubDate>02/03/2026 10:00</pubDate>"])
    items = (f"<item><title>{title}</title><guid>{title}</guid>{next(dates)}</item>" for title in titles)
    return f"<rss><channel>{''.join(items)}</channel></rss>".encode()


def open_now(there: Archive) -> list[str]:
    """Return what the archive knows to be open at its last pull."""
    return [name for name, _ in archive.load_pulls(there.content, "acme").last_open]


def test_what_stands_undated_in_a_feed_that_is_read_first_began_before_and_is_not_open_now(tmp_path: Path) -> None:
    there = Archive(tmp_path)
    old = ("API outage", "Investigating: slow logins", "Resolved: slow chat")
    there.pull(undated(*old), BEGIN)
    starts = {name: (one.started, one.started_basis, one.posted_late) for name, one in there.known().items()}
    assert starts == dict.fromkeys(old, (BEGIN, "bound", False))
    assert open_now(there) == []
    files = there.files()
    there.pull(undated(*old), BEGIN + timedelta(hours=1))
    assert (open_now(there), there.files()) == ([], files)

    there.pull(undated("Identified: no mail", *old), BEGIN + timedelta(hours=2))
    new = there.known()["Identified: no mail"]
    assert (new.started, new.started_basis) == (BEGIN + timedelta(hours=2), "seen")
    assert open_now(there) == ["Identified: no mail"]


def test_what_appears_undated_in_a_feed_that_was_empty_began_when_it_appeared(tmp_path: Path) -> None:
    there = Archive(tmp_path)
    there.pull(undated(), BEGIN)
    there.pull(undated("Identified: API outage"), BEGIN + timedelta(hours=1))
    assert there.known()["Identified: API outage"].started_basis == "seen"
    assert open_now(there) == ["Identified: API outage"]


def test_what_stood_undated_in_a_new_feed_is_open_once_it_is_posted_on(tmp_path: Path) -> None:
    there = Archive(tmp_path)
    there.pull(undated("Identified: API outage"), BEGIN)
    later = BEGIN + timedelta(hours=3)
    posted = undated("Identified: API outage").replace(
        b"</item>", f"<pubDate>{later:%d %b %Y %H:%M} GMT</pubDate></item>".encode()
    )
    there.pull(posted.replace(b"</guid>", b"</guid><description>Still down.</description>"), later)
    assert open_now(there) == ["Identified: API outage"]


def test_an_undated_incident_of_a_new_feed_counts_in_no_number_and_its_page_says_why() -> None:
    one = replace(INCIDENT, provider="anthropic", started_basis="bound")
    site = almanac([one], providers=(CLAUDE,), now=SEEN, watched=[pulls("anthropic", until=SEEN)])
    (card,) = site.cards["anthropic"]
    chosen = select(CLAUDE, [card], (Stretch(0, seconds(SEEN)),))
    assert (chosen.eligible, [left.why for left in chosen.left_out]) == (
        (),
        ["undated in the feed when we first read it"],
    )
    assert current.state(site, CLAUDE).mark == base.CLEAR
    assert (base.length(card), card.is_open, one.is_open) == ("no end time", False, False)
    midnight = seconds(SEEN) // 86400 * 86400
    assert days.worst([card], None, midnight, 1, seconds(SEEN)) == (charts.UNKNOWN,)
    assert days.worst([card._replace(started_basis="seen")], None, midnight, 1, seconds(SEEN)) == (charts.UNSAID,)
    page = views.incident(views.Surroundings(site).of(card), one, card)
    note = page.facts[0].note.replace("\xa0", " ")
    assert note == "2 Mar 2026, or earlier: it was already in the feed, undated, when we first read it"


@pytest.mark.parametrize("basis", ["seen", "bound"])
def test_nobody_posted_late_where_the_date_is_ours(basis: str) -> None:
    over = replace(INCIDENT, phase=Phase.RESOLVED, ended=SEEN, ended_basis="pubdate", started_basis=basis)
    assert over.posted_late is False
    assert replace(over, started_basis="pubdate", ended_basis="seen").posted_late is False
    assert replace(over, started_basis="pubdate", dialect="statuspage").posted_late is True
