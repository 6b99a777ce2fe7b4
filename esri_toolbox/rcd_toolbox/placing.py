"""Put an output in its place: what is there already goes only when the new one is whole."""

from __future__ import annotations

import ntpath
import re
import uuid
from typing import Callable

from .deep_learning import discard
from .errors import ToolError

_DATABASE = re.compile(r"\.(gdb|sde|geodatabase|gpkg)(?=[\\/]|$)", re.IGNORECASE)
"""In whose names a point is no suffix."""


def place(target: str, write: Callable[[str], None]) -> None:
    """Let an output be written under another name beside its place, and rename it.

    Args:
        target: Where it goes; that it may be replaced was asked before.
        write: Writes it under the name that it is given.

    Raises:
        ToolError: The old output is gone, and the new one still has the other name.
    """
    import arcpy

    folder, name = ntpath.split(target)
    if folder.lower() in {"memory", "in_memory"}:  # not every ArcGIS can rename there
        part = target
    else:
        suffix = "" if _DATABASE.search(folder) else ntpath.splitext(name)[1]
        # An Esri Grid takes up to 13 letters.
        part = f"{target[: len(target) - len(name)]}rcd_{uuid.uuid4().hex[:8]}{suffix}"
    try:
        if part == target:
            _delete(target)
        write(part)
        if part == target:
            return
        _delete(target)
    except BaseException:
        discard(part)
        raise
    try:
        arcpy.management.Rename(part, target)
    except (RuntimeError, OSError, arcpy.ExecuteError) as error:
        reason = " ".join(str(error).split())[:300]
        msg = f"the output is whole, but could not be renamed from {part} to {target}: {reason}"
        raise ToolError(msg) from error


def _delete(path: str) -> None:
    import arcpy

    if arcpy.Exists(path):
        arcpy.management.Delete(path)
