"""Runs that are going on, which end before the plugin is taken out of memory.

A run that went on would import the next release into what is left of this one, and QGIS would ask
a provider that is gone for the run's results.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Collection, Iterator

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import QCoreApplication, QEventLoop

from camp_detector_core.engine.errors import Cancelled

from .i18n import tr

if TYPE_CHECKING:
    from qgis.core import QgsFeedback

_LONGEST = 120.0
"""Seconds that a run gets to stop in: a tile may take some on a slow processor."""
_POLL = 0.02
_FINAL = (QgsTask.TaskStatus.Complete, QgsTask.TaskStatus.Terminated)
_OF_PROCESSING = "QgsProcessingAlgRunnerTask"
"""Name of the class of tasks in which Processing runs algorithms."""
_lock = threading.Lock()
_feedbacks: dict[int, tuple[QgsFeedback, int]] = {}
"""Feedback and thread of each run."""
_is_leaving = threading.Event()


@contextmanager
def running(feedback: QgsFeedback) -> Iterator[None]:
    """A run of this thread, which its feedback stops.

    Raises:
        Cancelled: The plugin is leaving, so that none begins.
    """
    if is_leaving():
        raise Cancelled(tr("stopped"))
    key = id(feedback)
    with _lock:
        _feedbacks[key] = feedback, threading.get_ident()
    try:
        yield
    finally:
        with _lock:
            del _feedbacks[key]


def is_leaving() -> bool:
    """True if runs are stopped because the plugin is updated or removed."""
    return _is_leaving.is_set()


def stop_all(titles: Collection[str]) -> bool:
    """Stop all runs and wait until QGIS has taken their results; in the main thread.

    Args:
        titles: Names of the algorithms in the toolbox.

    Returns:
        False if one goes on: it does not stop, or this thread itself is in it.
    """
    _is_leaving.set()
    end = time.monotonic() + _LONGEST
    while True:
        with _lock:
            feedbacks = list(_feedbacks.values())
        for feedback, _ in feedbacks:
            feedback.cancel()
        if any(thread == threading.get_ident() for _, thread in feedbacks):
            return False
        tasks = _tasks_of_processing(titles)
        for task in tasks:
            task.cancel()  # also one that waits for others to end
        if not feedbacks and not tasks:
            return True
        if time.monotonic() > end:
            return False
        # A run may wait for this thread, such as with a question of QGIS' network access.
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        time.sleep(_POLL)


def _tasks_of_processing(titles: Collection[str]) -> list[QgsTask]:
    """The tasks with runs of these algorithms, and those whose results are not taken yet.

    A run has left `running` a moment before its task ends.
    """
    return [
        task
        for task in QgsApplication.taskManager().tasks()
        if type(task).__name__ == _OF_PROCESSING
        and (task.status() in _FINAL or any(title in task.description() for title in titles))
    ]
