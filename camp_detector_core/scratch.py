"""Hidden folders for what is not finished, and those that killed runs left behind."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_PREFIX = ".camp-detector-"
_LOCK = "lock"
_YOUNG = 60.0
"""Seconds in which a lock may lie there and not be held yet."""


class Workplace:
    """A hidden folder, marked as in use for as long as this process lives."""

    def __init__(self, parent: Path) -> None:
        """Make the folder, after those of dead runs are cleared away.

        Raises:
            OSError: It cannot be made.
        """
        clear_abandoned(parent)
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        """Where finished files wait."""
        self.scratch = self.folder / "scratch"
        """Where intermediate files lie."""
        self.old = self.scratch / "old"
        """Where earlier results lie while new ones take their place."""
        self.old.mkdir(parents=True)
        self._lock: int | None = None
        self._lock_path = self.scratch / _LOCK
        if sys.platform != "win32":
            self._lock = os.open(self._lock_path, os.O_CREAT | os.O_RDWR, 0o600)
            with suppress(OSError):  # without locks nobody clears it away, which is harmless
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def remove(self) -> None:
        """Delete the folder with all that is in it."""
        self._unlock()
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self) -> None:
        """Leave the folder for the user: without its lock no later run clears it away."""
        self._lock_path.unlink(missing_ok=True)
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def clear_abandoned(parent: Path) -> None:
    """Delete the hidden folders of runs that were killed, unless earlier results lie in them."""
    if sys.platform == "win32":
        return
    for lock in parent.glob(f"{_PREFIX}*/scratch/{_LOCK}"):
        with suppress(OSError):
            if not any((lock.parent / "old").iterdir()) and _is_free(lock):
                shutil.rmtree(lock.parent.parent, ignore_errors=True)


def _is_free(lock: Path) -> bool:
    """Whether the process that made a lock is gone.

    Raises:
        OSError: Another process holds it, or there are no locks on this disk.
    """
    if sys.platform == "win32" or time.time() - lock.stat().st_mtime < _YOUNG:
        return False
    descriptor = os.open(lock, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)
    return True
