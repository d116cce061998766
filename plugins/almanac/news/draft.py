"""The values of the inbox: drafts of stories, and the decisions about those that left it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from almanac.content.link_posts import Telling
from almanac.text import limits

_TRACKING = re.compile(r"utm_\w+|ref|source|cmp|ito|ns_\w+|at_\w+|fbclid|gclid|smid|guccounter|taid|cmpid|icid")

_READ_ON = re.compile(r"\s*\[?(?:Read (?:more|the full \w+)|Continue reading|The post \b.{0,200}appeared first)\b.*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDraft:
    """A story of a provider's trouble, waiting for a person. `tellings` stand in order of time, and is never empty.

    `quote`: at most `limits.QUOTED` words of the first telling. `incidents`: keys provider/id it overlaps in time
    and name.
    `grade` as of claims: press or user-report. `file`: relative to content/, "" until it is saved.
    """

    tellings: tuple[Telling, ...]
    quote: str = ""
    grade: str
    providers: tuple[str, ...]
    incidents: tuple[str, ...] = ()
    why: str
    file: str = ""

    @property
    def lead(self) -> Telling:
        """The first telling, which the draft is named after."""
        return self.tellings[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A telling whose story left the inbox: it was dropped, or became a link post or an article."""

    telling: Telling
    word: str  # dropped, link or article
    providers: tuple[str, ...]
    incidents: tuple[str, ...]


def canonical(url: str) -> str:
    """Return one form of all addresses of a page: https, no fragment, tracking arguments, www or trailing slash."""
    parts = urlsplit(url)
    host = (parts.netloc or "").lower().removeprefix("www.").removeprefix("m.").removeprefix("amp.")
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)])
    return urlunsplit(("https", host, parts.path.rstrip("/"), query, ""))


def quotation(text: str) -> str:
    """Return the first `limits.QUOTED` words of a text without its call to read on, with … where it goes on."""
    words = _READ_ON.sub("", text).split()
    return " ".join(words[: limits.QUOTED]) + (" …" if len(words) > limits.QUOTED else "")


def in_order(tellings: Iterable[Telling]) -> tuple[Telling, ...]:
    """Return the tellings by time; of two of one page the first."""
    by_page: dict[str, Telling] = {}
    for one in sorted(tellings, key=lambda one: (one.at, one.url)):
        by_page.setdefault(canonical(one.url), one)
    return tuple(by_page.values())
