"""Files for content/ as strangers would propose them: articles, providers, corrections, posts, pictures, names."""

from __future__ import annotations

import json
import random
import re
import zlib
from typing import Any

from almanac import archive
from tests.support.almanacs import incident
from tests.support.imagefiles import jpeg, jpeg_segment, png, png_chunk, webp, webp_chunk
from tests.support.strangers import pieces
from tests.support.strangers.case import SIZE, Stranger
from tests.support.strangers.feeds import Maker, Wanted
from tests.support.strangers.pieces import Piece

ARTICLE = """---
title: Monday {name}
date: 2026-03-02T13:00:00Z
modified: 2026-03-02T14:00:00Z
authors: [Ada Example]
providers: [groq]
incidents: [groq/other]
summary: What happened on Monday.
kind: news
status: published
sources:
  - {{url: https://a.example/, title: A, publisher: B, kind: press, primary: false}}
claims:
  - {{said: It was long, by: A paper, grade: press, verdict: undecidable, why: Unclear., where: 1, since: 2026-03-01}}
corrections:
  - {{date: 2026-03-02T14:00:00Z, text: A word was wrong.}}
confirmed: [It was slow.]
claimed: [It was down.]
unknown: [The cause.]
---

{body}
"""
FIGURES = """figures:
  a: {share: ended under 2h, provider: groq, from: 2026-03-01, to: 2026-03-03}
"""
PAGE = """---
title: Words {name}
summary: What this is.
---

{body}
"""
PROVIDER = """---
slug: {name}
name: Acme {name}
company: Acme {name} Inc.
home: https://{name}.example/
status_page: https://status.{name}.example/
feeds: [{{url: https://status.{name}.example/history.atom, dialect: statuspage, verified: false}}]
components: [{{slug: chat, name: Chat, product: Chat, capability: chat, match: [Chat, Chat (web)]}}]
capabilities: [chat]
aliases: [Acmes {name}]
scope: {{components: [chat], words: [chat]}}
written_by: hand
zone: UTC
built_on: [groq]
---

{body}
"""
CORRECTION = """start: 2026-03-01T11:50:00Z
end: 2026-03-01T13:40:00Z
kind: outage
impact: major
reason: The closing post came late.
source: https://a.example/
author: Ada Example
date: 2026-03-02T09:00:00Z
"""
LINK = """---
title: It is down, {name}
url: https://paper.example/{name}
publisher: The Paper
date: 2026-03-02T12:30:00Z
grade: press
providers: [groq]
incidents: [groq/other]
quote: A few words.
also: [{{title: Again, url: https://b.example/, publisher: Another, date: 2026-03-02T12:40:00Z}}]
curator: Ada Example
note: A line.
---
"""
UNDECLARED = """---
title: Answers took minutes, {name}
start: 2026-03-02T09:00:00Z
end: 2026-03-02T10:30:00Z
summary: Users waited; the page showed nothing.
evidence:
  - {{url: https://paper.example/, title: Slow, publisher: The Paper, date: 2026-03-02T09:50:00Z, grade: press}}
  - {{url: https://forum.example/, title: Waiting, publisher: A forum, date: 2026-03-02T09:05:00Z, grade: user-report}}
contributor: Ada Example
date: 2026-03-02T12:00:00Z
---
"""
OUTLET = """---
slug: {name}
name: The Paper {name}
home: https://{name}.example/
feed: https://{name}.example/feed.xml
kind: press
---
"""
KEY = re.compile(r"^(  - |)([a-z_]+): (.*)$", re.MULTILINE)
INNER = re.compile(r"(?<=[{,] )?\b([a-z_]+): ([^,{}\[\]\n]+)(?=[,}])")
WORDS = {  # fields that hold words
    "title", "summary", "said", "by", "why", "text", "confirmed", "claimed", "unknown", "reason", "note", "quote",
    "name", "company", "aliases", "author", "authors", "curator", "contributor", "publisher", "product", "match",
    "words",
}  # fmt: skip
FAR = "2099-01-01T00:00:00Z"


def _one(name: str) -> Piece:
    return Piece(name, lambda _: "")


def made(wanted: Wanted, kind: str, parts: list[Piece], files: dict[str, bytes], **more: Any) -> Stranger:
    """Return the stranger of these files."""
    return Stranger(number=wanted.number, kind=kind, pieces=tuple(part.name for part in parts), files=files,
                    grows=any(part.grows for part in parts), **more)  # fmt: skip


def utf8(text: str) -> bytes:
    """Return the bytes of a file; lone surrogates as they are."""
    return text.encode("utf-8", "surrogatepass")


