"""One provider's record laid out for arithmetic: its counted incidents in arrays, and the day tables of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from almanac.model import OVER, Card, Provider, moment, seconds
from almanac.stats.days import CLASSES, Days, Ints, arrays, by_day, seconds_before, within
from almanac.stats.intervals import quantile
from almanac.stats.plasmode import MIN_LENGTHS, rung, widening
from almanac.stats.selection import OTHER, Selection, concerns_ai, of_product, placing, select, severity
from almanac.stats.spells import Spells, spells
from almanac.stats.windows import DAY, Period, Times, clip, midnight, total, union
from almanac.text import english
from almanac.text.slug import identifier

Bools = npt.NDArray[np.bool_]


class Subject(NamedTuple):
    """What a number speaks of: a provider as a whole, one of its products, or one of its components."""

    kind: str  # provider, core (the products readers mean by its name), product or component
    slug: str  # "" for the provider as a whole
    name: str
    capability: str = ""


class Ends(NamedTuple):
    """The earliest and the latest end the record allows; equal where an end is recorded."""

    least: int
    most: int


class Habit(NamedTuple):
    """How often a provider's incidents begin, and how long they last, up to the beginning of this month.

    What is calibrated by it stays the same for a month, instead of changing in all periods with each new incident.
    """

    lengths: tuple[int, ...]  # seconds, sorted
    per_day: float  # incidents that begin on a covered day

    @property
    def long(self) -> int:
        """The 90th percentile of the lengths in seconds, which bounds one that is unknown; a day where too few are known."""
        return round(quantile(self.lengths, 0.9)) if len(self.lengths) >= MIN_LENGTHS else DAY


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record:
    """Everything a measure of one provider is taken from. Arrays are parallel to `cards`, which stand by start."""

    provider: Provider
    selection: Selection
    covered: Times  # of the whole
    covers: Mapping[Subject, Times]  # of each subject; of most it is that of the whole
    by_product: Mapping[str, Times]  # of the products that spans name, and of all others under ""; {} if none names any
    now: int
    habit: Habit
    cards: tuple[Card, ...]  # counted, doubtful, and carried into the coverage, which are in no count
    starts: Ints
    least: Ints  # ends
    most: Ints
    severities: Ints  # (cards, 2): least and most, a Severity above CLEAR
    lengths: Ints  # 0 where the end is not recorded, or only how much of the time was trouble
    unended: Bools  # no end is recorded
    ranges: Ints  # places of the cards of which it is not known for how long they were trouble
    flags: Ints  # (cards, 4): 1, posted late, zero length, unknown severity
    sure: Mapping[Subject, Bools]  # the card surely concerns the subject
    maybe: Mapping[Subject, Bools]  # it does or may concern it
    lasting: Mapping[Subject, tuple[Bools, Bools]]  # the same, with those carried into the coverage: their time counts
    days: Mapping[Subject, Days]
    spells: Mapping[Subject, tuple[Spells, Spells]]  # of the least and of the most trouble

    @property
    def whole(self) -> Subject:
        """The provider as a whole."""
        return next(iter(self.days))

    def lengths_within(self, subject: Subject, period: Period) -> tuple[Ints, Ints]:
        """Return the covered seconds of each spell of a subject in a period: of the least and of the most trouble."""
        inside = _inside(self.covers[subject], period.since, period.until)
        least, most = self.spells[subject]
        return least.within(*inside), most.within(*inside)

    def widening(self, seconds: float) -> float:
        """Return by how much intervals of so many covered seconds are widened; infinity where there can be none.

        It is that of the provider as a whole, for its parts too: theirs would rest on too few lengths.
        """
        return widening(self.habit.lengths, self.habit.per_day, rung(seconds))


def record(
    provider: Provider,
    cards: Iterable[Card],
    covered: Times,
    *,
    now: int,
    last_open: Mapping[str, int] | None = None,
    withdrawn: Mapping[str, str] | None = None,
    by_product: Mapping[str, Times] | None = None,
) -> Record:
    """Lay out a provider's incidents.

    `last_open` tells when each was last seen open (epoch seconds, by id), `withdrawn` why an editor took one out,
    `by_product` when each product is covered, where that is not when the provider is.
    """
    selection = select(provider, cards, covered, withdrawn, by_product)
    everything = (*selection.eligible, *selection.doubtful, *selection.carried)
    incidents = tuple(sorted(everything, key=lambda c: (c.started, c.id)))
    all_times = union(stretch for times in (covered, *(by_product or {}).values()) for stretch in times)
    reach = min(all_times[-1].until, now) if all_times else now
    stated = _spans(incidents, reach, last_open or {})
    unended = np.array([c.ended is None for c in incidents], np.bool_)
    # What is still open has lasted until now, and for how long it will nobody knows.
    lengths = np.where((stated.least == stated.most) & ~unended, stated.least - stated.starts, 0)
    members = _members(provider, incidents, selection)
    whole = next(iter(members))
    habit = _habit(stated.starts, np.where(members[whole].sure, lengths, -1), covered, now)
    spans = _bounded(stated, habit, reach)
    covers = {subject: _covered(provider, subject, covered, by_product or {}) for subject in members}
    if by_product:
        members = {subject: own.within(_started_in(spans.starts, covers[subject])) for subject, own in members.items()}
    lasting = {subject: own.lasting for subject, own in members.items()}
    return Record(
        provider=provider,
        selection=selection,
        covered=covered,
        covers=covers,
        by_product=by_product or {},
        now=now,
        habit=habit,
        cards=incidents,
        starts=spans.starts,
        least=spans.least,
        most=spans.most,
        severities=spans.severities,
        lengths=lengths,
        unended=unended,
        ranges=np.flatnonzero(spans.most > spans.least),
        flags=_flags(incidents, stated),
        sure={subject: own.sure for subject, own in members.items()},
        maybe={subject: own.maybe for subject, own in members.items()},
        lasting=lasting,
        days=_day_tables(spans, lasting, covers, _midnights(all_times, now)),
        spells=_spells(spans, lasting, covers),
    )


class _Spans(NamedTuple):
    """When incidents began, between which instants each ended, and between which severities it was: (cards, 2)."""

    starts: Ints
    least: Ints
    most: Ints
    severities: Ints


class _Members(NamedTuple):
    """Which incidents surely and which possibly concern a subject, and which were carried into the coverage."""

    surely: Bools
    possibly: Bools
    carried: Bools

    @property
    def sure(self) -> Bools:
        """Those that surely concern it and are counted."""
        return np.logical_and(self.surely, ~self.carried)

    @property
    def maybe(self) -> Bools:
        """Those that may concern it and are counted."""
        return np.logical_and(self.possibly, ~self.carried)

    @property
    def lasting(self) -> tuple[Bools, Bools]:
        """Those whose time counts: surely, and possibly."""
        return self.surely, self.possibly

    def within(self, coverage: Bools) -> _Members:
        """Return the members without those that began outside of the subject's own coverage, unless carried into it."""
        inside = np.logical_or(coverage, self.carried)
        return _Members(np.logical_and(self.surely, inside), np.logical_and(self.possibly, inside), self.carried)


