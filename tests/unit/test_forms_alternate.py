"""One page in two forms: whichever is read, and in whatever order, no form is taken for a change of what is said.

The JSON of a page fails for an hour and its feed is read instead, then the JSON again; or both are read at every pull.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac import archive, feeds
from almanac.merge import merge
from almanac.model import Impact, Incident, Phase, Provider, Reading
from almanac.world import Event, Post
from almanac.world.writers import aws, betterstack, flashduty, google, incidentio, statuspage
from tests.support.statuspages import BEGIN

Form = Callable[[Sequence[Event], str], bytes]

PROVIDER = Provider(slug="acme", name="Acme", company="", home="", status_page="")
HOSTS: Mapping[Form, str] = {google.atom: "status.cloud.google.com"}
PAIRS: tuple[tuple[Form, Form], ...] = (
    (statuspage.linked_short, statuspage.atom),
    (statuspage.linked_short, statuspage.rss),
    (incidentio.api, incidentio.atom),
    (google.incidents, google.atom),
    (betterstack.index, betterstack.rss),
    (aws.events, aws.rss),
    (aws.current, aws.rss),
    (flashduty.change_list, flashduty.atom),
)
BESIDE = (*PAIRS, (incidentio.widget, incidentio.atom))
named = [f"{json.__module__}.{json.__name__} and {feed.__module__}.{feed.__name__}" for json, feed in PAIRS]

TEXTS = st.sampled_from(
    ["We look into it.", "Latency < 5 ms & falling.", "It is 2 * 3 _times_ slower.", "Line one.\nLine two.", "- a\n- b"]
)


@dataclass
class Known:
    """What is known of a provider, and what each of its feeds showed last."""

    incidents: dict[str, Incident] = field(default_factory=dict)
    items: dict[Form, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    last_open: tuple[tuple[str, datetime], ...] = ()

    def take(
        self, form: Form, events: Sequence[Event], at: datetime, *, shown: frozenset[str] = frozenset()
    ) -> Reading:
        """Read a form of the page and merge it, as a pull does."""
        body = form(events, HOSTS.get(form, "status.acme.example"))
        reading = feeds.read(PROVIDER, body, seen=at, items=dict(self.items.get(form, ())))
        reading = replace(reading, beside=bool(shown))
        assert (reading.skipped, [d for d in reading.doubts if "end taken from" not in d]) == ((), [])
        merged = merge(self.incidents, reading, self.last_open, shown)
        self.incidents |= {incident.id: incident for incident in merged.incidents}
        self.items[form], self.last_open = reading.items, merged.last_open
        return reading

    def shown_by(self, form: Form) -> frozenset[str]:
        names = {alias: name for name, one in self.incidents.items() for alias in one.aliases}
        return frozenset(names.get(name, name) for _, name in self.items[form])

    def files(self) -> dict[str, str]:
        return {name: archive.render(incident) for name, incident in self.incidents.items()}


@st.composite
def pages(draw: st.DrawFn) -> list[Event]:
    """A few incidents, most of them over, whose posts lie minutes and odd seconds apart."""
    found = []
    for number in range(draw(st.integers(1, 3))):
        at = BEGIN + timedelta(days=number * 3, seconds=draw(st.integers(1, 59)))
        words = draw(st.lists(st.sampled_from(["Identified", "Monitoring", "Update"]), max_size=2))
        over = ["Resolved"] if draw(st.booleans()) else []
        posts = []
        for word in ["Investigating", *_without_repetition(words), *over]:
            text = "This has been resolved." if word == "Resolved" else draw(TEXTS)
            posts.append(Post(at=at, printed=word, text=text))
            at += timedelta(seconds=draw(st.integers(61, 5_000)))
        parts = draw(st.sampled_from([(), ("API",), ("API", "Web app")]))
        impact = draw(st.sampled_from([Impact.UNKNOWN, Impact.MINOR, Impact.CRITICAL])) if parts else Impact.UNKNOWN
        name, title = f"incident{number:04}", draw(st.sampled_from(["Slow answers", "Login errors"]))
        found.append(
            Event(id=name, title=title, posts=tuple(posts), components=parts, impact=impact, opened=posts[0].at)
        )
    return found


def _without_repetition(words: Sequence[str]) -> list[str]:
    """Return the words as Statuspage prints them: "Update" where the state does not change."""
    state, printed = "Investigating", []
    for word in words:
        printed.append("Update" if word == state else word)
        state = state if word == "Update" else word
    return printed


def apart(feed: Form, page: list[Event]) -> list[Event]:
    """Return the events with titles of their own, for the feed of AWS knows an event by service and title."""
    return [replace(e, title=f"{e.title} ({e.id})") for e in page] if feed is aws.rss else page


def accusations(known: Mapping[str, Incident]) -> list[Any]:
    """Return everything that says that a provider changed something, or that something of its is missing."""
    faults: list[Any] = []
    for one in known.values():
        faults += [*one.changes, *(update.was for update in one.updates if update.was)]
        faults += [update for update in one.updates if update.gone] + ([one.vanished] if one.vanished else [])
    return faults


def best(known: Mapping[str, Incident]) -> dict[str, tuple[Any, ...]]:
    """Return what no form may take away from what another has said."""
    return {name: (one.impact, set(one.components), len(one.updates), one.started) for name, one in known.items()}


@pytest.mark.parametrize(("json", "feed"), PAIRS, ids=named)
@given(page=pages(), order=st.lists(st.booleans(), min_size=1, max_size=6))
def test_a_page_that_stands_still_is_the_same_in_both_forms(
    json: Form, feed: Form, page: list[Event], order: list[bool]
) -> None:
    at, known, page = BEGIN + timedelta(days=20), Known(), apart(feed, page)
    for form in (json, feed, *(feed if other else json for other in order)):
        known.take(form, page, at := at + timedelta(hours=1))
    assert accusations(known.incidents) == []
    assert len(known.incidents) == len(page)


@pytest.mark.parametrize(("json", "feed"), PAIRS, ids=named)
@given(page=pages())
def test_what_only_the_json_says_outlasts_the_hour_in_which_it_fails(json: Form, feed: Form, page: list[Event]) -> None:
    at, known, page = BEGIN + timedelta(days=20), Known(), apart(feed, page)
    known.take(json, page, at)
    before = best(known.incidents)
    for form in (feed, feed, json):
        known.take(form, page, at := at + timedelta(hours=1))
        after = best(known.incidents)
        for name, (impact, components, count, started) in before.items():
            assert after[name][:1] == (impact,)
            assert after[name][1] >= components
            assert after[name][2] == count
            assert abs(after[name][3] - started) < timedelta(minutes=1)


@pytest.mark.parametrize(("json", "feed"), BESIDE, ids=[*named, "widget and incidentio"])
@given(page=pages(), extra=TEXTS)
def test_both_forms_at_every_pull_agree_and_change_no_byte_of_what_stands_still(
    json: Form, feed: Form, page: list[Event], extra: str
) -> None:
    at, known, page = BEGIN + timedelta(days=20), Known(), apart(feed, page)

    def pull() -> None:
        nonlocal at
        at += timedelta(hours=1)
        known.take(feed, page, at)
        known.take(json, page, at, shown=known.shown_by(feed) | {""})

    pull()
    files = known.files()
    pull()
    assert known.files() == files
    page = [replace(page[0], posts=(*page[0].posts, Post(at=at, printed="Update", text=extra))), *page[1:]]
    pull()
    assert accusations({n: replace(o, changes=()) for n, o in known.incidents.items() if o.is_open}) == []
    files = known.files()
    pull()
    assert known.files() == files


@given(page=pages())
def test_the_json_beside_a_feed_of_latest_posts_brings_the_first_ones_and_the_severity(page: list[Event]) -> None:
    at, known = BEGIN + timedelta(days=20), Known()
    known.take(incidentio.atom, page, at)
    known.take(incidentio.api, page, at, shown=known.shown_by(incidentio.atom))
    for event in page:
        one = known.incidents[incidentio.ulid(event)]
        assert [post.at for post in one.updates] == [post.at for post in event.posts]
        assert (one.impact, one.components, one.dialect) == (event.impact, event.components, "incidentio")
        assert one.phase is not Phase.UNKNOWN
        assert not one.posted_late


def test_an_incident_that_is_new_in_one_form_is_not_an_older_one_of_its_title_in_the_other() -> None:
    at, known = BEGIN + timedelta(days=20), Known()
    older = Event(
        id="incident0000", title="Slow answers", posts=(Post(at=BEGIN, printed="Investigating", text="Slow."),)
    )
    newer = replace(older, id="incident0001", posts=(replace(older.posts[0], at=BEGIN + timedelta(days=9)),))
    known.take(statuspage.atom, [older], at)
    known.take(statuspage.linked_short, [newer], at + timedelta(hours=1))
    assert {name: one.aliases for name, one in known.incidents.items()} == {"incident0000": (), "incident0001": ()}
