"""The help pages, which lie in the plugin and need no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices, QKeySequence

try:
    from qgis.PyQt.QtGui import QShortcut  # Qt 6
except ImportError:
    from qgis.PyQt.QtWidgets import QShortcut

_PAGES = Path(__file__).resolve().parent.parent / "help"


def url(topic: str = "index") -> str:
    """Address of the page of a topic; Processing's help buttons lead there, too."""
    path, _, anchor = topic.partition("#")
    page = _PAGES / f"{path}.html"
    found = QUrl.fromLocalFile(str(page if page.exists() else _PAGES / "index.html"))
    if anchor:
        found.setFragment(anchor)
    return str(found.toString())


def show(topic: str = "index") -> None:
    """Open a page in the user's browser."""
    QDesktopServices.openUrl(QUrl(url(topic)))


def on_f1(widget: Any, topic: str) -> None:
    """Let F1 open a page while a window is in front."""
    shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents), widget)
    shortcut.activated.connect(lambda: show(topic))
