"""Folders of the user: the own catalogue, and downloads of models and schemas."""

from __future__ import annotations

import os
import sys
from pathlib import Path

CATALOG_VARIABLE = "CAMP_DETECTOR_CATALOG"
"""Environment variable that names the catalogue."""
CACHE_VARIABLE = "CAMP_DETECTOR_CACHE"
"""Environment variable that names the folder of downloads."""
_APP = "camp-detector"


def _windows() -> Path:
    local = os.environ.get("LOCALAPPDATA")
    return Path(local) if local else Path.home() / "AppData" / "Local"


def _xdg(variable: str, otherwise: str) -> Path:
    """Base folder of the XDG specification, which ignores relative values."""
    value = os.environ.get(variable, "")
    return Path(value) if Path(value).is_absolute() else Path.home() / otherwise


def default_catalog() -> Path:
    """Folder of the user's own catalogue, in the platform's place for user data."""
    if sys.platform == "win32":
        return _windows() / _APP / "catalog"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _APP / "catalog"
    return _xdg("XDG_DATA_HOME", ".local/share") / _APP / "catalog"


def cache_folder() -> Path:
    """Folder of downloads, which may be deleted at any time."""
    folder = os.environ.get(CACHE_VARIABLE)
    if folder:
        return Path(folder)
    if sys.platform == "win32":
        return _windows() / _APP / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / _APP
    return _xdg("XDG_CACHE_HOME", ".cache") / _APP


def chosen_catalog(location: str | None = None) -> str:
    """The catalogue given by the user, else by the environment, else the user's own."""
    return location or os.environ.get(CATALOG_VARIABLE) or str(default_catalog())
