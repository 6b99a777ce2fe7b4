"""Real trainings on the real tracking server: complete, durable, apart, and refused at once."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.datasets import write_town
from tests.support.mlflow_server import environment
from tests.support.mlflow_stack import result_of, start_client
from tests.support.trainings import QUICK, train_words, training
from training.tracking.experiment import page_of

if TYPE_CHECKING:
    from pathlib import Path

    from mlflow import MlflowClient

    from tests.support.mlflow_stack import MlflowStack

NAME = "camp-on-server"
LOGGED = ("--register", NAME, "--log-data", "always")


@pytest.fixture(scope="module")
def desk(mlflow_stack: MlflowStack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After two trainings at once, each a process of its own, of one registered name."""
    found = tmp_path_factory.mktemp("desk")
    write_town(found / "town")
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "training",
             *train_words("--out", f"runs/{name}", *LOGGED, *QUICK)],
            cwd=found, env=environment(**mlflow_stack.env()), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for name in ("left", "right")
    ]  # fmt: skip
    for process in processes:
        _, told = process.communicate(timeout=500)
        assert process.returncode == 0, told
    return found


@pytest.fixture
def client(mlflow_stack: MlflowStack, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    import mlflow

    for name, value in mlflow_stack.env().items():
        monkeypatch.setenv(name, value)
    return mlflow.MlflowClient(mlflow_stack.uri, mlflow_stack.uri)


def record_of(folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((folder / "tracking.json").read_text())
    return held


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wanted_files(desk: Path, folder: Path) -> dict[str, str]:
    """Checksums of what a run's folder and the data hold, by the path in MLflow.

    Written down here once more, from the documentation, so that the code is held against it.
    """
    found = {}
    for name in ("meta", "evaluation", "log"):
        for path in (folder / name).rglob("*"):
            if path.is_file():
                home = "models" if name == "meta" else name
                found[f"{home}/{path.relative_to(folder / name).as_posix()}"] = sha256(path)
    found["metadata/stac_item.json"] = sha256(folder / "meta" / "stac_item.json")
    for name in ("split", "statistics", "system"):
        found[f"metadata/{name}.json"] = sha256(folder / f"{name}.json")
    found["checkpoints/best.ckpt"] = sha256(folder / "checkpoints" / "best.ckpt")
    found["datasets/train/dataset.json"] = sha256(folder / "dataset.json")
    for path in (desk / "town" / "chips").iterdir():
        found[f"datasets/train/chips/{path.name}"] = sha256(path)
    found["datasets/train/labels/houses.gpkg"] = sha256(desk / "town" / "houses.gpkg")
    return found


MADE = {"metadata/model_spec.json", "metadata/options.json", "metadata/run.json"}
"""Made for MLflow: the folder's own may hold paths of the machine."""


def test_every_file_and_figure_is_there_after_all_three_services_were_killed(
    mlflow_stack: MlflowStack, desk: Path, client: MlflowClient
) -> None:
    mlflow_stack.kill()
    mlflow_stack.start()
    version = client.get_model_version_by_alias(NAME, "candidate")
    assert str(version.version) == "2"
    for name in ("left", "right"):
        folder = desk / "runs" / name
        record = record_of(folder)
        read = result_of(start_client(mlflow_stack.client_env(), "read", record["run_id"]))
        wanted = wanted_files(desk, folder)
        assert len(wanted) > 30
        assert set(read["files"]) == set(wanted) | MADE
        assert {k: read["files"][k] for k in wanted} == wanted
        assert read["status"] == "FINISHED"
        (model,) = read["models"].values()
        for file in ("best_model.onnx", "stac_item.json"):
            assert model[f"extra_files/{file}"] == sha256(folder / "meta" / file)
        with (folder / "log" / "metrics.csv").open() as file:
            rows = list(csv.DictReader(file))
        for figure in (k for k in rows[0] if k != "step"):
            told = {int(r["step"]): float(r[figure]) for r in rows if r[figure]}
            history = client.get_metric_history(record["run_id"], figure)
            assert len(history) == len(told), figure
            assert {m.step: m.value for m in history} == pytest.approx(told), figure
        tags = client.get_model_version(NAME, record["version"]).tags
        assert tags["onnx_sha256"] == sha256(folder / "meta" / "best_model.onnx")
        assert tags["run_id"] == record["run_id"]


def test_two_trainings_at_once_make_two_runs_and_two_versions(
    desk: Path, client: MlflowClient
) -> None:
    left, right = (record_of(desk / "runs" / name) for name in ("left", "right"))
    assert left["run_id"] != right["run_id"]
    assert left["model_id"] != right["model_id"]
    assert {left["version"], right["version"]} == {"1", "2"}
    homes = {client.get_run(r["run_id"]).info.experiment_id for r in (left, right)}
    assert len(homes) == 1


def test_the_page_of_a_run_opens_with_the_menu_of_training(
    mlflow_stack: MlflowStack, desk: Path, client: MlflowClient
) -> None:
    run_id = record_of(desk / "runs" / "left")["run_id"]
    home = client.get_run(run_id).info.experiment_id
    wanted = f"{mlflow_stack.uri}/#/experiments/{home}/runs/{run_id}?workflowType=machine_learning"
    assert page_of(client, run_id, mlflow_stack.uri) == wanted


def test_the_registered_model_is_fetched_through_the_server(
    mlflow_stack: MlflowStack, desk: Path
) -> None:
    """By a client that has a password alone."""
    image = desk / "town" / "chips" / "chip_0_0.tif"
    words = ["inference", "--image-path", str(image), "--model-path", f"models:/{NAME}@candidate"]
    done = training(desk, *words, **mlflow_stack.env())
    assert done.returncode == 0, done.stderr
    report = json.loads((desk / "output" / "chip_0_0_result.json").read_text())
    sums = {sha256(desk / "runs" / n / "meta/best_model.onnx") for n in ("left", "right")}
    assert report["model"]["sha256"] in sums


@pytest.mark.parametrize("command", ["train", "log"])
def test_a_wrong_password_is_one_error_before_any_work(
    mlflow_stack: MlflowStack, desk: Path, command: str
) -> None:
    rows = "SELECT count(*) FROM runs"
    before = mlflow_stack.sql("mlflow", rows)
    env = mlflow_stack.env() | {"MLFLOW_TRACKING_PASSWORD": "wrong-word-12345"}
    words = (
        train_words("--out", "refused", "--track") if command == "train" else ["log", "runs/left"]
    )
    done = training(desk, *words, **env)
    assert done.returncode == 2
    told = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert len(told) == 1
    assert "the user name or password is missing or wrong" in told[0]
    assert "MLFLOW_TRACKING_PASSWORD" in told[0]
    assert "wrong-word-12345" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (desk / "refused").exists()
    assert mlflow_stack.sql("mlflow", rows) == before
