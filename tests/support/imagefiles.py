"""Pictures made part by part, for tests of what may stand in content/images."""

from __future__ import annotations

import zlib


def png_chunk(name: bytes, data: bytes = b"") -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def png(*more: bytes, width: int = 3, height: int = 2, behind: bytes = b"") -> bytes:
    """Return a grey picture with further chunks before its points."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    points = zlib.compress((b"\0" + b"\x80" * width) * height) if width * height < 1_000_000 else b""
    chunks = [png_chunk(b"IHDR", head), *more, png_chunk(b"IDAT", points), png_chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + behind


def jpeg_segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


def jpeg(*more: bytes, width: int = 3, height: int = 2, behind: bytes = b"") -> bytes:
    """Return the segments of a picture, without points that a decoder could use."""
    frame = bytes([8]) + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\0"
    scan = jpeg_segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\xff\0\xff\xd0\x34"
    segments = [jpeg_segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), *more, jpeg_segment(0xC0, frame), scan]
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xd9" + behind


def webp_chunk(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)


def webp(*more: bytes, width: int = 3, height: int = 2, behind: bytes = b"") -> bytes:
    """Return the chunks of an extended picture, with further ones at its end."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    flags = bytes([0b1100 if more else 0, 0, 0, 0])
    chunks = b"".join([webp_chunk(b"VP8X", flags + size), webp_chunk(b"VP8 ", b"points!"), *more])
    return b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WEBP" + chunks + behind