def _spans(incidents: tuple[Card, ...], reach: int, last_open: Mapping[str, int]) -> _Spans:
    """Return when incidents began and ended, as far as their posts say so."""
    ends = [bounds_of_end(c, reach, last_open.get(c.id)) for c in incidents]
    return _Spans(
        np.array([c.started for c in incidents], np.int64),
        np.array([e.least for e in ends], np.int64),
        np.array([e.most for e in ends], np.int64),
        np.array([severity(c) for c in incidents], np.int64).reshape(-1, 2),
    )


def _bounded(stated: _Spans, habit: Habit, reach: int) -> _Spans:
    """Return spans in which what ended when it started, and so is of unknown length, may have been a long one."""
    long = np.minimum(stated.starts + habit.long, reach)
    most = np.where(stated.most == stated.starts, long, stated.most)
    return stated._replace(most=np.maximum(most, stated.least))


def _day_tables(
    spans: _Spans, lasting: Mapping[Subject, tuple[Bools, Bools]], covers: Mapping[Subject, Times], midnights: Ints
) -> dict[Subject, Days]:
    """Return the day table of each subject; those that are covered at the same time share what is cut for them."""
    cuts = {times: _Cut(times, spans, midnights) for times in set(covers.values())}
    mildest, worst = spans.severities.T
    return {
        subject: cuts[covers[subject]].table(np.where(surely, mildest, 0), np.where(possibly, worst, 0))
        for subject, (surely, possibly) in lasting.items()
    }


