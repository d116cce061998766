"""Groups items into stories: which become drafts and why, which are dropped and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from almanac.content.link_posts import Telling
from almanac.model import Card
from almanac.news import ties
from almanac.news.draft import Decided, StoryDraft, canonical, in_order, quotation
from almanac.news.items import Item
from almanac.news.naming import Mention, Names
from almanac.news.outlets import Outlet
from almanac.news.ties import Words

SAME_STORY = timedelta(hours=12)  # tellings of one story are not further apart than this
NEAR = timedelta(hours=3)  # with no incident to go by, trouble of one provider this close is one story
ALIKE = 0.5  # share of words (Jaccard) from which two titles tell the same
OLD = timedelta(days=7)  # items older than this are no news, and drafts are not looked at again


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """`drafts`: the new ones and those that changed, to be saved. `dropped`: items that became nothing, and why."""

    drafts: tuple[StoryDraft, ...] = ()
    dropped: tuple[tuple[Item, str], ...] = ()


def sift(
    items: Iterable[Item],
    *,
    outlets: Mapping[str, Outlet],
    names: Names,
    cards: Mapping[str, Sequence[Card]],
    drafts: Sequence[StoryDraft],
    decided: Sequence[Decided],
    now: datetime,
) -> Sifted:
    """Add items of outlets (by slug) to `drafts`, given the incidents of each provider and the decisions so far.

    The same items with the drafts it gave add nothing.
    """
    stories = [_tie(draft, cards, names.noise) if now - draft.lead.at <= OLD else draft for draft in drafts]
    dropped = []
    for item in sorted(items, key=lambda item: (item.at, item.url)):
        if now - item.at > OLD:
            dropped.append((item, "is older than a week"))
            continue
        mentions, why = names.judge(item.title, item.text)
        if not mentions:
            dropped.append((item, why))
            continue
        draft = _tie(_draft(item, outlets[item.outlet], mentions), cards, names.noise)
        if past := next(
            (past for past in decided if _same(draft, past.telling, past.providers, past.incidents, names.noise)), None
        ):
            dropped.append((item, f"tells a story that was decided: {past.word}"))
            continue
        _add(stories, draft, cards, names.noise)
    before = set(drafts)
    return Sifted(drafts=tuple(draft for draft in stories if draft not in before), dropped=tuple(dropped))


def _draft(item: Item, outlet: Outlet, mentions: Sequence[Mention]) -> StoryDraft:
    why = "; ".join(f"names {name.name} and “{name.trouble}” in one sentence" for name in mentions)
    return StoryDraft(
        tellings=(Telling(url=item.url, title=item.title, publisher=outlet.name, at=item.at),),
        quote=quotation(item.text),
        grade=outlet.grade,
        providers=tuple(sorted(name.provider for name in mentions)),
        why=why,
    )


def _tie(draft: StoryDraft, cards: Mapping[str, Sequence[Card]], noise: Words) -> StoryDraft:
    return replace(draft, incidents=ties.tie(draft.tellings, draft.quote, draft.providers, cards, noise))


def _add(stories: list[StoryDraft], draft: StoryDraft, cards: Mapping[str, Sequence[Card]], noise: Words) -> None:
    """Add a draft of one telling to the story it tells, or as a new story."""
    for index, story in enumerate(stories):
        if any(_same(draft, telling, story.providers, story.incidents, noise) for telling in story.tellings):
            tellings = in_order((*story.tellings, *draft.tellings))
            if tellings != story.tellings:
                stories[index] = _tie(_add_telling(story, draft, tellings), cards, noise)
            return
    stories.append(draft)


def _add_telling(story: StoryDraft, draft: StoryDraft, tellings: tuple[Telling, ...]) -> StoryDraft:
    """Return a story with one more telling. The first gives grade, quotation and reason; the file keeps its name."""
    first = draft if tellings[0] == draft.lead else story
    return replace(first, tellings=tellings, providers=story.providers, file=story.file)


def _same(
    draft: StoryDraft, telling: Telling, providers: Sequence[str], incidents: Sequence[str], noise: Words
) -> bool:
    """Say whether a draft of one telling is of the story that `telling` tells of `providers` and `incidents`."""
    if canonical(draft.lead.url) == canonical(telling.url):
        return True
    distance = abs(draft.lead.at - telling.at)
    if distance > SAME_STORY or not set(draft.providers) & set(providers):
        return False
    if draft.incidents and incidents:
        return bool(set(draft.incidents) & set(incidents))
    return distance <= NEAR or _alike(draft.lead.title, telling.title, noise) >= ALIKE


def _alike(one: str, other: str, noise: Words) -> float:
    """Return the share of distinctive words that two titles have in common, 0 to 1."""
    first_words, second_words = ties.words(one, noise), ties.words(other, noise)
    return len(first_words & second_words) / len(first_words | second_words) if first_words | second_words else 0.0