def spoiled(wanted: Wanted, text: str) -> tuple[list[Piece], str]:
    """Front matter, or a bare YAML file, with a hostile value, key or line."""
    parts = []
    for _ in range(wanted.rng.choice((1, 1, 1, 2))):
        pattern = wanted.rng.choice((KEY, KEY, INNER))
        spots = list(pattern.finditer(text, 3)) or list(KEY.finditer(text))
        spot = wanted.rng.choice(spots)
        key = spot[2] if pattern is KEY and len(spot.groups()) == 3 else spot[1]
        one, value = _value(wanted, key)
        start, end = spot.span(spot.re.groups)
        new = wanted.rng.random()
        if new < 0.85:
            text = text[:start] + value + text[end:]
        elif new < 0.95:
            line = f"{_flat(value) or 'x'}: {wanted.rng.choice(('x', '1', '[a]'))}\n"
            at = text.index("\n", start) + 1
            text = text[:at] + line + text[at:]
        else:
            text = text[:start] + text[start:end] + "\n" + value + text[end:]
        parts.append(one._replace(name=f"{key}: {one.name}"))
    return parts, text


def _flat(value: str) -> str:
    return value.replace("\n", " ")[:2000]


def _value(wanted: Wanted, key: str) -> tuple[Piece, str]:
    rng = wanted.rng
    kind = rng.random()
    if key in WORDS and rng.random() < 0.5:
        one, text = wanted.piece(pieces.SHORT, 2)
        return one, json.dumps(text, ensure_ascii=rng.random() < 0.5)
    if kind < 0.25:
        return wanted.piece(pieces.YAML, 1)
    if kind < 0.35:
        return wanted.piece(pieces.NUMBERS, 1)
    if kind < 0.45 or key in ("url", "home", "source", "feed", "status_page"):
        text = rng.choice(pieces.ADDRESSES)
        return _one(f"address {text[:40]!r}"), json.dumps(text)
    if kind < 0.55 or key in ("date", "modified", "start", "end", "since"):
        text = rng.choice((*pieces.STAMPS, *pieces.WILD)).text
        return _one(f"date {text[:40]!r}"), text if rng.random() < 0.6 else json.dumps(text)
    if kind < 0.6:
        text = rng.choice(pieces.IDS)
        return _one(f"id {text[:40]!r}"), json.dumps(text)
    if kind < 0.64:
        unit = rng.choice(("[", "{a: ", "- ", "? ", "[a, ", "&a [*a, ", "!x ", "{", "{? ", "'", '"', "# ", "a: "))
        one = pieces.repeated([unit], "deep")[0]
        return one, one.make(wanted.size)
    one, text = wanted.piece()
    return one, text if rng.random() < 0.3 else json.dumps(text, ensure_ascii=rng.random() < 0.5)


def article(wanted: Wanted) -> Stranger:
    """Return an article with hostile front matter."""
    name = f"s{wanted.number}"
    text = ARTICLE.format(name=name, body=f"Begin mark{wanted.number}.")
    if wanted.rng.random() < 0.3:
        text = text.replace("claims:", FIGURES + "claims:").replace("Begin", "Of {{a.n}} incidents {{a}}. Begin")
    parts, text = spoiled(wanted, text)
    return made(wanted, "article", parts, {f"articles/2026/2026-03-02-{name}.md": utf8(text)})


def written(wanted: Wanted) -> Stranger:
    """Return an article or a page with a hostile text."""
    name, mark = f"s{wanted.number}", f"mark{wanted.number}"
    one, text = wanted.piece(pieces.BODIES if wanted.rng.random() < 0.4 else pieces.WITHOUT_HTML)
    page = wanted.rng.random() < 0.3
    body = f"Begin {mark}.\n\n{text}"
    data = utf8((PAGE if page else ARTICLE).format(name=name, body=body))
    if wanted.rng.random() < 0.05:
        data = data.decode("utf-8", "replace").encode(
            wanted.rng.choice(("utf-16", "utf-8-sig", "latin-1", "utf-7", "cp037")), "replace"
        )
    file = f"pages/{name}.md" if page else f"articles/2026/2026-03-02-{name}.md"
    shown = f"{name}/index.html" if page else f"articles/2026/{name}/index.html"
    return made(wanted, "page's text" if page else "article's text", [one], {file: data}, mark=mark, page=shown)


