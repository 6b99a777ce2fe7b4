"""Camp Detector's page in QGIS' options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Optional

from qgis.core import QgsSettings
from qgis.gui import QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..adapting import python
from ..help import url
from ..i18n import flow, tr, turn
from ..icon import own_icon
from ..models import ModelLibrary
from ..models.library import set_default, set_folders
from ..runtime import devices, problem
from .training_python import TrainingPythonBox
from .widgets import label, row

if TYPE_CHECKING:
    from qgis.PyQt.QtGui import QIcon


class OptionsPage(QgsOptionsPageWidget):
    """Device, preferred model, folders of models, and the Python with the training."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        """Show what is set."""
        super().__init__(parent)
        turn(self)
        self.setObjectName("CampDetectorOptions")
        library = ModelLibrary.from_settings()
        self.device = QComboBox()
        for name in devices.devices():
            self.device.addItem(devices.label(name), name)
        self.device.setCurrentIndex(max(0, self.device.findData(devices.preference())))
        self.model = QComboBox()
        models = library.models()
        for model in models:
            self.model.addItem(model.id, model.key)
        default = library.default(models)
        if default is not None:
            self.model.setCurrentIndex(max(0, self.model.findData(default.key)))
        self.folders = QListWidget()
        self.folders.setMaximumHeight(120)
        self.folders.addItems([str(f) for f in library.folders])
        self.training = TrainingPythonBox()
        # What the user leaves alone is not written, also where its file is away for now.
        self._before = self._choices()
        add, remove = QPushButton(tr("Add a folder…")), QPushButton(tr("Remove"))
        form = QFormLayout()
        form.addRow(tr("Default device"), self.device)
        self.device.setToolTip(tr("Of the preview, and the first choice in the algorithms."))
        form.addRow(tr("Default model"), self.model)
        form.addRow(tr("Folders with models"), self.folders)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addLayout(row(add, remove))
        layout.addWidget(self.training)
        layout.addWidget(label(problem() or ""))
        layout.addStretch()
        flow(self)
        add.clicked.connect(lambda: self._add())
        remove.clicked.connect(lambda: self.folders.takeItem(self.folders.currentRow()))

    def apply(self) -> None:
        """Keep what is chosen; QGIS calls it when the user presses OK."""
        device, model, folders, program = self._choices()
        before = self._before
        if device != before[0]:
            QgsSettings().setValue(devices.SETTING, device)
        if model and model != before[1]:
            set_default(model)
        if folders != before[2]:
            set_folders([Path(folder) for folder in folders])
        if program != before[3]:
            python.choose(program)
        self._before = self._choices()

    def _choices(self) -> tuple[str, str, list[str], str]:
        """Device, model, folders and Python as they stand in the page."""
        items = (self.folders.item(i) for i in range(self.folders.count()))
        folders = [item.text() for item in items if item is not None]
        device, model = self.device.currentData(), self.model.currentData()
        return str(device or ""), str(model or ""), folders, self.training.path()

    def helpKey(self) -> str:
        """QGIS' help button opens our page."""
        return url("settings")

    def _add(self) -> None:
        path = QFileDialog.getExistingDirectory(self, tr("A folder with models"))
        if path:
            self.folders.addItem(path)


class OptionsFactory(QgsOptionsWidgetFactory):
    """Makes the page when the options are opened."""

    def __init__(self) -> None:
        """Name it."""
        super().__init__()
        self.setTitle("Camp Detector")
        self.setIcon(self.icon())

    def icon(self) -> QIcon:
        """The plugin's."""
        return own_icon()

    def createWidget(self, parent: Optional[QWidget] = None) -> OptionsPage:
        """The page."""
        return OptionsPage(parent)
