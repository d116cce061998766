"""Draws the picture that a link to a page shows: 1200 by 630, a few words, sixteen colours, always the same bytes.

Letters are those of Source Sans, from a package, so that no picture depends on the fonts of a machine.
"""

from __future__ import annotations

import io
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path

import PIL
from PIL import Image, ImageChops, ImageDraw, ImageFont, features
from PIL.PngImagePlugin import PngInfo

from almanac.views import charts
from almanac.views.linkpicture import LinkPicture

WIDTH, HEIGHT, MARGIN = 1200, 630, 80
INNER = WIDTH - 2 * MARGIN
PAPER, INK, SOFT, RULE = (0xFB, 0xFA, 0xF6), (0x1D, 0x1C, 0x19), (0x5C, 0x59, 0x50), (0xD3, 0xCF, 0xC2)
SEVERITY = {
    "ok": (0x1F, 0x6A, 0x80),
    "slight": (0x8D, 0x84, 0x62),
    "minor": (0x8D, 0x84, 0x62),
    "major": (0xDF, 0x6A, 0x1A),
    "critical": (0x52, 0x07, 0x2A),
    "unknown": (0x7D, 0x79, 0x6D),
}
INKS, SOFTS = 6, 3  # steps from paper to full ink
HATCHED = frozenset({charts.UNKNOWN, charts.UNSAID})
TITLES = ((76, 2), (60, 3))  # sizes to try, and how many lines there is room for
TEXT = 42  # size of all other text, in pixels
CANNOT = frozenset({"Mn", "Mc", "Me", "Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp"})  # needs shaping, or is not seen
NO_LETTER = "\uffff"  # no font has a shape for it: it is drawn as each character is that a font lacks
SIGNATURE = "Comment"  # the text chunk of a PNG that says what is drawn


def draw(content: LinkPicture, site_name: str) -> bytes:
    """Return the picture as PNG. What the font cannot draw is left out; then the name stands for the title."""
    ink, soft = Image.new("L", (WIDTH, HEIGHT)), Image.new("L", (WIDTH, HEIGHT))
    name, title = _drawable(content.name), _drawable(content.title)
    _write(ink, _drawable(site_name), (MARGIN, 92), 40, True)
    if name and title:
        _write(soft, _cut(name, TEXT, False), (MARGIN, 190), TEXT, False)
    size, lines = _lines(title or name)
    for number, line in enumerate(lines):
        _write(ink, line, (MARGIN, 282 + number * (size + 10)), size, True)
    left = MARGIN + (70 if content.css else 0)
    for number, fact in enumerate(content.facts):
        canvas, bold = (ink, True) if number == 0 else (soft, False)
        line = _cut(_drawable(fact), TEXT, bold, left - MARGIN)
        _write(canvas, line, (left, 528 + 54 * number), TEXT, bold)
    picture = ImageChops.lighter(ink.point(_INK_STEPS), soft.point(_SOFT_STEPS))
    _draw_shapes(picture, content)
    return _png(picture, mark(content, site_name))


def _write(canvas: Image.Image, line: str, at: tuple[int, int], size: int, bold: bool) -> None:
    """Write a line whose baseline begins at (x, y)."""
    ImageDraw.Draw(canvas).text(at, line, fill=255, font=_font(size, bold), anchor="ls")


def _file(bold: bool) -> Path:
    import font_source_sans_pro as package

    return Path(package.font_directory) / f"SourceSansPro-{'Semibold' if bold else 'Regular'}.ttf"


@cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    # BASIC sets letter beside letter; the other layout depends on a library of the machine.
    return ImageFont.truetype(_file(bold), size, layout_engine=ImageFont.Layout.BASIC)


