"""Jobs in QGIS' background: results in the project, cancelling, several at once, reloading."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.engine.spec import ClassDef
from tests.support.models import write_model
from tests.support.outlines import features
from tests.support.rasters import rgb_of, scene, write_raster
from tests.support.tile_server import Reply, TileServer

if TYPE_CHECKING:
    from tests.qgis.conftest import Qgis

DETECT, SUMMARISE = "campdetector:detectdwellings", "campdetector:summarisecamp"


@pytest.fixture(scope="module")
def results(qgis: Qgis, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All steps in one QGIS, by their names."""
    folder = tmp_path_factory.mktemp("jobs")
    cancelled, stuck = folder / "cancelled", folder / "stuck"
    cancelled.mkdir()
    stuck.mkdir()
    two = (ClassDef(1, "tent", "#E31A1C"), ClassDef(2, "house", "#1F78B4"))
    model = write_model(folder / "two.onnx", classes=two)
    one = write_model(folder / "one.onnx")
    raster = write_raster(folder / "camp.tif", rgb_of(scene()))
    wide = write_raster(folder / "wide.tif", rgb_of(scene(2000, 2000)))
    base = {"INPUT": str(raster), "MODEL_FILE": str(model)}
    many = {"INPUT": str(wide), "MODEL_FILE": str(one), "TTA": True}

    server = TileServer({})
    server.always = lambda _place: Reply(delay=30.0)
    place = f"{9_680_000},{9_680_100},{3_190_000},{3_190_100} [EPSG:3857]"
    slow = {"layer": [f"type=xyz&url={server.template}&zmin=18&zmax=18", "slow", "wms"]}
    steps: dict[str, dict[str, Any]] = {
        "loaded": {
            "op": "background", "alg": DETECT, "load": {
                "OUTPUT": "Dwellings", "CLASSES": "Class raster", "PROBABILITY": "Probability",
            },
            "params": {
                **base, "OUTPUT": str(folder / "d.gpkg"), "CLASSES": str(folder / "c.tif"),
                "PROBABILITY": str(folder / "p.tif"),
            },
        },
        "scratch": {
            "op": "background", "alg": DETECT, "load": {"OUTPUT": "Dwellings"},
            "params": {**base, "MODEL_FILE": str(one), "OUTPUT": "TEMPORARY_OUTPUT"},
        },
        "cancelled": {
            "op": "cancel", "alg": DETECT, "after": 12, "folder": str(cancelled),
            "params": {
                **many, "OUTPUT": str(cancelled / "d.gpkg"), "CLASSES": str(cancelled / "c.tif"),
            },
        },
        "stuck": {
            "op": "cancel", "alg": DETECT, "after": -1, "delay": 3, "folder": str(stuck),
            "params": {
                **base, "INPUT": slow, "EXTENT": place, "OUTPUT": str(stuck / "d.gpkg"),
            },
        },
        "summary": {
            "op": "background", "alg": SUMMARISE, "load": {"OUTPUT": "Summary"},
            "params": {
                "INPUT": str(folder / "d.gpkg"), "HEXAGON_WIDTH": 20.0,
                "OUTPUT": str(folder / "summary.gpkg"),
            },
        },
        "after": {"op": "run", "alg": DETECT, "params": {**base, "OUTPUT": "memory:"}},
        "both": {
            "op": "both", "alg": DETECT,
            "jobs": [
                {**base, "OUTPUT": str(folder / "first.gpkg")},
                {**base, "OUTPUT": str(folder / "second.gpkg")},
            ],
        },
        "reload": {"op": "reload", "times": 3},
        "reloaded": {"op": "run", "alg": DETECT, "params": {**base, "OUTPUT": "memory:"}},
    }  # fmt: skip
    with server:
        answers = qgis.python("steps.py", list(steps.values()))
    answers[list(steps).index("summary")]["file"] = str(folder / "summary.gpkg")
    answers[list(steps).index("stuck")]["asked"] = len(server.requests)
    return dict(zip(steps, answers, strict=True))


def test_a_job_runs_beside_the_main_thread(results: dict[str, Any]) -> None:
    assert results["loaded"]["ok"], results["loaded"]
    assert results["loaded"]["elsewhere"]


def test_results_are_loaded_named_and_styled(results: dict[str, Any]) -> None:
    count = f"{results['loaded']['results']['COUNT']:,}"
    layers = {layer["name"]: layer for layer in results["loaded"]["layers"]}
    # The imagery first, so that runs over several layers can be told apart.
    assert set(layers) == {f"camp: {count} dwellings", "camp: classes", "camp: probability"}
    dwellings, classes = layers[f"camp: {count} dwellings"], layers["camp: classes"]
    assert dwellings["renderer"] == "QgsCategorizedSymbolRenderer"
    assert dwellings["symbols"] == [["tent", "tent"], ["house", "house"]]
    assert classes["symbols"] == [
        [0, "background", "#000000", 0], [1, "tent", "#e31a1c", 255], [2, "house", "#1f78b4", 255],
    ]  # fmt: skip
    assert layers["camp: probability"]["renderer"] == "QgsSingleBandPseudoColorRenderer"


def test_a_scratch_layer_is_named_and_styled_as_well(results: dict[str, Any]) -> None:
    (layer,) = results["scratch"]["layers"]
    assert layer["name"] == f"camp: {results['scratch']['results']['COUNT']} dwellings"
    assert layer["symbols"] == ["#e31a1c"]


def test_a_summary_is_coloured_by_density(results: dict[str, Any]) -> None:
    (layer,) = results["summary"]["layers"]
    assert layer["renderer"] == "QgsGraduatedSymbolRenderer"
    _, columns = features(Path(results["summary"]["file"]))
    most = columns["per_ha"].max()
    steps = layer["symbols"]
    assert [low for low, _ in steps] == pytest.approx([0, most / 4, most / 2, most * 3 / 4])
    assert most <= steps[-1][1] <= most * 1.001
    assert layer["labels"] == "dwellings"


def test_cancelling_stops_midway_and_leaves_nothing(results: dict[str, Any]) -> None:
    job = results["cancelled"]
    assert 12 < job["progress"] < 100, job
    assert len(job["texts"]) > 1
    assert job["files"] == []
    assert "OUTPUT" not in job["results"]


def test_cancelling_does_not_wait_for_a_slow_server(results: dict[str, Any]) -> None:
    assert results["stuck"]["asked"], "it was waiting"
    assert results["stuck"]["seconds"] < 30, "a tile takes as long"
    assert results["stuck"]["files"] == []


def test_a_job_after_another_finds_the_same(results: dict[str, Any]) -> None:
    count = results["loaded"]["results"]["COUNT"]
    assert results["after"]["results"]["COUNT"] == count
    assert results["both"] == {"ok": [True, True], "counts": [count, count]}


def test_unloading_leaves_no_provider_behind(results: dict[str, Any]) -> None:
    providers = results["reload"]
    assert all(providers["gone"]), providers
    assert providers["before"] == providers["after"]
    assert providers["algorithms"] == 7
    rows = results["reloaded"]["results"]["OUTPUT"]["rows"]
    assert len(rows) == results["loaded"]["results"]["COUNT"]
