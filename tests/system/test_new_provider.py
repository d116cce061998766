"""`new provider` finds what status pages of every make publish, and writes a file that passes the check."""

import json
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from almanac.build.routes import BY_NAME
from almanac.commands import check, new_provider
from almanac.commands.new_provider import addresses
from almanac.content import providers
from almanac.feeds import discovery
from almanac.fetch import Hosts
from almanac.model import Component, Feed, Provider
from almanac.model.project import ANYBODYS, Capability
from almanac.pull.discover import NothingToReadError, discover
from almanac.world import Clock, WorldServer, by_chance
from almanac.world.server import Behaviour, Serving, Visit, page, status
from bench.quarters import BEGIN
from tests.support.refusals import refusal
from tests.unit.test_pull import no_such_name

PARTS = ("Payments API", "Dashboard", "Card Terminal")
DAYS = timedelta(days=40)


class Site(NamedTuple):
    """A status page of one make: what it looks like, what it serves, and what is to be found there."""

    make: str
    host: str
    html: str
    feeds: Mapping[str, str]  # path: dialect
    files: Mapping[str, bytes]
    found: tuple[str, ...]  # paths, in the order in which they are to be read
    dialects: tuple[str, ...]
    parts: tuple[str, ...] = PARTS
    name: str = ""


def html(head: str = "", body: str = "", title: str = "Acme Status") -> str:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def link(href: str, kind: str = "atom") -> str:
    return f'<link rel="alternate" type="application/{kind}+xml" href="{href}" title="Feed">'


def listed(**more: object) -> bytes:
    parts = [{"name": name, "group": False} for name in PARTS] + [{"name": "All of it", "group": True}]
    return json.dumps({"page": {"name": "Acme Pay"}, "components": parts, **more}).encode()


SUMMARY = {"/api/v2/summary.json": listed(status={"indicator": "none"})}
CSTATE = b"""<rss version="2.0"><channel><title>Tills</title><link>https://tills.example/</link><description>Past</description>
<generator>github.com/cstate</generator><item><title>[Resolved] Receipts are not printed</title>
<link>https://tills.example/issues/2026-03-01-receipts/</link><pubDate>Sun, 01 Mar 2026 09:00:00 +0000</pubDate>
<guid>https://tills.example/issues/2026-03-01-receipts/</guid><category>2026-03-01 11:30:00 +0000</category>
<description>&lt;p&gt;No printer answers. It is over now.&lt;/p&gt;</description></item></channel></rss>"""
ONLINEORNOT = b"""<rss version="2.0"><channel><title>Ledger - Incident History</title><description>Statuspage</description>
<item><title>Slow exports</title><description><![CDATA[<p><small>Mar 1, 10:33 PM UTC</small><br/><strong>RESOLVED</strong> -
<p>Exports are fast again.</p></p>]]></description><pubDate>Sun, 01 Mar 2026 19:50:46 GMT</pubDate>
<link>status.ledger.example/incidents/Hk2wQpX9vTrM</link></item></channel></rss>"""
STATUSIO = b"""<rss version="2.0"><channel><title><![CDATA[Vault Status]]></title><item><title>Card numbers are not shown</title>
<description><![CDATA[<small>March 1, 2026 05:15 PDT</small><br /><b>Investigating</b> - We look into it<br /><br />
<small>March 1, 2026 06:43 PDT</small><br /><b>Resolved</b> - All numbers are shown<br /><br />]]></description>
<link>https://status.io/pages/incident/5f1e2d3c4b5a69788796a5b4/69a4276046d3917be20c5f48</link>
<guid isPermaLink="false">69a4276046d3917be20c5f48</guid><pubDate>Sun, 01 Mar 2026 14:43:08 GMT</pubDate></item></channel></rss>"""
CHECKLY = b"""<rss version="2.0"><channel><title>Coins status</title><link>https://status.coins.example</link>
<description>Updates</description><item><title>Transfers wait</title><guid isPermaLink="false">0f8d2c11-5a3e-4b7a-9c55-2b6d8e4f7a90</guid>
<link>https://status.coins.example/incidents/0f8d2c11</link><pubDate>Sun, 01 Mar 2026 12:40:00 GMT</pubDate><description>
<![CDATA[Status: Resolved<br/>Transfers go through again.<br/>Affected services<ul><li>Transfers</li></ul>]]></description></item>
</channel></rss>"""

