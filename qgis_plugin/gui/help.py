"""The help pages in the user's browser, by buttons and by F1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from qgis.PyQt.QtCore import QEvent, QObject, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QKeyEvent, QKeySequence

from ..help import url

if TYPE_CHECKING:
    from qgis.PyQt.QtWidgets import QWidget


def show(topic: str = "index") -> None:
    """Open a page in the user's browser."""
    QDesktopServices.openUrl(QUrl(url(topic)))


class _Key(QObject):
    """Opens a page when F1 is pressed in a window or a panel, or in what it holds."""

    def __init__(self, widget: QWidget, topic: str) -> None:
        """Watch a widget for as long as it is there."""
        super().__init__(widget)
        self._topic = topic
        widget.installEventFilter(self)

    def eventFilter(self, _watched: Optional[QObject], event: Optional[QEvent]) -> bool:
        """See the key before QGIS' own F1 does, which counts in all of its window."""
        if not isinstance(event, QKeyEvent):
            return False
        kind = event.type()
        if kind not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        if not event.matches(QKeySequence.StandardKey.HelpContents):
            return False
        event.accept()
        if kind == QEvent.Type.KeyPress:
            show(self._topic)
        return True


def on_f1(widget: QWidget, topic: str) -> None:
    """Let F1 open a page while a window, or something in a panel, has the keyboard.

    A shortcut would be ambiguous in a panel: QGIS has F1 for its own help.
    """
    _Key(widget, topic)
