"""Runs a pull, the imperative shell around fetch, read, merge and save: all providers side by side, each on its own.

For a provider: its lock, its archive, then for its feeds in order fetch → read → merge → save until one can be used,
and the same for each feed that is read beside it.
Incidents are saved before the state that says they were read, so that a kill in between costs a second reading.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from almanac import archive, fetch, files, merge
from almanac.archive import ArchiveError, Filed
from almanac.content import project_file, providers
from almanac.executors import Cluster
from almanac.fetch import Hosts
from almanac.merge import Merged
from almanac.model import Feed, FeedError, FeedState, Incident, Provider, Pulls, Reading, Window
from almanac.model.problem import WordError
from almanac.pull import log, sandbox
from almanac.pull.bundles import bundles
from almanac.pull.forecasts import keep
from almanac.pull.news import pull_press
from almanac.pull.report import Failure, NewsOutcome, Outcome, Report
from almanac.text.similar import cure

READER = "almanac.feeds:read"
READERS = min(4, os.cpu_count() or 1)  # processes that parse
AT_ONCE = 8  # providers
SKEW = timedelta(minutes=10)  # how far the clocks of machines that pull by turns may differ

Read = Callable[..., Reading]  # as almanac.feeds.read
Watch = Callable[[Outcome, int], None]
Ask = Callable[..., Iterator[Outcome]]  # as _ask


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """The values that the threads of all providers share."""

    content: Path
    now: datetime
    via: str
    seconds: float
    hosts: Hosts
    read: Read
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One provider, its archive, and the time: `shared.now`, but never before its last pull."""

    shared: _Shared
    provider: Provider
    pulls: Pulls
    archived: Mapping[str, Filed]
    now: datetime
    shown_ids: frozenset[str] = frozenset()  # ids of what feeds that were read in this turn show


class _Intake(NamedTuple):
    """The state, pulls and outcome after one feed that could be used."""

    state: FeedState
    pulls: Pulls
    outcome: Outcome


def pull(
    content: Path,
    *,
    now: datetime,
    via: str = "",
    only: Iterable[str] = (),
    seconds: float = fetch.SECONDS,
    watch: Watch = lambda outcome, of: None,
    read: Read | None = None,
    scheduler: str = "",
) -> Report:
    """Fetch the feeds of all providers (or of the slugs in `only`) and merge what they say into the archive.

    `now` is aware UTC; `via` as in `almanac.fetch`; `seconds` is the deadline of one answer; `watch` is told of each
    provider when it is done, and of how many; `read` is what to read with, if workers of READER already run; `scheduler`
    is that of a Dask cluster whose workers ask in place of this process. A provider's trouble, also with its file, stops
    no other and is in the Report and, if it is the feed's, in its FeedState. Raises ValueError for a wrong `only` or
    `via`, ClusterError.
    """
    started = time.monotonic()
    now = now.replace(microsecond=0)
    fetch.via_address(via)
    project, _ = project_file.sound(content.parent)  # what is wrong with it is among the faults
    sound, faults = providers.sound(content)
    watched = [provider for provider in _choose(sound, tuple(only)) if provider.feeds]
    if not via and not fetch.online(feed.url for provider in watched for feed in provider.feeds):
        return Report(at=now, offline=True, elapsed=time.monotonic() - started)
    hosts = _hosts(via)
    ask = partial(_ask, content, now=now, via=via, seconds=seconds, agent=project.agent)
    each = _on_cluster(ask, watched, scheduler) if scheduler else ask(watched, hosts=hosts, read=read)
    outcomes = sorted(_watched(each, watch, len(watched)), key=lambda outcome: outcome.provider)
    haul = NewsOutcome()
    if not only:
        haul = pull_press(content, watched, project, now=now, via=via, seconds=seconds, hosts=hosts)
    report = Report(
        at=now,
        outcomes=tuple(outcomes),
        press=haul,
        forecasts=keep(content, [outcome.provider for outcome in outcomes if outcome.feed], now),
        unread=tuple(map(str, faults)),
        elapsed=time.monotonic() - started,
    )
    return _write_log(content, report)


def _watched(outcomes: Iterable[Outcome], watch: Watch, of: int) -> Iterator[Outcome]:
    for outcome in outcomes:
        yield outcome
        watch(outcome, of)


