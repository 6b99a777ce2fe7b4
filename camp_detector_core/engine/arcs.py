"""Circular arcs as straight lines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEP = math.radians(4.0)
"""Most that a straight line turns: off the arc by at most 0.06 % of its radius."""


def straightened(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A circular string as a line.

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
    start: NDArray[np.float64], via: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(m, 2) places from start to end."""
    circle = bool((start == end).all())
    middle = (start + via) / 2 if circle else _middle(start, via, end)
    if middle is None or not np.isfinite(middle).all():
        return np.array([start, via, end])
    angles = [math.atan2(p[1] - middle[1], p[0] - middle[0]) for p in (start, via, end)]
    full = 2 * math.pi
    # Counterclockwise from start: the way to the end passes the place on the arc, or goes round.
    to_via, to_end = (angles[1] - angles[0]) % full, (angles[2] - angles[0]) % full
    turn = full if circle else (to_end if to_via <= to_end else to_end - full)
    count = max(2, math.ceil(abs(turn) / _STEP))
    along = angles[0] + turn * np.arange(count + 1) / count
    radius = math.hypot(*(start - middle))
    out = middle + radius * np.column_stack((np.cos(along), np.sin(along)))
    out[0], out[-1] = start, end
    return out


def _middle(
    start: NDArray[np.float64], via: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """The middle of the circle through three places; None where they lie in a line."""
    (bx, by), (cx, cy) = via - start, end - start
    doubled = 2 * (bx * cy - by * cx)
    if doubled == 0:
        return None
    b, c = bx * bx + by * by, cx * cx + cy * cy
    middle: NDArray[np.float64] = (
        start + np.array([cy * b - by * c, bx * c - cx * b], np.float64) / doubled
    )
    return middle
