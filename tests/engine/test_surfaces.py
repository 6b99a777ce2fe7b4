"""Polygons are found in geometries of any kind; what is left out is counted and said."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.polygons.arcs import arcs_to_lines
from camp_detector_core.engine.polygons.surfaces import Surfaces
from camp_detector_core.engine.polygons.wkb import parts_of

SQUARE = "POLYGON((0 0,2 0,2 2,0 2,0 0))"


def wkb(text: str) -> bytes:
    return bytes(shapely.to_wkb(shapely.from_wkt(text)))


def header(kind: int, count: int) -> bytes:
    return struct.pack("<BII", 1, kind, count)


def points(kind: int, *places: tuple[float, ...]) -> bytes:
    return header(kind, len(places)) + np.array(places, "<f8").tobytes()


def triangle(*places: tuple[float, ...], kind: int = 1017) -> bytes:
    ring = (*places, places[0])
    return header(kind, 1) + struct.pack("<I", len(ring)) + np.array(ring, "<f8").tobytes()


numbers = st.floats(-1e3, 1e3, allow_nan=False).map(lambda v: round(v, 3))
boxes = st.tuples(numbers, numbers).map(lambda p: shapely.box(p[0], p[1], p[0] + 3, p[1] + 2))
leaves = st.one_of(
    boxes,
    boxes.map(lambda b: b.difference(b.centroid.buffer(0.5))),
    st.tuples(numbers, numbers).map(shapely.Point),
    st.tuples(numbers, numbers).map(lambda p: shapely.LineString([p, (0.5, 1.5)])),
    st.lists(boxes, min_size=1, max_size=3).map(shapely.MultiPolygon),
)
nested = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4).map(shapely.GeometryCollection), max_leaves=12
)


def polygons_in(shape: Any) -> list[Any]:
    if hasattr(shape, "geoms"):
        return [polygon for part in shape.geoms for polygon in polygons_in(part)]
    return [shape] if shape.geom_type == "Polygon" and not shape.is_empty else []


@given(nested, st.sampled_from(["iso", "extended"]), st.booleans(), st.sampled_from([2, 3]))
def test_all_polygons_come_out_whatever_holds_them(
    shape: Any, flavour: str, little: bool, dimension: int
) -> None:
    """Compared with shapely's own walk through the geometry."""
    if dimension == 3:
        shape = shapely.force_3d(shape, z=7.0)
    data = shapely.to_wkb(shape, output_dimension=dimension, flavor=flavour, byte_order=int(little))
    polygons = [o.wkb() for o in Surfaces(skip_repeated=False).take(data)]
    expected = [shapely.force_2d(p) for p in polygons_in(shape)]
    assert [shapely.from_wkb(f[0]).wkt for f in polygons] == [p.wkt for p in expected]


def test_what_is_no_polygon_is_counted_and_said() -> None:
    surfaces = Surfaces()
    collection = f"GEOMETRYCOLLECTION(POINT(1 1),GEOMETRYCOLLECTION({SQUARE},LINESTRING(0 0,1 1)))"
    features = [wkb(t) for t in (collection, "MULTILINESTRING((0 0,1 1),(2 2,3 3))", "POINT EMPTY")]
    counts = [len(surfaces.take(f)) for f in (*features, None, b"\1\3\0\0", wkb(SQUARE))]
    assert counts == [1, 0, 0, 0, 0, 0]
    assert surfaces.tally.sentence("a.gpkg") == (
        "a.gpkg: 1 of 2 polygons was inside geometry collections and was taken; 3 lines, "
        "1 point, 1 empty geometry, 1 feature without geometry and 1 damaged geometry were left "
        "out; 1 polygon that is the same as another was counted once"
    )


