"""The state a title prints is no part of the title, and other words are."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from almanac import feeds
from almanac.feeds import titles, wording
from almanac.merge import merge
from almanac.model import Incident, Phase, Reading, unstamp
from tests.support.feeds.pairs import PROVIDER
from tests.support.growth import LINEAR, growth

SEEN = unstamp("2026-03-02T12:00:00Z")
NAME = "API errors"
PRINTED = [
    "{}: API errors",
    "{} - API errors",
    "{} – API errors",
    "{} | API errors",
    "[{}] API errors",
    "({}) API errors",
    "[{}]: API errors",
    "{}:API errors",
    "API errors - {}",
    "API errors — {}",
    "API errors: {}",
    "API errors ({})",
    "API errors [{}]",
    "API errors | {}",
    "API errors · {}.",
    "【{}】API errors",
    "API errors（{}）",
    "{}：API errors",
    "[{}] [Update] API errors",
    "{}: Update: API errors (update)",
]
STATES = [
    "Investigating",
    "IDENTIFIED",
    "monitoring",
    "Resolved",
    "In progress",
    "Completed",
    "Fix in progress",
    "已恢复",
]
NO_STATES = [
    "API errors",
    "API: errors",
    "[EU] API errors",
    "API errors (EU)",
    "Unresolved: API errors",
    "API-resolved",
    "Resolved issue: API errors",
    "Scheduled maintenance: database",
    "Active Directory: slow",
    "Slow - Active Directory",
    "Database: update",
    "Errors in the monitoring",
    "Monitoring is slow",
    "Resolved Login Disruption",
    "Resolve: API",
    "Investigating API errors",
    "API errors -",
    "- API errors",
    "http://resolved",
    "1.2: resolved names",
    "",
]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("form", PRINTED)
def test_a_state_is_taken_off_wherever_it_is_printed(form: str, state: str) -> None:
    assert titles.split_state(form.format(state)) == (state, NAME)


@pytest.mark.parametrize("title", NO_STATES)
def test_words_that_are_no_state_stay(title: str) -> None:
    assert titles.split_state(title) == ("", title)


@pytest.mark.parametrize(
    ("title", "state", "name"),
    [
        ("[EU] Resolved: API errors", "Resolved", "[EU] API errors"),
        ("[Resolved] [EU] API errors", "Resolved", "[EU] API errors"),
        ("Investigating: API errors - Resolved", "Resolved", NAME),
        ("Resolved: Investigating: Identified: API errors", "Resolved", NAME),
        ("Update: API errors", "Update", NAME),
        ("Resolved", "Resolved", "Resolved"),
        ("[Resolved]", "Resolved", "[Resolved]"),
    ],
)
def test_of_several_states_the_end_counts_and_a_title_is_never_empty(title: str, state: str, name: str) -> None:
    assert titles.split_state(title) == (state, name)


def read(title: str, hours: int, date: str = "02 Mar 2026 10:00 GMT", guid: str = "<guid>1</guid>") -> Reading:
    item = f"<item><title>{title}</title>{guid}<pubDate>{date}</pubDate><description>{title}</description></item>"
    body = f"<rss><channel>{item}</channel></rss>".encode()
    return feeds.read(PROVIDER, body, seen=SEEN + timedelta(hours=hours), items={"another": "entry"})


@pytest.mark.parametrize("form", ["{}: API errors", "[{}] API errors", "API errors - {}", "API errors ({})"])
def test_who_posts_by_its_titles_changes_no_title(form: str) -> None:
    known: dict[str, Incident] = {}
    for hours, state in enumerate(("Investigating", "Update", "Monitoring", "Resolved")):
        known |= {one.id: one for one in merge(known, read(form.format(state), hours)).incidents}
    (incident,) = known.values()
    assert (incident.title, incident.phase, incident.changes) == (NAME, Phase.RESOLVED, ())


def test_what_was_named_by_its_title_alone_keeps_that_name_though_titles_are_named_with_their_day() -> None:
    (new,) = read(NAME, 0, guid="").incidents
    old = replace(new, id=sha256(NAME.encode()).hexdigest()[:16])
    merged = merge({old.id: old}, read(NAME, 1, guid=""))
    assert [(one.id, one.aliases) for one in merged.incidents] == [(old.id, (new.id,))]


def test_the_same_title_months_later_is_another_incident() -> None:
    known = {one.id: one for one in merge({}, read(NAME, 0, guid="")).incidents}
    known |= {one.id: one for one in merge(known, read(NAME, 3_000, "02 Jul 2026 10:00 GMT", guid="")).incidents}
    assert sorted(str(one.started.date()) for one in known.values()) == ["2026-03-02", "2026-07-02"]


@pytest.mark.parametrize(
    ("words", "phase"),
    [
        ("We have resolved the problem.", Phase.RESOLVED),
        ("Engineers fixed it. All is back to normal.", Phase.RESOLVED),
        ("An issue that hit some users has now been fully resolved.", Phase.RESOLVED),
        ("Most jobs have recovered.", None),
        ("Some users have recovered, others not.", None),
        ("We will write once the problem has been resolved.", None),
        ("We believe it has been fixed.", None),
        ("It has not been resolved.", None),
        ("It was resolved, but we are still seeing errors.", Phase.INVESTIGATING),
        ("The outage of yesterday was resolved. We are investigating a new one.", Phase.INVESTIGATING),
        ("We have identified the cause.", Phase.IDENTIFIED),
        ("A fix is out, and we are monitoring.", Phase.MONITORING),
        ("Mail is now degraded", Phase.INVESTIGATING),
        ("Nothing is said.", None),
    ],
)
def test_words_of_a_post_tell_its_phase_and_no_more_than_they_say(words: str, phase: Phase | None) -> None:
    assert wording.prose_phase(words) is phase


@pytest.mark.parametrize("words", ["has been resolved ", "is now ", "most jobs have recovered, ", "some "])
def test_long_prose_is_read_in_linear_time(words: str) -> None:
    assert growth(lambda size: wording.prose_phase(words * (size // len(words))), 60_000) < LINEAR
