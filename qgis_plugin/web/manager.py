"""QGIS' network access of the thread that asks, and what Qt makes for it there."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt import sip

from .deadlocks import is_main

Made = TypeVar("Made", bound="QObject")

if TYPE_CHECKING:
    from qgis.PyQt.QtCore import QObject, pyqtBoundSignal


def network_of_this_thread() -> QgsNetworkAccessManager:
    """The ``QgsNetworkAccessManager`` of the calling thread, to be taken anew for each use."""
    manager = QgsNetworkAccessManager.instance()
    return manager if is_main() else unwatched(manager)


def unwatched(made: Made) -> Made:
    """Keep PyQt from watching the end of an object that Qt made in a thread, and give it back.

    PyQt's watcher lives in the main thread, so it learns of the end some time later; then it marks
    as deleted whatever Python holds at that address by now, such as the thread's next reply. That
    raises "wrapped C/C++ object has been deleted" for an object that is well. An object that is
    not watched has to be deleted with `delete`, or to outlive its wrapper.

    Args:
        made: A ``QObject`` that Qt or QGIS made, as soon as Python gets it.
    """
    with suppress(TypeError):  # nobody watches
        made.destroyed.disconnect()
    return made


def delete(made: QObject, *signals: pyqtBoundSignal) -> None:
    """Delete an object of this thread, and let go of what its signals call.

    Left to Qt, a slot is let go of by the event loop of the thread that connected it. A thread that
    ends has none, and would keep the slot and all that it refers to for good.

    Args:
        made: A ``QObject`` of this thread.
        signals: Those of its signals that were connected.
    """
    for signal in signals:
        with suppress(TypeError):  # nobody listens
            signal.disconnect()
    sip.delete(made)
