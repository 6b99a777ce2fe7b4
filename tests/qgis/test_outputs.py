"""Outputs: refusals before the work, and remains when it is stopped."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
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


TABLE = "ogr:dbname='{}' table=\"{}\" (geom)"
Steps = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Desk:
    """The ground with more files beside it, and the steps of QGIS over them."""

    ground: Ground

    @property
    def folder(self) -> Path:
        return self.ground.folder

    @property
    def dwellings(self) -> str:
        return str(self.folder / "dwellings.gpkg")

    @property
    def base(self) -> dict[str, Any]:
        return {"INPUT": str(self.ground.raster), "MODEL_FILE": str(self.ground.model)}

    def at(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def named(self, name: str) -> str:
        return f"{self.folder / 'named'}/{name}"

    def detect(self, **params: Any) -> dict[str, Any]:
        return {"op": "run", "alg": DETECT, "params": {**self.base, "OUTPUT": "memory:", **params}}

    def check(self, alg: str = DETECT, **params: Any) -> dict[str, Any]:
        outputs = {"OUTPUT": "memory:", "CLASSES": str(self.folder / "x.tif")}
        return {"op": "check", "alg": alg, "params": {**self.base, **outputs, **params}}

    def summary(self, step: dict[str, Any] | str, **params: Any) -> dict[str, Any]:
        return self.check(SUMMARISE, INPUT=step, **params)

    def late(self, alg: str, **params: Any) -> dict[str, Any]:
        """A run that is stopped while its results are written."""
        moment = {"at": " pixels of "} if alg == DETECT else {"at": "never", "percent": 0.0}
        folder = str(self.folder / "late")
        return {"op": "late", "alg": alg, **moment, "folder": folder, "params": params}


def desk_on(ground: Ground) -> Desk:
    """Lay the files beside the ground."""
    desk, folder = Desk(ground), ground.folder
    polygon_file(folder / "mask.geojson", box(0, 40, 50, 0))
    polygon_file(folder / "blocks.geojson", box(0, 75, 40, 0), box(40, 75, 85, 0))
    for name in ("before.geojson", "after.geojson"):
        polygon_file(folder / name, box(0, 4, 4, 0))
    (folder / "link.tif").symlink_to(ground.raster)
    copy_raster(ground.raster, folder / "mosaic.vrt", driver="VRT")
    (folder / "late").mkdir()
    (folder / "named" / "folder.gpkg").mkdir(parents=True)
    (folder / "page.html").symlink_to(folder / "nowhere.html")
    for name in ("noending.gpkg", "project.gpkg"):
        write_vector(desk.named(name), Path(name).stem)
    write_vector(desk.named("other.gpkg"), "foo")
    write_vector(desk.named("lite.sqlite"), "lite", driver="SQLite", SPATIALITE="YES")
    write_vector(desk.named("parts.shp"), "parts", driver="ESRI Shapefile")
    copy_raster(ground.raster, desk.named("raster.gpkg"), driver="GPKG", RASTER_TABLE="picture")
    return desk


def stopped_late(desk: Desk) -> Steps:
    return {
        "late": desk.late(
            DETECT, **desk.base, OUTPUT=desk.at("late/d.gpkg"), CLASSES=desk.at("late/c.tif")
        ),
        "late comparison": desk.late(
            COMPARE,
            BEFORE=desk.dwellings,
            AFTER=desk.at("after.geojson"),
            OUTPUT=desk.at("late/e.gpkg"),
        ),
        "late table": desk.late(DETECT, **desk.base, OUTPUT=TABLE.format(desk.dwellings, "more")),
        "late summary": desk.late(SUMMARISE, INPUT=desk.dwellings, OUTPUT=desk.at("late/s.gpkg")),
    }


def over_an_input_of_another_name(desk: Desk) -> Steps:
    noending, other, lite, raster = map(
        desk.named, ("noending.gpkg", "other.gpkg", "lite.sqlite", "raster.gpkg")
    )
    project = desk.named("project.gpkg")
    return {
        "own virtual raster": desk.check(
            INPUT={"layer": [virtual_raster(desk.ground.raster), "virtual", "virtualraster"]},
            BANDS="1,1,1",
            CLASSES=str(desk.ground.raster),
        ),
        "own virtual layer": desk.check(
            SUMMARISE,
            INPUT={"query": f"ogr:{desk.dwellings}:d", "sql": "select * from d"},
            OUTPUT=desk.dwellings,
        ),
        "own without ending": desk.summary(noending, OUTPUT=noending.removesuffix(".gpkg")),
        "own with another ending": desk.summary(noending, OUTPUT=noending + "/../noending"),
        "own first table": desk.summary(other, OUTPUT=TABLE.format(other, "foo")),
        "own file as a database": desk.summary(noending, OUTPUT=f"ogr:{noending}"),
        "own layer of the project": desk.summary(
            {"sql": "select * from named", "of": [project, "named"]},
            OUTPUT=project,
        ),
        "own table of SpatiaLite": desk.summary(
            lite,
            OUTPUT=f"spatialite:dbname='{lite}' table=\"lite\"",
        ),
        "own part of a Shapefile": desk.summary(
            desk.named("parts.shp"), OUTPUT=desk.named("parts.dbf")
        ),
        "own raster of a GeoPackage": desk.check(
            INPUT=raster, OUTPUT=TABLE.format(raster, "picture")
        ),
        "beside a raster": desk.check(INPUT=raster, OUTPUT=TABLE.format(raster, "dwellings")),
    }


def at_an_impossible_place(desk: Desk) -> Steps:
    other = desk.named("other.gpkg")
    return {
        "folder": desk.check(OUTPUT=desk.named("folder.gpkg")),
        "folder for a page": desk.summary(
            desk.dwellings, OUTPUT="memory:", REPORT=str(desk.folder)
        ),
        "link for a page": desk.summary(
            desk.dwellings, OUTPUT="memory:", REPORT=desk.at("page.html")
        ),
        "long name": desk.check(OUTPUT=desk.at("x" * 250 + ".gpkg")),
        "drawing": desk.check(OUTPUT=desk.at("x.dxf")),
        "table of text": desk.check(OUTPUT=desk.at("x.csv")),
        "locked": {
            **desk.check(OUTPUT=TABLE.format(other, "new")),
            "locked": other,
        },
        "being edited": {
            **desk.check(OUTPUT=TABLE.format(other, "new")),
            "locked": other,
            "lock": "BEGIN IMMEDIATE",
        },
        "no database": desk.check(
            OUTPUT=TABLE.format(copy_of_text(desk.folder / "text.gpkg"), "new")
        ),
        "two of one name": desk.summary(
            desk.dwellings,
            OUTPUT=desk.at("r.geojson"),
            REPORT=desk.at("r.geojson"),
        ),
        "two rasters of one name": desk.check(
            CLASSES=desk.at("c.tif"),
            PROBABILITY=desk.at("late/../c.tif"),
        ),
        "no folder": desk.detect(OUTPUT=desk.at("missing/x.gpkg")),
        "no folder of classes": desk.detect(CLASSES=desk.at("missing/c.tif")),
        "no folder in a task": {
            "op": "prepare",
            "alg": SUMMARISE,
            "params": {"INPUT": desk.dwellings, "OUTPUT": desk.at("missing/x.gpkg")},
        },
    }


def over_an_input(desk: Desk) -> Steps:
    return {
        "own raster": desk.check(CLASSES=str(desk.ground.raster)),
        "own raster by a link": desk.check(PROBABILITY=desk.at("link.tif")),
        "own part of a mosaic": desk.check(
            INPUT=desk.at("mosaic.vrt"), CLASSES=str(desk.ground.raster)
        ),
        "own mask": desk.check(MASK=desk.at("mask.geojson"), OUTPUT=desk.at("mask.geojson")),
        "own model": desk.check(INFORMATION, OUTPUT=str(desk.ground.model)),
        "own dwellings": desk.check(SUMMARISE, INPUT=desk.dwellings, OUTPUT=desk.dwellings),
        "own table": desk.check(
            SUMMARISE,
            INPUT=desk.dwellings,
            OUTPUT=TABLE.format(desk.dwellings, "dwellings"),
        ),
        "own boundaries": desk.check(
            SUMMARISE,
            INPUT=desk.dwellings,
            BOUNDARIES=desk.at("blocks.geojson"),
            REPORT=desk.at("blocks.geojson"),
        ),
        "own date": desk.check(
            COMPARE,
            BEFORE=desk.at("before.geojson"),
            AFTER=desk.at("after.geojson"),
            OUTPUT=desk.at("before.geojson"),
        ),
        "own dwellings in a task": {
            "op": "prepare",
            "alg": SUMMARISE,
            "params": {"INPUT": desk.dwellings, "OUTPUT": desk.dwellings},
        },
        "other table": desk.check(
            SUMMARISE, INPUT=desk.dwellings, OUTPUT=TABLE.format(desk.dwellings, "other")
        ),
    }


@pytest.fixture(scope="module")
def results(qgis: Qgis, ground: Ground) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    desk = desk_on(ground)
    steps: Steps = {
        "file": desk.detect(OUTPUT=desk.dwellings),
        **stopped_late(desk),
        **over_an_input_of_another_name(desk),
        **at_an_impossible_place(desk),
        **over_an_input(desk),
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
