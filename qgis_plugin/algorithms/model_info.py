"""Model information."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Optional

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFileDestination,
)

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.wording import visible

from ..i18n import tr
from ..words import sentence_of
from .base import CampAlgorithm, Fault, stop_with
from .report import page, write_page

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..models.installed import InstalledModel


OUTPUT, ID, GSD, THRESHOLD, SHA256 = "OUTPUT", "ID", "GSD", "THRESHOLD", "SHA256"


class ModelInformation(CampAlgorithm):
    """Says what a model is made for."""

    NAME = "modelinformation"

    def displayName(self) -> str:
        """Name in the toolbox."""
        return tr("Model information")

    def shortHelpString(self) -> str:
        """Help beside the parameters."""
        return tr(
            "Says what a model is made for: bands, resolution, classes, accuracy, licence, and who "
            "must be named when results are published. Nothing is run."
        )

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

    def checkParameterValues(
        self, parameters: dict[str, object], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """True if it can be run, and if not why, in a sentence."""
        ok, sentence = super().checkParameterValues(parameters, context)
        try:
            self.chosen_model(parameters, context)
        except (Fault, CampDetectorError) as error:
            return False, sentence_of(error)
        return ok, sentence

    def processAlgorithm(
        self,
        parameters: dict[str, object],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, object]:
        """Look into the model and say what is there."""
        path = self.parameterAsFileOutput(parameters, OUTPUT, context)
        try:
            model = self.chosen_model(parameters, context)
        except (Fault, CampDetectorError) as error:
            raise stop_with(error) from error
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
        (tr("Bands"), ", ".join(b.name for b in spec.bands)),
        (tr("Pixels"), spec.dtype),
        (tr("Resolution"), tr("{gsd} m a pixel", gsd=f"{spec.gsd:g}")),
        (tr("Classes"), ", ".join(f"{c.value} {c.name}" for c in spec.classes)),
        (tr("Threshold"), f"{spec.threshold:g}"),
        (tr("Minimum area"), f"{spec.min_area:g} m²"),
        (tr("Tiles, overlap"), f"{spec.tile_size} px, {spec.overlap} px"),
        (
            tr("Touching dwellings"),
            tr("parted") if spec.separation is not None else tr("not told apart"),
        ),
        *model.accuracy(),
        (tr("Licence"), spec.licence),
        (tr("To be named"), "; ".join(spec.attribution)),
        (tr("File"), str(model.path)),
        (tr("Size"), f"{model.size:,} B"),
        (tr("Checksum"), f"SHA-256 {model.sha256}"),
    ]
