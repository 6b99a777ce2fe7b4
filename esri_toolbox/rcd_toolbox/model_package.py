"""Models that the tools can run: read from a .dlpk or .emd, never run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Optional

from camp_detector_core.engine.arguments import ARGUMENTS
from camp_detector_core.engine.emd_keys import SPEC_KEY
from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.engine.spec import ModelSpec
from camp_detector_core.model_file.package import open_definition

if TYPE_CHECKING:
    import os

    from camp_detector_core.model_file.package import Definition


class Model(NamedTuple):
    """A model of this project, whose network is not read yet."""

    definition: Definition
    spec: ModelSpec

    @property
    def path(self) -> Path:
        """The file that the user named."""
        return self.definition.path

    @property
    def title(self) -> str:
        """Name and version, and the file, for messages."""
        return f"{self.spec.id} ({self.path.name})"

    @property
    def class_names(self) -> dict[int, str]:
        """Name of each class by its value."""
        return {c.value: c.name for c in self.spec.classes}


FILLED = tuple(name for name in ARGUMENTS if hasattr(ModelSpec, name))
"""Options that start with the model's own values."""
_models: dict[tuple[str, int, int], Model] = {}
"""Models that were read, by path, time and size; the dialog asks after each key that is pressed."""
_MOST = 16


def read_model(path: os.PathLike[str] | str) -> Model:
    """Read a model package or definition.

    Raises:
        CampDetectorError: It is missing, damaged, or none of Camp Detector's.
    """
    path = Path(path)
    if path.suffix.lower() not in {".dlpk", ".emd"}:
        msg = f"{path} is no model"
        raise PredictorError(msg, remedy="choose a package (.dlpk) or a model definition (.emd)")
    try:
        state = path.stat()
        key = (str(path), state.st_mtime_ns, state.st_size)
    except OSError:
        return model_of(open_definition(path))  # which says what is wrong
    if key not in _models:
        if len(_models) >= _MOST:
            _models.clear()
        _models[key] = model_of(open_definition(path))
    return _models[key]


def model_of(definition: Definition) -> Model:
    """The model of a definition.

    Raises:
        PredictorError: The definition is not of this project.
    """
    if definition.spec is None:
        msg = f"{definition.path} is no model of Camp Detector (its definition has no {SPEC_KEY})"
        remedy = (
            "make a package with camp-detector package, or run other models with ArcGIS' own tools"
        )
        raise PredictorError(msg, remedy=remedy)
    return Model(definition, definition.spec)


def summary_of(model: Model) -> str:
    """One line that names the model and the values that its parameters start with."""
    spec = model.spec
    own = (f"{name} {getattr(spec, name):g}" for name in FILLED)
    return ", ".join([f"{spec.id}: {spec.gsd:g} m a pixel", *own])


def value_in(summary: Optional[str], name: str) -> Optional[float]:
    """The value of a parameter in a line of `summary_of`."""
    match = re.search(rf", {name} ([-+.e\d]+)(?=,|$)", summary or "")
    try:
        return float(match[1]) if match else None
    except ValueError:
        return None
