"""The values of the inbox: a story that somebody told, who told it, and what was decided about stories before it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from almanac.text import limits

_TRACKING = re.compile(r"utm_\w+|ref|source|cmp|ito|ns_\w+|at_\w+|fbclid|gclid|smid|guccounter|taid|cmpid|icid")

_READ_ON = re.compile(r"\s*\[?(?:Read (?:more|the full \w+)|Continue reading|The post \b.{0,200}appeared first)\b.*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One telling of a story: where, under which title, by whom and when (aware UTC)."""

    url: str
    title: str
    publisher: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A story of a provider's trouble, waiting for a person. `told` stands in order of time, and is never empty.

    `quote`: at most `limits.QUOTED` words of the first telling. `incidents`: keys provider/id it overlaps in time
    and name.
    `grade` as of claims: press or user-report. `file`: relative to content/, "" until it is saved.
    """

    told: tuple[Told, ...]
    quote: str = ""
    grade: str
    providers: tuple[str, ...]
    incidents: tuple[str, ...] = ()
    why: str
    file: str = ""

    @property
    def lead(self) -> Told:
        """The telling that the draft is named after: the first."""
        return self.told[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A telling whose story left the inbox: it was dropped, or became a link post or an article."""

    told: Told
    word: str  # dropped, link or article
    providers: tuple[str, ...]
    incidents: tuple[str, ...]


def canonical(url: str) -> str:
    """One spelling for the addresses of one page: no fragment, no tracking arguments, https, no www or trailing /."""
    parts = urlsplit(url)
    host = (parts.netloc or "").lower().removeprefix("www.").removeprefix("m.").removeprefix("amp.")
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)])
    return urlunsplit(("https", host, parts.path.rstrip("/"), query, ""))


def quotation(text: str) -> str:
    """The first `limits.QUOTED` words of a text without its call to read on, with … where it goes on."""
    words = _READ_ON.sub("", text).split()
    return " ".join(words[: limits.QUOTED]) + (" …" if len(words) > limits.QUOTED else "")


def in_order(told: Iterable[Told]) -> tuple[Told, ...]:
    """Tellings by time; of two of one page the first."""
    found: dict[str, Told] = {}
    for one in sorted(told, key=lambda one: (one.at, one.url)):
        found.setdefault(canonical(one.url), one)
    return tuple(found.values())
