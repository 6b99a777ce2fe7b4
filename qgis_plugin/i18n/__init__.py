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
    path = _HOME / f"camp_detector_{locale.replace('-', '_').split('_')[0]}.qm"
    translator = QTranslator()
    if path.exists() and translator.load(str(path)):
        QCoreApplication.installTranslator(translator)
        _installed.append(translator)


def remove() -> None:
    """Take the translations out again."""
    from qgis.PyQt.QtCore import QCoreApplication

    while _installed:
        QCoreApplication.removeTranslator(_installed.pop())
