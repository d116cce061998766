"""The backtest: the baselines, the loss, what is forecast when, and what it comes to."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.stats.backtest import (
    Bin,
    Score,
    Trial,
    backtest,
    calibration,
    pinball,
    plain,
    press,
    reliability,
    score,
    table,
)
from almanac.stats.past import counts, past
from almanac.stats.recovery import LEVELS, Forecast, forecast
from tests.support.stats import facts
from tests.support.stats.worlds import world
from tests.support.values import approx

MINUTES = st.floats(0, 1e5)


def trial(remaining: float, *, said: tuple[float, ...] | None = (10, 20, 40, 80, 160), **fields: object) -> Trial:
    """Return a trial whose forecast gave these quantiles; `None`: it was refused."""
    made = said and Forecast(
        at=0, elapsed=0, quantiles=said, chances=(0.05, 0.3, 0.55, 0.7, 0.95), n=20, others=0, effective=20, borrowed=0
    )
    whole = Trial("acme", "a", 1, 0, 60, 0, remaining, made or None, (5, 10, 20, 40, 80), press(0))
    return whole._replace(**fields)  # type: ignore[arg-type]


@given(st.lists(MINUTES, min_size=5, max_size=5), MINUTES)
def test_the_loss_is_the_sum_of_the_five_tilted_distances(quantiles: list[float], remaining: float) -> None:
    expected = 0.0
    for level, minutes in zip((0.1, 0.25, 0.5, 0.75, 0.9), sorted(quantiles), strict=True):
        distance = math.log(1 + remaining) - math.log(1 + minutes)
        expected += level * distance if distance > 0 else (1 - level) * -distance
    assert pinball(sorted(quantiles), remaining) == pytest.approx(expected, abs=1e-9)


def test_the_loss_is_least_for_the_true_quantiles() -> None:
    outcomes = [1.0 * m for m in range(1, 200)]
    true = [19.9, 49.9, 99.9, 149.9, 179.9]
    honest, later, sooner = (sum(pinball([q * by for q in true], m) for m in outcomes) for by in (1, 1.3, 0.77))
    assert honest < min(later, sooner)


def test_plain_quantiles_are_those_of_the_longer_ones_less_the_elapsed_time() -> None:
    lengths = np.array([5.0, 30.0, 40.0, 50.0, 60.0, 70.0])
    assert plain(lengths, 30) == pytest.approx((13, 17.5, 25, 32.5, 37))
    assert plain(lengths, 70) is None


def test_two_to_four_hours_are_counted_from_the_start_and_leave_at_least_a_minute() -> None:
    assert press(0) == (120, 150, 180, 210, 240)
    assert press(60) == (60, 90, 120, 150, 180)
    assert press(200) == (1, 1, 1, 10, 40)


def test_every_ended_incident_is_forecast_as_it_was_at_each_time_it_outlasted() -> None:
    cards = world(4, n=150)
    trials = backtest(cards, skip=10, elapsed=(0, 45))
    expected = []
    for slug in ("acme", "bolt", "cogs"):
        mine = sorted((c for c in cards if c.provider == slug and c.ended and counts(c)), key=lambda c: c.started)
        for place, c in enumerate(mine):
            length = ((c.ended or 0) - c.started) / 60
            expected += [(slug, c.id, place + 1, e, length - e) for e in (0, 45) if length > e and place >= 10]
    assert [(t.provider, t.id, t.place, t.elapsed, t.remaining) for t in trials] == expected
    by_id = {c.id: c for c in cards}
    known = past(cards)
    for t in trials:
        card = by_id[t.id]
        assert (t.at, t.ended, t.press) == (card.started + 60 * t.elapsed, card.ended, press(t.elapsed))
        assert t.forecast == forecast(known, card, t.at)


def test_plain_quantiles_come_from_what_the_provider_had_ended_by_then() -> None:
    cards = world(4, n=150)
    for t in backtest(cards, elapsed=(30,)):
        before = [
            (c.ended - c.started) / 60
            for c in cards
            if c.provider == t.provider and c.ended and c.ended < t.at and c.ended - c.started > 1800
        ]
        assert t.plain == (pytest.approx(np.quantile(before, LEVELS) - 30) if before else None)


def test_only_the_providers_asked_for_are_forecast_but_all_are_learnt_from() -> None:
    cards = world(4, n=150)
    only = tuple(t for t in backtest(cards, elapsed=(0,)) if t.provider == "bolt")
    assert backtest(cards, elapsed=(0,), providers=frozenset({"bolt"})) == only


def test_trials_made_before_are_kept_up_to_what_changed() -> None:
    cards = sorted(world(6, n=150), key=lambda c: c.started)
    since = cards[-20].started
    assert backtest(cards, before=backtest(cards[:-20]), since=since) == backtest(cards)
    marked = [t._replace(remaining=-1.0) for t in backtest(cards)]
    renewed = backtest(cards, before=marked, since=since)
    assert {t.remaining == -1 for t in renewed if t.at < since} == {True}
    assert {t.remaining == -1 for t in renewed if t.at >= since} == {False}


def test_a_score_counts_what_was_answered_and_compares_only_what_all_could_answer() -> None:
    trials = [trial(15), trial(50), trial(500, plain=None), trial(30, said=None)]
    said, plain_said = (10, 20, 40, 80, 160), (5, 10, 20, 40, 80)
    assert score(trials) == Score(
        n=3,
        refused=1,
        compared=2,
        loss=approx((pinball(said, 15) + pinball(said, 50)) / 2),
        plain=approx((pinball(plain_said, 15) + pinball(plain_said, 50)) / 2),
        press=approx((pinball(press(0), 15) + pinball(press(0), 50)) / 2),
        within_50=1,
        within_80=2,
        factor=16.0,
    )


def test_a_score_of_nothing_has_no_loss() -> None:
    assert score([]) == Score(0, 0, 0, None, None, None, 0, 0)
    assert score([]).below(1.0) is None


def test_below_a_baseline_is_the_share_saved() -> None:
    assert Score(1, 0, 1, 1.5, 2.0, None, 1, 1).below(2.0) == 0.25
    assert Score(1, 0, 1, 1.5, 2.0, None, 1, 1).below(None) is None


def test_the_table_has_a_score_for_each_provider_and_elapsed_time() -> None:
    here, later, other = trial(15), trial(50, elapsed=30), trial(5, provider="zeta")
    assert table([other, later, here, here]) == {
        ("acme", 0): score([here, here]),
        ("acme", 30): score([later]),
        ("zeta", 0): score([other]),
    }


def test_reliability_sets_what_was_said_against_what_came() -> None:
    trials = [trial(m) for m in (10, 20, 60, 61)] + [trial(10, said=None)]
    assert reliability(trials, 60) == (Bin(approx(0.3), 0.75, 4),)
    assert reliability(trials, 30) == (Bin(approx(0.05), 0.5, 4),)
    assert reliability([], 60) == ()


def test_calibration_is_the_share_over_by_each_quantile() -> None:
    trials = [trial(m) for m in (10, 15, 70, 1000)] + [trial(1, said=None)]
    assert calibration(trials) == tuple(
        Bin(level, share, 4) for level, share in zip(LEVELS, (0.25, 0.5, 0.5, 0.75, 0.75), strict=True)
    )
    assert [b.n for b in calibration([])] == [0] * len(LEVELS)


@pytest.mark.shared
@pytest.mark.slow
def test_on_the_facts_it_beats_the_prototype_on_the_same_rows_and_keeps_its_coverage() -> None:
    cards = [card for of_one in facts.load().values() for card in of_one.cards]
    rows = table(backtest(cards, skip=150, elapsed=(30, 60), providers=frozenset({"anthropic"})))
    prototype = {30: (524, 1.916), 60: (378, 2.042)}
    assert {elapsed: s.n for (_, elapsed), s in rows.items()} == {e: n for e, (n, _) in prototype.items()}
    for (_, elapsed), s in rows.items():
        assert s.loss is not None
        assert s.loss < prototype[elapsed][1]
        assert 0.77 < s.within_80 / s.n < 0.85
