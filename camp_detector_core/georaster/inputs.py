"""From what the user names to the rasters that are read: files, folders and URLs."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..engine.errors import RasterError
from .layout import layout_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .layout import Layout
    from .ports import Library

OUTPUT_TAG = "CAMP_DETECTOR_MODEL"
"""Metadata that tells a raster written by this program from one that it is given."""
_SUFFIXES = {".tif", ".tiff", ".vrt", ".jp2", ".jpg", ".jpeg", ".png", ".webp", ".img"}
_URL_PREFIXES = {
    "http://": "/vsicurl/http://",
    "https://": "/vsicurl/https://",
    "ftp://": "/vsicurl/ftp://",
    "s3://": "/vsis3/",
    "gs://": "/vsigs/",
    "az://": "/vsiaz/",
}


class _Found(NamedTuple):
    """The name of a raster for GDAL."""

    name: str
    folder: str = ""
    """Where a raster that the user did not name was found, in words."""


def read_layouts(paths: Sequence[str], library: Library) -> list[Layout]:
    """Headers of the rasters that the paths stand for, each raster once.

    In a folder, what earlier runs of this program wrote is left out.

    Raises:
        RasterError: No path, a folder without rasters, or a raster that cannot be worked with.
    """
    found: dict[str, _Found] = {}
    for path in paths:
        for raster in _find(path):
            found.setdefault(raster.name, raster)
    if not found:
        msg = "no input raster was given"
        raise RasterError(msg)
    read = (_layout(raster, library) for raster in found.values())
    layouts = [layout for layout in read if layout is not None]
    if not layouts:
        first = next(iter(found.values()))
        msg = (
            f"{first.name}, {first.folder}, is a result of this program, as are all others: name "
            "the images"
        )
        raise RasterError(msg)
    return layouts


def _layout(raster: _Found, library: Library) -> Layout | None:
    """The header of a raster, None for a result that lies in a folder."""
    try:
        with closing(library.open(raster.name)) as reader:
            header = reader.header()
        if raster.folder and OUTPUT_TAG in header.tags:
            return None
        return layout_of(header, raster.name)
    except RasterError as error:
        if not raster.folder:
            raise
        msg = f"{error} (it is {raster.folder})"
        raise RasterError(msg) from error


def _find(path: str) -> list[_Found]:
    _refuse_name(path)
    prefix = next((p for p in _URL_PREFIXES if path.lower().startswith(p)), None)
    if prefix:
        return [_Found(_URL_PREFIXES[prefix] + path[len(prefix) :])]
    if path.lstrip().startswith("<"):
        return [_Found(path)]
    local = Path(path)
    try:
        if local.is_dir():
            return _rasters_in(local)
        return [_Found(str(local.resolve()) if local.exists() else path)]
    except OSError as error:
        msg = f"{path[:100]} cannot be opened: {error.strerror or error}"
        raise RasterError(msg) from error


def _refuse_name(path: str) -> None:
    """Refuse what cannot be the name of a raster, with words that can be printed."""
    if not path.strip():
        msg = "the name of an input raster is empty"
        raise RasterError(msg)
    try:
        path.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = path.encode("utf-8", "backslashreplace").decode()
        msg = f"the name {shown} is not UTF-8, which GDAL needs: rename it"
        raise RasterError(msg) from error


def _rasters_in(folder: Path) -> list[_Found]:
    """Rasters of a folder, or of the folders in it where it holds none itself (z/x/y tiles)."""
    place = f"in the folder {folder}"
    rasters = _sorted(p for p in folder.iterdir() if p.is_file())
    if not rasters:
        place += " and those below it"
        rasters = _sorted(_below(folder))
    if not rasters:
        known = ", ".join(sorted(_SUFFIXES))
        msg = f"the folder {folder} holds no raster, nor do those below it ({known})"
        raise RasterError(msg)
    count = f"one of {len(rasters)} rasters" if len(rasters) > 1 else "the only raster"
    for name in rasters:
        _refuse_name(name)
    return [_Found(name, f"{count} {place}") for name in rasters]


def _below(folder: Path) -> Iterator[Path]:
    """Files of the folders in a folder, without hidden ones."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".")]
        yield from (Path(parent, name) for name in files)


def _sorted(files: Iterator[Path]) -> list[str]:
    return sorted(
        str(p.resolve())
        for p in files
        if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")
    )