def provider(wanted: Wanted) -> Stranger:
    """Return a provider with hostile values, or with a hostile text about it."""
    name = f"s{wanted.number}"
    one, text = wanted.piece() if wanted.rng.random() < 0.3 else (_one(""), "Makes things.")
    data, parts, refused = PROVIDER.format(name=name, body=text), [one], False
    choice = wanted.rng.random()
    if choice < 0.3:
        odd, old, new = wanted.rng.choice(_imposters(name))
        data, parts, refused = data.replace(old, new, 1), [one, _one(odd)], True
    elif choice < 0.4:
        zone = wanted.rng.choice(pieces.ZONES)
        data, parts, refused = (
            data.replace("zone: UTC", f"zone: {json.dumps(zone)}"),
            [one, _one(f"zone {zone[:40]!r}")],
            zone in ("localtime", "Factory", "posixrules"),
        )
    elif choice < 0.9 or not one.name:
        more, data = spoiled(wanted, data)
        parts = [one, *more]
    return made(wanted, "provider", parts, {f"providers/{name}.md": utf8(data)}, refused=refused)


def _imposters(name: str) -> list[tuple[str, str, str]]:
    """Return what makes a provider pass for another, or too much of one."""
    lists = ",".join(f"{{url: https://{name}.example/{n}.xml}}" for n in range(2000))
    return [
        ("name of another", f"name: Acme {name}", "name: Claude"),
        ("name of another in capitals", f"name: Acme {name}", "name: CLAUDE"),
        ("alias of another", f"[Acmes {name}]", "[Claude]"),
        ("alias that is another's slug", f"[Acmes {name}]", "[anthropic]"),
        ("name of another with a blank", f"name: Acme {name}", 'name: "Claude "'),
        ("host of look-alikes", f"home: https://{name}.example/", "home: https://аnthropic.example/"),
        ("page of look-alikes", f"https://status.{name}.example/\n", "https://stаtus.example/\n"),
        ("2000 feeds",
        f"feeds: [{{url: https://status.{name}.example/history.atom, dialect: statuspage, verified: false}}]",
        f"feeds: [{lists}]"),
    ]  # fmt: skip


def correction(wanted: Wanted) -> Stranger:
    """Return a correction of an incident that is there."""
    name = f"s{wanted.number}"
    one = incident(name, "01 11:49", "01 13:47", provider="groq", components=())
    files = {f"incidents/{archive.file_of(one)}": utf8(archive.render(one))}
    choice, refused = wanted.rng.random(), False
    if choice < 0.3:
        end = wanted.rng.choice(
            (
                FAR,
                "2026-03-02T09:00:01Z",
                "2026-03-01T11:49:59Z",
                "2026-03-01T00:00:00Z",
                "2100-12-31T23:59:59Z",
                "2026-12-31T00:00:00Z",
            )
        )
        parts, text, refused = [_one(f"end {end}")], CORRECTION.replace("2026-03-01T13:40:00Z", end), True
    elif choice < 0.5:
        merge = wanted.rng.choice(
            (f"groq/{name}", "groq/other", "groq/open", "groq/nothing", "nobody/x", "groq/", "/other", "groq/../x")
        )
        parts, text = [_one(f"merge with {merge}")], CORRECTION + f"merge_with: {merge}\n"
    elif choice < 0.55:
        start = wanted.rng.choice(("2026-03-01T13:40:00Z", FAR, "1990-01-01T00:00:00Z", "2026-03-01T13:40:01Z"))
        parts, text, refused = [_one(f"start {start}")], CORRECTION.replace("2026-03-01T11:50:00Z", start), start == FAR
    else:
        parts, text = spoiled(wanted, CORRECTION)
    return made(wanted, "correction", parts, {**files, f"corrections/groq/{name}.yml": utf8(text)}, refused=refused)


def post(wanted: Wanted) -> Stranger:
    """Return a link post, an undeclared outage or an outlet with hostile values."""
    name = f"s{wanted.number}"
    kind, template, file = wanted.rng.choice((
        ("link post", LINK, f"links/2026/2026-03-02-{name}.md"),
        ("undeclared", UNDECLARED, f"undeclared/groq/2026-03-02-{name}.md"),
        ("outlet", OUTLET, f"press/{name}.md"), ("draft", re.sub("curator: .*\nnote: .*", "why: it names Groq", LINK),
        f"inbox/2026-03-02-{name}.md"),
    ))  # fmt: skip
    parts, text = spoiled(wanted, template.format(name=name))
    return made(wanted, kind, parts, {file: utf8(text)})


