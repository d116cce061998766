"""Draws the picture that a link to a page shows: 1200 by 630, a few words, sixteen colours, always the same bytes."""

from __future__ import annotations

import struct
import unicodedata
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np

from almanac.exports import lettering
from almanac.exports.lettering import Grey, font
from almanac.views import charts

WIDTH, HEIGHT, MARGIN = 1200, 630, 80
INNER = WIDTH - 2 * MARGIN
PAPER, INK, SOFT, RULE = (0xFB, 0xFA, 0xF6), (0x1D, 0x1C, 0x19), (0x5C, 0x59, 0x50), (0xD3, 0xCF, 0xC2)
SEVERITY = {
    "ok": (0x1F, 0x6A, 0x80),
    "minor": (0x8D, 0x84, 0x62),
    "major": (0xDF, 0x6A, 0x1A),
    "critical": (0x52, 0x07, 0x2A),
    "unknown": (0x7D, 0x79, 0x6D),
}
INKS, SOFTS = 6, 3  # steps from paper to full ink
HATCHED = frozenset({charts.UNKNOWN, charts.UNSAID})
TITLES = ((76, 2), (60, 3))  # sizes to try, and how many lines there is room for
CHUNK = b"tEXt"


class LinkPicture(NamedTuple):
    """What a picture says. `css` is a severity ("" for none), `days` the worst of each day in a row of bars."""

    name: str
    title: str
    facts: tuple[str, ...]
    css: str = ""
    days: tuple[str, ...] = ()


def draw(content: LinkPicture, site_name: str) -> bytes:
    """Return the picture as PNG. What the font cannot draw is left out; then the name stands for the title."""
    ink, soft = np.zeros((HEIGHT, WIDTH), np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8)
    name, title = _drawable(content.name), _drawable(content.title)
    lettering.set_line(ink, _drawable(site_name), (MARGIN, 92), 40, True)
    if name and title:
        lettering.set_line(soft, _cut(name, 42, False), (MARGIN, 190), 42)
    size, lines = _lines(title or name)
    for number, line in enumerate(lines):
        lettering.set_line(ink, line, (MARGIN, 282 + number * (size + 10)), size, True)
    left = MARGIN + (70 if content.css else 0)
    for number, fact in enumerate(content.facts):
        canvas, bold = (ink, True) if number == 0 else (soft, False)
        lettering.set_line(canvas, _cut(_drawable(fact), 42, bold, left - MARGIN), (left, 528 + 54 * number), 42, bold)
    picture = np.maximum(_INK_STEPS[ink], _SOFT_STEPS[soft])
    _draw_shapes(picture, content)
    return _png(picture, mark(content, site_name))


