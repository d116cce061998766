"""Reads the times feeds print: stamps in the forms that programs print, zones by name, stamps without a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from almanac.model import YEARS

_YEAR = timedelta(days=366)
_FIRST, _LAST = YEARS.start, YEARS.stop  # others are typing errors or attacks
_FIRST_SECOND, _LAST_SECOND = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (_FIRST, _LAST))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST = 100  # characters of a stamp; what is longer is prose
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?(?:\s?(?P<half>[ap])\.?m\b\.?)?"
_ZONE = r"(?P<zone>[a-z+-]\S{0,31}(?: [a-z]{1,5})?)"
_TIME = rf"(?:(?:\s*,\s*|\s+|t)(?:at\s+)?{_CLOCK}(?:\s*{_ZONE})?)?"  # a date may stand alone
_WEEKDAY = r"(?:[a-z]{3,9}(?:\.?\s*,\s*|\.?\s+))?"
_MONTH, _DAY = r"(?P<month>[a-z]{3,9})", r"(?P<day>\d{1,2})"
_FORMS = tuple(
    re.compile(form, re.ASCII | re.IGNORECASE)
    for form in (
        rf"{_WEEKDAY}{_DAY}(?:\s+|-){_MONTH}\.?(?:\s+|-)(?P<year>\d{{2,4}}){_TIME}",  # RFC 822, 850, 2822
        rf"(?P<year>\d{{4}})(?P<sign>[-/.])(?P<month>\d{{1,2}})(?P=sign){_DAY}{_TIME}",  # ISO 8601, SQL and the like
        rf"{_WEEKDAY}{_MONTH}\.?\s+{_DAY}(?:st|nd|rd|th)?\s*,?\s+(?P<year>\d{{4}}){_TIME}",  # JavaScript, American
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s+{_CLOCK}(?:\s+{_ZONE})?\s+(?P<year>\d{{4}})",  # asctime, date(1)
    )
)
_COMMENT = re.compile(r"\s*\([^()]{0,64}\)$")  # RFC 822 and JavaScript name the zone again in brackets
_TWICE = re.compile(r"([+-]\d\d:?\d\d)\s+[a-z]{1,5}", re.ASCII | re.IGNORECASE)  # +0000 UTC, as Go prints it
NO_ZONE, NO_CLOCK = "no zone", "no time of day"  # what a stamp may leave open
ASSUMED = MappingProxyType({NO_ZONE: "a time in", NO_CLOCK: "the beginning of that day in"})  # what is read instead
_OFFSET = re.compile(r"(?:UTC|GMT|Z)?\s?([+-])(\d{1,2})(?::?(\d\d))?", re.ASCII)
_IANA = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)?")

# Hours from UTC. Names that mean different things on different continents (IST, CST outside America) are left out or
# taken as American, as status pages use them.
_AMERICA = {-10: "HST", -9: "AKST", -8: "PST AKDT", -7: "PDT MST", -6: "MDT CST", -5: "CDT EST", -4: "EDT"}
_EUROPE = {0: "Z UTC GMT UT WET", 1: "BST CET WEST", 2: "CEST EET", 3: "EEST"}
_PACIFIC = {8: "HKT SGT AWST", 9: "JST KST", 10: "AEST", 11: "AEDT", 12: "NZST", 13: "NZDT"}
_ABBREVIATIONS = _AMERICA | _EUROPE | _PACIFIC
_ZONES = {name: timezone(timedelta(hours=hours)) for hours, names in _ABBREVIATIONS.items() for name in names.split()}
_REGIONS = {"PT": "US/Pacific", "ET": "US/Eastern", "CT": "US/Central", "MT": "US/Mountain"}


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo | None:
    """Return the zone of a name (PST, UTC, US/Pacific) or offset (+0800, GMT+0); None if it is not known.

    PST and PDT are fixed offsets, as they are printed; US/Pacific and PT follow the rules of daylight saving.
    """
    if name.upper() in _ZONES:
        return _ZONES[name.upper()]
    offset = _OFFSET.fullmatch(name.upper())
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes)) if minutes < 24 * 60 else None
    region = _REGIONS.get(name.upper(), name)
    if not _IANA.fullmatch(region):
        return None
    try:
        return ZoneInfo(region)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


class Stamp(NamedTuple):
    """A time as it was written: in its zone, in whole seconds. `lacks`: what it leaves open and we had to assume."""

    at: datetime
    lacks: str = ""


def stamp(text: str, default_zone: tzinfo = UTC) -> datetime | None:
    """Return the UTC time of a stamp, in whole seconds; None if it is no time or names no known zone."""
    date = parse(text, default_zone)
    return None if date is None else date.at.astimezone(UTC)


def parse(text: str, default_zone: tzinfo = UTC) -> Stamp | None:
    """Read a stamp as feeds write it: ISO 8601, RFC 822, or what programs print by themselves; None if it is no time.

    What names no zone is in the `default_zone`, and a date alone is the beginning of its day. A year of two or three
    digits is read as RFC 2822 (4.3) has it. Of dates in numbers only those with the year in front are clear.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    bare = _COMMENT.sub("", text)
    match = next(filter(None, (form.fullmatch(bare) for form in _FORMS)), None)
    return _of_parts(match.groupdict(), default_zone) if match else _iso(bare, default_zone)