def test_nothing_is_said_of_plain_polygons() -> None:
    surfaces = Surfaces()
    assert len(surfaces.take(wkb("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 0,6 0,6 1,5 0)))"))) == 2
    assert surfaces.tally.sentence("a.gpkg") is None


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("POLYGON((2 2,0 2,0 0,2 0,2 2))", True),
        ("POLYGON((0 0,0 2,2 2,2 0,0 0))", True),
        ("POLYGON((0 0,2 0,2 0,2 2,0 2,0 0))", True),
        ("POLYGON((0 0,2 0,2 2,0 2,0 0),(1 1,1.5 1,1.5 1.5,1 1))", False),
        ("POLYGON((0 0,2 0,2 2,0 2.0000001,0 0))", False),
        ("POLYGON((0 0,1 0,2 0,2 2,0 2,0 0))", False),
    ],
)
def test_the_same_polygon_counts_once(other: str, same: bool) -> None:
    surfaces = Surfaces()
    counts = [len(surfaces.take(wkb(t))) for t in (SQUARE, other, other)]
    assert counts == [1, 0 if same else 1, 0]
    surfaces_again = Surfaces()
    assert [len(surfaces_again.take(wkb(SQUARE), kind)) for kind in ("tent", "house", "tent")] == [
        1,
        1,
        0,
    ]
    every = Surfaces(skip_repeated=False)
    assert [len(every.take(wkb(SQUARE))) for _ in range(3)] == [1, 1, 1]


def test_rings_are_closed_and_coordinates_are_numbers() -> None:
    surfaces = Surfaces()
    open_ring = header(3, 1) + struct.pack("<I4d2d2d", 4, 0, 0, 4, 0, 4, 4, 0, 4)
    (outline,) = surfaces.take(open_ring)
    assert shapely.from_wkb(outline.wkb()[0]).area == 16
    assert surfaces.tally.mended == 1
    for bad in (math.nan, math.inf):
        ring = np.array([(0, 0), (bad, 0), (1, 1), (0, 0)], "<f8")
        assert not surfaces.take(header(3, 1) + struct.pack("<I", 4) + ring.tobytes())
    assert not surfaces.take(header(3, 1) + struct.pack("<I4d", 2, 0, 0, 4, 0))
    assert (surfaces.tally.infinite, surfaces.tally.flat) == (2, 1)


def test_the_faces_of_a_solid_are_one_surface() -> None:
    """A building of triangles is one building."""
    faces = [triangle((0, 0, 1), (2, 0, 1), (2, 2, 1)), triangle((0, 0, 1), (2, 2, 1), (0, 2, 1))]
    for kind, face in ((1016, 1017), (1015, 1003)):
        data = header(kind, 2) + b"".join(f[:1] + struct.pack("<I", face) + f[5:] for f in faces)
        (outline,) = Surfaces().take(data)
        assert shapely.union_all(shapely.from_wkb(outline.wkb())).area == 4


def test_arcs_bound_surfaces() -> None:
    circle = points(8, (0, 0), (1, 1), (2, 0), (1, -1), (0, 0))
    half = header(9, 2) + points(8, (0, 0), (1, 1), (2, 0)) + points(2, (2, 0), (0, 0))
    whole = header(8, 3) + np.array([(0, 0), (2, 0), (0, 0)], "<f8").tobytes()
    surface = header(12, 3) + b"".join(header(10, 1) + ring for ring in (circle, half, whole))
    areas = [
        shapely.from_wkb(o.wkb()[0]).area
        for o in Surfaces(skip_repeated=False).take(header(7, 1) + surface)
    ]
    assert areas == pytest.approx([math.pi, math.pi / 2, math.pi], rel=2e-3)


@given(
    st.floats(-3, 3), st.floats(0.1, 6), st.floats(0.05, 0.95), st.booleans(), st.floats(0.1, 1e6)
)
def test_places_on_an_arc_are_on_it(
    first: float, turn: float, part: float, back: bool, radius: float
) -> None:
    angles = first + (-1 if back else 1) * turn * np.array([0, part, 1])
    arc_points = radius * np.column_stack((np.cos(angles), np.sin(angles))) + 5
    line = arcs_to_lines(arc_points)
    np.testing.assert_array_equal(line[[0, -1]], arc_points[[0, 2]])
    assert np.allclose(np.hypot(*(line - 5).T), radius, rtol=1e-5)
    length = np.hypot(*np.diff(line, axis=0).T).sum()
    assert length == pytest.approx(radius * turn, rel=1e-3)


@given(st.data())
def test_broken_bytes_are_a_value_error_or_parts(data: Any) -> None:
    whole = wkb(f"GEOMETRYCOLLECTION(POINT(1 1),{SQUARE},MULTIPOINT(1 1,2 2))")
    cut = data.draw(st.integers(0, len(whole) - 1))
    broken = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    if cut < len(broken):
        broken[cut] = data.draw(st.integers(0, 255))
    try:
        list(parts_of(bytes(broken)))
    except ValueError:
        return
