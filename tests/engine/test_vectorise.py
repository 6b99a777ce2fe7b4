"""Polygons are GDAL's, exact, valid, and the same however the raster is cut into blocks."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio import features
from shapely.geometry import Polygon, shape

from benchmarks.polygonise import building_mask, noise_mask
from camp_detector_core.engine.errors import GridError
from camp_detector_core.engine.grid import Shape, Window
from camp_detector_core.engine.polygons.vectorise import Dwelling, Linker, trace_block
from tests.support.masks import (
    NODATA,
    area_of,
    class_rasters,
    content,
    dwellings_in,
    partitions,
    ring_area,
    scores_for,
    tiles,
)

rasters_in_blocks = class_rasters().flatmap(
    lambda classes: st.tuples(st.just(classes), partitions(classes.shape))
)


def polygon(dwelling: Dwelling) -> Polygon:
    return Polygon(dwelling.exterior, dwelling.holes)


def of_gdal(classes: np.ndarray) -> list[tuple[int, str]]:
    """Class and normalised outline of each polygon that GDAL finds."""
    shapes = features.shapes(classes, connectivity=4)
    return sorted(
        (int(value), shapely.normalize(shape(outline)).wkt)
        for outline, value in shapes
        if value not in (0, NODATA)
    )


def of_engine(dwellings: list[Dwelling]) -> list[tuple[int, str]]:
    return sorted((d.class_value, shapely.normalize(polygon(d)).wkt) for d in dwellings)


def same(one: list[Dwelling], other: list[Dwelling]) -> bool:
    return sorted(map(content, one)) == sorted(map(content, other))


def all_small_masks(side: int) -> np.ndarray:
    """Every mask of side x side pixels once, apart from each other, in one raster."""
    masks = np.array(list(itertools.product([0, 1], repeat=side * side)), np.uint8)
    per_row = 2 ** (side * side // 2)
    padded = np.pad(masks.reshape(-1, side, side), ((0, 0), (0, 1), (0, 1)))
    rows = padded.reshape(-1, per_row, side + 1, side + 1)
    return np.ascontiguousarray(rows.swapaxes(1, 2).reshape(len(rows) * (side + 1), -1))


@given(class_rasters())
def test_polygons_are_gdals(classes: np.ndarray) -> None:
    assert of_engine(dwellings_in(classes)) == of_gdal(classes)


@given(class_rasters())
def test_polygons_are_valid_and_cover_the_pixels_exactly(classes: np.ndarray) -> None:
    dwellings = dwellings_in(classes)
    assert all(polygon(d).is_valid for d in dwellings)
    assert all(area_of(d) == d.pixels == polygon(d).area for d in dwellings)
    for value in set(range(1, NODATA)) & set(classes.ravel().tolist()):
        inside = classes == value
        of_class = [d for d in dwellings if d.class_value == value]
        assert sum(area_of(d) for d in of_class) == inside.sum()
        assert sum(d.score_sum for d in of_class) == scores_for(classes)[inside].sum()
    assert {d.class_value for d in dwellings} <= set(range(1, NODATA))


@given(class_rasters())
def test_rings_have_the_documented_form(classes: np.ndarray) -> None:
    dwellings = dwellings_in(classes)
    starts = [d.exterior[0, ::-1].tolist() for d in dwellings]
    assert starts == sorted(starts)
    for dwelling in dwellings:
        assert ring_area(dwelling.exterior) < 0
        assert all(ring_area(hole) > 0 for hole in dwelling.holes)
        holes = [hole[0, ::-1].tolist() for hole in dwelling.holes]
        assert holes == sorted(holes)
        for ring in (dwelling.exterior, *dwelling.holes):
            assert ring.dtype == np.float64
            assert np.array_equal(ring[0], ring[-1])
            assert ring[0, ::-1].tolist() == min(ring[:, ::-1].tolist())
            assert len({*map(tuple, ring)}) == len(ring) - 1
            # Every corner is a turn: steps go along rows and columns in turn.
            level = np.diff(ring, axis=0)[:, 1] == 0
            assert (level != np.roll(level, 1)).all()


@settings(max_examples=200)
@given(rasters_in_blocks)
def test_blocks_give_what_the_whole_gives(case: tuple[np.ndarray, list[Window]]) -> None:
    classes, windows = case
    assert same(dwellings_in(classes, windows), dwellings_in(classes))


@pytest.mark.parametrize(("height", "width"), [(None, None), (1, None), (None, 1), (2, 2), (3, 5)])
def test_every_mask_of_three_by_three_pixels(height: int | None, width: int | None) -> None:
    classes = all_small_masks(3)
    windows = tiles(classes.shape, height or classes.shape[0], width or classes.shape[1])
    assert of_engine(dwellings_in(classes, windows)) == of_gdal(classes)


def test_single_pixels_as_blocks_in_any_order() -> None:
    rng = np.random.default_rng(5)
    for density in (0.3, 0.5, 0.7):
        classes = (rng.random((9, 11)) < density).astype(np.uint8)
        windows = tiles(classes.shape, 1, 1)
        shuffled = [windows[i] for i in rng.permutation(len(windows))]
        assert same(dwellings_in(classes, shuffled), dwellings_in(classes))


@pytest.mark.parametrize("side", [2, 4, 6, 8, 10, 14, 20, 27])
def test_squares_keep_their_area_and_their_place(side: int) -> None:
    classes = np.zeros((4 * (side + 3), 4 * (side + 3)), np.uint8)
    corners = [(row * (side + 3) + 1, col * (side + 3) + 2) for row in range(4) for col in range(4)]
    for row, col in corners:
        classes[row : row + side, col : col + side] = 1
    dwellings = dwellings_in(classes, tiles(classes.shape, side // 2 + 1, side))
    by_corner = {tuple(d.exterior[0]): d for d in dwellings}
    assert len(dwellings) == 16
    for row, col in corners:
        dwelling = by_corner[col, row]
        assert area_of(dwelling) / side**2 == 1.0
        assert dwelling.exterior.tolist() == [
            [col, row],
            [col, row + side],
            [col + side, row + side],
            [col + side, row],
            [col, row],
        ]


def test_mean_probability_is_that_of_the_regions_own_pixels() -> None:
    classes = np.array([[1, 1, 0], [2, 1, 1]], np.uint8)
    scores = np.array([[254, 127, 200], [60, 0, 127]], np.uint8)
    fragment = trace_block(Window(0, 0, 2, 3), classes, scores, Shape(2, 3))
    dwellings = Linker(Shape(2, 3)).add(fragment)
    assert [(d.class_value, d.pixels, d.score_sum) for d in dwellings] == [(1, 4, 508), (2, 1, 60)]
    assert [d.mean_probability for d in dwellings] == [0.5, 60 / 254]


def test_a_dwelling_is_handed_out_with_the_block_that_completes_it() -> None:
    classes = np.zeros((9, 4), np.uint8)
    classes[1:5, 1] = 1
    classes[7, 2] = 1
    linker, shape_ = Linker(Shape(9, 4)), Shape(9, 4)
    counts = [
        len(linker.add(trace_block(w, classes[w.slices], classes[w.slices], shape_)))
        for w in tiles(shape_, 3, 4)
    ]
    assert counts == [0, 1, 1]


def spiral(turns: int) -> np.ndarray:
    """One region that winds inwards, one pixel wide."""
    side = 4 * turns + 1
    classes = np.zeros((side, side), np.uint8)
    for turn in range(turns):
        low, high = 2 * turn, side - 2 * turn
        classes[low, low:high] = classes[low:high, high - 1] = classes[high - 1, low:high] = 1
        classes[low + 2 : high, low] = 1
        classes[low + 2, low : low + 3] = 1
    return classes


@pytest.mark.parametrize(
    "classes",
    [
        np.indices((31, 41)).sum(axis=0).astype(np.uint8) % 2,
        np.indices((31, 41)).sum(axis=0).astype(np.uint8) % 2 + 1,
        spiral(12),
        np.pad(
            np.tile(np.array([[1, 0]], np.uint8), (30, 25)), ((0, 1), (0, 0)), constant_values=1
        ),
        np.full((20, 30), 7, np.uint8),
        np.full((20, 30), NODATA, np.uint8),
        np.zeros((20, 30), np.uint8),
    ],
    ids=["chessboard", "two classes", "spiral", "comb", "full", "nodata", "empty"],
)
def test_shapes_that_are_hard(classes: np.ndarray) -> None:
    whole = dwellings_in(classes)
    assert of_engine(whole) == of_gdal(classes)
    for size in ((1, 100), (4, 7), (100, 3)):
        assert same(dwellings_in(classes, tiles(classes.shape, *size)), whole)


def test_rasters_wider_than_sixteen_bits() -> None:
    classes = (np.random.default_rng(3).random((3, 70_000)) < 0.4).astype(np.uint8)
    whole = dwellings_in(classes)
    assert sum(area_of(d) for d in whole) == classes.sum()
    assert all(area_of(d) == d.pixels for d in whole)
    assert same(dwellings_in(classes, tiles(classes.shape, 2, 40_000)), whole)


@pytest.mark.parametrize("mask", [building_mask(400, 1), noise_mask(150, 1)])
def test_larger_masks(mask: np.ndarray) -> None:
    whole = dwellings_in(mask)
    assert of_engine(whole) == of_gdal(mask)
    assert same(dwellings_in(mask, tiles(mask.shape, 64, 500)), whole)
    assert same(dwellings_in(mask, tiles(mask.shape, 61, 67)), whole)


def held_by(value: object) -> int:
    """Bytes of all arrays in an object."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    return sum(map(held_by, vars(value).values())) if hasattr(value, "__dict__") else 0


