"""The plugin's icon."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtGui import QIcon

ICON = Path(__file__).resolve().parent / "icon.svg"


def own_icon() -> QIcon:
    """The icon as Qt draws it in menus and lists."""
    return QIcon(str(ICON))
