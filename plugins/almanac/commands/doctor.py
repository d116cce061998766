"""Diagnoses an installation: names each problem with its fix."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from almanac import archive, fetch, files
from almanac.archive import ArchiveError
from almanac.build import unchanged
from almanac.content import project_file, providers
from almanac.content.files import walk
from almanac.content.project_file import ProjectError
from almanac.content.providers import ProviderError
from almanac.model.problem import tally
from almanac.model.source import UNNOTICED, ailments
from almanac.text import english

STATED = {  # settings that readers look for, and what they are
    "subject": "its subject, as a word that can stand before a noun, e.g. payments",
    "publisher": "who is responsible",
    "contact": "a mail address or a URL",
    "repository": "where readers propose changes",
    "feed_ids": "the beginning of ids in feeds: set it before anybody subscribes, e.g. tag:status.example.org,2026:",
}
ROOM = 500_000_000  # bytes: a build of the whole record with its state takes some 200 MB
STALE = timedelta(hours=1)  # after so long without a pull, pages say "unknown"
_PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)(\s*;)?", re.MULTILINE)  # the third: only for some systems or Pythons


class Finding(NamedTuple):
    """The result of one examination. `mark`: ok, note (it works, but a person should know) or WRONG."""

    mark: str
    text: str


def main(root: Path, *, as_json: bool = False) -> int:
    """Print the findings about the installation at `root`. The exit code: 1 if anything is wrong."""
    findings = [finding for examine in EXAMINATIONS for finding in _examine(examine, root)]
    wrong = sum(mark == "WRONG" for mark, _ in findings)
    if as_json:
        print(json.dumps({"findings": [one._asdict() for one in findings]}, indent=1, ensure_ascii=False))
        return 1 if wrong else 0
    for mark, text in findings:
        print(f"{mark:<5} {text}")
    notes = sum(mark == "note" for mark, _ in findings)
    print(f"doctor: {tally(wrong)}" + (f", {notes} note{'s' * (notes > 1)}" if notes else ""))
    return 1 if wrong else 0


def _examine(examine: Callable[[Path], Iterator[Finding]], root: Path) -> Iterator[Finding]:
    """Yield the findings of one examination; an error that stops it is a finding too."""
    try:
        yield from examine(root)
    except (OSError, ArchiveError, ProviderError, ProjectError, UnicodeDecodeError) as error:
        yield from (Finding("WRONG", line) for line in str(error).splitlines())


def packages(root: Path) -> Iterator[Finding]:
    """Check that what is installed is what the lock file names."""
    pinned: dict[str, set[str]] = {}
    always = set()
    for name, version, elsewhere in _PIN.findall((root / "requirements.lock").read_text(encoding="utf-8")):
        pinned.setdefault(name, set()).add(version)
        always |= {name} - {name if elsewhere else ""}
    have = {name: _installed_version(name) for name in pinned}
    other = [
        f"{name} {have[name] or 'missing'}, not {' or '.join(sorted(versions))}"
        for name, versions in pinned.items()
        if have[name] not in versions and (have[name] or name in always)
    ]
    if other:
        yield Finding("WRONG", f".venv: {'; '.join(other)}. Delete .venv; the next task creates it again")
    else:
        yield Finding(
            "ok", f"Python {sys.version.split()[0]}, {sum(map(bool, have.values()))} packages match the lock file"
        )


def _installed_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def repository(root: Path) -> Iterator[Finding]:
    """Check that the record is kept in git, and committed."""
    if not shutil.which("git"):
        yield Finding("WRONG", "git is not installed; the archive is kept in it: install git")
        return
    command = ["git", "status", "--porcelain", "--", "content"]
    status = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603  (our own words only)
    if status.returncode:
        yield Finding("WRONG", f"{root.name}/ is not a git repository ({status.stderr.strip()}); clone it with git")
    elif changed := len(status.stdout.splitlines()):
        yield Finding(
            "note", f"{english.plural(changed, 'file')} under content/ not committed: commit what is to be published"
        )
    else:
        yield Finding("ok", "git: all of content/ is committed")


def address(root: Path) -> Iterator[Finding]:
    """Check that the site knows where it is published."""
    url = os.environ.get("SITEURL") or project_file.load(root).address
    if ".example" in url or not url:
        set_it = f"set `address` in {project_file.FILE}, or SITEURL in the environment"
        yield Finding("note", f"the address of the site is {url or 'empty'}, a placeholder: {set_it}")
    else:
        yield Finding("ok", f"the site is published at {url}")


def settings(root: Path) -> Iterator[Finding]:
    """Check that the project says whose it is."""
    project = project_file.load(root)
    unset = [name for name in STATED if not getattr(project, name)]
    unset += ["feed_ids"] if ".example," in project.feed_ids and ".example" not in project.address else []
    if unset:
        text = f"{project_file.FILE} leaves {', '.join(unset)} unset: {'; '.join(f'{name} is {STATED[name]}' for name in unset)}"
        yield Finding("note", text)
    else:
        yield Finding("ok", f"{project_file.FILE} says who runs {project.name}")


def record(root: Path) -> Iterator[Finding]:
    """Check that every file of the archive can be read, and what killed runs left."""
    content = root / "content"
    watched = providers.load(content)
    count = sum(len(archive.load(content, provider.slug)) for provider in watched)
    for provider in watched:
        archive.load_forecasts(content, provider.slug)
    yield Finding("ok", f"{len(watched)} providers and {count:,} incidents can be read")
    if guessed := [one.slug for one in watched if one.feeds and not any(feed.verified for feed in one.feeds)]:
        yield Finding("note", f"feed format not yet verified for {', '.join(guessed)}: watch their first pulls")
    if left := sorted(f"content/{name}" for name, _ in walk(content) if name.endswith(files.UNFINISHED)):
        yield Finding(
            "note",
            f"a killed run left {english.plural(len(left), 'file')}, {left[0]} first; the next pull removes them",
        )


def pulls(root: Path) -> Iterator[Finding]:
    """Check when the last pull was, and which feeds have failed for a day."""
    content, now = root / "content", datetime.now(UTC)
    watched = providers.load(content)
    states_of = {one.slug: archive.load_pulls(content, one.slug).feeds for one in watched}
    states = [state for feeds in states_of.values() for state in feeds]
    latest = max((state.fetched for state in states if state.fetched), default=None)
    if latest is None:
        yield Finding("note", "no feed has been pulled yet: run python3 tasks.py pull")
    elif latest > now + STALE:
        cure = "fix the clock; if it was wrong then, restore content/pulls and content/incidents from before that pull"
        yield Finding("WRONG", f"the last pull was at {latest:%Y-%m-%d %H:%M} UTC, in the future: {cure}")
    elif latest < now - STALE:
        yield Finding("note", f"the last pull was at {latest:%Y-%m-%d %H:%M} UTC: is the schedule running?")
    else:
        yield Finding("ok", f"the last pull was at {latest:%Y-%m-%d %H:%M} UTC")
    subjects = {ailment.subject for one in watched for ailment in ailments(one, states_of[one.slug], now)}
    for state in states:
        if state.error_since and now - state.error_since > UNNOTICED and state.url not in subjects:
            since = f"{state.error_since:%Y-%m-%d %H:%M} UTC"
            yield Finding("note", f"{state.url} has failed since {since}: {state.error}")


def sources(root: Path) -> Iterator[Finding]:
    """Check which sources moved, died, cannot be read or were closed."""
    content, now = root / "content", datetime.now(UTC)
    for provider in providers.load(content):
        for ailment in ailments(provider, archive.load_pulls(content, provider.slug).feeds, now):
            yield Finding("note", str(ailment))


def disk(root: Path) -> Iterator[Finding]:
    """Check that there is room, and that we may write."""
    free = shutil.disk_usage(root).free
    if free < ROOM:
        yield Finding("WRONG", f"{free / 1e6:.0f} MB free, a build needs {ROOM / 1e6:.0f}: make room")
    shut = [
        name
        for name in (".", "content", "content/incidents", "content/pulls")
        if (root / name).exists() and not os.access(root / name, os.W_OK)
    ]
    if shut:
        yield Finding("WRONG", f"{', '.join(shut)} cannot be written by this user: change the permissions or the user")
    if free >= ROOM and not shut:
        yield Finding("ok", f"{free / 1e9:.1f} GB free, content can be written to")


def network(root: Path) -> Iterator[Finding]:
    """Check that any of the feeds' hosts takes a connection."""
    urls = [feed.url for provider in providers.load(root / "content") for feed in provider.feeds]
    if not urls:
        yield Finding("note", "no provider has a feed to pull: run python3 tasks.py new provider")
    elif fetch.online(urls):
        yield Finding("ok", "network: status pages can be reached")
    else:
        yield Finding(
            "note", "cannot reach any status page (offline?): builds work, pulls do not. Check network and proxy"
        )


def outputs(root: Path) -> Iterator[Finding]:
    """Check that what was built is still whole."""
    for name, task in ((unchanged.PREVIEW, "build"), ("output", "site")):
        built = unchanged.last_outputs(unchanged.state_folder(root / name))
        lost = [file for file in built if not (root / name / file).exists()]
        if lost:
            missing = f"{name}/ lacks {len(lost)} of {len(built)} files, {lost[0]} first"
            yield Finding("note", f"{missing}: run python3 tasks.py {task}")
        elif built:
            yield Finding("ok", f"{name}/ holds all {len(built):,} files of its last build")


EXAMINATIONS = (packages, repository, address, settings, record, pulls, sources, disk, network, outputs)
