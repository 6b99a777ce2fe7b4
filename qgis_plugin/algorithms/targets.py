"""Looks at the places of results before any work: what cannot be written there is said at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Optional, Sequence

from osgeo import gdal

from camp_detector_core.outputs.file_names import fault_in

from ..i18n import tr
from .inputs import open_quietly
from .places import SINK, Output, Place, endings, same_file

_FOLDERS = {"FileGDB", "OpenFileGDB"}
"""Formats that are folders."""
_LONGEST = 255 - len(".camp-detector")
"""Bytes of a file's name, as in the engine."""
DATABASES = {"GPKG", "SQLite"}
"""Files that hold tables beside each other, which one program at a time may change."""
_LOOK_AT_LOCK = {
    "GPKG": "UPDATE gpkg_contents SET last_change = last_change WHERE 0",
    "SQLite": "UPDATE geometry_columns SET srid = srid WHERE 0",
}
"""Changes nothing, but needs the right to."""


def problem_of(outputs: Sequence[Output]) -> Optional[str]:
    """Say in a sentence why results cannot go where they should; None: they can."""
    for i, output in enumerate(outputs):
        problem = _problem(output)
        if problem:
            return problem
        for other in outputs[:i]:
            if same_file(output.place.path, other.place.path):
                return tr(
                    "{path} is named for two results: give each its own file.",
                    path=output.place.path,
                )
    return None


def is_folder(place: Place) -> bool:
    """True if the format of a place is a folder, not a file."""
    return place.driver in _FOLDERS


def _problem(output: Output) -> Optional[str]:
    place = output.place
    if output.kind == "folderDestination":
        return _problem_of_folder(place)
    problem = _problem_of_file(place, is_sink=output.kind == SINK)
    if problem:
        return problem
    if output.kind == "rasterDestination" and Path(place.path).suffix.lower() not in {
        ".tif",
        ".tiff",
    }:
        return tr(
            "{path} must end in .tif: class and probability rasters are GeoTIFF.", path=place.path
        )
    if output.kind == SINK and place.table is None and not place.driver:
        return tr(
            "{path}: outlines and all fields cannot be written so here; the name must end in one "
            "of {endings}.",
            path=place.path,
            endings=", ".join(endings()),
        )
    return _problem_of_database(place) if output.kind == SINK else None


def _problem_of_name(place: Place) -> Optional[str]:
    """The objection of disks and libraries to a name."""
    name = Path(place.path).name
    try:
        length = len(name.encode())
    except ValueError:  # characters that no name has
        length = 0
    if length > _LONGEST:
        return tr(
            "The name {name}... is too long for a file: choose a shorter one.", name=name[:40]
        )
    if not length or fault_in(name):
        return tr("{path} is no name of a file: choose another one.", path=ascii(place.path))
    return misread(place.path)


def _problem_of_file(place: Place, *, is_sink: bool) -> Optional[str]:
    """Say what the file system has against a name."""
    path = Path(place.path)
    problem = _problem_of_name(place)
    try:
        folder_is_there = path.parent.is_dir()
    except (OSError, ValueError):  # characters that no name has
        return tr("{path} is no name of a file: choose another one.", path=ascii(place.path))
    if problem:
        return problem
    if not folder_is_there:
        problem = tr("The folder {folder} does not exist: make it first.", folder=path.parent)
    elif not os.access(path.parent, os.W_OK):
        problem = tr(
            "Nothing may be written to {folder}: choose another folder.", folder=path.parent
        )
    elif is_sink and is_folder(place):
        problem = None
    elif path.is_symlink() and place.table is None:
        problem = tr(
            "{path} is a symbolic link: name the file that it leads to, or another one.", path=path
        )
    elif path.is_dir():
        problem = tr("{path} is a folder: name a file in it.", path=path)
    elif path.exists() and not path.is_file():
        problem = tr("{path} is a device or a pipe: choose another name.", path=path)
    elif path.exists() and not os.access(path, os.W_OK):
        problem = tr("{path} may not be changed: choose another name.", path=path)
    return problem


def _problem_of_folder(place: Place) -> Optional[str]:
    """Say what the file system has against a folder for results."""
    path = Path(place.path)
    try:
        is_there, parent_is_there = path.is_dir(), path.parent.is_dir()
        is_other = path.exists() and not is_there
    except (OSError, ValueError):  # characters that no name has
        return tr("{path} is no name of a file: choose another one.", path=ascii(place.path))
    problem = _problem_of_name(place)
    if problem:
        return problem
    if is_other:
        return tr("{path} is no folder: choose another name.", path=path)
    if not is_there and not parent_is_there:
        return tr("The folder {folder} does not exist: make it first.", folder=path.parent)
    home = path if is_there else path.parent
    if not os.access(home, os.W_OK):
        return tr("Nothing may be written to {folder}: choose another folder.", folder=home)
    return None


def misread(path: str) -> Optional[str]:
    """Say in a sentence why QGIS would open another file; None: it would not."""
    if "|" not in path:
        return None
    return tr("QGIS reads {path} as another name, because of the | in it: rename it.", path=path)


def _problem_of_database(place: Place) -> Optional[str]:
    """Say why tables cannot be changed in a file that exists; None: they can."""
    if place.driver not in DATABASES or not Path(place.path).is_file():
        return None
    gdal.ErrorReset()
    dataset = open_quietly(place.path, gdal.OF_VECTOR | gdal.OF_UPDATE)
    reason = gdal.GetLastErrorMsg()
    if dataset is not None:
        reason = _lock_of(dataset)
    elif place.table is not None and "locked" not in reason:
        return tr("{path} cannot be opened to add a table: choose another file.", path=place.path)
    if "locked" in reason:
        return tr(
            "{path} is being changed by another program, or by an edit in QGIS: finish that first.",
            path=place.path,
        )
    if "readonly" in reason or "read-only" in reason:
        return tr("{path} may not be changed: choose another name.", path=place.path)
    return None


def _lock_of(dataset: Any) -> str:
    """Ask a database for a change, and give its objection; empty: none."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        dataset.StartTransaction()
        gdal.ErrorReset()
        dataset.ExecuteSQL(_LOOK_AT_LOCK[dataset.GetDriver().ShortName])
        reason = str(gdal.GetLastErrorMsg())
        dataset.RollbackTransaction()
    except (RuntimeError, KeyError) as error:
        reason = str(error)
    finally:
        gdal.PopErrorHandler()
    return reason
