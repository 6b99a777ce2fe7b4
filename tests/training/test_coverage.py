"""Scores on pixels are those of polygons that are traced and cut, exactly."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from training.evaluation.buildings import BuildingScore, match_polygons
from training.evaluation.coverage import LabelCoverage
from training.evaluation.truth import Outlines, ground_of, trace

SHAPE = (40, 60)


def labels_of(rng: np.random.Generator, ground: shapely.Geometry, *, smallest: float) -> Outlines:
    """Rectangles of any size, turned, some over the edge and over each other."""
    polygons = []
    for _ in range(int(rng.integers(0, 12))):
        col, row = rng.uniform((-3, -3), (SHAPE[1], SHAPE[0]))
        box = shapely.box(col, row, col + rng.uniform(0.3, 14), row + rng.uniform(0.3, 14))
        polygons.append(
            shapely.affinity.rotate(box, float(rng.choice([0, 45, rng.uniform(0, 90)])))
        )
    values = np.ones(len(polygons), np.uint8)
    return Outlines.of(polygons, values).clipped(ground, smallest=smallest)


@given(st.integers(0, 10**6), st.sampled_from([1.0, 4.0, 9.5]), st.booleans())
def test_a_score_is_that_of_polygons(seed: int, smallest: float, gaps: bool) -> None:
    rng = np.random.default_rng(seed)
    known = np.ones(SHAPE, np.bool_)
    if gaps:
        known[rng.random(SHAPE) < 0.02] = False
        known[:, : int(rng.integers(0, 20))] = False
    ground = ground_of(known)
    labels = labels_of(rng, ground, smallest=smallest)
    # Coarse blobs of two classes on the labels, so that there is something to pair.
    classes = (labels.rasterised(SHAPE) > 0) ^ (rng.random(SHAPE) < rng.choice([0.0, 0.05, 0.5]))
    classes = (classes * (1 + (np.indices(SHAPE)[1] > 30))).astype(np.uint8)
    regions = trace(classes)
    large = shapely.area(regions.polygons) >= smallest
    clipped = Outlines(regions.polygons[large], regions.values[large]).clipped(
        ground, smallest=smallest
    )
    pairs = match_polygons(list(clipped.polygons), list(labels.polygons))
    expected = BuildingScore(len(pairs), len(clipped.polygons), len(labels.polygons))
    coverage = LabelCoverage.of(list(labels.polygons), known)
    assert coverage.score(classes, smallest=smallest) == expected


@pytest.mark.parametrize("smallest", [1.0, 20.0])
def test_the_rim_of_a_detection_on_ignored_ground_counts_for_nothing(smallest: float) -> None:
    """One detection lies a pixel beyond the ignored outline, the other reaches it."""
    doubtful = np.zeros(SHAPE, np.bool_)
    doubtful[10:20, 10:20] = True
    classes = np.zeros(SHAPE, np.uint8)
    classes[9:21, 9:21] = 1
    classes[15:18, 25:40] = 1
    coverage = LabelCoverage.of([shapely.box(25, 15, 40, 18)], ~doubtful, doubtful)
    assert coverage.score(classes, smallest=smallest) == BuildingScore(1, 1, 1)
    assert classes[9, 9] == 1
    classes[15:18, 20:25] = 0
    classes[15:18, 18:25] = 1
    classes[9:21, 9:18] = 0
    assert coverage.score(classes, smallest=smallest).matched == 1
    blind = LabelCoverage.of([shapely.box(25, 15, 40, 18)], ~doubtful)
    classes[9:21, 9:21] = 1
    classes[15:18, 21:25] = 0
    assert blind.score(classes, smallest=smallest) == BuildingScore(1, 2, 1)


def test_shares_add_up_to_the_area() -> None:
    star = shapely.Polygon([(3.2, 1.1), (9.7, 4.4), (2.5, 7.9), (7.1, 0.3), (8.0, 9.6)]).buffer(0)
    largest = max(shapely.get_parts(star), key=shapely.area)
    coverage = LabelCoverage.of([largest], np.ones((12, 12), np.bool_))
    assert coverage.share.sum() == pytest.approx(largest.area, rel=1e-6)
    assert coverage.share.max() <= 1


def test_nothing_to_find() -> None:
    coverage = LabelCoverage.of([], np.ones(SHAPE, np.bool_))
    classes = np.zeros(SHAPE, np.uint8)
    assert coverage.score(classes, smallest=1) == BuildingScore(0, 0, 0)
    classes[3:6, 3:6] = 1
    assert coverage.score(classes, smallest=1) == BuildingScore(0, 1, 0)
