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


def copy(
    source: str,
    target: str,
    extent: Any | None = None,
    *,
    crs: str | None = None,
    snap: str | None = None,
    cell: float | None = None,
) -> None:
    """Copy a raster, or the part in an extent, onto the grid that the environments ask for.

    Args:
        source: The file.
        target: What is written.
        extent: The part, in the coordinates of the output.
        crs: WKT of the output where that is not the raster's own.
        snap: A raster; the lower left corner is moved out to a corner of its pixels.
        cell: Size of a pixel.
    """
    warped = _warped(source, crs, snap, extent, cell)
    try:
        import rasterio
        import rasterio.windows
        from rasterio.vrt import WarpedVRT
    except ImportError:
        from osgeo import gdal

        gdal.UseExceptions()
        if warped is not None:
            (left, bottom, right, top), (x, y), wkt = warped
            gdal.Warp(
                target, source, outputBounds=(left, bottom, right, top), xRes=x, yRes=y, dstSRS=wkt
            )
            return
        window = None
        if extent is not None:
            window = [extent.XMin, extent.YMax, extent.XMax, extent.YMin]
        gdal.Translate(target, source, projWin=window)
        return
    with rasterio.open(source) as dataset:
        profile, window = dataset.profile, None
        if warped is not None:
            (left, bottom, right, top), (x, y), wkt = warped
            grid = {
                "crs": wkt, "width": round((right - left) / x), "height": round((top - bottom) / y),
                "transform": rasterio.Affine(x, 0, left, 0, -y, top),
            }  # fmt: skip
            profile = {**profile, **grid, "driver": "GTiff"}
            with WarpedVRT(dataset, **grid) as image, rasterio.open(target, "w", **profile) as out:
                out.write(image.read())
            return
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


def _warped(source: str, crs: str | None, snap: str | None, extent: Any, cell: Any) -> Any:
    """Bounds, cell sizes and WKT of the output; None where it has the pixels of the source."""
    raster_header = header(source)
    cells, bounds, wkt = raster_header["cells"], raster_header["bounds"], raster_header["wkt"]
    if crs is not None:
        from ._geometry import Extent, SpatialReference

        box = Extent(*bounds)
        box.spatialReference = SpatialReference(text=wkt)
        box, old = box.projectAs(SpatialReference(text=crs)), bounds
        bounds, wkt = (box.XMin, box.YMin, box.XMax, box.YMax), crs
        cells = (cells[0] * (bounds[2] - bounds[0]) / (old[2] - old[0]),) * 2
    if cell is not None:
        cells = (cell, cell)
    corner = bounds[:2]
    if snap is not None:
        corner = header(snap)["bounds"][:2]
    off = [(b - c) / s % 1 for b, c, s in zip(bounds, corner, cells)]
    same = all(min(o, 1 - o) < 1e-6 for o in off)
    if crs is None and same and cells == raster_header["cells"]:
        return None
    if extent is not None:
        bounds = (extent.XMin, extent.YMin, extent.XMax, extent.YMax)
    left, bottom = (c + (b - c) // s * s for b, c, s in zip(bounds, corner, cells))
    right = left + -((left - bounds[2]) // cells[0]) * cells[0]
    top = bottom + -((bottom - bounds[3]) // cells[1]) * cells[1]
    return (left, bottom, right, top), cells, wkt


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
    values, counts = np.unique(pixels, return_counts=True)
    return [(int(v), int(n)) for v, n in zip(values, counts) if nodata is None or v != nodata]
