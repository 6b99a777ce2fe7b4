"""Plane geometry against shapely, and the small things that scenes are made of."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.scene import SceneOptions, generate_scene
from camp_detector_core.scene.jpeg import jpeg_round_trip
from camp_detector_core.scene.shapes import (
    Box,
    clip_convex,
    convex_hull,
    distance_field,
    distance_to_line,
    inside_convex,
    inside_polygon,
    polygon_area,
    separation,
)
from camp_detector_core.scene.texture import fractal_field, noise_at, noise_field

boxes = st.builds(
    Box,
    x=st.floats(-8, 8),
    y=st.floats(-8, 8),
    angle=st.floats(0, 6.3),
    half_length=st.floats(0.5, 6),
    half_width=st.floats(0.5, 6),
)
FRAME = np.array(((-5, -6), (4, -6), (6, 1), (2, 5), (-5, 5)), float)


@given(box=boxes)
def test_clipping_is_shapelys_intersection(box: Box) -> None:
    clipped = clip_convex(box.corners, FRAME)
    expected = shapely.Polygon(box.corners).intersection(shapely.Polygon(FRAME)).area
    area = polygon_area(clipped) if len(clipped) else 0.0
    assert area == pytest.approx(expected, abs=1e-7)


@given(first=boxes, second=boxes)
def test_separation_is_a_safe_distance(first: Box, second: Box) -> None:
    a, b = shapely.Polygon(first.corners), shapely.Polygon(second.corners)
    gap = separation(first.corners, second.corners)
    assert gap <= a.distance(b) + 1e-9
    if gap < -1e-6:
        assert a.intersection(b).area > 0


@given(box=boxes)
def test_points_in_polygons_are_shapelys(box: Box) -> None:
    x, y = np.linspace(-9, 9, 37)[None], np.linspace(-9, 9, 31)[:, None]
    grid_x, grid_y = np.broadcast_arrays(x, y)
    shape = shapely.Polygon(box.corners)
    expected = shapely.contains_xy(shape, grid_x, grid_y)
    on_edge = shapely.distance(shape.exterior, shapely.points(grid_x, grid_y)) < 1e-6
    for is_inside in (inside_polygon(box.corners, x, y), inside_convex(box.corners, x, y)):
        assert ((is_inside == expected) | on_edge).all()


def test_points_in_a_concave_polygon() -> None:
    ring = np.array(((0, 0), (6, 0), (6, 4), (4, 4), (4, 2), (0, 2)), float)
    centres = np.arange(6)[None] + 0.5, np.arange(4)[:, None] + 0.5
    inside = inside_polygon(ring, *centres)
    assert inside.sum() == polygon_area(ring) == 16
    assert not inside[2:, :4].any()


@given(points=st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=12))
def test_the_hull_is_shapelys(points: list[tuple[int, int]]) -> None:
    expected = shapely.MultiPoint(points).convex_hull
    if expected.area > 0:
        hull = convex_hull(np.array(points, float))
        assert shapely.Polygon(hull).equals(expected)


def test_distances_to_a_line_are_shapelys() -> None:
    line = np.array(((-3, -1), (0, 2), (4, 2.5), (4, -3)), float)
    x, y = np.linspace(-6, 6, 25)[None], np.linspace(-5, 5, 19)[:, None]
    grid = np.stack(np.broadcast_arrays(x, y), axis=-1).reshape(-1, 2)
    expected = shapely.distance(shapely.LineString(line), shapely.points(grid))
    np.testing.assert_allclose(distance_to_line(line, grid), expected, atol=1e-9)
    field = distance_field(line, x.astype(np.float32), y.astype(np.float32))
    np.testing.assert_allclose(field.ravel(), expected, atol=1e-4)


def test_noise_is_smooth_bounded_and_reproducible() -> None:
    def draw(seed: int) -> np.ndarray:
        return noise_field(np.random.default_rng(seed), shape=(60, 80), cell=12.0)

    field = draw(1)
    assert (field.shape, field.dtype) == ((60, 80), np.float32)
    assert np.abs(field).max() <= 1
    assert field.std() > 0.2
    # Between lattice points 12 pixels and 2 units apart, smoothstep is at most 1.5 times as steep.
    assert np.abs(np.diff(field, axis=1)).max() <= 1.5 * 2 / 12 + 1e-3
    assert np.array_equal(field, draw(1))
    assert not np.array_equal(field, draw(2))
    total = fractal_field(np.random.default_rng(0), shape=(64, 64), cells=(20, 6, 0.3))
    assert np.abs(total).max() <= 1


def test_noise_at_points_is_continuous_across_its_lattice() -> None:
    x = np.linspace(-40, 80, 24_001, dtype=np.float32)
    values = noise_at(np.random.default_rng(3), x, np.float32(0.4))
    assert values.dtype == np.float32
    assert np.abs(values).max() <= 1
    assert np.abs(np.diff(values)).max() < 0.02


@pytest.mark.parametrize("quality", [30, 60, 90])
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_jpeg_artefacts_are_those_of_libjpeg(quality: int) -> None:
    """The error against the original is GDAL's, within a quarter, and worse at low quality."""
    image = generate_scene(SceneOptions(seed=2, height=128, width=160, jpeg_quality=None)).image
    profile = {"driver": "JPEG", "height": 128, "width": 160, "count": 3, "dtype": "uint8"}
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile, QUALITY=quality) as raster:
            raster.write(image)
        with memory.open() as raster:
            decoded_by_libjpeg = raster.read().astype(float)
    decoded = jpeg_round_trip(image.transpose(1, 2, 0).astype(np.float32), quality=quality)
    decoded = decoded.transpose(2, 0, 1)

    def error(other: np.ndarray) -> float:
        return float(np.sqrt(((other - image) ** 2).mean()))

    assert error(decoded) == pytest.approx(error(decoded_by_libjpeg), rel=0.25)
    assert float(np.sqrt(((decoded - decoded_by_libjpeg) ** 2).mean())) < 0.6 * error(
        decoded_by_libjpeg
    )
