"""Figures of made-up polygons, blocks and histograms are the ones worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from camp_detector_core.engine.grid import Grid, Shape, Transform
from training.evaluation.blocks import (
    COLUMNS,
    IOUS,
    LABELLED,
    PREDICTED,
    TP,
    Blocks,
    Squares,
    count_blocks,
    figures_of,
    right_in,
)
from training.evaluation.bootstrap import FEWEST, Rounds, difference_intervals, intervals
from training.evaluation.dwellings import Dwellings
from training.evaluation.matching import Matching
from training.evaluation.pixel import Confusion, ScoreHistogram
from training.evaluation.reliability import Reliability

if TYPE_CHECKING:
    from collections.abc import Sequence

SIDE = 10
"""Pixels of a block in these tests: 5 m at half a metre."""


def boxes(*bounds: Sequence[float]) -> Any:
    return np.array([shapely.box(*b) for b in bounds] or [], object)


def grid(height: int, width: int) -> Grid:
    return Grid(Shape(height, width), Transform(0.5, 0, 0, 0, -0.5, 0), None)


LABELS = boxes((0, 0, 4, 5), (10, 0, 14, 5), (20, 0, 24, 5), (8, 12, 18, 16))
FINDS = boxes((0, 0, 4, 5), (10, 0, 13, 5), (20, 0, 22.3, 5), (20, 12, 24, 16))
"""IoU 1, 0.75, 0.575, and one found where nothing is; the last label is missed."""


def matched(iou: float = 0.5) -> Matching:
    return Matching.of(FINDS, LABELS, iou=iou)


def example_blocks(iou: float = 0.5) -> Blocks:
    empty = np.zeros((20, 30), np.bool_)
    squares = Squares(grid(20, 30), SIDE / 2)
    return count_blocks(squares, 0, (empty, empty, ~empty), matched(iou))


def test_pairs_at_each_overlap() -> None:
    figures = figures_of(example_blocks().sums)
    assert figures["precision"] == figures["recall"] == figures["f1"] == 3 / 4
    # 3 pairs at 0.5 and 0.55, 2 at 0.6 to 0.75, 1 from 0.8 on.
    assert IOUS == (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
    assert figures["mean_f1"] == pytest.approx((2 * 3 + 4 * 2 + 4 * 1) / 4 / 10)
    assert figures["count_error"] == 0
    assert figures_of(example_blocks(0.6).sums)["f1"] == 2 / 4
    assert figures_of(example_blocks(0.6).sums)["mean_f1"] == figures["mean_f1"]


def test_overlaps_below_one_half_can_be_asked_for() -> None:
    loose = Matching.of(boxes((0, 0, 4, 4)), boxes((0, 0, 4, 10)), iou=0.3)
    assert loose.right[0].tolist() == [True]
    assert Matching.of(loose.predicted, loose.labelled, iou=0.5).right[0].tolist() == [False]


def test_a_dwelling_belongs_to_the_block_of_its_centroid() -> None:
    blocks = example_blocks()
    rows = {tuple(p[1:]): c for p, c in zip(blocks.places.tolist(), blocks.counts, strict=True)}
    assert len(rows) == 6
    counts_by_place = {place: int(c[PREDICTED]) for place, c in rows.items()}
    labelled = {place: int(c[LABELLED]) for place, c in rows.items()}
    assert counts_by_place == {(0, 0): 1, (0, 1): 1, (0, 2): 1, (1, 0): 0, (1, 1): 0, (1, 2): 1}
    # The last label lies across a border; its centroid is at (13, 14).
    assert labelled == {(0, 0): 1, (0, 1): 1, (0, 2): 1, (1, 0): 0, (1, 1): 1, (1, 2): 0}


def test_a_pair_across_a_border_counts_on_both_sides_of_it() -> None:
    empty = np.zeros((10, 20), np.bool_)
    pair = Matching.of(boxes((4, 2, 14, 8)), boxes((7, 2, 15, 8)), iou=0.5)
    squares = Squares(grid(10, 20), SIDE / 2)
    blocks = count_blocks(squares, 0, (empty, empty, ~empty), pair)
    right, recalled = right_in(blocks.counts)
    assert (right.tolist(), recalled.tolist()) == ([1, 0], [0, 1])
    assert figures_of(blocks.sums)["f1"] == 1


def test_pixels_of_blocks_add_up() -> None:
    rng = np.random.default_rng(1)
    predicted, labelled, valid = (rng.random((33, 47)) < p for p in (0.4, 0.5, 0.9))
    squares = Squares(grid(33, 47), SIDE / 2)
    none = Matching.of(boxes(), boxes(), iou=0.5)
    blocks = count_blocks(squares, 3, (predicted, labelled, valid), none)
    assert blocks.pixels == Confusion.of(predicted[valid], labelled[valid])
    assert set(blocks.places[:, 0]) == {3}
    at = {tuple(p): c for p, c in zip(blocks.places.tolist(), blocks.counts, strict=True)}
    part = np.s_[10:20, 40:47]
    assert at[3, 1, 4][TP] == int((predicted & labelled & valid)[part].sum())
    assert len(at) == 4 * 5


def test_blocks_are_squares_on_the_ground_where_pixels_are_not() -> None:
    """Pixels of 0.3 m by 0.7 m in blocks of 2 m: a pixel belongs where its centre is."""
    wide = Grid(Shape(9, 20), Transform(0.3, 0, 0, 0, -0.7, 0), None)
    rows, cols = Squares(wide, 2.0).rows_and_cols()
    assert rows.tolist() == [0, 3, 6]
    assert cols.tolist() == [0, 7, 13]
    tiny_rows, _ = Squares(wide, 0.5).rows_and_cols()
    assert tiny_rows.tolist() == list(range(9))


def test_blocks_at_one_place_are_added_up_and_others_kept() -> None:
    one, other = example_blocks(), example_blocks()
    total = Blocks.total([one, other])
    assert (total.counts == 2 * one.counts).all()
    moved = Blocks(other.places + np.array([1, 0, 0]), other.counts)
    assert len(Blocks.total([one, moved]).counts) == 2 * len(one.counts)
    assert Blocks.total([]).counts.shape == (0, COLUMNS)


HALF_METRE = Grid(Shape(40, 40), Transform(0.5, 0.0, 0.0, 0.0, -0.5, 0.0), None)


def test_sizes_and_areas() -> None:
    """At a quarter of a square metre a pixel: labels of 5, 5, 5 and 10 m2."""
    dwellings = matched().dwellings(HALF_METRE)
    rows = dwellings.by_size((3.0, 5.0, 10.0))
    assert [r["area_m2"] for r in rows] == ["below 3", "3 to 5", "5 to 10", "10 and more"]
    assert [r["labelled"] for r in rows] == [0, 0, 3, 1]
    assert [r["recall"] for r in rows] == [None, None, 1.0, 0.0]
    assert [r["found"] for r in rows] == [1, 2, 1, 0]
    assert [r["precision"] for r in rows] == [1.0, 0.5, 1.0, None]
    assert dwellings.area_error == pytest.approx(-0.25)
    assert [r["median_area_error"] for r in rows] == [None, None, -0.25, None]
    assert dwellings.panoptic_quality == pytest.approx((1 + 0.75 + 0.575) / 4)


def test_the_error_of_areas_goes_by_the_labelled_size() -> None:
    pairs = np.array([(1, 0), (0, 1)], np.intp)
    dwellings = Dwellings(np.array([10.0, 12.0]), np.array([8.0, 20.0]), pairs, np.ones(2))
    assert [r["median_area_error"] for r in dwellings.by_size((9.0,))] == [0.5, -0.5]
    assert dwellings.area_error == 0


def test_dwellings_of_several_areas_keep_their_pairs() -> None:
    one = matched().dwellings(HALF_METRE)
    total = Dwellings.total([one, Dwellings.total([]), one])
    assert total.pairs[3:].tolist() == (one.pairs + 4).tolist()
    assert total.area_error == one.area_error
    assert total.panoptic_quality == pytest.approx(one.panoptic_quality)
    assert Dwellings.total([]).area_error is None
    assert Dwellings.total([]).panoptic_quality == 1


def blocks_of(counts: Any) -> Blocks:
    counts = np.asarray(counts, np.int64)
    places = np.stack([np.zeros(len(counts)), np.arange(len(counts)), np.zeros(len(counts))], 1)
    return Blocks(places.astype(np.intp), counts)


def random_blocks(seed: int, blocks: int) -> Blocks:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 50, (blocks, COLUMNS))
    counts[:, PREDICTED] = counts[:, LABELLED] = 60
    return blocks_of(counts)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(FEWEST, 40))
def test_intervals_hold_the_figures_and_depend_on_the_seed_alone(seed: int, count: int) -> None:
    blocks = random_blocks(seed, count)
    interval, point = intervals(blocks), figures_of(blocks.sums)
    assert set(interval) == set(point)
    for name, (low, high) in interval.items():
        assert low <= point[name] <= high
    assert intervals(blocks) == interval


def test_another_seed_draws_other_blocks() -> None:
    blocks = random_blocks(0, 40)
    assert intervals(blocks, Rounds(seed=1))["pixel_iou"] != intervals(blocks)["pixel_iou"]


def test_intervals_are_those_of_the_textbook() -> None:
    """Drawing blocks one by one, with replacement, gives the same bounds up to chance."""
    blocks = random_blocks(3, 30)
    rng = np.random.default_rng(5)
    samples = [blocks.counts[rng.integers(0, 30, 30)].sum(axis=0) for _ in range(4000)]
    values = figures_of(np.array(samples))["pixel_iou"]
    low, high = intervals(blocks, Rounds(count=4000))["pixel_iou"]
    width = high - low
    assert low == pytest.approx(np.percentile(values, 2.5), abs=width / 10)
    assert high == pytest.approx(np.percentile(values, 97.5), abs=width / 10)


def test_blocks_that_are_all_alike_leave_no_doubt() -> None:
    alike = blocks_of(np.repeat(random_blocks(0, 1).counts, 8, axis=0))
    for name, (low, high) in intervals(alike).items():
        assert low == pytest.approx(high, abs=1e-12), name
        assert low == pytest.approx(figures_of(alike.sums)[name])


def test_few_blocks_give_no_interval() -> None:
    assert intervals(random_blocks(0, FEWEST - 1)) == {}
    assert intervals(random_blocks(0, FEWEST)) != {}
    assert difference_intervals(random_blocks(0, 4), random_blocks(1, 4)) == {}
    assert intervals(Blocks.total([])) == {}


def test_more_ground_gives_narrower_intervals() -> None:
    few, many = (intervals(random_blocks(2, n))["pixel_iou"] for n in (10, 1000))
    assert many[1] - many[0] < (few[1] - few[0]) / 3


def test_a_count_error_without_labels_has_no_interval() -> None:
    counts = np.zeros((6, COLUMNS), np.int64)
    counts[:, PREDICTED] = 1
    interval = intervals(blocks_of(counts))
    assert "count_error" not in interval
    assert interval["precision"] == (0, 0)


def test_differences_are_taken_on_the_same_blocks() -> None:
    """Hard and easy blocks make either figure uncertain, and the difference is certain."""
    counts = np.zeros((40, COLUMNS), np.int64)
    counts[:, LABELLED] = 100
    counts[:, PREDICTED] = np.arange(40)
    more = counts.copy()
    more[:, PREDICTED] += 10
    one, other = blocks_of(counts), blocks_of(more)
    low, high = difference_intervals(other, one)["count_error"]
    assert low == pytest.approx(0.1)
    assert high == pytest.approx(0.1)
    alone = intervals(one)["count_error"]
    assert alone[1] - alone[0] > 0.05
    # A block that one of them has nothing in counts as nothing, and not as missing.
    fewer = Blocks(other.places[:-1], other.counts[:-1])
    empty = blocks_of([*other.counts[:-1], np.zeros(COLUMNS)])
    assert difference_intervals(fewer, one) == difference_intervals(empty, one)
    assert difference_intervals(fewer, one) != difference_intervals(other, one)


def histogram(inside: dict[int, int], outside: dict[int, int]) -> ScoreHistogram:
    tables = []
    for given_counts in (inside, outside):
        table = np.zeros(255, np.int64)
        for score, count in given_counts.items():
            table[score] = count
        tables.append(table)
    return ScoreHistogram(*tables)


def test_calibrated_probabilities_have_no_error() -> None:
    scores = {s: s for s in range(255)}
    perfect = Reliability.of(histogram(scores, {s: 254 - s for s in range(255)}))
    assert perfect.error == pytest.approx(0, abs=1e-12)
    # The mean of p (1 - p) over 0 to 1 in even steps.
    p = np.arange(255) / 254
    assert perfect.brier == pytest.approx(float((p * (1 - p)).mean()))


def test_errors_of_calibration_are_exact() -> None:
    wrong = Reliability.of(histogram({}, {254: 7}))
    assert (wrong.error, wrong.brier) == (1, 1)
    # A quarter of the pixels at 1 are labelled, and half of those at 127/254.
    mixed = Reliability.of(histogram({254: 1, 127: 2}, {254: 3, 127: 2}))
    assert mixed.error == pytest.approx(4 / 8 * 0.75)
    assert mixed.brier == pytest.approx((3 * 1 + 4 * 0.25) / 8)
    filled = [r for r in mixed.rows() if r["pixels"]]
    assert [(r["pixels"], r["labelled_share"]) for r in filled] == [(4, 0.5), (4, 0.25)]
    assert mixed.rows()[0]["mean_probability"] is None


def test_bins_are_of_equal_width_and_hold_all_pixels() -> None:
    even = histogram(dict.fromkeys(range(255), 1), {})
    for bins in (10, 15):
        reliability = Reliability.of(even, bins=bins)
        assert reliability.pixels.sum() == 255
        low = np.arange(bins) / bins
        assert (reliability.confidence >= low - 1e-9).all()
        assert (reliability.confidence < low + 1 / bins).all()


def test_without_a_pixel_there_is_no_calibration() -> None:
    reliability = Reliability.of(histogram({}, {}))
    assert np.isnan(reliability.error)
    assert np.isnan(reliability.brier)
