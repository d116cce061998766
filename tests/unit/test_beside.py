"""A pull of a feed and of the JSON beside it: what each brings, and what it means when one of them fails."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from almanac import archive, feeds, pull
from almanac.model import Impact, Incident, Kind, unstamp
from almanac.pull import Outcome, Report, lines
from almanac.world import Event, Post
from almanac.world.writers import incidentio, statuspage
from tests.support.serving import Behaviour, Serving, by_path, page, status

NOW = unstamp("2026-03-02T14:10:00Z")
HOUR = timedelta(hours=1)
ATOM, JSON, DOWN = "/history.atom", "/api/v2/incidents.json", status(404)
BESIDE = """---
slug: acme
name: Acme
company: Acme Inc.
home: https://acme.example/
status_page: https://acme.example/
feeds:
  - url: https://acme.example/history.atom
  - url: https://acme.example/api/v2/incidents.json
    dialect: statuspage-json
    beside: true
components:
  - slug: api
    name: API
    match: [Acme API]
---
"""
FIRST = BESIDE.replace("    beside: true\n", "").replace(
    "  - url: https://acme.example/history.atom\n  - url: https://acme.example/api/v2/incidents.json\n    dialect: statuspage-json\n",
    "  - url: https://acme.example/api/v2/incidents.json\n  - url: https://acme.example/history.atom\n",
)


class Acme:
    """A provider that is pulled at each hour, and what is known of it."""

    def __init__(self, server: Serving, content: Path) -> None:
        self.server, self.content, self.now = server, content, NOW

    def pull(self, **served: Behaviour) -> Outcome:
        """Pull from a server that answers with this; what is not named is not there."""
        paths = {"atom": ATOM, "json": JSON}
        self.server.hosts["acme.example"] = by_path({paths[name]: behaviour for name, behaviour in served.items()})
        self.now += HOUR
        report = pull.pull(self.content, now=self.now, via=self.server.url, read=feeds.read)
        (outcome,) = report.outcomes
        return outcome

    @property
    def known(self) -> dict[str, Incident]:
        return {name: filed.incident for name, filed in archive.load(self.content, "acme").items()}

    @property
    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.content / "incidents").rglob("*.md")}


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Acme]:
    content = tmp_path / "content"
    (content / "providers").mkdir(parents=True)
    (content / "providers/acme.md").write_text(BESIDE)
    with Serving({}) as server:
        yield Acme(server, content)


def trouble(number: int = 0, title: str = "Login errors", **facts: object) -> Event:
    at = NOW - timedelta(days=number, minutes=50)
    posts = [
        Post(at=at.replace(second=7), printed="Investigating", text="Logins fail."),
        Post(at=at.replace(second=41) + timedelta(minutes=20), printed="Resolved", text="Logins work."),
    ]
    return Event(id=f"incident{number:04}", title=title, posts=tuple(posts), opened=posts[0].at, **facts)  # type: ignore[arg-type]


def atom(*events: Event) -> Behaviour:
    return page(statuspage.atom(events, "acme.example"))


def json(*events: Event) -> Behaviour:
    return page(statuspage.linked_short(events, "acme.example"))


SEVERE = trouble(impact=Impact.CRITICAL, components=("Acme API", "Web"))


def test_the_json_beside_a_feed_states_severity_and_components(acme: Acme) -> None:
    outcome = acme.pull(atom=atom(SEVERE), json=json(SEVERE))
    one = acme.known["incident0000"]
    assert (one.impact, one.impact_stated, one.impact_basis) == (Impact.CRITICAL, "critical", "stated")
    assert (one.components, one.components_basis) == (("Acme API", "Web"), "stated")
    assert (one.kind, one.dialect, one.changes) == (Kind.OUTAGE, "statuspage", ())
    assert one.source == "https://acme.example/incidents/incident0000"
    assert (outcome.feed, outcome.new, outcome.changed, outcome.failures) == (
        f"https://acme.example{ATOM}",
        (one,),
        (),
        (),
    )


def test_both_are_asked_at_every_pull_and_what_stands_still_changes_no_byte(acme: Acme) -> None:
    acme.pull(atom=atom(SEVERE), json=json(SEVERE))
    files = acme.files
    for _ in range(3):
        outcome = acme.pull(atom=atom(SEVERE), json=json(SEVERE))
        assert (outcome.unchanged, outcome.new, outcome.changed, acme.files) == (True, (), (), files)
    assert [visit.path for visit in acme.server.visits] == [ATOM, JSON] * 4


def test_where_the_json_fails_the_feed_suffices_and_what_it_stated_stays(acme: Acme) -> None:
    acme.pull(atom=atom(SEVERE), json=json(SEVERE))
    before = acme.known
    outcome = acme.pull(atom=atom(SEVERE, trouble(1, "Acme API: partial outage")), json=DOWN)
    assert [(failure.feed, failure.reason) for failure in outcome.failures] == [
        (f"https://acme.example{JSON}", "status")
    ]
    assert outcome.feed == f"https://acme.example{ATOM}"
    after = acme.known
    assert after["incident0000"] == before["incident0000"]
    new = after["incident0001"]
    assert (new.components, new.components_basis) == (("API",), "title")
    assert (new.impact, new.impact_stated, new.impact_basis) == (Impact.MAJOR, "partial outage", "title")


def test_what_a_title_named_gives_way_to_what_is_stated_later_and_accuses_nobody(acme: Acme) -> None:
    stated = trouble(1, "Acme API: partial outage", impact=Impact.MINOR, components=("Web",))
    acme.pull(atom=atom(stated), json=DOWN)
    acme.pull(atom=atom(stated), json=json(stated))
    one = acme.known["incident0001"]
    assert (one.components, one.impact, one.changes) == (("Web",), Impact.MINOR, ())
    acme.pull(atom=atom(stated, SEVERE), json=DOWN)
    assert acme.known["incident0001"] == one


def test_a_severity_that_is_stated_otherwise_later_is_a_change(acme: Acme) -> None:
    acme.pull(atom=atom(SEVERE), json=json(SEVERE))
    milder = trouble(impact=Impact.MAJOR, components=("Acme API",))
    acme.pull(atom=atom(milder), json=json(milder))
    changes = [(change.what, change.was) for change in acme.known["incident0000"].changes]
    assert changes == [("kind", "outage"), ("impact", "critical"), ("components", "Acme API; Web")]


def test_where_the_feed_fails_the_json_still_tells_the_news_but_stands_for_no_feed(acme: Acme) -> None:
    acme.pull(atom=atom(SEVERE), json=json(SEVERE))
    coverage = archive.load_pulls(acme.content, "acme").coverage
    outcome = acme.pull(atom=DOWN, json=json(SEVERE, trouble(1, impact=Impact.MINOR)))
    assert (outcome.feed, [incident.id for incident in outcome.new]) == ("", ["incident0001"])
    assert archive.load_pulls(acme.content, "acme").coverage == coverage
    acme.pull(atom=atom(SEVERE, trouble(1)), json=json(SEVERE, trouble(1, impact=Impact.MINOR)))
    assert {name: (one.dialect, one.changes, one.vanished) for name, one in acme.known.items()} == {
        "incident0000": ("statuspage", (), None),
        "incident0001": ("statuspage", (), None),
    }


def test_what_only_the_json_shows_is_known_as_its_own(acme: Acme) -> None:
    older = trouble(20, impact=Impact.MINOR)
    acme.pull(atom=atom(SEVERE), json=json(SEVERE, older))
    files = acme.files
    acme.pull(atom=atom(SEVERE), json=json(SEVERE, older))
    acme.pull(atom=page(statuspage.atom([SEVERE], "acme.example") + b"\n"), json=json(older, SEVERE))
    assert acme.known["incident0020"].dialect == "statuspage-json"
    assert acme.files == files


def test_json_first_and_the_feed_while_it_fails_are_one_page(acme: Acme) -> None:
    (acme.content / "providers/acme.md").write_text(FIRST)
    acme.pull(json=json(SEVERE, trouble(3)), atom=atom(SEVERE, trouble(3)))
    assert [visit.path for visit in acme.server.visits] == [JSON]
    before = acme.known
    for served in (
        {"atom": atom(SEVERE, trouble(3))},
        {"atom": atom(SEVERE, trouble(3))},
        {"json": json(SEVERE, trouble(3))},
    ):
        acme.pull(**served)
    after = acme.known
    assert {name: (one.changes, one.vanished, one.impact, one.components) for name, one in after.items()} == {
        name: ((), None, one.impact, one.components) for name, one in before.items()
    }
    assert [[post.at for post in one.updates] for one in after.values()] == [
        [post.at for post in one.updates] for one in before.values()
    ]
    assert not any(post.was or post.gone for one in after.values() for post in one.updates)


def test_fifty_resolved_entries_of_latest_posts_accuse_nobody_with_or_without_the_json(acme: Acme) -> None:
    fifty = [trouble(number, "Slow answers", impact=Impact.MINOR) for number in range(50)]
    feed = page(incidentio.atom(fifty, "acme.example"))
    for beside in (DOWN, page(incidentio.api(fifty, "acme.example")), DOWN):
        acme.pull(atom=feed, json=beside)
        known = acme.known.values()
        assert len(known) == 50
        assert not [one for one in known if one.posted_late or one.changes or one.vanished or one.is_open]
        assert not [post for one in known for post in one.updates if post.was or post.gone]
    assert {one.impact for one in known} == {Impact.MINOR}
    assert {len(one.updates) for one in known} == {2}


def test_a_report_says_what_was_read_instead_only_of_a_feed_that_was_replaced(acme: Acme) -> None:
    beside = lines(Report(at=acme.now, outcomes=(acme.pull(atom=atom(SEVERE), json=DOWN),)))
    assert [line for line in beside if "instead" in line] == []
    assert beside[0].startswith(f"acme: FAILED status: https://acme.example{JSON} ")
    (acme.content / "providers/acme.md").write_text(FIRST)
    first = lines(Report(at=acme.now, outcomes=(acme.pull(atom=atom(SEVERE), json=DOWN),)))
    assert f"acme: read https://acme.example{ATOM} instead" in first
