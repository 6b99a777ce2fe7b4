"""The base of all algorithms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Optional, TypeVar

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
)
from qgis.PyQt.QtCore import QUrl

from camp_detector_core.engine.errors import CampDetectorError

from ..compat import ADVANCED
from ..i18n import tr
from ..icon import ICON, own_icon
from ..words import sentence_of
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
    from ..models.library import ModelLibrary

MODEL, MODEL_FILE = "MODEL", "MODEL_FILE"
_KINDS = (".onnx", ".json", ".geojson", ".dlpk")
_HELP = Path(__file__).resolve().parent.parent / "help"


T = TypeVar("T")


class Fault(Exception):  # noqa: N818 - what the user is told
    """A request that cannot be met; one sentence for the user."""


class CampAlgorithm(QgsProcessingAlgorithm):
    """An algorithm with a model, or without."""

    NAME = ""
    """In commands and scripts."""

    def createInstance(self) -> CampAlgorithm:
        """A new one of the same kind."""
        return type(self)()

    def name(self) -> str:
        """In commands and scripts."""
        return self.NAME

    def icon(self) -> QIcon:
        """The plugin's."""
        return own_icon()

    def svgIconPath(self) -> str:
        """The same as a file."""
        return str(ICON)

    def helpUrl(self) -> str:
        """The plugin's own page, if it is there."""
        for page in (_HELP / f"{self.NAME}.html", _HELP / "index.html"):
            if page.is_file():
                return QUrl.fromLocalFile(str(page)).toString()
        return ""

    def advanced(self, parameter: QgsProcessingParameterDefinition) -> None:
        """Add a parameter that is folded away."""
        parameter.setFlags(parameter.flags() | ADVANCED)
        self.addParameter(parameter)

    def add_model(self) -> None:
        """Add the choice of a model."""
        try:
            library = models()
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

    def outputs_problem(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> Optional[str]:
        """Say in a sentence why results cannot go where they should; None: they can."""
        model = None
        if self.parameterDefinition(MODEL) is not None:
            try:
                model = str(self.chosen_model(parameters, context).path)
            except Fault:
                model = None  # said elsewhere
        problem = destroyed(self, parameters, context, model)
        return problem or problem_of(outputs_of(self, parameters, context))

    def accepted(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> dict[str, object]:
        """The parameters without the names that were looked at here.

        QGIS refuses names that are in no list of a dialog, and does not say which there are.

        Raises:
            Fault: Nothing has such a name.
        """
        if not isinstance(parameters.get(MODEL), (str, int, float)):
            return parameters
        if not self.parameterAsString(parameters, MODEL_FILE, context):
            self.chosen_model(parameters, context)
        return {**parameters, MODEL: None}

    def checkParameterValues(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """True if it can be run, and if not why, in a sentence."""
        try:
            accepted = self.accepted(parameters, context)
        except Fault as error:
            return False, str(error)
        ok, sentence = super().checkParameterValues(accepted, context)
        problem = self.outputs_problem(parameters, context) if ok else None
        return (False, problem) if problem else (ok, sentence or "")

    def prepareAlgorithm(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        _feedback: QgsProcessingFeedback,
    ) -> bool:
        """Look at the outputs once more: tasks and models do not check parameters.

        Raises:
            QgsProcessingException: A result would destroy an input, or has no folder.
        """
        problem = self.outputs_problem(parameters, context)
        if problem:
            raise QgsProcessingException(problem)
        return True

    def chosen_model(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> InstalledModel:
        """The model that was chosen.

        Raises:
            Fault: There is none, or it cannot be read.
        """
        named = self.parameterAsString(parameters, MODEL_FILE, context)
        if Path(named).is_file() and Path(named).suffix.lower() not in _KINDS:
            raise Fault(
                tr(
                    "{path} is no model: choose an ONNX file (.onnx), a STAC item (.json) or a "
                    "package (.dlpk).",
                    path=named,
                )
            )
        # Not as an enumeration: QGIS takes the default for a name that it does not know.
        named = named or self.parameterAsString(parameters, MODEL, context)
        try:
            library = models()
            model = library.find(named) if named else library.default()
        except (OSError, CampDetectorError) as error:
            raise Fault(sentence_of(error)) from error
        if model is None:
            raise Fault(
                tr(
                    "There is no model {name}: choose one of the list, or add it under Plugins > "
                    "Camp Detector > Models.",
                    name=named,
                )
                if named
                else tr("No model is installed: add one under Plugins > Camp Detector > Models.")
            )
        return model


def models() -> ModelLibrary:
    """The installed models."""
    from ..models.library import ModelLibrary

    return ModelLibrary.from_settings()


def prepared(left: Optional[T]) -> T:
    """Return what `prepareAlgorithm` has left.

    Raises:
        QgsProcessingException: It left nothing.
    """
    if left is None:
        raise QgsProcessingException(tr("The algorithm was not prepared: run it again."))
    return left


def stop_with(error: Exception) -> QgsProcessingException:
    """The exception that QGIS shows, with the one sentence."""
    return QgsProcessingException(sentence_of(error))
