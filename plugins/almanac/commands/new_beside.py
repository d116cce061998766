"""Starts files that people write: a correction of an incident, a link to what the press wrote of it; puts any new file."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from almanac import archive, files
from almanac.archive import Filed
from almanac.archive.scalars import scalar
from almanac.content import providers
from almanac.content.articles import address
from almanac.content.corrections import FOLDER as CORRECTIONS
from almanac.content.link_posts import FOLDER as LINKS
from almanac.content.undeclared import FOLDER as UNDECLARED
from almanac.model import Impact, card, moment, stamp
from almanac.model.clock import build_time
from almanac.model.problem import WordError
from almanac.news.outlets import FOLDER as PRESS
from almanac.text import addresses
from almanac.text.similar import no_provider
from almanac.text.slug import slug

FILL_IN = "fill in the empty fields, then run: python3 tasks.py check"


def author(root: Path) -> str:
    """Return the name that git knows the person at work by; "" if it knows none."""
    if not shutil.which("git"):
        return ""
    command = ["git", "config", "user.name"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603  (our own words only)


def correction(content: Path, key: str, now: datetime, by: str = "") -> int:
    """Write the start of a correction of the incident provider/id; return the exit code."""
    filed = incident(content, key)
    one, by = filed.incident, by or author(content.parent)
    values = {
        "start": stamp(one.started),
        "end": stamp(one.ended) if one.ended else stamp(now),
        "kind": one.kind.value,
        "impact": one.impact.value if one.impact is not Impact.UNKNOWN else Impact.MINOR.value,
        "merge_with": f"{one.provider}/the-id-of-another",
        "withdrawn": "true",
    }
    lines = [
        f"# {one.title or one.id}: uncomment each wrong line, correct it, and delete the other lines.",
        *(f"# {name}: {value}" for name, value in values.items()),
        'reason: ""  # what was wrong, in a sentence',
        f"source: {scalar(one.source) if one.source else ''}  # the evidence: a URL",
        f"author: {scalar(by) if by else ''}",
        f"date: {stamp(now)}",
    ]
    return begin(content, f"{CORRECTIONS}/{one.provider}/{card(one, filed.file).slug}.yml", _text(lines))


def link(content: Path, url: str, title: str, incidents: Sequence[str], now: datetime, by: str = "") -> int:
    """Write a link post about what stands at `url`; return the exit code."""
    by = by or author(content.parent)
    _must_be_web(url)
    ones = [incident(content, key).incident for key in incidents]
    name = slug(title or urlsplit(url).path.rstrip("/").rpartition("/")[2] or addresses.host(url))
    lines = [
        "---",
        f"title: {scalar(title) if title else ''}  # its headline, unchanged",
        f"url: {scalar(url)}",
        f"publisher: {addresses.host(url).removeprefix('www.')}",
        f"date: {stamp(now)}  # when it was published, in UTC",
        "grade: press  # or official, stated-cause, user-report, unverified",
        f"providers: [{', '.join(dict.fromkeys(one.provider for one in ones))}]",
        f"incidents: [{', '.join(scalar(f'{one.provider}/{one.id}', in_list=True) for one in ones)}]",
        f"curator: {scalar(by) if by else ''}",
        "---",
    ]
    return begin(content, f"{LINKS}/{now:%Y}/{now:%Y-%m-%d}-{name}.md", _text(lines))


def undeclared(content: Path, provider: str, title: str, start: str, now: datetime) -> int:
    """Write the start of a report of an outage that `provider` did not acknowledge; return the exit code."""
    slugs = [one.slug for one in providers.sound(content)[0]]
    if provider not in slugs:
        raise WordError(no_provider(provider, slugs))
    began, by = moment(build_time(start, now.timestamp())), author(content.parent)
    witness = ["  - url:", "    title:", "    publisher:", f"    date: {stamp(began)}"]
    lines = [
        "---",
        f"title: {scalar(title)}",
        f"start: {stamp(began)}  # by the first evidence, in UTC; below start, `end` where any evidence gives one",
        "summary:  # what reportedly happened, and what its status page showed",
        "evidence:  # at least two, of different publishers",
        *witness,
        "    grade: press  # or user-report, unverified",
        *witness,
        "    grade: user-report",
        f"contributor: {scalar(by) if by else ''}",
        f"date: {stamp(now)}",
        "---",
    ]
    return begin(content, f"{UNDECLARED}/{provider}/{began:%Y-%m-%d}-{slug(title)}.md", _text(lines))


def outlet(content: Path, feed: str, name: str) -> int:
    """Write the file of a publisher whose feed is read for stories of outages; return the exit code."""
    _must_be_web(feed)
    own = slug(name or addresses.host(feed).removeprefix("www."))
    home = f"{feed.partition('://')[0]}://{addresses.host(feed)}/"
    lines = ["---", f"slug: {own}", f"name: {scalar(name) if name else ''}", f"home: {home}", f"feed: {scalar(feed)}"]
    return begin(content, f"{PRESS}/{own}.md", _text([*lines, "kind: press  # or community, where users post", "---"]))


def _must_be_web(url: str) -> None:
    if not addresses.is_web(url):
        raise WordError(f"{url!r} is not a valid URL; write it in full, e.g. https://paper.example/story")


def incident(content: Path, key: str, slugs: Sequence[str] = ()) -> Filed:
    """Return the incident that provider/id names, the address of its page, or a bare id, of providers `slugs` if any are given.

    Raises WordError.
    """
    key = re.sub(r"^.*/incidents/([^/]+/[^/]+)/?$", r"\1", key)
    folders = slugs or sorted({path.parts[-3] for path in (content / archive.INCIDENTS).glob(f"*/*/*{slug(key)}.md")})
    for folder in [""] if "/" in key else folders:
        provider, _, raw = f"{folder}/{key}".lstrip("/").partition("/")
        if filed := archive.load(content, provider).get(raw):
            return filed
    raise WordError(f"no incident {key} in the archive; write provider/id as in the address of its page")


def lay(content: Path, file: str, data: str | bytes) -> str:
    """Put a file that must not be there yet under `content`, and return its name from there. Raises WordError."""
    path, url = content / file, address(file)
    twin = next(
        (
            one.name
            for one in path.parent.glob("*.md")
            if url and address(f"{file.rpartition('/')[0]}/{one.name}") == url
        ),
        "",
    )
    if twin or path.exists():
        raise WordError(
            f"{path.parent.relative_to(content.parent).as_posix()}/{twin or path.name} already exists; edit it, or choose another name"
        )
    files.make_folder(path.parent)
    # On the disk for good, as curate removes the draft next that it was made of.
    files.put(path, data.encode() if isinstance(data, str) else data, durable=True)
    return f"{content.name}/{file}"


def begin(content: Path, file: str, data: str | bytes, then: str = FILL_IN) -> int:
    """Put a new file under `content` and say so, and what to do with it. The exit code. Raises WordError."""
    print(f"new: wrote {lay(content, file, data)}; {then}")
    return 0


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)
