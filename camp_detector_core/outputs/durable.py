"""Steps on a disk that are done or not done, never half, and that outlast a power cut."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform != "win32":
    import fcntl

Identity = tuple[int, int]
"""Bytes and time of the last change in nanoseconds: tells a file from another under its name."""

_LONGEST_WAIT, _PAUSE = 60.0, 0.01
"""Seconds for which another run is waited for, and between two looks."""
_NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EROFS, errno.ENOSYS, errno.EBADF}
"""Answers of disks that cannot be asked to write out."""


def identity(path: Path) -> Identity | None:
    """Size and time of a file or a link, to know it again by; None where there is none."""
    try:
        state = path.lstat()
    except FileNotFoundError:
        return None
    return state.st_size, state.st_mtime_ns


def is_same(one: Path, other: Path) -> bool:
    """True if two names lead to one file; False where a name leads to none."""
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except FileNotFoundError:
        return False


def sync_file(path: Path) -> None:
    """Have a file's bytes on the disk before going on.

    Raises:
        OSError: They cannot be written.
    """
    _sync(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Have a folder's names on the disk before going on; Windows does that by itself.

    Raises:
        OSError: They cannot be written.
    """
    if sys.platform != "win32":
        _sync(path, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(descriptor)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Have other runs wait that put results into a folder; Windows locks no folder.

    Raises:
        OSError: The folder cannot be opened.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    end = time.monotonic() + _LONGEST_WAIT
    try:
        while not _is_locked(descriptor) and time.monotonic() < end:
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Lock a folder; False if another run has it, True also on a disk without locks."""
    if sys.platform != "win32":
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
    return True


def put_new(source: Path, final: Path) -> None:
    """Move a file to a name that is free, and never onto another file.

    Killed in between, it has both names.

    Raises:
        OSError: `FileExistsError` if the name is taken.
    """
    try:
        _link(source, final)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError) as error:  # a disk without hard links
        if os.path.lexists(final):
            raise FileExistsError(errno.EEXIST, f"{final} exists by now") from error
        source.rename(final)
    else:
        source.unlink()


def set_aside(source: Path, place: Path, *, draft: Path) -> None:
    """Have a file under a second name too; copied on a disk without hard links.

    Args:
        source: Stays.
        place: The free second name.
        draft: Where a copy is made.

    Raises:
        OSError: It cannot be.
    """
    try:
        _link(source, place)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        shutil.copy2(source, draft, follow_symlinks=False)
        if not draft.is_symlink():
            sync_file(draft)
        draft.rename(place)


def _link(source: Path, final: Path) -> None:
    """A hard link, of a symbolic link itself where the system knows such."""
    if os.link in os.supports_follow_symlinks:
        os.link(source, final, follow_symlinks=False)
    else:
        os.link(source, final)
