"""Texts in the user's language.

Every text of the user interface is written as ``tr("...")`` with a literal, which
``i18n/texts.py`` finds; ``{names}`` in it are filled in after translation.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from qgis.PyQt.QtCore import QTranslator
    from qgis.PyQt.QtWidgets import QWidget


CONTEXT = "CampDetector"
"""The context of all texts in the ``.ts`` and ``.qm`` files."""
LANGUAGES = ("fr", "es", "ar")
_RIGHT_TO_LEFT = {"ar"}
_HOME = Path(__file__).resolve().parent
_installed: list[QTranslator] = []
_ISOLATE, _END = "\u2068", "\u2069"
_EMBED, _POP = "\u202b", "\u202c"
_MARKS = _ISOLATE + _END + _EMBED + _POP
_ARABIC = re.compile("[\u0600-\u06ff]")


def tr(text: str, **values: object) -> str:
    """A text in the language of QGIS.

    Args:
        text: In English; a literal.
        **values: What stands for ``{names}`` in it.
    """
    from qgis.PyQt.QtCore import QCoreApplication

    translated = str(QCoreApplication.translate(CONTEXT, text))
    if not values:
        return translated
    if speaks_right_to_left():
        # Numbers, paths and names keep to themselves, with what brackets and signs they have.
        values = {name: f"{_ISOLATE}{value}{_END}" for name, value in values.items()}
    return translated.format(**values)


def bare(text: str) -> str:
    """A text without marks of direction, for names that are taken elsewhere."""
    return text.translate(dict.fromkeys(map(ord, _MARKS)))


def speaks_right_to_left() -> bool:
    """True if our texts run from right to left."""
    return bool(_installed) and _installed[0].property("language") in _RIGHT_TO_LEFT


def right_to_left() -> bool:
    """True if our windows run from right to left."""
    from qgis.PyQt.QtCore import QCoreApplication, Qt
    from qgis.PyQt.QtGui import QGuiApplication

    if speaks_right_to_left():
        return True
    has_windows = isinstance(QCoreApplication.instance(), QGuiApplication)
    return has_windows and QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft


def turn(window: QWidget) -> None:
    """Let a window run as its texts do; QGIS' own do so only where Qt's translation is there."""
    from qgis.PyQt.QtCore import Qt

    if right_to_left():
        window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)


def mark(text: str) -> str:
    """A text that runs from right to left where Qt would not find out by itself."""
    is_ours = speaks_right_to_left() and _ARABIC.search(text) and not text.startswith(_EMBED)
    return f"{_EMBED}{text}{_POP}" if is_ours else text


def flow(window: QWidget) -> None:
    """Let titles, buttons and choices of a window run as their texts do."""
    if not speaks_right_to_left():
        return
    from qgis.PyQt.QtWidgets import QAbstractButton, QComboBox

    window.setWindowTitle(mark(window.windowTitle()))
    for button in window.findChildren(QAbstractButton):
        button.setText(mark(button.text()))
    for box in window.findChildren(QComboBox):
        for index in range(box.count()):
            box.setItemText(index, mark(box.itemText(index)))


def install(locale: Optional[str] = None) -> None:
    """Load the translations for a locale.

    Args:
        locale: Such as ``fr`` or ``ar_EG``; None: that of QGIS.
    """
    from qgis.PyQt.QtCore import QCoreApplication, QTranslator

    remove()
    if locale is None:
        from qgis.core import QgsApplication

        locale = QgsApplication.locale()
    language = locale.replace("-", "_").split("_")[0]
    path = _HOME / f"camp_detector_{language}.qm"
    translator = QTranslator()
    if path.exists() and translator.load(str(path)):
        translator.setProperty("language", language)
        QCoreApplication.installTranslator(translator)
        _installed.append(translator)


def remove() -> None:
    """Take the translations out again."""
    from qgis.PyQt.QtCore import QCoreApplication

    while _installed:
        QCoreApplication.removeTranslator(_installed.pop())
