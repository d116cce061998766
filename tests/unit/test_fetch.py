"""Fetching one feed: what comes back, and that nothing hostile costs more than its own deadline."""

import gzip
import socket
import struct
import sys
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpcore2
import pytest
import stamina

from almanac import fetch
from almanac.fetch import Answer, Hosts, Request
from almanac.fetch.body import check, gather
from almanac.fetch.guard import Backend, Deadline, is_public
from almanac.model import FeedError
from tests.support import serving
from tests.support.growth import LINEAR, growth
from tests.support.serving import Behaviour, Serving, reply

URL = "https://status.example/feed"
FEED = b'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Status</title></channel></rss>\n'
ETAG = '"v1"'
PATIENCE = 6000.0  # seconds: a retry needs a quarter of them left, and a busy machine may stall for half a minute


def get(behaviour: Behaviour, *, seconds: float = PATIENCE, url: str = URL, **request: Any) -> Answer:
    """Return what a fetch of status.example brings when that host behaves so, however long a busy machine takes."""
    with Serving({"status.example": behaviour}) as server:
        return fetch.get(Request(url=url, via=server.url, seconds=seconds, **request))


def error(behaviour: Behaviour, **request: Any) -> tuple[str, str]:
    """Reason and message of the FeedError that one attempt at such a fetch ends with; never two lines."""
    with stamina.set_testing(True, attempts=1), pytest.raises(FeedError) as caught:
        get(behaviour, **request)
    assert "\n" not in str(caught.value)
    return caught.value.reason, str(caught.value)


# What an honest server brings


def test_a_fresh_feed_comes_with_its_validators() -> None:
    answer = get(serving.status(200, FEED, etag=ETAG, last_modified="Mon, 02 Mar 2026 11:49:20 GMT"))
    assert answer == Answer(body=FEED, etag=ETAG, last_modified="Mon, 02 Mar 2026 11:49:20 GMT")


def test_a_packed_feed_is_unpacked() -> None:
    assert get(serving.page(FEED)).body == FEED


def test_an_unchanged_feed_is_not_sent_again() -> None:
    first = get(serving.page(FEED))
    assert get(serving.page(FEED), etag=first.etag) == Answer(body=None, etag=first.etag)


def test_last_modified_alone_serves_as_validator() -> None:
    date = "Mon, 02 Mar 2026 11:49:20 GMT"
    with Serving({"status.example": serving.page(FEED, modified=date)}) as server:
        answer = fetch.get(Request(url=URL, via=server.url, last_modified=date))
        assert (answer.body, answer.last_modified) == (None, date)
        assert server.visits[0].headers["if-modified-since"] == date


def test_a_304_nobody_asked_for_is_an_error() -> None:
    reason, message = error(serving.status(304))
    assert (reason, message[:11]) == ("status", "answers 304")


def test_a_validator_may_be_long() -> None:
    etag = '"' + "x" * 298 + '"'
    assert get(serving.status(200, FEED, etag=etag)).etag == etag


@pytest.mark.parametrize("etag", ['"' + "x" * 299 + '"', '"caf\xe9"', '"tab\tinside"'])
def test_a_validator_not_fit_for_a_file_is_dropped(etag: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nETag: {etag}\r\nContent-Length: {len(FEED)}\r\n\r\n".encode("latin-1")
    assert get(serving.raw(head, FEED)) == Answer(body=FEED)


def test_the_request_says_who_asks_and_what_it_takes() -> None:
    with Serving({"status.example": serving.page(FEED)}) as server:
        agent = "Pay (+https://pay.example)"
        fetch.get(Request(url="https://status.example/a/b.atom?x=1", via=server.url, agent=agent))
        (visit,) = server.visits
    assert (visit.host, visit.path) == ("status.example", "/a/b.atom?x=1")
    assert visit.headers["user-agent"] == agent
    assert visit.headers["accept-encoding"] == "gzip"
    assert "cookie" not in visit.headers


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "application/octet-stream", ""])
def test_the_bytes_count_and_not_the_type_they_are_said_to_have(kind: str) -> None:
    assert get(serving.status(200, FEED, content_type=kind)).body == FEED


# Servers that hang, drip, lie and break off


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


@pytest.mark.parametrize(
    "behaviour",
    [
        serving.hang(),
        serving.hang(b"HTTP/1.1 200 OK\r\nContent-Ty"),
        serving.hang(HEAD + b"Content-Length: 90\r\n\r\n" + FEED[:40]),
        serving.hang(reply(200, FEED, content_length="")),
        serving.drip(HEAD + b"Content-Length: 90000\r\n\r\n" + FEED * 1000),
        serving.drip(b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 1000),
        serving.hang(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 5),
    ],
    ids=["silent", "in headers", "in body", "without end", "dripping body", "dripping headers", "promises"],
)
def test_a_slow_answer_is_cut_at_the_deadline(behaviour: Behaviour) -> None:
    message = "no whole answer within 0.2 s; if it stays so, look for another feed"
    assert error(behaviour, seconds=0.2) == ("timeout", message)


