"""Detect dwellings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Iterator, Optional

from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingOutputNumber

from camp_detector_core.engine import parameters as options
from camp_detector_core.georaster.table import FIELDS

from .. import compat, styling
from ..faults import Fault
from ..i18n import tr
from ..layers import polygon_of
from .converting import leads_to_lonlat
from .places import SINK, outputs_of
from .running import RunsModel
from .writing import Writing

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback

    from camp_detector_core.detection.outcome import Outcome

    from ..jobs import Job
    from .entries import Entries
    from .sinks import Row


OUTPUT, COUNT, AREA = options.OUT.hosts[options.QGIS], "COUNT", "AREA"
_NOWHERE = 'LOCAL_CS["Undefined Cartesian SRS",UNIT["metre",1]]'
"""GeoPackage's CRS of coordinates without a CRS that are no degrees."""


class DetectDwellings(RunsModel):
    """Finds dwellings in a raster layer and gives them as polygons."""

    NAME = "detectdwellings"

    LABELS: ClassVar = {
        "title": "Detect dwellings",
        "help": "Finds the dwellings in drone or satellite imagery and writes them as polygons "
        "with their class, their mean probability and their area in square metres.\n\n"
        "Choose the imagery and press Run. Map services (WMS, XYZ tiles) need an extent. A "
        "higher threshold gives fewer dwellings that are surer. Class and probability rasters "
        "are Cloud-Optimized GeoTIFF.",
        "tags": "camp,refugee,tent,shelter,building,footprint,deep learning,onnx",
    }

    def initAlgorithm(self, configuration: Optional[dict[str, object]] = None) -> None:
        """Name parameters and outputs."""
        super().initAlgorithm(configuration)
        self.addOutput(QgsProcessingOutputNumber(COUNT, tr("Number of dwellings")))
        self.addOutput(QgsProcessingOutputNumber(AREA, tr("Covered square metres")))

    def refuse_crs(self, crs: str, entries: Entries) -> None:
        """See that dwellings in a coordinate system can be written where they are to go.

        Raises:
            Fault: The format is in longitude and latitude, and nothing leads there.
        """
        for output in outputs_of(entries):
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

    def work(
        self, inputs: Job, entries: Entries, feedback: QgsProcessingFeedback
    ) -> dict[str, object]:
        """Find the dwellings, then write them.

        Raises:
            CampDetectorError: It cannot be done, or is to stop.
        """
        with Writing(entries, feedback) as writing:
            outcome, crs, _ = self.run_model(inputs, feedback, writing)
            outputs = outputs_of(entries)
            if not crs.isValid() and any(output.place.is_geopackage for output in outputs):
                # Left open, QGIS would write that they are degrees.
                crs = QgsCoordinateReferenceSystem.fromWkt(_NOWHERE)
            writing.write(compat.fields(FIELDS), compat.POLYGON, crs, _rows(outcome))
            destination = writing.finish()
        count, layer = len(outcome.rows), inputs.layer.title
        feedback.pushInfo(
            tr("1 dwelling") if count == 1 else tr("{count} dwellings", count=f"{count:,}")
        )
        title = (
            tr("{layer}: 1 dwelling", layer=layer)
            if count == 1
            else tr("{layer}: {count} dwellings", layer=layer, count=f"{count:,}")
        )
        classes = styling.classes_of(outcome.spec)
        styling.finish(entries.context, destination, title, styling.dwellings(classes))
        area = float(sum(outcome.rows.area))
        rasters = self.show_rasters(entries.context, writing.files, layer, classes)
        return {OUTPUT: destination, COUNT: count, AREA: area, **rasters}


def _rows(outcome: Outcome) -> Iterator[Row]:
    """The dwellings as rows."""
    model = outcome.spec.id
    for *values, rings in outcome.rows:
        yield polygon_of(rings), [*values, model]
