"""Folders in use: each process that uses one holds a locked file about it.

The system lets go of the lock when the process ends, however it ends; so a number of a process is
not needed, which may stand for another one later. The files lie in a folder beside, since Windows
renames no folder with an open file in it.
"""

from __future__ import annotations

import sys
import uuid
from typing import TYPE_CHECKING, BinaryIO, Optional

if TYPE_CHECKING:
    from pathlib import Path

_ENDING = ".lock"


class Use:
    """A folder in use, until `end` or the end of the process."""

    def __init__(self, home: Path, name: str) -> None:
        """Say that a folder is used.

        Args:
            home: Where the locked files lie; made where it is missing.
            name: The folder's, without a path.

        Raises:
            OSError: It cannot be said.
        """
        home.mkdir(parents=True, exist_ok=True)
        self._path = home / f"{name}.{uuid.uuid4().hex[:8]}{_ENDING}"
        self._file: Optional[BinaryIO] = self._path.open("xb")
        try:
            _lock(self._file)
        except OSError:
            self.end()
            raise

    def end(self) -> None:
        """It is used no more; may be called twice."""
        if self._file is not None:
            self._file.close()
            self._file = None
            _remove(self._path)


def is_used(home: Path, name: str) -> bool:
    """True if a process uses a folder; yes where that cannot be told.

    Files that ended processes have left are removed.
    """
    for path in home.glob(f"{name}.*{_ENDING}"):
        try:
            with path.open("r+b") as file:
                _lock(file)
        except FileNotFoundError:
            continue
        except OSError:
            return True
        _remove(path)
    return False


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError:
        return  # the next one does


def _lock(file: BinaryIO) -> None:
    """Lock an open file, which ends when it is closed.

    Raises:
        OSError: Another one has, or its disk knows no locks.
    """
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
