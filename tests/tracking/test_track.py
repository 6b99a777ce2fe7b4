"""A tracked training: what MLflow shows of it, that it is all true, and that nothing is doubled."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import posixpath
import shutil
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from camp_detector_core.engine.predictors.ort import OnnxPredictor
from camp_detector_core.model_file.package import open_definition
from tests.support.datasets import write_town
from tests.support.mlflow_server import BIN, Server, free_port
from tests.support.trainings import training
from training.artefacts.copies import publish_run
from training.fit.options import AugmentOptions, DataOptions
from training.tracking.dataset import list_data, places_of
from training.tracking.figures import shown_path
from training.tracking.metadata import write_metadata
from training.tracking.options import TrackingError
from training.tracking.registry import fetch

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.tracking.conftest import Tracked

    Say = Callable[..., subprocess.CompletedProcess[str]]


def test_its_parameters_are_the_options(tracked: Tracked) -> None:
    params = tracked.run().data.params
    assert params["data.chips"] == "town/chips"
    assert params["data.gsd"] == "0.5"
    assert params["optim.epochs"] == "2"
    assert params["data.bands"] == "red,green,blue"
    assert all("." in name for name in params), "could clash with those of mlflow run"


def test_nothing_tells_where_on_the_machine_it_ran(tracked: Tracked) -> None:
    run = tracked.run()
    model = tracked.client().get_logged_model(tracked.record["model_id"])
    version = tracked.client().get_model_version("tiny-camp", "1")
    texts = [*run.data.params.items(), *run.data.tags.items(), *model.tags.items()]
    texts += [*version.tags.items()]
    texts += [(d.dataset.name, d.dataset.source) for d in run.inputs.dataset_inputs]
    for name, value in texts:
        assert str(tracked.desk) not in value, name
        assert str(Path(__file__).resolve().parents[2]) not in value, name
        assert str(Path.home()) not in value or str(Path.home()) == "/", name


def test_files_that_are_shown_tell_no_place_of_the_machine(
    tracked: Tracked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tracked.desk)
    run, scratch = tmp_path / "run", tmp_path / "made"
    shutil.copytree(tracked.folder, run)
    scratch.mkdir()
    options = json.loads((run / "options.json").read_text())
    options["data"] |= {
        "chips": str(tracked.desk / "town/chips"),
        "labels": "/" + "home/ada/data/x.gpkg",
    }
    options["data"]["split"]["file"] = "/" + "home/ada/split.json"
    (run / "options.json").write_text(json.dumps(options | {"out": str(run)}))
    words = "python -m training train --chips /" + "home/ada/data/chips"
    record = {"command": words, "resumed": [{"at": "now", "command": f"{words} --resume"}]}
    (run / "run.json").write_text(json.dumps(record))
    before = (run / "options.json").read_bytes()
    for path in write_metadata(run, scratch):
        text = path.read_text()
        assert "/home" not in text, path.name
        assert str(tmp_path) not in text
        assert str(tracked.desk) not in text
    options_shown = json.loads((scratch / "options.json").read_text())
    assert options_shown["data"]["chips"] == "town/chips"
    assert options_shown["data"]["gsd"] == options["data"]["gsd"]
    resumed = json.loads((scratch / "run.json").read_text())["resumed"]
    assert resumed[0]["command"].endswith("--chips chips --resume")
    assert (run / "options.json").read_bytes() == before


def test_its_experiment_is_said_to_be_of_training(tracked: Tracked) -> None:
    experiment = tracked.client().get_experiment(tracked.run().info.experiment_id)
    assert experiment.tags["mlflow.experimentKind"] == "custom_model_development"


def test_every_figure_of_every_epoch_is_there_once(tracked: Tracked) -> None:
    with (tracked.folder / "log" / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = set(rows[0]) - {"step"}
    assert names >= {"val_iou", "val_loss", "train_loss", "epoch"}
    for name in names:
        history = tracked.client().get_metric_history(tracked.record["run_id"], name)
        expected = {int(r["step"]): float(r[name]) for r in rows if r[name]}
        assert {m.step: m.value for m in history} == pytest.approx(expected), name
        assert len(history) == len(expected) >= 2, name


def test_the_final_figures_are_those_of_the_evaluation(tracked: Tracked) -> None:
    metrics = tracked.run().data.metrics
    for part in ("validation", "test"):
        text = (tracked.folder / "evaluation" / part / "summary.json").read_text()
        pixels = json.loads(text)["pixels"]
        for name in ("iou", "precision", "recall", "f1"):
            assert metrics[f"{part}/{name}"] == pytest.approx(pixels[name])
        assert {f"{part}/dwelling_f1", f"{part}/dwelling_count_error"} <= set(metrics)


def test_the_machine_was_measured(tracked: Tracked) -> None:
    metrics = tracked.run().data.metrics
    assert metrics["system/system_memory_usage_megabytes"] > 0
    assert "system/cpu_utilization_percentage" in metrics


def test_its_artefacts_lie_where_they_are_looked_for(tracked: Tracked) -> None:
    files = tracked.files()
    assert files >= {
        *(f"metadata/{n}.json" for n in ("stac_item", "model_spec", "system", "split")),
        *(f"metadata/{n}.json" for n in ("statistics", "options", "run")),
        *(f"models/best_model.{e}" for e in ("pth", "pt", "onnx")),
        "models/best_model_deepness.onnx",
        "models/best_model.dlpk",
        "models/model.emd",
        "checkpoints/best.ckpt",
        "datasets/train/dataset.json",
        "evaluation/curves.png",
        "evaluation/test/confusion_matrix.png",
        "log/metrics.csv",
    }
    assert not [f for f in files if "tracking.json" in f]


def test_the_definition_for_arcgis_runs_from_where_it_was_uploaded(tracked: Tracked) -> None:
    files = tracked.files()
    names = ("best_model.dlpk", "model.emd", "best_model.pt", "RefugeeCampDetector.py")
    assert {f"esri/{name}" for name in names} <= files
    fields = open_definition(tracked.folder / "meta" / "model.emd").fields
    for key in ("ModelFile", "InferenceFunction", "EngineFile"):
        assert f"esri/{fields[key]}" in files


def test_the_items_links_hold_where_it_was_uploaded(tracked: Tracked) -> None:
    item = json.loads((tracked.folder / "meta" / "stac_item.json").read_text())
    files = tracked.files()
    local = [h for h in (a["href"] for a in item["assets"].values()) if ":" not in h]
    assert len(local) > 4
    for href in local:
        assert posixpath.normpath(f"models/{href}") in files, href


def test_the_tags_tie_run_item_model_and_sources(tracked: Tracked) -> None:
    tags = tracked.run().data.tags
    data = (tracked.folder / "meta" / "stac_item.json").read_bytes()
    assert tags["stac_item_id"] == json.loads(data)["id"]
    assert tags["stac_item_sha256"] == hashlib.sha256(data).hexdigest()
    onnx = (tracked.folder / "meta" / "best_model.onnx").read_bytes()
    version = tracked.client().get_model_version_by_alias("tiny-camp", "candidate")
    assert version.tags["onnx_sha256"] == tags["onnx_sha256"] == hashlib.sha256(onnx).hexdigest()
    assert version.tags["run_id"] == tracked.record["run_id"] == version.run_id
    assert (tags["registered_model"], tags["registered_version"]) == ("tiny-camp", "1")
    recorded = json.loads((tracked.folder / "run.json").read_text())
    if "git_commit" in recorded:
        assert tags["git_commit"] == recorded["git_commit"]
        assert tags["git_dirty"] in {"true", "false"}


def test_its_data_are_known_by_their_content(tracked: Tracked) -> None:
    (dataset_input,) = tracked.run().inputs.dataset_inputs
    data = list_data(DataOptions(tracked.desk / "town/chips", tracked.desk / "town/houses.gpkg"))
    assert dataset_input.dataset.digest == data.digest
    assert (dataset_input.dataset.name, len(data.files)) == ("town", 9)


def test_the_digest_is_of_names_and_contents_alone(tmp_path: Path) -> None:
    digests = []
    for name in ("here", "there"):
        town = write_town(tmp_path / name)
        digests.append(list_data(DataOptions(town.chips, town.masks)).digest)
    assert digests[0] == digests[1]
    chip = next(iter((tmp_path / "there" / "chips").iterdir()))
    chip.write_bytes(chip.read_bytes() + b"0")
    options = DataOptions(tmp_path / "there/chips", tmp_path / "there/masks")
    assert list_data(options).digest != digests[0]


def test_the_logged_model_is_the_onnx_file_for_any_size(tracked: Tracked) -> None:
    import mlflow

    mlflow.set_tracking_uri(tracked.uri)
    uri = f"models:/{tracked.record['model_id']}"
    info = mlflow.models.get_model_info(uri)
    assert "TensorSpec" not in str(info.signature.inputs.to_dict())
    assert info.signature.inputs.inputs[0].shape == (-1, 3, -1, -1)
    assert str(info.signature.inputs.inputs[0].type) == "float32"
    assert (info.flavors["pytorch"]["model_data"], info.saved_input_example_info is None) == (
        "data",
        False,
    )
    network = mlflow.pytorch.load_model(uri)
    runner = OnnxPredictor((tracked.folder / "meta/best_model.onnx").read_bytes(), threads=1)
    rng = np.random.default_rng(1)
    for shape in ((1, 3, 128, 64), (3, 3, 64, 64), (2, 3, 64, 192)):
        batch = rng.standard_normal(shape).astype(np.float32)
        with torch.no_grad():
            probabilities = network(torch.from_numpy(batch)).numpy()
        expected = runner.predict(batch)[:, :1]
        np.testing.assert_allclose(probabilities, expected, atol=1e-4)
        assert probabilities.shape == expected.shape
    mlflow.set_tracking_uri(None)


def test_logging_again_changes_nothing(tracked: Tracked, say: Say) -> None:
    client, run_id = tracked.client(), tracked.record["run_id"]
    before = tracked.run()
    counts = {k: len(client.get_metric_history(run_id, k)) for k in before.data.metrics}
    files = tracked.files()
    output = say("log", "runs/a")
    assert output.returncode == 0, output.stderr
    after = tracked.run()
    assert after.data.params == before.data.params
    assert after.data.metrics == before.data.metrics
    assert {k: len(client.get_metric_history(run_id, k)) for k in counts} == counts
    assert tracked.files() == files
    assert after.info.status == "FINISHED"
    assert len(after.outputs.model_outputs) == len(after.inputs.dataset_inputs) == 1
    assert [v.version for v in client.search_model_versions("name='tiny-camp'")] == [1]


def test_logging_again_without_the_record_of_what_is_there_doubles_no_model(
    tracked: Tracked, say: Say
) -> None:
    """As after a kill between an answer of the server and its note."""
    path = tracked.folder / "tracking.json"
    whole = path.read_text()
    record = json.loads(whole)
    path.write_text(json.dumps({**record, "model_id": None, "version": None, "uploaded": {}}))
    output = say("log", "runs/a")
    assert output.returncode == 0, output.stderr
    assert tracked.record["model_id"] == record["model_id"]
    versions = tracked.client().search_model_versions("name='tiny-camp'")
    assert [str(v.version) for v in versions] == [record["version"]]


def test_logging_again_from_another_folder_changes_no_parameter(
    tracked: Tracked, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths are told from the current folder, and MLflow refuses to change a parameter."""
    before = tracked.run().data.params
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracked.uri)
    monkeypatch.chdir(tmp_path)
    output = say("log", str(tracked.folder))
    assert output.returncode == 0, output.stderr
    assert tracked.run().data.params == before
    assert before["data.chips"] == "town/chips"