def _ask(
    content: Path,
    watched: Iterable[Provider],
    *,
    now: datetime,
    via: str,
    seconds: float,
    agent: str,
    hosts: Hosts | None = None,
    read: Read | None = None,
) -> Iterator[Outcome]:
    """Pull providers side by side, and yield the outcome of each when it is done."""
    readers = nullcontext(read) if read else sandbox.workers(READER, READERS)
    with readers as reader, ThreadPoolExecutor(AT_ONCE) as threads:
        turns = hosts or _hosts(via)
        shared = _Shared(content=content, now=now, via=via, seconds=seconds, hosts=turns, read=reader, agent=agent)
        jobs = [threads.submit(_provider, shared, provider) for provider in watched]
        try:
            for job in as_completed(jobs):
                yield job.result()
        except BaseException:  # a Ctrl-C: those that began end by their deadline, the rest need not begin
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def _on_cluster(ask: Ask, watched: Sequence[Provider], scheduler: str) -> Iterator[Outcome]:
    """Have the workers of a cluster pull providers, and yield the outcomes. Raises ClusterError."""
    with Cluster(scheduler) as cluster:
        tasks = {cluster.submit(_all_of, ask, bundle): bundle for bundle in bundles(watched)}
        for task in as_completed(tasks):
            try:
                yield from task.result()
            except BrokenExecutor as error:
                yield from (_own_failure(provider, "cluster", _one_line(error)) for provider in tasks[task])


def _all_of(ask: Ask, bundle: Sequence[Provider]) -> list[Outcome]:
    """Pull the providers of a bundle; done again it is the same."""
    return [*ask(bundle)]


def pull_one(
    content: Path, provider: Provider, *, now: datetime, via: str, seconds: float = fetch.SECONDS, read: Read
) -> Outcome:
    """Fetch the feeds of one provider, and merge what they say into the archive; nothing else is looked at or written."""
    agent = project_file.sound(content.parent)[0].agent
    shared = _Shared(content=content, now=now, via=via, seconds=seconds, hosts=_hosts(via), read=read, agent=agent)
    return _provider(shared, provider)


def _hosts(via: str) -> Hosts:
    """Return whose turn it is, with a pause for each host; a server on this machine needs none."""
    return Hosts(0 if via else fetch.PAUSE)


def _write_log(content: Path, report: Report) -> Report:
    """Write the report into the log, and return it; it says so if the log cannot be written."""
    try:
        archive.append_log(content, report.at, partial(log.new_lines, report))
    except ArchiveError as error:
        return replace(report, unlogged=_one_line(error))
    return report


def _choose(watched: Iterable[Provider], only: tuple[str, ...]) -> list[Provider]:
    by_slug = {provider.slug: provider for provider in watched}
    if unknown := set(only) - by_slug.keys():
        candidates = by_slug if len(unknown) == 1 else ()
        what_to_write = cure(min(unknown), candidates, f"write one of: {', '.join(by_slug)}")
        raise WordError(f"no provider {', '.join(sorted(unknown))}; {what_to_write}")
    return [by_slug[slug] for slug in only] or list(by_slug.values())


def _provider(shared: _Shared, provider: Provider) -> Outcome:
    """Pull one provider, from lock to state. Raises nothing: whatever happens is this provider's error."""
    started = time.monotonic()
    try:
        with archive.lock(shared.content, provider.slug):
            outcome = _pull_feeds(shared, provider)
    except (ArchiveError, OSError) as error:
        outcome = _own_failure(provider, "archive", _one_line(error))
    except Exception as error:
        outcome = _own_failure(provider, "bug", f"{type(error).__name__}: {_one_line(error)}; please report it")
    return replace(outcome, elapsed=time.monotonic() - started)


def _own_failure(provider: Provider, reason: str, message: str) -> Outcome:
    """Return the outcome of a provider when something of ours is broken."""
    return Outcome(provider=provider.slug, failures=(Failure(reason=reason, message=message, is_ours=True),))


def _pull_feeds(shared: _Shared, provider: Provider) -> Outcome:
    """Try the feeds in order until one can be used; the later ones are fallbacks that tell the same news.

    Then read those beside it: they fill in what the first leaves out, and tell all they know of what it does not show.
    """
    pulls, archived = archive.load_pulls(shared.content, provider.slug), archive.load(shared.content, provider.slug)
    turn = _Turn(shared=shared, provider=provider, pulls=pulls, archived=archived, now=_moment(shared, pulls))
    states = {state.url: replace(state, error="", error_since=None) for state in pulls.feeds}
    since = {state.url: state.error_since for state in pulls.feeds}
    outcome, failures = Outcome(provider=provider.slug), []
    for feed in sorted(provider.feeds, key=lambda feed: feed.beside):
        if outcome.feed and not feed.beside:
            continue
        state = states.get(feed.url, FeedState(url=feed.url))
        try:
            states[feed.url], pulls, part = _intake(turn, feed, _distrust_lost(state, turn.archived))
            outcome = _with_part(outcome, replace(part, recovered=since.get(feed.url)), feed)
            turn = _after(turn, states[feed.url], pulls, part)
        except FeedError as error:
            failure = Failure(
                feed=feed.url,
                reason=error.reason,
                message=_one_line(error),
                since=since.get(feed.url) or turn.now,
                beside=feed.beside,
            )
            states[feed.url] = replace(state, error=f"{failure.reason}: {failure.message}", error_since=failure.since)
            failures.append(failure)
    feeds = tuple(states[feed.url] for feed in provider.feeds if feed.url in states)
    archive.save_pulls(shared.content, replace(pulls, feeds=feeds))
    return replace(outcome, failures=tuple(failures))