def strips(mask: np.ndarray, repeats: int, rows: int) -> tuple[list[int], int]:
    """Bytes held after each strip of a mask repeated downwards, and the number of dwellings."""
    height, width = mask.shape
    shape_ = Shape(height * repeats, width)
    linker, fragments, count = Linker(shape_), [], 0
    for window in tiles(shape_, rows, width):
        part = mask[window.row % height : window.row % height + rows]
        count += len(linker.add(trace_block(window, part, part, shape_)))
        fragments.append(held_by(linker))
    linker.finish()
    return fragments, count


def test_memory_depends_on_the_width_and_not_on_the_height() -> None:
    mask = building_mask(256, 4)
    short, few = strips(mask, 2, 16)
    tall, many = strips(mask, 20, 16)
    assert many > 9 * few
    assert max(tall) <= max(short)
    assert max(tall) < 200 * mask.shape[1]
    assert tall[-1] == held_by(Linker(Shape(1, 1)))


def test_a_region_along_all_strips_costs_no_more_than_its_corners() -> None:
    mask = np.zeros((16, 64), np.uint8)
    mask[:, 10:20] = 1  # a road from top to bottom, without a corner
    mask[3:6, 40:44] = 1
    fragments, count = strips(mask, 40, 8)
    assert count == 41
    assert max(fragments[4:]) == max(fragments[:4])


