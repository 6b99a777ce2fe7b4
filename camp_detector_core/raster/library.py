"""The ports of `camp_detector_core.georaster`, implemented with rasterio."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import rasterio
import rasterio.env
import rasterio.errors
import rasterio.warp
import rasterio.windows
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.enums import MaskFlags, Resampling
from rasterio.io import MemoryFile

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.grid import Shape, Transform, Window
from camp_detector_core.georaster.ellipsoid import Ellipsoid
from camp_detector_core.georaster.names import literal
from camp_detector_core.georaster.open import place_source
from camp_detector_core.georaster.ports import Header
from camp_detector_core.georaster.proj import check_crs
from camp_detector_core.georaster.reach import refuse_reach
from camp_detector_core.georaster.read_errors import (
    cannot_open,
    cannot_read,
    cannot_understand,
    in_words,
    refuse_empty,
)

from .env import MAX_CACHE, MIN_CACHE, quiet_about_place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.georaster.options import SourceOptions
    from camp_detector_core.georaster.ports import Crs
    from camp_detector_core.georaster.source import PlacedSource


FOREIGN: tuple[type[Exception], ...] = (
    rasterio.errors.RasterioError,
    CPLE_BaseError,
    ValueError,  # CRSError and UnicodeDecodeError are such
    LookupError,
    ArithmeticError,
    MemoryError,
    OSError,
)
"""Exceptions of rasterio on broken rasters."""


def _in_words(
    make_error: Callable[[str, str], RasterError], label: str
) -> AbstractContextManager[None]:
    """Turn all exceptions of rasterio into one sentence; see `in_words`."""
    return in_words(make_error, label, foreign=FOREIGN, words=words_of)


@dataclass(frozen=True)
class RasterioCrs:
    """Coordinate reference system; see the port."""

    crs: CRS

    @property
    def wkt(self) -> str:
        """Full text in WKT."""
        return str(self.crs.to_wkt())

    @property
    def label(self) -> str:
        """Short name for messages."""
        return str(self.crs.to_string() if self.crs.to_epsg() else self.wkt[:60])

    @property
    def is_geographic(self) -> bool:
        """True for longitude and latitude."""
        return bool(self.crs.is_geographic)

    @property
    def is_projected(self) -> bool:
        """True for a projection of the Earth."""
        return bool(self.crs.is_projected)

    @property
    def unit(self) -> float:
        """One unit in radians, or in metres if it is projected."""
        crs = self.crs
        return float(crs.units_factor[1] if self.is_geographic else crs.linear_units_factor[1])

    def same(self, other: Crs) -> bool:
        """Test if coordinates mean the same in another CRS."""
        other_crs = other.crs if isinstance(other, RasterioCrs) else CRS.from_wkt(other.wkt)
        return bool(self.crs == other_crs)

    def lonlat(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Compute longitude and latitude in degrees on its own ellipsoid; see the port."""
        try:
            target = CRS.from_string(Ellipsoid.of(self.wkt).longlat)
            lon, lat = rasterio.warp.transform(self.crs, target, x, y)
        except (rasterio.errors.RasterioError, rasterio.errors.CRSError, CPLE_BaseError):
            # Places outside of the projection.
            return np.full(len(x), np.nan), np.full(len(x), np.nan)
        return np.asarray(lon), np.asarray(lat)


def crs_of(wkt: str | None) -> RasterioCrs | None:
    """Make the CRS of a grid."""
    return RasterioCrs(CRS.from_wkt(wkt)) if wkt else None


