"""Refuse outputs that would replace, or delete as side files, what the run reads."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from ..engine.errors import OutputError, RasterError
from ..georaster.names import identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ..georaster.names import Identity
    from ..georaster.ports import Library


def refuse_own_inputs(standing: Iterable[Path], named: Iterable[str | Path]) -> None:
    """Hold outputs against the files that the user named.

    Args:
        standing: Existing files that outputs replace; what does not exist endangers nothing.
        named: Rasters and model.

    Raises:
        OutputError: One is both.
    """
    _refuse({identity(str(path)): path for path in standing}, named)


def refuse_own_sources(standing: Iterable[Path], names: Iterable[str], library: Library) -> None:
    """Hold outputs against all files behind rasters: tiles, sources of VRTs, masks, overviews.

    Args:
        standing: As in `refuse_own_inputs`. Without any, no raster is opened.
        names: GDAL names of the rasters.
        library: Reads them.

    Raises:
        OutputError: An output is also an input.
        RasterError: A raster cannot be opened.
    """
    endangered = {identity(str(path)): path for path in standing}
    if endangered:
        _refuse(endangered, _files_behind(names, library))


def _refuse(endangered: dict[Identity, Path], read: Iterable[str | Path]) -> None:
    for path in read:
        hit = endangered.get(identity(str(path)))
        if hit is not None:
            msg = f"{hit} is an input of this run: choose another name for the output"
            raise OutputError(msg)


def _files_behind(names: Iterable[str], library: Library) -> Iterator[str]:
    """The files of rasters; virtual ones are followed down, since GDAL names one level only."""
    waiting, seen = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        try:
            with closing(library.open(name)) as reader:
                files, is_virtual = reader.files(), reader.header().driver == "VRT"
        except RasterError:
            continue  # a side file of a virtual raster, such as its overviews
        yield from files
        if is_virtual:
            waiting += files
