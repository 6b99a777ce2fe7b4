"""Targets that tell dwellings apart are where they should be, also after turning and scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional

from camp_detector_core.engine.separation import MAX_REACH
from training.data.datamodule import CampDataModule
from training.data.scenes import scene_areas
from training.data.separation import (
    CORE_METRES,
    _highest,
    border_of,
    contact_of,
    core_of,
    growth_of,
    reach_of,
)
from training.fit.options import AugmentOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from training.fit.options import DataOptions


def owners(text: str) -> torch.Tensor:
    """A picture of digits and dots as numbers of dwellings."""
    rows = [[0 if c == "." else int(c) for c in line] for line in text.split()]
    return torch.tensor(rows, dtype=torch.float32)


def as_text(mask: torch.Tensor) -> str:
    return "\n".join("".join("#" if v else "." for v in row) for row in mask.tolist())


def test_a_border_lies_on_both_sides_of_a_wall() -> None:
    border = border_of(owners(".......\n.11122.\n.11122.\n.11122.\n......."), reach=1)
    assert as_text(border) == "#######\n#######\n##.####\n#######\n#######"


def test_contact_is_near_two_dwellings_and_nowhere_else() -> None:
    two = owners("111.222\n111.222")
    assert as_text(contact_of(two, reach=1)) == "...#...\n...#..."
    assert as_text(contact_of(two, reach=2)) == "..###..\n..###.."
    assert not contact_of(torch.where(two == 2, 0.0, two), reach=3).any()


def test_cores_of_dwellings_that_touch_do_not() -> None:
    two = torch.zeros((12, 22))
    two[1:11, 1:11], two[1:11, 11:21] = 1, 2
    core = core_of(two, most=8)
    assert core[1:11, 1:11].sum() == core[1:11, 11:21].sum() > 0
    assert not core[:, 9:13].any()
    assert not (core & (two == 0)).any()


def test_the_smallest_dwelling_has_a_core() -> None:
    one = torch.zeros((5, 5))
    one[2, 2] = 7
    assert core_of(one, most=8).sum() == 1
    assert core_of(one, most=1)[2, 2]


def test_a_core_is_at_most_so_far_from_the_walls() -> None:
    big = torch.zeros((62, 62))
    big[1:61, 1:61] = 1
    core = core_of(big, most=4)
    assert core[4:58, 4:58].all()
    assert core.sum() == 54 * 54


def test_a_core_keeps_half_of_the_depth() -> None:
    """The inner half of a dwelling too slim for the greatest distance is core."""
    slim = torch.zeros((14, 60))
    slim[1:13, 1:59] = 1
    core = core_of(slim, most=8)
    assert core[:, 30].nonzero().flatten().tolist() == [3, 4, 5, 6, 7, 8, 9, 10]


def test_small_and_large_of_one_number_have_cores_of_their_own() -> None:
    """As masks give them: one number for all, so the small one is judged by its own depth."""
    numbers = torch.zeros((54, 70))
    numbers[2:52, 2:52], numbers[2:10, 60:68] = 1, 1
    core = core_of(numbers, most=8)
    cores = core_of(torch.where(torch.arange(70) > 55, numbers * 2, numbers), most=8)
    assert core[:, 60:].any()
    assert torch.equal(core, cores)


@pytest.mark.parametrize("gsd", [0.01, 0.05, 0.2, 3.0])
def test_seeds_can_always_grow_back(gsd: float) -> None:
    assert 1 <= growth_of(reach_of(CORE_METRES, gsd)) <= MAX_REACH


def test_beyond_the_sample_a_dwelling_goes_on() -> None:
    whole = torch.ones((20, 20))
    assert not border_of(whole, reach=2).any()
    assert core_of(whole, most=8).all()


@given(
    arrays(np.float32, (9, 13), elements=st.integers(0, 3).map(float)),
    st.integers(0, 15),
    st.integers(0, 15),
)
def test_the_highest_is_that_of_max_pooling(values: np.ndarray, rows: int, cols: int) -> None:
    values_tensor = torch.from_numpy(values)
    size = (2 * rows + 1, 2 * cols + 1)
    padded = functional.pad(values_tensor[None, None], (cols, cols, rows, rows), value=-1.0)
    expected = functional.max_pool2d(padded, size, stride=1)[0, 0]
    assert torch.equal(_highest(values_tensor, rows, cols), expected)


@pytest.mark.parametrize(("metres", "gsd", "pixels"), [(0.35, 0.2, 2), (0.35, 5.0, 1)])
def test_a_reach_is_at_least_a_pixel(metres: float, gsd: float, pixels: int) -> None:
    assert reach_of(metres, gsd) == pixels


@pytest.mark.parametrize("augment", [AugmentOptions.none(), AugmentOptions()], ids=["plain", "all"])
def test_targets_of_samples_follow_their_masks(
    data_of: Callable[..., DataOptions], augment: AugmentOptions
) -> None:
    """However a sample is turned: cores lie in the mask, borders at its edge."""
    samples = CampDataModule(data_of(augment=augment)).training_samples()
    share = 0.0
    for index in range(30):
        sample = samples[index]
        mask, is_known = sample["target"][0] > 0, sample["extra_valid"]
        border, core = sample["extra"] > 0
        inner = border_of((~mask).float(), reach=2)  # near both a house and ground
        assert not (core & ~mask & ~inner).any()
        assert not (border & ~border_of(mask.float(), reach=3) & is_known).any()
        assert not ((border | core) & ~is_known).any()
        assert not (is_known & ~sample["valid"]).any()
        share += float(border.sum() + core.sum())
    assert share > 0


def test_scenes_number_their_dwellings() -> None:
    (area,) = scene_areas(1, gsd=0.8, value=1, seed=0)
    patch = area.read(area.pieces[0])
    agree = (patch.owner > 0) == (patch.classes > 0)
    assert agree.mean() > 0.99
    assert len(np.unique(patch.owner)) > 5
