"""Names in scripts, saved models and history: of models, devices, masks and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from camp_detector_core.engine.parameters import STRETCH
from camp_detector_core.model_file import default_model_path, open_model
from tests.support.models import STARTER, write_model
from tests.support.qgis_ground import box, polygon_file
from tests.support.rasters import rgb_of, scene, write_raster

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qgis.conftest import Qgis

DETECT, INFORMATION = "campdetector:detectdwellings", "campdetector:modelinformation"
CLASSIFY = "campdetector:classifypixels"


@pytest.fixture
def results(fresh_qgis: Qgis, tmp_path: Any) -> dict[str, Any]:
    """All steps in a QGIS where a model of the starter's very name was added."""
    starter = open_model(default_model_path())
    name, _, version = STARTER.rpartition("-")
    same = write_model(tmp_path / "same.onnx", name=name, version=version)
    fresh_qgis.python("models_child.py", [["add", str(same)]])
    raster = write_raster(tmp_path / "camp.tif", rgb_of(scene()))
    empty = polygon_file(tmp_path / "empty.geojson")
    mask = polygon_file(tmp_path / "mask.geojson", box(0, 40, 50, 0))
    base = {"INPUT": str(raster), "OUTPUT": "memory:"}

    def run(alg: str = DETECT, **params: Any) -> dict[str, Any]:
        return {"op": "run", "alg": alg, "params": {**base, **params}}

    def information(**params: Any) -> dict[str, Any]:
        return {"op": "run", "alg": INFORMATION, "params": params}

    keyed = f"{STARTER} ({starter.sha256[:12]})"
    steps: dict[str, dict[str, Any]] = {
        "options": {"op": "options", "alg": DETECT, "name": "MODEL"},
        "tooltips": {"op": "tooltips", "alg": DETECT},
        "bare": run(MODEL=STARTER),
        "bare in a task": {"op": "prepare", "alg": DETECT, "params": {**base, "MODEL": STARTER}},
        "keyed": information(MODEL=keyed),
        "other": information(MODEL=f"{STARTER} ({open_model(same).sha256[:12]})"),
        "not set": information(),
        "other kept": run(MODEL="gone-1.0", MODEL_FILE=str(same)),
        "wrong": run(MODEL="camp-unet"),
        "wrong in a task": {"op": "prepare", "alg": DETECT, "params": {**base, "MODEL": "x-1"}},
        "number": run(MODEL=0),
        "wrong information": information(MODEL="x-1"),
        "device": run(DEVICE="gpu"),
        "device number": run(DEVICE=1),
        "device of a task": {"op": "prepare", "alg": DETECT, "params": {**base, "DEVICE": "gpu"}},
        "processor": run(DEVICE="cpu"),
        "word": run(DEVICE="cuda"),
        "word in a task": {"op": "prepare", "alg": DETECT, "params": {**base, "DEVICE": "cuda"}},
        "empty": run(MASK=str(empty)),
        "none chosen": run(MASK={"chosen": str(mask), "filter": ""}),
        "none left": run(MASK={"chosen": str(mask), "filter": "1 = 0", "all": True}),
        "one left": run(MASK={"chosen": str(mask), "filter": "1 = 1", "all": True}),
        "picture": run(CLASSES=str(tmp_path / "c.png")),
        "no ending": run(CLASSIFY, CLASSES=str(tmp_path / "classes")),
        "classified": run(CLASSIFY, CLASSES=str(tmp_path / "x.tif"), THRESHOLD=0.5, OVERLAP=8),
        "picture in a task": {
            "op": "prepare",
            "alg": DETECT,
            "params": {**base, "PROBABILITY": str(tmp_path / "p.img")},
        },
        "tiff": run(CLASSES=str(tmp_path / "C.TIFF")),
    }
    answers = fresh_qgis.python("steps.py", list(steps.values()))
    return {**dict(zip(steps, answers, strict=True)), "starter": starter, "same": open_model(same)}


