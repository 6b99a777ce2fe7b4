"""A model over a raster layer: the request, and its run for an algorithm or the preview."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Callable, Mapping, NamedTuple, Optional

from qgis.core import QgsCoordinateReferenceSystem

from camp_detector_core.detection.request import Outputs, Request

from .feedback import Stoppable, TileProgress
from .i18n import tr
from .runtime import devices
from .web.deadlocks import run_of_this_thread
from .words import sentence_of

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback

    from camp_detector_core.detection.outcome import Outcome

    from .layers import Layer
    from .models.installed import InstalledModel
    from .server_errors import ServerErrors


class Job(NamedTuple):
    """A request, and the layer and the model that it is about; made in the main thread."""

    layer: Layer
    model: InstalledModel
    request: Request
    """Its image and its model are put in when it is run."""


class Result(NamedTuple):
    """The result of a run."""

    outcome: Outcome
    crs: QgsCoordinateReferenceSystem
    """CRS of the dwellings; invalid if nobody knows it."""
    warnings: list[str]
    """Doubts about the result, a sentence each."""


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


def run(
    job: Job,
    feedback: QgsProcessingFeedback,
    outputs: Mapping[str, object],
    warn: Optional[Callable[[str], None]] = None,
) -> Result:
    """Run a model over a layer; in any thread.

    Args:
        job: The request.
        feedback: Told of the run, and asked whether to stop.
        outputs: Files by the names of parameters.
        warn: Told at once where the processor takes the place of a GPU; None: the feedback is.

    Raises:
        CampDetectorError: The layer or the model cannot be used; or the user stopped it.
    """
    # When it is needed: QGIS loads the algorithms whenever it starts.
    from camp_detector_core.detection.run import detect
    from camp_detector_core.hostgdal.run import GdalRun

    from .sources import raster_of

    progress = _Watching(feedback, job.layer.title)
    device = job.request.settings.device
    predictor = devices.load(job.model.read(), device, warn or feedback.pushWarning)
    feedback.pushInfo(tr("Model {id} on {where}", id=job.model.id, where=predictor.provider))
    raster = raster_of(job.layer, job.model.spec, job.request.source)
    for note in raster.notes:
        feedback.pushInfo(note)
    with closing(raster), run_of_this_thread():
        if raster.library is not None:
            raster.library.errors.listen(feedback)
            progress.errors = raster.library.errors
        request = replace(
            job.request,
            images=(raster.name,),
            model=Stoppable(predictor, feedback),
            source=raster.options,
            outputs=Outputs.of(outputs),
        )
        outcome = detect(request, raster.library or GdalRun(), progress)
        warnings = [sentence_of(warning) for warning in outcome.warnings]
        if raster.library is not None:
            warnings += raster.library.errors.warnings()
    crs = raster.crs
    if not crs.isValid() and outcome.grid.crs_wkt:
        crs = QgsCoordinateReferenceSystem.fromWkt(outcome.grid.crs_wkt)
    return Result(outcome, crs, warnings)


def crs_of(job: Job) -> str:
    """Open the raster as the run will, without reading a pixel; gives its CRS as WKT or nothing.

    Raises:
        CampDetectorError: It cannot be used, or lies elsewhere than the extent.
    """
    from camp_detector_core.hostgdal.opening import open_gdal_source

    from .sources import raster_of

    spec = job.request.settings.apply(job.model.spec)
    raster = raster_of(job.layer, spec, job.request.source)
    with closing(raster):
        source = open_gdal_source(raster.name, spec, raster.options, library=raster.library)
        wkt = source.grid.crs_wkt
        source.close()
    return wkt or ""
