"""Adapt model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Optional

from qgis.core import (
    QgsProcessingOutputBoolean,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from ..adapting import python
from ..adapting.command import Order
from ..adapting.export import Ground, export
from ..adapting.results import folder_of_results, problem_of
from ..adapting.run import Verdict, adapt, installed
from ..compat import DOUBLE
from ..faults import Fault
from ..i18n import tr
from ..models.library import ModelLibrary
from ..runtime.process import empty_folder
from .base import CampAlgorithm, chosen_model
from .ground import DWELLINGS, REVIEWED, add_details, add_layers, ground_of, refuse_layers
from .requests import INPUT, layer_of

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback

    from ..models.installed import InstalledModel
    from .entries import Entries

DATA, PLACE, MINUTES, OUTPUT = "DATA", "PLACE", "MINUTES", "OUTPUT"
ID, ADAPTED, SENTENCE, F1_BEFORE, F1 = "ID", "ADAPTED", "SENTENCE", "F1_BEFORE", "F1"
_MINUTES, _MOST_MINUTES = 10.0, 600.0
_EXPORT = 5.0
"""Percent of the work that an export is."""


class Lesson(NamedTuple):
    """The parameters, taken in the main thread."""

    program: str
    """Path of the Python with the training."""
    model: InstalledModel
    place: str
    data: Optional[Path]
    """A folder of training data; None: it is made of `ground`."""
    ground: Optional[Ground]


class AdaptModel(CampAlgorithm):
    """Teaches a model a place, in a Python with the training, and installs it if it is better."""

    NAME = "adaptmodel"

    LABELS: ClassVar = {
        "title": "Adapt model",
        "help": "Teaches a model your place, from 50 to 150 dwellings that you corrected, in some "
        "minutes. Parts of the reviewed ground are held out in turn: only where the adapted model "
        "is better there, it is installed under Models; else the model stays as it is, and the "
        "log says so.\n\n"
        "Give a folder of Export training data, or the layers. It runs in the Python with Camp "
        "Detector's training that is named under Settings > Options > Camp Detector.",
        "tags": "camp,refugee,training,deep learning,adapt,fine-tune,learn",
    }

    def initAlgorithm(self, _configuration: Optional[dict[str, object]] = None) -> None:
        """Name parameters and outputs."""
        self.add_model()
        self.addParameter(
            QgsProcessingParameterFile(
                DATA,
                tr("Folder of Export training data"),
                QgsProcessingParameterFile.Behavior.Folder,
                optional=True,
            )
        )
        add_layers(self, optional=True)
        self.addParameter(
            QgsProcessingParameterString(PLACE, tr("Name of the place"), optional=True)
        )
        minutes = QgsProcessingParameterNumber(
            MINUTES, tr("Time (minutes)"), DOUBLE, defaultValue=_MINUTES
        )
        minutes.setMinimum(0.1)
        minutes.setMaximum(_MOST_MINUTES)
        self.addParameter(minutes)
        add_details(self)
        self.addParameter(
            QgsProcessingParameterFolderDestination(
                OUTPUT, tr("Folder of report and model"), optional=True, createByDefault=False
            )
        )
        self.addOutput(QgsProcessingOutputBoolean(ADAPTED, tr("True if it is better")))
        self.addOutput(QgsProcessingOutputString(ID, tr("Model to go on with")))
        self.addOutput(QgsProcessingOutputString(SENTENCE, tr("Verdict")))
        self.addOutput(QgsProcessingOutputNumber(F1_BEFORE, tr("F1 of the model before")))
        self.addOutput(QgsProcessingOutputNumber(F1, tr("F1 of the model to go on with")))

    def refuse(self, entries: Entries, *, is_complete: bool) -> None:
        """See that there is a Python, a model, and a folder or layers.

        Raises:
            CampDetectorError: Something is missing, or cannot be used.
        """
        python.refuse_unnamed(python.chosen())
        chosen_model(entries)
        if not is_complete:
            return
        self._refuse_sources(entries)
        problem = problem_of(Path(entries.destination(OUTPUT))) if _has_folder(entries) else None
        if problem:
            raise Fault(problem)

    def open(self, entries: Entries) -> Lesson:
        """Take layers and names.

        Raises:
            CampDetectorError: Something is missing, or cannot be used.
        """
        self._refuse_sources(entries)
        folder = self.parameterAsFile(entries.parameters, DATA, entries.context)
        ground = None if folder else ground_of(entries)
        place = entries.text(PLACE) or (Path(folder).name if folder else layer_of(entries).title)
        data = Path(folder).absolute() if folder else None
        return Lesson(python.chosen(), chosen_model(entries), place, data, ground)

    def work(
        self, inputs: Lesson, entries: Entries, feedback: QgsProcessingFeedback
    ) -> dict[str, object]:
        """Teach the model, and install what comes of it where that is better.

        Raises:
            CampDetectorError: It cannot be done, or is to stop.
        """
        wish = ""
        if _has_folder(entries):
            wish = self.parameterAsFileOutput(entries.parameters, OUTPUT, entries.context)
        feedback.setProgressText(tr("Starting {path}", path=inputs.program))
        program = python.examine(inputs.program, feedback.isCanceled)
        inputs.model.read()  # holds it against its checksum
        with empty_folder() as room, folder_of_results(wish) as out:
            data = inputs.data or Path(room) / "data"
            if inputs.ground is not None:
                export(inputs.ground, data, feedback, percent=_EXPORT)
            minutes = entries.number(MINUTES)
            order = Order(program, inputs.model, data, out, inputs.place, minutes)
            verdict = adapt(order, feedback, Path(room))
            model = inputs.model
            if verdict.is_adapted:
                model = installed(order, ModelLibrary.from_settings())
        _tell(verdict, model, feedback)
        results: dict[str, object] = {
            ADAPTED: verdict.is_adapted, ID: model.id, SENTENCE: verdict.sentence,
            F1_BEFORE: verdict.f1_before, F1: verdict.f1,
        }  # fmt: skip
        return {**results, OUTPUT: wish} if wish else results

    @staticmethod
    def _refuse_sources(entries: Entries) -> None:
        """See that there is a folder or layers, and not both.

        Raises:
            CampDetectorError: There are not, or they cannot be read.
        """
        layers = [name for name in (INPUT, DWELLINGS, REVIEWED) if name in entries]
        if DATA in entries and layers:
            raise Fault(
                tr("Give the folder of Export training data or the layers, not both."),
            )
        if DATA not in entries:
            if INPUT not in entries or DWELLINGS not in entries:
                raise Fault(
                    tr("Give a folder of Export training data, or imagery and corrected dwellings.")
                )
            refuse_layers(entries)


def _has_folder(entries: Entries) -> bool:
    """True if the user wants the report and the files of the model."""
    return bool(entries.destination(OUTPUT))


def _tell(verdict: Verdict, model: InstalledModel, feedback: QgsProcessingFeedback) -> None:
    """Say what came of it."""
    feedback.pushInfo(verdict.sentence)
    if verdict.is_adapted:
        feedback.pushInfo(
            tr("The adapted model is installed: choose {id} where you detect.", id=model.id)
        )
    else:
        feedback.pushWarning(
            tr("Nothing was installed: go on with {id}, or correct more dwellings.", id=model.id)
        )
