"""Feeds as strangers would make them: fixtures of every dialect with hostile pieces in them, and feeds of our own."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from tests.support.feeds import pairs
from tests.support.strangers import pieces
from tests.support.strangers.case import NOW, SIZE, Hope, Stranger, slug
from tests.support.strangers.pieces import Piece

TEXT = re.compile(
    r"(?<=>)[^<>]*[^<>\s][^<>]*(?=<)|(?<=<!\[CDATA\[)(?:(?!\]\]>).)+(?=\]\]>)|(?<=[\w:]=\")[^\"<>]+(?=\")", re.DOTALL
)
OPENING = re.compile(r"<(?:\w+:)?([A-Za-z]+)[^<>]*>(?:<!\[CDATA\[)?$")
DATED = {"pubdate", "published", "updated", "issued", "date", "lastbuilddate", "modified", "created"}
NAMED = {"guid", "id"}
LINKED = {"link", "comments", "source", "uri"}
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FORMATS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "iso-8859-1",
    "windows-1252",
    "shift_jis",
    "utf-7",
    "cp037",
    "gb18030",
    "iso2022_jp",
    "hz",
)
DECLARED = (*FORMATS, "UTF-", "utf_8", "UTF8", "utf-8-sig", "UTF-7", "unicode_escape", "raw_unicode_escape", "idna",
    "punycode", "rot13", "base64", "zip",
            "mbcs", "x-user-defined", "utf-8 ", "", "a" * 60, "undefined", "utf-16le", "us-ascii", "latin-1",
            "cp65001", "big5-hkscs", "tis-620")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a maker is given. Nothing it draws may depend on the size, so that an input grows and stays the same."""

    rng: random.Random
    number: int
    size: int

    @property
    def host(self) -> str:
        """The host of its feed."""
        return f"{slug(self.number)}.example"

    def piece(self, among: Any = pieces.BODIES, most: int = 3) -> tuple[Piece, str]:
        """Return a piece, and its text in the size that is wanted."""
        one = pieces.drawn(self.rng, among, most)
        return one, one.make(self.size)


Maker = Callable[[Wanted], Stranger]


@cache
def fixtures() -> tuple[tuple[str, str], ...]:
    """Every fixture of every dialect by name."""
    return tuple((f"{path.parent.name}/{path.name}", path.read_bytes().decode(encoding_of(path), "replace"))
                 for path in pairs.inputs() if not path.parent.name.startswith("refused"))  # fmt: skip


def encoding_of(path: Path) -> str:
    """Return the encoding of a fixture: JSON may be in UTF-16 or have a byte order mark, XML is taken for UTF-8."""
    return json.detect_encoding(path.read_bytes()) if path.suffix == ".json" else "utf-8"


def item(
    title: str,
    body: str,
    *,
    guid: str = "",
    link: str = "",
    date: str = "Mon, 02 Mar 2026 10:00:00 GMT",
    more: str = "",
) -> str:
    """Return an item of RSS; title and body are HTML, and escaped here."""
    parts = [f"<title>{escape(title)}</title>", f"<description>{escape(body)}</description>"]
    parts += [f"<guid>{escape(guid)}</guid>"] if guid else []
    parts += [f"<link>{escape(link)}</link>"] if link else []
    parts += [f"<pubDate>{escape(date)}</pubDate>"] if date else []
    return f"<item>{more}{''.join(parts)}</item>"


