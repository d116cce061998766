"""Splits the bytes of a feed into head, entries and tail, and refuses what is no well-formed feed.

Expat proves that the whole is well-formed; then the entries can be cut out exactly, so that only those never seen
before have to go through the slow parser.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from html.entities import html5
from itertools import islice
from xml.parsers import expat

from almanac.model import FeedError

from . import charsets

MOST_BYTES, MOST_ENTRIES = 2_000_000, 5_000
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))
_PROLOGUE = re.compile(  # with the blanks of XML, not those of bytes
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml\s+version\s*=\s*(?:'[\w.:-]{1,20}'|\"[\w.:-]{1,20}\")"
    rb"(?:\s+encoding\s*=\s*(?:'([A-Za-z][\w.-]{0,40})'|\"([A-Za-z][\w.-]{0,40})\"))?"
    rb"(?:\s+standalone\s*=\s*(?:'(?:yes|no)'|\"(?:yes|no)\"))?\s*\?>)?\s*+".replace(rb"\s", rb"[ \t\r\n]"),
    re.ASCII,
)
_HTML = re.compile(rb"(?:<!--(?:(?!-->).)*+-->|\s)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_CHALLENGE = re.compile(rb"challenge|captcha|just a moment|verify you are human|access denied|cf-ray", re.IGNORECASE)
_ROOTS = frozenset({"rss", "feed", "RDF"})
_ENTRY, _TRIED = re.compile(rb"<((?:[A-Za-z_][A-Za-z0-9._-]{0,40}:)?(?:item|entry))(?=[\s/>])"), 8
_HIDING = rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>"  # where a tag is no tag
_MARK = re.compile(rb"<!\[CDATA\[|<!--|<\?|&(?:(#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});)?")
_CLOSINGS = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}  # where an ampersand stands for itself
_XML_NAMES = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_OPENING = re.compile(rb"<(?:rss\b[^>]*>\s*<channel\b[^>]*>|feed\b[^>]*>|[\w.-]{1,40}:RDF\b[^>]*>)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed cut in pieces, all UTF-8: opening + any of the entries + tail is a whole feed again."""

    head: bytes  # all before the first entry
    opening: bytes  # as much of it as opens the elements that hold the entries
    entries: tuple[bytes, ...]
    tail: bytes
    mended: int = 0  # references that are none in XML and were replaced, so that it is well-formed


def split(body: bytes) -> Document:
    """Return the pieces of an XML feed. Raises FeedError (empty, too large, html, encoding, malformed, wrong)."""
    check_size(body)
    source = _utf8(body)
    if b"\x00" in source:  # expat would read it as UTF-16, in which we would find no entry
        raise FeedError("malformed", "the XML holds NULs; nothing of it was taken, the next pull tries again")
    mended = 0
    try:
        tag = _check(source)
    except expat.ExpatError as error:
        source, mended = _mend(source)
        try:
            tag = _check(source)
        except expat.ExpatError:
            raise _explain_malformed(source, error) from error
    cuts = _cuts(source, tag) or _cuts_of_others(source, tag)
    if len(cuts) > MOST_ENTRIES:
        raise FeedError("too large", f"{len(cuts):,} entries are more than a status feed has; is it the right one?")
    if not cuts:
        return Document(head=source, opening=source, entries=(), tail=b"", mended=mended)
    head, tail = source[: cuts[0][0]], source[cuts[-1][1] :]
    opening = _OPENING.search(head)
    entries = tuple(source[start:end] for start, end in cuts)
    return Document(head=head, opening=opening[0] if opening else head, entries=entries, tail=tail, mended=mended)


def _mend(source: bytes) -> tuple[bytes, int]:
    """Return the source with what XML takes for no reference as text, and how many of these there were.

    `&nbsp;` and its kind are references in HTML only, and a bare & is no reference at all. Nothing else is mended, and
    nothing where a comment or the like has no end.
    """
    pieces, at, count = [], 0, 0
    while match := _MARK.search(source, at):
        start, closing = match.start(), _CLOSINGS.get(match[0], b"")
        closing_at = source.find(closing, match.end())  # nothing closes an ampersand: at its own end
        if closing_at < 0:
            return source, 0
        end = closing_at + len(closing)
        text = match[0] if closing else _as_reference(match)
        pieces += [source[at:start], source[start:end] if closing else text]
        count += not closing and text != match[0]
        at = end
    return b"".join([*pieces, source[at:]]), count


def _as_reference(match: re.Match[bytes]) -> bytes:
    """Return an ampersand with what follows it as XML can read it: a name of HTML as its characters, else as text."""
    name = match[1]
    if name and (name in _XML_NAMES or name.startswith(b"#")):
        return match[0]
    characters = html5.get(f"{name.decode()};", "") if name else ""
    return "".join(f"&#{ord(character)};" for character in characters).encode() or b"&amp;" + match[0][1:]


def check_size(body: bytes) -> None:
    """Raise FeedError for a body that is empty or larger than 2 MB."""
    if not body or body.isspace():
        raise FeedError("empty", "the answer has no content; is the address still that of the feed?")
    if len(body) > MOST_BYTES:
        raise FeedError("too large", f"{len(body):,} bytes are more than a status feed needs; is it the right one?")


