"""Credits of the models behind dwellings."""

from __future__ import annotations

from typing import Iterable, NamedTuple

from camp_detector_core.engine.errors import CampDetectorError

from ..models.library import ModelLibrary


class Credit(NamedTuple):
    """A model that dwellings were found with."""

    model: str
    """Its name and version, as the layer has it: untrusted text."""
    licence: str
    """Empty where it is not known."""
    attribution: tuple[str, ...]
    """Credits that must be shown."""
    is_known: bool
    """True if such a model is installed."""


def credits_of(names: Iterable[str]) -> list[Credit]:
    """Collect the credits that the installed models state.

    Args:
        names: Of models, as `Detect dwellings` writes them.
    """
    model_names = list(names)
    try:
        installed = ModelLibrary.from_settings().models() if model_names else []
    except (OSError, ValueError, CampDetectorError):
        installed = []
    shown_credits = []
    for name in model_names:
        specs = [m.spec for m in installed if name in {str(m.spec.id), m.id, m.key}]
        licences = dict.fromkeys(spec.licence for spec in specs if spec.licence)
        lines = dict.fromkeys(line for spec in specs for line in spec.attribution)
        shown_credits.append(Credit(name, "; ".join(licences), tuple(lines), bool(specs)))
    return shown_credits
