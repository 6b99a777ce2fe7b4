"""Input rasters of a run, from the files, folders and URLs that the user gives."""

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
"""Metadata tag of rasters that this program wrote."""
_URL_PREFIXES = {
    "http://": "/vsicurl/http://",
    "https://": "/vsicurl/https://",
    "ftp://": "/vsicurl/ftp://",
    "s3://": "/vsis3/",
    "gs://": "/vsigs/",
    "az://": "/vsiaz/",
}


class _Input(NamedTuple):
    """Input raster by its GDAL name."""

    name: str
    folder: str = ""
    """Text that names the folder of a raster that the user did not name."""
    home: str | None = None
    """Folder that the user named instead."""


def read_layouts(paths: Sequence[str], library: Library, *, external: bool = False) -> list[Layout]:
    """Read the headers of all input rasters, each raster once.

    In a folder, what earlier runs of this program wrote is left out.

    Args:
        paths: Paths and URLs from the user.
        library: Reads the rasters.
        external: True to let local files read files outside of their folders.

    Raises:
        RasterError: No path, a folder without rasters, or a raster that cannot be worked with.
    """
    inputs: dict[str, _Input] = {}
    for path in paths:
        for raster in [_Input(path)] if library.is_layer(path) else _find(path):
            inputs.setdefault(raster.name, raster)
    if not inputs:
        msg = "no input raster was given"
        raise RasterError(msg)
    layouts: dict[tuple[object, ...], Layout] = {}
    for raster in inputs.values():
        if not external:
            refuse_reach(raster.name, raster.home)
        layout = _layout(raster, library)
        if layout is not None:
            layouts.setdefault(_key(layout), layout)
    if not layouts:
        first = next(iter(inputs.values()))
        msg = (
            f"{first.name}, {first.folder}, is a result of this program, as are all others: name "
            "the images"
        )
        raise RasterError(msg)
    return list(layouts.values())


def _key(layout: Layout) -> tuple[object, ...]:
    """Key that is equal for two names of one raster, unless the names place it differently."""
    tile = None if layout.transform is not None else named_tile(layout.name, layout.shape)
    return identity(layout.name), layout.transform, tile


def _layout(raster: _Input, library: Library) -> Layout | None:
    """Read the header of a raster; None for a result of this program in a folder."""
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


def _find(path: str) -> list[_Input]:
    """Find the rasters of a name; an existing file or folder of this name comes first."""
    local = local_path(path)
    if local is not None and local.is_dir():
        names = rasters_in(local)
        count = f"one of {len(names)} rasters" if len(names) > 1 else "the only raster"
        place = f"{count} in the folder {local} and those below it"
        return [_Input(name, place, str(local)) for name in names]
    prefix = next((p for p in _URL_PREFIXES if path.lower().startswith(p)), None)
    if local is None and prefix:
        return [_Input(_URL_PREFIXES[prefix] + path[len(prefix) :])]
    return [_Input(literal(path))]
