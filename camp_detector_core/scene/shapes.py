"""Plane geometry of outlines: boxes, convex polygons, clipping and point tests.

Points are (n, 2) float64 with x to the right and y down, like the image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

TOUCH: float = 1e-6
"""Overlap in metres below which two outlines count as touching."""


@dataclass(frozen=True)
class Box:
    """A rectangle at any angle: ``u`` runs along its length, ``v`` across."""

    x: float
    """Centre, metres."""
    y: float
    """Centre, metres."""
    angle: float
    """Direction of ``u``, radians clockwise from east."""
    half_length: float
    """Half of the side along ``u``, metres."""
    half_width: float
    """Half of the side along ``v``, metres."""

    @property
    def axes(self) -> Points:
        """Unit vectors of ``u`` and ``v`` as rows."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return np.array(((cos, sin), (-sin, cos)))

    @property
    def corners(self) -> Points:
        """The four corners in order."""
        return self.place(
            np.array(((-1, -1), (1, -1), (1, 1), (-1, 1))) * (self.half_length, self.half_width)
        )

    def place(self, points: Points) -> Points:
        """World coordinates of points given along (u, v) in metres from the centre."""
        moved: Points = points @ self.axes + (self.x, self.y)
        return moved


def polygon_area(points: Points) -> float:
    """Area by the shoelace formula, not negative."""
    x, y = points[:, 0] - points[0, 0], points[:, 1] - points[0, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def convex_hull(points: Points) -> Points:
    """Smallest convex polygon around the points (Andrew's monotone chain), clockwise on screen."""
    ordered = sorted(map(tuple, points.tolist()))

    def chain(sequence: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
        hull: list[tuple[float, ...]] = []
        for p in sequence:
            while len(hull) > 1:
                (ax, ay), (bx, by) = hull[-2], hull[-1]
                if (bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax) > 0:
                    break
                hull.pop()
            hull.append(p)
        return hull[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))


def _normals(polygon: Points) -> Points:
    edges = np.roll(polygon, -1, axis=0) - polygon
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    return np.column_stack((edges[:, 1], -edges[:, 0]))[lengths > 0] / lengths[lengths > 0, None]


def separation(first: Points, second: Points) -> float:
    """Gap between two convex polygons along the best of their edge normals, metres.

    Negative where they overlap (the depth); never more than the true distance.
    """
    axes = np.vstack((_normals(first), _normals(second)))
    a, b = first @ axes.T, second @ axes.T
    return float(np.maximum(b.min(0) - a.max(0), a.min(0) - b.max(0)).max())


def inside_convex(
    polygon: Points, x: NDArray[np.float32], y: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Mark the points (broadcast of ``x`` and ``y``) that lie in a convex polygon."""
    turn = _signed_area(polygon)
    inside = np.ones(np.broadcast_shapes(x.shape, y.shape), bool)
    ax, ay = polygon[-1]
    for bx, by in polygon:
        down, right = (bx - ax) * (y - ay), (by - ay) * (x - ax)
        # Comparing rows with columns is faster than the sign of a product over all points.
        inside &= down >= right if turn > 0 else down <= right
        ax, ay = bx, by
    return inside


def _signed_area(polygon: Points) -> float:
    x, y = polygon[:, 0], polygon[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def inside_polygon(
    polygon: Points, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Mark the points (broadcast of ``x`` and ``y``) that lie in any polygon, by crossings."""
    inside = np.zeros(np.broadcast_shapes(x.shape, y.shape), bool)
    for (ax, ay), (bx, by) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if ay != by:
            inside ^= ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return inside


def clip_convex(polygon: Points, frame: Points) -> Points:
    """The part of a convex polygon that lies in a convex frame (Sutherland and Hodgman).

    Returns:
        (n, 2) points, or (0, 2) where nothing is left.
    """
    turn = np.sign(_signed_area(frame))
    points = polygon
    for start, stop in zip(frame, np.roll(frame, -1, axis=0), strict=True):
        if len(points) == 0:
            break
        direction = stop - start
        relative = points - start
        side = turn * (direction[0] * relative[:, 1] - direction[1] * relative[:, 0])
        points = _keep_inside(points, side)
    return points


def _keep_inside(points: Points, side: NDArray[np.float64]) -> Points:
    corners = []
    for i in range(len(points)):
        j = (i + 1) % len(points)
        if side[i] >= 0:
            corners.append(points[i])
        if (side[i] >= 0) != (side[j] >= 0):
            corners.append(points[i] + (points[j] - points[i]) * (side[i] / (side[i] - side[j])))
    return np.array(corners).reshape(-1, 2)


def distance_to_line(line: Points, points: Points) -> Points:
    """Distance of each point to a polyline of two or more vertices, metres."""
    start, edge = line[:-1], np.diff(line, axis=0)
    relative = points[:, None, :] - start
    fraction = (relative * edge).sum(-1) / np.maximum((edge * edge).sum(-1), 1e-12)
    nearest = relative - np.clip(fraction, 0, 1)[..., None] * edge
    distance: Points = np.sqrt((nearest * nearest).sum(-1).min(1))
    return distance


def distance_field(
    line: Points, x: NDArray[np.float32], y: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Distance of the places x (1, width) and y (height, 1) to a polyline, (height, width)."""
    squared = np.full((y.shape[0], x.shape[1]), np.inf, np.float32)
    for start, edge in zip(line[:-1], np.diff(line, axis=0), strict=True):
        dx, dy = x - np.float32(start[0]), y - np.float32(start[1])
        step = (edge / max(float(edge @ edge), 1e-12)).astype(np.float32)
        fraction = np.clip(dx * step[0] + dy * step[1], 0, 1)
        dx, dy = dx - fraction * np.float32(edge[0]), dy - fraction * np.float32(edge[1])
        np.minimum(squared, dx * dx + dy * dy, out=squared)
    return np.sqrt(squared, out=squared)
