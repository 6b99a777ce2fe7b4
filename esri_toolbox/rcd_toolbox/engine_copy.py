"""The copy of Camp Detector's engine that lies beside the toolbox as ``rcd_host_*.zip``.

It holds one package, named as the file's stem, with the folders ``engine`` and ``hostgdal``.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ToolError

if TYPE_CHECKING:
    from types import ModuleType

HOME = Path(__file__).resolve().parent.parent
"""The folder of the toolbox."""


def engine_zip() -> Path:
    """The zip file with the engine.

    Raises:
        ToolError: There is none, or more than one.
    """
    found = sorted(HOME.glob("rcd_host_*.zip"))
    if len(found) != 1:
        msg = (
            f"{HOME} holds {len(found)} files rcd_host_*.zip, and one is needed: unpack the "
            "toolbox again into a new folder"
        )
        raise ToolError(msg)
    return found[0]


def engine(module: str) -> Any:
    """A module of the copy, such as ``engine.spec`` or ``hostgdal``.

    The package has a name with its version and checksum, so that copies of several releases can
    be loaded side by side.

    Raises:
        ToolError: The copy is missing.
    """
    path = engine_zip()
    if str(path) not in sys.path:
        sys.path.insert(0, str(path))
    _follow(path)
    return _import(f"{path.stem}.{module}")


def _follow(path: Path) -> None:
    """Let what was loaded from a folder that was moved since find its other modules here."""
    for name, loaded in list(sys.modules.items()):
        inner = name.split(".")
        if inner[0] == path.stem and hasattr(loaded, "__path__"):
            here = str(path.joinpath(*inner))
            if here not in loaded.__path__:
                loaded.__path__.insert(0, here)


def _import(name: str) -> ModuleType:
    return importlib.import_module(name)
