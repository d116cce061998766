"""The only network code: one conditional GET of a feed, bounded in time, in size and in where it may lead.

`via` is for the command line only: every host name then leads to that one local server, spoken to in plain HTTP with
path and Host header as they were, as if each name's DNS entry pointed there.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b

import httpx2
import stamina
import stamina.instrumentation

from almanac.fetch import body as bodies
from almanac.fetch import guard
from almanac.fetch.client import TransientError, client
from almanac.fetch.guard import Deadline
from almanac.model import FeedError
from almanac.model.problem import WordError
from almanac.model.project import ANYBODYS

SECONDS = 20.0  # for one whole answer: name, connection, TLS, redirects, retries and body
LIMIT = 2_000_000  # unpacked bytes
REDIRECTS = 5
PAUSE = 0.5  # seconds between two requests to one host
ATTEMPTS = 3  # of one request, where another may help

stamina.instrumentation.set_on_retry_hooks([])  # a retry that helped is no news, one that did not is in the error


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to get. `etag` and `last_modified` are what the server said last time, "" if nothing."""

    url: str
    etag: str = ""
    last_modified: str = ""
    via: str = ""
    seconds: float = SECONDS
    limit: int = LIMIT
    agent: str = ANYBODYS.agent  # who asks
    web_page: bool = False  # take whatever it is: somebody looks for feeds on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`body` is None when nothing changed since the validators of the request; `moved`: where it now lives for good."""

    body: bytes | None
    etag: str = ""
    last_modified: str = ""
    moved: str = ""

    @property
    def digest(self) -> str:
        """A digest of the body, by which an answer that says the same again is known; "" without one."""
        return "" if self.body is None else blake2b(self.body, digest_size=16).hexdigest()


