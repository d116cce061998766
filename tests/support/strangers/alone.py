"""Puts one stranger through the pure steps of the line, by itself: whether it raises, and how its time grows."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta

from almanac import archive, feeds
from almanac.content import articles, corrections, forms, frontmatter, images, link_posts, spelling, undeclared
from almanac.exports import linkpicture
from almanac.merge import merge
from almanac.model import FeedError, Incident, Provider
from almanac.text import markdown
from almanac.views.linkpicture import LinkPicture
from tests.support.strangers.case import NOW, SIZE, Stranger

PROVIDER = Provider(slug="example", name="Example", company="", home="", status_page="")
FLOOR = 0.15  # s of processor time: what is faster at four times the size may grow as it likes
RATIO = 3.0  # times the time for twice the size: 2 is linear, 4 quadratic
TIMES, SLOW = 3, 1.0  # measured so often, but once where it takes so many seconds that noise is small beside it
FAR, EVERY = 16, 6  # of so many that grow, one is tried at that many times the size
SHORT = 200  # characters: titles that fit a picture at once

Grown = Callable[[int], Stranger]  # the same stranger in another size


def harm_of(grown: Grown) -> Iterator[str]:
    """Yield what is wrong with a stranger alone: a traceback, or time that grows faster than its size."""
    stranger = grown(SIZE)
    try:
        put_through(stranger)
        if not stranger.grows:
            return
        for times in (4, *([FAR] if stranger.number % EVERY == 0 else [])):
            if growth := _growth(grown, times * SIZE):
                yield growth
                return
    except Exception:
        yield raised()


def raised() -> str:
    """Return the exception that is being handled, with the lines of ours it came through."""
    lines = [line.strip() for line in traceback.format_exc().splitlines()]
    places = [line.split("plugins/")[-1].replace('", line ', ":") for line in lines if "plugins/almanac" in line]
    return f"traceback: {lines[-1][:160]} | {' < '.join(reversed(places[-3:]))}"


def _growth(grown: Grown, size: int) -> str:
    """How the time grows up to a size; "" if that is all right."""
    if (first := seconds(grown(size))) < FLOOR:
        return ""
    times = TIMES if first < SLOW else 1
    half, whole = (_quickest(grown, each, times) for each in (size // 2, size))
    if whole < max(FLOOR, RATIO * half) or (whole < SLOW and seconds(grown(2 * size)) < RATIO * whole):
        return ""
    return f"superlinear: {half:.2f} s for {size // 2:,} characters, {whole:.2f} s for {size:,}"


def _quickest(grown: Grown, size: int, times: int) -> float:
    return min(seconds(grown(size)) for _ in range(times))


def seconds(stranger: Stranger) -> float:
    """Return the processor time it takes."""
    began = time.process_time()
    put_through(stranger)
    return time.process_time() - began


def put_through(stranger: Stranger) -> None:
    """Read a stranger's feeds and files and show what is in them."""
    known: dict[str, Incident] = {}
    for number, body in enumerate(stranger.bodies):
        try:
            reading = feeds.read(PROVIDER, body, seen=NOW + timedelta(hours=number))
        except FeedError:
            continue
        known |= {incident.id: incident for incident in merge(known, reading).incidents}
    for incident in known.values():
        _shown(archive.parse(archive.render(incident)))
    for file, data in stranger.files.items():
        if judge := JUDGES.get(file.partition("/")[0]):
            judge(data, file)


def _shown(incident: Incident) -> None:
    for update in incident.updates:
        markdown.html(update.text)
        markdown.plain(update.text)
    if len(incident.title) > SHORT:
        linkpicture.draw(LinkPicture("Example", incident.title, ()), "Site")


def _written(data: bytes, file: str) -> None:
    if file.endswith(".md"):
        articles.read(data, file)
        _spelled(data, file)


def _spelled(data: bytes, file: str) -> None:
    list(spelling.faults(frontmatter.read(data, file), 1))


def _provider(data: bytes, file: str) -> None:
    matter = frontmatter.read(data, file)
    if forms.check(forms.ProviderForm, matter)[0]:
        markdown.html(matter.body)
    _spelled(data, file)


def _posted(data: bytes, file: str) -> None:
    link_posts.read(data, file)
    _spelled(data, file)


def _undeclared(data: bytes, file: str) -> None:
    undeclared.read(data, file)
    _spelled(data, file)


def _incident(data: bytes, file: str) -> None:
    try:
        _shown(archive.read_bytes(data, file.partition("/")[2], f"content/{file}"))
    except archive.ArchiveError:
        pass


JUDGES: dict[str, Callable[[bytes, str], object]] = {
    "articles": _written,
    "pages": _written,
    "providers": _provider,
    "corrections": corrections.read,
    "links": _posted,
    "undeclared": _undeclared,
    "incidents": _incident,
    "images": images.read,
}
