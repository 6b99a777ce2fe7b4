"""Chips on which an export is compared with its network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from camp_detector_core.engine.spec import ModelSpec


def random_chips(spec: ModelSpec, *, tile: int | None = None) -> list[NDArray[np.float32]]:
    """Normalised noise to compare with: one square chip, and a pair that is not square.

    Args:
        spec: Gives bands and sizes.
        tile: The only height and width that the export takes; any where it is None.
    """
    rng = np.random.default_rng(0)
    step = spec.multiple
    sides = [(tile, tile)] if tile else [(4 * step, 4 * step), (3 * step, 5 * step)]
    return [
        rng.standard_normal((i + 1, len(spec.bands), *side)).astype(np.float32)
        for i, side in enumerate(sides)
    ]


def fit_chips(chips: NDArray[np.float32], *, tile: int | None) -> NDArray[np.float32]:
    """Cut or fill (with zeros, the training mean) chips to a fixed tile."""
    if tile is None:
        return chips
    out = np.zeros((*chips.shape[:2], tile, tile), np.float32)
    height, width = min(tile, chips.shape[2]), min(tile, chips.shape[3])
    out[:, :, :height, :width] = chips[:, :, :height, :width]
    return out
