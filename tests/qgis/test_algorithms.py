"""The algorithms in a real QGIS, through `processing.run` and QGIS' own tasks.

Starting QGIS takes seconds, so one process does many things, and the tests look at what came out.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio.shutil
import shapely
from rasterio.transform import Affine

from camp_detector_core.demo import draw_camp
from camp_detector_core.engine.parameters import QGIS, shown_in
from tests.support.outlines import features
from tests.support.qgis_ground import (
    Ground,
    box,
    drawn_ground,
    polygon_file,
    rows,
    same,
    same_pixels,
    shapes,
)
from tests.support.rasters import NORTH, WEST, rgb_of, write_raster

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis

ROOT = Path(__file__).resolve().parents[2]
DETECT, CLASSIFY = "campdetector:detectdwellings", "campdetector:classifypixels"
SUMMARISE = "campdetector:summarisecamp"
INFORMATION = "campdetector:modelinformation"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return drawn_ground(tmp_path_factory.mktemp("ground"))


@pytest.fixture(scope="module")
def results(qgis: Qgis, ground: Ground) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    folder = ground.folder
    pixels = rgb_of(ground.camp)
    one_band = write_raster(folder / "one.tif", pixels[:1])
    degrees = write_raster(
        folder / "degrees.tif", pixels, crs="EPSG:4326",
        transform=Affine(0.5 / 98_700, 0, 87.0, 0, -0.5 / 110_800, 27.6),
    )  # fmt: skip
    rotated = write_raster(
        folder / "rotated.tif", pixels,
        transform=Affine.translation(WEST, NORTH) @ Affine.rotation(20) @ Affine.scale(0.5, -0.5),
    )  # fmt: skip
    coarse = write_raster(folder / "coarse.tif", pixels, gsd=10.0)
    deep = write_raster(folder / "deep.tif", pixels.astype(np.uint16) * 40)
    no_crs = write_raster(folder / "nocrs.tif", pixels, crs=None)
    outside = folder / "sent" / "outside.vrt"
    outside.parent.mkdir()
    rasterio.shutil.copy(ground.raster, outside, driver="VRT")
    mask = polygon_file(folder / "mask.geojson", box(0, 40, 50, 0))
    (folder / "camp-drawn").mkdir()
    camp_files, _ = draw_camp(folder / "camp-drawn")
    far = polygon_file(folder / "far.geojson", box(9000, 9040, 9050, 9000))
    extent = f"{WEST + 10},{WEST + 60},{NORTH - 60},{NORTH - 5} [EPSG:32645]"
    x, y = WEST + 25, NORTH - 20
    drawn_box = shapely.box(x - 25, y - 20, x + 25, y + 20).wkt
    around = f"{x - 18} {y},{x} {y + 18},{x + 18} {y},{x} {y - 18},{x - 18} {y}"
    circle = f"CurvePolygon(CircularString({around}))"
    painted = pixels.copy()
    painted[:, :, :] = pixels[:, ground.camp][:, :1, None]
    roof = write_raster(folder / "roof.tif", painted)
    base = {"INPUT": str(ground.raster), "MODEL_FILE": str(ground.model)}

    def detect(**params: Any) -> dict[str, Any]:
        return {"op": "run", "alg": DETECT, "params": {**base, "OUTPUT": "memory:", **params}}

    def check(alg: str = DETECT, **params: Any) -> dict[str, Any]:
        outputs = {"OUTPUT": "memory:", "CLASSES": str(folder / "x.tif")}
        return {"op": "check", "alg": alg, "params": {**base, **outputs, **params}}

    dwellings = str(folder / "dwellings.gpkg")
    steps: dict[str, dict[str, Any]] = {
        "described": {"op": "describe"},
        "file": detect(
            OUTPUT=dwellings, CLASSES=str(folder / "c.tif"), PROBABILITY=str(folder / "p.tif")
        ),
        "again": detect(),
        "settings": detect(THRESHOLD=0.9, MIN_AREA=4.0, SQUARE=True, SIMPLIFY=0.0, TILE_SIZE=96),
        "extent": detect(EXTENT=extent),
        "mask": detect(MASK=str(mask), SIMPLIFY=0.0, CLASSES=str(folder / "mask_c.tif")),
        "removed mask": {
            "op": "orphan",
            "alg": DETECT,
            "removed": "MASK",
            "params": {
                **base,
                "OUTPUT": "memory:",
                "SIMPLIFY": 0.0,
                "MASK": {"wkt": drawn_box, "kind": "Polygon", "crs": "EPSG:32645"},
            },
        },
        "curved mask": detect(MASK={"wkt": circle, "kind": "CurvePolygon", "crs": "EPSG:32645"}),
        "nowhere": detect(INPUT=str(no_crs), OUTPUT=str(folder / "nowhere.gpkg")),
        "nowhere summary": {
            "op": "check",
            "alg": SUMMARISE,
            "params": {"INPUT": str(folder / "nowhere.gpkg"), "OUTPUT": "memory:"},
        },
        "large": detect(INPUT=str(roof), NODATA=7),
        "far mask": detect(MASK=str(far)),
        "degrees": detect(INPUT=str(degrees)),
        "deep": detect(INPUT=str(deep)),
        "one band thrice": detect(INPUT=str(one_band), BANDS="1,1,1"),
        "given crs": detect(INPUT={"layer": [str(no_crs), "no crs", "gdal"], "crs": "EPSG:32645"}),
        "starter": {
            "op": "run",
            "alg": DETECT,
            "params": {"INPUT": str(camp_files), "OUTPUT": "memory:"},
        },
        "classes": {
            "op": "run",
            "alg": CLASSIFY,
            "params": {**base, "CLASSES": str(folder / "only.tif")},
        },
        "information": {
            "op": "run",
            "alg": INFORMATION,
            "params": {"MODEL_FILE": str(ground.model), "OUTPUT": str(folder / "model.html")},
        },
        "modeler": {
            "op": "modeler",
            "file": str(folder / "both.model3"),
            "model": str(ground.model),
            "raster": str(ground.raster),
            "output": str(folder / "model.gpkg"),
        },
        "check one band": check(INPUT=str(one_band)),
        "check rotated": check(INPUT=str(rotated)),
        "check coarse": check(INPUT=str(coarse)),
        "check bands": check(BANDS="a,b"),
        "check area": check(MIN_AREA=-1.0),
        "check overlap": check(OVERLAP=60),
        "check no number": check(SIMPLIFY="abc"),
        "check number as text": check(SIMPLIFY="0.5", OVERLAP="8", RESOLUTION=""),
        "check stretch": check(STRETCH="9,1"),
        "check model": check(MODEL_FILE=str(ground.raster)),
        "check no layer": check(INPUT=str(folder / "none.tif")),
        "check extent": check(EXTENT="0,1,0,1 [EPSG:32645]"),
        "check classify": check(CLASSIFY, INPUT=str(rotated)),
        "check fine": check(),
        "outside": detect(INPUT=str(outside)),
        "outside allowed": detect(INPUT=str(outside), ALLOW_EXTERNAL_SOURCES=True),
    }
    answers = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


def test_a_file_gives_what_the_command_line_gives(results: dict[str, Any], ground: Ground) -> None:
    vector = ground.detect("file")
    same(results["again"], vector)
    own_polygons, columns = features(ground.folder / "dwellings.gpkg")
    cli_polygons, cli_columns = features(vector)
    assert shapely.equals_exact(own_polygons, cli_polygons, tolerance=1e-9).all()
    assert set(columns) == set(cli_columns)
    result = results["file"]["results"]
    assert result["COUNT"] == len(cli_polygons)
    assert result["AREA"] == pytest.approx(cli_columns["area_m2"].sum())
    same_pixels(ground.folder / "c.tif", ground.folder / "cli-file_mask.tif")
    same_pixels(ground.folder / "p.tif", ground.folder / "cli-file_probability.tif")
    assert results["again"]["results"]["OUTPUT"]["crs"] == "EPSG:32645"


def test_settings_are_those_of_the_command_line(results: dict[str, Any], ground: Ground) -> None:
    options = ("--threshold", "0.9", "--min-area", "4", "--square", "--simplify", "0")
    same(results["settings"], ground.detect("settings", options=(*options, "--tile-size", "96")))
    assert len(rows(results["settings"])) < len(rows(results["again"]))


def test_other_rasters_give_what_the_command_line_gives(
    results: dict[str, Any], ground: Ground
) -> None:
    for name in ("degrees", "deep"):
        same(results[name], ground.detect(name, ground.folder / f"{name}.tif"))
    assert results["degrees"]["results"]["OUTPUT"]["crs"] == "EPSG:4326"
    thrice = ground.detect("one", ground.folder / "one.tif", options=("--bands", "1,1,1"))
    same(results["one band thrice"], thrice)
    assert any("stretched" in warning for warning in results["deep"]["warnings"])
    assert not any("--" in warning for warning in results["deep"]["warnings"])


def test_the_starter_model_finds_what_it_finds_elsewhere(
    results: dict[str, Any], ground: Ground
) -> None:
    image = ground.folder / "camp-drawn" / "camp.tif"
    same(results["starter"], ground.detect("starter", image, starter=True))
    assert len(rows(results["starter"])) > 300


def test_a_crs_that_the_user_gave_the_layer_counts(results: dict[str, Any]) -> None:
    assert results["given crs"]["results"]["OUTPUT"]["crs"] == "EPSG:32645"
    assert rows(results["given crs"]) == rows(results["again"])


def test_an_extent_is_all_that_is_looked_at(results: dict[str, Any]) -> None:
    union = shapely.union_all(shapes(results["extent"]))
    assert shapely.box(WEST + 10, NORTH - 60, WEST + 60, NORTH - 5).covers(union)
    assert 0 < len(rows(results["extent"])) < len(rows(results["again"]))


def test_outside_of_the_mask_nothing_is_found_and_no_tile_is_run(
    results: dict[str, Any], ground: Ground
) -> None:
    inside = shapely.box(WEST, NORTH - 40, WEST + 50, NORTH)
    union = shapely.union_all(shapes(results["mask"]))
    assert inside.covers(union)
    everywhere = ground.camp[:80, :100].sum() * 0.25
    assert union.area == pytest.approx(everywhere)
    tiles = [int(results[n]["texts"][-1].rpartition(" ")[2]) for n in ("mask", "again")]
    assert tiles[0] < tiles[1]
    assert "polygon" in results["far mask"]["error"]


def test_a_virtual_raster_reads_nothing_outside_of_its_folder_unasked(
    results: dict[str, Any],
) -> None:
    assert "which lies outside of" in results["outside"]["error"]
    assert "folder” (ALLOW_EXTERNAL_SOURCES)" in results["outside"]["error"]
    assert rows(results["outside allowed"]) == rows(results["again"])


def test_a_mask_may_be_removed_while_the_run_waits(results: dict[str, Any]) -> None:
    assert rows(results["removed mask"]) == rows(results["mask"])


def test_a_mask_may_have_curves(results: dict[str, Any]) -> None:
    union = shapely.union_all(shapes(results["curved mask"]))
    circle = shapely.Point(WEST + 25, NORTH - 20).buffer(18.0)
    assert 0 < union.area < circle.area
    assert circle.buffer(1.0).covers(union)


def test_coordinates_that_lie_nowhere_are_no_degrees(
    results: dict[str, Any], ground: Ground
) -> None:
    assert results["nowhere"]["results"]["COUNT"] == results["file"]["results"]["COUNT"]
    with closing(sqlite3.connect(ground.folder / "nowhere.gpkg")) as table:
        (number,) = table.execute("SELECT srs_id FROM gpkg_geometry_columns").fetchone()
    assert number in {-1, 99999}, "undefined Cartesian, by GDAL's older and newer name"
    assert "no coordinate system" in results["nowhere summary"]["message"]


def test_polygons_that_no_dwelling_fills_are_doubted(results: dict[str, Any]) -> None:
    (doubt,) = [w for w in results["large"]["warnings"] if "larger than 3,000 m²" in w]
    assert "“NoData value” (NODATA)" in doubt
    assert not any("larger than" in w for w in results["file"]["warnings"])


def test_classes_alone(results: dict[str, Any], ground: Ground) -> None:
    assert "error" not in results["classes"]
    same_pixels(ground.folder / "only.tif", ground.folder / "c.tif")


def test_a_model_tells_what_it_is_for(results: dict[str, Any], ground: Ground) -> None:
    result = results["information"]["results"]
    assert result["ID"] == "tiny-1.0"
    assert result["GSD"] == 0.5
    page = (ground.folder / "model.html").read_text(encoding="utf-8")
    # Sentences begin where lines begin; numbers of other reports end where these end.
    assert '<td style="text-align:start">made by a test</td>' in page


def test_the_modeler_runs_them_one_after_another(results: dict[str, Any], ground: Ground) -> None:
    assert results["modeler"]["ok"], results["modeler"]
    _, columns = features(ground.folder / "model.gpkg")
    assert columns["dwellings"].sum() == results["file"]["results"]["COUNT"]


def test_every_algorithm_says_what_it_does_and_runs_in_the_background(
    results: dict[str, Any],
) -> None:
    descriptions = results["described"]
    assert set(descriptions) == {
        "detectdwellings", "classifypixels", "summarisecamp", "comparedates", "modelinformation",
        "exporttrainingdata", "adaptmodel",
    }  # fmt: skip
    for description in descriptions.values():
        assert description["label"]
        assert len(description["help"]) > 80
        assert description["threaded"]
        assert all(description["parameters"].values())


@pytest.mark.parametrize(
    "name",
    [
        "detectdwellings", "classifypixels", "summarisecamp", "comparedates", "modelinformation",
        "exporttrainingdata", "adaptmodel",
    ],
)  # fmt: skip
def test_the_pages_tell_every_parameter_and_result(results: dict[str, Any], name: str) -> None:
    description = results["described"][name]
    names = {*description["parameters"], *description["outputs"]}
    help_page = (ROOT / "qgis_plugin/help" / f"{name}.html").read_text(encoding="utf-8")
    assert sorted(n for n in names if f"<code>{n}</code>" not in help_page) == []
    manual = (ROOT / "docs/qgis.md").read_text(encoding="utf-8")
    _, _, section = manual.partition(f"`campdetector:{name}`")
    section = section.partition("\n## ")[0]
    assert sorted(n for n in names if f"`{n}`" not in section) == []


def test_pages_call_the_options_as_the_dialog_does(results: dict[str, Any]) -> None:
    page = (ROOT / "qgis_plugin/help/detectdwellings.html").read_text(encoding="utf-8")
    manual = (ROOT / "docs/qgis.md").read_text(encoding="utf-8")
    shown = results["described"]["detectdwellings"]["parameters"]
    for option in shown_in(QGIS):
        name = option.hosts[QGIS]
        assert shown[name].partition(" (")[0] == option.label
        assert f"<th>{option.label}</th><td><code>{name}</code>" in page
        assert f"| {option.label} | `{name}` |" in manual


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("check one band", "has 1 band and the model takes 3 bands"),
        ("check rotated", "Raster > Projections > Warp"),
        ("check coarse", "has pixels of 10 m and the model needs 0.5 m"),
        ("check bands", "“Bands” (BANDS) must be whole numbers between commas"),
        ("check area", "“Minimum area” (MIN_AREA) must be 0 to 1000000 square metres, got -1"),
        ("check overlap", "overlap 60 must be less than half"),
        ("check no number", "(SIMPLIFY) must be 0 to 1000 metres, got 'abc'"),
        ("check stretch", "LOW below HIGH"),
        ("check model", "camp.tif is no model: choose an ONNX file"),
        ("check no layer", "none.tif cannot be read"),
        ("check extent", "choose one that overlaps the raster"),
        ("check classify", "is rotated"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(
    results: dict[str, Any], step: str, words: str
) -> None:
    assert results[step]["ok"] is False
    message = results[step]["message"]
    assert words in message
    assert "--" not in message
    assert "\n" not in message.strip()


def test_what_is_right_is_not_refused(results: dict[str, Any]) -> None:
    assert results["check fine"]["ok"] is True
    assert results["check number as text"]["ok"] is True
