"""Takes out of an entry the elements that hold others, such as image, author and source: what they say is not its own.

feedparser takes the title of a picture or of an author for that of the entry, and likewise their links and dates.
"""

from __future__ import annotations

from xml.parsers import expat

# What may hold markup, and what says something by itself; of any other name only what holds no element is let through.
_TEXTS = frozenset({"title", "subtitle", "summary", "content", "description", "encoded", "body", "div", "fullitem"})
_WORDS = frozenset({"guid", "id", "link", "category", "subject", "status", "date"})
_DATES = frozenset({"pubDate", "published", "updated", "issued", "modified", "created"})
_OWN = _TEXTS | _WORDS | _DATES
_PREFIXES = frozenset({"", "atom", "content", "dc", "dcterms", "rss", "xhtml"})  # media:content holds others' titles


def without(entry: bytes) -> bytes:
    """Return a well-formed entry in UTF-8 without those elements that hold elements and are no text of the entry."""
    cuts: list[tuple[int, int]] = []
    names: list[str] = []
    start = holds = 0
    parser = expat.ParserCreate("utf-8")

    def opened(name: str, _attributes: dict[str, str]) -> None:
        nonlocal start, holds
        if len(names) == 1:
            start, holds = parser.CurrentByteIndex, 0
        holds += len(names) > 1
        names.append(name)

    def closed(name: str) -> None:
        names.pop()
        if len(names) == 1 and holds and not _is_own(name, names[0]):
            end = entry.index(b">", parser.CurrentByteIndex) + 1
            cuts.append((start, end))

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.Parse(entry, True)
    if not cuts:
        return entry
    edges = [0, *(edge for cut in cuts for edge in cut), len(entry)]
    return b"".join(entry[edges[n] : edges[n + 1]] for n in range(0, len(edges), 2))


def _is_own(name: str, entry: str) -> bool:
    """Say whether an element's name is that of an entry's own text, word or date."""
    prefix, _, local = name.rpartition(":")
    return local in _OWN and (prefix in _PREFIXES or prefix == entry.rpartition(":")[0])
