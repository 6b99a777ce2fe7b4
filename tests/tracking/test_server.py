"""Messages about servers that are none, or that refuse the log-in."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.support.mlflow_server import environment
from training.tracking.model import register
from training.tracking.options import TrackingError
from training.tracking.server import connect, reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers everything with a status that the first part of the path names."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b"<html>hello</html>"
        self.send_response(int(self.path.split("/")[1]))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def rude() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (200, "what answers there is no MLflow server"),
        (401, "the user name or password is missing or wrong"),
        (403, "permission denied"),
        (500, "the server has a fault (it answers with the error 500)"),
    ],
)
def test_an_answer_that_is_none_is_explained(
    rude: str, desk: Path, status: int, sentence: str
) -> None:
    with pytest.raises(TrackingError) as failed:
        connect(f"{rude}/{status}")
    assert sentence in str(failed.value)
    assert "or give no_track" in str(failed.value)
    assert [p.name for p in desk.iterdir()] == ["mlflow.db"]


@pytest.mark.parametrize("uri", ["ftp://example.org", "no-store-at-all"])
def test_an_address_of_no_known_kind_is_one_error(desk: Path, uri: str) -> None:
    with pytest.raises(TrackingError, match="cannot be used"):
        connect(uri)
    assert [p.name for p in desk.iterdir()] == ["mlflow.db"]


def test_numbers_in_an_address_are_no_answer_of_the_server() -> None:
    sentence = reason(OSError("http://127.0.0.1:4010/runs/get?run_id=a403f401 was cut off"))
    assert "password" not in sentence
    assert "permission" not in sentence
    assert "cut off" in sentence


def test_an_error_shows_no_password() -> None:
    sentence = reason(OSError("cannot reach http://ada:secret@example.org/x"))
    assert "secret" not in sentence
    assert "example.org" in sentence


def test_trainings_that_begin_at_once_in_a_new_folder_share_its_database(tmp_path: Path) -> None:
    code = "from training.tracking.server import connect; connect().search_experiments()"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for process in processes:
        _, stderr = process.communicate(timeout=200)
        assert process.returncode == 0, stderr


def test_the_newest_stays_the_candidate_where_two_trainings_end_at_once(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one registers and chooses just before the older one chooses."""
    from mlflow import MlflowClient

    client = connect()
    client.create_registered_model("camp")
    tags = {"onnx_sha256": "0"}
    model_ids = [
        client.create_logged_model(client.create_experiment(name), name="model").model_id
        for name in ("left", "right")
    ]
    own = MlflowClient.set_registered_model_alias
    late = [model_ids[1]]

    def choose(self: MlflowClient, name: str, alias: str, version: str) -> None:
        while late:
            register(self, late.pop(), "camp", tags=tags)
        own(self, name, alias, version)

    monkeypatch.setattr(MlflowClient, "set_registered_model_alias", choose)
    for model_id in model_ids:
        client.finalize_logged_model(model_id, "READY")
    assert register(client, model_ids[0], "camp", tags=tags) == "1"
    assert client.get_model_version_by_alias("camp", "candidate").version == 2
