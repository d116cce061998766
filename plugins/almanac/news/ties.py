"""Ties tellings to incidents of the archive, by time and by the words they share. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from almanac.content.link_posts import Telling
from almanac.model import Card, seconds

BEFORE = 45 * 60  # s: users and reporters may be faster than the status page
AFTER = 12 * 3600  # s after the end in which the press still writes
OPEN = 24 * 3600  # s for which an incident without an end is taken to last
FADING = 6 * 3600  # s after the end that weigh as much as one degree of impact
OVER = 0.75  # degrees of impact that an incident loses when it ends: mostly what goes on is told
SHARED = 1.5  # degrees of impact that a word in common weighs, two words at most
WEIGHTS = {"critical": 3.0, "major": 2.0, "minor": 1.0}  # by impact: the press writes about what many notice
CLOSE = 0.5  # candidates this close to the best are named too
MOST = 3

_WORD = re.compile(r"[a-z0-9][a-z0-9.+-]*[a-z0-9]|[a-z0-9]")
_NOISE = """
    a an the and or of on in for to with by at from as is are was were be been it its this that users user elevated
    errors error rate rates outage outages down issue issues incident problem problems degraded performance service
    services disruption partial major minor increased requests some many across all not after when has have had new
"""
NOISE = frozenset(_NOISE.split())  # of every almanac

Words = frozenset[str]


def tie(
    tellings: Sequence[Telling], quote: str, providers: Iterable[str], cards: Mapping[str, Iterable[Card]], noise: Words
) -> tuple[str, ...]:
    """Return the keys (provider/id) of the incidents a story is about, likeliest first, by the vote of its tellings."""
    votes: Counter[str] = Counter()
    for provider in providers:
        likely = list(_near(tellings, cards.get(provider, ())))
        for index, one in enumerate(tellings):
            for card in best(one, f"{one.title} {quote if index == 0 else ''}", likely, noise):
                votes[f"{provider}/{card.id}"] += 1
    most = max(votes.values(), default=0)
    return tuple(sorted((key for key in votes if votes[key] * 2 >= most), key=lambda key: (-votes[key], key)))[:MOST]


def best(telling: Telling, text: str, cards: Iterable[Card], noise: Words) -> list[Card]:
    """Return the incidents one telling may mean, likeliest first."""
    at = seconds(telling.at)
    scored = [(_score(card, at, words(text, noise)), card) for card in cards if _overlaps(card, at, at)]
    top = max((score for score, _ in scored), default=0.0)
    chosen = [pair for pair in scored if pair[0] > top - CLOSE]
    return [card for _, card in sorted(chosen, key=lambda pair: (-pair[0], -pair[1].started, pair[1].id))]


def words(text: str, noise: Words) -> Words:
    """Return the words of a text that tell one trouble from another."""
    return frozenset(_WORD.findall(text.lower())) - noise


def _near(tellings: Sequence[Telling], cards: Iterable[Card]) -> Iterable[Card]:
    first, last = seconds(min(one.at for one in tellings)), seconds(max(one.at for one in tellings))
    return (card for card in cards if card.is_trouble and _overlaps(card, first, last))


def _overlaps(card: Card, first: int, last: int) -> bool:
    return card.started - BEFORE <= last and first <= _end(card) + AFTER


def _end(card: Card) -> int:
    return card.started + OPEN if card.ended is None else card.ended


def _score(card: Card, at: int, text_words: frozenset[str]) -> float:
    """Return degrees of impact, more for shared words, less for having ended and for how long ago."""
    card_words = words(" ".join((*card.components, "" if card.title_is_ours else card.title)), frozenset())
    shared = len(text_words & card_words)  # the noise was taken from the text
    since = at - _end(card)
    faded = OVER + since / FADING if since > 0 else 0.0
    return WEIGHTS.get(card.impact, 0.5) + SHARED * min(shared, 2) - faded
