"""What `georaster` asks of a library that reads rasters, with GDAL's own Python bindings."""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING, Any, Optional, Sequence

import numpy as np
from osgeo import gdal, osr

from ..engine.errors import RasterError
from ..engine.grid import Shape, Transform, Window
from ..georaster.ellipsoid import Ellipsoid
from ..georaster.gdal_settings import OFFLINE
from ..georaster.ports import Crs, Header
from ..georaster.read_errors import (
    cannot_open,
    cannot_read,
    cannot_understand,
    in_words,
    refuse_empty,
)
from .calls import GdalError, call, settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Callable

    from numpy.typing import NDArray


FOREIGN: tuple[type[Exception], ...] = (
    GdalError,
    RuntimeError,
    ValueError,
    LookupError,
    ArithmeticError,
    MemoryError,
    OSError,
    TypeError,  # the bindings give None for what they cannot make
    SystemError,
)
"""Exceptions of GDAL's bindings on rasters that are broken."""
_DTYPES = {
    "Byte": "uint8",
    "CInt16": "complex_int16",
    "CInt32": "complex_int32",
    "CFloat32": "complex64",
    "CFloat64": "complex128",
}
"""Types that numpy does not call by GDAL's name in lower case."""
_AVERAGE = 5
"""``GRIORA_Average``; older bindings do not name it in ``osgeo.gdal``."""
_NEAREST = 0


