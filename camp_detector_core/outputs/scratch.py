"""Hidden folders for what is not finished, and those that killed runs left behind."""

from __future__ import annotations

import filecmp
import logging
import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Callable

from .durable import is_same, put_new
from .placing import JOURNALS, OLD, Placing

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOG = logging.getLogger(__name__)
Warn = Callable[[str], None]

PREFIX = ".camp-detector-"
"""Beginning of the names of hidden folders."""
_LOCK = "lock"
_YOUNG = 60.0
"""Seconds in which a folder may have no lock yet."""
_own: set[Path] = set()
"""Hidden folders of this process, resolved: locks of network disks do not hold against their own
process."""


class Workplace:
    """A hidden folder, marked as in use for as long as this process lives."""

    def __init__(self, parent: Path, *, warn: Warn = LOG.warning) -> None:
        """Make the folder, after those of dead runs are cleared away.

        Args:
            parent: Where it lies.
            warn: Told what was done about those.

        Raises:
            OSError: It cannot be made.
        """
        recover(parent, warn=warn)
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        """Folder of finished files."""
        _own.add(self.folder.resolve())
        self.scratch = self.folder / "scratch"
        """Folder of intermediate files."""
        self.old = self.folder / OLD
        """Folder of earlier results while new ones take their place."""
        self._lock_path = self.scratch / _LOCK
        self._lock: int | None = None
        try:
            self.old.mkdir(parents=True)
            self._lock = _make_lock(self._lock_path)
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        """Delete the folder with all that is in it."""
        _empty(self.folder)
        self._unlock()
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self) -> None:
        """Leave the folder for the user: without its lock no later run clears it away."""
        with suppress(OSError):  # Windows deletes no open file
            self._lock_path.unlink()
        self._unlock()
        self._lock_path.unlink(missing_ok=True)

    def _unlock(self) -> None:
        _own.discard(self.folder.resolve())
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def recover(parent: Path, *, warn: Warn = LOG.warning) -> None:
    """Finish or take back what killed runs began in a folder, and clear their hidden folders away.

    Args:
        parent: A folder in which results lie.
        warn: Told what was done, in a sentence.
    """
    with suppress(OSError):
        for room in sorted(parent.glob(f"{PREFIX}*")):
            if room.is_dir() and not room.is_symlink() and room.resolve() not in _own:
                _recover_room(room, warn)


def _recover_room(room: Path, warn: Warn) -> None:
    path = room / "scratch" / _LOCK
    if not path.is_file():
        _drop_empty(room)
        return
    lock = _seize(path)
    if lock is None:
        return
    try:
        sentence, is_done = _settle(room)
        if is_done:
            _empty(room)
        else:
            with suppress(OSError):
                path.unlink()  # so that no later run looks at it again
    except OSError as error:
        sentence, is_done = (
            f", and what it left cannot be cleared away now: {error.strerror or error}",
            False,
        )
    finally:
        os.close(lock)
    if is_done:
        shutil.rmtree(room, ignore_errors=True)
    warn(f"an earlier run into {room.parent} was killed{sentence}")


def _settle(room: Path) -> tuple[str, bool]:
    """Put results of a killed run in order; gives what to say, and if the folder may be deleted.

    Raises:
        OSError: It cannot be done now.
    """
    during = " while it put its results in place"
    try:
        left = Placing.left_in(room)
    except ValueError as error:
        return f"{during}, and {room} cannot be understood ({error}): look into it", False
    if left is None:
        return _restore(room)
    placing, is_onward = left
    if is_onward:
        others = placing.others()
        if not others:
            done = placing.resume()
            if not done:
                return " when its results were in place: what it left is cleared away", True
            return f"{during}: that is finished now, with {', '.join(done)}", True
    else:
        others = placing.back()
        if not others:
            return f"{during}: the earlier ones are back in place", True
    placing.forget()
    names = ", ".join(others)
    return f"{during}, and {names} changed since: what is not in place lies in {room}", False


def _restore(room: Path) -> tuple[str, bool]:
    """Put earlier results back that a run took out of the way without writing down why."""
    back, others = [], []
    for old in sorted(_entries(room / OLD)):
        final = room.parent / old.name
        if not os.path.lexists(final):
            put_new(old, final)
            back.append(old.name)
        elif not (is_same(old, final) or _is_equal(old, final)):
            others.append(old.name)
    if others:
        return f", and earlier versions of {', '.join(others)} lie in {room / OLD}", False
    if back:
        return f": the earlier {', '.join(back)} is back in place", True
    return " before it was done: its unfinished files are cleared away", True


def _is_equal(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def _empty(room: Path) -> None:
    """Delete all but the lock, as far as it can be, copies of earlier results first.

    What is written about the steps goes last: after a kill in between it still says how far they
    were.
    """
    scratch = room / "scratch"
    last = [room / name for name in JOURNALS]
    rest = [p for p in (*_entries(scratch), *_entries(room)) if p not in {scratch, *last}]
    for path in (room / OLD, *rest, *last):
        if path == scratch / _LOCK:
            continue
        with suppress(OSError):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def _entries(folder: Path) -> list[Path]:
    with suppress(OSError):
        return list(folder.iterdir())
    return []


def _drop_empty(room: Path) -> None:
    """Delete the hidden folder of a run that was killed before it had a lock."""
    with suppress(OSError):
        if time.time() - room.stat().st_mtime > _YOUNG:
            for folder in (room / OLD, room / "scratch", room):
                folder.rmdir()


def _make_lock(path: Path) -> int | None:
    """A file that is locked from the moment at which it has its name; None without locks.

    Raises:
        OSError: It cannot be made.
    """
    draft = path if sys.platform == "win32" else path.with_name(f"{_LOCK}.new")
    lock = os.open(draft, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _lock(lock)
    except OSError:  # nobody will clear the folder away, which is harmless
        os.close(lock)
        draft.unlink()
        return None
    if draft != path:
        draft.rename(path)
    return lock


def _seize(path: Path) -> int | None:
    """The lock of a process that is gone; None while it lives, or where the disk has no locks."""
    try:
        if sys.platform == "win32" and time.time() - path.stat().st_mtime < _YOUNG:
            return None  # it may not be locked yet
        lock = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        _lock(lock)
    except OSError:
        os.close(lock)
        return None
    return lock


def _lock(descriptor: int) -> None:
    """Lock a file for as long as this process has it open.

    Raises:
        OSError: Another process has, or there are no locks on this disk.
    """
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
