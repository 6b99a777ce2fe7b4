"""A result is written under the very name that the user gave, and read from it; no other file."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from camp_detector_core.vector.files import VectorLayer, read_layer, write_layer
from qgis_plugin.feedback import TileProgress
from tests.support.hostile import misreadings
from tests.support.models import write_model
from tests.support.qgis_ground import Ground
from tests.support.rasters import NORTH, UTM, WEST, rgb_of, scene, write_raster

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qgis.conftest import Qgis

DETECT, SUMMARISE = "campdetector:detectdwellings", "campdetector:summarisecamp"
STEMS = ("x!y", "a;b", "a&b", "50%41", "a#b", "a?b=1", " y", "-o", "'k", "[x]", "!")
PIPED = ("p|q", "n|layername=m")
"""QGIS itself reads some other file where there is one before the |."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("names")
    camp = scene(120, 120)
    model = write_model(folder / "tiny.onnx")
    return Ground(folder, model, write_raster(folder / "camp.tif", rgb_of(camp)), camp)


def place_of(ground: Ground, number: int) -> Path:
    return ground.folder / f"urgent{number}"


@pytest.fixture(scope="module")
def results(qgis: Qgis, ground: Ground) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """A detection to each name, and a summary of what it wrote."""
    steps = []
    for number, stem in enumerate(STEMS):
        folder = place_of(ground, number)
        folder.mkdir()
        for ending in (".gpkg", ".geojson", ".tif"):
            for name in misreadings(stem + ending) | {f"y{ending}"}:
                (folder / name).write_text("bystander", encoding="utf-8")
        detected = str(folder / f"{stem}.gpkg")
        output = {"OUTPUT": detected, "CLASSES": str(folder / f"{stem}.tif")}
        params = {"INPUT": str(ground.raster), "MODEL_FILE": str(ground.model), **output}
        steps.append({"op": "run", "alg": DETECT, "params": params})
        summary = {"INPUT": detected, "OUTPUT": str(folder / f"{stem}.geojson")}
        steps.append({"op": "run", "alg": SUMMARISE, "params": summary})
    for stem in PIPED:
        path = ground.folder / f"{stem}.gpkg"
        params = {"INPUT": str(ground.raster), "MODEL_FILE": str(ground.model)}
        steps.append({"op": "run", "alg": DETECT, "params": {**params, "OUTPUT": str(path)}})
        write_box(path)
        summary = {"INPUT": str(path), "OUTPUT": str(ground.folder / "s.gpkg")}
        steps.append({"op": "run", "alg": SUMMARISE, "params": summary})
    answers = qgis.python("steps.py", steps)
    return list(zip(answers[::2], answers[1::2], strict=True))


def write_box(path: Path) -> None:
    boxes = shapely.to_wkb(np.array([shapely.box(WEST, NORTH - 4, WEST + 4, NORTH)], object))
    layer = VectorLayer(boxes, {"id": np.array([1])}, UTM, "Polygon")
    write_layer(path, layer, name="rows", driver="GPKG", options={})


@pytest.mark.parametrize("number", range(len(STEMS)), ids=STEMS)
def test_results_have_the_names_that_the_user_gave(
    ground: Ground, results: list[tuple[dict[str, Any], dict[str, Any]]], number: int
) -> None:
    folder, stem = place_of(ground, number), STEMS[number]
    detected, summarised = results[number]
    assert "error" not in detected, detected["error"]
    assert "error" not in summarised, summarised
    count = detected["results"]["COUNT"]
    assert len(read_layer(folder / f"{stem}.gpkg").geometries) == count > 0
    assert summarised["results"]["COUNT"] == count
    expected = {f"{stem}.gpkg", f"{stem}.tif", f"{stem}.geojson"}
    for path in folder.iterdir():
        if path.name not in expected:
            assert path.read_text(encoding="utf-8") == "bystander", path.name
    assert expected <= {p.name for p in folder.iterdir()}


@pytest.mark.parametrize("number", range(len(PIPED)), ids=PIPED)
def test_what_qgis_would_take_for_another_file_is_refused(
    ground: Ground, results: list[tuple[dict[str, Any], dict[str, Any]]], number: int
) -> None:
    detected, summarised = results[len(STEMS) + number]
    assert "because of the | in it: rename it" in detected["error"]
    assert "error" in summarised
    assert len(read_layer(ground.folder / f"{PIPED[number]}.gpkg").geometries) == 1


def test_a_name_of_an_earlier_run_is_shown_without_control_characters() -> None:
    warnings: list[str] = []
    feedback: Any = SimpleNamespace(pushWarning=warnings.append)
    TileProgress(feedback).notify("/camp/a\x1b[2Jb.tif was put back")
    (warning,) = warnings
    assert warning.isprintable()
    assert warning.startswith("/camp/a")
