"""What the internet can do to the fetching of a feed: every fault by name, with the reasons it may be told as."""

from __future__ import annotations

import gzip
import itertools
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.netns import AAAA, CLOSED, DOMAIN, FULL, NXDOMAIN, SERVFAIL, Answer
from tests.support.serving import Behaviour, Visit, bomb, drip, hang, raw, redirect, reply, reset, status, zeros

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/atom+xml\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault. Before HTTP it may strike in the resolver (`names`), at the port, or in TLS (`tls`, `early`)."""

    reasons: tuple[str, ...]
    does: Behaviour | None = None  # with a request; None: it does not get so far
    names: Callable[[int, int], Answer] | None = None  # type of question, how many came before; None: the right answer
    port: int = 80
    tls: str = "good"  # which certificate, or "raw": `early` is done instead of a handshake
    early: Callable[[socket.socket], None] | None = None

    @property
    def scheme(self) -> str:
        return "https" if self.port == 443 else "http"


def says(*addresses: str) -> Callable[[int, int], Answer]:
    """Return a resolver that leads there."""
    return lambda kind, _: [one for one in addresses if (":" in one) == (kind == AAAA)]


def then(*answers: list[str]) -> Callable[[int, int], Answer]:
    """Return a resolver that leads elsewhere each time it is asked; the last answer stays."""
    return lambda kind, before: [] if kind == AAAA else answers[min(before, len(answers) - 1)]


OWN = ["own"]  # stands for the right address


def sends(data: bytes, *, and_resets: bool = False) -> Callable[[socket.socket], None]:
    """Raw bytes instead of a TLS handshake, then silence, or a reset."""

    def strike(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(data)
        if and_resets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        else:
            connection.settimeout(60)
            while connection.recv(4096):
                pass

    return strike


def endless(head: bytes, part: bytes, most: int = 200 << 20) -> Behaviour:
    """Return the same again and again, for as long as anyone listens, up to so many bytes."""

    def behave(visit: Visit) -> None:
        visit.send(head)
        for _ in itertools.repeat(None, most // len(part)):
            visit.send(part)

    return behave


def onward() -> Behaviour:
    """Redirects that never repeat."""
    count = itertools.count()

    def behave(visit: Visit) -> None:
        redirect(f"/{next(count)}")(visit)

    return behave


def chunked(body: bytes) -> Behaviour:
    return raw(OK + b"Transfer-Encoding: chunked\r\n\r\n" + body)


def to(place: str) -> Fault:
    """Return a redirect to where no feed lives."""
    return Fault(does=redirect(place), reasons=("private-address", "redirect", "refused", "dns"))


def faults(feed: bytes) -> dict[str, Fault]:
    """Every fault by name, struck on the serving of this feed."""
    half, length = feed[: len(feed) // 2], str(len(feed))
    whole = reply(200, feed)
    at_http: dict[str, tuple[Behaviour, str]] = {
        "silent": (hang(), "timeout"),
        "hang-in-headers": (hang(OK[:30]), "timeout"),
        "hang-in-body": (hang(whole[:-100]), "timeout"),
        "drip-headers": (drip(OK + b"X-More: and more\r\n" * 1000), "timeout"),
        "drip-body": (drip(reply(200, feed * 50), 0.05), "timeout"),
        "length-short": (status(200, feed, content_length=str(len(feed) - 20)), "truncated"),
        "length-long": (raw(reply(200, feed, content_length=str(len(feed) + 1000))), "truncated"),
        "length-negative": (status(200, feed, content_length="-5"), "protocol"),
        "length-absurd": (status(200, feed, content_length="9" * 40), "protocol too-large"),
        "length-twice": (raw(OK + f"Content-Length: {length}\r\nContent-Length: 7\r\n\r\n".encode()), "protocol"),
        "reset-early": (reset(), "reset"),
        "reset-in-headers": (reset(OK[:30]), "reset"),
        "reset-in-body": (reset(whole[:-100]), "reset"),
        "close-early": (raw(), "reset"),
        "close-in-headers": (raw(OK), "protocol truncated reset"),
        "circle": (redirect("/history.atom"), "redirect"),
        "onward": (onward(), "redirect"),
        "continue-flood": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 400), "timeout protocol"),
        "hints-flood": (endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 300), "timeout protocol"),
        "header-huge": (endless(OK + b"X-Huge: ", b"x" * 65536), "protocol"),
        "headers-many": (endless(OK, b"X-Many: y\r\n" * 4000), "protocol"),
        "header-nul": (raw(OK + b'ETag: "a\x00b"\r\nContent-Length: 1\r\n\r\n<'), "protocol"),
        "header-bare-cr": (raw(OK + b'ETag: "a"\rSet-Cookie: b\r\nContent-Length: 1\r\n\r\n<'), "protocol type"),
        "location-with-lines": (redirect("http://a.example/%0d%0aHost:%20b/\r\n\tX: y"), "redirect dns protocol"),
        "busy-seconds": (status(429, retry_after="900"), "status"),
        "busy-date": (status(503, retry_after="Sun, 01 Nov 2037 12:00:00 GMT"), "status"),
        "busy-absurd": (status(503, retry_after="9" * 60), "status"),
        "busy-negative": (status(429, retry_after="-1"), "status"),
        "gzip-bomb": (status(200, bomb(100), content_encoding="gzip"), "too-large"),
        "gzip-twice": (status(200, gzip.compress(gzip.compress(feed)), content_encoding="gzip, gzip"), "type"),
        "gzip-cut": (status(200, gzip.compress(feed)[:-12], content_encoding="gzip"), "truncated"),
        "gzip-not": (status(200, feed, content_encoding="gzip"), "truncated"),
        "charset-wrong": (status(200, feed.replace(b"<title>", b"<title>\xe9\xff", 1)), "malformed"),
        "no-content": (status(204), "status"),
        "partial": (status(206, half), "status"),
        "choices": (status(300, feed), "status"),
        "redirect-nowhere": (status(302, feed), "status"),
        "switching": (raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"), "protocol status"),
        "chunk-size-bad": (chunked(b"xyz\r\n" + half), "protocol"),
        "chunk-size-negative": (chunked(b"-5\r\n" + half), "protocol"),
        "chunk-size-huge": (chunked(b"F" * 30 + b"\r\n" + half), "protocol truncated"),
        "chunk-unended": (chunked(b"5\r\n" + feed), "protocol truncated"),
        "chunk-cut": (chunked(f"{len(feed):x}\r\n".encode() + half), "truncated"),
        "no-status-line": (raw(feed), "protocol reset"),
        "ssh": (raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "protocol"),
        "body-endless": (zeros(200), "too-large"),
        "body-cut": (status(200, half), "truncated"),
        "web-page": (status(200, b"<!doctype html><html><title>Down</title></html>"), "html"),
    }
    places = (
        "http://169.254.169.254/latest/meta-data/",
        "http://127.1/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://localhost/",
        "http://0.0.0.0/",
        "http://me@127.0.0.1/",
        "file:///etc/passwd",
        "gopher://10.0.0.1/",
        "//192.168.0.1/",
        f"http://inside.{DOMAIN}/",
    )
    return {
        "dns-silent": Fault(names=lambda *_: None, reasons=("dns",)),
        "dns-unknown": Fault(names=lambda *_: NXDOMAIN, reasons=("dns",)),
        "dns-fails": Fault(names=lambda *_: SERVFAIL, reasons=("dns",)),
        "dns-garbage": Fault(names=lambda *_: b"\x00" * 40, reasons=("dns",)),
        "dns-private": Fault(names=says("10.0.0.1"), reasons=("private-address",)),
        "dns-loopback": Fault(names=says("127.0.0.1", "::1"), reasons=("private-address",)),
        "dns-mapped": Fault(names=says("::ffff:127.0.0.1", "::ffff:10.0.0.1"), reasons=("private-address",)),
        "dns-rebinding": Fault(names=then(OWN, ["127.0.0.1"]), does=reset(), reasons=("private-address",)),
        "connect-hangs": Fault(names=says(FULL), reasons=("timeout",)),
        "connect-refused": Fault(names=says(CLOSED), reasons=("refused",)),
        "tls-silent": Fault(port=443, tls="raw", early=sends(b""), reasons=("timeout",)),
        "tls-half": Fault(port=443, tls="raw", early=sends(b"\x16\x03\x03\x00\x7a\x02\x00"), reasons=("timeout",)),
        "tls-reset": Fault(port=443, tls="raw", early=sends(b"", and_resets=True), reasons=("reset",)),
        "tls-plain": Fault(port=443, tls="raw", early=sends(whole), reasons=("tls",)),
        "tls-alert": Fault(port=443, tls="raw", early=sends(b"\x15\x03\x03\x00\x02\x02\x46"), reasons=("tls",)),
        "tls-self-signed": Fault(port=443, tls="self-signed", reasons=("tls",)),
        "tls-expired": Fault(port=443, tls="expired", reasons=("tls",)),
        "tls-other-name": Fault(port=443, tls="other-name", reasons=("tls",)),
        "tls-old": Fault(port=443, tls="old", reasons=("tls",)),
        "downgrade": Fault(port=443, does=redirect(f"http://honest.{DOMAIN}/history.atom"), reasons=("redirect",)),
        **{name: Fault(does=does, reasons=tuple(reasons.split())) for name, (does, reasons) in at_http.items()},
        **{f"redirect-{at}": to(place) for at, place in enumerate(places, 1)},
    }
