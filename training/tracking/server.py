"""The way to MLflow: a server, or files in the current folder; found out within seconds."""

from __future__ import annotations

import logging
import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from training.tracking.new_database import alone_if_new, file_of
from training.tracking.options import TrackingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlflow import MlflowClient

_LIMITS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "60",
}
"""MLflow's own are 7 retries of two minutes each: a run would hang for a quarter of an hour."""
_FIRST = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "8"}
"""Environment of the first request, which only asks if the server answers."""
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
"""Escapes of a single letter in a URL."""
_LONGEST = 300
_STATUS = re.compile(
    r"error code (\d{3})\b|too many (\d{3}) error|\b(\d{3}) (?:Client|Server) Error"
)
"""Status of an answer as MLflow and requests write it; a port or an id may look like one."""
_NO_WAY = (
    ("refused", "nobody listens there (connection refused)"),
    ("timed out", "no answer in time"),
    ("resolve", "its name is not known to the network"),
    ("Name or service", "its name is not known to the network"),
    ("SSL", "it does not speak TLS as https:// wants it, or its certificate is not trusted"),
)
"""Words in an error of a connection, and what they mean."""


def connect(uri: str | None = None) -> MlflowClient:
    """A client, after the first answer.

    Args:
        uri: Where to; None: what ``MLFLOW_TRACKING_URI`` says, else SQLite in the current folder.

    Raises:
        TrackingError: Nobody answers, or not to us.
    """
    for name, value in _LIMITS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import mlflow

    _quieten()
    try:
        if uri is not None and uri != mlflow.get_tracking_uri():
            mlflow.set_tracking_uri(uri)
        _refuse_misread_folder(address())
        with _environment(_FIRST), alone_if_new(address()):
            client = mlflow.MlflowClient()  # which opens a database, and knows what an address is
            client.search_experiments(max_results=1)
    except troubles() as error:
        msg = f"MLflow at {safe_uri(address())} cannot be used: {reason(error)}"
        remedy = (
            "; start the server, set MLFLOW_TRACKING_URI (with MLFLOW_TRACKING_USERNAME and "
            "MLFLOW_TRACKING_PASSWORD where it wants them), or give {no_track}"
        )
        raise TrackingError(msg, remedy=remedy) from error
    return client


def _refuse_misread_folder(uri: str) -> None:
    """Refuse a current folder beside which MLflow would make another one for the files of runs.

    Raises:
        TrackingError: MLflow keeps them below the current folder, and reads its name as a URL.
    """
    folder = Path.cwd()
    if file_of(uri) is not None and _ESCAPE.search(str(folder)):
        msg = f"MLflow would put files of runs below {unquote(str(folder))} and not below {folder}"
        remedy = (
            "go into a folder without % and two digits in its name, set MLFLOW_TRACKING_URI to a "
            "server, or give {no_track}"
        )
        raise TrackingError(msg, remedy=remedy)


def address() -> str:
    """Return the address of MLflow as MLflow gives it."""
    import mlflow

    return str(mlflow.get_tracking_uri())


def safe_uri(uri: str) -> str:
    """An address without what is secret in it."""
    return _USER_INFO.sub("", uri)


def troubles() -> tuple[type[Exception], ...]:
    """Return the errors that MLflow and its libraries raise if a server or a disk fails."""
    from boto3.exceptions import Boto3Error  # type: ignore[import-untyped]
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    # requests' errors are OSErrors.
    return (MlflowException, SQLAlchemyError, Boto3Error, BotoCoreError, ClientError, OSError)


def reason(error: BaseException) -> str:
    """An error of MLflow in few words."""
    text = " ".join(str(error).split())
    status = _STATUS.search(text)
    code = status.group(status.lastindex or 0) if status else ""
    if code == "401" or "not authenticated" in text:
        return "the user name or password is missing or wrong"
    if code == "403" or "PERMISSION_DENIED" in text:
        return f"permission denied ({safe_uri(text)[:_LONGEST]})"
    if code.startswith("5"):
        return f"the server has a fault (it answers with the error {code}): its log says more"
    if "not in a valid JSON format" in text:
        return "what answers there is no MLflow server"
    if "Max retries exceeded" in text or "onnection" in f"{type(error).__name__} {text}":
        for word, sentence in _NO_WAY:
            if word in text:
                return sentence
    return safe_uri(text)[:_LONGEST] or type(error).__name__


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _quieten() -> None:
    """Leave out what MLflow tells about its own steps: 50 lines of migrations, and advice."""
    for name in ("mlflow", "alembic", "sqlalchemy", "urllib3", "botocore", "boto3"):
        logging.getLogger(name).setLevel(logging.ERROR)
