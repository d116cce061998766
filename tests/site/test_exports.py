"""Feeds, read back by programs that did not write them, and by readers that must be told exactly what is new."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import feedparser
import pytest
from bs4 import BeautifulSoup
from lxml import etree  # type: ignore[import-untyped]

from almanac import exports
from almanac.content.article import Article, ArticleCard
from almanac.model import Impact, Kind, unstamp
from tests.support import builds, shapes
from tests.support.almanacs import incident, read_feed
from tests.support.projects import write
from tests.support.syndication import HOST, OPENED, Press, life, many, xml

NOON = unstamp("2026-03-02T16:00:00Z")
QUIET = [f"{home}{form}" for home in ("", "providers/groq/") for form in ("atom.xml", "feed.xml", "feed.json")] + [
    "providers/groq/history.atom",
    "providers/groq/history.rss",
]
XML = [path for path in QUIET if not path.endswith("json")] + [
    "updates.xml",
    "major.xml",
    "operators.xml",
    "articles/atom.xml",
    "articles/feed.xml",
]
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string", "minLength": 1},
        "home_page_url": {"type": "string", "format": "uri"},
        "feed_url": {"type": "string", "format": "uri"},
        "next_url": {"type": "string", "format": "uri"},
        "language": {"type": "string"},
        "_almanac": {"type": "object"},  # an extension, as names with an underscore are
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "url": {"type": "string", "format": "uri"},
                    "title": {"type": "string"},
                    "content_html": {"type": "string"},
                    "date_published": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                    "date_modified": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                    "authors": {"type": "array", "items": {"type": "object", "required": ["name"]}},
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
TOLD = ArticleCard(
    url="/articles/2026/groq-fails/",
    title="Groq fails",
    date=unstamp("2026-03-02T15:00:00Z"),
    summary="What <happened> on Monday.",
    authors=("The Editors",),
    providers=("groq",),
    kind="news",
)


@dataclass(frozen=True)
class Entry:
    """What a reader sees of an item."""

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    content: str


def entries(path: Path) -> list[Entry]:
    """Return the items of a feed, by feedparser, or by json for JSON Feed."""
    if path.suffix == ".json":
        return [
            Entry(
                item["id"],
                item["title"],
                item["url"],
                unstamp(item["date_published"]),
                unstamp(item["date_modified"]),
                item["content_html"],
            )
            for item in json.loads(path.read_bytes())["items"]
        ]
    return [
        Entry(
            item.id,
            item.title,
            item.link,
            _time(item.published_parsed),
            _time(item.updated_parsed),
            item.content[0].value if "content" in item else item.summary,
        )
        for item in parsed(path).entries
    ]


def parsed(path: Path) -> Any:
    """Return a feed without a single complaint of feedparser's."""
    found = feedparser.parse(path.read_bytes(), sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return found


def _time(parts: Any) -> datetime:
    year, month, day, hour, minute, second = parts[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@dataclass
class Reader:
    """A feed reader that tells its user of every item whose key it has not met before."""

    key: Callable[[Entry], object]
    met: set[object] = field(default_factory=set)

    def read(self, path: Path) -> int:
        """Fetch; how many notices that makes."""
        keys = {self.key(entry) for entry in entries(path)}
        new = keys - self.met
        self.met |= keys
        return len(new)


def by_id(entry: Entry) -> object:
    return entry.id


def by_id_and_updated(entry: Entry) -> object:
    return entry.id, entry.updated


def by_content(entry: Entry) -> object:
    return sha256(f"{entry.title}\n{entry.link}\n{entry.content}".encode()).hexdigest()


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path / "site")


LIVED = ("atom.xml", "feed.xml", "feed.json", "providers/groq/feed.xml", "providers/groq/history.atom", "major.xml")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the feeds as they stood before an incident, and after each step of its life: at once, and five minutes later."""
    press = Press(tmp_path_factory.mktemp("lived") / "site")
    press.put(incident("before", provider="groq"))
    stood = [_copy(press.build(OPENED - timedelta(hours=1)), 0)]
    for now, stands in life():
        press.put(stands)
        stood += [_copy(press.build(now + timedelta(minutes=late)), len(stood) + late) for late in (0, 5)]
    return stood


def _copy(output: Path, number: int) -> Path:
    kept = output.with_name(f"stood{number}")
    for path in (*LIVED, "updates.xml"):
        (kept / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(output / path, kept / path)
    return kept


def notices(lived: list[Path], path: str, key: Callable[[Entry], object]) -> list[int]:
    """Return what a reader is told at each step of the life, if subscribed since before it."""
    reader = Reader(key)
    reader.read(lived[0] / path)
    told = [reader.read(folder / path) for folder in lived[1:]]
    assert sum(told[1::2]) == 0  # where nothing happened
    return told[::2]


@pytest.mark.parametrize("path", LIVED)
@pytest.mark.parametrize(
    ("key", "told"),
    [(by_id, [1, 0, 0, 0, 0, 0]), (by_id_and_updated, [1, 1, 1, 1, 1, 1]), (by_content, [1, 1, 1, 1, 1, 1])],
)
def test_a_quiet_feed_tells_of_an_incident_once_and_of_every_real_change(
    lived: list[Path], path: str, key: Callable[[Entry], object], told: list[int]
) -> None:
    assert notices(lived, path, key) == told


@pytest.mark.parametrize(
    ("key", "told"),
    [(by_id, [1, 1, 1, 1, 1, 0]), (by_id_and_updated, [1, 1, 1, 1, 1, 1]), (by_content, [1, 1, 1, 1, 1, 1])],
)
def test_the_loud_feed_tells_of_every_post(lived: list[Path], key: Callable[[Entry], object], told: list[int]) -> None:
    assert notices(lived, "updates.xml", key) == told


def test_an_update_keeps_the_title_of_its_moment_whatever_comes_later(lived: list[Path]) -> None:
    titles: dict[str, set[str]] = {}
    for folder in lived:
        for entry in entries(folder / "updates.xml"):
            titles.setdefault(entry.id.rpartition("/")[2], set()).add(entry.title)
    life = {name: found for name, found in titles.items() if name.startswith("2026-03-03")}
    assert life == {
        "2026-03-03T09:00Z": {"Groq: major outage, “Errors in chat” (investigating since 09:00 UTC)"},
        "2026-03-03T09:20Z": {"Groq: major outage, “Errors in chat” (identified at 09:20, open since 09:00 UTC)"},
        "2026-03-03T09:40Z": {"Groq: major outage, “Errors in chat” (monitoring at 09:40, open since 09:00 UTC)"},
        "2026-03-03T10:00Z": {"Groq: major outage, “Errors in chat” (monitoring at 10:00, open since 09:00 UTC)"},
        "2026-03-03T10:30Z": {"Resolved after 1 h 30 min: Groq: major outage, “Errors in chat”"},
    }


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what is published of a few incidents and two articles, one of which is dated later than now."""
    press = Press(tmp_path_factory.mktemp("output") / "site")
    press.put(
        incident("first"),
        incident("odd", "02 12:00", "02 13:00", title="Slow ]]> & <odd> \u202e title", provider="groq"),
        incident("minor", "02 12:30", "02 13:10", provider="groq", impact=Impact.MINOR),
        incident("told-ahead", "05 12:30", "05 13:10", provider="groq", imported="somebody", first_seen=None),
    )
    return press.build(NOON, articles=[TOLD, replace(TOLD, url="/articles/2026/later/", date=NOON.replace(hour=17))])


@pytest.mark.parametrize("path", XML)
def test_every_feed_reads_back_without_a_complaint(output: Path, path: str) -> None:
    found = parsed(output / path)
    links = {link.rel: link.href for link in found.feed.links}
    assert (links["self"], found.feed.title.startswith("Outage Almanac: ")) == (f"{HOST}/{path}", True)


@pytest.mark.parametrize("path", [path for path in QUIET if path.endswith("json")] + ["articles/feed.json"])
def test_json_feeds_are_valid(output: Path, path: str) -> None:
    feed = json.loads((output / path).read_bytes())
    shapes.Draft202012Validator(JSON_FEED).validate(feed)
    assert feed["feed_url"] == f"{HOST}/{path}"


@pytest.mark.parametrize("path", QUIET)
def test_items_are_the_same_in_every_form_newest_first_and_never_of_the_future(output: Path, path: str) -> None:
    found = entries(output / path)
    assert found == sorted(found, key=lambda entry: entry.published, reverse=True)
    assert all(entry.published <= entry.updated <= NOON and entry.link.startswith(f"{HOST}/") for entry in found)
    like = (
        "atom.xml"
        if "/" not in path
        else "providers/groq/history.atom"
        if "history" in path
        else ("providers/groq/atom.xml")
    )
    assert [replace(entry, content="") for entry in found] == [replace(e, content="") for e in entries(output / like)]


def test_an_item_says_its_state_its_facts_and_its_posts(output: Path) -> None:
    found = {entry.id: entry for entry in entries(output / "atom.xml")}
    assert found["tag:almanac.example,2026:incident/anthropic/first"] == Entry(
        id="tag:almanac.example,2026:incident/anthropic/first",
        title="Resolved after 3 h 58 min: Claude: major outage, claude.ai + API",
        link=f"{HOST}/incidents/anthropic/first/",
        published=unstamp("2026-03-02T11:49:20Z"),
        updated=unstamp("2026-03-02T15:47:09Z"),
        content="<p><strong>Elevated errors on claude.ai</strong></p>\n<p>Major; 3\u00a0h\u00a058\u00a0min; claude.ai and Claude API (api.anthropic.com).</p>\n"
        "<p><strong>Resolved</strong>, 2\u00a0March\u00a02026, 15:47\u00a0UTC</p><p>This is over.</p>\n"
        "<p><strong>Identified</strong>, 2\u00a0March\u00a02026, 13:48\u00a0UTC</p><p>The cause is found.</p>\n"
        "<p><strong>Investigating</strong>, 2\u00a0March\u00a02026, 11:49\u00a0UTC</p>"
        "<p>We are looking into errors.</p>",
    )


def test_articles_have_feeds_of_their_own_and_stand_there_in_full(tmp_path: Path) -> None:
    press = Press(tmp_path / "site")
    press.put(incident("first"))
    html = '<p>It <a href="/incidents/anthropic/first/">failed</a>; <a href="#why">why</a>, <a href="//b.example/">b</a>.</p>'
    output = press.build(NOON, texts=[Article(card=TOLD, html=html)])
    assert [path for path in [*QUIET, "updates.xml"] if "articles/" in (output / path).read_text()] == []
    for form in ("atom.xml", "feed.xml", "feed.json"):
        (found,) = entries(output / "articles" / form)
        assert (found.id, found.title) == ("tag:almanac.example,2026:articles/2026/groq-fails", "Groq fails")
        assert found.content == (
            "<p><em>What &lt;happened&gt; on Monday.</em></p>\n"
            f'<p>It <a href="{HOST}/incidents/anthropic/first/">failed</a>; '
            f'<a href="{HOST}/articles/2026/groq-fails/#why">why</a>, <a href="//b.example/">b</a>.</p>'
        )


def test_only_what_is_rated_severe_is_in_the_severe_feed(output: Path) -> None:
    assert [entry.id.rsplit("/")[-1] for entry in entries(output / "major.xml")] == ["odd", "first"]


def test_ids_outlive_titles_addresses_and_hosts(press: Press) -> None:
    press.put(incident("first"))
    before = entries(press.build(NOON) / "atom.xml")
    press.put(incident("first", title="Another title", kind=Kind.OUTAGE))
    assert [entry.id for entry in entries(press.build(NOON) / "atom.xml")] == [entry.id for entry in before]


def test_what_an_editor_corrects_is_news(press: Press) -> None:
    press.put(incident("first"))
    press.build(NOON)
    write(
        press.root,
        "corrections/anthropic/first.yml",
        "impact: critical\nreason: A test.\nauthor: Ada\nsource: https://a.example/\ndate: 2026-03-02T15:55:00Z\n",
    )
    (found,) = entries(press.build(NOON) / "atom.xml")
    assert (found.updated, "<p>Critical;" in found.content) == (NOON - timedelta(minutes=5), True)


def test_posts_of_one_minute_have_ids_of_their_own_that_hold_when_their_time_is_mended(press: Press) -> None:
    (_, opened), *_ = life()
    post = opened.updates[0]
    twin = replace(post, at=post.at.replace(second=30), text="More.")
    press.put(replace(opened, updates=(post, twin)))
    ids = [entry.id for entry in entries(press.build(NOON.replace(day=3)) / "updates.xml")]
    begin = "tag:almanac.example,2026:incident/groq/life/2026-03-03T09:00Z"
    assert ids == [f"{begin}-2", begin]


def _rel(path: Path, rel: str) -> str:
    found = [link.href for link in parsed(path).feed.links if link.rel == rel]
    return found[0].removeprefix(f"{HOST}/") if found else ""


@pytest.mark.slow
@pytest.mark.parametrize("feed", ["atom.xml", "providers/groq/atom.xml", "providers/groq/feed.xml"])
def test_walking_back_through_the_archives_meets_every_incident(press: Press, feed: str) -> None:
    press.put(*many(160))
    output = press.build(NOON)
    met, path = {entry.id for entry in entries(output / feed)}, _rel(output / feed, "prev-archive")
    assert len(met) == 50
    while path:
        assert _rel(output / path, "current").endswith("atom.xml")
        found = {entry.id for entry in entries(output / path)}
        assert len(found) <= 50
        earlier = _rel(output / path, "prev-archive")
        assert not earlier or _rel(output / earlier, "next-archive") == path
        met, path = met | found, earlier
    assert len(met) == 160


def test_archives_do_not_change_when_more_happens(press: Press) -> None:
    press.put(*many(140))
    output = press.build(NOON)
    before = {path: path.read_bytes() for path in output.glob("**/atom/*.xml")}
    press.put(*many(160)[140:])
    press.build(NOON)
    changed = {path for path, data in before.items() if path.read_bytes() != data}
    newest = {max(path for path in before if path.parent == folder) for folder in {path.parent for path in before}}
    assert len(before) >= 4
    assert changed <= newest  # it learns which one follows
    assert all(b"next-archive" in path.read_bytes() for path in changed)


def test_operators_hear_of_a_feed_that_fails_for_a_day_at_the_moment_the_day_is_over(press: Press) -> None:
    failing = read_feed("https://groqstatus.com/feed.atom", error="403 forbidden", error_since=NOON)
    day = timedelta(days=1)
    assert entries(press.build(NOON + day - timedelta(minutes=5), feeds=(failing,)) / "operators.xml") == []
    found = entries(press.build(NOON + 3 * day, feeds=(failing,)) / "operators.xml")
    assert {entry.title for entry in found} == {f"Failing for a day: {n}: groqstatus.com" for n in ("Claude", "Groq")}
    assert {(entry.published, entry.updated) for entry in found} == {(NOON + day, NOON + day)}


def test_the_list_of_feeds_names_feeds_that_are_there(output: Path) -> None:
    listed = {}
    for name in ("feeds.opml", "providers.opml"):
        outlines = xml(output / name).findall(".//outline[@xmlUrl]")
        listed[name] = [outline.attrib["xmlUrl"].removeprefix(f"{HOST}/") for outline in outlines]
        assert [path for path in listed[name] if not (output / path).is_file()] == []
    written = ["articles/atom.xml", "reports/atom.xml", "press/atom.xml"]
    assert listed == {
        "feeds.opml": ["atom.xml", *written],
        "providers.opml": ["providers/anthropic/atom.xml", "providers/groq/atom.xml", *written],
    }


@pytest.mark.parametrize("name", ["feeds.opml", "providers.opml"])
def test_who_imports_a_list_of_feeds_is_told_nothing_twice(output: Path, name: str) -> None:
    outlines = xml(output / name).findall(".//outline[@xmlUrl]")
    paths = [outline.attrib["xmlUrl"].removeprefix(f"{HOST}/") for outline in outlines]
    met = [entry.id for path in paths for entry in entries(output / path)]
    assert len(met) == len(set(met)) > 3


def test_every_page_leads_to_feeds_that_are_there_its_own_first(output: Path) -> None:
    for page in output.glob("**/[!e]*.html"):  # what is made for a frame leads to its page
        links = BeautifulSoup(page.read_bytes(), "lxml").find_all("link", rel="alternate")
        paths = [str(link["href"]).lstrip("/") for link in links]
        assert paths[-5:] == ["atom.xml", "feed.xml", "feed.json", "updates.rss", "updates.xml"]
        assert [path for path in paths if not (output / path).is_file()] == []


ODD = "R & D \"1 < 2\" & 'x' >"


def test_what_xml_takes_for_marks_arrives_as_it_was_written() -> None:
    item = exports.FeedItem(
        id="tag:a,2026:b&c",
        url='https://a.example/?q="1"&r=2',
        title=ODD,
        published=OPENED,
        updated=OPENED,
        html='<p>a &lt; <a href="/x?y&amp;z">b</a> ]]></p>',
        authors=(ODD,),
        categories=(ODD,),
    )
    channel = exports.Channel(id="tag:a,2026:&", title=ODD, url="https://a.example/?a&b", home="https://a.example/?c&d")

    entry = etree.fromstring(exports.atom(channel, [item])).find("{*}entry")
    one = etree.fromstring(exports.rss(channel, [item])).find("channel/item")

    assert entry is not None
    assert one is not None
    assert [entry.findtext(f"{{*}}{name}") for name in ("id", "title", "author/{*}name", "content")] == [
        item.id,
        ODD,
        ODD,
        item.html,
    ]
    assert [entry.find("{*}link").get("href"), entry.find("{*}category").get("term")] == [item.url, ODD]
    assert [one.findtext(name) for name in ("guid", "title", "link", "category", "description")] == [
        item.id,
        ODD,
        item.url,
        ODD,
        item.html,
    ]


def test_an_atom_feed_can_be_looked_at_in_a_browser(output: Path) -> None:
    assert b'<?xml-stylesheet href="/theme/feed.css" type="text/css"?>' in (output / "atom.xml").read_bytes()
    assert (output / "theme/feed.css").is_file()


def test_nothing_that_leaves_the_site_moves_with_the_clock_alone(press: Press) -> None:
    press.put(incident("first"), *many(60))
    output = press.build(NOON)
    still = {
        path: path.read_bytes()
        for name in ("**/*.xml", "**/*.rss", "**/*.atom", "**/feed.json", "**/*.ics")
        for path in output.glob(name)
    }
    press.build(NOON + timedelta(hours=1))
    assert [path for path, data in still.items() if path.read_bytes() != data] == []


def test_a_feed_that_holds_nothing_yet_has_changed_when_the_record_began(press: Press) -> None:
    output = press.build(NOON)
    dates = {}
    for path in [*sorted(output.rglob("*.xml")), *output.rglob("history.*")]:
        root = etree.fromstring(path.read_bytes())
        stamps = [date.text for name in ("{*}updated", "channel/lastBuildDate") for date in root.findall(name)]
        if stamps and root.find(".//{*}entry") is None and root.find(".//item") is None:
            dates[path.relative_to(output).as_posix()] = stamps
    assert {*XML} - {"articles/atom.xml", "articles/feed.xml", "atom.xml", "feed.xml"} <= dates.keys()
    assert {stamp for stamps in dates.values() for stamp in stamps} == {
        "2025-09-01T00:00:00Z",
        "Mon, 01 Sep 2025 00:00:00 GMT",
    }


def test_while_there_is_no_record_a_feed_is_of_the_day_it_is_made(press: Press) -> None:
    shutil.rmtree(press.root / "content/pulls")
    builds.build(press.settings(NOON))
    assert xml(press.output / "operators.xml").findtext("{*}updated") == "2026-03-02T00:00:00Z"
