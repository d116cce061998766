"""What falls together is found, what does not is not, and the best backups are named with their reason."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.model import Component
from almanac.stats import backups
from almanac.stats.backups import Party, holm, pair, pairs, parties, starts_within, together
from almanac.stats.backups import backups as backups_of
from almanac.stats.intervals import Bounds
from almanac.stats.record import record
from almanac.stats.windows import DAY, WEEK, between, total
from tests.support.stats.cards import HOUR, MIDNIGHT, at, card, provider, times
from tests.support.values import approx, some

WEEKS = 20
END = 24 * 7 * WEEKS
PERIOD = between(MIDNIGHT, at(END))
YEAR = times((0, 24 * 364))


def made(slug: str, *spans: Any, covered: Any = (0, END), **fields: Any) -> Any:
    """Return a provider whose incidents last from hour to hour."""
    cards = [card(since, until, id=f"{slug}{since}") for since, until in spans]
    parts = fields.pop("components", ())
    page = provider(*parts, slug=slug, **{"capabilities": ("chat",), **fields})
    return record(page, cards, times(covered), now=at(END))


def whole(rec: Any) -> Any:
    return Party(rec, rec.whole)


def weekly(offset: float, length: float, weeks: Any = range(WEEKS)) -> Any:
    return [(168 * w + offset, 168 * w + offset + length) for w in weeks]


def test_chances_and_lift_are_counted_over_jointly_covered_time() -> None:
    a = whole(made("a", *weekly(10, 10)))
    b = whole(made("b", *weekly(16, 10, range(5)), *weekly(18, 10, range(5, 10)), covered=(0, END - 168)))
    found = pair(a, b, PERIOD)
    joint = (WEEKS - 1) * 168
    assert (found.covered, found.first_trouble, found.second_trouble, found.both) == (
        joint * HOUR,
        190 * HOUR,
        100 * HOUR,
        30 * HOUR,
    )
    assert some(found.second_given_first).value == pytest.approx(30 / 190)
    assert some(found.first_given_second).value == pytest.approx(30 / 100)
    lift, second = some(found.lift), some(found.second_given_first)
    strata = [(40, 40, 672), (40, 40, 672), (40, 20, 672), (40, 0, 672), (30, 0, 504)]
    assert joint == sum(covered for *_, covered in strata)
    assert lift.value == pytest.approx(30 / sum(one * other / covered for one, other, covered in strata))
    assert some(second.interval).low < 30 / 190 < some(second.interval).high
    assert some(lift.interval).low < lift.value < some(lift.interval).high
    assert (found.declared, found.lacking) == (False, "")


def test_joint_time_is_counted_second_by_second_with_gaps_and_overlaps() -> None:
    random = np.random.default_rng(3)
    known = {"a": (0, 2000), "b": (300, END)}
    hours = {slug: np.zeros(END, np.bool_) for slug in known}
    sides = []
    for slug, (since, until) in known.items():
        starts = np.sort(random.choice(END - 50, 25, replace=False))
        spans = [(int(start), int(start + random.integers(0, 40))) for start in starts]
        sides.append(whole(made(slug, *spans, covered=(since, until))))
        for start, end in spans:
            hours[slug][start:end] |= since <= start < until
    found = pair(sides[0], sides[1], PERIOD)
    a, b = (row[300:2000] for row in hours.values())
    counted = [found.covered, found.first_trouble, found.second_trouble, found.both]
    assert counted == [int(x) * HOUR for x in (1700, a.sum(), b.sum(), (a & b).sum())]


def test_one_never_in_trouble_meanwhile_is_bounded_from_above() -> None:
    found = pair(whole(made("a", *weekly(10, 10))), whole(made("b", *weekly(100, 10))), PERIOD)
    assert found.second_given_first == (0.0, Bounds(0.0, approx(1 - 0.1 ** (1 / WEEKS))))
    assert found.lift == (0.0, None)


def test_a_lift_that_rests_on_one_month_has_no_interval() -> None:
    a, b = whole(made("a", *weekly(10, 10))), whole(made("b", *weekly(16, 1, range(5))))
    one_month = whole(made("b", *((16 + 24 * day, 17 + 24 * day) for day in range(6))))
    assert some(some(pair(a, b, PERIOD).lift).interval).low < some(pair(a, b, PERIOD).lift).value
    assert some(pair(a, one_month, PERIOD).lift).interval is None


def random_starts(seed: int, count: int = 100) -> Any:
    return np.sort(np.random.default_rng(seed).integers(MIDNIGHT, at(24 * 364), count))


def test_starts_that_follow_within_minutes_are_found() -> None:
    source = random_starts(1)
    found = together(source, np.concatenate((source[::8] + 600, random_starts(2, 87))), YEAR)
    assert some(found).observed > 2 * some(found).expected
    assert some(found).p < 1e-4


def test_one_coincidence_is_no_rarer_than_once_in_all_turns() -> None:
    first = MIDNIGHT + np.arange(0, 50, 10) * WEEK
    second = np.concatenate((first[:1] + HOUR // 2, first[1:] + 2 * WEEK + 2 * DAY))
    found = some(together(first, second, YEAR))
    turns = 8 * 25  # one to four weeks either way, give or take two hours in steps of ten minutes
    assert (found.observed, found.expected, found.p) == (0.5, 0.0, approx(1 - np.exp(-1 / turns)))


def test_independent_starts_are_not_found_more_often_than_chance_has_it() -> None:
    values = [some(together(random_starts(2 * i), random_starts(2 * i + 1), YEAR)).p for i in range(200)]
    assert 0.01 <= np.mean(np.array(values) <= 0.05) <= 0.09


def test_growing_providers_do_not_fall_together_by_growing() -> None:
    """Fifteenfold in a year: with turns over the whole year seven in ten of such pairs were called dependent."""

    def growing(seed: int) -> Any:
        days = 364 * np.random.default_rng(seed).random(150) ** 0.4
        return np.sort(MIDNIGHT + (days * DAY).astype(np.int64))

    values = [some(together(growing(2 * i), growing(2 * i + 1), YEAR)).p for i in range(200)]
    assert np.mean(np.array(values) <= 0.05) <= 0.10


def test_two_that_are_both_down_in_one_half_only_have_no_lift_by_that() -> None:
    a = whole(made("a", *weekly(10, 24, range(12))))
    b = whole(
        made("b", *(span for w in range(12) for span in [(168 * w + 15 + 13 * w % 140, 168 * w + 39 + 13 * w % 140)]))
    )
    lift = some(pair(a, b, PERIOD).lift)
    crude = some(pair(a, b, PERIOD).second_given_first).value / (12 * 24 / (WEEKS * 168))
    assert lift.value < crude


def test_who_is_down_for_a_quarter_of_the_time_of_another_is_no_backup_of_it() -> None:
    a = made("a", *weekly(10, 20))
    often, seldom = made("b", *weekly(24, 40)), made("c", *weekly(28, 40))
    compared = pairs(parties([a, often, seldom]), PERIOD)
    advice = backups_of(whole(a), compared)
    assert ([b.party.slug for b in advice.best], [b.party.slug for b in advice.falling]) == (["c"], ["b"])


def test_who_may_be_down_for_a_quarter_of_the_time_by_the_interval_is_not_advised() -> None:
    a, b = made("a", *weekly(10, 20, range(0, WEEKS, 3))), made("b", *weekly(100, 4))
    advice = backups_of(whole(a), pairs(parties([a, b]), PERIOD))
    (unsure,) = advice.unsure
    assert (unsure.chance.value, round(some(unsure.chance.interval).high, 3)) == (0.0, 0.28)
    assert (advice.best, advice.falling, advice.unknown) == ((), (), ())


def test_office_hours_are_no_dependence() -> Any:
    def office(seed: int) -> Any:
        random = np.random.default_rng(seed)
        days = random.choice(364, 100, replace=False)
        return np.sort(MIDNIGHT + days * DAY + random.integers(14 * HOUR, 18 * HOUR, 100))

    assert np.mean([some(together(office(2 * i), office(2 * i + 1), YEAR)).p <= 0.05 for i in range(100)]) <= 0.10


def test_nearness_weighs_each_pair_of_starts_by_how_near_it_is() -> None:
    first, second = np.array([at(1000), at(2000)]), np.array([at(1000.5), at(2003), at(1000)])
    found = together(first, second, YEAR)
    assert some(found).observed == pytest.approx(0.5 + 1.0)
    assert some(found).adjusted == 1.0


def test_the_expected_nearness_is_that_of_all_turns() -> None:
    first, second = random_starts(5, 40), random_starts(6, 40)
    length = 52 * 1008
    near = []
    for turn in (w * 1008 + s for w in (1, 2, 3, 4, 48, 49, 50, 51) for s in range(-12, 13)):
        gap = np.abs((second // 600)[None, :] - (first // 600)[:, None] - turn)
        gap = np.minimum(gap % length, -gap % length)
        near.append(np.maximum(0, 1 - gap / 6).sum())
    assert some(together(first, second, YEAR)).expected == pytest.approx(np.mean(near))


def test_a_record_in_pieces_gives_no_test() -> None:
    pieces = times((0, 24 * 30), (24 * 200, 24 * 201), (24 * 700, 24 * 702))
    assert together(np.array([at(5)]), np.array([at(6)]), pieces) is None


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_multiplies_each_by_the_number_not_yet_rejected(values: list[float]) -> None:
    ordered = sorted(values)
    steps = [min(1.0, p * (len(values) - i)) for i, p in enumerate(ordered)]
    running = [max(steps[: i + 1]) for i in range(len(steps))]
    assert sorted(holm(values)) == pytest.approx(running)
    assert all(a >= p for a, p in zip(holm(values), values, strict=True))


def test_a_family_of_pairs_is_corrected_together() -> None:
    family = [whole(made(slug, *weekly(offset, 5))) for slug, offset in (("a", 3), ("b", 40), ("c", 90))]
    found = pairs(family, PERIOD)
    assert [(p.first.slug, p.second.slug) for p in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [some(p.together).adjusted for p in found] == holm([some(p.together).p for p in found])


@pytest.mark.parametrize(
    ("other", "lacking"),
    [
        (made("b", *weekly(3, 5), covered=(0, 168 * 5)), "35 days in common (91 needed)"),
        (made("b", covered=(-300, -200)), "0 days in common (91 needed)"),
        (made("b", (1, 2), (200, 201)), "b reported 2 incidents in that time (5 needed)"),
        (made("b", *weekly(3, 1), (500, None)), "b’s incidents have no end times"),
        (made("b", *weekly(3, 0)), f"{WEEKS} of b’s {WEEKS} incidents have no duration"),
        (made("b", *weekly(3, 0, range(6)), *weekly(60, 1, range(14))), "6 of b’s 20 incidents have no duration"),
    ],
)
def test_it_says_when_the_data_does_not_suffice(other: Any, lacking: str) -> None:
    ours = whole(made("a", *weekly(10, 10)))
    found = pair(ours, whole(other), PERIOD)
    assert found.lacking == lacking
    assert (found.together is None) == ("needed" in lacking)
    assert backups_of(ours, [found]) == ((), (), (), (found,))


def test_a_quarter_of_the_durations_may_be_missing() -> None:
    ours, other = (
        whole(made("a", *weekly(10, 10))),
        whole(made("b", *weekly(3, 0, range(5)), *weekly(60, 1, range(15)))),
    )
    assert pair(ours, other, PERIOD).lacking == ""


def test_the_best_backup_is_the_one_that_surely_falls_least() -> None:
    ours = whole(made("a", *weekly(10, 10)))
    rarely = whole(made("b", *weekly(100, 10)))
    often = whole(made("c", *weekly(16, 10, range(0, WEEKS, 3)), *weekly(60, 1)))
    family = pairs([often, ours, rarely], PERIOD)
    found = backups_of(ours, family)
    assert [b.party.slug for b in found.best] == ["b", "c"]
    assert [b.chance.value for b in found.best] == pytest.approx([0.0, 7 * 4 / 200])
    assert (found.falling, found.unknown) == ((), ())


def test_a_chance_known_well_goes_before_a_smaller_one_hardly_known() -> None:
    ours = whole(made("a", *weekly(10, 10)))
    known = whole(made("b", *weekly(19.5, 5), *weekly(60, 1)))
    hardly = whole(made("c", *weekly(100, 5, range(13, WEEKS)), covered=(0, 168 * 13 + 24), capabilities=("chat",)))
    lucky = whole(made("d", *weekly(100, 5), covered=(168 * 7, END)))
    found = backups_of(ours, pairs([ours, known, hardly, lucky], PERIOD))
    assert [(b.party.slug, round(b.chance.value, 3)) for b in found.best] == [("b", 0.05), ("d", 0.0)]
    assert some(found.best[0].chance.interval).high < some(found.best[1].chance.interval).high
    assert [p.second.slug for p in found.unknown] == ["c"]


def test_what_is_built_on_it_or_falls_with_it_is_no_backup() -> None:
    random = np.random.default_rng(4)
    spans = [(float(h), float(h) + 3) for h in np.sort(random.choice(END - 20, 40, replace=False))]
    ours = whole(made("a", *spans))
    follower = whole(made("b", *[(s + 0.1, e) for s, e in spans[::2]]))
    built = whole(made("c", *weekly(100, 10), built_on=("a",)))
    sibling = whole(made("d", *weekly(50, 10), built_on=("x", "a2"), capabilities=("chat", "api")))
    other = whole(made("e", *weekly(50, 10), capabilities=("images",)))
    family = pairs([ours, follower, built, sibling, other], PERIOD)
    assert [b.party.slug for b in backups_of(ours, family).falling] == ["c", "b"]
    assert [b.party.slug for b in backups_of(ours, family).best] == ["d"]
    assert [some(p.together).significant for p in family if p.declared] == [False]


def test_two_that_need_the_same_maker_are_no_backup_of_each_other_whatever_the_record_shows() -> None:
    a, b = (
        whole(made(slug, *weekly(offset, 5), built_on=("x", "y"), shares=("x",)))
        for slug, offset in (("a", 3), ("b", 90))
    )
    c = whole(made("c", *weekly(50, 5), built_on=("x",)))  # uses it, and has something of its own
    family = pairs([a, b, c], PERIOD)
    assert [pair.shared for pair in family] == [("x",), (), ()]
    assert [backup.party.slug for backup in backups_of(a, family).best] == ["c"]
    assert [backup.party.slug for backup in backups_of(a, family).falling] == ["b"]


def test_a_common_base_is_told_but_is_no_proof() -> None:
    a, b = (whole(made(slug, *weekly(offset, 5), built_on=("x", slug + "y"))) for slug, offset in (("a", 3), ("b", 90)))
    found = pair(a, b, PERIOD)
    assert (found.declared, found.common) == (False, ("x",))
    assert [x.party for x in backups_of(a, [found]).best] == [b]


def test_a_whole_provider_has_all_its_capabilities_and_a_part_its_own() -> None:
    chat = Component(slug="chat", name="Chat", capability="chat")
    other = Component(slug="login", name="Login", capability="other")
    rec = made("a", capabilities=("api",), components=(chat, other))
    assert whole(rec).capabilities == {"api", "chat"}
    assert [Party(rec, s).capabilities for s in rec.days if s.slug == "chat"] == [{"chat"}]


def test_services_are_compared_by_capability() -> None:
    chat = Component(slug="chat", name="Chat", product="Acme AI", capability="chat")
    voice = Component(slug="voice", name="Voice", product="Acme AI", capability="speech")
    api = Component(slug="api", name="API", capability="api")
    acme = record(provider(chat, voice, api, slug="acme"), (), times((0, 9)), now=at(9))
    plain = record(provider(slug="plain", capabilities=("chat", "search")), (), times((0, 9)), now=at(9))
    assert [(p.slug, p.subject.slug) for p in parties([acme, plain])] == [("acme", ""), ("plain", "")]
    assert [(p.slug, p.subject.slug) for p in parties([acme, plain], "chat")] == [("acme", "acme-ai"), ("plain", "")]
    assert [(p.slug, p.subject.slug) for p in parties([acme, plain], "api")] == [("acme", "api")]
    assert parties([acme, plain], "code") == ()
    assert pairs(parties([acme, acme]), PERIOD) == ()


def test_starts_within_gaps_are_left_out() -> None:
    rec = made("a", (1, 2), (10, 11), (50, 51), (90, 91), (95, 96))
    assert starts_within(whole(rec), times((0, 10), (80, 95))).tolist() == [at(1), at(90)]
    assert starts_within(whole(rec), ()).tolist() == []
    assert total(times((0, 10), (80, 95))) == 25 * HOUR
    assert backups.NEAR * backups.BIN == HOUR
