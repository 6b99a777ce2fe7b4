"""The user's values for a model; all others are taken from the file, tried, or assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from camp_detector_core.engine.separation import Separation

Activation = Literal["auto", "none", "sigmoid", "softmax"]


@dataclass(frozen=True)
class Wishes:
    """None, or empty, where the user says nothing."""

    bands: tuple[str, ...] = ()
    """Names of the input channels in the network's order."""
    gsd: float | None = None
    """Metres a pixel."""
    dtype: str | None = None
    """Of the raw values."""
    scale: tuple[float, ...] = ()
    """Multiplier of raw values, one for all bands or one for each; so for ``mean`` and ``std``."""
    mean: tuple[float, ...] = ()
    """Subtracted after scaling."""
    std: tuple[float, ...] = ()
    """Divided by after that."""
    classes: tuple[str, ...] = ()
    """Names of the classes in the order of the output's channels, without background."""
    activation: Activation = "auto"
    """The operation behind the network."""
    background: int | None = None
    """The output's channel that is background, from 0; -1: none is. None: see `trial`."""
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
    """How the network's output ``separation`` tells touching dwellings apart."""
