"""The placer keeps objects apart, off the roads, and wings off the border."""

from __future__ import annotations

import numpy as np
import pytest

from camp_detector_core.scene.objects import (
    SceneObject,
    Slot,
    build_dwelling,
    build_neighbour,
    build_wing,
)
from camp_detector_core.scene.shapes import Box, separation
from camp_detector_core.scene.spacing import Placer

FRAME = np.array(((0, 0), (60, 0), (60, 40), (0, 40)), float)


def roof(x: float, y: float, *, angle: float = 0.0) -> SceneObject:
    """A tin roof without wings, 5 m x 4.2 m or a little less."""
    return build_dwelling(np.random.default_rng(1), Slot("tin_roof", x, y, angle, 0.05, 0))


def wing(x: float, y: float) -> SceneObject:
    slot = Slot("tin_roof", x, y, 0.0, 0.5, 0)
    return build_wing(np.random.default_rng(1), slot, Box(x, y, 0.0, 4.0, 2.5))


@pytest.mark.parametrize(("distance", "fits"), [(4.0, False), (5.2, False), (6.5, True)])
def test_the_gap_is_kept(distance: float, fits: bool) -> None:
    placer = Placer(FRAME)
    assert placer.offer(roof(20, 20), gap=1.0)
    assert placer.offer(roof(20 + distance, 20), gap=1.0) is fits
    assert len(placer.objects) == 1 + fits


def test_a_far_object_in_the_same_cell_and_a_near_one_in_another() -> None:
    placer = Placer(FRAME)
    assert placer.offer(roof(19.5, 19.5), gap=0.5)
    assert placer.offer(roof(5, 5), gap=0.5)
    assert not placer.offer(roof(20.5, 20.5), gap=0.5)


def test_a_neighbour_may_share_a_wall_when_the_gap_is_nothing() -> None:
    placer = Placer(FRAME)
    first = roof(30, 20, angle=0.7)
    joined = build_neighbour(np.random.default_rng(4), first, length=6.0)
    assert separation(first.outline, joined.outline) == pytest.approx(0, abs=1e-9)
    assert placer.offer(first, gap=0.25)
    assert not placer.offer(joined, gap=0.25)
    assert placer.offer(joined, gap=0.0)


@pytest.mark.parametrize(("y", "fits"), [(10.0, False), (12.0, False), (16.0, True)])
def test_roads_stay_free(y: float, fits: bool) -> None:
    road = (np.array(((0.0, 10.0), (60.0, 10.0))), 4.0)
    assert Placer(FRAME, roads=[road]).offer(roof(30, y), gap=0.2) is fits


@pytest.mark.parametrize(("x", "fits"), [(30.0, True), (2.0, False), (58.0, False), (90.0, True)])
def test_wings_lie_inside_or_outside_but_not_across_the_border(x: float, fits: bool) -> None:
    assert Placer(FRAME).offer(wing(x, 20), gap=0.2) is fits


def test_roofs_without_wings_may_be_cut() -> None:
    assert Placer(FRAME).offer(roof(0, 20), gap=0.2)
