"""Holds what the dialects share: the description of one, the context of a reading, and how an incident is built."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeVar

from almanac.model import OVER, SIGHT, TITLE, TROUBLE, Impact, Incident, Phase, Provider, Update, Window
from almanac.text import addresses, limits, untrusted

from . import times, title_facts, wording
from .entries import Entry

_T = TypeVar("_T")
_BOUNDED = ("id", "title", "source", "impact_stated", "components")
_SKEW = timedelta(hours=1)  # clocks differ, and `seen` may have been rounded down


class EntryError(Exception):
    """An entry that cannot become an incident; the message says why and ends up in a Skip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadContext:
    """The context of one reading: its provider, its time, what the last reading read, and the doubts so far."""

    provider: Provider
    read_at: datetime
    ids_by_hash: Mapping[str, str] = field(default_factory=dict)  # of the last reading: hash of an entry -> incident id
    doubts: dict[str, None] = field(default_factory=dict)  # in their order, each once

    @property
    def zone(self) -> tzinfo:
        """The zone of stamps that name none: the provider's, as its file has it."""
        return times.zone(self.provider.zone) or UTC

    def doubt(self, words: str) -> None:
        """Note a guess worth a look, once."""
        self.doubts.setdefault(words)


def _each_apart(entries: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    return [tuple(entries)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one kind of feed is recognised, grouped into incidents, and read.

    `speaks` looks at the head and at the first entries, with character references resolved. `key` is what entries of
    one incident share; `split` may cut the entries of one key into several incidents. `read` gets the entries of
    one incident in the order of the feed. `key` and `read` raise EntryError.
    """

    name: str
    speaks: Callable[[str, str], bool]
    key: Callable[[Entry], str]
    read: Callable[[tuple[Entry, ...], ReadContext], Incident]
    split: Callable[[Sequence[Entry]], list[tuple[Entry, ...]]] = _each_apart
    one_entry_an_incident: bool = True
    whole_entries: bool = True
    window: Window = Window.ROLLING


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post as a feed has it. `phase` if something else than the printed word says it."""

    at: datetime
    printed: str = ""
    html: str = ""
    upstream_id: str = ""
    phase: Phase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a dialect reads about one incident; posts oldest first as far as the feed's order tells."""

    id: str
    title: str
    dialect: str
    posts: Sequence[Post]
    source: str = ""
    precision: str = "second"
    started: datetime | None = None
    started_basis: str = "first-update"
    ended: datetime | None = None
    ended_basis: str = ""
    trouble_seconds: int = 0  # as of an incident
    phase: Phase | None = None
    planned: bool = False
    planned_from: datetime | None = None
    planned_until: datetime | None = None
    impact_stated: str = ""
    impact: Impact | None = None  # if it is not the meaning of the stated word
    impact_basis: str = ""
    components: tuple[str, ...] = ()
    components_basis: str = ""
    id_is_ours: bool = False


def tidy_link(link: str) -> str:
    """Return a link over https, without the double slash some pages put behind their host; "" if it is no web link."""
    if not re.match(r"https?://[^\s<>\"]+$", link) or not addresses.host(link):
        return ""
    return re.sub(r"(?<!:)/{2,}", "/", re.sub(r"^http://", "https://", link))


def oldest_first(items: Sequence[_T], at: Callable[[_T], datetime]) -> list[_T]:
    """Return the items in time order; feeds put the newest first, so items of equal times are turned around."""
    turned = list(reversed(items))
    turned.sort(key=at)
    return turned


def incident(draft: Draft, context: ReadContext) -> Incident:
    """Return the incident a draft describes: updates in time order with their phases, start, end, impact and kind."""
    draft = _bound(draft, context)
    updates = _updates(draft, context)
    phase = draft.phase or next((u.phase for u in reversed(updates) if u.phase is not Phase.UNKNOWN), Phase.UNKNOWN)
    started, started_basis, ended, ended_basis = _ends(draft, updates, phase, context)
    draft = _with_title(draft, context)
    impact = draft.impact or _impact(draft, context)
    planned = draft.planned or any(u.phase in wording.PLANNED for u in updates)
    kind, kind_basis = wording.kind(draft.title, impact, planned=planned)
    if (
        not draft.impact_stated
        and impact is Impact.UNKNOWN
        and kind in TROUBLE
        and (level := title_facts.level(draft.title))
    ):
        draft = replace(draft, impact_stated=level, impact_basis=TITLE)
        impact = _impact(draft, context)
        kind, kind_basis = wording.kind(draft.title, impact, planned=planned)
    return Incident(
        provider=context.provider.slug,
        id=draft.id,
        title=draft.title or "Incident without a title",
        title_is_ours=not draft.title,
        kind=kind,
        kind_basis=kind_basis,
        impact=impact,
        impact_stated=draft.impact_stated,
        impact_basis=draft.impact_basis if draft.impact_stated else "",
        phase=phase,
        components=draft.components,
        components_basis=draft.components_basis if draft.components else "",
        started=started,
        started_basis=started_basis,
        ended=ended,
        ended_basis=ended_basis,
        trouble_seconds=draft.trouble_seconds,
        planned_from=draft.planned_from,
        planned_until=draft.planned_until,
        precision=_precision(draft, started, ended),
        source=draft.source,
        dialect=draft.dialect,
        id_is_ours=draft.id_is_ours,
        first_seen=context.read_at,
        updates=updates,
    )


def _with_title(draft: Draft, context: ReadContext) -> Draft:
    """Return the draft with the components that its title names, where nothing else names any."""
    components = () if draft.components else title_facts.components(draft.title, context.provider)
    return replace(draft, components=components, components_basis=TITLE) if components else draft


def _bound(draft: Draft, context: ReadContext) -> Draft:
    """Return the draft within our limits; what was cut is a doubt. Raises EntryError for one with too many posts."""
    if len(draft.posts) > limits.POSTS:
        raise EntryError(f"it has {len(draft.posts):,} posts, more than {limits.POSTS:,}")
    bounded = replace(
        draft,
        id=limits.cut_id(draft.id),
        title=limits.cut(draft.title, limits.TITLE),
        source=draft.source if len(draft.source) <= limits.ADDRESS else "",
        impact_stated=limits.cut(draft.impact_stated, limits.WORD),
        components=tuple(limits.cut(name, limits.NAME) for name in draft.components[: limits.COMPONENTS]),
        posts=list(map(_bound_post, draft.posts)),
    )
    long = [name for name in _BOUNDED if getattr(bounded, name) != getattr(draft, name)]
    long += ["posts"] if bounded.posts != list(draft.posts) else []
    for name in long:
        context.doubt(f"{name} of {bounded.id[:60]}: longer than is kept, so it was cut")
    return bounded


def _bound_post(post: Post) -> Post:
    """Return the post with a state and an id of bearable length; its text is cut once it is Markdown."""
    if len(post.printed) <= limits.WORD and len(post.upstream_id) <= limits.ID:
        return post
    return replace(post, printed=limits.cut(post.printed, limits.WORD), upstream_id=limits.cut_id(post.upstream_id))


def _text(post: Post, draft: Draft, context: ReadContext) -> str:
    """Return the safe Markdown of a post; one that is too long is cut, and a doubt."""
    markdown = untrusted.markdown(post.html)
    if len(markdown) > limits.TEXT:
        context.doubt(f"a post of {len(markdown):,} characters in {draft.id}; the first {limits.TEXT:,} were kept")
    return limits.cut_markdown(markdown, limits.TEXT)


def _updates(draft: Draft, context: ReadContext) -> tuple[Update, ...]:
    if not draft.posts and draft.started is None:
        raise EntryError("it has no post with a time")
    updates: list[Update] = []
    phase = Phase.UNKNOWN
    posts = [_date_by_now(post, draft, context) for post in draft.posts]
    for post in sorted(posts, key=lambda post: _order(post, draft.precision)):
        meant = post.phase or wording.phase(post.printed)
        if meant is Phase.UNKNOWN and post.phase is None:
            context.doubt(f"unknown word for a phase: {post.printed[:60]!r} in {draft.id}")
        phase = phase if meant in (None, Phase.UNKNOWN) else meant
        updates.append(
            Update(
                at=post.at,
                phase=phase,
                text=_text(post, draft, context),
                printed=post.printed,
                seen=context.read_at,
                upstream_id=post.upstream_id,
            )
        )
    return tuple(updates)


def _date_by_now(post: Post, draft: Draft, context: ReadContext) -> Post:
    """Return the post; one from the future is dated to when the feed was read."""
    if post.at <= context.read_at + _SKEW:
        return post
    if not draft.planned:
        context.doubt(f"a post from the future in {draft.id}: {post.at:%Y-%m-%d %H:%M}")
    return replace(post, at=context.read_at)


def _order(post: Post, precision: str) -> tuple[datetime, bool]:
    """Return the sort key of a post: the end comes last in its minute, for pages shuffle within a minute."""
    return post.at, precision == "minute" and (post.phase or wording.phase(post.printed)) in OVER


def _ends(
    draft: Draft, updates: tuple[Update, ...], phase: Phase, context: ReadContext
) -> tuple[datetime, str, datetime | None, str]:
    """Return start and end with their bases; an end before the start is believed, and the start moved to it.

    What nothing dates, or only a date that had not come yet, began or ended when it was seen.
    """
    started = draft.started or updates[0].at
    basis = draft.started_basis
    ended, ended_basis = draft.ended, draft.ended_basis
    if phase in OVER and ended is None:
        ended, ended_basis = _last_end(updates), "resolved-update"
        if updates and updates[-1].phase not in OVER:
            context.doubt(f"no post of {draft.id} says that it is over; its newest is taken for the end")
    if phase not in OVER:
        ended, ended_basis = None, ""
    latest = context.read_at + _SKEW
    if started > latest and not draft.planned:
        context.doubt(f"start in the future in {draft.id}: {started:%Y-%m-%d %H:%M}")
        started, basis = min([context.read_at, *(u.at for u in updates)]), "mended"
    if ended is not None and ended > latest:
        context.doubt(f"end in the future in {draft.id}: {ended:%Y-%m-%d %H:%M}")
        ended = context.read_at
    if ended is not None and ended < started:
        context.doubt(f"end before start in {draft.id}: {started:%Y-%m-%d %H:%M} to {ended:%Y-%m-%d %H:%M}")
        started, basis = min([ended, *(u.at for u in updates)]), "mended"
    ended_basis = SIGHT if ended == context.read_at else ended_basis
    return started, SIGHT if started == context.read_at else basis, ended, ended_basis if ended else ""


def _precision(draft: Draft, started: datetime, ended: datetime | None) -> str:
    """Return the precision of the draft, but "second" if both times came from elsewhere and have seconds."""
    return "second" if started.second and (ended is None or ended.second) else draft.precision


def _last_end(updates: tuple[Update, ...]) -> datetime | None:
    """Return when it was over for the last time: a later postmortem does not move it, a reopening does."""
    ended: datetime | None = None
    for update in updates:
        ended = (ended or update.at) if update.phase in OVER else None
    return ended or (updates[-1].at if updates else None)


def _impact(draft: Draft, context: ReadContext) -> Impact:
    meant = wording.impact(draft.impact_stated)
    if meant is None:
        context.doubt(f"unknown word for an impact: {draft.impact_stated[:60]!r} in {draft.id}")
    return meant or Impact.UNKNOWN
