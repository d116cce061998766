"""Checks what people write against each other and the archive, for check and build alike. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from almanac.content import blocks
from almanac.content.articles import Manuscript, address
from almanac.content.body import Spot
from almanac.content.frontmatter import attempt
from almanac.model.problem import Problem
from almanac.text.quoting import short
from almanac.text.similar import cure, no_incident, no_provider

Key = tuple[str, str]

INCIDENT = re.compile(r"/incidents/([a-z0-9-]+)/([^/]+)/")
MONTH = re.compile(r"/incidents/\d{4}/(?:0[1-9]|1[0-2])/")
PROVIDER = re.compile(r"/providers/([a-z0-9-]+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteIndex:
    """What the rest of the site holds."""

    providers: Collection[str]  # slugs
    incidents: Mapping[Key, str]  # by (provider slug, raw id): the address of its page
    leads: Callable[[str], bool]  # True if the site makes a page or file at an address such as leaderboard/
    pictures: Collection[str] = ()  # addresses


def across(manuscripts: Iterable[Manuscript], site: SiteIndex) -> list[Problem]:
    """Return every problem, but dead links, that shows only when the files are seen together."""
    everything = list(manuscripts)
    by_url: dict[str, Manuscript] = {}
    faults: list[Problem] = []
    for manuscript in everything:
        faults += _address(manuscript, by_url, site)
        by_url.setdefault(manuscript.url, manuscript)
    for manuscript in everything:
        faults += attempt(manuscript.matter.file, lambda: _across(manuscript, by_url, site))  # noqa: B023
    return sorted(faults)


def _across(manuscript: Manuscript, by_url: Mapping[str, Manuscript], site: SiteIndex) -> Iterator[Problem]:
    yield from _known_before(manuscript, by_url)
    yield from _names(manuscript, site)
    yield from _blocks(manuscript, site)
    yield from _times(manuscript)


def dead_links(manuscripts: Iterable[Manuscript], site: SiteIndex, broken: Collection[str] = ()) -> list[Problem]:
    """Return a fault for every link that leads nowhere on the site.

    `broken` are addresses of files with faults of their own: links to them are not blamed as well.
    """
    everything = list(manuscripts)
    by_url: dict[str, Manuscript] = {}
    for manuscript in everything:
        by_url.setdefault(manuscript.url, manuscript)
    addresses = _Addresses(by_url, site, broken)
    faults: list[Problem] = []
    for manuscript in everything:
        faults += attempt(manuscript.matter.file, lambda: _dead(manuscript, addresses))  # noqa: B023
    return sorted(faults)


def _dead(manuscript: Manuscript, addresses: _Addresses) -> Iterator[Problem]:
    for spot in manuscript.body.links:
        if message := addresses.wrong_with(spot, manuscript):
            yield manuscript.problem(spot, message)


def _address(manuscript: Manuscript, by_url: Mapping[str, Manuscript], site: SiteIndex) -> Iterator[Problem]:
    url = manuscript.url
    if url in by_url:
        message = f"has the address of content/{by_url[url].file}, {url}; rename one of the two"
        yield Problem(file=manuscript.matter.file, message=message)
    elif not manuscript.year and site.leads(url.lstrip("/")):
        yield Problem(file=manuscript.matter.file, message=f"has the address of another page, {url}; rename it")


def _known_before(manuscript: Manuscript, by_url: Mapping[str, Manuscript]) -> Iterator[Problem]:
    """Yield a problem for a first address that another article has: feed readers would take the two for one."""
    other = by_url.get(manuscript.values.get("first_url", ""))
    if other and other is not manuscript:
        message = f"is the address of {other.matter.file}; name the one this article had, or leave it out"
        yield manuscript.matter.problem(("first_url",), message)


def _names(manuscript: Manuscript, site: SiteIndex) -> Iterator[Problem]:
    """Yield a problem for each provider and incident that the site does not have."""
    for index, slug in enumerate(manuscript.values.get("providers", ())):
        if slug not in site.providers:
            yield manuscript.matter.problem(("providers", index), no_provider(slug, site.providers))
    for index, key in enumerate(manuscript.values.get("incidents", ())):
        if message := _no_incident(key, site):
            yield manuscript.matter.problem(("incidents", index), message)


def _blocks(manuscript: Manuscript, site: SiteIndex) -> Iterator[Problem]:
    """Yield a problem for each block that shows nothing of the archive."""
    for spot in manuscript.body.blocks:
        try:
            block = blocks.read(spot.what)
        except ValueError as error:
            yield manuscript.problem(spot, str(error))
            continue
        if block.provider and block.provider not in site.providers:
            yield manuscript.problem(spot, no_provider(block.provider, site.providers))
        elif block.kind == "incident" and (message := _no_incident(f"{block.provider}/{block.name}", site)):
            yield manuscript.problem(spot, message)


def _no_incident(key: str, site: SiteIndex) -> str:
    """Return a message about an incident, provider/id, that the archive does not hold; "" if it does."""
    slug, _, raw = key.partition("/")
    if slug not in site.providers:
        return no_provider(slug, site.providers)
    return "" if (slug, raw) in site.incidents else no_incident(key, map("/".join, site.incidents))


def _times(manuscript: Manuscript) -> Iterator[Problem]:
    """Yield a problem for each change dated before its article."""
    values = manuscript.values
    if not manuscript.year:
        return
    if values["modified"] and values["modified"] < values["date"]:
        yield manuscript.matter.problem(("modified",), "is before the date; write when it was changed, or leave it out")
    for index, correction in enumerate(values["corrections"]):
        if correction["date"] < values["date"]:
            path = ("corrections", index, "date")
            yield manuscript.matter.problem(path, "is before the date of the article; write when it was corrected")


class _Addresses:
    """The addresses that links inside the site may lead to."""

    def __init__(self, by_url: Mapping[str, Manuscript], site: SiteIndex, broken: Collection[str]) -> None:
        self._by_url = by_url
        self._broken = broken
        self._by_file = {manuscript.file: manuscript for manuscript in by_url.values()}
        self._site = site
        self._pages = set(site.incidents.values())

    def wrong_with(self, spot: Spot, source: Manuscript) -> str:
        """Return why a link of `source` leads nowhere; "" if it leads somewhere, or out of the site."""
        target, _, anchor = unquote(spot.what).partition("#")
        if target.startswith("{filename}"):
            return self._file(target.removeprefix("{filename}"), anchor, source)
        if not target and anchor:
            return _anchor(anchor, source)
        if not target.startswith("/"):
            return ""
        path = target.partition("?")[0]
        if path in self._broken:
            return ""
        if manuscript := self._by_url.get(path):
            return _anchor(anchor, manuscript) if anchor else ""
        return "" if self._leads(path) else self._nowhere(path)

    def _file(self, target: str, anchor: str, source: Manuscript) -> str:
        folder = "" if target.startswith("/") else posixpath.dirname(source.file)
        file = posixpath.normpath(posixpath.join(folder, target.lstrip("/")))
        if address(file) in self._broken:
            return ""
        if file in self._by_file:
            return _anchor(anchor, self._by_file[file]) if anchor else ""
        like = "name an article or page, e.g. {filename}/pages/about.md"
        return f"content/{file} is not an article or page; {cure(file, self._by_file, like, '{{filename}}/{}')}"

    def _leads(self, path: str) -> bool:
        if match := INCIDENT.fullmatch(path):
            return path in self._pages or (bool(MONTH.fullmatch(path)) and self._site.leads(path[1:]))
        if match := PROVIDER.match(path):
            return match[1] in self._site.providers and self._site.leads(path[1:])
        if path.startswith("/images/"):
            return path in self._site.pictures
        if path.startswith("/articles/") and path.endswith("/") and path != "/articles/":
            return False
        return self._site.leads(path[1:])

    def _nowhere(self, path: str) -> str:
        if f"{path}/" in self._by_url or self._leads(f"{path}/"):
            return f"{path} is an address without its final slash; write {path}/"
        if path.startswith("/images/"):
            otherwise = "put it there: python3 tasks.py new image FILE"
            return f"{short(path)} is not in content/images; {cure(path, self._site.pictures, otherwise)}"
        candidates = [*self._by_url, *self._pages]
        return f"{path[:80]} is a broken link: no such page; {cure(path, candidates, 'correct the address')}"


def _anchor(anchor: str, page: Manuscript) -> str:
    if anchor in page.body.anchors:
        return ""
    what_to_write = cure(anchor, page.body.anchors, "name a heading of that page", "#{}")
    return f"#{anchor} is not a section of {page.url}; {what_to_write}"
