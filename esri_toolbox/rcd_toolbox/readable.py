"""Rasters of ArcGIS as files that GDAL can read."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator, Optional

from .deep_learning import aligned
from .placing import scratch

if TYPE_CHECKING:
    from .raster_facts import RasterFacts
    from .tool_request import Bounds


@contextmanager
def readable(raster: object, facts: RasterFacts, bounds: Optional[Bounds]) -> Iterator[str]:
    """A file with a raster: its own, or a copy of a part of a database.

    Args:
        raster: The layer, or the text that names the raster.
        facts: Of the raster.
        bounds: The part that is needed, in its coordinates; None is all of it.
    """
    import arcpy

    if os.path.isfile(facts.path):
        yield facts.path
        return
    with scratch("rcd_raster.tif") as copy:
        # Else the user's environments would move or project it, and its pixels lie elsewhere.
        with arcpy.EnvManager(
            cellSize="MAXOF",
            extent=arcpy.Extent(*aligned(bounds or facts.bounds, facts)),
            outputCoordinateSystem=facts.reference,
            snapRaster=raster,
        ):
            arcpy.management.CopyRaster(raster, copy)
        yield copy
