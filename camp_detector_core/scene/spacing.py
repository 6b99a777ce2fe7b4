"""Keeps objects apart: what has been placed, and whether one more fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .shapes import TOUCH, clip_convex, distance_to_line, polygon_area, separation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .objects import SceneObject
    from .shapes import Points

_CELL: Final = 20.0
"""Side of the cells in which placed objects are looked up, metres."""


class Placer:
    """The objects placed so far in a scene, none of which overlap."""

    def __init__(self, frame: Points, *, roads: Sequence[tuple[Points, float]] = ()) -> None:
        """Start with bare ground.

        Args:
            frame: Convex outline of the ground that the image shows, metres.
            roads: Polylines with their widths, metres, which stay free.
        """
        self.objects: list[SceneObject] = []
        self._frame = frame
        self._roads = roads
        self._cells: dict[tuple[int, int], list[int]] = {}
        self._circles: list[tuple[float, float, float]] = []

    def offer(self, scene_object: SceneObject, *, gap: float) -> bool:
        """Place an object if it keeps ``gap`` metres to all others and leaves the roads free.

        A ``gap`` of 0 lets outlines touch. Returns whether it was placed.
        """
        if (
            self._cut_apart(scene_object)
            or self._on_road(scene_object)
            or self._collides(scene_object, gap=gap)
        ):
            return False
        x, y = scene_object.centre
        self._circles.append((x, y, scene_object.radius))
        self.objects.append(scene_object)
        for cell in _cells_around(x, y, scene_object.radius):
            self._cells.setdefault(cell, []).append(len(self.objects) - 1)
        return True

    def direction_near(self, x: float, y: float) -> float:
        """Direction of an object that stands near a place, radians, or 0 where there is none."""
        nearby = [i for cell in _cells_around(x, y, _CELL) for i in self._cells.get(cell, ())]
        if not nearby:
            return 0.0
        away = [np.hypot(self._circles[i][0] - x, self._circles[i][1] - y) for i in nearby]
        return self.objects[nearby[int(np.argmin(away))]].boxes[0].angle

    def _cut_apart(self, scene_object: SceneObject) -> bool:
        # A clipped L shape may fall into two pieces, so roofs with wings stay off the border.
        if len(scene_object.parts) == 1:
            return False
        whole = sum(polygon_area(part) for part in scene_object.parts)
        clipped = (clip_convex(part, self._frame) for part in scene_object.parts)
        visible_area = sum(polygon_area(part) for part in clipped if len(part))
        return 0 < visible_area < whole - TOUCH

    def _on_road(self, scene_object: SceneObject) -> bool:
        if not self._roads:
            return False
        ring = scene_object.outline
        probes = np.vstack((ring, (ring + np.roll(ring, -1, axis=0)) / 2, scene_object.centre))
        for line, width in self._roads:
            clear = width / 2 + 0.4
            far = distance_to_line(line, probes[-1:])[0] > clear + scene_object.radius
            if not far and distance_to_line(line, probes).min() < clear:
                return True
        return False

    def _collides(self, scene_object: SceneObject, *, gap: float) -> bool:
        x, y = scene_object.centre
        reach = scene_object.radius + gap
        nearby = {i for cell in _cells_around(x, y, reach) for i in self._cells.get(cell, ())}
        for index in nearby:
            other_x, other_y, other_radius = self._circles[index]
            if np.hypot(other_x - x, other_y - y) >= reach + other_radius:
                continue
            for own_part in scene_object.parts:
                for other_part in self.objects[index].parts:
                    if separation(own_part, other_part) < gap - TOUCH:
                        return True
        return False


def _cells_around(x: float, y: float, reach: float) -> list[tuple[int, int]]:
    rows = range(int((y - reach) // _CELL), int((y + reach) // _CELL) + 1)
    cols = range(int((x - reach) // _CELL), int((x + reach) // _CELL) + 1)
    return [(row, col) for row in rows for col in cols]
