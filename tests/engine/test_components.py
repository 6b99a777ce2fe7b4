"""Regions are those that a flood fill finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camp_detector_core.engine.polygons.components import connect, label_runs
from tests.support.masks import NODATA, class_rasters, label, scores_for


def flooded(classes: np.ndarray) -> tuple[np.ndarray, int]:
    """Numbers of 4-connected regions of equal class by flood fill, -1 outside."""
    regions = np.full(classes.shape, -1)
    count = 0
    for seed in zip(*np.nonzero((classes != 0) & (classes != NODATA)), strict=True):
        if regions[seed] >= 0:
            continue
        stack = [seed]
        while stack:
            row, col = stack.pop()
            inside = 0 <= row < classes.shape[0] and 0 <= col < classes.shape[1]
            if inside and regions[row, col] < 0 and classes[row, col] == classes[seed]:
                regions[row, col] = count
                stack += [(row - 1, col), (row + 1, col), (row, col - 1), (row, col + 1)]
        count += 1
    return regions, count


@given(class_rasters(side=24))
def test_regions_are_those_of_a_flood_fill(classes: np.ndarray) -> None:
    runs = label_runs(classes)
    regions, count = flooded(classes)
    rows, cols = np.indices(classes.shape).reshape(2, -1)
    assert runs.count == count
    assert np.array_equal(runs.labels_at(rows, cols).reshape(classes.shape), regions)
    scores = scores_for(classes)
    for region in range(count):
        inside = regions == region
        assert runs.pixels()[region] == inside.sum()
        assert runs.sums(scores)[region] == scores[inside].sum()
        assert runs.values()[region] == classes[inside][0]


@given(class_rasters(side=16, classes=1))
def test_a_mask_gets_a_picture_of_numbers(classes: np.ndarray) -> None:
    picture, count = label(classes == 1)
    regions, expected = flooded((classes == 1).astype(np.uint8))
    assert count == expected
    assert picture.dtype == np.int32
    assert np.array_equal(picture, regions + 1)


@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=60),
        )
    )
)
def test_components_of_any_graph(graph: tuple[int, list[tuple[int, int]]]) -> None:
    count, pairs = graph
    reached = np.eye(count, dtype=bool)
    for a, b in pairs:
        reached[a, b] = reached[b, a] = True
    for middle in range(count):
        reached |= reached[:, middle, None] & reached[None, middle]
    first = reached.argmax(axis=1)
    labels, components = connect(count, np.array(pairs, np.intp).reshape(-1, 2))
    assert components == len(set(first.tolist()))
    assert labels.tolist() == np.unique(first, return_inverse=True)[1].tolist()


@pytest.mark.parametrize("legs", [1, 2, 500])
def test_a_comb_is_one_region_whichever_way_it_points(legs: int) -> None:
    comb = np.zeros((40, 2 * legs), bool)
    comb[:, ::2] = True
    for picture in (np.vstack((comb, np.ones((1, 2 * legs), bool))),):
        assert label(picture)[1] == 1
        assert label(picture[::-1])[1] == 1
        assert label(picture.T)[1] == 1
    assert label(comb)[1] == legs


def test_a_graph_of_a_long_chain_and_a_star_is_one_component() -> None:
    count = 100_000
    chain = np.column_stack((np.arange(count - 1), np.arange(1, count)))
    assert connect(count, chain)[1] == 1
    assert connect(count, chain[::-1, ::-1])[1] == 1
    star = np.column_stack((np.full(count - 1, count - 1), np.arange(count - 1)))
    assert connect(count, star)[1] == 1
    assert connect(count, star[:0])[1] == count
