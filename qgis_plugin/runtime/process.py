"""Start QGIS' Python where it runs nothing of the user's folder, and end it when it should.

With ``-c`` and ``-m`` Python looks for modules in the current folder first, which is whichever one
QGIS was started in. So it is started in an empty one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence

from camp_detector_core.engine.errors import Cancelled

from ..i18n import tr

POLL = 0.2
"""Seconds between two looks at whether the user wants to stop."""
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


@dataclass(frozen=True)
class Answer:
    """Output of a process that ended by itself."""

    code: int
    out: str
    err: str


def environment() -> dict[str, str]:
    """The environment in which QGIS' Python is started: that of QGIS.

    ``PYTHONSAFEPATH`` keeps the current folder out of the search path from Python 3.11 on.
    """
    return {
        **os.environ,
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONSAFEPATH": "1",
    }


@contextmanager
def started(
    command: Sequence[str], env: Optional[Mapping[str, str]] = None, **pipes: Any
) -> Iterator[subprocess.Popen[str]]:
    """A process in an empty folder of its own; it is killed at the end where it still runs.

    Args:
        command: The program and its arguments; paths must be absolute.
        env: Its environment; None: `environment`.
        pipes: ``stdin``, ``stdout`` and ``stderr`` as `subprocess.Popen` takes them.

    Raises:
        OSError: It cannot be started.
    """
    empty = tempfile.mkdtemp(prefix="camp_detector_")
    try:
        process = subprocess.Popen(  # noqa: S603  # nosec B603 - commands of this package
            list(command), cwd=empty, env=dict(environment() if env is None else env), text=True,
            encoding="utf-8", errors="replace", creationflags=_NO_WINDOW, **pipes,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(empty, ignore_errors=True)


def ask(
    command: Sequence[str],
    *,
    seconds: float,
    stdin: str = "",
    cancelled: Callable[[], bool] = lambda: False,
) -> Answer:
    """Output of a program that ends by itself.

    Args:
        command: The program and its arguments; paths must be absolute.
        seconds: After which it is killed.
        stdin: What it reads from its standard input.
        cancelled: Whether the user wants to stop; then it is killed.

    Raises:
        OSError: It cannot be started.
        subprocess.TimeoutExpired: It takes longer.
        Cancelled: The user wants to.
    """
    pipe, end = subprocess.PIPE, time.monotonic() + seconds
    with started(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        text: Optional[str] = stdin
        while True:
            if cancelled():
                raise Cancelled(tr("The installation was stopped."))
            try:
                out, err = process.communicate(text, timeout=POLL)
            except subprocess.TimeoutExpired:
                text = None  # it has that already
                if time.monotonic() > end:
                    raise
            else:
                return Answer(process.returncode, out, err)
