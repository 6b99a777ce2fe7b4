"""Samples show the pixels and labels of the ground they lie on, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from camp_detector_core.engine import prepare
from camp_detector_core.engine.errors import RasterError
from tests.support.datasets import (
    GSD,
    HOUSES,
    SIDE,
    house_polygon,
    place,
    town_pixels,
    write_picture,
    write_polygons,
)
from tests.support.rasters import write_raster
from training.data import photometric, samples
from training.data.chips import read_chips
from training.data.datamodule import CampDataModule
from training.data.labels import open_labels
from training.fit.bands import make_bands, make_classes
from training.fit.options import IMAGENET_BANDS, AugmentOptions, DataOptions
from training.fit.place_options import SplitOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.datasets import Town
    from training.data.samples import Sample


def whole(data: CampDataModule, part: str) -> list[Sample]:
    """All samples of a part, in the order of their areas."""
    return [sample for batch in data._fixed(part) for sample in _single(batch)]


def _single(batch: Sample) -> list[Sample]:
    return [{k: v[i] for k, v in batch.items()} for i in range(len(batch["image"]))]


@pytest.mark.parametrize("source", ["labels", "masks"])
def test_fixed_samples_show_their_ground_once(
    town: Town, data_of: Callable[..., DataOptions], source: str
) -> None:
    """A column of two chips is one area; its tiles are its pixels, normalised by the engine."""
    data = CampDataModule(data_of(labels=getattr(town, source)))
    tiles = whole(data, "val")
    assert len(tiles) == 2
    for row, tile in enumerate(tiles):
        at = np.s_[:, row * SIDE : (row + 1) * SIDE, 2 * SIDE : 3 * SIDE]
        np.testing.assert_array_equal(tile["target"].numpy(), town.truth[None][at])
        assert tile["valid"].all()
        every = np.ones((SIDE, SIDE), np.bool_)
        expected = prepare.normalise(town.pixels[at], every, IMAGENET_BANDS)
        np.testing.assert_allclose(tile["image"].numpy(), expected, atol=1e-5)


def test_samples_are_normalised_by_the_engine() -> None:
    assert samples.normalise is prepare.normalise


def test_random_samples_show_labels_where_the_houses_are(
    data_of: Callable[..., DataOptions],
) -> None:
    """Red is bright on houses and dark elsewhere, so the label can be read off the picture."""
    augment = AugmentOptions(photometric=0, camera=0, coarse=0, degrade=0, weather=0)
    data = CampDataModule(data_of(augment=augment, samples=40))
    training_samples = data.training_samples()
    agreed = []
    for index in range(40):
        sample = training_samples[index]
        bright = sample["image"][0] > (0.6 - 0.485) / 0.229
        valid = sample["valid"]
        agreed.append(float((bright == (sample["target"][0] > 0))[valid].float().mean()))
    assert min(agreed) > 0.97
    assert float(np.mean(agreed)) > 0.99


@pytest.mark.parametrize("augment", [AugmentOptions.none(), AugmentOptions()], ids=["plain", "all"])
def test_no_pixel_of_another_part_is_in_a_training_sample(
    tmp_path: Path, town: Town, augment: AugmentOptions
) -> None:
    """Chips of validation and test are glaring, those of training dark."""
    chips = tmp_path / "chips"
    chips.mkdir()
    for chip in read_chips(town.chips):
        dark = chip.name.endswith(("_0", "_3"))
        pixels = np.full((3, SIDE, SIDE), 20 if dark else 250, np.uint8)
        pixels[2, 0, 0] = 128  # else they would be of one colour, and none is trained on
        _, row, col = chip.name.split("_")
        write_raster(
            chips / chip.path.name, pixels, transform=place(int(row) * SIDE, int(col) * SIDE)
        )
    quiet = AugmentOptions(augment.scale, augment.flip, augment.rotate, 0, 0, 0, 0, 0)
    data = CampDataModule(
        DataOptions(
            chips,
            town.labels,
            gsd=GSD,
            crop=64,
            workers=0,
            augment=quiet,
            split=SplitOptions(val_columns=("1",), test_columns=("2",)),
        )
    )
    training_samples = data.training_samples()
    dark = (20 / 255 - 0.485) / 0.229
    for index in range(60):
        sample = training_samples[index]
        assert sample["valid"].any()
        valid_pixels = sample["image"][0][sample["valid"]]
        torch.testing.assert_close(
            valid_pixels, torch.full_like(valid_pixels, dark), atol=1e-3, rtol=0
        )
        assert (sample["image"][:, ~sample["valid"]] == 0).all()
        assert (sample["target"][:, ~sample["valid"]] == 0).all()


def test_seeds_decide_the_samples(data_of: Callable[..., DataOptions]) -> None:
    def first(seed: int) -> Sample:
        options = data_of(seed=seed, augment=AugmentOptions())
        return next(iter(CampDataModule(options).train_dataloader()))

    one, same_seed, other = first(3), first(3), first(4)
    for key in one:
        assert torch.equal(one[key], same_seed[key])
    assert not torch.equal(one["image"], other["image"])


def test_epochs_go_on_where_the_last_one_ended() -> None:
    sampler = samples.EpochSampler(3)
    assert list(sampler) == [0, 1, 2]
    sampler.set_epoch(4)
    assert list(sampler) == [12, 13, 14]


def test_plain_pictures_take_masks(tmp_path: Path, town: Town) -> None:
    pixels, truth = town_pixels(seed=1)
    chips, masks = tmp_path / "chips", tmp_path / "masks"
    for folder in (chips, masks):
        folder.mkdir()
    for i, name in enumerate("abc"):
        at = np.s_[..., :SIDE, i * SIDE : (i + 1) * SIDE]
        write_picture(chips / f"{name}.png", pixels[at])
        write_picture(masks / f"{name}.png", truth[at].astype(np.uint8)[None] * 255)
    data = CampDataModule(
        DataOptions(
            chips, masks, gsd=GSD, crop=64, workers=0,
            split=SplitOptions(val_columns=("1",), test_columns=("2",)),
        )
    )  # fmt: skip
    assert data.split.val == ("b",)
    (tile,) = whole(data, "val")
    np.testing.assert_array_equal(tile["target"][0].numpy(), truth[:SIDE, SIDE : 2 * SIDE])
    with pytest.raises(RasterError, match="no georeference"):
        open_labels(town.labels, data.options.classes).read(data.chips[0])


def test_chips_of_another_resolution_are_resampled(
    tmp_path: Path, town: Town, data_of: Callable[..., DataOptions]
) -> None:
    """Pixels of half the size: each 2 x 2 of them is one of the model's, mean and majority."""
    fine = np.kron(town.pixels, np.ones((1, 2, 2), np.uint8))
    chips = tmp_path / "chips"
    chips.mkdir()
    for col in range(4):
        at = np.s_[:, :, col * 2 * SIDE : (col + 1) * 2 * SIDE]
        write_raster(chips / f"{col}.tif", fine[at], transform=place(0, col * SIDE, gsd=GSD / 2))
    data = CampDataModule(data_of(chips=chips))
    (area,) = data.areas("val")
    assert area.gsd == pytest.approx((GSD / 2, GSD / 2))
    tiles = whole(data, "val")
    target = np.concatenate([t["target"][0].numpy() for t in tiles])
    np.testing.assert_array_equal(target, town.truth[:, 2 * SIDE : 3 * SIDE])
    red = tiles[0]["image"][0].numpy()
    coarse = (town.pixels[0, :SIDE, 2 * SIDE : 3 * SIDE] / 255 - 0.485) / 0.229
    assert np.corrcoef(red.ravel(), coarse.ravel())[0, 1] > 0.97
    moved = np.corrcoef(red[:, 1:].ravel(), coarse[:, :-1].ravel())[0, 1]
    assert moved < 0.95, "a shift by a pixel would show"


