"""What QGIS loads and unloads."""

from __future__ import annotations

import sys
from typing import Any, Optional

from qgis.core import QgsApplication

from . import i18n
from .provider import CampDetectorProvider


class CampDetectorPlugin:
    """The provider, and where there are windows the menu, the toolbar and the dialogs."""

    def __init__(self, iface: Any) -> None:
        """Speak the user's language, and do nothing else yet.

        Args:
            iface: QGIS' interface; None without windows.
        """
        self.iface = iface
        self.provider: Optional[CampDetectorProvider] = None
        self._actions: Any = None
        i18n.install()

    def initProcessing(self) -> None:
        """Add the algorithms; called alone by qgis_process."""
        if self.provider is None:
            self.provider = CampDetectorProvider()
            QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:
        """Add everything."""
        self.initProcessing()
        if self.iface is not None:
            # By a statement, which QGIS sees, so that it forgets the module when it updates us.
            from . import actions

            self._actions = actions
            actions.install(self)

    def unload(self) -> None:
        """Take everything away again."""
        if self._actions is not None:
            self._actions.remove(self)
            self._actions = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        i18n.remove()
        _forget_modules()


def _forget_modules() -> None:
    """Take all of the plugin's modules out of memory.

    QGIS does so itself, but overlooks packages of which only a module was imported: the next
    release would be loaded into what is left of this one.
    """
    for name in [n for n in sys.modules if n.startswith(f"{__package__}.")]:
        del sys.modules[name]
