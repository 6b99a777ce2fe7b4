"""Classify camp pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from qgis.core import QgsProcessingParameterRasterDestination

from camp_detector_core.engine import parameters as table

from .. import styling
from ..faults import Fault
from ..i18n import tr
from .running import CLASSES, RunsModel
from .writing import Writing

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback, QgsProcessingParameterDefinition

    from camp_detector_core.engine.parameter import Parameter

    from ..jobs import Job
    from .entries import Entries


class ClassifyPixels(RunsModel):
    """Gives the class of each pixel of a raster layer."""

    NAME = "classifypixels"
    LABELS: ClassVar = {
        "title": "Classify camp pixels",
        "help": "Writes the class of each pixel (0 is background, 255 is no image) and, if wanted, "
        "its probability (0 to 254, with a scale of 1/254) as Cloud-Optimized GeoTIFF.\n\n"
        "Use Detect dwellings to get polygons.",
        "tags": "camp,refugee,tent,shelter,segmentation,deep learning,onnx",
    }
    LEFT_OUT = table.FOR_POLYGONS

    def definition(self, option: Parameter) -> QgsProcessingParameterDefinition:
        """The parameter of an option; the class raster is always written."""
        if option is table.MASK:
            return QgsProcessingParameterRasterDestination(CLASSES, tr(option.label))
        return super().definition(option)

    def work(
        self, inputs: Job, entries: Entries, feedback: QgsProcessingFeedback
    ) -> dict[str, object]:
        """Run the model and write the rasters.

        Raises:
            CampDetectorError: It cannot be done, or is to stop.
        """
        with Writing(entries, feedback) as writing:
            if CLASSES not in writing.files:
                raise Fault(tr("Say where the class raster goes."))
            outcome, _, _ = self.run_model(inputs, feedback, writing)
            writing.finish()
        classes, layer = styling.classes_of(outcome.spec), inputs.layer.title
        return self.show_rasters(entries.context, writing.files, layer, classes)
