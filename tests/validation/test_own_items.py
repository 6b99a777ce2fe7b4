"""Items that this software makes have nothing wrong with them."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from camp_detector_core.model_file import default_model_path
from camp_detector_core.stac import create_stac_mlm_item, write_item
from camp_detector_core.stac.validation import validate_item
from tests.support.stac import a_run, an_area

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def item(tmp_path: Path) -> Path:
    """The item of the model that ships."""
    model = tmp_path / "best_model.onnx"
    shutil.copy(default_model_path(), model)
    write_item(
        create_stac_mlm_item(model, area=an_area(), run=a_run()), tmp_path / "stac_item.json"
    )
    return tmp_path / "stac_item.json"


def test_the_item_of_the_shipped_model_has_no_problem(item: Path) -> None:
    report = validate_item(item)
    assert [str(note) for note in report.of("problem")] == []
    assert {"rules", "ONNX graph of onnx-model", "description in the ONNX file"} < set(
        report.passed
    )


def test_the_item_of_the_shipped_model_passes_the_published_schemas(
    item: Path, schemas: Path
) -> None:
    report = validate_item(item, schemas=schemas)
    assert [str(note) for note in report.of("problem")] == []
    assert not any("schema" in note.message for note in report.of("not checked"))
    assert {"STAC core 1.1.0", "mlm v1.5.2", "file v2.1.0"} < set(report.passed)


def test_an_item_that_was_changed_by_hand_is_found_out(item: Path) -> None:
    plain = json.loads(item.read_text())
    plain["properties"]["mlm:output"] = plain["properties"]["mlm:output"][:1]
    plain["properties"]["mlm:input"][0]["value_scaling"][0]["mean"] += 1
    plain["properties"]["created"] = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).isoformat()
    item.write_text(json.dumps(plain))
    places = {note.path for note in validate_item(item).of("problem")}
    assert {
        "properties.mlm:output",
        "properties.camp_detector:spec",
        "properties.created",
    } <= places