def _after(turn: _Turn, state: FeedState, pulls: Pulls, outcome: Outcome) -> _Turn:
    """Return the turn for the next feed: with what this one left, and what it shows."""
    provider = turn.provider
    archived = turn.archived
    if any(feed.beside for feed in provider.feeds) and (outcome.new or outcome.changed or outcome.vanished):
        archived = archive.load(turn.shared.content, provider.slug)
    names = {alias: name for name, filed in archived.items() for alias in filed.incident.aliases}
    shown_ids = turn.shown_ids | {names.get(name, name) for _, name in state.items}
    return replace(turn, pulls=pulls, archived=archived, shown_ids=shown_ids)


def _with_part(outcome: Outcome, part: Outcome, feed: Feed) -> Outcome:
    """Return the outcome of a provider with that of one more of its feeds; one that is read beside stands for none."""
    listed = {incident.id for incident in (*part.new, *part.changed, *part.vanished)}
    new = {incident.id for incident in outcome.new}
    resaved = tuple(incident for incident in part.changed if incident.id in new)  # as it is saved now
    return replace(
        part if not feed.beside else outcome,
        new=(*(incident for incident in outcome.new if incident.id not in listed), *part.new, *resaved),
        changed=(
            *(incident for incident in outcome.changed if incident.id not in listed),
            *(incident for incident in part.changed if incident.id not in new),
        ),
        vanished=(*outcome.vanished, *part.vanished),
        twins=tuple(dict.fromkeys((*outcome.twins, *part.twins))),
        skipped=(*outcome.skipped, *part.skipped),
        doubts=tuple(dict.fromkeys((*outcome.doubts, *part.doubts))),
        recovered=min(filter(None, (outcome.recovered, part.recovered)), default=None),
    )


def _moment(shared: _Shared, pulls: Pulls) -> datetime:
    """Return the time of this pull: not before the last one, or what was seen would stand in the wrong order.

    Which of two clocks was wrong nobody can tell from here, and what was seen under a wrong one has wrong stamps, too.
    """
    latest = max((state.fetched for state in pulls.feeds if state.fetched), default=shared.now)
    if shared.now < latest - SKEW:
        name = shared.content.name
        raise ArchiveError(
            f"{name}/pulls/{pulls.provider}.json: the last pull was at {latest:%Y-%m-%d %H:%M} UTC, and now it is "
            f"{shared.now:%Y-%m-%d %H:%M} UTC. If that is wrong, fix the clock or --now; if the clock was wrong then, "
            f"restore {name}/pulls and {name}/incidents as they were before that pull (git log -- {name}/pulls)"
        )
    return max(shared.now, latest)


def _distrust_lost(state: FeedState, archived: Mapping[str, Filed]) -> FeedState:
    """Return the state, without what lets us skip reading if the archive lost an incident that was read then."""
    ids = archived.keys() | {alias for filed in archived.values() for alias in filed.incident.aliases}
    if all(name in ids for _, name in state.items):
        return state
    return replace(state, etag="", last_modified="", body="", items=())


def _is_outdated(state: FeedState, pulls: Pulls) -> bool:
    """Say whether another feed was read since: what this one said before, the archive may have otherwise by now."""
    return state.fetched is not None and any(other.fetched and other.fetched > state.fetched for other in pulls.feeds)


def _intake(turn: _Turn, feed: Feed, state: FeedState) -> _Intake:
    """Fetch one feed and merge what it says. Raises FeedError if it cannot be used; nothing has changed then."""
    shared, is_outdated = turn.shared, _is_outdated(state, turn.pulls)
    if is_outdated:
        state = replace(state, etag="", last_modified="", items=())
    request = fetch.Request(
        url=feed.url,
        etag=state.etag,
        last_modified=state.last_modified,
        via=shared.via,
        seconds=shared.seconds,
        agent=shared.agent,
    )
    answer = fetch.get(request, shared.hosts)
    state = replace(state, etag=answer.etag, last_modified=answer.last_modified, moved=answer.moved)
    body, digest = answer.body, answer.digest or state.body
    if body is None or (digest == state.body and not is_outdated):
        intake = _record_unchanged(turn, state, feed)
    else:
        reading = shared.read(turn.provider, body, seen=turn.now, hint=feed.dialect, items=dict(state.items))
        reading = replace(reading, first=not state.body, beside=feed.beside)  # an emptied feed was read before, too
        intake = _merge_reading(turn, replace(state, body=digest), reading)
    if answer.moved:
        advice = f"{feed.url} moved to {answer.moved}; put that into content/{turn.provider.file}"
        intake = intake._replace(outcome=replace(intake.outcome, doubts=(advice, *intake.outcome.doubts)))
    return intake


