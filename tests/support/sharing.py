"""Shares tests out among workers, so that none waits at the end for another one's long test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import TypeVar

Test = TypeVar("Test")


def in_shares(
    tests: Sequence[Test], workers: int, *, is_slow: Callable[[Test], bool], module: Callable[[Test], object]
) -> list[Test]:
    """Return the tests in an order in which each worker begins with its share of slow ones.

    pytest-xdist gives each worker as many of them as any other, in the order in which they stand, and lets those that
    are done take from the end of what others have: quick ones, which cost the same anywhere. The slow tests of a module
    stay together: most share what they have built.
    """
    modules = [list(group) for _, group in groupby(filter(is_slow, tests), module)]
    quick = iter([test for test in tests if not is_slow(test)])
    shares = []
    for number in range(workers):
        slow = [test for group in modules[number::workers] for test in group]
        size = len(tests) // workers + (number >= workers - len(tests) % workers)
        shares.append([*slow, *_first(quick, size - len(slow))])
    return [test for share in shares for test in share] + list(quick)


def _first(tests: Iterable[Test], count: int) -> list[Test]:
    return [test for _, test in zip(range(count), tests, strict=False)]
