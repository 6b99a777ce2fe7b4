"""Outlines, and the regions that they bound, as arrays."""

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
    """Corners (n, 2), x = column and y = row of the grid; a ring's first one is not repeated."""
    offsets: NDArray[np.intp]
    """Offsets (paths + 1,): path ``k`` is ``points[offsets[k]:offsets[k + 1]]``."""
    region: NDArray[np.intp]
    """Region that each path bounds, (paths,)."""

    @property
    def lengths(self) -> NDArray[np.intp]:
        """Number of points of each path, (paths,)."""
        return np.diff(self.offsets)

    def take(self, indices: NDArray[np.intp]) -> Paths:
        """Select some of the paths, in a new order."""
        lengths = self.lengths[indices]
        points = self.points[ragged(self.offsets[indices], lengths)]
        return Paths(points, offsets_of(lengths), self.region[indices])

    def concat(self, tail: Paths) -> Paths:
        """Append the paths of another table, whose regions keep their numbers."""
        return Paths(
            np.concatenate((self.points, tail.points)),
            np.concatenate((self.offsets, tail.offsets[1:] + self.offsets[-1])),
            np.concatenate((self.region, tail.region)),
        )


@dataclass(frozen=True)
class Regions:
    """Attributes of regions besides their outlines."""

    value: NDArray[np.uint8]
    """Class, (n,)."""
    pixels: NDArray[np.int64]
    """Number of pixels, (n,)."""
    score: NDArray[np.int64]
    """Sum of the scores, (n,)."""

    def take(self, indices: NDArray[np.intp]) -> Regions:
        """Select some of the regions, in a new order."""
        return Regions(self.value[indices], self.pixels[indices], self.score[indices])

    def concat(self, tail: Regions) -> Regions:
        """Append the regions of another table."""
        return Regions(
            np.concatenate((self.value, tail.value)),
            np.concatenate((self.pixels, tail.pixels)),
            np.concatenate((self.score, tail.score)),
        )

    def merge(self, group: NDArray[np.intp], count: int) -> Regions:
        """Merge the regions of each group into one."""
        value = np.zeros(count, np.uint8)
        value[group] = self.value
        # bincount sums in float64, exact up to 2**53.
        pixels = np.bincount(group, self.pixels, count).astype(np.int64)
        score = np.bincount(group, self.score, count).astype(np.int64)
        return Regions(value, pixels, score)
