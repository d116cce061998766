"""Measures reading a feed of 50 incidents of which one is new, against the ordinary way of parsing all of it.

    python3 tasks.py bench feeds

The ordinary way is feedparser on the whole feed, then BeautifulSoup on each body. Prints medians of pairs; FAIL below
40 times.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import feedparser
from bs4 import BeautifulSoup

from almanac import feeds
from almanac.model import Provider

ENTRIES, PAIRS, WANTED = 50, 41, 40.0
SEEN = datetime(2026, 6, 30, tzinfo=UTC)
PROVIDER = Provider(slug="example", name="Example", company="", home="", status_page="")
WORDS = ["the", "api", "returned", "errors", "for", "some", "customers", "while", "we", "moved", "traffic", "to", "it"]


def statuspage(entries: int, seed: int = 1) -> bytes:
    """Return a seeded Statuspage Atom feed, newest first: three to nine updates an incident, as real pages have."""
    rng = random.Random(seed)
    at = SEEN - timedelta(hours=2)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n']
    parts.append("  <id>tag:status.example.com,2005:/history</id>\n  <title>Example Status - Incident History</title>")
    for number in range(entries):
        slug = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=12))
        stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        parts.append(
            f"  <entry>\n    <id>tag:status.example.com,2005:Incident/{9000 - number}</id>\n"
            f"    <published>{stamp}</published>\n    <updated>{stamp}</updated>\n"
            f'    <link rel="alternate" type="text/html" href="https://status.example.com/incidents/{slug}"/>\n'
            f"    <title>Elevated errors on {rng.choice(WORDS)}</title>\n"
            f'    <content type="html">{escape(body(rng, at))}</content>\n  </entry>\n'
        )
        at -= timedelta(hours=rng.randint(4, 40))
    return "".join([*parts, "</feed>\n"]).encode()


def body(rng: random.Random, at: datetime) -> str:
    """Return the blocks of one incident."""
    phases = ["Resolved", *rng.choices(["Update", "Monitoring"], k=rng.randint(1, 7)), "Investigating"]
    blocks = []
    for phase in phases:
        words = " ".join(rng.choices(WORDS, k=rng.randint(8, 60)))
        blocks.append(
            f"<p><small>{at:%b} <var data-var='date'>{at.day:2}</var>, <var data-var='time'>{at:%H:%M}</var> UTC"
            f"</small><br><strong>{phase}</strong> - {words.capitalize()}.</p>"
        )
        at -= timedelta(minutes=rng.randint(3, 40))
    return "".join(blocks)


def ordinary(body: bytes) -> int:
    """Read with feedparser's defaults, then BeautifulSoup on each body."""
    parsed = feedparser.parse(body)
    return sum(len(BeautifulSoup(entry.content[0].value, "lxml").get_text()) for entry in parsed.entries)


def timed(work: Callable[[], object], runs: int = 1) -> float:
    """Return CPU milliseconds a run, without paying for the garbage of what ran before."""
    gc.collect()
    began = time.process_time()
    for _ in range(runs):
        work()
    return (time.process_time() - began) * 1000 / runs


def main(argv: list[str]) -> int:
    """Print both medians and the ratio; 1 if it is below the one wanted."""
    body = statuspage(ENTRIES)
    whole = feeds.read(PROVIDER, body, seen=SEEN)
    items = dict(whole.items[1:])
    reread = feeds.read(PROVIDER, body, seen=SEEN, items=items)
    assert (len(reread.incidents), len(reread.unchanged)) == (1, ENTRIES - 1), "the bench does not measure what it says"
    pairs = []
    for _ in range(PAIRS):
        own_time = timed(lambda: feeds.read(PROVIDER, body, seen=SEEN, items=items), runs=5)
        pairs.append((timed(lambda: ordinary(body)), own_time))
    slow, fast = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    first = statistics.median(timed(lambda: feeds.read(PROVIDER, body, seen=SEEN)) for _ in range(11))
    print(f"a feed of {ENTRIES} entries, {len(body) / 1000:.0f} kB, one new; CPU time, medians of {PAIRS} pairs")
    print(f"  feedparser and BeautifulSoup  {slow:8.2f} ms")
    print(f"  feeds.read                    {fast:8.2f} ms   {ratio:.0f} times faster (wanted: {WANTED:.0f})")
    print(f"  feeds.read, nothing known     {first:8.2f} ms   {slow / first:.1f} times faster")
    print("PASS" if ratio >= WANTED else "FAIL")
    return 0 if ratio >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
