"""The tools as ArcGIS wants them: classes with a handful of methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .parameters import by_name, make_parameters
from .wording import text_of

if TYPE_CHECKING:
    import arcpy

    from camp_detector_core.model_file.emd import Kind

    from .host import Messages
    from .parameters import Parameters
    from .wording_types import ToolText


class Tool:
    """A tool of ours; ``CampDetector.pyt`` gives each its name."""

    text: ToolText
    work: Callable[[Parameters, Messages], None]
    """Does what the tool is for, and raises `CampDetectorError` where it cannot."""

    def __init__(self) -> None:
        """Name the tool."""
        self.label = self.text.label
        self.description = self.text.summary
        self.category = ""
        self.canRunInBackground = False

    def getParameterInfo(self) -> list[arcpy.Parameter]:  # noqa: N802 - names of ArcGIS
        """The parameters of the dialog."""
        return make_parameters(self.text)

    def isLicensed(self) -> bool:  # noqa: N802
        """True: without Image Analyst our own engine does the work."""
        return True

    def updateParameters(self, parameters: list[arcpy.Parameter]) -> None:  # noqa: N802
        """Called after each change in the dialog, before ArcGIS checks it."""

    def updateMessages(self, parameters: list[arcpy.Parameter]) -> None:  # noqa: N802
        """Called after ArcGIS has checked the dialog."""

    def execute(self, parameters: list[arcpy.Parameter], messages: Messages) -> None:
        """Run."""
        from .host import run_tool

        run_tool(lambda: self.work(by_name(parameters), messages), messages)


class _ModelTool(Tool):
    """A tool that runs a model over a raster."""

    kind: Kind

    def updateParameters(self, parameters: list[arcpy.Parameter]) -> None:  # noqa: N802
        """Fill in the model's own values."""
        from .checks import fill
        from .host import look

        look(lambda: fill(by_name(parameters), self.kind), parameters)

    def updateMessages(self, parameters: list[arcpy.Parameter]) -> None:  # noqa: N802
        """Say what does not fit."""
        from .checks import findings, show
        from .host import look

        by_names = by_name(parameters)
        look(lambda: show(by_names, findings(by_names, self.kind)), parameters)


class _Install(Tool):
    def updateMessages(self, parameters: list[arcpy.Parameter]) -> None:  # noqa: N802
        """Say at once where the file is no model of ours."""
        from camp_detector_core.engine.errors import CampDetectorError

        from .model_package import read_model
        from .words import in_words

        package = by_name(parameters)["in_package"]
        if package.valueAsText:
            try:
                read_model(package.valueAsText)
            except CampDetectorError as error:
                package.setErrorMessage(in_words(error))


class _Summary(Tool):
    def updateMessages(self, parameters: list[arcpy.Parameter]) -> None:  # noqa: N802
        """Say what was asked for that cannot be."""
        from .summary_tool import fault_of

        by_names = by_name(parameters)
        fault = fault_of(by_names)
        if fault:
            by_names["in_boundaries"].setErrorMessage(fault)


def _detect(parameters: Parameters, messages: Messages) -> None:
    from .detect_tool import execute

    execute(parameters, messages)


def _classify(parameters: Parameters, messages: Messages) -> None:
    from .classify_tool import execute

    execute(parameters, messages)


def _install(parameters: Parameters, messages: Messages) -> None:
    from .install_tool import execute

    execute(parameters, messages)


def _summary(parameters: Parameters, messages: Messages) -> None:
    from .summary_tool import execute

    execute(parameters, messages)


def _export(parameters: Parameters, messages: Messages) -> None:
    from .export_tool import execute

    execute(parameters, messages)


_TOOLS: dict[str, tuple[type[Tool], dict[str, object]]] = {
    "DetectDwellings": (_ModelTool, {"work": staticmethod(_detect), "kind": "detect"}),
    "ClassifyCampPixels": (_ModelTool, {"work": staticmethod(_classify), "kind": "classify"}),
    "InstallModelPackage": (_Install, {"work": staticmethod(_install)}),
    "CampSummary": (_Summary, {"work": staticmethod(_summary)}),
    "ExportTrainingData": (Tool, {"work": staticmethod(_export)}),
}


def tool(name: str) -> type[Tool]:
    """The base of the class with this name in the ``.pyt``."""
    base, own = _TOOLS[name]
    return type(name, (base,), {"text": text_of(name), **own})
