"""Outlines and the regions that they bound, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .sequences import offsets_of, ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Paths:
    """Parts of outlines: rings, or open chains."""

    points: NDArray[np.int32]
    """(n, 2) corners, x = column and y = row of the grid; a ring's first one is not repeated."""
    offsets: NDArray[np.intp]
    """(paths + 1,) path ``k`` is ``points[offsets[k]:offsets[k + 1]]``."""
    region: NDArray[np.intp]
    """(paths,) the region that each one bounds."""

    @property
    def lengths(self) -> NDArray[np.intp]:
        """(paths,) number of points."""
        return np.diff(self.offsets)

    def take(self, which: NDArray[np.intp]) -> Paths:
        """Some of the paths, in a new order."""
        lengths = self.lengths[which]
        points = self.points[ragged(self.offsets[which], lengths)]
        return Paths(points, offsets_of(lengths), self.region[which])

    def joined(self, other: Paths) -> Paths:
        """These paths and then those of another one, with the numbers of their regions."""
        return Paths(
            np.concatenate((self.points, other.points)),
            np.concatenate((self.offsets, other.offsets[1:] + self.offsets[-1])),
            np.concatenate((self.region, other.region)),
        )


@dataclass(frozen=True)
class Regions:
    """What is known of some regions besides their outlines."""

    value: NDArray[np.uint8]
    """(n,) class."""
    pixels: NDArray[np.int64]
    """(n,) number of pixels."""
    score: NDArray[np.int64]
    """(n,) sum of the scores."""

    def take(self, which: NDArray[np.intp]) -> Regions:
        """Some of the regions, in a new order."""
        return Regions(self.value[which], self.pixels[which], self.score[which])

    def joined(self, other: Regions) -> Regions:
        """These regions and then those of another table."""
        return Regions(
            np.concatenate((self.value, other.value)),
            np.concatenate((self.pixels, other.pixels)),
            np.concatenate((self.score, other.score)),
        )

    def grouped(self, group: NDArray[np.intp], count: int) -> Regions:
        """The regions that groups of these ones make up."""
        value = np.zeros(count, np.uint8)
        value[group] = self.value
        # bincount sums in float64, exact up to 2**53.
        pixels = np.bincount(group, self.pixels, count).astype(np.int64)
        score = np.bincount(group, self.score, count).astype(np.int64)
        return Regions(value, pixels, score)
