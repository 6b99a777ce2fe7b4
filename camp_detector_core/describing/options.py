"""Values that the user gives for a model; others come from the file, a trial or defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from camp_detector_core.engine.separation import Separation

Activation = Literal["auto", "none", "sigmoid", "softmax"]


@dataclass(frozen=True)
class DraftOptions:
    """User's values for a description; None or empty if not given."""

    bands: tuple[str, ...] = ()
    """Names of the input channels in the network's order."""
    gsd: float | None = None
    """Metres on the ground per pixel."""
    dtype: str | None = None
    """Pixel type of the raw values."""
    scale: tuple[float, ...] = ()
    """Multiplier of raw values, one for all bands or one per band, as ``mean`` and ``std``."""
    mean: tuple[float, ...] = ()
    """Subtracted from scaled values."""
    std: tuple[float, ...] = ()
    """Divisor after the subtraction."""
    classes: tuple[str, ...] = ()
    """Names of the classes in the order of the output's channels, without background."""
    activation: Activation = "auto"
    """Operation behind the network."""
    background: int | None = None
    """Background channel of the output, from 0; -1 for none; None to choose it."""
    threshold: float | None = None
    tile_size: int | None = None
    overlap: int | None = None
    min_area: float | None = None
    name: str | None = None
    version: str | None = None
    description: str | None = None
    licence: str | None = None
    attribution: tuple[str, ...] = ()
    separation: Separation | None = None
    """Method of the output ``separation`` to separate touching dwellings."""
