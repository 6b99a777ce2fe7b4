"""Summarise camp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Sequence

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsDistanceArea,
    QgsFeature,
    QgsFeatureRequest,
    QgsFields,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)

from .. import compat, styling
from ..i18n import tr
from ..vendored import areas as rules
from ..vendored import engine
from .base import CampAlgorithm, Fault, refuse_place, stop_with
from .report import Line, Picture, write_report

INPUT, BOUNDARIES, NAME_FIELD, WIDTH = "INPUT", "BOUNDARIES", "NAME_FIELD", "HEXAGON_WIDTH"
OUTPUT, REPORT, COUNT, COVERED = "OUTPUT", "REPORT", "COUNT", "COVERED"
_LOOK = 1000
"""Dwellings between two looks at whether the user wants to stop."""
_LONGEST = 254


class _Stopped(Exception):  # noqa: N818 - what the user asked for
    """The user wants to stop."""


@dataclass(frozen=True)
class _Area:
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


class SummariseCamp(CampAlgorithm):
    """Counts dwellings in boundaries or hexagons, and writes a report."""

    NAME = "summarisecamp"

    def displayName(self) -> str:
        """What the toolbox shows."""
        return tr("Summarise camp")

    def shortHelpString(self) -> str:
        """What the dialog shows beside the parameters."""
        return tr(
            "Counts dwellings, the ground that they cover, their mean size and their density, in "
            "each polygon of a layer or, without one, in hexagons. A dwelling belongs to the area "
            "that holds its centre, and to one alone, so totals add up. The report is a page with "
            "a picture and a table."
        )

    def tags(self) -> list[str]:
        """What it is found by."""
        return tr("camp,refugee,statistics,density,count,report,hexagon").split(",")

    def initAlgorithm(self, _configuration: Any = None) -> None:
        """Name parameters and outputs."""
        self.addParameter(
            QgsProcessingParameterFeatureSource(INPUT, tr("Dwellings"), [compat.POLYGONS])
        )
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                BOUNDARIES,
                tr("Boundaries (default: hexagons)"),
                [compat.POLYGONS],
                optional=True,
            )
        )
        self.addParameter(
            QgsProcessingParameterField(
                NAME_FIELD,
                tr("Field with the name of each boundary"),
                parentLayerParameterName=BOUNDARIES,
                optional=True,
            )
        )
        self.addParameter(
            QgsProcessingParameterNumber(
                WIDTH,
                tr("Width of the hexagons in metres"),
                compat.DOUBLE,
                defaultValue=100.0,
                minValue=1.0,
                maxValue=1e6,
            )
        )
        self.addParameter(QgsProcessingParameterFeatureSink(OUTPUT, tr("Summary"), compat.POLYGONS))
        self.addParameter(
            QgsProcessingParameterFileDestination(
                REPORT, tr("Report"), "HTML (*.html)", optional=True
            )
        )
        self.addOutput(QgsProcessingOutputNumber(COUNT, tr("Number of dwellings")))
        self.addOutput(QgsProcessingOutputNumber(COVERED, tr("Covered square metres")))

    def checkParameterValues(self, parameters: dict[str, Any], context: Any) -> tuple[bool, str]:
        """Whether it can be run, and if not why, in a sentence."""
        ok, said = super().checkParameterValues(parameters, context)
        source = self.parameterAsSource(parameters, INPUT, context)
        if ok and source is not None and not source.sourceCrs().isValid():
            return False, no_crs(source)
        return ok, said

    def processAlgorithm(
        self, parameters: dict[str, Any], context: Any, feedback: Any
    ) -> dict[str, Any]:
        """Count, then write."""
        report = self.parameterAsFileOutput(parameters, REPORT, context)
        try:
            refuse_place(report)
            counting = _Counting(self, parameters, context, feedback)
            counted, outside = counting.areas()
        except _Stopped:
            return {}
        except (Fault, engine("engine.errors").CampDetectorError) as error:
            raise stop_with(error) from error
        everything = rules().Tally()
        for dwelling in counting.dwellings:
            everything.add(dwelling)
        destination = self._write(counted, parameters, context, counting.crs)
        lines = [Line(tr("all dwellings"), everything, None)]
        if outside is not None:
            lines.append(Line(tr("outside of all areas"), outside, None))
        lines += [Line(a.name, a.tally, a.square_metres) for a in counted]
        for line in lines[:2]:
            feedback.pushInfo(f"{line.name}: {line.tally.dwellings:,}")
        results = {OUTPUT: destination, COUNT: everything.dwellings, COVERED: everything.covered}
        if report:
            picture = Picture.of(
                [bytes(g.asWkb()) for g in counting.shapes],
                [bytes(a.geometry.asWkb()) for a in counted],
                counting.metres,
            )
            try:
                write_report(report, counting.title, lines, picture)
            except OSError as error:
                raise QgsProcessingException(
                    tr("{path} cannot be written: {reason}", path=report, reason=error.strerror)
                ) from error
            results[REPORT] = report
        title = tr("Summary ({count})", count=f"{everything.dwellings:,}")
        styling.finish(context, destination, title, styling.areas)
        return results

    def _write(
        self, found: Sequence[_Area], parameters: dict[str, Any], context: Any, crs: Any
    ) -> str:
        fields = QgsFields()
        for made in (
            compat.text("name"),
            compat.integer("dwellings"),
            compat.double("covered_m2"),
            compat.double("mean_m2"),
            compat.double("area_ha"),
            compat.double("per_ha"),
            compat.double("cover_pct"),
        ):
            fields.append(made)
        sink, destination = self.parameterAsSink(
            parameters, OUTPUT, context, fields, compat.MULTI_POLYGON, crs
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, OUTPUT))
        for area in found:
            feature = QgsFeature(fields)
            geometry = QgsGeometry(area.geometry)
            geometry.convertToMultiType()
            feature.setGeometry(geometry)
            feature.setAttributes(area.values())
            if not sink.addFeature(feature, compat.FAST_INSERT):
                raise QgsProcessingException(
                    tr("The summary cannot be written: {reason}", reason=sink.lastError())
                )
        return str(destination)


class _Counting:
    """The dwellings, and the areas that they are counted in."""

    def __init__(
        self, algorithm: SummariseCamp, parameters: dict[str, Any], context: Any, feedback: Any
    ) -> None:
        """Read the dwellings."""
        self._algorithm, self._parameters = algorithm, parameters
        self._context, self._feedback = context, feedback
        source = algorithm.parameterAsSource(parameters, INPUT, context)
        if source is None:
            raise QgsProcessingException(algorithm.invalidSourceError(parameters, INPUT))
        self.crs: QgsCoordinateReferenceSystem = source.sourceCrs()
        if not self.crs.isValid():
            raise Fault(no_crs(source))
        self.title = source.sourceName()
        self._ground = ground_of(self.crs, context)
        self.shapes: list[QgsGeometry] = []
        self.dwellings: list[Any] = []
        total = max(source.featureCount(), 1)
        made = rules().Dwelling
        for i, feature in enumerate(source.getFeatures(_geometry_only())):
            if i % _LOOK == 0:
                self._look(100.0 * i / total)
            shape = feature.geometry()
            if shape.isEmpty() or shape.area() == 0:
                continue
            self.shapes.append(shape)
            self.dwellings.append(made(_centre(shape), self._ground.measureArea(shape)))

    @property
    def metres(self) -> tuple[float, float]:
        """Metres on the ground of a unit of the CRS along x and y, where the dwellings lie."""
        import numpy as np

        x, y = self._middle()
        crs = engine("hostgdal.library").GdalCrs.from_text(self.crs.toWkt())
        mx, my = engine("georaster.ground").metres_per_unit(crs, np.array([x]), np.array([y]))
        return float(mx[0]), float(my[0])

    def areas(self) -> tuple[list[_Area], Optional[Any]]:
        """Each area with its count, and what lies outside of all, None for hexagons."""
        boundaries = self._algorithm.parameterAsSource(self._parameters, BOUNDARIES, self._context)
        if boundaries is None:
            return self._hexagons(), None
        named = self._algorithm.parameterAsFields(self._parameters, NAME_FIELD, self._context)
        request = QgsFeatureRequest()
        request.setDestinationCrs(self.crs, self._context.transformContext())
        shapes: list[tuple[str, QgsGeometry]] = []
        for feature in sorted(boundaries.getFeatures(request), key=lambda f: f.id()):
            self._look(None)
            shape = feature.geometry()
            if shape.isEmpty() or shape.area() == 0:
                continue
            name = feature[named[0]] if named else None
            shapes.append((_name(name, feature.id()), shape))
        if not shapes:
            raise Fault(tr("The boundaries hold no polygon: choose another layer, or none."))
        index = rules().AreaIndex([rings_of(shape) for _, shape in shapes])
        counted, outside = rules().tally(self.dwellings, index, len(shapes))
        return [
            _Area(name, shape, self._ground.measureArea(shape), found)
            for (name, shape), found in zip(shapes, counted)
        ], outside

    def _hexagons(self) -> list[_Area]:
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
            out.append(_Area(name, shape, self._ground.measureArea(shape), found))
        return out

    def _middle(self) -> tuple[float, float]:
        xs, ys = [d.at[0] for d in self.dwellings], [d.at[1] for d in self.dwellings]
        return ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2) if xs else (0.0, 0.0)

    def _look(self, percent: Optional[float]) -> None:
        if self._feedback.isCanceled():
            raise _Stopped
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


def rings_of(shape: QgsGeometry) -> list[list[tuple[float, float]]]:
    """All closed rings of a polygon or of several."""
    parts = shape.asMultiPolygon() if shape.isMultipart() else [shape.asPolygon()]
    return [[(p.x(), p.y()) for p in ring] for part in parts for ring in part]


def _centre(shape: QgsGeometry) -> tuple[float, float]:
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
