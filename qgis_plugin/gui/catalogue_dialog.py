"""Models out of a STAC catalogue; nothing is fetched before the user presses a button."""

from __future__ import annotations

from typing import Any, Callable, Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ..i18n import flow, tr, turn
from ..models import InstalledModel, ModelLibrary
from ..models.catalogue import (
    Catalogue,
    Offer,
    Read,
    fetch_offer,
    is_url,
    read_catalogue,
    read_local,
)
from ..models.network import fetch
from .facts import added, known_models, offer_html
from .widgets import close_and_help, label, row
from .work import Work

_DATA = Qt.ItemDataRole.UserRole
_LAST = "camp_detector/last_catalogue"


class CatalogueDialog(QDialog):
    """An address, what it offers, and a button that adds a model."""

    def __init__(self, parent: Optional[QWidget]) -> None:
        """Show the last address; it is not opened by itself."""
        super().__init__(parent)
        turn(self)
        self.added: Optional[InstalledModel] = None
        self._work: Optional[Work] = None
        self._checksums: frozenset[str] = frozenset()
        self.setWindowTitle(tr("Camp Detector: models of a catalogue"))
        self.resize(720, 520)
        self.place = QLineEdit(str(QgsSettings().value(_LAST, "") or ""))
        self.place.setPlaceholderText(tr("STAC catalogue: a file, or https://…/catalog.json"))
        self.browse = QPushButton(tr("File…"))
        self.start = QPushButton(tr("Open"))
        self.start.setDefault(True)
        self.list = QListWidget()
        self.facts = QTextBrowser()
        self.facts.setOpenLinks(False)
        self.progress = QProgressBar()
        self.progress.hide()
        self.note = label(tr("The network is used only when you press Open or Download."))
        self.take = QPushButton(tr("Download and add"))
        self.stop = QPushButton(tr("Stop"))
        middle = QHBoxLayout()
        middle.addWidget(self.list, 1)
        middle.addWidget(self.facts, 2)
        layout = QVBoxLayout(self)
        layout.addLayout(row(self.place, self.browse, self.start, stretch=False))
        layout.addLayout(middle, 1)
        layout.addLayout(row(self.take, self.stop, self.progress))
        layout.addWidget(self.note)
        layout.addWidget(close_and_help(self, "models#catalogue"))
        self.browse.clicked.connect(lambda: self._browse())
        self.start.clicked.connect(lambda: self.look())
        self.take.clicked.connect(lambda: self.download())
        self.stop.clicked.connect(lambda: self._cancel())
        self.list.currentItemChanged.connect(lambda *_: self._show())
        self._busy(None)
        flow(self)

    def look(self) -> None:
        """Read the catalogue that the user named."""
        place = self.place.text().strip()
        if place:
            QgsSettings().setValue(_LAST, place)
            self._start(
                tr("Reading the catalogue"),
                lambda work: read_catalogue(place, _reader(place, work)),
                self._looked,
            )

    def download(self) -> None:
        """Add the chosen model."""
        offer = self.current_offer()
        if offer is not None:
            library = ModelLibrary.from_settings()
            self._checksums = known_models(library)
            self._start(
                tr("Downloading {name}", name=offer.id),
                lambda work: fetch_offer(offer, library, _reader(offer.place, work)),
                self._downloaded,
            )

    def current_offer(self) -> Optional[Offer]:
        """The model that is chosen in the list."""
        item = self.list.currentItem()
        return item.data(_DATA) if item is not None else None

    def reject(self) -> None:
        """Stop what is going on, and be told of nothing more."""
        if self._work is not None:
            self._work.forget()
            self._busy(None)
        super().reject()

    def _looked(self, catalogue: Catalogue) -> None:
        self.list.clear()
        for offer in catalogue.offers:
            item = QListWidgetItem(offer.id)
            item.setData(_DATA, offer)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        text = tr("Models: {count}.", count=len(catalogue.offers))
        if catalogue.left_out:
            left = tr(
                "{count} left out: {why}", count=len(catalogue.left_out), why=catalogue.left_out[0]
            )
            text = f"{text} {left}"
        self.note.setText(text)

    def _downloaded(self, model: InstalledModel) -> None:
        self.added = model
        self.note.setText(added(model, self._checksums))

    def _show(self) -> None:
        offer = self.current_offer()
        self.take.setEnabled(offer is not None and self._work is None)
        self.facts.setHtml(offer_html(offer) if offer else "")

    def _browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, tr("A STAC catalogue"), "", tr("STAC catalogue (*.json)")
        )
        if path:
            self.place.setText(path)
            self.look()

    def _start(
        self, title: str, function: Callable[[Work], Any], use_result: Callable[[Any], None]
    ) -> None:
        if self._work is not None:
            return

        def finished(result: Any, fault: Optional[str]) -> None:
            self._busy(None)
            if fault is None:
                use_result(result)
            else:
                self.note.setText(fault or tr("Stopped."))
            self._show()

        work = Work(title, function, finished)
        work.went.connect(lambda value: self.progress.setValue(round(value)))
        self._busy(work)
        self.note.setText(f"{title}…")
        work.start()

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()

    def _busy(self, work: Optional[Work]) -> None:
        self._work = work
        busy = work is not None
        for widget in (self.start, self.browse, self.take):
            widget.setEnabled(not busy)
        self.stop.setEnabled(busy)
        self.progress.setValue(0)
        self.progress.setVisible(busy)
        if not busy:
            self.take.setEnabled(self.current_offer() is not None)


def _reader(place: str, work: Work) -> Read:
    """Reader of a place: a file, or QGIS' network access."""
    if not is_url(place):
        return read_local
    return lambda url, limit: fetch(
        url, limit, feedback=work.feedback, progress=work.feedback.setProgress
    )
