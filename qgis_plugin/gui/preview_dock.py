"""The preview's panel: a layer, a model, a threshold, and what it finds on the visible map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Optional

from qgis.core import QgsMapLayerProxyModel
from qgis.gui import QgsDockWidget, QgsMapLayerComboBox
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from camp_detector_core.engine.errors import CampDetectorError

from ..faults import Fault
from ..i18n import flow, mark, tr, turn
from ..models import ModelLibrary
from ..runtime import problem
from . import help as pages
from . import preview
from .preview_layers import PreviewLayers
from .widgets import label
from .work import Work, sentence

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from camp_detector_core.georaster.table import DwellingRows

    from .preview import PreviewResult


_DELAY_MS = 150
"""After the last move of the slider; outlines are drawn anew then."""
_PERCENT = 100


class PreviewDock(QgsDockWidget):
    """The panel of the preview, whose layers go away with it."""

    def __init__(self, iface: QgisInterface, detect: Callable[..., None]) -> None:
        """Show choices; nothing runs yet.

        Args:
            iface: QGIS' interface.
            detect: Opens the dialog of the whole job with ``layer``, ``model``, ``threshold``
                and ``extent``.
        """
        super().__init__(tr("Camp Detector: preview"), iface.mainWindow())
        turn(self)
        self.setObjectName("CampDetectorPreview")
        self._iface, self._detect = iface, detect
        self._work: Optional[Work] = None
        self._drawing: Optional[Work] = None
        self.layers = PreviewLayers(iface.mapCanvases)
        self.layer = QgsMapLayerComboBox()
        self.layer.setFilters(QgsMapLayerProxyModel.Filter.RasterLayer)
        self.model = QComboBox()
        self.threshold = QSlider(Qt.Orientation.Horizontal)
        self.threshold.setRange(1, _PERCENT - 1)
        self.value = QDoubleSpinBox()
        self.value.setRange(0.01, 0.99)
        self.value.setSingleStep(0.01)
        self.start = QPushButton(tr("Preview the visible map"))
        self.stop = QPushButton(tr("Stop"))
        self.clear = QPushButton(tr("Clear"))
        self.whole = QPushButton(tr("Detect in the whole layer…"))
        self.progress = QProgressBar()
        self.note = label()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._build()
        self.refresh_models()
        self._enable()
        self._say_where()
        flow(self)

    def _build(self) -> None:
        body = QWidget()
        form = QFormLayout()
        form.addRow(tr("Layer"), self.layer)
        form.addRow(tr("Model"), self.model)
        slide = QHBoxLayout()
        slide.addWidget(self.threshold, 1)
        slide.addWidget(self.value)
        form.addRow(tr("Threshold"), slide)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.start, 1)
        first.addWidget(self.stop)
        second.addWidget(self.whole, 1)
        second.addWidget(self.clear)
        layout = QVBoxLayout(body)
        for part in (form, first):
            layout.addLayout(part)
        layout.addWidget(self.progress)
        layout.addWidget(self.note)
        layout.addLayout(second)
        layout.addStretch()
        # What is said is not cut where the panel is low, as beside others in one place.
        area = QScrollArea()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(body)
        bar = area.verticalScrollBar().sizeHint().width()
        area.setMinimumWidth(body.minimumSizeHint().width() + bar)
        self.setWidget(area)
        pages.on_f1(self, "preview")
        self.layer.layerChanged.connect(lambda *_: self._say_where())
        self.threshold.valueChanged.connect(lambda v: self.value.setValue(v / _PERCENT))
        self.value.valueChanged.connect(lambda v: self._moved(v))
        self.model.currentIndexChanged.connect(lambda *_: self._take_threshold())
        self._timer.timeout.connect(lambda: self._redraw())
        self.start.clicked.connect(lambda: self.run())
        self.stop.clicked.connect(lambda: self.cancel())
        self.clear.clicked.connect(lambda: self._clear())
        self.whole.clicked.connect(lambda: self._whole())

    def refresh_models(self) -> None:
        """Offer the models that there are now."""
        library = ModelLibrary.from_settings()
        models, before = library.models(), self.model.currentData()
        preferred = before or library.default(models)
        self.model.clear()
        for model in models:
            self.model.addItem(model.id, model)
        same = [m.sha256 == preferred.sha256 for m in models] if preferred else []
        self.model.setCurrentIndex(same.index(True) if True in same else 0)

    def run(self) -> None:
        """Run the model on the visible map."""
        layer, model = self.layer.currentLayer(), self.model.currentData()
        fault = problem()
        if fault or layer is None or model is None or self._work is not None:
            self.note.setText(fault or tr("Choose a raster layer and a model."))
            return
        try:
            job = preview.job_of(layer, model, self._iface.mapCanvas())
        except CampDetectorError as error:
            self.note.setText(sentence(error))
            return
        threshold = self.value.value()
        work = Work(
            tr("Previewing {layer}", layer=layer.name()),
            lambda w: preview.first(job, threshold, w.feedback, w.say),
            self._finished,
        )
        work.line_written.connect(self.note.setText)
        work.went.connect(lambda value: self.progress.setValue(round(value)))
        self._work = work
        self.note.setText("")
        self._enable()
        work.start()

    def cancel(self) -> None:
        """Stop a run."""
        if self._work is not None:
            self._work.cancel()

    def busy(self) -> bool:
        """True if something is being computed."""
        return self._work is not None or self._drawing is not None or self._timer.isActive()

    def leave(self) -> None:
        """Stop, and take everything off the map."""
        self._timer.stop()
        if self._work is not None:
            self._work.forget(lambda result: result.preview.discard())
        if self._drawing is not None:
            self._drawing.forget()
        self._work = self._drawing = None
        self.layers.clear()

    def _finished(self, result: Optional[PreviewResult], fault: Optional[str]) -> None:
        self._work = None
        self._enable()
        if fault is not None:
            if result is not None:
                result.preview.discard()
            self.note.setText(fault or tr("Stopped."))
            return
        if result is None:
            return
        self.layers.show(result)
        self._tell(result)
        if self.value.value() != result.threshold:  # it was moved meanwhile
            self._moved(self.value.value())
        self._enable()

    def _moved(self, value: float) -> None:
        self.threshold.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.threshold.setValue(round(value * _PERCENT))
        self.threshold.blockSignals(False)  # noqa: FBT003
        self.layers.restyle(value)
        if self.layers.preview is not None:
            self._timer.start()

    def _redraw(self) -> None:
        """Draw the outlines at this threshold, in a thread."""
        current, threshold = self.layers.preview, self.value.value()
        if current is None:
            return
        if self._drawing is not None:
            self._timer.start()  # once it is done
            return

        def take_rows(rows: Optional[DwellingRows], fault: Optional[str]) -> None:
            self._drawing = None
            if rows is None or fault is not None or self.layers.preview is not current:
                self.note.setText(fault or "")
                return
            self.layers.draw(rows)
            self._tell(preview.PreviewResult(current, rows, threshold))

        self._drawing = Work(
            tr("Drawing dwellings"), lambda _: preview.dwellings(current, threshold), take_rows
        ).start()

    def _tell(self, result: preview.PreviewResult) -> None:
        text = tr(
            "Dwellings on the visible map at threshold {threshold}: {count}, covering {area} m².",
            count=len(result.rows),
            threshold=f"{result.threshold:.2f}",
            area=f"{float(result.rows.area.sum()):.0f}",
        )
        self.note.setText("\n".join([text, *result.preview.warnings]))

    def _take_threshold(self) -> None:
        model = self.model.currentData()
        if model is not None:
            self.value.setValue(model.spec.threshold)

    def _clear(self) -> None:
        self.layers.clear()
        self.note.setText("")
        self._enable()

    def _whole(self) -> None:
        layer, model, extent = self.layer.currentLayer(), self.model.currentData(), None
        if layer is not None and preview.is_endless(layer):
            try:
                preview.visible(layer, self._iface.mapCanvas())
            except Fault as error:
                self.note.setText(sentence(error))
                return
            extent = preview.extent_text(self._iface.mapCanvas())
        self._detect(
            layer=layer,
            model=model.id if model is not None else "",
            threshold=self.value.value(),
            extent=extent,
        )

    def _say_where(self) -> None:
        """Name the button by what the whole job would be."""
        if preview.is_endless(self.layer.currentLayer()):
            self.whole.setText(mark(tr("Detect in the visible map…")))
            self.whole.setToolTip(
                tr("This layer has no end, so the dialog opens with the extent of the map.")
            )
        else:
            self.whole.setText(mark(tr("Detect in the whole layer…")))
            self.whole.setToolTip("")

    def _enable(self) -> None:
        busy = self._work is not None
        self.start.setEnabled(not busy)
        self.stop.setEnabled(busy)
        self.progress.setVisible(busy)
        self.progress.setValue(0)
        self.clear.setEnabled(self.layers.preview is not None)
