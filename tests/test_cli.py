"""The command on real files, end to end, with models whose answer is known for every pixel."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import rasterio
import rasterio.features
import rasterio.shutil
import shapely
from rasterio.transform import Affine

from camp_detector_core import __version__
from tests.support.models import stac_item, tiny_onnx, tiny_spec, write_model
from tests.support.outlines import EXACT, features, same_polygons, traced
from tests.support.rasters import NORTH, UTM_AREA, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from pathlib import Path

# What comes out.


def test_polygons_are_exactly_the_mask(tmp_path: Path, model: Path, camp: Any) -> None:
    camp_mask = scene(300, 200)
    image = write_raster(tmp_path / "a.tif", rgb_of(camp_mask))
    code, out, err = camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--mask", *EXACT)
    assert (code, err) == (0, "")
    shapes, fields = features(tmp_path / "o.gpkg")
    expected = traced(camp_mask, Affine(0.5, 0, WEST, 0, -0.5, NORTH))
    assert same_polygons(shapes, expected)
    assert all(s.is_valid for s in shapes)
    assert fields["id"].tolist() == list(range(1, len(expected) + 1))
    assert fields["area_m2"] == pytest.approx([s.area / UTM_AREA for s in shapes])
    assert fields["area_m2"].sum() == pytest.approx(camp_mask.sum() * 0.25 / UTM_AREA)
    assert (fields["probability"] == 1).all()
    assert set(fields["model"]) == {"tiny-1.0"}
    with rasterio.open(tmp_path / "o_mask.tif") as dataset:
        assert np.array_equal(dataset.read(1), camp_mask)
    total, median = fields["area_m2"].sum(), np.median(fields["area_m2"])
    assert out.startswith(
        f"{len(shapes)} dwellings, {total:,.1f} m2 in all, median {median:.1f} m2\n"
    )
    assert str(tmp_path / "o.gpkg") in out


def test_all_outputs_and_the_report(tmp_path: Path, model: Path, camp: Any) -> None:
    camp_mask = scene()
    image = write_raster(tmp_path / "a.tif", rgb_of(camp_mask))
    folder = tmp_path / "out"
    folder.mkdir()
    code, _, _ = camp(
        "detect", image, "-m", model, "-o", folder / "o.gpkg", "--all-outputs", "--min-area", "2"
    )
    assert code == 0
    names = ["o.gpkg", "o_mask.tif", "o_overlay.png", "o_probability.tif", "o_report.json"]
    assert sorted(p.name for p in folder.iterdir()) == names
    with rasterio.open(folder / "o_probability.tif") as dataset:
        assert np.array_equal(dataset.read(1), camp_mask * np.uint8(254))
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    _, fields = features(folder / "o.gpkg")
    assert fields["area_m2"].min() >= 2
    report = json.loads((folder / "o_report.json").read_text())
    assert report["model"]["id"] == "tiny-1.0"
    assert report["model"]["sha256"] == hashlib.sha256(model.read_bytes()).hexdigest()
    assert report["model"]["attribution"] == ["made by a test"]
    assert report["input"] == {
        "images": [str(image)],
        "files": [str(image)],
        "bands": [1, 2, 3],
        "dtype": "uint8",
    }
    assert report["grid"]["gsd_m"] == [0.5, 0.5]
    assert report["grid"]["resampled"] is False
    assert report["parameters"]["min_area_m2"] == 2
    assert report["parameters"]["threshold"] == 0.5
    result = report["result"]
    assert result["dwellings"] == result["by_class"]["dwelling"] == len(fields["id"])
    assert result["total_area_m2"] == pytest.approx(fields["area_m2"].sum(), abs=0.006)
    assert result["median_area_m2"] == pytest.approx(np.median(fields["area_m2"]), abs=0.006)
    tiles = report["tiles"]
    assert tiles["total"] == tiles["inferred"] > 1
    assert {"read", "infer", "blend", "write", "wall"} <= set(report["seconds"]["stages of detect"])
    assert {"open", "detect", "vector file", "overlay"} <= set(report["seconds"])
    assert {"camp-detector", "python", "numpy", "onnxruntime", "gdal", "system"} <= set(
        report["software"]
    )
    assert report["outputs"]["mask"] == str(folder / "o_mask.tif")
    assert report["started"].endswith("+00:00")


def test_no_report_means_the_vector_file_alone(tmp_path: Path, model: Path, camp: Any) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    (tmp_path / "out").mkdir()
    camp("detect", image, "-m", model, "-o", tmp_path / "out" / "o.fgb", "--no-report")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["o.fgb"]


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".geojson", ".shp"])
def test_every_format(tmp_path: Path, model: Path, camp: Any, suffix: str) -> None:
    camp_mask = scene()
    image = write_raster(tmp_path / "a.tif", rgb_of(camp_mask))
    path = tmp_path / f"o{suffix}"
    assert camp("detect", image, "-m", model, "-o", path, *EXACT)[0] == 0
    info = pyogrio.read_info(path)
    assert info["features"] == len(traced(camp_mask, Affine.identity()))
    assert info["crs"] == ("EPSG:4326" if suffix == ".geojson" else "EPSG:32645")
    _, fields = features(path)
    assert fields["area_m2"].sum() == pytest.approx(camp_mask.sum() * 0.25 / UTM_AREA)


def test_simplified_outlines_stay_near_the_exact_ones(
    tmp_path: Path, model: Path, camp: Any
) -> None:
    rows, cols = np.indices((200, 200)) - 100
    disc = rows**2 + cols**2 < 70**2
    image = write_raster(tmp_path / "a.tif", rgb_of(disc))
    for name, options in (("exact", EXACT), ("pixel", ()), ("metre", ("--simplify", "1"))):
        camp("detect", image, "-m", model, "-o", tmp_path / f"{name}.gpkg", *options)
    (exact,), (pixel,), (metre,) = (
        features(tmp_path / f"{n}.gpkg")[0] for n in ("exact", "pixel", "metre")
    )
    counts = [shapely.get_num_coordinates(s) for s in (exact, pixel, metre)]
    assert counts[0] > counts[1] > counts[2] > 4
    assert shapely.hausdorff_distance(exact, pixel) <= 0.5 + 1e-6
    assert shapely.hausdorff_distance(exact, metre) <= 1 + 1e-6


def test_squared_outlines_are_rectangles(tmp_path: Path, model: Path, camp: Any) -> None:
    rows, cols = np.indices((120, 120)) - 60
    turn = np.radians(30)
    lengthwise, across = (
        cols * np.cos(turn) + rows * np.sin(turn),
        rows * np.cos(turn) - cols * np.sin(turn),
    )
    rectangle = (np.abs(lengthwise) < 40) & (np.abs(across) < 20)
    image = write_raster(tmp_path / "a.tif", rgb_of(rectangle))
    camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--square")
    (shape,), _ = features(tmp_path / "o.gpkg")
    assert shapely.get_num_coordinates(shape) == 5
    assert shape.area == pytest.approx(rectangle.sum() * 0.25, rel=0.03)


def test_classes_have_their_names_and_values(tmp_path: Path, camp: Any) -> None:
    from camp_detector_core.engine.spec import ClassDef

    classes = (ClassDef(3, "tent", "#FF0000"), ClassDef(7, "hut", "#00FF00"))
    model = write_model(tmp_path / "two.onnx", classes=classes)
    pixels = np.zeros((3, 80, 80), np.uint8)
    pixels[0, 10:20, 10:20] = 255
    pixels[1, 40:60, 40:50] = 255
    image = write_raster(tmp_path / "a.tif", pixels)
    camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--all-outputs")
    _, fields = features(tmp_path / "o.gpkg")
    assert fields["class"].tolist() == ["tent", "hut"]
    assert fields["area_m2"] == pytest.approx([25 / UTM_AREA, 50 / UTM_AREA])
    with rasterio.open(tmp_path / "o_mask.tif") as dataset:
        mask = dataset.read(1)
        assert (mask[15, 15], mask[50, 45], mask[0, 0]) == (3, 7, 0)
    with rasterio.open(tmp_path / "o_probability.tif") as dataset:
        assert dataset.descriptions == ("probability of tent", "probability of hut")
    report = json.loads((tmp_path / "o_report.json").read_text())
    assert report["result"]["by_class"] == {"tent": 1, "hut": 1}


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_the_overlay_shows_imagery_outlines_and_nodata(
    tmp_path: Path, model: Path, camp: Any
) -> None:
    pixels = np.full((3, 100, 200), 90, np.uint8)
    pixels[:, 40:80, 60:120] = 255
    pixels[:, :, 150:] = 0
    image = write_raster(tmp_path / "a.tif", pixels, nodata=0)
    camp("detect", image, "-m", model, "-o", tmp_path / "o.gpkg", "--overlay")
    with rasterio.open(tmp_path / "o_overlay.png") as dataset:
        overlay = dataset.read()
    assert overlay.shape == (3, 100, 200)
    line = (overlay == np.array([227, 26, 28])[:, None, None]).all(axis=0)
    expected = np.zeros((100, 200), bool)
    expected[39:81, 59:121] = True
    expected[41:79, 61:119] = False
    assert np.array_equal(line, expected)
    assert (overlay[:, 10, 10] == 90).all()
    assert (overlay[:, 60, 90] == 255).all()
    assert (overlay[:, 10, 190] == 160).all()
    camp("detect", image, "-m", model, "-o", tmp_path / "s.gpkg", "--overlay", "--overlay-size", 50)
    with rasterio.open(tmp_path / "s_overlay.png") as dataset:
        assert dataset.shape == (25, 50)
    assert not list(tmp_path.glob("*.aux.xml"))


# Which model, and with which values.


def test_all_kinds_of_model_files_give_the_same(tmp_path: Path, model: Path, camp: Any) -> None:
    import zipfile

    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    (tmp_path / "item.json").write_text(stac_item("tiny.onnx"))
    with zipfile.ZipFile(tmp_path / "tiny.dlpk", "w") as archive:
        archive.writestr("tiny.emd", json.dumps({"ModelFile": "tiny.onnx"}))
        archive.write(model, "tiny.onnx")
    for name in ("tiny.onnx", "item.json", "tiny.dlpk"):
        out = tmp_path / f"{name}.gpkg"
        assert camp("detect", image, "-m", tmp_path / name, "-o", out)[0] == 0
        assert len(features(out)[0]) == len(features(tmp_path / "tiny.onnx.gpkg")[0]) > 0


def test_a_model_of_fixed_size_is_run_in_its_size(tmp_path: Path, camp: Any) -> None:
    camp_mask = scene()
    (tmp_path / "s.onnx").write_bytes(tiny_onnx(tiny_spec(), side=96))
    image = write_raster(tmp_path / "a.tif", rgb_of(camp_mask))
    code, _, _ = camp("detect", image, "-m", tmp_path / "s.onnx", "-o", tmp_path / "o.gpkg", *EXACT)
    assert code == 0
    shapes, _ = features(tmp_path / "o.gpkg")
    assert same_polygons(shapes, traced(camp_mask, Affine(0.5, 0, WEST, 0, -0.5, NORTH)))


def test_values_of_the_user_take_the_place_of_the_models(
    tmp_path: Path, model: Path, camp: Any
) -> None:
    pixels = np.zeros((3, 100, 100), np.uint8)
    pixels[0, 10:20, 10:20] = 128  # probability 0.55
    pixels[0, 50:60, 50:60] = 255
    image = write_raster(tmp_path / "a.tif", pixels)
    for threshold, count in (("0.5", 2), ("0.6", 1)):
        out = tmp_path / f"{count}.gpkg"
        camp(
            "detect", image, "-m", model, "-o", out, "--threshold", threshold,
            "--tile-size", "96", "--overlap", "8", "--threads", "1", "--device", "cpu",
        )  # fmt: skip
        _, fields = features(out)
        assert len(fields["id"]) == count
        parameters = json.loads((tmp_path / f"{count}_report.json").read_text())["parameters"]
        assert parameters["threshold"] == float(threshold)
        assert (parameters["tile_size"], parameters["overlap"]) == (96, 8)
    assert features(tmp_path / "2.gpkg")[1]["probability"][0] == pytest.approx(0.549, abs=0.003)


def test_overwrite_is_needed_to_replace(tmp_path: Path, model: Path, camp: Any) -> None:
    image = write_raster(tmp_path / "a.tif", rgb_of(scene()))
    command = ("detect", image, "-m", model, "-o", tmp_path / "o.gpkg")
    assert camp(*command)[0] == 0
    before = (tmp_path / "o.gpkg").read_bytes()
    code, out, err = camp(*command)
    assert (code, out) == (2, "")
    assert "exists already: give --overwrite" in err
    assert (tmp_path / "o.gpkg").read_bytes() == before
    write_raster(image, np.zeros((3, 50, 50), np.uint8))
    assert camp(*command, "--overwrite")[0] == 0
    assert features(tmp_path / "o.gpkg")[0] == []


# The rest of the command.


def test_inspect_says_what_a_model_is(tmp_path: Path, model: Path, camp: Any) -> None:
    code, out, err = camp("inspect", model)
    assert (code, err) == (0, "")
    for words in (
        "tiny, version 1.0", "dwelling", "red, green, blue", "uint8", "0.5 m a pixel", "64 px",
        "CC0-1.0", "made by a test", str(model), hashlib.sha256(model.read_bytes()).hexdigest(),
    ):  # fmt: skip
        assert words in out
    code, out, _ = camp("inspect", model, "--json")
    description = json.loads(out)
    assert description["spec"] == tiny_spec().to_dict()
    assert description["bytes"] == model.stat().st_size


def test_version_and_help_need_nothing_heavy() -> None:
    process = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "camp_detector_core", "--version"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert process.stdout == f"camp-detector {__version__}\n"
    heavy = ("rasterio", "pyogrio", "shapely", "onnxruntime", "torch", "tqdm")
    assert not [name for name in heavy if f" {name}\n" in process.stderr]


@pytest.mark.parametrize("verb", [(), ("detect",), ("inspect",)])
def test_help_teaches(camp: Any, verb: tuple[str, ...]) -> None:
    code, out, err = camp(*verb, "--help")
    assert (code, err) == (0, "")
    assert "Usage: camp-detector" in out
