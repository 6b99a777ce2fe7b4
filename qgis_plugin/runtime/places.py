"""Folders of the private copy of ONNX Runtime.

A folder of the user's profile, one folder for each installation; the one that is loaded stands
last on the search path, behind all of QGIS' own. A library that is loaded cannot be replaced on
Windows, so a new one is put beside it and a small file says which counts. That file is named after
Python's version and the machine, so that another QGIS with the same profile does not load what was
not made for it.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from .in_use import Use, is_used

STAGING = ".staging-"
LOCKED = "-locked"
"""Ending of the name of a folder whose installation holds a lock."""
_DAY = 86400
"""Seconds."""


@dataclass(frozen=True)
class Installed:
    """One private installation."""

    folder: Path
    package: str
    """Its name in the package index: ``onnxruntime``, ``onnxruntime-directml`` ..."""
    version: str


def base() -> Path:
    """The folder of all installations."""
    from qgis.core import QgsApplication

    return Path(QgsApplication.qgisSettingsDirPath()) / "camp_detector" / "runtime"


def use(folder: Path) -> Optional[Use]:
    """Keep other processes from removing a folder below `base` while this one uses it.

    Returns:
        To be kept; None where the disk knows no locks.
    """
    try:
        return Use(_uses(), folder.name)
    except OSError:
        return None


def _uses() -> Path:
    return base().with_name("runtime_in_use")


def tag() -> str:
    """Python's version, system and machine, which an installation is made for."""
    return f"{sys.implementation.cache_tag}-{sys.platform}-{platform.machine().lower()}"


def _pointer() -> Path:
    return base() / f"{tag()}.json"


def current() -> Optional[Installed]:
    """The installation that counts, or None."""
    try:
        pointer = json.loads(_pointer().read_text(encoding="utf-8"))
        name, package, version = (str(pointer[key]) for key in ("folder", "package", "version"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    folder = base() / name
    if Path(name).name != name or not folder.is_dir():
        return None
    return Installed(folder, package, version)


def set_current(installed: Optional[Installed]) -> None:
    """Say which installation counts, and remove the others as far as they are not in use."""
    home = base()
    if installed is None:
        _pointer().unlink(missing_ok=True)
    else:
        pointer = {
            "folder": installed.folder.name,
            "package": installed.package,
            "version": installed.version,
        }
        temporary = home / f"{tag()}.json.new"
        temporary.write_text(json.dumps(pointer), encoding="utf-8")
        os.replace(temporary, _pointer())  # noqa: PTH105 - as in the rest of the project
    clean()


def clean() -> None:
    """Remove what broken-off and earlier installations have left.

    What this or another process has loaded or is installing stays until a later session cleans up:
    Windows would not let it go, and it may load further parts of itself. Each process holds a lock
    for what it uses (`use`). An installation that is being made and says nothing of locks, as
    earlier releases of the plugin made them, stays for a day.
    """
    installed = current()
    keep = installed.folder.name if installed else ""
    module_path = str(getattr(sys.modules.get("onnxruntime"), "__file__", "") or "")
    for folder in [*base().glob(f"{STAGING}*"), *base().glob(f"{tag()}_*")]:
        if not folder.is_dir() or folder.name == keep or folder.name in module_path:
            continue
        if is_used(_uses(), folder.name) or _is_fresh(folder):
            continue
        shutil.rmtree(folder, ignore_errors=True)


def _is_fresh(folder: Path) -> bool:
    """True if an installation may be going on there of which nothing is known."""
    try:
        age = time.time() - folder.stat().st_mtime
    except OSError:
        return False
    return folder.name.startswith(STAGING) and not folder.name.endswith(LOCKED) and age < _DAY
