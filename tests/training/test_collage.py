"""Collages hold whole roofs of training areas, each known by its number, and spoil no ground."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.grid import Window
from tests.support.datasets import SIDE, place
from tests.support.rasters import write_raster
from tests.support.runs import run_options
from training.data.chips import read_chips
from training.data.collage import SIDE_METRES, collage_areas
from training.data.datamodule import CampDataModule
from training.data.layouts import draw_region, draw_sites
from training.data.mosaic import ArrayArea, Patch
from training.data.roofs import LARGEST, SMALLEST, RoofSource
from training.data.shadows import Sun, shade_of
from training.fit.place_options import OptionsError, SplitOptions
from training.fit.run_folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.support.datasets import Town
    from training.fit.options import DataOptions

COARSE = 1.0
"""Metres a pixel, so that a collage has few pixels."""
PIXELS = round(SIDE_METRES / COARSE)
ROOF, GROUND = 250, 90
House = tuple[int, int, int, int]
HOUSES: tuple[House, ...] = ((10, 12, 17, 22), (30, 40, 36, 46), (60, 20, 65, 32))
"""(row, col, stop_row, stop_col) in pixels."""


def patch_of(houses: Sequence[House], *, classes: Sequence[int] = (1,)) -> Patch:
    """Even ground with bright roofs, as large as a collage."""
    owner = np.zeros((PIXELS, PIXELS), np.int32)
    for number, (row, col, stop_row, stop_col) in enumerate(houses, 5):
        owner[row:stop_row, col:stop_col] = number
    values = np.array(classes, np.uint8)[(owner - 5) % len(classes)] * (owner > 0)
    pixels = np.where(owner > 0, ROOF, GROUND).astype(np.uint8)
    true = np.ones_like(owner, np.bool_)
    return Patch(np.stack([pixels] * 3), values.astype(np.uint8), true, true, true, owner)


def area_of(patch: Patch) -> ArrayArea:
    return ArrayArea(patch, (COARSE, COARSE))


def whole(area: ArrayArea) -> Patch:
    return area.read(Window(0, 0, *area.shape))


def collages(*patches: Patch, count: int = 1, seed: int = 0) -> list[Patch]:
    areas = [area_of(patch) for patch in patches]
    values = (1, 2)
    return [whole(a) for a in collage_areas(areas, count, gsd=COARSE, values=values, seed=seed)]


houses_at = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(3, 9), st.integers(3, 9)),
    min_size=1,
    max_size=12,
    unique_by=lambda h: h[:2],
).map(lambda hs: [(16 * r + 4, 16 * c + 4, 16 * r + 4 + h, 16 * c + 4 + w) for r, c, h, w in hs])
"""Houses on a grid, none touching another."""


@settings(max_examples=8, deadline=None)
@given(houses=houses_at, seed=st.integers(0, 2**31))
def test_each_pixel_belongs_to_one_dwelling_that_agrees_with_its_class(
    houses: list[House], seed: int
) -> None:
    ground = patch_of(houses, classes=(1, 2))
    (collage,) = collages(ground, seed=seed)
    owner = collage.owner
    np.testing.assert_array_equal(owner > 0, collage.classes > 0)
    numbers = np.unique(owner[owner > 0])
    np.testing.assert_array_equal(numbers, np.arange(1, len(numbers) + 1))
    for number in numbers:
        assert len(np.unique(collage.classes[owner == number])) == 1
    assert collage.pixels.dtype == ground.pixels.dtype
    assert not (collage.is_certain & ~collage.is_known).any()


@settings(max_examples=8, deadline=None)
@given(houses=houses_at, seed=st.integers(0, 2**31))
def test_dwellings_of_the_ground_stay_as_they_are(houses: list[House], seed: int) -> None:
    """The area is as large as a collage, so its ground is all of it."""
    ground = patch_of(houses)
    (collage,) = collages(ground, seed=seed)
    for number in np.unique(ground.owner[ground.owner > 0]):
        its = ground.owner == number
        (new,) = np.unique(collage.owner[its])
        np.testing.assert_array_equal(collage.owner == new, its)
        assert (collage.pixels[:, its] >= ROOF * (1 - 0.65)).all()


def test_roofs_are_added_in_numbers() -> None:
    added = [int(c.owner.max()) - len(HOUSES) for c in collages(patch_of(HOUSES), count=8)]
    assert min(added) >= 0
    assert np.mean(added) > 20


def test_unknown_ground_stays_unknown_and_unbuilt() -> None:
    """No roof is pasted on it, and what is missing in the image stays missing."""
    ground = patch_of(HOUSES)
    known, valid = ground.is_known.copy(), ground.valid.copy()
    known[:, 80:], valid[100:] = False, False
    known &= valid
    partly = replace(ground, is_known=known, is_certain=known, valid=valid)
    for collage in collages(partly, count=4):
        assert collage.valid.all()  # what has no image is cut off
        np.testing.assert_array_equal(collage.is_known, known[:100])
        assert not collage.owner[~known[:100]].any()


def test_seeds_decide_the_collages() -> None:
    ground = patch_of(HOUSES)
    one, same, other = (collages(ground, count=2, seed=s) for s in (3, 3, 4))
    for a, b in zip(one, same, strict=True):
        for name, array in vars(a).items():
            np.testing.assert_array_equal(array, getattr(b, name))
    assert not np.array_equal(one[0].pixels, one[1].pixels)
    assert not np.array_equal(one[0].pixels, other[0].pixels)
    (first,) = collages(ground, count=1, seed=3)
    np.testing.assert_array_equal(first.pixels, one[0].pixels)


def test_what_is_no_whole_and_certain_roof_is_not_cut() -> None:
    """One at the edge, one on ground that is ignored in part, one in two pieces, one too small."""
    owner = np.zeros((PIXELS, PIXELS), np.int32)
    owner[20:28, 20:28] = 9
    good = patch_of(())
    good = replace(good, owner=owner, classes=(owner > 0).astype(np.uint8))
    assert _cut(good) == 1
    at_edge, doubtful, small = owner.copy(), good.is_known.copy(), np.zeros_like(owner)
    at_edge[:20, 20:28] = 9
    doubtful[22, 22] = False
    small[20:22, 20:22] = 9
    assert _cut(replace(good, is_known=doubtful)) == 0
    for numbers in (at_edge, small, _two_pieces(owner)):
        bad = replace(good, owner=numbers, classes=(numbers > 0).astype(np.uint8))
        assert _cut(bad) == 0
    assert not collages(replace(good, is_known=doubtful))


def _two_pieces(owner: NDArray[np.int32]) -> NDArray[np.int32]:
    parted = owner.copy()
    parted[23] = 0
    return parted


def _cut(patch: Patch) -> int:
    source = RoofSource(area_of(patch))
    roofs = [source.cut(i, gsd=COARSE) for i in range(len(source))]
    return len([roof for roof in roofs if roof is not None])


@pytest.mark.parametrize("offset", [0, 1, 4, -4])
def test_an_outline_beside_its_roof_is_not_cut(offset: int) -> None:
    """At 0.2 m a pixel the roof is seen where its label is, or so many pixels beside it."""
    ground = patch_of(((40, 40, 60, 70),))
    pixels = np.roll(ground.pixels, offset, axis=2)
    source = RoofSource(ArrayArea(replace(ground, pixels=pixels), (0.2, 0.2)))
    assert len(source) == 1
    assert (source.cut(0, gsd=0.2) is None) == (abs(offset) > 1)
    assert source.trust(gsd=0.2) == (0.5 if abs(offset) > 1 else 1.0)


def test_a_roof_below_trees_is_not_cut() -> None:
    ground = patch_of(HOUSES[:1])
    pixels = ground.pixels.copy()
    pixels[1], pixels[::2, :, 12:15] = 150, 60
    pixels[:, ground.owner > 0] = ROOF
    assert _cut(replace(ground, pixels=pixels)) == 1
    pixels[::2, :, 18:] = 100
    assert _cut(replace(ground, pixels=pixels)) == 0


def test_a_roof_has_its_own_colours_up_to_its_outline_and_beyond() -> None:
    source = RoofSource(area_of(patch_of(HOUSES)))
    for index in range(len(source)):
        roof = source.cut(index, gsd=COARSE)
        assert roof is not None
        near = torch.nn.functional.max_pool2d(roof.inside[None], 3, 1, 1)[0] > 0
        assert (roof.pixels[:, near] - ROOF).abs().max() < 1e-3
        height, width = (HOUSES[index][i + 2] - HOUSES[index][i] for i in (0, 1))
        area = float(roof.inside.sum()) * roof.gsd[0] * roof.gsd[1]
        assert area == pytest.approx(height * width, rel=0.05)
        assert SMALLEST <= area <= LARGEST
        assert roof.sides == pytest.approx(sorted((height, width), reverse=True), abs=1.1)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_roofs_keep_their_size_within_bounds_wherever_they_lie(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sites = draw_sites(rng, draw_region(rng, 160.0), [(8.0, 5.0), (12.0, 6.0)])
    for site in sites:
        assert 0.7 <= site.scale <= 1.4
        assert site.index in (0, 1)


@pytest.mark.parametrize("quarter", range(4))
def test_a_shadow_is_as_long_as_its_roof_is_high(quarter: int) -> None:
    """A roof of 4 m and a sun of 45 degrees: 4 m of shadow, of which a roof of 3 m receives 1 m."""
    height = torch.zeros(41, 41)
    height[18:23, 18:23] = 4.0
    direction = quarter * math.pi / 2
    sun = Sun(direction, reach=1.0, strength=0.5)
    shade = torch.rot90(shade_of(height, height, sun, gsd=0.5), quarter)
    lit = shade[20] == 1
    assert lit[:18].all()
    assert (shade[20, 23:30] < 1).all()
    assert lit[32:].all()
    surface = height.clone()
    surface[height == 0] = 3.0
    higher = torch.rot90(shade_of(height, surface, sun, gsd=0.5), quarter)
    assert (higher[20, 23] < 1).all()
    assert (higher[20, 26:] == 1).all()


def test_no_roof_and_no_ground_comes_from_held_out_chips(
    tmp_path: Path, town: Town, data_of: Callable[..., DataOptions]
) -> None:
    """Held-out chips are glaring in green, which is dark in all others."""
    chips = tmp_path / "chips"
    chips.mkdir()
    for chip in read_chips(town.chips):
        _, row, col = chip.name.split("_")
        at = np.s_[..., int(row) * SIDE : (int(row) + 1) * SIDE, int(col) * SIDE :][:3]
        pixels = town.pixels[at][..., :SIDE].copy()
        pixels[1] = 250 if col in ("2", "3") else 20
        write_raster(
            chips / chip.path.name, pixels, transform=place(int(row) * SIDE, int(col) * SIDE)
        )
    split = SplitOptions(val_columns=("2",), test_columns=("3",))
    data = CampDataModule(data_of(chips=chips, split=split, collages=4, collage_share=0.6))
    made = data.collages()
    assert len(made) == 4
    added = 0
    for area in made:
        patch = area.read(Window(0, 0, *area.shape))
        assert patch.pixels[1].max() < 80
        added += len(np.unique(patch.owner)) - 1
    assert added > 4
    samples = data.training_samples()
    assert samples._weights[-4:].sum() == pytest.approx(0.6)


def test_collages_without_a_roof_are_refused(
    town: Town, data_of: Callable[..., DataOptions]
) -> None:
    """Masks do not tell dwellings apart, so none can be cut out."""
    data = CampDataModule(data_of(labels=town.masks, collages=2))
    with pytest.raises(RasterError, match="no dwelling of the training chips can be cut out"):
        data.training_samples()


@pytest.mark.parametrize(
    "changes",
    [
        {"collages": -1},
        {"collage_share": 1.0},
        {"scenes": 1, "scene_share": 0.5, "collages": 1, "collage_share": 0.5},
    ],
)
def test_shares_that_leave_nothing_are_refused(
    data_of: Callable[..., DataOptions], changes: dict[str, float]
) -> None:
    with pytest.raises(OptionsError):
        data_of(**changes)


def test_a_run_records_its_collages(data_of: Callable[..., DataOptions], tmp_path: Path) -> None:
    options = run_options(data_of(collages=3, collage_share=0.4), tmp_path)
    recorded = RunFolder(tmp_path, options).hyperparameters()
    assert (recorded["collages"], recorded["collage_share"]) == (3, 0.4)
