"""The samples of a roof, in its own directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Surface:
    """The samples of one wing of a roof, in its own directions."""

    u: Samples
    """Along the ridge, metres from the middle, any shape."""
    v: Samples
    """Across the ridge, metres from the middle, of the same shape."""
    half: tuple[float, float]
    """Half of the length and half of the width, metres."""
    material: str
    """Material of the roof; most have the name of a kind of dwelling."""
    style: int
    """Number that neighbours of one make share."""
    soil: Samples
    """Colour (3,) of the dust that lies about."""
    sun: tuple[float, float, float] = (0.0, 0.0, 1.0)
    """Unit vector towards the sun along u, along v and up."""

    def within(self, *, middle: float, half: float) -> NDArray[np.bool_]:
        """Samples within ``half`` of ``middle`` along u, both as shares of the half length."""
        inside: NDArray[np.bool_] = (
            np.abs(self.u - np.float32(middle * self.half[0])) < half * self.half[0]
        )
        return inside

    def across(self, *, middle: float, half: float) -> NDArray[np.bool_]:
        """Samples within ``half`` of ``middle`` across, both as shares of the half width."""
        inside: NDArray[np.bool_] = (
            np.abs(self.v - np.float32(middle * self.half[1])) < half * self.half[1]
        )
        return inside

    @property
    def inset(self) -> Samples:
        """Distance of each sample from the nearest side of the wing's rectangle, metres."""
        along = np.float32(self.half[0]) - np.abs(self.u)
        inset: Samples = np.minimum(along, np.float32(self.half[1]) - np.abs(self.v))
        return inset
