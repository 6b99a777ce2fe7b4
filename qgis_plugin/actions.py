"""The menu, the toolbar, and the windows that they open."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Callable, Optional, Union

from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon

from camp_detector_core.engine import parameters as options
from camp_detector_core.engine.parameters import QGIS

from .i18n import tr
from .icon import own_icon
from .runtime import is_there, places, problem

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer
    from qgis.gui import QgisInterface, QgsMessageBarItem
    from qgis.PyQt.QtWidgets import QWidget

    from .gui.models_dialog import ModelsDialog
    from .gui.options import OptionsFactory
    from .gui.preview_dock import PreviewDock
    from .gui.runtime_dialog import RuntimeDialog


try:
    from qgis.PyQt.QtGui import QAction  # Qt 6
except ImportError:
    from qgis.PyQt.QtWidgets import QAction

MENU, OPTIONS = "Camp Detector", "CampDetectorOptions"
DETECT = "campdetector:detectdwellings"
_MENTIONED = "campDetectorToldOfRuntime"
"""Property of QGIS' window: a missing runtime is mentioned once in a session."""


class Actions:
    """All actions of the plugin in one QGIS."""

    def __init__(self, iface: QgisInterface) -> None:
        """Put them into menu and toolbar."""
        from .gui.options import OptionsFactory

        self._iface = iface
        self.actions: list[QAction] = []
        self.windows: dict[str, Union[ModelsDialog, RuntimeDialog]] = {}
        self.dock: Optional[PreviewDock] = None
        self._offer: Optional[QgsMessageBarItem] = None
        self.factory: Optional[OptionsFactory] = OptionsFactory()
        places.clean()
        self.toolbar = iface.addToolBar("Camp Detector")
        self.toolbar.setObjectName("CampDetectorToolBar")
        own, theme = own_icon(), QgsApplication.getThemeIcon
        eye = theme("/mActionShowAllLayers.svg")
        self._add(own, tr("Detect dwellings…"), lambda: self.detect(), tool=True)
        self._add(eye, tr("Preview on the map"), lambda: self.show_preview(), tool=True)
        self._add(QIcon(), tr("Models…"), lambda: self.show_models())
        self._add(QIcon(), tr("Runtime…"), lambda: self.show_runtime())
        self._add(theme("/mActionOptions.svg"), tr("Settings…"), lambda: self.show_settings())
        self._add(theme("/mActionHelpContents.svg"), tr("Help"), lambda: self.show_help())
        iface.registerOptionsWidgetFactory(self.factory)
        if not iface.mainWindow().property(_MENTIONED) and not is_there():
            iface.mainWindow().setProperty(_MENTIONED, True)  # noqa: FBT003 - Qt's signature
            self._offer_runtime(tr("ONNX Runtime, which runs the models, is not installed."))

    def remove(self) -> None:
        """Take everything away again."""
        self._withdraw()
        if self.dock is not None:
            self.dock.leave()
            self._iface.removeDockWidget(self.dock)
            _discard(self.dock)
            self.dock = None
        for window in self.windows.values():
            window.close()
            window.leave()
            _discard(window)
        self.windows.clear()
        for action in self.actions:
            self._iface.removePluginMenu(MENU, action)
            action.deleteLater()
        self.actions.clear()
        if self.factory is not None:
            self._iface.unregisterOptionsWidgetFactory(self.factory)
            self.factory = None
        self._iface.mainWindow().removeToolBar(self.toolbar)
        _discard(self.toolbar)

    def detect(self, **values: object) -> None:
        """Open the algorithm's dialog; where ONNX Runtime is missing, say so with a way out."""
        from processing import execAlgorithmDialog

        fault = problem()
        if fault:
            self._offer_runtime()
            return
        execAlgorithmDialog(DETECT, values)

    def show_preview(self) -> None:
        """Show the preview's panel."""
        from .gui.preview_dock import PreviewDock

        if self.dock is None:
            self.dock = PreviewDock(self._iface, self._detect_layer)
            self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.refresh_models()
        self.dock.setUserVisible(True)
        if problem():
            self._offer_runtime()

    def show_models(self) -> None:
        """Show the list of models."""
        from .gui.models_dialog import ModelsDialog

        canvas = self._iface.mapCanvas()
        self._show("models", lambda: ModelsDialog(self._iface.mainWindow(), canvas))

    def show_runtime(self) -> None:
        """Show the page of ONNX Runtime."""
        from .gui.runtime_dialog import RuntimeDialog

        def make() -> RuntimeDialog:
            dialog = RuntimeDialog(self._iface.mainWindow())
            dialog.page.changed.connect(lambda: None if problem() else self._withdraw())
            return dialog

        self._show("runtime", make)

    def show_settings(self) -> None:
        """Show the plugin's page of QGIS' options."""
        self._iface.showOptionsDialog(self._iface.mainWindow(), currentPage=OPTIONS)

    @staticmethod
    def show_help() -> None:
        """Open the help pages."""
        from .gui import help as pages

        pages.show()

    def _detect_layer(
        self, *, layer: Optional[QgsMapLayer], model: str, threshold: float, extent: Optional[str]
    ) -> None:
        values = (
            (options.THRESHOLD, threshold),
            (options.EXTENT, extent),
            (options.MODEL, model or None),
            (options.IMAGES, None if layer is None else layer.id()),
        )
        self.detect(**{o.hosts[QGIS]: value for o, value in values if value is not None})

    def _show(self, name: str, make: Callable[[], Union[ModelsDialog, RuntimeDialog]]) -> None:
        if name not in self.windows:
            self.windows[name] = make()
        window = self.windows[name]
        window.show()
        window.raise_()
        window.activateWindow()
        window.refresh()

    def _offer_runtime(self, text: str = "") -> None:
        self._withdraw()
        bar = self._iface.messageBar()
        text = text or tr("ONNX Runtime is not ready.")
        message = bar.createMessage("Camp Detector", text)
        from qgis.PyQt.QtWidgets import QPushButton

        button = QPushButton(tr("Runtime…"))
        button.clicked.connect(lambda: self.show_runtime())
        layout = None if message is None else message.layout()
        if layout is not None:
            layout.addWidget(button)
        self._offer = bar.pushWidget(message, Qgis.MessageLevel.Warning)

    def _withdraw(self) -> None:
        """Take our own message off the bar, if it is still there."""
        if self._offer is not None:
            with suppress(RuntimeError):  # the user closed it
                self._iface.messageBar().popWidget(self._offer)
            self._offer = None

    def _add(self, icon: QIcon, text: str, call: Callable[[], None], *, tool: bool = False) -> None:
        action = QAction(icon, text, self._iface.mainWindow())
        action.triggered.connect(lambda *_: call())
        self._iface.addPluginToMenu(MENU, action)
        if tool:
            self.toolbar.addAction(action)
        self.actions.append(action)


def _discard(widget: QWidget) -> None:
    """Take a widget out of QGIS' window at once, and delete it when Qt can."""
    widget.setParent(None)  # type: ignore[call-overload]
    widget.deleteLater()
