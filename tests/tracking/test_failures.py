"""A finished training is never lost, and an unreachable server is told of before the work."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from lightning.pytorch.loggers import Logger

from tests.support.datasets import write_town
from tests.support.mlflow_server import environment, free_port
from tests.support.runs import run_options
from tests.support.trainings import QUICK, train_words, training
from training.commands.tracking import tracker_of
from training.fit.options import AugmentOptions, DataOptions, OptimOptions
from training.fit.place_options import SplitOptions
from training.tracking.new_database import file_of
from training.tracking.options import NotLoggedError, TrackingError, TrackOptions
from training.tracking.record import TrackRecord, read_record
from training.tracking.run import LogChanges, Tracker, log_folder
from training.tracking.server import address, connect
from training.train import train_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlflow import MlflowClient

    from tests.support.mlflow_server import Server
    from training.fit.options import TrainOptions


def options_of(desk: Path, *, epochs: int = 3) -> TrainOptions:
    town = write_town(desk / "town") if not (desk / "town").exists() else None
    data = DataOptions(
        desk / "town/chips" if town is None else town.chips,
        desk / "town/houses.gpkg",
        gsd=0.5,
        crop=64,
        batch_size=2,
        samples=2,
        workers=0,
        augment=AugmentOptions.none(),
        split=SplitOptions(val_columns=("2",), test_columns=("3",)),
    )
    optim = OptimOptions(epochs=epochs, lr=3e-4)
    return run_options(data, desk / "out", optim=optim, architecture="reference")


class When(Logger):
    """Does something once, at the figures of an epoch."""

    name, version = "when", "0"

    def __init__(self, do: Callable[[], None], *, epoch: int) -> None:
        super().__init__()
        self._do: Callable[[], None] | None = do
        self._epoch = epoch

    def log_hyperparams(self, *_: Any, **__: Any) -> None:
        pass

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        if self._do and metrics.get("epoch") == self._epoch:
            do, self._do = self._do, None
            do()


def run_of(client: MlflowClient, folder: Path) -> Any:
    record = read_record(folder)
    assert record is not None
    return client.get_run(record.run_id)


def test_an_unreachable_server_is_told_of_before_the_work(tmp_path: Path) -> None:
    write_town(tmp_path / "town")
    uri = f"http://ada:secret@127.0.0.1:{free_port()}"
    result = training(tmp_path, *train_words("--out", "out"), MLFLOW_TRACKING_URI=uri)
    assert result.returncode == 2
    assert "nobody listens there" in result.stderr
    assert "--no-track" in result.stderr
    assert "secret" not in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_server_that_dies_while_training_loses_nothing(
    server: Server, desk: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.url)
    options = options_of(desk)
    tracker = Tracker(TrackOptions("dies", "dying"))

    def train() -> None:
        with tracker.session():
            train_model(options, begin=tracker.begin, loggers=[When(server.kill, epoch=1)])
            tracker.finish()

    with pytest.raises(NotLoggedError) as failed:
        train()
    assert (options.out / "meta" / "best_model.onnx").is_file()
    assert f"python -m training log {options.out}" in str(failed.value)
    assert failed.value.exit_code == 3
    warnings = [r.message for r in caplog.records if "does not answer" in r.message]
    assert len(warnings) == 1
    server.start(MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false")
    record = log_folder(options.out, LogChanges())
    client = connect()
    run = run_of(client, options.out)
    assert run.info.status == "FINISHED"
    history = client.get_metric_history(record.run_id, "val_iou")
    assert len(history) == len({m.step for m in history}) == 3
    assert client.get_model_version_by_alias("dying", "candidate").run_id == record.run_id


def test_the_command_leaves_with_its_own_code_where_logging_failed(
    server: Server, tmp_path: Path
) -> None:
    """The server goes away as soon as the run is there."""
    desk = tmp_path / "desk"
    write_town(desk / "town")
    process = subprocess.Popen(
        [sys.executable, "-m", "training", *train_words("--out", "out", *QUICK)], cwd=desk,
        env=environment(MLFLOW_TRACKING_URI=server.url), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for_file(desk / "out" / "log" / "metrics.csv", process)
    server.kill()
    stdout, stderr = process.communicate()
    assert process.returncode == 3, stderr
    assert "camp-unet-lite0-1 is in out/meta" in stdout
    assert stderr.splitlines()[-1].startswith("error: the training is finished")
    assert stderr.splitlines()[-1].endswith("python -m training log out")
    server.start(MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false")
    result = training(desk, "log", "out")  # it knows where to
    assert result.returncode == 0, result.stderr
    assert "model camp-unet-lite0, version 1" in result.stdout


def wait_for_file(path: Path, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 240
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)


def test_ctrl_c_is_killed_and_an_error_is_failed(desk: Path) -> None:
    options = options_of(desk)
    for error, status in ((KeyboardInterrupt, "KILLED"), (RuntimeError, "FAILED")):

        def fail(error: type[BaseException] = error) -> None:
            raise error

        changed = type(options)(**{**vars(options), "out": desk / status})
        tracker = Tracker(TrackOptions("ends"))
        with pytest.raises(error), tracker.session():
            train_model(changed, begin=tracker.begin, loggers=[When(fail, epoch=0)])
        assert run_of(connect(), changed.out).info.status == status


def test_a_resumed_training_goes_on_in_its_run(desk: Path) -> None:
    options = options_of(desk)
    track = TrackOptions("goes-on", "going-on")

    def stop() -> None:
        raise KeyboardInterrupt

    first = Tracker(track)
    with pytest.raises(KeyboardInterrupt), first.session():
        train_model(options, begin=first.begin, loggers=[When(stop, epoch=1)])
    before = read_record(options.out)
    assert before is not None
    resumed = type(options)(**{**vars(options), "resume": True})
    longer = type(options)(**{**vars(resumed), "optim": OptimOptions(epochs=4, lr=3e-3)})
    client = connect()
    for number, options_of_run in enumerate((resumed, longer), start=1):
        second = Tracker(track)
        with second.session():
            train_model(options_of_run, begin=second.begin)
            after = second.finish()
        assert after.run_id == before.run_id
        assert run_of(client, options.out).info.status == "FINISHED"
        steps = [m.step for m in client.get_metric_history(after.run_id, "val_iou")]
        assert len(steps) == len(set(steps)) == number + 2
        assert len(client.search_runs([client.get_run(after.run_id).info.experiment_id])) == 1
        # What was trained on is another model, and the registry shall not give the old one.
        version = client.get_model_version_by_alias("going-on", "candidate")
        onnx = hashlib.sha256((options.out / "meta/best_model.onnx").read_bytes()).hexdigest()
        assert version.tags["onnx_sha256"] == onnx
        assert str(version.version) == after.version


def test_a_resumed_training_asks_the_server_that_knows_it(
    desk: Path, fresh: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    shutil.copy(fresh, other)
    TrackRecord(f"sqlite:///{other}", "0" * 32, "first", "named", "never").save(desk)
    arguments = {"track": None, "resume": True, "experiment": None, "register": None}
    with click.Context(click.Command("train")):
        tracker = tracker_of({**arguments, "log_data": "auto", "name": "model"}, desk)
    assert tracker is not None
    assert address() == f"sqlite:///{other}"
    assert tracker.options == TrackOptions("first", "named", "never")


def test_a_folder_that_holds_another_run_makes_no_run(desk: Path) -> None:
    options = options_of(desk)
    (options.out / "checkpoints").mkdir(parents=True)
    (options.out / "checkpoints" / "last.ckpt").touch()
    tracker = Tracker(TrackOptions("none"))
    with pytest.raises(Exception, match="holds another run"), tracker.session():
        train_model(options, begin=tracker.begin)
    assert connect().get_experiment_by_name("none") is None


def test_an_experiment_that_was_deleted_is_told_of_before_the_work(desk: Path) -> None:
    client = connect()
    client.delete_experiment(client.create_experiment("gone"))
    tracker = Tracker(TrackOptions("gone"))
    with pytest.raises(TrackingError, match="was deleted"), tracker.session():
        train_model(options_of(desk), begin=tracker.begin)


@pytest.mark.parametrize("name", ["a/b", "a:b", " ", ""])
def test_names_that_mlflow_would_refuse_in_the_end_are_refused_at_once(name: str) -> None:
    with pytest.raises(TrackingError, match="registered model"):
        TrackOptions(register=name)


def test_a_damaged_record_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "tracking.json").write_text('{"uri": 1')
    with pytest.raises(TrackingError, match="is damaged"):
        read_record(tmp_path)


def test_bare_training_is_not_tracked(tmp_path: Path) -> None:
    write_town(tmp_path / "town")
    result = training(tmp_path, *train_words("--out", "out", "--fast-dev-run", *QUICK))
    assert result.returncode == 0, result.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "town"]
    assert not (tmp_path / "out" / "tracking.json").exists()
    later = training(tmp_path, "log", "out", "--experiment", "later", "--register", "late")
    assert later.returncode == 0, later.stderr
    record = json.loads((tmp_path / "out" / "tracking.json").read_text())
    assert (record["experiment"], record["version"]) == ("later", "1")


def test_sigterm_ends_a_tracked_training_as_killed(tmp_path: Path) -> None:
    import mlflow

    write_town(tmp_path / "town")
    words = train_words("--out", "out", "--track", *QUICK)
    words[words.index("--epochs") + 1] = "500"
    process = subprocess.Popen(
        [sys.executable, "-m", "training", *words], cwd=tmp_path, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for_file(tmp_path / "out" / "checkpoints" / "last.ckpt", process)
    os.kill(process.pid, signal.SIGTERM)
    _, stderr = process.communicate()
    assert process.returncode == 130, stderr
    record = json.loads((tmp_path / "out" / "tracking.json").read_text())
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert client.get_run(record["run_id"]).info.status == "KILLED"


_CONNECT = """
from training.tracking.options import TrackingError
from training.tracking.server import connect
try:
    connect()
except TrackingError as error:
    print(error)
"""


@pytest.mark.parametrize("name", ["a b;c#d?&", "50%", "50%41"])
def test_files_of_runs_lie_in_the_current_folder_or_are_refused(tmp_path: Path, name: str) -> None:
    """MLflow reads the names of folders as URLs."""
    folder = tmp_path / name
    folder.mkdir()
    result = subprocess.run(
        [sys.executable, "-c", _CONNECT], cwd=folder, env=environment(), check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert [p.name for p in tmp_path.iterdir() if any(p.iterdir())] in ([name], [])
    if name == "50%41":
        assert f"files of runs below {tmp_path / '50A'} and not below {folder}" in result.stdout
        assert list(tmp_path.iterdir()) == [folder]
    else:
        assert result.stdout == ""
        assert [p.name for p in folder.iterdir()] == ["mlflow.db"]


def test_a_database_is_the_file_that_sqlalchemy_opens() -> None:
    assert file_of("sqlite:////a%20b/50%2541/m.db") == Path("/a b/50%41/m.db")
    assert file_of("sqlite:///m.db") == Path.cwd() / "m.db"
    assert file_of("sqlite://") is file_of("http://m.db") is None