def test_a_new_run_can_be_asked_for(tracked: Tracked, tmp_path: Path, say: Say) -> None:
    shutil.copytree(tracked.folder, tmp_path / "a")
    words = ["log", str(tmp_path / "a"), "--new", "--register", "none", "--log-data", "always"]
    output = say(*words)
    assert output.returncode == 0, output.stderr
    record = json.loads((tmp_path / "a" / "tracking.json").read_text())
    assert record["run_id"] != tracked.record["run_id"]
    files = {
        f.path for f in tracked.client().list_artifacts(record["run_id"], "datasets/train/chips")
    }
    assert "datasets/train/chips/chip_0_0.tif" in files
    assert len(files) == 8
    assert record["version"] is None
    (dataset_input,) = tracked.client().get_run(record["run_id"]).inputs.dataset_inputs
    assert dataset_input.dataset.digest == tracked.run().inputs.dataset_inputs[0].dataset.digest


def test_a_folder_without_a_training_is_told_apart(
    tracked: Tracked, tmp_path: Path, say: Say
) -> None:
    output = say("log", str(tmp_path))
    assert output.returncode == 2
    assert "options.json" in output.stderr


def test_promotion_shows_both_and_asks(
    tracked: Tracked, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = tracked.client()
    refused = say("promote", "tiny-camp", "--version", "9", "--yes")
    assert refused.returncode == 2
    assert "has no model tiny-camp with version 9" in refused.stderr
    unanswered = training(tracked.desk, "promote", "tiny-camp")  # nobody answers: stdin is empty
    assert unanswered.returncode != 0
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    declined = say("promote", "tiny-camp")
    assert declined.returncode == 130
    assert declined.stderr == "error: nothing was changed\n"
    assert "production" not in client.get_registered_model("tiny-camp").aliases
    output = say("promote", "tiny-camp", "--yes")
    assert output.returncode == 0, output.stderr
    assert "test/iou" in output.stdout
    assert client.get_model_version_by_alias("tiny-camp", "production").version == 1
    second_output = say("promote", "tiny-camp", "--yes")
    assert "in production already" in second_output.stdout


def test_all_files_of_a_shapefile_are_data(tmp_path: Path) -> None:
    town = write_town(tmp_path / "town")
    for name in ("houses.shp", "houses.dbf", "houses.shx", "trees.dbf"):
        (tmp_path / name).write_bytes(b"x")
    options = DataOptions(town.chips, tmp_path / "houses.shp")
    data, places = list_data(options), places_of(options)
    assert {p for p in places if p.startswith("labels/")} == {
        f"labels/houses.{ending}" for ending in ("shp", "dbf", "shx")
    }
    assert len(data.files) == len(places)


def test_no_export_of_an_older_training_stays_beside_the_new_ones(tmp_path: Path) -> None:
    run, folder = tmp_path / "run", tmp_path / "here"
    for path in (run / "meta/best_model.onnx", folder / "meta/best_model.onnx",
                 folder / "meta/best_model_deepness.onnx", folder / "meta/notes.txt",
                 folder / "meta/model.emd", folder / "meta/best_model.dlpk"):  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.parent.parent.name)
    publish_run(run, folder)
    assert {p.name for p in (folder / "meta").iterdir()} == {"best_model.onnx", "notes.txt"}
    assert (folder / "meta/best_model.onnx").read_text() == "run"