@pytest.mark.parametrize(
    ("names", "dtype", "white"),
    [(["pan"], "uint8", None), (["red", "green", "blue", "nir"], "uint16", 4000.0)],
)
def test_other_bands_and_depths(
    tmp_path: Path, town: Town, names: list[str], dtype: str, white: float | None
) -> None:
    chips = tmp_path / "chips"
    chips.mkdir()
    top = white or 255
    stack = (np.resize(town.pixels, (len(names), *town.truth.shape)) / 255 * top).astype(dtype)
    for col in range(4):
        at = np.s_[:, :, col * SIDE : (col + 1) * SIDE]
        write_raster(chips / f"{col}.tif", stack[at], transform=place(0, col * SIDE))
    bands = make_bands(names, dtype=dtype, white=white)
    data = CampDataModule(
        DataOptions(
            chips, town.labels, gsd=GSD, bands=bands, dtype=dtype, crop=64, workers=0,
            split=SplitOptions(val_columns=("2",), test_columns=("3",)),
        )
    )  # fmt: skip
    tile = whole(data, "val")[0]
    assert tile["image"].shape == (len(names), SIDE, SIDE)
    house = torch.from_numpy(town.truth[:SIDE, 2 * SIDE : 3 * SIDE])
    white_seen = tile["image"][0][house] * bands[0].std + bands[0].mean
    torch.testing.assert_close(white_seen, torch.ones_like(white_seen), atol=2e-3, rtol=0)
    varied = data.training_samples()[0]["image"]
    assert varied.shape[0] == len(names)
    assert torch.isfinite(varied).all()
    with pytest.raises(RasterError, match=r"say dtype|bands, and the model takes"):
        CampDataModule(DataOptions(chips, town.labels, gsd=GSD, split=SplitOptions(block=1)))


