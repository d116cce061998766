"""What looks the same is not built again; what might not be the same always is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tasks
from almanac import archive, files
from almanac.build import unchanged
from almanac.build.unchanged import CENSUS, census, is_unchanged, look, part, state_folder
from almanac.model import FeedState, Pulls, moment
from almanac.model.clock import STEP, MomentError, build_time

ROOT = Path(__file__).resolve().parents[2]
NOW = 1_772_460_600  # 2026-03-02T14:10:00Z
LATER = 4 * 10**18  # ns: long after any file of a test was written


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project that was built: two sources, two outputs and a census of them."""
    root = tmp_path / "site"
    for name, text in (
        ("content/incidents/groq/a.md", "a"),
        ("pelicanconf.py", "pass"),
        (".output-preview/index.html", "home"),
        (".output-preview/a/index.html", "page"),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    folder = state_folder(root / ".output-preview")
    folder.mkdir()
    (folder / CENSUS).write_bytes(census([part(looks(root))], NOW, look(root, LATER)))
    return root


def looks(root: Path) -> dict[str, tuple[int, int]]:
    """Size and time of each output."""
    output = root / ".output-preview"
    files = [path for path in output.rglob("*") if path.is_file()]
    return {path.relative_to(output).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def stands(root: Path, now: int = NOW) -> bool:
    output = root / ".output-preview"
    return is_unchanged(state_folder(output), root, output, now)


def test_nothing_changed_is_seen(root: Path) -> None:
    assert stands(root)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "content/incidents/groq/a.md").write_text("b"),
        lambda root: (root / "content/incidents/groq/b.md").write_text(""),
        lambda root: (root / "content/incidents/groq/a.md").unlink(),
        lambda root: (root / "content/incidents/groq/a.md").rename(root / "content/incidents/groq/c.md"),
        lambda root: (root / "theme").mkdir() or (root / "theme/x.css").write_text(""),
        lambda root: (root / "pelicanconf.py").write_text("more"),
        lambda root: (root / "requirements.lock").write_text("jinja2"),
        lambda root: (root / "almanac.toml").write_text("name = 'A'"),
        lambda root: (root / ".output-preview/index.html").unlink(),
        lambda root: (root / ".output-preview/index.html").write_text("HOME"),
        lambda root: (root / ".output-preview-state/census.json").unlink(),
        lambda root: (root / ".output-preview-state/census.json").write_text("[]"),
    ],
    ids=[
        "edited",
        "added",
        "deleted",
        "renamed",
        "theme",
        "settings",
        "packages",
        "owner",
        "lost output",
        "defaced output",
        "no census",
        "damaged census",
    ],
)
def test_every_change_is_seen(root: Path, change: object) -> None:
    change(root)  # type: ignore[operator]
    assert not stands(root)


def test_another_moment_is_a_change(root: Path) -> None:
    assert not stands(root, NOW + STEP)


