"""The ground that a model was trained on, drawn on the map."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Mapping, Optional

from osgeo import ogr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsProject,
)
from qgis.gui import QgsRubberBand
from qgis.PyQt.QtGui import QColor

from ..compat import IS_POLYGON

if TYPE_CHECKING:
    from qgis.core import QgsPoint
    from qgis.gui import QgsMapCanvas


_MARGIN = 1.3
_EAST, _NORTH = 180, 90


class AreaOnMap:
    """One outline at a time."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        """Draw nothing yet."""
        self._canvas = canvas
        self._band: Optional[QgsRubberBand] = None

    def show(self, shape: Optional[Mapping[str, object]], *, zoom: bool = False) -> bool:
        """Draw a GeoJSON geometry in degrees in place of the last one.

        Returns:
            Whether there is something to see.
        """
        self.clear()
        geometry = geometry_of(shape)
        if geometry is None:
            return False
        degrees = QgsCoordinateReferenceSystem("EPSG:4326")
        map_crs = self._canvas.mapSettings().destinationCrs()
        try:
            geometry.transform(QgsCoordinateTransform(degrees, map_crs, QgsProject.instance()))
        except QgsCsException:
            return False
        band = QgsRubberBand(self._canvas, IS_POLYGON)
        band.setStrokeColor(QColor(228, 87, 46))
        band.setFillColor(QColor(228, 87, 46, 40))
        band.setWidth(2)
        band.setToGeometry(geometry, None)
        self._band = band
        if zoom:
            extent = geometry.boundingBox()
            extent.scale(_MARGIN)
            self._canvas.setExtent(extent)
            self._canvas.refresh()
        return True

    def clear(self) -> None:
        """Take it off the map."""
        if self._band is not None:
            self._canvas.scene().removeItem(self._band)
            self._band = None


def geometry_of(shape: object) -> Optional[QgsGeometry]:
    """Return an untrusted GeoJSON geometry, or None where it is no polygon."""
    if not isinstance(shape, Mapping) or shape.get("type") not in ("Polygon", "MultiPolygon"):
        return None
    try:
        outline = ogr.CreateGeometryFromJson(json.dumps(shape))
    except (RuntimeError, TypeError, ValueError, RecursionError):
        return None
    if outline is None or outline.IsEmpty():
        return None
    west, east, south, north = outline.GetEnvelope()
    # NaN is outside of everything.
    if not (-_EAST <= west <= east <= _EAST and -_NORTH <= south <= north <= _NORTH):
        return None
    geometry = QgsGeometry()
    geometry.fromWkb(bytes(outline.ExportToWkb()))
    if geometry.isEmpty() or not all(map(_finite, geometry.vertices())):
        return None
    return geometry


def _finite(point: QgsPoint) -> bool:
    return math.isfinite(point.x()) and math.isfinite(point.y())
