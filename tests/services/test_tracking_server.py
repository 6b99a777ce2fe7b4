"""The tracking server as `deploy/native` starts it: nothing is lost, nobody gets in.

Plain clients and real trainings log to it. All are in this one file, because it is one worker that
runs a file, and starting PostgreSQL, SeaweedFS and MLflow takes longer than most of these tests.
"""

from __future__ import annotations

import csv
import hashlib
import http.client
import json
import os
import random
import signal
import socket
import stat
import subprocess
import sys
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psutil
import pytest

from tests.support.datasets import write_town
from tests.support.mlflow_client import STEPS, checksums
from tests.support.mlflow_server import environment
from tests.support.mlflow_stack import native, result_of, start_client
from tests.support.models import write_model
from tests.support.postgres import bin_folder
from tests.support.trainings import QUICK, train_words, training
from training.tracking.experiment import page_of

if TYPE_CHECKING:
    from pathlib import Path

    from mlflow import MlflowClient

    from tests.support.mlflow_stack import MlflowStack

LARGE = 20_000_000
"""Bytes: several parts of a multipart upload and several chunks of the S3 service."""
NAME = "camp-on-server"
LOGGED = ("--register", NAME, "--log-data", "always")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of a training: a large one, an empty one, a name with blanks and umlauts."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "best.ckpt").write_bytes(random.Random(1).randbytes(LARGE))
    (folder / "Größe der Häuser.csv").write_text("a;b\n", encoding="utf-8")
    (folder / "empty.txt").touch()
    return folder


