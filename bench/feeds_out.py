"""Holds every feed, calendar and OPML file that is published against its specification, and ids against changes.

    python3 tasks.py bench feeds_out [N]

Three sites are built: this one, as of 1 July 2026; one of the naughty and hostile strings of the corpora beside the
project (../shared) and of our own, or every so many-th so that N are left, as titles, texts, ids, names and metadata;
and a small one whose incident and article are retitled, renamed and dated anew. Wanted: valid to the last feed, and no
id changed.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from almanac.commands import build as build_command
from bench import hostile, vectors
from bench.verdict import verdict
from tests.support import feedvalidity
from tests.support.almanacs import at, incident
from tests.support.projects import article, project, put

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
HOST = "https://outage-almanac.example"
NOW, PUBLISHED = "2026-03-02T14:10:00Z", "2026-07-01T00:00:00Z"
AT_ONCE = 300
FIRST = "articles/2026/2026-03-02-claude-fails.md"
Change = Callable[[Path], object]


def invalid(output: Path) -> tuple[int, list[str]]:
    """Return how many feeds a built site has, and what is wrong with them."""
    feeds = feedvalidity.feeds_of(output)
    return len(feeds), [fault for path in feeds for fault in feedvalidity.faults(output, path, HOST)]


def built(root: Path, now: str = NOW, output: str = "out") -> Path:
    """Build the site of a project."""
    with contextlib.redirect_stdout(io.StringIO()):
        build_command.build(root / "pelicanconf.py", now=now, output=output)
    return root / output


def ids(output: Path) -> dict[str, set[str]]:
    """Return the ids in each feed."""
    return {
        path.relative_to(output).as_posix(): {*feedvalidity.ids_of(path)}
        for path in feedvalidity.feeds_of(output)
        if path.suffix != ".opml"
    }


def retitled(root: Path) -> None:
    """Give incident and article other titles."""
    put(root, incident("first", until="02 13:47:09", title="Quite another title"))
    article(root, "claude-fails", "Quite another title", "Words.")


def dated_anew(root: Path) -> None:
    """Give incident and article other dates; the files stay where they are."""
    file = root / "content/incidents" / _file(root)
    moved = incident("first", "2026-02-27 11:49:20", "2026-02-27 13:47:09", first_seen=at("02 11:53:20"))
    file.write_bytes(put(root, moved).read_bytes())
    (root / "content/incidents/anthropic/2026/2026-02-27-first.md").unlink()
    path = root / "content" / FIRST
    path.write_text(path.read_text().replace("date: 2026-03-02T13:00:00Z", "date: 2026-02-28T13:00:00Z"))


def renamed(root: Path) -> None:
    """Give both files other names, and so other addresses; the article says where it stood first."""
    path = root / "content/incidents" / _file(root)
    path.rename(path.with_name("2026-03-02-by-another-name.md"))
    path = root / "content" / FIRST
    text = path.read_text().replace("status:", "first_url: /articles/2026/claude-fails/\nstatus:", 1)
    path.with_name("2026-03-02-by-another-name.md").write_text(text)
    path.unlink()


def _file(root: Path) -> str:
    return next(
        path.relative_to(root / "content/incidents").as_posix()
        for path in (root / "content/incidents/anthropic").rglob("*-first.md")
    )


CHANGES: dict[str, Change] = {"retitled": retitled, "dated anew": dated_anew, "renamed": renamed}


def changed(change: Change) -> list[str]:
    """Return the feeds whose ids are others after a change."""
    with tempfile.TemporaryDirectory() as folder:
        root = project(Path(folder) / "site")
        before = ids(built(root))
        change(root)
        after = ids(built(root))
    return [
        f"{name}: {sorted(old ^ after.get(name, set()))}"
        for name, old in before.items()
        if old != after.get(name) and "updates" not in name  # one item a post: other posts are other items
    ]


def strange(strings: Sequence[str]) -> tuple[int, list[str]]:
    """Return how many feeds the sites made of strings have, and what is wrong with them."""
    number, faults = 0, list[str]()
    for fill in (hostile.from_feeds, hostile.from_articles, hostile.from_providers):
        at_once = AT_ONCE if fill is not hostile.from_providers else AT_ONCE // 3
        for start in range(0, len(strings), at_once):
            with tempfile.TemporaryDirectory() as folder:
                valid, wrong = invalid(fill(Path(folder) / "site", strings[start : start + at_once]).output)
            number, faults = number + valid, faults + wrong
    return number, faults


def main(argv: list[str]) -> int:
    """Print how many feeds are valid and which ids changed; 1 if anything is wrong."""
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(io.StringIO()):
            build_command.build(ROOT / "pelicanconf.py", now=PUBLISHED, output=f"{folder}/out")
        number, wrong = invalid(Path(folder) / "out")
    print(f"this site: {number} feeds, calendars and lists of feeds, {len(wrong)} faults", flush=True)
    faults += wrong
    strings = vectors.all_of(SHARED) if SHARED.is_dir() else vectors.ours()
    strings = strings[:: max(1, len(strings) // int(argv[0]))] if argv else strings
    number, wrong = strange(strings)
    print(f"sites of {len(strings)} strange strings: {number} feeds, {len(wrong)} faults", flush=True)
    faults += wrong
    for name, change in CHANGES.items():
        wrong = changed(change)
        print(f"{name}: the ids of {len(wrong)} feeds are others")
        faults += [f"{name}: {fault}" for fault in wrong]
    return verdict(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
