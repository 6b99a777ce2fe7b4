"""One raster or many chips, and what is said where they cannot be measured."""

from __future__ import annotations

import subprocess
import sys
from collections import namedtuple
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from camp_detector_core.engine.errors import CampDetectorError
from camp_detector_core.engine.separation import Separation
from camp_detector_core.georaster.settings import Settings
from tests.support.datasets import (
    COLS,
    GSD,
    HOUSES,
    ROWS,
    SIDE,
    house_polygon,
    place,
    write_picture,
    write_polygons,
)
from tests.support.models import tiny_spec, write_model
from tests.support.rasters import write_raster
from training.evaluation import inputs
from training.evaluation.measure import EvaluateOptions, evaluate_model

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.datasets import Town
    from training.evaluation.measure import Evaluation

EVERY = len(HOUSES)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "tiny.onnx")


@pytest.fixture
def raster(tmp_path: Path, town: Town) -> Path:
    """The whole town in one file."""
    return write_raster(tmp_path / "town.tif", town.pixels, transform=place(0, 0))


def measure(model: Path, chips: Path, labels: Path, **changes: Any) -> Evaluation:
    values: dict[str, Any] = {"settings": Settings(simplify=0), "threads": 1}
    return evaluate_model(EvaluateOptions(model, chips, labels, **values | changes))


def counts(evaluation: Evaluation) -> tuple[int, ...]:
    pixels, buildings = evaluation.total.pixels, evaluation.total.buildings
    return pixels.tp, pixels.fp, pixels.fn, buildings.matched, buildings.predicted


def test_one_raster_gives_the_figures_of_its_chips(model: Path, raster: Path, town: Town) -> None:
    one, many = (measure(model, c, town.labels) for c in (raster, town.chips))
    assert counts(one) == counts(many) == (int(town.truth.sum()), 0, 0, EVERY, EVERY)
    assert one.areas[0].chips == ("town",)
    assert (one.total.blocks.counts == many.total.blocks.counts).all()


def test_one_raster_and_its_mask_of_another_name(
    model: Path, raster: Path, town: Town, tmp_path: Path
) -> None:
    """Beside the mask lies a picture of the same stem, which is not it."""
    truth = town.truth.astype(np.uint8)[None]
    mask = write_raster(tmp_path / "labels.tif", truth, transform=place(0, 0))
    write_picture(tmp_path / "labels.png", 1 - truth)
    write_picture(tmp_path / "town.png", 1 - truth)
    evaluation = measure(model, raster, mask)
    assert counts(evaluation) == (int(town.truth.sum()), 0, 0, EVERY, EVERY)
    masks_folder = tmp_path / "masks"
    masks_folder.mkdir()
    write_raster(masks_folder / "town.tif", truth)
    assert counts(measure(model, raster, masks_folder)) == counts(evaluation)


def test_a_plain_picture_and_its_mask(model: Path, town: Town, tmp_path: Path) -> None:
    picture = write_picture(tmp_path / "a.png", town.pixels)
    mask = write_picture(tmp_path / "b.png", town.truth.astype(np.uint8)[None])
    assert counts(measure(model, picture, mask))[:3] == (int(town.truth.sum()), 0, 0)


def one_mask_for_many(tmp_path: Path, town: Town) -> dict[str, Path]:
    return {"labels": write_raster(tmp_path / "m.tif", town.truth.astype(np.uint8)[None])}


def small_mask(tmp_path: Path, town: Town) -> dict[str, Path]:
    return {
        "chips": write_raster(tmp_path / "c.tif", town.pixels, transform=place(0, 0)),
        "labels": write_raster(tmp_path / "m.tif", town.truth[:9].astype(np.uint8)[None]),
    }


def no_place(tmp_path: Path, town: Town) -> dict[str, Path]:
    return {"chips": write_picture(tmp_path / "plain.png", town.pixels)}


