"""What the forecast would have said of incidents that are over: made again for moments at which somebody waited.

As in the backtest, nothing that happened after the moment is looked at. The severity is left out, too, because an
import has only the last one: an estimate that knew it would have known more than anybody did.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

from almanac.model import OVER, Card, moment, seconds, stamp, unstamp
from almanac.stats.backtest import ELAPSED, SKIPPED, ended_incidents
from almanac.stats.past import past
from almanac.stats.recovery import BORROWED, CHOSEN, forecast

Value = TypeVar("Value")

MOST = 7  # moments of one incident
APART = 600  # seconds between two of them: what is posted at once says one thing
UNRATED = CHOSEN._replace(other_impact=1.0)  # the settings of the forecast, with every severity as good as another

_NUMBER = r"\d{1,9}\.\d"
_ROW = rf"; \d{{1,10}}(?: {_NUMBER}){{5}} \d{{1,7}} \d{{1,7}} (?:0|1|0\.\d{{1,3}})"
_TEXT = re.compile(rf"[0-9a-f]{{8}}(?:{_ROW}){{1,{MOST}}}", re.ASCII)


class Hindcast(NamedTuple):
    """When an incident might be over, as it would have been said at a moment of it."""

    at: int  # that moment, epoch seconds
    quantiles: tuple[float, ...]  # minutes from then, by LEVELS
    n: int  # past incidents of the provider it was learnt from
    others: int  # and of other providers
    borrowed: float  # share of the weight that is theirs

    @property
    def borrows(self) -> bool:
        """Whether other providers decide so much of it that this must be said."""
        return self.borrowed > BORROWED


class Hindsight(NamedTuple):
    """The hindcasts of an archive, by (provider slug, raw id), each incident's as a text of `pack`.

    Thousands are loaded to build a page or two, so they are compared as texts, and only what is shown is unpacked.
    """

    made_at: int  # epoch seconds
    record: str  # digest of all the incidents that they rest on, that of the scorecard
    texts: Mapping[tuple[str, str], str]


def hindsight(cards: Iterable[Card], record: str, now: int, skip: int = SKIPPED) -> Hindsight:
    """Make the hindcasts of every incident that the backtest covers (some 15 s for 3,000 incidents)."""
    everything = tuple(cards)
    history = past(everything)
    texts = {}
    for slug in sorted(history.providers):
        for card in ended_incidents(everything, slug).cards[skip:]:
            estimates = [forecast(history, card, at, UNRATED) for at in moments(card)]
            hindcasts = [Hindcast(e.at, e.quantiles, e.n, e.others, e.borrowed) for e in estimates if e is not None]
            if hindcasts:
                texts[slug, card.id] = pack(card, hindcasts)
    return Hindsight(now, record, texts)


def moments(card: Card) -> tuple[int, ...]:
    """Return when to make hindcasts of an incident that is over: at most MOST times before its end, oldest first.

    These are its first post and every other one that is APART from the one before; of too many some are picked evenly.
    Where there are fewer, the times of the backtest are added, if they are APART from any other. While a post says that
    it is over, nobody waits.
    """
    if card.ended is None:
        return ()
    posts = sorted(card.updates, key=lambda post: post[0])
    instants = [at for at, _ in posts]
    first = max(card.started, instants[0]) if posts else card.started

    def is_waited_for(at: int) -> bool:
        newest = bisect_right(instants, at) - 1
        return first <= at < (card.ended or 0) and (newest < 0 or posts[newest][1] not in OVER)

    chosen = evenly(_thinned(sorted(filter(is_waited_for, (first, *instants)))))
    for at in (card.started + 60 * minutes for minutes in ELAPSED):
        if len(chosen) < MOST and is_waited_for(at) and all(abs(at - other) >= APART for other in chosen):
            chosen.append(at)
    return tuple(sorted(chosen))


def _thinned(instants: Iterable[int]) -> list[int]:
    chosen: list[int] = []
    for at in instants:
        if not chosen or at - chosen[-1] >= APART:
            chosen.append(at)
    return chosen


def evenly(values: Sequence[Value], most: int = MOST) -> list[Value]:
    """Return the first, the last and evenly picked values between, `most` in all; fewer stay as they are."""
    if len(values) <= most:
        return list(values)
    if most < 2:
        return list(values[:most])
    last = len(values) - 1
    return [values[(2 * place * last + most - 1) // (2 * (most - 1))] for place in range(most)]


def pack(card: Card, hindcasts: Iterable[Hindcast]) -> str:
    """Return one line: a digest of what the incident was, then for each its seconds since the start and its numbers.

    Minutes are given to a tenth, the borrowed share to a thousandth.
    """
    rows = (
        " ".join(
            (
                str(h.at - card.started),
                *(f"{q:.1f}" for q in h.quantiles),
                str(h.n),
                str(h.others),
                f"{round(h.borrowed, 3):g}",
            )
        )
        for h in hindcasts
    )
    return "; ".join((_facts(card), *rows))


def unpack(text: str, card: Card) -> tuple[Hindcast, ...]:
    """Return the hindcasts of a line of `pack`; none if the incident is not as it was when they were made."""
    facts, *rows = text.split("; ")
    return tuple(_hindcast(row.split(" "), card) for row in rows) if facts == _facts(card) else ()


def _hindcast(fields: list[str], card: Card) -> Hindcast:
    after, *quantiles, n, others, borrowed = fields
    return Hindcast(
        at=card.started + int(after),
        quantiles=tuple(map(float, quantiles)),
        n=int(n),
        others=int(others),
        borrowed=float(borrowed),
    )


def _facts(card: Card) -> str:
    """Return a digest of all that hindcasts of an incident take from it; what was posted after its end is none of it."""
    posts = [post for post in card.updates if card.ended is None or post[0] < card.ended]
    return blake2b(repr((card.started, card.ended, posts)).encode(), digest_size=4).hexdigest()


def render(hindsight: Hindsight) -> str:
    """Return JSON with an incident a line, so that a new incident adds a line and changes none."""
    head = {"made": stamp(moment(hindsight.made_at)), "record": hindsight.record}
    lines = [f" {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    rows = (f"  {json.dumps('/'.join(key))}: {json.dumps(text)}" for key, text in sorted(hindsight.texts.items()))
    return "\n".join(["{", *lines, ' "incidents": {', ",\n".join(rows), " }", "}", ""])


def parse(text: str) -> Hindsight:
    """Return the hindcasts of a text of `render`. Raises ValueError for anything else."""
    try:
        fields: dict[str, Any] = json.loads(text)
        texts = {_key(name): _checked(packed) for name, packed in fields["incidents"].items()}
        return Hindsight(seconds(unstamp(fields["made"])), str(fields["record"]), texts)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ValueError(f"no hindcasts ({error!r})") from error


def _key(name: str) -> tuple[str, str]:
    slug, _, incident = name.partition("/")
    return slug, incident


def _checked(packed: str) -> str:
    """Return what `unpack` can read: it is not asked until a page is printed, which is too late to say what is wrong."""
    if not _TEXT.fullmatch(packed):
        raise ValueError(f"{packed[:80]!r} are no hindcasts")
    return packed