def _of_parts(part: dict[str, str | None], default_zone: tzinfo) -> Stamp | None:
    """Return the stamp of the parts that a form matched; month and year are always there."""
    name, year = part["month"] or "", _year(part["year"] or "")
    month = int(name) if name.isdecimal() else month_of(name)
    hour = hour_of_day(int(part["hour"] or 0), (part["half"] or "").lower())
    in_zone = zone(_TWICE.sub(r"\1", part["zone"])) if part["zone"] else default_zone
    if month is None or hour is None or in_zone is None:
        return None
    second = min(int(part["second"] or 0), 59)  # a leap second is the last of its minute
    at = moment(year, month, int(part["day"] or 0), hour, int(part["minute"] or 0), second, in_zone)
    return Stamp(at, NO_CLOCK if part["hour"] is None else "" if part["zone"] else NO_ZONE) if at else None


def _iso(text: str, default_zone: tzinfo) -> Stamp | None:
    """Read ISO 8601 in its other forms, such as 20260302T112041Z."""
    try:
        at = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    lacks = "" if at.tzinfo else NO_ZONE if ":" in text or "T" in text.upper() else NO_CLOCK
    in_zone = at.tzinfo or default_zone
    exact = moment(at.year, at.month, at.day, at.hour, at.minute, at.second, in_zone)
    return Stamp(exact, lacks) if exact else None


def _year(digits: str) -> int:
    """Return a year by RFC 2822: 26 is 2026, 98 is 1998, 126 is 2026."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def hour_of_day(hour: int, half: str) -> int | None:
    """Return the hour of the day, 0 to 23; `half` is a or p where the clock has twelve hours."""
    if not half:
        return hour
    return hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else None


def month_of(name: str) -> int | None:
    """Return 1 to 12 for an English name of a month, short or whole."""
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else None


def moment(year: int, month: int, day: int, hour: int, minute: int, second: int, in_zone: tzinfo) -> datetime | None:
    """Return the aware time, or None for the 30th of February and the like."""
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=in_zone) if _FIRST <= year < _LAST else None
    except ValueError:
        return None


def reach(stamps: Iterable[datetime | None]) -> datetime | None:
    """Return how far back a feed goes, in whatever order it stands: the oldest stamp that is no slip.

    A slip lies further before all the others than a year, and than they lie apart.
    """
    dates = sorted(at for at in stamps if at)
    while len(dates) > 2 and dates[1] - dates[0] > max(_YEAR, dates[-1] - dates[1]):
        del dates[0]
    return dates[0] if dates else None


def epoch(seconds: float) -> datetime | None:
    """Return the UTC time of epoch seconds; None for a year outside YEARS."""
    return datetime.fromtimestamp(seconds, UTC) if _FIRST_SECOND <= seconds < _LAST_SECOND else None


def local(text: str, in_zone: tzinfo) -> datetime | None:
    """Return the UTC time of "2026-03-02 11:49" on the clocks of a zone; None if no clock can have shown it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    exact = moment(at.year, at.month, at.day, at.hour, at.minute, at.second, in_zone)
    return exact.astimezone(UTC) if exact else None


def in_any_year(month: int, day: int, clock: tuple[int, int, int], in_zone: tzinfo, anchor: datetime) -> list[datetime]:
    """Return the UTC times with this month, day and (hour, minute, second) in the years around `anchor`, oldest first."""
    dates = (moment(anchor.year + n, month, day, *clock, in_zone) for n in (-1, 0, 1))
    return [at.astimezone(UTC) for at in dates if at]