def test_who_has_no_time_left_does_not_ask() -> None:
    with Serving({"status.example": serving.page(FEED)}) as server:
        with pytest.raises(FeedError, match="no whole answer within 0 s"):
            fetch.get(Request(url=URL, via=server.url, seconds=0))
        assert server.visits == []


def test_a_validator_that_no_header_can_hold_is_told() -> None:
    message = r"cannot be asked (Illegal header value b'a\nb'); check the feed's address"
    assert error(serving.page(FEED), etag="a\nb") == ("protocol", message)
    message = f"cannot be asked (Illegal header value b'a\\n{'b' * 94}); check the feed's address"
    assert error(serving.page(FEED), etag="a\n" + "b" * 200) == ("protocol", message)


def test_of_what_is_no_http_the_beginning_is_told() -> None:
    message = f"does not speak HTTP (illegal status line: bytearray(b'SSH {'x' * 83}); check the feed's address"
    assert error(serving.raw(b"SSH " + b"x" * 200 + b"\r\n\r\n")) == ("protocol", message)


def test_a_server_that_takes_no_more_connections_is_cut_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(4)]
        for other in waiting:
            other.setblocking(False)
            other.connect_ex(full.getsockname())
        with pytest.raises(FeedError) as caught:
            fetch.get(Request(url=URL, via=f"http://127.0.0.1:{full.getsockname()[1]}", seconds=0.2))
        for other in waiting:
            other.close()
    assert caught.value.reason == "timeout"


def test_nobody_listening_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(FeedError) as caught:
        fetch.get(Request(url=URL, via=f"http://127.0.0.1:{port}", seconds=1))
    message = "takes no connections ([Errno 111] Connection refused); check network and address"
    assert (caught.value.reason, str(caught.value)) == ("refused", message)


EARLY = "the answer ended before its announced length; pull again later"
HALF = "the document ends in the middle; pull again later"
SHORTER = "look for a shorter feed"
PASSED = f"more than 2 MB; {SHORTER} of this provider"


@pytest.mark.parametrize(
    ("behaviour", "reason", "message"),
    [
        (serving.raw(reply(200, FEED, content_length="9000")), "truncated", EARLY),
        (serving.raw(reply(200, FEED, content_length="60")), "truncated", HALF),
        (serving.raw(reply(200, FEED[:60], content_length="")), "truncated", HALF),
        (serving.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n10\r\n" + FEED[:10]), "truncated", EARLY),
        (
            serving.status(200, gzip.compress(FEED)[:-12], content_encoding="gzip"),
            "truncated",
            "the packed answer ends in the middle; pull again later",
        ),
        (
            serving.status(200, zlib.compress(FEED), content_encoding="gzip"),
            "truncated",
            "says it is packed with gzip, but that is broken; pull again later",
        ),
        (
            serving.status(200, FEED, content_encoding="gzip"),
            "truncated",
            "says it is packed with gzip, but that is broken; pull again later",
        ),
        (serving.reset(), "reset", "the connection was cut; pull again later"),
        (serving.reset(reply(200, FEED, content_length="9000")), "reset", "the connection was cut; pull again later"),
        (serving.raw(), "reset", "the connection was closed without an answer; pull again later"),
        (
            serving.raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
            "protocol",
            "does not speak HTTP (illegal status line: bytearray(b'SSH-2.0-OpenSSH_9.6')); check the feed's address",
        ),
        (
            serving.raw(HEAD + b"X: " + b"x" * 300_000),
            "protocol",
            "does not speak HTTP (Receive buffer too long); check the feed's address",
        ),
    ],
    ids=[
        "says more",
        "says less",
        "breaks off",
        "half a chunk",
        "half a gzip",
        "zlib",
        "no gzip",
        "reset",
        "reset in body",
        "closes",
        "speaks SSH",
        "endless header",
    ],
)
def test_a_broken_answer_is_no_feed(behaviour: Behaviour, reason: str, message: str) -> None:
    assert error(behaviour) == (reason, message)


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (serving.zeros(100), PASSED),
        (serving.status(200, serving.bomb(100), content_encoding="gzip"), PASSED),
        (serving.zeros(100, content_encoding="identity"), PASSED),
        (serving.raw(reply(200, content_length="5000000"), bytes(5_000_000)), f"announces 5 MB; {SHORTER}"),
        (serving.raw(reply(200, content_length="2000001"), bytes(2_000_001)), f"announces 2 MB; {SHORTER}"),
    ],
    ids=["zeros", "gzip bomb", "zeros as they are", "announced", "announced a byte too many"],
)
def test_too_much_is_given_up_early(behaviour: Behaviour, message: str) -> None:
    assert error(behaviour) == ("too-large", message)


