"""Figures of a run are read once for all that states them, and damaged files are named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from training.artefacts.run_figures import FiguresError, read_figures
from training.tracking.figures import final_of

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """part,method,precision,recall,f1,count_error,predicted,labelled
val,mask only,0.5,0.25,0.333333,-0.5,2,4
val,core,1.0,0.75,0.857143,-0.25,3,4
test,core,1.0,1.0,1.0,,3,0
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    for part, iou in (("validation", 0.5), ("test", 0.25)):
        folder = tmp_path / "evaluation" / part
        folder.mkdir(parents=True)
        (folder / "summary.json").write_text(json.dumps({"pixels": {"iou": iou, "tp": 7}}))
    (tmp_path / "evaluation/separation.csv").write_text(TABLE)
    return tmp_path


def test_each_part_has_its_figures_by_the_method_that_was_exported(run: Path) -> None:
    figures = read_figures(run, "core")
    assert {part: its.pixels["iou"] for part, its in figures.items()} == {
        "validation": 0.5, "test": 0.25,
    }  # fmt: skip
    assert figures["validation"].dwellings == {
        "precision": 1.0, "recall": 0.75, "f1": 0.857143, "count_error": -0.25,
        "predicted": 3, "labelled": 4,
    }  # fmt: skip
    assert "count_error" not in figures["test"].dwellings
    alone = read_figures(run, None)
    assert alone["validation"].dwellings["labelled"] == 4
    assert alone["validation"].dwellings["f1"] == 0.333333
    assert alone["test"].dwellings == {}
    assert final_of(run, way="none") == {
        "validation/iou": 0.5, "test/iou": 0.25, "validation/dwelling_precision": 0.5,
        "validation/dwelling_recall": 0.25, "validation/dwelling_f1": 0.333333,
        "validation/dwelling_count_error": -0.5,
    }  # fmt: skip


def test_what_was_not_measured_is_left_out(run: Path) -> None:
    (run / "evaluation/separation.csv").unlink()
    (run / "evaluation/test/summary.json").unlink()
    figures = read_figures(run, "core")
    assert list(figures) == ["validation"]
    assert figures["validation"].dwellings == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("test/summary.json", "{"),
        ("test/summary.json", '{"pixels": 5}'),
        ("separation.csv", TABLE.replace("0.75", "many")),
        ("separation.csv", TABLE.replace("part", "piece")),
    ],
)
def test_a_damaged_file_is_named(run: Path, name: str, text: str) -> None:
    (run / "evaluation" / name).write_text(text)
    with pytest.raises(FiguresError, match="take ") as error:
        final_of(run, way="core")
    assert name in str(error.value)
