"""Start a Python where it runs nothing of the user's folder, and end it when it should.

With ``-c`` and ``-m`` Python looks for modules in the current folder first, which is whichever one
QGIS was started in. So it is started in an empty one. It is ended with all that it has started.
"""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence

from camp_detector_core.engine.errors import Cancelled

from ..i18n import tr

POLL = 0.2
"""Seconds between two looks at whether the user wants to stop."""
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
_END_OF_TREE = 20.0
"""Seconds in which Windows has to end a process and what it has started."""


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
    command: Sequence[str],
    env: Optional[Mapping[str, str]] = None,
    *,
    grace: float = 0.0,
    **pipes: Any,
) -> Iterator[subprocess.Popen[str]]:
    """A process in an empty folder of its own.

    Where it still runs at the end, it is killed with all that it has started.

    Args:
        command: The program and its arguments; paths must be absolute.
        env: Its environment; None: `environment`.
        grace: Seconds in which it may clear up before; Windows knows no such request.
        pipes: ``stdin``, ``stdout`` and ``stderr`` as `subprocess.Popen` takes them.

    Raises:
        OSError: It cannot be started.
    """
    with empty_folder() as empty:
        process = subprocess.Popen(  # noqa: S603  # nosec B603 - commands of this package
            list(command), cwd=empty, env=dict(environment() if env is None else env), text=True,
            encoding="utf-8", errors="replace", creationflags=_NO_WINDOW, start_new_session=True,
            **pipes,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                _end(process, grace)


@contextmanager
def empty_folder() -> Iterator[str]:
    """A folder for the time of a piece of work, deleted with what is in it as far as it can be."""
    path = tempfile.mkdtemp(prefix="camp_detector_")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _end(process: subprocess.Popen[str], grace: float) -> None:
    """End a process and all that it has started."""
    if sys.platform == "win32":
        program = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "taskkill.exe")
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(  # noqa: S603  # nosec B603 - a program of Windows
                [str(program), "/T", "/F", "/PID", str(process.pid)],
                check=False, capture_output=True, creationflags=_NO_WINDOW, timeout=_END_OF_TREE,
            )  # fmt: skip
        process.kill()
    else:
        if grace:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(grace)
        # It leads a group of its own, which may have outlived it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def lines_of(process: subprocess.Popen[str], cancelled: Callable[[], bool]) -> Iterator[str]:
    """Yield the lines that a process writes to its standard output, until it ends.

    Args:
        process: From `started`, with a pipe as ``stdout``.
        cancelled: Whether the user wants to stop.

    Raises:
        Cancelled: The user wants to; the process goes on until `started` ends it.
    """
    lines: queue.Queue[Optional[str]] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines.put), daemon=True).start()
    while True:
        if cancelled():
            raise Cancelled(tr("stopped"))
        try:
            line = lines.get(timeout=POLL)
        except queue.Empty:
            continue
        if line is None:
            return
        yield line


def _read(process: subprocess.Popen[str], put: Callable[[Optional[str]], None]) -> None:
    for line in process.stdout or ():
        put(line.rstrip())
    put(None)


def ask(
    command: Sequence[str],
    *,
    seconds: float,
    stdin: str = "",
    env: Optional[Mapping[str, str]] = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Answer:
    """Output of a program that ends by itself.

    Args:
        command: The program and its arguments; paths must be absolute.
        seconds: After which it is killed.
        stdin: What it reads from its standard input.
        env: Its environment; None: `environment`.
        cancelled: Whether the user wants to stop; then it is killed.

    Raises:
        OSError: It cannot be started.
        subprocess.TimeoutExpired: It takes longer.
        Cancelled: The user wants to.
    """
    pipe, end = subprocess.PIPE, time.monotonic() + seconds
    with started(command, env, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        text: Optional[str] = stdin
        while True:
            if cancelled():
                raise Cancelled(tr("stopped"))
            try:
                out, err = process.communicate(text, timeout=POLL)
            except subprocess.TimeoutExpired:
                text = None  # it has that already
                if time.monotonic() > end:
                    raise
            else:
                return Answer(process.returncode, out, err)
