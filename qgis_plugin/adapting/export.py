"""Export of training data from a layer: the core's run, with QGIS' layers and feedback."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Optional

from camp_detector_core.detection.ports import Listener

from ..models.installed import BUNDLED
from ..web.deadlocks import run_of_this_thread
from ..words import sentence_of

if TYPE_CHECKING:
    from pathlib import Path

    from qgis.core import QgsProcessingFeedback

    from camp_detector_core.engine.messages import Message
    from camp_detector_core.georaster.options import SourceOptions
    from camp_detector_core.training_data.ports import FeatureLayer
    from camp_detector_core.training_data.request import ExportOutcome

    from ..layers import Layer
    from ..models.installed import InstalledModel
    from ..server_errors import ServerErrors


class Ground(NamedTuple):
    """Imagery that was reviewed, taken from the parameters in the main thread."""

    layer: Layer
    model: InstalledModel
    """The model that is to learn of it."""
    dwellings: FeatureLayer
    area: Optional[FeatureLayer]
    """The reviewed area; None: the rectangle around all dwellings."""
    source: SourceOptions
    margin: float
    """Metres of imagery around the area."""
    credit: str
    """Name of whom imagery and dwellings ask to be named; empty: nobody."""


class _Progress(Listener):
    """Shows how far an export is, and asks whether to stop."""

    def __init__(self, feedback: QgsProcessingFeedback, percent: float, layer: str) -> None:
        """Tell a feedback.

        Args:
            feedback: Told how far it is.
            percent: Share of the work that the export is.
            layer: The imagery's name.
        """
        self._feedback, self._percent, self._layer = feedback, percent, layer
        self.errors: Optional[ServerErrors] = None
        """Errors of a map server; None: the layer is a file."""

    def update(self, done: int, total: int) -> None:
        """``done`` of ``total`` parts are finished; the second half of them is read back.

        Raises:
            RasterError: A server gave not one pixel.
        """
        if self.errors is not None and 2 * done >= total:
            self.errors.raise_if_empty(self._layer)
        self._feedback.setProgress(self._percent * done / max(total, 1))

    def cancelled(self) -> bool:
        """True if the user wants to stop."""
        return bool(self._feedback.isCanceled())

    def warn(self, message: Message) -> None:
        """Show a doubt."""
        self._feedback.pushWarning(sentence_of(message))

    def notify(self, message: str) -> None:
        """Show what was done to files of an earlier run."""
        self._feedback.pushWarning(sentence_of(message))


def export(
    ground: Ground,
    folder: Path,
    feedback: QgsProcessingFeedback,
    *,
    overwrite: bool = False,
    percent: float = 100.0,
) -> ExportOutcome:
    """Write a folder of training data; in any thread.

    Args:
        ground: The imagery, the dwellings and the area.
        folder: New, empty, or an earlier export.
        feedback: Told of the run, and asked whether to stop.
        overwrite: True if an earlier export may be replaced.
        percent: Share of the work that it is.

    Raises:
        CampDetectorError: It cannot be done; or the user stopped it.
    """
    # When it is needed: QGIS loads the algorithms whenever it starts.
    from camp_detector_core.hostgdal.data_writer import GdalDataWriter
    from camp_detector_core.hostgdal.run import GdalRun
    from camp_detector_core.training_data.request import ExportRequest
    from camp_detector_core.training_data.run import export_training_data

    from ..sources import raster_of

    raster = raster_of(ground.layer, ground.model.spec, ground.source)
    for note in raster.notes:
        feedback.pushInfo(note)
    progress = _Progress(feedback, percent, ground.layer.title)
    with closing(raster), run_of_this_thread():
        if raster.library is not None:
            raster.library.errors.listen(feedback)
            progress.errors = raster.library.errors
        request = ExportRequest(
            images=(raster.name,),
            dwellings=ground.dwellings,
            area=ground.area,
            folder=folder,
            source=replace(raster.options, extent=None),
            margin=ground.margin,
            model=file_of(ground.model),
            attribution=(ground.credit,) if ground.credit else (),
            overwrite=overwrite,
        )
        library = raster.library or GdalRun()
        outcome = export_training_data(request, library, GdalDataWriter(), progress)
        if raster.library is not None:
            for warning in raster.library.errors.warnings():
                feedback.pushWarning(warning)
    feedback.pushInfo(sentence_of(outcome.summary))
    return outcome


def file_of(model: InstalledModel) -> str:
    """The model's file as a command names it; empty for the one that ships.

    That has no float32 weights beside it in the plugin; the Python that trains has them.
    """
    return "" if model.origin == BUNDLED else str(model.path)
