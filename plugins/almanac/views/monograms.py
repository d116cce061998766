"""Two letters for each provider, by which the eye finds its row; no two providers have the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from almanac.model import Provider


def monograms(providers: Iterable[Provider]) -> dict[str, str]:
    """Return the letters of each provider, by its slug: those its file gives, else the first of its name that are free."""
    everybody = sorted(providers, key=lambda provider: provider.slug)
    letters = {provider.slug: provider.monogram for provider in everybody if provider.monogram}
    pairs = set(letters.values())
    for provider in everybody:
        if provider.slug not in letters:
            letters[provider.slug] = next(pair for pair in _candidates(provider.name) if pair not in pairs)
            pairs.add(letters[provider.slug])
    return letters


def _candidates(name: str) -> Iterator[str]:
    """Yield the first letter of a name with each that follows, then with numbers."""
    first, *rest = [letter for letter in name if letter.isalnum()] or ["?"]
    yield from (first.upper() + letter.lower() for letter in rest)
    number = 1
    while True:
        yield f"{first.upper()}{number}"
        number += 1