def _drawable(text: str) -> str:
    """Return text in one line, "" if the fonts lack a shape for any of it."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return line if font().can(line) and font(True).can(line) else ""


def _lines(title: str) -> tuple[int, list[str]]:
    """Return the size and the lines of a title; one that is too long even in small letters ends in an ellipsis."""
    for size, most in TITLES:
        lines = _wrapped(title, size)
        if len(lines) <= most and all(font(True).width(line, size) <= INNER for line in lines):
            return size, lines
    left = " ".join(lines[most - 1 :])
    return size, [_cut(line, size, True) for line in (*lines[: most - 1], left)]


def _wrapped(title: str, size: int) -> list[str]:
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font(True).width(longer, size) > INNER:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _cut(line: str, size: int, bold: bool, indent: int = 0) -> str:
    """Return as much of a line as there is room for, ending in an ellipsis if it is not all of it."""
    face, room = font(bold), (INNER - indent) / size
    ends = list(accumulate((face.widths[ord(letter)] for letter in line), initial=0.0))  # once, not once a letter cut
    if ends[-1] <= room:
        return line
    longest = bisect_right(ends, room - face.widths[ord("…")]) - 1
    return line[: max(longest, 0)].rstrip() + "…"


def _draw_shapes(picture: Grey, content: LinkPicture) -> None:
    """Draw the double rule, the glyph before the facts, and bars of days; height and ink say severity."""
    picture[122:126, MARGIN:-MARGIN] = picture[131:134, MARGIN:-MARGIN] = INKS
    if content.css:
        picture[484:588, MARGIN : MARGIN + 46] = _COLOURS["rule"]
        picture[487:585, MARGIN + 3 : MARGIN + 43] = 0
        _draw_bar(picture, content.css, slice(MARGIN, MARGIN + 46), 588, 104)
    for number, css in enumerate(content.days):
        step = INNER / len(content.days)
        left = MARGIN + round(number * step)
        _draw_bar(picture, css, slice(left, max(MARGIN + round((number + 1) * step) - 2, left + 1)), 450, 100)
    if content.days:
        picture[450:452, MARGIN:-MARGIN] = INKS


def _draw_bar(picture: Grey, css: str, across: slice, foot: int, height: int) -> None:
    tall = round(height * charts.HEIGHT.get(css, 1.0 if css == charts.UNKNOWN else 0.08))
    area = picture[foot - tall : foot, across]
    if css in HATCHED:
        y, x = np.indices(area.shape)
        area[(x + y) % 10 < 3] = _COLOURS[charts.UNKNOWN]
    elif css in _COLOURS:
        area[:] = _COLOURS[css]


def _mixed(ink: tuple[int, int, int], share: float) -> tuple[int, ...]:
    return tuple(round(paper + (full - paper) * share) for paper, full in zip(PAPER, ink, strict=True))


_PALETTE = [
    *(_mixed(INK, n / INKS) for n in range(INKS + 1)),
    *(_mixed(SOFT, (n + 1) / SOFTS) for n in range(SOFTS)),
    *SEVERITY.values(),
    RULE,
]
# Which colour of the palette a strength of ink, or of soft ink, becomes.
_INK_STEPS = np.rint(np.arange(256) / 255 * INKS).astype(np.uint8)
_SOFT_STEPS = np.rint(np.arange(256) / 255 * SOFTS).astype(np.uint8)
_SOFT_STEPS[_SOFT_STEPS > 0] += INKS
_COLOURS = {name: INKS + 1 + SOFTS + number for number, name in enumerate((*SEVERITY, "rule"))}


@cache
def _look() -> bytes:
    """Return all that decides how pictures look: this code, the drawing library's version and the fonts."""
    files = (__file__, lettering.__file__, font().file, font(True).file)
    return b"".join([version("resvg_py").encode(), *(Path(file).read_bytes() for file in files)])


@cache
def _drawn_by() -> bytes:
    return blake2b(_look(), digest_size=16).digest()


def mark(content: LinkPicture, site_name: str) -> bytes:
    """Return a digest of all that a picture depends on."""
    return blake2b(_drawn_by() + repr((content, site_name)).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def is_of(png: bytes, digest: bytes) -> bool:
    """Say whether `png` is the very picture that `draw` makes of the content with the mark `digest`: it is signed."""
    chunks = dict(_chunks(png))
    return chunks.get(CHUNK) == _signed(digest, chunks.get(b"IDAT", b""))


def _signed(digest: bytes, body: bytes) -> bytes:
    return b"Comment\0" + blake2b(digest + body, digest_size=16).hexdigest().encode()


def _png(picture: Grey, digest: bytes) -> bytes:
    """Return a picture as PNG: sixteen colours, two pixels a byte, signed with what it shows."""
    rows = np.zeros((HEIGHT, 1 + WIDTH // 2), np.uint8)
    rows[:, 1:] = picture[:, ::2] << 4 | picture[:, 1::2]
    body = zlib.compress(rows.tobytes(), 6)
    palette = bytes(value for colour in _PALETTE for value in colour)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 4, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette), (CHUNK, _signed(digest, body)), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 12 <= len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12
