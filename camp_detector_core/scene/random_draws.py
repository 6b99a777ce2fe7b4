"""Small draws that everything in a scene makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def chance(rng: np.random.Generator, share: float) -> bool:
    """True in ``share`` of all draws."""
    return bool(rng.random() < share)


def new_seed(rng: np.random.Generator) -> int:
    """A seed for the random numbers of one object."""
    return int(rng.integers(1 << 62))
