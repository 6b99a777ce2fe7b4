"""Rasters of the model's grid brought onto the pixels of the image they were made of."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
import rasterio.errors
import rasterio.windows
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT

from camp_detector_core.atomic import cannot_write
from camp_detector_core.engine.grid import Window
from camp_detector_core.engine.scores import MAX_SCORE, NODATA_SCORE
from camp_detector_core.georaster.inputs import OUTPUT_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camp_detector_core.atomic import Target
    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.georaster.source import PlacedSource

_SIDE = 2048
"""Of the pieces that are worked on, pixels; memory does not grow with the image."""
_PLANE = "EPSG:3857"
"""Stands for 'the same as the other' where a picture has no CRS; only the transforms count."""
PROBABILITY_NODATA = float("nan")


@dataclass(frozen=True)
class OwnGrid:
    """What is written onto an image's own pixels."""

    image: PlacedSource
    """The image, opened at its own resolution; says which pixels are valid."""
    spec: ModelSpec

    def probability(self, made: Path, target: Target) -> None:
        """Probabilities 0 to 1 as float32, one band a class, NaN where the image is nodata.

        Args:
            made: The probability raster of a detection.
            target: Where to.

        Raises:
            OutputError: It cannot be written.
        """
        names = [f"probability of {c.name}" for c in self.spec.classes]
        self._write(made, target, dtype="float32", names=names)

    def mask(self, made: Path, target: Target) -> None:
        """Classes as uint8, 0 for background and 255 where the image is nodata.

        Raises:
            OutputError: It cannot be written.
        """
        self._write(made, target, dtype="uint8", names=["class"])

    def _write(self, made: Path, target: Target, *, dtype: str, names: list[str]) -> None:
        bands = list(range(1, len(names) + 1))
        smooth = dtype == "float32"
        try:
            with (
                _georeference_is_known(),
                rasterio.open(made) as raster,
                WarpedVRT(raster, **self._warp(raster, smooth=smooth)) as warped,
                rasterio.open(target.temporary, "w", **self._profile(dtype, len(names))) as out,
            ):
                out.update_tags(**{OUTPUT_TAG: self.spec.id})
                for number, name in zip(bands, names, strict=True):
                    out.set_band_description(number, name)
                for window in self._windows():
                    at = rasterio.windows.Window(
                        window.col, window.row, window.width, window.height
                    )
                    values = warped.read(bands, window=at)
                    _, valid = self.image.read(window)
                    missing = values == NODATA_SCORE
                    if smooth:
                        values = np.where(missing, 0, values / np.float32(MAX_SCORE))
                        values[:, ~valid] = PROBABILITY_NODATA
                    else:
                        values[missing] = 0
                        values[:, ~valid] = NODATA_SCORE
                    out.write(values.astype(dtype), window=at)
        except (rasterio.errors.RasterioError, OSError) as error:
            raise cannot_write(target.final, error) from error

    def _warp(self, raster: rasterio.DatasetReader, *, smooth: bool) -> dict[str, Any]:
        grid = self.image.grid
        return {
            "src_crs": raster.crs or _PLANE,
            "src_transform": raster.transform,
            "src_nodata": NODATA_SCORE,
            "crs": raster.crs or _PLANE,
            "transform": Affine(*grid.transform),
            "width": grid.shape.width,
            "height": grid.shape.height,
            "nodata": NODATA_SCORE,
            "dtype": "float32" if smooth else "uint8",
            "resampling": Resampling.bilinear if smooth else Resampling.nearest,
        }

    def _profile(self, dtype: str, count: int) -> dict[str, Any]:
        grid = self.image.grid
        smooth = dtype == "float32"
        return {
            "driver": "GTiff",
            "height": grid.shape.height,
            "width": grid.shape.width,
            "count": count,
            "dtype": dtype,
            "nodata": PROBABILITY_NODATA if smooth else NODATA_SCORE,
            "crs": grid.crs_wkt,
            "transform": Affine(*grid.transform),
            "tiled": True,
            "blockxsize": 512,
            "blockysize": 512,
            "compress": "deflate",
            "predictor": 3 if smooth else 1,
            "bigtiff": "if_safer",
        }

    def _windows(self) -> Iterator[Window]:
        height, width = self.image.grid.shape
        for row in range(0, height, _SIDE):
            for col in range(0, width, _SIDE):
                yield Window(row, col, min(_SIDE, height - row), min(_SIDE, width - col))


@contextmanager
def _georeference_is_known() -> Iterator[None]:
    """Without rasterio's advice about pictures without georeference, of which a warning told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        yield
