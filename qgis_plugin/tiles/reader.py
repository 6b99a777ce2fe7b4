"""Map tiles as what the engine asks of an open raster."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Optional, Sequence

import numpy as np
from osgeo import gdal

from camp_detector_core.engine.grid import Shape
from camp_detector_core.georaster import warp
from camp_detector_core.georaster.validity import valid_pixels
from camp_detector_core.hostgdal import calls

from ..provider_reader import ALPHA, OPAQUE, PICTURE, Lattice, header_of
from .scheme import Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from camp_detector_core.engine.grid import Window
    from camp_detector_core.georaster.ports import Crs, Header

    from ..server_errors import ServerErrors
    from .scheme import TileScheme
    from .store import TileStore

_MARGIN = 2
"""Pixels beside a window that its resampling may need."""


class TileReader:
    """The open layer; see the engine's port `Reader`."""

    def __init__(
        self,
        store: TileStore,
        lattice: Lattice,
        crs: Optional[Crs],
        errors: ServerErrors,
        *,
        nodata: Optional[float] = None,
    ) -> None:
        """Read tiles.

        Args:
            store: The tiles.
            lattice: The pixels that are wanted.
            crs: The engine's.
            errors: Counts what is missing.
            nodata: Where all colours have this value there is no image.
        """
        self._store, self._lattice, self._crs = store, lattice, crs
        self._errors, self._value = errors, nodata
        self._last: Optional[tuple[tuple[Window, int, int], NDArray[np.uint8]]] = None
        self.shape = Shape(lattice.height, lattice.width)
        """Height and width in pixels."""
        self.dtypes = ("uint8",) * len(PICTURE)
        """numpy's name of each band's type."""
        self.colors = PICTURE
        """Colour of each band."""

    def header(self) -> Header:
        """All that can be known without reading pixels."""
        names = ("",) * len(PICTURE)
        return header_of(self._lattice, self._crs, self.dtypes, self.colors, names)

    def files(self) -> tuple[str, ...]:
        """None that could be in the way."""
        return ()

    def read(
        self,
        bands: Sequence[int],
        window: Window,
        *,
        shape: Optional[tuple[int, int]] = None,
        average: bool = False,
    ) -> NDArray[np.generic]:
        """Pixels (bands, height, width) of a window; see the port.

        Raises:
            Cancelled: The user wants to stop.
            RasterError: A tile cannot be had, though it may exist.
        """
        del average  # coarser zoom levels are averages already
        return self._picture(window, shape or window.shape)[[b - 1 for b in bands]]

    def read_mask(
        self, window: Window, *, band: int = 1, shape: Optional[tuple[int, int]] = None
    ) -> NDArray[np.uint8]:
        """(height, width) uint8: 0 where pixels are missing.

        Raises:
            Cancelled: The user wants to stop.
            RasterError: A tile cannot be had, though it may exist.
        """
        del band  # one mask holds for all
        alpha = self._picture(window, shape or window.shape)[ALPHA]
        return np.where(alpha != 0, OPAQUE, 0).astype(np.uint8)

    def close(self) -> None:
        """Forget the last pixels."""
        self._last = None

    def _picture(self, window: Window, size: tuple[int, int]) -> NDArray[np.uint8]:
        """(4, height, width) uint8 of a window; the last one is remembered."""
        key = (window, *size)
        if self._last is None or self._last[0] != key:
            pixels = self._pixels(window, *size)
            self._errors.count(pixels[0].size, int((pixels[ALPHA] == 0).sum()))
            self._last = (key, pixels)
        return self._last[1]

    def _pixels(self, window: Window, height: int, width: int) -> NDArray[np.uint8]:
        """(4, height, width) uint8 of a window, by its own zoom level or the next finer one."""
        at, scheme = self._lattice, self._store.scheme
        place = at.rectangle(window)
        bounds = (place.xMinimum(), place.yMinimum(), place.xMaximum(), place.yMaximum())
        steps = (bounds[2] - bounds[0]) / width, (bounds[3] - bounds[1]) / height
        zoom = scheme.zoom_for(min(steps))
        part = scheme.part(zoom, bounds)
        if (part.height, part.width) == (height, width) and self._is_aligned(part, bounds):
            return self._tiles(part)
        wide = self._widened(part)
        target = Lattice(bounds[0], bounds[3], *steps, width, height)
        return _resampled(self._tiles(wide), self._lattice_of(wide), target)

    def _tiles(self, part: Part) -> NDArray[np.uint8]:
        """Pixels of a zoom level as they are, transparent where they are no image."""
        pixels = self._store.pixels(part)
        if self._value is not None:
            pixels[ALPHA, ~valid_pixels(pixels[:ALPHA], [self._value] * ALPHA)] = 0
        return pixels

    def _lattice_of(self, part: Part) -> Lattice:
        step = self._store.scheme.step(part.zoom)
        left, top = self._store.scheme.corner(part)
        return Lattice(left, top, step, step, part.width, part.height)

    def _is_aligned(self, part: Part, bounds: tuple[float, ...]) -> bool:
        """True if the pixels of a zoom level are the wanted ones."""
        own = self._lattice_of(part)
        near = 0.01 * own.step_x
        return all(
            abs(a - b) < near
            for a, b in (
                (own.left, bounds[0]), (own.top, bounds[3]),
                (own.left + part.width * own.step_x, bounds[2]),
                (own.top - part.height * own.step_y, bounds[1]),
            )
        )  # fmt: skip

    def _widened(self, part: Part) -> Part:
        """With what lies beside it, as far as there are pixels."""
        whole = self._store.limits(part.zoom)
        col, row = max(part.col - _MARGIN, whole.col), max(part.row - _MARGIN, whole.row)
        right = min(part.col + part.width + _MARGIN, whole.col + whole.width)
        bottom = min(part.row + part.height + _MARGIN, whole.row + whole.height)
        return Part(part.zoom, col, row, max(right - col, 1), max(bottom - row, 1))


