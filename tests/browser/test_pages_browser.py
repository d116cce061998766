"""Every kind of page, looked at in a browser: light, dark, at 320 px, without a script, and on the scales."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench import auditors, pages
from bench.pages import KINDS, Weight
from tests.support import now, shots

PATHS = list(KINDS.values())
PARTS = 3  # of the pages, which processes may look at side by side


@pytest.fixture(scope="module")
def output() -> Iterator[Path]:
    """Yield the built site with the hard cases."""
    with TemporaryDirectory() as folder:
        yield pages.built(Path(folder) / "site")


@pytest.mark.slow
def test_every_kind_of_page_is_there(output: Path) -> None:
    assert [path for path in PATHS if not (output / path.lstrip("/")).exists()] == []


@pytest.mark.slow
def test_no_page_is_heavy(output: Path) -> None:
    assert pages.heavy(output, PATHS) == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_has_a_fault_in_any_form(output: Path, part: int) -> None:
    assert shots.inspect(output, PATHS[part::PARTS]) == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
def test_nothing_is_lost_without_a_script(output: Path) -> None:
    assert shots.lost(output, PATHS) == []


@pytest.fixture(params=sorted(now.SCENES))
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, list[str]]:
    """Return a site that shows a state of the present, and its pages."""
    scene = now.SCENES[request.param]
    return scene.build(tmp_path), list(scene.paths)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
def test_whatever_is_open_pages_about_now_have_no_fault_and_are_not_heavy(scene: tuple[Path, list[str]]) -> None:
    output, paths = scene
    assert pages.heavy(output, paths) + shots.inspect(output, paths) == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
def test_an_estimate_fits_the_narrowest_page(tmp_path: Path) -> None:
    """Its table once ran off the screen, unseen, because no page that was looked at had an estimate."""
    output = now.one_open(tmp_path)
    for path in ("/providers/anthropic/", "/providers/anthropic/api/", "/incidents/anthropic/open/"):
        assert 'id="back-by"' in shots.file_of(output, path).read_text(), path
        assert shots.beyond(output, path, "#back-by", width=320) == [], path


@pytest.fixture
def npm() -> None:
    """Skips, and says why, where the tools from npm cannot be had."""
    if why := auditors.missing():
        pytest.skip(f"Lighthouse, html-validate and the Nu checker are left out: {why}")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("chromium", "npm")
def test_lighthouse_has_nothing_to_add(output: Path) -> None:
    """It waits half a minute a page: `bench pages` has it look at more."""
    assert auditors.low(auditors.scores(output, [KINDS["home"]])) == []


@pytest.mark.slow
@pytest.mark.usefixtures("npm")
def test_every_kind_of_page_is_valid_html(output: Path) -> None:
    assert auditors.invalid(output, PATHS) == []


@pytest.mark.slow
@pytest.mark.usefixtures("npm")
def test_html_that_is_not_valid_is_found(tmp_path: Path) -> None:
    wrong = "<!doctype html><html lang=en><head><title>x</title></head><body><p><div>x</div></p></body></html>"
    (tmp_path / "index.html").write_text(wrong)
    found = "\n".join(auditors.invalid(tmp_path, ["/"]))
    wanted = ["html-validate", "Nu: "][: 1 + auditors.has_java()]
    assert [name for name in wanted if name not in found] == []


def test_a_page_below_a_hundred_is_named() -> None:
    assert auditors.low({"/": {"seo": 92, "performance": 100}}) == ["/: Lighthouse gives 92 for seo"]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
def test_faults_are_found_where_there_are_any(tmp_path: Path) -> None:
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/site.css").write_text("")
    (tmp_path / "index.html").write_text(
        '<!doctype html><html><head><title>x</title></head><body><img src="http://other.example/x.png">'
        "<style>@media (prefers-color-scheme: dark) { p { color: #222; background: #111 } }</style>"
        '<p style="width: 900px">wide</p><script>document.body.append("added")</script></body></html>'
    )
    found = "\n".join(shots.inspect(tmp_path, ["/"]) + shots.lost(tmp_path, ["/"]))
    wanted = (
        "asks http://other.example/x.png",
        "320: is wider",
        "axe image-alt",
        "dark: axe color-contrast",
        "else without a script",
    )
    assert [fault for fault in wanted if fault not in found] == []


def test_a_page_weighs_what_is_sent_for_it(tmp_path: Path) -> None:
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/site.css").write_bytes(b"a" * 1000)
    (tmp_path / "theme/now.css").write_bytes(b"c" * 500)
    links = b"".join(b'<link rel="stylesheet" href="/theme/%s.css?0a1b">' % name for name in (b"site", b"now"))
    html = links + b"b" * (59_500 - len(links))
    (tmp_path / "index.html").write_bytes(html)
    zipped = sum(len(gzip.compress(part, mtime=0)) for part in (b"a" * 1000, b"c" * 500, html))
    assert pages.weight(tmp_path, "/") == Weight(61_000, zipped)
    assert pages.heavy(tmp_path, ["/"]) == [f"/: weighs 61000 bytes, {zipped} with gzip"]
