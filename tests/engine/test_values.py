"""Windows, transforms, grids, scores and preparation: exact small tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.errors import GridError, SpecError
from camp_detector_core.engine.grid import Grid, Shape, Transform, Window
from camp_detector_core.engine.prepare import Stretch, normalise, pad_to
from camp_detector_core.engine.scores import (
    MAX_SCORE,
    NODATA_SCORE,
    score_threshold,
    to_classes,
    to_scores,
)
from camp_detector_core.engine.spec import Band

NORTH_UP = Transform(0.5, 0, 100, 0, -0.25, 900)


def test_window_refuses_what_is_no_rectangle() -> None:
    with pytest.raises(GridError, match="row -1"):
        Window(-1, 0, 1, 1)
    with pytest.raises(GridError, match="0 x 5"):
        Window(0, 0, 0, 5)


def test_window_algebra() -> None:
    a, b = Window(2, 3, 10, 10), Window(8, 1, 10, 4)
    assert a.intersection(b) == Window(8, 3, 4, 2)
    assert a.intersection(Window(12, 3, 1, 1)) is None
    assert Window(8, 3, 4, 2).slices_in(a) == (slice(6, 10), slice(0, 2))
    with pytest.raises(GridError, match="does not lie in"):
        b.slices_in(a)


def test_a_window_of_a_grid_takes_its_place_along() -> None:
    grid = Grid(Shape(40, 60), NORTH_UP, "WKT", (2.0, 4.0))
    part = grid[Window(10, 20, 5, 6)]
    assert part.transform == Transform(0.5, 0, 110, 0, -0.25, 897.5)
    assert part.shape == (5, 6)
    assert part.gsd == grid.gsd == (1.0, 1.0)
    assert part.pixel_area == 1.0
    assert part.crs_wkt == "WKT"
    corner = np.array([[0.0, 0.0]])
    np.testing.assert_array_equal(
        part.transform.apply(corner), grid.transform.apply(np.array([[20.0, 10.0]]))
    )
    with pytest.raises(GridError, match="40 x 60"):
        grid[Window(39, 0, 2, 1)]


def test_rotation_does_not_change_the_gsd() -> None:
    turned = Transform(0.3, -0.4, 0, 0.4, 0.3, 0)
    assert Grid(Shape(1, 1), turned, None).gsd == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize(
    ("shape", "transform", "metres", "message"),
    [
        ((0, 4), NORTH_UP, (1.0, 1.0), "0 x 4"),
        ((4, 4), Transform(1, 1, 0, 1, 1, 0), (1.0, 1.0), "nowhere"),
        ((4, 4), Transform(1, 0, np.nan, 0, 1, 0), (1.0, 1.0), "nowhere"),
        ((4, 4), NORTH_UP, (0.0, 1.0), "positive"),
    ],
)
def test_grids_on_which_nothing_can_lie(
    shape: tuple[int, int], transform: Transform, metres: tuple[float, float], message: str
) -> None:
    with pytest.raises(GridError, match=message):
        Grid(Shape(*shape), transform, None, metres)


def test_scores_round_trip_every_score() -> None:
    scores = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    valid = scores[0] != NODATA_SCORE
    probabilities = scores.astype(np.float32) / MAX_SCORE
    round_trip = to_scores(np.where(valid, probabilities, 0), valid)
    np.testing.assert_array_equal(round_trip, scores)


@given(st.floats(0.001, 1))
def test_the_threshold_in_scores_is_the_threshold_in_probabilities(threshold: float) -> None:
    lowest = score_threshold(threshold)
    assert lowest / MAX_SCORE >= threshold - 1e-9
    assert lowest == 1 or (lowest - 1) / MAX_SCORE < threshold


def test_classes_of_scores() -> None:
    scores = np.array([[[0, 127, 200, 200, 255]], [[0, 10, 250, 200, 255]]], np.uint8)
    np.testing.assert_array_equal(to_classes(scores, 0.5, (7, 3)), [[0, 7, 3, 7, 255]])
    np.testing.assert_array_equal(to_classes(scores[:1], 0.5, (7,)), [[0, 7, 7, 7, 255]])
    np.testing.assert_array_equal(to_classes(scores[:1], 0.51, (7,)), [[0, 0, 7, 7, 255]])
    for wrong in (0, -1, 1.1):
        with pytest.raises(SpecError, match="threshold"):
            to_classes(scores, wrong, (7, 3))


def test_probabilities_out_of_range_are_clipped() -> None:
    scores = to_scores(np.array([[[-1.0, 2.0]]], np.float32), np.ones((1, 2), bool))
    np.testing.assert_array_equal(scores, [[[0, MAX_SCORE]]])


def test_normalise_is_the_formula_of_the_spec() -> None:
    raw = np.array([[[0, 51, 255]], [[10, 20, 30]]], np.uint8)
    bands = (Band("red", 1 / 255, 0.4, 0.2), Band("nir", 0.1, 1.0, 2.0))
    valid = np.array([[True, True, False]])
    out = normalise(raw, valid, bands)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out[0], [[-2.0, -1.0, 0.0]], atol=1e-6)
    np.testing.assert_allclose(out[1], [[0.0, 0.5, 0.0]], atol=1e-6)


def test_a_stretch_is_clipped_and_needs_a_range() -> None:
    raw = np.array([[[500, 1000, 2000, 9000]]], np.uint16)
    out = normalise(
        raw, np.ones((1, 4), bool), (Band("x", 1.0, 0.5, 0.5),), stretch=Stretch((1000,), (3000,))
    )
    np.testing.assert_allclose(out, [[[-1, -1, 0, 1]]], atol=1e-6)
    for low, high in (((1.0,), (1.0,)), ((1.0,), (1.0, 2.0)), ((), ()), ((np.nan,), (1.0,))):
        with pytest.raises(SpecError, match="stretch"):
            Stretch(low, high)
    with pytest.raises(SpecError, match="takes 1 bands, got 2"):
        normalise(np.zeros((2, 1, 1)), np.ones((1, 1), bool), (Band("x", 1.0, 0.5, 0.5),))


def test_padding_is_neutral_and_can_be_cut_off() -> None:
    chip = np.ones((2, 3, 4), np.float32)
    out = pad_to(chip, 5, 6)
    np.testing.assert_array_equal(out[:, :3, :4], chip)
    assert out.sum() == chip.sum()
    assert pad_to(chip, 3, 4) is chip