class GdalCrs:
    """A coordinate reference system; see the port."""

    def __init__(self, srs: osr.SpatialReference) -> None:
        """Take a copy, so that the host's stays as it is."""
        self.srs = srs.Clone()
        """GDAL's own object."""
        self.srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)

    @classmethod
    def from_text(cls, text: str) -> GdalCrs:
        """From WKT or a code such as EPSG:3857.

        Raises:
            GdalError: GDAL does not know it.
        """
        srs = osr.SpatialReference()
        call(srs.SetFromUserInput, text, failed=bool)
        return cls(srs)

    @property
    def wkt(self) -> str:
        """The whole of it as text."""
        return str(self.srs.ExportToWkt())

    @property
    def label(self) -> str:
        """A short name for messages."""
        authority, code = self.srs.GetAuthorityName(None), self.srs.GetAuthorityCode(None)
        return f"{authority}:{code}" if authority and code else self.wkt[:60]

    @property
    def is_geographic(self) -> bool:
        """Whether it is in longitude and latitude."""
        return bool(self.srs.IsGeographic())

    @property
    def is_projected(self) -> bool:
        """Whether it is a projection of the Earth."""
        return bool(self.srs.IsProjected())

    @property
    def unit(self) -> float:
        """One unit in radians, or in metres where it is projected."""
        srs = self.srs
        return float(srs.GetAngularUnits() if self.is_geographic else srs.GetLinearUnits())

    def same(self, other: Crs) -> bool:
        """Whether coordinates mean the same in the other one."""
        theirs = other if isinstance(other, GdalCrs) else GdalCrs.from_text(other.wkt)
        return bool(self.srs.IsSame(theirs.srs))

    def lonlat(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitude and latitude in degrees on its own ellipsoid; see the port."""
        try:
            body = GdalCrs.from_text(Ellipsoid.of(self.wkt).longlat)
            there = call(osr.CoordinateTransformation, self.srs, body.srs)
            found = call(there.TransformPoints, np.column_stack((x, y)).tolist())
        except GdalError:
            return np.full(len(x), np.nan), np.full(len(x), np.nan)
        points = np.array(found, np.float64).reshape(-1, 3)
        return points[:, 0], points[:, 1]


def _sound_crs(srs: osr.SpatialReference) -> GdalCrs:
    """The CRS of a raster; what PROJ cannot work with comes out here, and not later."""
    found = GdalCrs(srs)
    _ = found.wkt, found.label, found.unit
    return found


class GdalReader:
    """An open raster; see the port."""

    def __init__(self, dataset: gdal.Dataset, label: str, *, offline: bool = False) -> None:
        """Take over an open dataset.

        Args:
            dataset: GDAL's own object.
            label: Its name in messages.
            offline: Whether no server may be called for it.

        Raises:
            RasterError: Its header cannot be understood.
        """
        self._dataset: Optional[gdal.Dataset] = dataset
        self._label = label
        self._settings = OFFLINE if offline else {}
        with _in_words(cannot_understand, label):
            self.shape = Shape(dataset.RasterYSize, dataset.RasterXSize)
            """Height and width in pixels."""
            bands = [dataset.GetRasterBand(i + 1) for i in range(dataset.RasterCount)]
            self.dtypes: tuple[str, ...] = tuple(map(_dtype, bands))
            """numpy's name of each band's type."""
            self.colors: tuple[str, ...] = tuple(
                gdal.GetColorInterpretationName(b.GetColorInterpretation()).lower() for b in bands
            )
            """GDAL's name of what each band shows, in lower case."""

    def header(self) -> Header:
        """All that can be known without reading pixels.

        Raises:
            RasterError: It cannot be understood.
        """
        with _in_words(cannot_understand, self._label), settings(self._settings):
            return call(self._header)

    def _header(self) -> Header:
        dataset = self._open()
        bands = [dataset.GetRasterBand(i + 1) for i in range(dataset.RasterCount)]
        flags = [band.GetMaskFlags() for band in bands] or [0]
        masked = tuple(i for i, f in enumerate(flags, 1) if _is_own_mask(f))
        for_all = flags[0] & gdal.GMF_PER_DATASET
        width, height = bands[0].GetBlockSize() if bands else (1, 1)
        c, a, b, f, d, e = dataset.GetGeoTransform()
        srs = dataset.GetSpatialRef()
        return Header(
            shape=self.shape,
            transform=Transform(a, b, c, d, e, f),
            crs=None if srs is None else _sound_crs(srs),
            dtypes=self.dtypes,
            colors=self.colors,
            descriptions=tuple(band.GetDescription() or "" for band in bands),
            nodata=tuple(band.GetNoDataValue() for band in bands),
            masked=bool(masked and for_all),
            masked_bands=() if for_all else masked,
            block=(height, width),
            driver=dataset.GetDriver().ShortName,
            has_points=bool(dataset.GetGCPCount() or dataset.GetMetadata("RPC")),
            subdatasets=tuple(name for name, _ in dataset.GetSubDatasets()),
            tags=dict(dataset.GetMetadata() or {}),
        )

    def files(self) -> tuple[str, ...]:
        """The files that it is made of, one level deep where it is virtual.

        Raises:
            RasterError: They cannot be told.
        """
        with _in_words(cannot_understand, self._label):
            return tuple(self._open().GetFileList() or ())

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
            ReadError: They cannot be read.
            RasterError: Memory or the limit of open files does not suffice.
        """
        dataset = self._open()
        height, width = shape or window.shape
        with _in_words(cannot_read, self._label), settings(self._settings):
            dtype = np.dtype(self.dtypes[bands[0] - 1])
            kind = dataset.GetRasterBand(bands[0]).DataType
            data = _read(dataset, window, shape, kind, band_list=list(bands), average=average)
            return np.frombuffer(data, dtype).reshape(len(bands), height, width)

    def read_mask(
        self, window: Window, *, band: int = 1, shape: Optional[tuple[int, int]] = None
    ) -> NDArray[np.uint8]:
        """The mask (height, width) of a band, 0 where pixels are missing.

        Raises:
            ReadError: It cannot be read.
            RasterError: Memory or the limit of open files does not suffice.
        """
        dataset = self._open()
        with _in_words(cannot_read, self._label), settings(self._settings):
            mask = dataset.GetRasterBand(band).GetMaskBand()
            data = _read(mask, window, shape, gdal.GDT_Byte)
            return np.frombuffer(data, np.uint8).reshape(shape or window.shape)

    def close(self) -> None:
        """Let go of the files; may be called twice."""
        self._dataset = None

    def _open(self) -> gdal.Dataset:
        if self._dataset is None:
            msg = "this raster is closed"
            raise ValueError(msg)
        return self._dataset


class _Kept:
    """The text of a virtual raster in GDAL's files in memory."""

    def __init__(self, text: str) -> None:
        self.name = f"/vsimem/{uuid.uuid4().hex}.vrt"
        gdal.FileFromMemBuffer(self.name, text.encode())

    def close(self) -> None:
        gdal.Unlink(self.name)


class Gdal:
    """The library."""

    def __init__(self, *, offline: bool = False) -> None:
        """Open nothing yet.

        Args:
            offline: Whether no server may be called, since only files of this machine are read.
        """
        self._offline = offline

    def open(self, name: str, *, label: Optional[str] = None) -> GdalReader:
        """Open a raster by its GDAL name or VRT text.

        Raises:
            RasterError: It does not exist, or is not a raster that GDAL can read.
        """
        label = label or name
        refuse_empty(name, label)
        flags = gdal.OF_RASTER | gdal.OF_READONLY | gdal.OF_VERBOSE_ERROR
        with _in_words(partial(cannot_open, name), label):
            with settings(OFFLINE if self._offline else {}):
                dataset = call(gdal.OpenEx, name, flags)
            return GdalReader(dataset, label, offline=self._offline)

    def keep(self, text: str) -> _Kept:
        """Hold the text of a virtual raster under a short name."""
        return _Kept(text)

    def crs(self, code: str) -> GdalCrs:
        """The CRS of a code such as EPSG:3857.

        Raises:
            RasterError: PROJ does not know it; the message holds its own words alone.
        """
        try:
            return GdalCrs.from_text(code)
        except GdalError as error:
            raise RasterError(str(error).rstrip(".")) from error

    def allow_cache(self, needed: int) -> None:
        """Nothing: the cache is the whole process', and so the host's."""


def _is_own_mask(flags: int) -> bool:
    """Whether a mask is one, and neither an alpha band nor a nodata value."""
    return not flags & (gdal.GMF_ALL_VALID | gdal.GMF_ALPHA) and flags != gdal.GMF_NODATA


def _dtype(band: gdal.Band) -> str:
    name: str = gdal.GetDataTypeName(band.DataType)
    if name == "Byte" and band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE") == "SIGNEDBYTE":
        return "signed byte of an old GDAL"  # until 3.6 it had no type for them
    return _DTYPES.get(name, name.lower())


def _read(
    source: Any,  # noqa: ANN401 - a dataset or a band
    window: Window,
    shape: Optional[tuple[int, int]],
    kind: int,
    *,
    average: bool = False,
    **bands: Any,  # noqa: ANN401
) -> bytearray:
    """Bytes of a window, band after band, in the order of this machine."""
    height, width = shape or window.shape
    data: bytearray = call(
        source.ReadRaster,
        window.col,
        window.row,
        window.width,
        window.height,
        buf_xsize=width,
        buf_ysize=height,
        buf_type=kind,
        resample_alg=_AVERAGE if average else _NEAREST,
        **bands,
    )
    return data


def _in_words(say: Callable[[str, str], RasterError], label: str) -> AbstractContextManager[None]:
    """Turn all that GDAL's bindings raise into one sentence; see `in_words`."""
    return in_words(
        say, label, foreign=FOREIGN, words=lambda error: str(error) or type(error).__name__
    )
