"""Dwellings, and the areas that they are counted in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsDistanceArea,
    QgsFeatureRequest,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
)

from ..compat import UNCHECKED
from ..i18n import tr
from ..sources import lies_somewhere
from ..vendored import areas as rules
from ..vendored import engine
from .base import CampAlgorithm, Fault

INPUT, BOUNDARIES, NAME_FIELD, WIDTH = "INPUT", "BOUNDARIES", "NAME_FIELD", "HEXAGON_WIDTH"
_LOOK = 1000
"""Dwellings between two looks at whether the user wants to stop."""
_LONGEST = 254


class Stopped(Exception):  # noqa: N818 - what the user asked for
    """The user wants to stop."""


@dataclass(frozen=True)
class Area:
    """An area with what was counted in it."""

    name: str
    geometry: QgsGeometry
    square_metres: float
    tally: Any

    def values(self) -> list[Any]:
        """Of the fields of the output."""
        t, size = self.tally, self.square_metres
        return [
            self.name, t.dwellings, t.covered, t.mean, size / 1e4, t.density(size), t.share(size),
        ]  # fmt: skip


class Counting:
    """The dwellings, and the areas that they are counted in."""

    def __init__(
        self, algorithm: CampAlgorithm, parameters: dict[str, Any], context: Any, feedback: Any
    ) -> None:
        """Read the dwellings."""
        self._algorithm, self._parameters = algorithm, parameters
        self._context, self._feedback = context, feedback
        source = algorithm.parameterAsSource(parameters, INPUT, context)
        if source is None:
            raise QgsProcessingException(algorithm.invalidSourceError(parameters, INPUT))
        self.crs: QgsCoordinateReferenceSystem = source.sourceCrs()
        if not lies_somewhere(self.crs):
            raise Fault(no_crs(source))
        self.title = source.sourceName()
        self._ground = ground_of(self.crs, context)
        self.shapes: list[QgsGeometry] = []
        self.dwellings: list[Any] = []
        total = max(source.featureCount(), 1)
        made = rules().Dwelling
        for i, feature in enumerate(source.getFeatures(_geometry_only(), UNCHECKED)):
            if i % _LOOK == 0:
                self._look(100.0 * i / total)
            shape = valid(feature.geometry())
            if shape.isEmpty() or shape.area() == 0:
                continue
            self.shapes.append(shape)
            self.dwellings.append(made(centre_of(shape), self._ground.measureArea(shape)))

    @property
    def metres(self) -> tuple[float, float]:
        """Metres on the ground of a unit of the CRS along x and y, where the dwellings lie."""
        import numpy as np

        x, y = self._middle()
        crs = engine("hostgdal.library").GdalCrs.from_text(self.crs.toWkt())
        mx, my = engine("georaster.ground").metres_per_unit(crs, np.array([x]), np.array([y]))
        return float(mx[0]), float(my[0])

    def areas(self) -> tuple[list[Area], Optional[Any]]:
        """Each area with its count, and what lies outside of all, None for hexagons."""
        boundaries = self._algorithm.parameterAsSource(self._parameters, BOUNDARIES, self._context)
        if boundaries is None:
            return self._hexagons(), None
        named = self._algorithm.parameterAsFields(self._parameters, NAME_FIELD, self._context)
        request = QgsFeatureRequest()
        request.setDestinationCrs(self.crs, self._context.transformContext())
        shapes: list[tuple[str, QgsGeometry]] = []
        for feature in sorted(boundaries.getFeatures(request, UNCHECKED), key=lambda f: f.id()):
            self._look(None)
            shape = valid(feature.geometry())
            if shape.isEmpty() or shape.area() == 0:
                continue
            name = feature[named[0]] if named else None
            shapes.append((_name(name, feature.id()), shape))
        if not shapes:
            raise Fault(tr("The boundaries hold no polygon: choose another layer, or none."))
        index = rules().AreaIndex([rings_of(shape) for _, shape in shapes])
        counted, outside = rules().tally(self.dwellings, index, len(shapes))
        return [
            Area(name, shape, self._ground.measureArea(shape), found)
            for (name, shape), found in zip(shapes, counted)
        ], outside

    def _hexagons(self) -> list[Area]:
        if not self.dwellings:
            return []
        width = self._algorithm.parameterAsDouble(self._parameters, WIDTH, self._context)
        grid = rules().HexagonGrid(self._middle(), self.metres, width)
        out = []
        cells = rules().tally_cells(self.dwellings, grid)
        for number, (cell, found) in enumerate(cells.items(), 1):
            ring = [QgsPointXY(x, y) for x, y in grid.ring(cell)]
            shape = QgsGeometry.fromPolygonXY([ring])
            name = tr("hexagon {number}", number=number)
            out.append(Area(name, shape, self._ground.measureArea(shape), found))
        return out

    def _middle(self) -> tuple[float, float]:
        xs, ys = [d.at[0] for d in self.dwellings], [d.at[1] for d in self.dwellings]
        return ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2) if xs else (0.0, 0.0)

    def _look(self, percent: Optional[float]) -> None:
        if self._feedback.isCanceled():
            raise Stopped
        if percent is not None:
            self._feedback.setProgress(percent)


def no_crs(source: Any) -> str:
    """The sentence for a layer that lies nowhere."""
    return tr(
        "{layer} has no coordinate system, so that areas on the ground are unknown: set it in the "
        "layer's properties.",
        layer=source.sourceName(),
    )


def ground_of(crs: QgsCoordinateReferenceSystem, context: Any) -> QgsDistanceArea:
    """Measures areas on the ground, on the ellipsoid of the CRS, whatever the project says."""
    ground = QgsDistanceArea()
    ground.setSourceCrs(crs, context.transformContext())
    ground.setEllipsoid(crs.ellipsoidAcronym() or "EPSG:7030")
    return ground


def valid(shape: QgsGeometry) -> QgsGeometry:
    """The same ground with outlines that do not cross themselves."""
    if shape.isEmpty() or shape.isGeosValid():
        return shape
    made = shape.makeValid()
    # Of a crossing outline there may be lines left as well, which cover nothing.
    parts = [p for p in made.asGeometryCollection() if p.type() == shape.type()]
    return QgsGeometry.collectGeometry(parts) if parts else QgsGeometry()


def rings_of(shape: QgsGeometry) -> list[list[tuple[float, float]]]:
    """All closed rings of a polygon or of several."""
    parts = shape.asMultiPolygon() if shape.isMultipart() else [shape.asPolygon()]
    return [[(p.x(), p.y()) for p in ring] for part in parts for ring in part]


def centre_of(shape: QgsGeometry) -> tuple[float, float]:
    """The centroid, or where that is outside of the outline, a point inside."""
    middle = shape.centroid().asPoint()
    at = (middle.x(), middle.y())
    if rules().AreaIndex([rings_of(shape)]).of(at) != 0:
        inside = shape.pointOnSurface().asPoint()
        at = (inside.x(), inside.y())
    return at


def _name(value: Any, number: int) -> str:
    text = "" if value is None else str(value).strip()
    if not text or text == "NULL":
        return tr("area {number}", number=number)
    return text[:_LONGEST]


def _geometry_only() -> QgsFeatureRequest:
    request = QgsFeatureRequest()
    request.setSubsetOfAttributes([])
    return request
