"""Raster files, by rasterio or GDAL, whichever this Python has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def header(path: str) -> dict[str, Any]:
    """Bands, dtype, cell sizes, bounds and WKT."""
    try:
        import rasterio
    except ImportError:
        from osgeo import gdal, gdal_array

        gdal.UseExceptions()
        dataset = gdal.Open(path)
        t, width, height = dataset.GetGeoTransform(), dataset.RasterXSize, dataset.RasterYSize
        kind = gdal_array.GDALTypeCodeToNumericTypeCode(dataset.GetRasterBand(1).DataType)
        return {
            "bands": dataset.RasterCount, "dtype": kind.__name__, "cells": (t[1], -t[5]),
            "bounds": (t[0], t[3] + height * t[5], t[0] + width * t[1], t[3]),
            "wkt": dataset.GetProjection(),
        }  # fmt: skip
    with rasterio.open(path) as dataset:
        t = dataset.transform
        return {
            "bands": dataset.count, "dtype": dataset.dtypes[0], "cells": (t.a, -t.e),
            "bounds": tuple(dataset.bounds), "wkt": dataset.crs.to_wkt() if dataset.crs else "",
        }  # fmt: skip


def copy(source: str, target: str, extent: Any | None = None) -> None:
    """Copy a raster, or the part in an extent."""
    try:
        import rasterio
        import rasterio.windows
    except ImportError:
        from osgeo import gdal

        gdal.UseExceptions()
        window = None
        if extent is not None:
            window = [extent.XMin, extent.YMax, extent.XMax, extent.YMin]
        gdal.Translate(target, source, projWin=window)
        return
    with rasterio.open(source) as dataset:
        profile, window = dataset.profile, None
        if extent is not None:
            box = (extent.XMin, extent.YMin, extent.XMax, extent.YMax)
            window = rasterio.windows.from_bounds(*box, transform=dataset.transform)
            window = window.round_offsets().round_lengths()
            profile.update(
                width=int(window.width), height=int(window.height),
                transform=dataset.window_transform(window),
            )  # fmt: skip
        profile["driver"] = "GTiff"
        with rasterio.open(target, "w", **profile) as out:
            out.write(dataset.read(window=window))


def values_of(path: str) -> Sequence[tuple[int, int]]:
    """Each value but NoData, and how often it is there."""
    import numpy as np

    try:
        import rasterio

        with rasterio.open(path) as dataset:
            pixels, nodata = dataset.read(1), dataset.nodata
    except ImportError:
        from osgeo import gdal

        dataset = gdal.Open(path)  # it must outlive its band
        band = dataset.GetRasterBand(1)
        pixels, nodata = band.ReadAsArray(), band.GetNoDataValue()
    found, counts = np.unique(pixels, return_counts=True)
    return [(int(v), int(n)) for v, n in zip(found, counts) if nodata is None or v != nodata]