def _record_unchanged(turn: _Turn, state: FeedState, feed: Feed) -> _Intake:
    """Record that the feed says what it said last time: coverage reaches further, and what was open still is."""
    reading = Reading(
        provider=turn.provider.slug,
        dialect=state.dialect,
        seen=turn.now,
        entries=state.entries,
        since=state.since,
        window=Window(state.window or Window.ROLLING),
    )
    names = {alias: name for name, filed in turn.archived.items() for alias in filed.incident.aliases}
    present = {names.get(name, name) for _, name in state.items}
    pulls = replace(
        turn.pulls,
        coverage=turn.pulls.coverage if feed.beside else merge.cover(turn.pulls.coverage, reading, state.fetched),
        last_open=tuple((name, turn.now if name in present else at) for name, at in turn.pulls.last_open),
    )
    outcome = Outcome(provider=turn.provider.slug, feed=state.url, unchanged=True, entries=state.entries)
    return _Intake(replace(state, fetched=turn.now), pulls, outcome)


def _merge_reading(turn: _Turn, state: FeedState, reading: Reading) -> _Intake:
    """Merge a reading into the archive; the incidents are on disk when this returns."""
    archived = {name: filed.incident for name, filed in turn.archived.items()}
    reading, previous = _doubt_emptied(state, _reaching(state, reading))
    merged = merge.merge(archived, reading, turn.pulls.last_open, turn.shown_ids if reading.beside else ())
    saved = archive.save(turn.shared.content, merged.incidents, turn.archived)
    covered = turn.pulls.coverage  # one read beside speaks of a part only
    if not reading.beside:
        covered = merge.cover(covered, reading, previous)
    pulls = replace(turn.pulls, coverage=covered, last_open=merged.last_open)
    state = replace(
        state,
        fetched=turn.now,
        changed=turn.now if saved else state.changed,
        items=reading.items,
        dialect=reading.dialect,
        window=reading.window.value,
        entries=reading.entries,
        since=reading.since,
    )
    return _Intake(state, pulls, _outcome(state.url, reading, archived, merged))


def _reaching(state: FeedState, reading: Reading) -> Reading:
    """Return the reading with the earliest `since` that we know of, whatever its stamps say.

    A rolling window never moves back, so an old date on new entries is a slip. And while it shows all that it showed
    at the last pull, or anything that has not changed since, nothing that was posted in between has left it.
    """
    if reading.window is not Window.ROLLING or state.fetched is None:
        return reading
    since = max(reading.since, state.since or reading.since) if reading.since else None
    before = {name for _, name in state.items}
    if reading.unchanged or (before and before <= {incident.id for incident in reading.incidents}):
        since = min(since or state.fetched, state.fetched)
    return replace(reading, since=since)


def _doubt_emptied(state: FeedState, reading: Reading) -> tuple[Reading, datetime | None]:
    """Return the reading, with a doubt if the feed became empty, and the previous usable answer, None in that case."""
    if reading.entries or not state.entries or reading.window is Window.CURRENT:
        return reading, state.fetched
    doubt = f"the feed is empty, it had {state.entries} entries; check whether the provider has moved"
    return replace(reading, doubts=(doubt, *reading.doubts)), None


def _outcome(url: str, reading: Reading, archived: Mapping[str, Incident], merged: Merged) -> Outcome:
    new = tuple(incident for incident in merged.incidents if incident.id not in archived)
    vanished = tuple(
        incident
        for incident in merged.incidents
        if incident.vanished and incident.id in archived and not archived[incident.id].vanished
    )
    listed = {incident.id for incident in (*new, *vanished)}
    return Outcome(
        provider=reading.provider,
        feed=url,
        entries=reading.entries,
        new=new,
        vanished=vanished,
        changed=tuple(incident for incident in merged.incidents if incident.id not in listed),
        twins=merged.twins,
        skipped=reading.skipped,
        doubts=reading.doubts,
    )


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError):
        return files.line(error)
    return " · ".join(filter(None, (line.strip() for line in str(error).splitlines()))) or type(error).__name__
