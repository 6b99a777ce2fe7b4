"""Rectangles in place of nearly rectangular outlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .rings import Rings
from .simplify import corner_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .simplify import Frames

MIN_IOU = 0.85
"""Smallest intersection over union of a rectangle with its region.

A disc and the best square reach 0.83. As the areas are equal, at most 8.1 % of either is outside
of the other.
"""
_WALL_TOLERANCE = 1.0
"""Tolerance in pixels for drawing the walls that give the direction."""
_TURNS = (8.0, 4.0, 2.0, 1.0)
"""Steps in degrees by which the direction is improved."""


class _Moments(NamedTuple):
    """Signed area, centre and second central moments of rings."""

    area: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    xx: NDArray[np.float64]
    yy: NDArray[np.float64]
    xy: NDArray[np.float64]

    def take(self, indices: NDArray[np.intp]) -> _Moments:
        return _Moments(*(column[indices] for column in self))

    def sides(self, angle: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Half sides of the rectangles of equal area and elongation, along and across."""
        cos, sin = np.cos(angle), np.sin(angle)
        variance_along = cos * cos * self.xx + 2 * cos * sin * self.xy + sin * sin * self.yy
        variance_across = sin * sin * self.xx - 2 * cos * sin * self.xy + cos * cos * self.yy
        half = np.sqrt(np.abs(self.area) * np.sqrt(variance_along / variance_across)) / 2
        return half, np.abs(self.area) / half / 4


def rectangles(rings: Rings, frames: Frames) -> tuple[NDArray[np.intp], Rings]:
    """Make rectangles for rings of polygons without holes, if they fit well enough.

    A rectangle has the area, the centre and, along its sides, the ratio of the second moments of
    the region. Its direction is that of the walls or of the longest extent, whichever overlaps
    better, and is then turned in small steps as long as the overlap grows.

    Args:
        rings: Pixel outlines.
        frames: Bounds that the rectangles must not leave.

    Returns:
        The replaced rings, and the rectangles.
    """
    has_no_hole = np.bincount(rings.owner)[rings.owner] == 1
    candidates = np.flatnonzero(has_no_hole & (rings.lengths > 4))  # noqa: PLR2004 - four are a rectangle
    if not len(candidates):
        return candidates, rings.take(candidates)
    outlines = rings.take(candidates)
    moments = _moments(outlines)
    # The direction is searched with rough outlines, which have a tenth of the corners; only the
    # last choices are made with the pixels.
    walls = corner_sides(outlines, np.full(len(candidates), _WALL_TOLERANCE))
    first = _direction_of_extent(moments), _direction_of_walls(walls)
    angle = _best(walls, moments, first)
    for step in np.radians(_TURNS):
        angle = _best(walls, moments, (angle, angle + step, angle - step))
    angle = _best(outlines, moments, (*first, angle))
    last = np.radians(_TURNS[-1])
    angle = _best(outlines, moments, (angle, angle + last, angle - last))
    corners = _corners_of(moments, angle, rings.owner[candidates])
    frame = frames.take(candidates).repeated(corners.lengths)
    is_outside = frame.excludes(corners.x, corners.y)
    is_good = (_iou(outlines, moments, angle) >= MIN_IOU) & ~is_outside.reshape(-1, 4).any(axis=1)
    return candidates[is_good], corners.take(np.flatnonzero(is_good))


def _moments(rings: Rings) -> _Moments:
    lengths, next_corner = rings.lengths, rings.next_corner
    x = rings.x - np.repeat(rings.x[rings.begin], lengths)
    y = rings.y - np.repeat(rings.y[rings.begin], lengths)
    x1, y1 = x[next_corner], y[next_corner]
    cross = x * y1 - x1 * y
    terms = (
        cross / 2,
        (x + x1) * cross / 6,
        (y + y1) * cross / 6,
        (x * x + x * x1 + x1 * x1) * cross / 12,
        (y * y + y * y1 + y1 * y1) * cross / 12,
        (x * y1 + 2 * x * y + 2 * x1 * y1 + x1 * y) * cross / 24,
    )
    area, *sums = (np.add.reduceat(term, rings.begin) for term in terms)
    mx, my, xx, yy, xy = (total / area for total in sums)
    center_x, center_y = rings.x[rings.begin] + mx, rings.y[rings.begin] + my
    return _Moments(area, center_x, center_y, xx - mx * mx, yy - my * my, xy - mx * my)


