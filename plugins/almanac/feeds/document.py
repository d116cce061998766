"""Splits the bytes of a feed into head, entries and tail, and refuses what is no well-formed feed.

One pass of expat over the bytes proves that the whole is well-formed and says where each entry begins and ends, so
that only entries never seen before have to go through the slow parser.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from hashlib import blake2b
from xml.parsers import expat

from ..model import FeedError

MOST_BYTES = 2_000_000
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARATION = re.compile(rb"<\?xml\b[^>]{0,200}\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_HTML = re.compile(rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_CHALLENGE = re.compile(rb"challenge|captcha|just a moment|verify you are human|access denied|cf-ray", re.IGNORECASE)
_ROOTS = frozenset({"rss", "feed", "RDF"})
_ENTRIES = frozenset({"item", "entry"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed cut in pieces, all UTF-8: head + entries + tail is a whole feed again."""

    head: bytes
    entries: tuple[bytes, ...]
    tail: bytes


def split(body: bytes) -> Document:
    """The pieces of an XML feed. Raises FeedError (empty, too large, html, encoding, malformed, wrong)."""
    check_size(body)
    source = _utf8(body)
    cutter = _Cutter(source)
    try:
        cutter.run()
    except expat.ExpatError as error:
        raise _malformed(source, error) from error
    if not cutter.cuts:
        return Document(head=source, entries=(), tail=b"")
    entries = tuple(source[start:end] for start, end in cutter.cuts)
    return Document(head=source[: cutter.cuts[0][0]], entries=entries, tail=source[cutter.cuts[-1][1] :])


def check_size(body: bytes) -> None:
    """Raises FeedError for a body of nothing or of more than 2 MB."""
    if not body.strip():
        raise FeedError("empty", "the answer has no content; is the address still that of the feed?")
    if len(body) > MOST_BYTES:
        raise FeedError("too large", f"{len(body):,} bytes are more than a status feed needs; is it the right one?")


def digest(entry: bytes, dialect: str) -> str:
    """The hash under which an entry is known again, if it is read as the same dialect."""
    return blake2b(entry, digest_size=10, person=dialect.encode()[:16]).hexdigest()


def _utf8(body: bytes) -> bytes:
    """The body as UTF-8 without declaration or blanks before its first element."""
    encoding = next((name for bom, name in _BOMS if body.startswith(bom)), "")
    body = body.removeprefix(codecs.BOM_UTF8).lstrip()
    declaration = _DECLARATION.match(body)
    declared = _ENCODING.search(declaration[0]) if declaration else None
    encoding = encoding or (declared[1].decode() if declared else "utf-8")
    if encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        body = _recoded(body, encoding)
        declaration = _DECLARATION.match(body)
    return body[declaration.end() :] if declaration else body


def _recoded(body: bytes, encoding: str) -> bytes:
    try:
        return body.decode(encoding).lstrip("\ufeff \t\r\n").encode()
    except LookupError as error:
        raise FeedError("encoding", f"the feed declares the unknown encoding {encoding}") from error
    except UnicodeError as error:
        raise FeedError("malformed", f"the feed is not in the encoding it declares, {encoding}") from error


class _Cutter:
    """Finds the entries while expat walks the whole document."""

    def __init__(self, source: bytes) -> None:
        self.cuts: list[tuple[int, int]] = []
        self._source = source
        self._depth = 0
        self._inside = 0  # depth of the entry we are in
        self._start = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._opened
        self._parser.EndElementHandler = self._closed
        self._parser.EntityDeclHandler = _refuse_entity

    def run(self) -> None:
        self._parser.Parse(self._source, True)

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._inside:
            return
        local = name.rpartition(":")[2]
        if self._depth == 1 and local not in _ROOTS:
            raise _wrong_root(self._source, name)
        if 1 < self._depth <= 3 and local in _ENTRIES:
            self._inside, self._start = self._depth, self._parser.CurrentByteIndex

    def _closed(self, name: str) -> None:
        if self._depth == self._inside:
            end = self._source.index(b">", self._parser.CurrentByteIndex) + 1
            self.cuts.append((self._start, end))
            self._inside = 0
        self._depth -= 1


def _refuse_entity(*declaration: object) -> None:
    raise FeedError("entities", f"the feed declares the entity {declaration[0]}, which no status feed needs")


def _wrong_root(source: bytes, name: str) -> FeedError:
    if name.lower() == "html":
        return _page(source)
    return FeedError("wrong", f"the answer is XML of another kind (<{name[:40]}>), not RSS or Atom")


def _malformed(source: bytes, error: expat.ExpatError) -> FeedError:
    if _HTML.match(source):
        return _page(source)
    if not source.startswith(b"<"):
        return FeedError("wrong", "the answer is neither RSS nor Atom nor JSON")
    whole = source.rstrip().endswith((b"</rss>", b"</feed>", b"RDF>"))
    guess = "broken inside" if whole else "cut off"
    return FeedError("malformed", f"the XML is {guess} ({error}); nothing of it was taken, the next pull tries again")


def _page(source: bytes) -> FeedError:
    if _CHALLENGE.search(source[:20_000]):
        return FeedError("html", "the site answered with a page that checks for robots instead of the feed")
    return FeedError("html", "the answer is a web page, not a feed; look up the feed's address on the status page")
