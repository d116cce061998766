"""Reads every recorded feed, pulls the snapshots in order, and holds what comes of it against the facts.

    python3 tasks.py bench recordings                a line a file, and PASS or FAIL for each demand
    python3 tasks.py bench recordings --entries      also what became of each entry

Needs the recordings and facts beside the project (../shared). Pulls go through `merge` in memory, each at the time in
the name of its recording, with the hashes of the pull before, as a real pull does.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from almanac import feeds
from almanac.content import providers
from almanac.merge import merge
from almanac.model import FeedError, Incident, Provider, Reading, unstamp

CONTENT = Path(__file__).resolve().parents[1] / "content"
SHARED = CONTENT.parents[1] / "shared"
MINUTE = timedelta(minutes=1)  # pages print minutes, and round some of them
FIRST, SECOND = "recordings", "recordings-second"  # the second: answers of status pages as they are since July 2026
REFUSED = {
    FIRST: {"azure/feed-2018-11-12-broken-as-quoted-retyped.xml", "openai/summary-2026-08-03.json"},
    # What AI Studio's page asks for itself needs a key from its script, so it is no source of ours.
    SECOND: {"google-ai-studio/ListIncidentsHistory-2026-04-18.json"},
}
STAMP = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?(?:T(\d\d)(\d\d))?")


def seen_at(path: Path) -> datetime:
    """Return the moment in a recording's name; the next midnight, or month's end, if it names only a day or month."""
    match = STAMP.search(path.name)
    if not match:
        return datetime(2026, 12, 1, tzinfo=UTC)
    year, month, day, hour, minute = (int(part) if part else None for part in match.groups())
    at = datetime(year or 0, month or 0, day or 28, hour or 0, minute or 0, tzinfo=UTC)
    return at if hour is not None else at + timedelta(days=1 if day else 4)


def read(path: Path, items: Sequence[tuple[str, str]] = ()) -> Reading:
    """Return what a recording says, as its provider's folder names it."""
    slug = path.relative_to(SHARED).parts[1]
    provider = Provider(slug=slug, name=slug, company="", home="", status_page="")
    hint = next((feed.dialect for feed in watched().get(slug, provider).feeds), "")
    return feeds.read(provider, path.read_bytes(), seen=seen_at(path), hint=hint, items=dict(items))


@cache
def watched() -> dict[str, Provider]:
    """Return the providers of this checkout by their slugs."""
    return {provider.slug: provider for provider in providers.load(CONTENT)}


def files(folder: str) -> list[Path]:
    """Return the recordings of a folder."""
    paths = sorted((SHARED / folder).rglob("*.*"))
    return [path for path in paths if path.is_file() and path.suffix != ".tsv"]


def each_entry(folder: str, *, in_detail: bool) -> bool:
    """Read all files; True if every entry of every file became something or was skipped with a reason."""
    tally, fine, refused = Counter[str](), True, set()
    for path in files(folder):
        name = str(path.relative_to(SHARED / folder))
        try:
            reading = read(path)
        except FeedError as error:
            print(f"  {name}: refused ({error.reason}): {error}")
            refused.add(name)
            continue
        accounted = len(reading.items) + len(reading.skipped) == reading.entries
        fine = fine and accounted
        tally.update({reading.dialect: reading.entries, "files": 1, "skipped": len(reading.skipped)})
        if in_detail or not accounted or reading.skipped or reading.doubts:
            print(f"  {name}: {reading.dialect}, {reading.entries} entries, {len(reading.incidents)} incidents")
        if in_detail:
            print("".join(f"    {digest} became part of {incident}\n" for digest, incident in reading.items), end="")
        print("".join(f"    {skip.entry} skipped because {skip.why}\n" for skip in reading.skipped), end="")
        print("".join(f"    doubt: {doubt}\n" for doubt in reading.doubts), end="")
    print(f"  {tally.pop('files')} files read, {len(refused)} refused, {tally.pop('skipped')} entries skipped")
    print("  entries by dialect:", ", ".join(f"{name} {number}" for name, number in tally.most_common()))
    return fine and refused == REFUSED[folder]


