"""Where results go: what is refused before the work, and what is left when it is stopped."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from rasterio.shutil import copy as copy_raster

from tests.support.models import write_model
from tests.support.outlines import features
from tests.support.qgis_ground import Ground, box, polygon_file
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis

DETECT = "campdetector:detectdwellings"
SUMMARISE, COMPARE = "campdetector:summarisecamp", "campdetector:comparedates"
INFORMATION = "campdetector:modelinformation"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("outputs")
    found = scene()
    model = write_model(folder / "tiny.onnx")
    return Ground(folder, model, write_raster(folder / "camp.tif", rgb_of(found)), found)


@pytest.fixture(scope="module")
def done(qgis: Qgis, ground: Ground) -> dict[str, Any]:
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
    virtual = (
        f"?crs=EPSG:32645&extent={WEST},{NORTH - 75},{WEST + 85},{NORTH}&width=170&height=150"
        f"&formula=%22camp@1%22&camp:uri={ground.raster}&camp:provider=gdal"
    )
    base = {"INPUT": str(ground.raster), "MODEL_FILE": str(ground.model)}

    def detect(**params: Any) -> dict[str, Any]:
        return {"op": "run", "alg": DETECT, "params": {**base, "OUTPUT": "memory:", **params}}

    def check(alg: str = DETECT, **params: Any) -> dict[str, Any]:
        outputs = {"OUTPUT": "memory:", "CLASSES": str(folder / "x.tif")}
        return {"op": "check", "alg": alg, "params": {**base, **outputs, **params}}

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
            "params": {"BEFORE": dwellings, "AFTER": dwellings, "OUTPUT": str(late / "e.gpkg")},
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
    found = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, found, strict=True))


def test_stopping_while_results_are_written_leaves_nothing(done: dict[str, Any]) -> None:
    for step in ("late", "late comparison", "late summary"):
        assert done[step]["files"] == [], done[step]
        assert not done[step]["results"].get("OUTPUT")


def test_stopping_takes_no_other_table_of_the_file(done: dict[str, Any], ground: Ground) -> None:
    assert not done["late table"]["results"].get("OUTPUT")
    with closing(sqlite3.connect(ground.folder / "dwellings.gpkg")) as file:
        tables = file.execute("SELECT table_name FROM gpkg_contents").fetchall()
    assert tables == [("dwellings",)]


@pytest.mark.parametrize("step", ["no folder", "no folder of classes"])
def test_a_folder_that_is_not_there_is_told_before_the_work(
    done: dict[str, Any], step: str
) -> None:
    assert "does not exist" in done[step]["error"]
    assert done[step]["texts"] == []


def test_tasks_look_at_the_outputs_as_well(done: dict[str, Any], ground: Ground) -> None:
    assert not done["no folder in a task"]["ok"]
    assert not done["own dwellings in a task"]["ok"]
    assert len(features(ground.folder / "dwellings.gpkg")[0]) == done["file"]["results"]["COUNT"]


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
    ],
)
def test_an_output_may_not_destroy_an_input(done: dict[str, Any], step: str) -> None:
    assert done[step]["ok"] is False
    assert "is an input of this run: choose another name" in done[step]["message"]


def test_another_table_of_the_file_may_be_written(done: dict[str, Any]) -> None:
    assert done["other table"]["ok"] is True, done["other table"]
