"""Starts what stands beside the archive: a correction of an incident, a link to what the press wrote of it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from almanac import archive, files
from almanac.archive import Filed
from almanac.archive.scalars import scalar
from almanac.content.corrections import FOLDER as CORRECTIONS
from almanac.content.link_posts import FOLDER as LINKS
from almanac.model import Impact, card, stamp
from almanac.text import addresses
from almanac.text.slug import slug


def author(root: Path) -> str:
    """Return the name that git knows the person at work by; "" if it knows none."""
    if not shutil.which("git"):
        return ""
    command = ["git", "config", "user.name"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603  (our own words only)


def correction(content: Path, key: str, now: datetime, by: str = "") -> int:
    """Write the start of a correction of the incident provider/id; return the exit code."""
    try:
        filed = incident(content, key)
    except (ValueError, archive.ArchiveError) as error:
        return _refused(error)
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
    return _write(content, f"{CORRECTIONS}/{one.provider}/{card(one, filed.file).slug}.yml", lines)


def link(content: Path, url: str, title: str, incidents: Sequence[str], now: datetime, by: str = "") -> int:
    """Write a link post about what stands at `url`; return the exit code."""
    by = by or author(content.parent)
    try:
        if not addresses.is_web(url):
            raise ValueError(f"{url!r} is not a valid URL; write it in full, e.g. https://paper.example/story")  # noqa: TRY301
        ones = [incident(content, key).incident for key in incidents]
        name = slug(title or urlsplit(url).path.rstrip("/").rpartition("/")[2] or addresses.host(url))
    except (ValueError, archive.ArchiveError) as error:
        return _refused(error)
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
    return _write(content, f"{LINKS}/{now:%Y}/{now:%Y-%m-%d}-{name}.md", lines)


def incident(content: Path, key: str, providers: Sequence[str] = ()) -> Filed:
    """Return the incident that provider/id names, or a bare id of one of `providers`. Raises ValueError."""
    for folder in [""] if "/" in key else providers:
        provider, _, raw = f"{folder}/{key}".lstrip("/").partition("/")
        if filed := archive.load(content, provider).get(raw):
            return filed
    raise ValueError(f"no incident {key} in the archive; write provider/id as in the address of its page")


def _write(content: Path, file: str, lines: Sequence[str]) -> int:
    path = content / file
    if path.exists():
        return _refused(f"{content.name}/{file} already exists; edit it")
    files.make_folder(path.parent)
    files.put(path, ("\n".join(line.rstrip() for line in lines) + "\n").encode())
    print(f"new: wrote {content.name}/{file}; fill in the empty fields, then run: python3 tasks.py check")
    return 0


def _refused(why: object) -> int:
    print(f"new: {why}")
    return 1
