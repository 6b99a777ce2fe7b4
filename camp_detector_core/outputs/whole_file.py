"""A file that appears under its name only when it is whole."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .durable import sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

PART = ".part-"
"""Beginning of the names of unfinished files."""


@contextmanager
def whole_file(path: Path, *, suffix: str = "", make_folder: bool = True) -> Iterator[Path]:
    """Give an empty file beside a path, and rename it to the path when its bytes are on the disk.

    After an error it is deleted, with the folders that were made for it, and the path is as it was.
    Only its owner may read it, unless the caller changes that.

    Args:
        path: An existing file is replaced.
        suffix: Of the unfinished file's name, where a library goes by that.
        make_folder: True to make the folder if it is missing.

    Raises:
        OSError: It cannot be made or renamed.
    """
    with new_folders(path.parent) if make_folder else nullcontext():
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=PART, suffix=suffix)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            sync_file(temporary)
            temporary.replace(path)
            sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes, *, make_folder: bool = False) -> None:
    """Write a file that appears when it is whole, with the rights of any new file.

    Args:
        path: An existing file is replaced.
        data: The content.
        make_folder: True to make the folder if it is missing.

    Raises:
        OSError: It cannot be written; an earlier file is as it was.
    """
    with whole_file(path, make_folder=make_folder) as temporary:
        temporary.unlink()  # made for its owner alone: a new one has the rights of the umask
        with temporary.open("xb") as stream:
            stream.write(data)


@contextmanager
def new_folders(folder: Path) -> Iterator[None]:
    """Make a folder with its parents; after an error those that were made are taken away again.

    A folder in which something lies by then stays.

    Raises:
        OSError: It cannot be made.
    """
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for made in missing:  # the innermost first
            with suppress(OSError):
                made.rmdir()
        raise
