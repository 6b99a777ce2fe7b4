"""The words for rasters that cannot be opened."""

from __future__ import annotations

import re
from pathlib import Path

from ..engine.errors import RasterError

_UNKNOWN = re.compile("not recognized as (being in )?a supported file format")
"""How GDAL says, in words that changed with its versions, that no driver of it takes a file."""


def refuse_empty(name: str, label: str) -> None:
    """Refuse a file without a byte.

    Raises:
        RasterError: It is empty.
    """
    is_file = not name.startswith(("/vsi", "<")) and Path(name).is_file()
    if is_file and not Path(name).stat().st_size:
        msg = f"{label} is empty (0 bytes): copy or download it again"
        raise RasterError(msg)


def cannot_open(name: str, label: str, said: str) -> RasterError:
    """The error for a raster that GDAL did not open.

    Args:
        name: The name that GDAL was given.
        label: The name for the user.
        said: GDAL's own words.
    """
    if not name.startswith(("/vsi", "<")) and ":" not in name[2:] and not Path(name).exists():
        return RasterError(f"{label} does not exist")
    return RasterError(f"{label} cannot be opened as a raster: {_reason(said, name)}")


def _reason(said: str, name: str) -> str:
    text = " ".join(said.split())
    for quoted in (f"'{name}' ", f"`{name}' ", f"{name}: "):
        text = text.replace(quoted, "")
    if _UNKNOWN.search(text):
        return "it is not in a format that GDAL knows, or it is damaged"
    return text.rstrip(".")[:300]
