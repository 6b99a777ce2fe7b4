"""Open rasters as the tests of reading want them: on their own grid, for a tiny model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.raster import SourceOptions, open_source
from tests.support.models import tiny_spec

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from camp_detector_core.georaster.source import PlacedSource

NATIVE = SourceOptions(gsd="native")


def open_raster(
    path: Path | list[Path], options: SourceOptions = NATIVE, **spec: Any
) -> PlacedSource:
    """Open one raster, or several as a mosaic."""
    paths = path if isinstance(path, list) else [path]
    return open_source([str(p) for p in paths], tiny_spec(**spec), options)


def whole(source: PlacedSource) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """All pixels of a source, and which are valid."""
    return source.read(source.grid.window)
