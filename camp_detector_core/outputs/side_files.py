"""Files that belong to a file and go where it goes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SHAPEFILE = (".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".shp.xml", ".qpj", ".shx")
_STEM = {
    ".shp": _SHAPEFILE,
    ".gml": (".xsd", ".gfs"),
    ".gpkg": (),
    ".mif": (".mid",),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".tif": (".tfw",),
    ".png": (".pgw", ".pngw"),
}
"""Files with the same stem that belong to a file of this suffix."""
_APPENDED = (".aux.xml", ".ovr", ".msk", "-wal", "-shm", "-journal")
"""Files with the same name and this ending that belong to it: left behind beside a new file they
would describe the old one (a stale write-ahead log even destroys a GeoPackage)."""
_NEEDED = {".shp": ".shx", ".mif": ".mid", ".tab": ".map"}
"""The side file without which no reader opens one of this suffix."""


def members(final: Path) -> list[str]:
    """All names that a file and those that belong to it may have, its own last."""
    names = [final.stem + end for end in _STEM.get(final.suffix.lower(), ())]
    return [*names, *(final.name + end for end in _APPENDED), final.name]


def family(final: Path) -> list[Path]:
    """A file and those that belong to it, as far as they exist; links count, folders do not."""
    paths = [final.with_name(name) for name in reversed(members(final))]
    return [p for p in paths if os.path.lexists(p) and (p.is_symlink() or not p.is_dir())]


def needed(final: Path) -> str:
    """The name of the side file without which no reader opens the file; empty if it needs none."""
    end = _NEEDED.get(final.suffix.lower())
    return "" if end is None else final.stem + end
