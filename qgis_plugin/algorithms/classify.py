"""Classify camp pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from qgis.core import QgsProcessingException, QgsProcessingParameterRasterDestination

from .. import styling
from ..i18n import tr
from .base import prepared
from .counting import Stopped
from .running import CLASSES, PROBABILITY, RunsModel
from .writing import Writing

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback


class ClassifyPixels(RunsModel):
    """Gives the class of each pixel of a raster layer."""

    NAME = "classifypixels"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return tr("Classify camp pixels")

    def shortHelpString(self) -> str:
        """Help beside the parameters."""
        return tr(
            "Writes the class of each pixel (0 is background, 255 is no image) and, if wanted, "
            "its probability (0 to 254, with a scale of 1/254) as Cloud-Optimized GeoTIFF.\n\n"
            "Use Detect dwellings to get polygons."
        )

    def tags(self) -> list[str]:
        """Words for the toolbox' search."""
        return tr("camp,refugee,tent,shelter,segmentation,deep learning,onnx").split(",")

    def initAlgorithm(self, _configuration: Optional[dict[str, object]] = None) -> None:
        """Name parameters and outputs."""
        self.add_inputs()
        self.add_settings()
        self.addParameter(QgsProcessingParameterRasterDestination(CLASSES, tr("Class raster")))
        self.addParameter(
            QgsProcessingParameterRasterDestination(
                PROBABILITY, tr("Probability raster"), optional=True, createByDefault=False
            )
        )

    def processAlgorithm(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, object]:
        """Run the model and write the rasters."""
        choices = prepared(self._choices)
        with Writing(self, parameters, context, feedback) as writing:
            results = writing.files
            if CLASSES not in results:
                raise QgsProcessingException(tr("Say where the class raster goes."))
            done = self.run_model(
                choices, feedback, mask=writing.part(CLASSES), probability=writing.part(PROBABILITY)
            )
            if done is None:
                return {}
            try:
                writing.finish()
            except Stopped:
                feedback.pushInfo(tr("Stopped; nothing was written."))
                return {}
        classes = styling.named(done[0].spec)
        return {**self.show_rasters(context, results, choices.layer.title, classes)}
