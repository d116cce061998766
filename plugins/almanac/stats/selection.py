"""What counts: which incidents are declared trouble of a service, how severe, of which part, and why others don't.

Outages and degradations count, also when the provider later took the post away. Maintenance, notices (quota, policy,
retirement of a product), tests and what an editor withdrew do not; nor does what starts outside the covered time,
because there nobody could have seen its like. Each one left out is listed with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from almanac.model import BOUND, TROUBLE, Card, Component, Impact, Kind, Provider, by_rank
from almanac.stats.windows import Times, clip, holds

OTHER = "other"  # slug of the components a provider file does not name

COUNTS = {  # whether an incident enters the numbers of its provider as a whole
    "yes": "in every number",
    "maybe": "in the worst case of shares only, as nothing says whether it concerns the subject of this site",
    "part": "in the numbers of the products it names only, as the whole was not covered when it started",
    "time": "its covered time only, as it began before the coverage",
    "no": "in no number",
}

_REASONS = {
    Kind.MAINTENANCE.value: "maintenance",
    Kind.NOTICE.value: "notice, service not affected",
    Kind.TEST.value: "test of the status page",
    Kind.UNKNOWN.value: "its source gives no status",
    Kind.WITHDRAWN.value: "withdrawn by an editor",
    Kind.MERGED.value: "merged with another incident by an editor",
}


UNSEEN_START = "started while we had no data"


class Severity(IntEnum):
    """How much of the service is declared hit: the classes every published formula weighs.

    What its provider rates `none` is trouble all the same, and the least of it: our own formula and every count take it
    for an incident like any other, the formulas of others weigh it with 0, as those who made them do.
    """

    CLEAR = 0  # no trouble at all
    NONE = 1
    DEGRADED = 2
    PARTIAL = 3
    FULL = 4


class Severities(NamedTuple):
    """The mildest and the worst severity a statement allows; equal where it says enough."""

    least: Severity
    most: Severity


class Membership(NamedTuple):
    """Whether an incident counts, one of COUNTS, and why it does not, or not in all numbers."""

    counts: str
    why: str


class Left(NamedTuple):
    """An incident that does not count, and why."""

    card: Card
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A provider's incidents, sorted by start: those that count, those that may not be about the subject, and the rest."""

    eligible: tuple[Card, ...]
    doubtful: tuple[
        Card, ...
    ]  # nothing says whether they concern the subject: they count in the upper bound of trouble only
    left_out: tuple[Left, ...]
    carried: tuple[Card, ...] = ()  # left out too, as they began before the coverage: their covered time counts

    @property
    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Why incidents were left out and how many for each reason, the most frequent first."""
        counts: dict[str, int] = {}
        for left in self.left_out:
            counts[left.why] = counts.get(left.why, 0) + 1
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


_FIXED = {
    Impact.NONE.value: Severities(Severity.NONE, Severity.NONE),
    Impact.MINOR.value: Severities(Severity.DEGRADED, Severity.DEGRADED),
    Impact.MAJOR.value: Severities(Severity.PARTIAL, Severity.PARTIAL),
    Impact.CRITICAL.value: Severities(Severity.FULL, Severity.FULL),
}
_FULL_WORDS = frozenset({"major_outage", "full_outage"})


def severity(card: Card) -> Severities:
    """Return the class of a declared impact. Trouble of unknown impact is at least degraded and at most full."""
    if card.impact_stated.lower() in _FULL_WORDS:
        return Severities(Severity.FULL, Severity.FULL)
    return _FIXED.get(card.impact, Severities(Severity.DEGRADED, Severity.FULL))


def select(
    provider: Provider,
    cards: Iterable[Card],
    covered: Times,
    withdrawn: Mapping[str, str] | None = None,
    by_product: Mapping[str, Times] | None = None,
) -> Selection:
    """Sort a provider's incidents into those that count and those that do not.

    `withdrawn` maps ids that an editor withdrew to the editor's reason; `by_product` says when each product is covered,
    where that is not when the provider is.
    """
    eligible: list[Card] = []
    doubtful: list[Card] = []
    left_out: list[Left] = []
    carried: list[Card] = []
    scope_of, times_of = scoping(provider), covering(provider, covered, by_product or {})
    for card in sorted(cards, key=lambda c: (c.started, c.id)):
        scope = scope_of(card)
        why = _why_not(card, scope, times_of(card), withdrawn or {})
        if why:
            left_out.append(Left(card, why))
            carried += [card] if why == UNSEEN_START and scope == "in" and _reaches(card, times_of(card)) else []
        else:
            (eligible if scope == "in" else doubtful).append(card)
    return Selection(
        eligible=tuple(eligible), doubtful=tuple(doubtful), left_out=tuple(left_out), carried=tuple(carried)
    )


def memberships(selection: Selection, covered: Times, by_product: Mapping[str, Times]) -> dict[str, Membership]:
    """Return for each incident, by its id, whether it counts for its provider as a whole."""
    counts = {left.card.id: Membership("no", left.why) for left in selection.left_out}
    counts |= {card.id: Membership("time", UNSEEN_START) for card in selection.carried}
    for cards, membership in (
        (selection.eligible, Membership("yes", "")),
        (selection.doubtful, Membership("maybe", "nothing says whether it concerns the subject of this site")),
    ):
        for card in cards:
            is_whole = not by_product or holds(covered, card.started)
            counts[card.id] = membership if is_whole else Membership("part", "the whole was not covered when it began")
    return counts


def _reaches(card: Card, times: Iterable[Times]) -> bool:
    """Say whether an incident with a recorded end lasts into covered time."""
    return card.ended is not None and any(clip(covered, card.started, card.ended) for covered in times)


def covering(
    provider: Provider, covered: Times, by_product: Mapping[str, Times]
) -> Callable[[Card], tuple[Times, ...]]:
    """Return what gives the times in which an incident would have been seen: those of each product it names."""
    if not by_product:
        return lambda _: (covered,)
    products, place = {part.slug: part.product for part in provider.components}, placing(provider)

    def times_of(card: Card) -> tuple[Times, ...]:
        names = {products.get(slug, "") for slug in place(card)}
        return tuple(of_product(by_product, name, covered) for name in sorted(names)) or (covered,)

    return times_of


def of_product(by_product: Mapping[str, Times], product: str, covered: Times) -> Times:
    """Return when a product is covered: its own time, else that of all products no span names, else the provider's."""
    return by_product.get(product, by_product.get("", covered))


