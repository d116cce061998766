"""The forecast once more, by the definition on the methodology page: slow, plain, and by other hands than the program's."""

from __future__ import annotations

import math
from itertools import pairwise

from almanac.model import Card
from almanac.stats.past import counts, state
from almanac.stats.recovery import LEVELS, Settings
from tests.support.stats.worlds import DAY


def by_the_book(cards: list[Card], card: Card, now: int, s: Settings) -> tuple[float, ...]:
    """Return the quantiles by the definition on the methodology page, in plain loops over plain numbers."""
    seen = []  # (incident, own, minutes left, ended, weight)
    me = state(card, now)

    def kernel(distance: float, bandwidth: float) -> float:
        return 1 / (1 + (distance / bandwidth) ** 2)

    for one in cards:
        if not counts(one) or (one.provider, one.id) == (card.provider, card.id):
            continue
        last = one.ended or max(at for at, _ in one.updates)
        for share, share_weight in s.moments:
            elapsed = round((now - card.started) * share)
            if min(last, now) - one.started <= elapsed:
                continue
            it = state(one, one.started + elapsed)
            apart = abs(one.started - card.started) / 3600 % 24
            weight = share_weight * 0.5 ** (max(now - last, 0) / DAY / s.half_life)
            if it.phase == me.phase:
                weight *= kernel(math.log((60 + it.in_phase) / (60 + me.in_phase)), s.phase_time)
            else:
                weight *= s.other_phase
            weight *= 1 if it.impact == me.impact else s.other_impact
            weight *= kernel(math.log((1 + it.posts) / (1 + me.posts)), s.posts)
            weight *= kernel(min(apart, 24 - apart), s.hour)
            left = (min(last, now) - one.started - elapsed) / 60
            left *= (me.elapsed / 60 + s.scale) / (elapsed / 60 + s.scale)
            ended = one.ended is not None and one.ended <= now
            seen.append([one.id, one.provider == card.provider, left, ended, weight])
    foreign = sum(w for _, own, _, _, w in seen if not own)
    for line in seen:
        line[4] *= 1 if line[1] else min(1, s.borrowed / foreign)
    of_each: dict[str, float] = {}
    for id_, _, _, _, weight in seen:
        of_each[id_] = of_each.get(id_, 0) + weight
    n = sum(of_each.values()) ** 2 / sum(w * w for w in of_each.values())
    stays, points = 1.0, [(0.0, 0.0)]
    for end in sorted({left for _, _, left, ended, _ in seen if ended}):
        leaving = sum(w for _, _, left, ended, w in seen if ended and left == end)
        stays *= 1 - leaving / sum(w for _, _, left, _, w in seen if left >= end)
        points.append((math.log1p(end), (1 - stays) * n / (n + 1)))
    quantiles = []
    for level in LEVELS:
        (x0, p0), (x1, p1) = next((a, b) for a, b in pairwise(points) if b[1] >= level)
        quantiles.append(math.expm1(x0 + (x1 - x0) * (level - p0) / (p1 - p0)))
    return tuple(quantiles)
