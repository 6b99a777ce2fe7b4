"""The command line of an adaptation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ..models.installed import InstalledModel
    from .python import TrainingPython

_NOT_IN_VERSION = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Order:
    """One adaptation that is to be run."""

    python: TrainingPython
    model: InstalledModel
    data: Path
    """Folder as Export training data writes it."""
    out: Path
    """Folder of the results."""
    place: str
    """Name of the place."""
    minutes: float
    """Wall clock for all."""

    @property
    def version(self) -> str:
        """Version of the adapted model: that of the start, and the place."""
        place = _NOT_IN_VERSION.sub("-", self.place).strip("-.")
        return f"{self.model.spec.version}.{place or 'adapted'}"

    @property
    def command(self) -> list[str]:
        """Program and arguments."""
        return [
            self.python.program, "-m", "training", "--log-format", "json", "adapt",
            "--model", self.python.path_of(self.model), "--data", str(self.data),
            "--out", str(self.out), "--minutes", f"{self.minutes:g}",
            "--model-version", self.version,
        ]  # fmt: skip
