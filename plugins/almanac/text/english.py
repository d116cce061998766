"""Puts lengths, dates, counts and shares into English words, the one way the site prints them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as calendar_day
from datetime import datetime

from almanac.model.times import TWO
from almanac.model.times import moment as instant

MINUTE, HOUR, DAY = 60, 3600, 86400
GAP = "\u00a0"  # between a number and its unit: the two never part at the end of a line

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SHORT_MONTHS = tuple(name[:3] for name in MONTHS)
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def duration(seconds: int) -> str:
    """Return a length as "under 1 min", "58 min", "3 h 58 min"; from a day on to the hour, from ten to the day."""
    if seconds < MINUTE:
        return f"under 1{GAP}min" if seconds > 0 else f"0{GAP}min"
    minutes = (seconds + 30) // MINUTE
    hours, rest = divmod(minutes, 60)
    if minutes < 60:
        return f"{minutes}{GAP}min"
    if minutes < 24 * 60:
        return f"{hours}{GAP}h{GAP}{rest:02}{GAP}min" if rest else f"{hours}{GAP}h"
    return _days(seconds)


def _days(seconds: int) -> str:
    hours = (seconds + HOUR // 2) // HOUR
    if hours < 240:
        days, rest = divmod(hours, 24)
        return f"{days}{GAP}d{GAP}{rest}{GAP}h" if rest else f"{days}{GAP}d"
    return f"{(seconds + DAY // 2) // DAY}{GAP}days"


def age(seconds: int) -> str:
    """Return how long ago or for how long, in the one unit that matters: "12 min", "8 h", "1 day", "23 days"."""
    if seconds < HOUR:
        return f"{max(seconds, 0) // MINUTE}{GAP}min"
    if seconds < DAY:
        return f"{seconds // HOUR}{GAP}h"
    days = seconds // DAY
    return f"{days:,}{GAP}day{'s' if days > 1 else ''}"


def hours(seconds: int) -> str:
    """Return a sum of times in hours: "104 h", "0.4 h" below ten, "0 h" for nothing."""
    amount = seconds / HOUR
    if 0 < amount < 0.05:
        return f"<{GAP}0.1{GAP}h"
    return f"{amount:.1f}{GAP}h" if 0 < amount < 9.95 else f"{amount:,.0f}{GAP}h"


def clock(at: datetime) -> str:
    """Return a UTC moment as 14:05; the caller prints "UTC" beside it."""
    return f"{TWO[at.hour]}:{TWO[at.minute]}"


def clock_utc(at: datetime) -> str:
    """Return a UTC moment as 14:05 UTC."""
    return f"{clock(at)}{GAP}UTC"


def clock_of(instant: int) -> str:
    """Return epoch seconds as `clock` does."""
    return f"{TWO[instant % DAY // HOUR]}:{TWO[instant % HOUR // MINUTE]}"


def clock_seconds(at: datetime) -> str:
    """Return a UTC moment as 11:49:20."""
    return f"{TWO[at.hour]}:{TWO[at.minute]}:{TWO[at.second]}"


def date(at: calendar_day) -> str:
    """Return a day as 2 March 2026."""
    return f"{at.day}{GAP}{MONTHS[at.month - 1]}{GAP}{at.year}"


def day_month(at: datetime) -> str:
    """Return a day as 2 March."""
    return f"{at.day}{GAP}{MONTHS[at.month - 1]}"


def short_date(at: datetime) -> str:
    """Return a day as 2 Mar."""
    return f"{at.day}{GAP}{SHORT_MONTHS[at.month - 1]}"


def month(year: int, number: int) -> str:
    """Return a month as March 2026."""
    return f"{MONTHS[number - 1]} {year}"


def moment(at: datetime) -> str:
    """Return a moment as 2 March 2026, 11:49 UTC."""
    return f"{date(at)}, {clock_utc(at)}"


def near(at: datetime, now: datetime) -> str:
    """Return a moment as a reader at `now` needs it: 11:49 UTC today, with the day this year, else with the year."""
    if at.date() == now.date():
        return clock_utc(at)
    if at.year == now.year:
        return f"{day_month(at)}, {clock_utc(at)}"
    return moment(at)


def clock_near(at: int, day: int) -> str:
    """Return epoch seconds as a table has them: 11:49 on the day of the moment `day`, else 3 Mar, 06:03."""
    return clock_of(at) if at // DAY == day // DAY else f"{short_date(instant(at))}, {clock_of(at)}"


def clocks(low: int, high: int, day: int) -> str:
    """Return two such moments as a range: 12:04 to 17:15."""
    return f"{clock_near(low, day)} to {clock_near(high, day)}"


def period(since: datetime, last: datetime) -> str:
    """Return two days, both included, as 1 February to 2 March 2026; the year once if it is the same."""
    if since.year == last.year:
        return f"{day_month(since)} to {date(last)}"
    return f"{date(since)} to {date(last)}"


def percent(share: float, digits: int = 1) -> str:
    """Return a share as 83.5%. Only what is wholly 100 or 0 looks so; what is nearly so is ">99.9%" or "<0.1%"."""
    step = 10.0**-digits
    scaled = share * 100
    if scaled in (0, 100):
        return f"{scaled:.0f}%"
    if 100 - step / 2 <= scaled < 100:
        return f">{100 - step:.{digits}f}%"
    if 0 < scaled < step / 2:
        return f"<{step:.{digits}f}%"
    return f"{scaled:.{digits}f}%"


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def span(low: str, high: str, unit: str = "") -> str:
    """Return a range of the data itself: 3.1 to 4.5 h; one number where both print the same."""
    return f"{low}{unit}" if low == high else f"{low} to {high}{unit}"


def interval(low: str, high: str, unit: str = "") -> str:
    """Return what chance leaves open, printed as no range of the data is: 3.1–4.5 h."""
    return f"{low}{unit}" if low == high else f"{low}–{high}{unit}"


def percents(low: float, high: float) -> str:
    """Return a range of shares: 95.6% to 98.6%; one number where both print the same."""
    return span(percent(low), percent(high))


def percent_interval(low: float, high: float) -> str:
    """Return an interval of a share: 95.6–98.6%; with "to" where an end is only nearly reached."""
    first, last = percent(low), percent(high)
    nearly = first.startswith((">", "<")) or last.startswith((">", "<"))
    return span(first, last) if nearly else interval(first.removesuffix("%"), last.removesuffix("%"), "%")


def count(number: int) -> str:
    """Return a number as 3,278."""
    return f"{number:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """Return a number of things: 1 incident, 2 incidents, 3,278 incidents."""
    return f"{number:,}{GAP}{one if number == 1 else many or one + 's'}"


def spelled(number: int) -> str:
    """Return a small number in words within a sentence: no, one, … twelve, then 13."""
    return SMALL[number] if 0 <= number < len(SMALL) else f"{number:,}"


def sentence(words: str) -> str:
    """Return a text with a capital letter at its start; the rest stays as it is."""
    return words[:1].upper() + words[1:]


def with_article(words: str) -> str:
    """Return words with the indefinite article before them: a major outage, an incident."""
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"


def listing(items: Sequence[str], most: int = 0) -> str:
    """Return a, b and c; with `most`, what is over is counted: a, b and 3 others."""
    if most and len(items) > most:
        rest = len(items) - most
        return f"{', '.join(items[:most])} and {rest} other{'s' if rest > 1 else ''}"
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
