"""Storage of a static catalogue: a folder, a bucket, or a read-only web server.

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
"""Size in bytes of the largest JSON file that is read."""
MAX_FILE = 4 << 30
"""Size in bytes of the largest asset."""
CHUNK = 1 << 20

ABSENT = ""
"""Version of a missing file."""


@dataclass(frozen=True)
class Blob:
    """Content of a small file."""

    data: bytes
    version: str
    """Changes with the file; `ABSENT` if the file is missing."""


class Store(Protocol):
    """Storage of files by path; every failure is a `CatalogError`."""

    location: str
    """Location for messages, without passwords."""

    def url(self, path: str) -> str:
        """Absolute href of a file."""

    def read(self, path: str, limit: int = MAX_TEXT) -> Blob:
        """Read a small file; a missing one is empty and has the version `ABSENT`."""

    def chunks(self, path: str) -> Iterator[bytes]:
        """Read a file in chunks; raises `UnknownModelError` if it is missing."""

    def put(self, path: str, data: bytes, *, expected: str | None = None) -> None:
        """Write a small file completely or not at all.

        Raises:
            ConflictError: It is not of the version ``expected``; None is any.
        """

    def put_file(self, path: str, source: Path, step: Callable[[int], None]) -> None:
        """Copy a file in, completely or not at all, and report each piece's bytes to ``step``."""

    def delete(self, path: str) -> None:
        """Delete a file, if it exists."""

    def names(self, folder: str) -> list[str]:
        """List the paths of all files below a folder."""

    def changing(self) -> AbstractContextManager[None]:
        """Context to hold while changing the catalogue; raises if it is read-only."""
