"""Raster as the engine's `RasterSource`."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..engine.errors import RasterError
from ..engine.grid import Grid, Window
from .layout import ALPHA
from .ports import Crs, Library, Reader, ReadError
from .validity import read_valid

if TYPE_CHECKING:
    from contextlib import ExitStack

    from numpy.typing import NDArray

    from ..engine.messages import Message
    from .mosaic import MosaicPart
    from .validity import Marks


class Picture(NamedTuple):
    """Overview of a whole raster in few pixels."""

    pixels: NDArray[np.generic]
    """(bands, height, width) in the raster's dtype."""
    valid: NDArray[np.bool_]
    """Validity (height, width), True for valid pixels."""
    scale: tuple[float, float]
    """Overview pixels per pixel of the source's grid, along (row, col)."""


@dataclass(frozen=True)
class Access:
    """Open rasters behind a source."""

    library: Library
    stack: ExitStack
    """Closes the rasters and the texts of virtual ones, the last first."""
    base: Reader
    """Raster on its native grid."""
    warped: Reader | None
    """Raster on the source's grid if that differs; its last band is alpha."""
    native: Grid
    """Grid of ``base``."""
    crs: Crs | None
    """CRS of both grids."""
    band_numbers: tuple[int, ...]
    """Band numbers of the files, from 1."""
    bands: tuple[int, ...]
    """Band numbers to read of ``base``, from 1."""
    numbers: tuple[int, ...]
    """Band numbers to read of ``warped``."""
    marks: Marks
    """Marks of missing pixels in ``base``."""
    parts: tuple[MosaicPart, ...]
    """Files, and the window of ``base`` that each fills."""


