"""Makes stories of items: what is kept and why, what is dropped and why, and what tells the same story. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from almanac.model import Card
from almanac.news import ties
from almanac.news.draft import Decided, Draft, Told, canonical, in_order, quotation
from almanac.news.items import Item
from almanac.news.naming import Named, Names
from almanac.news.outlets import Outlet

APART = timedelta(hours=12)  # tellings of one story are not further apart than this
NEAR = timedelta(hours=3)  # with no incident to go by, trouble of one provider this close is one story
ALIKE = 0.5  # share of words (Jaccard) from which two titles tell the same
OLD = timedelta(days=7)  # items older than this are no news, and drafts are not looked at again


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """`drafts`: the new ones and those that changed, to be saved. `dropped`: items that became nothing, and why."""

    drafts: tuple[Draft, ...] = ()
    dropped: tuple[tuple[Item, str], ...] = ()


def sift(
    items: Iterable[Item],
    *,
    outlets: Mapping[str, Outlet],
    names: Names,
    cards: Mapping[str, Sequence[Card]],
    drafts: Sequence[Draft],
    decided: Sequence[Decided],
    now: datetime,
) -> Sifted:
    """What items of outlets (by slug) add to `drafts`, given the incidents of each provider and what was decided.

    The same items with the drafts it gave add nothing.
    """
    known = [_tied(draft, cards) if now - draft.lead.at <= OLD else draft for draft in drafts]
    dropped = []
    for item in sorted(items, key=lambda item: (item.at, item.url)):
        if now - item.at > OLD:
            dropped.append((item, "is older than a week"))
            continue
        named, why = names.judge(item.title, item.text)
        if not named:
            dropped.append((item, why))
            continue
        draft = _tied(_draft(item, outlets[item.outlet], named), cards)
        if past := next((past for past in decided if _same(draft, past.told, past.providers, past.incidents)), None):
            dropped.append((item, f"tells a story that was decided: {past.word}"))
            continue
        _put(known, draft, cards)
    before = set(drafts)
    return Sifted(drafts=tuple(draft for draft in known if draft not in before), dropped=tuple(dropped))


def _draft(item: Item, outlet: Outlet, named: Sequence[Named]) -> Draft:
    said = "; ".join(f"names {name.name} and “{name.trouble}” in one sentence" for name in named)
    return Draft(
        told=(Told(url=item.url, title=item.title, publisher=outlet.name, at=item.at),),
        quote=quotation(item.text),
        grade=outlet.grade,
        providers=tuple(sorted(name.provider for name in named)),
        why=said,
    )


def _tied(draft: Draft, cards: Mapping[str, Sequence[Card]]) -> Draft:
    return replace(draft, incidents=ties.tie(draft.told, draft.quote, draft.providers, cards))


def _put(known: list[Draft], draft: Draft, cards: Mapping[str, Sequence[Card]]) -> None:
    """Add a draft of one telling to the story it tells, or as a new story."""
    for index, story in enumerate(known):
        if any(_same(draft, told, story.providers, story.incidents) for told in story.told):
            told = in_order((*story.told, *draft.told))
            if told != story.told:
                known[index] = _tied(_joined(story, draft, told), cards)
            return
    known.append(draft)


def _joined(story: Draft, draft: Draft, told: tuple[Told, ...]) -> Draft:
    """A story with one more telling. The first gives grade, quotation and reason; the file keeps its name."""
    first = draft if told[0] == draft.lead else story
    return replace(first, told=told, providers=story.providers, file=story.file)


def _same(draft: Draft, told: Told, providers: Sequence[str], incidents: Sequence[str]) -> bool:
    """Whether a draft of one telling tells the story that `told` tells of `providers` and `incidents`."""
    if canonical(draft.lead.url) == canonical(told.url):
        return True
    apart = abs(draft.lead.at - told.at)
    if apart > APART or not set(draft.providers) & set(providers):
        return False
    if draft.incidents and incidents:
        return bool(set(draft.incidents) & set(incidents))
    return apart <= NEAR or _alike(draft.lead.title, told.title) >= ALIKE


def _alike(one: str, other: str) -> float:
    """The share of telling words that two titles have in common, 0 to 1."""
    ours, theirs = ties.words(one), ties.words(other)
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0