@pytest.fixture(scope="module")
def logged(
    mlflow_stack: MlflowStack, files: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """A run with a model, logged through HTTP by a client that has a password alone."""
    model = write_model(tmp_path_factory.mktemp("model") / "tiny.onnx")
    env = mlflow_stack.client_env()
    run = result_of(start_client(env, "log", "first", files, model))
    run["read"] = result_of(start_client(env, "read", run["run_id"]))
    return run


@pytest.fixture(scope="module")
def desk(mlflow_stack: MlflowStack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After two trainings at once, each a process of its own, of one registered name."""
    folder = tmp_path_factory.mktemp("desk")
    write_town(folder / "town")
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "training",
             *train_words("--out", f"runs/{name}", *LOGGED, *QUICK)],
            cwd=folder, env=environment(**mlflow_stack.env()), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for name in ("left", "right")
    ]  # fmt: skip
    for process in processes:
        _, stderr = process.communicate(timeout=500)
        assert process.returncode == 0, stderr
    return folder


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="module")
def killed(mlflow_stack: MlflowStack, logged: dict[str, Any], desk: Path) -> MlflowStack:
    """The server, after it was killed with all that was logged, and started again."""
    assert logged["run_id"]
    assert (desk / "runs").is_dir()
    mlflow_stack.kill()
    assert all(is_free(port) for port in mlflow_stack.ports.values())
    mlflow_stack.start()
    return mlflow_stack


def test_everything_is_read_back_byte_for_byte_after_all_three_were_killed(
    killed: MlflowStack, logged: dict[str, Any], files: Path
) -> None:
    result = result_of(start_client(killed.client_env(), "read", logged["run_id"]))
    assert result == logged["read"]
    assert result["files"] == {f"files/{n}": sha for n, sha in checksums(files).items()}
    assert result["loss"] == [[step, 1 / (step + 1)] for step in range(STEPS)]
    assert result["params"] == {"lr": "0.001", "note": "first Übung"}
    assert result["status"] == "FINISHED"
    (model,) = result["models"].values()
    assert {"MLmodel", "model.onnx"} <= set(model)


def test_rows_lie_in_postgresql_and_objects_in_the_bucket(
    mlflow_stack: MlflowStack, logged: dict[str, Any], files: Path
) -> None:
    run = logged["run_id"]
    rows = mlflow_stack.sql("mlflow", "SELECT run_uuid, key, step FROM metrics")
    own = sorted((key, step) for owner, key, step in rows if owner == run)
    assert own == [("loss", step) for step in range(STEPS)]
    assert mlflow_stack.sql("mlflow_auth", "SELECT username FROM users") == [("admin",)]

    s3 = mlflow_stack.s3()
    sizes = {
        item["Key"]: item["Size"]
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket="mlflow")
        for item in page.get("Contents", [])
    }
    (key,) = [k for k in sizes if run in k and k.endswith("best.ckpt")]
    assert sizes[key] == LARGE
    body = s3.get_object(Bucket="mlflow", Key=key)["Body"].read()
    assert body == (files / "checkpoints" / "best.ckpt").read_bytes()


def test_two_trainings_at_once_keep_apart(mlflow_stack: MlflowStack, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("left", "right")]
    for number, folder in enumerate(folders):
        folder.mkdir()
        (folder / "weights.bin").write_bytes(random.Random(number).randbytes(3_000_000))
    env = mlflow_stack.client_env()
    clients = [start_client(env, "log", folder.name, folder) for folder in folders]
    runs = [result_of(client)["run_id"] for client in clients]
    readers = [start_client(env, "read", run) for run in runs]
    for folder, reader in zip(folders, readers, strict=True):
        result = result_of(reader)
        assert result["name"] == folder.name
        assert result["files"] == {f"files/{n}": sha for n, sha in checksums(folder).items()}
        assert len(result["loss"]) == STEPS


def test_a_wrong_password_is_told_at_once_and_writes_nothing(
    mlflow_stack: MlflowStack, files: Path
) -> None:
    before = mlflow_stack.sql("mlflow", "SELECT count(*) FROM runs")
    env = mlflow_stack.client_env(MLFLOW_TRACKING_PASSWORD="wrong")  # noqa: S106
    client = start_client(env, "log", "intruder", files)
    _, err = client.communicate(timeout=200)
    assert client.returncode == 1
    assert "401" in err
    assert "not authenticated" in err
    assert mlflow_stack.sql("mlflow", "SELECT count(*) FROM runs") == before


def ask(port: int, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(
            "GET", path, headers={n.replace("_", "-"): v for n, v in headers.items()}
        )
        return connection.getresponse().status
    finally:
        connection.close()


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/2.0/mlflow/experiments/get?experiment_id=0",
        "/ajax-api/2.0/mlflow/experiments/get?experiment_id=0",
        "/api/2.0/mlflow-artifacts/artifacts",
        "/get-artifact?path=x&run_uuid=0",
        "/graphql",
        "/signup",
    ],
)
def test_mlflow_shows_nothing_without_the_password(mlflow_stack: MlflowStack, path: str) -> None:
    port = mlflow_stack.ports["mlflow"]
    assert ask(port, path) == 401
    assert ask(port, path, Authorization=basic("admin", "password1234")) == 401
    assert ask(port, path, Authorization=basic("", "")) == 401
    right = basic("admin", mlflow_stack.secrets["mlflow_admin_password"])
    assert ask(port, path, Authorization=right) != 401


def test_mlflow_refuses_a_foreign_host_name(mlflow_stack: MlflowStack) -> None:
    right = basic("admin", mlflow_stack.secrets["mlflow_admin_password"])
    port = mlflow_stack.ports["mlflow"]
    assert ask(port, "/", Authorization=right, Host="camp.example") == 403


def test_objects_cannot_be_read_without_the_keys(
    mlflow_stack: MlflowStack, logged: dict[str, Any]
) -> None:
    from botocore import UNSIGNED
    from botocore.config import Config
    from botocore.exceptions import ClientError

    some = mlflow_stack.s3().list_objects_v2(Bucket="mlflow", MaxKeys=1)["Contents"][0]["Key"]
    assert logged["run_id"]
    for changes in (
        {"config": Config(signature_version=UNSIGNED)},
        {"aws_secret_access_key": mlflow_stack.secrets["s3_access_key"]},
        {"aws_access_key_id": "admin", "aws_secret_access_key": "admin"},
    ):
        stranger = mlflow_stack.s3(**changes)
        with pytest.raises(
            ClientError, match=r"AccessDenied|SignatureDoesNotMatch|InvalidAccessKey"
        ):
            stranger.list_objects_v2(Bucket="mlflow")
        with pytest.raises(
            ClientError, match=r"AccessDenied|SignatureDoesNotMatch|InvalidAccessKey"
        ):
            stranger.get_object(Bucket="mlflow", Key=some)
    # The server of files behind the S3 one has no users of its own.
    filer = mlflow_stack.ports["s3"] + 3
    for page in ("/", "/?pretty=y", "/buckets/mlflow/", "/buckets/mlflow/" + quote(some)):
        assert ask(filer, page) in {401, 404}
    master, volume = (mlflow_stack.ports["s3"] + i for i in (1, 2))
    for page in ("/dir/status", "/vol/status", "/dir/assign", "/col/delete?collection=mlflow"):
        assert ask(master, page) in {401, 404}
    for page in ("/ui/index.html", "/stats/disk", "/3,01637037d6"):
        assert ask(volume, page) in {401, 404}


def test_all_listen_on_this_machine_alone(mlflow_stack: MlflowStack) -> None:
    listening = {
        name: {
            connection.laddr
            for process in family
            for connection in process.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        }
        for name, family in mlflow_stack.processes().items()
    }
    assert set(listening) == {"PostgreSQL", "SeaweedFS", "MLflow"}
    ports = {name: {address.port for address in addresses} for name, addresses in listening.items()}
    s3 = mlflow_stack.ports["s3"]
    assert ports["PostgreSQL"] == {mlflow_stack.ports["postgres"]}
    assert ports["MLflow"] == {mlflow_stack.ports["mlflow"]}
    assert ports["SeaweedFS"] == {p + up for p in range(s3, s3 + 5) for up in (0, 10000)}
    assert {address.ip for addresses in listening.values() for address in addresses} == {
        "127.0.0.1"
    }


def test_no_secret_is_in_a_command_line_a_log_or_a_file_for_others(
    mlflow_stack: MlflowStack,
) -> None:
    secrets = list(mlflow_stack.secrets.values())
    assert len(set(secrets)) == 7
    commands = [
        " ".join(process.cmdline())
        for family in mlflow_stack.processes().values()
        for process in family
    ]
    assert len(commands) >= 4
    logs = [log.read_text(errors="replace") for log in (mlflow_stack.folder / "log").iterdir()]
    assert len(logs) == 3
    assert all(logs)
    output = native("status", mlflow_stack.folder).stdout + mlflow_stack.start()
    for text in (*commands, *logs, output):
        assert not [secret for secret in secrets if secret in text]
    for file in mlflow_stack.folder.rglob("*"):
        # PostgreSQL's own files lie in a folder that is closed as a whole.
        if file.is_file() and "postgres" not in file.parts and "seaweed" not in file.parts:
            mode = stat.S_IMODE(file.stat().st_mode)
            assert mode == 0o600 or file.name == ".lock", file
    for closed in ("postgres", "seaweed", "mlflow", "log"):
        assert stat.S_IMODE((mlflow_stack.folder / closed).stat().st_mode) == 0o700


def test_start_repairs_what_was_killed_and_leaves_the_rest(mlflow_stack: MlflowStack) -> None:
    before = mlflow_stack.processes()
    parent = before["MLflow"][0]
    child = parent.children()[0]
    os.kill(parent.pid, signal.SIGKILL)  # its child goes on and holds the port
    assert child.is_running()
    assert native("status", mlflow_stack.folder, check=False).returncode == 3

    output = mlflow_stack.start()
    assert "PostgreSQL: runs already" in output
    assert "SeaweedFS: runs already" in output
    assert "MLflow: started" in output
    after = mlflow_stack.processes()
    assert after["PostgreSQL"][0].pid == before["PostgreSQL"][0].pid
    assert after["MLflow"][0].pid not in {parent.pid, child.pid}
    assert native("status", mlflow_stack.folder).returncode == 0


def test_a_dump_restores_all_rows(
    mlflow_stack: MlflowStack, logged: dict[str, Any], tmp_path: Path
) -> None:
    folder = bin_folder()
    assert folder is not None
    env = os.environ | mlflow_stack.server_env()

    def run(program: str, *arguments: object) -> None:
        command = [str(folder / program), *map(str, arguments)]
        result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr

    for name in ("mlflow", "mlflow_auth"):
        run("pg_dump", "--format=custom", f"--file={tmp_path / name}", name)
        run("createdb", "--owner=mlflow", f"{name}_again")
        run("pg_restore", "--exit-on-error", f"--dbname={name}_again", tmp_path / name)
    for database, query in (
        ("mlflow", "SELECT run_uuid, key, value, step FROM metrics ORDER BY 1, 2, 4"),
        ("mlflow", "SELECT run_uuid, key, value FROM params ORDER BY 1, 2"),
        ("mlflow_auth", "SELECT username, password_hash FROM users"),
    ):
        rows = mlflow_stack.sql(database, query)
        assert rows
        assert mlflow_stack.sql(f"{database}_again", query) == rows
    assert logged["run_id"]


@pytest.fixture
def client(mlflow_stack: MlflowStack, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    import mlflow

    for name, value in mlflow_stack.env().items():
        monkeypatch.setenv(name, value)
    return mlflow.MlflowClient(mlflow_stack.uri, mlflow_stack.uri)


def record_of(folder: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((folder / "tracking.json").read_text())
    return record


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


ESRI_FILES = (
    "best_model.dlpk", "model.emd", "best_model.pt", "best_model.onnx", "RefugeeCampDetector.py",
    "rcd_engine_*.zip",
)  # fmt: skip
"""The package for ArcGIS, and what its definition names."""


def wanted_files(desk: Path, folder: Path) -> dict[str, str]:
    """Checksums of what a run's folder and the data hold, by the path in MLflow.

    Written down here once more, from the documentation, so that the code is held against it.
    """
    files = {}
    for name in ("meta", "evaluation", "log"):
        for path in (folder / name).rglob("*"):
            if path.is_file():
                home = "models" if name == "meta" else name
                files[f"{home}/{path.relative_to(folder / name).as_posix()}"] = sha256(path)
    for name in ESRI_FILES:
        (path,) = (folder / "meta").glob(name)
        files[f"esri/{path.name}"] = sha256(path)
    files["metadata/stac_item.json"] = sha256(folder / "meta" / "stac_item.json")
    for name in ("split", "statistics", "system"):
        files[f"metadata/{name}.json"] = sha256(folder / f"{name}.json")
    files["checkpoints/best.ckpt"] = sha256(folder / "checkpoints" / "best.ckpt")
    files["datasets/train/dataset.json"] = sha256(folder / "dataset.json")
    for path in (desk / "town" / "chips").iterdir():
        files[f"datasets/train/chips/{path.name}"] = sha256(path)
    files["datasets/train/labels/houses.gpkg"] = sha256(desk / "town" / "houses.gpkg")
    return files


METADATA_FILES = {"metadata/model_spec.json", "metadata/options.json", "metadata/run.json"}
"""Made for MLflow: the folder's own may hold paths of the machine."""


def test_every_file_and_figure_of_a_training_is_there_after_all_three_were_killed(
    killed: MlflowStack, desk: Path, client: MlflowClient
) -> None:
    version = client.get_model_version_by_alias(NAME, "candidate")
    assert str(version.version) == "2"
    for name in ("left", "right"):
        folder = desk / "runs" / name
        record = record_of(folder)
        read = result_of(start_client(killed.client_env(), "read", record["run_id"]))
        expected = wanted_files(desk, folder)
        assert len(expected) > 30
        assert set(read["files"]) == set(expected) | METADATA_FILES
        assert {k: read["files"][k] for k in expected} == expected
        assert read["status"] == "FINISHED"
        (model,) = read["models"].values()
        for file in ("best_model.onnx", "stac_item.json"):
            assert model[f"extra_files/{file}"] == sha256(folder / "meta" / file)
        with (folder / "log" / "metrics.csv").open() as file:
            rows = list(csv.DictReader(file))
        for figure in (k for k in rows[0] if k != "step"):
            logged_values = {int(r["step"]): float(r[figure]) for r in rows if r[figure]}
            history = client.get_metric_history(record["run_id"], figure)
            assert len(history) == len(logged_values), figure
            assert {m.step: m.value for m in history} == pytest.approx(logged_values), figure
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
    address = f"{mlflow_stack.uri}/#/experiments/{home}/runs/{run_id}?workflowType=machine_learning"
    assert page_of(client, run_id, mlflow_stack.uri) == address


def test_the_registered_model_is_fetched_through_the_server(
    mlflow_stack: MlflowStack, desk: Path
) -> None:
    """By a client that has a password alone."""
    image = desk / "town" / "chips" / "chip_0_0.tif"
    words = ["inference", "--image-path", str(image), "--model-path", f"models:/{NAME}@candidate"]
    result = training(desk, *words, **mlflow_stack.env())
    assert result.returncode == 0, result.stderr
    report = json.loads((desk / "output" / "chip_0_0_result.json").read_text())
    sums = {sha256(desk / "runs" / n / "meta/best_model.onnx") for n in ("left", "right")}
    assert report["model"]["sha256"] in sums


@pytest.mark.parametrize("command", ["train", "log"])
def test_a_wrong_password_is_one_error_of_a_training_before_any_work(
    mlflow_stack: MlflowStack, desk: Path, command: str
) -> None:
    rows = "SELECT count(*) FROM runs"
    before = mlflow_stack.sql("mlflow", rows)
    env = mlflow_stack.env() | {"MLFLOW_TRACKING_PASSWORD": "wrong-word-12345"}
    words = (
        train_words("--out", "refused", "--track") if command == "train" else ["log", "runs/left"]
    )
    result = training(desk, *words, **env)
    assert result.returncode == 2
    errors = [line for line in result.stderr.splitlines() if line.startswith("error")]
    assert len(errors) == 1
    assert "the user name or password is missing or wrong" in errors[0]
    assert "MLFLOW_TRACKING_PASSWORD" in errors[0]
    assert "wrong-word-12345" not in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert not (desk / "refused").exists()
    assert mlflow_stack.sql("mlflow", rows) == before