@pytest.mark.parametrize("source", ["polygons", "masks"])
def test_classes_have_a_channel_each(tmp_path: Path, town: Town, source: str) -> None:
    classes = make_classes(["tent", "house"])
    assert [c.value for c in classes] == [1, 2]
    kinds = ["tent" if i % 2 else "house" for i in range(len(HOUSES))]
    value = np.zeros(town.truth.shape, np.uint8)
    for (row, col, stop_row, stop_col), kind in zip(HOUSES, kinds, strict=True):
        value[row:stop_row, col:stop_col] = {"tent": 1, "house": 2}[kind]
    if source == "polygons":
        labels = write_polygons(tmp_path / "l.gpkg", [house_polygon(h) for h in HOUSES], kind=kinds)
        field = "kind"
    else:
        labels, field = tmp_path / "masks", None
        labels.mkdir()
        for row in range(2):
            for col in range(4):
                at = np.s_[row * SIDE : (row + 1) * SIDE, col * SIDE : (col + 1) * SIDE]
                window = place(row * SIDE, col * SIDE)
                write_raster(labels / f"chip_{row}_{col}.tif", value[at][None], transform=window)
    options = DataOptions(
        town.chips, labels, gsd=GSD, classes=classes, class_field=field, crop=64, workers=0,
        split=SplitOptions(val_columns=("2",), test_columns=("3",)),
    )  # fmt: skip
    target = whole(CampDataModule(options), "val")[1]["target"].numpy()
    values_there = value[SIDE : 2 * SIDE, 2 * SIDE : 3 * SIDE]
    assert {1, 2} <= set(np.unique(values_there))
    for channel, each in enumerate(classes):
        np.testing.assert_array_equal(target[channel], values_there == each.value)


def test_another_camera_is_grey_or_has_its_colours_exchanged() -> None:
    image = torch.rand((4, 8, 8), generator=torch.Generator().manual_seed(0))
    looks = set()
    for seed in range(40):
        out = photometric.other_camera(image, np.random.default_rng(seed))
        assert out.shape == image.shape
        if torch.equal(out[0], out[1]):
            looks.add("grey")
        else:
            order = [next(i for i in range(4) if torch.equal(band, image[i])) for band in out]
            assert sorted(order) == [0, 1, 2, 3]
            assert order[3] == 3  # what is not a colour stays
            looks.add("exchanged" if order != [0, 1, 2, 3] else "same")
    assert looks >= {"grey", "exchanged"}


@pytest.mark.parametrize("factor", [1.7, 3.0])
def test_a_coarse_picture_has_lost_its_detail_and_not_its_light(factor: float) -> None:
    image = torch.rand((3, 30, 42), generator=torch.Generator().manual_seed(0))
    out = photometric.coarsen(image, factor=factor)
    assert out.shape == image.shape
    assert float(out.mean()) == pytest.approx(float(image.mean()), abs=0.01)
    assert float(out.diff(dim=2).abs().mean()) < 0.6 * float(image.diff(dim=2).abs().mean())
    torch.testing.assert_close(photometric.coarsen(image, factor=1.0), image)
