"""Layers that are gone, that lie nowhere, or that are removed while they are read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from tests.support.models import write_model
from tests.support.qgis_ground import box, polygon_file, rows
from tests.support.rasters import NORTH, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis

DETECT = "campdetector:detectdwellings"
SUMMARISE, COMPARE = "campdetector:summarisecamp", "campdetector:comparedates"
GREAT = 5_000_000_000
"""Number of a feature that no 32 bits hold."""


@pytest.fixture(scope="module")
def results(qgis: Qgis, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    folder = tmp_path_factory.mktemp("sources")
    raster = write_raster(folder / "camp.tif", rgb_of(scene()))
    model = write_model(folder / "tiny.onnx")
    four = polygon_file(folder / "four.geojson", *(box(x, 4, x + 4, 0) for x in (0, 10, 20, 30)))
    block = shapely.box(WEST - 1, NORTH - 5, WEST + 15, NORTH + 1).wkt
    missing_file = str(folder / "gone.gpkg")
    utm = "EPSG:32645"
    numbered = json.loads(four.read_text(encoding="utf-8"))
    for i, feature in enumerate(numbered["features"]):
        feature["id"] = GREAT + i
    great = folder / "great.geojson"
    great.write_text(json.dumps(numbered), encoding="utf-8")

    def virtual_layer(wkt: str, crs: str) -> dict[str, str]:
        return {"wkt": wkt, "kind": "Polygon", "crs": crs}

    def step(op: str, alg: str, **params: Any) -> dict[str, Any]:
        return {"op": op, "alg": alg, "params": {"OUTPUT": "memory:", **params}}

    detect = {"INPUT": str(raster), "MODEL_FILE": str(model)}
    compare = {"BEFORE": str(four), "AFTER": {"again": str(four)}}
    nowhere = shapely.box(1000, 1000, 1001, 1001).wkt
    beyond = shapely.box(10, 95, 11, 96).wkt
    steps: dict[str, dict[str, Any]] = {
        "later date removed": {
            **step("orphan", COMPARE, BEFORE={"again": str(four)}, AFTER={"file": str(four)}),
            "removed": "AFTER",
        },
        "boundaries removed": {
            **step("orphan", SUMMARISE, INPUT=str(four), BOUNDARIES=virtual_layer(block, utm)),
            "removed": "BOUNDARIES",
        },
        "mask is gone": step("prepare", DETECT, **detect, MASK=missing_file),
        "mask of dates is gone": step("prepare", COMPARE, **compare, MASK=missing_file),
        "boundaries are gone": step("prepare", SUMMARISE, INPUT=str(four), BOUNDARIES=missing_file),
        "all is there": step("prepare", SUMMARISE, INPUT=str(four)),
        "boundaries without CRS": step(
            "check", SUMMARISE, INPUT=str(four), BOUNDARIES=virtual_layer(block, "")
        ),
        "boundaries without CRS in a task": step(
            "prepare", SUMMARISE, INPUT=str(four), BOUNDARIES=virtual_layer(block, "")
        ),
        "lost": step("run", COMPARE, BEFORE=virtual_layer(nowhere, "EPSG:4326"), AFTER=str(four)),
        "beyond the pole": step(
            "run",
            SUMMARISE,
            INPUT=virtual_layer(beyond, "EPSG:4326"),
            REPORT=str(folder / "r.html"),
        ),
        "great numbers": step("run", COMPARE, BEFORE=str(great), AFTER={"again": str(great)}),
    }
    answers = qgis.python("steps.py", list(steps.values()))
    return dict(zip(steps, answers, strict=True))


def test_a_layer_may_be_removed_while_it_waits_to_be_read(results: dict[str, Any]) -> None:
    result = results["later date removed"]["results"]
    assert (result["UNCHANGED"], result["VANISHED"], result["APPEARED"]) == (4, 0, 0)
    (row,) = results["boundaries removed"]["results"]["OUTPUT"]["rows"]
    assert row["dwellings"] == 2


@pytest.mark.parametrize("step", ["mask is gone", "mask of dates is gone", "boundaries are gone"])
def test_a_layer_that_is_gone_is_not_taken_for_none(results: dict[str, Any], step: str) -> None:
    assert not results[step]["ok"]
    assert results["all is there"]["ok"]


def test_boundaries_lie_somewhere(results: dict[str, Any]) -> None:
    assert "has no coordinate system" in results["boundaries without CRS"]["message"]
    assert not results["boundaries without CRS in a task"]["ok"]


def test_what_has_no_place_is_told(results: dict[str, Any]) -> None:
    (warning,) = [w for w in results["lost"]["warnings"] if "are left out: 1" in w]
    assert "Look at its coordinate system" in warning
    assert results["lost"]["results"]["VANISHED"] == 0


def test_what_lies_nowhere_on_the_earth_is_one_sentence(results: dict[str, Any]) -> None:
    error = results["beyond the pole"].get("error", "")
    assert "nowhere on the Earth" in error
    assert "Traceback" not in error


def test_numbers_of_features_may_be_great(results: dict[str, Any]) -> None:
    assert {row["id_before"] for row in rows(results["great numbers"])} == set(
        range(GREAT, GREAT + 4)
    )
