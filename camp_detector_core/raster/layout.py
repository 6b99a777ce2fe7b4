"""Header of a raster file, read by rasterio."""

from __future__ import annotations

from contextlib import closing

from camp_detector_core.georaster.layout import Layout, layout_of
from camp_detector_core.georaster.names import literal

from .library import Rasterio


def read_layout(name: str) -> Layout:
    """Read the header of a raster by the user's name for it.

    Raises:
        RasterError: It cannot be opened, or has what cannot be worked with: no band, complex
            numbers, a palette, rotated rows.
    """
    name = literal(name)
    with closing(Rasterio().open(name)) as reader:
        return layout_of(reader.header(), name)
