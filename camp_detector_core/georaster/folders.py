"""Rasters of a folder and its subfolders."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine.errors import RasterError
from .names import file_name, identity

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

SUFFIXES = {".tif", ".tiff", ".vrt", ".jp2", ".jpg", ".jpeg", ".png", ".webp", ".img"}
"""File extensions that count as rasters in a folder."""
_TILE = re.compile(r"(?:.*/)??(?=(0|[1-9]\d?)(?:/(?:0|[1-9]\d*)){2}\.\w+$)")
"""Path of a tile called ``zoom/x/y.png``, with its zoom."""


def rasters_in(folder: Path) -> list[str]:
    """List the GDAL names of all rasters below a folder, without hidden ones.

    Args:
        folder: Absolute.

    Raises:
        RasterError: No raster is there, a folder cannot be read, a link leads nowhere, or it is a
            pyramid of map tiles, which show the same ground at several zooms.
    """
    paths = sorted(images_below(folder, SUFFIXES))
    if not paths:
        extensions = ", ".join(sorted(SUFFIXES))
        msg = f"the folder {folder} holds no raster, nor do those below it ({extensions})"
        raise RasterError(msg)
    _refuse_pyramid(folder, paths)
    return [file_name(path) for path in paths]


def images_below(folder: Path, suffixes: Container[str]) -> Iterator[Path]:
    """List the images below a folder, without hidden ones.

    Links to folders are followed, and each folder is searched once.

    Args:
        folder: Folder to search.
        suffixes: Extensions of images, in lower case.

    Raises:
        RasterError: A folder cannot be read.
    """

    def refuse(error: OSError) -> None:
        msg = (
            f"the folder {error.filename} cannot be read ({error.strerror}), so its images would "
            "be missing: allow it to be read, or name the images"
        )
        raise RasterError(msg) from error

    visited = {identity(str(folder))}
    for parent, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        fresh = []
        for name in sorted(folders):
            itself = identity(os.path.join(parent, name))  # noqa: PTH118 - of a million names
            if not name.startswith(".") and itself not in visited:
                visited.add(itself)
                fresh.append(name)
        folders[:] = fresh
        yield from (
            Path(parent, name)
            for name in files
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in suffixes  # noqa: PTH122
        )


def _refuse_pyramid(folder: Path, paths: Sequence[Path]) -> None:
    """Refuse map tiles of several zooms, whose mosaic would mix levels of detail.

    Raises:
        RasterError: A folder holds them; the message names the finest zoom.
    """
    zooms: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        if tile := _TILE.match(path.relative_to(folder).as_posix()):
            zooms[tile[0]].add(tile[1])
    for place, several in zooms.items():
        if len(several) > 1:
            zoom_names = sorted(several, key=int)
            msg = (
                f"{folder / place} holds map tiles of the zooms {', '.join(zoom_names)}, which "
                "show the "
                f"same ground: name the folder of one zoom, e.g. {folder / place / zoom_names[-1]}"
            )
            raise RasterError(msg)
