"""Resources of an open source, closed in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .ports import Library, Reader, StoredText


class Resources:
    """Open rasters and texts of virtual ones, closed together in the right order."""

    def __init__(self, library: Library) -> None:
        """Start without resources."""
        self._library = library
        self._open_resources: list[StoredText | Reader] = []

    def store_text(self, text: str) -> str:
        """Store the text of a virtual raster and return the name to open it by."""
        stored = self._library.store_text(text)
        self._open_resources.append(stored)
        return stored.name

    def open(self, name: str, *, label: str) -> Reader:
        """Open a raster; see the port.

        Raises:
            RasterError: It cannot be opened.
        """
        reader = self._library.open(name, label=label)
        self._open_resources.append(reader)
        return reader

    def close(self) -> None:
        """Close all in reverse order; may be called twice."""
        while self._open_resources:
            self._open_resources.pop().close()