@pytest.mark.parametrize("name", unchanged.ENVIRONMENT)
def test_another_environment_is_a_change(root: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    assert not stands(root)


def test_the_settings_files_take_nothing_else_from_the_environment() -> None:
    settings = "".join((ROOT / name).read_text() for name in ("pelicanconf.py", "publishconf.py"))
    moments, workers = {"ALMANAC_NOW", "SOURCE_DATE_EPOCH"}, {"ALMANAC_SCHEDULER"}  # which make the same bytes
    assert set(re.findall(r'os\.environ\S*?["(]"?(\w+)"', settings)) == {*unchanged.ENVIRONMENT, *moments, *workers}


def test_an_edit_that_sets_size_and_time_back_is_seen(root: Path) -> None:
    path = root / "content/incidents/groq/a.md"
    was = path.stat()
    time.sleep(0.02)  # more than a tick of the file system's clock
    path.write_text("b")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert not stands(root)


def test_what_editors_and_tools_leave_behind_is_no_source(root: Path) -> None:
    for name in (".a.md.swp", "pulls/groq.lock", "pages/half.md.tmp", "__pycache__/x.pyc"):
        path = root / "content" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    (root / "content/.#a.md").symlink_to("nowhere")
    assert stands(root)


def test_sources_touched_a_moment_ago_give_no_look(root: Path) -> None:
    touched = (root / "pelicanconf.py").stat().st_ctime_ns
    assert look(root, touched + unchanged.SETTLED - 1) == ""
    assert look(root, touched + unchanged.SETTLED + 10**9) == look(root)


def test_a_census_without_sources_names_outputs_and_never_says_unchanged(root: Path) -> None:
    folder = state_folder(root / ".output-preview")
    (folder / CENSUS).write_bytes(census([part(looks(root))], NOW, ""))
    assert sorted(unchanged.last_outputs(folder)) == ["a/index.html", "index.html"]
    assert not stands(root)


def test_no_census_names_no_outputs(tmp_path: Path) -> None:
    assert unchanged.last_outputs(tmp_path) == []


@pytest.mark.parametrize(
    ("stated", "moment"),
    [("2026-03-02T14:10:00Z", NOW), (str(NOW), NOW), ("", NOW), ("0", 0)],
)
def test_a_build_speaks_of_what_was_stated_else_of_the_clock_floored(stated: str, moment: int) -> None:
    assert build_time(stated, NOW + STEP - 0.5) == moment


@pytest.mark.parametrize(("pulled", "moment"), [(NOW - 1, NOW), (NOW + 90, NOW + 90), (NOW + STEP, NOW + 200)])
def test_what_was_pulled_is_built_but_nothing_that_has_not_come(pulled: int, moment: int) -> None:
    assert build_time("", NOW + 200.5, pulled) == moment
    assert build_time(str(NOW), NOW + 200.5, pulled) == NOW


def test_the_newest_pull_is_read_from_what_pulls_leave(tmp_path: Path) -> None:
    assert unchanged.newest_pull(tmp_path) == 0
    for number, slug in enumerate(("groq", "acme")):
        trick = '\n  "fetched": "2099-01-01T00:00:00Z"'  # an id of a feed; it stands in JSON on one line
        feed = FeedState(url="https://a.example/", fetched=moment(NOW + 90 - number), items=(("key", trick),))
        archive.save_pulls(tmp_path, Pulls(provider=slug, feeds=(FeedState(url="https://b.example/"), feed)))
    (tmp_path / "pulls/broken.json").write_bytes(b"\xff")
    (tmp_path / "pulls/impossible.json").write_text('\n  "fetched": "2026-02-31T00:00:00Z"')
    assert unchanged.newest_pull(tmp_path) == NOW + 90


@pytest.mark.parametrize("stated", ["yesterday", "2026-03-02", "2026-03-02T14:10:00+01:00", "-5", "١٢"])
def test_a_moment_that_is_none_is_refused(stated: str) -> None:
    with pytest.raises(MomentError, match="is not a valid time; write 2026-03-02T14:10:00Z or epoch seconds"):
        build_time(stated, 0.0)


def test_the_state_stands_beside_the_output(tmp_path: Path) -> None:
    assert state_folder(tmp_path / "output") == tmp_path / ".output-state"
    assert state_folder(tmp_path / ".output-preview") == tmp_path / ".output-preview-state"


def test_the_report_is_one_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert unchanged.report(root, NOW)
    assert capsys.readouterr().out == "build: nothing changed since the last build, as of 14:10 UTC\n"


def test_the_report_heeds_the_environment(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ROOT", root)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOW))
    assert tasks.nothing_changed()
    monkeypatch.setenv("ALMANAC_NOW", "2026-03-02T15:00:00Z")
    assert not tasks.nothing_changed()


def test_it_imports_next_to_nothing() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'plugins')!r}); from almanac.build import unchanged; "
        "print(*sorted(name for name in sys.modules if name.split('.')[0] not in sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["__main__", "almanac", "almanac.build", "almanac.build.unchanged", "almanac.files"]


def test_the_census_is_written_at_once(root: Path) -> None:
    folder = state_folder(root / ".output-preview")
    assert [path.name for path in folder.iterdir()] == ["census.json"]
    assert json.loads((folder / "census.json").read_text().splitlines()[0])["now"] == NOW


@pytest.mark.parametrize(
    "name",
    [
        "articles/2026/x.lock",
        "articles/2026/x.tmp",
        "x.lock",
        "pulls/log/x.lock",
        "pages/.tmp",
        "corrections/a/x.yml.tmp",
    ],
)
def test_what_only_looks_like_a_leftover_is_none(root: Path, name: str) -> None:
    assert not files.is_leftover(name)
    path = root / "content" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    assert stands(root) is path.name.startswith(".")


def test_folders_deep_within_each_other_are_seen_and_not_climbed_down(root: Path) -> None:
    folder = root / "content"
    for _ in range(300):
        folder = folder / ("d" * 9)
    os.makedirs(folder)
    assert not stands(root)
    before = look(root)
    deepest = Path(str(folder)[: len(str(root / "content")) + 10 * (unchanged.LEVELS + 1)])
    assert deepest.name == "d" * 9
    (deepest / "x").write_text("")
    assert look(root) != before
