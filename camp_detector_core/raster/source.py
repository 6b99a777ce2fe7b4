"""A raster as the engine's `RasterSource`."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import rasterio.errors
import rasterio.windows
from rasterio.enums import ColorInterp, Resampling

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.grid import Grid, Window

from .layout import open_dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rasterio.io import DatasetReader
    from rasterio.vrt import WarpedVRT

    from .mosaic import Part


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
    """The open datasets behind a source, and what they hold."""

    base: DatasetReader
    """The raster on its own grid."""
    warped: WarpedVRT | None
    """The raster on the source's grid, where that is another one; its last band is alpha."""
    native: Grid
    """The grid of ``base``."""
    chosen: tuple[int, ...]
    """Band numbers of the files, from 1."""
    bands: tuple[int, ...]
    """Band numbers to read of ``base`` and ``warped``, from 1."""
    nodata: float | None
    has_mask: bool
    parts: tuple[Part, ...]
    """The files, and the pixels of ``base`` that each fills."""


class RasterioSource:
    """Pixels of a raster or mosaic on one grid, read by GDAL; close it, or use it with ``with``.

    It is not safe to read from two threads at a time.
    """

    def __init__(self, access: Access, grid: Grid, *, warnings: tuple[str, ...]) -> None:
        """Take over open datasets; made by `open_source`."""
        self._access = access
        self._grid = grid
        self._dataset = access.warped or access.base
        self.warnings = warnings
        """What the user should know about how the raster is read, in sentences."""
        self._stack = ExitStack()
        self._stack.enter_context(access.base)
        if access.warped is not None:
            self._stack.enter_context(access.warped)

    def __enter__(self) -> Self:
        """Nothing to do: the datasets are open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the datasets."""
        self.close()

    def close(self) -> None:
        """Close the datasets."""
        self._stack.close()

    @property
    def grid(self) -> Grid:
        """Where the pixels lie."""
        return self._grid

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
        at = rasterio.windows.Window(window.col, window.row, window.width, window.height)
        layers = None if shape is None else (len(self.bands), *shape)
        try:
            pixels = self._dataset.read(self._access.bands, window=at, out_shape=layers)
            if self._access.warped is not None:
                mask = self._dataset.read(_alpha(self._dataset), window=at, out_shape=shape)
            else:
                mask = _mask(self._access, window=at, out_shape=shape)
        except rasterio.errors.RasterioError as error:
            raise RasterError(self._blame(error, window)) from error
        if self._access.warped is not None:
            return pixels, _finite(pixels, valid=mask != 0)
        return pixels, _valid(pixels, mask, self._access.nodata)

    def picture(self, max_side: int, *, average: bool = True) -> Picture:
        """The whole raster, decimated on read; overviews are used where there are any.

        Args:
            max_side: Largest height and width in pixels; smaller rasters are not enlarged.
            average: Average the pixels, or else take every n-th.

        Raises:
            RasterError: The pixels cannot be read.
        """
        base = self._access.base
        factor = min(1.0, max_side / max(base.height, base.width))
        shape = max(1, round(base.height * factor)), max(1, round(base.width * factor))
        how = {
            "out_shape": (len(self.bands), *shape),
            "resampling": Resampling.average if average and factor < 1 else Resampling.nearest,
        }
        try:
            pixels = base.read(self._access.bands, **how)
            mask = _mask(self._access, out_shape=shape)
        except rasterio.errors.RasterioError as error:
            raise RasterError(self._blame(error, self._grid.window)) from error
        valid = _valid(pixels, mask, self._access.nodata)
        own, grid = base.transform, self._grid.transform
        if self._access.warped is None:
            return Picture(pixels, valid, (shape[0] / base.height, shape[1] / base.width))
        if own.e > 0:
            pixels, valid = pixels[:, ::-1], valid[::-1]
        if own.a < 0:
            pixels, valid = pixels[:, :, ::-1], valid[:, ::-1]
        rows = shape[0] / (base.height * abs(own.e / grid.e))
        cols = shape[1] / (base.width * abs(own.a / grid.a))
        return Picture(pixels, valid, (rows, cols))

    def _blame(self, error: Exception, window: Window) -> str:
        """The sentence for a failed read, with the file that cannot be read."""
        height, width = self._grid.shape
        base = self._access.base
        rows, cols = base.height / height, base.width / width
        touched = Window(
            max(0, int(window.row * rows) - 1),
            max(0, int(window.col * cols) - 1),
            int(window.height * rows) + 3,
            int(window.width * cols) + 3,
        )
        for part in self._access.parts:
            inside = part.window.intersection(touched)
            if inside is not None and (reason := _cannot_read(part, inside)):
                return f"{part.layout.name} cannot be read: {reason}; copy or download it again"
        return f"{self._access.parts[0].layout.name} cannot be read: {_cause(error)}"


def _alpha(dataset: DatasetReader | WarpedVRT) -> int:
    return int(dataset.colorinterp.index(ColorInterp.alpha)) + 1


def _mask(
    access: Access,
    *,
    window: rasterio.windows.Window | None = None,
    out_shape: tuple[int, int] | None = None,
) -> NDArray[np.uint8] | None:
    """The alpha or mask band, or None where there is neither."""
    base = access.base
    if ColorInterp.alpha in base.colorinterp:
        number = len(base.colorinterp) - base.colorinterp[::-1].index(ColorInterp.alpha)
        return np.asarray(base.read(number, window=window, out_shape=out_shape))
    if access.has_mask:
        return np.asarray(base.read_masks(1, window=window, out_shape=out_shape))
    return None


def _valid(
    pixels: NDArray[np.generic], mask: NDArray[np.uint8] | None, nodata: float | None
) -> NDArray[np.bool_]:
    """(height, width), True where mask, nodata value and NaN leave the pixel."""
    valid = np.ones(pixels.shape[1:], bool) if mask is None else mask != 0
    if nodata is not None and not np.isnan(nodata):
        missing = pixels == nodata
        # In unsigned images nodata is 0 or the largest value, which one band can have by right
        # (a black or glaring pixel); elsewhere it is no measurement, and no band may have it.
        unsigned = np.issubdtype(pixels.dtype, np.unsignedinteger)
        valid &= ~(missing.all(axis=0) if unsigned else missing.any(axis=0))
    return _finite(pixels, valid=valid)


def _finite(pixels: NDArray[np.generic], *, valid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if np.issubdtype(pixels.dtype, np.floating):
        valid &= np.isfinite(pixels).all(axis=0)
    return valid


def _cannot_read(part: Part, inside: Window) -> str | None:
    """Why the pixels of a part cannot be read, or None if they can."""
    height, width = part.layout.shape
    row = min(inside.row - part.window.row, height - 1)
    col = min(inside.col - part.window.col, width - 1)
    at = rasterio.windows.Window(
        col, row, min(inside.width, width - col), min(inside.height, height - row)
    )
    try:
        with open_dataset(part.layout.name) as dataset:
            dataset.read(window=at)
    except RasterError as error:
        return str(error)
    except rasterio.errors.RasterioError as error:
        return _cause(error)
    return None


def _cause(error: BaseException) -> str:
    """GDAL's own words on one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = getattr(error, "errmsg", None) or str(error)
    return "it is damaged or cut short (" + " ".join(str(text).split())[:200].rstrip(".") + ")"
