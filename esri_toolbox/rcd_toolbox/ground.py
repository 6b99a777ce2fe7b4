"""Metres on the ground in a raster's coordinate system, and the cell size that a model wants."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from camp_detector_core.engine.errors import RasterError
from camp_detector_core.engine.limits import GSD_TOLERANCE, is_native

from .errors import ToolError

if TYPE_CHECKING:
    import arcpy
    import numpy as np
    from numpy.typing import NDArray
    from typing_extensions import TypeGuard

    from camp_detector_core.georaster.ports import Crs

    Axis = NDArray[np.float64]
    """Coordinates (n,) along one axis."""

_SAME_METHOD = {"gauss_kruger": "transverse_mercator"}
"""ArcGIS' names of projections that GDAL calls otherwise."""


@dataclass(frozen=True)
class CellSize:
    """Size of a raster's pixels on the ground, and the cell size to run a model with."""

    own: tuple[float, float]
    """Sides of the raster's own pixels in metres, along x and y."""
    native: bool
    """True if the model can be run on the raster's own grid."""
    value: float
    """Cell size in units of the coordinate system."""
    stretched: bool
    """True if cells of one size along x and y cannot be square on the ground (degrees)."""


class ArcGisCrs:
    """An ``arcpy.SpatialReference`` as the engine's readers of rasters ask for it."""

    def __init__(self, reference: arcpy.SpatialReference) -> None:
        """Wrap one that is known (see `is_known`)."""
        self._reference = reference
        self.label = str(reference.name)
        self.is_geographic = str(reference.type) == "Geographic"
        method = str(reference.projectionName or "").lower()
        name = _SAME_METHOD.get(method, method)
        self.wkt = "" if self.is_geographic else f'PROJECTION["{name}"]'
        """No more of it than the name of its method, which is all that is asked here."""
        self.is_projected = not self.is_geographic
        self.unit = float(
            reference.radiansPerUnit if self.is_geographic else reference.metersPerUnit
        )
        """One unit in radians, or in metres where it is projected."""

    def same(self, other: Crs) -> bool:
        """True if coordinates mean the same in the other one."""
        return isinstance(other, ArcGisCrs) and self.text == other.text

    @property
    def text(self) -> str:
        """The coordinate system as ArcGIS writes it."""
        return str(self._reference.exportToString())

    def lonlat(self, x: Axis, y: Axis) -> tuple[Axis, Axis]:
        """Longitudes and latitudes (n,) on WGS 84 in degrees, NaN where there is no such place."""
        import arcpy
        import numpy as np

        world = arcpy.SpatialReference(4326)
        out = np.full((2, len(x)), np.nan)
        for i, place in enumerate(zip(x.tolist(), y.tolist())):
            try:
                point = arcpy.PointGeometry(arcpy.Point(*place), self._reference)
                projected = point.projectAs(world).firstPoint
                out[:, i] = projected.X, projected.Y
            except (RuntimeError, ValueError, AttributeError, TypeError):  # noqa: PERF203
                continue  # outside of the projection
        return out[0], out[1]


def metres_per_unit(
    reference: arcpy.SpatialReference, at: tuple[float, float]
) -> tuple[float, float]:
    """Ground metres of one unit along x and y at a place.

    Args:
        reference: ``arcpy.SpatialReference`` that is known.
        at: Coordinates.

    Raises:
        ToolError: The place is none on Earth.
    """
    import numpy as np

    from camp_detector_core.georaster import ground

    x, y = (np.array([value], np.float64) for value in at)
    try:
        mx, my = ground.metres_per_unit(ArcGisCrs(reference), x, y)
    except RasterError as error:
        msg = (
            f"x {at[0]:g}, y {at[1]:g} is no place in {reference.name}: the coordinate system is "
            "not that of the data; set the right one with Define Projection"
        )
        raise ToolError(msg) from error
    return float(mx[0]), float(my[0])


def cell_size(cells: tuple[float, float], metres: tuple[float, float], gsd: float) -> CellSize:
    """The cell size to run a model of ``gsd`` metres a pixel with.

    Args:
        cells: The raster's own cell size along x and y, units of its coordinate system.
        metres: Ground metres of a unit along x and y.
        gsd: Metres a pixel that the model was trained on.
    """
    own = (cells[0] * metres[0], cells[1] * metres[1])
    native = is_native(own, gsd)
    stretched = not math.isclose(metres[0], metres[1], rel_tol=GSD_TOLERANCE)
    if native and math.isclose(cells[0], cells[1], rel_tol=1e-6):
        return CellSize(own, native=True, value=cells[0], stretched=stretched)
    value = gsd / math.sqrt(metres[0] * metres[1])
    return CellSize(own, native=False, value=value, stretched=stretched)


def is_known(reference: Optional[arcpy.SpatialReference]) -> TypeGuard[arcpy.SpatialReference]:
    """True if coordinates lead to places on Earth."""
    return reference is not None and str(reference.type) in {"Geographic", "Projected"}
