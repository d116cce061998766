"""Publishing: the next site is built beside the published one, of the same files, and takes its place in one step."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from almanac import files

NEXT = "next"  # in the state folder: the site that is being built, and for a moment the one that was published
LAST = "last"  # in the state folder, where a system cannot swap: the published one while the next takes its place

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # of linux/fcntl.h and linux/fs.h
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)


def copy_links(published: Path, fresh: Path) -> None:
    """Make `fresh` hold every file of `published`, without copying where the disk has hard links. Raises DiskError.

    No file of a site is ever written into, only replaced, so both may share them.
    """
    last = fresh.with_name(LAST)
    if last.exists() and not published.exists():  # killed between the two steps of a system that cannot swap
        last.rename(published)
    _clear(fresh)
    _clear(last)
    files.make_folder(fresh)
    if published.exists():
        _share(os.fspath(published), os.fspath(fresh))


def _share(folder: str, target: str) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            copy = os.path.join(target, entry.name)
            if entry.is_dir(follow_symlinks=False):
                files.make_folder(copy)
                _share(entry.path, copy)
            else:
                _link(entry.path, copy)


def _link(path: str, copy: str) -> None:
    try:
        os.link(path, copy, follow_symlinks=False)
    except OSError:  # another disk, or one without hard links
        try:
            shutil.copy2(path, copy, follow_symlinks=False)
        except OSError as error:
            raise files.refusal(copy, error) from error


def swap(fresh: Path, published: Path) -> None:
    """Let `fresh` take the place of `published`. Raises DiskError; the old site stands then."""
    try:
        if not published.exists():
            files.make_folder(published.parent)
            fresh.rename(published)
        elif not _exchange(fresh, published):
            published.rename(fresh.with_name(LAST))  # a kill right here leaves no site until the next build
            fresh.rename(published)
    except OSError as error:
        raise files.refusal(published, error) from error


def remove(fresh: Path) -> None:
    """Remove what is no longer published. Raises DiskError."""
    _clear(fresh)
    _clear(fresh.with_name(LAST))


def _clear(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise files.refusal(error.filename or folder, error) from error


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, so that no moment is without either; False where the system cannot."""
    import ctypes  # only here: a build that does not publish is quicker without

    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # another system than Linux
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    if (number := ctypes.get_errno()) in _CANNOT:
        return False
    raise OSError(number, os.strerror(number))
