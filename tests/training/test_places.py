"""Several places in one training: each its own chips, labels and split."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from camp_detector_core.engine.errors import CampDetectorError
from tests.support.datasets import COLS, GSD, ROWS, SIDE, place, town_pixels, write_town
from tests.support.rasters import write_raster
from tests.support.runs import run_options
from training.artefacts.place_figures import read_place_figures
from training.data.chips import read_chips
from training.data.datamodule import CampDataModule
from training.data.split import Split, SplitError
from training.data.statistics import calculate_dataset_statistics
from training.fit.options import IMAGENET_BANDS
from training.fit.options_file import read_options
from training.fit.place_options import OptionsError, PlaceOptions, SplitOptions
from training.preprocess.manifest import ImageryRecord, LabelRecord, Manifest
from training.tracking.dataset import input_of, list_data
from training.train import train_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from training.fit.options import DataOptions
    from training.train import TrainResult

WHEN = "2026-11-24T10:00:00Z"
EAST = {"coast": 5000.0, "camp": 9000.0}
"""Metres from the hill."""
SPLIT = SplitOptions(val_columns=("2",), test_columns=("3",))


def manifest(owner: str, *, year: int) -> Manifest:
    date = f"{year}-07-18T00:00:00Z"
    tms = f"https://{owner.lower()}.org/{{z}}/{{x}}/{{y}}"
    imagery = ImageryRecord(tms, WHEN, 8, (), owner, "CC-BY-4.0", date, date)
    labels = LabelRecord("houses.gpkg", WHEN, 17)
    return Manifest((85.0, 27.0, 85.1, 27.1), 19, imagery, labels)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two towns of the same names of chips, the second all blue, and a third as a green mosaic."""
    desk = tmp_path_factory.mktemp("desk")
    write_town(desk / "hill")
    blue = write_town(desk / "coast", east=EAST["coast"])
    for path in blue.chips.iterdir():
        row, col = (int(n) for n in path.stem.split("_")[1:])
        pixels = blue.pixels[:, row * SIDE :, col * SIDE :][:, :SIDE, :SIDE].copy()
        pixels[2] = 255
        east = EAST["coast"] / GSD
        write_raster(path, pixels, transform=place(row * SIDE, col * SIDE + east))
    third = write_town(desk / "camp", east=EAST["camp"])
    pixels = third.pixels.copy()
    pixels[1] = 255
    write_raster(desk / "camp" / "mosaic.tif", pixels, transform=place(0, EAST["camp"] / GSD))
    for path in third.chips.iterdir():
        path.unlink()
    manifest("Hillmappers", year=2020).write(desk / "hill")
    manifest("Coastmappers", year=2022).write(desk / "coast")
    return desk


@pytest.fixture(scope="module")
def options(desk: Path, data_of: Callable[..., DataOptions]) -> DataOptions:
    """The three places; the camp is one chip of a mosaic, all for training."""
    whole = SplitOptions(val_share=0, test_share=0)
    camp = desk / "camp"
    places = (
        PlaceOptions("hill", desk / "hill/chips", desk / "hill/houses.gpkg", split=SPLIT),
        PlaceOptions(
            "coast",
            desk / "coast/chips",
            desk / "coast/houses.gpkg",
            share=0.6,
            split=SPLIT,
            attribution=("Coast guard",),
        ),
        PlaceOptions("camp", camp / "mosaic.tif", camp / "houses.gpkg", split=whole),
    )
    return data_of(chips=None, labels=None, places=places)


def test_each_place_is_dealt_by_itself(options: DataOptions, tmp_path: Path) -> None:
    data = CampDataModule(options, split_file=tmp_path / "split.json")
    assert data.split.val == ("coast/chip_0_2", "coast/chip_1_2", "hill/chip_0_2", "hill/chip_1_2")
    assert {n.split("/")[0] for n in data.split.train} == {"hill", "coast", "camp"}
    assert "camp/mosaic_0_0" in data.split.train
    assert {p: len(a) for p, a in data.areas_by_place("test").items()} == {
        "hill": 1, "coast": 1, "camp": 0,
    }  # fmt: skip
    again = CampDataModule(replace(
        options,
        split=SplitOptions(file=tmp_path / "split.json"),
        places=tuple(replace(p, split=None) for p in options.places),
    ))  # fmt: skip
    assert again.split == data.split


