"""Summarise camp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional, Sequence

from qgis.core import (
    QgsFeature,
    QgsFields,
    QgsGeometry,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)

from camp_detector_core.engine.areas import Tally
from camp_detector_core.engine.errors import CampDetectorError

from .. import compat, styling
from ..i18n import tr
from .base import CampAlgorithm, Fault, prepared, stop_with
from .counting import BOUNDARIES, INPUT, NAME_FIELD, WIDTH, Area, Counting, Opened, Stopped
from .crediting import credits_of
from .features import placed_source
from .report import Line, Report, write_report
from .report_picture import Picture, Shaded
from .twice import same_features
from .writing import Writing

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback


OUTPUT, REPORT, COUNT, COVERED = "OUTPUT", "REPORT", "COUNT", "COVERED"
_LOOK = 200
"""Areas between two looks at whether the user wants to stop."""


class SummariseCamp(CampAlgorithm):
    """Counts dwellings in boundaries or hexagons, and writes a report."""

    NAME = "summarisecamp"

    def __init__(self) -> None:
        """Nothing is opened yet."""
        super().__init__()
        self._opened: Optional[Opened] = None

    def displayName(self) -> str:
        """Name in the toolbox."""
        return tr("Summarise camp")

    def shortHelpString(self) -> str:
        """Help beside the parameters."""
        return tr(
            "Counts dwellings, the ground that they cover, their mean size and their density, in "
            "each polygon of a layer or, without one, in hexagons. A dwelling belongs to the area "
            "that holds its centre, and to one alone, so totals add up. Points are counted as "
            "well; the ground that they cover is not known. The boundaries' own fields are kept; "
            "hexagons without dwellings are left out. The report is a page to print: a "
            "picture with numbered areas, a table, and who must be named."
        )

    def tags(self) -> list[str]:
        """Words for the toolbox' search."""
        return tr("camp,refugee,statistics,density,count,report,hexagon").split(",")

    def initAlgorithm(self, _configuration: Optional[dict[str, object]] = None) -> None:
        """Name parameters and outputs."""
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                INPUT, tr("Dwellings (polygons or points)"), [compat.POLYGONS, compat.POINTS]
            )
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

    def checkParameterValues(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """True if it can be run, and if not why, in a sentence."""
        ok, sentence = super().checkParameterValues(parameters, context)
        try:
            for name in (INPUT, BOUNDARIES) if ok else ():
                placed_source(self, parameters, name, context, optional=name == BOUNDARIES)
            layer = same_features(self, parameters, INPUT, BOUNDARIES, context) if ok else None
            if layer is not None:
                return False, tr(
                    "{layer} was given as dwellings and as boundaries: choose other boundaries, "
                    "or none.",
                    layer=layer,
                )
        except Fault as error:
            return False, str(error)
        return ok, sentence

    def prepareAlgorithm(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> bool:
        """Open what belongs to the main thread.

        Raises:
            QgsProcessingException: It cannot be read; or as for all algorithms.
        """
        super().prepareAlgorithm(parameters, context, feedback)
        try:
            self._opened = Opened.of(self, parameters, context)
        except Fault as error:
            raise stop_with(error) from error
        return True

    def processAlgorithm(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, object]:
        """Count, then write."""
        try:
            counting = Counting(prepared(self._opened), context, feedback)
            counted, outside = counting.areas()
        except Stopped:
            feedback.pushInfo(tr("Stopped; nothing was written."))
            return {}
        except (Fault, CampDetectorError) as error:
            raise stop_with(error) from error
        everything = Tally()
        for dwelling in counting.dwellings:
            everything.add(dwelling)
        sums = [Line(tr("all dwellings"), everything, None)]
        if outside is not None:
            sums.append(Line(tr("outside of all areas"), outside, None))
        fields = QgsFields()
        for made in (*Area.fields(), *(part.field for part in counting.boundary_fields)):
            fields.append(made)
        try:
            with Writing(self, parameters, context, feedback) as writing:
                report = writing.part(REPORT)
                if report:
                    write_report(report, _report(counting, sums, counted))
                features = _features(fields, counted)
                writing.write(fields, compat.MULTI_POLYGON, counting.crs, features)
                destination = writing.finish()
        except Stopped:
            feedback.pushInfo(tr("Stopped; nothing was written."))
            return {}
        except CampDetectorError as error:
            raise stop_with(error) from error
        for line in sums:
            feedback.pushInfo(f"{line.name}: {line.tally.dwellings:,}")
        results = {OUTPUT: destination, COUNT: everything.dwellings, COVERED: everything.covered}
        results.update(writing.files)
        title = tr("Summary ({count})", count=f"{everything.dwellings:,}")
        styling.finish(context, destination, title, styling.areas)
        return results


def _features(fields: QgsFields, areas: Sequence[Area]) -> Iterator[QgsFeature]:
    """The areas as features."""
    for area in areas:
        feature = QgsFeature(fields)
        geometry = QgsGeometry(area.geometry)
        geometry.convertToMultiType()
        feature.setGeometry(geometry)
        feature.setAttributes(area.values())
        yield feature


def _report(counting: Counting, sums: Sequence[Line], counted: Sequence[Area]) -> Report:
    """Content of the page.

    Raises:
        Stopped: The user wants to.
    """
    shapes = []
    for i, shape in enumerate(counting.shapes):
        if i % _LOOK == 0:
            counting.look()
        shapes.append(bytes(shape.asWkb()))
    picture = Picture.of(
        shapes,
        [Shaded(a.geometry, a.tally.density(a.square_metres) or 0.0) for a in counted],
        counting.metres,
        counting.look,
    )
    return Report(
        layer=counting.title,
        counted_in=counting.counted_in,
        sums=sums,
        areas=[Line(a.name, a.tally, a.square_metres) for a in counted],
        picture=picture,
        credits=credits_of(name for name, _ in counting.models.most_common()),
    )
