"""Reads the times feeds print: ISO and RFC 822 stamps, zones by name, and stamps without a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from almanac.model import YEARS

_YEAR = timedelta(days=366)
_FIRST, _LAST = YEARS.start, YEARS.stop  # others are typing errors or attacks
_FIRST_SECOND, _LAST_SECOND = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (_FIRST, _LAST))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})\s+([A-Za-z]{3,9})\s+(\d{4})\s+(\d{1,2}):(\d\d)(?::(\d\d))?(?:\s+(\S{1,32}))?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+-])(\d{1,2})(?::?(\d\d))?")
_IANA = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z_]+(?:/[A-Za-z_]+)?")

# Hours from UTC. Names that mean different things on different continents (IST, CST outside America) are left out or
# taken as American, as status pages use them.
_AMERICA = {-10: "HST", -9: "AKST", -8: "PST AKDT", -7: "PDT MST", -6: "MDT CST", -5: "CDT EST", -4: "EDT"}
_EUROPE = {0: "Z UTC GMT UT WET", 1: "BST CET WEST", 2: "CEST EET", 3: "EEST"}
_PACIFIC = {8: "HKT SGT AWST", 9: "JST KST", 10: "AEST", 11: "AEDT", 12: "NZST", 13: "NZDT"}
_NAMED = _AMERICA | _EUROPE | _PACIFIC
_ZONES = {name: timezone(timedelta(hours=hours)) for hours, names in _NAMED.items() for name in names.split()}
_REGIONS = {"PT": "US/Pacific", "ET": "US/Eastern", "CT": "US/Central", "MT": "US/Mountain"}


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo | None:
    """The zone of a name (PST, UTC, US/Pacific) or offset (+0800, GMT+0); None if it is not known.

    PST and PDT are fixed offsets, as they are printed; US/Pacific and PT follow the rules of daylight saving.
    """
    if name in _ZONES:
        return _ZONES[name]
    offset = _OFFSET.fullmatch(name)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes)) if minutes < 24 * 60 else None
    if name not in _REGIONS and not _IANA.fullmatch(name):
        return None
    try:
        return ZoneInfo(_REGIONS.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def stamp(text: str) -> datetime | None:
    """The UTC time, in whole seconds, of an ISO 8601 or RFC 822 stamp; None if it is none or names no known zone."""
    local = zoned(text)
    return None if local is None else local.astimezone(UTC)


def zoned(text: str) -> datetime | None:
    """As `stamp`, in the zone it was written in."""
    text = text.strip()
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return _rfc822(text)
    return local.replace(microsecond=0) if local.tzinfo and _FIRST <= local.year < _LAST else None


def _rfc822(text: str) -> datetime | None:
    match = _RFC822.fullmatch(text)
    if not match:
        return None
    day, name, year, hour, minute, second, zone_name = match.groups()
    there, month = zone(zone_name or "GMT"), month_of(name)
    if there is None or month is None:
        return None
    return moment(int(year), month, int(day), int(hour), int(minute), min(int(second or 0), 59), there)


def month_of(name: str) -> int | None:
    """1 to 12 for an English name of a month, short or whole."""
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else None


def moment(year: int, month: int, day: int, hour: int, minute: int, second: int, there: tzinfo) -> datetime | None:
    """The aware time, or None for the 30th of February and the like."""
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=there) if _FIRST <= year < _LAST else None
    except ValueError:
        return None


def reach(stamps: Iterable[datetime | None]) -> datetime | None:
    """How far back a feed goes, in whatever order it stands: the oldest stamp that is no slip.

    A slip lies further before all the others than a year, and than they lie apart.
    """
    there = sorted(at for at in stamps if at)
    while len(there) > 2 and there[1] - there[0] > max(_YEAR, there[-1] - there[1]):
        del there[0]
    return there[0] if there else None


def epoch(seconds: float) -> datetime | None:
    """The UTC time of epoch seconds; None for one in no year of ours."""
    return datetime.fromtimestamp(seconds, UTC) if _FIRST_SECOND <= seconds < _LAST_SECOND else None


def local(written: str, there: tzinfo) -> datetime | None:
    """The UTC time of "2026-03-02 11:49" on the clocks of a zone; None if no clock can have shown it."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    exact = moment(at.year, at.month, at.day, at.hour, at.minute, at.second, there)
    return exact.astimezone(UTC) if exact else None


def in_any_year(month: int, day: int, clock: tuple[int, int, int], there: tzinfo, anchor: datetime) -> list[datetime]:
    """The UTC times with this month, day and (hour, minute, second) in the years around `anchor`, oldest first."""
    found = (moment(anchor.year + n, month, day, *clock, there) for n in (-1, 0, 1))
    return [at.astimezone(UTC) for at in found if at]