def test_the_cap_is_on_unpacked_bytes() -> None:
    big = b"<rss>" + b" " * 500 + b"</rss>"
    served = serving.status(200, gzip.compress(big), content_encoding="gzip")
    with Serving({"status.example": served}) as server:
        assert fetch.get(Request(url=URL, via=server.url, limit=len(big))).body == big
        with pytest.raises(FeedError, match="look for a shorter feed"):
            fetch.get(Request(url=URL, via=server.url, limit=len(big) - 1))


def test_an_unasked_packing_is_named() -> None:
    assert error(serving.status(200, FEED, content_encoding="br")) == (
        "type",
        "packed as 'br', which was not asked for; look for another feed",
    )


# Statuses and retries


@pytest.mark.parametrize("code", [204, 206, 400, 403, 404, 410, 429])
def test_a_refusal_is_not_asked_again(code: int) -> None:
    with Serving({"status.example": serving.status(code)}) as server:
        with pytest.raises(FeedError, match=f"answers {code}"):
            fetch.get(Request(url=URL, via=server.url))
        assert len(server.visits) == 1


SHUT = "it shuts programs out; look for another feed of this provider"


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (serving.status(299), "answers 299; look for the feed's new address"),
        (serving.status(401), f"answers 401 Unauthorized: {SHUT}"),
        (serving.status(403), f"answers 403 Forbidden: {SHUT}"),
        (serving.status(404), "answers 404 Not Found; look for the feed's new address"),
        (serving.status(404, cf_mitigated="challenge"), f"answers 404 Not Found: {SHUT}"),
        (serving.status(404, retry_after="9"), "answers 404 Not Found; look for the feed's new address"),
        (serving.status(429), "answers 429 Too Many Requests; pull less often"),
        (serving.status(500), "answers 500 Internal Server Error; pull again later"),
        (serving.status(501), "answers 501 Not Implemented; look for the feed's new address"),
        (
            serving.status(503, retry_after="9" * 12),
            "answers 503 Service Unavailable and asks to wait 999999999 s; pull again after that",
        ),
        (serving.status(504), "answers 504 Gateway Timeout; pull again later"),
    ],
)
def test_a_status_says_what_it_means_and_what_to_do(answer: Behaviour, message: str) -> None:
    assert error(answer) == ("status", message)


@pytest.fixture
def no_wait() -> Iterator[None]:
    """Retries follow at once."""
    with stamina.set_testing(True, attempts=3):
        yield


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("passing", [serving.status(503), serving.reset(), serving.raw(reply(200, FEED[:40]))])
def test_a_passing_fault_is_asked_again_without_a_word(passing: Behaviour, caplog: pytest.LogCaptureFixture) -> None:
    assert get(serving.in_turn(passing, serving.page(FEED))).body == FEED
    assert caplog.records == []


@pytest.mark.usefixtures("no_wait")
def test_there_are_at_most_three_attempts() -> None:
    with Serving({"status.example": serving.status(502)}) as server:
        with pytest.raises(FeedError, match="answers 502 Bad Gateway; pull again later"):
            fetch.get(Request(url=URL, via=server.url, seconds=PATIENCE))
        assert len(server.visits) == 3


def test_retry_after_beyond_the_deadline_is_left_to_the_next_pull() -> None:
    with Serving({"status.example": serving.status(429, retry_after="120")}) as server:
        with pytest.raises(FeedError) as caught:
            fetch.get(Request(url=URL, via=server.url, seconds=20))
        assert len(server.visits) == 1
    assert str(caught.value) == "answers 429 Too Many Requests and asks to wait 120 s; pull again after that"


def test_retry_after_is_not_waited_for_without_the_time_for_another_answer() -> None:
    with Serving({"status.example": serving.status(503, retry_after="40")}) as server:
        with pytest.raises(FeedError) as caught:
            fetch.get(Request(url=URL, via=server.url, seconds=50))
        assert len(server.visits) == 1
    assert str(caught.value) == "answers 503 Service Unavailable and asks to wait 40 s; pull again after that"


def test_retry_after_within_the_deadline_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    own, sleep = threading.get_ident(), time.sleep  # servers of other tests may still be at it
    monkeypatch.setattr(
        time, "sleep", lambda seconds: waits.append(seconds) if threading.get_ident() == own else sleep(seconds)
    )
    page = serving.in_turn(serving.status(503, retry_after="17"), serving.page(FEED))
    assert get(page).body == FEED
    assert waits == [17]


def test_retry_after_may_be_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)
    message = error(serving.status(503, retry_after=date))[1]
    assert 0 < int(message.split("wait ")[1].split(" s")[0]) <= 600


@pytest.mark.parametrize("nonsense", ["soon", "Mon, 02 Mar 2026 11:49:20", "-5", "1e9"])
def test_a_retry_after_that_means_nothing_is_ignored(nonsense: str) -> None:
    assert error(serving.status(503, retry_after=nonsense))[1].startswith("answers 503 Service Unavailable")


