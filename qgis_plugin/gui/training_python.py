"""The choice of the Python with Camp Detector's training, and a look at whether it can be used."""

from __future__ import annotations

from typing import Any, Optional

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..adapting import python
from ..adapting.python import TrainingPython
from ..i18n import mark, tr
from .widgets import label, row
from .work import Work


class TrainingPythonBox(QGroupBox):
    """A path, a button to look for it, and one that tries it out."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        """Show what is set."""
        super().__init__(mark(tr("Python with the training, for Adapt model")), parent)
        self._work: Optional[Work] = None
        self.program = QLineEdit(python.chosen())
        self.program.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.program.setPlaceholderText(tr("python.exe or python3 of an environment"))
        self.browse, self.check = QPushButton(tr("Browse…")), QPushButton(tr("Check"))
        self.note = label(can_select=True)
        line = QHBoxLayout()
        line.addWidget(self.program, 1)
        line.addWidget(self.browse)
        line.addWidget(self.check)
        layout = QVBoxLayout(self)
        layout.addWidget(
            label(
                tr("Only needed to adapt models. It is a Python of its own, not that of QGIS, in "
                   "which Camp Detector is installed with its training.")
            )
        )  # fmt: skip
        layout.addLayout(line)
        layout.addLayout(row(self.note, stretch=False))
        self.browse.clicked.connect(lambda: self._browse())
        self.check.clicked.connect(lambda: self.examine())
        self.program.textChanged.connect(lambda *_: self.note.clear())

    def path(self) -> str:
        """The path as it stands there; empty: none."""
        return self.program.text().strip()

    def examine(self) -> None:
        """Start the Python in the background, and say what it has."""
        path = self.path()
        if self._work is not None:
            return
        self.note.setText(tr("Starting {path}", path=path))
        self.check.setEnabled(False)
        self._work = Work(
            tr("Looking at a Python"),
            lambda work: python.examine(path, work.cancelled),
            self._show,
        ).start()

    def busy(self) -> bool:
        """True while a Python is looked at."""
        return self._work is not None

    def _show(self, answer: Any, fault: Optional[str]) -> None:
        self._work = None
        self.check.setEnabled(True)
        if isinstance(answer, TrainingPython):
            fault = tr("Camp Detector {version} is there: it can adapt.", version=answer.version)
        self.note.setText(fault or "")

    def _browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("A Python"), self.path())
        if path:
            self.program.setText(path)
            self.examine()