class PlacedSource:
    """Pixels of a raster or mosaic on one grid; close it, or use it with ``with``.

    It is not safe to read from two threads at a time.
    """

    def __init__(self, access: Access, grid: Grid, *, warnings: tuple[Message, ...]) -> None:
        """Take over open rasters; made by `place_source`."""
        self._access = access
        self._full_grid = grid
        self._part = grid.window
        self.warnings = warnings
        """Warnings about how the raster is read, one sentence each."""

    def __enter__(self) -> PlacedSource:  # noqa: PYI034 - Self is newer than Python 3.9
        """Return the source, whose rasters are open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the rasters."""
        self.close()

    def close(self) -> None:
        """Close the rasters."""
        self._access.stack.close()

    @property
    def grid(self) -> Grid:
        """Grid of the pixels."""
        return self._full_grid[self._part]

    def restrict(self, extent: tuple[float, float, float, float]) -> None:
        """Restrict the source to the pixels that touch a rectangle.

        A stretch is still measured over the whole raster.

        Args:
            extent: xmin, ymin, xmax, ymax in CRS units.

        Raises:
            RasterError: The rectangle touches no pixel.
        """
        left, bottom, right, top = extent
        t, (height, width) = self._full_grid.transform, self._full_grid.shape
        cols, rows = (
            ((left - t.c) / t.a, (right - t.c) / t.a),
            ((top - t.f) / t.e, (bottom - t.f) / t.e),
        )
        col, row = max(0, pixel_at(cols[0])), max(0, pixel_at(rows[0]))
        stop_col, stop_row = min(width, -pixel_at(-cols[1])), min(height, -pixel_at(-rows[1]))
        if not (col < stop_col and row < stop_row):
            msg = (
                f"the extent {left:g}, {bottom:g} to {right:g}, {top:g} holds no pixel of "
                f"{self.files[0]}"
            )
            raise RasterError(msg, parameter="extent", remedy="choose one that overlaps the raster")
        self._part = Window(row, col, stop_row - row, stop_col - col)

    @property
    def crs(self) -> Crs | None:
        """CRS of the grid."""
        return self._access.crs

    @property
    def is_resampled(self) -> bool:
        """True if the grid is not the raster's own."""
        return self._access.warped is not None

    @property
    def native_grid(self) -> Grid:
        """Native grid of the raster."""
        return self._access.native

    @property
    def bands(self) -> tuple[int, ...]:
        """Band numbers, from 1, that `read` returns."""
        return self._access.band_numbers

    @property
    def files(self) -> tuple[str, ...]:
        """Files of this source."""
        return tuple(part.layout.name for part in self._access.parts)

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Type of the pixels."""
        dtype: np.dtype[np.generic] = np.dtype(self._access.base.dtypes[self._access.bands[0] - 1])
        return dtype

    def read(
        self, window: Window, *, shape: tuple[int, int] | None = None
    ) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
        """Read the pixels of a window of the grid.

        Args:
            window: Window of the grid.
            shape: Fewer rows and columns to take of it, for a picture; overviews are used where
                there are any.

        Returns:
            (bands, height, width) in the raster's dtype, and (height, width), True where valid.

        Raises:
            RasterError: The pixels cannot be read; the message names the file.
        """
        access = self._access
        window = replace(window, row=window.row + self._part.row, col=window.col + self._part.col)
        try:
            if access.warped is not None:
                pixels = access.warped.read(access.numbers, window, shape=shape)
                alpha = access.warped.colors.index(ALPHA) + 1
                return pixels, access.warped.read((alpha,), window, shape=shape)[0] != 0
            pixels = access.base.read(access.bands, window, shape=shape)
            return pixels, read_valid(access.base, access.marks, pixels, window, shape=shape)
        except ReadError as error:
            raise RasterError(self._blame(error, window)) from error

    def picture(self, max_side: int, *, average: bool = True) -> Picture:
        """Read the whole raster decimated, from overviews if there are any.

        Args:
            max_side: Largest height and width in pixels; smaller rasters are not enlarged.
            average: Average the pixels, or else take every n-th.

        Raises:
            RasterError: The pixels cannot be read.
        """
        access = self._access
        height, width = access.native.shape
        factor = min(1.0, max_side / max(height, width))
        shape = max(1, round(height * factor)), max(1, round(width * factor))
        native_window = access.native.window
        try:
            pixels = access.base.read(
                access.bands, native_window, shape=shape, average=average and factor < 1
            )
            valid = read_valid(access.base, access.marks, pixels, native_window, shape=shape)
        except ReadError as error:
            raise RasterError(self._blame(error, self._full_grid.window)) from error
        native_transform, grid = access.native.transform, self._full_grid.transform
        if access.warped is None:
            return Picture(pixels, valid, (shape[0] / height, shape[1] / width))
        if native_transform.e > 0:
            pixels, valid = pixels[:, ::-1], valid[::-1]
        if native_transform.a < 0:
            pixels, valid = pixels[:, :, ::-1], valid[:, ::-1]
        rows = shape[0] / (height * abs(native_transform.e / grid.e))
        cols = shape[1] / (width * abs(native_transform.a / grid.a))
        return Picture(pixels, valid, (rows, cols))

    def _blame(self, error: Exception, window: Window) -> str:
        """Write the sentence for a failed read, with the file that cannot be read."""
        height, width = self._full_grid.shape
        native = self._access.native.shape
        rows, cols = native.height / height, native.width / width
        native_window = Window(
            max(0, int(window.row * rows) - 1),
            max(0, int(window.col * cols) - 1),
            int(window.height * rows) + 3,
            int(window.width * cols) + 3,
        )
        for part in self._access.parts:
            inside = part.window.intersection(native_window)
            if inside is None:
                continue
            reason = _cannot_read(self._access.library, part, inside)
            if reason:
                return f"{part.layout.name} cannot be read: {reason}; copy or download it again"
        return f"{self._access.parts[0].layout.name} cannot be read: {_damaged(error)}"


def pixel_at(pixels: float) -> int:
    """Round down to the pixel of a coordinate, ignoring less than a thousandth as rounding."""
    if not math.isfinite(pixels):
        msg = "the extent is not made of numbers: give xmin, ymin, xmax, ymax"
        raise RasterError(msg)
    return math.floor(pixels + 1e-3)


def _cannot_read(library: Library, part: MosaicPart, inside: Window) -> str | None:
    """Find the reason why the pixels of a part cannot be read, or None if they can.

    Raises:
        RasterError: It cannot even be opened.
    """
    layout = part.layout
    height, width = layout.shape
    row = min(inside.row - part.window.row, height - 1)
    col = min(inside.col - part.window.col, width - 1)
    block = Window(row, col, min(inside.height, height - row), min(inside.width, width - col))
    try:
        with closing(library.open(layout.name)) as reader:
            reader.read(range(1, len(layout.colors) + 1), block)
    except ReadError as error:
        return _damaged(error)
    return None


def _damaged(error: Exception) -> str:
    """Put the library's message on one line."""
    return "it is damaged or cut short (" + " ".join(str(error).split())[:200].rstrip(".") + ")"