# Redirects


def test_redirects_are_followed_to_other_names_and_relative_places() -> None:
    hosts = {
        "status.example": serving.by_path(
            {"/feed": serving.redirect("/new"), "/new": serving.redirect("//other.example/")}
        ),
        "other.example": serving.page(FEED),
    }
    with Serving(hosts) as server:
        assert fetch.get(Request(url=URL, via=server.url)).body == FEED
        assert [(visit.host, visit.path) for visit in server.visits] == [
            ("status.example", "/feed"),
            ("status.example", "/new"),
            ("other.example", "/"),
        ]


def test_a_feed_that_moved_for_good_says_where_to() -> None:
    hops = {
        "/feed": serving.redirect("/b", 301),
        "/b": serving.redirect("/c", 308),
        "/c": serving.redirect("/d", 302),
        "/d": serving.page(FEED),
    }
    assert get(serving.by_path(hops)).moved == "https://status.example/c"
    assert get(serving.by_path(hops | {"/feed": serving.redirect("/b", 302)})).moved == ""


def test_a_feed_that_moved_for_good_to_where_none_is_says_where_to() -> None:
    hops = {"/feed": serving.redirect("/new", 301), "/new": serving.status(404)}
    with pytest.raises(FeedError, match=r"^moved to https://status\.example/new: answers 404"):
        get(serving.by_path(hops))
    with pytest.raises(FeedError, match=r"^answers 404"):
        get(serving.by_path(hops | {"/feed": serving.redirect("/new", 302)}))


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("https://169.254.169.254/latest/meta-data/", "private-address"),
        ("https://127.0.0.1/", "private-address"),
        ("https://10.0.0.1/", "private-address"),
        ("https://[::1]/", "private-address"),
        ("https://[::ffff:192.168.1.1]/", "private-address"),
        ("https://[64:ff9b::a9fe:a9fe]/", "private-address"),
        ("http://status.example/feed", "redirect"),
        ("https://status.example/feed", "redirect"),
        ("file:///etc/passwd", "redirect"),
        ("ftp://status.example/feed", "redirect"),
        ("https://user:secret@status.example/", "redirect"),
        ("https://[::1/", "redirect"),
        ("https:///", "redirect"),
        (":javascript:x", "redirect"),
    ],
)
def test_a_redirect_to_where_no_feed_lives_is_refused(location: str, reason: str) -> None:
    assert error(serving.redirect(location))[0] == reason


def test_a_refused_redirect_says_why() -> None:
    messages = [error(serving.redirect(to))[1] for to in ("http://status.example/x", URL, "ftp://status.example/")]
    assert messages == [
        "redirects from https down to http://status.example/x; look for its new address",
        "redirects in a circle by https://status.example/feed; look for its new address",
        "redirects to 'ftp://status.example/', no web address; look for its new one",
    ]
    assert error(serving.redirect(":javascript:x"))[1] == ("redirects to an invalid URL; look for its new one")


def test_of_a_long_address_the_beginning_is_told() -> None:
    there = "http://status.example/" + "x" * 300
    assert error(serving.redirect(there))[1] == (
        f"redirects from https down to {there[:200]}; look for its new address"
    )
    assert error(serving.redirect("ftp" + there))[1] == (
        f"redirects to {'ftp' + there[:197]!r}, no web address; look for its new one"
    )


def test_a_circle_is_seen_when_it_closes() -> None:
    hops = {"/a": serving.redirect("/b"), "/b": serving.redirect("/c"), "/c": serving.redirect("/b")}
    with Serving({"status.example": serving.by_path(hops)}) as server:
        with pytest.raises(FeedError, match="in a circle"):
            fetch.get(Request(url="https://status.example/a", via=server.url))
        assert [visit.path for visit in server.visits] == ["/a", "/b", "/c"]


def test_the_via_server_itself_may_be_redirected_to_by_its_address() -> None:
    with Serving({"127.0.0.1": serving.page(FEED)}) as server:
        server.hosts["status.example"] = serving.redirect(f"{server.url}/feed")
        assert fetch.get(Request(url="http://status.example/feed", via=server.url)).body == FEED
        server.hosts["status.example"] = serving.redirect("http://127.0.0.1:1/feed")
        with pytest.raises(FeedError, match="no public address"):
            fetch.get(Request(url="http://status.example/feed", via=server.url))


def test_endless_redirects_end() -> None:
    hops = {f"/{n}": serving.redirect(f"/{n + 1}") for n in range(50)}
    with Serving({"status.example": serving.by_path(hops)}) as server:
        with pytest.raises(FeedError, match=r"more than 5 redirects, the last to https://status\.example/6"):
            fetch.get(Request(url="https://status.example/0", via=server.url))
        assert len(server.visits) == 6


