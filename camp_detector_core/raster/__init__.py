"""Rasters in and out through GDAL: any readable raster as a source, Cloud-Optimized GeoTIFF out.

Needs rasterio, which only the modules of this package import.
"""

from __future__ import annotations

from .cog import ClassSink, CogSink, ProbabilitySink
from .env import gdal_env
from .open import open_source
from .options import SourceOptions
from .source import RasterioSource

__all__ = [
    "ClassSink",
    "CogSink",
    "ProbabilitySink",
    "RasterioSource",
    "SourceOptions",
    "gdal_env",
    "open_source",
]
