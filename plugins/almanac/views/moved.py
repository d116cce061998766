"""Pages that lead on: addresses at which people look for something that stands at another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from almanac.model import Provider
from almanac.text.slug import identifier
from almanac.views import base
from almanac.views.base import Head, Link

CUSTOMARY = ("rss", "feed", "feeds")  # folders in which feeds of a site are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A page that leads on to another at once; its canonical address, `head.path`, is that of the other."""

    head: Head
    title: str
    target: Link


def to_feeds() -> Moved:
    """Return the page that stands where feeds are looked for; feed readers find them named in its head."""
    target = Link("/subscribe/", "All feeds, and how to follow the site")
    return Moved(
        head=Head(title="Feeds", path=target.url, section="subscribe"), title="The feeds have moved", target=target
    )


def to_provider(provider: Provider) -> Moved:
    """Return the page that stands where a provider is looked for under another name."""
    target = Link(base.provider_url(provider.slug), f"Is {provider.name} down?")
    feeds = base.provider_feeds(provider.slug, provider.name)
    return Moved(
        head=Head(title=provider.name, path=target.url, section="providers", feeds=feeds),
        title=f"{provider.name} has moved to another address",
        target=target,
    )


def other_names(providers: Iterable[Provider]) -> Iterator[tuple[str, Provider]]:
    """Yield slugs under which providers are looked for, with whom they mean; what may mean two means none."""
    providers = tuple(providers)
    owners: dict[str, set[str]] = {}
    for provider in providers:
        for slug in _slugs(provider):
            owners.setdefault(slug, set()).add(provider.slug)
    slugs = {provider.slug for provider in providers}
    for provider in providers:
        yield from (
            (slug, provider) for slug in _slugs(provider) if owners[slug] == {provider.slug} and slug not in slugs
        )


def _slugs(provider: Provider) -> list[str]:
    """Return the names of a provider as parts of an address, each once."""
    names = map(identifier, (provider.name, provider.company, *provider.aliases))
    return [name for name in dict.fromkeys(names) if name and name.isascii()]
