"""Pictures for links: legible, without tofu, the same bytes everywhere, drawn only when they show something else."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from almanac.build import cache
from almanac.build.routes import link_images
from almanac.exports import linkpicture
from almanac.exports.linkpicture import draw, is_of, mark
from almanac.model import Impact, Kind, unstamp
from almanac.views.linkpicture import LinkPicture
from tests.support import builds
from tests.support.almanacs import incident
from tests.support.projects import tree
from tests.support.syndication import Press

NOW = unstamp("2026-03-02T14:10:00Z")
SITE = "Outage Almanac"
SHOWN = LinkPicture("Claude", "Slow answers", ("Major outage, 1 h", "2 March 2026, 10:00 to 11:00 UTC"), "major")


def pixels(png: bytes) -> np.ndarray:
    """Return the colours of a picture by their numbers."""
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.mode == "P"
        return np.asarray(picture)


def width(line: str, size: int, *, bold: bool = False) -> float:
    """Return how many pixels a line takes."""
    return linkpicture._ends(line, size, bold)[-1]


def test_a_picture_is_1200_by_630_and_small() -> None:
    png = draw(SHOWN, SITE)
    assert pixels(png).shape == (630, 1200)
    assert png[24:26] == bytes([4, 3])  # bits of a point, which is a number in a palette
    assert len(png) < 16_000


def test_severity_is_height_and_ink() -> None:
    filled = {
        css: int((pixels(draw(SHOWN._replace(css=css), SITE))[480:600, 85:120] >= 10).sum())
        for css in ("ok", "minor", "major", "critical")
    }
    assert sorted(filled, key=filled.__getitem__) == ["ok", "minor", "major", "critical"]


def test_a_long_line_is_measured_once_however_much_is_cut() -> None:
    cut = linkpicture._cut("ab " * 20_000, 42, False)
    assert cut == "ab " * (cut.count("ab") - 1) + "ab…" or cut.endswith("a…")
    assert width(cut, 42) <= linkpicture.INNER < width(cut[:-1] + "ab ab", 42)


def test_the_same_is_drawn_to_the_byte() -> None:
    first = draw(SHOWN, SITE)
    for memory in (linkpicture._font, linkpicture._has_shape, linkpicture._width, linkpicture._hatching):
        memory.cache_clear()
    assert draw(SHOWN, SITE) == first


@pytest.mark.parametrize("title", ["模型服务异常", "تعذّر الوصول إلى الخدمة", "Down 🔥", "a\u200bb", "e\u0323\u20dd"])
def test_what_the_font_cannot_draw_gives_way_to_the_name(title: str) -> None:
    assert (pixels(draw(SHOWN._replace(title=title), SITE)) == pixels(draw(SHOWN._replace(title=""), SITE))).all()


def test_a_title_in_latin_greek_or_cyrillic_is_drawn() -> None:
    plain = pixels(draw(SHOWN._replace(title=""), SITE))
    for title in ("Erhöhte Fehler – “API”", "Αργές απαντήσεις", "Сбой входа"):
        assert (pixels(draw(SHOWN._replace(title=title), SITE)) != plain).any(), title


def test_a_long_title_stays_within_its_margins_and_ends_in_an_ellipsis() -> None:
    title = "Elevated errors on requests to the API and on the web " * 8
    size, lines = linkpicture._lines(title.strip())
    assert (size, len(lines), lines[-1][-1]) == (60, 3, "…")
    found = pixels(draw(SHOWN._replace(title=title, name="x" * 200), SITE))
    assert not found[:, :78].any()
    assert not found[:, 1122:].any()


def test_widths_are_those_of_the_letters_drawn() -> None:
    for letter in "Wil.…":
        canvas = Image.new("L", (2_000, 400))
        linkpicture._write(canvas, letter * 5, (100, 300), 200, True)
        columns = np.flatnonzero(np.asarray(canvas).any(axis=0))
        assert columns[-1] - columns[0] == pytest.approx(width(letter * 5, 200, bold=True), abs=40), letter


def test_a_picture_knows_what_it_shows() -> None:
    png = draw(SHOWN, SITE)
    assert is_of(png, mark(SHOWN, SITE))
    assert not is_of(png, mark(SHOWN._replace(title="Other"), SITE))
    middle = len(png) // 2
    assert not is_of(png[:middle] + b"tampered!" + png[middle + 9 :], mark(SHOWN, SITE))
    assert not is_of(png[:middle], mark(SHOWN, SITE))
    assert not is_of(b"", mark(SHOWN, SITE))


CARDS = (
    incident("closed", "02 10:00", "02 11:30"),
    incident("open", "02 13:00", "", impact=Impact.CRITICAL),
    incident("over-night", "2026-03-01 23:00", "2026-03-02 01:00", impact=Impact.UNKNOWN),
    incident("works", "02 09:00", "02 09:30", kind=Kind.MAINTENANCE, impact=Impact.MAINTENANCE),
    replace(incident("lost", "2026-01-02 09:00", ""), imported="some-list"),
)


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    """Return a press that has made a complete site."""
    made = Press(tmp_path_factory.mktemp("pictures") / "site", complete=True)
    made.put(*CARDS)
    made.build(NOW)
    return made


def told(press: Press, name: str) -> tuple[tuple[str, ...], str]:
    """Return the facts and the severity a picture shows."""
    context = builds.context(press.settings(NOW))
    shown = link_images.of_incident(context, context.incidents["anthropic", name])
    return shown.facts, shown.css


@pytest.mark.parametrize(
    ("name", "facts", "css"),
    [
        ("closed", ("Major outage, 1 h 30 min", "2 March 2026, 10:00 to 11:30 UTC"), "major"),
        (
            "open",
            ("Critical outage, open as of 2 March 2026, 14:10 UTC", "reported since 2 March 2026, 13:00 UTC"),
            "critical",
        ),
        ("over-night", ("Incident, 2 h", "1 March 2026, 23:00 UTC to 2 March 2026, 01:00 UTC"), "unsaid"),
        ("works", ("Maintenance, 30 min", "2 March 2026, 09:00 to 09:30 UTC"), ""),
        ("lost", ("Major outage, no end time", "reported since 2 January 2026, 09:00 UTC"), "major"),
    ],
)
def test_an_incident_is_told_with_absolute_times(press: Press, name: str, facts: tuple[str, str], css: str) -> None:
    found, shown = told(press, name)
    assert (tuple(fact.replace("\u00a0", " ") for fact in found), shown) == (facts, css)


OF_NUMBERS = re.compile(r"(leaderboard|reports)/[^/]+/index\.html")


def test_each_incident_and_provider_has_one_and_its_page_names_it(press: Press) -> None:
    found = tree(press.output)
    pictures = {path for path in found if path.endswith("/picture.png")}
    wanted = {f"incidents/anthropic/{card.id}/picture.png" for card in CARDS}
    wanted |= {f"{path.removesuffix('index.html')}picture.png" for path in found if OF_NUMBERS.fullmatch(path)}
    assert len(wanted) > len(CARDS) + 2
    assert pictures == wanted | {"providers/anthropic/picture.png", "providers/groq/picture.png"}
    sections = {path for path in found if path.startswith("theme/") and path.endswith(".png")}
    assert sections == {f"theme/og-{name}.png" for name in ("now", "incidents", "providers", "leaderboard", "articles")}
    for path in pictures:
        page = found[path.replace("picture.png", "index.html")].decode()
        assert f'<meta property="og:image" content="https://almanac.example/{path}">' in page


def test_a_preview_draws_none_and_names_none(tmp_path: Path) -> None:
    press = Press(tmp_path / "site")
    press.put(CARDS[0])
    found = tree(press.build(NOW))
    assert [path for path in found if path.endswith(".png")] == []
    assert "og:image" not in found["incidents/anthropic/closed/index.html"].decode()


def test_only_what_shows_something_else_is_drawn_again(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    really = linkpicture.draw

    def draw(shown: Any, site: Any) -> Any:
        drawn.append(shown.title)
        return really(shown, site)

    monkeypatch.setattr(linkpicture, "draw", draw)
    (
        press.output.parent / ".output-state" / cache.NAME
    ).unlink()  # as after a change of the code: nothing is known of what was built
    before = tree(press.output)
    press.build(NOW)
    assert (drawn, tree(press.output)) == ([], before)
    press.put(replace(CARDS[0], title="Renamed"))
    press.build(NOW)
    assert drawn == ["Renamed"]