def record(wanted: Wanted) -> Stranger:
    """Return an incident in the archive, written by hand: a hostile text, title or component."""
    name = f"s{wanted.number}"
    one, text = wanted.piece()
    filed = incident(name, "01 11:49", "01 13:47", provider="groq", components=())
    data = archive.render(filed)
    where = wanted.rng.choice(("text", "text", "value"))
    if where == "text":
        data, parts = data.replace("The cause is found.", text or "x"), [one]
    else:
        parts, data = spoiled(wanted, data)
    return made(wanted, f"incident's {where}", parts, {f"incidents/{archive.file_of(filed)}": utf8(data)})


NAMES = (
    "articles/2026/2026-03-02-{}.lock", "articles/2026/2026-03-02-{}.tmp", "articles/2026/.{}.md",
    "articles/2026/2026-03-02-{}:y.md", "images/2026/{}:y.png", "images/2026/.{}.png",
    "images/{}/.gitattributes", "links/2026/.{}.md", "links/{}/.gitattributes", "corrections/groq/.{}.yml",
    "corrections/{}/.gitattributes", "undeclared/groq/.{}",
    "providers/.{}.md", "pages/.{}.md", "pages/{}.md.lock", "pages/{}.tmp", "pages/{}\n.md",
    "articles/2026/2026-03-02-{}\n::error::x.md",
    "articles/2026/2026-03-02-{}\udcff.md", "articles/2026/2026-03-02-{}é.md", "links/2026/2026-03-02-{}.yml",
    "corrections/groq/{}.yml/x", "press/.{}.md", "inbox/.{}.md",
    "articles/2026/{}/x.md", "providers/{}/x.md", "undeclared/groq/{}/x.md", "links/2026/{}.md",
    "incidents/groq/2026/{}.md", "incidents/groq/2026/.{}.md", "incidents/{}/2026/x.md",
    "pulls/{}.json", "pulls/log/{}.txt", "pulls/.{}", "forecasts/{}.jsonl", "forecasts/.{}", "{}", ".{}", "{}.md",
    "images/2026/{}.PNG", "images/2026/{}.png.lock", "words-{}.txt",
    "articles/2026/2026-03-02-{}-" + "a" * 200 + ".md", "articles/2026/2026-03-02-{}\u202edm.md",
    "articles/2026/2026-03-02-{}%0A.md", "corrections/groq/{}.yml.tmp", "links/{}.lock/x.md",
    "links/2026/2026-03-02-{}.lock", "undeclared/groq/2026-03-02-{}.tmp", "press/{}.lock", "providers/{}.lock",
    "inbox/{}.tmp", "incidents/groq/2026/{}.tmp", "corrections/groq/{}.lock",
    "pages/{}/index.md", "articles/{}/2026-03-02-x.md", "images/2026/{}.md", "theme/{}.html",
    "articles/2026/2026-03-02-{}.md.swp", "articles/2026/2026-03-02-{}.md~",
)  # fmt: skip


def name(wanted: Wanted) -> Stranger:
    """Return a file in a strange place, or of a strange name."""
    place = wanted.rng.choice(NAMES).format(f"s{wanted.number}")
    data = wanted.rng.choice(
        (
            b"",
            b"x",
            ARTICLE.format(name=f"s{wanted.number}", body="It was down.").encode(),
            png(),
            b"* -diff linguist-generated\n",
            b"\xff\xfe\x00",
        )
    )
    return made(wanted, "name", [_one(place[:120]), _one(repr(data[:20]))], {place: data}, refused=True)


def deep(wanted: Wanted) -> Stranger:
    """Return a file far down in folders."""
    levels = wanted.rng.choice((3, 5, 30, 300, 1200))
    top = wanted.rng.choice(
        ("images", "articles", "pages", "links", "corrections", "undeclared", "incidents", "providers", "other")
    )
    return made(
        wanted,
        "deep",
        [_one(f"{levels} folders in {top}")],
        {f"{top}/s{wanted.number}/{'a/' * levels}x.md": b"x"},
        refused=True,
    )


def picture(wanted: Wanted) -> Stranger:
    """Return a picture that is not what it says, and an article that shows it."""
    title = wanted.rng.choice(list(PICTURES))
    ending, data, refused = PICTURES[title]
    name = f"s{wanted.number}"
    size = wanted.rng.random()
    data = data() if callable(data) else data
    if size < 0.2 and 0 < len(data) < 10_000:
        at = wanted.rng.randrange(len(data))
        data = data[:at] + bytes([wanted.rng.randrange(256)]) + data[at + 1 :]
        title, refused = f"{title}, byte {at} changed", False
    elif size < 0.3 and data:
        data, title, refused = data[: wanted.rng.randrange(len(data))], f"{title}, cut", False
    text = ARTICLE.format(name=name, body=f"![A red bar](/images/2026/{name}.{ending})")
    return made(
        wanted,
        "picture",
        [_one(title)],
        {f"images/2026/{name}.{ending}": data, f"articles/2026/2026-03-02-{name}.md": utf8(text)},
        refused=refused,
    )


