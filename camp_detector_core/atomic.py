"""Outputs that appear together at the very end, or not at all.

All are written into a hidden folder beside their targets and moved when everything is done, so
an error, a full disk or Ctrl-C leaves neither a half file nor a lost earlier result.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from .engine.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOW_SPACE = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SHAPEFILE = (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".shp.xml", ".qpj")
_SIDE_FILES = {
    ".shp": _SHAPEFILE,
    ".gpkg": (),
    ".tif": (".tfw",),
    ".png": (".pgw", ".pngw"),
}
"""Files with the same stem that belong to a file of this suffix."""
_APPENDED = (".aux.xml", ".ovr", ".msk", "-wal", "-shm", "-journal")
"""Files with the same name and this ending that belong to it: left behind beside a new file they
would describe the old one (a stale write-ahead log even destroys a GeoPackage)."""


@dataclass(frozen=True)
class Target:
    """One output: where it is written and where it ends up."""

    final: Path
    """Where the user wants it."""
    temporary: Path
    """Where it is written, of the same name."""
    scratch: Path
    """A folder for intermediate files, on the same disk; it is deleted."""


class OutputSet:
    """The outputs of one run; use it with ``with`` and call `commit` at the end."""

    def __init__(self, finals: Sequence[Path], *, overwrite: bool) -> None:
        """Check the targets before any work is done, and write nothing yet.

        Args:
            finals: Where the outputs shall be.
            overwrite: Whether existing ones may be replaced.

        Raises:
            OutputError: A target exists, is a folder, occurs twice, or its folder is missing.
        """
        self._overwrite = overwrite
        self._finals = [Path(os.path.abspath(f)) for f in finals]  # noqa: PTH100 - keeps links
        self._folders: dict[Path, Path] = {}
        for final in self._finals:
            _check(final, overwrite=overwrite)
        if len(set(self._finals)) < len(self._finals):
            msg = f"two outputs have the same name: {', '.join(map(str, self._finals))}"
            raise OutputError(msg)

    def __enter__(self) -> Self:
        """Make the hidden folders.

        Raises:
            OutputError: A folder cannot be written to.
        """
        try:
            for final in self._finals:
                if final.parent not in self._folders:
                    made = tempfile.mkdtemp(prefix=".camp-detector-", dir=final.parent)
                    self._folders[final.parent] = Path(made)
                    (Path(made) / "scratch").mkdir()
        except OSError as error:
            self._clean()
            msg = f"cannot write into the folder {final.parent}: {error.strerror}"
            raise OutputError(msg) from error
        return self

    def __exit__(self, *_: object) -> None:
        """Delete what was not moved."""
        self._clean()

    def target(self, final: Path) -> Target:
        """Where to write the output that ends up at ``final``."""
        path = Path(os.path.abspath(final))  # noqa: PTH100 - keeps links
        folder = self._folders[path.parent]
        return Target(path, folder / path.name, folder / "scratch")

    def commit(self) -> None:
        """Move all outputs, with their side files, to where they belong.

        Raises:
            OutputError: One cannot be moved, or exists by now; then all is as it was before.
        """
        for final in self._finals:
            _check(final, overwrite=self._overwrite)  # another run may have been faster
        done: list[tuple[Path, Path]] = []
        try:
            for parent, folder in self._folders.items():
                old = folder / "scratch" / "old"
                old.mkdir(exist_ok=True)
                for final in (f for f in self._finals if f.parent == parent):
                    for stale in _family(final):
                        _move(stale, old / stale.name, done)
                for new in sorted(p for p in folder.iterdir() if p.is_file()):
                    _move(new, parent / new.name, done)
        except BaseException as error:
            for source, destination in reversed(done):
                destination.replace(source)
            if isinstance(error, OSError):
                msg = f"the results cannot be moved into place: {error.strerror}"
                raise OutputError(msg) from error
            raise

    def _clean(self) -> None:
        for folder in self._folders.values():
            shutil.rmtree(folder, ignore_errors=True)
        self._folders = {}


def _move(source: Path, destination: Path, done: list[tuple[Path, Path]]) -> None:
    source.replace(destination)
    done.append((source, destination))


def _family(final: Path) -> list[Path]:
    """A file and those that belong to it, as far as they exist."""
    names = [final.name, *(final.name + end for end in _APPENDED)]
    names += [final.stem + end for end in _SIDE_FILES.get(final.suffix.lower(), ())]
    return [p for n in names if (p := final.with_name(n)).is_file()]


def _check(final: Path, *, overwrite: bool) -> None:
    if not final.parent.is_dir():
        msg = f"the folder {final.parent} does not exist: create it first"
        raise OutputError(msg)
    if final.is_dir():
        msg = f"{final} is a folder: name a file in it, such as {final / 'dwellings.gpkg'}"
        raise OutputError(msg)
    standing = _family(final)
    if standing and not overwrite:
        msg = f"{standing[0]} exists already: give --overwrite to replace it, or another name"
        raise OutputError(msg)
    if not os.access(final.parent, os.W_OK):
        msg = f"the folder {final.parent} is not writable: choose another one"
        raise OutputError(msg)


def cannot_write(final: Path, error: BaseException | str, *, needed: int = 0) -> OutputError:
    """The error for an output that could not be written, with the reason in plain words.

    Args:
        final: The output.
        error: What the library that wrote it said; few of them pass on that the disk is full.
        needed: Bytes that were to be written: if fewer are free now, that was the reason.
    """
    number = getattr(error, "errno", None)
    try:
        full = shutil.disk_usage(final.parent).free < max(needed, _LOW_SPACE)
    except OSError:
        full = False
    if full or number in _FULL:
        return OutputError(f"{final} cannot be written: the disk is full, or a quota is reached")
    while isinstance(error, BaseException) and error.__cause__ is not None:
        error = error.__cause__
    reason = " ".join(str(error).split())[:300].rstrip(".")
    return OutputError(f"{final} cannot be written: {reason}")