def test_fragments_survive_pickling() -> None:
    mask = building_mask(120, 2)
    linker, out, shape_ = Linker(Shape(120, 120)), [], Shape(120, 120)
    scores = scores_for(mask)
    for window in tiles(shape_, 50, 50):
        fragment = trace_block(window, mask[window.slices], scores[window.slices], shape_)
        out += linker.add(pickle.loads(pickle.dumps(fragment)))  # noqa: S301 - made here
    assert same(out + linker.finish(), dwellings_in(mask))


def test_views_and_strided_blocks_are_welcome() -> None:
    mask = building_mask(120, 2)
    scores = scores_for(mask)
    backwards = np.asfortranarray(mask), np.asfortranarray(scores)
    fragment = trace_block(Window(0, 0, 120, 120), *backwards, Shape(120, 120))
    assert same(Linker(Shape(120, 120)).add(fragment), dwellings_in(mask))


def linked(*blocks: tuple[int, int, int, int]) -> list[Dwelling]:
    """Link blocks (row, col, height, width) of a full raster of 8 x 8 pixels."""
    linker, out = Linker(Shape(8, 8)), []
    for row, col, height, width in blocks:
        pixels = np.ones((height, width), np.uint8)
        window = Window(row, col, height, width)
        out += linker.add(trace_block(window, pixels, pixels, Shape(8, 8)))
    return out + linker.finish()


def test_missing_blocks_are_named() -> None:
    with pytest.raises(GridError, match="24 pixels of the grid were not handed over"):
        linked((0, 0, 5, 8))


@pytest.mark.parametrize("second", [(4, 0, 4, 8), (0, 0, 5, 8), (0, 0, 3, 8), (1, 2, 3, 8 - 2)])
def test_overlapping_blocks_are_refused(second: tuple[int, int, int, int]) -> None:
    with pytest.raises(GridError, match=r"overlap|missing"):
        linked((0, 0, 5, 8), second)


def test_blocks_that_do_not_fit_are_refused() -> None:
    with pytest.raises(GridError, match="does not lie in a grid of 8 x 8"):
        linked((6, 0, 4, 4))
    pixels = np.ones((2, 2), np.uint8)
    with pytest.raises(GridError, match="size of the block"):
        trace_block(Window(0, 0, 2, 3), pixels, pixels, Shape(8, 8))
    fragment = trace_block(Window(0, 0, 2, 2), pixels, pixels, Shape(8, 8))
    with pytest.raises(GridError, match="a grid of 8 x 8 pixels, the others are of 4 x 4"):
        Linker(Shape(4, 4)).add(fragment)
