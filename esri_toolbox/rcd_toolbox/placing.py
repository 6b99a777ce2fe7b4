"""Put an output in its place: what is there already goes only when the new one is whole."""

from __future__ import annotations

import ntpath
import re
import uuid
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Callable, Iterator, Optional, TextIO

from camp_detector_core.outputs.whole_file import whole_file

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


def discard(path: str) -> None:
    """Delete what may be there; what cannot be deleted lies in the scratch workspace."""
    import arcpy

    try:
        if arcpy.Exists(path):
            arcpy.management.Delete(path)
    except (RuntimeError, arcpy.ExecuteError):
        return


@contextmanager
def scratch(name: str, folder: Optional[str] = None) -> Iterator[str]:
    """A path for something that is deleted at the end.

    Args:
        name: Its name, which gets a number where it is taken.
        folder: A folder or a geodatabase; None: the scratch folder.
    """
    import arcpy

    path = str(arcpy.CreateUniqueName(name, folder or arcpy.env.scratchFolder))
    try:
        yield path
    finally:
        discard(path)


def _delete(path: str) -> None:
    import arcpy

    if arcpy.Exists(path):
        arcpy.management.Delete(path)


@contextmanager
def text_file(path: Optional[str], write: Callable[[TextIO], None]) -> Iterator[None]:
    """Write a text beside its place, and put it there at the end if all went well.

    It starts with a byte order mark, which spreadsheets need to see that it is UTF-8.

    Args:
        path: Where it goes; None where it is not wanted.
        write: Writes it.

    Raises:
        ToolError: It cannot be written.
    """
    if not path:
        yield
        return
    target = Path(path)
    with ExitStack() as stack:
        with _refusing(target):
            part = stack.enter_context(whole_file(target, make_folder=False))
            with part.open("w", encoding="utf-8-sig", newline="") as stream:
                write(stream)
        yield
        with _refusing(target):
            stack.pop_all().close()


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror or error}"
        raise ToolError(msg) from error
