"""A raster as the engine's `RasterSource`."""

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
    from numpy.typing import NDArray

    from ..engine.messages import Message
    from .mosaic import Part
    from .resources import Shelf
    from .validity import Marks


class Picture(NamedTuple):
    """A whole raster in few pixels."""

    pixels: NDArray[np.generic]
    """(bands, height, width) in the raster's dtype."""
    valid: NDArray[np.bool_]
    """(height, width), True where the pixel is valid."""
    scale: tuple[float, float]
    """Picture pixels for one pixel of the source's grid, along (row, col)."""


@dataclass(frozen=True)
class Access:
    """The open rasters behind a source, and what they hold."""

    library: Library
    shelf: Shelf
    """Holds them, and what they are made of."""
    base: Reader
    """The raster on its own grid."""
    warped: Reader | None
    """The raster on the source's grid, where that is another one; its last band is alpha."""
    native: Grid
    """The grid of ``base``."""
    crs: Crs | None
    """The CRS of both grids."""
    chosen: tuple[int, ...]
    """Band numbers of the files, from 1."""
    bands: tuple[int, ...]
    """Band numbers to read of ``base``, from 1."""
    numbers: tuple[int, ...]
    """The same of ``warped``."""
    marks: Marks
    """How ``base`` says which of its pixels are missing."""
    parts: tuple[Part, ...]
    """The files, and the pixels of ``base`` that each fills."""


class PlacedSource:
    """Pixels of a raster or mosaic on one grid; close it, or use it with ``with``.

    It is not safe to read from two threads at a time.
    """

    def __init__(self, access: Access, grid: Grid, *, warnings: tuple[Message, ...]) -> None:
        """Take over open rasters; made by `place_source`."""
        self._access = access
        self._whole = grid
        self._part = grid.window
        self.warnings = warnings
        """What the user should know about how the raster is read, in sentences."""

    def __enter__(self) -> PlacedSource:  # noqa: PYI034 - Self is newer than Python 3.9
        """Nothing to do: the rasters are open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the rasters."""
        self.close()

    def close(self) -> None:
        """Close the rasters."""
        self._access.shelf.close()

    @property
    def grid(self) -> Grid:
        """Where the pixels lie."""
        return self._whole[self._part]

    def keep(self, extent: tuple[float, float, float, float]) -> None:
        """Give only the pixels that touch a rectangle from now on.

        A stretch is still measured over the whole raster.

        Args:
            extent: xmin, ymin, xmax, ymax in CRS units.

        Raises:
            RasterError: There is none.
        """
        left, bottom, right, top = extent
        t, (height, width) = self._whole.transform, self._whole.shape
        cols, rows = (
            ((left - t.c) / t.a, (right - t.c) / t.a),
            ((top - t.f) / t.e, (bottom - t.f) / t.e),
        )
        col, row = max(0, _down(cols[0])), max(0, _down(rows[0]))
        stop_col, stop_row = min(width, -_down(-cols[1])), min(height, -_down(-rows[1]))
        if not (col < stop_col and row < stop_row):
            msg = (
                f"the extent {left:g}, {bottom:g} to {right:g}, {top:g} holds no pixel of "
                f"{self.files[0]}"
            )
            raise RasterError(msg, parameter="extent", remedy="choose one that overlaps the raster")
        self._part = Window(row, col, stop_row - row, stop_col - col)

    @property
    def crs(self) -> Crs | None:
        """The CRS of the grid."""
        return self._access.crs

    @property
    def is_resampled(self) -> bool:
        """Whether the grid is not the raster's own."""
        return self._access.warped is not None

    @property
    def native_grid(self) -> Grid:
        """The grid of the raster itself."""
        return self._access.native

    @property
    def bands(self) -> tuple[int, ...]:
        """Numbers, from 1, of the raster's bands that `read` gives."""
        return self._access.chosen

    @property
    def files(self) -> tuple[str, ...]:
        """The rasters that this source is made of."""
        return tuple(part.layout.name for part in self._access.parts)

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Type of the pixels."""
        dtype: np.dtype[np.generic] = np.dtype(self._access.base.dtypes[self._access.bands[0] - 1])
        return dtype

    def read(
        self, window: Window, *, shape: tuple[int, int] | None = None
    ) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
        """Pixels of a window of the grid.

        Args:
            window: Of the grid.
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
        """The whole raster, decimated on read; overviews are used where there are any.

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
        whole = access.native.window
        try:
            pixels = access.base.read(
                access.bands, whole, shape=shape, average=average and factor < 1
            )
            valid = read_valid(access.base, access.marks, pixels, whole, shape=shape)
        except ReadError as error:
            raise RasterError(self._blame(error, self._whole.window)) from error
        own, grid = access.native.transform, self._whole.transform
        if access.warped is None:
            return Picture(pixels, valid, (shape[0] / height, shape[1] / width))
        if own.e > 0:
            pixels, valid = pixels[:, ::-1], valid[::-1]
        if own.a < 0:
            pixels, valid = pixels[:, :, ::-1], valid[:, ::-1]
        rows = shape[0] / (height * abs(own.e / grid.e))
        cols = shape[1] / (width * abs(own.a / grid.a))
        return Picture(pixels, valid, (rows, cols))

    def _blame(self, error: Exception, window: Window) -> str:
        """The sentence for a failed read, with the file that cannot be read."""
        height, width = self._whole.shape
        native = self._access.native.shape
        rows, cols = native.height / height, native.width / width
        touched = Window(
            max(0, int(window.row * rows) - 1),
            max(0, int(window.col * cols) - 1),
            int(window.height * rows) + 3,
            int(window.width * cols) + 3,
        )
        for part in self._access.parts:
            inside = part.window.intersection(touched)
            if inside is None:
                continue
            reason = _cannot_read(self._access.library, part, inside)
            if reason:
                return f"{part.layout.name} cannot be read: {reason}; copy or download it again"
        return f"{self._access.parts[0].layout.name} cannot be read: {_damaged(error)}"


def _down(pixels: float) -> int:
    """The pixel that a coordinate lies in, where less than a thousandth of one is rounding."""
    if not math.isfinite(pixels):
        msg = "the extent is not made of numbers: give xmin, ymin, xmax, ymax"
        raise RasterError(msg)
    return math.floor(pixels + 1e-3)


def _cannot_read(library: Library, part: Part, inside: Window) -> str | None:
    """Why the pixels of a part cannot be read, or None if they can.

    Raises:
        RasterError: It cannot even be opened.
    """
    layout = part.layout
    height, width = layout.shape
    row = min(inside.row - part.window.row, height - 1)
    col = min(inside.col - part.window.col, width - 1)
    at = Window(row, col, min(inside.height, height - row), min(inside.width, width - col))
    try:
        with closing(library.open(layout.name)) as reader:
            reader.read(range(1, len(layout.colors) + 1), at)
    except ReadError as error:
        return _damaged(error)
    return None


def _damaged(error: Exception) -> str:
    """The library's own words on one line."""
    return "it is damaged or cut short (" + " ".join(str(error).split())[:200].rstrip(".") + ")"
