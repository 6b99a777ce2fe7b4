"""Masks of many kinds: read as they are meant, or refused with a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from rasterio.transform import Affine

from camp_detector_core.engine.errors import CampDetectorError, RasterError
from tests.support.datasets import COLS, ROWS, SIDE, place
from tests.support.models import write_model
from tests.support.rasters import UTM
from training.data import mask_file
from training.data.chips import read_chips
from training.data.datamodule import CampDataModule
from training.data.labels import labels_of
from training.data.statistics import calculate_dataset_statistics
from training.evaluation.measure import EvaluateOptions, evaluate_model
from training.fit.bands import make_classes
from training.fit.options import DWELLING, DataOptions
from training.fit.place_options import SplitOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.support.datasets import Town

    Mask = NDArray[Any]

ONE = (DWELLING,)


def masks_of(
    town: Town, folder: Path, make: Callable[[Mask], Mask], *, suffix: str = ".tif", **profile: Any
) -> Path:
    """Masks made of each chip's truth, (height, width) 0 and 1 uint8: bands first."""
    folder.mkdir()
    for row in range(ROWS):
        for col in range(COLS):
            at = np.s_[row * SIDE : (row + 1) * SIDE, col * SIDE : (col + 1) * SIDE]
            written_mask = make(town.truth[at].astype(np.uint8))
            bands = written_mask if written_mask.ndim == 3 else written_mask[None]
            values = {
                "driver": "GTiff", "width": SIDE, "height": SIDE, "count": len(bands),
                "dtype": bands.dtype.name, "crs": UTM, "transform": place(row * SIDE, col * SIDE),
                **profile,
            }  # fmt: skip
            colors, palette = values.pop("colors", None), values.pop("palette", None)
            with rasterio.open(folder / f"chip_{row}_{col}{suffix}", "w", **values) as out:
                out.write(bands)
                if colors:
                    out.colorinterp = [ColorInterp[c] for c in colors]
                if palette:
                    out.write_colormap(1, palette)
    return folder


def with_alpha(mask: Mask, *, colour: int = 255) -> Mask:
    """Opaque where a dwelling is."""
    return np.stack([np.full_like(mask, colour)] * 3 + [mask * 255])


RGBA = ("red", "green", "blue", "alpha")
READ: dict[str, tuple[Callable[[Mask], Mask], dict[str, Any]]] = {
    "of ones": (lambda m: m, {}),
    "of 255": (lambda m: m * 255, {}),
    "of 65535": (lambda m: m.astype(np.uint16) * 65535, {}),
    "of bits": (lambda m: m, {"nbits": 1}),
    "of floats": (lambda m: m.astype(np.float32), {}),
    "nodata that is background": (lambda m: m, {"nodata": 0}),
    "with a palette": (lambda m: m, {"palette": {0: (0, 0, 0, 255), 1: (255, 0, 0, 255)}}),
    "grey in three bands": (lambda m: np.stack([m * 255] * 3), {"photometric": "RGB"}),
    "opaque": (
        lambda m: np.stack([m * 255] * 3 + [np.full_like(m, 255)]),
        {"colors": RGBA},
    ),
    "without a place": (lambda m: m, {"crs": None, "transform": Affine.identity()}),
    "pictures": (lambda m: m * 255, {"suffix": ".png", "driver": "PNG"}),
    "webp without loss": (
        lambda m: np.stack([m * 255] * 3), {"compress": "WEBP", "WEBP_LOSSLESS": "YES"},
    ),
}  # fmt: skip


def figures(town: Town, masks: Path, tmp_path: Path) -> tuple[tuple[int, int], float]:
    """Dwellings that evaluate counts and finds, and the share of pixels that training sees."""
    model = write_model(tmp_path / "tiny.onnx")
    score = evaluate_model(EvaluateOptions(model, town.chips, masks)).total
    split = SplitOptions(val_columns=("2",), test_columns=("3",))
    data = CampDataModule(DataOptions(town.chips, masks, gsd=0.5, crop=64, workers=0, split=split))
    share = calculate_dataset_statistics(data)["train"]["class_share"]["dwelling"]
    return (score.buildings.labelled, score.buildings.matched), share


@pytest.mark.parametrize("name", READ)
def test_masks_that_are_read(name: str, town: Town, tmp_path: Path) -> None:
    make, profile = READ[name]
    masks = masks_of(town, tmp_path / "masks", make, **profile)
    assert figures(town, masks, tmp_path) == figures(town, town.masks, tmp_path)


