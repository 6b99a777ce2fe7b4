"""Many points are found in areas at once as a plain even-odd rule finds each."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from camp_detector_core.engine.areas import Point, Rings, areas_of


def first_of(areas: list[list[list[Point]]], point: Point) -> int:
    """The first area that holds a point, edge by edge; -1 where none does."""
    return next((i for i, rings in enumerate(areas) if is_inside(rings, *point)), -1)


def is_inside(rings: Rings, x: float, y: float) -> bool:
    """A ray to the right crosses the rings an odd number of times."""
    inside = False
    for a, b in (edge for ring in rings for edge in pairwise(ring)):
        if (a[1] <= y) != (b[1] <= y):
            low, high = (a, b) if a[1] < b[1] else (b, a)
            inside ^= x < low[0] + (y - low[1]) / (high[1] - low[1]) * (high[0] - low[0])
    return inside


def ring(rng: np.random.Generator, corners: int) -> list[tuple[float, float]]:
    """Closed, of whole numbers, so that points lie on corners and edges; it may cross itself."""
    points = [(float(x), float(y)) for x, y in rng.integers(0, 12, (corners, 2))]
    return [*points, points[0]]


@pytest.mark.parametrize("seed", range(20))
def test_as_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    areas = [
        [ring(rng, int(rng.integers(3, 9))) for _ in range(rng.integers(0, 3))] for _ in range(6)
    ]
    points = [(float(x), float(y)) for x, y in rng.integers(-1, 13, (300, 2))]
    points += [(float(x), float(y)) for x, y in rng.uniform(-1, 13, (300, 2))]
    one_by_one = [first_of(areas, point) for point in points]
    assert areas_of(points, areas).tolist() == one_by_one
    assert len(set(one_by_one)) > 2


def test_no_points_and_no_areas() -> None:
    assert areas_of([], [[[(0, 0), (1, 0), (1, 1), (0, 0)]]]).tolist() == []
    assert areas_of([(0.5, 0.5)], []).tolist() == [-1]


def test_it_can_be_stopped() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        areas_of([(0.5, 0.5)], [[[(0, 0), (1, 0), (1, 1), (0, 0)]]], stop)
