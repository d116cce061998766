"""Draws charts that stand alone, as SVG with title, source, moment and licence; and prints their data as CSV.

Such a drawing is looked at anywhere: in a slide, in a newspaper, in a frame. So it rests on no style sheet and no font of
the site, and what must be known to read it stands in it.
"""

from __future__ import annotations

import csv
import io
from html import escape

from almanac.exports.syndication import line
from almanac.views import charts
from almanac.views.figure import ChartFile, ChartRow
from almanac.views.timeline import BAND, STALK, TOP, Timeline

WIDTH, MARGIN = 1000, 28
LABELS, VALUES = 190, 160  # pixels beside the rows, where there are several
GAP = 8  # pixels between rows
HEAD, AXIS = 96, 26  # pixels above the rows and below them
MANY = 7  # names of months that have no room side by side
LICENCE = "CC0 1.0, free to use"
STYLE = (
    "text{font-family:system-ui,'Helvetica Neue',Arial,sans-serif;font-size:13px;fill:#5c5950}"
    ".t{font-size:22px;font-weight:600;fill:#1d1c19}.l{fill:#1d1c19}"
    ".f-ok{fill:#1f6a80}.f-slight,.f-minor{fill:#8d8462}.f-major{fill:#df6a1a}.f-critical{fill:#52072a}"
    ".s-ok{stroke:#1f6a80}.s-slight,.s-minor{stroke:#8d8462}.s-major{stroke:#df6a1a}.s-critical{stroke:#52072a}"
    ".s-unsaid{stroke:#7d796d}path{fill:none;stroke-dasharray:4 1}path.s-unsaid{stroke-dasharray:1 1 1 2}"
    ".ph-investigating,.f-quiet{fill:#b9b4a4}.ph-identified{fill:#77736a}.ph-monitoring{fill:#e2dece;stroke:#77736a}"
    ".ph-unposted{fill:none;stroke:#77736a;stroke-dasharray:2.5 2}"
    ".f-unknown,.f-unsaid{fill:url(#h)}.axis{stroke:#d3cfc2}.floor{stroke:#1d1c19}.range{stroke:#1f6a80;stroke-width:2}.dot{fill:#1f6a80}"
)
HATCH = (
    '<defs><pattern id="h" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<line y2="5" stroke="#7d796d" stroke-width="2.8"/></pattern></defs>'
)


def svg(figure: ChartFile, site_name: str, site_url: str) -> bytes:
    """Return the drawing of a figure."""
    rows = figure.height if figure.timeline else len(figure.rows) * (figure.height + GAP)
    foot = HEAD + rows + AXIS + (24 if figure.key or figure.timeline else 0)
    tall = foot + 58
    source = f"Source: providers’ status pages, archived by {site_name}, {site_url}{figure.path}"
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {tall}" width="{WIDTH}" height="{tall}" ',
            f'role="img"><title>{_text(figure.title)}</title><style>{STYLE}</style>{HATCH}',
            f'<rect width="{WIDTH}" height="{tall}" fill="#fbfaf6"/>',
            _words(MARGIN, 38, figure.title, "t"),
            _words(MARGIN, 62, figure.span, "l"),
            _words(MARGIN, 82, figure.reads),
            *(_row(figure, row, HEAD + number * (figure.height + GAP)) for number, row in enumerate(figure.rows)),
            _timeline(figure.timeline, figure.height) if figure.timeline else _axis(figure, HEAD + rows),
            _key(figure, HEAD + rows + AXIS + 14),
            _words(MARGIN, foot + 22, source),
            _words(MARGIN, foot + 42, f"Data up to {figure.as_of} · {LICENCE}"),
            "</svg>\n",
        ]
    ).encode()


