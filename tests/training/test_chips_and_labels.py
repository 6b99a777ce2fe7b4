"""Chips and labels are read as they are, or refused with a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import shapely

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.grid import Window
from camp_detector_core.engine.spec import ClassDef
from camp_detector_core.model_file import default_model_path, open_model
from tests.support.datasets import (
    HOUSES,
    SIDE,
    house_polygon,
    write_polygons,
)
from tests.support.rasters import write_raster
from training.data.chips import read_chips, read_pixels, refuse_unfit
from training.data.labels import labels_of, open_labels, refuse_foreign
from training.data.place import Place
from training.evaluation.inputs import choose_labels
from training.evaluation.measure import EvaluateOptions
from training.fit.bands import make_bands, make_classes
from training.fit.options import DWELLING, IMAGENET_BANDS, DataOptions
from training.fit.place_options import LabelChanges, OptionsError, PlaceOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.datasets import Town

ONE = (DWELLING,)


def test_polygons_become_masks_pixel_for_pixel(town: Town) -> None:
    labels = open_labels(town.labels, ONE)
    for chip in read_chips(town.chips):
        _, row, col = chip.name.split("_")
        window = Window(int(row) * SIDE, int(col) * SIDE, SIDE, SIDE)
        np.testing.assert_array_equal(labels.read(chip).classes, town.truth[window.slices])


def test_an_unknown_class_or_field_is_one_sentence(tmp_path: Path, town: Town) -> None:
    path = write_polygons(tmp_path / "l.gpkg", [house_polygon(HOUSES[0])], kind=["shed"])
    with pytest.raises(RasterError, match="'shed', which is none of"):
        open_labels(path, (ClassDef(1, "tent", "#000000"),), class_field="kind")
    with pytest.raises(RasterError, match="no attribute 'sort'"):
        open_labels(town.labels, ONE, class_field="sort")


def test_missing_pixels_are_not_valid(tmp_path: Path) -> None:
    """As where the model is run: in a picture all bands must be nodata, elsewhere one is enough."""
    picture = np.full((3, 4, 4), 9, np.uint8)
    picture[:, 0, 0] = 0
    picture[0, 1, 1] = 0
    heights = np.full((2, 4, 4), 9, np.float32)
    heights[0, 0, 0], heights[1, 1, 1], heights[0, 2, 2] = -1, -1, np.nan
    alpha = np.full((4, 4, 4), 9, np.uint8)
    alpha[3] = 255
    alpha[3, 3, 3] = 0
    write_raster(tmp_path / "a.tif", picture, nodata=0)
    write_raster(tmp_path / "b.tif", heights, nodata=-1)
    write_raster(tmp_path / "c.tif", alpha, colors=("red", "green", "blue", "alpha"))
    labelled_places = {"a": [(0, 0)], "b": [(0, 0), (1, 1), (2, 2)], "c": [(3, 3)]}
    for chip in read_chips(tmp_path):
        pixels, valid = read_pixels(chip, bands=min(3, chip.bands))
        assert list(zip(*np.nonzero(~valid), strict=True)) == labelled_places[chip.name]
        assert np.isfinite(pixels).all()
    assert [c.bands for c in read_chips(tmp_path)] == [3, 2, 3]


def test_unknown_labels_are_not_valid(tmp_path: Path, town: Town) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    for row in range(2):
        for col in range(4):
            mask = np.ones((1, SIDE, SIDE), np.uint8)
            mask[0, :10] = 255
            write_raster(masks / f"chip_{row}_{col}.tif", mask, nodata=255)
    patch = open_labels(masks, ONE).read(read_chips(town.chips)[0])
    assert not patch.is_known[:10].any()
    assert patch.is_known[10:].all()


def test_a_dwelling_has_one_number_on_all_chips(town: Town) -> None:
    """Three houses lie across the border of two chips; no two houses share a number."""
    labels = open_labels(town.labels, ONE)
    west, east = (
        labels.read(chip).owner
        for chip in read_chips(town.chips)
        if chip.name[-4:] in {"_0_1", "_0_2"}
    )
    meeting = (west[:, -1] > 0) & (east[:, 0] > 0)
    assert meeting.any()
    np.testing.assert_array_equal(west[meeting, -1], east[meeting, 0])
    numbers = np.concatenate([np.unique(west), np.unique(east)])
    assert len(np.unique(numbers)) > 4


def test_masks_do_not_tell_dwellings_apart(town: Town) -> None:
    patch = open_labels(town.masks, ONE).read(read_chips(town.chips)[0])
    np.testing.assert_array_equal(patch.owner, patch.classes)


def test_a_tile_is_placed_by_its_name(tmp_path: Path) -> None:
    """A picture without a word on its place: x and y of zoom 19, in Web Mercator."""
    name = "OAM-386693-220243-19.tif"
    profile = {"width": 256, "height": 256, "count": 3, "dtype": "uint8", "driver": "GTiff"}
    with rasterio.open(tmp_path / name, "w", **profile) as out:
        out.write(np.zeros((3, 256, 256), np.uint8))
    (chip,) = read_chips(tmp_path)
    assert chip.column == "386693"
    assert chip.grid is not None
    side = 2 * np.pi * 6378137 / 2**19
    assert chip.grid.transform.c == pytest.approx(386693 * side - np.pi * 6378137)
    assert chip.grid.transform.f == pytest.approx(np.pi * 6378137 - 220243 * side)
    assert chip.grid.gsd == pytest.approx((0.2647, 0.2633), abs=1e-4)


def test_foreign_labels_are_refused(tmp_path: Path, town: Town) -> None:
    far = write_polygons(tmp_path / "far.gpkg", [house_polygon((9000, 0, 9010, 10))])
    with pytest.raises(RasterError, match=r"none of the polygons in .*far\.gpkg lies on any chip"):
        refuse_foreign(open_labels(far, ONE), read_chips(town.chips))


def test_labels_that_a_shift_brings_onto_the_chips_are_taken(tmp_path: Path, town: Town) -> None:
    x, y = read_chips(town.chips)[0].grid.transform[2::3]  # type: ignore[union-attr]  # has a grid
    outline = shapely.box(x - 50, y - 10, x - 45, y - 5)
    labels = write_polygons(tmp_path / "west.gpkg", [outline])
    chips = read_chips(town.chips)
    with pytest.raises(RasterError, match="lies on any chip"):
        labels_of(chips, labels, ONE)
    assert labels_of(chips, labels, ONE, shift=(55.0, 0.0)).chips
    changes = LabelChanges(shift=(55.0, 0.0))
    place = PlaceOptions("west", chips=town.chips, labels=labels, changes=changes, chip_gsd=0.5)
    data = DataOptions(places=(place, replace(place, name="other")))
    assert Place(data.each_place()[0], data).labelled
    model = default_model_path()
    options = EvaluateOptions(model, town.chips, labels, changes=changes)
    assert choose_labels(options, open_model(model).spec, chips).chips


def test_mixed_chips_are_refused(tmp_path: Path) -> None:
    write_raster(tmp_path / "a.tif", np.zeros((3, 8, 8), np.uint8))
    write_raster(tmp_path / "b.tif", np.zeros((5, 8, 8), np.uint8))
    with pytest.raises(RasterError, match=r"b\.tif has 5 bands and .*a\.tif has 3"):
        refuse_unfit(read_chips(tmp_path), 3)
    with pytest.raises(RasterError, match="has 3 bands, and the model takes 4"):
        refuse_unfit(read_chips(tmp_path), 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: (p / "chip_0_0.tif").unlink(), "holds no mask for chip chip_0_0"),
        (lambda p: (p / "chip_0_0.tif").write_bytes(b"text"), "cannot be read as a mask"),
        (
            lambda p: write_raster(p / "chip_0_0.tif", np.zeros((1, 8, 8), np.uint8)),
            "is 8 x 8 pixels, and its chip 64 x 64",
        ),
    ],
    ids=["missing", "broken", "size"],
)
def test_masks_that_do_not_fit(
    tmp_path: Path, town: Town, change: Callable[[Path], Any], message: str
) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    for name in ("chip_0_0.tif", "other.tif"):
        write_raster(masks / name, np.zeros((1, SIDE, SIDE), np.uint8))
    labels = open_labels(masks, ONE)
    change(masks)
    if not (masks / "chip_0_0.tif").exists():
        labels = open_labels(masks, ONE)
    with pytest.raises(RasterError, match=message):
        labels.read(read_chips(town.chips)[0])


@pytest.mark.parametrize("names", [[], ["red", "red"]])
def test_bands_and_classes_need_names(names: list[str]) -> None:
    with pytest.raises(OptionsError, match="different names"):
        make_bands(names, dtype="uint8")
    with pytest.raises(OptionsError, match="different names"):
        make_classes(names)


def test_rgb_has_the_scale_of_imagenet() -> None:
    assert make_bands(["red", "green", "blue"], dtype="uint8") == IMAGENET_BANDS
    assert make_classes(["dwelling"]) == (DWELLING,)


def beside(folder: Path, town: Town, *, kind: str = "house", more: bool = False) -> Path:
    """A folder of the town's masks and, beside them, its polygons in one file or in two."""
    folder.mkdir()
    for mask in town.masks.iterdir():
        (folder / mask.name).write_bytes(mask.read_bytes())
    polygons = [house_polygon(house) for house in HOUSES]
    write_polygons(folder / "buildings.gpkg", polygons, kind=[kind] * len(polygons))
    if more:
        write_polygons(folder / "more.gpkg", polygons, kind=[kind] * len(polygons))
    return folder


