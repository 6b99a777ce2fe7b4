"""What `camp_detector_core.georaster` asks of a library that reads rasters, with rasterio."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import rasterio
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
from camp_detector_core.georaster.ports import Header
from camp_detector_core.georaster.reach import refuse_reach
from camp_detector_core.georaster.read_errors import (
    cannot_open,
    cannot_read,
    cannot_understand,
    in_words,
    refuse_empty,
)

from .env import allow_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

    from camp_detector_core.georaster.ports import Crs


FOREIGN: tuple[type[Exception], ...] = (
    rasterio.errors.RasterioError,
    CPLE_BaseError,
    ValueError,  # CRSError and UnicodeDecodeError are such
    LookupError,
    ArithmeticError,
    MemoryError,
    OSError,
)
"""Exceptions of rasterio on rasters that are broken."""


def _in_words(say: Callable[[str, str], RasterError], label: str) -> AbstractContextManager[None]:
    """Turn all that rasterio raises into one sentence; see `in_words`."""
    return in_words(say, label, foreign=FOREIGN, words=words_of)


@dataclass(frozen=True)
class RasterioCrs:
    """A coordinate reference system; see the port."""

    crs: CRS

    @property
    def wkt(self) -> str:
        """The whole of it as text."""
        return str(self.crs.to_wkt())

    @property
    def label(self) -> str:
        """A short name for messages."""
        return str(self.crs.to_string() if self.crs.to_epsg() else self.wkt[:60])

    @property
    def is_geographic(self) -> bool:
        """Whether it is in longitude and latitude."""
        return bool(self.crs.is_geographic)

    @property
    def is_projected(self) -> bool:
        """Whether it is a projection of the Earth."""
        return bool(self.crs.is_projected)

    @property
    def unit(self) -> float:
        """One unit in radians, or in metres where it is projected."""
        crs = self.crs
        return float(crs.units_factor[1] if self.is_geographic else crs.linear_units_factor[1])

    def same(self, other: Crs) -> bool:
        """Whether coordinates mean the same in the other one."""
        theirs = other.crs if isinstance(other, RasterioCrs) else CRS.from_wkt(other.wkt)
        return bool(self.crs == theirs)

    def lonlat(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitude and latitude in degrees on its own ellipsoid; see the port."""
        try:
            there = CRS.from_string(Ellipsoid.of(self.wkt).longlat)
            lon, lat = rasterio.warp.transform(self.crs, there, x, y)
        except (rasterio.errors.RasterioError, rasterio.errors.CRSError, CPLE_BaseError):
            # Places outside of the projection.
            return np.full(len(x), np.nan), np.full(len(x), np.nan)
        return np.asarray(lon), np.asarray(lat)


def _sound_crs(crs: CRS) -> RasterioCrs:
    """The CRS of a raster; what PROJ cannot work with comes out here, and not later."""
    found = RasterioCrs(crs)
    _ = found.wkt, found.label, found.unit if found.is_geographic or found.is_projected else 1.0
    return found


def crs_of(wkt: str | None) -> RasterioCrs | None:
    """The CRS of a grid."""
    return RasterioCrs(CRS.from_wkt(wkt)) if wkt else None


class RasterioReader:
    """An open raster; see the port."""

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
            """numpy's name of each band's type."""
            self.colors: tuple[str, ...] = tuple(c.name.lower() for c in dataset.colorinterp)
            """GDAL's name of what each band shows, in lower case."""

    def header(self) -> Header:
        """All that can be known without reading pixels.

        Raises:
            RasterError: It cannot be understood.
        """
        dataset = self._dataset
        with _in_words(cannot_understand, self._label):
            flags: Sequence[list[MaskFlags]] = dataset.mask_flag_enums or ([],)
            masked = tuple(i for i, f in enumerate(flags, 1) if _is_own_mask(f))
            for_all = MaskFlags.per_dataset in flags[0]
            return Header(
                shape=self.shape,
                transform=Transform(*tuple(dataset.transform)[:6]),
                crs=_sound_crs(dataset.crs) if dataset.crs else None,
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
        """The files that it is made of, one level deep where it is virtual.

        Raises:
            RasterError: They cannot be told.
        """
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
        """Pixels (bands, height, width) of a window; see the port.

        Raises:
            ReadError: They cannot be read.
            RasterError: Memory or the limit of open files does not suffice.
        """
        resampling = Resampling.average if average else Resampling.nearest
        layers = None if shape is None else (len(bands), *shape)
        with _in_words(cannot_read, self._label):
            pixels: NDArray[np.generic] = self._dataset.read(
                list(bands), window=_at(window), out_shape=layers, resampling=resampling
            )
        return pixels

    def read_mask(
        self, window: Window, *, band: int = 1, shape: tuple[int, int] | None = None
    ) -> NDArray[np.uint8]:
        """The mask (height, width) of a band, 0 where pixels are missing.

        Raises:
            ReadError: It cannot be read.
            RasterError: Memory or the limit of open files does not suffice.
        """
        with _in_words(cannot_read, self._label):
            return np.asarray(self._dataset.read_masks(band, window=_at(window), out_shape=shape))

    def close(self) -> None:
        """Let go of the files; may be called twice."""
        self._dataset.close()


class Rasterio:
    """The library."""

    def open(self, name: str, *, label: str | None = None) -> RasterioReader:
        """Open a raster by its GDAL name or VRT text.

        Raises:
            RasterError: It does not exist, or is not a raster that GDAL can read.
        """
        dataset = open_dataset(name, label=label)
        try:
            return RasterioReader(dataset, label or name)
        except BaseException:
            dataset.close()
            raise

    def keep(self, text: str) -> MemoryFile:
        """Hold the text of a virtual raster under a short name."""
        return MemoryFile(text.encode(), ext=".vrt")

    def crs(self, code: str) -> RasterioCrs:
        """The CRS of a code such as EPSG:3857.

        Raises:
            RasterError: PROJ does not know it; the message holds its own words alone.
        """
        try:
            return RasterioCrs(CRS.from_string(code))
        except rasterio.errors.CRSError as error:
            raise RasterError(str(error).rstrip(".")) from error

    def allow_cache(self, needed: int) -> None:
        """Let GDAL keep as many bytes of decoded blocks, within bounds."""
        allow_cache(needed)


def open_dataset(name: str, *, label: str | None = None) -> DatasetReader:
    """Open a raster by its GDAL name or VRT text.

    Raises:
        RasterError: It does not exist, or is not a raster that GDAL can read.
    """
    label = label or name
    refuse_empty(name, label)
    with (
        _in_words(partial(cannot_open, name), label),
        warnings.catch_warnings(),
    ):
        # Whether there is a georeference is looked at and reported by the caller.
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
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
    """Whether a mask is one, and neither an alpha band nor a nodata value."""
    other = {MaskFlags.all_valid, MaskFlags.alpha}
    return not other & set(flags) and list(flags) != [MaskFlags.nodata]


def _at(window: Window) -> rasterio.windows.Window:
    return rasterio.windows.Window(window.col, window.row, window.width, window.height)


def words_of(error: BaseException) -> str:
    """GDAL's own words."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(getattr(error, "errmsg", None) or error) or type(error).__name__