class Hosts:
    """Whose turn it is: one request at a time and a short pause for each host."""

    def __init__(
        self,
        pause: float = PAUSE,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause, self._clock, self._sleep = pause, clock, sleep
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._last: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait until the host is free and has had its pause."""
        with self._guard:
            lock = self._locks[host]
        with lock:
            if host in self._last:
                self._sleep(max(0.0, self._last[host] + self._pause - self._clock()))
            try:
                yield
            finally:
                self._last[host] = self._clock()


def get(request: Request, hosts: Hosts | None = None) -> Answer:
    """Return the feed's bytes, or that they did not change. The deadline starts when it is this request's turn.

    Raises FeedError with one of the reasons url, dns, private-address, refused, timeout, reset, tls, protocol, status,
    redirect, type, html, too-large, truncated; its message is one line.
    """
    with (hosts or Hosts()).turn(_url(request.url).host):
        deadline = Deadline(request.seconds)

        def should_retry(error: Exception) -> bool | float:
            if not isinstance(error, TransientError):
                return False
            wait = 1.0 if error.wait is None else error.wait
            if deadline.remaining < wait + request.seconds / 4:  # too late for another whole answer
                return False
            return True if error.wait is None else error.wait

        attempts = stamina.retry_context(
            on=should_retry, attempts=ATTEMPTS, timeout=None, wait_initial=0.2, wait_max=2.0, wait_jitter=0.5
        )
        for attempt in attempts:
            with attempt:
                return _attempt(request, deadline)
        raise AssertionError("stamina gives the last error back")  # pragma: no cover


def via_address(via: str) -> tuple[str, int] | None:
    """Return host and port of a `via` URL, None for "". Raises ValueError unless it is http://127.0.0.1:PORT or [::1]."""
    if not via:
        return None
    url = httpx2.URL(via)
    if url.scheme != "http" or url.host not in ("127.0.0.1", "::1") or url.path not in ("", "/"):
        raise WordError(f"--via {via}: write http://127.0.0.1:PORT, the address of a server on this machine")
    return url.host, url.port or 80


def online(urls: Iterable[str], *, seconds: float = 2.0) -> bool:
    """Say whether any of a few of these hosts takes a connection in time; True as well for fewer than three hosts.

    With fewer, a silent host says more about itself than about our network.
    """
    places = sorted(set(_places(urls)))
    if len(places) < 3:
        return True
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    deadline = Deadline(seconds)

    def knock(host: str, port: int) -> None:
        answers.put(guard.takes(host, port, deadline))

    sample = places[:: -(-len(places) // 6)]  # six of them, spread over the alphabet
    for place in sample:
        threading.Thread(target=knock, args=place, daemon=True).start()
    try:
        return any(answers.get(timeout=max(0.0, deadline.remaining)) for _ in sample)
    except queue.Empty:
        return False


def _places(urls: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield host and port of each; what is no URL is left for `get` to refuse."""
    for text in urls:
        with suppress(FeedError):
            url = _url(text)
            yield url.host, url.port or (443 if url.scheme == "https" else 80)


def _url(text: str) -> httpx2.URL:
    """Return a URL this module may ask. Raises FeedError `url` for anything but plain http and https."""
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL as error:
        raise FeedError("url", f"{text[:200]!r} is no URL ({error}); fix it") from error
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise FeedError("url", f"{text[:200]!r} is no plain http or https URL; fix it")
    return url


def _attempt(request: Request, deadline: Deadline) -> Answer:
    """Make one attempt, redirects included."""
    url, visited, moved, for_good = _url(request.url), {request.url}, "", True
    with client(deadline, via_address(request.via), request.agent) as session:
        for _ in range(REDIRECTS + 1):
            with session.stream("GET", _wire(url, request.via), headers=_headers(request)) as response:
                if not response.has_redirect_location:
                    return _answer_there(request, response, moved)
                for_good = for_good and response.status_code in (301, 308)
                url = _target(url, response.headers["location"], visited)
                moved = str(url) if for_good else moved
    raise FeedError("redirect", f"more than {REDIRECTS} redirects, the last to {_short(url)}; put the last address in")


def _answer_there(request: Request, response: httpx2.Response, moved: str) -> Answer:
    """Return `_answer`; where that fails at the end of permanent redirects, the error says where they led."""
    try:
        return _answer(request, response, moved)
    except FeedError as error:
        if not moved or isinstance(error, TransientError):
            raise
        raise FeedError(error.reason, f"moved to {moved[:200]}: {error}") from error


def _target(url: httpx2.URL, location: str, visited: set[str]) -> httpx2.URL:
    """Return where a redirect leads, and add that to `visited`."""
    try:
        target = _url(str(url.join(location)))
    except (httpx2.InvalidURL, FeedError) as error:
        raise FeedError("redirect", f"redirects to {location[:200]!r}, no web address; look for its new one") from error
    if url.scheme == "https" and target.scheme == "http":
        raise FeedError("redirect", f"redirects from https down to {_short(target)}; look for its new address")
    if str(target) in visited:
        raise FeedError("redirect", f"redirects in a circle by {_short(target)}; look for its new address")
    visited.add(str(target))
    return target


def _short(url: httpx2.URL) -> str:
    return str(url)[:200]


def _wire(url: httpx2.URL, via: str) -> httpx2.URL:
    return url.copy_with(scheme="http") if via else url


def _headers(request: Request) -> dict[str, str]:
    conditions = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _answer(request: Request, response: httpx2.Response, moved: str) -> Answer:
    """Return what the last response of the chain means, its body read if it is of use."""
    etag, last_modified = (_validator(response, name) for name in ("etag", "last-modified"))
    if response.status_code == 304 and _headers(request):
        return Answer(
            body=None, etag=etag or request.etag, last_modified=last_modified or request.last_modified, moved=moved
        )
    challenged = response.headers.get("cf-mitigated") == "challenge"
    if response.status_code != 200:
        raise _refusal(response, challenged=challenged)
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:19]) > request.limit:  # spares both sides the download
        raise FeedError("too-large", f"announces {int(announced[:19]) / 1e6:.0f} MB; look for a shorter feed")
    encoding = response.headers.get("content-encoding", "").strip().lower()
    try:
        body = bodies.gather(response.iter_raw(), encoding=encoding, limit=request.limit)
        if challenged or not request.web_page:
            bodies.check(body, content_type=response.headers.get("content-type", ""), challenged=challenged)
    except FeedError as error:
        if error.reason == "truncated":
            raise TransientError(error.reason, str(error)) from error
        raise
    return Answer(body=body, etag=etag, last_modified=last_modified, moved=moved)


def _validator(response: httpx2.Response, name: str) -> str:
    """Return an ETag or Last-Modified fit to be kept in a file and sent back; "" for one that is not."""
    value = str(response.headers.get(name, "")).strip()
    return value if len(value) <= 300 and value.isascii() and value.isprintable() else ""


def _refusal(response: httpx2.Response, *, challenged: bool) -> FeedError:
    status = response.status_code
    status_line = f"answers {status} {httpx2.codes.get_reason_phrase(status)}".rstrip()
    wait = _retry_after(response.headers.get("retry-after", ""))
    if wait is not None and status in (429, 503):
        return TransientError("status", f"{status_line} and asks to wait {wait:.0f} s; pull again after that", wait)
    if status in (500, 502, 503, 504):
        return TransientError("status", f"{status_line}; pull again later")
    if status == 429:
        return FeedError("status", f"{status_line}; pull less often")
    if challenged or status in (401, 403):
        return FeedError("status", f"{status_line}: it shuts programs out; look for another feed of this provider")
    return FeedError("status", f"{status_line}; look for the feed's new address")


def _retry_after(value: str) -> float | None:
    """Return the seconds a Retry-After asks for, given as a number or as a date (RFC 9110, 10.2.3)."""
    if value.isdecimal():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
        return None
