"""Export training data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Optional

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFolderDestination,
)

from ..adapting.export import Ground, export
from ..i18n import tr
from .base import CampAlgorithm, chosen_model
from .ground import add_details, add_layers, ground_of, refuse_layers

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback

    from .entries import Entries

OUTPUT, OVERWRITE = "OUTPUT", "OVERWRITE"
COUNT, HECTARES, COMMAND = "COUNT", "HECTARES", "COMMAND"


class ExportTrainingData(CampAlgorithm):
    """Writes reviewed imagery and dwellings into a folder that a model is taught with."""

    NAME = "exporttrainingdata"

    LABELS: ClassVar = {
        "title": "Export training data",
        "help": "Writes a part of the imagery, the dwellings that you corrected there, and the "
        "area that you reviewed into a folder that a model is taught with: by Adapt model here, "
        "or by the command in the log on a computer with Camp Detector's training.\n\n"
        "Detect dwellings, then correct them on a part of the imagery: 50 to 150, of all kinds "
        "that there are. Draw the area in which none is missing any more; beyond it nothing is "
        "known, and nothing counts.",
        "tags": "camp,refugee,training,labels,deep learning,adapt,fine-tune",
    }

    def initAlgorithm(self, _configuration: Optional[dict[str, object]] = None) -> None:
        """Name parameters and outputs."""
        add_layers(self)
        self.add_model()
        add_details(self)
        self.advanced(
            QgsProcessingParameterBoolean(
                OVERWRITE, tr("Replace an earlier export in the folder"), defaultValue=False
            )
        )
        self.addParameter(QgsProcessingParameterFolderDestination(OUTPUT, tr("Folder")))
        self.addOutput(QgsProcessingOutputNumber(COUNT, tr("Number of dwellings")))
        self.addOutput(QgsProcessingOutputNumber(HECTARES, tr("Reviewed hectares")))
        self.addOutput(QgsProcessingOutputString(COMMAND, tr("Command that teaches a model")))

    def refuse(self, entries: Entries, *, is_complete: bool) -> None:
        """See that layers and model can be read.

        Raises:
            CampDetectorError: One cannot.
        """
        chosen_model(entries)
        if is_complete:
            refuse_layers(entries)

    def open(self, entries: Entries) -> Ground:
        """Take the layers.

        Raises:
            CampDetectorError: One cannot be read.
        """
        return ground_of(entries)

    def work(
        self, inputs: Ground, entries: Entries, feedback: QgsProcessingFeedback
    ) -> dict[str, object]:
        """Write the folder, and the command that takes it.

        Raises:
            CampDetectorError: It cannot be done, or is to stop.
        """
        folder = self.parameterAsFileOutput(entries.parameters, OUTPUT, entries.context)
        outcome = export(inputs, Path(folder), feedback, overwrite=entries.flag(OVERWRITE))
        feedback.pushInfo(tr("The training data lie in {folder}", folder=outcome.folder))
        feedback.pushInfo(tr("Teach the model with Adapt model, or on any computer with:"))
        feedback.pushCommandInfo(outcome.command)
        return {
            OUTPUT: str(outcome.folder),
            COUNT: outcome.inside + outcome.cut,
            HECTARES: outcome.hectares,
            COMMAND: outcome.command,
        }
