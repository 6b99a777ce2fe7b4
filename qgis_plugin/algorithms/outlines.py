"""Outlines on the ground: their area, their centre, and what those that cross themselves cover."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Optional, Sequence

from qgis.core import QgsDistanceArea, QgsGeometry

from camp_detector_core.engine.areas import holds

from .. import compat
from ..faults import Fault
from ..i18n import tr

if TYPE_CHECKING:
    from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingContext

    from camp_detector_core.engine.polygons.surfaces import Outline


_POLE = 90.0


def ground_of(crs: QgsCoordinateReferenceSystem, context: QgsProcessingContext) -> QgsDistanceArea:
    """Measures areas on the ground, on the ellipsoid of the CRS, whatever the project says."""
    ground = QgsDistanceArea()
    ground.setSourceCrs(crs, context.transformContext())
    ground.setEllipsoid(crs.ellipsoidAcronym() or "EPSG:7030")
    return ground


def area_of(shape: QgsGeometry, ground: QgsDistanceArea, layer: str) -> float:
    """Square metres on the ground.

    Raises:
        Fault: The shape lies nowhere on the Earth.
    """
    area = float(ground.measureArea(shape))
    if not math.isfinite(area) or _is_beyond_pole(shape, ground):
        raise Fault(
            tr(
                "{layer} holds outlines that lie nowhere on the Earth: look at its coordinate "
                "system.",
                layer=layer,
            )
        )
    return area


def _is_beyond_pole(shape: QgsGeometry, ground: QgsDistanceArea) -> bool:
    """True if latitudes are none, which `measureArea` does not see."""
    box = shape.boundingBox()
    is_degrees = ground.sourceCrs().isGeographic()
    return is_degrees and max(abs(box.yMinimum()), abs(box.yMaximum())) > _POLE


def valid(shape: QgsGeometry) -> QgsGeometry:
    """The same ground with outlines that do not cross themselves."""
    if shape.isEmpty() or shape.isGeosValid():
        return shape
    # Of a crossing outline there may be lines left as well, which cover nothing.
    parts = [p for p in shape.makeValid().asGeometryCollection() if p.type() == shape.type()]
    return QgsGeometry.collectGeometry(parts) if parts else QgsGeometry()


def joined(outlines: Sequence[Outline]) -> Optional[QgsGeometry]:
    """The ground of some outlines, without lines that cover nothing; None for no ground."""
    parts = []
    for outline in outlines:
        faces = [valid(shape_of(data)) for data in outline.wkb()]
        faces = [face for face in faces if not face.isEmpty() and face.area() > 0]
        ground = QgsGeometry.unaryUnion(faces) if len(faces) > 1 else QgsGeometry(*faces)
        if not ground.isEmpty():
            parts.append(ground)
    if len(parts) < 2:  # noqa: PLR2004 - nothing to join
        return parts[0] if parts else None
    # Parts that overlap would make no valid whole.
    return valid(QgsGeometry.collectGeometry(parts))


def shape_of(data: bytes) -> QgsGeometry:
    """The shape of well-known binary."""
    shape = QgsGeometry()
    shape.fromWkb(data)
    return shape


def rings_of(shape: QgsGeometry) -> list[list[tuple[float, float]]]:
    """All closed rings of a polygon or of several."""
    parts = shape.asMultiPolygon() if shape.isMultipart() else [shape.asPolygon()]
    return [[(p.x(), p.y()) for p in ring] for part in parts for ring in part]


def centre_of(shape: QgsGeometry) -> tuple[float, float]:
    """The place at which a dwelling is counted, in the CRS of its shape.

    A point itself; of an outline the centroid, or where that is outside, a point inside.
    """
    is_point = shape.type() == compat.IS_POINT
    middle = shape.asPoint() if is_point else shape.centroid().asPoint()
    at = (middle.x(), middle.y())
    if not is_point and not holds(rings_of(shape), at):
        inside = shape.pointOnSurface().asPoint()
        at = (inside.x(), inside.y())
    return at
