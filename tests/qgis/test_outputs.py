"""Outputs: refusals before the work, and remains when it is stopped."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyogrio
import pytest
import shapely
from rasterio.shutil import copy as copy_raster

from tests.support.outlines import features
from tests.support.qgis_ground import Ground, box, drawn_ground, polygon_file, virtual_raster
from tests.support.rasters import NORTH, WEST

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis

DETECT = "campdetector:detectdwellings"
SUMMARISE, COMPARE = "campdetector:summarisecamp", "campdetector:comparedates"
INFORMATION = "campdetector:modelinformation"


def write_vector(path: str | Path, table: str, *, driver: str = "GPKG", **options: str) -> None:
    """One square."""
    square = shapely.box(WEST, NORTH - 4, WEST + 4, NORTH)
    pyogrio.raw.write(
        path, shapely.to_wkb([square]), [], [], geometry_type="Polygon", crs="EPSG:32645",
        driver=driver, layer=table, **options,
    )  # fmt: skip


def copy_of_text(path: Path) -> Path:
    """A file of a name that says something else."""
    path.write_text("no database", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return drawn_ground(tmp_path_factory.mktemp("outputs"))


@pytest.fixture(scope="module")
def results(qgis: Qgis, ground: Ground) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    folder = ground.folder
    mask = polygon_file(folder / "mask.geojson", box(0, 40, 50, 0))
    blocks = polygon_file(folder / "blocks.geojson", box(0, 75, 40, 0), box(40, 75, 85, 0))
    before = polygon_file(folder / "before.geojson", box(0, 4, 4, 0))
    after = polygon_file(folder / "after.geojson", box(0, 4, 4, 0))
    (folder / "link.tif").symlink_to(ground.raster)
    copy_raster(ground.raster, folder / "mosaic.vrt", driver="VRT")
    late = folder / "late"
    late.mkdir()
    dwellings = str(folder / "dwellings.gpkg")
    table = "ogr:dbname='{}' table=\"{}\" (geom)"
    virtual = virtual_raster(ground.raster)
    base = {"INPUT": str(ground.raster), "MODEL_FILE": str(ground.model)}

    def detect(**params: Any) -> dict[str, Any]:
        return {"op": "run", "alg": DETECT, "params": {**base, "OUTPUT": "memory:", **params}}

    def check(alg: str = DETECT, **params: Any) -> dict[str, Any]:
        outputs = {"OUTPUT": "memory:", "CLASSES": str(folder / "x.tif")}
        return {"op": "check", "alg": alg, "params": {**base, **outputs, **params}}

    names = {
        name: f"{folder / 'named'}/{name}"
        for name in ("noending.gpkg", "other.gpkg", "project.gpkg", "lite.sqlite", "raster.gpkg")
    }
    (folder / "named" / "folder.gpkg").mkdir(parents=True)
    (folder / "page.html").symlink_to(folder / "nowhere.html")
    for name in ("noending.gpkg", "project.gpkg"):
        write_vector(names[name], Path(name).stem)
    write_vector(names["other.gpkg"], "foo")
    write_vector(names["lite.sqlite"], "lite", driver="SQLite", SPATIALITE="YES")
    write_vector(folder / "named" / "parts.shp", "parts", driver="ESRI Shapefile")
    copy_raster(ground.raster, names["raster.gpkg"], driver="GPKG", RASTER_TABLE="picture")

    def summary(step: dict[str, Any] | str, **params: Any) -> dict[str, Any]:
        return check(SUMMARISE, INPUT=step, **params)

    steps: dict[str, dict[str, Any]] = {
        "file": detect(OUTPUT=dwellings),
        "late": {
            "op": "late",
            "alg": DETECT,
            "at": " pixels of ",
            "folder": str(late),
            "params": {
                **base,
                "OUTPUT": str(late / "d.gpkg"),
                "CLASSES": str(late / "c.tif"),
            },
        },
        "late comparison": {
            "op": "late",
            "alg": COMPARE,
            "at": "never",
            "percent": 0.0,
            "folder": str(late),
            "params": {"BEFORE": dwellings, "AFTER": str(after), "OUTPUT": str(late / "e.gpkg")},
        },
        "late table": {
            "op": "late",
            "alg": DETECT,
            "at": " pixels of ",
            "folder": str(late),
            "params": {**base, "OUTPUT": table.format(dwellings, "more")},
        },
        "late summary": {
            "op": "late",
            "alg": SUMMARISE,
            "at": "never",
            "percent": 0.0,
            "folder": str(late),
            "params": {"INPUT": dwellings, "OUTPUT": str(late / "s.gpkg")},
        },
        "own virtual raster": check(
            INPUT={"layer": [virtual, "virtual", "virtualraster"]},
            BANDS="1,1,1",
            CLASSES=str(ground.raster),
        ),
        "own virtual layer": check(
            SUMMARISE,
            INPUT={"query": f"ogr:{dwellings}:d", "sql": "select * from d"},
            OUTPUT=dwellings,
        ),
        "own without ending": summary(
            names["noending.gpkg"], OUTPUT=names["noending.gpkg"].removesuffix(".gpkg")
        ),
        "own with another ending": summary(
            names["noending.gpkg"], OUTPUT=names["noending.gpkg"] + "/../noending"
        ),
        "own first table": summary(
            names["other.gpkg"], OUTPUT=table.format(names["other.gpkg"], "foo")
        ),
        "own file as a database": summary(
            names["noending.gpkg"], OUTPUT=f"ogr:{names['noending.gpkg']}"
        ),
        "own layer of the project": summary(
            {"sql": "select * from named", "of": [names["project.gpkg"], "named"]},
            OUTPUT=names["project.gpkg"],
        ),
        "own table of SpatiaLite": summary(
            names["lite.sqlite"],
            OUTPUT=f"spatialite:dbname='{names['lite.sqlite']}' table=\"lite\"",
        ),
        "own part of a Shapefile": summary(
            str(folder / "named" / "parts.shp"), OUTPUT=str(folder / "named" / "parts.dbf")
        ),
        "own raster of a GeoPackage": check(
            INPUT=names["raster.gpkg"], OUTPUT=table.format(names["raster.gpkg"], "picture")
        ),
        "beside a raster": check(
            INPUT=names["raster.gpkg"], OUTPUT=table.format(names["raster.gpkg"], "dwellings")
        ),
        "folder": check(OUTPUT=str(folder / "named" / "folder.gpkg")),
        "folder for a page": summary(dwellings, OUTPUT="memory:", REPORT=str(folder)),
        "link for a page": summary(dwellings, OUTPUT="memory:", REPORT=str(folder / "page.html")),
        "long name": check(OUTPUT=str(folder / ("x" * 250 + ".gpkg"))),
        "drawing": check(OUTPUT=str(folder / "x.dxf")),
        "table of text": check(OUTPUT=str(folder / "x.csv")),
        "locked": {
            **check(OUTPUT=table.format(names["other.gpkg"], "new")),
            "locked": names["other.gpkg"],
        },
        "being edited": {
            **check(OUTPUT=table.format(names["other.gpkg"], "new")),
            "locked": names["other.gpkg"],
            "lock": "BEGIN IMMEDIATE",
        },
        "no database": check(OUTPUT=table.format(copy_of_text(folder / "text.gpkg"), "new")),
        "two of one name": summary(
            dwellings, OUTPUT=str(folder / "r.geojson"), REPORT=str(folder / "r.geojson")
        ),
        "two rasters of one name": check(
            CLASSES=str(folder / "c.tif"), PROBABILITY=str(folder / "late" / ".." / "c.tif")
        ),
        "no folder": detect(OUTPUT=str(folder / "missing" / "x.gpkg")),
        "no folder of classes": detect(CLASSES=str(folder / "missing" / "c.tif")),
        "no folder in a task": {
            "op": "prepare",
            "alg": SUMMARISE,
            "params": {"INPUT": dwellings, "OUTPUT": str(folder / "missing" / "x.gpkg")},
        },
        "own raster": check(CLASSES=str(ground.raster)),
        "own raster by a link": check(PROBABILITY=str(folder / "link.tif")),
        "own part of a mosaic": check(INPUT=str(folder / "mosaic.vrt"), CLASSES=str(ground.raster)),
        "own mask": check(MASK=str(mask), OUTPUT=str(mask)),
        "own model": check(INFORMATION, OUTPUT=str(ground.model)),
        "own dwellings": check(SUMMARISE, INPUT=dwellings, OUTPUT=dwellings),
        "own table": check(
            SUMMARISE,
            INPUT=dwellings,
            OUTPUT=table.format(dwellings, "dwellings"),
        ),
        "own boundaries": check(
            SUMMARISE, INPUT=dwellings, BOUNDARIES=str(blocks), REPORT=str(blocks)
        ),
        "own date": check(COMPARE, BEFORE=str(before), AFTER=str(after), OUTPUT=str(before)),
        "own dwellings in a task": {
            "op": "prepare",
            "alg": SUMMARISE,
            "params": {"INPUT": dwellings, "OUTPUT": dwellings},
        },
        "other table": check(SUMMARISE, INPUT=dwellings, OUTPUT=table.format(dwellings, "other")),
    }
    answers = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


def test_stopping_while_results_are_written_leaves_nothing(results: dict[str, Any]) -> None:
    for step in ("late", "late comparison", "late summary"):
        assert results[step]["files"] == [], results[step]
        assert not results[step]["results"].get("OUTPUT")


def test_stopping_takes_no_other_table_of_the_file(results: dict[str, Any], ground: Ground) -> None:
    assert not results["late table"]["results"].get("OUTPUT")
    with closing(sqlite3.connect(ground.folder / "dwellings.gpkg")) as file:
        tables = file.execute("SELECT table_name FROM gpkg_contents").fetchall()
    assert tables == [("dwellings",)]


@pytest.mark.parametrize("step", ["no folder", "no folder of classes"])
def test_a_folder_that_is_not_there_is_told_before_the_work(
    results: dict[str, Any], step: str
) -> None:
    assert "does not exist" in results[step]["error"]
    assert results[step]["texts"] == []


def test_tasks_look_at_the_outputs_as_well(results: dict[str, Any], ground: Ground) -> None:
    assert not results["no folder in a task"]["ok"]
    assert not results["own dwellings in a task"]["ok"]
    assert len(features(ground.folder / "dwellings.gpkg")[0]) == results["file"]["results"]["COUNT"]


@pytest.mark.parametrize(
    "step",
    [
        "own raster",
        "own raster by a link",
        "own part of a mosaic",
        "own mask",
        "own model",
        "own dwellings",
        "own table",
        "own virtual raster",
        "own virtual layer",
        "own boundaries",
        "own date",
        "own without ending",
        "own with another ending",
        "own first table",
        "own file as a database",
        "own layer of the project",
        "own table of SpatiaLite",
        "own part of a Shapefile",
        "own raster of a GeoPackage",
    ],
)
def test_an_output_may_not_destroy_an_input(results: dict[str, Any], step: str) -> None:
    assert results[step]["ok"] is False
    assert "is an input of this run: choose another name" in results[step]["message"]


def test_another_table_of_the_file_may_be_written(results: dict[str, Any]) -> None:
    assert results["other table"]["ok"] is True, results["other table"]
    assert results["beside a raster"]["ok"] is True, results["beside a raster"]


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("folder", "folder.gpkg is a folder: name a file in it"),
        ("folder for a page", "is a folder: name a file in it"),
        ("link for a page", "page.html is a symbolic link"),
        ("long name", "is too long for a file"),
        ("drawing", "must end in one of .gpkg"),
        ("table of text", "must end in one of .gpkg"),
        ("locked", "is being changed by another program"),
        ("being edited", "is being changed by another program"),
        ("no database", "cannot be opened to add a table"),
        ("two of one name", "is named for two results"),
        ("two rasters of one name", "is named for two results"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_the_work(
    results: dict[str, Any], step: str, sentence: str
) -> None:
    assert results[step]["ok"] is False
    assert sentence in results[step]["message"]
