"""A catalogue's files in a local folder, with the standard library alone."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from camp_detector_core.outputs.scratch import PREFIX, recover
from camp_detector_core.outputs.whole_file import new_folders, whole_file

from .errors import CatalogError, ConflictError, UnknownModelError
from .names import CATALOG, LOCK, TABLE
from .stores import ABSENT, CHUNK, MAX_TEXT, Blob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

_CATALOG_FILES = {CATALOG, LOCK, TABLE, "models"}
_SPACE = "; delete what is not needed there | name another {catalog}"
_RIGHTS = "; change its permissions | name another {catalog}"
_REMEDIES: dict[int | None, str] = {
    errno.ENOSPC: _SPACE, errno.EDQUOT: _SPACE,
    errno.EROFS: _RIGHTS, errno.EACCES: _RIGHTS, errno.EPERM: _RIGHTS,
}  # fmt: skip
_WAIT = 600.0
"""Seconds to wait for another command that changes the catalogue."""


class LocalStore:
    """Files below one folder. Links that lead out of it are not followed."""

    def __init__(self, folder: Path, *, wait: float = _WAIT) -> None:
        """Name the folder; it need not exist yet.

        Args:
            folder: Its path.
            wait: Seconds to wait for another command that changes the catalogue.
        """
        self.folder = Path(os.path.abspath(folder))  # noqa: PTH100 - keeps links
        self.location = str(self.folder)
        self._wait = wait

    def url(self, path: str) -> str:
        """The ``file://`` href of a file."""
        return (self.folder / path).as_uri()

    def file(self, path: str) -> Path:
        """Path of a file on disk.

        Raises:
            CatalogError: A link leads out of the folder.
        """
        full = self.folder / path
        with _errors(f"cannot read {full}"):
            is_inside = full.resolve().is_relative_to(self.folder.resolve())
        if not is_inside:
            msg = f"{full} is a link that leads out of the catalogue: remove it"
            raise CatalogError(msg)
        return full

    def read(self, path: str, limit: int = MAX_TEXT) -> Blob:
        """Read a small file."""
        try:
            with self._open(path) as stream, _errors(f"cannot read {self.folder / path}"):
                data = stream.read(limit + 1)
        except UnknownModelError:
            return Blob(b"", ABSENT)
        if len(data) > limit:
            msg = f"{self.folder / path} is larger than {limit >> 20} MiB and is not read"
            raise CatalogError(msg)
        return Blob(data, hashlib.sha256(data).hexdigest())

    def _open(self, path: str) -> IO[bytes]:
        file = self.file(path)
        if file.exists() and not file.is_file():
            msg = f"{file} is not a file: the catalogue is damaged"
            raise CatalogError(msg)
        with _errors(f"cannot read {file}"):
            try:
                return file.open("rb")
            except (FileNotFoundError, NotADirectoryError) as error:
                msg = f"{file} is missing: the catalogue is incomplete, add it again"
                raise UnknownModelError(msg) from error

    def chunks(self, path: str) -> Iterator[bytes]:
        """Read a file in chunks."""
        with self._open(path) as stream, _errors(f"cannot read {self.folder / path}"):
            while piece := stream.read(CHUNK):
                yield piece

    def put(self, path: str, data: bytes, *, expected: str | None = None) -> None:
        """Write a small file."""
        if expected is not None and self.read(path).version != expected:
            msg = f"{self.folder / path} was changed by another command meanwhile: try again"
            raise ConflictError(msg)
        self._write(path, lambda stream: stream.write(data))

    def put_file(self, path: str, source: Path, step: Callable[[int], None]) -> None:
        """Copy a file in."""

        def copy(stream: IO[bytes]) -> None:
            with source.open("rb") as origin:
                while piece := origin.read(CHUNK):
                    stream.write(piece)
                    step(len(piece))

        self._write(path, copy)

    def _write(self, path: str, fill: Callable[[IO[bytes]], object]) -> None:
        """Write beside the target, flush to the disk, then rename."""
        target = self.file(path)
        with _errors(f"cannot write {target}"), whole_file(target) as part:
            with part.open("wb") as stream:
                fill(stream)
                stream.flush()
                os.fsync(stream.fileno())
            part.chmod(0o644)

    def delete(self, path: str) -> None:
        """Delete a file, and the folders that become empty."""
        file = self.folder / path
        with _errors(f"cannot delete {file}"):
            file.unlink(missing_ok=True)
        for parent in file.relative_to(self.folder).parents:
            if len(parent.parts) < 2:  # noqa: PLR2004 - the root and models/ stay
                break
            with suppress(OSError):
                (self.folder / parent).rmdir()

    def names(self, folder: str) -> list[str]:
        """Paths of all files below a folder."""
        paths = (
            Path(parent) / name
            for parent, _, files in os.walk(self.folder / folder)
            for name in files
        )
        return sorted(f.relative_to(self.folder).as_posix() for f in paths)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the catalogue's lock and clear away what interrupted commands left behind."""
        self._check_home()
        with _errors(f"cannot write {self.folder / LOCK}"), new_folders(self.folder):
            lock = os.open(self.folder / LOCK, os.O_CREAT | os.O_RDWR, 0o644)
        try:
            self._acquire(lock)
            for parent in {left.parent for left in self.folder.rglob(f"{PREFIX}*")}:
                recover(parent)
            yield
        finally:
            os.close(lock)

    def _check_home(self) -> None:
        """Refuse a folder that holds other files."""
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            msg = f"{self.folder} is a file: name a folder for the catalogue"
            raise CatalogError(msg)
        names = {p.name for p in self.folder.iterdir() if not p.name.startswith(PREFIX)}
        if CATALOG not in names and names - _CATALOG_FILES:
            msg = (
                f"{self.folder} holds other files and no {CATALOG}: name a new or empty folder "
                "for the catalogue"
            )
            raise CatalogError(msg)

    def _acquire(self, lock: int) -> None:
        """Wait for the lock, which the system releases when this process ends."""
        deadline = time.monotonic() + self._wait
        while not _try_lock(lock):
            if time.monotonic() >= deadline:
                msg = (
                    f"another command has been changing the catalogue {self.folder} for "
                    f"{self._wait:.0f} seconds: wait until it has ended"
                )
                raise CatalogError(msg)
            time.sleep(0.2)


@contextmanager
def _errors(failure: str) -> Iterator[None]:
    """Turn the system's errors into a sentence.

    Raises:
        CatalogError: The system refuses.
    """
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = _REMEDIES.get(getattr(error, "errno", None), "")
        msg = f"{failure}: {reason}"
        raise CatalogError(msg, parameter="catalog", remedy=remedy) from error


if sys.platform == "win32":
    import msvcrt

    def _try_lock(lock: int) -> bool:
        """Try to take the lock."""
        try:
            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(lock: int) -> bool:
        """Try to take the lock; on a disk without locks it counts as taken."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno not in {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}
        return True
