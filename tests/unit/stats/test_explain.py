"""The derivation of a number shows its rows and ends at the number the leaderboard shows."""

import pytest

from almanac.stats.explain import leaderboard_number
from almanac.stats.record import record
from almanac.stats.windows import between
from tests.support.stats.cards import MIDNIGHT, at, card, provider, times

PERIOD = between(MIDNIGHT, at(24 * 28))


def test_each_step_from_coverage_to_rank_is_printed() -> None:
    cards = (
        card(24, 26, id="one"),
        card(25, 27, "major", id="two"),
        card(60, 63, id="three"),
        card(80, 83, id="four"),
        card(90, 93, id="five"),
        card(70, 71, kind="test", id="trial"),
        card(100, 106, "none", id="calm"),
        card(-5, -4, id="before"),
    )
    acme = record(provider(), cards, times((0, 24 * 28)), now=at(24 * 28))
    assert (
        "\n".join(leaderboard_number([acme], "acme", PERIOD))
        == """\
acme, 2026-03-01 to 2026-03-28

1. Covered time: when the archive would have seen an incident
   2026-03-01T00:00:00Z to 2026-03-29T00:00:00Z
   2419200 s of 2419200 s = 100.0%

2. Incidents that started in the period
   left out  trial  2026-03-03T22:00:00Z  test of the status page
   counted   one  2026-03-02T00:00:00Z to 2026-03-02T02:00:00Z  7200 s  minor
   counted   two  2026-03-02T01:00:00Z to 2026-03-02T03:00:00Z  7200 s  major
   counted   three  2026-03-03T12:00:00Z to 2026-03-03T15:00:00Z  10800 s  minor
   counted   four  2026-03-04T08:00:00Z to 2026-03-04T11:00:00Z  10800 s  minor
   counted   five  2026-03-04T18:00:00Z to 2026-03-04T21:00:00Z  10800 s  minor
   counted   calm  2026-03-05T04:00:00Z to 2026-03-05T10:00:00Z  21600 s  none
   n = 6

3. Time in reported incidents: overlaps merged, cut to covered time
   at least 64800 s in 5 stretches; 1 - 64800 / 2419200 = 97.3214% incident-free
   at most 64800 s in 5 stretches; 1 - 64800 / 2419200 = 97.3214% incident-free

4. The same with other weights for rated none, degraded, partial, full
   any reported incident 1, 1, 1, 1       97.3214% to 97.3214%
   Statuspage            0, 0, 0.3, 1     99.9107% to 99.9107%
   incident.io           0, 0, 1, 1       99.7024% to 99.7024%
   OpenStatus            0, 0, 0.5, 1     99.8512% to 99.8512%
   AIWatch               0, 0.3, 1, 1     99.2560% to 99.2560%
   1, ¾, ¼               0, 0.25, 0.75, 1 99.4048% to 99.4048%
   1, 1, ½               0, 0.5, 1, 1     98.9583% to 98.9583%
   90% interval of the first, from whole weeks and whole incidents: 23.70% to 100.00%
   6.43 incidents per 30 days of data, Poisson 2.80 to 12.69

5. Rank 1 to 1 of 1
   0 significantly better, 0 significantly worse
   statistically tied: acme"""
    )


def test_who_is_not_ranked_is_explained_too() -> None:
    acme = record(provider(), (card(24, id="open"),), times((0, 24 * 20)), now=at(24 * 28))
    lines = leaderboard_number([acme], "acme", PERIOD)
    assert "   counted   open  2026-03-02T00:00:00Z to no end recorded  minor" in lines
    assert lines[-1] == "5. Not ranked: data for only 20 days (28 needed)"


def test_an_unknown_provider_is_an_error_that_names_the_known_ones() -> None:
    acme = record(provider(), (), times((0, 9)), now=at(9))
    with pytest.raises(ValueError, match="no provider 'acne'; there is acme"):
        leaderboard_number([acme], "acne", PERIOD)
