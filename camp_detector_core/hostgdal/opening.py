"""Opening of a host's rasters as sources for the engine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Optional, Sequence, Union

from osgeo import gdal

from ..engine.errors import RasterError
from ..georaster.names import are_local
from ..georaster.open import place_source
from ..georaster.options import SourceOptions
from .library import Gdal

if TYPE_CHECKING:
    from ..engine.spec import ModelSpec
    from ..georaster.ports import Library
    from ..georaster.source import PlacedSource

Image = Union[str, "os.PathLike[str]", gdal.Dataset]
"""Raster as a host may pass it."""


def open_gdal_source(
    images: Union[Image, Sequence[Image]],
    spec: ModelSpec,
    options: SourceOptions = SourceOptions(),  # noqa: B008 - it cannot be changed
    *,
    library: Optional[Library] = None,
) -> PlacedSource:
    """Open rasters as one source on the grid that the model is run on.

    The grid, the pixels, the warnings and the errors are those of the command line.

    Args:
        images: A file, a folder, a URL or another GDAL name; or an open dataset, which is opened
            once more by its name, since the host may go on using its own. Several are one mosaic.
        spec: Says which bands and which ground sampling distance the model wants.
        options: The user's choices.
        library: Reads the rasters; default: GDAL.

    Returns:
        The source; the caller closes it.

    Raises:
        RasterError: A raster cannot be opened, does not fit the others, or is not what the model
            can be run on.
    """
    several = images if isinstance(images, (list, tuple)) else [images]
    names = tuple(_name(image) for image in several)
    library = library or Gdal(offline=are_local(names) and not options.external)
    return place_source(names, spec, options, library)


def _name(image: Image) -> str:
    """Return the name by which GDAL opens a raster.

    Raises:
        RasterError: It is only in memory.
    """
    if not isinstance(image, gdal.Dataset):
        return os.fspath(image)
    if image.GetDriver().ShortName == "MEM" or not image.GetDescription():
        msg = (
            "a raster that is only in memory cannot be opened by its name: save it to a file first"
        )
        raise RasterError(msg)
    return str(image.GetDescription())
