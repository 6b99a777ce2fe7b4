"""The plugin as QGIS loads and unloads it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Optional

from qgis.core import Qgis, QgsApplication, QgsMessageLog

from . import i18n, runs
from .i18n import tr
from .provider import CampDetectorProvider

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .actions import Actions


class CampDetectorPlugin:
    """The provider, and where there are windows the menu, the toolbar and the dialogs."""

    def __init__(self, iface: QgisInterface) -> None:
        """Speak the user's language, and do nothing else yet.

        Args:
            iface: QGIS' interface; None without windows.
        """
        self.iface = iface
        self.provider: Optional[CampDetectorProvider] = None
        self.actions: Optional[Actions] = None
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
            from .actions import Actions

            self.actions = Actions(self.iface)

    def unload(self) -> None:
        """Take everything away again."""
        if self.actions is not None:
            self.actions.remove()
            self.actions = None
        algorithms = self.provider.algorithms() if self.provider is not None else []
        if not runs.stop_all([algorithm.displayName() for algorithm in algorithms]):
            QgsMessageLog.logMessage(
                tr("A run of Camp Detector does not stop: start QGIS again."),
                "Camp Detector",
                Qgis.MessageLevel.Critical,
            )
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
    package = sys.modules[__package__]
    for name in [n for n in sys.modules if n.startswith(f"{__package__}.")]:
        del sys.modules[name]
        # ``from . import runs`` takes what the package still holds under that name.
        package.__dict__.pop(name[len(__package__) + 1 :], None)
