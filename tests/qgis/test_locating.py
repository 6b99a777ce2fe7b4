"""Many points are found in areas as the shared rule finds one."""

from __future__ import annotations

import numpy as np
import pytest

from esri_toolbox.rcd_toolbox.areas import AreaIndex
from qgis_plugin.locating import places_of


def ring(rng: np.random.Generator, corners: int) -> list[tuple[float, float]]:
    """Closed, of whole numbers, so that points lie on corners and edges; it may cross itself."""
    found = [(float(x), float(y)) for x, y in rng.integers(0, 12, (corners, 2))]
    return [*found, found[0]]


@pytest.mark.parametrize("seed", range(20))
def test_as_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    areas = [
        [ring(rng, int(rng.integers(3, 9))) for _ in range(rng.integers(0, 3))] for _ in range(6)
    ]
    points = [(float(x), float(y)) for x, y in rng.integers(-1, 13, (300, 2))]
    points += [(float(x), float(y)) for x, y in rng.uniform(-1, 13, (300, 2))]
    index = AreaIndex(areas)
    one_by_one = [index.of(point) for point in points]
    found = places_of(points, areas, lambda: None)
    assert found.tolist() == [-1 if place is None else place for place in one_by_one]
    assert len(set(one_by_one)) > 2


def test_no_points_and_no_areas() -> None:
    assert places_of([], [[[(0, 0), (1, 0), (1, 1), (0, 0)]]], lambda: None).tolist() == []
    assert places_of([(0.5, 0.5)], [], lambda: None).tolist() == [-1]


def test_it_can_be_stopped() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        places_of([(0.5, 0.5)], [[[(0, 0), (1, 0), (1, 1), (0, 0)]]], stop)