def _drawable(text: str) -> str:
    """Return text in one line, "" if the fonts lack a shape for any of it."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return line if all(map(_has_shape, line)) else ""


@cache
def _has_shape(letter: str) -> bool:
    """Say whether a character has a shape of its own in both faces."""
    if unicodedata.category(letter) in CANNOT:
        return False
    return letter == " " or all(_shape(letter, bold) != _shape(NO_LETTER, bold) for bold in (False, True))


def _shape(letter: str, bold: bool) -> tuple[tuple[int, int], tuple[int, int], bytes]:
    """Return how a letter looks: its size, where it begins, and its ink."""
    ink, offset = _font(TEXT, bold).getmask2(letter)
    return ink.size, offset, bytes(ink)


@cache
def _width(letter: str, size: int, bold: bool) -> float:
    """Return how many pixels a letter takes."""
    return _font(size, bold).getlength(letter)


def _ends(line: str, size: int, bold: bool) -> list[float]:
    """Return how many pixels each beginning of a line takes, from none of it to all of it."""
    return list(accumulate((_width(letter, size, bold) for letter in line), initial=0.0))


def _lines(title: str) -> tuple[int, list[str]]:
    """Return the size and the lines of a title; one that is too long even in small letters ends in an ellipsis."""
    for size, most in TITLES:
        lines = _wrapped(title, size)
        if len(lines) <= most and all(_ends(line, size, True)[-1] <= INNER for line in lines):
            return size, lines
    left = " ".join(lines[most - 1 :])
    return size, [_cut(line, size, True) for line in (*lines[: most - 1], left)]


def _wrapped(title: str, size: int) -> list[str]:
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _ends(longer, size, True)[-1] > INNER:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _cut(line: str, size: int, bold: bool, indent: int = 0) -> str:
    """Return as much of a line as there is room for, ending in an ellipsis if it is not all of it."""
    room = INNER - indent
    ends = _ends(line, size, bold)  # measured once, not once a letter cut
    if ends[-1] <= room:
        return line
    longest = bisect_right(ends, room - _width("…", size, bold)) - 1
    return line[: max(longest, 0)].rstrip() + "…"


def _draw_shapes(picture: Image.Image, content: LinkPicture) -> None:
    """Draw the double rule, the glyph before the facts, and bars of days; height and ink say severity."""
    pen = ImageDraw.Draw(picture)
    right = WIDTH - MARGIN - 1  # the last column and row of a rectangle are drawn, too
    pen.rectangle((MARGIN, 122, right, 125), fill=INKS)
    pen.rectangle((MARGIN, 131, right, 133), fill=INKS)
    if content.css:
        pen.rectangle((MARGIN, 484, MARGIN + 45, 587), fill=0, outline=_COLOURS["rule"], width=3)
        _draw_bar(picture, content.css, (MARGIN, MARGIN + 46), 588, 104)
    for number, css in enumerate(content.days):
        step = INNER / len(content.days)
        left = MARGIN + round(number * step)
        _draw_bar(picture, css, (left, max(MARGIN + round((number + 1) * step) - 2, left + 1)), 450, 100)
    if content.days:
        pen.rectangle((MARGIN, 450, right, 451), fill=INKS)


def _draw_bar(picture: Image.Image, css: str, across: tuple[int, int], foot: int, height: int) -> None:
    tall = round(height * charts.HEIGHT.get(css, 1.0 if css == charts.UNKNOWN else 0.08))
    area = (across[0], foot - tall, across[1], foot)
    if css in HATCHED:
        picture.paste(_COLOURS[charts.UNKNOWN], area, _hatching().crop((0, 0, across[1] - across[0], tall)))
    elif css in _COLOURS:
        picture.paste(_COLOURS[css], area)


@cache
def _hatching() -> Image.Image:
    """Return slanting lines, three pixels in ten, over the widest and highest that there is to fill."""
    row = (b"\xff" * 3 + b"\0" * 7) * (INNER // 10 + 1)
    return Image.frombytes("L", (INNER, HEIGHT), b"".join(row[y % 10 :][:INNER] for y in range(HEIGHT)))


def _mixed(ink: tuple[int, int, int], share: float) -> tuple[int, ...]:
    return tuple(round(paper + (full - paper) * share) for paper, full in zip(PAPER, ink, strict=True))


def _steps(number: int, first: int) -> Sequence[int]:
    """Return which colour of the palette each strength of ink becomes: 0 for none, else one of `number` from `first`."""
    return [first + step - 1 if (step := round(ink / 255 * number)) else 0 for ink in range(256)]


_PALETTE = [
    *(_mixed(INK, n / INKS) for n in range(INKS + 1)),
    *(_mixed(SOFT, (n + 1) / SOFTS) for n in range(SOFTS)),
    *SEVERITY.values(),
    RULE,
]
_INK_STEPS, _SOFT_STEPS = _steps(INKS, 1), _steps(SOFTS, INKS + 1)
_COLOURS = {name: INKS + 1 + SOFTS + number for number, name in enumerate((*SEVERITY, "rule"))}


@cache
def _drawn_by() -> bytes:
    """Return a digest of all that decides how pictures look: this code, what Pillow draws with, and the fonts."""
    libraries = (PIL.__version__, features.version("freetype2"), features.version("zlib"))
    files = (Path(__file__), _file(False), _file(True))
    look = b"".join([repr(libraries).encode(), *(file.read_bytes() for file in files)])
    return blake2b(look, digest_size=16).digest()


def mark(content: LinkPicture, site_name: str) -> str:
    """Return a digest of all that a picture depends on."""
    words = repr((content, site_name)).encode("utf-8", "surrogatepass")
    return blake2b(_drawn_by() + words, digest_size=16).hexdigest()


def _png(picture: Image.Image, signature: str) -> bytes:
    """Return a picture as PNG: sixteen colours, two pixels a byte, signed with what it shows."""
    picture.putpalette([value for colour in _PALETTE for value in colour])
    text, out = PngInfo(), io.BytesIO()
    text.add_text(SIGNATURE, signature)
    picture.save(out, "PNG", bits=4, pnginfo=text)
    return out.getvalue()


def is_of(png: bytes, signature: str) -> bool:
    """Say whether `png` is a picture that `draw` signed so and that is whole: the check sums of its parts are right."""
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            signed = picture.info.get(SIGNATURE) == signature
            picture.verify()
    except (OSError, SyntaxError, ValueError):  # no PNG at all, or a part of it is not what its check sum says
        return False
    return signed
