"""The base of algorithms that run a model: the checks before a run, and the run."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Optional, Sequence

from camp_detector_core.engine import parameters as options
from camp_detector_core.engine.errors import CampDetectorError, Cancelled
from camp_detector_core.engine.parameters import QGIS

from .. import runtime, styling
from ..doubts import in_words
from ..feedback import Stoppable, TileProgress
from ..i18n import tr
from ..layers import SourceError
from ..runtime import devices
from ..web.deadlocks import run_of_this_thread
from ..words import sentence_of
from .asking import INPUT, AsksForModel, Choices
from .base import Fault, stop_with

if TYPE_CHECKING:
    from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingContext, QgsProcessingFeedback

    from camp_detector_core.detection.outcome import Outcome
    from camp_detector_core.engine.spec import ModelSpec

    from ..server_errors import ServerErrors
    from ..sources import Raster
    from ..styling import Named


CLASSES, PROBABILITY = (option.hosts[QGIS] for option in (options.MASK, options.PROBABILITY))


class _Watching(TileProgress):
    """Stops a run that got no imagery at all before its results are put in place."""

    def __init__(self, feedback: QgsProcessingFeedback, layer: str) -> None:
        """Tell this feedback; ``layer`` is what the user calls the imagery."""
        super().__init__(feedback)
        self._layer = layer
        self.errors: Optional[ServerErrors] = None
        """Errors of a map server; None: the layer is a file."""

    def update(self, done: int, total: int) -> None:
        """``done`` of ``total`` tiles are finished.

        Raises:
            RasterError: All are, and not one had a pixel.
        """
        if self.errors is not None and done >= total:
            self.errors.raise_if_empty(self._layer)
        super().update(done, total)


class RunsModel(AsksForModel):
    """An algorithm that runs a model over a raster layer."""

    def __init__(self) -> None:
        """Nothing is asked for yet."""
        super().__init__()
        self._choices: Optional[Choices] = None

    def checkParameterValues(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """True if it can be run, and if not why, in a sentence."""
        ok, sentence = super().checkParameterValues(parameters, context)
        problem = runtime.problem()
        if problem:
            return False, problem
        if not ok and INPUT not in parameters:
            return ok, sentence
        try:
            choices = self.choices_of(parameters, context, with_mask=False)
            self.look_at_place(self._look_at_raster(choices), parameters, context)
        except (Fault, SourceError, CampDetectorError) as error:
            return False, sentence_of(error)
        return ok, sentence

    def prepareAlgorithm(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> bool:
        """Take what belongs to the main thread."""
        super().prepareAlgorithm(parameters, context, feedback)
        try:
            self._choices = self.choices_of(parameters, context)
        except (Fault, SourceError, CampDetectorError) as error:
            raise stop_with(error) from error
        return True

    def look_at_place(
        self, crs: str, parameters: dict[str, object], context: QgsProcessingContext
    ) -> None:
        """See that results in a coordinate system can be written where they are to go.

        Args:
            crs: Of the imagery, empty: it has none.
            parameters: As the user gave them.
            context: Of the run.

        Raises:
            Fault: They cannot.
        """

    def run_model(
        self, choices: Choices, feedback: QgsProcessingFeedback, **outputs: Any
    ) -> Optional[tuple[Outcome, QgsCoordinateReferenceSystem]]:
        """Run the model; gives the core's `Outcome` and the CRS of the results, None if stopped.

        Args:
            choices: From `choices_of`.
            feedback: Told how far it is, and asked whether to stop.
            outputs: ``mask`` and ``probability`` for the core's `Outputs`.

        Raises:
            QgsProcessingException: It cannot be done; one sentence.
        """
        # When it is needed: QGIS loads the algorithms whenever it starts.
        from camp_detector_core.detection.request import Outputs, Request
        from camp_detector_core.detection.run import detect
        from camp_detector_core.hostgdal.area import Area
        from camp_detector_core.hostgdal.run import GdalRun

        progress = _Watching(feedback, choices.layer.title)
        try:
            predictor = devices.load(choices.model.read(), choices.device, feedback.pushWarning)
            feedback.pushInfo(
                tr("Model {id} on {where}", id=choices.model.id, where=predictor.provider)
            )
            feedback.pushInfo(self._settings_text(choices))
            raster = _raster(choices, choices.model.spec)
            for note in raster.notes:
                feedback.pushInfo(note)
            with closing(raster), run_of_this_thread():
                if raster.library is not None:
                    raster.library.errors.listen(feedback)
                    progress.errors = raster.library.errors
                request = Request(
                    (raster.name,),
                    Stoppable(predictor, progress, Cancelled),
                    choices.settings,
                    replace(
                        raster.options, area=None if choices.mask is None else Area(choices.mask)
                    ),
                    Outputs(overwrite=True, **outputs),
                )
                outcome = detect(request, raster.library or GdalRun(), progress)
                self._tell(outcome, raster, feedback)
        except Cancelled:
            feedback.pushInfo(tr("Stopped; nothing was written."))
            return None
        except (Fault, SourceError, runtime.RuntimeProblem, CampDetectorError) as error:
            raise stop_with(error) from error
        return outcome, raster.crs

    def show_rasters(
        self,
        context: QgsProcessingContext,
        files: dict[str, str],
        layer: str,
        classes: Sequence[Named],
    ) -> dict[str, str]:
        """Have the rasters of a run named and styled; gives them as results.

        Args:
            context: Of the run.
            files: By their parameters.
            layer: The imagery's name.
            classes: From `styling.named`.
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
        return files

    def _settings_text(self, choices: Choices) -> str:
        """Say the settings of a run, which may be the model's own."""
        spec = choices.settings.apply(choices.model.spec)
        values = {"threshold": f"{spec.threshold:g}", "overlap": spec.overlap}
        if self.parameterDefinition(options.MIN_AREA.hosts[QGIS]) is None:
            return tr("Threshold {threshold}, tile overlap {overlap} pixels", **values)
        return tr(
            "Threshold {threshold}, minimum area {area} m², tile overlap {overlap} pixels",
            area=f"{spec.min_area:g}",
            **values,
        )

    def _tell(self, outcome: Outcome, raster: Raster, feedback: QgsProcessingFeedback) -> None:
        """Say what the user should know of a run."""
        for warning in outcome.warnings:
            feedback.pushWarning(in_words(warning))
        for missing in [] if raster.library is None else raster.library.errors.warnings():
            feedback.pushWarning(missing)
        if outcome.stats.inferred == 0:
            feedback.pushWarning(tr("There is no valid pixel where dwellings were looked for."))
        width, height = outcome.grid.shape.width, outcome.grid.shape.height
        gsd = max(outcome.grid.gsd)
        feedback.pushInfo(
            tr(
                "Looked at: {width} x {height} pixels of {gsd} m; tiles: {tiles}, of them empty: "
                "{skipped}",
                tiles=outcome.stats.windows, width=width, height=height, gsd=f"{gsd:.3g}",
                skipped=outcome.stats.skipped,
            )
        )  # fmt: skip

    def _look_at_raster(self, choices: Choices) -> str:
        """Open the raster as the run will, without reading a pixel; gives its CRS or nothing.

        Raises:
            Fault: It lies elsewhere than the extent.
            SourceError: It cannot be used.
            CampDetectorError: The same.
        """
        from camp_detector_core.hostgdal.opening import open_gdal_source

        spec = choices.settings.apply(choices.model.spec)
        raster = _raster(choices, spec)
        with closing(raster):
            source = open_gdal_source(raster.name, spec, raster.options, library=raster.library)
            wkt = source.grid.crs_wkt
            source.close()
        return wkt or ""


def _raster(choices: Choices, spec: ModelSpec) -> Raster:
    """The raster for a model; see `raster_of`."""
    from ..sources import raster_of

    return raster_of(
        choices.layer,
        spec,
        extent=choices.extent,
        resolution=choices.resolution,
        options=choices.options,
    )
