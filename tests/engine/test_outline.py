"""New outlines keep their distance, their area and their validity; rectangles are found."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import Polygon

from benchmarks.polygonise import building_mask, draw, noise_mask
from camp_detector_core.engine.errors import SpecError
from camp_detector_core.engine.polygons.dwelling import Dwelling
from camp_detector_core.engine.polygons.outline import OutlineOptions, refine_all
from camp_detector_core.engine.polygons.rings import Rings
from camp_detector_core.engine.polygons.square import MIN_IOU
from camp_detector_core.engine.polygons.validity import faulty_sides
from tests.support.masks import area_of, blobs, content, dwellings_in, ring_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

tolerances = st.sampled_from([0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 6.0])


def redrawn(dwelling: Dwelling, options: OutlineOptions) -> Dwelling | None:
    """Redraw one dwelling alone; None if it is dropped."""
    return next(iter(refine_all((dwelling,), options)), None)


def polygon(dwelling: Dwelling) -> Polygon:
    return Polygon(dwelling.exterior, dwelling.holes)


def iou(one: Polygon, other: Polygon) -> float:
    shared = one.intersection(other).area
    return shared / (one.area + other.area - shared)


def distance(one: Dwelling, other: Dwelling) -> float:
    """The Hausdorff distance of two outlines, both ways, from points along them."""
    lines = polygon(one).boundary, polygon(other).boundary
    return shapely.hausdorff_distance(*lines, densify=0.25)


def same_but_for_the_outline(one: Dwelling, other: Dwelling) -> bool:
    return (one.class_value, one.pixels, one.score_sum, len(one.holes)) == (
        other.class_value,
        other.pixels,
        other.score_sum,
        len(other.holes),
    )


def building(half: tuple[float, float], angle: float, *, size: int = 64, cut: bool = False):  # noqa: ANN201
    """The dwelling of one drawn rectangle, and the rectangle itself."""
    mask = np.zeros((size, size), np.uint8)
    middle = size / 2 + 0.3, size / 2 - 0.4
    draw(mask, middle, half, np.radians(angle), cut=cut)
    dwellings = dwellings_in(mask)
    box = shapely.box(-half[0], -half[1], half[0], half[1])
    box = affinity.translate(affinity.rotate(box, angle, origin=(0, 0)), middle[1], middle[0])
    return max(dwellings, key=lambda d: d.pixels), box


@given(blobs(), tolerances)
def test_simplified_outlines_keep_their_promises(mask: np.ndarray, tolerance: float) -> None:
    exact = dwellings_in(mask)
    new = refine_all(exact, OutlineOptions(tolerance=tolerance))
    assert len(new) == len(exact)
    for old, outline in zip(exact, new, strict=True):
        assert same_but_for_the_outline(old, outline)
        assert polygon(outline).is_valid
        assert distance(old, outline) <= tolerance + 1e-9
        assert area_of(outline) == pytest.approx(area_of(old), rel=1e-8)
        assert len(outline.exterior) <= len(old.exterior)


@given(blobs(), tolerances, st.integers(0, 2**20), st.integers(0, 2**20), st.booleans())
def test_a_dwelling_is_redrawn_alike_wherever_it_lies(
    mask: np.ndarray, tolerance: float, right: int, down: int, square: bool
) -> None:
    by, options = np.array((right, down), float), OutlineOptions(tolerance, square=square)
    original = dwellings_in(mask)
    moved = [
        replace(d, exterior=d.exterior + by, holes=tuple(h + by for h in d.holes)) for d in original
    ]
    for one, other in zip(refine_all(original, options), refine_all(moved, options), strict=True):
        # Which corner is the smallest may be up to rounding.
        rings = (one.exterior, *one.holes), (other.exterior, *other.holes)
        for here_ring, there_ring in zip(*rings, strict=True):
            corners = [np.round(ring[:-1], 6) for ring in (here_ring + by, there_ring)]
            assert sorted(map(tuple, corners[0])) == sorted(map(tuple, corners[1]))


@given(blobs(), st.sampled_from([0.0, 1.0, 2.0]))
def test_squared_outlines_overlap_the_region(mask: np.ndarray, tolerance: float) -> None:
    exact = dwellings_in(mask)
    plain = refine_all(exact, OutlineOptions(tolerance=tolerance))
    squared = refine_all(exact, OutlineOptions(tolerance=tolerance, square=True))
    for old, simple, outline in zip(exact, plain, squared, strict=True):
        assert same_but_for_the_outline(old, outline)
        assert polygon(outline).is_valid
        assert area_of(outline) == pytest.approx(area_of(old), rel=1e-8)
        if content(outline) != content(simple):
            assert len(outline.exterior) == 5
            assert iou(polygon(old), polygon(outline)) >= MIN_IOU - 1e-9


@given(blobs(side=30), tolerances, st.booleans())
def test_rings_keep_their_form(mask: np.ndarray, tolerance: float, square: bool) -> None:
    for dwelling in refine_all(dwellings_in(mask), OutlineOptions(tolerance, square)):
        assert ring_area(dwelling.exterior) < 0
        assert all(ring_area(hole) > 0 for hole in dwelling.holes)
        for ring in (dwelling.exterior, *dwelling.holes):
            assert np.array_equal(ring[0], ring[-1])
            assert ring[0, ::-1].tolist() == min(ring[:, ::-1].tolist())


@given(blobs(side=30), tolerances, st.booleans())
def test_one_by_one_is_as_all_at_once(mask: np.ndarray, tolerance: float, square: bool) -> None:
    exact = dwellings_in(mask)
    options = OutlineOptions(tolerance, square, min_pixels=3)
    alone = [redrawn(dwelling, options) for dwelling in exact]
    together = refine_all(exact, options)
    assert [content(d) for d in alone if d is not None] == [content(d) for d in together]
    assert [d is None for d in alone] == [d.pixels < 3 for d in exact]


def test_nothing_to_do_leaves_the_very_dwellings() -> None:
    exact = dwellings_in(building_mask(100, 1))
    assert refine_all(exact, OutlineOptions()) == exact
    assert refine_all([], OutlineOptions(tolerance=1, square=True)) == []


@pytest.mark.parametrize("square", [False, True])
@pytest.mark.parametrize("tolerance", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("side", [1, 2, 3, 4, 6, 27])
def test_upright_rectangles_stay_as_they_are(side: int, tolerance: float, square: bool) -> None:
    mask = np.zeros((side + 4, 2 * side + 4), np.uint8)
    mask[2 : 2 + side, 1 : 1 + 2 * side] = 1
    (exact,) = dwellings_in(mask)
    refined = redrawn(exact, OutlineOptions(tolerance, square))
    assert refined is not None
    assert content(refined) == content(exact)


@pytest.mark.parametrize("angle", [0, 7, 15, 30, 45, 62, 80])
@pytest.mark.parametrize("half", [(12, 8), (9, 9), (20, 5)])
def test_slanting_roofs_get_four_corners(half: tuple[float, float], angle: float) -> None:
    exact, truth = building(half, angle)
    simple = redrawn(exact, OutlineOptions(tolerance=1.5))
    square = redrawn(exact, OutlineOptions(tolerance=1.5, square=True))
    assert simple is not None
    assert square is not None
    assert len(simple.exterior) <= 7
    assert len(square.exterior) == 5
    # The rectangle is as near to the roof as its pixels are, or nearer.
    assert iou(polygon(square), truth) > max(0.92, iou(polygon(exact), truth) - 0.002)
    corner = np.diff(square.exterior, axis=0)
    assert np.abs((corner * np.roll(corner, 1, axis=0)).sum(axis=1)).max() < 1e-6


@pytest.mark.parametrize("angle", [0, 20, 45])
def test_what_is_no_rectangle_is_not_made_one(angle: float) -> None:
    y, x = np.indices((60, 60)) - 29.5
    wing, _ = building((16, 14), angle, cut=True)
    disc, triangle, ring = (
        dwellings_in(mask.astype(np.uint8))[0]
        for mask in (
            x**2 + y**2 < 400,
            (y < 20) & (y > 1.8 * np.abs(x) - 20),
            (np.abs(x) < 15) & (np.abs(y) < 12) & ~((np.abs(x) < 3) & (np.abs(y) < 3)),
        )
    )
    for exact in (wing, disc, triangle, ring):
        plain = redrawn(exact, OutlineOptions(tolerance=1))
        square = redrawn(exact, OutlineOptions(tolerance=1, square=True))
        assert content(square) == content(plain)


def test_few_corners_remain_of_building_like_masks() -> None:
    exact = dwellings_in(building_mask(600, 3))
    new = refine_all(exact, OutlineOptions(tolerance=1))
    before, after = (np.mean([len(d.exterior) - 1 for d in part]) for part in (exact, new))
    assert before > 50
    assert after < 7


@pytest.mark.parametrize("mask", [noise_mask(120, 2), 1 - np.pad(noise_mask(60, 3), 4)])
def test_noise_stays_valid(mask: np.ndarray) -> None:
    exact = dwellings_in(mask.astype(np.uint8))
    new = refine_all(exact, OutlineOptions(tolerance=1.5, square=True))
    assert all(polygon(d).is_valid for d in new)
    assert sum(area_of(d) for d in new) == pytest.approx(mask.sum(), rel=1e-8)


def test_far_from_the_origin_nothing_changes() -> None:
    mask = building_mask(120, 6)
    original, moved = dwellings_in(mask), []
    offset = np.array([2.0**20, 2.0**19])
    for d in original:
        rings = d.exterior + offset, tuple(hole + offset for hole in d.holes)
        moved.append(Dwelling(*rings, d.class_value, d.pixels, d.score_sum))
    options = OutlineOptions(tolerance=1, square=True)
    for near, far in zip(refine_all(original, options), refine_all(moved, options), strict=True):
        assert near.exterior.shape == far.exterior.shape
        assert np.abs(near.exterior + offset - far.exterior).max() < 1e-6


@pytest.mark.parametrize(
    "options", [{"tolerance": -1.0}, {"tolerance": np.nan}, {"min_pixels": -1.0}]
)
def test_options_that_mean_nothing_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(SpecError, match="must be 0 or more"):
        OutlineOptions(**options)


def rings_of(*polygons: list[list[tuple[float, float]]]) -> Rings:
    parts = [np.array(ring, float) for rings in polygons for ring in rings]
    x, y = np.concatenate(parts).T
    owner = np.repeat(np.arange(len(polygons)), [len(rings) for rings in polygons])
    return Rings(x, y, np.cumsum([0, *map(len, parts)]), owner)


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (left, bottom), (right, bottom), (right, top)]


def valid_polygons(rings: Rings) -> NDArray[np.bool_]:
    """Find the polygons without a faulty side, (n,)."""
    is_valid = np.ones(rings.owner[-1] + 1, bool)
    is_valid[rings.owner[rings.ring[faulty_sides(rings)]]] = False
    return is_valid


@pytest.mark.parametrize(
    ("rings", "good"),
    [
        ([box(0, 0, 40, 40)], True),
        ([box(0, 0, 40, 40), box(2, 2, 5, 5), box(20, 20, 39, 39)], True),
        ([[(0, 0), (10, 10), (10, 0), (0, 10)]], False),
        ([box(0, 0, 40, 40), box(50, 2, 55, 5)], False),
        ([box(0, 0, 40, 40), box(-9, 2, -2, 5)], False),
        ([box(0, 0, 40, 40), box(-1, -1, 41, 41)], False),
        ([box(0, 0, 40, 40), box(10, 10, 30, 30), box(15, 15, 20, 20)], False),
        ([box(0, 0, 40, 40), box(10, 10, 30, 30), box(29, 15, 35, 20)], False),
        ([box(0, 0, 40, 40), box(0, 10, 5, 30)], False),
        ([box(0, 0, 40, 40), box(10, 10, 20, 20), box(20, 20, 30, 30)], False),
        ([[(0, 0), (10, 0), (5, 0), (5, 9)]], False),
        ([[(0, 0), (0, 9), (5, 9), (5, 9), (5, 0)]], False),
        ([[(0, 0), (0, 90), (50, 90), (50, 45), (0.0, 45), (50, 40)]], False),
    ],
)
def test_faults_are_seen(rings: list[list[tuple[float, float]]], good: bool) -> None:
    beside = [box(100, 0, 120, 300)]
    assert valid_polygons(rings_of(rings)).tolist() == [good]
    assert valid_polygons(rings_of(beside, rings, beside)).tolist() == [True, good, True]


corners = st.lists(
    st.tuples(st.floats(0, 60, width=32), st.floats(0, 60, width=32)), min_size=3, max_size=9
)


@given(corners, st.booleans())
def test_rings_are_judged_as_shapely_does(ring: list[tuple[float, float]], star: bool) -> None:
    if star:  # by angle around a point, most are simple
        ring.sort(key=lambda p: np.arctan2(p[1] - 29.7, p[0] - 30.1))
    # Only what is nearly a touch may be judged more strictly.
    if valid_polygons(rings_of([ring]))[0]:
        assert Polygon(ring).is_valid
    elif Polygon(ring).is_valid:
        assert nearest_to_itself(ring) < 1e-6


def nearest_to_itself(ring: list[tuple[float, float]]) -> float:
    """The smallest distance of sides, or of ends of neighbours, that are apart."""
    closed = [*ring, ring[0]]
    sides = [shapely.LineString(pair) for pair in itertools.pairwise(closed)]
    count = len(sides)
    distances = [
        sides[i].distance(sides[j])
        for i in range(count)
        for j in range(i + 2, count)
        if (j + 1) % count != i
    ]
    ends = [sides[i].distance(shapely.Point(closed[(i + 2) % count])) for i in range(count)] + [
        sides[i].distance(shapely.Point(closed[i - 1 if i else -2])) for i in range(count)
    ]
    return min([*distances, *ends, *(side.length for side in sides)])
