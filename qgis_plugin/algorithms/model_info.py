"""Model information."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, ClassVar, Optional

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFileDestination,
)

from camp_detector_core.engine.wording import visible
from camp_detector_core.model_file.facts import facts_of as model_facts

from ..i18n import tr
from .base import CampAlgorithm, chosen_model
from .report import page, write_page

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback

    from ..models.installed import InstalledModel
    from .entries import Entries


OUTPUT, ID, GSD, THRESHOLD, SHA256 = "OUTPUT", "ID", "GSD", "THRESHOLD", "SHA256"


class ModelInformation(CampAlgorithm):
    """Says what a model is made for."""

    NAME = "modelinformation"

    LABELS: ClassVar = {
        "title": "Model information",
        "help": "Says what a model is made for: bands, resolution, classes, accuracy, licence, and "
        "who must be named when results are published. Nothing is run.",
    }

    def initAlgorithm(self, _configuration: Optional[dict[str, object]] = None) -> None:
        """Name parameters and outputs."""
        self.add_model()
        self.addParameter(
            QgsProcessingParameterFileDestination(
                OUTPUT, tr("Page"), "HTML (*.html)", optional=True
            )
        )
        self.addOutput(QgsProcessingOutputString(ID, tr("Name and version")))
        self.addOutput(QgsProcessingOutputNumber(GSD, tr("Metres a pixel")))
        self.addOutput(QgsProcessingOutputNumber(THRESHOLD, tr("Threshold")))
        self.addOutput(QgsProcessingOutputString(SHA256, tr("Checksum")))

    def refuse(self, entries: Entries, *, is_complete: bool) -> None:
        """See that there is such a model.

        Raises:
            CampDetectorError: There is none.
        """
        del is_complete  # what is wrong with a model is said better here
        chosen_model(entries)

    def work(
        self, inputs: Entries, entries: Entries, feedback: QgsProcessingFeedback
    ) -> dict[str, object]:
        """Look into the model and say what is there.

        Raises:
            CampDetectorError: There is none, or the page cannot be written.
        """
        del inputs
        path = self.parameterAsFileOutput(entries.parameters, OUTPUT, entries.context)
        model = chosen_model(entries)
        facts = facts_of(model)
        for name, value in facts:
            feedback.pushInfo(visible(f"{name}: {value}"))
        spec = model.spec
        results = {
            ID: spec.id, GSD: spec.gsd, THRESHOLD: spec.threshold, SHA256: model.sha256,
        }  # fmt: skip
        if path:
            rows = "".join(
                f'<tr><td>{escape(name)}</td><td style="text-align:start">{escape(value)}</td></tr>'
                for name, value in facts
            )
            write_page(path, page(spec.id, f"<table>{rows}</table>"))
            results[OUTPUT] = path
        return results


def facts_of(model: InstalledModel) -> list[tuple[str, str]]:
    """Facts of a model, as pairs of name and value."""
    spec = model.spec
    return [
        (tr("Model"), spec.id),
        (tr("Purpose"), spec.description),
        *model_facts(spec, tr),
        *model.accuracy(),
        (tr("File"), str(model.path)),
        (tr("Size"), f"{model.size:,} B"),
        (tr("Checksum"), f"SHA-256 {model.sha256}"),
    ]