def pulled(paths: Iterable[Path]) -> dict[str, Incident]:
    """Return what the archive holds in memory after these feeds were pulled in order."""
    archived: dict[str, Incident] = {}
    last: tuple[tuple[str, datetime], ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    for path in paths:
        reading = read(path, items)
        merged = merge(archived, reading, last)
        archived |= {incident.id: incident for incident in merged.incidents}
        last, items = merged.last_open, reading.items
    return archived


def facts_of(provider: str) -> dict[str, dict[str, str]]:
    """Return the rows of the facts about a provider, by incident id."""
    with (SHARED / "facts/incidents.csv").open(newline="", encoding="utf-8") as file:
        return {row["incident_id"]: row for row in csv.DictReader(file) if row["provider"] == provider}


def agrees(incident: Incident, row: dict[str, str]) -> bool:
    """Say whether start and end are as in the facts, to the minute."""
    ended = unstamp(row["ended_at"]) if row["ended_at"] else None
    same_start = abs(incident.started - unstamp(row["started_at"])) <= MINUTE
    if ended is None or incident.ended is None:
        return same_start and ended is incident.ended
    return same_start and abs(incident.ended - ended) <= MINUTE


def has_all_posts(incident: Incident, row: dict[str, str]) -> bool:
    """Say whether each post of the facts is there at its minute, and no other."""
    posts = [unstamp(post.rpartition("@")[2]) for post in row["updates"].split()]
    times = [update.at for update in incident.updates if update.gone is None]
    return len(posts) == len(times) and all(abs(a - b) <= MINUTE for a, b in zip(posts, times, strict=True))


def against_facts(provider: str, pattern: str, *, posts: bool, least: float) -> bool:
    """Pull what matches in order; True if at least this share of the incidents in both agrees with the facts."""
    paths = sorted((SHARED / "recordings").glob(pattern), key=seen_at)
    archived, rows = pulled(paths), facts_of(provider)
    both = [incident for name, incident in archived.items() if name in rows]
    good = [incident for incident in both if agrees(incident, rows[incident.id])]
    whole = [incident for incident in good if has_all_posts(incident, rows[incident.id])]
    print(f"  {provider}: {len(paths)} feeds, {len(archived)} incidents, {len(both)} also in the facts;")
    print(f"    start and end agree for {len(good)}, all posts too for {len(whole)}")
    for incident in both:
        if incident not in good:
            print(f"    {incident.id}: {incident.started} to {incident.ended}, facts {rows[incident.id]['ended_at']}")
    return bool(both) and len(whole if posts else good) >= least * len(both)


def rss_equals_atom() -> bool:
    """Say whether RSS and Atom recorded in the same minute give equal incidents."""
    equal = []
    for rss in sorted((SHARED / "recordings/digitalocean").glob("*.rss")):
        rss_reading, atom_reading = read(rss), read(rss.with_suffix(".atom"))
        equal.append(replace(rss_reading, items=()) == replace(atom_reading, items=()))
    print(f"  DigitalOcean: {sum(equal)} of {len(equal)} pairs of the same minute are equal")
    return len(equal) >= 4 and all(equal)


def main(argv: list[str]) -> int:
    """Print all of it; 1 if a demand is not met."""
    if not SHARED.is_dir():
        print("bench recordings: the recordings are not here (../shared); nothing was measured")
        return 0
    in_detail = "--entries" in argv
    second = {"each form of today’s pages is read": each_entry(SECOND, in_detail=in_detail)} if files(SECOND) else {}
    if not second:
        print(f"bench recordings: no {SECOND} beside the project; the forms of today’s pages were not read")
    results = second | {
        "each entry of each recording is accounted for": each_entry(FIRST, in_detail=in_detail),
        "GitHub, 80 snapshots in order: starts and ends as in the facts (99 %)": against_facts(
            "github", "github/**/*.atom", posts=False, least=0.99
        ),
        "Claude, ten feeds of March 2026 in order: starts, ends and all posts": against_facts(
            "anthropic", "anthropic/rebuilt-2026-03/*.rss", posts=True, least=1.0
        ),
        "RSS and Atom give equal incidents": rss_equals_atom(),
    }
    for demand, met in results.items():
        print("PASS" if met else "FAIL", demand)
    return 0 if all(results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
