"""Rasters of the model's grid brought onto the pixels of the image they were made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
import rasterio.errors
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT

from camp_detector_core.engine.grid import blocks
from camp_detector_core.engine.scores import MAX_SCORE, NODATA_SCORE
from camp_detector_core.georaster.cog import raster_sink
from camp_detector_core.georaster.inputs import OUTPUT_TAG
from camp_detector_core.georaster.open import place_source
from camp_detector_core.outputs.output_set import cannot_write

from .cog import RasterioCogs
from .env import quiet_about_place
from .library import rasterio_window

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from camp_detector_core.detection.outcome import Setup
    from camp_detector_core.engine.grid import Window
    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.georaster.source import PlacedSource
    from camp_detector_core.outputs.output_set import Target

_SIDE = 2048
"""Side of the windows that are warped at a time, pixels; memory does not grow with the image."""
_PLANE = "EPSG:3857"
"""Stands for 'the same as the other' where a picture has no CRS; only the transforms count."""
PROBABILITY_NODATA = float("nan")


@dataclass(frozen=True)
class ImageGrid:
    """Writes results onto an image's own pixels."""

    image: PlacedSource
    """The image, opened at its own resolution; says which pixels are valid."""
    spec: ModelSpec

    def bring(self, name: str, made: Path, target: Target) -> None:
        """Write a raster of the model's grid onto the pixels of the image.

        Probabilities 0 to 1 are float32, one band a class, NaN where the image is nodata. Classes
        are uint8, 0 for background and 255 where the image is nodata.

        Args:
            name: ``probability`` or ``mask``.
            made: The raster of a detection.
            target: Path of the output.

        Raises:
            OutputError: It cannot be written.
        """
        smooth = name == "probability"
        titles = [f"probability of {c.name}" for c in self.spec.classes] if smooth else ["class"]
        bands = list(range(1, len(titles) + 1))
        profile = self._profile(len(titles), smooth=smooth)
        try:
            with (
                quiet_about_place(),
                rasterio.open(made) as raster,
                WarpedVRT(raster, **self._warp(raster, smooth=smooth)) as warped,
                rasterio.open(target.temporary, "w", **profile) as out,
            ):
                out.update_tags(**{OUTPUT_TAG: self.spec.id})
                for number, title in zip(bands, titles, strict=True):
                    out.set_band_description(number, title)
                for window in blocks(self.image.grid.shape, height=_SIDE, width=_SIDE):
                    at = rasterio_window(window)
                    values = warped.read(bands, window=at)
                    _, valid = self.image.read(window)
                    missing = values == NODATA_SCORE
                    if smooth:
                        values = np.where(missing, 0, values / np.float32(MAX_SCORE))
                        values[:, ~valid] = PROBABILITY_NODATA
                    else:
                        values[missing] = 0
                        values[:, ~valid] = NODATA_SCORE
                    out.write(values.astype(out.dtypes[0]), window=at)
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

    def _profile(self, count: int, *, smooth: bool) -> dict[str, Any]:
        grid = self.image.grid
        return {
            "driver": "GTiff",
            "height": grid.shape.height,
            "width": grid.shape.width,
            "count": count,
            "dtype": "float32" if smooth else "uint8",
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


class ImageGridSink:
    """A raster that is finished on the model's grid and then brought onto the image's."""

    def __init__(self, name: str, target: Target, setup: Setup) -> None:
        """Start the raster on the model's grid, and open the image at its own resolution.

        Args:
            name: ``probability`` or ``mask``.
            target: Temporary and final path of the raster.
            setup: The run.

        Raises:
            OutputError: It cannot be created.
            RasterError: The image cannot be worked with at its own resolution.
        """
        self._name, self._target = name, target
        request, spec = setup.request, setup.finding.spec
        own = replace(request.source, gsd="native")
        self._image = place_source(request.images, spec, own, setup.library)
        first = replace(target, temporary=target.scratch / f"{name}_of_model.tif")
        try:
            self._raster = raster_sink(name, first, setup.source.grid, spec, RasterioCogs())
        except BaseException:
            self._image.close()
            raise
        self._grid = ImageGrid(self._image, spec)
        self.kind = self._raster.kind
        """Name of the output in a word or two."""

    def __enter__(self) -> ImageGridSink:  # noqa: PYI034 - as CogSink has it
        """Do nothing: the files are open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files."""
        self._raster.__exit__()
        self._image.close()

    def write(self, window: Window, scores: NDArray[np.uint8], classes: NDArray[np.uint8]) -> None:
        """Store a window of the model's grid; see the engine's `MosaicSink`."""
        self._raster.write(window, scores, classes)

    def finish(self) -> Path:
        """Bring the raster onto the image's grid; see `RasterSink`."""
        self._grid.bring(self._name, self._raster.finish(), self._target)
        return self._target.temporary