def table(figure: ChartFile) -> bytes:
    """Return the data of a figure as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([figure.header, *(map(line, row) for row in figure.data)])
    return text.getvalue().encode()


def _row(figure: ChartFile, row: ChartRow, y: int) -> str:
    left, width = _plot(figure)
    middle = y + figure.height // 2 + 5
    parts = [_words(MARGIN, middle, _cut(row.label), "l")] if row.label else []
    parts += [_words(WIDTH - MARGIN, middle, row.value, "l", "end")] if row.value else []
    parts.append(f'<svg x="{left}" y="{y}" width="{width}" height="{figure.height}" overflow="visible">')
    if row.bars:
        parts += [f'<rect class="{b.css}" x="{b.x}" width="{b.width}" height="100%"/>' for b in row.bars.blocks]
        parts.append(f'<svg viewBox="{row.bars.box}" preserveAspectRatio="none" width="100%" height="100%">')
        parts += [
            f'<path class="{p.css}" stroke-width="{charts.STROKE[p.css[2:]]}" d="{p.d}"/>' for p in row.bars.paths
        ]
        parts.append('</svg><line class="floor" x2="100%" y1="100%" y2="100%"/>')
    if row.estimate:
        one = row.estimate
        parts += [f'<line class="axis" x1="{mark.x}" x2="{mark.x}" y2="100%"/>' for mark in figure.axis]
        parts += [f'<line class="range" x1="{one.low}" x2="{one.high}" y1="50%" y2="50%"/>'] if one.low else []
        parts.append(f'<circle class="dot" cx="{one.dot}" cy="50%" r="4.5"/>')
    return "".join([*parts, "</svg>"])


def _timeline(one: Timeline, height: int) -> str:
    """Return an incident to scale, as its page has it; y is that of the page, moved below the title."""
    lines = [f'<line class="axis" x1="{t.x}" x2="{t.x}" y1="{TOP}" y2="{one.floor}"/>' for t in one.ticks]
    words = [(t.x, t.y, t.text, t.anchor) for t in one.ticks] + [(n.x, "19", n.text, n.anchor) for n in one.names]
    words += [(o.label.x, o.label.y, o.label.text, o.label.anchor) for o in one.others]
    words += [(one.now.x, "19", one.now.text, "end")] if one.now else []
    blocks = [(b.css, b.x, b.width, str(TOP), str(BAND)) for b in one.blocks] + [tuple(o.block) for o in one.others]
    drawn = [f'<rect class="{c}" x="{x}" width="{w}" y="{y}" height="{h}"/>' for c, x, w, y, h in blocks]
    rings = [f'<circle cx="{x}" cy="{STALK}" r="3.5" fill="#fbfaf6" stroke="#1d1c19"/>' for x in one.knobs]
    texts = [
        f'<text x="{x}" y="{y}" text-anchor="{anchor}">{_text(text)}</text>' for x, y, text, anchor in words if text
    ]
    plot = f'<svg x="{MARGIN}" y="{HEAD}" width="{WIDTH - 2 * MARGIN}" height="{height}" overflow="visible">'
    return "".join([plot, *lines, *drawn, *rings, *texts, "</svg>"])


def _plot(figure: ChartFile) -> tuple[int, int]:
    """Return where the rows of a figure begin, and how wide they are."""
    if not any(row.label for row in figure.rows):
        return MARGIN, WIDTH - 2 * MARGIN
    return MARGIN + LABELS, WIDTH - 2 * MARGIN - LABELS - VALUES


def _axis(figure: ChartFile, y: int) -> str:
    left, width = _plot(figure)
    brief = 3 if len(figure.axis) > MANY else None  # Jan, not January 2025
    labels = (
        f'<text x="{mark.x}" y="14" text-anchor="{mark.anchor}">{_text(mark.text[:brief])}</text>'
        for mark in figure.axis
    )
    return f'<svg x="{left}" y="{y}" width="{width}" height="{AXIS}" overflow="visible">{"".join(labels)}</svg>'


def _key(figure: ChartFile, y: int) -> str:
    """Return what each colour and height means, side by side."""
    parts, left = [], MARGIN
    for css, name in figure.timeline.inks if figure.timeline else ():
        parts.append(f'<rect class="ph-{css}" x="{left}" y="{y - 11}" width="10" height="12"/>')
        parts.append(_words(left + 15, y, name))
        left += 32 + 7 * len(name)
    for mark in figure.key:
        tall = round(14 * charts.HEIGHT.get(mark.css, 1.0 if mark.css == charts.UNKNOWN else 0.15))
        parts.append(f'<rect class="f-{mark.css}" x="{left}" y="{y - tall}" width="10" height="{tall}"/>')
        parts.append(_words(left + 15, y, mark.word))
        left += 32 + 7 * len(mark.word)
    return "".join(parts)


def _words(x: int, y: int, words: str, css: str = "", anchor: str = "") -> str:
    attributes = (f' class="{css}"' if css else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x}" y="{y}"{attributes}>{_text(words)}</text>'


def _cut(words: str) -> str:
    return words if len(words) <= 30 else f"{words[:29]}…"


def _text(words: str) -> str:
    return escape(line(words))
