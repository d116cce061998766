"""A file is replaced whole or not at all, and a disk that refuses is told by file and cure."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from almanac import files
from almanac.files import DiskError, plainly, put


@contextmanager
def narrow(size: int) -> Iterator[None]:
    """Let this process write no file beyond `size` bytes; as on a full disk, a first write is taken in part.

    Only around what is tried: pytest's own output may go to a file.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("durable", [False, True])
def test_the_new_bytes_take_the_place_of_the_old(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "a.md"
    for data in (b"old and longer", b"new", b""):
        status = put(path, data, durable=durable)
        assert (path.read_bytes(), list(tmp_path.iterdir())) == (data, [path])
        assert (status.st_size, status.st_mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)


def test_what_somebody_has_open_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    put(path, b"old")
    os.link(path, tmp_path / "b.md")
    put(path, b"new")
    assert (tmp_path / "b.md").read_bytes() == b"old"


def test_a_disk_that_takes_only_a_part_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    put(path, b"old")
    with pytest.raises(DiskError) as told, narrow(10):
        put(path, b"more than ten bytes")
    assert str(told.value) == f"{path}: File too large; look what stands there, then run this again"
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"old", [path])


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match=r"x/a\.md: No such file or directory; look what stands there"):
        put(tmp_path / "x" / "a.md", b"")


def test_folders_are_made_with_those_above_them(tmp_path: Path) -> None:
    files.make_folder(tmp_path / "a" / "b")
    files.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(DiskError, match="file/c: Not a directory"):
        files.make_folder(tmp_path / "file" / "c")


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (errno.ENOSPC, "a.md: No space left on device; make room on its disk, then run this again"),
        (
            errno.EDQUOT,
            "a.md: Disk quota exceeded; make room within your quota, or have it raised, then run this again",
        ),
        (
            errno.EIO,
            "a.md: Input/output error; its disk may be failing, so save what is on it elsewhere, then run this again",
        ),
        (errno.EROFS, "a.md: Read-only file system; make its disk writable, then run this again"),
        (errno.EACCES, "a.md: Permission denied; give this user the right to it, then run this again"),
        (errno.EISDIR, "a.md: Is a directory; look what stands there, then run this again"),
        (errno.EPIPE, "a.md: Broken pipe; look what stands there, then run this again"),
    ],
)
def test_every_refusal_has_its_cure(number: int, line: str) -> None:
    told = files.refusal("a.md", OSError(number, os.strerror(number)))
    assert str(told) == line
    assert files.refusal("b.md", told) is told


def test_paths_below_this_folder_are_shown_as_one_types_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    error = OSError(errno.EROFS, "Read-only")
    assert str(files.refusal(tmp_path / "content" / "a.md", error)).startswith("content/a.md: Read-only; ")


def test_one_line_is_said_of_a_disk_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    for error in (files.refusal("a.md", OSError(errno.ENOSPC, "Full")), OSError(errno.ENOSPC, "Full", "a.md")):
        plainly(type(error), error, None)
        assert capsys.readouterr().err == "a.md: Full; make room on its disk, then run this again\n"
    plainly(IsADirectoryError, IsADirectoryError(errno.EISDIR, "Folder", "a.md"), None)
    assert capsys.readouterr().err == "a.md: Folder; look what stands there, then run this again\n"


@pytest.mark.parametrize("error", [ValueError("ours"), FileNotFoundError(errno.ENOENT, "Gone", "a.md"), OSError("odd")])
def test_what_we_did_wrong_keeps_its_traceback(error: Exception) -> None:
    code = f"import sys; from almanac.files import plainly; sys.excepthook = plainly; raise {error!r}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": "plugins"},
        text=True,
        capture_output=True,
        cwd=Path(__file__).resolve().parents[2],
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
