"""A tool's dialog: what ArcGIS calls while it is filled in and run.

Also run by other Pythons, so it needs nothing but the standard library.
"""

from __future__ import annotations

import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any


def load_pyt(folder: Path) -> Any:
    """Load the toolbox as a module."""
    path = str(Path(folder) / "CampDetector.pyt")
    loader = SourceFileLoader("tbx", path)
    spec = importlib.util.spec_from_loader("tbx", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


class Dialog:
    """The parameters of one tool."""

    def __init__(self, tool: Any, arcpy: Any) -> None:
        self.tool, self.arcpy = tool, arcpy
        self.parameters = tool.getParameterInfo()
        self.messages = arcpy.Messages()
        self._validate()

    def __getitem__(self, name: str) -> Any:
        return next(p for p in self.parameters if p.name == name)

    def set(self, **values: Any) -> Dialog:
        """Fill in some parameters, one after the other."""
        for name, value in values.items():
            self[name].value = value
            self._validate()
        return self

    def _validate(self) -> None:
        self.tool.updateParameters(self.parameters)
        for parameter in self.parameters:
            parameter.clearMessage()
        self.tool.updateMessages(self.parameters)

    def remarks(self, severity: int | None = None) -> dict[str, str]:
        """Return the messages at the parameters: 1 warnings, 2 errors."""
        return {
            p.name: p.message
            for p in self.parameters
            if p.severity and severity in (None, p.severity)
        }

    def run(self) -> Any:
        """Run the tool; gives its messages."""
        self.tool.execute(self.parameters, self.messages)
        return self.messages

    def table(self, path: str) -> Any:
        """A feature class that was written."""
        return self.arcpy.state.tables[path]
