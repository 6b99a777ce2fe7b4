"""What the stand-in keeps: one record of all that was asked of it."""

from __future__ import annotations

import os
import tempfile
from typing import Any, Callable, Dict, List, Optional


class State:
    """Set by a test before a run, read by it afterwards."""

    def __init__(self) -> None:
        self.licence = "Available"
        """What CheckExtension says of Image Analyst."""
        self.licences: List[str] = []
        """Calls of CheckOutExtension and CheckInExtension, in order."""
        self.held: List[str] = []
        self.tables: Dict[str, Any] = {}
        """Feature classes and attribute tables by their paths."""
        self.workspaces = {"memory"}
        self.progress: List[tuple] = []
        self.cancel_after: Optional[int] = None
        """How many times isCancelled says False before it says True."""
        self.asked = 0
        self.calls: List[tuple] = []
        """Geoprocessing and image analysis tools that ran: name, arguments, environments."""
        self.detect: Optional[Callable[..., Any]] = None
        """Stands for the deep learning tool: fills a table; given all arguments."""
        self.classify: Optional[Callable[..., Any]] = None
        self.gp_messages: List[str] = []
        self.scratch = tempfile.mkdtemp(prefix="standin-")
        self.rasters: Dict[str, str] = {}
        """Names of layers and of rasters in databases, and the files that stand for them."""
        self.unique = 0

    def exists(self, path: str) -> bool:
        return path in self.tables or path in self.rasters or os.path.exists(path)


state = State()


def reset() -> State:
    """Forget everything; tools keep the same object."""
    state.__init__()
    return state