def jpeg(mask: Mask) -> Mask:
    return mask * 255


def smooth(mask: Mask) -> Mask:
    """As a picture program draws outlines: grey beside them."""
    padded = np.pad(mask.astype(float), 1, mode="edge")
    total = sum(padded[i : i + SIDE, j : j + SIDE] for i in range(3) for j in range(3))
    return np.asarray(np.round(255 * total / 9), np.uint8)


def numbered(mask: Mask) -> Mask:
    return mask * (1 + np.arange(SIDE, dtype=np.uint8)[None] // 4)


UNKNOWN = "write 0 for background and a class for dwellings, and NoData only where"
REFUSED: dict[str, tuple[Callable[[Mask], Mask], dict[str, Any], str]] = {
    "jpeg": (jpeg, {"compress": "JPEG"}, r"compressed with loss \(JPEG\), which changes"),
    "jpeg pictures": (
        jpeg, {"suffix": ".jpg", "driver": "JPEG"},
        r"compressed with loss \(JPEG\)",
    ),
    "webp": (lambda m: np.stack([m * 255] * 3), {"compress": "WEBP"}, "compressed with loss|value"),
    "jpeg 2000": (
        jpeg,
        {"suffix": ".jp2", "driver": "JP2OpenJPEG", "QUALITY": "20", "REVERSIBLE": "NO"},
        "compressed with loss|holds the value",
    ),
    "smoothed": (smooth, {}, "holds the values .*, smoothing or resampling leaves such values"),
    "numbers of dwellings": (numbered, {}, "or numbers of dwellings"),
    "green": (
        lambda m: np.stack([m * 0, m * 200, m * 0]), {"photometric": "RGB"},
        "is a coloured picture of 3 bands",
    ),
    "two bands": (lambda m: np.stack([m, 1 - m]), {}, "is a coloured picture of 2 bands"),
    "dwellings are nodata": (
        lambda m: m * 255, {"nodata": 255}, f"mark no dwelling, because .* or NoData: {UNKNOWN}",
    ),
    "ground is clear": (
        with_alpha, {"colors": RGBA}, f"mark nothing but dwellings, because .* NoData: {UNKNOWN}",
    ),
    "black on clear": (
        lambda m: with_alpha(m, colour=0), {"colors": RGBA}, "mark no dwelling, because all their",
    ),
    "ground is NaN": (
        lambda m: np.where(m == 1, 1, np.nan).astype(np.float32), {}, "mark nothing but dwellings",
    ),
    "ground is -9999": (
        lambda m: np.where(m == 1, 1, -9999).astype(np.int16), {"nodata": -9999},
        "mark nothing but dwellings",
    ),
    "ground is -9999 and nobody says so": (
        lambda m: np.where(m == 1, 1, -9999).astype(np.int16), {}, "holds the value -9999, where",
    ),
    "ignored pixels are 255": (
        lambda m: np.where(np.arange(SIDE) < 4, 255, m).astype(np.uint8), {},
        r"holds the value 255, where masks have 0 .* and 1 \(dwelling\): declare 255 as NoData",
    ),
    "nothing is known": (lambda m: m * 0 + 255, {"nodata": 255}, "say nothing, because all"),
    "all is dwelling": (lambda m: m * 0 + 1, {}, "nothing but dwellings, because no pixel is 0"),
    "another class": (lambda m: m * 2, {}, "holds the value 2, where masks have 0"),
    "halves": (lambda m: m * np.float32(0.5), {}, "holds the value 0.5, where"),
    "elsewhere": (lambda m: m, {"transform": place(0, 4)}, "lies elsewhere than chip_0_0.tif"),
    "in another zone": (lambda m: m, {"crs": "EPSG:32644"}, "lies elsewhere than chip_0_0.tif"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_masks_that_are_refused_alike(name: str, town: Town, tmp_path: Path) -> None:
    make, profile, message = REFUSED[name]
    masks = masks_of(town, tmp_path / "masks", make, **profile)
    model = write_model(tmp_path / "tiny.onnx")
    split = SplitOptions(val_columns=("2",), test_columns=("3",))
    with pytest.raises(CampDetectorError, match=message):
        evaluate_model(EvaluateOptions(model, town.chips, masks))
    with pytest.raises(CampDetectorError, match=message):
        calculate_dataset_statistics(
            CampDataModule(DataOptions(town.chips, masks, gsd=0.5, crop=64, workers=0, split=split))
        )


def test_several_classes_are_their_numbers(town: Town, tmp_path: Path) -> None:
    two, chips = make_classes(("tent", "house")), read_chips(town.chips)
    good = masks_of(town, tmp_path / "good", lambda m: m * 2)
    labels = labels_of(chips, good, two)
    assert np.unique(labels.labels.read(chips[0]).classes).tolist() == [0, 2]
    bad = masks_of(town, tmp_path / "bad", lambda m: m * 3)
    with pytest.raises(CampDetectorError, match=r"value 3, .* 1 \(tent\), 2 \(house\): correct"):
        labels_of(chips, bad, two)


def test_masks_of_one_folder_mean_the_same(town: Town, tmp_path: Path) -> None:
    """One says 1 and another 255: which of them is a dwelling?"""
    masks = masks_of(town, tmp_path / "masks", lambda m: m * 255)
    with rasterio.open(masks / "chip_1_1.tif", "r+") as out:
        out.write(out.read() // 255)
    with pytest.raises(CampDetectorError, match="holds the value 255, where masks have 0"):
        labels_of(read_chips(town.chips), masks, ONE)


def test_two_masks_of_a_chip_are_refused(town: Town, tmp_path: Path) -> None:
    masks = masks_of(town, tmp_path / "masks", lambda m: m)
    profile = {"driver": "PNG", "width": SIDE, "height": SIDE, "count": 1, "dtype": "uint8"}
    with rasterio.open(masks / "chip_0_1.png", "w", **profile) as out:
        out.write(np.zeros((1, SIDE, SIDE), np.uint8))
    with pytest.raises(CampDetectorError, match=r"two masks of chip_0_1 \(chip_0_1.png and chip_"):
        labels_of(read_chips(town.chips), masks, ONE)


def test_chips_without_a_mask_are_left_out_and_said(
    town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    masks = masks_of(town, tmp_path / "masks", lambda m: m)
    for name in ("chip_0_1", "chip_1_3"):
        (masks / f"{name}.tif").unlink()
    note = "masks: 2 of 8 chips have no mask and are left out: chip_0_1, chip_1_3"
    model = write_model(tmp_path / "tiny.onnx")
    evaluation = evaluate_model(EvaluateOptions(model, town.chips, masks))
    assert evaluation.notes == (note,)
    assert sum(len(a.chips) for a in evaluation.areas) == 6
    options = DataOptions(
        town.chips, masks, gsd=0.5, crop=64, workers=0,
        split=SplitOptions(val_columns=("2",), test_columns=("3",)),
    )  # fmt: skip
    data = CampDataModule(options, split_file=tmp_path / "split.json")
    assert data.notes == (note,)
    assert [len(data.part(p)) for p in ("train", "val", "test")] == [3, 2, 1]
    assert "chip_0_1" not in (tmp_path / "split.json").read_text()
    whole = CampDataModule(
        DataOptions(
            town.chips, town.masks, gsd=0.5, crop=64, workers=0,
            split=SplitOptions(val_columns=("2",), test_columns=("3",)),
        ),
        split_file=tmp_path / "whole.json",
    )  # fmt: skip
    assert len(whole.part("train")) == 4
    options = DataOptions(
        town.chips, masks, gsd=0.5, crop=64, workers=0,
        split=SplitOptions(file=tmp_path / "whole.json"),
    )  # fmt: skip
    assert len(CampDataModule(options).part("train")) == 3
    for mask in masks.iterdir():
        mask.rename(mask.with_stem(f"other_{mask.stem}"))
    with pytest.raises(CampDetectorError, match="holds no mask of the 8 chips"):
        labels_of(read_chips(town.chips), masks, ONE)


def test_a_mask_that_cannot_be_opened_keeps_its_remedy(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    masks = masks_of(town, tmp_path / "masks", lambda m: m)

    def fail(path: Path) -> None:
        msg = f"{path} is odd"
        raise RasterError(msg, remedy="give {bands}")

    monkeypatch.setattr(mask_file, "open_image", fail)
    with pytest.raises(RasterError) as error:
        labels_of(read_chips(town.chips), masks, ONE)
    assert error.value.sentence.endswith("cannot be read as a mask: it is odd")
    assert error.value.remedy == "give {bands}"
