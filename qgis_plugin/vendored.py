"""The engine: the copy in this plugin, or the sources beside it in a checkout."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

HERE = Path(__file__).resolve().parent
CORE = "camp_detector_core"
"""Its name in a checkout."""
PREFIX = "rcd_host_"
"""Its name in the installed plugin begins so, and goes on with release and content: two releases
never share a module."""


def engine(name: str) -> ModuleType:
    """A module of the engine.

    Args:
        name: Below the engine's root, such as ``hostgdal.run``.

    Raises:
        ImportError: The plugin is not whole.
    """
    return importlib.import_module(f"{_package()}.{name}")


def forget() -> None:
    """Unload the copy, whose modules QGIS knows only in part: half of it would stay."""
    copy = _copy()
    for name in [n for n in sys.modules if copy and (n == copy or n.startswith(copy + "."))]:
        del sys.modules[name]


def _copy() -> str | None:
    """The name of the copy as a part of this package."""
    found = sorted(HERE.glob(f"{PREFIX}*/__init__.py"))
    return f"{__package__}.{found[-1].parent.name}" if found else None


def _package() -> str:
    copy = _copy()
    if copy:
        return copy
    root = HERE.parent
    if not (root / CORE / "__init__.py").is_file():
        msg = "the plugin's files are not complete: install it again from its zip file"
        raise ImportError(msg)
    if str(root) not in sys.path:
        sys.path.append(str(root))
    return CORE
