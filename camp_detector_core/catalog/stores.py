"""What a static catalogue is kept in: a folder, a bucket, or a web server that is only read.

All paths are relative to the root, with ``/``, and clean: see `names`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

MAX_TEXT = 16 << 20
"""Bytes of the largest JSON file that is read."""
MAX_FILE = 4 << 30
"""Bytes of the largest asset."""
CHUNK = 1 << 20

ABSENT = ""
"""The version of what does not exist."""


@dataclass(frozen=True)
class Blob:
    """A small file as it was read."""

    data: bytes
    version: str
    """Changes when the file does; `ABSENT` is a file that is not there."""


class Store(Protocol):
    """Files by path. Whatever goes wrong is a `CatalogError`."""

    where: str
    """For messages, without secrets."""

    def url(self, path: str) -> str:
        """The absolute href of a file."""

    def read(self, path: str, limit: int = MAX_TEXT) -> Blob:
        """A small file; one that is missing is empty and of the version `ABSENT`."""

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file piece by piece; raises `UnknownModelError` where it is missing."""

    def put(self, path: str, data: bytes, *, expected: str | None = None) -> None:
        """Write a small file whole or not at all.

        Raises:
            ConflictError: It is not of the version ``expected``; None is any.
        """

    def put_file(self, path: str, source: Path, step: Callable[[int], None]) -> None:
        """Copy a file in, whole or not at all; ``step`` is told of each piece's bytes."""

    def delete(self, path: str) -> None:
        """Delete a file; one that is missing is no fault."""

    def names(self, folder: str) -> list[str]:
        """Paths of all files below a folder."""

    def changing(self) -> AbstractContextManager[None]:
        """Held while the catalogue is changed; raises where it can only be read."""
