"""What is sent where a site is published, in which order, and how it goes on after a run that was broken off."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.upload import UploadCounts, UploadError, upload
from almanac.upload.plan import BATCH, CHANGED, DELETED, NEW, UNKNOWN, Step, batches, state_after, steps
from almanac.upload.targets import NOTES, FolderTarget
from tests.support.projects import tree

FILES = st.dictionaries(st.sampled_from(["index.html", "a/index.html", "b/index.html", "feed.xml", "theme/site.css"]),
                        st.sampled_from("123"))  # fmt: skip


def test_new_files_come_first_then_what_links_to_them_and_deletions_last() -> None:
    before = {"index.html": "1", "old/index.html": "1", "feed.xml": "1", "theme/site.css": "1", "same.html": "1"}
    after = {"index.html": "2", "new/index.html": "2", "feed.xml": "2", "theme/site.css": "2", "same.html": "1"}
    assert steps(before, after) == [
        Step(NEW, "new/index.html", "2"),
        Step(CHANGED, "theme/site.css", "2"),
        Step(CHANGED, "index.html", "2"),
        Step(CHANGED, "feed.xml", "2"),
        Step(DELETED, "old/index.html", ""),
    ]


def test_a_batch_is_of_one_phase() -> None:
    plan = [Step(NEW, str(n), "1") for n in range(BATCH + 1)] + [Step(DELETED, "x", "")]
    assert [len(batch) for batch in batches(plan)] == [BATCH, 1, 1]
    assert [step for batch in batches(plan) for step in batch] == plan


@given(FILES, FILES, st.integers(0, 9))
def test_what_stands_after_a_part_of_a_plan_is_known(before: dict[str, str], after: dict[str, str], taken: int) -> None:
    """Whatever was taken after the last note: nothing is believed to be there that is not, or to hold what it does not."""
    plan = steps(before, after)
    place = dict(before)
    for step in plan[:taken]:
        place.pop(step.path, None)
        if step.digest:
            place[step.path] = step.digest
    state = state_after(before, plan, 0, lambda paths: set(paths) & place.keys())
    assert state.keys() == place.keys()
    assert {path: place[path] for path, digest in state.items() if digest == UNKNOWN} | {
        path: digest for path, digest in state.items() if digest != UNKNOWN
    } == place


# A folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    put(tmp_path / "site", {"index.html": "1", "a/b/index.html": "1", "feed.xml": "1"})
    (tmp_path / "state").mkdir()
    return tmp_path / "site"


def put(folder: Path, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def published(site: Path, name: str = "target") -> UploadCounts:
    return upload(site, site.parent / "state", str(site.parent / name))


def standing(site: Path) -> dict[str, bytes]:
    """Return what readers see at the target."""
    return {path: data for path, data in tree(site.parent / "target").items() if not path.startswith(NOTES)}


def test_a_folder_holds_what_the_site_holds(site: Path) -> None:
    assert published(site) == UploadCounts(3, 0, 0, resumed=False)
    assert standing(site) == dict(tree(site))
    assert sorted(path.name for path in (site.parent / "target" / NOTES).iterdir()) == [
        "manifest.json.gz",
        "version.json",
    ]


def test_what_is_there_is_not_sent_again(site: Path) -> None:
    published(site)
    stamps = {path: path.stat().st_mtime_ns for path in (site.parent / "target").rglob("*")}
    assert published(site) == UploadCounts(0, 0, 3, resumed=False)
    assert {path: path.stat().st_mtime_ns for path in (site.parent / "target").rglob("*")} == stamps


def test_only_what_changed_is_sent_and_what_is_gone_is_deleted_with_its_folders(site: Path) -> None:
    published(site)
    put(site, {"index.html": "2", "c/index.html": "2"})
    (site / "a/b/index.html").unlink()
    assert published(site) == UploadCounts(2, 1, 1, resumed=False)
    assert standing(site) == {"index.html": b"2", "c/index.html": b"2", "feed.xml": b"1"}
    assert not (site.parent / "target/a").exists()


def test_a_file_of_equal_size_and_time_is_another_if_it_is_another_file(site: Path) -> None:
    published(site)
    status = (site / "index.html").stat()
    put(site.parent, {"fresh": "2"})
    (site.parent / "fresh").replace(site / "index.html")
    os.utime(site / "index.html", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert published(site).files == 1
    assert standing(site)["index.html"] == b"2"


def test_the_version_is_another_when_the_site_is(site: Path) -> None:
    versions = []
    for text in "121":
        put(site, {"index.html": text})
        published(site)
        versions.append(json.loads((site.parent / "target" / NOTES / "version.json").read_bytes()))
    assert versions[0] == versions[2] != versions[1]
    assert versions[0]["files"] == 3


def test_what_others_put_beside_it_stays(site: Path) -> None:
    put(site.parent / "target", {"CNAME": "theirs", "index.html": "theirs"})
    published(site)
    published(site)
    assert standing(site) == {"CNAME": b"theirs", **tree(site)}


@pytest.mark.parametrize("name", ["manifest.json.gz", "version.json"])
def test_a_note_that_is_damaged_or_gone_costs_sending_again(site: Path, name: str) -> None:
    published(site)
    (site.parent / "target" / NOTES / name).write_bytes(b"\x1f\x8b rubbish")
    put(site, {"index.html": "2"})
    published(site)
    assert standing(site) == dict(tree(site))


class BreakOffError(Exception):
    """The end of a run in its middle."""


@pytest.mark.parametrize("calls", range(1, 16))
def test_a_run_that_is_broken_off_at_any_call_is_gone_on_with(
    site: Path, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the site may be another by then."""
    published(site)
    put(site, {"index.html": "2", "c/index.html": "2", "d/index.html": "2"})
    (site / "a/b/index.html").unlink()
    left = iter(range(calls))
    for name in ("write", "send", "remove"):
        monkeypatch.setattr(FolderTarget, name, _breaking(getattr(FolderTarget, name), left))
    try:
        published(site)
    except UploadError as error:
        assert "run it again once that is fixed; it continues where it stopped" in str(error)  # noqa: PT017
    monkeypatch.undo()
    put(site, {"e/index.html": "3", "index.html": "3"})
    (site / "c/index.html").unlink()
    published(site)
    assert standing(site) == dict(tree(site))
    assert published(site) == UploadCounts(0, 0, 4, resumed=False)


def _breaking(do: object, left: object) -> object:
    def call(self: FolderTarget, path: str, *rest: object) -> None:
        if next(left, None) is None:  # type: ignore[call-overload]
            raise BreakOffError
        do(self, path, *rest)  # type: ignore[operator]

    return call


def test_a_target_that_nobody_knows_is_told(site: Path) -> None:
    with pytest.raises(UploadError, match=r"gopher://x: Protocol not known: gopher"):
        upload(site, site.parent / "state", "gopher://x")


def test_a_disk_that_refuses_is_told(site: Path) -> None:
    put(site.parent, {"target": "a file"})
    with pytest.raises(UploadError, match=r"target: .*; run it again once that is fixed"):
        published(site)


def test_steps_are_doubtful_in_a_window_only() -> None:
    plan = [Step(NEW, str(n), "1") for n in range(5 * BATCH)]
    asked: list[Sequence[str]] = []
    state = state_after({}, plan, BATCH, lambda paths: asked.append(paths) or set())  # type: ignore[func-returns-value]
    assert [len(paths) for paths in asked] == [2 * BATCH]
    assert len(state) == BATCH
