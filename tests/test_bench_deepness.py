"""The benchmark beside Deepness says what it needs, and makes a model that both can run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.model_file import default_model_path
from camp_detector_core.model_file.metadata import read_metadata

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "benchmarks" / "deepness.py"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """The script in a process of its own, as `make bench` starts it."""
    command = [sys.executable, str(SCRIPT), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_without_deepness_it_says_in_one_line_what_it_needs() -> None:
    """`make bench` runs every script, and goes on."""
    process = run()
    assert process.returncode == 0
    assert "--deepness FOLDER" in process.stdout
    assert len(process.stdout.splitlines()) == 1


def test_a_folder_without_the_plugin_is_refused(tmp_path: Path) -> None:
    """A wrong folder is named, before QGIS starts."""
    process = run("--deepness", str(tmp_path))
    assert process.returncode == 2
    assert f"{tmp_path} holds no folder deepness/" in process.stderr


def test_the_model_for_both_has_one_output_of_fixed_size(tmp_path: Path) -> None:
    """Ours runs it as a file of its own; Deepness' keys are there."""
    pytest.importorskip("onnx")
    target = tmp_path / "both.onnx"
    code = (
        f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import deepness, pathlib;"
        f"print(deepness.fixed_model(pathlib.Path({str(default_model_path())!r}),"
        f" pathlib.Path({str(target)!r})))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    predictor = OnnxPredictor(target.read_bytes())
    tile = predictor.spec.tile_size
    assert process.stdout.strip() == str((tile, predictor.spec.overlap))
    assert predictor.fixed_size == tile
    assert predictor.spec.separation is None
    keys = read_metadata(target.read_bytes(), target.name)
    assert json.loads(keys["seg_thresh"]) == predictor.spec.threshold
    assert json.loads(keys["class_names"])["1"] == "dwelling"
