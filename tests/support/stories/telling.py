"""How a story is told: what a feed said at each pull, and the archive that must stand in the end, to the last field."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from almanac import archive, feeds, pull
from almanac.model import OVER, Incident, Kind, Phase, Span, Update
from almanac.pull import Report
from almanac.world import Event, Post
from almanac.world.writers import statuspage
from almanac.world.writers.forms import Write
from tests.support.serving import Behaviour, Serving, page, watch

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOST = "acme.example"
DAY = 24 * 60
LONG_AGO = -20 * DAY
SECONDS = 5.0  # for one answer: servers of stories never hang


def at(minute: int, second: int = 0) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minute, seconds=second)


# What feeds say


def post(minute: int, printed: str, text: str, *, second: int = 0) -> Post:
    return Post(at=at(minute, second), printed=printed, text=text)


LOOK = post(0, "Investigating", "Logins fail.")
OVER_NOW = post(30, "Resolved", "Logins work again.")
LOGIN = Event(id="loginerrors1", title="Login errors", posts=(LOOK,))
CLOSED = replace(LOGIN, posts=(LOOK, OVER_NOW))
SLOW = Event(id="slowanswers1", title="Slow answers", posts=(post(LONG_AGO, "Resolved", "Answers were slow."),))
OTHER = Event(id="othererrors1", title="Odd errors", posts=(post(10, "Investigating", "Uploads fail."),))


class Said(NamedTuple):
    """What is pulled so many minutes after noon: these incidents in this form, or what a server does instead.

    `lost`: the state of the pulls is missing, as after a checkout without it. `host` is whose server it is.
    """

    minute: int
    troubles: Sequence[Event] = ()
    form: Write = statuspage.atom
    instead: Behaviour | None = None
    lost: bool = False
    host: str = HOST

    def behaviour(self, *, turned: bool) -> Behaviour:
        return self.instead or page(self.form(self.troubles[:: -1 if turned else 1], HOST))


def said(minute: int, *troubles: Event, form: Write = statuspage.atom, **more: Any) -> Said:
    return Said(minute, troubles, form, **more)


def did(minute: int, behaviour: Behaviour, *, lost: bool = False) -> Said:
    return Said(minute, instead=behaviour, lost=lost)


# What the archive holds of it


def update(of: Post, seen: int | datetime, **more: Any) -> Update:
    """Return a post as it is kept, first seen so many minutes after noon."""
    since = at(seen) if isinstance(seen, int) else seen
    facts: dict[str, Any] = {"text": of.text, "printed": of.printed, "seen": since} | more
    return Update(at=of.at, phase=facts.pop("phase", None) or Phase(of.printed.lower() or "unknown"), **facts)


def kept(of: Event, *updates: Update, **more: Any) -> Incident:
    """Return an incident as Statuspage's form leaves it; what its posts do not say is given."""
    there = [u for u in updates if u.gone is None]
    facts: dict[str, Any] = {
        "id": of.id,
        "title": of.title,
        "kind": Kind.DEGRADATION,
        "kind_basis": "words",
        "phase": there[-1].phase,
        "started": there[0].at,
        "source": f"https://{HOST}/incidents/{of.id}",
        "dialect": "statuspage",
        "first_seen": min(u.seen for u in updates if u.seen),
    }
    if there[-1].phase in OVER:
        facts |= {"ended": there[-1].at, "ended_basis": "resolved-update"}
    return Incident(**({"provider": "acme", "updates": updates} | facts | more))


def slow(seen: int = 2) -> Incident:
    """Return what is kept of SLOW, which stands at the old end of many feeds."""
    return kept(SLOW, update(SLOW.posts[0], seen))


# Stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A title, the pulls, the archive they must leave; where it matters, what failed and what was watched."""

    title: str
    pulls: tuple[Said, ...]
    archive: tuple[Incident, ...]
    failed: tuple[str, ...] = ()  # reason of each pull that failed
    feeds: tuple[str, ...] = (f"https://{HOST}/history.atom",)  # of one provider; of another host: of another provider
    watched: tuple[Span, ...] | None = None
    skipped: tuple[str, ...] = ()  # entries of the last pull that became nothing
    twins: tuple[tuple[str, str], ...] = ()  # pairs that any pull showed to a person


def faults(story: Story, scratch: Path) -> list[str]:
    """Everything that is not as the story says, after its pulls, after one more, and with every feed turned around."""
    found = []
    for turned in (False, True):
        with told(story, scratch, turned=turned) as telling:
            found += [f"{'turned around: ' * turned}{fault}" for fault in _faults(story, telling)]
    return found


def _faults(story: Story, telling: Telling) -> Iterator[str]:
    wanted, found = {i.key: i for i in story.archive}, telling.archive()
    for name in sorted(wanted.keys() | found.keys()):
        if found.get(name) != wanted.get(name):
            yield f"{name} is kept as\n  {found.get(name)}\nand not as\n  {wanted.get(name)}"
    outcomes = [outcome for report in telling.reports for outcome in report.outcomes]
    failed = tuple(failure.reason for outcome in outcomes for failure in outcome.failures)
    pairs = tuple(pair for outcome in outcomes for pair in outcome.twins)
    skipped = tuple(skip.entry for skip in outcomes[-1].skipped)
    if (failed, pairs, skipped) != (story.failed, story.twins, story.skipped):
        yield f"{failed} failed, twins are {pairs}, skipped is {skipped}"
    if story.watched is not None and (spans := telling.watched()) != story.watched:
        yield f"watched is {spans} and not {story.watched}"
    files = telling.files()
    telling.pull(story.pulls[-1])
    if telling.files() != files:
        yield "a second pull changes the archive"


class Telling:
    """An archive on disk, and the server it is pulled from."""

    def __init__(self, content: Path, server: Serving, urls: Sequence[str], *, turned: bool) -> None:
        self.content, self.server, self.turned = content, server, turned
        self.reports: list[Report] = []
        self.slugs = list(dict.fromkeys(slug_of(url) for url in urls))
        for slug in self.slugs:
            watch(content, slug, *(url for url in urls if slug_of(url) == slug))

    def pull(self, what: Said) -> None:
        """One pull of what the feed says then."""
        slug = slug_of(f"https://{what.host}/")
        if what.lost:
            (self.content / f"pulls/{slug}.json").unlink()
        self.server.hosts[what.host] = what.behaviour(turned=self.turned)
        self.reports.append(
            pull.pull(
                self.content, now=at(what.minute), via=self.server.url, only=[slug], seconds=SECONDS, read=feeds.read
            )
        )

    def archive(self) -> dict[tuple[str, str], Incident]:
        """Return what is on the disk."""
        filed = (filed for slug in self.slugs for filed in archive.load(self.content, slug).values())
        return {one.incident.key: one.incident for one in filed}

    def files(self) -> dict[str, bytes]:
        """Every byte of it."""
        root = self.content / "incidents"
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.md")}

    def watched(self) -> tuple[Span, ...]:
        return archive.load_pulls(self.content, "acme").coverage


def slug_of(url: str) -> str:
    """Return the provider of a feed: acme, of https://acme.example/history.atom."""
    return url.split("/")[2].split(".", maxsplit=1)[0]


@contextmanager
def told(story: Story, scratch: Path, *, turned: bool = False) -> Iterator[Telling]:
    """All pulls of a story, done in a folder of its own; `turned`: entries of every feed in the other order."""
    root = Path(tempfile.mkdtemp(dir=scratch))
    try:
        with Serving({}) as server:
            telling = Telling(root / "content", server, story.feeds, turned=turned)
            for what in story.pulls:
                telling.pull(what)
            yield telling
    finally:
        shutil.rmtree(root)
