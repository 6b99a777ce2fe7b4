"""Limits of a model, from the card of the shipped model or in general terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.engine.errors import PredictorError
from camp_detector_core.model_file import default_model_path
from camp_detector_core.model_file.untrusted import checksum_of, read_file

if TYPE_CHECKING:
    from camp_detector_core.model_file import ModelFile

_MAX_CARD = 1 << 20
_SECTION = "## Where it fails\n"
_GENERAL = """\
- The model knows what its training showed. Dwellings, ground, season, light or cell sizes of other
  kinds are missed, or things are taken for dwellings.
- Its figures are of the place that they were measured on, and of no other.
- Roofs that touch and look alike may come out as one, and a roof of two colours as two. Lorries,
  tarpaulins on the ground, rubble and pale courtyards may be taken for roofs.

Before a count leads to a decision, look at the result on top of the image, and count some blocks by
hand."""


def limits_of(model: ModelFile) -> str:
    """Write the limits in Markdown without a heading; for the shipped model from its card."""
    return (_shipped() if _ships(model) else "") or _GENERAL


def _ships(model: ModelFile) -> bool:
    """True for the file of the shipped model."""
    try:
        return checksum_of(default_model_path())[0] == model.sha256
    except (OSError, PredictorError):  # an installation without it
        return False


def _shipped() -> str:
    """Read the section of the shipped model's card; empty if there is none."""
    try:
        card = read_file(default_model_path().with_name("MODEL_CARD.md"), _MAX_CARD).decode()
    except (PredictorError, UnicodeDecodeError):
        return ""
    return card.replace("\r\n", "\n").partition(_SECTION)[2].partition("\n## ")[0].strip()