@pytest.mark.parametrize("inside", [True, False])
def test_paths_are_told_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool
) -> None:
    monkeypatch.chdir(tmp_path if inside else Path("/"))
    (tmp_path / "elsewhere").mkdir()
    if inside:
        assert shown_path(tmp_path / "x" / "chips") == "x/chips"
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert shown_path(tmp_path / "x" / "chips") == ".../x/chips"
    else:
        assert shown_path("/a/b") == "a/b"


def test_augmentation_is_a_parameter_too(tracked: Tracked) -> None:
    assert tracked.run().data.params["data.augment.flip"] == str(AugmentOptions().flip)


def test_a_registered_model_is_fetched_and_checked(
    tracked: Tracked, desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracked.uri)
    expected = (tracked.folder / "meta" / "best_model.onnx").read_bytes()
    for number, name in enumerate(("models:/tiny-camp@candidate", "models:/tiny-camp/1")):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert fetch(name, folder).read_bytes() == expected
    with pytest.raises(TrackingError, match="is not a registered model"):
        fetch("models:/tiny-camp", tmp_path)
    with pytest.raises(TrackingError, match="does not give models:/nobody"):
        fetch("models:/nobody@candidate", tmp_path)
    client = tracked.client()
    right = client.get_model_version("tiny-camp", "1").tags["onnx_sha256"]
    try:
        client.set_model_version_tag("tiny-camp", "1", "onnx_sha256", "0" * 64)
        with pytest.raises(TrackingError, match="its checksum differs"):
            fetch("models:/tiny-camp/1", tmp_path)
    finally:
        client.set_model_version_tag("tiny-camp", "1", "onnx_sha256", right)


def test_the_served_candidate_answers_as_the_onnx_file(tracked: Tracked, tmp_path: Path) -> None:
    port = free_port()
    words = [
        str(BIN / "mlflow"), "models", "serve", "-m", "models:/tiny-camp@candidate",
        "--env-manager", "local", "--port", str(port), "--host", "127.0.0.1", "--workers", "1",
    ]  # fmt: skip
    served = Server(words, tmp_path, port=port, path="/ping")
    runner = OnnxPredictor((tracked.folder / "meta/best_model.onnx").read_bytes(), threads=1)
    try:
        served.start(MLFLOW_TRACKING_URI=tracked.uri)
        for shape in ((1, 3, 64, 64), (2, 3, 96, 64)):
            batch = np.random.default_rng(2).standard_normal(shape).astype(np.float32)
            body = json.dumps({"inputs": batch.tolist()}).encode()
            request = urllib.request.Request(  # noqa: S310 - of this machine
                f"{served.url}/invocations", body, {"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
                predictions = np.array(json.load(answer)["predictions"])
            np.testing.assert_allclose(predictions, runner.predict(batch)[:, :1], atol=1e-4)
    finally:
        served.kill()
