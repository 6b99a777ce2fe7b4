"""Parts that several windows have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialogButtonBox, QHBoxLayout, QLabel

from . import help as pages

if TYPE_CHECKING:
    from qgis.PyQt.QtWidgets import QDialog, QWidget


def row(*widgets: QWidget, stretch: bool = True) -> QHBoxLayout:
    """Widgets beside each other.

    Args:
        widgets: From the side on which texts begin.
        stretch: True to leave the other side empty.
    """
    layout = QHBoxLayout()
    for widget in widgets:
        layout.addWidget(widget)
    if stretch:
        layout.addStretch()
    return layout


def label(text: str = "", *, can_select: bool = False) -> QLabel:
    """Plain text over several lines, whatever untrusted words are in it."""
    widget = QLabel(text)
    widget.setWordWrap(True)
    widget.setTextFormat(Qt.TextFormat.PlainText)
    if can_select:
        widget.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return widget


def close_and_help(dialog: QDialog, topic: str) -> QDialogButtonBox:
    """The buttons at the bottom of a window; F1 opens the page of the topic as well."""
    kinds = QDialogButtonBox.StandardButton
    buttons = QDialogButtonBox(kinds.Close | kinds.Help)
    buttons.rejected.connect(dialog.close)
    buttons.helpRequested.connect(lambda: pages.show(topic))
    pages.on_f1(dialog, topic)
    return buttons
