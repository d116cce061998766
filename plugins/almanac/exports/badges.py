"""Badges: the reported status in a word, as an endpoint of shields.io and as an SVG of our own. Grey when unknown.

A badge outlives the build that made it, so its word always carries the moment it speaks of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lxml.builder import ElementMaker  # type: ignore[import-untyped]

from almanac.exports.statuspage import Declared, status
from almanac.exports.syndication import document, dump, line
from almanac.model import moment, stamp
from almanac.snapshot import Snapshot
from almanac.text import english
from almanac.views.base import FRESH

NAMESPACE = "http://www.w3.org/2000/svg"
COLOURS = {"none": "#1b7f4d", "minor": "#8a6100", "major": "#b34700", "critical": "#b3141d", "unknown": "#6b6f76"}
SHIELDS = {"none": "brightgreen", "minor": "yellow", "major": "orange", "critical": "red", "unknown": "lightgrey"}
LETTER = 6.6  # width of a character of the badge's font at its size, in px; textLength makes it exact
PAD = 6.0
_SVG = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})


class Badge(NamedTuple):
    """What a badge says; `until` is the moment from which it is to be taken as unknown, "" if it already is."""

    label: str
    message: str
    indicator: str
    until: str


def badge(declaration: Declared, almanac: Snapshot) -> Badge:
    """Return the badge of one provider."""
    indicator = status([declaration])["indicator"]
    state = declaration.state
    if state.is_closed:
        return Badge(line(declaration.provider.name), state.mark.word, "unknown", "")
    if indicator == "unknown" or state.reach is None:
        return Badge(line(declaration.provider.name), "unknown", "unknown", "")
    at = moment(min(state.reach, int(almanac.now.timestamp())))
    message = f"{state.mark.word}, {english.short_date(at)} {english.clock(at)} UTC".replace(english.GAP, " ")
    return Badge(line(declaration.provider.name), message, indicator, stamp(moment(state.reach + FRESH)))


def whole(declarations: Sequence[Declared], almanac: Snapshot) -> Badge:
    """Return the badge of the site: of how many providers the state is known, and how many of these report an incident."""
    read = [k.state for k in declarations if k.state.is_known and k.state.reach is not None]
    label = line(almanac.project.name)
    if not read:
        return Badge(label, "unknown", "unknown", "")
    reach = min(state.reach or 0 for state in read)
    at = moment(min(reach, int(almanac.now.timestamp())))
    troubled = sum(state.in_trouble for state in read)
    message = f"{troubled} of {len(read)} reporting an incident, {english.short_date(at)} {english.clock(at)} UTC"
    indicator = status(declarations)["indicator"]
    return Badge(label, message.replace(english.GAP, " "), indicator, stamp(moment(reach + FRESH)))


def shields(badge: Badge) -> bytes:
    """Return the JSON that https://shields.io/badges/endpoint-badge reads."""
    return dump(
        {
            "schemaVersion": 1,
            "label": badge.label,
            "message": badge.message,
            "color": SHIELDS[badge.indicator],
            "cacheSeconds": 300,
        }
    )


def svg(badge: Badge) -> bytes:
    """Return a badge as an SVG picture, white on colours of a contrast of at least 4.5 : 1."""
    left, right = (round(len(text) * LETTER + 2 * PAD) for text in (badge.label, badge.message))
    title = f"{badge.label}: {badge.message}" + (f"; unknown from {badge.until}" if badge.until else "")
    return document(
        _SVG.svg(
            _SVG.title(title),
            _SVG.rect(width=str(left), height="20", fill="#33363b"),
            _SVG.rect(x=str(left), width=str(right), height="20", fill=COLOURS[badge.indicator]),
            _SVG.g(
                _SVG.text(badge.label, x=str(PAD), y="14", textLength=_inside(left)),
                _SVG.text(badge.message, x=str(left + PAD), y="14", textLength=_inside(right)),
                {"fill": "#fff", "font-family": "ui-sans-serif, system-ui, sans-serif", "font-size": "11"},
            ),
            {"role": "img", "aria-label": title, "width": str(left + right), "height": "20"},
        )
    )


def _inside(width: int) -> str:
    return f"{width - 2 * PAD:.0f}"
