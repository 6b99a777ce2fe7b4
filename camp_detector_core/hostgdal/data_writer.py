"""Training data written by GDAL's own Python bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Sequence

import numpy as np
from osgeo import gdal, ogr, osr

from ..engine.errors import RasterError
from ..georaster.virtual import GDAL_TYPES
from ..training_data.ports import CLASS
from .calls import GdalError, call, settings
from .library import GdalCrs

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ..engine.grid import Grid, Window
    from ..training_data.ports import ImageStyle, PolygonTable

_INTERNAL_MASK = {"GDAL_TIFF_INTERNAL_MASK": "YES"}
"""Setting that puts the mask of a GeoTIFF into its file."""
_PIECES = 8
"""Points that cannot be moved together are tried in so many pieces."""
_COLORS = 64
"""More than GDAL has colour interpretations."""


class GdalImage:
    """Open GeoTIFF; see the port `ImageFile`."""

    def __init__(self, dataset: gdal.Dataset) -> None:
        """Take over a dataset that is open for writing, with a mask."""
        self._dataset: Optional[gdal.Dataset] = dataset

    def write(self, window: Window, pixels: NDArray[np.generic], valid: NDArray[np.bool_]) -> None:
        """Write pixels and validity of a window; see the port.

        Raises:
            GdalError: They cannot be stored.
        """
        if self._dataset is None:
            msg = "this file is closed"
            raise ValueError(msg)
        place = (window.col, window.row, window.width, window.height)
        kind = self._dataset.GetRasterBand(1).DataType
        data = np.ascontiguousarray(pixels).tobytes()
        mask = np.where(valid, np.uint8(255), np.uint8(0)).tobytes()
        call(self._dataset.WriteRaster, *place, data, buf_type=kind, failed=bool)
        band = self._dataset.GetRasterBand(1).GetMaskBand()
        call(band.WriteRaster, *place, mask, buf_type=gdal.GDT_Byte, failed=bool)

    def close(self) -> None:
        """Flush to the disk and close; see the port.

        Raises:
            GdalError: It is not.
        """
        dataset, self._dataset = self._dataset, None
        if dataset is not None:
            call(dataset.FlushCache, failed=bool)


class GdalDataWriter:
    """Writer by GDAL; see the port `DataWriter`."""

    errors: tuple[type[BaseException], ...] = (GdalError,)
    """Exceptions of what it writes, besides OSError."""

    def moved(
        self, points: NDArray[np.float64], source_wkt: str, target_wkt: str
    ) -> NDArray[np.float64]:
        """Compute the coordinates (n, 2) of points in another CRS; see the port.

        Raises:
            RasterError: A CRS cannot be read.
        """
        try:
            source, target = GdalCrs.from_text(source_wkt), GdalCrs.from_text(target_wkt)
            if source.same(target):
                return points
            transformation = call(osr.CoordinateTransformation, source.srs, target.srs)
        except GdalError as error:
            msg = f"{source_wkt[:60]} cannot be moved to {target_wkt[:60]}: {error}"
            raise RasterError(msg) from error
        return _moved(points, transformation)

    def mended(self, faces: Sequence[bytes]) -> Optional[list[bytes]]:
        """Give the ground that faces cover; see the port.

        A GDAL without GEOS mends nothing.
        """
        try:
            shapes = [call(ogr.CreateGeometryFromWkb, face) for face in faces]
            if len(shapes) == 1 and shapes[0].IsValid():
                return None
            ground = call(shapes[0].MakeValid)
            for shape in shapes[1:]:
                ground = call(ground.Union, call(shape.MakeValid))
        except (GdalError, AttributeError):  # the latter of bindings before GDAL 3.0
            return None
        return [bytes(part.ExportToWkb(ogr.wkbNDR)) for part in _polygons(ground)]

    def create_image(self, path: Path, grid: Grid, style: ImageStyle) -> GdalImage:
        """Create a GeoTIFF with a mask in the file; see the port.

        Raises:
            GdalError: It cannot be created.
        """
        kind = gdal.GetDataTypeByName(GDAL_TYPES[style.dtype])
        height, width = grid.shape
        options = [f"{name}={value}" for name, value in style.options.items()]
        driver = gdal.GetDriverByName("GTiff")
        bands = len(style.colors)
        dataset = call(driver.Create, str(path), width, height, bands, kind, options=options)
        call(dataset.SetProjection, str(grid.crs_wkt), failed=bool)
        call(dataset.SetGeoTransform, grid.transform.gdal, failed=bool)
        for number, (color, text) in enumerate(zip(style.colors, style.descriptions), 1):
            band = dataset.GetRasterBand(number)
            call(band.SetColorInterpretation, _color(color), failed=bool)
            band.SetDescription(text)
        with settings(_INTERNAL_MASK):
            call(dataset.CreateMaskBand, gdal.GMF_PER_DATASET, failed=bool)
        return GdalImage(dataset)

    def write_polygons(self, path: Path, table: PolygonTable) -> int:
        """Write a GeoPackage with one layer, and count what it holds; see the port.

        Raises:
            GdalError: It cannot be written.
        """
        driver = call(ogr.GetDriverByName, "GPKG")
        dataset = call(driver.CreateDataSource, str(path))
        srs = GdalCrs.from_text(table.crs_wkt).srs
        layer = call(dataset.CreateLayer, table.name, srs, ogr.wkbPolygon)
        if table.classes is not None:
            call(layer.CreateField, ogr.FieldDefn(CLASS, ogr.OFTString), failed=bool)
        call(layer.StartTransaction, failed=bool)
        for number, polygon in enumerate(table.polygons):
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetGeometryDirectly(call(ogr.CreateGeometryFromWkb, polygon))
            if table.classes is not None and table.classes[number] is not None:
                feature.SetField(CLASS, table.classes[number])
            call(layer.CreateFeature, feature, failed=bool)
        call(layer.CommitTransaction, failed=bool)
        del layer, dataset  # closes the file
        stored = call(gdal.OpenEx, str(path), gdal.OF_VECTOR)
        return int(stored.GetLayer(0).GetFeatureCount())


def _moved(
    points: NDArray[np.float64], transformation: osr.CoordinateTransformation
) -> NDArray[np.float64]:
    """Move points, not finite where there is no such place."""
    result = np.full(points.shape, np.nan)
    waiting = [(0, len(points))] if len(points) else []
    while waiting:
        first, last = waiting.pop()
        try:
            places = call(transformation.TransformPoints, points[first:last].tolist())
        except GdalError:
            # One of them is enough for the library to give none.
            if last - first > 1:
                size = -(-(last - first) // _PIECES)
                waiting += [(i, min(i + size, last)) for i in range(first, last, size)]
            continue
        result[first:last] = np.array(places, np.float64)[:, :2]
    return result


def _polygons(shape: ogr.Geometry) -> list[ogr.Geometry]:
    """The polygons of a geometry of any kind, with an area."""
    if ogr.GT_Flatten(shape.GetGeometryType()) == ogr.wkbPolygon:
        return [shape] if shape.GetArea() > 0 else []
    parts = (shape.GetGeometryRef(i) for i in range(shape.GetGeometryCount()))
    return [polygon for part in parts for polygon in _polygons(part)]


def _color(name: str) -> int:
    """GDAL's number of the colour that a band shows."""
    numbers = reversed(range(_COLORS))  # what GDAL has no name for is undefined, as 0 is
    names = {gdal.GetColorInterpretationName(n).lower(): n for n in numbers}
    return int(names.get(name, gdal.GCI_Undefined))
