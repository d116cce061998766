"""A provider's page through a month of quarters of an hour: what its feed had shown, and the state that the site shows then.

The page is pulled at every quarter at which it or the answers of its feed change, and at the one before, into an archive
in memory. Between them nothing moves, so these stand for all quarters. At each the state that the site shows (none, open,
unknown) is held against what the feed had shown, and in the end the archive against all that it ever showed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from almanac import archive, feeds, pull
from almanac.content import providers
from almanac.model import Provider, card, stamp
from almanac.model.card import newest_first
from almanac.snapshot import Snapshot
from almanac.views import current
from almanac.world import Clock, StatusPage, World, WorldServer, by_chance
from almanac.world.sight import Observer
from almanac.world.writers import Posts
from tests.support import testimony

ROOT = Path(__file__).resolve().parents[1]
CONTENT = ROOT / "content"
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)  # after all that is committed
QUARTER, FRESH = timedelta(minutes=15), timedelta(hours=1)
LONGEST = 6  # quarters of a failing feed at which the state can still change
MOVES = {"cursor": "incidentio", "jetbrains-ai": "statuspage", "perplexity": "instatus"}
SECONDS = 1.0  # for one answer; in so few nobody asks twice
MEMORY = Path("/dev/shm")  # noqa: S108  (a folder with a name of its own is made there)


@dataclass(slots=True)
class Score:
    """What was held against the truth: provider-moments by how they came out, and all that was wrong."""

    moments: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, other: Score) -> None:
        """Take in another one."""
        self.moments += other.moments
        self.faults += other.faults
        self.counts += other.counts


def quarter(at: datetime) -> datetime:
    """Return the first quarter of an hour that is not before a moment."""
    return BEGIN - (BEGIN - at) // QUARTER * QUARTER


def expected(provider: Provider, observer: Observer, now: datetime) -> tuple[str, ...]:
    """Return the states that the site may show: what stood in the feed at the last look, for an hour.

    On a shared page where the feed names no part, nobody can say whether an event concerns the service.
    """
    if observer.last_look is None or now - observer.last_look >= FRESH:
        return ("unknown",)
    scopes = {concern(provider, observer, name) for name in observer.going_on()}
    if "in" in scopes:
        return ("open",)
    return ("none", "open") if "unknown" in scopes else ("none",)


def concern(provider: Provider, observer: Observer, name: str) -> str:
    """Say whether an event concerns the service, as far as its feed tells: in, out or unknown."""
    rule, known, event = provider.scope, observer.sight(name), observer.memories[name].event
    if rule is None or any(word in known.title for word in rule.words):
        return "in"
    if not known.components:
        return "unknown"
    in_scope = [part for part in provider.components if part.slug in rule.components]
    return "in" if {one for part in in_scope for one in (part.name, *part.match)} & set(event.components) else "out"


def shown(content: Path, provider: Provider, now: datetime) -> str:
    """Return the state that the site shows, as its pages get it."""
    pulls = archive.load_pulls(content, provider.slug)
    cards = (card(filed.incident, filed.file) for filed in archive.load(content, provider.slug).values())
    almanac = Snapshot(
        providers=(provider,),
        cards={provider.slug: tuple(sorted(cards, key=newest_first))},
        pulls={provider.slug: pulls},
        articles=(),
        now=now,
        record_until=max((span.until for span in pulls.coverage), default=None),
        site_url="",
    )
    state = current.state(almanac, provider)
    if not state.is_known:
        return "unknown"
    return "open" if state.in_trouble else "none"


def watched_providers() -> tuple[Provider, ...]:
    """Return the providers of this checkout that have a feed."""
    return tuple(provider for provider in providers.load(CONTENT) if provider.feeds)


def play(provider: Provider, world: World, until: datetime, memory: Path) -> Score:
    """Return how the site does on one provider from an empty archive."""
    content = memory / "content"
    page, score, clock = world.pages[provider.slug], Score(), Clock(BEGIN)
    observer = Observer(page)
    moments = samples(world, provider, until)
    with WorldServer(world, clock) as server:
        for now, after in zip(moments, [*moments[1:], until], strict=True):
            clock.set(now)
            url = next((url for url in page.urls if world.fault(url, now) is None), None)
            beside = [one for one in page.addresses if one in page.beside and world.fault(one, now) is None]
            outcome = pull.pull_one(content, provider, now=now, via=server.url, seconds=SECONDS, read=feeds.read)
            for one in (*([url] if url else []), *beside):
                observer.look(one, now)
            if bool(url) != bool(outcome.feed):
                failures = "; ".join(failure.message for failure in outcome.failures)
                score.faults.append(f"{stamp(now)} {provider.slug}: {url or 'no feed'} could be read, {failures}")
            told, seen = expected(provider, observer, now), shown(content, provider, now)
            agrees = seen in told
            score.moments[seen if agrees else f"{told[0]} shown as {seen}"] += (after - now) // QUARTER
            if not agrees:
                score.faults.append(f"{stamp(now)} {provider.slug}: {told[0]} shown as {seen}")
            score.counts["pulls"] += 1
    record = {name: filed.incident for name, filed in archive.load(content, provider.slug).items()}
    found = list(testimony.faults(observer, record))
    score.faults += [f"{provider.slug} ({page.form(page.urls[0], until).dialect}) {fault}" for fault in found]
    score.counts.update(fault.sort for fault in found)
    score.counts["incidents"] += len(observer.memories)
    shutil.rmtree(content)
    return score


def changes(world: World, provider: Provider, since: datetime) -> set[datetime]:
    """Return the quarters from which on a page or the state it leads to may be another one."""
    page = world.pages[provider.slug]
    failing = [outage for outage in world.outages if outage.url in page.addresses]
    unread = [outage for outage in failing if outage.url in page.urls]  # which makes the state unknown after a while
    moments = {quarter(at) for at in (*page.moments(), *(at for one in failing for at in (one.since, one.until)))}
    moments |= {quarter(outage.since) + number * QUARTER for outage in unread for number in range(LONGEST)}
    return {at for at in moments if at >= since}


def samples(world: World, provider: Provider, until: datetime) -> list[datetime]:
    """Return the quarters that stand for all: the first, those at which something changes, and the ones before these."""
    page, changed = world.pages[provider.slug], changes(world, provider, BEGIN)
    chosen = {BEGIN} | changed | {at - QUARTER for at in changed}
    chosen |= {at - 2 * QUARTER for at in changed if covers_no_time(page, at - QUARTER)}
    return sorted(at for at in chosen if BEGIN <= at < until)


def covers_no_time(page: StatusPage, at: datetime) -> bool:
    """Say whether one pull of the page says nothing of the time before it: then two in a row are needed to know that."""
    says, listing = page.form(page.urls[0], at).says, page.listing(page.urls[0], at)
    return says.posts is Posts.FIRST or not listing


def month(seed: int, days: int) -> Score:
    """Return how the site does on all providers in a world of this seed."""
    score, until = Score(), BEGIN + timedelta(days=days)
    watched = watched_providers()
    moves = {slug: {BEGIN + timedelta(days=days) / 2: dialect} for slug, dialect in MOVES.items()}
    world = by_chance(watched, seed, BEGIN, until, moves=moves)
    with tempfile.TemporaryDirectory(prefix="almanac-world-", dir=MEMORY if MEMORY.is_dir() else None) as memory:
        for provider in watched:
            score.add(play(provider, world, until, Path(memory)))
    score.faults = [f"seed {seed}: {fault}" for fault in score.faults]
    return score
