"""Pixels outside of an area of interest are taken as missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..engine.grid import Grid, Window
    from ..engine.ports import RasterSource
    from .ports import Area


class AreaSource:
    """A source of which only the pixels in an area are valid."""

    def __init__(self, source: RasterSource, area: Area) -> None:
        """Look at a source, which stays the caller's."""
        self._source = source
        self._area = area

    @property
    def grid(self) -> Grid:
        """The grid of the source."""
        return self._source.grid

    def read(self, window: Window) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
        """Read the pixels of a window; see the engine's `RasterSource`."""
        inside = self._area.mask(self.grid[window])
        pixels, valid = self._source.read(window)
        return pixels, valid & inside