def rss(items: str, host: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    """Return a feed of these items."""
    channel = f"<title>{host} news</title><link>https://{host}/</link><description>x</description>"
    spaces = 'xmlns:m="urn:m" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f'{head}<rss version="2.0" {spaces}><channel>{channel}{items}</channel></rss>'


def atom(entries: str, host: str) -> str:
    """Return an Atom feed of these entries."""
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><id>https://{host}/</id><title>{host}</title>{entries}</feed>'


def encoded(text: str) -> bytes:
    """Return a feed in UTF-8, without what XML cannot hold."""
    return NOT_XML.sub("", text).encode("utf-8", "replace")


def made(wanted: Wanted, kind: str, parts: list[Piece], *bodies: bytes, **more: Any) -> Stranger:
    """Return the stranger of these feeds."""
    return Stranger(number=wanted.number, kind=f"feed: {kind}", pieces=tuple(part.name for part in parts),
        bodies=bodies,
                    grows=any(part.grows for part in parts), **more)  # fmt: skip


def changed_fixture(wanted: Wanted) -> Stranger:
    """Return a fixture with hostile pieces instead of some of its texts, dates, ids, addresses and attributes."""
    name, body = wanted.rng.choice(fixtures())
    if body.lstrip()[:1] in "{[":
        return json_feed(wanted)
    parts = []
    for _ in range(wanted.rng.choice((1, 1, 2, 3))):
        spots = list(TEXT.finditer(body))
        spot = wanted.rng.choice(spots) if spots else None
        if spot is None or len(body) > 400_000:
            break
        one, text = _fitting(wanted, body[max(0, spot.start() - 300) : spot.start()])
        parts.append(one)
        within = body[: spot.start()].endswith("<![CDATA[")
        keeps = spot[0] if wanted.rng.random() < 0.4 else ""
        raw = wanted.rng.random() < 0.05
        text = text.replace("]]>", "]]]]><![CDATA[>") if within else text if raw else escape(text)
        body = body[: spot.start()] + text + keeps + body[spot.end() :]
    data = encoded(body) if wanted.rng.random() < 0.95 else body.encode("utf-8", "surrogatepass")
    return made(wanted, f"changed {name}", parts, data)


def _fitting(wanted: Wanted, before: str) -> tuple[Piece, str]:
    """Return a piece for a spot: mostly of the kind that stands there."""
    found = OPENING.search(before)
    tag = found[1].lower() if found else ""
    if tag in DATED and wanted.rng.random() < 0.8:
        text = wanted.rng.choice((*pieces.STAMPS, *pieces.WILD)).text
    elif (tag in NAMED and wanted.rng.random() < 0.7) or (tag in LINKED and wanted.rng.random() < 0.3):
        text = wanted.rng.choice(pieces.IDS)
    elif tag in LINKED or before.endswith(('href="', 'url="')):
        text = wanted.rng.choice(pieces.ADDRESSES)
    else:
        return wanted.piece()
    return Piece(f"{tag or 'attribute'} {text[:40]!r}", lambda _: text), text


def marked(wanted: Wanted) -> Stranger:
    """Entries whose words behind a hostile piece must not get lost."""
    among = [piece for piece in pieces.BODIES if piece.closed]
    items, marks, parts = [], [], []
    for number in range(wanted.rng.choice((1, 1, 2))):
        one, text = wanted.piece(among, 2) if wanted.rng.random() < 0.7 else _hidden(wanted)
        mark = f"mark{wanted.number}x{number}"
        before = wanted.rng.choice(("", "", "", "Slow. ", "<p>", "<br>"))
        body = f"{before}{text}{wanted.rng.choice((' ', ' ', '', '<br>', '</p><p>'))}{mark} and more."
        items.append(
            item(
                f"Slow answers {number}",
                body,
                guid=f"https://{wanted.host}/{number}x",
                date=format_datetime(NOW - timedelta(days=number + 1)),
            )
        )
        marks.append(mark)
        parts.append(one)
    return made(wanted, "marks", parts, encoded(rss("".join(items), wanted.host)), hope=Hope(marks=tuple(marks)))


def _hidden(wanted: Wanted) -> tuple[Piece, str]:
    """Signs of Markdown or HTML with something between them that vanishes when they are read."""
    signs = wanted.rng.choice(pieces.SIGNS)
    text = pieces.split(signs, wanted.rng)
    return Piece(f"hidden {signs!r} as {text[:40]!r}", lambda _: text), text


def titled(wanted: Wanted) -> Stranger:
    """Return an entry with a hostile title, in RSS or as text, HTML or XHTML in Atom."""
    one, text = wanted.piece()
    guid, where = f"https://{wanted.host}/1x", wanted.rng.choice(("rss", "text", "html", "xhtml"))
    if where == "rss":
        return made(wanted, "title", [one], encoded(rss(item(text, "It was slow.", guid=guid), wanted.host)))
    inside = f"<div xmlns='http://www.w3.org/1999/xhtml'>{escape(text)}</div>" if where == "xhtml" else escape(text)
    entry = (f"<entry><id>{guid}</id><updated>2026-03-02T10:00:00Z</updated><title type='{where}'>{inside}</title>"
             "<summary>Slow.</summary></entry>")  # fmt: skip
    return made(wanted, f"title as {where}", [one], encoded(atom(entry, wanted.host)))


def dated(wanted: Wanted) -> Stranger:
    """Return an entry whose date must be understood, or be doubted."""
    stamp = wanted.rng.choice((*pieces.STAMPS, *pieces.STAMPS, *pieces.WILD))
    one = Piece(f"date {stamp.text[:50]!r}", lambda _: stamp.text)
    guid, where = f"https://{wanted.host}/1x", wanted.rng.choice(("pubDate", "dc:date", "updated", "published"))
    text = f"<{where}>{escape(stamp.text)}</{where}>"
    if where in ("pubDate", "dc:date"):
        body = rss(item("API is slow", "It was slow.", guid=guid, date="", more=text), wanted.host)
    else:
        body = atom(
            f"<entry><id>{guid}</id>{text}<title>API is slow</title><summary>Slow.</summary></entry>", wanted.host
        )
    return made(wanted, f"date in {where}", [one], encoded(body), hope=Hope(started=stamp))


def told_apart(wanted: Wanted) -> Stranger:
    """Different incidents that have something in common, and must stay as many as they are."""
    rng, host = wanted.rng, wanted.host
    count, how = (
        rng.randint(2, 5),
        rng.choice(("anchor", "anchor", "title", "home", "case", "tail", "form", "query", "slash")),
    )
    word = rng.choice(("api", "slow-answers", "2026", "x", "aaa111", "api-down", "0a1b2c3d"))
    names = {
        "anchor": lambda n: f"https://{host}/{rng.choice(('posts', 'p', 'issues'))}{n}/#{word}",
        "case": lambda n: f"https://{host}/" + "".join(c.upper() if n >> i & 1 else c for i, c in enumerate("abc")),
        "tail": lambda n: f"https://{host}/{'a' * 400}{n}",
        "form": lambda n: f"tag:{host},2026:" + ("é", "e\u0301", "è", "e\u0300", "ê")[n],
        "query": lambda n: f"https://{host}/?id={n}", "slash": lambda n: f"https://{host}/{'/' * n}x",
    }  # fmt: skip
    items = []
    for n in range(count):
        date, title = NOW - timedelta(days=1 + 40 * n), "API errors" if how == "title" else f"API errors, number {n}"
        guid = names[how](n) if how in names else ""
        link = f"https://{host}/" if how == "home" else ""
        items.append(item(title, f"It failed, {n}.", guid=guid, link=link, date=format_datetime(date)))
    one = Piece(f"{count} that share {how} {word if how == 'anchor' else ''}", lambda _: "")
    return made(wanted, "identity", [one], encoded(rss("".join(items), host)), hope=Hope(incidents=count))


def in_states(wanted: Wanted) -> Stranger:
    """Return an incident whose title tells its state, which changes: no edit of its title."""
    states = (
        "Investigating",
        "Identified",
        "Monitoring",
        "Resolved",
        "Update",
        "In progress",
        "Completed",
        "Postmortem",
    )
    form = wanted.rng.choice(("{}: API errors", "[{}] API errors", "{} - API errors", "{} – API errors",
        "{}: [API] errors", "[{}]: API errors", "API errors [{}]",
                              "API errors ({})", "API errors - {}", "{} | API errors"))  # fmt: skip
    cased = wanted.rng.choice((str, str, str.upper, str.lower))
    first, second = wanted.rng.sample(states, 2)
    bodies = [
        encoded(rss(item(form.format(cased(state)), f"{state} it.", guid=f"https://{wanted.host}/1x"), wanted.host))
        for state in (first, second)
    ]
    one = Piece(f"{form} of {cased(first)}, {cased(second)}", lambda _: "")
    return made(wanted, "state in title", [one], *bodies, hope=Hope(keeps_title=form[:1] in "{[", incidents=1))


def other_titles(wanted: Wanted) -> Stranger:
    """Return an item with titles of other things in it."""
    other = wanted.rng.choice(("<image><title>Other</title></image>", "<author><title>Other</title></author>",
        "<m:group><m:title>Other</m:title></m:group>",
                               "<image><title>Other</title><url>x</url><link>y</link></image>",
                               "<m:x><title>Other</title></m:x>", "<dc:x><title>Other</title></dc:x>",
                               "<textinput><title>Other</title></textinput>",
                               "<source><title>Other</title></source>"))  # fmt: skip
    body = item("Real words", "It was slow.", guid=f"https://{wanted.host}/1x")
    body = (
        body.replace("<title>", f"{other}<title>")
        if wanted.rng.random() < 0.5
        else body.replace("</item>", f"{other}</item>")
    )
    return made(
        wanted,
        "other titles",
        [Piece(other, lambda _: "")],
        encoded(rss(body, wanted.host)),
        hope=Hope(title="Real words"),
    )


def enveloped(wanted: Wanted) -> Stranger:
    """Return a feed in a strange encoding, or with strange XML around and in it."""
    rng = wanted.rng
    one, text = wanted.piece(pieces.SHORT, 2)
    body = rss(item("Schön, 遅い", text, guid=f"https://{wanted.host}/1x"), wanted.host, head="")
    body = rng.choice(tuple(ODD.values()))(body, wanted.size) if rng.random() < 0.6 else body
    declared, form = rng.choice(DECLARED), rng.choice(FORMATS)
    if rng.random() < 0.5:
        declared, form = "UTF-8", "utf-8"
    head = rng.choice(("<?xml version='1.0' encoding='{}'?>", '<?xml version="1.0" encoding="{}" standalone="no"?>',
        "\ufeff<?xml version='1.0' encoding='{}'?>",
                       " \n<?xml version='1.0' encoding='{}'?>", "<?xml version='1.1' encoding='{}'?>",
                       "<?xml encoding='{}'?>", "<?XML version='1.0' encoding='{}'?>", ""))  # fmt: skip
    data = (head.format(declared) + NOT_XML.sub("", body)).encode(form, "xmlcharrefreplace")
    data = data[rng.choice((0, 2, 3, 4)) :] if rng.random() < 0.1 else data
    return made(wanted, f"envelope, {form} declared {declared[:20]!r}", [one], data)


PLACES = (
    "<g:lat xmlns:g='http://www.w3.org/2003/01/geo/wgs84_pos#'>x</g:lat>"
    "<p:point xmlns:p='http://www.georss.org/georss'>1 x 2</p:point>"
    "<p:polygon xmlns:p='http://www.georss.org/georss'>1 2 3</p:polygon>"
)
CHAPTERS = (
    "<c:chapters xmlns:c='http://podlove.org/simple-chapters'><c:chapter start='99:99' title='x'/></c:chapters>"
    "<v:content xmlns:v='http://search.yahoo.com/mrss/' url='x'><v:credit role='&#10;'/></v:content>"
)
ODD: dict[str, Callable[[str, int], str]] = {
    "CDATA splits": lambda body, _: body.replace("<description>", "<description><![CDATA[a]]]]><![CDATA[>b]]>"),
    "CDATA in the title": lambda body, _: body.replace("<title>Sch", "<title><![CDATA[<]]>Sch"),
    "comments": lambda body, size: body.replace("<guid>", "<!-- <item> -->" * (size // 16) + "<guid>"),
    "comments in texts": lambda body, _: body.replace("<title>Sch", "<title>S<!-- x -->ch"),
    "instructions": lambda body, size: body.replace("<guid>", "<?x <item>?>" * (size // 12) + "<guid>"),
    "prefixes": lambda body, _: body.replace("<item>",
    "<r:item xmlns:r='http://purl.org/rss/1.0/'>").replace("</item>", "</r:item>"),
    "another default": lambda body, _: body.replace("<item>", "<item xmlns='urn:x'>"),
    "prefix of XHTML": lambda body, _: body.replace("<description>",
    "<h:div xmlns:h='http://www.w3.org/1999/xhtml'><h:p>x</h:p></h:div><description>"),
    "items in items": lambda body, size: body.replace("<item>", "<item>" * min(size // 6, 300)).replace("</item>",
    "</item>" * min(size // 6, 300)),
    "attributes": lambda body, size: body.replace("<item>",
    "<item " + "".join(f"a{n}='' " for n in range(size // 6)) + ">"),
    "doctype": lambda body, _: "<!DOCTYPE rss [<!ENTITY a 'b'>]>" + body.replace("<guid>",
    "<category>&a;</category><guid>"),
    "doctype outside": lambda body,
    _: "<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' 'http://a.example/rss.dtd'>" + body,
    "elements": lambda body, size: body.replace("<guid>", "<m:x>" * (size // 10) + "</m:x>" * (size // 10) + "<guid>"),
    "categories": lambda body, size: body.replace("<guid>", "<category>a</category>" * (size // 20) + "<guid>"),
    "texts twice": lambda body, _: body.replace("<guid>",
    "<title>Second</title><description>Second</description><guid>"),
    "guids twice": lambda body, _: body.replace("<guid>", "<guid>first</guid><guid>"),
    "base": lambda body, _: body.replace("<item>", "<item xml:base='javascript:ran()' xml:lang='\u202e'>"),
    "content beside": lambda body, _: body.replace("<guid>",
    "<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>&lt;b&gt;x</content:encoded><guid>"),
    "inline HTML": lambda body, _: body.replace("<description>", "<description><p>x<b/>y</p>"),
    "space": lambda body, size: body.replace("<item>", "<item>" + "\n" * size),
    "a tail": lambda body, _: body + "<!-- x -->\n<?x?>\n",
    "more behind": lambda body, _: body + "<rss/>",
    "atom link": lambda body, _: body.replace("<guid>",
    "<a:link xmlns:a='http://www.w3.org/2005/Atom' href='javascript:ran()'/><guid>"),
    "enclosures": lambda body, size: body.replace("<guid>",
    "<enclosure url='x' length='99999999999999999999' type='x'/>" * (size // 60) + "<guid>"),
    "places": lambda body, _: body.replace("<guid>", f"{PLACES}<guid>"),
    "chapters and media": lambda body, _: body.replace("<guid>", f"{CHAPTERS}<guid>"),
}  # fmt: skip


def many(wanted: Wanted) -> Stranger:
    """Return a feed of many entries, alike or not."""
    count, how = max(2, wanted.size // 130), wanted.rng.choice(("guid", "title", "nothing", "link", "own"))
    one, text = wanted.piece(pieces.SHORT, 1)
    items = "".join(item(text if how == "title" else f"Number {n}", text,
                         guid={"guid": "same", "own": f"x{n}"}.get(how, ""),
                         link="https://a.example/" if how == "link" else "",
                         date=format_datetime(NOW - timedelta(minutes=10 * n + 1))) for n in range(count))  # fmt: skip
    return replace(made(wanted, f"many with the same {how}", [one], encoded(rss(items, wanted.host))), grows=True)


def json_feed(wanted: Wanted) -> Stranger:
    """Return a JSON fixture with hostile values, and at times hostile JSON."""
    rng = wanted.rng
    names = [(name, body) for name, body in fixtures() if name.endswith(".in.json")]
    name, body = rng.choice(names)
    encoding = encoding_of(pairs.FOLDER / name)
    tree, parts = json.loads(body), []
    for _ in range(rng.choice((1, 1, 2, 3))):
        holder, key = rng.choice(list(_leaves(tree)))
        kind = rng.random()
        if kind < 0.5:
            one, holder[key] = wanted.piece()
        else:
            huge = 10**4301 if kind < 0.55 else 10**20
            value: object = rng.choice(
                (
                    None,
                    True,
                    0,
                    -1,
                    huge,
                    1e308,
                    [],
                    {},
                    [[]],
                    [None],
                    [1],
                    {"a": 1},
                    "",
                    *pieces.IDS,
                    *(s.text for s in pieces.STAMPS),
                )
            )
            one, holder[key] = (
                Piece(f"{key} {str(value)[:40] if not isinstance(value, int) else 'a number'!r}", lambda _: ""),
                value,
            )
        parts.append(one)
    text = _dumped(tree)
    if rng.random() < 0.15:
        odd = rng.choice(
            (
                "NaN",
                "Infinity",
                "-Infinity",
                "1e999",
                "-0",
                "1" * 4400,
                "[" * 5000 + "]" * 5000,
                '{"a":' * 3000 + "1" + "}" * 3000,
                '"\\ud800"',
                '"\\u0000"',
                "'x'",
                "01",
            )
        )
        text = text.replace("null", odd, 1) if "null" in text else text.replace('"resolved"', odd, 1)
        parts.append(Piece(odd[:20], lambda _: odd))
    if rng.random() < 0.05:
        text = text.replace('"id":', '"id": "first", "id":', 3)
    return made(
        wanted, f"changed {name}", parts, text.encode(encoding, "replace" if rng.random() < 0.9 else "surrogatepass")
    )


def _leaves(value: Any) -> Any:
    """Where a value of a tree can be replaced: what holds it, and under which key."""
    for key, inner in (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    ):
        yield value, key
        yield from _leaves(inner)


def _dumped(tree: Any) -> str:
    """JSON of a tree, numbers of any length included."""
    import sys

    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return json.dumps(tree, ensure_ascii=False)
    finally:
        sys.set_int_max_str_digits(limit)


MAKERS: tuple[tuple[Maker, int], ...] = (  # with weights
    (changed_fixture, 30), (marked, 20), (titled, 8), (dated, 10), (told_apart, 4), (in_states, 3), (other_titles, 2),
    (enveloped, 12), (many, 3), (json_feed, 8),
)  # fmt: skip


def feed(seed: int, number: int, size: int = SIZE) -> Stranger:
    """Return the feed of this number."""
    rng = random.Random(f"feed {seed} {number}")
    [maker] = rng.choices([maker for maker, _ in MAKERS], [weight for _, weight in MAKERS])
    return maker(Wanted(rng, number, size))
