"""Where the private copy of ONNX Runtime lies.

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
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

STAGING = ".staging-"


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


def tag() -> str:
    """What an installation is made for: Python's version, system and machine."""
    return f"{sys.implementation.cache_tag}-{sys.platform}-{platform.machine().lower()}"


def _pointer() -> Path:
    return base() / f"{tag()}.json"


def current() -> Optional[Installed]:
    """The installation that counts, or None."""
    try:
        told = json.loads(_pointer().read_text(encoding="utf-8"))
        name, package, version = (str(told[key]) for key in ("folder", "package", "version"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    folder = base() / name
    if Path(name).name != name or not folder.is_dir():
        return None
    return Installed(folder, package, version)


def set_current(found: Optional[Installed]) -> None:
    """Say which installation counts, and remove the others as far as they are not in use."""
    home = base()
    if found is None:
        _pointer().unlink(missing_ok=True)
    else:
        told = {"folder": found.folder.name, "package": found.package, "version": found.version}
        temporary = home / f"{tag()}.json.new"
        temporary.write_text(json.dumps(told), encoding="utf-8")
        os.replace(temporary, _pointer())  # noqa: PTH105 - as in the rest of the project
    clean()


def clean() -> None:
    """Remove what broken-off and earlier installations have left.

    What is loaded stays until another QGIS session cleans up: Windows would not let it go, and it
    may load further parts of itself.
    """
    found = current()
    keep = found.folder.name if found else ""
    loaded = str(getattr(sys.modules.get("onnxruntime"), "__file__", "") or "")
    for folder in [*base().glob(f"{STAGING}*"), *base().glob(f"{tag()}_*")]:
        if folder.is_dir() and folder.name != keep and folder.name not in loaded:
            shutil.rmtree(folder, ignore_errors=True)
