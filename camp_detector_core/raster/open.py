"""Opening of input rasters through rasterio as one source on the grid of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.georaster.open import place_source

from .library import Rasterio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camp_detector_core.engine.spec import ModelSpec
    from camp_detector_core.georaster.options import SourceOptions
    from camp_detector_core.georaster.source import PlacedSource


def open_source(paths: Sequence[str], spec: ModelSpec, options: SourceOptions) -> PlacedSource:
    """Open rasters as one source on the grid that the model is run on; see `place_source`.

    Raises:
        RasterError: A raster cannot be opened, does not fit the others, or is not what the model
            can be run on.
    """
    return place_source(paths, spec, options, Rasterio())
