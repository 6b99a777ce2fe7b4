"""The environment of a Python that is not QGIS'.

QGIS sets variables for its own Python, GDAL, PROJ and Qt, and on Windows puts its folders first in
the search path of libraries. Another Python would load the wrong modules and data from there, or
not start at all.
"""

from __future__ import annotations

import os
import sys
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Mapping, Union

if TYPE_CHECKING:
    from pathlib import Path

_OF_QGIS = ("PYTHON", "QT_", "QGIS", "OSGEO4W", "GDAL_", "OGR_", "PROJ_", "GRASS_", "GISBASE")
"""Beginnings of names of variables that are set for QGIS."""
_OF_ANOTHER = {"VIRTUAL_ENV", "CONDA_PREFIX", "__PYVENV_LAUNCHER__"}
"""Variables that name another Python's environment."""
_WINDOWS = "win32"


def environment_of(
    program: str,
    temporary: Path,
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
) -> dict[str, str]:
    """The variables with which a Python of the user's is started.

    Args:
        program: Its path.
        temporary: Folder of its temporary files.
        environ: The variables of QGIS.
        platform: As ``sys.platform`` gives it.
    """
    variables = {
        name: value
        for name, value in environ.items()
        if name.upper() not in _OF_ANOTHER and not name.upper().startswith(_OF_QGIS)
    }
    if platform == _WINDOWS:
        path = next((name for name in variables if name.upper() == "PATH"), "PATH")
        variables[path] = _search_path(program, variables.get(path, ""), environ)
    # Lines come as they are written, and the current folder is not searched for modules.
    own = {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1"}
    return {**variables, **own, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))}


def _search_path(program: str, path: str, environ: Mapping[str, str]) -> str:
    """Windows' search path of libraries: folders of the program first, none of QGIS'."""
    home = PureWindowsPath(program).parent
    # Python of conda has its libraries in Library\bin.
    own = [home, home / "Library" / "bin", home / "Scripts"]
    roots = [environ.get("OSGEO4W_ROOT", ""), environ.get("PYTHONHOME", "")]
    foreign = [PureWindowsPath(root) for root in roots if root]
    rest = [
        folder
        for folder in path.split(";")
        if folder and not any(is_within(PureWindowsPath(folder), root) for root in foreign)
    ]
    return ";".join([*map(str, own), *rest])


def is_within(
    path: Union[PureWindowsPath, PurePosixPath], root: Union[PureWindowsPath, PurePosixPath]
) -> bool:
    """True if a path is a folder or lies below it; nothing is looked up."""
    return root == path or root in path.parents