PLAIN = "is no plain http or https URL; fix it"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("file:///etc/passwd", f"'file:///etc/passwd' {PLAIN}"),
        ("https://", f"'https://' {PLAIN}"),
        ("https://[::1/", "'https://[::1/' is no URL (Invalid port: ':1'); fix it"),
        ("https://me:pw@a.example/", f"'https://me:pw@a.example/' {PLAIN}"),
        ("feed", f"'feed' {PLAIN}"),
        ("x" * 300, f"'{'x' * 200}' {PLAIN}"),
    ],
)
def test_what_is_no_web_address_is_not_asked(url: str, message: str) -> None:
    with pytest.raises(FeedError) as caught:
        fetch.get(Request(url=url))
    assert (caught.value.reason, str(caught.value)) == ("url", message)


# Where a name may lead


INSIDE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
]
INSIDE_6 = [
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
NO_ADDRESSES = [
    "status.example",
    "1",
    "0x7f000001",
]


@pytest.mark.parametrize("address", [*INSIDE, *INSIDE_6, *NO_ADDRESSES])
def test_no_feed_lives_at(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "151.101.1.140", "2606:4700::1111", "2a00:1450::1", "64:ff9b::8.8.8.8"])
def test_a_feed_may_live_at(address: str) -> None:
    assert is_public(address)


class Internet:
    """Names that lead to addresses, all of which are in truth one port of this machine. Only the OS is replaced."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.names: dict[str, list[list[str]]] = {}  # what each further lookup of a name answers
        self.connected: list[tuple[str, int]] = []
        self.patience: list[float | None] = []
        self.dead: set[str] = set()
        self._connect = socket.create_connection

    def getaddrinfo(self, host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        if host == "127.0.0.1":  # asked by our own way to the test's server
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    def create_connection(self, place: tuple[str, int], timeout: float | None = None, **_: object) -> socket.socket:
        self.connected.append(place)
        self.patience.append(timeout)
        if place[0] in self.dead:
            raise TimeoutError
        return self._connect(("127.0.0.1", self.port), timeout)


Wire = Callable[[int], Internet]


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    earlier = set(threading.enumerate())

    def build(port: int) -> Internet:
        internet = Internet(port)
        monkeypatch.setattr(socket, "getaddrinfo", internet.getaddrinfo)
        monkeypatch.setattr(socket, "create_connection", internet.create_connection)
        return internet

    yield build
    for thread in set(threading.enumerate()) - earlier:
        while thread.ident is None:  # it is listed and has not begun: it cannot be joined yet
            time.sleep(0.001)
        thread.join(60)  # one that still knocks would do so in the next test's net


def test_a_name_that_leads_inside_is_never_connected_to(internet: Wire) -> None:
    net = internet(1)
    net.names = {"status.example": [["127.0.0.1", "10.0.0.1"]]}
    with pytest.raises(FeedError) as caught:
        fetch.get(Request(url=URL))
    assert caught.value.reason == "private-address"
    assert str(caught.value) == "status.example leads to 127.0.0.1, no public address, and was not asked; fix the URL"
    assert net.connected == []


def test_the_checked_address_is_the_one_connected_to_whatever_the_resolver_says_next(
    internet: Wire,
) -> None:
    with Serving({"status.example": serving.page(FEED)}) as server:
        net = internet(server.port)
        net.names = {"status.example": [["93.184.216.34"], ["127.0.0.1"]]}
        assert fetch.get(Request(url="http://status.example/feed")).body == FEED
        assert net.connected == [("93.184.216.34", 80)]
        assert [visit.host for visit in server.visits] == ["status.example"]


def test_a_redirect_into_the_house_is_refused_after_resolving(internet: Wire) -> None:
    with Serving({"status.example": serving.redirect("http://inside.example/")}) as server:
        net = internet(server.port)
        net.names = {"status.example": [["93.184.216.34"]], "inside.example": [["192.168.1.1"]]}
        with pytest.raises(FeedError) as caught:
            fetch.get(Request(url="http://status.example/feed"))
        assert caught.value.reason == "private-address"
        assert net.connected == [("93.184.216.34", 80)]


def test_a_dead_address_leaves_time_for_the_next(internet: Wire) -> None:
    with Serving({"status.example": serving.page(FEED)}) as server:
        net = internet(server.port)
        net.names = {"status.example": [["93.184.216.34", "10.0.0.1", "93.184.216.35"]]}
        net.dead = {"93.184.216.34"}
        assert fetch.get(Request(url="http://status.example/feed")).body == FEED
        assert net.connected == [("93.184.216.34", 80), ("93.184.216.35", 80)]
        assert [round(seconds or 0) for seconds in net.patience] == [10, 20]


def test_an_unknown_name_is_said_to_be_one(internet: Wire) -> None:
    internet(1)
    with pytest.raises(FeedError) as caught:
        fetch.get(Request(url=URL))
    message = "the name status.example cannot be resolved; check the network and the spelling"
    assert (caught.value.reason, str(caught.value)) == ("dns", message)


@contextmanager
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Yield a resolver that answers nobody before the end of this; who waits for it waits forever."""
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [][: over.wait()])
    yield
    over.set()


