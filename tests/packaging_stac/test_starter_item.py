"""The model that ships has an item of its own: valid, and what the tool writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from camp_detector_core.model_file import open_model
from camp_detector_core.stac.validation import validate_item
from tests.support.stac import problems

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "camp_detector_core" / "models"
ITEM = MODELS / "camp-unet-lite0.json"


def test_it_is_what_the_tool_writes(tmp_path: Path) -> None:
    tool = [sys.executable, str(ROOT / "tools" / "starter-item"), str(tmp_path / "item.json")]
    subprocess.run(tool, check=True, cwd=tmp_path)
    assert (tmp_path / "item.json").read_bytes() == ITEM.read_bytes(), "say tools/starter-item"


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    tool = [sys.executable, str(ROOT / "tools" / "starter-item"), str(tmp_path / "none/item.json")]
    process = subprocess.run(tool, check=False, capture_output=True, text=True)
    assert process.returncode == 2
    (line,) = process.stderr.strip().splitlines()
    assert "item.json cannot be written" in line


def test_it_is_valid() -> None:
    item = json.loads(ITEM.read_text(encoding="utf-8"))
    assert problems(item) == []
    report = validate_item(ITEM)
    assert report.valid
    assert report.of("advice") == ()
    west, south, east, north = item["bbox"]
    assert 85.51 < west < east < 85.53
    assert 27.62 < south < north < 27.64


def test_it_leads_to_the_model_that_ships() -> None:
    model = open_model(ITEM)
    (onnx,) = MODELS.glob("*.onnx")
    assert model.onnx == onnx.read_bytes()
    assert model.spec == open_model(onnx).spec
