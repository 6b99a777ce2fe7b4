"""Texts in the user's language.

Every text of the user interface is written as ``tr("...")`` with a literal, which
``i18n/texts.py`` finds; ``{names}`` in it are filled in after translation.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

CONTEXT = "CampDetector"
"""The context of all texts in the ``.ts`` and ``.qm`` files."""
LANGUAGES = ("fr", "es", "ar")
_RIGHT_TO_LEFT = {"ar"}
_HOME = Path(__file__).resolve().parent
_installed: list[Any] = []


def tr(text: str, **values: object) -> str:
    """A text in the language of QGIS.

    Args:
        text: In English; a literal.
        **values: What stands for ``{names}`` in it.
    """
    from qgis.PyQt.QtCore import QCoreApplication

    found = str(QCoreApplication.translate(CONTEXT, text))
    return found.format(**values) if values else found


def right_to_left() -> bool:
    """Whether our windows run from right to left."""
    from qgis.PyQt.QtCore import QCoreApplication, Qt
    from qgis.PyQt.QtGui import QGuiApplication

    if _installed and _installed[0].property("language") in _RIGHT_TO_LEFT:
        return True
    there = isinstance(QCoreApplication.instance(), QGuiApplication)
    return there and QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft


def turn(window: Any) -> None:
    """Let a window run as its texts do; QGIS' own do so only where Qt's translation is there."""
    from qgis.PyQt.QtCore import Qt

    if right_to_left():
        window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)


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
