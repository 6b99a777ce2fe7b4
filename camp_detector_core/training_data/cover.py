"""Dwellings against the reviewed area: inside, cut at its edge, or beyond it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Sequence

import numpy as np

from ..engine.areas import areas_of

if TYPE_CHECKING:
    from typing import Callable

    from numpy.typing import NDArray

    from ..engine.areas import Point
    from ..engine.grid import Grid, Window
    from .features import Polygon

    Bounds = tuple[float, float, float, float]

_MOST_PIECES = 10_000
"""Most pieces of one side, for sides that are longer than any dwelling."""
_SAMPLES = 1_000_000
"""About how many pixels of an image are looked at to measure ground."""


class Cover(NamedTuple):
    """Position of dwellings, (n,) bool each; those that are neither lie beyond."""

    inside: NDArray[np.bool_]
    """The whole outline lies in the area and on the image."""
    cut: NDArray[np.bool_]
    """A part of it does."""

    @property
    def any_part(self) -> NDArray[np.bool_]:
        """True for all that the area touches."""
        return self.inside | self.cut


def cover_of(
    dwellings: Sequence[Polygon],
    area: Sequence[Polygon],
    image: Bounds,
    step: float,
    look: Callable[[], None] = lambda: None,
) -> Cover:
    """Hold dwellings against an area and the rectangle of an image.

    Outlines are looked at in points along their sides, so parts of the area that adjoin or overlap
    are one.

    Args:
        dwellings: Outlines to judge.
        area: Polygons of the area; any of them will do.
        image: Rectangle of the image; beyond it is no area.
        step: Greatest distance of two points along an outline, CRS units.
        look: Called often; may raise to stop.
    """
    points, owner = _points_along(dwellings, step)
    rings = [_pairs(polygon) for polygon in area]
    left, bottom, right, top = image
    x, y = points.T
    hits = areas_of(points, rings, look) >= 0
    hits &= (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
    total = np.bincount(owner, minlength=len(dwellings))
    inside = np.bincount(owner, weights=hits, minlength=len(dwellings))
    return Cover((inside == total) & (total > 0), (inside > 0) & (inside < total))


def _points_along(
    dwellings: Sequence[Polygon], step: float
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """(n, 2) points along the exteriors of dwellings, and (n,) the dwelling of each."""
    points, owner = [np.empty((0, 2))], [np.empty(0, np.intp)]
    for number, dwelling in enumerate(dwellings):
        ring = dwelling.rings[0]
        sides = np.diff(ring, axis=0)
        pieces = np.ceil(np.hypot(*sides.T) / step).clip(1, _MOST_PIECES).astype(np.intp)
        side = np.repeat(np.arange(len(sides)), pieces)
        first = np.repeat(np.cumsum(pieces) - pieces, pieces)
        share = (np.arange(len(side)) - first) / pieces[side]
        points.append(ring[side] + share[:, None] * sides[side])
        owner.append(np.full(len(side), number, np.intp))
    return np.concatenate(points), np.concatenate(owner)


class ReviewedGround:
    """Meter of the ground of an area that shows an image, by every n-th pixel of it."""

    def __init__(self, grid: Grid, area: Sequence[Polygon]) -> None:
        """Count nothing yet.

        Args:
            grid: The pixels of the image.
            area: Polygons in its CRS.
        """
        self._grid = grid
        self._rings = [_pairs(p) for p in area]
        self._step = max(1, round(math.sqrt(grid.shape.height * grid.shape.width / _SAMPLES)))
        self._samples = 0

    def add(self, window: Window, valid: NDArray[np.bool_]) -> None:
        """Take notice of the validity (height, width) of a window."""
        rows, cols = np.nonzero(valid[:: self._step, :: self._step])
        centres = np.column_stack((cols, rows)).astype(np.float64) * self._step + 0.5
        places = self._grid[window].transform.apply(centres)
        self._samples += int((areas_of(places, self._rings) >= 0).sum())

    @property
    def hectares(self) -> float:
        """Size of the ground that is reviewed and shows an image."""
        return self._samples * self._step**2 * self._grid.pixel_area / 1e4


def _pairs(polygon: Polygon) -> list[list[Point]]:
    """The rings of a polygon as pairs of numbers."""
    return [[(x, y) for x, y in ring.tolist()] for ring in polygon.rings]
