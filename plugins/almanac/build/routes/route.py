"""What a route is: a generator of the outputs of one kind, cut into shards, with the addresses that it makes.

A job is a route's name and a shard. Whoever runs it takes one output after the other: each is in place before the next is
asked for, so one may be made of files before it. An output's `render` never leaves the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple, NoReturn

from almanac.build.cache import digest
from almanac.build.context import Context
from almanac.build.output import Output
from almanac.model import Provider

WHOLE = ""  # the only shard of what is not cut

Outputs = Iterator[Output]


Key = Callable[[Context, str], bytes]


class Route(NamedTuple):
    """Outputs of one kind. `addresses` are their paths, with names in braces for what differs from one to the next."""

    name: str
    addresses: tuple[str, ...]
    shards: Callable[[Context], Iterable[str]]
    outputs: Callable[[Context, str], Outputs]
    is_indexed: bool  # whether its pages stand in the sitemap of pages
    key: Key | None  # while it is the same, and every text that a shard asked for, all of it stands; None: no key tells
    is_by_incident: bool = (
        False  # whether what shows a text of an incident is made of it alone, and only if it is wanted
    )


class UnprintableError(Exception):
    """Something that cannot be shown: a line with the place that must be mended."""


def on_all(context: Context, _: str) -> bytes:
    """Return the key of what may draw on all there is, but for texts that it does not ask for."""
    return context.changes.whole


def route(
    *addresses: str, indexed: bool = True, key: Key | None = on_all
) -> Callable[[Callable[[Context], Outputs]], Route]:
    """Make a route of a generator that makes all of a kind."""

    def make(generator: Callable[[Context], Outputs]) -> Route:
        return Route(generator.__name__, addresses, _whole, lambda context, _: generator(context), indexed, key)

    return make


def provider_route(
    *addresses: str, indexed: bool = True, key: Key = on_all
) -> Callable[[Callable[[Context, Provider], Outputs]], Route]:
    """Make a route of a generator that makes those of one provider."""

    def make(generator: Callable[[Context, Provider], Outputs]) -> Route:
        def outputs(context: Context, shard: str) -> Outputs:
            return generator(context, context.providers[shard])

        return Route(generator.__name__, addresses, _slugs, outputs, indexed, key)

    return make


def sharded_route(
    shards: Callable[[Context], Iterable[str]],
    *addresses: str,
    indexed: bool = True,
    key: Key = on_all,
    by_incident: bool = False,
) -> Callable[[Callable[[Context, str], Outputs]], Route]:
    """Make a route of a generator that makes those of one shard."""

    def make(generator: Callable[[Context, str], Outputs]) -> Route:
        return Route(generator.__name__, addresses, shards, generator, indexed, key, by_incident)

    return make


def page(context: Context, path: str, template: str, make: Callable[[], object], key: object = None) -> Output:
    """Return the page that a template makes of a view.

    `key` holds all that the view depends on, where that is cheaper to get than the view; None: the view itself.
    """
    if key is not None:
        return Output(path, digest(template, key), lambda: context.page(template, make()))
    try:
        view = make()
    except OSError:
        raise
    except Exception as error:  # whatever a page shows that cannot be shown costs that page
        return Output(path, b"", partial(_fail, error))
    return Output(path, digest(template, view), lambda: context.page(template, view))


def file(path: str, make: Callable[[], bytes], key: object = None) -> Output:
    """Return a file; `key` as of a page."""
    if key is not None:
        return Output(path, digest(key), make)
    try:
        data = make()
    except OSError:
        raise
    except Exception as error:
        return Output(path, b"", partial(_fail, error))
    return Output(path, digest(data), lambda: data)


def _fail(error: Exception) -> NoReturn:
    raise error


def _whole(_: Context) -> Iterable[str]:
    return (WHOLE,)


def _slugs(context: Context) -> Iterable[str]:
    return context.providers
