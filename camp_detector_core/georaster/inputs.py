"""From what the user names to the rasters that are read: files, folders and URLs."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from ..engine.errors import RasterError
from .folders import rasters_in
from .layout import layout_of
from .names import identity, literal, local_path
from .reach import refuse_reach
from .xyz import named_tile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .layout import Layout
    from .ports import Library

OUTPUT_TAG = "CAMP_DETECTOR_MODEL"
"""Metadata that tells a raster written by this program from one that it is given."""
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
    home: str | None = None
    """The folder that the user named instead."""


def read_layouts(paths: Sequence[str], library: Library, *, external: bool = False) -> list[Layout]:
    """Headers of the rasters that the paths stand for, each raster once.

    In a folder, what earlier runs of this program wrote is left out.

    Args:
        paths: What the user named.
        library: Reads the rasters.
        external: Whether local files may read what lies outside of their folders.

    Raises:
        RasterError: No path, a folder without rasters, or a raster that cannot be worked with.
    """
    found: dict[str, _Found] = {}
    # A host's layer has a name that it is opened by, and which is none of a file.
    own_name = getattr(library, "own_name", None)
    for path in paths:
        for raster in [_Found(path)] if path == own_name else _find(path):
            found.setdefault(raster.name, raster)
    if not found:
        msg = "no input raster was given"
        raise RasterError(msg)
    layouts: dict[tuple[object, ...], Layout] = {}
    for raster in found.values():
        if not external:
            refuse_reach(raster.name, raster.home)
        layout = _layout(raster, library)
        if layout is not None:
            layouts.setdefault(_key(layout), layout)
    if not layouts:
        first = next(iter(found.values()))
        msg = (
            f"{first.name}, {first.folder}, is a result of this program, as are all others: name "
            "the images"
        )
        raise RasterError(msg)
    return list(layouts.values())


def _key(layout: Layout) -> tuple[object, ...]:
    """The same for two names of one raster; links of two names that place it apart are two."""
    tile = None if layout.transform is not None else named_tile(layout.name, layout.shape)
    return identity(layout.name), layout.transform, tile


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
        sentence = f"{error.sentence} (it is {raster.folder})"
        raise error.with_sentence(sentence) from error


def _find(path: str) -> list[_Found]:
    """The rasters behind a name; a file or folder of exactly this name comes before all else."""
    local = local_path(path)
    if local is not None and local.is_dir():
        names = rasters_in(local)
        count = f"one of {len(names)} rasters" if len(names) > 1 else "the only raster"
        place = f"{count} in the folder {local} and those below it"
        return [_Found(name, place, str(local)) for name in names]
    prefix = next((p for p in _URL_PREFIXES if path.lower().startswith(p)), None)
    if local is None and prefix:
        return [_Found(_URL_PREFIXES[prefix] + path[len(prefix) :])]
    return [_Found(literal(path))]
