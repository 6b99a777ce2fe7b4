"""The base of algorithms that run a model: the parameters, the checks, and the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Optional, Sequence

from camp_detector_core.engine import parameters as table
from camp_detector_core.engine.parameters import QGIS, shown_in

from .. import jobs, runtime, styling
from ..faults import Fault
from ..i18n import tr
from .base import CampAlgorithm
from .options import DEVICE, definition_of, device_of
from .requests import INPUT, job_of

if TYPE_CHECKING:
    from qgis.core import (
        QgsProcessingContext,
        QgsProcessingFeedback,
        QgsProcessingParameterDefinition,
    )

    from camp_detector_core.engine.parameter import Parameter

    from ..jobs import Job
    from ..styling import ModelClass
    from .entries import Entries
    from .writing import Writing


CLASSES, PROBABILITY = (option.hosts[QGIS] for option in (table.MASK, table.PROBABILITY))
_FIRST = (
    table.IMAGES, table.MODEL, table.EXTENT, table.AREA, table.THRESHOLD, table.MIN_AREA,
    table.SQUARE, table.DEVICE,
)  # fmt: skip
"""Options that stand first in the dialogs, in this order; the others are folded away."""
_LAST = (table.OUT, table.MASK, table.PROBABILITY)
"""Options that say where results go."""


class RunsModel(CampAlgorithm):
    """An algorithm that runs a model over a raster layer."""

    LEFT_OUT: ClassVar[tuple[Parameter, ...]] = ()
    """Options of the table that mean nothing to the algorithm."""

    def initAlgorithm(self, _configuration: Optional[dict[str, object]] = None) -> None:
        """Add the options of the table."""
        folded = [o for o in shown_in(QGIS) if o not in (*_FIRST, *_LAST)]
        for option in (*_FIRST, *folded, *_LAST):
            if option in self.LEFT_OUT:
                continue
            if option is table.MODEL:
                self.add_model()
            elif option in folded:
                self.advanced(self.definition(option))
            else:
                self.addParameter(self.definition(option))

    def definition(self, option: Parameter) -> QgsProcessingParameterDefinition:
        """The parameter of an option."""
        return definition_of(option)

    def accepted(self, entries: Entries) -> dict[str, object]:
        """See `CampAlgorithm.accepted`; the device is looked at, too.

        Raises:
            CampDetectorError: Nothing has such a name.
        """
        parameters = super().accepted(entries)
        if not isinstance(entries.raw(DEVICE), (str, int, float)):
            return parameters
        return {**parameters, DEVICE: device_of(entries)}

    def refuse(self, entries: Entries, *, is_complete: bool) -> None:
        """Read the parameters, and open the layer without reading a pixel.

        Raises:
            CampDetectorError: ONNX Runtime, the layer or a value cannot be used.
        """
        problem = runtime.problem()
        if problem:
            raise Fault(problem)
        if is_complete or INPUT in entries.parameters:
            self.refuse_crs(jobs.crs_of(job_of(entries, all_polygons=False)), entries)

    def refuse_crs(self, crs: str, entries: Entries) -> None:
        """See that results in a coordinate system can be written where they are to go.

        Args:
            crs: Of the imagery as WKT, empty: it has none.
            entries: The parameters.

        Raises:
            Fault: They cannot.
        """

    def open(self, entries: Entries) -> Job:
        """Make the request.

        Raises:
            CampDetectorError: The layer or a value cannot be used.
        """
        return job_of(entries)

    def run_model(self, job: Job, feedback: QgsProcessingFeedback, writing: Writing) -> jobs.Result:
        """Run the model, write its rasters, and say what the user should know.

        Raises:
            CampDetectorError: It cannot be done, or is to stop.
        """
        feedback.pushInfo(self._settings_text(job))
        rasters = {o.name: writing.part(o.hosts[QGIS]) for o in (table.MASK, table.PROBABILITY)}
        result = jobs.run(job, feedback, {**rasters, "overwrite": True})
        stats, grid = result.outcome.stats, result.outcome.grid
        for warning in result.warnings:
            feedback.pushWarning(warning)
        if stats.inferred == 0:
            feedback.pushWarning(tr("There is no valid pixel where dwellings were looked for."))
        feedback.pushInfo(
            tr(
                "Looked at: {width} x {height} pixels of {gsd} m; tiles: {tiles}, of them empty: "
                "{skipped}",
                tiles=stats.windows, width=grid.shape.width, height=grid.shape.height,
                gsd=f"{max(grid.gsd):.3g}", skipped=stats.skipped,
            )
        )  # fmt: skip
        return result

    def show_rasters(
        self,
        context: QgsProcessingContext,
        files: dict[str, str],
        layer: str,
        classes: Sequence[ModelClass],
    ) -> dict[str, object]:
        """Have the rasters of a run named and styled; gives them as results.

        Args:
            context: Of the run.
            files: By their parameters.
            layer: The imagery's name.
            classes: From `styling.classes_of`.
        """
        styles = {
            CLASSES: (tr("{layer}: classes", layer=layer), styling.class_raster(classes)),
            PROBABILITY: (
                tr("{layer}: probability", layer=layer),
                styling.probability_raster(classes),
            ),
        }
        for name, path in files.items():
            styling.finish(context, path, *styles[name])
        return {**files}

    def _settings_text(self, job: Job) -> str:
        """Say the settings of a run, which may be the model's own."""
        spec = job.request.settings.apply(job.model.spec)
        values = {"threshold": f"{spec.threshold:g}", "overlap": spec.overlap}
        if table.MIN_AREA in self.LEFT_OUT:
            return tr("Threshold {threshold}, tile overlap {overlap} pixels", **values)
        return tr(
            "Threshold {threshold}, minimum area {area} m², tile overlap {overlap} pixels",
            area=f"{spec.min_area:g}",
            **values,
        )
