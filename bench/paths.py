"""Naughty names: whatever a feed calls its incidents and a file its provider, nothing is written outside its folder.

    python3 tasks.py bench paths

Names are the naughty strings beside the project (../shared), if they are there, and our own: traversal in many
spellings, devices, dots, look-alikes, cases and lengths. Each is an incident's id, title, component and link, and a
provider's slug, name and component. The archive of these incidents is then published, first one half of it: wanted are
files of plain names within the output, no two that differ only in case, and ids in feeds, calendars and the API that
tell any two incidents apart and stay when the other half comes.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import icalendar
from lxml import etree  # type: ignore[import-untyped]

from almanac import archive
from almanac.content import providers
from almanac.content.providers import ProviderError
from almanac.model import Incident, Kind, Phase
from almanac.text import markdown
from bench import feeds_out, hostile
from bench.verdict import verdict
from tests.support.projects import project, tree

Ids = dict[str, set[str]]
Fill = Callable[[Path, Sequence[str]], hostile.Made]

ROOT = Path(__file__).resolve().parents[1]
NAUGHTY = ROOT.parent / "shared/corpora/blns/vectors.jsonl"
BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
FILE = re.compile(r"acme/2026/2026-03-02-[a-z0-9-]{1,110}\.md")
NAME = re.compile(r"CITATION\.cff|[a-z0-9_-]+(\.[a-z0-9.-]*[a-z0-9])?")  # one has its name from GitHub and Zenodo
ATOM = "{http://www.w3.org/2005/Atom}"
AT_ONCE = 150  # strings that a site of articles or providers is made of
DEVICES = ("con", "nul", "aux", "prn", "com1", "lpt9")
OURS = (
    "..",
    "../",
    "../../etc/passwd",
    "..\\..\\windows",
    "/etc/passwd",
    "%2e%2e%2f%2e%2e%2f",
    "..%2f",
    "..%c0%af",
    "....//",
    "\uff0e\uff0e\uff0f",
    "a/../../b",
    "~/.ssh/id",
    "file:///etc/passwd",
    "\\\\host\\share",
    "C:\\con",
    "a\x00b",
    "\x00",
    "a\nb",
    ".",
    "...",
    "a.",
    "a ",
    " a",
    "-",
    "--",
    "-rf",
    "A",
    "a",
    "À",
    "A\u0300",
    "ﬁ",
    "fi",
    "ß",
    "SS",
    "ı",
    "I",
    "K",
    "\u212a",
    "\u202e",
    "\u200b",
    "😀",
    "a" * 10_000,
    "../" * 3_000,
    "A" * 64,
    "a" * 64,
    "a" * 65,
    "index.html",
    ".htaccess",
    ".git",
    "CON.txt",
    "a:b",
    "a?b#c",
    "$(id)",
    "`id`",
    "; rm -rf /",
    "{{ 7 * 7 }}",
    "{filename}/x",
    "%s%n",
    "-" * 64,
)


def names() -> tuple[str, ...]:
    """Return all of them once, as `clean` leaves what a feed says."""
    naughty = [json.loads(line)["in"] for line in NAUGHTY.read_text("utf-8").splitlines()] if NAUGHTY.is_file() else []
    strings = [*OURS, *DEVICES, *map(str.upper, DEVICES), *naughty]
    strings += [archive.slug_of(name) for name in strings if name]  # ids made to look like the names we give
    strings += [unicodedata.normalize("NFKC", name) for name in strings]
    return tuple(dict.fromkeys(cleaned for name in strings if (cleaned := markdown.clean(name))))


def incident(name: str, provider: str = "acme") -> Incident:
    """Return an incident that is called so in all ways there are."""
    return Incident(
        provider=provider,
        id=name,
        title=name,
        components=(name,),
        source=name,
        kind=Kind.OUTAGE,
        phase=Phase.UNKNOWN,
        started=BEGAN,
    )


def filed(them: Sequence[str], root: Path) -> Iterator[str]:
    """Yield what is wrong after incidents of these names were saved under `root`/content."""
    content = root / "content"
    archive.save(content, map(incident, them), {})
    written_files = [path for path in root.rglob("*") if path.is_file()]
    files = [
        path.relative_to(content / "incidents").as_posix()
        for path in written_files
        if path.is_relative_to(content / "incidents")
    ]
    yield from (
        f"{path} is outside" for path in written_files if not path.is_relative_to(content / "incidents/acme/2026")
    )
    yield from (f"{file} is no name of ours" for file in files if not FILE.fullmatch(file))
    if len({file.casefold() for file in files}) != len(them):
        yield f"{len(them)} incidents are in {len(files)} files"
    if set(archive.load(content, "acme")) != set(them):
        yield "they do not read back as they are"


def accepted(them: Sequence[str], root: Path) -> Iterator[str]:
    """Yield the slugs a provider may not have that are let through."""
    folder = root / "content/providers"
    folder.mkdir(parents=True)
    for name in them:
        (folder / "acme.md").write_text(
            f"---\nslug: {json.dumps(name)}\nname: Acme\ncompany: Acme Inc\nhome: https://acme.example/\n"
            "status_page: https://acme.example/\n---\n\nA provider.\n",
            encoding="utf-8",
        )
        try:
            providers.load(root / "content")
        except ProviderError:
            continue
        yield f"a file named acme may call itself {name!r}"


def published(them: Sequence[str], root: Path) -> Iterator[str]:
    """Yield what is wrong with the site of incidents of these names: first of half of them, then of all."""
    content = project(root) / "content"
    halves, ids = (them[::2], them[1::2]), list[dict[str, Ids]]()
    for half in halves:
        archive.save(content, [incident(name, "anthropic") for name in half], archive.load(content, "anthropic"))
        before = tree(root)
        output = feeds_out.built(root)
        yield from strayed(before, tree(root))
        yield from (f"out/{fault}" for fault in misnamed(output))
        ids.append(addresses(output))
        number = len(archive.load(content, "anthropic")) + len(archive.load(content, "groq"))
        if len(ids[-1]["feeds"]) != number:
            yield f"{len(ids[-1]['feeds'])} ids in feeds and their archives for {number} incidents"
        yield from (
            f"{kind}: {name} is the id of {sorted(urls)}"
            for kind, addresses_before in ids[-1].items()
            for name, urls in addresses_before.items()
            if len(urls) > 1
        )
    for kind, addresses_before in ids[0].items():  # calendars and the API hold the newest only
        yield from (
            f"{kind}: {name} was the id of {urls}"
            for name, urls in addresses_before.items()
            if ids[1][kind].get(name, set() if kind == "feeds" else urls) != urls
        )


def strayed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what a build changed elsewhere than in its output, its state and Python's cache of the settings file."""
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    output = re.compile(r"(out|\.out-state|__pycache__)/")
    yield from (f"{path} is outside" for path in sorted(changed) if not output.match(path))


