"""What servers of tests do beside what those of the world do: folders, turns, raw bytes, and every kind of hostility.

    with Serving({"status.example": page(FEED)}) as server:
        get("https://status.example/feed", via=server.url)

Each host name has a behaviour: a function that is given a visit and does with its connection what it likes.
"""

import gzip
import socket
import ssl
import struct
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from almanac.world.server import Behaviour, Serving, Visit, page, reply, status
from tests.support.content import provider

__all__ = ["Behaviour", "Serving", "Visit", "page", "reply", "status"]


# Honest ones


def folder(root: Path) -> Behaviour:
    """Return the files of a folder as they are now, with validators."""

    def behave(visit: Visit) -> None:
        file = root / visit.path.lstrip("/")
        (page(file.read_bytes()) if file.is_file() else status(404))(visit)

    return behave


def raw(*parts: bytes) -> Behaviour:
    """Exactly these bytes, then the end of the connection."""

    def behave(visit: Visit) -> None:
        visit.send(b"".join(parts))
        visit.connection.shutdown(socket.SHUT_RDWR)

    return behave


def redirect(to: str, code: int = 302) -> Behaviour:
    return status(code, location=to)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One behaviour a visit; the last one stays."""
    left = list(behaviours)

    def behave(visit: Visit) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(visit)

    return behave


def by_path(paths: Mapping[str, Behaviour]) -> Behaviour:
    return lambda visit: paths.get(visit.path, status(404))(visit)


# Hostile ones


def hang(after: bytes = b"") -> Behaviour:
    """Send this much, then nothing more, with the connection left open."""

    def behave(visit: Visit) -> None:
        visit.send(after)
        visit.over.wait(60)

    return behave


def drip(data: bytes, every: float = 0.02) -> Behaviour:
    """One byte at a time, so that no single read ever takes long."""

    def behave(visit: Visit) -> None:
        for byte in data:
            visit.send(bytes([byte]))
            if visit.over.wait(every):
                return

    return behave


def reset(after: bytes = b"") -> Behaviour:
    """Send this much, then cut the connection with a TCP reset."""

    def behave(visit: Visit) -> None:
        visit.send(after)
        visit.over.wait(0.05)  # lets the bytes arrive before the reset throws them away
        visit.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        visit.connection.close()

    return behave


def zeros(megabytes: int, **headers: Any) -> Behaviour:
    """Return that many MB of zeros in chunks, for as long as anyone listens."""

    def behave(visit: Visit) -> None:
        visit.send(reply(200, content_length="", transfer_encoding="chunked", **headers))
        for _ in range(megabytes):
            visit.send(b"100000\r\n" + bytes(0x100000) + b"\r\n")
        visit.send(b"0\r\n\r\n")

    return behave


@cache
def bomb(megabytes: int, begin: bytes = b"<feed>", end: bytes = b"</feed>") -> bytes:
    """Return that many MB of blanks inside a feed, packed with gzip: about a thousandth of it on the wire.

    One megabyte is packed and stands there many times, or packing would take longer than every test of it.
    """
    blanks = b" " * (1 << 20)
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    first, once = (packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH) for part in (begin, blanks))
    last = packer.compress(end) + packer.flush()
    check = zlib.crc32(begin)
    for _ in range(megabytes):
        check = zlib.crc32(blanks, check)
    length = len(begin) + (megabytes << 20) + len(end)
    trailer = struct.pack("<LL", zlib.crc32(end, check), length & 0xFFFFFFFF)
    return gzip.compress(b"")[:10] + first + once * megabytes + last + trailer


def hostile(feed: bytes) -> dict[str, tuple[Behaviour, str]]:
    """Every way to spoil the serving of a feed, by name, each with the reason of the FeedError it must end with."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
    more = reply(200, feed, content_length=str(len(feed) + 1000))
    return {
        "silent": (hang(), "timeout"),
        "hangs-in-headers": (hang(head[:40]), "timeout"),
        "hangs-in-body": (hang(more), "timeout"),
        "drips": (drip(head + b"X-More: and more\r\n" * 1000), "timeout"),
        "says-more": (raw(more), "truncated"),
        "says-less": (raw(reply(200, feed, content_length=str(len(feed) - 20))), "truncated"),
        "half-a-chunk": (raw(head + b"Transfer-Encoding: chunked\r\n\r\n10\r\n" + feed[:10]), "truncated"),
        "half-gzip": (status(200, gzip.compress(feed)[:-12], content_encoding="gzip"), "truncated"),
        "half-xml": (status(200, feed[: len(feed) // 2]), "truncated"),
        "broken-xml": (status(200, feed.replace(b"</entry>", b"", 1).replace(b"</item>", b"", 1)), "malformed"),
        "resets": (reset(more), "reset"),
        "closes": (raw(), "reset"),
        "to-metadata": (redirect("https://169.254.169.254/latest/meta-data/"), "private-address"),
        "to-this-machine": (redirect("https://127.0.0.1/"), "private-address"),
        "to-this-house": (redirect("https://10.1.1.1/"), "private-address"),
        "to-this-machine-6": (redirect("https://[::1]/"), "private-address"),
        "down-to-http": (redirect("http://169.254.169.254/latest/meta-data/"), "redirect"),
        "in-a-circle": (in_turn(redirect("/a"), redirect("/b"), redirect("/a")), "redirect"),
        "to-a-file": (redirect("file:///etc/passwd"), "redirect"),
        "web-page": (status(200, b"<!doctype html><html><title>Status</title></html>"), "html"),
        "challenge": (status(200, b"<html>Just a moment...", cf_mitigated="challenge"), "html"),
        "nothing": (status(200), "type"),
        "zeros": (zeros(100), "too-large"),
        "gzip-bomb": (status(200, bomb(100), content_encoding="gzip"), "too-large"),
        "busy": (status(429, retry_after="900"), "status"),
        "gone": (status(410), "status"),
        "no-http": (raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "protocol"),
    }


# TLS: a certificate for status.example, made for these tests, trusted by nobody and protecting nothing

PAIR = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+uM9aFWn/Qep2ycQ
lST/R8vj+o/X9RmTzIA5bAGRWIihRANCAATePubMsNGu12ufgNgXLiJtfZE9ZNVr
AEeCZcJ6jFRt7InmDlrj0dY23/0/NPjJSMAiNdCghzVqOSHA4nVNEmyc
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBcTCCARagAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5zdGF0dXMu
ZXhhbXBsZTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowGTEXMBUG
A1UEAwwOc3RhdHVzLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATe
PubMsNGu12ufgNgXLiJtfZE9ZNVrAEeCZcJ6jFRt7InmDlrj0dY23/0/NPjJSMAi
NdCghzVqOSHA4nVNEmyco00wSzAZBgNVHREEEjAQgg5zdGF0dXMuZXhhbXBsZTAP
BgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBShaIgvFUis4E1k3z1tTkyziMugNDAK
BggqhkjOPQQDAgNJADBGAiEAkf0UscMl2VyOnSZ5HmRykUNNtOn+BuM8Xx6K3Kxb
/PMCIQDE9Au1JkyDUlg/wKil396IiVsBnmwDz74fO5bH61L9fw==
-----END CERTIFICATE-----
"""


def tls_server(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_pair(folder))
    return context


def tls_client(folder: Path) -> ssl.SSLContext:
    """Trusts the certificate of `tls_server` and no other."""
    return ssl.create_default_context(cafile=_pair(folder))


def _pair(folder: Path) -> Path:
    file = folder / "pair.pem"
    file.write_text(PAIR)
    return file


# Content that watches such servers


def watch(content: Path, slug: str, *urls: str) -> None:
    """Return a provider file for these feeds, or for <slug>.example/history.atom."""
    feeds = urls or (f"https://{slug}.example/history.atom",)
    more = "".join(("feeds:\n", *(f"  - url: {url}\n" for url in feeds), "capabilities: [chat]\n"))
    (content / "providers").mkdir(parents=True, exist_ok=True)
    (content / "providers" / f"{slug}.md").write_text(provider(slug, more=more, about="A provider."))
