"""A forecast of recovery: what it learns from, how much, and that it never looks ahead."""

import math

import numpy as np
import pytest

from almanac.model import Card
from almanac.stats.past import PHASES, past, state
from almanac.stats.recovery import CHOSEN, LEVELS, WITHIN, Forecast, Settings, forecast, peers
from tests.support.stats.book import by_the_book
from tests.support.stats.cards import MIDNIGHT
from tests.support.stats.worlds import DAY, another_future, incident, world
from tests.support.values import approx

NOW = MIDNIGHT + 400 * DAY
ALIKE = Settings(half_life=math.inf, hour=math.inf, moments=((1.0, 1.0),))  # so that weights are easy to tell


def lasting(provider: str, hours: float, *, id_: str, age: float = 1, word: str = "investigating") -> Card:
    """One that ended `age` days before NOW, at the same time of day."""
    started = round(NOW - age * DAY - hours * 3600)
    return incident(provider, id_, started, started + round(hours * 3600), (started, word), (started + 1, "resolved"))


def several(provider: str, *hours: float, age: float = 1, word: str = "investigating") -> list[Card]:
    return [lasting(provider, h, id_=f"{provider}-{h}-{word}-{age}", age=age, word=word) for h in hours]


def open_one(provider: str = "acme", minutes: int = 0, word: str = "investigating", **fields: object) -> Card:
    started = NOW - 60 * minutes
    return incident(provider, "open", started, None, (started, word))._replace(**fields)  # type: ignore[arg-type]


def made(cards: list[Card], card: Card, settings: Settings = CHOSEN) -> Forecast:
    said = forecast(past(cards), card, NOW, settings)
    assert said is not None
    return said


@pytest.mark.parametrize("seed", range(6))
def test_a_forecast_is_what_the_methodology_says(seed: int) -> None:
    cards = world(seed, n=80)
    random = np.random.default_rng(seed)
    for one in random.permutation(np.array([c.id for c in cards if c.ended]))[:8]:
        card = next(c for c in cards if c.id == one)
        now = int(random.integers(card.started, card.ended or 0))
        said = forecast(past(cards), card, now)
        if said is not None:
            assert said.quantiles == pytest.approx(by_the_book(cards, card, now, CHOSEN), rel=1e-9)


@pytest.mark.slow
def test_whatever_happens_after_the_moment_of_forecast_changes_nothing() -> None:
    random = np.random.default_rng(5)
    compared = 0
    for seed in range(40):
        cards = sorted(world(seed, n=300), key=lambda c: c.started)
        card = cards[240 + seed]
        now = card.started + int(random.integers(0, 6_000))
        other = another_future(cards, now, random)
        itself = next(c for c in other if c.id == card.id)
        said = forecast(past(cards), card, now)
        assert said == forecast(past(other), itself, now)
        compared += said is not None
    assert compared >= 30


def test_an_incident_does_not_learn_from_itself() -> None:
    others, card = several("acme", *range(1, 21)), open_one(minutes=30)
    assert made([*others, card], card) == made(others, card)


def test_the_open_are_censored_and_not_dropped() -> None:
    ended, card = several("acme", *range(1, 21)), open_one()
    began = NOW - 10 * 3600
    still_open = [incident("acme", f"o{i}", began, None, (began, "investigating"), (NOW, "unknown")) for i in range(5)]
    said, without = made([*ended, *still_open], card, ALIKE), made(ended, card, ALIKE)
    assert said.n == without.n + 5
    assert said.quantiles[2] > without.quantiles[2]
    assert said.quantiles[2] == pytest.approx(by_the_book([*ended, *still_open], card, NOW, ALIKE)[2])


def test_what_did_not_last_as_long_is_not_asked() -> None:
    said = made(several("acme", *[0.25] * 5, *range(1, 21)), open_one(minutes=30), ALIKE)
    assert said.n == 20
    assert said.elapsed == 30


def test_an_incident_of_a_half_life_ago_weighs_half() -> None:
    card = open_one()
    both = past([*several("acme", 2, age=1), *several("acme", 3, age=1 + CHOSEN.half_life)])
    older, newer = peers(both, state(card, NOW), NOW, ALIKE._replace(half_life=CHOSEN.half_life)).weights
    assert older / newer == pytest.approx(0.5)