SITES = (
    Site(
        "statuspage",
        "status.acmepay.example",
        html(link("/history.atom") + link("/history.rss", "rss"), "Powered by Atlassian Statuspage"),
        {
            "/history.atom": "statuspage",
            "/history.rss": "statuspage",
            "/api/v2/incidents.json": "statuspage-json",
        },
        SUMMARY,
        ("/api/v2/incidents.json", "/history.atom"),
        ("statuspage-json", "statuspage"),
        name="Acme Pay",
    ),
    Site(
        "incident.io",
        "status.acmepay.example",
        html("", "<a href='https://incident.io'>Powered by incident.io</a>"),
        {"/feed.atom": "incidentio", "/api/v2/incidents.json": "statuspage-json"},
        SUMMARY,
        ("/feed.atom", "/api/v2/incidents.json"),
        ("incidentio", "statuspage-json"),
        name="Acme Pay",
    ),
    Site(
        "Better Stack",
        "status.tills.example",
        html("", "Better Stack", title="Tills status"),
        {"/feed": "betterstack", "/index.json": "betterstack-json"},
        {},
        ("/index.json", "/feed"),
        ("betterstack-json", "betterstack"),
    ),
    Site(
        "Instatus",
        "acme.instatus.com",
        html(link("/history.atom")),
        {"/history.atom": "instatus"},
        {"/v2/components.json": listed(), "/summary.json": b'{"page": {"name": "Acme", "status": "UP"}}'},
        ("/history.atom", "/summary.json"),
        ("instatus", "instatus-json"),
    ),
    Site(
        "Datadog",
        "status.router.example",
        html("", "<script src='https://static.datadoghq.com/x.js'></script>"),
        {"/config.json": "datadog-json"},
        {},
        ("/config.json",),
        ("datadog-json",),
    ),
    Site(
        "Google",
        "status.cloud.example",
        html("<meta name='generator' content='Google'>"),
        {"/en/feed.atom": "google", "/incidents.json": "google-json"},
        {},
        ("/incidents.json", "/en/feed.atom"),
        ("google-json", "google"),
    ),
    Site(
        "AWS",
        "health.bank.example",
        html("", "Amazon Web Services"),
        {"/rss/all.rss": "aws", "/public/events": "aws-json"},
        {},
        ("/public/events", "/rss/all.rss"),
        ("aws-json", "aws"),
        ("paymentsapi-us-east-1", "dashboard-us-east-1", "cardterminal-us-east-1"),
    ),
    Site(
        "Azure",
        "azure.status.example",
        html("", "Microsoft Azure"),
        {"/en-us/status/feed/": "azure"},
        {},
        ("/en-us/status/feed/",),
        ("azure",),
        (),
    ),
    Site("xAI", "status.ex.example", html(), {"/feed.xml": "xai"}, {}, ("/feed.xml",), ("xai",)),
    Site(
        "Flashduty",
        "status.deep.example",
        html(link("/history.atom"), "flashcat.cloud"),
        {"/history.atom": "flashduty"},
        {},
        ("/history.atom",),
        ("flashduty",),
    ),
    Site(
        "LambStatus", "lamb.example", html(), {"/history.rss": "lambstatus"}, {}, ("/history.rss",), ("lambstatus",), ()
    ),
    Site(
        "cState",
        "tills.example",
        html(link("/index.xml", "rss"), title="Tills"),
        {},
        {"/index.xml": CSTATE, "/index.json": b'{"title": "Tills", "systems": [{"name": "Printers"}]}'},
        ("/index.xml",),
        ("plain",),
        ("Printers",),
    ),
    Site(
        "OnlineOrNot",
        "status.ledger.example",
        html("", "<a href='/incidents.rss'>RSS</a>", title="Ledger Status"),
        {},
        {"/incidents.rss": ONLINEORNOT},
        ("/incidents.rss",),
        ("plain",),
        (),
    ),
    Site(
        "Status.io",
        "status.vault.example",
        html("", "<a href='/1/rss'>RSS</a> by <a href='https://status.io/'>Status.io</a>", title="Vault Status"),
        {},
        {"/1/rss": STATUSIO},
        ("/1/rss",),
        ("plain",),
        (),
    ),
    Site(
        "Checkly",
        "status.coins.example",
        html("", "Checkly", title="Coins status"),
        {},
        {"/feed.rss": CHECKLY},
        ("/feed.rss",),
        ("plain",),
        (),
    ),
    Site(
        "plain",
        "news.example",
        html(link("/updates.xml", "rss")),
        {"/updates.xml": "plain"},
        {},
        ("/updates.xml",),
        ("plain",),
        (),
    ),
)


def behaviour(site: Site) -> Behaviour:
    files = {"/": site.html.encode(), **site.files}

    def behave(visit: Visit) -> None:
        found = files.get(visit.path)
        (status(404) if found is None else page(found))(visit)

    return behave


