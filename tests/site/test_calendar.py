"""Calendars, read back by icalendar: one entry an incident, which moves only when the incident does."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest

from almanac.model import Phase, unstamp
from tests.support.almanacs import incident
from tests.support.syndication import HOST, Press, life, maintenance, many

NOW = unstamp("2026-03-02T14:10:00Z")


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path / "site")


def events(path: Path) -> dict[str, Any]:
    """Return the entries of a calendar by the last part of their UID, in its order."""
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    assert calendar.errors == []
    return {str(event["uid"]).partition("@")[0].rpartition("/")[2]: event for event in calendar.walk("VEVENT")}


def when(event: Any, name: str) -> datetime:
    found: datetime = event.decoded(name)
    return found


def test_an_incident_is_an_entry_that_says_what_was_declared(press: Press) -> None:
    press.put(incident("first", "02 10:00", "02 11:00"))
    event = events(press.build(NOW) / "calendar.ics")["first"]
    assert {name: event.to_ical().decode().count(f"\r\n{name}") for name in ("DTSTART:", "DTEND:", "UID:")} == {
        "DTSTART:": 1,
        "DTEND:": 1,
        "UID:": 1,
    }
    assert (str(event["uid"]), str(event["url"])) == (
        "anthropic/first@almanac.example",
        f"{HOST}/incidents/anthropic/first/",
    )
    assert (when(event, "dtstart"), when(event, "dtend")) == (
        unstamp("2026-03-02T10:00:00Z"),
        unstamp("2026-03-02T11:00:00Z"),
    )
    assert str(event["summary"]) == "Claude: major outage, claude.ai + API"
    assert str(event["description"]) == (
        "Elevated errors on claude.ai. claude.ai and Claude API (api.anthropic.com); 1 h."
    )
    assert (str(event["status"]), str(event["transp"])) == ("CONFIRMED", "TRANSPARENT")


def test_lines_are_folded_end_in_crlf_and_times_are_utc(press: Press) -> None:
    press.put(incident("first", "02 10:00", "02 11:00", components=(), title="Ä" * 120 + "; a, b\\"))
    data = (press.build(NOW) / "calendar.ics").read_bytes()
    lines = data.split(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    assert b"DTSTART:20260302T100000Z" in lines
    assert str(events(press.output / "calendar.ics")["first"]["summary"]).endswith("Ä; a, b\\”")


@pytest.mark.parametrize("title", ["\\" * 200, "a" * 73 + "\\;,", "€" * 60 + "\\" * 3, "x"])
def test_any_title_reads_back_from_lines_of_whole_characters(press: Press, title: str) -> None:
    press.put(incident("first", "02 10:00", "02 11:00", components=(), title=title))
    data = (press.build(NOW) / "calendar.ics").read_bytes()
    assert max(len(line) for line in data.split(b"\r\n") if line.decode()) <= 75
    assert str(events(press.output / "calendar.ics")["first"]["summary"]) == f"Claude: major outage, “{title}”"


@pytest.mark.slow
def test_sequence_and_modification_move_with_every_real_change_and_only_then(press: Press) -> None:
    stood = []
    for now, stands in life():
        press.put(stands)
        event = events(press.build(now) / "providers/groq/calendar.ics")["life"]
        stood.append((event.decoded("sequence"), when(event, "last-modified"), event.get("dtend") is not None))
        before = (press.output / "calendar.ics").read_bytes()
        press.build(now + timedelta(hours=1))
        assert (press.output / "calendar.ics").read_bytes() == before
    assert [(sequence, over) for sequence, _, over in stood] == [
        (1, False),
        (2, False),
        (3, False),
        (4, False),
        (5, True),
        (7, True),
    ]
    assert [at for _, at, _ in stood] == sorted({at for _, at, _ in stood})


def test_an_open_incident_says_so_and_has_no_end(press: Press) -> None:
    press.put(incident("open", "02 13:00", ""))
    event = events(press.build(NOW) / "calendar.ics")["open"]
    assert ("dtend" in event, str(event["summary"])) == (
        False,
        "Claude: major outage, claude.ai + API (identified at 13:35, open since 13:00 UTC)",
    )


def test_announced_works_stand_at_the_time_they_are_announced_for(press: Press) -> None:
    press.put(maintenance(), maintenance("begun", Phase.IN_PROGRESS))
    found = events(press.build(NOW) / "providers/groq/calendar.ics")
    assert [(when(e, "dtstart"), when(e, "dtend"), str(e["status"])) for e in (found["works"], found["begun"])] == [
        (unstamp("2026-03-09T22:00:00Z"), unstamp("2026-03-10T01:00:00Z"), status)
        for status in ("TENTATIVE", "CONFIRMED")
    ]
    assert str(found["works"]["summary"]) == "Groq: maintenance, “Database works”"


@pytest.mark.slow
def test_a_calendar_holds_the_newest_hundred_of_its_provider(press: Press) -> None:
    press.put(*many(120), incident("first"))
    output = press.build(NOW)
    assert list(events(output / "providers/groq/calendar.ics")) == [f"n{n:03}" for n in range(119, 19, -1)]
    assert list(events(output / "providers/anthropic/calendar.ics")) == ["first"]
    assert len(events(output / "calendar.ics")) == 100
