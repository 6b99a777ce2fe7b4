"""State of the stand-in: one record of all calls to it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any


class State:
    """Set by a test before a run, read by it afterwards."""

    def __init__(self) -> None:
        self.licence = "Available"
        """Answer of CheckExtension about Image Analyst."""
        self.licences: list[str] = []
        """Calls of CheckOutExtension and CheckInExtension, in order."""
        self.locks: list[str] = []
        self.tables: dict[str, Any] = {}
        """Feature classes and attribute tables by their paths."""
        self.layers: dict[str, str] = {}
        """Names of layers in a map, and the paths of their feature classes."""
        self.workspaces = {"memory"}
        self.progress: list[tuple] = []
        self.cancel_after: int | None = None
        """Number of times that isCancelled says False before it says True."""
        self.questions = 0
        self.calls: list[tuple] = []
        """Geoprocessing and image analysis tools that ran: name, arguments, environments."""
        self.detect: Callable[..., Any] | None = None
        """Stands for the deep learning tool: fills a table; given all arguments."""
        self.classify: Callable[..., Any] | None = None
        self.gp_messages: list[str] = []
        # The folder goes when the state is made anew, or the process ends.
        self.scratch_folder = tempfile.TemporaryDirectory(prefix="standin-")
        self.scratch = self.scratch_folder.name
        self.rasters: dict[str, str] = {}
        """Names of layers and of rasters in databases, and the files that stand for them."""
        self.unique = 0

    def exists(self, path: str) -> bool:
        return (
            path in self.layers
            or path in self.tables
            or path in self.rasters
            or os.path.exists(path)
        )


state = State()


def reset() -> State:
    """Forget everything; tools keep the same object."""
    state.__init__()
    return state
