"""Holds every file under content/ against the rules, alone and with the others."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from almanac import archive, engine, frontmatter, manuscript, providers, rules, spelling, unchanged
from almanac import files as disk
from almanac.check.shell import Files, Problem
from almanac.claims import Evidence
from almanac.engine.assembled import assemble
from almanac.engine.world import world
from almanac.frontmatter import Fault
from almanac.manuscript import Manuscript
from almanac.model import Card, Provider, card
from almanac.pictures import Picture
from almanac.press import InboxError, inbox, outlets

GRACE = timedelta(minutes=10)  # clocks differ
WRITTEN = ("articles/", "pages/")
PICTURES = "images/"
IN_WORDS = (*WRITTEN, "providers/", "corrections/", "links/", "undeclared/")
KNOWN = re.compile(  # to readers that complain of names themselves, and what needs no reader
    r"(?:providers|press|inbox)/[^/]+\.md|(?:corrections|links|undeclared)/.*|incidents/[^/]+/\d{4}/[^/]+\.md"
    r"|pulls/[^/]+\.json|pulls/log/\d{4}-\d\d\.txt|forecasts/[^/]+\.jsonl?|inbox/dropped\.txt|LICENSE|words\.txt|(?:.*/)?\.gitkeep",
    re.DOTALL,
)
LINE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+):(?:(?P<column>\d+):)? (?P<message>.*)")


def survey(content: Path, files: Files, now: datetime, strict: bool) -> list[Problem]:
    """Every problem of `files`, which stand under `content`, in the order of files and lines."""
    faults = [Fault(file=f"content/{name}", message=file.odd) for name, file in files.items() if file.odd]
    try:
        _hold(content, files, now, strict, faults)
    except archive.ArchiveError as error:  # a file of pulls that cannot be read: nothing more can be computed
        faults += map(_fault, str(error).split("\n"))
    except OSError as error:  # a folder with the name of a file, or the other way round
        place = os.path.relpath(error.filename or content, content)
        faults.append(Fault(file=f"content/{place}", message=disk.why(error)))
    return _told(faults)


def _hold(content: Path, files: Files, now: datetime, strict: bool, faults: list[Fault]) -> None:
    """Add what is wrong to `faults`, file by file and then across them."""
    watched = _watched(content, faults)
    known = list(cards(files, faults))
    plan = engine.Plan(content=content, theme=content, output=content.parent / unchanged.PREVIEW, now=now,
                       site_url="", site_name="", site_id="")  # fmt: skip
    faults += _press(content)
    faults += _misspelled(files)
    faults += _strays(files)
    manuscripts = list(_manuscripts(files, faults))
    faults += (fault for written in manuscripts for fault in _future(written, now))
    said: list[str] = []
    almanac = assemble(plan, watched, known, (), said)
    faults += map(_fault, said)
    broken = {manuscript.address(name) for name in files} - {"", *(written.url for written in manuscripts)}
    broken |= {f"/{name}" for name in files if name.startswith(PICTURES)}
    site = world(almanac)
    faults += rules.across(manuscripts, site)
    faults += rules.dead_links(manuscripts, site, broken)
    faults += rules.judged(manuscripts, Evidence(almanac))
    if len(manuscripts) == sum(name.startswith(WRITTEN) for name in files):  # a faulty one may show them
        faults += _unshown(almanac.pictures, manuscripts)
    if strict:
        faults += (fault for written in manuscripts for fault in _unbound(written))


def _watched(content: Path, faults: list[Fault]) -> tuple[Provider, ...]:
    """The providers; where their files have faults, enough of them to judge the rest by."""
    try:
        return providers.load(content)
    except providers.ProviderError as error:
        faults += error.faults
        slugs = (path.stem for path in disk.pages(content / "providers"))
        return tuple(Provider(slug=slug, name=slug, company="", home="", status_page="") for slug in slugs)


def cards(files: Files, faults: list[Fault]) -> Iterator[Card]:
    """The card of every incident that can be read."""
    for name, file in files.items():
        folder, _, path = name.partition("/")
        if folder != archive.INCIDENTS or not path.endswith(".md") or file.odd:
            continue
        try:
            yield card(archive.read_bytes(file.data, path, f"content/{name}"), path)
        except archive.ArchiveError as error:
            faults.append(_fault(str(error)))


def _press(content: Path) -> Iterator[Fault]:
    """What is wrong with the outlets people name, and with the drafts that wait for one."""
    yield from outlets.load(content)[1]
    try:
        inbox.load(content)
    except InboxError as error:
        yield from map(_fault, str(error).split("\n"))


def _manuscripts(files: Files, faults: list[Fault]) -> Iterator[Manuscript]:
    """The articles and pages without faults of their own."""
    for name, file in files.items():
        if not name.startswith(WRITTEN) or file.odd:
            continue
        if not name.endswith(".md"):
            faults += manuscript.strays([name])
            continue
        found, wrong = manuscript.read(file.data, name)
        faults += wrong
        if found:
            yield found


def _misspelled(files: Files) -> Iterator[Fault]:
    """Misspelled words in what people wrote; a file that cannot be read is told of elsewhere."""
    known = spelling.allowed(files[spelling.WORDS].data) if spelling.WORDS in files else frozenset[str]()
    for name, file in files.items():
        if name.startswith(IN_WORDS) and not file.odd and len(file.data) <= manuscript.LARGEST:
            begun = file.data.startswith(b"---")
            data = file.data if begun else b"---\n" + file.data + b"\n---\n"
            matter = frontmatter.read(data, f"content/{name}")
            first = data.count(b"\n") - matter.body.count("\n") + 1
            shift = 0 if begun else 1  # a correction is bare YAML
            yield from (replace(fault, line=fault.line - shift) for fault in spelling.faults(matter, first, known))


def _strays(files: Files) -> Iterator[Fault]:
    """Files that nobody reads: whoever put them there meant something else, or nothing good."""
    for name, file in files.items():
        if not KNOWN.fullmatch(name) and not name.startswith((*WRITTEN, PICTURES)) and not file.odd:
            message = "is not read; content/ holds what the guide names, in folders of its names, and nothing else"
            yield Fault(file=f"content/{name}", message=message)


def _future(written: Manuscript, now: datetime) -> Iterator[Fault]:
    """Dates that have not come yet. A build leaves such an article out of lists and feeds until then."""
    for path in (("date",), ("modified",)):
        at = written.values.get(path[0])
        if at and at > now + GRACE:
            yield written.matter.fault(path, f"{at:%Y-%m-%dT%H:%MZ} is in the future; write a time that has come")


def _unshown(known: Iterable[Picture], manuscripts: Iterable[Manuscript]) -> Iterator[Fault]:
    """Pictures that nobody sees: the archive is no place to leave files at."""
    shown = {spot.what for written in manuscripts for spot in written.body.links}
    for picture in known:
        if picture.url not in shown:
            message = f"is shown nowhere; show it with ![what it shows]({picture.url}), or take it away"
            yield Fault(file=f"content/{picture.file}", message=message)


def _unbound(written: Manuscript) -> Iterable[Fault]:
    for spot in written.body.numerals if written.year else ():
        cure = "quote it as {{name}} from a query under `figures`"
        yield written.fault(spot, f"{spot.what!r} is bound to nothing; {cure}")


def _fault(line: str) -> Fault:
    """A fault that the archive or the engine tells in a line."""
    found = LINE.fullmatch(line)
    if not found:
        return Fault(file="content", message=line)
    place = int(found["line"]), int(found["column"] or 1)
    return Fault(file=found["file"], line=place[0], column=place[1], message=found["message"])


def _told(faults: Iterable[Fault]) -> list[Problem]:
    return [
        Problem(fault.file, fault.line, fault.column, f"{fault.field}: {fault.message}".removeprefix(": "))
        for fault in sorted(set(faults))
    ]
