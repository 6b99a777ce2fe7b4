"""Summarise camp."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Optional, Sequence

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)

from camp_detector_core.engine.areas import FIELDS, Tally

from .. import compat, styling
from ..faults import Fault
from ..feedback import watched
from ..i18n import tr
from .base import CampAlgorithm
from .counting import BOUNDARIES, INPUT, NAME_FIELD, WIDTH, Area, Counting, Layers
from .crediting import credits_of
from .features import placed_source
from .report import Line, Report, write_report
from .report_picture import Picture
from .twice import same_features
from .writing import Writing

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback

    from .entries import Entries


OUTPUT, REPORT, COUNT, COVERED = "OUTPUT", "REPORT", "COUNT", "COVERED"


class SummariseCamp(CampAlgorithm):
    """Counts dwellings in boundaries or hexagons, and writes a report."""

    NAME = "summarisecamp"

    LABELS: ClassVar = {
        "title": "Summarise camp",
        "help": "Counts dwellings, the ground that they cover, their mean size and their density, "
        "in each polygon of a layer or, without one, in hexagons. A dwelling belongs to the area "
        "that holds its centre, and to one alone, so totals add up. Points are counted as "
        "well; the ground that they cover is not known. The boundaries' own fields are kept; "
        "hexagons without dwellings are left out. The report is a page to print: a "
        "picture with numbered areas, a table, and who must be named.",
        "tags": "camp,refugee,statistics,density,count,report,hexagon",
    }

    def initAlgorithm(self, _configuration: Optional[dict[str, object]] = None) -> None:
        """Name parameters and outputs."""
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                INPUT, tr("Dwellings (polygons or points)"), [compat.POLYGONS, compat.POINTS]
            )
        )
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                BOUNDARIES, tr("Boundaries (default: hexagons)"), [compat.POLYGONS], optional=True
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

    def refuse(self, entries: Entries, *, is_complete: bool) -> None:
        """See that two layers lie on the Earth, and that they are two.

        Raises:
            Fault: They are one, or one lies nowhere.
        """
        if not is_complete:
            return
        for name in (INPUT, BOUNDARIES):
            placed_source(entries, name, optional=name == BOUNDARIES)
        layer = same_features(entries, INPUT, BOUNDARIES)
        if layer is not None:
            raise Fault(
                tr(
                    "{layer} was given as dwellings and as boundaries: choose other boundaries, "
                    "or none.",
                    layer=layer,
                )
            )

    def open(self, entries: Entries) -> Layers:
        """Open the layers.

        Raises:
            Fault: One cannot be read.
        """
        return Layers.of(entries)

    def work(
        self, inputs: Layers, entries: Entries, feedback: QgsProcessingFeedback
    ) -> dict[str, object]:
        """Count, then write.

        Raises:
            CampDetectorError: There is nothing to count or to count in; or the user wants to stop.
        """
        counting = Counting(inputs, entries.context, feedback)
        areas, outside = counting.areas()
        total = Tally()
        for dwelling in counting.dwellings:
            total.add(dwelling)
        sums = [Line(tr("all dwellings"), total, None)]
        if outside is not None:
            sums.append(Line(tr("outside of all areas"), outside, None))
        fields = [*compat.fields(FIELDS), *(part.field for part in counting.boundary_fields)]
        with Writing(entries, feedback) as writing:
            report = writing.part(REPORT)
            if report:
                write_report(report, _report(counting, sums, areas))
            rows = ((area.geometry, area.values()) for area in areas)
            writing.write(fields, compat.MULTI_POLYGON, counting.crs, rows)
            destination = writing.finish()
        for line in sums:
            feedback.pushInfo(f"{line.name}: {line.tally.dwellings:,}")
        title = tr("Summary ({count})", count=f"{total.dwellings:,}")
        styling.finish(entries.context, destination, title, styling.areas)
        results = {OUTPUT: destination, COUNT: total.dwellings, COVERED: total.covered}
        return {**results, **writing.files}


def _report(counting: Counting, sums: Sequence[Line], areas: Sequence[Area]) -> Report:
    """Content of the page.

    Raises:
        Cancelled: The user wants to stop.
    """
    shapes = [bytes(shape.asWkb()) for shape in watched(counting.shapes, counting.feedback)]
    picture = Picture.of(shapes, areas, counting.metres, counting.look)
    return Report(
        layer=counting.title,
        counted_in=counting.counted_in,
        sums=sums,
        areas=[Line(a.name, a.tally, a.square_metres) for a in areas],
        picture=picture,
        credits=credits_of(name for name, _ in counting.models.most_common()),
    )
