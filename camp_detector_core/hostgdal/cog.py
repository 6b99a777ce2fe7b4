"""Scores and classes as Cloud-Optimized GeoTIFF through GDAL's own Python bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Mapping, Optional

import numpy as np
from osgeo import gdal

from ..engine.errors import Cancelled
from ..engine.scores import NODATA_SCORE
from ..georaster.cog import STRIPS
from .calls import GdalError, call
from .library import Gdal

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ..engine.grid import Grid, Window
    from ..georaster.cog import CogStyle
    from .library import GdalReader


class GdalStrips:
    """Open scratch file; see `Strips`."""

    def __init__(self, dataset: gdal.Dataset) -> None:
        """Take over a dataset that is open for writing."""
        self._dataset: Optional[gdal.Dataset] = dataset

    def write(self, window: Window, bands: NDArray[np.uint8]) -> None:
        """Write the bands (bands, height, width) of a window.

        Raises:
            GdalError: They cannot be stored.
        """
        if self._dataset is None:
            msg = "this file is closed"
            raise ValueError(msg)
        call(
            self._dataset.WriteRaster,
            window.col,
            window.row,
            window.width,
            window.height,
            np.ascontiguousarray(bands).tobytes(),
            buf_type=gdal.GDT_Byte,
            failed=bool,
        )

    def close(self) -> None:
        """Flush to the disk and close.

        Raises:
            GdalError: It is not.
        """
        dataset, self._dataset = self._dataset, None
        if dataset is not None:
            # It gives nothing before GDAL 3.7; what is missing is seen when the file is read.
            call(dataset.FlushCache, failed=bool)


class GdalCogs:
    """Writer by GDAL; see `CogLibrary`."""

    errors: tuple[type[BaseException], ...] = (GdalError,)
    """Exceptions of its calls besides OSError."""

    def __init__(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Keep the function that reports cancellation during a long copy."""
        self._cancelled = cancelled

    def create(self, path: Path, grid: Grid, style: CogStyle) -> GdalStrips:
        """Create a GeoTIFF of bytes.

        Raises:
            GdalError: It cannot be created.
        """
        dataset = call(
            _driver("GTiff").Create,
            str(path),
            grid.shape.width,
            grid.shape.height,
            len(style.names),
            gdal.GDT_Byte,
            options=_pairs(STRIPS),
        )
        if grid.crs_wkt is not None:
            call(dataset.SetProjection, grid.crs_wkt, failed=bool)
        call(dataset.SetGeoTransform, grid.transform.gdal, failed=bool)
        _describe(dataset, style)
        return GdalStrips(dataset)

    def finish(self, scratch: Path, path: Path, options: Mapping[str, str]) -> None:
        """Copy a GeoTIFF into a Cloud-Optimized one.

        Raises:
            GdalError: It cannot be written.
            Cancelled: The user wants to stop.
        """

        def go_on(_fraction: float, _message: str, _data: object) -> int:
            return int(not self._cancelled())

        driver, source = _driver("COG"), call(gdal.OpenEx, str(scratch), gdal.OF_RASTER)
        try:
            copy = call(driver.CreateCopy, str(path), source, 0, _pairs(options), go_on)
            call(copy.FlushCache, failed=bool)
        except GdalError as error:
            if self._cancelled():
                msg = "cancelled"
                raise Cancelled(msg) from error
            raise

    def open(self, path: Path) -> GdalReader:
        """Open a finished file to read it back."""
        return Gdal().open(str(path))


def _driver(name: str) -> gdal.Driver:
    """Look up a format of this GDAL.

    Raises:
        GdalError: It was built without it.
    """
    driver = gdal.GetDriverByName(name)
    if driver is None:
        msg = f"this GDAL ({gdal.VersionInfo('RELEASE_NAME')}) cannot write the format {name}"
        raise GdalError(msg)
    return driver


def _pairs(options: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in options.items()]


def _describe(dataset: gdal.Dataset, style: CogStyle) -> None:
    """Write metadata that explains the values."""
    for number, name in enumerate(style.names, 1):
        band = dataset.GetRasterBand(number)
        call(band.SetNoDataValue, NODATA_SCORE, failed=bool)
        band.SetDescription(name)
        if style.scale is not None:
            call(band.SetScale, style.scale, failed=bool)
        if style.colors is None and len(style.names) > 1:
            interpretation = gdal.GCI_GrayIndex if number == 1 else gdal.GCI_Undefined
            call(band.SetColorInterpretation, interpretation, failed=bool)
    if style.colors is not None:
        table = gdal.ColorTable()
        for value, color in style.colors.items():
            table.SetColorEntry(value, color)
        call(dataset.GetRasterBand(1).SetRasterColorTable, table, failed=bool)
    call(dataset.SetMetadata, style.tags, failed=bool)