def _spells(
    spans: _Spans, lasting: Mapping[Subject, tuple[Bools, Bools]], covers: Mapping[Subject, Times]
) -> dict[Subject, tuple[Spells, Spells]]:
    """Return the spells of each subject, of the least and of the most trouble."""
    return {
        subject: (
            spells(spans.starts[surely], spans.least[surely], arrays(covers[subject])),
            spells(spans.starts[possibly], spans.most[possibly], arrays(covers[subject])),
        )
        for subject, (surely, possibly) in lasting.items()
    }


@lru_cache(maxsize=1024)  # most subjects are covered when their provider is
def _inside(covered: Times, since: int, until: int) -> tuple[int, int]:
    """Return the covered seconds before two instants."""
    before, upto = seconds_before(*arrays(covered), np.array([since, until], np.int64)).tolist()
    return before, upto


def _habit(starts: Ints, lengths: Ints, covered: Times, now: int) -> Habit:
    """Return the habit of a provider, where `lengths` are -1 of what does not count, and 0 where unknown.

    Where too few lengths are known up to this month, those of this month are taken, too.
    """
    month = seconds(moment(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    for until in (month, now):
        own, days = lengths[starts < until], total(clip(covered, 0, until)) / DAY
        if (own > 0).sum() >= MIN_LENGTHS and days:
            break
    return Habit(tuple(sorted(own[own > 0].tolist())), float((own >= 0).sum()) / days if days else 0.0)


class _Cut:
    """The incidents as far as they lie in one set of covered time, cut into days."""

    def __init__(self, times: Times, spans: _Spans, midnights: Ints) -> None:
        covered = arrays(times)
        self._midnights, self._covered = midnights, by_day(*covered, midnights)
        self._least, self._most = (within(spans.starts, ends, covered) for ends in (spans.least, spans.most))

    def table(self, mildest: Ints, worst: Ints) -> Days:
        """Return the day table of the incidents whose class is not zero."""
        return Days(
            first=int(self._midnights[0]) // DAY,
            covered=self._covered,
            least=_by_class(self._least, mildest, self._midnights),
            most=_by_class(self._most, worst, self._midnights),
        )


def _covered(provider: Provider, subject: Subject, covered: Times, by_product: Mapping[str, Times]) -> Times:
    """Return when a subject is covered: the whole and its core when the provider is, a part when its product is."""
    if subject.kind in ("provider", "core"):
        return covered
    products = [c.product for c in provider.components if c.slug in _components(provider, subject)]
    return of_product(by_product, products[0] if products else "", covered)


def _started_in(starts: Ints, times: Times) -> Bools:
    since, until = arrays(times)
    if not len(since):
        return np.zeros(len(starts), np.bool_)
    place = np.searchsorted(since, starts, side="right") - 1
    return np.logical_and(place >= 0, starts < until[place])


def _flags(cards: tuple[Card, ...], stated: _Spans) -> Ints:
    """Return 1, and whether it was posted late, has no length, has no severity we know, of each incident: (cards, 4)."""
    late = np.array([c.posted_late for c in cards], np.bool_)
    mildest, worst = stated.severities.T
    return np.stack((np.ones_like(late), late, stated.most == stated.starts, mildest != worst), axis=1).astype(np.int64)


def bounds_of_end(card: Card, reach: int, seen_open: int | None = None) -> Ends:
    """Return between which instants an incident ended, as far as its own post says so.

    One that was several intervals, of which only the sum is recorded, counts from this sum to the whole of its time. When
    they were is not known, so the least time is taken from its start on.

    Without a recorded end it lasted at least to the last time it was seen open (for imports: to its newest stamp), and
    at most to `reach`, the end of coverage. One that its provider took away, or called resolved, ended by then.
    """
    if card.ended is not None:
        end = max(card.ended, card.started)
        return Ends(min(card.started + card.trouble_seconds, end) if card.trouble_seconds else end, end)
    stamps = [card.started, *(at for at, _ in card.updates if at <= reach)]
    least = max([*stamps, min(seen_open, reach)] if seen_open else stamps)
    if card.phase in OVER:
        return Ends(least, least)
    latest = reach if card.vanished is None else min(card.vanished, reach)
    return Ends(least, max(least, latest))


def subjects(provider: Provider) -> tuple[Subject, ...]:
    """Return the provider as a whole, its products, and its components that concern the subject, in the order of its file."""
    components = [c for c in provider.components if concerns_ai(provider, c)]
    products: dict[str, str] = {}
    for component in components:
        if component.product:
            products.setdefault(component.product, component.capability)
    whole = Subject("provider", "", provider.name)
    core = (Subject("core", "core", english.listing(provider.core, len(provider.core))),) if provider.core else ()
    return (
        whole,
        *core,
        *(Subject("product", identifier(name), name, capability) for name, capability in products.items()),
        *(Subject("component", c.slug, c.name, c.capability) for c in components),
    )


def _members(provider: Provider, cards: tuple[Card, ...], selection: Selection) -> dict[Subject, _Members]:
    """Return for each subject which cards surely and which possibly concern it."""
    place = placing(provider)
    doubtful = {c.id for c in selection.doubtful}
    certain = np.array([c.id not in doubtful for c in cards], np.bool_)
    slugs = sorted({OTHER, *(c.slug for c in provider.components)})
    column = {slug: i for i, slug in enumerate(slugs)}
    mentions = np.zeros((len(cards), len(slugs)), np.bool_)
    for row, card in enumerate(cards):
        for slug in place(card):
            mentions[row, column[slug]] = True
    nowhere = np.logical_not(mentions.any(axis=1))
    carried_ids = {c.id for c in selection.carried}
    carried = np.array([c.id in carried_ids for c in cards], np.bool_)
    members_of: dict[Subject, _Members] = {}
    for subject in _with_other(provider, bool(mentions[:, column[OTHER]].any())):
        columns = [column[slug] for slug in _components(provider, subject)]
        members: Bools = np.asarray(mentions[:, columns].any(axis=1)) if subject.slug else np.ones(len(cards), np.bool_)
        members_of[subject] = _Members(np.logical_and(members, certain), np.logical_or(members, nowhere), carried)
    return members_of


def _with_other(provider: Provider, has_other: bool) -> tuple[Subject, ...]:
    own = subjects(provider)
    return (*own, Subject("component", OTHER, "other")) if has_other and len(own) > 1 else own


def _components(provider: Provider, subject: Subject) -> list[str]:
    """Return the slugs of the components a subject is made of."""
    if subject.kind == "core":
        return [c.slug for c in provider.components if c.product in provider.core]
    if subject.kind == "product":
        return [c.slug for c in provider.components if c.product == subject.name]
    return [subject.slug] if subject.slug else []


def _midnights(covered: Times, now: int) -> Ints:
    """Return the midnights around every covered day; at least one day, so that tables are never without a row."""
    first = midnight(covered[0].since if covered else now)
    final = midnight(covered[-1].until - 1 if covered else now) + DAY
    return np.arange(first, final + 1, DAY, dtype=np.int64)


def _by_class(parts: tuple[Ints, Ints, Ints], classes: Ints, midnights: Ints) -> Ints:
    """Return the seconds a day in each class, counting at each instant the worst class of the incidents then open.

    `parts` are those of the incidents that are covered, `classes` those of the incidents.
    """
    starts, ends, whole = parts
    severities = classes[whole]
    at_least = [by_day(starts[severities >= c], ends[severities >= c], midnights) for c in range(1, CLASSES + 1)]
    return np.stack([*(mild - worse for mild, worse in pairwise(at_least)), at_least[-1]], axis=1)
