"""The Python program that belongs to this QGIS.

On Windows and macOS ``sys.executable`` is QGIS itself, and starting it would open a second QGIS; on
Linux it is whatever ``python3`` comes first in the search path of commands, which may be another
Python with another numpy. So each candidate is asked where its standard library lies.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Callable, Iterator

from ..faults import Fault
from ..i18n import tr
from .process import ask

_ASK = "import os, sys; print(sys.version_info[:2], sys.maxsize, os.path.realpath(os.__file__))"
_TIMEOUT = 30


def find_python(cancelled: Callable[[], bool] = lambda: False) -> str:
    """Path of the Python program whose library is the one that runs here.

    Args:
        cancelled: Whether the user wants to stop.

    Raises:
        Cancelled: The user wants to.
        Fault: There is none in the places where installers of QGIS put it.
    """
    expected = f"{sys.version_info[:2]} {sys.maxsize} {os.path.realpath(os.__file__)}"
    for candidate in candidates(sys.platform, Path(sys.executable or ""), Path(sys.exec_prefix)):
        if candidate.is_file() and _answer(candidate, cancelled) == expected:
            return str(candidate.absolute())
    raise Fault(
        tr(
            "The Python program of this QGIS was not found beside it, so nothing can be tried "
            "out: install onnxruntime with the installer of QGIS."
        )
    )


def candidates(platform: str, executable: Path, prefix: Path) -> Iterator[Path]:
    """Likely paths of the Python program, the likeliest first; nothing is looked up.

    Args:
        platform: As ``sys.platform`` gives it.
        executable: The program that runs.
        prefix: Where Python's files lie (``sys.exec_prefix``).
    """
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    names = [f"python{version}", "python3", "python"]
    if platform == "win32":
        # OSGeo4W and the stand-alone installer: apps\\Python3xx\\python.exe (python3.exe in
        # OSGeo4W's bin, too); sys.exec_prefix is that folder.
        for folder in (prefix, executable.parent):
            yield from (folder / f"{name}.exe" for name in ("python3", "python"))
        return
    homes = [prefix / "bin"]
    if platform == "darwin":
        # QGIS.app/Contents/MacOS/bin/python3; since QGIS 3.40 Contents/MacOS/python3.x or in
        # Contents/Frameworks, where sys.exec_prefix lies.
        inside = executable.parent
        homes += [
            inside / "bin",
            inside,
            inside.parent / "Frameworks" / "bin",
            inside.parent / "Frameworks" / "Python.framework" / "Versions" / version / "bin",
            inside.parent / "Resources" / "python" / "bin",
        ]
    yield from (home / name for home in homes for name in names)
    if executable.name.lower().startswith("python"):
        yield executable


def _answer(program: Path, cancelled: Callable[[], bool]) -> str:
    """Answer of a program about itself; empty where it is no Python that starts."""
    try:
        answer = ask([str(program.absolute()), "-c", _ASK], seconds=_TIMEOUT, cancelled=cancelled)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.out.strip() if answer.code == 0 else ""
