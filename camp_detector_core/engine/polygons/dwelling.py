"""Polygons of complete regions, the result that the engine passes to hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..scores import MAX_SCORE
from ..sequences import offsets_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..paths import Paths, Regions


@dataclass(frozen=True, eq=False)
class Dwelling:
    """Connected region of one class.

    Rings are closed (the last point repeats the first), without collinear points, and begin at
    their smallest (row, col). As seen on the screen, rows down, the exterior runs counter-clockwise
    and holes clockwise, which a north-up transform to CRS units keeps.
    """

    exterior: NDArray[np.float64]
    """Corners (n, 2) of pixels, x = column and y = row of the grid."""
    holes: tuple[NDArray[np.float64], ...]
    """Rings like the exterior, in the order of their first points by (row, col) in the pixels."""
    class_value: int
    """Value in the class raster, 1 to 254."""
    pixels: int
    """Number of pixels of the region in the class raster."""
    score_sum: int
    """Sum of the scores (0 to 254) of these pixels."""

    @property
    def mean_probability(self) -> float:
        """Mean probability of the region's class over its pixels, 0 to 1."""
        return self.score_sum / self.pixels / MAX_SCORE


def dwellings_of(regions: Regions, rings: Paths) -> list[Dwelling]:
    """Make the dwellings of complete regions, sorted by the (row, col) at which they start.

    Args:
        regions: The regions.
        rings: All their rings, each from its smallest (row, col) on.
    """
    if not len(rings.region):
        return []
    x, y = rings.points[rings.offsets[:-1]].T
    is_hole = _double_areas(rings) > 0
    start = np.zeros((2, len(regions.value)), np.int64)
    outer = rings.region[~is_hole]
    start[:, outer] = y[~is_hole], x[~is_hole]
    first = start[:, rings.region]
    order = np.lexsort((x, y, is_hole, first[1], first[0]))
    points, offsets = _close(rings.take(order))
    exteriors = np.append(np.flatnonzero(~is_hole[order]), len(order)).tolist()
    table = regions.take(rings.region[order][exteriors[:-1]])
    bounds = offsets.tolist()
    ring = [points[a:b] for a, b in zip(bounds, bounds[1:])]
    return [
        Dwelling(ring[a], tuple(ring[a + 1 : b]), value, pixels, score)
        for a, b, value, pixels, score in zip(
            exteriors,
            exteriors[1:],
            table.value.tolist(),
            table.pixels.tolist(),
            table.score.tolist(),
        )
    ]


def _double_areas(rings: Paths) -> NDArray[np.int64]:
    """Compute twice the signed area of each ring, (rings,), positive for holes."""
    x, y = rings.points.T.astype(np.int64)
    next_corner = np.arange(1, len(x) + 1)
    next_corner[rings.offsets[1:] - 1] = rings.offsets[:-1]
    double_areas: NDArray[np.int64] = np.add.reduceat(
        x * y[next_corner] - x[next_corner] * y, rings.offsets[:-1]
    )
    return double_areas


def _close(rings: Paths) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Repeat the first point of each ring at its end; returns points and offsets."""
    lengths = rings.lengths
    offsets = offsets_of(lengths + 1)
    points = np.empty((offsets[-1], 2))
    last = offsets[1:] - 1
    inner = np.ones(len(points), bool)
    inner[last] = False
    points[inner] = rings.points
    points[last] = rings.points[rings.offsets[:-1]]
    return points, offsets
