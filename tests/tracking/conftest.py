"""A tiny tracked training that many tests look at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.datasets import write_town
from tests.support.mlflow_server import tracking_server
from tests.support.trainings import train_words, training

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlflow import MlflowClient
    from mlflow.entities import Run

    from tests.support.mlflow_server import Server


@dataclass(frozen=True)
class Tracked:
    """A finished training that was logged to SQLite in its working folder."""

    desk: Path
    """Where the command was said; holds ``town/`` and ``mlflow.db``."""
    folder: Path
    """Of the training."""
    shown: str
    """What the command said."""

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.desk / 'mlflow.db'}"

    @property
    def record(self) -> dict[str, Any]:
        held: dict[str, Any] = json.loads((self.folder / "tracking.json").read_text())
        return held

    def client(self) -> MlflowClient:
        import mlflow

        return mlflow.MlflowClient(self.uri, self.uri)

    def run(self) -> Run:
        return self.client().get_run(self.record["run_id"])

    def files(self) -> set[str]:
        """Paths of all artefacts of the run."""
        client, run_id, out, waiting = self.client(), self.record["run_id"], set(), [""]
        while waiting:
            for found in client.list_artifacts(run_id, waiting.pop() or None):
                if found.is_dir:
                    waiting.append(found.path)
                else:
                    out.add(found.path)
        return out


@pytest.fixture(scope="session")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    desk = tmp_path_factory.mktemp("desk")
    write_town(desk / "town")
    done = training(desk, *train_words("--out", "runs/a", "--track", "--register", "tiny-camp"))
    assert done.returncode == 0, done.stderr
    return Tracked(desk, desk / "runs" / "a", done.stdout + done.stderr)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running tracking server."""
    folder = tmp_path / "server"
    folder.mkdir()
    found = tracking_server(folder)
    found.start(MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false")
    yield found
    found.kill()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in, where MLflow knows nothing of other tests."""
    import mlflow

    for name in ("MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    mlflow.set_tracking_uri(None)
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder
    mlflow.set_tracking_uri(None)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
