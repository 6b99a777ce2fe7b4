"""A file that appears under its name only when it is whole."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from .durable import sync_file, sync_folder
from .scratch import Workplace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def whole_file(path: Path, *, make_folder: bool = True) -> Iterator[Path]:
    """Give an empty file, and rename it to the path when its bytes are on the disk.

    It has the name of the path, the rights of any new file, and lies in a hidden folder beside the
    path. After an error that is deleted, with the folders that were made for it, and the path is as
    it was; after a kill the next file that is written there clears it away.

    Args:
        path: An existing file is replaced.
        make_folder: True to make the folder if it is missing.

    Raises:
        OSError: It cannot be made or renamed.
    """
    with new_folders(path.parent) if make_folder else nullcontext():
        place = Workplace(path.parent)
        try:
            temporary = place.folder / path.name
            temporary.touch()
            yield temporary
            sync_file(temporary)
            temporary.replace(path)
            sync_folder(path.parent)
        finally:
            place.remove()


def write_whole(path: Path, data: bytes, *, make_folder: bool = False) -> None:
    """Write a file that appears when it is whole.

    Args:
        path: An existing file is replaced.
        data: The content.
        make_folder: True to make the folder if it is missing.

    Raises:
        OSError: It cannot be written; an earlier file is as it was.
    """
    with whole_file(path, make_folder=make_folder) as temporary:
        temporary.write_bytes(data)


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