def test_another_phase_and_another_impact_weigh_less() -> None:
    same, monitored = several("acme", 2), several("acme", 2, word="monitoring")
    major = [one._replace(id="major", impact="major") for one in same]
    known = past([*same, *monitored, *major])
    weights = peers(known, state(open_one(), NOW), NOW, ALIKE).weights
    of = {key[1]: float(weights[row]) for key, row in known.rows.items()}
    assert of == pytest.approx({same[0].id: 1, monitored[0].id: 0.1, "major": 0.5})


def test_the_phase_it_is_in_decides_when_it_will_be_back() -> None:
    cards = several("acme", *[h / 10 for h in range(10, 40)], word="monitoring")
    cards += several("acme", *range(10, 40))
    fixed, unfixed = (made(cards, open_one(word=word)).quantiles[2] for word in ("monitoring", "investigating"))
    assert fixed < 300 < unfixed
    assert state(open_one(word="monitoring"), NOW).phase == PHASES["monitoring"]


def test_all_other_providers_together_weigh_as_few_incidents() -> None:
    card = open_one()
    known = past([*several("acme", *range(1, 11)), *several("bolt", *range(1, 200))])
    like = peers(known, state(card, NOW), NOW, ALIKE)
    own = known.provider[like.rows] == known.providers["acme"]
    assert (like.weights[own].sum(), like.weights[~own].sum()) == pytest.approx((10, 10))
    said = made([*several("acme", *range(1, 11)), *several("bolt", *range(1, 200))], card, ALIKE)
    assert (said.n, said.others, said.borrowed, said.borrows) == (10, 199, approx(0.5), True)


def test_fewer_borrowed_incidents_than_allowed_keep_their_weight() -> None:
    card = open_one()
    known = past([*several("acme", *range(1, 21)), *several("bolt", 1, 2)])
    assert peers(known, state(card, NOW), NOW, ALIKE).weights == pytest.approx(np.ones(22))


def test_a_provider_without_history_borrows_everything_and_a_long_known_one_little() -> None:
    rest = several("bolt", *range(1, 41))
    newcomer = made(rest, open_one("newcomer"))
    assert (newcomer.n, newcomer.others, newcomer.borrowed, newcomer.borrows) == (0, 40, 1, True)
    known = made([*rest, *several("acme", *[h / 7 for h in range(1, 90)])], open_one(), ALIKE)
    assert (known.n, known.borrows) == (89, False)


def test_too_few_past_incidents_are_refused() -> None:
    assert forecast(past(several("acme", *range(1, 10))), open_one(), NOW, ALIKE) is None
    assert forecast(past(several("acme", *range(1, 11))), open_one(), NOW, ALIKE) is not None
    assert forecast(past([]), open_one(), NOW) is None


def test_older_than_anything_seen_is_refused() -> None:
    assert forecast(past(several("acme", *range(1, 40))), open_one(minutes=100 * 60), NOW) is None


def test_it_is_refused_where_too_few_were_seen_to_end() -> None:
    started = NOW - 2 * 3600
    open_ = [incident("acme", f"o{i}", started, None, (started, "investigating"), (NOW, "unknown")) for i in range(20)]
    assert forecast(past([*several("acme", *[0.1] * 3, 1, 1.5), *open_]), open_one(), NOW, ALIKE) is None


def test_chances_and_quantiles_rise_and_agree() -> None:
    said = made(world(3, n=200), open_one("bolt", minutes=20))
    assert list(said.quantiles) == sorted(said.quantiles)
    assert list(said.chances) == sorted(said.chances)
    for level, minutes in zip(LEVELS, said.quantiles, strict=True):
        for within, chance in zip(WITHIN, said.chances, strict=True):
            assert (within >= minutes) == (chance >= level)


def test_asking_before_the_start_is_an_error() -> None:
    with pytest.raises(ValueError, match="had not started"):
        forecast(past([]), open_one(), NOW - 1)
