"""The base of all algorithms: their names, the choice of a model, and the course of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Mapping

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
)

from camp_detector_core.engine.errors import CampDetectorError, Cancelled

from .. import runs
from ..compat import ADVANCED
from ..faults import Fault
from ..help import url
from ..i18n import tr
from ..icon import ICON, own_icon
from ..models.library import ModelLibrary
from ..words import sentence_of
from .entries import Entries
from .inputs import destroyed
from .places import outputs_of
from .targets import problem_of

if TYPE_CHECKING:
    from qgis.core import (
        QgsProcessingContext,
        QgsProcessingFeedback,
        QgsProcessingParameterDefinition,
    )
    from qgis.PyQt.QtGui import QIcon

    from ..models.installed import InstalledModel

MODEL, MODEL_FILE = "MODEL", "MODEL_FILE"
_KINDS = (".onnx", ".json", ".geojson", ".dlpk")


class CampAlgorithm(QgsProcessingAlgorithm):
    """An algorithm with a model, or without.

    An algorithm gives `LABELS` and `NAME`, and overrides `initAlgorithm`, `refuse`, `open` and
    `work`.
    """

    NAME: ClassVar[str]
    """In commands and scripts."""
    LABELS: ClassVar[Mapping[str, str]]
    """English texts in the toolbox: ``title``, ``help``, and ``tags`` for its search."""

    def __init__(self) -> None:
        """Nothing is opened yet."""
        super().__init__()
        self._inputs: Any = None

    def createInstance(self) -> CampAlgorithm:
        """A new one of the same kind."""
        return type(self)()

    def name(self) -> str:
        """In commands and scripts."""
        return self.NAME

    def displayName(self) -> str:
        """Name in the toolbox."""
        return tr(self.LABELS["title"])

    def shortHelpString(self) -> str:
        """Help beside the parameters."""
        return tr(self.LABELS["help"])

    def tags(self) -> list[str]:
        """Words for the toolbox' search."""
        return tr(self.LABELS["tags"]).split(",") if "tags" in self.LABELS else []

    def icon(self) -> QIcon:
        """The plugin's."""
        return own_icon()

    def svgIconPath(self) -> str:
        """The same as a file."""
        return str(ICON)

    def helpUrl(self) -> str:
        """The plugin's own page."""
        return url(self.NAME)

    def advanced(self, parameter: QgsProcessingParameterDefinition) -> None:
        """Add a parameter that is folded away."""
        parameter.setFlags(parameter.flags() | ADVANCED)
        self.addParameter(parameter)

    def add_model(self) -> None:
        """Add the choice of a model."""
        try:
            library = ModelLibrary.from_settings()
            installed = library.models()
            # The bare name stays where a second model of that name was added, for what is saved.
            names = [name for model in installed for name in (str(model.spec.id), model.id)]
            first = library.default(installed)
            default = first.id if first is not None else None
        except (OSError, ValueError, CampDetectorError):
            names, default = [], None  # what is wrong is said when the model is looked for
        self.addParameter(
            QgsProcessingParameterEnum(
                MODEL,
                tr("Model"),
                options=list(dict.fromkeys(names)),
                defaultValue=default,
                optional=True,
                usesStaticStrings=True,
            )
        )
        self.advanced(
            QgsProcessingParameterFile(
                MODEL_FILE,
                tr("Another model file"),
                optional=True,
                fileFilter=tr("Models") + " (*.onnx *.json *.dlpk)",
            )
        )

    def accepted(self, entries: Entries) -> dict[str, object]:
        """The parameters without the names that were looked at here.

        QGIS refuses names that are in no list of a dialog, and does not say which there are.

        Raises:
            CampDetectorError: Nothing has such a name.
        """
        if not isinstance(entries.raw(MODEL), (str, int, float)):
            return entries.parameters
        if not entries.text(MODEL_FILE):
            chosen_model(entries)
        return {**entries.parameters, MODEL: None}

    def refuse(self, entries: Entries, *, is_complete: bool) -> None:
        """See in the main thread that a run can be made of the parameters.

        Args:
            entries: The parameters.
            is_complete: True if QGIS has nothing against them.

        Raises:
            CampDetectorError: It cannot.
        """

    def open(self, entries: Entries) -> Any:
        """Take from the parameters in the main thread what the thread of the run may not read.

        Raises:
            CampDetectorError: It cannot be used.
        """
        return entries

    def work(
        self, inputs: Any, entries: Entries, feedback: QgsProcessingFeedback
    ) -> dict[str, object]:
        """Run, in a thread, and give the results.

        Args:
            inputs: From `open`.
            entries: The parameters.
            feedback: Told how far it is; asked whether to stop.

        Raises:
            CampDetectorError: It cannot be done, or is to stop.
            QgsProcessingException: The same.
        """
        raise NotImplementedError

    def checkParameterValues(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """True if it can be run, and if not why, in a sentence."""
        entries = Entries(self, parameters, context)
        try:
            is_complete, sentence = super().checkParameterValues(self.accepted(entries), context)
            if is_complete:
                self._refuse_places(entries)
            self.refuse(entries, is_complete=is_complete)
        except CampDetectorError as error:
            return False, sentence_of(error)
        return is_complete, sentence or ""

    def prepareAlgorithm(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        _feedback: QgsProcessingFeedback,
    ) -> bool:
        """Open what is read, and look at the outputs: tasks and models do not check parameters.

        Raises:
            QgsProcessingException: A result would destroy an input, or has no folder; or an input
                cannot be used.
        """
        if runs.is_leaving():
            raise QgsProcessingException(_leaving())
        entries = Entries(self, parameters, context)
        try:
            self._refuse_places(entries)
            self._inputs = self.open(entries)
        except CampDetectorError as error:
            raise QgsProcessingException(sentence_of(error)) from error
        return True

    def processAlgorithm(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, object]:
        """Run.

        Raises:
            QgsProcessingException: It cannot be done; one sentence.
        """
        if self._inputs is None:
            raise QgsProcessingException(tr("The algorithm was not prepared: run it again."))
        try:
            with runs.running(feedback):
                return self.work(self._inputs, Entries(self, parameters, context), feedback)
        except Cancelled:
            if runs.is_leaving():
                feedback.pushWarning(_leaving())
            feedback.pushInfo(tr("Stopped; nothing was written."))
            return {}
        except CampDetectorError as error:
            raise QgsProcessingException(sentence_of(error)) from error

    def _refuse_places(self, entries: Entries) -> None:
        """See that results can go where they should.

        Raises:
            Fault: They cannot.
        """
        model = None
        if self.parameterDefinition(MODEL) is not None:
            try:
                model = str(chosen_model(entries).path)
            except CampDetectorError:
                model = None  # said elsewhere
        problem = destroyed(entries, model) or problem_of(outputs_of(entries))
        if problem:
            raise Fault(problem)


def chosen_model(entries: Entries) -> InstalledModel:
    """The model that was chosen.

    Raises:
        CampDetectorError: There is none, or it cannot be read.
    """
    name = entries.text(MODEL_FILE)
    if Path(name).is_file() and Path(name).suffix.lower() not in _KINDS:
        raise Fault(
            tr(
                "{path} is no model: choose an ONNX file (.onnx), a STAC item (.json) or a "
                "package (.dlpk).",
                path=name,
            )
        )
    # Not as an enumeration: QGIS takes the default for a name that it does not know.
    name = name or entries.text(MODEL)
    try:
        library = ModelLibrary.from_settings()
        model = library.find(name) if name else library.default()
    except OSError as error:
        raise Fault(sentence_of(error)) from error
    if model is None:
        raise Fault(tr("No model is installed: add one under Plugins > Camp Detector > Models."))
    return model


def _leaving() -> str:
    """Say why a run ends that the user has not stopped."""
    return tr("Stopped, because Camp Detector is updated or removed; run it again then.")
