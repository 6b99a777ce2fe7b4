"""Scores and classes as Cloud-Optimized GeoTIFF through rasterio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rasterio
import rasterio.errors
import rasterio.shutil
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp
from rasterio.transform import Affine

from camp_detector_core.engine.scores import NODATA_SCORE
from camp_detector_core.georaster.cog import STRIPS

from .env import quiet_about_place
from .library import Rasterio, rasterio_window

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from rasterio.io import DatasetWriter

    from camp_detector_core.engine.grid import Grid, Window
    from camp_detector_core.georaster.cog import CogStyle

    from .library import RasterioReader


class RasterioStrips:
    """Open scratch file; see `Strips`."""

    def __init__(self, dataset: DatasetWriter) -> None:
        """Take over a dataset that is open for writing."""
        self._dataset = dataset

    def write(self, window: Window, bands: NDArray[np.uint8]) -> None:
        """Write the bands (bands, height, width) of a window."""
        self._dataset.write(bands, window=rasterio_window(window))

    def close(self) -> None:
        """Flush to the disk and close."""
        self._dataset.close()


class RasterioCogs:
    """Writer by rasterio; see `CogLibrary`."""

    errors: tuple[type[BaseException], ...] = (rasterio.errors.RasterioError, CPLE_BaseError)
    """Exceptions of its calls besides OSError."""

    def create(self, path: Path, grid: Grid, style: CogStyle) -> RasterioStrips:
        """Create a GeoTIFF of bytes."""
        with quiet_about_place():
            dataset = rasterio.open(
                path,
                "w",
                driver="GTiff",
                height=grid.shape.height,
                width=grid.shape.width,
                count=len(style.names),
                dtype="uint8",
                nodata=NODATA_SCORE,
                crs=grid.crs_wkt,
                transform=Affine(*grid.transform),
                **STRIPS,
            )
            _describe(dataset, style)
        return RasterioStrips(dataset)

    def finish(self, scratch: Path, path: Path, options: Mapping[str, str]) -> None:
        """Copy a GeoTIFF into a Cloud-Optimized one."""
        with quiet_about_place():
            rasterio.shutil.copy(scratch, path, driver="COG", **options)

    def open(self, path: Path) -> RasterioReader:
        """Open a finished file to read it back."""
        return Rasterio().open(str(path))


def _describe(dataset: DatasetWriter, style: CogStyle) -> None:
    """Write metadata that explains the values."""
    for i, name in enumerate(style.names, 1):
        dataset.set_band_description(i, name)
    if style.scale is not None:
        dataset.scales = (style.scale,) * len(style.names)
    if style.colors is not None:
        dataset.write_colormap(1, style.colors)
    elif len(style.names) > 1:
        dataset.colorinterp = (ColorInterp.gray,) + (ColorInterp.undefined,) * (
            len(style.names) - 1
        )
    dataset.update_tags(**style.tags)
