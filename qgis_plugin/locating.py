"""In which area each of many points lies: the rule of ``areas.AreaIndex``, for all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Sequence

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rings = Sequence[Sequence[tuple[float, float]]]
_EDGES = 2000
"""Edges between two looks at whether the user wants to stop."""


def places_of(
    points: Sequence[tuple[float, float]], areas: Sequence[Rings], look: Callable[[], None]
) -> NDArray[np.int64]:
    """The first area that holds each point.

    Args:
        points: x and y.
        areas: The closed rings of each (even-odd).
        look: Called often; may raise to stop.

    Returns:
        (points,) numbers of areas, -1 where none holds the point.
    """
    found = np.full(len(points), -1, np.int64)
    if not len(points):
        return found
    at = np.asarray(points, np.float64)
    # In the order of y, an edge meets a slice of the points.
    order = np.argsort(at[:, 1], kind="stable")
    xs, ys, in_order = at[order, 0], at[order, 1], np.full(len(points), -1, np.int64)
    for number, rings in enumerate(areas):
        look()
        edges = _edges(rings)
        if not len(edges):
            continue
        low, high = float(edges[:, 1].min()), float(edges[:, 3].max())
        first, last = np.searchsorted(ys, [low, high], "left")
        inside = _holds(edges, xs[first:last], ys[first:last], look)
        part = in_order[first:last]
        part[inside & (part < 0)] = number
    found[order] = in_order
    return found


def _edges(rings: Rings) -> NDArray[np.float64]:
    """(edges, 4) x and y of the lower end and of the upper end; level edges are left out."""
    parts = []
    for ring in rings:
        corners = np.asarray(ring, np.float64).reshape(-1, 2)
        parts.append(np.hstack([corners[:-1], corners[1:]]))
    edges = np.vstack(parts) if parts else np.empty((0, 4))
    downward = edges[:, 1] > edges[:, 3]
    edges[downward] = edges[downward][:, [2, 3, 0, 1]]
    kept: NDArray[np.float64] = edges[edges[:, 1] < edges[:, 3]]
    return kept


def _holds(edges: NDArray[np.float64], xs: Any, ys: Any, look: Callable[[], None]) -> Any:
    """(points,) bool: whether a ray to the right crosses the edges an odd number of times.

    An edge counts from its lower end up to, and without, its upper end.
    """
    inside = np.zeros(len(xs), bool)
    firsts = np.searchsorted(ys, edges[:, 1], "left")
    lasts = np.searchsorted(ys, edges[:, 3], "left")
    for i in np.flatnonzero(firsts < lasts):
        if i % _EDGES == 0:
            look()
        x0, y0, x1, y1 = edges[i]
        part = slice(firsts[i], lasts[i])
        inside[part] ^= xs[part] < x0 + (ys[part] - y0) / (y1 - y0) * (x1 - x0)
    return inside
