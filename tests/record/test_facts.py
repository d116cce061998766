"""On the real record the warts are handled by rule, and the numbers equal those derived from the CSV alone."""

from typing import Any

import pytest

from almanac.stats.availability import measure
from almanac.stats.backups import Party, pair
from almanac.stats.ranking import leaderboard, shown_first
from almanac.stats.record import record
from almanac.stats.windows import DAY, between, everything, quarter
from bench import rederive
from tests.support.stats.facts import load
from tests.support.values import some

pytestmark = pytest.mark.shared

WINDOW = between(1_778_198_400, 1_782_345_600)  # 2026-05-08 to 2026-06-24


@pytest.fixture(scope="module")
def records() -> Any:
    known = load()
    now = max(f.covered[-1].until for f in known.values())
    return {slug: record(f.provider, f.cards, f.covered, now=now) for slug, f in known.items()}


def left_out(rec: Any, card_id: str) -> Any:
    return next(left.why for left in rec.selection.left_out if left.card.id == card_id)


def test_the_withdrawal_of_a_product_is_no_outage(records: Any) -> None:
    assert left_out(records["anthropic"], "s9w82lp9dcn9") == "notice, service not affected"
    longest = max(c.ended - c.started for c in records["anthropic"].selection.eligible)
    assert longest < 10 * DAY


def test_tests_are_left_out_and_the_109_day_degradation_counts(records: Any) -> None:
    xai = records["xai"]
    assert dict(xai.selection.reasons)["test of the status page"] == 2
    assert max(c.ended - c.started for c in xai.selection.eligible if c.ended) // DAY == 109


def test_nobody_is_at_0_or_100_percent_for_lack_of_data(records: Any) -> None:
    board = leaderboard(list(records.values()), WINDOW)
    assert [s.provider for s in board.standings] == [
        "cursor",
        "anthropic",
        "openai",
    ]
    shares = [some(standing.measure.availability) for standing in board.standings]
    assert all(0.8 < share.low <= share.high < 1 for share in shares)
    reasons = {u.provider: u.why.split(":")[0] for u in board.unranked if u.measure.covered}
    assert reasons == {
        "cohere": "no end times",
        "deepseek": "no end times",
        "elevenlabs": "no end times",
        "github": "its incidents differ too much in length for a period of this length",
        "groq": "too few incidents",
        "jetbrains-ai": "one incident is more than half of all incident time",
        "perplexity": "too few incidents",
        "windsurf": "one incident is more than half of all incident time",
        "xai": "no end times",
    }


def test_probed_pages_stand_apart(records: Any) -> None:
    board = leaderboard(list(records.values()), quarter(2026, 1), machine=True)
    assert {s.provider for s in board.standings} | {u.provider for u in board.unranked} == {"together", "fireworks"}


def test_the_quarter_with_at_least_five_providers_is_shown_first(records: Any) -> None:
    now = max(r.now for r in records.values())
    assert shown_first(list(records.values()), now) == quarter(2026, 2)


@pytest.mark.parametrize("slug", ["anthropic", "github", "xai", "modal"])
def test_numbers_equal_those_from_the_csv_alone(records: Any, slug: str) -> None:
    rec = records[slug]
    for period in (WINDOW, quarter(2026, 1), everything(rec.covered)):
        known = measure(rec, period)
        if known.availability is None:
            continue
        ours = [*(x for b in known.formulas for x in b), known.n, known.durations.median or 0.0]
        until = min(period.until, rec.covered[-1].until)
        assert ours == pytest.approx(rederive.numbers(rederive.facts(), slug, period.since, until, rec.now))


def test_what_is_built_on_another_is_seen_to_fall_with_it(records: Any) -> None:
    claude, jetbrains = (Party(records[slug], records[slug].whole) for slug in ("anthropic", "jetbrains-ai"))
    found = pair(claude, jetbrains, everything(records["jetbrains-ai"].covered))
    assert some(found.together).p < 0.001
    assert some(found.together).observed > 3 * some(found.together).expected
