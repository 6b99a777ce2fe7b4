"""Run ``python -m training adapt``: its messages and its verdict."""

from __future__ import annotations

import json
import re
import subprocess
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional

from camp_detector_core.engine.errors import Cancelled
from camp_detector_core.training_data.adapted import (
    ITEM,
    ORIGINAL,
    REPORT,
    START,
    START_IS_KEPT,
)

from ..faults import Fault
from ..i18n import tr
from ..models.reading import json_of
from ..runtime.process import lines_of, started
from ..words import sentence_of
from .environment import environment_of

if TYPE_CHECKING:
    from pathlib import Path

    from qgis.core import QgsProcessingFeedback

    from ..models.installed import InstalledModel
    from ..models.library import ModelLibrary
    from .command import Order

_DONE, _STOPPED = 0, 130
"""Exit codes of the command, beside `START_IS_KEPT`."""
_GRACE = 15.0
"""Seconds in which a training that is stopped clears up."""
_BEGIN, _END = 5.0, 90.0
"""Percent at the first and after the last of the fits."""
_ERROR = re.compile(r"error: (.+)")
_NOTE = re.compile(r"(?:warning|note): (.+)")
_LAST_LINES = 5


@dataclass(frozen=True)
class Verdict:
    """Report of an adaptation."""

    is_adapted: bool
    """False where the start is kept."""
    sentence: str
    """Figures, and which model is kept."""
    f1_before: float
    """F1 of the start on ground that was held out."""
    f1: float
    """The same of the model that is kept."""

    @classmethod
    def of(cls, report: dict[str, Any]) -> Verdict:
        """Read a report.

        Raises:
            Fault: It is none.
        """
        try:
            kept_name, figures = report["kept"], report["figures"]
            scores = float(figures[START]["f1"]), float(figures[kept_name]["f1"])
            return cls(kept_name != START, sentence_of(str(report["sentence"])), *scores)
        except (KeyError, TypeError, ValueError) as error:
            raise Fault(
                tr("The training ended without the report that was expected: run it again.")
            ) from error


def adapt(order: Order, feedback: QgsProcessingFeedback, temporary: Path) -> Verdict:
    """Run an adaptation, pass its messages on, and end it where the user wants to stop.

    Args:
        order: The adaptation.
        feedback: Told of it, and asked whether to stop.
        temporary: Folder of temporary files of the process.

    Raises:
        Fault: It fails, with the reason that it gives.
        Cancelled: The user wants to stop.
    """
    command, ending = order.command, _Ending()
    env = environment_of(order.python.program, temporary)
    try:
        with started(
            command, env, grace=_GRACE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            for line in lines_of(process, feedback.isCanceled):
                _show(line, feedback, ending)
            code = process.wait()
    except OSError as error:
        raise Fault(
            tr("{path} cannot be started: {reason}", path=command[0], reason=error)
        ) from error
    if code not in {_DONE, START_IS_KEPT}:
        raise ending.fault(code)
    return Verdict.of(json_of(order.out / REPORT))


def installed(order: Order, library: ModelLibrary) -> InstalledModel:
    """Add the adapted model to the plugin's models, with its float32 original.

    Raises:
        CampDetectorError: It is no model, or cannot be stored.
    """
    return library.add(order.out / ITEM, original=order.out / ORIGINAL, source=order.place)


class _Ending:
    """The last words of a process."""

    def __init__(self) -> None:
        """Nothing is heard yet."""
        self.error: Optional[str] = None
        self.lines: deque[str] = deque(maxlen=_LAST_LINES)

    def fault(self, code: int) -> Fault:
        """The error for an exit code.

        Raises:
            Cancelled: The process was stopped from outside as by the user.
        """
        if code == _STOPPED:
            raise Cancelled(tr("stopped"))
        if code < 0 and self.error is None:
            return Fault(
                tr(
                    "The system ended the training (signal {number}), mostly for want of memory: "
                    "close other programs, or draw the reviewed area smaller.",
                    number=-code,
                )
            )
        reason = self.error or " ".join(self.lines) or f"exit {code}"
        return Fault(tr("The training says: {reason}", reason=sentence_of(reason)))


def _show(line: str, feedback: QgsProcessingFeedback, ending: _Ending) -> None:
    """Pass on a line: a message as JSON on stderr, or a result."""
    if not line.strip():
        return
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict) or "message" not in record:
        _show_text(line, feedback, ending)
        return
    progress = record.get("progress")
    if isinstance(progress, (int, float)):
        feedback.setProgress(_BEGIN + (_END - _BEGIN) * min(1.0, max(0.0, progress)))
    text = sentence_of(str(record["message"]))
    if record.get("level") == "INFO":
        feedback.setProgressText(text)
    else:
        feedback.pushWarning(text)


def _show_text(line: str, feedback: QgsProcessingFeedback, ending: _Ending) -> None:
    error, note = _ERROR.fullmatch(line), _NOTE.fullmatch(line)
    if error:
        ending.error = error[1]
    elif note:
        feedback.pushWarning(sentence_of(note[1]))
    else:  # figures and files, which the report has as well
        ending.lines.append(line.strip())
