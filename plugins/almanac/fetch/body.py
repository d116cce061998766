"""What may pass as the bytes of a feed: gathered within a cap, unpacked, whole, and RSS, Atom or JSON by its looks."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

from almanac.model import FeedError

_SPACE_COMMENT_OR_PI = rb"\s++|<\?.*?\?>|<!--.*?-->"
_PROLOG = re.compile(rb"(?>%s|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*+)?>)*+" % _SPACE_COMMENT_OR_PI, re.DOTALL | re.IGNORECASE)
_EPILOG = re.compile(rb"\s*+>(?>%s)*+" % _SPACE_COMMENT_OR_PI, re.DOTALL)
_ROOT = re.compile(rb"<([\w.:-]{1,100})")
_FEED_ROOTS = {b"rss", b"feed", b"rdf"}
_CHALLENGE = re.compile(
    rb"just a moment|captcha|challenge-platform|verify (?:that )?you are (?:a )?human|are you a robot"
    rb"|enable javascript|checking your browser|attention required|incapsula|awswaf",
    re.IGNORECASE,
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def gather(chunks: Iterable[bytes], *, encoding: str, limit: int) -> bytes:
    """Return the unpacked bytes of an answer, `limit` of them at most.

    Raises FeedError `too-large` as soon as the cap is passed, whatever was announced and however well it was packed;
    `truncated` when a packed answer ends early; `type` for a packing nobody asked for.
    """
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise FeedError("type", f"packed as {encoding[:40]!r}, which was not asked for; look for another feed")
    parts: list[bytes] = []
    size = 0
    for part in chunks if encoding in ("", "identity") else _unpack(chunks, limit + 1):
        size += len(part)
        if size > limit:
            raise FeedError("too-large", f"more than {limit / 1e6:g} MB; look for a shorter feed of this provider")
        parts.append(part)
    return b"".join(parts)


def _unpack(chunks: Iterable[bytes], at_once: int) -> Iterable[bytes]:
    """Gunzip piece by piece, never more than `at_once` bytes in memory; several members may follow each other."""
    member = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if member.eof:
                    member = zlib.decompressobj(wbits=31)
                yield member.decompress(rest, at_once)
                rest = member.unused_data if member.eof else member.unconsumed_tail
    except zlib.error as error:
        raise FeedError("truncated", "says it is packed with gzip, but that is broken; pull again later") from error
    if not member.eof:
        raise FeedError("truncated", "the packed answer ends in the middle; pull again later")


def check(body: bytes, *, content_type: str = "", challenged: bool = False) -> None:
    """Raise FeedError unless the bytes look like a whole RSS, Atom or JSON document, whatever type they claim.

    Reasons: `html` (a page, perhaps a challenge for browsers), `type` (something else), `truncated` (no end).
    """
    plain = _without_bom(body)
    prolog = _PROLOG.match(plain)
    root = _ROOT.match(plain, prolog.end() if prolog else 0)
    name = root[1].rsplit(b":", 1)[-1].lower() if root else b""
    if root and name in _FEED_ROOTS:
        _check_end(plain, root)
    elif plain.lstrip()[:1] in (b"{", b"["):
        if plain.rstrip()[-1:] not in (b"}", b"]"):
            raise _cut_off()
    elif challenged or name in (b"html", b"head", b"body", b"script") or b"<html" in plain[:4096].lower():
        raise _page(plain, challenged=challenged)
    else:
        content = _content_words(name, content_type, plain)
        raise FeedError("type", f"no RSS, Atom or JSON but {content}; check the feed's address")


def _without_bom(body: bytes) -> bytes:
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body.decode(encoding, "replace").encode()
    return body


def _check_end(plain: bytes, root: re.Match[bytes]) -> None:
    """Raise unless the root's end tag ends the document: a wrong, short length cuts there without any other sign."""
    end = plain.rfind(b"</" + root[1])
    if end >= 0:
        tail = _EPILOG.match(plain, end + 2 + len(root[1]))
        if tail and not plain[tail.end() :].strip(b"\x00 \t\r\n"):
            return
    elif re.compile(rb"[^<>]*/>\s*\Z").match(plain, root.end()):  # <feed/>
        return
    raise _cut_off()


def _cut_off() -> FeedError:
    return FeedError("truncated", "the document ends in the middle; pull again later")


def _page(plain: bytes, *, challenged: bool) -> FeedError:
    if challenged or _CHALLENGE.search(plain[:200_000]):
        return FeedError("html", "a challenge page for browsers instead of the feed; look for a feed open to programs")
    return FeedError("html", "a web page instead of the feed; check the feed's address")


def _content_words(name: bytes, content_type: str, plain: bytes) -> str:
    if not plain.strip():
        return "nothing at all"
    if name:
        return f"XML with the root <{name.decode()[:40]}>"
    return content_type.split(";", maxsplit=1)[0].strip()[:60] or "something else"