def test_a_place_that_is_left_out_is_the_test_as_a_whole(options: DataOptions) -> None:
    data = CampDataModule(replace(options, left_out="hill"))
    dealt = {part: {n.split("/")[0] for n in data.split.part(part)} for part in ("train", "val")}
    assert dealt == {"train": {"coast", "camp"}, "val": {"coast"}}
    hill = [n for n in data.split.test if n.startswith("hill/")]
    assert len(hill) == ROWS * COLS
    samples = data.training_samples()
    assert {place_of(samples[i]) for i in range(60)} == {"coast", "camp"}


def place_of(sample: dict[str, Any]) -> str:
    """The place of a sample by its colours."""
    valid = sample["valid"].numpy()
    _, green, blue = (
        sample["image"][i].numpy()[valid].mean() * band.std + band.mean
        for i, band in enumerate(IMAGENET_BANDS)
    )
    return "coast" if blue > 0.9 else "camp" if green > 0.9 else "hill"


def test_samples_come_by_shares_and_not_by_ground(options: DataOptions) -> None:
    """The coast has 4 of 12 training chips and 60 % of the samples; others share the rest."""
    samples = CampDataModule(options).training_samples()
    drawn = Counter(place_of(samples[i]) for i in range(300))
    assert drawn["coast"] / 300 == pytest.approx(0.6, abs=0.09)
    assert drawn["hill"] / 300 == pytest.approx(0.2, abs=0.08)


