"""A real MLflow server on SQLite and files, which tests may kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parents[2]


def environment(**changes: str) -> dict[str, str]:
    """Environment of a user who has activated it, with no variable of MLflow but ``changes``."""
    variables = {
        k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "GIT_", "AWS_"))
    }
    path = f"{BIN}{os.pathsep}{variables.get('PATH', '')}"
    return {
        **variables,
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "VIRTUAL_ENV": str(BIN.parent),
        **changes,
    }


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    url: str, process: subprocess.Popen[bytes], log: Path, *, seconds: float = 120
) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - of this machine
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"{url} does not answer: {log.read_text()[-3000:]}")


class Server:
    """A program that serves at a port, with all processes that it starts."""

    def __init__(self, words: list[str], folder: Path, *, port: int, path: str) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._words, self._folder, self._path = words, folder, path
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **variables: str) -> None:
        log = self._folder / "server.log"
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                self._words, cwd=self._folder, env=environment(**variables), stdout=file,
                stderr=file, start_new_session=True,
            )  # fmt: skip
        wait_for(self.url + self._path, self._process, log)

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None


def tracking_server(folder: Path) -> Server:
    """Not started; it keeps its data in the folder and serves it again after a restart."""
    port = free_port()
    words = [
        str(BIN / "mlflow"), "server", "--backend-store-uri", f"sqlite:///{folder / 'server.db'}",
        "--artifacts-destination", str(folder / "artifacts"), "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1",
    ]  # fmt: skip
    return Server(words, folder, port=port, path="/health")
