"""A folder of training data holds the reviewed ground, whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from camp_detector_core.engine.errors import (
    CampDetectorError,
    Cancelled,
    OutputError,
    ParameterError,
    RasterError,
)
from camp_detector_core.georaster.options import SourceOptions
from camp_detector_core.training_data.request import FILES
from tests.support.models import tiny_spec
from tests.support.rasters import NORTH, UTM, WEST, write_raster
from tests.training_data.conftest import AREA, GSD, ROWS, box, layer
from training.adapt.data_folder import options_in
from training.adapt.ground import read_ground
from training.adapt.options import AdaptOptions
from training.data.data_writer import RasterioDataWriter, RasterioImage
from training.data.places_file import read_places
from training.data.reprojection import moved

if TYPE_CHECKING:
    from pathlib import Path

    from tests.training_data.conftest import Exporter

LON_LAT = "EPSG:4326"


def shapes_of(path: Path) -> Any:
    _, _, geometries, _ = pyogrio.raw.read(path)
    return shapely.from_wkb(geometries)


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_image_is_the_area_with_its_margin_pixel_by_pixel(export: Exporter) -> None:
    outcome = export()
    with rasterio.open(export.image) as source, rasterio.open(export.folder / "image.tif") as made:
        assert made.crs == source.crs
        assert made.bounds == pytest.approx((WEST + 5, NORTH - 110, WEST + 110, NORTH - 5))
        window = source.window(*made.bounds)
        np.testing.assert_array_equal(made.read(), source.read(window=window))
        mask = source.dataset_mask(window=window)
        assert {*np.unique(mask).tolist()} == {0, 255}
        np.testing.assert_array_equal(made.dataset_mask(), mask)
        assert made.colorinterp == source.colorinterp
        assert made.shape == tuple(outcome.shape) == (210, 210)


def test_dwellings_and_area_keep_their_places(export: Exporter) -> None:
    outcome = export()
    labels = shapes_of(export.folder / "labels.gpkg")
    assert len(labels) == outcome.inside == len(ROWS)
    assert shapely.equals(labels, ROWS).all()
    assert shapely.equals(shapes_of(export.folder / "area.gpkg"), AREA).all()
    assert (outcome.cut, outcome.beyond) == (0, 0)
    # 85 m square, of which 5 x 5 m show no image.
    assert outcome.hectares == pytest.approx((85**2 - 25) / 1e4 / 0.9996**2, rel=1e-3)
    assert export.watch.stages == ["open", "image", "dwellings"]
    assert export.watch.progress
    assert not export.watch.warnings


def test_dwellings_are_counted_inside_cut_and_beyond(export: Exporter) -> None:
    # Two halves that adjoin are one area, so the dwelling on their border is whole.
    halves = [
        shapely.box(WEST + 15, NORTH - 60, WEST + 43, NORTH - 15),
        shapely.box(WEST + 43, NORTH - 60, WEST + 100, NORTH - 15),
    ]
    dwellings = [box(20, 20), box(40, 30), box(12, 40), box(60, 57), box(150, 150), box(-50, 20)]
    outcome = export(dwellings=layer(dwellings), area=layer(halves))
    assert (outcome.inside, outcome.cut, outcome.beyond) == (2, 2, 2)
    assert len(shapes_of(export.folder / "labels.gpkg")) == 4
    assert "4 dwellings on" in outcome.summary
    assert "2 of them are cut by the edge" in outcome.summary
    assert "2 lie beyond it and were left out" in outcome.summary
    assert "4 dwellings of corrected on reviewed ground are few" in export.watch.sentences


def test_a_dwelling_at_the_edge_of_the_image_is_cut(export: Exporter) -> None:
    area = shapely.box(WEST - 20, NORTH - 100, WEST + 100, NORTH + 20)
    dwellings = [box(-3, 40), box(30, 40), box(-30, 40)]
    outcome = export(dwellings=layer(dwellings), area=layer([area]))
    assert (outcome.inside, outcome.cut, outcome.beyond) == (1, 1, 1)


def test_labels_of_another_crs_are_moved(export: Exporter) -> None:
    degrees = moved(np.array(ROWS), *(rasterio.CRS.from_string(t) for t in (UTM, LON_LAT)))
    export(dwellings=layer(list(degrees), LON_LAT))
    labels = shapes_of(export.folder / "labels.gpkg")
    assert (shapely.hausdorff_distance(labels, ROWS) < 0.001).all()


def test_crossing_outlines_are_mended_and_what_is_no_polygon_is_counted(export: Exporter) -> None:
    x, y = WEST + 30, NORTH - 120
    bow = shapely.Polygon([(x, y), (x + 4, y + 4), (x + 4, y), (x, y + 4)])
    line = shapely.LineString([(x, y), (x + 5, y)])
    flat = shapely.Polygon([(x, y), (x + 5, y), (x + 9, y)])
    outcome = export(dwellings=layer([*ROWS, ROWS[0], bow, line, None, flat]), area=None)
    labels = shapes_of(export.folder / "labels.gpkg")
    assert shapely.is_valid(labels).all()
    assert len(labels) == outcome.inside + outcome.cut == len(ROWS) + 2
    sentences = export.watch.sentences
    assert "1 polygon with crossing or open outlines was mended" in sentences
    assert "1 polygon that is the same as another was counted once" in sentences
    for words in ("1 line", "1 feature without geometry", "1 polygon without area"):
        assert words in sentences


def test_without_an_area_the_rectangle_of_the_dwellings_is_taken_with_a_warning(
    export: Exporter,
) -> None:
    outcome = export(area=None)
    (area,) = shapes_of(export.folder / "area.gpkg")
    around = shapely.buffer(shapely.MultiPolygon(ROWS), GSD).bounds
    assert area.bounds == pytest.approx(around)
    assert outcome.inside == len(ROWS)
    assert "no reviewed area was given" in export.watch.sentences
    assert "no reviewed area was given" in (export.folder / "README.txt").read_text()


def test_the_places_file_and_the_command_name_the_files(export: Exporter) -> None:
    credit = 'Imagery: "Öffentlich" \\ CC BY'
    outcome = export(model="my model.onnx", attribution=(credit,))
    (place,) = read_places(export.folder / "places.toml")
    paths = (place.chips, place.labels, place.changes.area)
    assert place.attribution == (credit,)
    assert paths == tuple(export.folder / name for name in FILES[:3])
    assert outcome.command == (
        f'python -m training adapt --model "my model.onnx" --data "{export.folder}" '
        "--out runs/camp-north"
    )
    assert outcome.command in (export.folder / "README.txt").read_text()
    assert listing(export.folder) == sorted(FILES)


def test_classes_are_written(export: Exporter) -> None:
    classes = ["tent", None] * (len(ROWS) // 2)
    export(dwellings=layer(ROWS, classes=classes))
    _, _, _, (values,) = pyogrio.raw.read(export.folder / "labels.gpkg")
    assert sorted(map(str, values)) == sorted(map(str, classes))
    (place,) = read_places(export.folder / "places.toml")
    assert place.class_field == "class"


def test_bands_are_chosen_and_alpha_is_no_band(export: Exporter, tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).integers(1, 9, (4, 400, 400), dtype=np.uint8)
    pixels[3] = 255
    pixels[3, 60, 60] = 0
    colors = ["red", "green", "blue", "alpha"]
    export.image = write_raster(tmp_path / "rgba.tif", pixels, gsd=GSD, colors=colors)
    export()
    with rasterio.open(export.folder / "image.tif") as made:
        assert made.count == 3
        np.testing.assert_array_equal(made.read(), pixels[:3, 10:220, 10:220])
        assert np.argwhere(made.dataset_mask() == 0).tolist() == [[50, 50]]
    export(source=SourceOptions(bands=(3, 1)), overwrite=True)
    with rasterio.open(export.folder / "image.tif") as made:
        np.testing.assert_array_equal(made.read(), pixels[[2, 0], 10:220, 10:220])
    with pytest.raises(ParameterError, match=r"band 7, but .* has 4"):
        export(source=SourceOptions(bands=(7,)), overwrite=True)


@pytest.mark.parametrize("dtype", ["uint16", "int16", "float32", "float64"])
def test_other_pixels_are_written_as_they_are(export: Exporter, tmp_path: Path, dtype: str) -> None:
    pixels = np.random.default_rng(3).integers(-999, 9999, (1, 400, 400)).astype(dtype)
    export.image = write_raster(tmp_path / "other.tif", pixels, gsd=GSD)
    export()
    with rasterio.open(export.folder / "image.tif") as made:
        assert made.dtypes == (dtype,)
        np.testing.assert_array_equal(made.read(), pixels[:, 10:220, 10:220])
    assert f"has pixels of {dtype}" in export.watch.sentences


def refusals(tmp_path: Path) -> dict[str, tuple[dict[str, Any], type[CampDetectorError], str]]:
    far = [shapely.transform(b, lambda xy: xy + 50_000) for b in ROWS]
    pixels = np.ones((1, 40, 40), np.uint8)
    bare = write_raster(tmp_path / "bare.tif", pixels, crs=None)
    swapped = [shapely.box(600, 100, 601, 101)]
    return {
        "no CRS of the image": ({"images": (str(bare),)}, RasterError, "no coordinate system"),
        "no CRS of the dwellings": (
            {"dwellings": layer(ROWS, crs_wkt=None)}, RasterError, "corrected does not say its",
        ),
        "no dwelling": ({"dwellings": layer([])}, RasterError, r"no polygon \(no feature\)"),
        "points": (
            {"dwellings": layer([shapely.Point(0, 0)])}, RasterError, r"no polygon \(1 point",
        ),
        "dwellings far off": ({"dwellings": layer(far)}, RasterError, "no dwelling of corrected"),
        "dwellings nowhere": (
            {"dwellings": layer(swapped, LON_LAT)}, RasterError, "which have no place in",
        ),
        "area far off": ({"area": layer(far)}, RasterError, "is it the right layer"),
        "area without dwellings": (
            {"area": layer([box(150, 150, 30, 30)])}, RasterError, "lies in the reviewed area",
        ),
        "area without pixels": (
            {"area": layer([box(1, 1, 9, 9)]), "dwellings": layer([box(2, 2)])},
            RasterError, "shows no pixel of the reviewed area",
        ),
        "no image": ({"images": ("none.tif",)}, RasterError, "none.tif does not exist"),
        "margin": ({"margin": -1.0}, ParameterError, "margin must be 0 to 1000 metres"),
    }  # fmt: skip


CASES = (
    "no CRS of the image", "no CRS of the dwellings", "no dwelling", "points", "dwellings far off",
    "dwellings nowhere", "area far off", "area without dwellings", "area without pixels",
    "no image", "margin",
)  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    export: Exporter, tmp_path: Path, case: str
) -> None:
    changes, kind, words = refusals(tmp_path)[case]
    with pytest.raises(kind, match=words):
        export(**changes)
    assert not export.folder.exists()


def test_every_refusal_is_tried(tmp_path: Path) -> None:
    assert refusals(tmp_path).keys() == {*CASES}


@pytest.mark.parametrize("stage", ["", "image", "dwellings"])
def test_cancelling_leaves_nothing(export: Exporter, stage: str) -> None:
    export.watch.cancel_at = stage
    export.watch.stages = [] if stage else [""]
    with pytest.raises(Cancelled):
        export()
    assert export.watch.stages[-1] == stage or not stage
    assert not export.folder.exists()


def test_an_earlier_export_is_replaced_only_if_asked(export: Exporter) -> None:
    export()
    before = {path.name: path.read_bytes() for path in export.folder.iterdir()}
    with pytest.raises(OutputError, match="holds training data already: give overwrite"):
        export()
    (export.folder / "image.tif.aux.xml").write_text("made by a viewer")
    outcome = export(overwrite=True, area=layer([box(15, 15, 40, 40)]))
    assert outcome.beyond
    assert listing(export.folder) == sorted(FILES)
    assert (export.folder / "image.tif").read_bytes() != before["image.tif"]


def test_a_folder_with_other_things_is_left_alone(export: Exporter) -> None:
    export.folder.mkdir()
    (export.folder / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"holds notes\.txt, which is no training data"):
        export(overwrite=True)
    assert listing(export.folder) == ["notes.txt"]


def test_an_input_is_never_replaced(export: Exporter) -> None:
    export()
    export.image = export.folder / "image.tif"
    with pytest.raises(OutputError, match="is an input of this run"):
        export(overwrite=True)
    labels = layer(ROWS, path=str(export.folder / "labels.gpkg"))
    with pytest.raises(OutputError, match="is an input of this run"):
        export(overwrite=True, dwellings=labels, images=(str(export.folder.parent / "camp.tif"),))
    assert listing(export.folder) == sorted(FILES)


def test_a_large_area_is_warned_of_and_a_huge_one_refused(
    export: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camp_detector_core.training_data.review._LARGE", 1.0)
    export()
    assert "the rectangle around the reviewed area has 1 ha: a model of 0.2 m" in (
        export.watch.sentences
    )
    monkeypatch.setattr("camp_detector_core.training_data.review._MOST_PIXELS", 210 * 210 - 1)
    with pytest.raises(RasterError, match=r"spans 210 x 210 pixels of .*: draw the area smaller"):
        export(folder=export.folder.parent / "other")
    assert not (export.folder.parent / "other").exists()


def test_a_part_of_the_area_beside_the_image_is_counted(export: Exporter) -> None:
    export(area=layer([AREA, box(500, 500)], name="reviewed"))
    assert "1 polygon of reviewed lies beside" in export.watch.sentences
    assert len(shapes_of(export.folder / "area.gpkg")) == 1


def test_tiles_are_one_image(export: Exporter, tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).integers(1, 9, (3, 400, 400), dtype=np.uint8)
    names = []
    for col in (0, 200):
        part = pixels[:, :, col : col + 200]
        place = Affine(GSD, 0, WEST + col * GSD, 0, -GSD, NORTH)
        names.append(str(write_raster(tmp_path / f"tile{col}.tif", part, transform=place)))
    export(images=tuple(names))
    with rasterio.open(export.folder / "image.tif") as made:
        np.testing.assert_array_equal(made.read(), pixels[:, 10:220, 10:220])


@pytest.mark.parametrize("what", ["pixels", "mask", "labels"])
def test_what_cannot_be_read_back_is_an_error(
    export: Exporter, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    write, table = RasterioImage.write, RasterioDataWriter.write_polygons

    def write_less(image: Any, window: Any, pixels: Any, valid: Any) -> None:
        write(image, window, pixels & (what != "pixels"), valid & (what != "mask"))

    def write_fewer(writer: Any, path: Path, polygons: Any) -> int:
        return table(writer, path, replace(polygons, polygons=polygons.polygons[1:]))

    monkeypatch.setattr(RasterioImage, "write", write_less)
    if what == "labels":
        monkeypatch.undo()
        monkeypatch.setattr(RasterioDataWriter, "write_polygons", write_fewer)
    name = "labels.gpkg" if what == "labels" else "image.tif"
    with pytest.raises(OutputError, match=f"{name} cannot be written: what was written cannot be"):
        export()
    assert not export.folder.exists()


def test_an_adaptation_reads_what_was_exported(export: Exporter, tmp_path: Path) -> None:
    cut, beyond = box(98, 60), box(150, 150)
    outcome = export(dwellings=layer([*ROWS, cut, beyond]), attribution=("Imagery: us",))
    values = options_in(export.folder)
    assert values["attribution"] == ("Imagery: us",)
    options = AdaptOptions(model=tmp_path, out=tmp_path, **values)
    ground = read_ground(options, tiny_spec())
    assert ground.hectares == pytest.approx(outcome.hectares, rel=1e-6)
    assert ground.metres == pytest.approx(GSD, rel=1e-3)
    assert ground.grid.shape == outcome.shape
    assert len(ground.labels.polygons) == len(ROWS) + 1
    assert len(ground.known_labels(smallest=0.0).polygons) == outcome.inside + outcome.cut == 65
