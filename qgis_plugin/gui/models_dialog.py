"""The models that the user has: looked at, added, removed, preferred."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Optional

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QDialog,
    QFileDialog,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ..i18n import flow, tr, turn
from ..models import InstalledModel, ModelLibrary
from ..models.installed import ADDED
from ..models.library import set_default, set_folders
from .area import AreaOnMap
from .catalogue_dialog import CatalogueDialog
from .facts import added, known_models, model_html
from .widgets import close_and_help, label, row
from .work import sentence

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas
    from qgis.PyQt.QtGui import QHideEvent


_DATA = Qt.ItemDataRole.UserRole


class ModelsDialog(QDialog):
    """A list of models, and what is known of the chosen one."""

    def __init__(self, parent: Optional[QWidget], canvas: Optional[QgsMapCanvas]) -> None:
        """Look for models.

        Args:
            parent: QGIS' window.
            canvas: The map on which training areas are drawn; None without one.
        """
        super().__init__(parent)
        turn(self)
        self.setWindowTitle(tr("Camp Detector: models"))
        self.resize(820, 560)
        self.area = AreaOnMap(canvas) if canvas is not None else None
        self.list = QListWidget()
        self.list.setMinimumWidth(220)
        self.facts = QTextBrowser()
        self.facts.setOpenLinks(False)
        self.note = label(can_select=True)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.list)
        splitter.addWidget(self.facts)
        splitter.setStretchFactor(1, 1)
        self.add_file = QPushButton(tr("Add a file…"))
        self.add_folder = QPushButton(tr("Add a folder…"))
        self.from_catalogue = QPushButton(tr("From a catalogue…"))
        self.remove = QPushButton(tr("Remove"))
        self.prefer = QPushButton(tr("Use by default"))
        self.zoom = QPushButton(tr("Zoom to training area"))
        layout = QVBoxLayout(self)
        layout.addLayout(row(self.add_file, self.add_folder, self.from_catalogue))
        layout.addWidget(splitter, 1)
        layout.addLayout(row(self.prefer, self.zoom, self.remove))
        layout.addWidget(self.note)
        layout.addWidget(close_and_help(self, "models"))
        self.list.currentItemChanged.connect(lambda *_: self._show())
        self.add_file.clicked.connect(lambda: self._ask_file())
        self.add_folder.clicked.connect(lambda: self._ask_folder())
        self.from_catalogue.clicked.connect(lambda: self._open_catalogue())
        self.remove.clicked.connect(lambda: self._remove())
        self.prefer.clicked.connect(lambda: self._prefer())
        self.zoom.clicked.connect(lambda: self._zoom())
        flow(self)
        self.refresh()

    def refresh(self, checksum: str = "") -> None:
        """Look for models anew, and choose one by its checksum."""
        library = ModelLibrary.from_settings()
        models = library.models()
        default = library.default(models)
        self.list.clear()
        for model in models:
            mark = tr("{name} (default)", name=model.id) if _same(model, default) else model.id
            item = QListWidgetItem(mark)
            item.setData(_DATA, model)
            item.setToolTip(str(model.path))
            self.list.addItem(item)
            if model.sha256 == checksum or (not checksum and _same(model, default)):
                self.list.setCurrentItem(item)
        self._show()

    def current_model(self) -> Optional[InstalledModel]:
        """The model that is chosen in the list."""
        item = self.list.currentItem()
        return item.data(_DATA) if item is not None else None

    def add(self, path: str) -> None:
        """Add a model file; the note says what came of it."""
        try:
            library = ModelLibrary.from_settings()
            checksums = known_models(library)
            model = library.add(Path(path))
        except Exception as error:  # noqa: BLE001 - at the border of the host
            self.note.setText(sentence(error))
            return
        self.note.setText(added(model, checksums))
        self.refresh(model.sha256)

    def leave(self) -> None:
        """The plugin goes away."""
        if self.area is not None:
            self.area.clear()

    def hideEvent(self, event: QHideEvent) -> None:
        """Take the training area off the map, however the window is left."""
        if self.area is not None and not event.spontaneous():  # that is minimised
            self.area.clear()
        if not event.spontaneous():
            self.note.clear()
        super().hideEvent(event)

    def _show(self) -> None:
        model = self.current_model()
        if model is None:
            self.facts.setHtml(f"<p>{tr('There is no model yet: add a file.')}</p>")
        else:
            self.facts.setHtml(model_html(model))
        self.remove.setEnabled(model is not None and model.origin == ADDED)
        self.prefer.setEnabled(model is not None)
        self.zoom.setEnabled(False)
        is_drawn = self.area is not None and self.area.show(model.area if model else None)
        self.zoom.setEnabled(is_drawn)

    def _zoom(self) -> None:
        model = self.current_model()
        if model is not None and self.area is not None:
            self.area.show(model.area, zoom=True)

    def _prefer(self) -> None:
        model = self.current_model()
        if model is not None:
            set_default(model.key)
            self.note.clear()
            self.refresh(model.sha256)

    def _ask_file(self) -> None:
        kinds = tr("Models (*.onnx *.dlpk *.json)")
        path, _ = QFileDialog.getOpenFileName(self, tr("Add a model"), "", kinds)
        if path:
            self.add(path)

    def _ask_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, tr("A folder with models"))
        if path:
            folders = [*ModelLibrary.from_settings().folders, Path(path)]
            set_folders(list(dict.fromkeys(folders)))
            self.note.clear()
            self.refresh()

    def _open_catalogue(self) -> None:
        self.note.clear()
        dialog = CatalogueDialog(self)
        dialog.exec()
        if dialog.added is not None:
            self.refresh(dialog.added.sha256)
        dialog.deleteLater()

    def _remove(self) -> None:
        model = self.current_model()
        if model is None:
            return
        answer = QMessageBox.question(
            self, self.windowTitle(), tr("Remove {name} from this computer?", name=model.id)
        )
        if answer == QMessageBox.StandardButton.Yes:
            try:
                ModelLibrary.from_settings().remove(model)
            except Exception as error:  # noqa: BLE001 - at the border of the host
                self.note.setText(sentence(error))
            else:
                self.note.setText(tr("{name} was removed.", name=model.id))
            self.refresh()


def _same(model: InstalledModel, other: Optional[InstalledModel]) -> bool:
    return other is not None and model.sha256 == other.sha256
