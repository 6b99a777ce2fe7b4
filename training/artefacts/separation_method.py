"""Methods of separation: the output channels that each takes, and where its settings start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from camp_detector_core.engine.separation import Separation
from training.data.separation import BORDER_METRES, CORE_METRES, growth_of, reach_of
from training.fit.options import EXTRAS

if TYPE_CHECKING:
    from training.fit.options import Separating

METHODS: tuple[Separating, ...] = ("border", "core", "both")
"""Methods that are compared with the mask alone, in the order of `channel_weights`."""


def channel_weights(method: str, classes: int) -> list[dict[int, float]]:
    """Return the output channels of a model as weighted sums of the trained channels.

    Args:
        method: One of `METHODS`; ``all`` for every one of them, in their order; or ``none``.
        classes: Number of classes; the channels of `EXTRAS` follow theirs.

    Returns:
        Weights of the trained channels for each channel of the model.
    """
    rows: list[dict[int, float]] = [{c: 1.0} for c in range(classes)]
    border, core = (classes + EXTRAS.index(name) for name in ("border", "core"))
    further = {"border": {border: 1.0}, "core": {core: 1.0}, "both": {core: 0.5, border: -0.5}}
    methods = METHODS if method == "all" else [method] if method in further else []
    return [*rows, *(further[name] for name in methods)]


def starting_separation(method: str, gsd: float) -> Separation:
    """Return the settings of a method before any data are asked."""
    metres = BORDER_METRES if method == "border" else CORE_METRES
    reach = growth_of(reach_of(metres, gsd))
    kind = "border" if method == "border" else "core"
    return Separation(kind, threshold=0.5, reach=reach, min_seed=1)
