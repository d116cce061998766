"""Bots of Slack and Discord in a channel that follows the site, while a world that knows the truth goes on.

    python3 tasks.py bench bots [--days 7] [--seeds 3] [--first 1]

All pages live through DAYS of random incidents, are pulled at every quarter of an hour at which anything changes, and the
feeds of every update are printed and read by feedparser. A bot remembers the items that it has met, by their guid (Slack,
Discord) or by their link (others), says nothing of those that were there when it was invited, and posts every other one
once. Wanted: every opening, every update and every end stands in the channel once, within the quarter in which the
provider's feed showed it, whether the bot follows one provider, all of them or one form or the other.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser

from almanac import archive, feeds, pull
from almanac.build.context import Context
from almanac.build.routes import part_feeds
from almanac.build.settings import BuildSettings
from almanac.model import Provider, stamp
from almanac.model.project import Project
from almanac.world import Clock, World, WorldServer, by_chance
from almanac.world.sight import Key, Observer, lines
from almanac.world.writers import Posts
from bench.quarters import BEGIN, MEMORY, ROOT, SECONDS, changes, watched_providers
from bench.verdict import verdict
from tests.support import builds

SITE = "https://almanac.example"
KINDS: dict[str, Callable[[Any], str]] = {"guid": lambda item: str(item.id), "link": lambda item: str(item.link)}
PARENT = re.compile(r"^.*incident/([^/]+/[^/]+)/.*$")  # in the id of an item: its provider and its incident
FORMS = {"updates.rss": "guid", "updates.xml": "link"}  # and by what the bots that read it know an item


@dataclass
class Bot:
    """A bot in a channel: it posts each item that it has not met; when it is invited it meets those that are there."""

    key: Callable[[Any], str]
    met: set[str] | None = None
    channel: list[str] = field(default_factory=list)  # ids of what it has posted

    def poll(self, data: bytes) -> list[str]:
        """Read a feed and post what is new; return the ids of that."""
        feed = feedparser.parse(data)
        if feed.bozo:
            raise ValueError(f"feedparser complains: {feed.bozo_exception}")
        fresh = {} if self.met is None else {self.key(item): str(item.id) for item in feed.entries[::-1]}
        new = [name for key, name in fresh.items() if key not in (self.met or ())]
        self.met = (self.met or set()) | {self.key(item) for item in feed.entries}
        self.channel += new
        return new


class Witness:
    """Somebody who counts what the feeds of one page have shown: openings, updates and ends."""

    def __init__(self, observer: Observer) -> None:
        self.observer = observer
        self.posts: dict[str, set[Key]] = {}
        self.unlisted: Counter[str] = Counter()  # ends of what a page lists only while it goes on
        self._listed: set[str] = set()

    def look(self, urls: Iterable[str], now: datetime) -> None:
        """Take in what feeds show at `now`."""
        for url in urls:
            form = self.observer.page.form(url, now)
            listing = self.observer.page.listing(url, now)
            for event in listing:
                self.posts.setdefault(event.id, set()).update(lines(form, event))
            self.observer.look(url, now)
            if form.says.posts is Posts.FIRST or form.says.current:
                names = {event.id for event in listing}
                self.unlisted.update(self._listed - names)
                self._listed = names

    def wanted(self) -> dict[str, int]:
        """Return by event how many messages a channel must hold."""
        return {name: len(keys) + self.unlisted[name] for name, keys in self.posts.items()}


@dataclass
class Play:
    """What came of it: messages and what is wrong with them."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def play(watched: tuple[Provider, ...], world: World, until: datetime, root: Path) -> Play:
    """Return how bots do in a world, from an empty archive."""
    content = root / "content"
    shutil.copytree(ROOT / "content/providers", content / "providers")
    witnesses = {provider.slug: Witness(Observer(world.pages[provider.slug])) for provider in watched}
    own = {(provider.slug, form): Bot(KINDS[key]) for provider in watched for form, key in FORMS.items()}
    bots = own | {("", form): Bot(KINDS[key]) for form, key in FORMS.items()}
    clock, result = Clock(BEGIN), Play()
    moments = sorted({BEGIN, *(at for one in watched for at in changes(world, one, BEGIN) if at < until)})
    with WorldServer(world, clock) as server:
        for now in moments:
            clock.set(now)
            for provider in watched:
                _pull(content, provider, world, witnesses[provider.slug], server.url, now)
            context = builds.context(_settings(root, now))
            for (slug, form), bot in bots.items():
                result.counts[slug or "all"] += len(bot.poll(printed(context, slug, form)))
            result.faults += [f"{stamp(now)} {fault}" for fault in faults(witnesses, bots)]
            if result.faults:
                break
    return result


def _pull(content: Path, provider: Provider, world: World, witness: Witness, via: str, now: datetime) -> None:
    page = world.pages[provider.slug]
    main = next((url for url in page.urls if world.fault(url, now) is None), None)
    beside = [url for url in page.addresses if url in page.beside and world.fault(url, now) is None]
    pull.pull_one(content, provider, now=now, via=via, seconds=SECONDS, read=feeds.read)
    witness.look([*([main] if main else []), *beside], now)


def _settings(root: Path, now: datetime) -> BuildSettings:
    return BuildSettings(
        content=root / "content",
        theme=ROOT / "theme",
        output=root / "output",
        now=now,
        site_url=SITE,
        project=Project(name="Almanac"),
        site_id="tag:almanac.example,2026:",
        jinja={"autoescape": True},
    )


def printed(context: Context, slug: str, form: str) -> bytes:
    """Return a feed of every update, of one provider or of all."""
    route, folder = (part_feeds.provider_updates, f"providers/{slug}/") if slug else (part_feeds.site_updates, "")
    return next(output.render() for output in route.outputs(context, slug) if output.path == f"{folder}{form}")


def faults(witnesses: dict[str, Witness], bots: dict[tuple[str, str], Bot]) -> Iterator[str]:
    """Yield where a channel holds something else than was shown since its bot was invited."""
    for (slug, form), bot in bots.items():
        if len(bot.channel) != len(set(bot.channel)):
            yield f"{slug or 'all'}/{form}: an item was posted twice"
        tally = Counter(PARENT.sub(r"\1", name) for name in bot.channel)
        for owner in [slug] if slug else witnesses:
            witness = witnesses[owner]
            for event, wanted in witness.wanted().items():
                names = {archive.slug_of(name) for name in witness.observer.memories[event].names}
                messages = sum(tally[f"{owner}/{name}"] for name in names)
                if messages != wanted:
                    yield f"{slug or 'all'}/{form}: {messages} messages on {owner} {event}, of which {wanted} were shown"


def main(argv: list[str]) -> int:
    """Print how many messages arrived, and FAIL for each that did not or came twice."""
    parser = argparse.ArgumentParser(prog="bench bots", description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args(argv)
    watched = tuple(provider for provider in watched_providers() if provider.scope is None)
    faults: list[str] = []
    for seed in range(options.first, options.first + options.seeds):
        result = run(watched, seed, options.days)
        print(f"seed {seed}: {result.counts.total():,} messages in {len(result.counts)} kinds of channels", flush=True)
        faults += [f"seed {seed}: {fault}" for fault in result.faults]
    return verdict(faults)


def run(watched: tuple[Provider, ...], seed: int, days: float) -> Play:
    """Return how bots do in a world of this seed that lasts so many days."""
    until = BEGIN + timedelta(days=days)
    world = by_chance(watched, seed, BEGIN, until)
    with tempfile.TemporaryDirectory(prefix="almanac-bots-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        return play(watched, world, until, Path(folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