def split_of_one(tmp_path: Path, town: Town) -> dict[str, Path]:
    split = tmp_path / "split.json"
    split.write_text('{"train": ["a"], "val": ["b"], "test": ["town"]}')
    return {"chips": next(iter(sorted(town.chips.iterdir()))), "split": split}


def too_few_bands(tmp_path: Path, town: Town) -> dict[str, Path]:
    return {"chips": write_raster(tmp_path / "c.tif", town.pixels[:1], transform=place(0, 0))}


def labels_elsewhere(tmp_path: Path, town: Town) -> dict[str, Path]:
    far = write_polygons(tmp_path / "far.gpkg", [shapely.box(0, 0, 9, 9)])
    chips = write_raster(tmp_path / "c.tif", town.pixels, transform=place(0, 0))
    return {"chips": chips, "labels": far}


def no_image(tmp_path: Path, town: Town) -> dict[str, Path]:
    return {"chips": town.labels}


def nothing_but_nodata(tmp_path: Path, town: Town) -> dict[str, Path]:
    blank = np.zeros_like(town.pixels)
    return {"chips": write_raster(tmp_path / "c.tif", blank, transform=place(0, 0), nodata=0)}


def nothing_known(tmp_path: Path, town: Town) -> dict[str, Path]:
    mask = np.full((1, *town.truth.shape), 255, np.uint8)
    return {
        "chips": write_raster(tmp_path / "c.tif", town.pixels, transform=place(0, 0)),
        "labels": write_raster(tmp_path / "m.tif", mask, nodata=255),
    }


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (one_mask_for_many, "m.tif is one mask and the chips are a folder: give the folder"),
        (small_mask, "m.tif is 9 x 256 pixels, and its chip 128 x 256"),
        (no_place, "plain.png has no georeference, so .*houses.gpkg cannot .*: give masks"),
        (split_of_one, "is one image and cannot be split by .*split.json: leave out split"),
        (too_few_bands, "c.tif has 1 bands, and the model takes 3"),
        (labels_elsewhere, "none of the polygons in .*far.gpkg lies on any chip .1 chip.:"),
        (no_image, "houses.gpkg cannot be opened as a raster"),
        (nothing_but_nodata, "c.tif has no valid pixel .*houses.gpkg, .*: give other images"),
        (nothing_known, "the mask .*m.tif says nothing, because"),
    ],
    ids=lambda f: getattr(f, "__name__", ""),
)
def test_what_cannot_be_measured_is_one_sentence(
    model: Path, town: Town, tmp_path: Path, fault: Any, message: str
) -> None:
    arguments = {"chips": town.chips, "labels": town.labels} | fault(tmp_path, town)
    with pytest.raises(CampDetectorError, match=message):
        measure(model, **arguments)


@pytest.mark.parametrize(
    "options", [{"iou": 0.0}, {"iou": 1.1}, {"block_metres": 0.5}, {"block_metres": float("nan")}]
)
def test_senseless_numbers_are_refused(model: Path, town: Town, options: dict[str, float]) -> None:
    with pytest.raises(CampDetectorError, match=f"^{next(iter(options))} must be"):
        measure(model, town.chips, town.labels, **options)


