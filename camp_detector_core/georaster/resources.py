"""Keep the resources of an open source, and let go of them in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .ports import Kept, Library, Reader


class Shelf:
    """Open rasters and the texts of virtual ones, closed together and in the right order."""

    def __init__(self, library: Library) -> None:
        """Hold nothing yet."""
        self._library = library
        self._held: list[Kept | Reader] = []

    def keep(self, text: str) -> str:
        """Hold the text of a virtual raster; gives the name by which it is opened."""
        kept = self._library.keep(text)
        self._held.append(kept)
        return kept.name

    def open(self, name: str, *, label: str) -> Reader:
        """Open a raster; see the port.

        Raises:
            RasterError: It cannot be opened.
        """
        reader = self._library.open(name, label=label)
        self._held.append(reader)
        return reader

    def close(self) -> None:
        """Let go of all, the last first; may be called twice."""
        while self._held:
            self._held.pop().close()