class RasterioReader:
    """Open raster; see the port."""

    def __init__(self, dataset: DatasetReader, label: str) -> None:
        """Take over an open dataset.

        Raises:
            RasterError: Its header cannot be understood.
        """
        self._dataset = dataset
        self._label = label
        with _in_words(cannot_understand, label):
            self.shape = Shape(dataset.height, dataset.width)
            """Height and width in pixels."""
            self.dtypes: tuple[str, ...] = tuple(dataset.dtypes)
            """Numpy name of each band's type."""
            self.colors: tuple[str, ...] = tuple(c.name.lower() for c in dataset.colorinterp)
            """GDAL's colour name of each band, in lower case."""

    def header(self) -> Header:
        """Read the header without pixels; see the port."""
        dataset = self._dataset
        with _in_words(cannot_understand, self._label):
            flags: Sequence[list[MaskFlags]] = dataset.mask_flag_enums or ([],)
            masked = tuple(i for i, f in enumerate(flags, 1) if _is_own_mask(f))
            for_all = MaskFlags.per_dataset in flags[0]
            return Header(
                shape=self.shape,
                transform=Transform(*tuple(dataset.transform)[:6]),
                crs=check_crs(RasterioCrs(dataset.crs)) if dataset.crs else None,
                dtypes=self.dtypes,
                colors=self.colors,
                descriptions=tuple(d or "" for d in dataset.descriptions),
                nodata=tuple(dataset.nodatavals),
                masked=bool(masked) and for_all,
                masked_bands=() if for_all else masked,
                block=dataset.block_shapes[0] if dataset.count else (1, 1),
                driver=dataset.driver,
                has_points=bool(dataset.gcps[0] or dataset.rpcs),
                subdatasets=tuple(dataset.subdatasets),
                tags=dataset.tags(),
            )

    def files(self) -> tuple[str, ...]:
        """List the files of the raster; see the port."""
        with _in_words(cannot_understand, self._label):
            return tuple(self._dataset.files)

    def read(
        self,
        bands: Sequence[int],
        window: Window,
        *,
        shape: tuple[int, int] | None = None,
        average: bool = False,
    ) -> NDArray[np.generic]:
        """Read the pixels (bands, height, width) of a window; see the port."""
        resampling = Resampling.average if average else Resampling.nearest
        layers = None if shape is None else (len(bands), *shape)
        with _in_words(cannot_read, self._label):
            pixels: NDArray[np.generic] = self._dataset.read(
                list(bands),
                window=rasterio_window(window),
                out_shape=layers,
                resampling=resampling,
            )
        return pixels

    def read_mask(
        self, window: Window, *, band: int = 1, shape: tuple[int, int] | None = None
    ) -> NDArray[np.uint8]:
        """Read the mask (height, width) of a band; see the port."""
        with _in_words(cannot_read, self._label):
            return np.asarray(
                self._dataset.read_masks(band, window=rasterio_window(window), out_shape=shape)
            )

    def close(self) -> None:
        """Close the files; may be called twice."""
        self._dataset.close()


class Rasterio:
    """The library rasterio; see the port."""

    def is_layer(self, name: str) -> bool:
        """Tell that no name is a layer's; see the port."""
        del name
        return False

    def open(self, name: str, *, label: str | None = None) -> RasterioReader:
        """Open a raster by its GDAL name or VRT text; see the port."""
        dataset = open_dataset(name, label=label)
        try:
            return RasterioReader(dataset, label or name)
        except BaseException:
            dataset.close()
            raise

    def store_text(self, text: str) -> MemoryFile:
        """Store the text of a virtual raster in memory under a short name."""
        return MemoryFile(text.encode(), ext=".vrt")

    def crs(self, code: str) -> RasterioCrs:
        """Make the CRS of a code such as EPSG:3857; see the port."""
        try:
            return RasterioCrs(CRS.from_string(code))
        except rasterio.errors.CRSError as error:
            raise RasterError(str(error).rstrip(".")) from error

    def allow_cache(self, size: int) -> None:
        """Let GDAL cache decoded blocks for a pass over the raster, within bounds.

        Where a block is a whole row of pixels, each chip reads the rows of its neighbour again;
        were they not kept, a wide raster would be decoded once for each chip in a row.
        """
        if rasterio.env.hasenv():
            rasterio.env.setenv(GDAL_CACHEMAX=min(max(size, MIN_CACHE), MAX_CACHE))


def open_source(paths: Sequence[str], spec: ModelSpec, options: SourceOptions) -> PlacedSource:
    """Open rasters as one source on the grid that the model is run on; see `place_source`."""
    return place_source(paths, spec, options, Rasterio())


def open_dataset(name: str, *, label: str | None = None) -> DatasetReader:
    """Open a raster by its GDAL name or VRT text.

    Raises:
        RasterError: It does not exist, or is not a raster that GDAL can read.
    """
    label = label or name
    refuse_empty(name, label)
    with _in_words(partial(cannot_open, name), label), quiet_about_place():
        return rasterio.open(name)


def open_image(path: Path) -> DatasetReader:
    """Open a file by its exact name, whatever that looks like, that reads nothing elsewhere.

    Raises:
        RasterError: As `open_dataset`, or it reads what lies outside of its folder.
    """
    name = literal(path)
    refuse_reach(name)
    return open_dataset(name, label=str(path))


def _is_own_mask(flags: Sequence[MaskFlags]) -> bool:
    """Test if a mask is a real one, neither an alpha band nor a NoData value."""
    other_flags = {MaskFlags.all_valid, MaskFlags.alpha}
    return not other_flags & set(flags) and list(flags) != [MaskFlags.nodata]


def rasterio_window(window: Window) -> rasterio.windows.Window:
    """Make rasterio's own window."""
    return rasterio.windows.Window(window.col, window.row, window.width, window.height)


def words_of(error: BaseException) -> str:
    """GDAL's own message."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(getattr(error, "errmsg", None) or error) or type(error).__name__
