"""Feeds damaged in many ways: none raises, none that is not well-formed changes anything, none loses anything.

    python3 tasks.py bench mutated [N] [SEED]

Each of N feeds (default 100,000) is one of our fixtures or recordings with one to four seeded mutations: bytes flipped,
cut and doubled, tags swapped, attributes, encodings and references damaged, words changed, entries shuffled and spliced
between feeds. It is read and merged into what the undamaged feed left in the archive. Two processes work at it.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from almanac import archive, feeds
from almanac.merge import merge
from almanac.model import FeedError, Impact, Incident, Provider
from bench.verdict import verdict
from tests.support.feeds import pairs

ROOT = Path(__file__).resolve().parents[1]
RECORDINGS = ROOT.parent / "shared" / "recordings"
PROVIDER = Provider(slug="example", name="Example", company="", home="", status_page="")
LARGEST = 20_000  # bytes of a recording; larger ones only take longer
MINUTE = timedelta(minutes=1)  # within it, a time told to the second only adds to one told to the minute
PROCESSES, CHUNK, SECONDS = 2, 500, 10
ENTRY = re.compile(rb"<(?:\w+:)?(item|entry)\b(?:[^>]*[^/>])?>.*?</(?:\w+:)?\1>", re.DOTALL)
TAG = re.compile(rb"<[^<>]{1,200}>")
ATTRIBUTE = re.compile(rb"[\w:.-]+=(\"[^\"<>]*\"|'[^'<>]*')")
UNKNOWN = re.compile(  # to expat, which takes them for one byte a character
    rb"\s*<\?xml version=[\"'][\w.:-]+[\"']\s+encoding=[\"'](shift_jis|utf8)[\"']", re.IGNORECASE
)
UTF_16 = ("utf-16-le".encode("utf-16-le"), "utf-16".encode("utf-16-le"))  # a name it does not know, one it does
WORD = re.compile(rb"(?<=[>\s])[A-Za-z]{3,14}(?=[\s<.,])")
NUMBER = re.compile(rb"\d+")
ENCODINGS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "iso-8859-1",
    "windows-1252",
    "shift_jis",
    "us-ascii",
    "utf-7",
    "ebcdic",
    "unicode_escape",
    "",
)
REFERENCES = (
    b"&",
    b"&amp",
    b"&nbsp;",
    b"&#0;",
    b"&#xD800;",
    b"&#xFFFFFFFF;",
    b"&lol;",
    b"&#8238;",
    b"&lt;b&gt;",
    b"]]>",
)
RUBBISH = (rb"\g<0> \g<0>", rb'x=""', rb'x="', rb"x", rb'\g<0>"', rb'href="javascript:alert(1)"', rb'type="xhtml"')
WORDS = (
    b"Resolved",
    b"Update",
    b"Investigating",
    b"Scheduled",
    b"Completed",
    b"",
    b"\xef\xbf\xbf",
    b"<![CDATA[x]]>",
    b"<!-- -->",
    b"\xe2\x80\xae",
    b"9999",
    b"2026-03-02T10:00:00Z",
    b"Mar 99, 25:61 UTC",
)

Mutation = Callable[[bytes, random.Random], bytes]
Made = Callable[[re.Match[bytes]], bytes]


class Base(NamedTuple):
    """A feed as it was, and what the archive held after it."""

    name: str
    body: bytes
    seen: datetime
    hint: str
    known: Mapping[str, Incident]


@cache
def bases() -> tuple[Base, ...]:
    """Return our fixtures and small recordings, all that can be read."""
    paths = [(path, pair.body, pair.seen, pair.hint) for path in pairs.inputs() if (pair := pairs.load(path)).reading]
    recorded = sorted(RECORDINGS.rglob("*.*")) if RECORDINGS.is_dir() else []
    now = datetime(2026, 12, 1, tzinfo=UTC)
    paths += [(path, path.read_bytes(), now, "") for path in recorded if path.stat().st_size < LARGEST]
    return tuple(base for path, body, seen, hint in paths if (base := _base(path, body, seen, hint)))


def _base(path: Path, body: bytes, seen: datetime, hint: str) -> Base | None:
    try:
        reading = feeds.read(PROVIDER, body, seen=seen, hint=hint)
    except FeedError:
        return None
    incidents = {incident.id: incident for incident in merge({}, reading).incidents}
    return Base(f"{path.parent.name}/{path.name}", body, seen, hint, incidents)


def flipped(body: bytes, rng: random.Random) -> bytes:
    """Change a few bytes."""
    damaged = bytearray(body)
    for _ in range(rng.randint(1, 8)):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    return bytes(damaged)


def cut(body: bytes, rng: random.Random) -> bytes:
    """Take a piece out, or everything from somewhere on."""
    start = rng.randrange(len(body))
    return body[:start] + body[start + rng.choice((1, 3, 40, 2000, len(body))) :]


def doubled(body: bytes, rng: random.Random) -> bytes:
    """Repeat a piece, there or elsewhere."""
    start, to = rng.randrange(len(body)), rng.randrange(len(body))
    piece = body[start : start + rng.choice((1, 5, 60, 900))]
    return body[:to] + piece * rng.choice((1, 1, 2, 30)) + body[to:]


def swapped(body: bytes, rng: random.Random) -> bytes:
    """Exchange two tags."""
    return _exchanged(body, rng, [tag.span() for tag in TAG.finditer(body)])


def attributes(body: bytes, rng: random.Random) -> bytes:
    """Leave an attribute without its end, doubled, emptied or full of rubbish."""
    damage = rng.choice(RUBBISH)
    return _once(ATTRIBUTE, lambda match: match.expand(damage), body, rng)


def encodings(body: bytes, rng: random.Random) -> bytes:
    """Encode otherwise than declared, or declare another encoding than it is."""
    name = rng.choice(ENCODINGS)
    if rng.random() < 0.5:
        return re.sub(rb"encoding=[\"'][^\"']*[\"']", b'encoding="%s"' % name.encode(), body, count=1)
    try:
        return body.decode("utf-8", "replace").encode(name, rng.choice(("replace", "xmlcharrefreplace")))
    except (LookupError, ValueError):
        return b"\xef\xbb\xbf" + body


def references(body: bytes, rng: random.Random) -> bytes:
    """Break a reference, or put one to nothing in."""
    if rng.random() < 0.5:
        return body.replace(b"&lt;", rng.choice((b"&lt", b"&amp;lt;", b"<", b"&#60;")), rng.randint(1, 3))
    at = rng.randrange(len(body))
    return body[:at] + rng.choice(REFERENCES) + body[at:]


def words(body: bytes, rng: random.Random) -> bytes:
    """Change a word, number or text, mostly without breaking the form."""
    pattern = rng.choice((WORD, NUMBER))
    replacement = rng.choice(WORDS) if pattern is WORD else str(rng.choice((0, 13, 31, 61, 2036, 10**20))).encode()
    return _once(pattern, lambda _: replacement, body, rng)


def shuffled(body: bytes, rng: random.Random) -> bytes:
    """Exchange two entries, leave one out, or repeat one."""
    spans = [entry.span() for entry in ENTRY.finditer(body)]
    if not spans or rng.random() < 0.4:
        return _exchanged(body, rng, spans)
    start, end = rng.choice(spans)
    return body[:end] + body[start:] if rng.random() < 0.5 else body[:start] + body[end:]


def spliced(body: bytes, rng: random.Random) -> bytes:
    """Put an entry of another feed among these."""
    others = [entry[0] for entry in ENTRY.finditer(rng.choice(bases()).body)]
    ends = [found.end() for found in ENTRY.finditer(body)]
    if not others or not ends:
        return body
    at = rng.choice(ends)
    return body[:at] + rng.choice(others) + body[at:]


def _exchanged(body: bytes, rng: random.Random, spans: list[tuple[int, int]]) -> bytes:
    if len(spans) < 2:
        return body
    (a, b), (c, d) = sorted(rng.sample(spans, 2))
    return body[:a] + body[c:d] + body[b:c] + body[a:b] + body[d:]


def _once(pattern: re.Pattern[bytes], damage: Made, body: bytes, rng: random.Random) -> bytes:
    matches = list(pattern.finditer(body))
    if not matches:
        return body
    one = rng.choice(matches)
    return body[: one.start()] + damage(one) + body[one.end() :]


MUTATIONS: tuple[Mutation, ...] = (
    flipped,
    cut,
    doubled,
    swapped,
    attributes,
    encodings,
    references,
    words,
    words,
    words,
    shuffled,
    shuffled,
    spliced,
)


def mutated(seed: int, number: int) -> tuple[Base, bytes]:
    """Return the feed of this number, and what it was made from."""
    rng = random.Random(f"{seed} {number}")
    base = rng.choice(bases())
    body = base.body
    for _ in range(rng.choice((1, 1, 2, 4))):
        body = rng.choice(MUTATIONS)(body, rng) if body else body
    return base, body


def tried(base: Base, body: bytes) -> tuple[str, list[str]]:
    """Return what became of a damaged feed, in a word, and what is wrong with that."""
    now = base.seen + timedelta(hours=1)
    try:
        reading = feeds.read(PROVIDER, body, seen=now, hint=base.hint)
    except FeedError as error:
        bug = "reading failed" in str(error)
        return f"refused: {error.reason}", [f"uncaught: {error}"] if bug else []
    if not is_well_formed(body) and not reading.is_mended:
        return "read", ["it is not well-formed and was read"]
    merged = merge(base.known, reading)
    after = dict(base.known) | {incident.id: incident for incident in merged.incidents}
    faults = [fault for name, was in base.known.items() for fault in lost(was, after[name])]
    faults += [fault for incident in merged.incidents for fault in kept_badly(incident)]
    same = all(incident.dialect == reading.dialect for incident in base.known.values())  # else posts go from the feed
    if same and merge(after, reading, merged.last_open).incidents:
        faults.append("read again it changes something")
    return "changes something" if merged.incidents else "changes nothing", faults


def is_well_formed(body: bytes) -> bool:
    """Say whether an XML parser, or for JSON Python's, takes the bytes as they are; blanks before them are forgiven."""
    try:
        if begins_as_json(body):
            json.loads(body)  # in UTF-8, UTF-16 or UTF-32, with a byte order mark or without
        elif match := UNKNOWN.match(body):
            text = body[match.end() :].decode(match[1].decode())
            expat.ParserCreate("utf-8").Parse(b"<?xml version='1.0'" + text.encode(), True)
        else:
            expat.ParserCreate().Parse(body.replace(*UTF_16, 1).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n"), True)
    except (ValueError, LookupError, expat.ExpatError):
        return False
    return True


def begins_as_json(body: bytes) -> bool:
    """Say whether the first character is one that JSON begins with, in whatever encoding JSON may be."""
    try:
        start = body[:100].decode(json.detect_encoding(body), "ignore")
    except ValueError:
        return False
    return start.lstrip()[:1] in ("{", "[")


def lost(was: Incident, now: Incident) -> Iterator[str]:
    """Yield what an incident said before and does not say any more, as post or as revision."""
    texts = {post.text for post in now.updates} | {old.text for post in now.updates for old in post.was}
    times = {post.at for post in now.updates} | {old.at for post in now.updates for old in post.was if old.at}
    for post in was.updates:
        if (post.text and post.text not in texts) or not any(abs(post.at - at) < MINUTE for at in times):
            yield f"{was.id} loses the post of {post.at}: {post.text[:40]!r}"
    changes = {change.what for change in now.changes}
    for field in ("title", "started", "ended", "impact", "components"):
        before, after = getattr(was, field), getattr(now, field)
        news = before in (after, None, (), Impact.UNKNOWN) or _finer(before, after)
        if not news and field not in changes and not was.title_is_ours:
            yield f"{was.id} changes its {field} silently: {before} to {after}"


def _finer(before: object, after: object) -> bool:
    """Say whether both are the same time, to the second."""
    return isinstance(before, datetime) and isinstance(after, datetime) and abs(after - before) < MINUTE


def kept_badly(incident: Incident) -> Iterator[str]:
    """Yield what is wrong with the file of an incident."""
    if archive.parse(archive.render(incident)) != incident:
        yield f"{incident.id} reads back as another"
    if not re.fullmatch(r"example/\d{4}/\d{4}-\d\d-\d\d-[a-z0-9-]{1,80}\.md", archive.file_of(incident)):
        yield f"{incident.id} would be filed as {archive.file_of(incident)}"


def run(seed: int, numbers: range) -> tuple[Counter[str], list[str]]:
    """Try these; return what became of how many, and the faults."""
    tally, faults = Counter[str](), []
    for number in numbers:
        base, body = mutated(seed, number)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            fate, wrong = tried(base, body)
        except Exception as error:
            fate, wrong = "uncaught", [f"uncaught: {type(error).__name__}: {error}"]
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        tally[fate] += 1
        faults += [f"{number} ({base.name}): {fault}" for fault in wrong]
    return tally, faults


def _alarm(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS} s")


def _prepare() -> None:
    os.nice(10)
    signal.signal(signal.SIGALRM, _alarm)


def main(argv: list[str]) -> int:
    """Try all; 1 if there is a fault."""
    count, seed = (int(argv[0]) if argv else 100_000), (int(argv[1]) if len(argv) > 1 else 1)
    tally, faults, began = Counter[str](), list[str](), time.monotonic()
    chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    with ProcessPoolExecutor(PROCESSES, initializer=_prepare) as pool:
        for part, wrong in pool.map(run, [seed] * len(chunks), chunks):
            tally += part
            faults += wrong
    print(f"{count} mutations of {len(bases())} feeds, seed {seed}, {time.monotonic() - began:.0f} s")
    for fate, number in tally.most_common():
        print(f"  {number:7} {fate}")
    uncaught, read = ([fault for fault in faults if word in fault] for word in ("uncaught", "not well-formed"))
    print(f"uncaught: {len(uncaught)} (0)")
    print(f"read though not well-formed: {len(read)} (0)")
    print(f"lost, kept badly or changed by reading again: {len(faults) - len(uncaught) - len(read)} (0)")
    return verdict(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
