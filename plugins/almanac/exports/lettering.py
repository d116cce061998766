"""Sets text in pictures with Source Sans, the same on every machine: what letters are wide, and how they look.

A letter is drawn once from SVG by resvg and then only copied: setting a line costs a hundredth of drawing it.
"""

from __future__ import annotations

import struct
import unicodedata
import zlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

EDGE = 4  # pixels around a letter, for what reaches over its width
CANNOT = frozenset({"Mn", "Mc", "Me", "Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp"})  # needs shaping, or is not seen


class Font(NamedTuple):
    """A face: its file, its weight, and the width of each character in parts of the size."""

    file: str
    weight: int
    widths: dict[int, float]

    def can(self, text: str) -> bool:
        """Say whether every character has a shape of its own in this font."""
        return all(ord(c) in self.widths and unicodedata.category(c) not in CANNOT for c in text)

    def width(self, text: str, size: int) -> float:
        """Return how many pixels a line takes."""
        return sum(self.widths[ord(c)] for c in text) * size


@cache
def font(bold: bool = False) -> Font:
    """Return the regular or the semibold face."""
    import font_source_sans_pro as package

    file = Path(package.font_directory) / f"SourceSansPro-{'Semibold' if bold else 'Regular'}.ttf"
    return Font(str(file), 600 if bold else 400, _widths(file.read_bytes()))


def _widths(data: bytes) -> dict[int, float]:
    """Return the advance width of every character of a TrueType font (tables cmap format 12, hhea, hmtx, head)."""
    tables = {}
    for at in range(12, 12 + 16 * struct.unpack(">H", data[4:6])[0], 16):
        tag, _, offset, _ = struct.unpack(">4sIII", data[at : at + 16])
        tables[tag] = offset
    (unit,) = struct.unpack_from(">H", data, tables[b"head"] + 18)
    (many,) = struct.unpack_from(">H", data, tables[b"hhea"] + 34)
    advances = struct.unpack_from(f">{2 * many}H", data, tables[b"hmtx"])[::2]
    widths = {}
    for start, end, glyph in _groups(data, tables[b"cmap"]):
        for code in range(start, end + 1):
            widths[code] = advances[min(glyph + code - start, many - 1)] / unit
    return widths


def _groups(data: bytes, cmap: int) -> list[tuple[int, int, int]]:
    """Return runs (first, last, glyph of the first) of characters, from the subtable that holds all of Unicode."""
    for at in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        (offset,) = struct.unpack_from(">I", data, cmap + 8 + 8 * at)
        table = cmap + offset
        if struct.unpack_from(">H", data, table)[0] == 12:
            (many,) = struct.unpack_from(">I", data, table + 12)
            return [struct.unpack_from(">III", data, table + 16 + 12 * n) for n in range(many)]
    raise ValueError("the font has no table of all Unicode characters")


def set_line(canvas: Grey, text: str, at: tuple[int, int], size: int, bold: bool = False) -> None:
    """Set a line whose baseline begins at (x, y): ink is added to `canvas`, 0 none to 255 full."""
    face = font(bold)
    pen, baseline = float(at[0]), at[1]
    for letter in text:
        if not letter.isspace():
            shape = _shape(letter, size, bold)
            x, y = round(pen) - EDGE, baseline - size
            part = canvas[y : y + shape.shape[0], x : x + shape.shape[1]]
            np.maximum(part, shape[: part.shape[0], : part.shape[1]], out=part)
        pen += face.widths[ord(letter)] * size


@cache
def _shape(letter: str, size: int, bold: bool) -> Grey:
    """Return the ink of a letter, its baseline `size` below the top."""
    import resvg_py

    face = font(bold)
    width, height = round(face.width(letter, size)) + 2 * EDGE, size + size // 2
    style = f'font-family="Source Sans Pro" font-weight="{face.weight}" font-size="{size}"'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<text x="{EDGE}" y="{size}" {style}>&#{ord(letter)};</text></svg>'
    )
    return alpha(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=[face.file]))


def alpha(png: bytes) -> Grey:
    """Return the fourth channel of an RGBA picture of 8 bits as resvg writes it; each channel is filtered by itself."""
    width, height = struct.unpack(">II", png[16:24])
    body, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        body += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    rows = np.frombuffer(zlib.decompress(body), np.uint8).reshape(height, 1 + 4 * width)
    above, channel = [0] * width, []
    for row in rows:
        above = _unfiltered(int(row[0]), row[4::4].tolist(), above)
        channel.append(above)
    return np.array(channel, np.uint8)


def _unfiltered(kind: int, row: list[int], above: list[int]) -> list[int]:
    """Decode a row of a PNG: values are differences to left, above, their mean, or Paeth's choice (PNG, section 9)."""
    values: list[int] = []
    left = corner = 0
    for value, up in zip(row, above, strict=True):
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        left, corner = (value + guess) & 255, up
        values.append(left)
    return values


def _paeth(left: int, up: int, corner: int) -> int:
    near = left + up - corner
    return min((left, up, corner), key=lambda value: abs(near - value))