def _png(
    points: bytes, *more: bytes, width: int = 10, height: int = 10, depth: int = 8, colour: int = 0, interlaced: int = 0
) -> bytes:
    """Return a PNG whose points are these, as they stand in its IDAT."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth, colour, 0, 0, interlaced])
    chunks = [png_chunk(b"IHDR", head), *more, png_chunk(b"IDAT", points), png_chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(megabytes)), packer.flush()])


GOOD = zlib.compress((b"\0" + b"\x80" * 10) * 10)
PICTURES: dict[str, tuple[str, Any, bool]] = {  # ending, bytes, must be refused
    "good": ("png", _png(GOOD), False),
    "10x10 with 100 MB packed": ("png", lambda: _png(_zeros(100)), True),
    "profile of 100 MB": ("png", lambda: _png(GOOD, png_chunk(b"iCCP", b"x\0\0" + _zeros(100))), True),
    "profile that is no pass": ("png", _png(GOOD, png_chunk(b"iCCP", b"x\0\0nothing packed")), True),
    "zTXt of 100 MB": ("png", lambda: _png(GOOD, png_chunk(b"zTXt", b"x\0\0" + _zeros(100))), True),
    "points that are no pass": ("png", _png(b"no zlib here"), True),
    "points that break off": ("png", _png(GOOD[:-6]), True),
    "too few points": ("png", _png(zlib.compress(b"\0" * 5)), True),
    "too many points": ("png", _png(zlib.compress(b"\0" * 5000)), True),
    "a page in its points": ("png", _png(b"<script>ran()</script>"), True),
    "filter of no kind": ("png", _png(zlib.compress((b"\x09" + b"\x80" * 10) * 10)), True),
    "depth of no kind": ("png", _png(GOOD, depth=3), True),
    "colour of no kind": ("png", _png(GOOD, colour=9), True),
    "palette that is not there": ("png", _png(GOOD, colour=3), True),
    "two heads": ("png", _png(GOOD, png_chunk(b"IHDR", bytes(13))), True),
    "check sums that are wrong": ("png", _png(GOOD).replace(zlib.crc32(b"IEND").to_bytes(4, "big"), b"\0\0\0\0"), True),
    "no points at all": ("png", png(width=3, height=2).replace(b"IDAT", b"bKGD"), True),
    "huge": ("png", png(width=2**31, height=2**31), True),
    "nothing": ("png", b"", True),
    "a head only": ("png", b"\x89PNG\r\n\x1a\n", True),
    "JPEG called PNG": ("png", jpeg(), True),
    "JPEG": ("jpg", jpeg(), False),
    "JPEG of 65535": ("jpg", jpeg(width=65535, height=65535), True),
    "JPEG with a segment that says more": ("jpg", jpeg(b"\xff\xe2\xff\xff"), True),
    "JPEG with a hundred profiles": ("jpg", jpeg(*[jpeg_segment(0xE2, b"ICC_PROFILE\0" + bytes(4000))] * 100), False),
    "JPEG with a place": ("jpg", jpeg(jpeg_segment(0xE1, b"Exif\0\0GPS")), True),
    "WebP": ("webp", webp(), False),
    "WebP with a chunk that says more": ("webp", webp(b"VP8 \xff\xff\xff\x7f"), True),
    "WebP that ends in itself": ("webp", b"RIFF\xff\xff\xff\xffWEBP", True),
    "WebP with XMP": ("webp", webp(webp_chunk(b"XMP ", b"<script>")), True),
    "GIF": ("gif", b"GIF89a" + bytes(20), True),
    "SVG": ("svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='ran()'/>", True),
}  # fmt: skip

MAKERS: tuple[tuple[Maker, int], ...] = (  # with weights
    (article, 22), (written, 22), (provider, 12), (correction, 8), (post, 12), (record, 6), (name, 9), (deep, 1),
    (picture, 8),
)  # fmt: skip


def file(seed: int, number: int, size: int = SIZE) -> Stranger:
    """Return the files of this number."""
    rng = random.Random(f"file {seed} {number}")
    [maker] = rng.choices([maker for maker, _ in MAKERS], [weight for _, weight in MAKERS])
    return maker(Wanted(rng, number, size))