def _resampled(pixels: NDArray[np.uint8], own: Lattice, target: Lattice) -> NDArray[np.uint8]:
    """Pixels on another lattice, as the engine has GDAL resample files.

    Args:
        pixels: (4, height, width) uint8; the last band is alpha.
        own: Where they lie.
        target: Where they are wanted.
    """
    count, height, width = pixels.shape
    source = calls.call(gdal.GetDriverByName("MEM").Create, "", width, height, count)
    source.SetGeoTransform((own.left, own.step_x, 0.0, own.top, 0.0, -own.step_y))
    for number in range(1, count + 1):
        band = source.GetRasterBand(number)
        band.WriteRaster(0, 0, width, height, np.ascontiguousarray(pixels[number - 1]).tobytes())
    source.GetRasterBand(count).SetColorInterpretation(gdal.GCI_AlphaBand)
    ratio = target.step_x * target.step_y / (own.step_x * own.step_y)
    right = target.left + target.width * target.step_x
    bottom = target.top - target.height * target.step_y
    warped = calls.call(
        gdal.Warp, "", source, format="MEM", width=target.width, height=target.height,
        outputBounds=(target.left, bottom, right, target.top), dstAlpha=True, srcAlpha=True,
        resampleAlg=warp.resampling(ratio), errorThreshold=0,
    )  # fmt: skip
    data = np.frombuffer(warped.ReadRaster(), np.uint8)
    return data.reshape(count, target.height, target.width).copy()


def lattice_for(
    store_scheme: TileScheme,
    bounds: tuple[float, float, float, float],
    steps: tuple[float, float],
    tolerance: float,
) -> Lattice:
    """The pixels that a run gets of tiles.

    Args:
        store_scheme: A `TileScheme`.
        bounds: xmin, ymin, xmax, ymax in CRS units.
        steps: Sides of the wanted pixels.
        tolerance: By how much those of a zoom level may differ from them and still be taken.
    """
    for zoom in range(store_scheme.least, store_scheme.most + 1):
        step = store_scheme.step(zoom)
        if all(abs(step / side - 1) <= tolerance for side in steps):
            part = store_scheme.part(zoom, bounds)
            left, top = store_scheme.corner(part)
            return Lattice(left, top, step, step, part.width, part.height)
    return Lattice(
        bounds[0], bounds[3], *steps,
        max(1, math.ceil((bounds[2] - bounds[0]) / steps[0] - 1e-6)),
        max(1, math.ceil((bounds[3] - bounds[1]) / steps[1] - 1e-6)),
    )  # fmt: skip
