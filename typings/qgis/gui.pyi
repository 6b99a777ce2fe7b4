from PyQt5.QtWidgets import QMainWindow, QToolBar
from qgis import _gui

# isort: off
from qgis._gui import (
    QgsDockWidget as QgsDockWidget,
    QgsMapCanvas as QgsMapCanvas,
    QgsMapLayerComboBox as QgsMapLayerComboBox,
    QgsMessageBar as QgsMessageBar,
    QgsMessageBarItem as QgsMessageBarItem,
    QgsOptionsPageWidget as QgsOptionsPageWidget,
    QgsOptionsWidgetFactory as QgsOptionsWidgetFactory,
    QgsRubberBand as QgsRubberBand,
)

# isort: on

# The published types let what is always there be None.

class QgisInterface(_gui.QgisInterface):
    def mainWindow(self) -> QMainWindow: ...
    def mapCanvas(self) -> QgsMapCanvas: ...
    def messageBar(self) -> QgsMessageBar: ...
    def addToolBar(self, name: str) -> QToolBar: ...  # type: ignore[override]