def _direction_of_extent(moments: _Moments) -> NDArray[np.float64]:
    direction: NDArray[np.float64] = np.arctan2(2 * moments.xy, moments.xx - moments.yy) / 2
    return direction


def _direction_of_walls(walls: Rings) -> NDArray[np.float64]:
    """Compute the mean direction of the walls modulo a right angle, long walls counting more."""
    next_corner = walls.next_corner
    wall = (walls.x[next_corner] - walls.x) + 1j * (walls.y[next_corner] - walls.y)
    # The fourth power is the same for all four directions of a rectangle's sides.
    return np.angle(np.add.reduceat(wall**4 / np.abs(wall) ** 2, walls.begin)) / 4


def _best(
    rings: Rings, moments: _Moments, angles: tuple[NDArray[np.float64], ...]
) -> NDArray[np.float64]:
    """Choose for each ring the direction with the largest overlap; of equals the first."""
    overlaps = [_iou(rings, moments, angle) for angle in angles]
    best: NDArray[np.float64] = np.choose(np.argmax(overlaps, axis=0), angles)
    return best


def _iou(rings: Rings, moments: _Moments, angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute intersection over union (rings,) of each ring and its rectangle in a direction.

    In the rectangle's frame the intersection is the area under the outline, counted between the
    rectangle's left and right side and held between its lower and upper one.
    """
    lengths, begin, next_corner = rings.lengths, rings.begin, rings.next_corner
    half_u, half_v = (np.repeat(half, lengths) for half in moments.sides(angle))
    cos, sin = np.repeat(np.cos(angle), lengths), np.repeat(np.sin(angle), lengths)
    x, y = rings.x - np.repeat(moments.x, lengths), rings.y - np.repeat(moments.y, lengths)
    u, v = x * cos + y * sin, y * cos - x * sin
    run = u[next_corner] - u
    slope = (v[next_corner] - v) / np.where(run != 0, run, np.inf)
    clipped = np.clip(u, -half_u, half_u)
    first = v + (clipped - u) * slope
    last = v + (clipped[next_corner] - u) * slope
    rise = last - first
    steep = np.abs(rise) > 1e-6  # noqa: PLR2004 - below, the quotient loses its digits
    mean = np.where(
        steep,
        (_clipped_integral(last, half_v) - _clipped_integral(first, half_v))
        / np.where(steep, rise, 1),
        np.clip(first, -half_v, half_v),
    )
    overlap = np.abs(np.add.reduceat(mean * (clipped[next_corner] - clipped), begin))
    iou: NDArray[np.float64] = overlap / (2 * np.abs(moments.area) - overlap)
    return iou


def _clipped_integral(v: NDArray[np.float64], half: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integrate from 0 to v a coordinate clipped to -half and half."""
    size = np.abs(v)
    return np.where(size <= half, v * v / 2, half * size - half * half / 2)


def _corners_of(moments: _Moments, angle: NDArray[np.float64], owner: NDArray[np.intp]) -> Rings:
    half_u, half_v = moments.sides(angle)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    # Counter-clockwise on the screen, as all exteriors.
    u = half_u[:, None] * np.array((-1, -1, 1, 1))
    v = half_v[:, None] * np.array((-1, 1, 1, -1))
    x = moments.x[:, None] + u * cos - v * sin
    y = moments.y[:, None] + u * sin + v * cos
    return Rings(x.reshape(-1), y.reshape(-1), np.arange(len(angle) + 1) * 4, owner)
