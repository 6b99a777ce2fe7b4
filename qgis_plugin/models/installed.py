"""A model that is at hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Mapping, Optional

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.model_file.reader import open_model

from ..i18n import tr

if TYPE_CHECKING:
    from pathlib import Path

    from camp_detector_core.engine.spec import ModelSpec

_BASELINE = "all_ones_iou"
"""Figure of a model that calls every pixel a dwelling; not one of this model."""
BUNDLED, ADDED, FOLDER = "bundled", "added", "folder"


@dataclass(frozen=True)
class InstalledModel:
    """A model with its description; its network is read when it is wanted."""

    path: Path
    """The file that it is read from: ``.onnx``, STAC item or ``.dlpk``."""
    spec: ModelSpec
    """The engine's ``ModelSpec``."""
    origin: str
    """`BUNDLED`, `ADDED` or `FOLDER`."""
    sha256: str
    """SHA-256 of the ONNX file, 64 hexadecimal digits."""
    size: int
    """Size of the ONNX file in bytes."""
    item: Mapping[str, object] = field(default_factory=dict)
    """The STAC item that came with it."""
    source: str = ""
    """Origin of an added model."""
    namesake: bool = False
    """True if there is another model of the same name and version."""

    @property
    def id(self) -> str:
        """Name and version; with the beginning of its checksum where these name several."""
        return self.key if self.namesake else str(self.spec.id)

    @property
    def key(self) -> str:
        """Name, version and the beginning of its checksum, which names one model for good."""
        return f"{self.spec.id} ({self.sha256[:12]})"

    def read(self) -> bytes:
        """The bytes of the ONNX file, held against their checksum.

        Raises:
            CampDetectorError: The file is missing, or not the one that was looked at before.
        """
        model_file = open_model(self.path)
        if model_file.sha256 != self.sha256:
            raise PredictorError(
                tr(
                    "{path} has changed since it was added (its checksum differs): remove the "
                    "model and add it again.",
                    path=self.path,
                )
            )
        return bytes(model_file.onnx)

    @property
    def area(self) -> Optional[Mapping[str, object]]:
        """GeoJSON geometry, in degrees, of the ground that it was trained on; None: not known."""
        return area_of(self.item)

    def accuracy(self) -> list[tuple[str, str]]:
        """Accuracy of the model, as pairs of measure and figures."""
        return accuracy_of(self.item, self.spec)


def area_of(item: Mapping[str, object]) -> Optional[Mapping[str, object]]:
    """The ground that an item says its model was trained on; see `InstalledModel.area`."""
    shape = item.get("geometry")
    return shape if isinstance(shape, dict) and shape.get("coordinates") else None


def accuracy_of(item: Mapping[str, object], spec: ModelSpec) -> list[tuple[str, str]]:
    """Accuracy of a model by its item or description, as pairs of measure and figures."""
    properties = item.get("properties")
    metrics = properties.get("camp_detector:metrics") if isinstance(properties, dict) else None
    pairs = []
    for part, kinds in metrics.items() if isinstance(metrics, dict) else ():
        if isinstance(kinds, dict):
            pairs.append((part, _figures(kinds)))
            pairs += [
                (f"{part} {measure}", _figures(figures))
                for measure, figures in kinds.items()
                if isinstance(figures, dict)
            ]
    pairs = [(name, figures) for name, figures in pairs if figures]
    if pairs:
        return pairs
    provenance = spec.provenance
    keys = ("test dwellings", "test pixels", "val dwellings", "val pixels")
    return [(key, _reworded(provenance[key])) for key in keys if provenance.get(key)]


def _reworded(text: str) -> str:
    """Figures of older trainings: "284 found of 293" there are two counts, not a share."""
    text = re.sub(r"\b(\d+) found of (\d+)\b", r"\1 found where there are \2", text)
    return re.sub(rf",? ?\b{_BASELINE} [0-9.]+", "", text)


def _figures(figures: Mapping[str, object]) -> str:
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in figures.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool) and name != _BASELINE
    )
