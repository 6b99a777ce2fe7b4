"""Run pip in a process of its own, into a folder, without dependencies."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Mapping, Optional, Protocol

from ..faults import Fault
from ..i18n import tr
from .process import ask, environment, lines_of, started

if TYPE_CHECKING:
    from pathlib import Path

_RAW_PROGRESS = (24, 1)
"""First pip with ``--progress-bar raw``."""
_ROOT_ACTION = (22, 1)
"""First pip that can be told that root is meant: nothing of the system is touched."""
_TIMEOUT = 60
_LINES = 12
_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_SECRET = re.compile(r"//[^/@\s]+@")


class Feedback(Protocol):
    """A watcher of an installation."""

    def say(self, line: str) -> None:
        """A line of what goes on."""

    def percent(self, value: float) -> None:
        """Show the progress of the download, 0 to 100."""

    def cancelled(self) -> bool:
        """True if the user wants to stop."""


@dataclass(frozen=True)
class Pip:
    """The pip of a Python program."""

    python: str
    proxy: Mapping[str, str] = field(default_factory=dict)
    """Environment variables that name the proxy."""

    def version(self, cancelled: Callable[[], bool] = lambda: False) -> Optional[tuple[int, ...]]:
        """Its version, or None where there is no pip.

        Raises:
            Cancelled: The user wants to.
        """
        try:
            answer = ask(
                [self.python, "-m", "pip", "--version"], seconds=_TIMEOUT, cancelled=cancelled
            )
        except (OSError, subprocess.SubprocessError):
            return None
        match = re.match(r"pip (\d+)\.(\d+)", answer.out)
        return tuple(map(int, match.groups())) if answer.code == 0 and match else None

    def install(self, requirement: str, folder: Path, feedback: Feedback) -> None:
        """Install one package without what it depends on.

        Args:
            requirement: A requirement, or the path of a wheel.
            folder: Where its files go; QGIS' own Python is left as it is.
            feedback: Told what pip says.

        Raises:
            Fault: pip is missing or fails; with what it said last.
            Cancelled: The user wants to.
        """
        version = self.version(feedback.cancelled)
        if version is None:
            raise Fault(
                tr(
                    "QGIS' Python has no pip to fetch {what} with: choose a wheel file.",
                    what=requirement,
                )
            )
        command = [
            self.python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
            "--no-deps", "--only-binary", ":all:", "--no-compile", "--no-cache-dir", "--no-user",
            "--target", str(folder.absolute()),
        ]  # fmt: skip
        command += ["--progress-bar", "raw" if version >= _RAW_PROGRESS else "off"]
        if version >= _ROOT_ACTION:
            command.append("--root-user-action=ignore")
        command.append(requirement)
        extra = {"PIP_REQUIRE_VIRTUALENV": "0", "PIP_USER": "0", **self.proxy}
        code, lines = run(command, {**environment(), **extra}, feedback)
        if code:
            reasons = [line for line in lines if "ERROR" in line] or lines
            reason = " ".join(reasons[-2:])[:400] or f"exit {code}"
            raise Fault(
                tr(
                    "{what} could not be fetched; pip says: {reason}",
                    what=requirement,
                    reason=reason,
                )
            )


def run(command: list[str], env: Mapping[str, str], feedback: Feedback) -> tuple[int, list[str]]:
    """Run a command, pass its lines on, and end it when the user wants to.

    Returns:
        Its exit status and its last lines.

    Raises:
        Fault: It cannot be started.
        Cancelled: The user wants to.
    """
    try:
        with started(
            command, env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            return _follow(process, feedback)
    except OSError as error:
        raise Fault(tr("QGIS' Python could not be started: {reason}", reason=error)) from error


def _follow(process: subprocess.Popen[str], feedback: Feedback) -> tuple[int, list[str]]:
    """Pass on what a process says until it ends; see `run`."""
    last: list[str] = []
    for line in lines_of(process, feedback.cancelled):
        _tell(line, feedback, last)
    return process.wait(), last


def _tell(line: str, feedback: Feedback, last: list[str]) -> None:
    hit = _PROGRESS.search(line)
    if hit:
        count, total = map(int, hit.groups())
        feedback.percent(100 * count / max(1, total))
        return
    if line.strip():
        clean = _SECRET.sub("//…@", line.strip())
        feedback.say(clean)
        last.append(clean)
        del last[:-_LINES]