def _why_not(card: Card, scope: str, times: Iterable[Times], withdrawn: Mapping[str, str]) -> str:
    if card.id in withdrawn:
        return f"withdrawn by an editor: {withdrawn[card.id]}"
    if card.kind not in TROUBLE:
        return _REASONS.get(card.kind, card.kind)
    if scope == "out":
        return "about another service of a shared page"
    if card.started_basis == BOUND:
        return "undated in the feed when we first read it"
    return "" if any(holds(covered, card.started) for covered in times) else UNSEEN_START


def scope(provider: Provider, card: Card) -> str:
    """Return whether an incident of a shared page concerns the subject: "in", "out" or "unknown".

    By its components; where they do not say so, by words of its title. Without components and without such a word it is
    unknown. Everything on a page that is all about it is in.
    """
    return scoping(provider)(card)


@lru_cache(maxsize=256)
def scoping(provider: Provider) -> Callable[[Card], str]:
    """Return `scope` with the provider's names looked up once, for many cards."""
    rule = provider.scope
    if rule is None or not (rule.components or rule.words):
        return lambda _: "in"
    in_scope, words = _names_in_scope(provider), rule.words

    @lru_cache(maxsize=16_384)  # lists, records and states all ask, each of all incidents
    def scope_of(names: tuple[str, ...], title: str) -> str:
        if any(_plain(name) in in_scope for name in names) or _has_word(words, title):
            return "in"
        return "out" if names else "unknown"

    return lambda card: scope_of(card.components, card.title)


def concerns_ai(provider: Provider, component: Component) -> bool:
    """Say whether a component concerns the subject: every one of a page all about it, and those a shared page's scope names."""
    rule = provider.scope
    if rule is None or not rule.components:
        return True
    return not _names_in_scope(provider).isdisjoint((_plain(component.slug), _plain(component.name)))


def places(provider: Provider, card: Card) -> frozenset[str]:
    """Return slugs of the components an incident names; `other` for names the provider file does not know.

    Empty when the incident names none: then it concerns the provider as a whole, and nobody knows which part.
    """
    return placing(provider)(card)


@lru_cache(maxsize=256)
def placing(provider: Provider) -> Callable[[Card], frozenset[str]]:
    """Return `places` with the provider's names looked up once, for many cards."""
    slugs = {_plain(name): c.slug for c in provider.components for name in (c.slug, c.name, *c.match)}

    @lru_cache(maxsize=4096)  # most incidents name what others named before
    def places_of(names: tuple[str, ...]) -> frozenset[str]:
        return frozenset(slugs.get(_plain(name), OTHER) for name in names)

    return lambda card: places_of(card.components)


@lru_cache(maxsize=256)
def ordering(provider: Provider) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """Return what puts the names of an incident's components in the order in which people ask for them.

    That is by the rank of the components and, within one, as its `match` has the names. What the provider file does not
    know comes last, as the feed has it.
    """
    names = [name for part in by_rank(provider.components) for name in (*part.match, part.name, part.slug)]
    place_of = {_plain(name): place for place, name in enumerate(names)}

    @lru_cache(maxsize=4096)  # most incidents name what others named before
    def in_order(components: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(components, key=lambda name: place_of.get(_plain(name), len(names))))

    return in_order


def is_machine(provider: Provider) -> bool:
    """Say whether probes write a page: hundreds of short entries, not comparable with pages written by hand."""
    return provider.written_by == "machine"


@lru_cache(maxsize=4096)  # incidents name the same few components over and over
def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


@lru_cache(maxsize=256)
def _matching_names(rule: tuple[str, ...], components: tuple[tuple[str, tuple[str, ...]], ...]) -> frozenset[str]:
    in_scope = {_plain(name) for name in rule}
    return frozenset(in_scope | {_plain(n) for slug, names in components if slug in in_scope for n in names})


def _names_in_scope(provider: Provider) -> frozenset[str]:
    rule = provider.scope.components if provider.scope else ()
    return _matching_names(rule, tuple((c.slug, (c.name, *c.match)) for c in provider.components))


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)", re.IGNORECASE)


def _has_word(words: tuple[str, ...], title: str) -> bool:
    return bool(words) and _pattern(words).search(title) is not None