def test_a_resolver_that_hangs_is_left_behind_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    with hanging(monkeypatch), pytest.raises(FeedError) as caught:
        fetch.get(Request(url=URL, seconds=0.2))
    assert caught.value.reason == "dns"
    assert str(caught.value) == "the name status.example was not resolved within 0.2 s"


# TLS


def test_a_certificate_nobody_signed_is_refused(internet: Wire, tmp_path: Path) -> None:
    with Serving({"status.example": serving.page(FEED)}, tls=serving.tls_server(tmp_path)) as server:
        internet(server.port).names = {"status.example": [["93.184.216.34"]]}
        with pytest.raises(FeedError) as caught:
            fetch.get(Request(url=URL))
        assert (caught.value.reason, server.visits) == ("tls", [])
        said = "its certificate is not valid (self-signed certificate); check the feed's address"
        assert str(caught.value) == said


def test_tls_is_checked_against_the_name_although_an_address_is_connected_to(internet: Wire, tmp_path: Path) -> None:
    told: list[str] = []
    tls = serving.tls_server(tmp_path)
    tls.sni_callback = lambda _socket, name, _context: told.append(name)
    with Serving({"status.example": serving.page(FEED), "other.example": serving.page(FEED)}, tls=tls) as server:
        net = internet(server.port)
        net.names = {"status.example": [["93.184.216.34"]], "other.example": [["93.184.216.35"]]}
        pool = httpcore2.ConnectionPool(
            ssl_context=serving.tls_client(tmp_path), network_backend=Backend(Deadline(2)), max_connections=1
        )
        with pool:
            assert pool.request("GET", URL).content == FEED
            with pytest.raises(httpcore2.ConnectError, match="certificate"):
                pool.request("GET", "https://other.example/feed")
    assert told == ["status.example", "other.example"]
    assert net.connected == [("93.184.216.34", 443), ("93.184.216.35", 443)]