@pytest.fixture(params=SITES, ids=[site.make for site in SITES])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Site, WorldServer]]:
    site: Site = request.param
    provider = Provider(
        slug="acme",
        name="Acme",
        company="Acme",
        home="",
        status_page="",
        feeds=tuple(Feed(url=f"https://{site.host}{path}", dialect=dialect) for path, dialect in site.feeds.items()),
        components=tuple(Component(slug=f"part{n}", name=name, match=(name,)) for n, name in enumerate(PARTS)),
    )
    world = by_chance([provider], 4, BEGIN, BEGIN + DAYS, faults=0)
    with WorldServer(world, Clock(BEGIN + DAYS)) as server:
        server.hosts[site.host] = behaviour(site)
        yield site, server


def test_a_page_of_every_make_is_found_read_and_written_down(
    served: tuple[Site, WorldServer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, server = served
    content = tmp_path / "content"
    content.mkdir()
    code = new_provider.main(content, [f"https://{site.host}/"], via=server.url, ask=discovery.answer)
    captured = capsys.readouterr()
    assert (code, captured.err) == (0, "")
    ((one,), faults) = providers.sound(content)
    assert faults == ()
    assert tuple(feed.url.removeprefix(f"https://{site.host}") for feed in one.feeds) == site.found
    assert tuple(feed.dialect for feed in one.feeds) == site.dialects
    assert {part.name for part in one.components} == set(site.parts)
    assert len(server.visits) <= 30
    if site.name:
        assert one.name == site.name
    assert check.main(content) == 0


def serving(**sites: Mapping[str, bytes]) -> Serving:
    """Return a server of hosts (with _ for .) and their files."""

    def behaviour(files: Mapping[str, bytes]) -> Behaviour:
        return lambda visit: (page(files[visit.path]) if visit.path in files else status(404))(visit)

    return Serving({host.replace("_", "."): behaviour(files) for host, files in sites.items()})


def added(tmp_path: Path, *urls: str, via: str, **options: Any) -> tuple[int, dict[str, str]]:
    """Return the exit code of adding providers, and the files that this wrote."""
    content = tmp_path / "content"
    content.mkdir(exist_ok=True)
    code = new_provider.main(content, urls, via=via, **{"ask": discovery.answer, **options})
    return code, {path.name: path.read_text() for path in sorted(content.rglob("*.md"))}


def test_a_page_without_a_feed_says_so_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(www_shop_example={"/": html("", "All is well").encode()}) as server:
        code, written = added(tmp_path, "https://www.shop.example/", via=server.url)
    said = capsys.readouterr().err
    assert (code, written) == (1, {})
    assert said.startswith("new: https://www.shop.example/: no feed was found there (")
    assert "answers 404 Not Found" in said
    assert "Look on the page for “Subscribe” or “RSS” and name that address" in said
    assert "content/unwatched.txt" in said
    assert said.count("\n") == 1


def test_the_address_of_a_feed_will_do(tmp_path: Path) -> None:
    with serving(tills_example={"/index.xml": CSTATE}) as server:
        code, written = added(tmp_path, "https://tills.example/index.xml", via=server.url, name="Tills")
    assert code == 0
    assert "\n  - url: https://tills.example/index.xml\n    dialect: plain\n" in written["tills.md"]
    assert "\nstatus_page: https://tills.example/\n" in written["tills.md"]


@pytest.mark.slow
def test_all_that_strangers_send_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    tills = {"/": html(link("/index.xml", "rss"), title="Tills").encode(), "/index.xml": CSTATE}
    with serving(tills_example=tills) as server:
        code, written = added(tmp_path, "https://tills.example/", via=server.url, ask=None)
    assert (code, list(written)) == (0, ["tills.md"])


def test_a_website_leads_to_its_status_page(tmp_path: Path) -> None:
    home = {"/": html("", "<a href='https://status.ledger.example/?from=footer'>Status</a>", "Ledger").encode()}
    there = {"/": html(title="Ledger Status").encode(), "/incidents.rss": ONLINEORNOT}
    with serving(ledger_example=home, status_ledger_example=there) as server:
        code, written = added(tmp_path, "ledger.example", via=server.url)
    assert code == 0
    assert list(written) == ["ledger.md"]
    assert "\nstatus_page: https://status.ledger.example/\n" in written["ledger.md"]


NEWS = b"""<rss version="2.0"><channel><title>Blog</title><link>https://shop.example/</link><description>News</description>
<item><title>Meet our new colours</title><link>https://shop.example/1</link><guid>https://shop.example/1</guid>
<pubDate>Sun, 01 Mar 2026 12:40:00 GMT</pubDate><description>They are lovely.</description></item></channel></rss>"""


def test_a_feed_of_news_is_no_feed_of_incidents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(shop_example={"/": html(link("/blog.xml", "rss")).encode(), "/blog.xml": NEWS}) as server:
        code, written = added(tmp_path, "https://shop.example/", via=server.url)
    assert (code, written) == (1, {})
    assert "https://shop.example/blog.xml is a news feed" in capsys.readouterr().err


def test_without_writing_the_file_is_shown_and_the_last_incidents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tills = {"/": html(link("/index.xml", "rss"), title="Tills").encode(), "/index.xml": CSTATE}
    with serving(tills_example=tills) as server:
        code, written = added(tmp_path, "https://tills.example/", via=server.url, dry=True)
    out = capsys.readouterr().out
    assert (code, written) == (0, {})
    assert "\n  2026-03-01 09:00 to 2026-03-01 11:30 UTC: unknown degradation: Receipts are not printed\n" in out
    assert "new: would write content/providers/tills.md:\n\n---\n" in out
    assert "\nslug: tills\nname: Tills\n" in out


def test_several_at_once_and_what_fails_stops_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tills = {"/": html(link("/index.xml", "rss"), title="Tills").encode(), "/index.xml": CSTATE}
    ledger = {"/": html(title="Ledger Status").encode(), "/incidents.rss": ONLINEORNOT}
    with serving(tills_example=tills, status_ledger_example=ledger) as server:
        urls = ("https://tills.example/", "https://nothing.example/", "https://status.ledger.example/")
        code, written = added(tmp_path, *urls, via=server.url)
        again, _ = added(tmp_path, urls[0], via=server.url)
    assert (code, list(written), again) == (1, ["ledger.md", "tills.md"], 1)
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("new: https://nothing.example/: no feed was found there")
    assert said[1] == (
        "new: https://tills.example/: is already monitored: content/providers/tills.md reads https://tills.example/index.xml"
    )


@pytest.mark.parametrize(
    "text",
    [
        "# ours\nhttps://a.example/ # payments\n\nstatus.b.example\nhttps://a.example/\n",
        """<?xml version="1.0"?><opml version="2.0"><body><outline text="A" htmlUrl="https://a.example/"/>
        <outline text="all"><outline type="rss" xmlUrl="status.b.example"/></outline></body></opml>""",
    ],
)
def test_a_list_is_lines_or_an_opml(text: str) -> None:
    assert addresses(text) == ("https://a.example/", "status.b.example")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://10.0.0.7/", "10.0.0.7 leads to 10.0.0.7, no public address, and was not asked; fix the URL"),
        ("http://localhost/", "no public address, and was not asked"),
        ("ftp://files.example/", "'ftp://files.example/' is no plain http or https URL; fix it"),
    ],
)
def test_only_public_addresses_are_asked(
    url: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert added(tmp_path, url, via="") == (1, {})
    assert why in capsys.readouterr().err


def test_without_a_network_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    urls = [f"https://status.{name}.example/" for name in ("a", "b", "c")]
    assert refusal(added, tmp_path, *urls, via="") == "no network, so no page can be read; nothing was written"


def test_a_page_that_leads_inside_is_not_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inside = html(link("http://127.0.0.1:22/feed.xml") + link("http://169.254.169.254/latest/feed.atom")).encode()
    with serving(evil_example={"/": inside}) as server:
        code, written = added(tmp_path, "https://evil.example/", via=server.url)
    assert (code, written) == (1, {})
    assert {visit.host for visit in server.visits} == {"evil.example"}


def test_who_answers_slowly_is_given_up_in_time() -> None:
    over = threading.Event()

    def never(visit: Visit) -> None:
        over.wait(20)

    with Serving({"slow.example": never}) as server, pytest.raises(NothingToReadError, match="no feed was found there"):
        discover("https://slow.example/", now=BEGIN, hosts=Hosts(0), ask=discovery.answer, via=server.url, seconds=0.5)
    over.set()
    assert len(server.visits) == 1


def test_no_component_gets_the_address_of_another_page_of_its_provider() -> None:
    below = {
        match[1]
        for route in BY_NAME.values()
        for address in route.addresses
        if (match := re.fullmatch(r"providers/\{slug\}/([a-z0-9-]+)/index\.html", address))
    }
    assert below == set(providers.RESERVED)
    assert [name for name in ("numbers", "2026") if not providers.is_reserved(name)] == []


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("Claude API", "api"),
        ("ChatGPT", "chat"),
        ("Image generation", "images"),
        ("Voice mode", "speech"),
        ("Copilot", "code"),
        ("Deep Research", "search"),
        ("GPU Clusters", "compute"),
        ("Billing", "other"),
    ],
)
def test_what_a_component_is_for_is_guessed_by_its_name(part: str, kind: str) -> None:
    assert new_provider.capability(part, ANYBODYS) == kind


def test_guesses_are_of_what_the_project_lists() -> None:
    listed = (Capability("transfers", "Bank transfers", ""), Capability("api", "API", ""))
    project = replace(ANYBODYS, capabilities=listed)
    parts = ("Bank transfers (SEPA)", "Payments API", "Chat", "Transfers")
    guesses = [new_provider.capability(part, project) for part in parts]
    assert guesses == ["transfers", "api", "other", "transfers"]
