"""Pulls the press: fetches the feeds of all outlets, sifts what they say, and leaves drafts in the inbox.

Fetched and read as the providers' feeds are, after them, so that a story finds the incident it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from almanac import archive, fetch, files, news
from almanac.archive import ArchiveError
from almanac.fetch import Hosts
from almanac.model import Card, FeedError, FeedState, Provider, card
from almanac.model.project import Project
from almanac.news import InboxError, Item, Outlet, StoryDraft, inbox, outlets
from almanac.news.naming import Names
from almanac.news.stories import OLD
from almanac.pull import sandbox
from almanac.pull.report import Failure, NewsOutcome

READER = "almanac.news.items:read"
AT_ONCE = 8  # outlets
STATE = archive.PRESS

Read = Callable[..., tuple[Item, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """The values that the threads of all outlets share."""

    now: datetime
    via: str
    seconds: float
    hosts: Hosts
    read: Read
    project: Project


class _Heard(NamedTuple):
    """The state of one outlet's feed after a pull, and its items, none if nothing is new."""

    state: FeedState
    items: tuple[Item, ...] = ()
    failure: Failure | None = None


def pull_press(
    content: Path,
    providers: Sequence[Provider],
    project: Project,
    *,
    now: datetime,
    via: str,
    seconds: float,
    hosts: Hosts,
    read: Read | None = None,
) -> NewsOutcome:
    """Pull all outlets under `content` once. An outlet's trouble stops no other. Raises nothing but bugs.

    `read` is what to read with; without it a worker of READER is started.
    """
    watched, faults = outlets.load(content)
    wrong = [Failure(reason="outlet", message=str(fault), is_ours=True) for fault in faults]
    if not watched:
        return NewsOutcome(failures=tuple(wrong))
    try:
        readers = nullcontext(read) if read else sandbox.workers(READER, 1)
        with archive.lock(content, STATE), readers as reader:
            shared = _Round(now=now, via=via, seconds=seconds, hosts=hosts, read=reader, project=project)
            haul = _round(content, providers, watched, shared)
    except (ArchiveError, InboxError, OSError) as error:
        words = files.line(error) if isinstance(error, OSError) else str(error)
        wrong += [Failure(reason="inbox", message=line, is_ours=True) for line in words.splitlines()]
        return NewsOutcome(failures=tuple(wrong))
    return replace(haul, failures=(*wrong, *haul.failures))


def _round(content: Path, providers: Sequence[Provider], watched: Sequence[Outlet], shared: _Round) -> NewsOutcome:
    pulls = archive.load_pulls(content, STATE)
    states = {state.url: state for state in pulls.feeds}
    drafts = inbox.load(content)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        jobs = [threads.submit(_heard, outlet, states.get(outlet.feed), shared) for outlet in watched]
        heard = [job.result() for job in jobs]
    items = [item for one in heard for item in one.items]
    sifted = news.sift(
        items,
        outlets={outlet.slug: outlet for outlet in watched},
        names=Names(providers, shared.project.press),
        cards=_cards(content, providers, drafts, items, shared.now),
        drafts=drafts,
        decided=inbox.decisions(content),
        now=shared.now,
    )
    inbox.save(content, sifted.drafts)  # before the state that says they were read: a kill costs a second reading
    archive.save_pulls(content, replace(pulls, feeds=tuple(one.state for one in heard)))
    return NewsOutcome(
        outlets=len(watched),
        items=len(items),
        new=tuple(draft.lead.title for draft in sifted.drafts if not draft.file),
        changed=tuple(draft.lead.title for draft in sifted.drafts if draft.file),
        failures=tuple(one.failure for one in heard if one.failure),
    )


def _heard(outlet: Outlet, previous: FeedState | None, shared: _Round) -> _Heard:
    """Fetch one outlet's feed, and read it if it changed."""
    state = previous or FeedState(url=outlet.feed)
    try:
        request = fetch.Request(
            url=outlet.feed,
            etag=state.etag,
            last_modified=state.last_modified,
            via=shared.via,
            seconds=shared.seconds,
            agent=shared.project.agent,
        )
        answer = fetch.get(request, shared.hosts)
        digest = answer.digest or state.body
        is_news = answer.body is not None and digest != state.body
        items = shared.read(answer.body, outlet=outlet.slug, read_at=shared.now) if is_news else ()
    except FeedError as error:
        since = state.error_since or shared.now
        failure = Failure(feed=outlet.feed, reason=error.reason, message=" ".join(str(error).split()), since=since)
        return _Heard(replace(state, error=f"{failure.reason}: {failure.message}", error_since=since), (), failure)
    state = replace(
        state,
        etag=answer.etag,
        last_modified=answer.last_modified,
        body=digest,
        fetched=shared.now,
        changed=shared.now if is_news else state.changed,
        error="",
        error_since=None,
    )
    return _Heard(replace(state, entries=len(items) if is_news else state.entries), items)


def _cards(
    content: Path, providers: Sequence[Provider], drafts: Sequence[StoryDraft], items: Sequence[Item], now: datetime
) -> Mapping[str, Sequence[Card]]:
    """Return the incidents of the last days, by provider; none where there is nothing to tie to them."""
    if not items and not any(now - draft.lead.at <= OLD for draft in drafts):
        return {}
    since = now - 2 * OLD
    return {provider.slug: tuple(_recent(content, provider.slug, since)) for provider in providers}


def _recent(content: Path, provider: str, since: datetime) -> Iterator[Card]:
    """Yield the incidents a provider has had since then, and those that are open."""
    for filed in archive.load(content, provider).values():
        incident = filed.incident
        if incident.started >= since or (incident.ended or incident.started) >= since:
            yield card(incident, filed.file)
