from PyQt5.QtWidgets import QMainWindow, QToolBar
from qgis import _gui
from qgis._gui import (
    QgsDockWidget as QgsDockWidget,
)
from qgis._gui import (
    QgsMapCanvas as QgsMapCanvas,
)
from qgis._gui import (
    QgsMapLayerComboBox as QgsMapLayerComboBox,
)
from qgis._gui import (
    QgsMessageBar as QgsMessageBar,
)
from qgis._gui import (
    QgsMessageBarItem as QgsMessageBarItem,
)
from qgis._gui import (
    QgsOptionsPageWidget as QgsOptionsPageWidget,
)
from qgis._gui import (
    QgsOptionsWidgetFactory as QgsOptionsWidgetFactory,
)
from qgis._gui import (
    QgsRubberBand as QgsRubberBand,
)

# The published types let what is always there be None.

class QgisInterface(_gui.QgisInterface):
    def mainWindow(self) -> QMainWindow: ...
    def mapCanvas(self) -> QgsMapCanvas: ...
    def messageBar(self) -> QgsMessageBar: ...
    def addToolBar(self, name: str) -> QToolBar: ...  # type: ignore[override]