def test_what_does_not_fit_into_memory_is_refused_before_it_is_run(
    model: Path, raster: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = ROWS * COLS * SIDE**2
    memory = namedtuple("memory", "available")  # noqa: PYI024 - stands for psutil's
    enough = pixels * (1 + inputs._WORK_BYTES)
    monkeypatch.setattr(inputs.psutil, "virtual_memory", lambda: memory(enough))
    assert counts(measure(model, raster, town.labels))[3] == EVERY
    monkeypatch.setattr(inputs.psutil, "virtual_memory", lambda: memory(enough - 1))
    with pytest.raises(CampDetectorError, match=r"town.tif would .* 128 x 256 .*: cut out a part"):
        measure(model, raster, town.labels)
    with pytest.raises(CampDetectorError, match="and its 7 neighbours would be measured as"):
        measure(model, town.chips, town.masks)


PEAK = """
import re, sys
from pathlib import Path
from camp_detector_core.georaster.settings import Settings
from training.evaluation.measure import EvaluateOptions, evaluate_model

for chips, labels in zip(sys.argv[2::2], sys.argv[3::2]):
    given = Path(sys.argv[1]), Path(chips), Path(labels)
    evaluate_model(EvaluateOptions(*given, threads=1))
    print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""
"""Prints the most memory in KiB that the process ever had, after each evaluation."""


@pytest.mark.skipif(sys.platform != "linux", reason="it is asked of /proc")
@pytest.mark.parametrize("masks", [False, True])
def test_no_more_memory_is_used_than_is_asked_for(tmp_path: Path, *, masks: bool) -> None:
    """Compare two sizes, so that what the libraries take does not count."""
    sides, files = (1000, 2600), []
    for side in sides:
        truth = np.zeros((1, side, side), np.uint8)
        starts = range(10, side - 30, 60)
        corners = [(row, col) for row in starts for col in starts]
        for row, col in corners:
            truth[0, row : row + 20, col : col + 20] = 1
        at = place(0, 0)
        pixels = np.repeat(truth * np.uint8(254) + np.uint8(1), 3, axis=0)
        files.append(write_raster(tmp_path / f"{side}.tif", pixels, transform=at))
        if masks:
            files.append(write_raster(tmp_path / f"m{side}.tif", truth, transform=at))
        else:
            houses = [house_polygon((r, c, r + 20, c + 20)) for r, c in corners]
            files.append(write_polygons(tmp_path / f"{side}.gpkg", houses))
    model = write_model(tmp_path / "large.onnx", tile_size=512, overlap=64)
    words = [sys.executable, "-c", PEAK, str(model), *map(str, files)]
    result = subprocess.run(words, capture_output=True, text=True, check=True)
    peaks = [1024 * int(line) for line in result.stdout.split()]
    bytes_per_pixel = (peaks[1] - peaks[0]) / (sides[1] ** 2 - sides[0] ** 2)
    expected_bytes = 1 + inputs._WORK_BYTES + masks * (3 + inputs._MASK_BYTES)
    assert 0.5 * expected_bytes < bytes_per_pixel < expected_bytes, (
        f"{bytes_per_pixel:.1f} bytes a pixel"
    )


def test_a_description_in_place_of_the_models_own(model: Path, raster: Path, town: Town) -> None:
    strict = measure(model, raster, town.labels, spec=tiny_spec(min_area=30.0))
    least = [(h[2] - h[0]) * (h[3] - h[1]) * GSD**2 >= 30 for h in HOUSES]
    assert strict.total.buildings.predicted == sum(least) < EVERY


def test_touching_dwellings_are_parted_or_not_on_the_same_pixels(tmp_path: Path) -> None:
    """Two rows of ten tents that touch; the second band is the border that the model finds."""
    pixels, tents = np.full((3, 96, 170), 1, np.uint8), []
    for row in (6, 56):
        for col in range(5, 155, 15):
            pixels[:2, row : row + 30, col : col + 15] = 255
            pixels[1, row + 2 : row + 28, col + 2 : col + 13] = 0
            tents.append(house_polygon((row, col, row + 30, col + 15)))
    separation = Separation("border", 0.5, reach=4, min_seed=2)
    model = write_model(tmp_path / "apart.onnx", separation=separation)
    chips = write_raster(tmp_path / "tents.tif", pixels, transform=place(0, 0))
    labels = write_polygons(tmp_path / "tents.gpkg", tents)
    kinds = ({}, {"separate": False}, {"tta": True})
    parted, merged, turned = (
        measure(model, chips, labels, settings=Settings(simplify=0, **kind)) for kind in kinds
    )
    pixels_labelled = 20 * 30 * 15
    assert counts(parted) == (pixels_labelled, 0, 0, 20, 20)
    assert counts(merged) == (pixels_labelled, 0, 0, 0, 2)
    assert counts(turned) == counts(parted)
    assert turned.areas[0].chips == ("tents",)
