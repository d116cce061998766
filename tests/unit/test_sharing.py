"""Tests are shared out so that no worker waits for another one's long test."""

from __future__ import annotations

import pytest

from tests.support.sharing import in_shares

TESTS = ["a.SLOW", "a.quick1", "b.SLOW1", "b.SLOW2", "b.quick2", "c.quick3", "c.quick4", "d.SLOW", "d.quick5"]


def shared(workers: int) -> str:
    """Return the names of the tests in their new order."""
    order = in_shares(TESTS, workers, is_slow=lambda test: "SLOW" in test, module=lambda test: test[0])
    assert sorted(order) == sorted(TESTS)
    return " ".join(order)


@pytest.mark.parametrize(
    ("workers", "order"),
    [
        (1, "a.SLOW b.SLOW1 b.SLOW2 d.SLOW a.quick1 b.quick2 c.quick3 c.quick4 d.quick5"),
        (2, "a.SLOW d.SLOW a.quick1 b.quick2 b.SLOW1 b.SLOW2 c.quick3 c.quick4 d.quick5"),
        (3, "a.SLOW a.quick1 b.quick2 b.SLOW1 b.SLOW2 c.quick3 d.SLOW c.quick4 d.quick5"),
    ],
)
def test_each_worker_begins_with_its_share_of_the_slow_ones(workers: int, order: str) -> None:
    assert shared(workers) == order


def test_there_may_be_more_slow_ones_than_a_share_holds() -> None:
    assert in_shares("aaaab", 2, is_slow="a".__eq__, module=str) == list("aaaab")
