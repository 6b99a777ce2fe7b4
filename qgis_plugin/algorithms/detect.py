"""Detect dwellings."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Iterator, Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFields,
    QgsGeometry,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterRasterDestination,
)

from camp_detector_core.engine import parameters as options
from camp_detector_core.georaster.table import FIELDS

from .. import compat, styling
from ..i18n import tr
from .base import Fault, prepared
from .converting import leads_to_lonlat
from .counting import Stopped
from .options import definition_of, value_of
from .places import SINK, outputs_of
from .running import CLASSES, PROBABILITY, RunsModel
from .writing import Writing

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from camp_detector_core.detection.outcome import Outcome
    from camp_detector_core.georaster.settings import Settings
    from camp_detector_core.georaster.table import DwellingRows


OUTPUT, COUNT, AREA = options.OUT.hosts[options.QGIS], "COUNT", "AREA"
_NOWHERE = 'LOCAL_CS["Undefined Cartesian SRS",UNIT["metre",1]]'
"""GeoPackage's CRS of coordinates without a CRS that are no degrees."""
_POLYGON = 3
"""The number of the kind in well-known binary."""


class DetectDwellings(RunsModel):
    """Finds dwellings in a raster layer and gives them as polygons."""

    NAME = "detectdwellings"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return tr("Detect dwellings")

    def shortHelpString(self) -> str:
        """Help beside the parameters."""
        return tr(
            "Finds the dwellings in drone or satellite imagery and writes them as polygons with "
            "their class, their mean probability and their area in square metres.\n\n"
            "Choose the imagery and press Run. Map services (WMS, XYZ tiles) need an extent. A "
            "higher threshold gives fewer dwellings that are surer. Class and probability rasters "
            "are Cloud-Optimized GeoTIFF."
        )

    def tags(self) -> list[str]:
        """Words for the toolbox' search."""
        return tr("camp,refugee,tent,shelter,building,footprint,deep learning,onnx").split(",")

    def initAlgorithm(self, _configuration: Optional[dict[str, object]] = None) -> None:
        """Name parameters and outputs."""
        self.add_inputs()
        self.addParameter(definition_of(options.MIN_AREA))
        self.addParameter(definition_of(options.SQUARE))
        self.add_settings()
        self.advanced(definition_of(options.SIMPLIFY))
        self.addParameter(
            QgsProcessingParameterFeatureSink(OUTPUT, tr(options.OUT.label), compat.POLYGONS)
        )
        for name, option in ((CLASSES, options.MASK), (PROBABILITY, options.PROBABILITY)):
            self.addParameter(
                QgsProcessingParameterRasterDestination(
                    name, tr(option.label), optional=True, createByDefault=False
                )
            )
        self.addOutput(QgsProcessingOutputNumber(COUNT, tr("Number of dwellings")))
        self.addOutput(QgsProcessingOutputNumber(AREA, tr("Covered square metres")))

    def settings(self, parameters: dict[str, object], context: QgsProcessingContext) -> Settings:
        """Choices about running the model and drawing outlines."""
        return replace(
            super().settings(parameters, context),
            min_area=value_of(options.MIN_AREA, self, parameters, context),
            simplify=value_of(options.SIMPLIFY, self, parameters, context),
            square=value_of(options.SQUARE, self, parameters, context),
        )

    def look_at_place(
        self, crs: str, parameters: dict[str, object], context: QgsProcessingContext
    ) -> None:
        """See that dwellings in a coordinate system can be written where they are to go.

        Raises:
            Fault: The format is in longitude and latitude, and nothing leads there.
        """
        for output in outputs_of(self, parameters, context):
            rules = output.place.format if output.kind == SINK else None
            if crs and rules is not None and rules.is_lonlat and not leads_to_lonlat(crs):
                raise Fault(
                    tr(
                        "{path}: such files are in longitude and latitude, to which the local "
                        "coordinate system of the imagery does not lead: choose a GeoPackage "
                        "(.gpkg).",
                        path=output.place.path,
                    )
                )

    def processAlgorithm(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, object]:
        """Find the dwellings, then write them."""
        choices = prepared(self._choices)
        with Writing(self, parameters, context, feedback) as writing:
            done = self.run_model(
                choices, feedback, mask=writing.part(CLASSES), probability=writing.part(PROBABILITY)
            )
            if done is None:
                return {}
            outcome, crs = done
            if not crs.isValid() and outcome.grid.crs_wkt:
                crs = QgsCoordinateReferenceSystem.fromWkt(outcome.grid.crs_wkt)
            outputs = outputs_of(self, parameters, context)
            if not crs.isValid() and any(output.place.is_geopackage for output in outputs):
                # Left open, QGIS would write that they are degrees.
                crs = QgsCoordinateReferenceSystem.fromWkt(_NOWHERE)
            fields = _fields()
            try:
                writing.write(fields, compat.POLYGON, crs, _features(outcome, fields))
                destination = writing.finish()
            except Stopped:
                feedback.pushInfo(tr("Stopped; nothing was written."))
                return {}
        count = len(outcome.rows)
        feedback.pushInfo(_counted(count))
        classes = styling.named(outcome.spec)
        layer = choices.layer.title
        title = (
            tr("{layer}: 1 dwelling", layer=layer)
            if count == 1
            else tr("{layer}: {count} dwellings", layer=layer, count=f"{count:,}")
        )
        styling.finish(context, destination, title, styling.dwellings(classes))
        results = {OUTPUT: destination, COUNT: count, AREA: float(sum(outcome.rows.area))}
        results.update(self.show_rasters(context, writing.files, layer, classes))
        return results


def _counted(count: int) -> str:
    """So many dwellings."""
    return tr("1 dwelling") if count == 1 else tr("{count} dwellings", count=f"{count:,}")


def _fields() -> QgsFields:
    """Fields of a dwelling in the output."""
    fields = QgsFields()
    for made in compat.fields(FIELDS):
        fields.append(made)
    return fields


def _features(outcome: Outcome, fields: QgsFields) -> Iterator[QgsFeature]:
    """The dwellings as features."""
    rows, model = outcome.rows, outcome.spec.id
    for index, shape in enumerate(polygons(rows)):
        feature = QgsFeature(fields)
        geometry = QgsGeometry()
        geometry.fromWkb(shape)
        feature.setGeometry(geometry)
        feature.setAttributes(
            [
                index + 1,
                rows.classes[index],
                float(rows.probability[index]),
                float(rows.area[index]),
                model,
            ]
        )
        yield feature


def polygons(rows: DwellingRows) -> Iterator[bytes]:
    """The engine's rows as well-known binary, one after another.

    The corners are copied as they are, so that nothing is rounded.
    """
    corners = rows.corners.astype("<f8")
    rings, starts = rows.ring_offsets.tolist(), rows.polygon_offsets.tolist()
    for first, last in zip(starts, starts[1:]):
        parts = [struct.pack("<BII", 1, _POLYGON, last - first)]
        for a, b in zip(rings[first:last], rings[first + 1 : last + 1]):
            parts += [struct.pack("<I", b - a), corners[a:b].tobytes()]
        yield b"".join(parts)
