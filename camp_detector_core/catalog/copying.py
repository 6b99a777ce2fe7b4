"""Copying of files with progress, verification and cancellation."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import Cancelled

from .errors import CatalogError
from .stores import MAX_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from camp_detector_core.engine.ports import Progress

    from .ready_model import ReadyModel
    from .stores import Store


class Counter:
    """Adds up bytes for a progress bar and stops when asked to."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        """Start at zero bytes."""
        self._total = total
        self._progress = progress
        self._count = 0

    def __call__(self, size: int) -> None:
        """Add the bytes of one step.

        Raises:
            Cancelled: The user wants to stop.
        """
        self._count += size
        if self._progress is None:
            return
        if self._progress.cancelled():
            msg = "cancelled"
            raise Cancelled(msg)
        self._progress.update(min(self._count, self._total), self._total)


def put_files(store: Store, model: ReadyModel, home: str, step: Callable[[int], None]) -> None:
    """Copy a model's files into a folder of a store and verify each copy.

    Raises:
        CatalogError: A file cannot be written, or changed on its way.
    """
    for file in {f.name: f for f in model.files.values()}.values():
        path = f"{home}/{file.name}"
        store.put_file(path, file.source, step)
        for piece in verified(store.chunks(path), file.size, file.sha256, store.url(path)):
            step(len(piece))


def verified(
    pieces: Iterator[bytes], size: int | None, sha256: str | None, name: str
) -> Iterator[bytes]:
    """Pass the pieces of a file on, and raise at the end if its size or checksum is wrong.

    Args:
        pieces: Its bytes.
        size: Bytes that it must have, where that is known.
        sha256: Checksum that it must have, where that is known.
        name: For the message.

    Raises:
        CatalogError: It is longer or shorter, or of another checksum.
    """
    digest, count = hashlib.sha256(), 0
    for piece in pieces:
        count += len(piece)
        if count > (MAX_FILE if size is None else size):
            break
        digest.update(piece)
        yield piece
    if size not in {None, count} or sha256 not in {None, digest.hexdigest()}:
        msg = f"{name} is not the file that its item describes: it is damaged, add the model again"
        raise CatalogError(msg)