def digest(entry: bytes, dialect: str) -> str:
    """Return the hash by which the next reading recognises an entry, if it reads the same dialect."""
    return sha256(entry + dialect.encode()).hexdigest()[:20]


def _utf8(body: bytes) -> bytes:
    """Return the body as UTF-8 without declaration or blanks before its first element. Raises FeedError."""
    by_mark = next((name for bom, name in _BOMS if body.startswith(bom)), "")
    body = _recode(body, by_mark) if by_mark.startswith("utf-16") else body
    prologue = _PROLOGUE.match(body)
    declared = (prologue[1] or prologue[2] or b"").decode() if prologue else ""
    if by_mark and declared and _family(declared) != _family(by_mark):
        raise FeedError("encoding", f"the feed declares {declared}, but its first bytes say {by_mark}")
    if not by_mark and declared and _family(declared) != "utf-8":
        body = _recode(body, declared)
        prologue = _PROLOGUE.match(body)
    rest = body[prologue.end() :] if prologue else body
    # expat is not told of what another declaration says, and forgives a second byte order mark
    if rest.startswith(codecs.BOM_UTF8) or (rest[:5] == b"<?xml" and rest[5:6].isspace()):
        raise FeedError("malformed", "the XML declaration is broken; nothing was taken, the next pull tries again")
    return rest


def _family(encoding: str) -> str:
    """Return Python's name of an encoding, without byte order. Raises FeedError if no standard has this name."""
    codec = charsets.codec(encoding)
    if not codec:
        raise FeedError("encoding", f"the feed declares the unknown encoding {encoding}; no standard has that name")
    return codec.removesuffix("-le").removesuffix("-be")


def _recode(body: bytes, encoding: str) -> bytes:
    """Recode the body to UTF-8 from an encoding by its standard name. Raises FeedError if it is in another."""
    try:
        return body.decode(charsets.codec(encoding)).encode()
    except UnicodeError as error:
        raise FeedError("malformed", f"the feed is not in the encoding it declares, {encoding}") from error


def _check(source: bytes) -> str:
    """Return the tag of a feed's entries. Raises FeedError or ExpatError unless it is whole, well-formed, and a feed."""
    parser = expat.ParserCreate("utf-8")
    roots: list[str] = []

    def opened(name: str, attributes: dict[str, str]) -> None:
        parser.StartElementHandler = None  # the root is all we want to know
        roots.append(name)

    parser.StartElementHandler = opened
    parser.EntityDeclHandler = _refuse_entity
    parser.Parse(source, True)
    prefix, colon, root = roots[0].rpartition(":")
    if root not in _ROOTS:
        raise _wrong_root(source, root)
    return f"{prefix}{colon}entry" if root == "feed" else "item"


def _cuts(source: bytes, tag: str) -> list[tuple[int, int]]:
    """Return where entries begin and end. Exact: in well-formed XML no < stands for itself but in what hides tags."""
    cuts: list[tuple[int, int]] = []
    depth = start = 0
    for token in _tags(tag).finditer(source):
        if token[0][1:2] in (b"!", b"?"):
            continue
        end = source.index(b">", token.end()) + 1
        if token[0][1:2] == b"/":
            depth -= 1
        else:
            start = start if depth else token.start()
            depth += source[end - 2 : end] != b"/>"
        if not depth:
            cuts.append((start, end))
    return cuts


def _cuts_of_others(source: bytes, tag: str) -> list[tuple[int, int]]:
    """Return where entries begin and end if they have another prefix than the root, or RSS's name in Atom."""
    names = (match[1].decode() for match in islice(_ENTRY.finditer(source), _TRIED))
    cuts = (_cuts(source, name) for name in dict.fromkeys(names) if name != tag)
    return next(filter(None, cuts), [])


@lru_cache(maxsize=32)
def _tags(tag: str) -> re.Pattern[bytes]:
    return re.compile(rb"</?" + re.escape(tag.encode()) + rb"(?=[\s/>])|" + _HIDING, re.DOTALL)


def _refuse_entity(*declaration: object) -> None:
    raise FeedError("entities", f"the feed declares the entity {declaration[0]}, which no status feed needs")


def _wrong_root(source: bytes, name: str) -> FeedError:
    if name.lower() == "html":
        return _page(source)
    return FeedError("wrong", f"the answer is XML of another kind (<{name[:40]}>), not RSS or Atom")


def _explain_malformed(source: bytes, error: expat.ExpatError) -> FeedError:
    if _HTML.match(source):
        return _page(source)
    if not source.lstrip().startswith(b"<"):
        return FeedError("wrong", "the answer is neither RSS nor Atom nor JSON")
    whole = source.rstrip().endswith((b"</rss>", b"</feed>", b"RDF>"))
    guess = "broken inside" if whole else "cut off"
    return FeedError("malformed", f"the XML is {guess} ({error}); nothing of it was taken, the next pull tries again")


def _page(source: bytes) -> FeedError:
    if _CHALLENGE.search(source[:20_000]):
        return FeedError("html", "the site answered with a page that checks for robots instead of the feed")
    return FeedError("html", "the answer is a web page, not a feed; look up the feed's address on the status page")
