"""A tiny tracked training that many tests look at."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.datasets import write_town
from tests.support.mlflow_server import tracking_server
from tests.support.trainings import train_words, training
from training.__main__ import run as call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mlflow import MlflowClient
    from mlflow.entities import Run

    from tests.support.mlflow_server import Server


@dataclass(frozen=True)
class Tracked:
    """A finished training that was logged to SQLite in its working folder."""

    desk: Path
    """Folder that the command ran in; holds ``town/`` and ``mlflow.db``."""
    folder: Path
    """Folder of the training."""
    output: str
    """Output of the command."""

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.desk / 'mlflow.db'}"

    @property
    def record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads((self.folder / "tracking.json").read_text())
        return record

    def client(self) -> MlflowClient:
        import mlflow

        return mlflow.MlflowClient(self.uri, self.uri)

    def run(self) -> Run:
        return self.client().get_run(self.record["run_id"])

    def files(self) -> set[str]:
        """Paths of all artefacts of the run."""
        client, run_id, out, waiting = self.client(), self.record["run_id"], set(), [""]
        while waiting:
            for artefact in client.list_artifacts(run_id, waiting.pop() or None):
                if artefact.is_dir:
                    waiting.append(artefact.path)
                else:
                    out.add(artefact.path)
        return out


@pytest.fixture(scope="session")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    desk = tmp_path_factory.mktemp("desk")
    write_town(desk / "town")
    result = training(desk, *train_words("--out", "runs/a", "--track", "--register", "tiny-camp"))
    assert result.returncode == 0, result.stderr
    return Tracked(desk, desk / "runs" / "a", result.stdout + result.stderr)


@pytest.fixture
def say(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Say ``python -m training ...`` in the folder of `tracked`, in this process."""
    import mlflow

    _forget(monkeypatch)
    monkeypatch.chdir(tracked.desk)

    def speak(*words: str) -> subprocess.CompletedProcess[str]:
        code = 0
        try:
            call(list(words))
        except SystemExit as left:
            code = int(left.code or 0)
        output = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, output.out, output.err)

    yield speak
    mlflow.set_tracking_uri(None)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A tracking server; a test that kills it starts it again."""
    server_of_tests = tracking_server(tmp_path_factory.mktemp("server"))
    server_of_tests.start(MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false")
    yield server_of_tests
    server_of_tests.kill()


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of MLflow, which takes seconds to make."""
    import mlflow

    path = tmp_path_factory.mktemp("fresh") / "mlflow.db"
    uri = f"sqlite:///{path}"
    mlflow.MlflowClient(uri, uri).search_experiments(max_results=1)
    return path


def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow

    for name in ("MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    mlflow.set_tracking_uri(None)


@pytest.fixture
def desk(tmp_path: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in, where MLflow knows nothing of other tests."""
    import mlflow

    _forget(monkeypatch)
    folder = tmp_path / "desk"
    folder.mkdir()
    shutil.copy(fresh, folder)
    monkeypatch.chdir(folder)
    yield folder
    mlflow.set_tracking_uri(None)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
