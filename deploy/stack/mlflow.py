"""MLflow's server in front: users log in, and artefacts go through it."""

from __future__ import annotations

from urllib.parse import urlsplit

from deploy.stack import postgres, process, seaweed
from deploy.stack.settings import HOST, Stack, write_private
from deploy.stack.web import answers, program

NAME = "mlflow"
ADMIN = "admin"
SECONDS = 240
"""The first start makes 65 tables; a slow machine may need a while."""
STOP_SECONDS = 30


def service(stack: Stack) -> process.Service:
    """The command; all that is secret is in the environment or in a private file."""
    home = stack.folder / NAME
    home.mkdir(mode=0o700, exist_ok=True)
    log_in = home / "auth.ini"
    write_private(
        log_in,
        "[mlflow]\n"
        "default_permission = READ\n"
        f"database_uri = {postgres.uri(stack, 'mlflow_auth')}\n"
        f"admin_username = {ADMIN}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n",
    )
    return process.Service(
        name=NAME,
        command=(
            program("mlflow", "mlflow"), "server", "--host", HOST,
            "--port", str(stack.ports.mlflow), "--workers", "1", "--app-name", "basic-auth",
        ),
        environment={
            **_names(stack),
            **seaweed.client_environment(stack),
            "MLFLOW_BACKEND_STORE_URI": postgres.uri(stack, "mlflow"),
            "MLFLOW_ARTIFACTS_DESTINATION": f"s3://{seaweed.BUCKET}/artifacts",
            "MLFLOW_AUTH_CONFIG_PATH": str(log_in),
            "MLFLOW_AUTH_ADMIN_PASSWORD": stack.secrets.mlflow_admin_password,
            "MLFLOW_FLASK_SERVER_SECRET_KEY": stack.secrets.mlflow_session_key,
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # three processes that nobody uses here
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "GIT_PYTHON_REFRESH": "quiet",
        },
    )  # fmt: skip


def _names(stack: Stack) -> dict[str, str]:
    """Under which names pages and requests are served; all others get 403 (DNS rebinding)."""
    hosts = f"{HOST}:*,localhost:*"  # any port: it is another one at the end of an SSH tunnel
    if not stack.public_url:
        return {"MLFLOW_SERVER_ALLOWED_HOSTS": hosts}
    parts = urlsplit(stack.public_url)
    return {
        "MLFLOW_SERVER_ALLOWED_HOSTS": f"{hosts},{parts.netloc}",
        "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": f"{parts.scheme}://{parts.netloc}",
    }


def client_environment(stack: Stack) -> dict[str, str]:
    """Return the environment variables that a client needs, and no more."""
    return {
        "MLFLOW_TRACKING_URI": stack.tracking_uri,
        "MLFLOW_TRACKING_USERNAME": ADMIN,
        "MLFLOW_TRACKING_PASSWORD": stack.secrets.mlflow_admin_password,
    }


def running(stack: Stack) -> list[int]:
    """The server's processes."""
    return process.running(stack, NAME)


def is_ready(stack: Stack) -> bool:
    """Return True if the server answers, and is not the child of a killed one."""
    return process.is_whole(stack, NAME) and answers(stack.ports.mlflow, "/health")


def start(stack: Stack) -> bool:
    """Start the server; False if it runs already. Remains of a killed one are ended first."""
    if is_ready(stack):
        return False
    process.bring_up(
        stack,
        service(stack),
        lambda: is_ready(stack),
        title="MLflow",
        seconds=(SECONDS, STOP_SECONDS),
    )
    return True


def stop(stack: Stack) -> bool:
    """Stop the server; True if one ran."""
    return process.end(stack, NAME, seconds=STOP_SECONDS)
