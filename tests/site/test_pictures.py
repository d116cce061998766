"""Pictures are told by their bytes, hold nothing but what they show, and are published where an article shows them."""

import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

import pytest

from almanac.build import unchanged
from almanac.commands import build as build_command
from almanac.commands import new_image
from almanac.content import images
from almanac.content.images import Picture
from tests.support import projects
from tests.support.growth import LINEAR, growth
from tests.support.imagefiles import jpeg, jpeg_segment, png, png_chunk, webp, webp_chunk
from tests.support.refusals import refusal
from tests.unit.test_check import ARTICLE, HEAD, content, found, put

__all__ = ["content"]  # a fixture

NOW = datetime(2026, 3, 2, 18, 20, tzinfo=UTC)
KINDS = {"png": png, "jpg": jpeg, "webp": webp}
PROFILE = b"a\0\0" + zlib.compress(b"colours")
SMALLER = "make it at most 500,000: smaller, or as WebP"
MISNAMED = (
    "has an invalid name; file name must be content/images/<year>/<words>.png, .jpg or .webp, words of a-z, 0-9, -"
)
CURE = "write it with `python3 tasks.py new image`, which leaves that out"


def messages(data: bytes, file: str = "images/2026/down.png") -> list[str]:
    return [fault.text for fault in images.read(data, file)[1]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_picture_may_be_shown(kind: str) -> None:
    data = KINDS[kind](width=300, height=20)
    digest = blake2b(data, digest_size=16).digest()
    assert images.read(data, f"images/2026/down.{kind}") == (Picture(f"images/2026/down.{kind}", 300, 20, digest), ())


@pytest.mark.parametrize(
    ("chunk", "size"),
    [
        (webp_chunk(b"VP8 ", b"\x30\1\0\x9d\x01\x2a" + b"\x05\x40\x07\x80" + b"points"), (5, 7)),
        (webp_chunk(b"VP8L", b"\x2f" + (4 | 6 << 14).to_bytes(4, "little") + b"points"), (5, 7)),
    ],
)
def test_simple_webp_tells_its_size_in_its_points(chunk: bytes, size: tuple[int, int]) -> None:
    picture, _ = images.read(b"RIFF" + (len(chunk) + 4).to_bytes(4, "little") + b"WEBP" + chunk, "images/2026/a.webp")
    assert picture
    assert (picture.width, picture.height) == size


@pytest.mark.parametrize(
    ("data", "file", "message"),
    [
        (b"<svg onload=alert(1)>", "a.png", "is not a picture; save the picture again as PNG, JPEG or WebP"),
        (b"GIF89a" + bytes(20), "a.png", "is not a picture; save the picture again as PNG, JPEG or WebP"),
        (b"", "a.png", "is not a picture; save the picture again as PNG, JPEG or WebP"),
        (png()[:-4], "a.png", "is cut short; save the picture again as PNG, JPEG or WebP"),
        (png()[:8], "a.png", "is cut short; save the picture again as PNG, JPEG or WebP"),
        (jpeg()[:-2], "a.jpg", "is cut short; save the picture again as PNG, JPEG or WebP"),
        (b"\xff\xd8\xff\xe0\0\2abc", "a.jpg", "is cut short; save the picture again as PNG, JPEG or WebP"),
        (webp()[:-3], "a.webp", "is cut short; save the picture again as PNG, JPEG or WebP"),
        (
            b"RIFF\x04\0\0\0WEBP",
            "a.webp",
            "does not state its width and height; save the picture again as PNG, JPEG or WebP",
        ),
        (jpeg(), "a.png", "is named .png but is a JPEG; rename it"),
        (png(width=4097), "a.png", "is 4097 by 2 pixels; make it at most 4096 a side"),
        (png(width=3, height=2**31), "a.png", "is 3 by 2147483648 pixels; make it at most 4096 a side"),
        (
            png(width=0, height=0),
            "a.png",
            "does not state its width and height; save the picture again as PNG, JPEG or WebP",
        ),
        (png() + bytes(500_000), "a.png", f"has {len(png()) + 500_000:,} bytes; {SMALLER}"),
        (png(), "a.svg", MISNAMED),
        (png(), "../x.png", MISNAMED),
        (png(), f"{'a' * 80}.png", "has a name that is too long; write at most 80 characters"),
    ],
)
def test_what_is_no_plain_picture_is_refused_with_a_cure(data: bytes, file: str, message: str) -> None:
    assert messages(data, f"images/2026/{file}") == [message]


HIDING = [
    ("png", png(png_chunk(b"eXIf", b"GPS")), "eXIf"),
    ("png", png(png_chunk(b"tEXt", b"Comment\0by me")), "tEXt"),
    ("png", png(png_chunk(b"acTL", bytes(8))), "acTL"),
    ("png", png(png_chunk(b"\0\xff\n:", b"")), "an unnamed part"),
    ("png", png(behind=b"PK\3\4"), "other bytes"),
    ("jpg", jpeg(jpeg_segment(0xE1, b"Exif\0\0GPS")), "segment E1"),
    ("jpg", jpeg(jpeg_segment(0xED, b"Photoshop 3.0\0"), jpeg_segment(0xFE, b"by me")), "segment ED, segment FE"),
    ("jpg", jpeg(jpeg_segment(0xE2, b"MPF\0")), "segment E2"),
    ("jpg", jpeg(behind=b"<script>"), "other bytes"),
    ("webp", webp(webp_chunk(b"EXIF", b"GPS")), "EXIF"),
    ("webp", webp(webp_chunk(b"XMP ", b"<x/>"), webp_chunk(b"ANIM", bytes(6))), "XMP , ANIM"),
    ("webp", webp(behind=b"more"), "other bytes"),
]


@pytest.mark.parametrize(("kind", "data", "hidden"), HIDING)
def test_what_hides_beside_a_picture_is_named_and_can_be_left_out(kind: str, data: bytes, hidden: str) -> None:
    beside = "beside the picture (a place, a device, a comment, an animation)"
    assert messages(data, f"images/2026/a.{kind}") == [f"holds {hidden} {beside}; {CURE}"]
    assert images.bare(data) == KINDS[kind]()


def test_profiles_of_colour_may_stay() -> None:
    for kind, data in (
        ("png", png(png_chunk(b"iCCP", PROFILE))),
        ("webp", webp(webp_chunk(b"ICCP", b"x"))),
        ("jpg", jpeg(jpeg_segment(0xE2, b"ICC_PROFILE\0\1\1"))),
    ):
        assert messages(data, f"images/2026/a.{kind}") == []


@pytest.mark.slow
def test_bytes_made_to_be_slow_are_taken_apart_in_time() -> None:
    slow: dict[int, Callable[[int], bytes]] = {
        100_000: lambda size: jpeg(*[jpeg_segment(0xDA, b"")] * size),
        40_000: lambda size: b"\x89PNG\r\n\x1a\n" + png_chunk(b"IDAT") * size,
        60_000: lambda size: b"RIFF\xff\xff\xff\xffWEBP" + webp_chunk(b"VP8 ", b"") * size,
        240_000: lambda size: b"\xff\xd8\xff\xda\0\2" + b"\xff\0" * size,
    }
    for size, made in slow.items():
        assert messages(made(size))
        assert growth(lambda size: messages(made(size)), size // 4) < LINEAR, made(1)  # noqa: B023


def test_an_article_shows_a_picture_that_is_there(content: Path) -> None:
    (content / "images/2026").mkdir(parents=True)
    (content / "images/2026/down.png").write_bytes(png())
    put(content, ARTICLE, HEAD + "![A red bar](/images/2026/down.png)\n")
    assert found(content) == []
    line = HEAD.count("\n") + 1
    put(content, ARTICLE, HEAD + "![A bar](/images/2026/down.png)\n![](/images/2026/down.png)")
    assert found(content) == [
        f"{ARTICLE}:{line + 1}:1: is an image without alt text; say between the brackets what it shows",
    ]
    put(content, ARTICLE, HEAD + "![A bar](/images/2026/down.png) ![A red bar](/images/2026/dawn.png)\n")
    assert found(content) == [
        f"{ARTICLE}:{line}:33: /images/2026/dawn.png is not in content/images; did you mean /images/2026/down.png?",
    ]


def test_a_picture_that_nobody_shows_or_that_is_none_is_named_once(content: Path, tmp_path: Path) -> None:
    folder = content / "images/2026"
    folder.mkdir(parents=True)
    (folder / "bad.png").write_bytes(b"none")
    (folder / "lone.png").write_bytes(png())
    (folder / "huge.png").write_bytes(bytes(500_001))
    (tmp_path / "secret.png").write_bytes(png())
    (folder / "away.png").symlink_to(tmp_path / "secret.png")
    put(content, ARTICLE, HEAD + "![Bad](/images/2026/bad.png)\n")
    assert found(content) == [
        "images/2026/away.png:1:1: is a symbolic link; put a file there",
        "images/2026/bad.png:1:1: is not a picture; save the picture again as PNG, JPEG or WebP",
        "images/2026/huge.png:1:1: has 500,001 bytes; make it at most 500,000: smaller, or as WebP",
        ("images/2026/lone.png:1:1: is not used; show it with ![what it shows](/images/2026/lone.png), or remove it"),
    ]


def build(root: Path) -> None:
    build_command.build(root / "pelicanconf.py", now="2026-03-02T14:10:00Z", output="output")


def settle() -> None:
    """Wait until what was written counts as settled."""
    time.sleep(unchanged.SETTLED / 1e9 + 0.02)


def test_the_site_carries_pictures_and_notices_when_they_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = projects.project(tmp_path)
    path = root / "content/images/2026/down.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(png())
    projects.article(root, "claude-fails", "Claude fails", "![A red bar](/images/2026/down.png)")
    settle()
    build(root)
    page = (root / "output/articles/2026/claude-fails/index.html").read_text()
    assert '<img src="/images/2026/down.png" alt="A red bar">' in page
    assert (root / "output/images/2026/down.png").read_bytes() == png()
    path.write_bytes(png(width=4))
    build(root)
    assert (root / "output/images/2026/down.png").read_bytes() == png(width=4)
    path.unlink()
    build(root)
    assert "/images/2026/down.png is not in content/images; put it there" in capsys.readouterr().err


def test_a_new_picture_is_written_without_what_it_hides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "Screen Shot 3.PNG"
    source.write_bytes(HIDING[0][1])
    content = tmp_path / "content"
    assert new_image.main(content, source, NOW) == 0
    assert (content / "images/2026/screen-shot-3.png").read_bytes() == png()
    refused = [refusal(new_image.main, content, one, NOW) for one in (source, tmp_path / "none.png")]
    source.write_bytes(png(width=5000))
    assert [*refused, refusal(new_image.main, content, source, NOW)] == [
        "content/images/2026/screen-shot-3.png already exists; edit it, or choose another name",
        f"{tmp_path}/none.png: No such file or directory",
        f"{source}: is 5000 by 2 pixels; make it at most 4096 a side",
    ]
    assert capsys.readouterr().out.splitlines() == [
        (
            "new: wrote content/images/2026/screen-shot-3.png; show it with "
            "![what it shows](/images/2026/screen-shot-3.png)"
        )
    ]


def raw_png(head: bytes, points: bytes, *more: bytes) -> bytes:
    """Return a PNG of any head and any packed points."""
    chunks = [png_chunk(b"IHDR", head), *more, png_chunk(b"IDAT", points), png_chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def head(width: int, height: int, depth: int = 8, colour: int = 0, interlaced: int = 0) -> bytes:
    return width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth, colour, 0, 0, interlaced])


UNLIKE = {
    "a gigabyte behind ten points": raw_png(head(10, 10), zlib.compress(b"\0" * 50_000_000)),
    "too few points": raw_png(head(10, 10), zlib.compress(b"\0" * 109)),
    "points that are not packed": raw_png(head(1, 1), b"words"),
    "points that break off": raw_png(head(10, 10), zlib.compress(bytes(range(110)))[:-6]),
    "more behind the points": raw_png(head(1, 1), zlib.compress(b"\0\0") + b"more"),
    "a filter of no kind": raw_png(head(1, 1), zlib.compress(b"\5\0")),
    "a depth of no kind": raw_png(head(1, 1, depth=3), zlib.compress(b"\0\0")),
    "a colour of no kind": raw_png(head(1, 1, colour=5), zlib.compress(b"\0\0")),
    "no palette": raw_png(head(1, 1, colour=3), zlib.compress(b"\0\0")),
    "half a palette": raw_png(head(1, 1, colour=3), zlib.compress(b"\0\0"), png_chunk(b"PLTE", b"ab")),
    "two heads": raw_png(head(1, 1), zlib.compress(b"\0\0"), png_chunk(b"IHDR", head(4000, 4000))),
    "a short head": raw_png(head(1, 1)[:-1], zlib.compress(b"\0\0")),
    "a profile of a hundred megabytes": raw_png(
        head(1, 1), zlib.compress(b"\0\0"), png_chunk(b"iCCP", b"a\0\0" + zlib.compress(b"\0" * 100_000_000))
    ),
    "a wrong check sum": raw_png(head(1, 1), zlib.compress(b"\0\0"))[:-1] + b"x",
}


@pytest.mark.parametrize("name", UNLIKE)
def test_a_picture_whose_points_are_not_what_its_head_says_is_refused(name: str) -> None:
    picture, problems = images.read(UNLIKE[name], "images/2026/down.png")
    assert picture is None
    assert [str(problem).partition("; ")[2] for problem in problems] == ["save the picture again"]


@pytest.mark.parametrize("interlaced", [0, 1])
@pytest.mark.parametrize(
    ("depth", "colour", "samples"), [(1, 0, 1), (16, 0, 1), (8, 2, 3), (4, 3, 1), (8, 4, 2), (8, 6, 4)]
)
def test_a_picture_of_every_kind_is_read(depth: int, colour: int, samples: int, interlaced: int) -> None:
    passes = [(2, 1), (1, 1), (3, 1), (2, 2), (5, 1), (4, 3), (9, 2)]  # of 9 by 5, by hand
    sizes = passes if interlaced else [(9, 5)]
    points = b"".join((b"\0" + b"\0" * -(-across * depth * samples // 8)) * along for across, along in sizes)
    palette = [png_chunk(b"PLTE", b"\0\0\0")] if colour == 3 else []
    picture, problems = images.read(
        raw_png(head(9, 5, depth, colour, interlaced), zlib.compress(points), *palette), "images/2026/down.png"
    )
    assert problems == ()
    assert picture
    assert (picture.width, picture.height) == (9, 5)
