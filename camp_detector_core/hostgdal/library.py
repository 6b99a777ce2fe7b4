"""The ports of `georaster`, implemented with GDAL's own Python bindings."""

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
from ..georaster.proj import check_crs
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
"""Exceptions of GDAL's bindings on broken rasters."""
_DTYPES = {
    "Byte": "uint8",
    "CInt16": "complex_int16",
    "CInt32": "complex_int32",
    "CFloat32": "complex64",
    "CFloat64": "complex128",
}
"""Types whose numpy name is not GDAL's name in lower case."""
_AVERAGE = 5
"""``GRIORA_Average``; older bindings do not name it in ``osgeo.gdal``."""
_NEAREST = 0


class GdalCrs:
    """Coordinate reference system; see the port."""

    def __init__(self, srs: osr.SpatialReference) -> None:
        """Take a copy, so that the host's object stays unchanged."""
        self.srs = srs.Clone()
        """GDAL's own object."""
        self.srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)

    @classmethod
    def from_text(cls, text: str) -> GdalCrs:
        """Make a CRS from WKT or a code such as EPSG:3857.

        Raises:
            GdalError: GDAL does not know it.
        """
        srs = osr.SpatialReference()
        call(srs.SetFromUserInput, text, failed=bool)
        return cls(srs)

    @property
    def wkt(self) -> str:
        """Full text in WKT."""
        return str(self.srs.ExportToWkt())

    @property
    def label(self) -> str:
        """Short name for messages."""
        authority, code = self.srs.GetAuthorityName(None), self.srs.GetAuthorityCode(None)
        return f"{authority}:{code}" if authority and code else self.wkt[:60]

    @property
    def is_geographic(self) -> bool:
        """True for longitude and latitude."""
        return bool(self.srs.IsGeographic())

    @property
    def is_projected(self) -> bool:
        """True for a projection of the Earth."""
        return bool(self.srs.IsProjected())

    @property
    def unit(self) -> float:
        """One unit in radians, or in metres if it is projected."""
        srs = self.srs
        return float(srs.GetAngularUnits() if self.is_geographic else srs.GetLinearUnits())

    def same(self, other: Crs) -> bool:
        """Test if coordinates mean the same in another CRS."""
        other_crs = other if isinstance(other, GdalCrs) else GdalCrs.from_text(other.wkt)
        return bool(self.srs.IsSame(other_crs.srs))

    def lonlat(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Compute longitude and latitude in degrees on its own ellipsoid; see the port."""
        try:
            body = GdalCrs.from_text(Ellipsoid.of(self.wkt).longlat)
            transformation = call(osr.CoordinateTransformation, self.srs, body.srs)
            lonlat = call(transformation.TransformPoints, np.column_stack((x, y)).tolist())
        except GdalError:
            return np.full(len(x), np.nan), np.full(len(x), np.nan)
        points = np.array(lonlat, np.float64).reshape(-1, 3)
        return points[:, 0], points[:, 1]


class GdalReader:
    """Open raster; see the port."""

    def __init__(self, dataset: gdal.Dataset, label: str, *, offline: bool = False) -> None:
        """Take over an open dataset.

        Args:
            dataset: GDAL's own object.
            label: Its name in messages.
            offline: True if no server may be called for it.

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
            """Numpy name of each band's type."""
            self.colors: tuple[str, ...] = tuple(
                gdal.GetColorInterpretationName(b.GetColorInterpretation()).lower() for b in bands
            )
            """GDAL's colour name of each band, in lower case."""

    def header(self) -> Header:
        """Read the header without pixels; see the port."""
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
            crs=None if srs is None else check_crs(GdalCrs(srs)),
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
        """List the files of the raster; see the port."""
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
        """Read the pixels (bands, height, width) of a window; see the port."""
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
        """Read the mask (height, width) of a band; see the port."""
        dataset = self._open()
        with _in_words(cannot_read, self._label), settings(self._settings):
            mask = dataset.GetRasterBand(band).GetMaskBand()
            data = _read(mask, window, shape, gdal.GDT_Byte)
            return np.frombuffer(data, np.uint8).reshape(shape or window.shape)

    def close(self) -> None:
        """Close the files; may be called twice."""
        self._dataset = None

    def _open(self) -> gdal.Dataset:
        if self._dataset is None:
            msg = "this raster is closed"
            raise ValueError(msg)
        return self._dataset


class _StoredText:
    """Text of a virtual raster among GDAL's files in memory."""

    def __init__(self, text: str) -> None:
        self.name = f"/vsimem/{uuid.uuid4().hex}.vrt"
        gdal.FileFromMemBuffer(self.name, text.encode())

    def close(self) -> None:
        gdal.Unlink(self.name)


class Gdal:
    """The library GDAL; see the port."""

    def __init__(self, *, offline: bool = False) -> None:
        """Start without open rasters.

        Args:
            offline: True if no server may be called, since only files of this machine are read.
        """
        self._offline = offline

    def is_layer(self, name: str) -> bool:
        """Tell that no name is a layer's; see the port."""
        del name
        return False

    def open(self, name: str, *, label: Optional[str] = None) -> GdalReader:
        """Open a raster by its GDAL name or VRT text; see the port."""
        label = label or name
        refuse_empty(name, label)
        flags = gdal.OF_RASTER | gdal.OF_READONLY | gdal.OF_VERBOSE_ERROR
        with _in_words(partial(cannot_open, name), label):
            with settings(OFFLINE if self._offline else {}):
                dataset = call(gdal.OpenEx, name, flags)
            return GdalReader(dataset, label, offline=self._offline)

    def store_text(self, text: str) -> _StoredText:
        """Store the text of a virtual raster in memory under a short name."""
        return _StoredText(text)

    def crs(self, code: str) -> GdalCrs:
        """Make the CRS of a code such as EPSG:3857; see the port."""
        try:
            return GdalCrs.from_text(code)
        except GdalError as error:
            raise RasterError(str(error).rstrip(".")) from error

    def allow_cache(self, size: int) -> None:
        """Do nothing, because the cache belongs to the host's whole process."""


def _is_own_mask(flags: int) -> bool:
    """Test if a mask is a real one, neither an alpha band nor a NoData value."""
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
    """Read the bytes of a window, band after band, in the machine's byte order."""
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


def _in_words(
    make_error: Callable[[str, str], RasterError], label: str
) -> AbstractContextManager[None]:
    """Turn all exceptions of GDAL's bindings into one sentence; see `in_words`."""
    return in_words(
        make_error, label, foreign=FOREIGN, words=lambda error: str(error) or type(error).__name__
    )
