"""Single values that people may write in front matter: types that say in plain words what is wrong with one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, PlainSerializer

from almanac.text import addresses, limits
from almanac.text.similar import nearest

DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))})
INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "onion")  # last
AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
YEARS = range(1990, 2101)  # of which anybody here speaks; before and after them arithmetic on times breaks
RANKS = range(1, 100)
_ALIKE = "[\u0370-\u03ff\u0400-\u052f\u0531-\u058a\u13a0-\u13f5]"  # Greek, Cyrillic, Armenian, Cherokee
_DISGUISED = re.compile(rf"[A-Za-z]\w*{_ALIKE}|{_ALIKE}\w*[A-Za-z]")


def _slug(value: str) -> str:
    """Return a slug: the form of everything that becomes part of a URL."""
    if not 1 <= len(value) <= 64 or set(value) - set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        like = re.sub("[ _.]", "-", value.strip().casefold())
        example = f", as in {like}" if like != value and re.fullmatch("[a-z0-9-]{1,64}", like) else ""
        raise ValueError(f"is not a valid slug; use 1 to 64 of a-z, 0-9 and -{example}")
    if value in DEVICES:
        raise ValueError("is a name that Windows reserves for a device; choose another")
    return value


def _web(value: str) -> str:
    """Return an address a reader may be sent to."""
    if len(value) > limits.ADDRESS:
        raise ValueError(f"has {len(value):,} characters; write an address of at most {limits.ADDRESS:,}")
    if not addresses.is_web(value):
        if value.isprintable() and not unquote(value.partition("//")[2].partition("/")[0]).isascii():
            raise ValueError("hides its real target; write the host in a to z, 0 to 9 and hyphens")
        raise ValueError("is not a valid URL; write it in full, e.g. https://status.example.com/")
    return value


def _feed_address(value: str) -> str:
    """Return the address of a feed: on the public web, by name. Where the name leads is checked when it is fetched."""
    parts = urlsplit(_web(value))
    host = (parts.hostname or "").rstrip(".")
    top = host.rpartition(".")[2]
    if "." not in host or ":" in host or top in INSIDE or not re.fullmatch("[a-z]{2,}|xn--[a-z0-9-]+", top):
        raise ValueError("is not a URL on the public web; use a host name, e.g. status.example.com")
    if not re.fullmatch(r"[^:]*(?::(?:80|443)?)?", parts.netloc):
        raise ValueError("names a port; leave it out")
    return value


def _line(value: str) -> str:
    """Return text for one line of a page."""
    if len(value) > limits.LINE:
        raise ValueError(f"has {len(value):,} characters; write at most {limits.LINE:,} in one line")
    if not value.strip() or not value.isprintable():  # False for control and direction characters too
        raise ValueError("is empty or holds a line break or control character; write one line of text")
    if _DISGUISED.search(value):
        raise ValueError("mixes letters of two alphabets in one word; retype it")
    return value


def _quote(value: str) -> str:
    """Return somebody else's words, few enough to be a quotation."""
    if value and len(value.removesuffix(" …").split()) > limits.QUOTED:
        raise ValueError(f"has more than {limits.QUOTED} words; quote fewer")
    return _line(value) if value else value


def _zone(value: str) -> str:
    """Return a time zone that is the same on every machine: of a place, or UTC."""
    if value != "UTC" and value not in _zones():
        near = nearest(value, _zones()) or "America/Los_Angeles"
        raise ValueError(f"is not a valid time zone; use an IANA name such as {near}, or UTC")
    return value


@cache
def _zones() -> frozenset[str]:
    """Return the zones of places that the package tzdata lists; those a machine adds, as `localtime`, are its own."""
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    return frozenset(name for name in listed if name.partition("/")[0] in AREAS and "/" in name)


def _former(value: str) -> str:
    """Return the address of an article before its file was renamed."""
    if not re.fullmatch(r"/articles/\d{4}/[a-z0-9]+(-[a-z0-9]+)*/", value):
        raise ValueError("is not the address of an article; write it as it was, e.g. /articles/2026/claude-outage/")
    return value


def _moment(value: datetime) -> datetime:
    """Return an instant in UTC, to the second, whatever clock it was written by."""
    if value.tzinfo is None:
        raise ValueError("has no time zone; write it in UTC with a Z, e.g. 2026-03-02T18:00:00Z")
    if value.year not in YEARS:
        raise ValueError(f"is out of range; use a year from {YEARS[0]} to {YEARS[-1]}")
    return value.astimezone(UTC).replace(microsecond=0)


def _day(value: date) -> date:
    """Return a day of which anybody here speaks."""
    if value.year not in YEARS:
        raise ValueError(f"is out of range; use a year from {YEARS[0]} to {YEARS[-1]}")
    return value


def _key(value: str) -> str:
    """Return the key that names an incident for life: the provider's slug and its own id."""
    provider, slash, incident = value.partition("/")
    if page := re.search(r"(?:^|/)incidents/([a-z0-9-]+/[^/\s]+)/?$", value):
        raise ValueError(f"is the address of a page; write {page[1]}")
    if len(value) > limits.LINE:
        raise ValueError(f"has {len(value):,} characters; write provider/id, e.g. anthropic/0ghc53zpsfmt")
    if not slash or not incident or not incident.isprintable() or " " in incident:
        raise ValueError("names no incident; write provider/id, e.g. anthropic/0ghc53zpsfmt")
    return f"{_slug(provider)}/{incident}"


def _letters(value: str) -> str:
    """Return a monogram: two letters or digits."""
    if value and (len(value) != 2 or not value.isalnum()):
        raise ValueError("is not a monogram; write two letters, e.g. Cl")
    return value


def _rank(value: int) -> int:
    """Return a place in an order that people write; a lower one comes first."""
    if value not in RANKS:
        raise ValueError(f"is out of range; use a whole number from {RANKS[0]} to {RANKS[-1]}")
    return value


def _schema(**more: str | int) -> Any:
    """Return what the JSON Schema tells editors about a type; the rule itself stands above."""
    return Field(json_schema_extra={**more})


Slug = Annotated[str, AfterValidator(_slug), _schema(pattern="^[a-z0-9-]{1,64}$")]
Web = Annotated[str, AfterValidator(_web), _schema(format="uri", pattern="^https?://")]
FeedAddress = Annotated[str, AfterValidator(_feed_address), _schema(format="uri", pattern="^https?://")]
Line = Annotated[str, AfterValidator(_line), _schema(pattern=r"^[^\n]*\S[^\n]*$")]
Quote = Annotated[str, AfterValidator(_quote)]
Former = Annotated[str, AfterValidator(_former)]
Zone = Annotated[str, AfterValidator(_zone)]
Moment = Annotated[datetime, AfterValidator(_moment)]
Day = Annotated[date, AfterValidator(_day), PlainSerializer(date.isoformat)]  # text afterwards, as JSON has no days
Key = Annotated[str, AfterValidator(_key), _schema(pattern=r"^[a-z0-9-]{1,64}/\S+$")]
Letters = Annotated[str, AfterValidator(_letters), _schema(pattern=r"^\w{2}$")]
Rank = Annotated[int, AfterValidator(_rank), _schema(minimum=RANKS[0], maximum=RANKS[-1])]