def misnamed(output: Path) -> Iterator[str]:
    """Yield names that are not plain, or differ from another only in case."""
    paths = [path.relative_to(output).as_posix() for path in output.rglob("*")]
    yield from (f"{path} is no name of ours" for path in paths if not all(map(NAME.fullmatch, path.split("/"))))
    alike = Counter(path.casefold() for path in paths)
    yield from (f"{path} is there {number} times but for case" for path, number in alike.items() if number > 1)


def addresses(output: Path) -> dict[str, Ids]:
    """Return the ids of incidents in feeds, calendars and API of the whole site, with the addresses each stands for."""
    ids: dict[str, Ids] = {"feeds": {}, "calendars": {}, "API": {}}
    for path in [output / "atom.xml", *(output / "atom").glob("*.xml"), *output.glob("providers/*/atom/*.xml")]:
        for entry in etree.parse(path).iterfind(f"{ATOM}entry"):
            link = entry.find(f"{ATOM}link[@rel='alternate']").get("href")
            if "/incidents/" in link:
                ids["feeds"].setdefault(entry.findtext(f"{ATOM}id"), set()).add(link)
    for path in output.rglob("*.ics"):
        for event in icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT"):
            ids["calendars"].setdefault(str(event["uid"]), set()).add(str(event["url"]))
    for path in output.glob("api/v2/incidents*.json"):
        for one in json.loads(path.read_bytes())["incidents"]:
            ids["API"].setdefault(one["id"], set()).add(one["shortlink"])
    return ids


def named(fill: Fill, them: Sequence[str], root: Path) -> Iterator[str]:
    """Yield what is wrong with the files of a site of strings, as feeds, articles or provider files say them."""
    yield from (f"{fill.__name__}: out/{fault}" for fault in misnamed(fill(root / "site", them).output))
    yield from (f"{fill.__name__}: {path} is outside" for path in root.iterdir() if path.name != "site")


def sites(them: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with all sites of these names."""
    with tempfile.TemporaryDirectory() as folder:
        yield from published(them, Path(folder) / "site")
    for fill in (hostile.from_feeds, hostile.from_articles, hostile.from_providers):
        with tempfile.TemporaryDirectory() as folder:
            yield from named(fill, them[:: max(1, len(them) // AT_ONCE)], Path(folder))


def main(argv: list[str]) -> int:
    """Try all; 1 if there is a fault."""
    them = names()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        faults = [*filed(them, Path(one)), *accepted(them, Path(other))]
    print(f"{len(them)} names as id, title, component and link, and as slug of a provider: {len(faults)} faults (0)")
    wrong = list(sites(them))
    print(f"sites made of them: {len(wrong)} faults (0)")
    return verdict([*faults, *wrong])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
