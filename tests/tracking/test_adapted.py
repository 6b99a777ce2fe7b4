"""An adaptation in MLflow is a child of the training that its model comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import mlflow
import pytest

from camp_detector_core.model_file import default_model_path, open_model
from tests.support.models import STARTER
from training.tracking.adapted import AdaptationTracker
from training.tracking.options import NotLoggedError, TrackOptions
from training.tracking.server import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLOAT = default_model_path().parent / "float32" / default_model_path().name
FIGURES = {"f1": 0.5, "precision": 0.5, "recall": 0.5, "count_error": None, "pixel_iou": 0.5}


def finished(folder: Path, *, winner: str) -> Path:
    """The folder of a finished adaptation."""
    folder.mkdir()
    base = open_model(FLOAT)
    start = {"id": base.spec.id, "sha256": base.sha256, "weights_sha256": base.sha256}
    report = {
        "kept": winner, "start": start, "dwellings": 60, "hectares": 1.5, "folds": 3,
        "block_metres": 25.0, "seconds": 300.0,
        "figures": {"start": FIGURES, "adapted": {**FIGURES, "f1": 0.75}},
    }  # fmt: skip
    (folder / "report.json").write_text(json.dumps(report))
    if winner != "start":
        for name in ("adapted.onnx", "adapted-float32.onnx"):
            (folder / name).write_bytes(FLOAT.read_bytes())
    return folder


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with an MLflow of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    yield tmp_path
    mlflow.set_tracking_uri(before)


def test_the_version_names_the_one_that_it_comes_from(desk: Path) -> None:
    tracker = AdaptationTracker(TrackOptions("camps", "camp-unet-lite0"))
    client = connect()
    first = tracker.log(finished(desk / "first", winner="adapted"))
    assert (first.name, first.version) == ("camp-unet-lite0", "1")
    # The first is of the same file as the start, and so stands for a registered training.
    second = tracker.log(finished(desk / "second", winner="adapted"))
    run = client.get_run(second.run_id)
    assert run.data.tags["mlflow.parentRunId"] == first.run_id
    assert run.data.tags["derived_from"] == STARTER
    assert run.data.metrics["adapted.f1"] == 0.75
    assert "start.count_error" not in run.data.metrics
    assert run.data.params["dwellings"] == "60"
    assert run.info.status == "FINISHED"
    version = client.get_model_version("camp-unet-lite0", "2")
    assert version.tags["derived_from_version"] == "1"
    assert not version.aliases  # of one place, so no candidate
    names = {a.path for a in client.list_artifacts(second.run_id, "models")}
    assert names == {
        "models/adapted.onnx", "models/adapted-float32.onnx", "models/report.json"
    }  # fmt: skip


def test_where_the_start_is_kept_there_is_no_version(desk: Path) -> None:
    logged = AdaptationTracker(TrackOptions("camps", "camp-unet-lite0")).log(
        finished(desk / "kept", winner="start")
    )
    assert logged.version is None
    client = connect()
    assert client.get_run(logged.run_id).data.tags["kept"] == "start"
    assert not client.search_registered_models()


def test_what_does_not_come_through_says_that_the_files_are_kept(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        msg = "No space left on device"
        raise OSError(msg)

    tracker = AdaptationTracker(TrackOptions("camps", None))
    monkeypatch.setattr(mlflow.MlflowClient, "log_artifact", full)
    with pytest.raises(NotLoggedError, match=r"its files are in .*out.* No space left") as failure:
        tracker.log(finished(desk / "out", winner="start"))
    assert failure.value.exit_code == 3