def test_polygons_beside_masks_tell_dwellings_apart(
    tmp_path: Path, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        labels = open_labels(beside(tmp_path / "labels", town), ONE)
    assert "labels are the polygons of" in caplog.text
    masks, polygons = open_labels(town.masks, ONE), open_labels(town.labels, ONE)
    several = 0
    for chip in read_chips(town.chips):
        patch = labels.read(chip)
        np.testing.assert_array_equal(patch.classes, masks.read(chip).classes)
        np.testing.assert_array_equal(patch.owner, polygons.read(chip).owner)
        several = max(several, len(np.unique(patch.owner)))
    assert several > 2


def test_polygons_beside_masks_are_left_where_they_say_less(
    tmp_path: Path, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    from training.data.vector_labels import VectorLabels

    folder = beside(tmp_path / "labels", town)
    two = make_classes(("house", "tent"))
    with caplog.at_level("INFO"):
        assert not isinstance(open_labels(folder, two), VectorLabels)
        assert isinstance(open_labels(folder, two, class_field="kind"), VectorLabels)
        assert not isinstance(open_labels(folder, ONE, georeferenced=False), VectorLabels)
        unknown = beside(tmp_path / "unknown", town)
        with rasterio.open(next(unknown.glob("*.tif")), "r+") as mask:
            mask.nodata = 255
            mask.write(np.full((1, *mask.shape), 255, np.uint8))
        assert not isinstance(open_labels(unknown, ONE), VectorLabels)
        several = beside(tmp_path / "several", town, more=True)
        assert not isinstance(open_labels(several, ONE), VectorLabels)
    assert "--class-field does not say" in caplog.text
    assert "where nothing is known" in caplog.text
    assert "there are 2 vector files" in caplog.text


def test_polygons_that_show_something_else_than_their_masks_are_refused(
    tmp_path: Path, town: Town
) -> None:
    folder = beside(tmp_path / "labels", town)
    whole_town = house_polygon((0, 0, 2 * SIDE, 4 * SIDE))
    write_polygons(folder / "buildings.gpkg", [whole_town], kind=["house"])
    labels = open_labels(folder, ONE)
    with pytest.raises(RasterError, match=r"differ in .* move the masks"):
        labels.read(read_chips(town.chips)[0])


def test_masks_of_all_dwellings_agree_with_polygons_of_several_classes(
    tmp_path: Path, town: Town
) -> None:
    folder = beside(tmp_path / "labels", town)
    whole_town = house_polygon((0, 0, 2 * SIDE, 4 * SIDE))
    write_polygons(folder / "buildings.gpkg", [whole_town], kind=["tent"])
    labels = open_labels(folder, make_classes(("house", "tent")), class_field="kind")
    chip = read_chips(town.chips)[0]
    with pytest.raises(RasterError, match="differ in"):
        labels.read(chip)
    with rasterio.open(folder / f"{chip.name}.tif", "r+") as mask:
        mask.write(np.ones((1, *mask.shape), np.uint8))
    assert set(np.unique(labels.read(chip).classes)) == {2}
