"""Incidents that a page shows again after it moved to another platform: one each, by the forms of both platforms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from almanac import feeds
from almanac.merge import merge
from almanac.model import Feed, Incident, Kind, Phase, Provider
from almanac.world import Event, Post
from almanac.world.writers import betterstack, incidentio, instatus, statuspage
from almanac.world.writers.forms import FeedFormat

HOST = "status.acme.example"
HOME = f"https://{HOST}/"
ACME = Provider(slug="acme", name="Acme", company="Acme", home=HOME, status_page=HOME, feeds=(Feed(url=f"{HOME}feed"),))
NOON = datetime(2026, 6, 26, 12, tzinfo=UTC)
MOVE = datetime(2026, 7, 9, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Moved:
    """A page that was moved, as its feed was before and is now."""

    who: str
    before: FeedFormat
    after: FeedFormat = incidentio.ATOM


MOVES = (
    Moved("JetBrains, in July", statuspage.ATOM),
    Moved("Perplexity, in September", instatus.ATOM),
    Moved("Fireworks, before August", betterstack.RSS),
)


def event(number: int = 1, *, hour: int = 0, opened: datetime | None = None, words: bool = True) -> Event:
    """Return an incident of an hour that is over."""
    began = NOON + hour * HOUR
    told = ("We are looking into it.", "All is well again.") if words else ("", "")
    posts = (
        Post(at=began, printed="Investigating", text=told[0]),
        Post(at=began + HOUR, printed="Resolved", text=told[1]),
    )
    return Event(id=f"e{number}", title="Errors", posts=posts, opened=opened, components=("Chat",))


def shown(form: FeedFormat, events: Sequence[Event], seen: datetime) -> list[Incident]:
    """Return what a feed of these reads as."""
    return list(feeds.read(ACME, form.write(events, HOST), seen=seen).incidents)


def after(known: Sequence[Incident], form: FeedFormat, events: Sequence[Event]) -> dict[str, Incident]:
    """Return the archive after a pull of a page that had moved."""
    archive = {incident.id: incident for incident in known}
    reading = feeds.read(ACME, form.write(events, HOST), seen=MOVE + HOUR)
    assert reading.entries == len(events), reading.doubts
    return archive | {incident.id: incident for incident in merge(archive, reading).incidents}


each = pytest.mark.parametrize("move", MOVES, ids=lambda move: move.who)


@each
def test_what_was_posted_again_under_another_id_is_one(move: Moved) -> None:
    known = shown(move.before, [event()], MOVE - HOUR)
    (one,) = after(known, move.after, [event()]).values()
    assert (one.id, one.started, one.ended) == (known[0].id, NOON, NOON + HOUR)


@each
def test_a_new_id_made_at_the_move_makes_no_incident_of_the_day_of_the_move(move: Moved) -> None:
    known = shown(move.before, [event()], MOVE - HOUR)
    again = event(opened=MOVE)
    assert [new.started_basis for new in shown(move.after, [again], MOVE + HOUR)] == ["mended"]
    (one,) = after(known, move.after, [again]).values()
    assert (one.id, one.started, one.ended, one.started_basis) == (
        known[0].id,
        NOON,
        NOON + HOUR,
        known[0].started_basis,
    )


@each
def test_so_is_one_that_had_no_words_by_its_start_or_by_its_end(move: Moved) -> None:
    known = shown(move.before, [event(words=False)], MOVE - HOUR)
    assert len(after(known, move.after, [event(words=False)])) == 1
    tells_ends = known[0].ended is not None  # Better Stack's feed does not, without words
    assert len(after(known, move.after, [event(words=False, opened=MOVE)])) == (1 if tells_ends else 2)


@each
def test_one_of_the_same_title_at_another_time_is_another(move: Moved) -> None:
    known = shown(move.before, [event(hour=-3)], MOVE - HOUR)
    assert len(after(known, move.after, [event()])) == 2
    assert len(after(known, move.after, [event(opened=MOVE)])) == 2


@each
def test_of_several_each_finds_its_own(move: Moved) -> None:
    both = [event(1), event(2, hour=5)]
    known = shown(move.before, both, MOVE - HOUR)
    again = [replace(event, opened=MOVE + n * HOUR / 60) for n, event in enumerate(both)]
    archive = after(known, move.after, again)
    ids = [one.id for one in sorted(known, key=lambda one: one.started)]
    assert {name: (one.started, one.ended) for name, one in archive.items()} == {
        ids[0]: (NOON, NOON + HOUR),
        ids[1]: (NOON + 5 * HOUR, NOON + 6 * HOUR),
    }


# What the archive has of the time before the move was mostly imported: titles of our own, no words, the page's old ids


def imported(**facts: object) -> Incident:
    """Return an incident as a data set had it."""
    bare = Incident(
        provider="acme",
        id="cmtnypntq056g13qw1u9uixby",
        title="Incident: minor, 1 h",
        title_is_ours=True,
        kind=Kind.DEGRADATION,
        phase=Phase.RESOLVED,
        started=NOON,
        started_basis="stated",
        ended=NOON + HOUR,
        ended_basis="stated",
        imported="reports",
        updates=(),
    )
    return replace(bare, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("why", "known", "again"),
    [
        ("one start and one end", imported(), event()),
        ("one start and the same components", imported(components=("Chat",), ended=NOON + 2 * HOUR), event()),
        ("the same components and one end, dated by the move", imported(components=("Chat",)), event(opened=MOVE)),
    ],
)
def test_what_was_imported_from_the_old_page_is_known_on_the_new_one(why: str, known: Incident, again: Event) -> None:
    (one,) = after([known], incidentio.ATOM, [again]).values()
    assert (one.id, one.started, one.title) == (known.id, NOON, "Errors"), why


@pytest.mark.parametrize(
    ("why", "known", "again"),
    [
        ("another end, and no components to go by", imported(ended=NOON + 2 * HOUR), event()),
        ("other components", imported(components=("API",)), event()),
        ("only one end, and no components to go by", imported(), event(opened=MOVE)),
        ("an id of the same make", imported(id="01JZ4W5C00AAAAAAAAAAAAAAAA"), event()),
        ("written by hand", imported(imported=""), event()),
    ],
)
def test_what_is_not_certain_is_kept_twice(why: str, known: Incident, again: Event) -> None:
    assert len(after([known], incidentio.ATOM, [again])) == 2, why
