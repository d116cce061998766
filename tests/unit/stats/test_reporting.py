"""What a provider's own words show of how it reports."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.model import Impact, Incident, Kind, Phase, Revision, Update
from almanac.stats.reporting import (
    Honesty,
    Spread,
    StatedWindow,
    edits,
    honesty,
    publication_lag,
    spread,
    stated_window,
    understated,
)
from tests.support.values import some

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NONE = Spread(0, None, None, None)


def post(hours: float, text: str = "", phase: Phase = Phase.UNKNOWN, **fields: Any) -> Any:
    return Update(at=NOON + hours * HOUR, phase=phase, text=text, **fields)


def incident(*updates: Any, ended: Any = None, kind: Any = Kind.DEGRADATION, started: Any = 0.0, **fields: Any) -> Any:
    return Incident(
        **{
            "provider": "acme",
            "id": "x",
            "title": "Trouble",
            "kind": kind,
            "impact": Impact.MINOR,
            "phase": Phase.RESOLVED,
            "started": NOON + started * HOUR,
            "ended": None if ended is None else NOON + ended * HOUR,
            "updates": updates,
            **fields,
        }
    )


def march(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("Between 11:30 UTC and 12:45 UTC, requests failed.", (2, 11, 30), (2, 12, 45)),
        ("On March 2, 2026, between 11:30 and 12:45 UTC users saw errors", (2, 11, 30), (2, 12, 45)),
        ("Errors were elevated from 9:50 PT / 17:50 UTC to 10:12 PT / 18:12 UTC.", None, None),
        ("from approximately 11:30 (UTC) until about 12:45 (UTC)", (2, 11, 30), (2, 12, 45)),
        ("This lasted from 23:50 – 00:20 UTC.", (1, 23, 50), (2, 0, 20)),
        ("Between 11:30 and 12:45 in the afternoon", None, None),
        ("We have between 2 and 3 ideas. At 12:45 UTC it ended.", None, None),
        ("Between 31:30 and 12:45 UTC", None, None),
        ("", None, None),
    ],
)
def test_a_window_stated_in_utc_is_read_and_placed_near_the_incident(text: str, since: Any, until: Any) -> None:
    start = -12.0 if text.startswith("This lasted") else 0.0
    found = stated_window(incident(post(0, text), started=start))
    expected = since and StatedWindow(march(*since), march(*until))
    if "9:50 PT" in text:
        assert found == StatedWindow(datetime(2026, 3, 2, 9, 50, tzinfo=UTC), datetime(2026, 3, 2, 18, 12, tzinfo=UTC))
    else:
        assert found == expected


def test_the_newest_post_that_names_a_window_is_believed() -> None:
    early, late = post(0, "between 11:00 and 12:00 UTC"), post(5, "between 10:30 and 12:30 UTC")
    assert some(stated_window(incident(early, late, post(6, "Thanks.")))).since == NOON - 1.5 * HOUR


def test_the_lag_is_from_the_stated_start_to_the_first_post() -> None:
    assert publication_lag(incident(post(0), post(2, "between 11:30 and 13:00 UTC"))) == 1800
    assert publication_lag(incident(post(1), started=0.0, started_basis="stated")) == 3600
    assert publication_lag(incident(post(1), started=1.0)) is None


def test_the_posted_length_ends_with_the_post_that_closes() -> None:
    closed = post(3, "Between 11:00 and 13:30 UTC", Phase.RESOLVED)
    assert understated(incident(post(1), closed, post(90, "", Phase.POSTMORTEM))) == 1800
    assert understated(incident(post(1), post(3, "Between 11:00 and 13:30 UTC"))) is None
    assert understated(incident(post(1), post(3, "", Phase.RESOLVED))) is None


def test_replaced_texts_are_edits_with_their_lag_and_blanks_are_not() -> None:
    first, second = Revision(text="one", until=NOON + 2 * HOUR), Revision(text="one  two", until=NOON + 5 * HOUR)
    changed = post(1, "one two\nthree", was=(first, second))
    reflowed = post(2, "same text", was=(Revision(text="same\n\ntext", until=NOON + 9 * HOUR),))
    whole = incident(changed, reflowed, ended=3.0)
    found = list(edits(whole))
    assert [(e.revision, e.new, e.lag, e.after_the_fact) for e in found] == [
        (first, "one  two", 3600, False),
        (second, "one two\nthree", 4 * 3600, True),
    ]


def test_an_open_incident_is_not_edited_after_the_fact() -> None:
    changed = post(1, "two", was=(Revision(text="one", until=NOON + 2 * HOUR),))
    assert [e.after_the_fact for e in edits(incident(changed))] == [False]


def test_honesty_counts_the_troubles_of_a_provider() -> None:
    changed = post(1, "Resolved: a disk.", was=(Revision(text="Resolved.", until=NOON + 49 * HOUR),), seen=NOON + HOUR)
    incidents = (
        incident(changed, ended=1.0, id="a"),
        incident(post(4), ended=4.0, id="b", first_seen=NOON, vanished=NOON + 9 * HOUR),
        incident(post(1, "between 11:00 and 14:00 UTC", Phase.RESOLVED, gone=NOON + 9 * HOUR), ended=2.0, id="c"),
        incident(post(1), ended=1.0, id="m", kind=Kind.MAINTENANCE, vanished=NOON),
    )
    assert honesty(incidents) == Honesty(
        incidents=3,
        watched=2,
        lag=Spread(1, None, None, 7200),
        unstated=0,
        longer=Spread(1, None, None, 3 * 3600),
        posted_late=2,
        edits=Spread(1, None, None, 48 * 3600),
        edited_incidents=1,
        after_the_fact=1,
        vanished=1,
        removed_updates=1,
    )
    assert honesty(()) == Honesty(0, 0, NONE, 0, NONE, 0, NONE, 0, 0, 0, 0)


def test_starts_that_a_source_took_from_the_first_post_tell_no_lag() -> None:
    copied = [incident(post(1), started=1.0, started_basis="stated", imported="copy", id=f"c{n}") for n in range(19)]
    late = incident(post(9), started=0.0, started_basis="stated", imported="copy", id="late")
    own = [incident(post(2), started=1.0, started_basis="stated", imported="own", id=f"o{n}") for n in range(5)]
    words = incident(post(0), post(2, "between 12:00 and 13:00 UTC"), imported="copy", id="words")
    assert (honesty([*copied, late]).lag.n, honesty([*copied, late]).unstated) == (0, 20)
    mixed = honesty([*copied, late, *own, words])
    assert (mixed.lag, mixed.unstated) == (Spread(6, 3600, None, 3600), 20)


@pytest.mark.parametrize(("copied", "lag"), [(5, Spread(11, 3600, None, 3600)), (6, Spread(0, None, None, None))])
def test_a_source_of_which_half_the_starts_are_the_first_post_tells_no_lag(copied: int, lag: Spread) -> None:
    at_once = [incident(post(1), started=1.0, started_basis="stated", id=f"c{n}") for n in range(copied)]
    early = [incident(post(1), started=0.0, started_basis="stated", id=f"e{n}") for n in range(6)]
    assert honesty([*at_once, *early]).lag == lag


@given(st.lists(st.integers(-100, 100), min_size=20))
def test_a_spread_is_never_a_mean(values: list[float]) -> None:
    found = spread(values)
    assert (found.n, found.longest) == (len(values), max(values))
    assert min(values) <= some(found.median) <= some(found.p90) <= some(found.longest)
