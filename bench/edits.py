"""Counts the texts that GitHub replaced or took away between its recorded snapshots, twice, by unlike means.

    python3 tasks.py bench edits

Once as the site does (read, merge, stats.reporting), once with ElementTree and regular expressions on the raw feeds and
a dictionary of what stood where. Both must give the same numbers. Needs the recordings beside the project (../shared).
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

from almanac.model import Incident
from almanac.stats import reporting
from bench.recordings import SHARED, pulled, seen_at

ATOM = "{http://www.w3.org/2005/Atom}"
HEAD = r"<p>\s*<small>"
BLOCK = re.compile(rf"{HEAD}(.*?)</small>\s*<br\s*/?>\s*<strong>(.*?)</strong>\s*-(.*?)(?={HEAD}|\Z)", re.DOTALL)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905


class Count(NamedTuple):
    """What was found."""

    replaced: int
    taken_away: int
    incidents: int  # that had a text replaced
    median_lag: float  # seconds from the post to the snapshot that shows another text, all replaced texts
    vanished: int  # incidents missing from a snapshot whose oldest entry is a day older than their first post


def by_the_site(incidents: list[Incident]) -> Count:
    """Count as the pages do."""
    edits = [edit for incident in incidents for edit in reporting.edits(incident)]
    removed = sum(update.gone is not None for incident in incidents for update in incident.updates)
    lags = [edit.lag for edit in edits]
    ever = sum(bool(i.vanished) or any(c.what == "vanished" for c in i.changes) for i in incidents)
    return Count(len(edits), removed, len({edit.incident.id for edit in edits}), median(lags), ever)


def words(fragment: str) -> str:
    """Return the text of a fragment of HTML, blanks folded."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", fragment)).split())


def posts(entry: ET.Element) -> dict[tuple[datetime, str], Counter[str]]:
    """Return the texts of an entry by (minute, word)."""
    published = datetime.fromisoformat(entry.findtext(f"{ATOM}published", "")).astimezone(UTC)
    texts: dict[tuple[datetime, str], Counter[str]] = defaultdict(Counter)
    for small, word, text in BLOCK.findall(entry.findtext(f"{ATOM}content", "")):
        month, day, hour, minute = re.match(r"(\w+) +(\d+) ?, +(\d+):(\d+)", words(small)).groups()  # type: ignore[union-attr]
        at = datetime(published.year, MONTHS.index(month) + 1, int(day), int(hour), int(minute), tzinfo=UTC)
        if at > published + timedelta(days=180):
            at = at.replace(year=at.year - 1)
        texts[at, words(word)][words(text)] += 1
    return texts


def by_hand(paths: list[Path]) -> Count:
    """Count snapshot by snapshot: what stood at a minute under a word before, and stands there no more."""
    before: dict[str, dict[tuple[datetime, str], Counter[str]]] = {}
    lags: list[float] = []
    edited, missing, removed = set(), set(), 0
    for path in paths:
        entries = list(ET.parse(path).getroot().iter(f"{ATOM}entry"))  # noqa: S314  (our own recordings)
        present = set()
        for entry in entries:
            slug = entry.find(f"{ATOM}link").get("href", "").rsplit("/", 1)[-1]  # type: ignore[union-attr]
            now = posts(entry)
            for key, texts in before.get(slug, {}).items():
                lost, new = texts - now[key], now[key] - texts
                changed = min(lost.total(), new.total())
                removed += lost.total() - changed
                lags += [(seen_at(path) - key[0]).total_seconds()] * changed
                edited |= {slug} if changed else set()
            before[slug] = now
            present.add(slug)
        oldest = min(datetime.fromisoformat(entry.findtext(f"{ATOM}published", "")) for entry in entries)
        missing |= {slug for slug, now in before.items() if min(now)[0] > oldest + timedelta(days=1)} - present
    return Count(len(lags), removed, len(edited), median(lags), len(missing))


def main(argv: list[str]) -> int:
    """Print both counts; 1 if they differ."""
    paths = sorted((SHARED / "recordings/github/atom-snapshots").glob("*.atom"), key=seen_at)
    if not paths:
        print("bench edits: the recordings are not here (../shared); nothing was counted")
        return 0
    site, manual = by_the_site(list(pulled(paths).values())), by_hand(paths)
    print(f"  {len(paths)} snapshots of GitHub        by the site   by hand")
    for name, one, other in zip(Count._fields, site, manual, strict=True):
        print(f"  {name:<30} {one:>12,.0f} {other:>9,.0f}")
    print("PASS" if site == manual else "FAIL", "both counts are the same")
    return int(site != manual)


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