def test_a_raster_gives_the_pixels_of_its_windows(
    desk: Path, data_of: Callable[..., DataOptions], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mosaic that is cut into chips is as good as chips."""
    monkeypatch.setattr("training.data.chips.RASTER_CHIP", SIDE)
    write_raster(desk / "whole.tif", town_pixels()[0])
    town = desk / "hill"
    data = CampDataModule(data_of(chips=desk / "whole.tif", labels=town / "houses.gpkg"))
    chips = CampDataModule(data_of(chips=town / "chips", labels=town / "houses.gpkg"))
    assert len(data.chips) == ROWS * COLS
    for own, other in zip(data.val_dataloader(), chips.val_dataloader(), strict=True):
        for name in other:
            np.testing.assert_array_equal(own[name], other[name], err_msg=name)


def test_statistics_tell_of_each_place(options: DataOptions) -> None:
    statistics = calculate_dataset_statistics(CampDataModule(options))
    blue = {p: each["train"]["mean"][2] for p, each in statistics["places"].items()}
    assert blue["coast"] == 1
    assert max(blue["hill"], blue["camp"]) < 0.3
    assert statistics["train"]["chips"] == 9
    assert (
        sum(s["train"]["pixels"] for s in statistics["places"].values())
        == (statistics["train"]["pixels"])
    )


def test_ground_of_the_test_is_nowhere_learned_from(options: DataOptions) -> None:
    """A second look at the hill, as another place: its chips are taken from training."""
    hill, coast, camp = options.places
    again = replace(hill, name="hill again", split=camp.split)
    data = CampDataModule(replace(options, places=(hill, coast, again)))
    columns = {n[-1] for n in data.split.train if n.startswith("hill again/")}
    assert columns == {"0", "1"}, "those of validation and test are left out"
    data = CampDataModule(replace(options, places=(hill, coast, again), left_out="hill"))
    assert not [n for n in data.split.train if n.startswith("hill")]


def test_a_place_too_small_for_all_parts_is_named(options: DataOptions) -> None:
    places = tuple(replace(p, split=None) for p in options.places)
    with pytest.raises(SplitError, match=r"camp: 1 chips are too few.*val_share = 0"):
        CampDataModule(replace(options, places=places, split=SplitOptions(block=1)))


def test_a_split_of_places_fits_the_chips_of_one(options: DataOptions, tmp_path: Path) -> None:
    CampDataModule(options, split_file=tmp_path / "split.json")
    split = Split.read(tmp_path / "split.json")
    hill = read_chips(options.places[0].chips)
    with pytest.raises(SplitError, match="the split is of the places"):
        split.select(hill, "val")  # the coast has the same names
    alone = Split(*(
        tuple(n for n in split.part(part) if not n.startswith("coast/"))
        for part in ("train", "val", "test")
    ))  # fmt: skip
    assert [c.name for c in alone.select(hill, "val")] == ["chip_0_2", "chip_1_2"]


@pytest.fixture(scope="module")
def several(options: DataOptions, tmp_path_factory: pytest.TempPathFactory) -> TrainResult:
    """A network after one step on two places; the third is left out."""
    out = tmp_path_factory.mktemp("several") / "out"
    return train_model(run_options(replace(options, left_out="hill"), out, fast_dev_run=True))


def test_a_run_measures_each_place(several: TrainResult) -> None:
    figures = {(f.place, f.part): f for f in read_place_figures(several.folder)}
    assert set(figures) == {("coast", "val"), ("coast", "test"), ("hill", "test")}
    assert figures["hill", "test"].chips == ROWS * COLS
    assert figures["hill", "test"].labelled > figures["coast", "test"].labelled > 0
    with (several.folder / "evaluation" / "test" / "chips.csv").open() as file:
        assert {"hill/chip_0_0", "coast/chip_0_3"} <= {r["chip"] for r in csv.DictReader(file)}


def test_the_model_credits_the_places_that_it_learned_from(several: TrainResult) -> None:
    lines = several.spec.attribution
    assert "Coast guard" in lines
    assert "Imagery: Coastmappers, CC-BY-4.0" in lines
    assert not [line for line in lines if "Hillmappers" in line]
    provenance = several.spec.provenance
    assert provenance["data"].startswith("chips of coast, camp (")
    assert provenance["left_out"] == "hill"


def test_the_item_lies_where_the_model_learned(several: TrainResult) -> None:
    item = json.loads((several.folder / "meta" / "stac_item.json").read_text())
    assert item["geometry"] is not None
    parameters = item["properties"]["mlm:hyperparameters"]
    assert parameters["training.share.coast"] == pytest.approx(0.75)
    assert parameters["training.left_out"] == "hill"
    text = (several.folder / "meta" / "stac_item.json").read_text()
    assert str(several.folder.parent) not in text


def test_a_run_of_several_places_resumes_with_its_split(several: TrainResult) -> None:
    options = read_options(several.folder / "options.json")
    before = (several.folder / "split.json").read_text()
    train_model(replace(options, resume=True))
    assert (several.folder / "split.json").read_text() == before
    other = replace(options, resume=True, data=replace(options.data, left_out="coast"))
    with pytest.raises(OptionsError, match=r"begun with other options \(data\.left_out\)"):
        train_model(other)


def test_retrain_takes_a_file_of_places(several: TrainResult, desk: Path, tmp_path: Path) -> None:
    text = "".join(
        f'[{name}]\nchips = "{desk / chips}"\nlabels = "{desk / name / "houses.gpkg"}"\n{more}'
        for name, chips, more in (
            ("hill", "hill/chips", ""),
            ("coast", "coast/chips", "share = 0.6\n"),
            ("camp", "camp/mosaic.tif", ""),
        )
    )
    (tmp_path / "places.toml").write_text(text)
    script = several.folder / "meta" / "retrain.py"
    words = ["--places", "places.toml", "--out", "again", "--fast-dev-run"]
    subprocess.run([sys.executable, str(script), *words], cwd=tmp_path, check=True)
    for name in ("split.json", "statistics.json"):
        assert (tmp_path / "again" / name).read_text() == (several.folder / name).read_text()


def test_the_list_of_data_names_the_files_of_each_place(options: DataOptions) -> None:
    data = list_data(options)
    assert data.name == "hill, coast, camp"
    paths = {f.path for f in data.files}
    assert {"hill/chips/chip_0_0.tif", "coast/chips/chip_0_0.tif", "hill/manifest.json"} <= paths
    assert {"camp/chips/mosaic.tif", "camp/labels/houses.gpkg"} <= paths
    manifests = {"hill": manifest("Hillmappers", year=2020)}
    dataset = input_of(data, options, manifests).dataset
    assert json.loads(dataset.source)["hill"] == {"url": "https://hillmappers.org/{z}/{x}/{y}"}
    assert json.loads(dataset.profile)["hill/imagery licence"] == "CC-BY-4.0"
    assert json.loads(dataset.profile)["chips"] == 2 * ROWS * COLS + 1


def test_chips_of_two_kinds_of_values_are_refused_in_any_place(
    options: DataOptions, tmp_path: Path
) -> None:
    path = write_raster(tmp_path / "deep.tif", town_pixels()[0].astype(np.uint16), gsd=GSD)
    places = (options.places[0], replace(options.places[2], chips=path))
    with pytest.raises(CampDetectorError, match=r"deep\.tif is uint16"):
        CampDataModule(replace(options, places=places))
