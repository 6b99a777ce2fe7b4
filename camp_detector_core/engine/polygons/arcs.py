"""Circular arcs approximated by line segments."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEP = math.radians(4.0)
"""Largest turn between two segments, which leave the arc by at most 0.06 % of its radius."""


def arcs_to_lines(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convert a circular string to a polyline.

    Args:
        points: (2 n + 1, 2) start, a place on the arc, end, which is the next arc's start, and so
            on. Start and end that are one place make a circle, whose middle lies half-way to the
            place on it.

    Returns:
        (m, 2) places on the arcs, all ends among them.
    """
    arcs = (_arc(*points[i : i + 3]) for i in range(0, len(points) - 2, 2))
    return np.concatenate([points[:1], *(arc[1:] for arc in arcs)])


def _arc(
    start: NDArray[np.float64], middle_point: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Compute points (m, 2) on an arc from start to end."""
    circle = bool((start == end).all())
    middle = (start + middle_point) / 2 if circle else _middle(start, middle_point, end)
    if middle is None or not np.isfinite(middle).all():
        return np.array([start, middle_point, end])
    angles = [math.atan2(p[1] - middle[1], p[0] - middle[0]) for p in (start, middle_point, end)]
    full = 2 * math.pi
    # Counterclockwise from start: the way to the end passes the place on the arc, or goes round.
    to_via, to_end = (angles[1] - angles[0]) % full, (angles[2] - angles[0]) % full
    turn = full if circle else (to_end if to_via <= to_end else to_end - full)
    count = max(2, math.ceil(abs(turn) / _STEP))
    angle_steps = angles[0] + turn * np.arange(count + 1) / count
    radius = math.hypot(*(start - middle))
    points = middle + radius * np.column_stack((np.cos(angle_steps), np.sin(angle_steps)))
    points[0], points[-1] = start, end
    return points


def _middle(
    start: NDArray[np.float64], middle_point: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Compute the centre of the circle through three points; None if they are collinear."""
    (bx, b_y), (cx, cy) = middle_point - start, end - start
    double_area = 2 * (bx * cy - b_y * cx)
    if double_area == 0:
        return None
    b, c = bx * bx + b_y * b_y, cx * cx + cy * cy
    middle: NDArray[np.float64] = (
        start + np.array([cy * b - b_y * c, bx * c - cx * b], np.float64) / double_area
    )
    return middle