@contextmanager
def answering(act: Callable[[socket.socket], None]) -> Iterator[int]:
    """Yield a server on a port of its own that does this to every connection."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    act(door.accept()[0])

        threading.Thread(target=serve, daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


def cut(connection: socket.socket) -> None:
    connection.recv(1000)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def speak_plainly(connection: socket.socket) -> None:
    connection.recv(1000)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    connection.close()


@pytest.mark.parametrize(
    ("act", "reason", "said"),
    [
        (speak_plainly, "tls", "no encrypted connection could be agreed on; check the feed's address"),
        (cut, "reset", "the connection was cut while it was set up; pull again later"),
    ],
)
def test_what_goes_wrong_in_a_handshake_is_told(
    internet: Wire, act: Callable[[socket.socket], None], reason: str, said: str
) -> None:
    with answering(act) as port:
        internet(port).names = {"status.example": [["93.184.216.34"]]}
        with pytest.raises(FeedError) as caught:
            fetch.get(Request(url=URL))
    assert (caught.value.reason, str(caught.value)) == (reason, said)


def test_encryption_that_breaks_after_the_handshake_is_told(
    internet: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serving.tls_server(tmp_path)

    def break_off(connection: socket.socket) -> None:
        bare = connection.dup()
        with server.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(1000)
            bare.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        bare.close()

    monkeypatch.setattr(sys.modules["almanac.fetch.client"], "_tls", lambda: serving.tls_client(tmp_path))
    with answering(break_off) as port:
        internet(port).names = {"status.example": [["93.184.216.34"]]}
        with pytest.raises(FeedError) as caught:
            fetch.get(Request(url=URL))
    said = "the encrypted connection broke; check the feed's address"
    assert (caught.value.reason, str(caught.value)) == ("tls", said)


def test_a_handshake_that_never_ends_is_cut_at_the_deadline(internet: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        internet(silent.getsockname()[1]).names = {"status.example": [["93.184.216.34"]]}
        with pytest.raises(FeedError) as caught:
            fetch.get(Request(url=URL, seconds=0.2))
    assert caught.value.reason == "timeout"


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with Serving({"status.example": serving.page(FEED)}) as server:
        assert fetch.get(Request(url=URL, via=server.url)).body == FEED
        assert "authorization" not in server.visits[0].headers


# via


@pytest.mark.parametrize("via", ["https://127.0.0.1:1", "http://10.0.0.1:1", "http://localhost", "http://[::1]/x", "1"])
def test_via_leads_to_this_machine_only(via: str) -> None:
    with pytest.raises(ValueError) as caught:
        fetch.via_address(via)
    assert str(caught.value) == f"--via {via}: write http://127.0.0.1:PORT, the address of a server on this machine"


def test_via_is_an_address_and_a_port() -> None:
    places = [fetch.via_address(via) for via in ("", "http://127.0.0.1:8000", "http://[::1]:8000/", "http://127.0.0.1")]
    assert places == [None, ("127.0.0.1", 8000), ("::1", 8000), ("127.0.0.1", 80)]


# Manners


class Clock:
    """A clock that moves when somebody sleeps, and by a second for every look."""

    def __init__(self) -> None:
        self.now = 100.0
        self.naps: list[float] = []

    def look(self) -> float:
        self.now += 1
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


def hosts_by(clock: Clock, pause: float) -> Hosts:
    return Hosts(pause, clock=clock.look, sleep=clock.sleep)


def test_a_host_is_asked_one_at_a_time() -> None:
    hosts, inside, met = hosts_by(Clock(), 0), threading.Semaphore(1), []

    def visit() -> None:
        with hosts.turn("status.example"):
            alone = inside.acquire(blocking=False)
            time.sleep(0.01)  # time enough for another to come in, if it may
            met.append(alone)
            if alone:
                inside.release()

    threads = [threading.Thread(target=visit) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert met == [True] * 3


def test_a_host_is_given_a_pause_of_which_the_time_since_counts() -> None:
    clock = Clock()
    hosts = hosts_by(clock, 5)
    for _ in range(3):
        with hosts.turn("status.example"):
            pass
    assert clock.naps == [4, 4]


def test_a_host_that_had_its_pause_is_asked_at_once() -> None:
    clock = Clock()
    hosts = hosts_by(clock, 5)
    with hosts.turn("status.example"):
        pass
    clock.now += 60
    with hosts.turn("status.example"):
        pass
    assert clock.naps == [0]


def test_one_host_does_not_wait_for_another() -> None:
    clock = Clock()
    hosts = hosts_by(clock, 5)
    with hosts.turn("a.example"), hosts.turn("b.example"):
        pass
    assert clock.naps == []


# Is there a network at all?

URLS = [f"https://status-{n}.example/feed" for n in range(20)]


def test_names_that_cannot_be_resolved_mean_there_is_no_network(internet: Wire) -> None:
    internet(1)
    assert not fetch.online(URLS)


def test_a_hanging_resolver_means_there_is_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    with hanging(monkeypatch):
        assert not fetch.online(URLS, seconds=0.2)


def test_one_host_that_listens_is_network_enough(internet: Wire) -> None:
    with Serving({}) as server:
        net = internet(server.port)
        net.names = {f"status-{n}.example": [["93.184.216.34"]] for n in range(20)}
        assert fetch.online(URLS)
        assert len(net.connected) <= 6


def test_six_places_are_asked_at_their_ports(internet: Wire) -> None:
    net = internet(1)
    ports = {"http://a.example/": 80, "https://b.example/": 443, "https://c.example:8443/": 8443}
    urls = [url.replace(".example", f"{n}.example") for n in range(6) for url in ports]
    net.names = {url.split("/")[2].split(":")[0]: [[f"93.184.216.{n}"]] for n, url in enumerate(urls)}
    net.dead = {f"93.184.216.{n}" for n in range(18)}
    assert not fetch.online([*urls, *urls])
    assert sorted(port for _, port in net.connected) == [80, 80, 443, 443, 8443, 8443]


def test_a_resolver_that_knows_private_addresses_only_is_left_to_the_pull(internet: Wire) -> None:
    internet(1).names = {f"status-{n}.example": [["10.0.0.1"]] for n in range(20)}
    assert fetch.online(URLS)


def test_an_address_that_is_none_is_left_to_the_pull(internet: Wire) -> None:
    internet(1)
    assert fetch.online(["https://[::zz]/", *URLS[:2]])


def test_two_silent_hosts_say_nothing_about_the_network(internet: Wire) -> None:
    internet(1)
    assert fetch.online(URLS[:2])
    assert not fetch.online(URLS[:3])


# The bytes themselves

ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"></feed>'


@pytest.mark.parametrize(
    "body",
    [
        ATOM,
        b"\xef\xbb\xbf" + ATOM,
        b'\n <?xml version="1.0"?><?xml-stylesheet href="x"?><!-- a > b <html> -->\n' + ATOM,
        b"<!DOCTYPE rss [<!ENTITY nbsp '&#160;'>]>\n<rss></rss>",
        b'<rdf:RDF xmlns:rdf="x"></rdf:RDF>\n\n',
        ATOM + b"\n<!-- cached --> <?php ?>\n",
        b"<atom:feed></atom:feed >",
        b'<rss version="2.0"/>',
        '<?xml version="1.0" encoding="UTF-16"?><rss>caf\xe9</rss>'.encode("utf-16"),
        b"<rss><item>&lt;html&gt; captcha</item></rss>",
        b'\n{"incidents": ["<html>"]}\n',
        b"[]",
        b"\xfe\xff" + "<rss></rss>".encode("utf-16-be"),
        ATOM + b"\0 \t\r\n",
    ],
)
def test_this_is_a_whole_feed(body: bytes) -> None:
    check(body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><html><title>Status</title></html>", "html"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y">\n<html xmlns="x"><body/></html>', "html"),
        (b"<p>Hi<html>", "html"),
        (b'{"incidents": [', "truncated"),
        (b"", "type"),
        (b" \n", "type"),
        (b"\x89PNG\r\n", "type"),
        (b"<opml></opml>", "type"),
        (b"<rssx></rssx>", "type"),
        (ATOM[:-1], "truncated"),
        (ATOM + b"<entry>", "truncated"),
        (ATOM + b"X", "truncated"),
        (b"<rss><item><rss/>", "truncated"),
        (b"<rss><channel/>", "truncated"),
        (b"<feed><!-- </feed", "truncated"),
        (b" " * 4091 + b"<html>", "html"),
        (b"x" * 4091 + b"<html>", "html"),
        (b"x" * 4092 + b"<html>", "type"),
        (b"<!--" + b"x" * 5000 + b"--><html></html>", "html"),
        (b"<head></head>", "html"),
        (b"<body></body>", "html"),
        (b"<script></script>", "html"),
    ],
)
def test_this_is_not(body: bytes, reason: str) -> None:
    with pytest.raises(FeedError) as caught:
        check(body)
    assert caught.value.reason == reason


def test_a_challenge_for_browsers_is_called_one() -> None:
    page = b"<html><title>Just a moment...</title></html>"
    assert "challenge page" in error(serving.status(200, page))[1]
    assert "challenge page" in error(serving.status(200, b"<html></html>", cf_mitigated="challenge"))[1]
    assert "a web page instead of the feed" in error(serving.status(200, b"<html></html>"))[1]


@pytest.mark.parametrize(
    "words",
    [
        "just a moment",
        "captcha",
        "challenge-platform",
        "verify you are human",
        "Verify that you are a human",
        "are you a robot",
        "enable JavaScript",
        "checking your browser",
        "attention required",
        "incapsula",
        "awswaf",
    ],
)
def test_a_challenge_is_known_by_its_words_near_its_beginning(words: str) -> None:
    near, far = (b"<html>" + b" " * blanks + words.encode() for blanks in (150_000, 200_000))
    assert "challenge page" in error(serving.status(200, near))[1]
    assert "a web page instead of the feed" in error(serving.status(200, far))[1]


def test_what_came_instead_of_a_feed_is_named() -> None:
    messages = [error(serving.status(200, b"%PDF-1.7", content_type="application/pdf; version=1"))[1]]
    messages += [error(serving.status(200, body))[1] for body in (b"<opml/>", b"", b"%PDF-1.7", b"<" + b"x" * 50)]
    messages += [error(serving.status(200, b"%PDF-1.7", content_type="x" * 70))[1]]
    assert messages == [
        "no RSS, Atom or JSON but application/pdf; check the feed's address",
        "no RSS, Atom or JSON but XML with the root <opml>; check the feed's address",
        "no RSS, Atom or JSON but nothing at all; check the feed's address",
        "no RSS, Atom or JSON but something else; check the feed's address",
        f"no RSS, Atom or JSON but XML with the root <{'x' * 40}>; check the feed's address",
        f"no RSS, Atom or JSON but {'x' * 60}; check the feed's address",
    ]


def test_a_long_way_to_no_root_does_not_take_long() -> None:
    def refuse(part: bytes, size: int) -> None:
        with pytest.raises(FeedError):
            check(part * size)

    for part in (b"<!--", b"<?", b" ", b"<!DOCTYPE x [", b"<rss></rss", b"<!DOCTYPE"):
        assert growth(partial(refuse, part), 2_000_000 // len(part)) < LINEAR, part


def test_a_bomb_is_not_unpacked_before_it_is_refused() -> None:
    bomb = serving.bomb(100)
    tracemalloc.start()
    with pytest.raises(FeedError, match="more than 2 MB"):
        gather([bomb], encoding="gzip", limit=2_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


def test_gzip_may_come_in_several_members_and_any_pieces() -> None:
    packed = gzip.compress(b"<rss>") + gzip.compress(b"</rss>")
    assert gather([packed[n : n + 1] for n in range(len(packed))], encoding="gzip", limit=100) == b"<rss></rss>"
    assert gather([packed], encoding="x-gzip", limit=100) == b"<rss></rss>"
    with pytest.raises(FeedError, match="says it is packed with gzip, but that is broken"):
        gather([gzip.compress(b"<rss>"), zlib.compress(b"</rss>")], encoding="gzip", limit=100)
