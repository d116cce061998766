"""Reads pictures in articles, content/images/<year>/<name>: known by their bytes, small, and with nothing hidden.

A file is taken apart into the parts of its format. Only parts that show something may be there: a position, a camera's
number, a comment, an animation or a second file behind the picture are refused, and `bare` leaves them out.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from almanac.content import files
from almanac.model.problem import Problem
from almanac.text import limits

FOLDER = "images"
FILE = re.compile(r"images/\d{4}/[a-z0-9]+(?:-[a-z0-9]+)*\.(?:png|jpg|webp)")
WIDEST = 4096  # pixels of a side
HEAD = 13  # bytes of a PNG's IHDR
INDEXED = 3  # the colour type of a PNG with a palette
SAMPLES = {0: 1, 2: 3, INDEXED: 1, 4: 2, 6: 4}  # values of a point, by colour type
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), INDEXED: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}  # bits of a value
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))  # Adam7

_MARKER = re.compile(rb"\xff(?=[^\x00\xff\xd0-\xd7])")  # ends the coded points of a JPEG
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_TABLES = (0xC4, 0xDA, 0xDB, 0xDD, 0xE0, 0xEE)  # the points too, and how their colours are meant


class Picture(NamedTuple):
    """A picture that may be published. `digest` is of its bytes."""

    file: str  # relative to content/, with slashes
    width: int  # pixels
    height: int
    digest: bytes

    @property
    def url(self) -> str:
        """Its address on the site."""
        return f"/{self.file}"


class ImagePart(NamedTuple):
    """A part of a file, from byte `start` up to byte `end`. `size` is that of the picture, where the part states it."""

    name: str
    start: int
    end: int
    size: tuple[int, int] = (0, 0)


class PictureError(ValueError):
    """Why a file is not a picture."""


def read(data: bytes, file: str) -> tuple[Picture | None, tuple[Problem, ...]]:
    """Return the picture in `file` (relative to content/, with slashes), or every problem of it. Pure."""
    messages = [*_check_name(file), *_wrong_with(data, file.rpartition(".")[2])]
    if messages:
        return None, tuple(Problem(file=f"content/{file}", message=message) for message in messages)
    width, height = _size(_parts(data)[1])
    return Picture(file, width, height, blake2b(data, digest_size=16).digest()), ()


def load(content: Path) -> tuple[tuple[Picture, ...], tuple[Problem, ...]]:
    """Return all pictures under `content` by file, and every problem of them. No links, and nothing huge, is read."""
    images, faults = files.load(content, FOLDER, read)
    return tuple(images), faults


def ending(data: bytes) -> str:
    """Return the extension of a picture by its bytes. Raises PictureError for what is not a picture."""
    return _parts(data)[0]


def bare(data: bytes) -> bytes:
    """Return the picture without the parts that show nothing. Raises PictureError for what is not a picture."""
    extension, parts = _parts(data)
    stripped = b"".join(data[part.start : part.end] for part in parts if part.name in VISIBLE[extension])
    if extension != "webp":
        return stripped
    stripped = stripped[:4] + (len(stripped) - 8).to_bytes(4, "little") + stripped[8:]
    return stripped[:20] + bytes([stripped[20] & 0b110000]) + stripped[21:] if stripped[12:16] == b"VP8X" else stripped


def _check_name(file: str) -> Iterator[str]:
    if not FILE.fullmatch(file):
        yield "has an invalid name; file name must be content/images/<year>/<words>.png, .jpg or .webp, words of a-z, 0-9, -"
    elif len(file.rpartition("/")[2]) > limits.FILE_NAME:
        yield f"has a name that is too long; write at most {limits.FILE_NAME} characters"


def _wrong_with(data: bytes, extension: str) -> Iterator[str]:
    if len(data) > limits.PICTURE:
        yield _too_big(len(data))
        return
    try:
        image_format, parts = _parts(data)
        width, height = _size(parts)
    except PictureError as error:
        yield f"{error}; save the picture again as PNG, JPEG or WebP"
        return
    if extension in VISIBLE and extension != image_format:
        yield f"is named .{extension} but is a {'JPEG' if image_format == 'jpg' else image_format.upper()}; rename it"
    if not 0 < min(width, height) <= max(width, height) <= WIDEST:
        yield f"is {width} by {height} pixels; make it at most {WIDEST} a side"
    elif image_format == "png" and (why := _unlike_its_head(data, parts)):
        yield f"{why}; save the picture again"
    if hidden := [part.name for part in parts if part.name not in VISIBLE[image_format]]:
        names = ", ".join(dict.fromkeys(hidden))
        yield (
            f"holds {names} beside the picture (a place, a device, a comment, an animation); "
            "write it with `python3 tasks.py new image`, which leaves that out"
        )


def _unlike_its_head(data: bytes, parts: list[ImagePart]) -> str:
    """Say in what a PNG is not what its head promises, "" if it is: a small head can stand before gigabytes of points.

    Nothing is unpacked beyond what the head promises (https://www.w3.org/TR/png-3/, sections 7, 10 and 11).
    """
    bodies = [part for part in parts if part.name not in ("start", "other bytes")]
    chunks = [(part.name, data[part.start + 8 : part.end - 4]) for part in bodies]
    head = chunks[0][1] if chunks else b""
    if [name for name, _ in chunks].count("IHDR") != 1 or chunks[0][0] != "IHDR" or len(head) != HEAD:
        return "does not have exactly one header, at its beginning"
    if any(
        zlib.crc32(data[part.start + 4 : part.end - 4]) != int.from_bytes(data[part.end - 4 : part.end], "big")
        for part in bodies
    ):
        return "has a chunk whose checksum is wrong"
    depth, colour, method, filtering, interlaced = head[8:]
    if depth not in DEPTHS.get(colour, ()) or method or filtering or interlaced > 1:
        return "has an invalid PNG header"
    palettes = [content for name, content in chunks if name == "PLTE"]
    wrong = any(len(one) % 3 or len(one) > 768 for one in palettes)
    if wrong or len(palettes) > 1 or (colour == INDEXED and not palettes):
        return "has no valid palette"
    profiles = [content.partition(b"\0")[2][1:] for name, content in chunks if name == "iCCP"]
    if any(_unpack(profile, limits.PROFILE) is None for profile in profiles):
        return "has a colour profile that cannot be unpacked or is too large"
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    rows = _rows(width, height, depth * SAMPLES[colour], PASSES if interlaced else ((0, 0, 1, 1),))
    points = _unpack(b"".join(content for name, content in chunks if name == "IDAT"), sum(rows))
    if points is None or len(points) != sum(rows) or any(points[at] > 4 for at in accumulate(rows[:-1], initial=0)):
        return "has pixels that do not match its header"
    return ""


def _rows(width: int, height: int, bits: int, passes: tuple[tuple[int, int, int, int], ...]) -> list[int]:
    """Return how many bytes each row of points has, its filter's included, pass by pass."""
    rows: list[int] = []
    for left, top, right, down in passes:
        across, along = -(-(width - left) // right), -(-(height - top) // down)
        rows += [1 + -(-across * bits // 8)] * along if across > 0 and along > 0 else []
    return rows


def _unpack(packed: bytes, most: int) -> bytes | None:
    """Return what zlib packed, None if that is broken off, followed by more, or longer than `most` bytes."""
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(packed, most + 1)
    except zlib.error:
        return None
    return content if reader.eof and not reader.unused_data and len(content) <= most else None


def _too_big(size: int) -> str:
    return f"has {size:,} bytes; make it at most {limits.PICTURE:,}: smaller, or as WebP"


def _size(parts: list[ImagePart]) -> tuple[int, int]:
    """Return width and height of a picture in points. Raises PictureError if no part states them."""
    for part in parts:
        if part.size != (0, 0):
            return part.size
    raise PictureError("does not state its width and height")


def _parts(data: bytes) -> tuple[str, list[ImagePart]]:
    """Return the format of a picture, as an extension, and its parts. Raises PictureError."""
    for extension, (start, parts_of) in _FORMATS.items():
        if re.match(start, data, re.DOTALL):
            try:
                return extension, list(parts_of(data))
            except (IndexError, AttributeError) as error:
                raise PictureError("is cut short") from error
    raise PictureError("is not a picture")


def _png(data: bytes) -> Iterator[ImagePart]:
    """Yield the chunks of a PNG (https://www.w3.org/TR/png-3/#5Chunk-layout)."""
    yield ImagePart("start", 0, 8)
    at, name = 8, ""
    while name != "IEND":
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8].decode("latin-1")
        size = int.from_bytes(data[at + 8 : at + 12], "big"), int.from_bytes(data[at + 12 : at + 16], "big")
        _inside(data, end)
        yield ImagePart(_chunk_name(name), at, end, size if name == "IHDR" else (0, 0))
        at = end
    yield from _behind(data, at)


def _jpeg(data: bytes) -> Iterator[ImagePart]:
    """Yield the segments of a JPEG (https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B)."""
    yield ImagePart("start", 0, 2)
    at = 2
    while data[at : at + 2] != b"\xff\xd9":
        if data[at] != 0xFF:
            raise PictureError("is cut short")
        marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        _inside(data, end)
        size = int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        if marker == 0xDA:
            end = _MARKER.search(data, end).start()  # type: ignore[union-attr]  # None: it breaks off
        is_profile = marker == 0xE2 and data[at + 4 : at + 16] == b"ICC_PROFILE\0"
        name = "profile" if is_profile else f"segment {marker:X}"
        yield ImagePart(name, at, end, size if marker in _FRAMES else (0, 0))
        at = end
    yield ImagePart("end", at, at + 2)
    yield from _behind(data, at + 2)


def _webp(data: bytes) -> Iterator[ImagePart]:
    """Yield the chunks of a WebP (RFC 9649)."""
    yield ImagePart("start", 0, 12)
    at = 12
    while at < 8 + int.from_bytes(data[4:8], "little"):
        name, length = data[at : at + 4].decode("latin-1"), int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + length + length % 2
        _inside(data, end)
        yield ImagePart(_chunk_name(name), at, end, _webp_size(name, data[at + 8 : at + 18]))
        at = end
    yield from _behind(data, at)


def _webp_size(name: str, head: bytes) -> tuple[int, int]:
    if name == "VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if name == "VP8 ":
        return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    if name == "VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return 0, 0


def _inside(data: bytes, end: int) -> None:
    if end > len(data):
        raise PictureError("is cut short")


def _behind(data: bytes, at: int) -> Iterator[ImagePart]:
    if at < len(data):
        yield ImagePart("other bytes", at, len(data))


def _chunk_name(name: str) -> str:
    """Return the name of a chunk, which a stranger chose, fit for a message."""
    return name if re.fullmatch(r"[A-Za-z0-9]{3}[A-Za-z0-9 ]", name) else "an unnamed part"


_FORMATS: dict[str, tuple[bytes, Callable[[bytes], Iterator[ImagePart]]]] = {
    "png": (rb"\x89PNG\r\n\x1a\n", _png),
    "jpg": (rb"\xff\xd8\xff", _jpeg),
    "webp": (rb"RIFF....WEBP", _webp),
}
VISIBLE = {  # what of each format shows something
    "png": {"start", "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "bKGD", "pHYs", "sBIT"},
    "jpg": {"start", "profile", "end"} | {f"segment {marker:X}" for marker in (*_FRAMES, *_TABLES)},
    "webp": {"start", "VP8 ", "VP8L", "VP8X", "ALPH", "ICCP"},
}
