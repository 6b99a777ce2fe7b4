"""Rasters through rasterio: any that GDAL reads as a source, Cloud-Optimized GeoTIFF out.

Needs rasterio, which only the modules of this package import.
"""

from __future__ import annotations

from camp_detector_core.georaster.options import SourceOptions

from .cog import RasterioCogs
from .env import gdal_env
from .library import open_source

__all__ = [
    "RasterioCogs",
    "SourceOptions",
    "gdal_env",
    "open_source",
]
