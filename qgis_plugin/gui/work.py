"""Long work in QGIS' background, with progress, cancel, and one sentence where it fails."""

from __future__ import annotations

import traceback
from contextlib import suppress
from typing import Any, Callable, Optional

from qgis.core import Qgis, QgsApplication, QgsMessageLog, QgsProcessingFeedback, QgsTask
from qgis.PyQt.QtCore import Qt, pyqtSignal

from camp_detector_core.engine.errors import CampDetectorError, Cancelled

from .. import runs
from ..i18n import tr
from ..words import sentence_of

LOG = "Camp Detector"
Finish = Callable[[Any, Optional[str]], None]
"""Gets the result, or None and a sentence; an empty sentence where the user stopped it."""
_running: set[Work] = set()


class Work(QgsTask):
    """A function in a thread of its own."""

    line_written = pyqtSignal(str)
    """A line of what goes on."""
    went = pyqtSignal(float)
    """Progress in percent."""

    def __init__(self, title: str, function: Callable[[Work], Any], finish: Finish) -> None:
        """Start with `start`.

        Args:
            title: What QGIS' task manager shows.
            function: Gets this task, whose `feedback` it must watch.
            finish: Called in the main thread at the end.
        """
        super().__init__(title, QgsTask.Flag.CanCancel)
        self.feedback = QgsProcessingFeedback(False)  # noqa: FBT003 - QGIS' signature
        self.feedback.progressChanged.connect(self.setProgress, Qt.ConnectionType.DirectConnection)  # type: ignore[call-arg]
        self.progressChanged.connect(self.went)
        self._function, self._finish = function, finish
        self._result: Any = None
        self._fault: Optional[str] = None

    def start(self) -> Work:
        """Hand it to QGIS' task manager."""
        _running.add(self)
        QgsApplication.taskManager().addTask(self)
        return self

    def run(self) -> bool:
        """In the thread."""
        try:
            with runs.running(self.feedback):
                self._result = self._function(self)
        except BaseException as error:  # noqa: BLE001 - nothing may leave a thread of QGIS
            self._fault = sentence(error)
        return self._fault is None

    def cancel(self) -> None:
        """Ask it to stop."""
        self.feedback.cancel()
        super().cancel()

    def forget(self, discard: Optional[Callable[[Any], None]] = None) -> None:
        """Stop, and tell nobody any more: the window that asked for it goes away.

        Args:
            discard: Takes the result that comes all the same.
        """
        self.cancel()
        for signal in (self.line_written, self.went):
            with suppress(TypeError):  # nobody listens
                signal.disconnect()

        def finish(result: Any, _fault: Optional[str]) -> None:
            if discard is not None and result is not None:
                discard(result)

        self._finish = finish

    def finished(self, result: bool) -> None:  # noqa: FBT001 - QGIS calls it so
        """Back in the main thread."""
        _running.discard(self)
        fault = self._fault
        if not result and fault is None:
            fault = ""
        try:
            self._finish(self._result, fault)
        except RuntimeError as error:  # its window was destroyed meanwhile
            QgsMessageLog.logMessage(str(error), LOG, Qgis.MessageLevel.Info)

    # What `runtime.pip.Feedback` asks for.

    def say(self, line: str) -> None:
        """Pass a line on."""
        self.line_written.emit(line)

    def percent(self, value: float) -> None:
        """Pass progress on."""
        self.setProgress(value)

    def cancelled(self) -> bool:
        """True if the user wants to stop."""
        return bool(self.feedback.isCanceled())


def sentence(error: BaseException) -> str:
    """Sentence to show for an error; empty where the user stopped the work."""
    if isinstance(error, Cancelled):
        return ""
    if isinstance(error, CampDetectorError):
        return sentence_of(error)
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    QgsMessageLog.logMessage(text, LOG, Qgis.MessageLevel.Critical)
    return tr(
        "Something unexpected went wrong ({kind}); the log messages panel, tab Camp Detector, "
        "holds the details.",
        kind=type(error).__name__,
    )
