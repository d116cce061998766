"""What a surface is: a kind of page or file, its address, what it shows, and which template prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from almanac.engine.edition import Edition


class Surface(NamedTuple):
    """A kind of page or file; all of a kind are made by one process, in their order.

    `each` gives the arguments of every one of its kind, which `path` is made with too.
    `key` gives all that `make` depends on, where that is cheaper to get than the result; None: the result itself.
    """

    path: str
    make: Callable[..., object]
    template: str = ""
    each: Callable[[Edition], Iterable[tuple[Any, ...]]] = lambda _: [()]
    key: Callable[..., object] | None = None


def providers(edition: Edition) -> Iterable[tuple[Any, ...]]:
    """One of each provider."""
    return ((provider,) for provider in edition.almanac.providers)
