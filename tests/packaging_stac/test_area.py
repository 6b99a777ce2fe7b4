"""The ground of training as GeoJSON: valid, turned as RFC 7946 asks, and no larger than it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.stac import StacError, area_of_bbox, area_of_footprints, area_of_geojson
from camp_detector_core.stac.area import MAX_POINTS

STEP = 0.001
"""Side of a chip in degrees."""


def ring(west: float, south: float, *, side: float = STEP) -> Any:
    """The outline of a chip."""
    east, north = west + side, south + side
    points = np.array([(west, south), (west, north), (east, north), (east, south)])
    points[:, 0] = (points[:, 0] + 180) % 360 - 180
    return points


def rings_of(geometry: dict[str, Any]) -> list[Any]:
    several = geometry["type"] == "MultiPolygon"
    polygons = geometry["coordinates"] if several else [geometry["coordinates"]]
    return [shapely.LinearRing(r) for polygon in polygons for r in polygon[:1]]


@given(
    cells=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1),
    west=st.floats(-170, 170),
    south=st.floats(-80, 80),
)
def test_the_geometry_is_the_union_of_the_chips(
    cells: set[tuple[int, int]], west: float, south: float
) -> None:
    rings = [ring(west + STEP * x, south + STEP * y) for x, y in cells]
    geometry, bbox = area_of_footprints(rings)
    polygon = shapely.geometry.shape(geometry)
    assert polygon.is_valid
    assert polygon.area == pytest.approx(len(cells) * STEP**2, rel=2e-3)
    assert bbox == pytest.approx(polygon.bounds)
    assert all(r.is_ccw for r in rings_of(geometry))


@given(west=st.floats(179.99, 179.9999), north=st.floats(-70, 70), width=st.integers(11, 40))
def test_an_area_across_the_antimeridian_is_cut_there(
    west: float, north: float, width: int
) -> None:
    rings = [ring(west + STEP * x, north) for x in range(width)]
    geometry, bbox = area_of_footprints(rings)
    polygon = shapely.geometry.shape(geometry)
    assert geometry["type"] == "MultiPolygon"
    assert polygon.is_valid
    assert polygon.area == pytest.approx(width * STEP**2, rel=2e-3)
    assert bbox[0] > 179 > -179 > bbox[2]
    assert np.abs(shapely.get_coordinates(polygon)[:, 0]).max() <= 180
    assert all(r.is_ccw for r in rings_of(geometry))


def test_a_rectangle_of_chips_has_four_corners() -> None:
    geometry, _ = area_of_footprints([ring(85 + STEP * x, 27) for x in range(9)])
    assert len(geometry["coordinates"][0]) == 5


def test_a_ragged_area_becomes_its_convex_hull() -> None:
    rings = [ring(85 + 2 * STEP * x, 27 + 2 * STEP * y) for x in range(12) for y in range(12)]
    geometry, _ = area_of_footprints(rings)
    assert geometry["type"] == "Polygon"
    assert len(geometry["coordinates"][0]) < MAX_POINTS
    assert shapely.geometry.shape(geometry).area == pytest.approx((23 * STEP) ** 2, rel=1e-3)


def test_a_hole_runs_clockwise() -> None:
    rings = [ring(85 + STEP * x, 27 + STEP * y) for x in range(3) for y in range(3)]
    del rings[4]
    geometry, _ = area_of_footprints(rings)
    outer, hole = geometry["coordinates"]
    assert shapely.LinearRing(outer).is_ccw
    assert not shapely.LinearRing(hole).is_ccw


def test_a_box_may_reach_across_the_antimeridian() -> None:
    geometry, bbox = area_of_bbox((179.5, -17.0, -179.5, -16.0))
    assert bbox == (179.5, -17.0, -179.5, -16.0)
    assert shapely.geometry.shape(geometry).area == pytest.approx(1.0)


@pytest.mark.parametrize(
    "box",
    [
        (0, 0, 0, 1),
        (0, 1, 1, 0),
        (0, 0, 200, 1),
        (0, -91, 1, 1),
        (float("nan"), 0, 1, 1),
    ],
)
def test_what_is_no_box_is_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(StacError, match="west, south, east, north"):
        area_of_bbox(box)


def test_polygons_of_geojson_are_taken() -> None:
    one = {"type": "Polygon", "coordinates": [[*ring(85, 27).tolist(), ring(85, 27)[0].tolist()]]}
    feature = {"type": "Feature", "properties": {}, "geometry": one}
    point = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [0, 0]},
    }
    collection = {"type": "FeatureCollection", "features": [feature, point]}
    expected = area_of_footprints([ring(85, 27)])
    assert (
        area_of_geojson(one) == area_of_geojson(feature) == area_of_geojson(collection) == expected
    )


@pytest.mark.parametrize(
    "raw",
    [{}, {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": "x"}],
)
def test_geojson_without_a_polygon_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(StacError):
        area_of_geojson(raw)


def test_footprints_must_lie_on_the_world_and_cover_ground() -> None:
    with pytest.raises(StacError, match="outside"):
        area_of_footprints([ring(85, 27) * 100])
    with pytest.raises(StacError, match="no footprint"):
        area_of_footprints([])
    with pytest.raises(StacError, match="on a line"):
        area_of_footprints([np.array([(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)])])
