"""Area of interest of a run, drawn by GDAL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

import numpy as np
from osgeo import gdal, ogr

from ..engine.errors import RasterError
from .calls import GdalError, call

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..engine.grid import Grid
    from ..georaster.ports import Bounds


class Area:
    """Area of interest in the CRS of a raster; a pixel is inside if its centre is."""

    def __init__(self, polygons: Sequence[bytes]) -> None:
        """Read the polygons.

        Args:
            polygons: Each as well-known binary; there is at least one.

        Raises:
            RasterError: There is no polygon, or GDAL cannot read one.
        """
        driver = gdal.GetDriverByName("Memory") or gdal.GetDriverByName("MEM")
        self._dataset = driver.Create("", 0, 0, 0, gdal.GDT_Unknown)
        self._layer = self._dataset.CreateLayer("area", None, ogr.wkbUnknown)
        for data in polygons:
            feature = ogr.Feature(self._layer.GetLayerDefn())
            try:
                feature.SetGeometryDirectly(call(ogr.CreateGeometryFromWkb, data))
                call(self._layer.CreateFeature, feature, failed=bool)
            except GdalError as error:
                msg = f"a polygon of the area cannot be read: {error}"
                raise RasterError(msg) from error
        if self._layer.GetFeatureCount() == 0:
            msg = "the area holds no polygon: choose another layer, or none"
            raise RasterError(msg, parameter="area")

    @property
    def bounds(self) -> Bounds:
        """Bounding rectangle of the polygons."""
        left, right, bottom, top = self._layer.GetExtent()
        return left, bottom, right, top

    def within(self, extent: Bounds | None) -> Bounds:
        """Part of a rectangle, or of the plane, that can touch the polygons.

        Raises:
            RasterError: No polygon touches the rectangle.
        """
        bounds = self.bounds
        if extent is None:
            return bounds
        low = [max(a, b) for a, b in zip(bounds[:2], extent[:2])]
        high = [min(a, b) for a, b in zip(bounds[2:], extent[2:])]
        if not all(a < b for a, b in zip(low, high)):
            msg = "no polygon of the area lies in the extent: choose another extent or area"
            raise RasterError(msg, parameter="extent")
        return low[0], low[1], high[0], high[1]

    def mask(self, grid: Grid) -> NDArray[np.bool_]:
        """Rasterise to (height, width), True for pixels of the grid inside of the area.

        Raises:
            RasterError: GDAL cannot draw them.
        """
        height, width = grid.shape
        t = grid.transform
        xs, ys = (t.c, t.c + t.a * width), (t.f, t.f + t.e * height)
        raster = gdal.GetDriverByName("MEM").Create("", width, height, 1, gdal.GDT_Byte)
        raster.SetGeoTransform(t.gdal)
        self._layer.SetSpatialFilterRect(min(xs), min(ys), max(xs), max(ys))
        try:
            call(gdal.RasterizeLayer, raster, [1], self._layer, burn_values=[1], failed=bool)
        except GdalError as error:
            msg = f"the polygons of the area cannot be drawn: {error}"
            raise RasterError(msg) from error
        finally:
            self._layer.SetSpatialFilter(None)
        inside: NDArray[np.uint8] = np.frombuffer(raster.ReadRaster(), np.uint8)
        return inside.reshape(height, width).astype(bool)
