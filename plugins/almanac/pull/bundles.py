"""Cuts providers into bundles to be pulled by one worker each: all that share a host are in one, so one worker knows its turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from urllib.parse import urlsplit

from almanac.model import Provider

LARGEST = 50  # providers of a bundle, where no host has more
FEWEST = 8  # bundles, where providers suffice: so that some workers have some each


def bundles(providers: Sequence[Provider]) -> list[tuple[Provider, ...]]:
    """Return all providers in bundles, the largest first."""
    most = max(1, min(LARGEST, len(providers) // FEWEST))
    full: list[tuple[Provider, ...]] = []
    last: tuple[Provider, ...] = ()
    for group in by_host(providers):
        if last and len(last) + len(group) > most:
            full.append(last)
            last = ()
        last += group
    return sorted([*full, last] if last else full, key=len, reverse=True)


def by_host(providers: Iterable[Provider]) -> list[tuple[Provider, ...]]:
    """Return groups of providers no two of which ask one host; a provider whose feeds have several hosts joins theirs."""
    groups: dict[int, list[Provider]] = {}
    owners: dict[str, int] = {}  # host → group
    for number, provider in enumerate(providers):
        hosts = {urlsplit(feed.url).hostname or "" for feed in provider.feeds}
        joined = sorted({owners[host] for host in hosts if host in owners})
        group = [*chain.from_iterable(groups.pop(other) for other in joined), provider]
        groups[number] = group
        owners |= {urlsplit(feed.url).hostname or "": number for one in group for feed in one.feeds}
    return [tuple(group) for group in groups.values()]
