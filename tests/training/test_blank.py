"""Chips that show no ground are no training data; rotated ones are refused in words that help."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from camp_detector_core.cli.words import COMMAND
from camp_detector_core.engine.errors import CampDetectorError
from tests.support.datasets import GSD, SIDE, place
from tests.support.models import write_model
from tests.support.rasters import write_raster
from training.data.blank import without_blank
from training.data.chips import read_chips
from training.data.datamodule import CampDataModule
from training.evaluation.measure import EvaluateOptions, evaluate_model
from training.fit.options import DataOptions
from training.fit.place_options import SplitOptions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.datasets import Town


@pytest.fixture
def chips(town: Town, tmp_path: Path) -> Path:
    """A copy of the town's chips."""
    return shutil.copytree(town.chips, tmp_path / "chips")


def data_of(chips: Path, town: Town) -> CampDataModule:
    split = SplitOptions(val_columns=("2",), test_columns=("3",))
    return CampDataModule(DataOptions(chips, town.labels, gsd=GSD, crop=64, workers=0, split=split))


def write_chip(chips: Path, name: str, pixels: np.ndarray[Any, Any], **profile: Any) -> None:
    row, col = (int(n) * SIDE for n in name.split("_")[1:])
    write_raster(chips / f"{name}.tif", pixels, **{"transform": place(row, col), **profile})


def test_chips_of_one_colour_or_one_bit_are_left_out_and_said(
    chips: Path, town: Town, tmp_path: Path
) -> None:
    beige = np.full((3, SIDE, SIDE), 200, np.uint8)
    write_chip(chips, "chip_0_0", beige)
    beige[:, :9] = 0
    write_chip(chips, "chip_0_1", beige, nodata=0)  # the rest of it is of one colour
    bits = np.random.default_rng(0).integers(0, 2, (3, SIDE, SIDE), dtype=np.uint8)
    write_chip(chips, "chip_1_2", bits, nbits=1, photometric="RGB")
    note = (
        "chips: 3 of 8 chips are of one colour (or have one bit a pixel), show no ground and are "
        "left out: chip_0_0, chip_0_1, chip_1_2"
    )
    data = data_of(chips, town)
    assert data.notes == (note,)
    assert [len(data.part(p)) for p in ("train", "val", "test")] == [2, 1, 2]
    model = write_model(tmp_path / "tiny.onnx")
    evaluation = evaluate_model(EvaluateOptions(model, chips, town.labels))
    assert evaluation.notes == (note,)
    assert sum(len(a.chips) for a in evaluation.areas) == 5


def test_noise_and_a_coloured_middle_are_imagery(chips: Path, town: Town) -> None:
    sand = np.full((3, SIDE, SIDE), 200, np.uint8)
    sand[0, 3, 5] += 1
    write_chip(chips, "chip_0_0", sand)
    assert without_blank(read_chips(chips)) == (read_chips(chips), None)


def test_nothing_but_blank_chips_is_refused(tmp_path: Path, town: Town) -> None:
    (tmp_path / "chips").mkdir()
    for name in ("chip_0_0", "chip_0_1"):
        write_chip(tmp_path / "chips", name, np.full((3, SIDE, SIDE), 9, np.uint8))
    with pytest.raises(CampDetectorError, match=r"all 2 chips in .*chips are of one colour"):
        data_of(tmp_path / "chips", town)


@pytest.mark.parametrize("angle", [3.0, 90.0])
def test_rotated_chips_are_refused_in_train_and_evaluate(
    chips: Path, town: Town, tmp_path: Path, angle: float
) -> None:
    for path in chips.iterdir():
        with rasterio.open(path, "r+") as out:
            out.transform = out.transform @ Affine.rotation(angle)
    message = r"chip_0_0\.tif is rotated .* turn it north up first with"
    with pytest.raises(CampDetectorError, match=message) as error:
        data_of(chips, town)
    assert "turn it north up first with gdalwarp" in error.value.render(COMMAND)
    model = write_model(tmp_path / "tiny.onnx")
    with pytest.raises(CampDetectorError, match=message):
        evaluate_model(EvaluateOptions(model, chips, town.labels))
