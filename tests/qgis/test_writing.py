"""Results appear when all is done, or not at all: full disks, late stops, earlier results."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pyogrio
import pytest
import shapely

from tests.support.models import write_model
from tests.support.qgis_ground import Ground, box, polygon_file
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qgis.conftest import Qgis

DETECT, CLASSIFY = "campdetector:detectdwellings", "campdetector:classifypixels"
SUMMARISE, COMPARE = "campdetector:summarisecamp", "campdetector:comparedates"
TABLE = "ogr:dbname='{}' table=\"{}\" (geom)"
FORMATS = ("shp", "geojson", "fgb", "tab", "gml", "mif", "sqlite", "gpkg")
_LITTLE = 60_000
"""Bytes that a file may have where the disk is taken to be full."""
_DISKS = (
    ("full", "shp", _LITTLE), ("full", "geojson", _LITTLE), ("full", "fgb", _LITTLE),
    ("none", "shp", 1), ("none", "gpkg", 1),
)  # fmt: skip
"""Names of disks, formats of what is to go there, and bytes that there is room for."""
EARLIER = "what was there"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("writing")
    camp = scene(600, 600)
    model = write_model(folder / "tiny.onnx")
    return Ground(folder, model, write_raster(folder / "camp.tif", rgb_of(camp)), camp)


def path_of(ground: Ground, name: str) -> Path:
    """A folder for one step."""
    folder = ground.folder / name.replace(" ", "-")
    folder.mkdir()
    return folder


def added_steps(ground: Ground, base: dict[str, str], ready: Path) -> dict[str, dict[str, Any]]:
    """Dwellings are added to a table: a run that is stopped, and one that is not."""
    folder = path_of(ground, "added")
    shutil.copy(ready, folder / "d.gpkg")
    added = {"added": f"{folder / 'd.gpkg'}|layername=dwellings"}
    step = {"alg": DETECT, "params": {**base, "OUTPUT": added}}
    return {
        "late added": {"op": "late", "at": " pixels of ", "folder": str(folder), **step},
        "added": {"op": "run", **step},
    }


@pytest.fixture(scope="module")
def results(qgis: Qgis, ground: Ground) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    base = {"INPUT": str(ground.raster), "MODEL_FILE": str(ground.model)}
    ready = ground.detect("ready")
    steps: dict[str, dict[str, Any]] = added_steps(ground, base, ready)

    def detect(**params: Any) -> dict[str, Any]:
        return {"op": "run", "alg": DETECT, "params": {**base, **params}}

    for name in ("file", "table"):
        folder = path_of(ground, f"full {name}")
        target = folder / "d.gpkg"
        shutil.copy(ready, target)
        if name == "table":
            one = shapely.to_wkb([shapely.box(WEST, NORTH - 4, WEST + 4, NORTH)])
            pyogrio.raw.write(
                target, one, [], [], layer="more", append=True, geometry_type="Polygon",
                crs="EPSG:32645",
            )  # fmt: skip
        output = TABLE.format(target, "more") if name == "table" else str(target)
        size = target.stat().st_size
        limit = size + 4096 if name == "table" else size // 2
        steps[f"full {name}"] = {
            **detect(OUTPUT=output, CLASSES=str(folder / "c.tif")),
            "limit": limit,
        }
    for state, ending, limit in _DISKS:
        target = path_of(ground, f"{state} {ending}") / f"d.{ending}"
        steps[f"{state} {ending}"] = {**detect(OUTPUT=str(target)), "limit": limit}
    folder = path_of(ground, "full summary")
    steps["full summary"] = {
        "op": "run",
        "alg": SUMMARISE,
        "params": {
            "INPUT": str(ready), "HEXAGON_WIDTH": 5.0, "OUTPUT": str(folder / "s.gpkg"),
        },
        "limit": _LITTLE,
    }  # fmt: skip

    folder = path_of(ground, "late")
    for name in ("d.shp", "d.dbf", "c.tif"):
        (folder / name).write_text(EARLIER, encoding="utf-8")
    steps["late"] = {
        "op": "late", "alg": DETECT, "at": " pixels of ", "folder": str(folder),
        "params": {**base, "OUTPUT": str(folder / "d.shp"), "CLASSES": str(folder / "c.tif")},
    }  # fmt: skip
    folder = path_of(ground, "late table")
    shutil.copy(ready, folder / "d.gpkg")
    steps["late table"] = {
        "op": "late", "alg": DETECT, "at": " pixels of ", "folder": str(folder),
        "params": {**base, "OUTPUT": TABLE.format(folder / "d.gpkg", "dwellings")},
    }  # fmt: skip
    folder = path_of(ground, "late classes")
    (folder / "c.tif").write_text(EARLIER, encoding="utf-8")
    steps["late classes"] = {
        "op": "late", "alg": CLASSIFY, "at": " pixels of ", "folder": str(folder),
        "params": {**base, "CLASSES": str(folder / "c.tif")},
    }  # fmt: skip
    for name, params in (
        ("summary", {"INPUT": str(ready)}),
        ("comparison", {"BEFORE": str(ready), "AFTER": {"again": str(ready)}}),
    ):
        folder = path_of(ground, f"late {name}")
        (folder / "s.geojson").write_text(EARLIER, encoding="utf-8")
        extra = {}
        if name == "summary":
            (folder / "s.html").write_text(EARLIER, encoding="utf-8")
            extra["REPORT"] = str(folder / "s.html")
        steps[f"late {name}"] = {
            "op": "late", "alg": SUMMARISE if extra else COMPARE, "at": "never", "percent": 0.0,
            "folder": str(folder),
            "params": {**params, **extra, "OUTPUT": str(folder / "s.geojson")},
        }  # fmt: skip

    folder = path_of(ground, "formats")
    for turn in ("first", "again"):
        for ending in FORMATS:
            steps[f"{turn} {ending}"] = detect(OUTPUT=str(folder / f"d.{ending}"))
    steps["no ending"] = detect(OUTPUT=str(folder / "plain"))

    folder = path_of(ground, "tables")
    mask = polygon_file(folder / "mask.geojson", box(0, 100, 100, 0))
    shutil.copy(ready, folder / "d.gpkg")
    steps["new table"] = detect(OUTPUT=TABLE.format(folder / "d.gpkg", "more"))
    steps["old table"] = detect(OUTPUT=TABLE.format(folder / "d.gpkg", "more"), MASK=str(mask))
    steps["new file"] = detect(OUTPUT=TABLE.format(folder / "new.gpkg", "inside"))
    steps["SQLite"] = detect(OUTPUT=TABLE.format(ground.folder / "formats" / "d.sqlite", "more"))
    steps["loaded table"] = {
        "op": "background", "alg": DETECT, "load": {"OUTPUT": "mine"},
        "params": {**base, "OUTPUT": TABLE.format(folder / "d.gpkg", "loaded")},
    }  # fmt: skip
    steps["loaded file"] = {
        "op": "background", "alg": DETECT, "load": {"OUTPUT": "mine", "CLASSES": "mine"},
        "params": {**base, "OUTPUT": str(folder / "l.gpkg"), "CLASSES": str(folder / "l.tif")},
    }  # fmt: skip
    all_outputs = {**base, "OUTPUT": str(folder / "both.gpkg"), "CLASSES": str(folder / "both.tif")}
    steps["both"] = {"op": "both", "alg": DETECT, "jobs": [all_outputs, all_outputs]}

    answers = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


def count(path: Path, table: str | None = None) -> int:
    return int(pyogrio.read_info(path, layer=table, force_feature_count=True)["features"])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("ending", ["shp", "geojson", "fgb", "file", "table", "summary"])
def test_a_full_disk_is_told_and_leaves_nothing_new(
    results: dict[str, Any], ground: Ground, ending: str
) -> None:
    step = results[f"full {ending}"]
    assert "disk" in step["error"], step
    assert ".camp-detector" not in step["error"]
    folder = ground.folder / f"full-{ending}"
    assert names(folder) == (["d.gpkg"] if ending in {"file", "table"} else [])


def test_a_table_that_is_added_to_stays_when_the_run_is_stopped(
    results: dict[str, Any], ground: Ground
) -> None:
    assert not results["late added"]["results"].get("OUTPUT")
    before = len(pyogrio.raw.read(ground.folder / "cli-ready.gpkg")[2])
    after = len(pyogrio.raw.read(ground.folder / "added" / "d.gpkg")[2])
    assert after == before + results["added"]["results"]["COUNT"]


@pytest.mark.parametrize("ending", ["shp", "gpkg"])
def test_a_file_that_cannot_be_begun_is_called_as_the_user_did(
    results: dict[str, Any], ground: Ground, ending: str
) -> None:
    """QGIS speaks of the hidden folder in which results are made."""
    error, folder = results[f"none {ending}"]["error"], ground.folder / f"none-{ending}"
    assert f"Could not create layer {folder / f'd.{ending}'}:" in error
    assert ".camp-detector" not in error
    assert names(folder) == []


@pytest.mark.parametrize("name", ["full-file", "full-table", "late-table"])
def test_an_earlier_result_survives(results: dict[str, Any], ground: Ground, name: str) -> None:
    assert results
    target = ground.folder / name / "d.gpkg"
    tables = pyogrio.list_layers(target)[:, 0].tolist()
    assert tables == ["dwellings", *(["more"] if name == "full-table" else [])]
    assert name != "full-table" or count(target, "more") == 1
    assert count(target, "dwellings") == count(ground.folder / "cli-ready.gpkg") > 100


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("late", ["c.tif", "d.dbf", "d.shp"]),
        ("late classes", ["c.tif"]),
        ("late summary", ["s.geojson", "s.html"]),
        ("late comparison", ["s.geojson"]),
    ],
)
def test_a_late_stop_leaves_earlier_results_as_they_were(
    results: dict[str, Any], ground: Ground, name: str, files: list[str]
) -> None:
    assert results[name]["results"] == {}
    assert results[name]["infos"][-1] == "Stopped; nothing was written."
    folder = ground.folder / name.replace(" ", "-")
    assert names(folder) == files
    for file in files:
        assert (folder / file).read_text(encoding="utf-8") == EARLIER


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_replaces_an_earlier_result(
    results: dict[str, Any], ground: Ground, ending: str
) -> None:
    target = ground.folder / "formats" / f"d.{ending}"
    for turn in ("first", "again"):
        assert results[f"{turn} {ending}"]["results"]["OUTPUT"] == str(target)
    expected = results[f"again {ending}"]["results"]["COUNT"]
    assert count(target, "d" if ending == "sqlite" else None) == expected


def test_a_name_without_ending_is_a_geopackage(results: dict[str, Any], ground: Ground) -> None:
    target = ground.folder / "formats" / "plain.gpkg"
    assert results["no ending"]["results"]["OUTPUT"] == str(target)
    assert count(target, "plain") == results["no ending"]["results"]["COUNT"]


def test_a_table_is_replaced_beside_others(results: dict[str, Any], ground: Ground) -> None:
    target = ground.folder / "tables" / "d.gpkg"
    few, many = (results[f"{name} table"]["results"] for name in ("old", "new"))
    assert few["OUTPUT"] == many["OUTPUT"] == f"{target}|layername=more"
    assert count(target, "more") == few["COUNT"] < many["COUNT"]
    assert count(target, "dwellings") == many["COUNT"]
    with closing(sqlite3.connect(target)) as file:
        indexed = file.execute("SELECT count(*) FROM rtree_more_geom").fetchone()
        fields = [row[1] for row in file.execute("PRAGMA table_info(more)")]
    assert indexed == (few["COUNT"],)
    assert fields == ["fid", "geom", "id", "class", "probability", "area_m2", "model"]
    info = pyogrio.read_info(target, layer="more")
    assert info["crs"] == "EPSG:32645"
    assert info["geometry_type"] == "Polygon"


def test_a_table_may_be_the_first_of_a_file(results: dict[str, Any], ground: Ground) -> None:
    target = ground.folder / "tables" / "new.gpkg"
    assert results["new file"]["results"]["OUTPUT"] == f"{target}|layername=inside"
    assert count(target, "inside") == results["new file"]["results"]["COUNT"]
    lite = ground.folder / "formats" / "d.sqlite"
    assert count(lite, "more") == results["SQLite"]["results"]["COUNT"]


def test_results_are_loaded_from_their_place(results: dict[str, Any]) -> None:
    (layer,) = results["loaded table"]["layers"]
    assert "dwellings" in layer["name"]
    assert layer["renderer"] == "QgsSingleSymbolRenderer"
    assert len(results["loaded file"]["layers"]) == 2


def test_two_jobs_with_one_name_both_end(results: dict[str, Any], ground: Ground) -> None:
    assert results["both"]["ok"] == [True, True]
    assert count(ground.folder / "tables" / "both.gpkg") == results["both"]["counts"][0]


def test_no_hidden_folder_is_left(results: dict[str, Any], ground: Ground) -> None:
    assert results
    assert not list(ground.folder.rglob(".*"))