def test_what_is_not_there_is_told_in_one_sentence_with_what_is(results: dict[str, Any]) -> None:
    # A name that was saved goes on, whatever was added since.
    starter, same = results["starter"].sha256, results["same"].sha256
    keys = [f"{STARTER} ({sha[:12]})" for sha in (starter, same)]
    assert results["options"] == [STARTER, *keys]
    assert "error" not in results["bare"], results["bare"]
    assert results["bare in a task"]["ok"]
    assert f"Model {keys[0]} on CPUExecutionProvider" in results["bare"]["infos"]
    checksums = [results[step]["results"]["SHA256"] for step in ("keyed", "other", "not set")]
    assert checksums == [starter, same, starter]
    assert results["other kept"]["results"]["COUNT"] > 0

    for step, name in (("wrong", "camp-unet"), ("number", "0"), ("wrong information", "x-1")):
        message = results[step]["error"]
        expected = f"There is no model {name} (there are: {keys[0]}, {keys[1]}): add it under "
        assert expected in message, message
        assert "(MODEL_FILE)" in message
    assert not results["wrong in a task"]["ok"], "QGIS' own would take the default"

    for step, name in (("device", "gpu"), ("device number", "1")):
        assert f"There is no device {name}: choose one of auto, cpu" in results[step]["error"]
    assert not results["device of a task"]["ok"]
    assert "error" not in results["processor"]
    assert "error" not in results["word"], "the command line's words are taken as well"
    assert any(text.startswith("NVIDIA GPU (CUDA) ") for text in results["word"]["warnings"])
    assert results["word in a task"]["ok"]

    for step in ("empty", "none chosen", "none left"):
        assert "(MASK) has no polygon" in results[step]["error"], results[step]
        assert results[step]["texts"] == []
    assert "error" not in results["one left"], results["one left"]

    tooltips = results["tooltips"]
    assert f"Give {STRETCH.requirement()}. percentile is the 2nd" in tooltips["STRETCH"]
    assert "else those that the map shows" in tooltips["BANDS"]
    assert "layer's additional no data value" in tooltips["NODATA"]
    assert "WMS" in tooltips["INPUT"]

    for step in ("picture", "no ending"):
        assert "must end in .tif" in results[step]["error"], results[step]
    assert not results["picture in a task"]["ok"]
    assert "error" not in results["tiff"]
    assert "Threshold 0.35, minimum area 2 m², tile overlap 32 pixels" in results["bare"]["infos"]
    assert "Threshold 0.5, tile overlap 8 pixels" in results["classified"]["infos"]


def test_an_option_of_the_table_is_shown_and_read_by_its_kind(
    fresh_qgis: Qgis, tmp_path: Path
) -> None:
    """The plugin needs no edit for it."""
    values = {
        "TINT": True,
        "ROUNDS": 3,
        "BLUR": 0.5,
        "SHADES": "low",
        "LAYERS": "3,1",
        "NOTE": "a b",
    }
    step = {
        "op": "added_options",
        "options": [
            ("tint", "flag", None, False, []), ("haze", "flag", None, None, []),
            ("rounds", "whole", [1, 9], None, []), ("blur", "number", [0, 1], None, []),
            ("shades", "word", None, "high", ["low", "high"]),
            ("layers", "wholes", [1], None, []), ("note", "text", None, None, []),
        ],
        "params": {
            "INPUT": str(write_raster(tmp_path / "camp.tif", rgb_of(scene()))),
            "MODEL_FILE": str(write_model(tmp_path / "tiny.onnx")),
            "OUTPUT": "memory:", **values,
        },
    }  # fmt: skip
    [answer] = fresh_qgis.python("probes.py", [step])
    kinds = ["boolean", "boolean", "number", "number", "enum", "string", "string"]
    assert answer["kinds"] == kinds
    assert answer["folded"] == [True] * len(kinds)
    assert all(text.startswith("About ") for text in answer["help"])
    assert answer["values"] == {
        "tint": True, "haze": None, "rounds": 3, "blur": 0.5, "shades": "low", "layers": [3, 1],
        "note": "a b",
    }  # fmt: skip
