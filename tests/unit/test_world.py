"""A world that knows the truth: its feeds, read back, say what happened, as far as their form can say it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from almanac import archive, feeds
from almanac.content import providers
from almanac.model import Feed, Incident, Kind, Phase, Provider, Update
from almanac.world import Clock, Fault, FeedOutage, Tenure, World, WorldServer, by_chance, facts, of_facts, page, sight
from almanac.world.sight import Observer
from almanac.world.writers import FORMS, FeedFormat, Posts, form_of
from tests.support import testimony

CONTENT = Path(__file__).resolve().parents[2] / "content"
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
HOST = "status.acme.example"


def provider(form: FeedFormat) -> Provider:
    url = f"https://{'azure.status.microsoft' if form.dialect == 'azure' else HOST}/history{form.suffix}"
    return Provider(
        slug="acme",
        name="Acme",
        company="Acme",
        home="https://acme.example/",
        status_page=f"https://{HOST}/",
        feeds=(Feed(url=url, dialect=form.page),),
    )


@pytest.mark.parametrize("seed", [2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (0, 1))])
@pytest.mark.parametrize(
    "form",
    [form for form in FORMS if not form.says.silent],
    ids=lambda form: f"{form.dialect}{form.suffix.replace('/', '-')}",
)
def test_what_is_read_from_each_form_is_what_its_page_says(form: FeedFormat, seed: int) -> None:
    acme = provider(form)
    there = by_chance([acme], seed, BEGIN, BEGIN + MONTH, faults=0).pages["acme"]
    (url,) = there.urls
    there = replace(there, tenures=(Tenure(BEGIN - MONTH, {url: form}),))
    differing: dict[tuple[datetime, str], object] = {}
    shown = 0
    for moment in sorted(set(there.moments())):
        reading = feeds.read(acme, there.feed(url, moment), seen=moment, hint=form.dialect)
        assert (reading.dialect, reading.skipped) == (form.dialect, ())
        read = {incident.id: testimony.as_kept(incident) for incident in reading.incidents}
        told = {there.name(url, event, moment): sight.glance(form, event) for event in there.listing(url, moment)}
        shown += len(told)
        assert read.keys() == told.keys()
        for name, event in told.items():
            if differences := testimony.differences(event, read[name]):
                differing[moment, name] = differences
    assert differing == {}
    assert shown > 10


@pytest.mark.parametrize(
    "provider",
    [one for one in providers.load(CONTENT) if one.feeds and (CONTENT / "incidents" / one.slug).is_dir()],
    ids=lambda one: one.slug,
)
@pytest.mark.parametrize("most", [100, pytest.param(None, marks=pytest.mark.slow)], ids=["the newest", "all"])
def test_what_the_archive_knows_is_read_again_from_feeds_made_of_it(provider: Provider, most: int | None) -> None:
    files = sorted((CONTENT / "incidents" / provider.slug).rglob("*.md"), key=lambda path: path.name, reverse=True)
    incidents = [archive.read(CONTENT, path.relative_to(CONTENT / "incidents").as_posix()) for path in files[:most]]
    events = [life.last for life in facts.lives(incidents, datetime.max.replace(tzinfo=UTC))]
    feed = provider.feeds[0]
    form, host = form_of(feed.dialect, feed.url), feed.url.split("/")[2]
    if form.says.posts is Posts.FIRST:
        return
    differing: dict[str, object] = {}
    for start in range(0, len(events), 50):
        some = events[start : start + 50]
        reading = feeds.read(provider, form.write(some, host), seen=max(event.newest.at for event in some))
        read = {incident.id: testimony.as_kept(incident) for incident in reading.incidents}
        told = {form.name(event, host): sight.glance(form, event) for event in some}
        assert (reading.skipped, read.keys()) == ((), told.keys())
        differing |= {name: found for name, one in told.items() if (found := testimony.differences(one, read[name]))}
    assert differing == {}


def at(minute: int) -> datetime:
    return BEGIN + timedelta(minutes=minute)


LOGIN = Incident(
    provider="acme",
    id="loginerrors1",
    title="API: major, 40 min",
    title_is_ours=True,
    kind=Kind.DEGRADATION,
    phase=Phase.RESOLVED,
    components=("API",),
    started=at(0),
    ended=at(40),
    updates=(
        Update(at=at(0), phase=Phase.UNKNOWN, printed="update"),
        Update(at=at(10), phase=Phase.MONITORING),
        Update(at=at(20), phase=Phase.MONITORING, printed="update"),
    ),
)


def test_a_life_has_a_state_for_each_post_and_one_for_the_end_that_no_post_tells() -> None:
    life = facts.life(LOGIN)
    assert [state.since for state in life.states] == [at(0), at(10), at(20), at(40)]
    assert [post.printed for post in life.last.posts] == ["Investigating", "Monitoring", "Update", "Resolved"]
    assert life.at(at(0) - timedelta(seconds=1)) is None
    shown = life.at(at(15))
    assert shown is not None
    assert (len(shown.posts), shown.is_going_on, shown.ended) == (2, True, None)
    assert (life.last.is_over, life.last.ended) == (True, at(40))


def test_what_has_no_recorded_end_is_left_out() -> None:
    endless = Incident(**{name: getattr(LOGIN, name) for name in LOGIN.__dataclass_fields__} | {"ended": None})
    assert facts.lives([LOGIN, endless], BEGIN + MONTH) == (facts.life(LOGIN),)


def test_a_world_knows_what_changes_when_and_what_is_true_between() -> None:
    acme = provider(FORMS[0])
    world = of_facts([acme], {"acme": [LOGIN]}, BEGIN + MONTH)
    assert world.moments(at(0), at(40)) == [at(0), at(10), at(20)]
    assert [event.id for event in world.open(at(39))["acme"]] == ["loginerrors1"]
    assert world.open(at(40)) == {"acme": []}


def test_the_same_seed_gives_the_same_world() -> None:
    acme = provider(FORMS[0])
    one, same, other = (by_chance([acme], seed, BEGIN, BEGIN + MONTH) for seed in (1, 1, 2))
    assert (one.pages["acme"].lives, one.outages) == (same.pages["acme"].lives, same.outages)
    assert one.pages["acme"].lives != other.pages["acme"].lives


def test_every_feed_that_a_provider_file_names_is_served() -> None:
    watched = providers.load(CONTENT)
    world = by_chance(watched, 1, BEGIN, BEGIN + MONTH)
    urls = [feed.url for one in watched for feed in one.feeds]
    served = [world.url(urlsplit(url).netloc, urlsplit(url).path) for url in urls]
    assert served == urls
    assert all(world.feed(url, BEGIN + MONTH) for url in urls)


def test_a_dialect_that_nobody_can_write_is_refused_with_those_that_can_be() -> None:
    with pytest.raises(ValueError, match=r"no form of feed is called 'cstate'; name one of: aws, .*, xai$"):
        form_of("cstate", "https://status.acme.example/feed.rss")


def test_a_page_that_moves_says_the_same_in_another_form() -> None:
    acme = provider(FORMS[0])
    there = page(acme, (facts.life(LOGIN),), {at(30): "incidentio"})
    (url,) = there.urls
    before, after = (feeds.read(acme, there.feed(url, moment), seen=moment) for moment in (at(29), at(31)))
    assert (before.dialect, after.dialect) == ("statuspage", "incidentio")
    assert [incident.title for incident in before.incidents] == [incident.title for incident in after.incidents]
    assert there.name(url, facts.life(LOGIN).last, at(29)) == "loginerrors1"


def test_a_clock_runs_stops_and_is_set() -> None:
    time = [100.0]
    clock = Clock(BEGIN, 60, lambda: time[0])
    time[0] += 10
    assert clock.now() == at(10)
    clock.pause()
    time[0] += 10
    assert (clock.now(), clock.speed) == (at(10), 0)
    assert clock.step(timedelta(minutes=5)) == at(15)
    clock.set(at(60))
    clock.run(1)
    time[0] += 90
    assert clock.now() == at(61) + timedelta(seconds=30)
    clock.run(60, until=at(63))
    time[0] += 60
    assert clock.now() == at(63)
    clock.set(at(70))
    time[0] += 60
    assert clock.now() == at(130)
    with pytest.raises(ValueError, match="a clock cannot run backwards, at -1"):
        clock.run(-1)


def answer(server: WorldServer, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", "/history.atom", headers={"Host": HOST, **headers})
    response = connection.getresponse()
    return response.status, response.read(), {name.lower(): value for name, value in response.getheaders()}


def test_the_server_answers_as_of_its_clock_and_says_when_nothing_changed() -> None:
    acme = provider(FORMS[0])
    url = acme.feeds[0].url
    world = of_facts([acme], {"acme": [LOGIN]}, BEGIN + MONTH)
    clock = Clock(at(5))
    with WorldServer(world, clock) as server:
        code, body, headers = answer(server)
        assert (code, body) == (200, world.feed(url, at(5)))
        assert headers["last-modified"] == "Tue, 01 Sep 2026 00:00:00 GMT"
        clock.set(at(9))
        assert answer(server, **{"If-None-Match": headers["etag"]})[:2] == (304, b"")
        clock.set(at(10))
        assert answer(server, **{"If-None-Match": headers["etag"]})[:2] == (200, world.feed(url, at(10)))


@pytest.mark.parametrize("fault", Fault)
def test_a_feed_that_fails_is_answered_with_what_hosts_send_then(fault: Fault) -> None:
    acme = provider(FORMS[0])
    url = acme.feeds[0].url
    pages = of_facts([acme], {"acme": [LOGIN]}, BEGIN + MONTH).pages
    world = World(pages=pages, outages=(FeedOutage(url, at(10), at(20), fault),))
    assert world.moments(at(0), at(30)) == [at(0), at(10), at(20)]
    clock = Clock(at(10))
    whole = world.feed(url, at(10))
    wanted = {
        Fault.ERROR: (500, b""),
        Fault.MISSING: (404, b""),
        Fault.BUSY: (429, b""),
        Fault.WEB_PAGE: (200, b"<!doctype html><html><title>Oops</title></html>"),
        Fault.HALF: (200, whole[: len(whole) // 2]),
    }
    with WorldServer(world, clock) as server:
        assert answer(server)[:2] == wanted[fault]
        clock.set(at(20))
        assert answer(server)[:2] == (200, world.feed(url, at(20)))


def test_an_observer_knows_only_what_was_shown_when_it_looked() -> None:
    acme = provider(next(form for form in FORMS if form.dialect == "flashduty"))
    there = page(acme, (facts.life(LOGIN),))
    (url,) = there.urls
    observer = Observer(there)
    observer.look(url, at(12))
    assert observer.going_on() == ["loginerrors1"]
    observer.look(url, at(50))
    assert observer.going_on() == []
    known = observer.sight("loginerrors1")
    assert (known.started, known.ended, [phase for _, phase, _ in known.lines]) == (
        at(10),
        at(40),
        [Phase.MONITORING, Phase.RESOLVED],
    )


def test_an_observer_sees_an_old_feed_again_at_a_later_time() -> None:
    there = page(provider(next(form for form in FORMS if form.dialect == "azure")), (facts.life(LOGIN),))
    (url,) = there.urls
    observer = Observer(there)
    observer.look(url, at(12))
    observer.look(url, at(50), as_of=at(12))
    observer.look(url, at(60))
    (sight,) = map(observer.sight, observer.memories)
    assert sight.ended == at(50)
