"""A web server on this machine that answers for every host of a world, as of its clock; and the honest answers of tests.

    with WorldServer(world, clock) as server:
        ...  # pull with --via server.url

It is asked as a proxy is: whatever host a request names, it comes here, in plain HTTP.
"""

from __future__ import annotations

import gzip
import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any, Self

from almanac.world.clock import Clock
from almanac.world.faults import Fault
from almanac.world.whole import World

_TYPES = {b"{": "application/json", b"[": "application/json"}


@dataclass
class Visit:
    """One request as it came in, and the connection to answer by. `over` is set when the server stops."""

    host: str
    path: str
    headers: dict[str, str]
    connection: socket.socket = field(repr=False)
    over: threading.Event = field(repr=False)

    def send(self, data: bytes) -> None:
        """Send bytes, whatever they are."""
        self.connection.sendall(data)


Behaviour = Callable[[Visit], None]


class Serving:
    """A server on 127.0.0.1 that behaves as the asked host name says; its `visits` are kept for looking at."""

    def __init__(self, hosts: Mapping[str, Behaviour], *, tls: ssl.SSLContext | None = None) -> None:
        self.hosts = dict(hosts)
        self.visits: list[Visit] = []
        self._tls = tls
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def behaviour(self, visit: Visit) -> Behaviour:
        """Return how to answer a visit."""
        return self.hosts.get(visit.host, status(404))

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):  # the client may hang up at any moment, which is what many tests are about
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                while visit := self._visit(connection):
                    self.visits.append(visit)
                    self.behaviour(visit)(visit)

    def _visit(self, connection: socket.socket) -> Visit | None:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (part := connection.recv(4096)):
                return None
            head += part
        first, *lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Visit(headers.get("host", "").split(":")[0], first.split()[1], headers, connection, self._over)


class WorldServer(Serving):
    """A server that answers for all pages of a world as they stand at the time of its clock, with their faults."""

    def __init__(self, world: World, clock: Clock) -> None:
        super().__init__({})
        self.world, self.clock = world, clock

    def behaviour(self, visit: Visit) -> Behaviour:
        """Return the feed that is asked for as it is now, or what its host sends in its place."""
        now = self.clock.now()
        url = self.world.url(visit.host, visit.path)
        if url is None:
            return self.hosts.get(visit.host, status(404))
        feed = self.world.feed(url, now)
        fault = self.world.fault(url, now)
        if fault:
            return broken(feed, fault)
        changed = self.world.changed(url, now)
        kind = _TYPES.get(feed[:1], "application/xml; charset=utf-8")
        return page(feed, modified=format_datetime(changed, usegmt=True) if changed else "", content_type=kind)


def broken(feed: bytes, fault: Fault) -> Behaviour:
    """Return what a host answers in place of a feed."""
    match fault:
        case Fault.BUSY:
            return status(429, retry_after="900")
        case Fault.WEB_PAGE:
            return status(200, b"<!doctype html><html><title>Oops</title></html>", content_type="text/html")
        case Fault.HALF:
            return status(200, feed[: len(feed) // 2])
        case Fault.MISSING:
            return status(404)
        case Fault.ERROR:
            return status(500)


def reply(code: int, body: bytes = b"", **headers: Any) -> bytes:
    """Return the bytes of an answer; header names are given with _ for -, Content-Length is right unless given."""
    fields = {"Content-Length": str(len(body))} | {name.replace("_", "-").title(): headers[name] for name in headers}
    lines = [f"HTTP/1.1 {code} Because", *(f"{name}: {value}" for name, value in fields.items() if value)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def page(body: bytes, *, modified: str = "", **headers: Any) -> Behaviour:
    """Answer 200 with an ETag (and Last-Modified if given), 304 to who has it already; gzip for who takes it."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    validators: dict[str, Any] = {"etag": etag, "last_modified": modified}

    def behave(visit: Visit) -> None:
        condition = visit.headers.get("if-none-match") or visit.headers.get("if-modified-since")
        if condition and condition in (etag, modified):
            visit.send(reply(304, content_length="", **validators))
        elif "gzip" in visit.headers.get("accept-encoding", ""):
            visit.send(reply(200, gzip.compress(body), content_encoding="gzip", **validators, **headers))
        else:
            visit.send(reply(200, body, **validators, **headers))

    return behave


def status(code: int, body: bytes = b"", **headers: Any) -> Behaviour:
    """Answer with this status and body."""
    return lambda visit: visit.send(reply(code, body, **headers))
